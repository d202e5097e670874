//! What one line of a Procfile is.

use crate::parse::problems::ParseProblem;
use crate::parse::procfile::problems::{Format, ProcfileProblem};
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
    /// A line in the format of another tool (P12).
    Foreign(Foreign<'t>, Range<usize>),
    /// An entry that cannot be a process type.
    Invalid(ParseProblem, Range<usize>),
}

/// A line in the format of another tool.
pub(super) struct Foreign<'t> {
    pub(super) format: Format,
    pub(super) what: What<'t>,
}

/// What a line of another tool is.
pub(super) enum What<'t> {
    /// It says what runs.
    Command(&'t str),
    /// It says what runs in front of the `CMD` of a Dockerfile.
    Entrypoint(&'t str),
    /// It says what runs when.
    Job { schedule: &'t str, command: &'t str },
    /// It is an entry in another spelling.
    Entry { name: &'t str, command: &'t str },
    /// An object of JSON.
    Object(&'t str),
    /// It sets a variable.
    Variable(&'t str),
    /// The header of a section, and the process type that its name ends in.
    Section(Option<&'t str>),
    /// Something that a Procfile does not have, and why not.
    Other(&'static str),
}

impl<'t> Foreign<'t> {
    /// The command in the line, if there is one.
    pub(super) fn command(&self) -> Option<&'t str> {
        match self.what {
            What::Command(command)
            | What::Entrypoint(command)
            | What::Job { command, .. }
            | What::Entry { command, .. } => Some(command),
            What::Object(_) | What::Variable(_) | What::Section(_) | What::Other(_) => None,
        }
    }
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
