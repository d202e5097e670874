//! Reads what becomes of warnings: which are allowed (C9), and whether the others fail the build (C7). Pure.

use crate::diagnostics::{Diagnostics, Policy, Problem, Severity, Span};
use crate::names::nearest;
use crate::settings::SettingProblem;
use crate::sources::{Source, Sources};

/// The diagnostics of a build to be, which treat warnings as the variables say.
#[must_use]
pub fn read(sources: &Sources) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let fails = sources.flag(Source::Strict, &mut problems);
    let allowed = allowed(sources.content(Source::Allow).unwrap_or_default(), &mut problems);
    problems.obey(Policy { allowed, fails });
    problems
}

/// The warnings in a list of names, separated by commas.
fn allowed(list: &str, problems: &mut Diagnostics) -> Vec<&'static str> {
    let mut allowed = Vec::new();
    let mut end = 0;
    for item in list.split(',') {
        let start = end + item.len() - item.trim_start().len();
        end += item.len() + 1;
        let given = item.trim();
        match Problem::all().find(|(name, _)| *name == given) {
            Some((name, Severity::Warning)) => allowed.push(name),
            _ if given.is_empty() => {}
            found => {
                let warnings = Problem::all().filter(|(_, severity)| *severity == Severity::Warning);
                let problem = SettingProblem::UnknownWarning {
                    name: given.to_string(),
                    is_error: found.is_some(),
                    nearest: nearest(given, warnings.map(|(name, _)| name)),
                };
                problems.push(problem, Span::new(Source::Allow, start..start + given.len()));
            }
        }
    }
    allowed
}
