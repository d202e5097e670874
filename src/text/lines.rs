//! Finds lines and columns in a text.

use crate::text::visible::visible;
use std::ops::Range;

/// A decoded text and where its lines start.
#[derive(Clone, Debug)]
pub struct Text {
    /// What the user calls it, made [`visible`]: a path relative to the app directory, or the name of a variable.
    pub name: String,
    /// The text, without a byte order mark.
    pub content: String,
    lines: Vec<Range<u32>>,
}

/// A line and column, both counted from 1; columns count characters, as editors do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Text {
    /// A text of at most 4 GiB (sources are limited to 1 MiB).
    pub fn new(name: &str, content: String) -> Self {
        let index = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let lines = lines(&content).map(|line| index(line.start)..index(line.end)).collect();
        Self { name: visible(name).into_owned(), content, lines }
    }

    /// The position of the character that starts at byte `offset`.
    pub fn position(&self, offset: usize) -> Position {
        let index = self.line_index(offset);
        let start = self.lines.get(index).map_or(0, |line| line.start as usize);
        let before = self.content.get(start..offset).unwrap_or_default();
        Position { line: index + 1, column: before.chars().count() + 1 }
    }

    /// The number of the line that holds byte `offset`, counted from 1.
    pub fn line_number(&self, offset: usize) -> usize {
        self.line_index(offset) + 1
    }

    /// The bytes of the line that holds byte `offset`, without its end.
    pub fn line_at(&self, offset: usize) -> Range<usize> {
        self.lines.get(self.line_index(offset)).map_or(0..0, |line| line.start as usize..line.end as usize)
    }

    fn line_index(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start as usize <= offset).saturating_sub(1)
    }
}

/// The lines of a text without their ends, which are LF, CRLF or CR (P2). The last needs no end.
pub fn lines(content: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = content.as_bytes();
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = bytes.get(start..)?;
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            next = None;
            return Some(start..bytes.len());
        };
        let end = start + length;
        let crlf = rest[length..].starts_with(b"\r\n");
        next = Some(end + if crlf { 2 } else { 1 });
        Some(start..end)
    })
}
