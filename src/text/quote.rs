//! Quotes texts: for a message, for a shell, for TOML.

use crate::text::expansion::{Expansion, expansions};
use crate::text::visible::visible;

/// The longest piece of a user's text in a message, in characters.
const LONGEST_SHOWN: usize = 100;

/// The longest text that a user is given to copy, in bytes.
pub const LONGEST_COPY: usize = 2000;

/// The most names in a list.
const MOST_NAMES: usize = 10;

/// A user's text in a message: made visible, and cut where it is long.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", visible(&text[..end])),
        None => visible(text).into_owned(),
    }
}

/// As much of a text as [`shown`] needs.
pub fn enough(text: &str) -> &str {
    text.char_indices().nth(LONGEST_SHOWN + 1).map_or(text, |(end, _)| &text[..end])
}

/// A user's text to copy: complete, with escapes only for characters that a terminal must not get.
pub fn whole(text: &str) -> String {
    if text.len() > LONGEST_COPY { shown(text) } else { visible(text).into_owned() }
}

/// The longest command in a message that only names it, in characters.
const LONGEST_BRIEF: usize = 40;

/// The start of a command, to name it.
pub fn brief(command: &str) -> String {
    let Some((end, _)) = command.char_indices().nth(LONGEST_BRIEF) else { return command.to_string() };
    let end = command[..end].rfind(' ').unwrap_or(end);
    format!("{} …", &command[..end])
}

/// A user's text as code.
pub fn code(text: &str) -> String {
    if text.is_empty() { "`\"\"`".to_string() } else { format!("`{}`", shown(text)) }
}

/// A user's text as code. Beside the name that it was meant to be, which may look the same, letters of other scripts are
/// shown as code points.
pub fn told_apart(text: &str, meant: Option<&str>) -> String {
    let escaped = |character: char| match character {
        ' '..='~' => character.to_string(),
        _ => character.escape_unicode().to_string(),
    };
    if meant.is_some() { code(&text.chars().map(escaped).collect::<String>()) } else { code(text) }
}

/// `a`, `a and b`, `a, b and c`.
pub fn join(items: &[String], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// A list of names as code, cut where it is long.
pub fn list(names: impl IntoIterator<Item = impl AsRef<str>>, conjunction: &str) -> String {
    let mut names = names.into_iter();
    let mut items: Vec<String> = names.by_ref().take(MOST_NAMES).map(|name| code(name.as_ref())).collect();
    let more = names.count();
    if more > 0 {
        items.push(format!("{more} more"));
    }
    join(&items, conjunction)
}

/// Whether a character has no special meaning in a word of a shell, and needs no escape in TOML.
pub fn is_plain(character: char) -> bool {
    u8::try_from(character).ok().filter(u8::is_ascii).map_or_else(|| character.is_alphanumeric(), is_plain_byte)
}

/// The same for a character of ASCII.
fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b'=' | b'@' | b'%' | b'+')
}

/// Whether a command line is plain words and blanks, so that every shell splits it at its blanks and does nothing else.
pub fn is_plain_line(line: &str) -> bool {
    // Most lines are ASCII, which is faster to look at.
    if line.is_ascii() {
        line.bytes().all(|byte| is_plain_byte(byte) || matches!(byte, b' ' | b','))
    } else {
        line.chars().all(|c| is_plain(c) || matches!(c, ' ' | ','))
    }
}

/// A text as one word of a shell.
pub fn shell_word(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(is_plain);
    if is_plain { text.to_string() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Words that nothing has expanded as a command line, in which a shell expands the values of variables.
pub fn command_line(words: &[impl AsRef<str>]) -> String {
    words.iter().map(|word| expanded_word(word.as_ref())).collect::<Vec<_>>().join(" ")
}

/// A text as one word of a shell, which expands the values of variables in it.
fn expanded_word(text: &str) -> String {
    let mut found = expansions(text).peekable();
    if found.peek().is_none() {
        return shell_word(text);
    }
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('`', "\\`").replace('$', "\\$");
    let (mut word, mut end, mut needs_quotes) = (String::new(), 0, false);
    for Expansion { at, operation, .. } in found {
        let before = &text[end..at.start];
        needs_quotes |= !before.chars().all(is_plain) || !operation.chars().all(|c| is_plain(c) || c == '?');
        word.extend([&escaped(before), &text[at.clone()]]);
        end = at.end;
    }
    needs_quotes |= !text[end..].chars().all(is_plain);
    word.push_str(&escaped(&text[end..]));
    if needs_quotes { format!("\"{word}\"") } else { word }
}

/// A text as a string of TOML.
pub fn toml_string(text: &str) -> String {
    match (text.contains(['"', '\\']), text.contains('\'')) {
        (true, false) if !text.contains(char::is_control) => format!("'{text}'"),
        _ => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// Words as an array of TOML, in one visible line.
pub fn toml_array(words: &[impl AsRef<str>]) -> String {
    format!("[{}]", toml_elements(words))
}

/// Words as elements of an array of TOML, in one visible line.
pub fn toml_elements(words: &[impl AsRef<str>]) -> String {
    let quoted = |word: &str| format!("\"{}\"", visible(&word.replace('\\', "\\\\").replace('"', "\\\"")));
    words.iter().map(|word| quoted(word.as_ref())).collect::<Vec<_>>().join(", ")
}
