//! Recognises the usual mistakes in TOML. Most are a habit from Procfiles or YAML.

use crate::parse::key::{Key, Kind, TABLE};
use std::ops::Range;

/// What is written that is not TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    /// A `:` after a key.
    Colon,
    /// Another mark instead of the `=` after a key.
    Mark(&'static str),
    /// A comment of another language.
    Comment(&'static str),
    /// A header of a table and a key in one line.
    Header,
    /// Strings of an array without its brackets.
    Brackets,
    /// `yes` or `no` where only `true` and `false` can be.
    Boolean,
    /// A table for a process type that has its command as a key of the table above.
    Twice,
    /// A file of JSON.
    Json,
    /// A file of YAML.
    Yaml,
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

/// What people type instead of the `=` after a key.
const MARKS: [&str; 4] = ["=>", "->", ":=", "=="];

/// What starts a comment in other languages. Options of a program can start with a `--` too.
const COMMENTS: [&str; 4] = ["//", "-- ", ";", "/*"];

/// The format of another tool that the whole file is in.
pub(super) fn of_file(content: &str) -> Option<Slip> {
    let is_text = |line: &&str| !line.is_empty() && !line.starts_with('#') && *line != "---";
    let mut texts = content.lines().map(str::trim).filter(is_text);
    let first = texts.next()?;
    let is_json = first.starts_with('{') && content.contains('"');
    // An entry of a Procfile has its command in the same line.
    if is_json {
        return Some(Slip::Json);
    }
    let is_yaml = first.ends_with(':') && !texts.any(|line| line.starts_with('[') || line.contains(" = "));
    is_yaml.then_some(Slip::Yaml)
}

/// The mistake that the library's message describes, and the line as it was meant, if that is certain. The message
/// points at `at`; `line` is the range of the line.
pub(super) fn recognise(content: &str, line: Range<usize>, message: &str, at: usize) -> (Slip, Option<String>) {
    let at = at.clamp(line.start, line.end);
    let (before, behind) = (content[line.start..at].trim_end(), content[at..line.end].trim_start());
    let text = content[line.clone()].trim();
    if let Some(found) = comment(text).or_else(|| with_header(text, message)) {
        return found;
    }
    if let Some(entry) = message.starts_with("duplicate key").then(|| twice(text, &content[..line.start])).flatten() {
        return (Slip::Twice, Some(entry));
    }
    let (key, rest) = text.split_at(text.find(|c| !is_key(c)).unwrap_or(text.len()));
    let rest = rest.trim_start();
    let meant =
        |mark: &str| Some(format!("{key} = {}", quoted(rest.strip_prefix(mark)?.trim())?)).filter(|_| !key.is_empty());
    let starts = |start: &&str| message.starts_with(start);
    let is_key = ["key with no value", "invalid unquoted key", "missing assignment"].iter().any(starts);
    let is_value = ["string values must be quoted", "invalid float", "invalid mantissa"].iter().any(starts);
    let mark = MARKS.into_iter().find(|mark| rest.starts_with(mark));
    let brackets = || {
        let array = format!("{key} = [{}]", rest.strip_prefix('=')?.trim());
        (behind.starts_with(',') && message.starts_with("unexpected key") && is_toml(&array)).then_some(array)
    };
    let boolean = || Some(format!("{key} = {}", boolean(key, rest.strip_prefix('=')?.trim())?));
    match () {
        () if let Some(mark) = mark => (Slip::Mark(mark), meant(mark)),
        () if let Some(entry) = brackets() => (Slip::Brackets, Some(entry)),
        () if is_value && let Some(entry) = boolean() => (Slip::Boolean, Some(entry)),
        () if is_key && (before.ends_with(':') || behind.starts_with(':')) => (Slip::Colon, meant(":")),
        () if (is_key || is_value) && behind.is_empty() => (Slip::NoValue, None),
        () if is_value && before.ends_with('=') => (Slip::Unquoted, meant("=")),
        () if is_value => (Slip::Unquoted, None),
        () if message.starts_with("invalid basic string") => (Slip::Unclosed('"'), None),
        () if message.starts_with("invalid literal string") => (Slip::Unclosed('\''), None),
        () => (Slip::Other, None),
    }
}

fn is_toml(text: &str) -> bool {
    toml::from_str::<toml::Table>(text).is_ok()
}

/// A line that starts like a comment in another language, and that comment.
fn comment(text: &str) -> Option<(Slip, Option<String>)> {
    let mark = COMMENTS.into_iter().find(|mark| text.starts_with(mark))?;
    let meant = format!("# {}", text[mark.len()..].trim_end_matches("*/").trim());
    Some((Slip::Comment(mark.trim_end()), Some(meant.trim_end().to_string())))
}

/// A header of a table that has a key behind it, and both as two lines.
fn with_header(text: &str, message: &str) -> Option<(Slip, Option<String>)> {
    if !text.starts_with('[') || !message.starts_with("unexpected key") {
        return None;
    }
    let end = text.rfind("] ")? + 1;
    let lines = format!("{}\n{}", &text[..end], text[end..].trim());
    is_toml(&lines).then_some((Slip::Header, Some(lines)))
}

/// The command in a line above that has the process type of a table as its key. `text`: the header of the table.
fn twice(text: &str, above: &str) -> Option<String> {
    let name = text.strip_prefix('[')?.strip_suffix(']')?.strip_prefix(TABLE)?.strip_prefix('.')?;
    let value = |line: &str| {
        let value = line.trim().strip_prefix(name)?.trim_start().strip_prefix('=')?.trim();
        (value.starts_with(['"', '\'', '[']) && is_toml(&format!("x = {value}"))).then(|| value.to_string())
    };
    let value = above.lines().rev().find_map(value)?;
    Some(format!("{} = {value}", Key::Command.name()))
}

/// The boolean that a word means as the value of a key that takes one.
fn boolean(key: &str, word: &str) -> Option<bool> {
    let takes_one = Key::ALL.iter().any(|known| known.name() == key && known.kind() == Kind::Boolean);
    match word.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" if takes_one => Some(true),
        "no" | "off" | "n" if takes_one => Some(false),
        _ => None,
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
    if let Some(text) = value.strip_prefix('`').and_then(|value| value.strip_suffix('`')) {
        return quoted(text).filter(|_| !text.starts_with(['"', '\'', '[']) && !text.contains('`'));
    }
    if value.is_empty() || value.starts_with(['"', '\'', '[', '{', '“', '”', '`']) || value.contains('#') {
        return None;
    }
    match (value.contains(['"', '\\']), value.contains('\'')) {
        (false, _) => Some(format!("\"{value}\"")),
        (true, false) => Some(format!("'{value}'")),
        (true, true) => None,
    }
}
