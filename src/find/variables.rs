//! Reads the variables of the platform (section C of the contract).

use crate::diagnostics::Diagnostics;
use crate::find::problems::FindProblem;
use crate::text::variable::PREFIX;
use crate::text::{Source, Sources, Span, Text, Variable, nearest};
use std::collections::BTreeMap;
use std::ffi::OsString;

/// The values of a boolean, in any case (C8).
const BOOLEANS: [&str; 4] = ["true", "false", "1", "0"];

/// The variables that are set, each as a source. `get` looks a variable up. An empty variable counts as unset, since
/// some platforms cannot unset one.
pub fn read(get: impl Fn(&str) -> Option<OsString>) -> Sources {
    let mut sources = Sources::default();
    for variable in Variable::ALL {
        let Some(value) = get(variable.name()) else { continue };
        let value = value.to_string_lossy();
        let value = value.trim();
        if !value.is_empty() {
            sources.add(Source::Variable(variable), Text::new(variable.name(), value.to_string()));
        }
    }
    sources
}

/// Adds the variables that are named like those of this buildpack, but do not exist (C10): a policy that is misspelled must
/// not be ignored. `all` gives the names and values of all variables; of one name, the first counts.
pub fn read_unknown(
    all: impl Iterator<Item = (OsString, OsString)>,
    sources: &mut Sources,
    problems: &mut Diagnostics,
) {
    let is_ours = |name: &str| name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    let is_known = |name: &str| Variable::ALL.iter().any(|variable| variable.name() == name);
    let mut unknown: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in all {
        if let Some(name) = name.to_str().filter(|name| is_ours(name) && !is_known(name)) {
            unknown.entry(name.to_string()).or_insert_with(|| value.to_string_lossy().trim().to_string());
        }
    }
    let set = unknown.into_iter().filter(|(_, value)| !value.is_empty());
    for (number, (name, value)) in (0..=u16::MAX).zip(set) {
        let source = Source::UnknownVariable(number);
        let meant = Variable::ALL.into_iter().filter(|variable| variable.name().starts_with(PREFIX));
        let nearest = nearest(&name, meant.map(Variable::name));
        let at = Span::new(source, 0..value.len());
        sources.add(source, Text::new(&name, value));
        problems.push(FindProblem::UnknownVariable { name, nearest }, at);
    }
}

/// Which of the accepted values a variable has, if it is set (C8).
pub fn choice(
    sources: &Sources,
    variable: Variable,
    accepted: &'static [&'static str],
    problems: &mut Diagnostics,
) -> Option<&'static str> {
    let given = sources.value(variable)?;
    let value = accepted.iter().find(|value| value.eq_ignore_ascii_case(given));
    if value.is_none() {
        let problem = FindProblem::InvalidValue { variable, value: given.to_string(), accepted };
        problems.push(problem, Span::new(Source::Variable(variable), 0..given.len()));
    }
    value.copied()
}

/// Whether a variable is set to true (C8).
pub fn flag(sources: &Sources, variable: Variable, problems: &mut Diagnostics) -> bool {
    matches!(choice(sources, variable, &BOOLEANS, problems), Some("true" | "1"))
}
