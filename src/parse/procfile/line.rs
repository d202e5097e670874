//! What one line of a Procfile is.

use crate::parse::problems::ParseProblem;
use crate::parse::procfile::problems::ProcfileProblem;
use std::ops::Range;

/// The blanks of the grammar (P4).
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// What a line is. Ranges are bytes of the line.
pub(super) enum Line<'t> {
    /// Blank or a comment (P3).
    Skip,
    /// An entry (P4).
    Entry(Entry<'t>),
    /// Not an entry, because of how it is written.
    Mistake(ProcfileProblem, Range<usize>),
    /// An entry that cannot be a process type.
    Invalid(ParseProblem, Range<usize>),
}

/// The parts of `name:command`. The colon is a byte of the line.
#[derive(Clone, Copy)]
pub(super) struct Entry<'t> {
    pub(super) name: &'t str,
    pub(super) colon: usize,
    pub(super) command: &'t str,
}

/// The bytes that `part`, a slice of `text`, takes in it.
pub(super) fn range_of(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}
