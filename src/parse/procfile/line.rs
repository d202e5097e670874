//! What one line of a Procfile is.

use crate::parse::problems::ParseProblem;
use crate::parse::procfile::problems::ProcfileProblem;
use std::ops::Range;

/// The blanks of the grammar (P4).
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// What a line is. Ranges are bytes of the line.
pub(super) enum Line {
    /// Blank or a comment (P3).
    Skip,
    /// An entry (P4).
    Entry(Entry),
    /// Not an entry, because of how it is written.
    Mistake(ProcfileProblem, Range<usize>),
    /// An entry that cannot be a process type.
    Invalid(ParseProblem, Range<usize>),
}

/// The parts of `name:command`.
pub(super) struct Entry {
    pub(super) name: Range<usize>,
    pub(super) colon: usize,
    pub(super) command: Range<usize>,
}

/// The bytes that `part`, a slice of `text`, takes in it.
pub(super) fn range_of(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}
