//! Splits words into pieces, and finds the literal ones.

use crate::shell::bounds::{Unreadable, is_bounded, options};
use crate::shell::builtins::is_own;
use crate::text::quote::is_plain_line;
use brush_parser::Token;
use brush_parser::word::{self, WordPiece, WordPieceWithSource};
use std::borrow::Cow;

/// The words of a line that has only a literal program name and literal arguments (X1).
///
/// Tokens without an operator, except at the end of the line, are a single simple command.
pub(super) fn of_tokens(tokens: &[Token]) -> Option<Vec<String>> {
    let is_end = |token: &&Token| matches!(token, Token::Operator(operator, _) if operator == "\n");
    let ends = tokens.iter().rev().take_while(is_end).count();
    let starts = tokens.iter().take_while(is_end).count();
    let tokens = tokens.get(starts..tokens.len() - ends)?;
    let tokens = match tokens {
        [words @ .., Token::Operator(operator, _)] if operator == ";" => words,
        words => words,
    };
    let words = tokens.iter().map(|token| match token {
        Token::Word(word, _) => literal(word).map(Cow::into_owned),
        Token::Operator(..) => None,
    });
    program_and_arguments(words.collect::<Option<_>>()?)
}

/// The same for a line of plain characters and blanks. It has no syntax, so it needs no tokenizer.
pub(super) fn of_plain_line(line: &str) -> Option<Vec<&str>> {
    let words = || line.split(' ').filter(|word| !word.is_empty()).collect();
    is_plain_line(line).then(words).and_then(program_and_arguments)
}

/// The words, if the first can only be the name of a program.
fn program_and_arguments<W: AsRef<str>>(words: Vec<W>) -> Option<Vec<W>> {
    // `bash -c` reads a command that starts with `-` or `+` as its own options, and one that starts with `%` as a job.
    let is_program =
        |name: &str| !name.is_empty() && !name.contains('=') && !name.starts_with(['-', '+', '%']) && !is_own(name);
    words.first().is_some_and(|name| is_program(name.as_ref())).then_some(words)
}

/// What a word is once its quotes are removed, if nothing in it is expanded.
pub fn literal(word: &str) -> Option<Cow<'_, str>> {
    if word.bytes().all(is_plain) {
        return Some(Cow::Borrowed(word));
    }
    if is_certainly_expanded(word) {
        return None;
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

/// A word without its quotes, in which what is expanded is as written.
pub fn unquoted(word: &str) -> Option<String> {
    let mut text = String::with_capacity(word.len());
    for piece in pieces(word).ok()? {
        let inner = match piece.piece {
            WordPiece::DoubleQuotedSequence(quoted) => quoted,
            _ => vec![piece],
        };
        for piece in inner {
            match &piece.piece {
                WordPiece::SingleQuotedText(piece) => text += piece,
                WordPiece::EscapeSequence(escape) => text += escaped(escape),
                _ => text += word.get(piece.start_index..piece.end_index)?,
            }
        }
    }
    Some(text)
}

/// Whether something in a word is expanded, as can be seen without the parser: no single quote or backslash may turn it off.
fn is_certainly_expanded(word: &str) -> bool {
    let starts_expansion = |byte: u8| byte == b'_' || byte == b'{' || byte == b'(' || byte.is_ascii_alphanumeric();
    let bytes = word.as_bytes();
    !bytes.iter().any(|byte| b"'\\".contains(byte))
        && (bytes.contains(&b'`') || bytes.windows(2).any(|pair| pair[0] == b'$' && starts_expansion(pair[1])))
}

/// A byte that has no special meaning anywhere in a word.
pub(super) fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"%+,-./:=@_".contains(&byte)
}

/// Whether unquoted text in a word may be something else: a glob, braces, a tilde.
fn is_expanded(text: &str, word: &str) -> bool {
    text.contains(['*', '?', '{', '~']) || (text.contains('[') && word.contains(']'))
}

/// The character of an escape sequence (`\c`). There is none for an escaped line end.
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

/// If the parser cannot read an expansion, it reads the `$` as an ordinary character. So no `$` may be left that the shell
/// could expand.
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
