//! Reads the variables of the platform (section C of the contract).

use crate::diagnostics::Diagnostics;
use crate::find::problems::FindProblem;
use crate::text::{Source, Sources, Span, Text, Variable};
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
