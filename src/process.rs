//! A process type as a source declares it. Texts are borrowed from the source where they can be.

use crate::diagnostics::{Span, problems};
use std::borrow::Cow;
use std::path::PathBuf;

/// A process type as one source declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process<'a> {
    /// The type, as written (P5).
    pub name: Located<Cow<'a, str>>,
    /// What it runs, and where that stands.
    pub command: Located<Command<'a>>,
    /// Default arguments, replaced by those given at run time.
    pub args: Vec<Cow<'a, str>>,
    /// Its working directory: absolute, or relative to the app without `.` and `..`.
    pub working_dir: Option<Located<PathBuf>>,
    /// Defaults of environment variables for this process alone.
    pub env: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Where `default = true` stands.
    pub default: Option<Span>,
}

impl<'a> Process<'a> {
    /// A process type that has only a name and a command.
    #[must_use]
    pub fn new(name: Located<Cow<'a, str>>, command: Located<Command<'a>>) -> Self {
        Self { name, command, args: Vec::new(), working_dir: None, env: Vec::new(), default: None }
    }
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub at: Span,
}

/// What a process type runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// A command line for a shell.
    Line(Cow<'a, str>),
    /// A program and its arguments, never seen by a shell. Not empty.
    Words(Vec<Cow<'a, str>>),
}

/// What made one word of a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// The quotes of a shell.
    Shell,
    /// The quotes of a shell inside those of TOML.
    Toml,
    /// An array of one string.
    Array,
}

impl Process<'_> {
    /// The keys of a project.toml that were given besides the command.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        let keys = [
            ("args", !self.args.is_empty()),
            ("working-dir", self.working_dir.is_some()),
            ("env", !self.env.is_empty()),
            ("default", self.default.is_some()),
        ];
        keys.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key).collect()
    }
}

/// The longest command, word or `NAME=value` in bytes. Linux gives one argument or variable 128 KiB (`MAX_ARG_STRLEN`), its final NUL included.
pub const LONGEST_ARGUMENT: usize = 128 * 1024 - 1;

/// The most process types that a file may declare, so that a megabyte of them needs neither 16 MiB nor 100 ms.
pub const MOST_PROCESSES: usize = 10_000;

impl ProcessProblem {
    /// The problem of a command line that runs nothing: blanks and comments alone.
    #[must_use]
    pub fn of_empty(name: &str, line: &str) -> Option<Self> {
        let mut lines =
            line.lines().map(|line| line.trim_start_matches([' ', '\t', '\r'])).filter(|line| !line.is_empty());
        let instead = if lines.clone().next().is_some() { Instead::Comment } else { Instead::Nothing };
        lines.all(|line| line.starts_with('#')).then(|| Self::EmptyCommand { name: name.to_string(), instead })
    }
}

/// What stands in the place of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// Nothing.
    Nothing,
    /// A comment.
    Comment,
    /// Nothing, but the line below is this command, indented.
    Below(String),
}

problems! {
    /// What can be wrong with a process type, wherever it was declared.
    pub enum ProcessProblem {
        /// A name with a character that none may have (P5).
        Error "invalid-name" InvalidName {
            /// The name.
            name: String,
            /// A name that would do; empty if none comes to mind.
            suggestion: String,
        },
        /// Nothing to run (P6, T3).
        Error "empty-command" EmptyCommand {
            /// The type.
            name: String,
            /// What stands in its place.
            instead: Instead,
        },
        /// More than [`MOST_PROCESSES`] in one file.
        Error "too-many-processes" TooMany,
        /// A character that no line may hold (P10, T3).
        Error "control-character" ControlCharacter {
            /// The character.
            character: char,
        },
        /// A character that is not seen, or reorders what is (P10).
        Warning "invisible-character" InvisibleCharacter {
            /// The character.
            character: char,
        },
        /// Longer than the kernel takes as one argument or variable.
        Error "too-long" TooLong {
            /// What it is, as a noun with its article.
            what: &'static str,
            /// Its length in bytes.
            bytes: usize,
        },
        /// Kubernetes and others want a DNS label.
        Warning "not-dns-label" NotDnsLabel {
            /// The name as written.
            name: String,
            /// The nearest DNS label, if any is near and no other type has it; else empty.
            label: String,
        },
        /// Two names become one where only DNS labels are allowed.
        Warning "same-dns-label" SameDnsLabel {
            /// The later name.
            name: String,
            /// The earlier name.
            other: String,
            /// What both become.
            label: String,
        },
        /// A stronger source declares the type, and what only a project.toml can say of it is lost (S5).
        Warning "dropped-keys" DroppedKeys {
            /// The type.
            name: String,
            /// The keys that are lost.
            keys: Vec<&'static str>,
        },
        /// A program whose name holds a blank: a whole command line in quotes.
        Warning "quoted-command" QuotedCommand {
            /// The program, which is the command line that was meant.
            program: String,
            /// How it was quoted.
            quotes: Quotes,
        },
        /// Several process types, and none is the default.
        Warning "no-default" NoDefault {
            /// The types there are.
            types: Vec<String>,
            /// Whether one of them is a project.toml's.
            has_table: bool,
        },
        /// A working directory that `..` leads out of the app (T4).
        Error "outside-working-dir" OutsideWorkingDir {
            /// The directory as written.
            directory: String,
        },
        /// A relative working directory that is not in the app.
        Warning "missing-working-dir" MissingWorkingDir {
            /// The directory as written.
            directory: String,
        },
    }
}
