//! Diagnostics as other programs read them: with lines and columns, and what to write instead.

use crate::diagnostics::{Diagnostic, Diagnostics, page};
use crate::text::{Position, Source, Sources, Span, Text};
use serde::Serialize;
use std::ops::Range;
use std::path::Path;

/// A diagnostic.
#[derive(Debug, Serialize)]
pub(super) struct Finding<'f> {
    /// Its stable name.
    pub(super) name: &'static str,
    /// What it does to the build: a warning in strict mode is an error.
    pub(super) severity: &'static str,
    /// What is wrong.
    pub(super) message: &'f str,
    /// Where.
    pub(super) place: Option<Place<'f>>,
    /// What is there.
    pub(super) label: Option<&'f str>,
    /// Another place that explains this one.
    pub(super) related: Option<Related<'f>>,
    /// What to type or do, one paragraph each.
    pub(super) help: &'f [String],
    /// What to write instead of which characters, if it is known.
    pub(super) replacement: Option<Replacement<'f>>,
    /// The address of its page.
    pub(super) page: String,
}

/// A place in a source.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Place<'f> {
    /// The path relative to the app directory, or the name of the variable or binding.
    pub(super) source: &'f str,
    /// What it is.
    pub(super) kind: Kind,
    /// Its range, if it is less than the whole source.
    #[serde(flatten)]
    pub(super) range: Option<Lines>,
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A file of the app.
    File,
    /// A variable of the platform.
    Variable,
    /// An entry of a service binding.
    Binding,
}

/// A range of characters. Lines and columns count from 1, and the end is the character behind the last.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Lines {
    pub(super) start: Point,
    pub(super) end: Point,
}

/// A place between two characters.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Point {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A place that explains another.
#[derive(Debug, Serialize)]
pub(super) struct Related<'f> {
    #[serde(flatten)]
    pub(super) place: Place<'f>,
    /// What is there.
    pub(super) label: Option<&'f str>,
}

/// What to write instead of a range of characters in the source of the place.
#[derive(Debug, Serialize)]
pub(super) struct Replacement<'f> {
    #[serde(flatten)]
    pub(super) range: Lines,
    pub(super) text: &'f str,
    /// Whether `--fix` may write it.
    pub(super) safe: bool,
}

impl Finding<'_> {
    /// What is wrong, and what to type or do, as one text.
    pub(super) fn text(&self) -> String {
        let help = self.help.iter().map(|help| format!("\nhelp: {help}"));
        help.fold(self.message.to_string(), |text, help| text + &help)
    }
}

/// The diagnostics that are kept in full, in file order.
pub(super) fn findings<'f>(problems: &'f Diagnostics, sources: &'f Sources) -> Vec<Finding<'f>> {
    let one = |diagnostic: &'f Diagnostic| finding(diagnostic, problems, sources);
    problems.in_file_order().into_iter().map(one).collect()
}

fn finding<'f>(diagnostic: &'f Diagnostic, problems: &'f Diagnostics, sources: &'f Sources) -> Finding<'f> {
    let Diagnostic { name, message, at, related, .. } = diagnostic;
    let text = |source| problems.text(source, sources);
    let replacement = text(at.source).and_then(|text| {
        let (range, new) = diagnostic.replacement(text)?;
        Some(Replacement { range: lines(text, range), text: &new.text, safe: new.is_safe })
    });
    Finding {
        name,
        severity: problems.severity(diagnostic).word(),
        message: &message.title,
        // Without a label, only the file counts.
        place: text(at.source).map(|text| place(text, *at, message.label.is_some())),
        label: message.label.as_deref(),
        related: related.and_then(|at| {
            let place = place(text(at.source)?, at, true);
            Some(Related { place, label: message.related.as_deref() })
        }),
        help: &message.help,
        replacement,
        page: page(name),
    }
}

/// The place of some bytes of a text, or the whole of it.
pub(super) fn place(text: &Text, at: Span, has_range: bool) -> Place<'_> {
    let kind = match at.source {
        Source::Binding => Kind::Binding,
        Source::Variable(_) | Source::UnknownVariable(_) => Kind::Variable,
        Source::Procfile | Source::ProjectToml | Source::Profile | Source::Script(_) => Kind::File,
    };
    Place { source: &text.name, kind, range: has_range.then(|| lines(text, at.range())) }
}

fn lines(text: &Text, range: Range<usize>) -> Lines {
    let point = |offset| {
        let Position { line, column } = text.position(offset);
        Point { line, column }
    };
    Lines { start: point(range.start), end: point(range.end.max(range.start)) }
}

/// The path of a file of the app, from the working directory. `directory`: that of the app, from there.
pub(super) fn path(directory: &Path, file: &str) -> String {
    directory.join(file).to_string_lossy().into_owned()
}
