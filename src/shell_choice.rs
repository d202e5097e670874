//! Chooses what runs command lines (X5). Pure.

use crate::diagnostics::Diagnostics;
use crate::shell::Dialect;
use crate::sources::{Source, Sources};

/// The values of `BP_PROCFILE_SHELL` (C5).
const SHELLS: [&str; 4] = ["auto", "bash", "sh", "none"];

/// What runs the command lines of an image: a shell, or where there is none the launcher of this buildpack.
#[must_use]
pub fn choose(sources: &Sources, problems: &mut Diagnostics) -> Option<Dialect> {
    let is_direct = sources.flag(Source::DirectProcess, problems);
    match sources.choice(Source::Shell, &SHELLS, problems) {
        Some("bash") => Some(Dialect::Bash),
        Some("sh") => Some(Dialect::Sh),
        Some("none") => None,
        _ if is_direct => None,
        _ => {
            let stack = sources.content(Source::StackId).unwrap_or_default();
            let has_shell = !stack.ends_with("tiny") && !stack.ends_with("static");
            has_shell.then_some(Dialect::Bash)
        }
    }
}
