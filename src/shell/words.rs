//! Takes words apart: which are literal, and what the others expand.

use super::builtins::is_own;
use super::syntax::{Unreadable, options};
use brush_parser::ast::{AssignmentValue, Command, CommandPrefixOrSuffixItem as Item, Program, SimpleCommand};
use brush_parser::word::{self, WordPiece, WordPieceWithSource};
use std::borrow::Cow;

/// The most openers in a word. Each may double the time that the parser takes.
const MOST_OPENERS: usize = 8;

/// The simple command that is all of a program.
pub(super) fn only_command(program: &Program) -> Option<&SimpleCommand> {
    let [list] = program.complete_commands.as_slice() else { return None };
    let [item] = list.0.as_slice() else { return None };
    let pipeline = &item.0.first;
    let plain = item.0.additional.is_empty()
        && matches!(item.1, brush_parser::ast::SeparatorOperator::Sequence)
        && pipeline.timed.is_none()
        && !pipeline.bang;
    match pipeline.seq.as_slice() {
        [Command::Simple(command)] if plain => Some(command),
        _ => None,
    }
}

/// The words of a program that is nothing but a literal program name and literal arguments (X1).
pub(super) fn of_program(program: &Program) -> Option<Vec<String>> {
    let command = only_command(program)?;
    if command.prefix.is_some() {
        return None;
    }
    let name = literal(&command.word_or_name.as_ref()?.value)?;
    // `bash -c` takes a command that starts with a sign for options of its own.
    if name.is_empty() || name.contains('=') || name.starts_with(['-', '+']) || is_own(&name) {
        return None;
    }
    let mut words = vec![name.into_owned()];
    for item in command.suffix.iter().flat_map(|suffix| &suffix.0) {
        let word = match item {
            Item::Word(word) => word,
            Item::AssignmentWord(assignment, word) if matches!(assignment.value, AssignmentValue::Scalar(_)) => word,
            _ => return None,
        };
        words.push(literal(&word.value)?.into_owned());
    }
    Some(words)
}

/// What a word is once its quotes are removed, if nothing in it is expanded.
pub(super) fn literal(word: &str) -> Option<Cow<'_, str>> {
    if word.bytes().all(is_plain) {
        return Some(Cow::Borrowed(word));
    }
    let mut text = String::with_capacity(word.len());
    for piece in pieces(word).ok()? {
        match piece.piece {
            WordPiece::Text(piece) if !is_expanded(&piece, word) => text += &piece,
            WordPiece::SingleQuotedText(piece) => text += &piece,
            WordPiece::EscapeSequence(escape) => text += escaped(&escape),
            WordPiece::DoubleQuotedSequence(quoted) => {
                for piece in quoted {
                    match piece.piece {
                        WordPiece::Text(piece) => text += &piece,
                        WordPiece::EscapeSequence(escape) => text += escaped(&escape),
                        _ => return None,
                    }
                }
            }
            _ => return None,
        }
    }
    Some(Cow::Owned(text))
}

/// A byte that means itself wherever it stands in a word.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"%+,-./:=@_".contains(&byte)
}

/// Whether unquoted text in a word may be something else: a glob, braces, a tilde.
fn is_expanded(text: &str, word: &str) -> bool {
    text.contains(['*', '?', '{', '~']) || (text.contains('[') && word.contains(']'))
}

/// The character that an escape sequence (`\c`) stands for; none for an escaped end of line.
pub(super) fn escaped(sequence: &str) -> &str {
    match sequence.strip_prefix('\\') {
        Some("\n") => "",
        Some(character) => character,
        None => sequence,
    }
}

/// The pieces of a word.
pub(super) fn pieces(word: &str) -> Result<Vec<WordPieceWithSource>, Unreadable> {
    check(word, is_bounded(word).then(|| word::parse(word, &options(false)).ok()).flatten())
}

/// The pieces of a text in which quotes are ordinary characters: a here-document.
pub(super) fn quoted_pieces(text: &str) -> Result<Vec<WordPieceWithSource>, Unreadable> {
    check(text, is_bounded(text).then(|| word::parse_heredoc(text, &options(false)).ok()).flatten())
}

/// Where the parser cannot read an expansion it takes its `$` for an ordinary character. So no `$` may be left that
/// the shell could take for more.
fn check(word: &str, pieces: Option<Vec<WordPieceWithSource>>) -> Result<Vec<WordPieceWithSource>, Unreadable> {
    let pieces = pieces.ok_or(Unreadable { at: None })?;
    let mut dollars = pieces.iter().flat_map(|piece| match &piece.piece {
        WordPiece::DoubleQuotedSequence(quoted) | WordPiece::GettextDoubleQuotedSequence(quoted) => quoted.as_slice(),
        _ => std::slice::from_ref(piece),
    });
    let starts_expansion =
        |next: Option<char>| next.is_some_and(|next| "{([_@*#?-$!".contains(next) || next.is_alphanumeric());
    let misread = dollars.any(|piece| match &piece.piece {
        WordPiece::Text(text) => text.match_indices('$').any(|(at, _)| {
            let after = text[at + 1..].chars().next().or_else(|| word[piece.end_index..].chars().next());
            starts_expansion(after)
        }),
        _ => false,
    });
    if misread { Err(Unreadable { at: None }) } else { Ok(pieces) }
}

/// Whether the parser reads a word soon.
pub(super) fn is_bounded(word: &str) -> bool {
    openers(word) <= MOST_OPENERS
}

/// How much a word opens that the parser may read more than once: expansions, but for `${NAME}` and `${NAME[1]}`,
/// which hold no other, and above all the index of an array, which it reads once for every form of `${…}` that it
/// tries.
fn openers(word: &str) -> usize {
    if !word.contains(['$', '`']) {
        return 0;
    }
    let (mut openers, mut indices) = (0, word.matches('[').count());
    let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    for (at, _) in word.match_indices('$') {
        match word.as_bytes().get(at + 1) {
            Some(b'(' | b'[') => openers += 1,
            Some(b'{') => {
                let rest = word[at + 2..].trim_start_matches(is_name);
                let index = rest.strip_prefix('[').map(|index| index.trim_start_matches(is_name));
                let is_index = index.is_some_and(|index| index.trim_start_matches(['@', '*']).starts_with("]}"));
                indices -= usize::from(is_index);
                openers += usize::from(!is_index && !rest.starts_with('}'));
            }
            _ => {}
        }
    }
    let substitutes = word.contains("$(") || word.contains("$[");
    let parentheses = if substitutes { word.matches('(').count() } else { 0 };
    openers + 3 * if openers > 0 { indices } else { 0 } + parentheses + word.matches('`').count()
}
