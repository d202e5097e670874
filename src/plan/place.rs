//! Where a command is in its source.

use crate::parse::project_toml::written::{Written, elements};
use crate::parse::{Command, Located};
use crate::shell::Unreadable;
use crate::text::{Source, Sources, Span, find_word};
use std::cell::OnceCell;
use std::ops::Range;

/// A command line or an array, and its place.
#[derive(Clone)]
pub struct Place<'p> {
    /// The place of the whole value.
    pub at: Span,
    /// The command line; empty for an array.
    pub line: &'p str,
    /// The value as its source spells it.
    text: &'p str,
    /// Where the command line is in the text, once that is asked for.
    written: OnceCell<Written>,
    /// Where the elements of the array are in the text, once that is asked for.
    elements: OnceCell<Vec<Range<usize>>>,
}

impl<'p> Place<'p> {
    /// `at`: the place of the value, in one of the sources.
    pub fn new(at: Span, line: &'p str, sources: &'p Sources) -> Self {
        let text = sources.content(at.source).and_then(|content| content.get(at.range())).unwrap_or_default();
        Self { at, line, text, written: OnceCell::new(), elements: OnceCell::new() }
    }

    /// The command of a process type. That of an earlier buildpack is in no source: it has the place of the process type,
    /// and only the words before it have their own.
    pub fn of_command(command: &'p Located<Command>, sources: &'p Sources) -> Self {
        let Some(extension) = command.value.extension() else {
            return Self::new(command.at, command.value.line(), sources);
        };
        let wrap = extension.wrap.as_ref().map_or_else(Vec::new, |wrap| {
            let text = sources.content(wrap.at.source).and_then(|content| content.get(wrap.at.range()));
            let before = wrap.at.start.saturating_sub(command.at.start);
            let moved = |element: Range<usize>| element.start + before..element.end + before;
            elements(text.unwrap_or_default()).into_iter().map(moved).collect()
        });
        let elements = OnceCell::from(wrap);
        Self { at: command.at, line: "", text: "", written: OnceCell::new(), elements }
    }

    /// An element of the array as a command line of its own. `line`: its value.
    #[must_use]
    pub fn element(&self, index: usize, line: &'p str) -> Self {
        let at = self.of_element(index);
        let text = self.text.get(at.start - self.at.start..at.end - self.at.start).unwrap_or_default();
        Self { at, line, text, written: OnceCell::new(), elements: OnceCell::new() }
    }

    /// The place of some bytes of the line.
    pub fn of(&self, range: Range<usize>) -> Span {
        // Only TOML spells a line in another way: with quotes and escapes.
        let range = match self.at.source {
            Source::ProjectToml => self.written.get_or_init(|| Written::line(self.text)).range(range),
            _ => Some(range),
        };
        range.map_or(self.at, |range| self.inside(range))
    }

    /// The place of a word of the line, by its text: all of the line if it is spelled in another way there.
    pub fn of_word(&self, word: &str) -> Span {
        find_word(self.line, word).map_or_else(|| self.of_line(), |at| self.of(at))
    }

    /// The place of the whole line.
    pub fn of_line(&self) -> Span {
        self.of(0..self.line.len())
    }

    /// The place of an element of the array.
    pub fn of_element(&self, index: usize) -> Span {
        let elements = self.elements.get_or_init(|| elements(self.text));
        elements.get(index).map_or(self.at, |range| self.inside(range.clone()))
    }

    /// The character at which a parser stopped.
    pub fn of_unreadable(&self, unreadable: &Unreadable) -> Span {
        unreadable.at.map_or_else(
            || self.of_line(),
            |at| {
                let length = self.line.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                self.of(at..at + length)
            },
        )
    }

    fn inside(&self, range: Range<usize>) -> Span {
        Span::new(self.at.source, self.at.start + range.start..self.at.start + range.end)
    }
}
