//! Reads a command line as a shell would (section X of the contract). Pure.
//!
//! `brush-parser` does the reading. Nothing outside this module knows it, and nothing here trusts it: what it cannot
//! read, or would be slow or panic on, is [`Unreadable`]; what it could read wrongly runs as it was written.

mod builtins;
mod effects;
mod expansion;
mod invocation;
mod simple;
mod syntax;
mod tail;
mod words;

use invocation::in_bytes;
pub use invocation::{Invocation, Position};
pub use simple::{Construct, Simple, simple};
pub use syntax::Unreadable;
pub use words::literal;

use brush_parser::Token;
use std::ops::Range;

/// The shell that runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// GNU bash.
    Bash,
    /// Some POSIX shell: dash, busybox, or bash itself.
    Sh,
}

/// What a command line is to a shell.
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
    /// The line with `exec` and `"$@"` put in (X3, X4); `None` where it stays as written.
    pub rewritten: Option<String>,
    /// What becomes of arguments given at run time.
    pub arguments: Arguments,
    /// Why the shell stays between SIGTERM and the program, and what makes it stay.
    pub stays: Option<(Reason, Range<usize>)>,
    /// Its simple commands in the order in which they are written, those in substitutions left out.
    pub invocations: Vec<Invocation>,
}

/// What becomes of arguments given at run time (X3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// The last command gets them.
    Passed,
    /// The script uses positional parameters itself.
    Used,
    /// Only some of the commands that may be the last get them.
    Partly(Reason),
    /// No command gets them.
    Lost(Reason),
}

/// Why a shell cannot hand over to the program (X4), or its arguments (X3).
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
    /// `!`, which turns the exit status round.
    Negation,
    /// `time`, which prints when the program has ended.
    Time,
    /// A test, an assignment or a redirection, which takes no arguments.
    NoCommand,
    /// A function of this name.
    Function(String),
    /// A builtin of this name, which acts on the shell itself.
    Builtin(String),
    /// A builtin of this name, which runs after the program.
    After(String),
    /// Code that is read only at run time, by a builtin of this name.
    Code(String),
    /// A program of the app, which bash would start under its absolute path if it took the shell's place.
    RelativePath,
    /// A program whose name is known only at run time.
    UnknownProgram,
    /// The parser might read it otherwise than the shell does.
    Doubt,
}

/// Reads a command line, which is to be run by `dialect`.
///
/// # Errors
/// Where the parser cannot tell what it is.
pub fn read(line: &str, dialect: Dialect) -> Result<Reading, Unreadable> {
    agreed(dialect, |posix| {
        let tokens = syntax::tokens(line, posix)?;
        match words::of_tokens(&tokens) {
            Some(words) => Ok(Reading::Words(words)),
            None => read_script(line, &tokens, posix, dialect).map(Reading::Script),
        }
    })
}

/// Reads a command line as a script, although it may be nothing but literal words.
///
/// # Errors
/// Where the parser cannot tell what it is.
pub fn script(line: &str, dialect: Dialect) -> Result<Script, Unreadable> {
    agreed(dialect, |posix| read_script(line, &syntax::tokens(line, posix)?, posix, dialect))
}

/// Where the grammars of POSIX and of bash do not agree on a line, a shell of unknown make runs it as written.
fn agreed<T: PartialEq>(dialect: Dialect, read: impl Fn(bool) -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    let reading = read(false)?;
    if dialect == Dialect::Sh && read(true)? != reading {
        return Err(Unreadable { at: None });
    }
    Ok(reading)
}

fn read_script(line: &str, tokens: &[Token], posix: bool, dialect: Dialect) -> Result<Script, Unreadable> {
    let program = syntax::program(line, tokens, posix)?;
    let mut effects = effects::of_program(line, &program)?;
    effects.invocations = in_bytes(line, effects.invocations);
    Ok(tail::rewrite(line, program, effects, posix, dialect))
}
