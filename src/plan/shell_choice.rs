//! Chooses what runs command lines (X5).

use crate::diagnostics::Diagnostics;
use crate::find::variables::{choice, flag};
use crate::shell::Dialect;
use crate::text::{Sources, Variable};

/// The values of `BP_PROCFILE_SHELL` (C5).
const SHELLS: [&str; 4] = ["auto", "bash", "sh", "none"];

/// The shell that runs command lines in the image, or `None` if they run without one.
pub(super) fn choose(sources: &Sources, problems: &mut Diagnostics) -> Option<Dialect> {
    let is_direct = flag(sources, Variable::DirectProcess, problems);
    match choice(sources, Variable::Shell, &SHELLS, problems) {
        Some("bash") => Some(Dialect::Bash),
        Some("sh") => Some(Dialect::Sh),
        Some("none") => None,
        _ if is_direct => None,
        _ => {
            let stack = sources.value(Variable::StackId).unwrap_or_default();
            let has_shell = !stack.ends_with("tiny") && !stack.ends_with("static");
            has_shell.then_some(Dialect::Bash)
        }
    }
}
