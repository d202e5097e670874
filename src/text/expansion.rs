//! Finds what a shell would expand in a text.

use std::ops::Range;

/// The value of a variable in a text: `$NAME` or `${NAME…}`.
#[derive(Debug, PartialEq, Eq)]
pub struct Expansion<'t> {
    /// Its bytes.
    pub at: Range<usize>,
    /// The name of the variable.
    pub name: &'t str,
    /// What follows the name in braces: `:-5000`.
    pub operation: &'t str,
}

/// The values of variables that a shell would put into a text. Braces with what is not the syntax of a shell, such as the
/// `${spring.name}` and `${NAME:default}` of Spring, are not one.
pub fn expansions(text: &str) -> impl Iterator<Item = Expansion<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find(['$', '\\'])?;
            let rest = &text[start + 1..];
            if let Some(found) = of_dollar(rest).filter(|_| text[start..].starts_with('$')) {
                from = start + 1 + found.at.end;
                return Some(Expansion { at: start..from, ..found });
            }
            // What follows a backslash or another `$` is literal.
            from = start + 1 + usize::from(rest.starts_with(['$', '\\']));
        }
    })
}

/// The expansion after a `$`, with its bytes in `rest`.
fn of_dollar(rest: &str) -> Option<Expansion<'_>> {
    let inside = rest.strip_prefix('{').unwrap_or(rest);
    let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let (name, operation) = inside.split_at(inside.find(|c| !is_name(c)).unwrap_or(inside.len()));
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if inside.len() == rest.len() {
        return Some(Expansion { at: 0..name.len(), name, operation: "" });
    }
    let operation = &operation[..operation.find('}')?];
    let operator = operation.strip_prefix(':').unwrap_or(operation);
    let is_of_shell = operation.is_empty() || operator.starts_with(['-', '=', '?', '+']);
    is_of_shell.then(|| Expansion { at: 0..name.len() + operation.len() + "{}".len(), name, operation })
}

/// A command line in which `PORT` has the usual default, since most platforms do not set it.
pub fn with_port(line: &str) -> String {
    with_default_port(line, "8080")
}

/// A command line in which `PORT` has this default.
pub fn with_default_port(line: &str, port: &str) -> String {
    let (mut out, mut end) = (String::with_capacity(line.len()), 0);
    for Expansion { at, .. } in expansions(line).filter(|found| (found.name, found.operation) == ("PORT", "")) {
        out.extend([&line[end..at.start], "${PORT:-", port, "}"]);
        end = at.end;
    }
    out + &line[end..]
}
