//! Finds where a text expands `PORT`.

use crate::advice::address::is_port;

/// The variable that says on which port to listen.
pub(super) const PORT: &str = "PORT";

/// The port that containers listen on if nothing says otherwise.
pub(super) const USUAL_PORT: u16 = 8080;

/// Whether a text contains `PORT`. Most contain not even its first letter.
pub(super) fn names_port(text: &str) -> bool {
    text.as_bytes().contains(&b'P') && text.contains(PORT)
}

/// Where a shell expands `PORT`.
#[derive(Debug)]
pub(super) struct Expansion<'t> {
    /// What follows the name in braces: `:-5000`. Nothing for `$PORT` and `${PORT}`.
    pub(super) operation: &'t str,
}

impl Expansion<'_> {
    /// The port that it is if the variable is unset.
    pub(super) fn default(&self) -> Option<u16> {
        let word = [":-", ":=", "-", "="].iter().find_map(|operator| self.operation.strip_prefix(operator))?;
        is_port(word).then(|| word.parse().ok()).flatten()
    }
}

/// The expansions of `PORT` in a text that a shell expands.
pub(super) fn expansions(text: &str) -> impl Iterator<Item = Expansion<'_>> {
    text.match_indices(PORT).filter_map(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + PORT.len()..]);
        let braced = before.strip_suffix("${");
        let is_quoted = braced.or(before.strip_suffix('$'))?.ends_with(['\\', '$']);
        if is_quoted || starts_with_name(after) {
            return None;
        }
        // A `$` is another expansion in it.
        let operation = if braced.is_some() { &after[..after.find(['}', '$'])?] } else { "" };
        Some(Expansion { operation })
    })
}

/// Whether a text may give `PORT` a value, or end where it has none: it names the variable other than to expand it.
pub(super) fn may_set(text: &str) -> bool {
    let names_it = text.match_indices(PORT).any(|(at, _)| {
        let is_name = !text[..at].ends_with(|c: char| c == '_' || c == '$' || c == '{' || c.is_ascii_alphanumeric());
        is_name && !starts_with_name(&text[at + PORT.len()..])
    });
    let operators = [":=", "=", ":?", "?"];
    names_it || expansions(text).any(|expansion| operators.iter().any(|start| expansion.operation.starts_with(start)))
}

/// Whether a name goes on in a text.
pub(super) fn starts_with_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric())
}
