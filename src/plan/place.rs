//! Where a command line is in its source.

use crate::shell::Unreadable;
use crate::text::{Sources, Span};
use std::ops::Range;

/// A command line and its place.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    /// The place of the whole value.
    pub at: Span,
    /// The command line.
    pub line: &'p str,
    content: &'p str,
}

impl<'p> Place<'p> {
    /// `at`: the place of the value, in one of the sources.
    pub fn new(at: Span, line: &'p str, sources: &'p Sources) -> Self {
        Self { at, line, content: sources.content(at.source).unwrap_or_default() }
    }

    /// The place of some bytes of the line: all of it if the source spells the line in another way (escapes in TOML).
    pub fn of(&self, range: Range<usize>) -> Span {
        let value = self.content.get(self.at.range());
        match value.and_then(|value| value.find(self.line)) {
            Some(start) => {
                let start = self.at.start + start;
                Span::new(self.at.source, start + range.start..start + range.end)
            }
            None => self.at,
        }
    }

    /// The place of the whole line.
    pub fn of_line(&self) -> Span {
        self.of(0..self.line.len())
    }

    /// The character at which a parser stopped.
    pub fn of_unreadable(&self, unreadable: &Unreadable) -> Span {
        unreadable.at.map_or(self.at, |at| {
            let length = self.line.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            self.of(at..at + length)
        })
    }
}
