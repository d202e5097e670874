//! Chooses what runs command lines (X5). Pure.

use crate::diagnostics::{Diagnostics, Span};
use crate::settings::SettingProblem;
use crate::shell::Dialect;
use crate::sources::{Source, Sources};

/// The values of `BP_PROCFILE_SHELL` (C5).
const SHELLS: [&str; 4] = ["auto", "bash", "sh", "none"];

/// The values of a boolean, in any case (C8).
const BOOLEANS: [&str; 4] = ["true", "false", "1", "0"];

/// What runs the command lines of an image: a shell, or where there is none the launcher of this buildpack.
#[must_use]
pub fn choose(sources: &Sources, problems: &mut Diagnostics) -> Option<Dialect> {
    let direct = value(sources, Source::DirectProcess, &BOOLEANS, problems);
    match value(sources, Source::Shell, &SHELLS, problems) {
        Some("bash") => Some(Dialect::Bash),
        Some("sh") => Some(Dialect::Sh),
        Some("none") => None,
        _ if matches!(direct, Some("true" | "1")) => None,
        _ => {
            let stack = sources.content(Source::StackId).unwrap_or_default();
            let has_shell = !stack.ends_with("tiny") && !stack.ends_with("static");
            has_shell.then_some(Dialect::Bash)
        }
    }
}

/// The accepted value that a variable has, if it is set.
fn value(
    sources: &Sources,
    source: Source,
    accepted: &'static [&'static str],
    problems: &mut Diagnostics,
) -> Option<&'static str> {
    let given = sources.content(source)?;
    let value = accepted.iter().find(|value| value.eq_ignore_ascii_case(given));
    if value.is_none() {
        let problem = SettingProblem::InvalidValue { value: given.to_string(), accepted };
        problems.push(problem, Span::new(source, 0..given.len()));
    }
    value.copied()
}
