//! The problems that a build has found so far.

use crate::diagnostics::message::{Message, Replaced, Replacement};
use crate::diagnostics::problem::{Problem, Severity};
use crate::text::{Source, Sources, Span, Text};
use std::ops::Range;

/// A problem and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable name of the problem.
    pub name: &'static str,
    /// What it does to the build, before warnings are turned into errors (C7).
    pub severity: Severity,
    /// What the user reads.
    pub message: Message,
    /// The place to fix. If there is no text to point at (an unreadable file), only its source counts.
    pub at: Span,
    /// Another place that explains this one.
    pub related: Option<Span>,
}

impl Diagnostic {
    /// What to write instead of which bytes of the text that it is in, if a help line says so.
    pub fn replacement(&self, text: &Text) -> Option<(Range<usize>, &Replacement)> {
        let replacement = self.message.replacement.as_ref()?;
        let range = match replacement.of {
            Replaced::Place => self.at.range(),
            Replaced::Line => text.line_at(self.at.start),
        };
        Some((range, replacement))
    }
}

/// The problems found so far, in all sources.
///
/// A hostile file can have half a million mistakes. After [`Diagnostics::SHOWN`] of a severity they are only counted,
/// so that neither memory nor the build log grows with them.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// The texts of scripts, which are read after the sources.
    scripts: Vec<(Source, Text)>,
    /// How many there are of each severity, including those that are not kept.
    counts: [usize; 3],
    /// The names of all warnings, including those that are only counted.
    warned: Vec<&'static str>,
    /// Whether an error is in a source that leads to process types.
    hides_types: bool,
    /// The names of warnings and notes that are neither kept nor counted (C9).
    allowed: Vec<&'static str>,
    /// Whether the other warnings fail the build (C7).
    is_strict: bool,
}

#[expect(clippy::needless_pass_by_value, reason = "a problem is made to be reported, once")]
impl Diagnostics {
    /// How many problems of each severity are kept in full.
    pub const SHOWN: usize = 100;

    /// From now on, leaves out the warnings and notes of these names (C9), and fails the build for other warnings if it
    /// `is_strict` (C7).
    pub fn obey(&mut self, allowed: Vec<&'static str>, is_strict: bool) {
        (self.allowed, self.is_strict) = (allowed, is_strict);
    }

    /// Adds a problem at a place.
    pub fn push(&mut self, problem: impl Problem, at: Span) {
        self.add(&problem, at, None);
    }

    /// Adds a problem at a place that another place explains.
    pub fn push_related(&mut self, problem: impl Problem, at: Span, related: Span) {
        self.add(&problem, at, Some(related));
    }

    fn add(&mut self, problem: &dyn Problem, at: Span, related: Option<Span>) {
        let (name, severity) = problem.name();
        if severity != Severity::Error && self.allowed.contains(&name) {
            return;
        }
        if severity == Severity::Warning && !self.warned.contains(&name) {
            self.warned.push(name);
        }
        self.hides_types |= severity == Severity::Error && at.source.leads_to_types();
        let count = &mut self.counts[severity as usize];
        *count += 1;
        if *count <= Self::SHOWN {
            self.found.push(Diagnostic { name, severity, message: problem.message(), at, related });
        }
    }

    /// Adds the text of a script that a problem is in.
    pub fn add_script(&mut self, source: Source, text: Text) {
        self.scripts.push((source, text));
    }

    /// The text that a problem is in, if there is one.
    pub fn text<'d>(&'d self, source: Source, sources: &'d Sources) -> Option<&'d Text> {
        let script = self.scripts.iter().find(|(script, _)| *script == source).map(|(_, text)| text);
        script.or_else(|| sources.text(source))
    }

    /// Whether an error has been found in a place.
    pub fn has_error_in(&self, place: Span) -> bool {
        self.in_place(place).any(|found| found.severity == Severity::Error)
    }

    /// Whether a problem of this name has been found in a place.
    pub fn has_in(&self, name: &str, place: Span) -> bool {
        self.in_place(place).any(|found| found.name == name)
    }

    fn in_place(&self, place: Span) -> impl Iterator<Item = &Diagnostic> {
        let is_in = move |at: Span| at.source == place.source && (place.start..=place.end).contains(&at.start);
        self.found.iter().filter(move |found| is_in(found.at))
    }

    /// The number of problems of a severity, including those that are only counted.
    pub fn count(&self, severity: Severity) -> usize {
        self.counts[severity as usize]
    }

    /// The number of problems that are not kept in full.
    pub fn hidden(&self) -> usize {
        self.counts.iter().map(|count| count.saturating_sub(Self::SHOWN)).sum()
    }

    /// Whether an error may hide process types: one in a source that declares them, or that says where they are
    /// declared.
    pub fn hide_types(&self) -> bool {
        self.hides_types
    }

    /// The names to allow so that no warning is left (C9): those that are allowed already, and those found. Sorted.
    pub fn names_to_allow(&self) -> Vec<&'static str> {
        let mut names = [self.allowed.as_slice(), &self.warned].concat();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What a problem does to the build, with warnings turned into errors where they fail it (C7).
    pub fn severity(&self, diagnostic: &Diagnostic) -> Severity {
        match diagnostic.severity {
            Severity::Warning if self.is_strict => Severity::Error,
            severity => severity,
        }
    }

    /// Whether warnings fail the build (C7).
    pub fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Whether the build fails.
    pub fn fail(&self) -> bool {
        self.count(Severity::Error) > 0 || (self.is_strict() && self.count(Severity::Warning) > 0)
    }

    /// The problems that are kept in full, in file order.
    pub fn in_file_order(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.found.iter().collect();
        all.sort_by_key(|diagnostic| (diagnostic.at.source, diagnostic.at.start));
        all
    }
}
