//! Reads the variables of the platform (section C of the contract).

use crate::diagnostics::Diagnostics;
use crate::find::problems::{FindProblem, Unusable};
use crate::text::variable::PREFIX;
use crate::text::{Source, Sources, Span, Text, Variable, nearest};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Range;

/// A variable, with its value or why that cannot be used.
pub(crate) type Given = (OsString, Result<OsString, Unusable>);

/// The values of a boolean, in any case (C8).
const BOOLEANS: [&str; 4] = ["true", "false", "1", "0"];

/// The variables that are set, each as a source, with those that are named like this buildpack's own but do not exist, and
/// what is wrong with those whose value cannot be used (R5). `all`: names and values; of one name, the first counts. An
/// empty variable counts as unset, since some platforms cannot unset one.
pub(crate) fn read(all: impl Iterator<Item = Given>) -> (Sources, Vec<(Source, FindProblem)>) {
    let mut ours: BTreeMap<String, Result<OsString, Unusable>> = BTreeMap::new();
    for (name, value) in all {
        if let Some(name) = name.to_str().filter(|name| is_ours(name)) {
            ours.entry(name.to_string()).or_insert(value);
        }
    }
    let (mut sources, mut unusable) = (Sources::default(), Vec::new());
    let mut numbers = 0..=u16::MAX;
    for (name, value) in ours {
        let value = value.and_then(|value| value.into_string().map_err(|_| Unusable::NotUtf8));
        let source = known(&name).map(Source::Variable).or_else(|| numbers.next().map(Source::UnknownVariable));
        let Some(source) = source.filter(|_| !value.as_ref().is_ok_and(|value| value.trim().is_empty())) else {
            continue;
        };
        match value {
            Ok(value) => sources.add(source, Text::new(&name, value.trim().to_string())),
            Err(reason) => {
                sources.add_unread(source, &name);
                if let Source::Variable(variable) = source {
                    unusable.push((source, FindProblem::UnusableVariable { variable, reason }));
                }
            }
        }
    }
    (sources, unusable)
}

/// Whether a variable is one of this buildpack's own, or is named like them.
pub(crate) fn is_ours(name: &str) -> bool {
    name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX)) || known(name).is_some()
}

fn known(name: &str) -> Option<Variable> {
    Variable::ALL.into_iter().find(|variable| variable.name() == name)
}

/// Reports the variables that do not exist (C10): a policy that is misspelled must not be ignored. `names`: gives where a
/// project.toml names variables, and which.
pub fn report_unknown(
    sources: &Sources,
    names: impl FnOnce(&str) -> Vec<(String, Range<usize>)>,
    problems: &mut Diagnostics,
) {
    if sources.unknown_variables().next().is_none() {
        return;
    }
    let places = sources.content(Source::ProjectToml).map(names).unwrap_or_default();
    for (source, text) in sources.unknown_variables() {
        let meant = Variable::ALL.into_iter().filter(|variable| variable.name().starts_with(PREFIX));
        let nearest = nearest(&text.name, meant.map(Variable::name));
        let problem = FindProblem::UnknownVariable { name: text.name.clone(), nearest };
        let written = places.iter().rev().find(|(name, _)| *name == text.name);
        let at = match written {
            Some((_, at)) => Span::new(Source::ProjectToml, at.clone()),
            None => Span::new(source, 0..text.content.len()),
        };
        problems.push(problem, at);
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
