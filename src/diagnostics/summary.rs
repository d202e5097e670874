//! What the last lines below all diagnostics say.

use crate::diagnostics::found::Diagnostics;
use crate::diagnostics::problem::Severity;
use crate::text::Variable;

/// The line that counts errors and warnings, or `None` where there is nothing to count.
pub(super) fn counts(problems: &Diagnostics) -> Option<String> {
    let count = |severity: Severity| match problems.count(severity) {
        1 => format!("1 {}", severity.word()),
        number => format!("{number} {}s", severity.word()),
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let more = match problems.hidden() {
        0 => String::new(),
        hidden => format!(" ({hidden} not shown)"),
    };
    let counts = match (problems.count(Severity::Error), problems.count(Severity::Warning)) {
        (0, 0) if more.is_empty() => return None,
        (0, 0) => count(Severity::Note),
        (0, _) => warnings,
        (_, 0) => errors,
        // In strict mode, warnings fail the build as errors do.
        _ if problems.is_strict() => format!("{errors} and {warnings}"),
        (_, 1) => format!("{errors}; there is also {warnings}"),
        _ => format!("{errors}; there are also {warnings}"),
    };
    let fate = if problems.fail() { "no process types were written because of" } else { "the build continues with" };
    Some(format!("{fate} {counts}{more}"))
}

/// Where warnings fail the build (C7): why, and how to allow them.
pub(super) fn strictness(problems: &Diagnostics) -> Option<String> {
    if problems.count(Severity::Warning) == 0 || !problems.is_strict() {
        return None;
    }
    let names = problems.names_to_allow().join(",");
    let (strict, allow) = (Variable::Strict.name(), Variable::Allow.name());
    Some(format!("{strict} treats warnings as errors: fix them, or allow them with {allow}={names}"))
}
