//! A process type as a source declares it. Texts are borrowed from the source where possible.

use crate::find::EarlierProcess;
use crate::parse::key::Key;
use crate::text::Span;
use std::borrow::Cow;
use std::path::PathBuf;

/// The longest command, word or `NAME=value`, in bytes. Linux limits one argument or variable to 128 KiB
/// (`MAX_ARG_STRLEN`), including its final NUL.
pub const LONGEST_ARGUMENT: usize = 128 * 1024 - 1;

/// The most process types in a file, so that a megabyte of them takes at most 16 MiB and 100 ms.
pub const MOST_PROCESSES: usize = 10_000;

/// The most environment variables in a project.toml: each is a file in a layer, and the framework takes a time that
/// grows with the square of their number.
pub const MOST_VARIABLES: usize = 1000;

/// A process type as one source declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process<'a> {
    /// The type, as written (P5).
    pub name: Located<Cow<'a, str>>,
    /// What it runs. `None` if the command could not be read; that is an error.
    pub command: Option<Located<Command<'a>>>,
    /// Default arguments, replaced by those given at run time. They are empty only if they replace those of an earlier
    /// buildpack.
    pub args: Option<Located<Vec<Cow<'a, str>>>>,
    /// Its working directory: absolute, or relative to the app without `.` and `..`.
    pub working_dir: Option<Located<PathBuf>>,
    /// Defaults of environment variables for this process only.
    pub env: Vec<(Cow<'a, str>, Located<Cow<'a, str>>)>,
    /// Where `default = true` is.
    pub default: Option<Span>,
    /// Whether the launcher is process 1, if that is said (T8).
    pub init: Option<bool>,
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
    /// A program and its arguments, for no shell. Not empty.
    Words(Vec<Cow<'a, str>>),
    /// That of an earlier buildpack (T7).
    Earlier(Extension<'a>),
}

/// What extends a process type of an earlier buildpack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Words before its command. Not empty.
    pub wrap: Option<Located<Vec<Cow<'a, str>>>>,
    /// That process type, once the merge has found it.
    pub of: Option<&'a EarlierProcess>,
}

impl<'a> Extension<'a> {
    /// The words before the command.
    pub fn words(&self) -> &[Cow<'a, str>] {
        self.wrap.as_ref().map_or(&[], |wrap| &wrap.value)
    }
}

impl<'a> Command<'a> {
    /// What extends a process type of an earlier buildpack, if it does.
    pub fn extension(&self) -> Option<&Extension<'a>> {
        if let Self::Earlier(extension) = self { Some(extension) } else { None }
    }

    /// The command line, or nothing if there is none.
    pub fn line(&self) -> &str {
        match self {
            Self::Line(line) => line,
            Self::Words(_) | Self::Earlier(_) => "",
        }
    }
}

impl<'a> Process<'a> {
    /// A process type with only a name and a command.
    pub fn new(name: Located<Cow<'a, str>>, command: Option<Located<Command<'a>>>) -> Self {
        Self { name, command, args: None, working_dir: None, env: Vec::new(), default: None, init: None }
    }

    /// What extends a process type of an earlier buildpack, if it does.
    pub fn extension(&self) -> Option<&Extension<'a>> {
        self.command.as_ref()?.value.extension()
    }

    /// Whether it has default arguments.
    pub fn has_args(&self) -> bool {
        self.args.as_ref().is_some_and(|args| !args.value.is_empty())
    }

    /// Its arrays, in which nothing is expanded, and their places: a command without a shell, or words before one, and
    /// default arguments.
    pub fn arrays(&self) -> impl Iterator<Item = (&[Cow<'a, str>], Span)> {
        let command = self.command.as_ref().and_then(|command| match &command.value {
            Command::Words(words) => Some((words.as_slice(), command.at)),
            Command::Earlier(extension) => extension.wrap.as_ref().map(|wrap| (wrap.value.as_slice(), wrap.at)),
            Command::Line(_) => None,
        });
        command.into_iter().chain(self.args.as_ref().map(|args| (args.value.as_slice(), args.at)))
    }

    /// The keys that say more than a Procfile can.
    pub fn settings(&self) -> Vec<Key> {
        let is_set = |key: &Key| match key {
            Key::Type | Key::Command => false,
            Key::Args => self.args.is_some(),
            Key::Wrap => self.extension().is_some_and(|extension| extension.wrap.is_some()),
            Key::WorkingDir => self.working_dir.is_some(),
            Key::Env => !self.env.is_empty(),
            Key::Default => self.default.is_some(),
            Key::Init => self.init.is_some(),
        };
        Key::OF_TABLE.iter().copied().filter(is_set).collect()
    }
}
