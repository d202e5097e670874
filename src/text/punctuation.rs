//! Finds what a word processor or a chat makes of quotes and dashes: a shell takes it literally.

use std::ops::Range;

/// Punctuation that a shell takes literally, and how it was typed.
#[derive(Debug, PartialEq, Eq)]
pub struct Punctuation {
    /// The bytes of the first character of that kind.
    pub at: Range<usize>,
    /// The character.
    pub character: char,
    /// The text as it was typed.
    pub plain: String,
}

/// What was typed for a quote.
fn quote(character: char) -> Option<&'static str> {
    match character {
        '“' | '”' | '„' | '‟' => Some("\""),
        '‘' | '’' | '‚' | '‛' => Some("'"),
        _ => None,
    }
}

/// What was typed for hyphens and dashes before a name of this length: two hyphens become one long dash.
fn hyphens(run: &str, name: usize) -> &'static str {
    let is_long = run.starts_with(['–', '—', '―']) && name > 1;
    if is_long || run.chars().count() > 1 { "--" } else { "-" }
}

const DASHES: [char; 7] = ['-', '–', '—', '―', '‐', '‑', '−'];

/// The quotes and dashes of a command line that stand where a shell, or a program, expects plain ones: around a word, and at
/// its start.
pub fn punctuation(line: &str) -> Option<Punctuation> {
    if line.is_ascii() {
        return None;
    }
    let (mut plain, mut first, mut open) = (String::with_capacity(line.len()), None, None);
    let (mut before, mut rest) = (' ', line);
    while let Some(character) = rest.chars().next() {
        let at = line.len() - rest.len();
        // Only the start of a word is looked at to its end, so that nothing is looked at twice.
        let is_start = open.is_none() && before.is_whitespace();
        let run = if is_start { rest.find(|c| !DASHES.contains(&c)).unwrap_or(rest.len()) } else { 0 };
        let is_hyphens = !rest[..run].is_ascii();
        let taken = if is_hyphens { &rest[..run] } else { &rest[..character.len_utf8()] };
        rest = &rest[taken.len()..];
        let is_end = rest.is_empty() || rest.starts_with([' ', '\t', '\n', ';', ')', ',']);
        let is_edge = is_end || before.is_whitespace() || before == '=' || before == '(';
        let name = || rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let typed = match quote(character).filter(|_| open.is_none() && is_edge) {
            Some(quote) => Some(quote),
            None if is_hyphens => {
                Some(name()).filter(|name| *name > 0 || rest.is_empty()).map(|name| hyphens(taken, name))
            }
            None => None,
        };
        if typed.is_some() && first.is_none() {
            let (offset, character) = taken.char_indices().find(|(_, character)| !character.is_ascii())?;
            first = Some((at + offset..at + offset + character.len_utf8(), character));
        }
        plain.push_str(typed.unwrap_or(taken));
        match open {
            None if character == '"' || character == '\'' => open = Some(character),
            Some(quote) if quote == character => open = None,
            _ => {}
        }
        before = taken.chars().next_back().unwrap_or(character);
    }
    let (at, character) = first?;
    Some(Punctuation { at, character, plain: unquoted(&plain).to_string() })
}

/// A command line without quotes around all of it, which would make it the name of a program.
fn unquoted(line: &str) -> &str {
    let inside = line.strip_prefix('"').and_then(|line| line.strip_suffix('"'));
    inside.filter(|inside| !inside.contains('"')).unwrap_or(line)
}
