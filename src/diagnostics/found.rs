//! The problems that a build has found so far.

use crate::diagnostics::message::Message;
use crate::diagnostics::problem::{Listed, Problem, Severity};
use crate::text::Span;

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

/// What happens to warnings and notes (C7, C9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The names of warnings and notes that are neither kept nor counted.
    pub allowed: Vec<&'static str>,
    /// Whether the other warnings fail the build.
    pub is_strict: bool,
}

/// The problems found so far, in all sources.
///
/// A hostile file can have half a million mistakes. After [`Diagnostics::SHOWN`] of a severity they are only counted,
/// so that neither memory nor the build log grows with them.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
    notes: usize,
    /// The names of all warnings, including those that are only counted.
    warned: Vec<&'static str>,
    /// Whether an error is in a source that leads to process types.
    hides_types: bool,
    policy: Policy,
}

#[expect(clippy::needless_pass_by_value, reason = "a problem is made to be reported, once")]
impl Diagnostics {
    /// How many problems of each severity are kept in full.
    pub const SHOWN: usize = 100;

    /// Treats the warnings and notes that are found from now on as a policy says.
    pub fn obey(&mut self, policy: Policy) {
        self.policy = policy;
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
        if self.counts((name, severity), at) {
            self.found.push(Diagnostic { name, severity, message: problem.message(), at, related });
        }
    }

    /// Counts a problem, and tells whether it is to be kept.
    fn counts(&mut self, (name, severity): Listed, at: Span) -> bool {
        if severity != Severity::Error && self.policy.allowed.contains(&name) {
            return false;
        }
        let count = match severity {
            Severity::Error => {
                self.hides_types |= at.source.leads_to_types();
                &mut self.errors
            }
            Severity::Warning => {
                if !self.warned.contains(&name) {
                    self.warned.push(name);
                }
                &mut self.warnings
            }
            Severity::Note => &mut self.notes,
        };
        *count += 1;
        *count <= Self::SHOWN
    }

    /// Whether an error has been found in a place.
    #[must_use]
    pub fn has_error_in(&self, place: Span) -> bool {
        let is_in = |at: Span| at.source == place.source && (place.start..=place.end).contains(&at.start);
        self.found.iter().any(|found| found.severity == Severity::Error && is_in(found.at))
    }

    /// The number of errors, including those that are only counted.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// The number of warnings, including those that are only counted.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.warnings
    }

    /// The number of notes, including those that are only counted.
    #[must_use]
    pub fn notes(&self) -> usize {
        self.notes
    }

    /// The number of problems that are not kept in full.
    #[must_use]
    pub fn hidden(&self) -> usize {
        [self.errors, self.warnings, self.notes].map(|count| count.saturating_sub(Self::SHOWN)).iter().sum()
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether an error may hide process types: one in a source that declares them, or that says where they are
    /// declared.
    #[must_use]
    pub fn hide_types(&self) -> bool {
        self.hides_types
    }

    /// The names to allow so that no warning is left (C9): those that are allowed already, and those found. Sorted.
    #[must_use]
    pub fn names_to_allow(&self) -> Vec<&'static str> {
        let mut names = [self.policy.allowed.as_slice(), &self.warned].concat();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether warnings fail the build (C7).
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.policy.is_strict
    }

    /// Whether the build fails.
    #[must_use]
    pub fn fail(&self) -> bool {
        self.errors > 0 || (self.policy.is_strict && self.warnings > 0)
    }

    /// The problems that are kept in full, in file order.
    #[must_use]
    pub fn in_file_order(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.found.iter().collect();
        all.sort_by_key(|diagnostic| (diagnostic.at.source, diagnostic.at.start));
        all
    }
}
