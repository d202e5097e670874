//! Decides how a process runs: in exec form, by a shell, or by the launcher (section X of the contract). Pure.

use crate::diagnostics::{Diagnostics, Span, problems};
use crate::process::{Command, Process};
use crate::shell::{self, Arguments, Construct, Dialect, Invocation, Reading, Reason, Script, Simple, Unreadable};
use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What is known of the image when it is built.
pub struct Image<'i> {
    /// The absolute app directory, which the image has at the same place (CNB platform spec).
    pub app: &'i Path,
    /// The absolute path of the launcher in the image.
    pub launcher: &'i Path,
    /// Answers what only the file system and bash know.
    pub surroundings: &'i dyn Surroundings,
}

/// What planning asks of the app directory and of the build image.
pub trait Surroundings {
    /// Whether a path relative to the app is a directory.
    fn is_directory(&self, relative: &Path) -> bool;
    /// The first four bytes of a file in the app, or fewer if it has no more; `None` where there is no such file.
    fn head(&self, relative: &Path) -> Option<Vec<u8>>;
    /// What is known of a program that a path relative to the app names.
    fn presence(&self, relative: &Path) -> Presence;
    /// What bash says of the syntax of a command line.
    fn check(&self, line: &str) -> Check;
}

/// What is known of a program of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It can be executed, or nothing is known of it.
    Executable,
    /// It is there, and cannot be executed.
    NotExecutable,
    /// It is not there.
    Missing,
}

/// What bash says of the syntax of a command line (X0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// It can be read.
    Accepted,
    /// It cannot, in bash's own words.
    Refused(String),
    /// There is no bash that could say.
    Unknown,
}

/// How a process runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a program and its arguments.
    Exec,
    /// By a shell.
    Shell {
        /// The shell's name.
        shell: &'static str,
        /// Whether the shell reads another script than was written.
        rewritten: bool,
        /// What becomes of arguments given at run time.
        arguments: Arguments,
    },
    /// By the launcher.
    Launcher,
}

problems! {
    /// What can be wrong with a command line.
    pub enum RunProblem {
        /// bash cannot read it (X0).
        Error "shell-syntax" Syntax {
            /// bash's own words.
            message: String,
        },
        /// We cannot read it; bash can, or was not there to be asked (X0).
        Warning "unread-command" Unread {
            /// Whether bash can.
            accepted: bool,
        },
        /// A file of the app that the kernel cannot execute (X1).
        Warning "no-interpreter" NoInterpreter {
            /// The file as written.
            program: String,
            /// The shell that runs it instead.
            shell: &'static str,
        },
        /// SIGTERM does not reach the program (X4).
        Warning "shell-stays" ShellStays {
            /// The type.
            name: String,
            /// What the shell stays for.
            reason: Reason,
        },
        /// A construct that only a shell understands, in an image without one (X6).
        Error "needs-shell" NeedsShell {
            /// The construct; `None` where the command cannot be read at all.
            what: Option<Construct>,
        },
        /// A file of the app that only a shell could run, in an image without one (X6).
        Error "script-needs-shell" ScriptNeedsShell {
            /// The file as written.
            program: String,
        },
        /// Default arguments of a command line that does not get them (X3).
        Warning "unused-args" UnusedArgs {
            /// The type.
            name: String,
        },
    }
}

/// How a process runs.
#[derive(Debug)]
pub struct Run<'a> {
    /// What the launcher executes, followed by the arguments.
    pub command: Vec<Cow<'a, str>>,
    /// In which form.
    pub form: Form,
    /// The simple commands of a line that is not in exec form.
    pub invocations: Vec<Invocation>,
}

impl<'a> Run<'a> {
    fn exec(command: Vec<Cow<'a, str>>) -> Self {
        Self { command, form: Form::Exec, invocations: Vec::new() }
    }
}

/// Decides how a process runs. `content` is the text of the source that it stands in.
pub fn run<'a>(
    process: &Process<'a>,
    content: &str,
    shell: Option<Dialect>,
    image: &Image,
    problems: &mut Diagnostics,
) -> Run<'a> {
    match &process.command.value {
        Command::Words(words) => Run::exec(words.clone()),
        Command::Line(line) => {
            let place = Place::new(process.command.at, content, line);
            match shell {
                Some(dialect) => by_shell(process, line, dialect, &place, image, problems),
                None => without_shell(process, line, &place, image, problems),
            }
        }
    }
}

/// Where a command line stands in its source.
pub(crate) struct Place<'p> {
    at: Span,
    content: &'p str,
    line: &'p str,
}

impl<'p> Place<'p> {
    pub(crate) fn new(at: Span, content: &'p str, line: &'p str) -> Self {
        Self { at, content, line }
    }

    /// The place of some bytes of the line: all of it where the source has it in another spelling (escapes in TOML).
    pub(crate) fn of(&self, range: Range<usize>) -> Span {
        let whole = self.content.get(self.at.start..self.at.end);
        match whole.and_then(|whole| whole.find(self.line)) {
            Some(start) => {
                let start = self.at.start + start;
                Span::new(self.at.source, start + range.start..start + range.end)
            }
            None => self.at,
        }
    }

    fn of_unreadable(&self, unreadable: &Unreadable) -> Span {
        unreadable.at.map_or(self.at, |at| {
            let length = self.line.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            self.of(at..at + length)
        })
    }
}

fn by_shell<'a>(
    process: &Process<'a>,
    line: &Cow<'a, str>,
    dialect: Dialect,
    place: &Place,
    image: &Image,
    problems: &mut Diagnostics,
) -> Run<'a> {
    let shell = match dialect {
        Dialect::Bash => "bash",
        Dialect::Sh => "sh",
    };
    let script = match shell::read(line, dialect) {
        Ok(Reading::Words(words)) => match unknown_format(&words[0], process, image) {
            None => return Run::exec(words.into_iter().map(Cow::Owned).collect()),
            Some(program) => {
                problems.push(RunProblem::NoInterpreter { program, shell }, place.of(0..line.len()));
                shell::script(line, dialect)
            }
        },
        Ok(Reading::Script(script)) => Ok(script),
        Err(unreadable) => Err(unreadable),
    };
    let Script { rewritten, arguments, stays, invocations } = script.unwrap_or_else(|unreadable| {
        explain(&unreadable, place, image, problems, |accepted| RunProblem::Unread { accepted });
        let arguments = Arguments::Lost(Reason::Doubt);
        Script { rewritten: None, arguments, stays: None, invocations: Vec::new() }
    });
    let name = || process.name.value.to_string();
    if let Some((reason, at)) = stays {
        problems.push(RunProblem::ShellStays { name: name(), reason }, place.of(at));
    }
    if !process.args.is_empty() && matches!(arguments, Arguments::Lost(_)) {
        problems.push(RunProblem::UnusedArgs { name: name() }, process.command.at);
    }
    let is_rewritten = rewritten.is_some();
    let script = rewritten.map_or_else(|| line.clone(), Cow::Owned);
    // All of it stands in `command`, so that arguments given at run time are added and replace nothing; the type is
    // the shell's `$0`, which its messages begin with.
    let command = vec![Cow::Borrowed(shell), Cow::Borrowed("-c"), script, process.name.value.clone()];
    Run { command, form: Form::Shell { shell, rewritten: is_rewritten, arguments }, invocations }
}

fn without_shell<'a>(
    process: &Process<'a>,
    line: &str,
    place: &Place,
    image: &Image,
    problems: &mut Diagnostics,
) -> Run<'a> {
    let nothing = Run { command: Vec::new(), form: Form::Launcher, invocations: Vec::new() };
    let simple = match shell::simple(line) {
        Ok(simple) => simple,
        Err(unreadable) => {
            explain(&unreadable, place, image, problems, |_| RunProblem::NeedsShell { what: None });
            return nothing;
        }
    };
    let program = match &simple {
        Simple::Words(words) => words.first().cloned(),
        Simple::Template(template, _) => template.program(),
        Simple::NeedsShell(_) => None,
    };
    if let Some(program) = program.and_then(|program| unknown_format(&program, process, image)) {
        problems.push(RunProblem::ScriptNeedsShell { program }, place.of(0..line.len()));
    }
    match simple {
        Simple::Words(words) => Run::exec(words.into_iter().map(Cow::Owned).collect()),
        Simple::Template(template, invocations) => {
            let launcher = image.launcher.to_string_lossy().into_owned();
            let command = std::iter::once(launcher).chain(template.encode()).map(Cow::Owned).collect();
            Run { command, form: Form::Launcher, invocations }
        }
        Simple::NeedsShell(constructs) => {
            for (what, at) in constructs {
                problems.push(RunProblem::NeedsShell { what: Some(what) }, place.of(at));
            }
            nothing
        }
    }
}

/// Tells why a command cannot be read (X0), unless an error that is known already explains it.
fn explain(
    unreadable: &Unreadable,
    place: &Place,
    image: &Image,
    problems: &mut Diagnostics,
    otherwise: impl Fn(bool) -> RunProblem,
) {
    if problems.has_error_in(place.at) {
        return;
    }
    let problem = match image.surroundings.check(place.line) {
        // Without running it, bash cannot know what `shopt` would have let it read.
        Check::Refused(message) if !place.line.contains("shopt") => RunProblem::Syntax { message },
        Check::Accepted | Check::Refused(_) => otherwise(true),
        Check::Unknown => otherwise(false),
    };
    problems.push(problem, place.of_unreadable(unreadable));
}

/// The program, if it is a file of the app that the kernel would not execute (ENOEXEC): neither a binary nor a
/// script that names its interpreter. A shell reads such a file itself.
fn unknown_format(program: &str, process: &Process, image: &Image) -> Option<String> {
    let head = image.surroundings.head(&in_app(program, process, image)?)?;
    let is_known = head.starts_with(b"#!") || head == *b"\x7fELF";
    (!is_known).then(|| program.to_string())
}

/// The path relative to the app of a program that a process names by a path, if that is in the app.
pub(crate) fn in_app(program: &str, process: &Process, image: &Image) -> Option<PathBuf> {
    if !program.contains('/') {
        return None;
    }
    let directory = process.working_dir.as_ref().map_or(Path::new(""), |directory| &directory.value);
    let path = image.app.join(directory).join(program);
    path.strip_prefix(image.app).ok().map(Path::to_path_buf)
}
