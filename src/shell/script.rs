//! How a shell reads and runs a command line.

use crate::shell::edit::Edit;
use crate::shell::invocation::Invocation;
use crate::text::quote::code;
use std::ops::Range;

/// The shell that runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// GNU bash.
    Bash,
    /// Some POSIX shell: dash, busybox, or bash itself.
    Sh,
}

impl Dialect {
    /// The name of the shell's program.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Sh => "sh",
        }
    }
}

/// How a shell gets a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// After `-c`, rewritten.
    Rewritten,
    /// After `-c`, as it is written.
    Word,
    /// In a file, which is not changed. A shell reads it line by line, so only `exec` replaces that shell (measured with
    /// bash 5.2, dash 0.5.12 and busybox 1.35).
    File,
}

/// How a shell reads a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A program and its arguments, which need no shell (X1). Not empty.
    Words(Vec<String>),
    /// Anything else (X2).
    Script(Script),
}

/// How a shell runs a command line. Ranges are bytes of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The line with `exec` and `"$@"` inserted (X3, X4); `None` if it stays as written.
    pub rewritten: Option<String>,
    /// What is inserted, or should be if the script stays as written; in the order of the places.
    pub edits: Vec<Edit>,
    /// What happens to arguments given at run time.
    pub arguments: Arguments,
    /// Why the shell stays in front of programs that it starts, each kind of reason once.
    pub stays: Vec<Stay>,
    /// Its simple commands in the order in which they are written, without those in substitutions.
    pub invocations: Vec<Invocation>,
}

/// Why a shell stays in front of programs, which do not get SIGTERM then (X4c).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The reason.
    pub reason: Reason,
    /// The part of the line that keeps the shell there.
    pub at: Range<usize>,
    /// The numbers of the programs among the simple commands. Not empty, unless the line was not read with certainty.
    pub programs: Vec<usize>,
    /// Whether the shell certainly stays, and a program is certainly started.
    pub is_certain: bool,
}

/// What happens to arguments given at run time (X3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// The last command gets them.
    Passed,
    /// The script uses positional parameters itself.
    Used,
    /// Only some of the programs get them.
    Partly {
        /// The commands of the others.
        programs: Vec<String>,
        /// Why the first of them does not.
        reason: Reason,
    },
    /// No command gets them.
    Lost(Reason),
}

impl Arguments {
    /// What happens to them if the line stays as written.
    pub(super) fn without_rewriting(self) -> Self {
        if self == Self::Used { self } else { Self::Lost(Reason::Doubt) }
    }
}

/// Why a shell cannot be replaced by the program (X4), or cannot pass on arguments (X3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A pipeline.
    Pipeline,
    /// A job in the background, or a coprocess.
    Background,
    /// A process substitution.
    ProcessSubstitution,
    /// A subshell.
    Subshell,
    /// `for`, `while` or `until`.
    Loop,
    /// `!`, which inverts the exit status.
    Negation,
    /// `time`, which prints after the program has ended.
    Time,
    /// A condition of `if`.
    Condition,
    /// A substitution.
    Substitution,
    /// An `exec` before the last command.
    EarlyExec,
    /// A job that a trap may not pass the signal on to.
    SomeJobs,
    /// A `trap` that ignores SIGTERM, which programs inherit.
    Ignored,
    /// `TEST && PROGRAM || OTHER`.
    Choice {
        /// The other command.
        other: String,
        /// The same with `if`.
        instead: String,
    },
    /// A test, an assignment or a redirection, which takes no arguments.
    NoCommand,
    /// A function of this name.
    Function(String),
    /// A builtin of this name, which acts on the shell itself.
    Builtin(String),
    /// A builtin of this name, which runs after the program.
    After {
        /// Its name, or all of it.
        name: String,
        /// The command with the operator before it: `|| exit 1`.
        text: String,
    },
    /// Code that is only read at run time, by a builtin of this name, which runs last.
    Code(String),
    /// Such code before the program.
    AfterCode(String),
    /// Another shell, which gets its script in a word, as in `sh -c "…"`.
    Shell(String),
    /// There is no `exec` before the last program, and the script stays as written.
    NoExec,
    /// A program of the app, which bash would start under its absolute path if it replaced the shell.
    RelativePath,
    /// A program whose name is only known at run time.
    UnknownProgram,
    /// The parser may not read it as the shell does.
    Doubt,
}

impl Reason {
    /// Whether the shell certainly stays.
    pub fn is_certain(&self) -> bool {
        let may_stay =
            [Self::RelativePath, Self::UnknownProgram, Self::SomeJobs, Self::Ignored, Self::Doubt].contains(self);
        !may_stay && !matches!(self, Self::Code(_) | Self::AfterCode(_) | Self::Shell(_))
    }

    /// What keeps the shell, as a noun.
    pub fn noun(&self) -> String {
        match self {
            Self::Pipeline => "a pipeline".to_string(),
            Self::Background => "a background job".to_string(),
            Self::ProcessSubstitution => "a process substitution".to_string(),
            Self::Subshell => "a subshell".to_string(),
            Self::Loop => "a loop".to_string(),
            Self::Negation => "`!`".to_string(),
            Self::Time => "`time`".to_string(),
            Self::Condition => "a condition".to_string(),
            Self::Substitution => "a substitution".to_string(),
            Self::EarlyExec => "an `exec` before the last command".to_string(),
            Self::SomeJobs => "background jobs".to_string(),
            Self::Ignored => "`trap`".to_string(),
            Self::Choice { other, .. } => code(&format!("|| {other}")),
            Self::NoCommand => "a last command that is not a program".to_string(),
            Self::Function(name) => format!("the function {}", code(name)),
            Self::Builtin(name)
            | Self::After { name, .. }
            | Self::Code(name)
            | Self::AfterCode(name)
            | Self::Shell(name) => code(name),
            Self::NoExec => "a shell in front of the program".to_string(),
            Self::RelativePath => "a path in the app".to_string(),
            Self::UnknownProgram => "a program whose name is only known at run time".to_string(),
            Self::Doubt => "a command that cannot be read with certainty".to_string(),
        }
    }
}
