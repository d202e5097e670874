//! What the parser may read: its options, and limits that keep it fast.

use brush_parser::ParserOptions;
use std::cell::Cell;

/// A line that the parser cannot read, or must not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The byte of the line at which it stopped, if known.
    pub at: Option<usize>,
}

/// How much the parser may still read in a build (R2). Its time depends on the tokens of a line, so they are counted.
#[derive(Debug)]
pub struct Budget {
    left: Cell<usize>,
}

impl Default for Budget {
    /// Enough for a build: about 400,000 plain words of simple commands, or 50,000 words and operators of others.
    fn default() -> Self {
        Self { left: Cell::new(420_000) }
    }
}

impl Budget {
    /// No bound, for what is read again.
    pub(super) fn unbounded() -> Self {
        Self { left: Cell::new(usize::MAX) }
    }

    /// Notes that some tokens are read. The line with which nothing is left is still read.
    pub(super) fn spend(&self, tokens: usize) {
        self.left.set(self.left.get().saturating_sub(tokens));
    }

    /// How many tokens may still be read.
    pub fn left(&self) -> usize {
        self.left.get()
    }
}

/// The options of the parser. `bash -c` has no extended globs. Tildes are found without the parser, which panics at
/// `~99999999999999999999`.
pub(super) fn options(posix: bool) -> ParserOptions {
    ParserOptions {
        enable_extended_globbing: false,
        sh_mode: posix,
        tilde_expansion_at_word_start: false,
        tilde_expansion_after_colon: false,
        ..ParserOptions::default()
    }
}

/// The most openers in a word. Each may double the time that the parser takes.
const MOST_OPENERS: usize = 8;

/// Whether the parser can read a word quickly.
pub(super) fn is_bounded(word: &str) -> bool {
    openers(word) <= MOST_OPENERS
}

fn is_in_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

/// How many indices of arrays are open at once in a word that has no substitution: the parser reads what follows `NAME[`
/// again if it finds no `]`, so its time doubles with each.
fn deepest_index(word: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    // The quote that is open, and whether a backslash escapes it.
    let mut quote = None;
    let mut before = b' ';
    let mut bytes = word.bytes();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some((closer, _)), _) if byte == closer => quote = None,
            (None | Some((_, true)), b'\\') => _ = bytes.next(),
            (None, b'"') => quote = Some((byte, true)),
            (None, b'\'') => quote = Some((byte, before == b'$')),
            (None, b'[') if is_in_name(char::from(before)) => depth += 1,
            (None, b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        // `$$` is a parameter.
        before = if (before, byte) == (b'$', b'$') { b' ' } else { byte };
    }
    deepest
}

/// How many parts of a word the parser may read more than once. These are expansions, except `${NAME}` and `${NAME[1]}`,
/// which contain no others, and above all array indices, which it reads once for every form of `${…}` that it tries.
fn openers(word: &str) -> usize {
    if !word.bytes().any(|byte| matches!(byte, b'$' | b'`' | b'[')) {
        return 0;
    }
    let count = |character: u8| word.bytes().filter(|byte| *byte == character).count();
    let (mut openers, mut indices, mut substitutes) = (count(b'`'), count(b'['), false);
    for (at, _) in word.match_indices('$') {
        match word.as_bytes().get(at + 1) {
            Some(b'(' | b'[') => {
                substitutes = true;
                openers += 1;
            }
            Some(b'{') => {
                let rest = word[at + 2..].trim_start_matches(is_in_name);
                let index = rest.strip_prefix('[').map(|index| index.trim_start_matches(is_in_name));
                let is_index = index.is_some_and(|index| index.trim_start_matches(['@', '*']).starts_with("]}"));
                indices -= usize::from(is_index);
                openers += usize::from(!is_index && !rest.starts_with('}'));
            }
            _ => {}
        }
    }
    let parentheses = if substitutes { count(b'(') } else { 0 };
    openers + 3 * if openers > 0 { indices } else { deepest_index(word) } + parentheses
}
