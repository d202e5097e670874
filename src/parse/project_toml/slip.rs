//! Recognises the usual mistakes in TOML. Most are a habit from Procfiles or YAML.

use std::ops::Range;

/// What is written that is not TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    /// A `:` after a key.
    Colon,
    /// A string without quotes.
    Unquoted,
    /// A string without its closing quote.
    Unclosed(char),
    /// A key without a value.
    NoValue,
    /// Something else, described by the TOML library.
    Other,
}

/// The characters of a bare key, and the dot between keys.
fn is_key(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

/// The mistake that the library's message describes, and the line as it was meant, if that is certain. The message
/// points at `at`; `line` is the range of the line.
pub(super) fn recognise(content: &str, line: Range<usize>, message: &str, at: usize) -> (Slip, Option<String>) {
    let at = at.clamp(line.start, line.end);
    let (before, behind) = (content[line.start..at].trim_end(), content[at..line.end].trim_start());
    let text = content[line].trim();
    let (key, rest) = text.split_at(text.find(|c| !is_key(c)).unwrap_or(text.len()));
    let rest = rest.trim_start();
    let meant =
        |mark| Some(format!("{key} = {}", quoted(rest.strip_prefix(mark)?.trim())?)).filter(|_| !key.is_empty());
    let starts = |start: &&str| message.starts_with(start);
    let is_key = ["key with no value", "invalid unquoted key", "missing assignment"].iter().any(starts);
    let is_value = ["string values must be quoted", "invalid float", "invalid mantissa"].iter().any(starts);
    match () {
        () if is_key && (before.ends_with(':') || behind.starts_with(':')) => (Slip::Colon, meant(':')),
        () if (is_key || is_value) && behind.is_empty() => (Slip::NoValue, None),
        () if is_value && before.ends_with('=') => (Slip::Unquoted, meant('=')),
        () if is_value => (Slip::Unquoted, None),
        () if message.starts_with("invalid basic string") => (Slip::Unclosed('"'), None),
        () if message.starts_with("invalid literal string") => (Slip::Unclosed('\''), None),
        () => (Slip::Other, None),
    }
}

/// A value with its quotes, if it is certain where they belong.
fn quoted(value: &str) -> Option<String> {
    if value.starts_with(['"', '\'', '[', 't', 'f']) && toml::from_str::<toml::Table>(&format!("x = {value}")).is_ok() {
        return Some(value.to_string());
    }
    if let Some(text) = value.strip_prefix(['“', '”', '„']).and_then(|value| value.strip_suffix(['”', '“'])) {
        return quoted(text).filter(|_| !text.starts_with(['"', '\'', '[']));
    }
    if value.is_empty() || value.starts_with(['"', '\'', '[', '{', '“', '”']) || value.contains('#') {
        return None;
    }
    match (value.contains(['"', '\\']), value.contains('\'')) {
        (false, _) => Some(format!("\"{value}\"")),
        (true, false) => Some(format!("'{value}'")),
        (true, true) => None,
    }
}
