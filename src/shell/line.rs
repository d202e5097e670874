//! A command line, and where its characters are.

use crate::shell::bounds::Budget;
use brush_parser::SourceSpan;
use std::ops::{Deref, Range};

/// A command line. The parser counts characters and everything else counts bytes, so the places of all characters are
/// found once.
pub(super) struct Line<'l> {
    text: &'l str,
    /// The byte at which each character starts. Empty if all characters are single bytes.
    starts: Vec<usize>,
    /// What the parser may still read.
    pub(super) budget: &'l Budget,
}

impl<'l> Line<'l> {
    pub(super) fn new(text: &'l str, budget: &'l Budget) -> Self {
        let starts = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Self { text, starts, budget }
    }

    /// The byte at which a character starts. That is the end of the line if it has fewer characters.
    pub(super) fn byte(&self, character: usize) -> usize {
        let start = if self.starts.is_empty() { Some(character) } else { self.starts.get(character).copied() };
        start.map_or(self.text.len(), |start| start.min(self.text.len()))
    }

    /// The bytes of some characters.
    pub(super) fn bytes(&self, characters: &Range<usize>) -> Range<usize> {
        self.byte(characters.start)..self.byte(characters.end)
    }

    /// The bytes in a span of the parser.
    pub(super) fn range(&self, span: &SourceSpan) -> Range<usize> {
        self.byte(span.start.index)..self.byte(span.end.index)
    }
}

impl Deref for Line<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.text
    }
}
