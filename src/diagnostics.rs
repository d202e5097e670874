//! What can be wrong, as values with a place. No sentence is written here: [`crate::words`] does that.

use crate::advice::Advice;
use crate::process::ProcessProblem;
use crate::procfile::ProcfileProblem;
use crate::project_toml::ProjectTomlProblem;
use crate::run::RunProblem;
use crate::settings::SettingProblem;
use crate::sources::{FileProblem, Source};
use std::ops::Range;

/// Whether a problem fails the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The build fails.
    Error,
    /// The build goes on.
    Warning,
}

/// A range of bytes in the text of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The source that the range is in.
    pub source: Source,
    /// The first byte.
    pub start: usize,
    /// The byte after the last; equal to `start` for a point between two characters.
    pub end: usize,
}

impl Span {
    /// The span of `range` in `source`.
    #[must_use]
    pub fn new(source: Source, range: Range<usize>) -> Self {
        Self { source, start: range.start, end: range.end }
    }
}

/// Defines an enum of problems, and with it their stable names and severities, in one table.
macro_rules! problems {
    (
        $(#[$meta:meta])*
        pub enum $Problem:ident {
            $(
                $(#[$doc:meta])*
                $severity:ident $name:literal $Variant:ident
                $({ $( $(#[$field_doc:meta])* $field:ident: $type:ty ),* $(,)? })?,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $Problem {
            $( $(#[$doc])* $Variant $({ $( $(#[$field_doc])* $field: $type ),* })?, )*
        }

        impl $Problem {
            /// The name and severity of every problem of this enum.
            pub const ALL: &[(&str, $crate::diagnostics::Severity)] =
                &[$( ($name, $crate::diagnostics::Severity::$severity) ),*];

            /// The stable name, in kebab case, and the severity.
            #[must_use]
            pub fn name(&self) -> (&'static str, $crate::diagnostics::Severity) {
                match self {
                    $( Self::$Variant { .. } => ($name, $crate::diagnostics::Severity::$severity), )*
                }
            }
        }
    };
}
pub(crate) use problems;

/// Every problem there is, by the stage that finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A file could not be read as text.
    File(FileProblem),
    /// A line of a Procfile.
    Procfile(ProcfileProblem),
    /// A table of a project.toml.
    ProjectToml(ProjectTomlProblem),
    /// A process type, wherever it was declared.
    Process(ProcessProblem),
    /// A command line.
    Run(RunProblem),
    /// What a command does in a container.
    Advice(Advice),
    /// A variable of the platform.
    Setting(SettingProblem),
}

impl Problem {
    /// The stable name, in kebab case, and the severity.
    #[must_use]
    pub fn name(&self) -> (&'static str, Severity) {
        match self {
            Self::File(problem) => problem.name(),
            Self::Procfile(problem) => problem.name(),
            Self::ProjectToml(problem) => problem.name(),
            Self::Process(problem) => problem.name(),
            Self::Run(problem) => problem.name(),
            Self::Advice(problem) => problem.name(),
            Self::Setting(problem) => problem.name(),
        }
    }

    /// The name and severity of every problem there is.
    pub fn all() -> impl Iterator<Item = (&'static str, Severity)> {
        let files = [FileProblem::ALL, ProcfileProblem::ALL, ProjectTomlProblem::ALL];
        let rest = [ProcessProblem::ALL, RunProblem::ALL, Advice::ALL, SettingProblem::ALL];
        files.into_iter().chain(rest).flatten().copied()
    }
}

macro_rules! problem_from {
    ($($Variant:ident($Problem:ident)),*) => {
        $( impl From<$Problem> for Problem {
            fn from(problem: $Problem) -> Self {
                Self::$Variant(problem)
            }
        } )*
    };
}
problem_from!(
    File(FileProblem),
    Procfile(ProcfileProblem),
    ProjectToml(ProjectTomlProblem),
    Process(ProcessProblem),
    Run(RunProblem),
    Advice(Advice),
    Setting(SettingProblem)
);

/// A problem and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub problem: Problem,
    /// The place to mend. Without a text to point into (an unreadable file), only its source counts.
    pub at: Span,
    /// Another place that explains this one.
    pub related: Option<Span>,
}

/// What becomes of warnings (C7, C9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The warnings that are neither kept nor counted.
    pub allowed: Vec<&'static str>,
    /// Whether the others fail the build.
    pub fails: bool,
}

/// The problems found so far, of all sources.
///
/// A hostile file can hold half a million mistakes. Beyond [`Diagnostics::SHOWN`] of a severity they are
/// only counted, so that neither memory nor the build log grows with them.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
    /// The names of all warnings, also of those that are only counted.
    warned: Vec<&'static str>,
    /// Whether an error is in a source that leads to process types.
    hides_types: bool,
    policy: Policy,
}

impl Diagnostics {
    /// How many problems of each severity are kept in full.
    pub const SHOWN: usize = 100;

    /// Adds a problem at a place.
    pub fn push(&mut self, problem: impl Into<Problem>, at: Span) {
        self.add(Diagnostic { problem: problem.into(), at, related: None });
    }

    /// Adds a problem at a place that another place explains.
    pub fn push_related(&mut self, problem: impl Into<Problem>, at: Span, related: Span) {
        self.add(Diagnostic { problem: problem.into(), at, related: Some(related) });
    }

    /// Treats the warnings that are found from now on as a policy says.
    pub fn obey(&mut self, policy: Policy) {
        self.policy = policy;
    }

    fn add(&mut self, diagnostic: Diagnostic) {
        let (name, severity) = diagnostic.problem.name();
        let count = match severity {
            Severity::Error => {
                self.hides_types |= diagnostic.at.source.leads_to_types();
                &mut self.errors
            }
            Severity::Warning if self.policy.allowed.contains(&name) => return,
            Severity::Warning => {
                if !self.warned.contains(&name) {
                    self.warned.push(name);
                }
                &mut self.warnings
            }
        };
        *count += 1;
        if *count <= Self::SHOWN {
            self.found.push(diagnostic);
        }
    }

    /// Whether an error has been found within a place.
    #[must_use]
    pub fn has_error_in(&self, place: Span) -> bool {
        self.found.iter().any(|Diagnostic { problem, at, .. }| {
            problem.name().1 == Severity::Error
                && at.source == place.source
                && (place.start..=place.end).contains(&at.start)
        })
    }

    /// The number of errors, those beyond [`Diagnostics::SHOWN`] included.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// The number of warnings, those beyond [`Diagnostics::SHOWN`] included.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.warnings
    }

    /// Whether an error keeps process types from being known: one in what declares them, or in what says where that is.
    #[must_use]
    pub fn hide_types(&self) -> bool {
        self.hides_types
    }

    /// The names to allow for no warning to be left (C9): those allowed already, and those found. Sorted.
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
        self.policy.fails
    }

    /// Whether the build fails.
    #[must_use]
    pub fn fail(&self) -> bool {
        self.errors > 0 || (self.policy.fails && self.warnings > 0)
    }

    /// The problems kept in full, in file order.
    #[must_use]
    pub fn in_file_order(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.found.iter().collect();
        all.sort_by_key(|diagnostic| (diagnostic.at.source, diagnostic.at.start));
        all
    }
}
