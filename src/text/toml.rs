//! How much memory a TOML text takes once it is parsed, before it is (R1). A table with one key takes more than a
//! kilobyte, and its text may have two bytes.

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// The most memory that the tree of one text may take, in bytes.
const MOST: usize = 40 << 20;

/// A text of this length fits into it, whatever it says.
const SHORT: usize = 16 * 1024;

/// What the parser keeps for a token: the token itself, and an event.
const TOKEN: usize = 2 * 24;

/// What a table takes, with its first keys.
const TABLE: usize = 1300;

/// What another key takes. Tables are half full on average.
const KEY: usize = 230;

/// What an element of an array takes, in an array that has just been doubled.
const ELEMENT: usize = 220;

/// The place of the first byte that no longer fits into memory, if there is one.
pub fn excess(content: &str) -> Option<usize> {
    if content.len() <= SHORT {
        return None;
    }
    let mut memory = 0;
    let (mut header, mut key) = (Path::default(), Path::default());
    let (mut is_start, mut reads_header) = (true, false);
    for token in Source::new(content).lex() {
        let (kind, span) = (token.kind(), token.span());
        let (start, end) = (span.start(), span.end());
        let was_start = is_start;
        is_start = matches!(kind, TokenKind::Newline) || (was_start && matches!(kind, TokenKind::Whitespace));
        memory += TOKEN;
        memory += match kind {
            TokenKind::LeftSquareBracket if was_start => {
                reads_header = true;
                header.start(content, start);
                TABLE
            }
            TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString if was_start => {
                key.start(content, start);
                0
            }
            TokenKind::Dot if reads_header => header.table(end),
            TokenKind::Dot => key.table(end),
            TokenKind::RightSquareBracket if reads_header => {
                reads_header = false;
                header.stop(start);
                // The same keys under another header are other tables.
                key = Path::default();
                0
            }
            TokenKind::Equals => {
                key.stop(start);
                KEY
            }
            TokenKind::LeftCurlyBracket => {
                (key, reads_header) = (Path::default(), false);
                TABLE
            }
            TokenKind::LeftSquareBracket | TokenKind::Comma => ELEMENT,
            _ => 0,
        };
        if memory > MOST {
            return Some(start);
        }
    }
    None
}

/// The last path of keys, as `a.b.c`, and how much of it was as in the one before: those tables are there already.
#[derive(Default)]
struct Path<'t> {
    text: &'t str,
    start: usize,
    /// The end of what is as in the path before.
    shared: usize,
    /// Whether its end has not been read.
    is_open: bool,
}

impl<'t> Path<'t> {
    fn start(&mut self, content: &'t str, start: usize) {
        let text = &content[start..];
        let equal = self.text.bytes().zip(text.bytes()).take_while(|(before, now)| before == now).count();
        *self = Self { text, start, shared: start + equal, is_open: true };
    }

    /// What the table before a dot takes.
    fn table(&self, end: usize) -> usize {
        if self.is_open && end <= self.shared { 0 } else { TABLE }
    }

    fn stop(&mut self, end: usize) {
        if self.is_open {
            (self.text, self.is_open) = (&self.text[..end - self.start], false);
        }
    }
}
