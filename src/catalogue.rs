//! The names of all diagnostics, and what the platform wants to happen to them (C7, C9). Pure.

use crate::advice::misread::problems::Misread;
use crate::advice::problems::Advice;
use crate::diagnostics::{Diagnostics, Listed, Message, Severity, problems};
use crate::find::problems::FindProblem;
use crate::find::variables::flag;
use crate::merge::problems::MergeProblem;
use crate::parse::problems::ParseProblem;
use crate::parse::procfile::problems::ProcfileProblem;
use crate::parse::project_toml::problems::ProjectTomlProblem;
use crate::plan::problems::PlanProblem;
use crate::plan::scripts::problems::ScriptProblem;
use crate::text::quote::{code, told_apart};
use crate::text::{Source, Sources, Span, Variable, nearest};

/// What diagnostics are about, and the diagnostics of that stage.
pub const STAGES: [(&str, &[Listed]); 10] = [
    ("Files, bindings and variables", FindProblem::ALL),
    ("Names of diagnostics to allow", PolicyProblem::ALL),
    ("A line of a Procfile", ProcfileProblem::ALL),
    ("The tables of a project.toml", ProjectTomlProblem::ALL),
    ("A process type in any source", ParseProblem::ALL),
    ("All process types together", MergeProblem::ALL),
    ("How a process runs", PlanProblem::ALL),
    ("Scripts of the app", ScriptProblem::ALL),
    ("How a command is read", Misread::ALL),
    ("Advice on commands", Advice::ALL),
];

/// The name and severity of every diagnostic.
pub fn all() -> impl Iterator<Item = Listed> {
    STAGES.into_iter().flat_map(|(_, listed)| listed).copied()
}

/// The diagnostics of a new build, which treat warnings and notes as the variables say.
pub fn diagnostics(sources: &Sources) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let is_strict = flag(sources, Variable::Strict, &mut problems);
    let allowed = allowed(sources.value(Variable::Allow).unwrap_or_default(), &mut problems);
    problems.obey(allowed, is_strict);
    problems
}

/// The warnings and notes in a list of names, separated by commas.
fn allowed(list: &str, problems: &mut Diagnostics) -> Vec<&'static str> {
    let mut allowed = Vec::new();
    let mut end = 0;
    for item in list.split(',') {
        let start = end + item.len() - item.trim_start().len();
        end += item.len() + 1;
        let given = item.trim();
        match all().find(|(name, _)| *name == given) {
            Some((name, Severity::Warning | Severity::Note)) => allowed.push(name),
            _ if given.is_empty() => {}
            found => {
                let can_be_allowed = all().filter(|(_, severity)| *severity != Severity::Error);
                let problem = PolicyProblem::UnknownWarning {
                    name: given.to_string(),
                    is_error: found.is_some(),
                    nearest: nearest(given, can_be_allowed.map(|(name, _)| name)),
                };
                problems.push(problem, Span::new(Source::Variable(Variable::Allow), start..start + given.len()));
            }
        }
    }
    allowed
}

problems! {
    /// What can be wrong with what the platform wants.
    enum PolicyProblem {
        /// A name in the list of warnings to allow that no warning has (C9).
        Error "unknown-warning" UnknownWarning { name: String, is_error: bool, nearest: Option<&'static str> },
    }
}

fn message(problem: &PolicyProblem) -> Message {
    match problem {
        PolicyProblem::UnknownWarning { name, is_error: true, .. } => {
            Message::new(format!("{} is an error, and only warnings and notes can be allowed", code(name)))
                .label("not a warning or note")
                .help("delete it from the list, and fix the error")
        }
        PolicyProblem::UnknownWarning { name, is_error: false, nearest } => {
            let message = Message::new(format!("there is no warning or note {}", told_apart(name, *nearest)))
                .label("not the name of a warning or note");
            match nearest {
                Some(nearest) => message.help(format!("did you mean {}?", code(nearest))),
                None => message.help(
                    "use the names in brackets, such as `shell-stays` in `warning[shell-stays]`, separated by commas",
                ),
            }
        }
    }
}
