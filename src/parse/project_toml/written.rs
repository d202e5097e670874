//! Finds where the values of a project.toml are written: strings have quotes and escapes, and arrays have brackets.

use std::ops::Range;
use toml::de::DeValue;

/// Where each byte of a string's value is in its text, without the blanks before a command line.
#[derive(Clone, Debug, Default)]
pub struct Written(Vec<Piece>);

/// Characters that are written as they are, or one that is written with an escape.
#[derive(Clone, Debug)]
struct Piece {
    /// The first byte of the value.
    value: usize,
    /// The bytes of the text.
    text: Range<usize>,
    is_escape: bool,
}

impl Written {
    /// Reads the text of a string that is a command line.
    pub fn line(text: &str) -> Self {
        let (mut pieces, mut value): (Vec<Piece>, usize) = (Vec::new(), 0);
        let mut characters = characters(text).skip_while(|(_, c)| [' ', '\t', '\r', '\n'].contains(c)).peekable();
        while let Some((at, character)) = characters.next() {
            // A command line has the line ends of Unix.
            if character == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n') {
                continue;
            }
            let is_escape = at.len() != character.len_utf8();
            match pieces.last_mut() {
                Some(last) if last.text.end == at.start && !last.is_escape && !is_escape => last.text.end = at.end,
                _ => pieces.push(Piece { value, text: at, is_escape }),
            }
            value += character.len_utf8();
        }
        Self(pieces)
    }

    /// The bytes of the text in which some bytes of the value are written.
    pub fn range(&self, value: Range<usize>) -> Option<Range<usize>> {
        let piece = |at: usize| self.0[..self.0.partition_point(|piece| piece.value <= at)].last();
        let byte = |piece: &Piece, at: usize| (piece.text.start + at - piece.value).min(piece.text.end);
        let first = piece(value.start)?;
        let start = if first.is_escape { first.text.start } else { byte(first, value.start) };
        let last = piece(value.end.max(value.start + 1) - 1)?;
        let end = if last.is_escape { last.text.end } else { byte(last, value.end) };
        Some(start..end.max(start))
    }
}

/// The first character of a string's value that is written with an escape or as itself, and its bytes in the text.
pub(super) fn find(text: &str, character: char) -> Option<Range<usize>> {
    characters(text).find(|(_, found)| *found == character).map(|(at, _)| at)
}

/// The bytes of each element in the text of an array.
pub fn elements(array: &str) -> Vec<Range<usize>> {
    let parsed = DeValue::parse(array).ok();
    let elements = parsed.as_ref().and_then(|value| value.get_ref().as_array());
    elements.map_or_else(Vec::new, |elements| elements.iter().map(toml::Spanned::span).collect())
}

/// The characters of a string's value, each with its bytes in the text (TOML 1.1, String). A line end right after the
/// quotes, which is not part of the value, is one of them: nobody asks for it.
fn characters(text: &str) -> impl Iterator<Item = (Range<usize>, char)> {
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| text.starts_with(quote)).unwrap_or_default();
    let is_basic = quote.starts_with('"');
    let end = text.len().saturating_sub(quote.len());
    let mut at = quote.len();
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..end)?;
            let first = rest.chars().next()?;
            let start = at;
            if first != '\\' || !is_basic {
                at += first.len_utf8();
                return Some((start..at, first));
            }
            let escape = rest[1..].chars().next()?;
            let hexadecimal = |digits: usize| {
                let code = rest.get(2..2 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                (2 + digits, code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER))
            };
            let (length, character) = match escape {
                'b' => (2, '\u{8}'),
                't' => (2, '\t'),
                'n' => (2, '\n'),
                'f' => (2, '\u{c}'),
                'r' => (2, '\r'),
                'e' => (2, '\u{1b}'),
                'x' => hexadecimal(2),
                'u' => hexadecimal(4),
                'U' => hexadecimal(8),
                blank if blank.is_whitespace() => {
                    // Joins the next line, without the blanks at its start.
                    at += rest.len() - rest[1..].trim_start().len();
                    continue;
                }
                other => (1 + other.len_utf8(), other),
            };
            at += length;
            return Some((start..at, character));
        }
    })
}
