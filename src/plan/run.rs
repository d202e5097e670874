//! Decides how a process runs: in exec form, by a shell, or by the launcher (section X of the contract).

use crate::diagnostics::Diagnostics;
use crate::find::Check;
use crate::parse::{Command, Located, Process};
use crate::plan::image::Image;
use crate::plan::place::Place;
use crate::plan::problems::PlanProblem;
use crate::shell::{self, Arguments, Dialect, Invocation, Reading, Reason, Script, Simple, Unreadable};
use crate::text::Sources;
use std::borrow::Cow;
use std::path::Path;

/// How a process runs.
#[derive(Debug)]
pub struct Run<'a> {
    /// What the launcher of the image executes, followed by the arguments. Not empty.
    pub command: Vec<Cow<'a, str>>,
    /// In which form.
    pub form: Form,
}

/// The form of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A program and its arguments.
    Exec,
    /// A script for a shell.
    Shell {
        /// The shell.
        shell: Dialect,
        /// Whether the script differs from the command as written.
        rewritten: bool,
        /// What happens to arguments given at run time.
        arguments: Arguments,
    },
    /// A template for the static launcher.
    Launcher,
}

impl<'a> Run<'a> {
    fn exec(command: Vec<Cow<'a, str>>) -> Self {
        Self { command, form: Form::Exec }
    }

    /// A script for a shell. All of it is in `command`, so that arguments given at run time are added and replace nothing;
    /// the type is the shell's `$0`, with which its messages start.
    fn shell(shell: Dialect, script: Cow<'a, str>, name: Cow<'a, str>, rewritten: bool, arguments: Arguments) -> Self {
        let command = vec![Cow::Borrowed(shell.name()), Cow::Borrowed("-c"), script, name];
        Self { command, form: Form::Shell { shell, rewritten, arguments } }
    }

    /// The script, if a shell runs one.
    pub fn script(&self) -> Option<&str> {
        matches!(self.form, Form::Shell { .. }).then(|| self.command[2].as_ref())
    }
}

/// How a process runs, and the simple commands of its line. `None` if it cannot run at all; that is an error.
pub(super) fn run<'a>(
    process: &Process<'a>,
    command: &Located<Command<'a>>,
    shell: Option<Dialect>,
    sources: &Sources,
    image: &Image,
    problems: &mut Diagnostics,
) -> Option<(Run<'a>, Vec<Invocation>)> {
    let line = match &command.value {
        Command::Words(words) => return Some((Run::exec(words.clone()), Vec::new())),
        Command::Line(line) => line,
    };
    let place = Place::new(command.at, line, sources);
    match shell {
        Some(dialect) => Some(by_shell(process, line, dialect, &place, image, problems)),
        None => without_shell(process, &place, image, problems),
    }
}

fn by_shell<'a>(
    process: &Process<'a>,
    line: &Cow<'a, str>,
    shell: Dialect,
    place: &Place,
    image: &Image,
    problems: &mut Diagnostics,
) -> (Run<'a>, Vec<Invocation>) {
    let script = match shell::read(line, shell) {
        Ok(Reading::Words(words)) => match unknown_format(&words[0], process, image) {
            None => return (Run::exec(words.into_iter().map(Cow::Owned).collect()), Vec::new()),
            Some(program) => {
                problems.push(PlanProblem::NoInterpreter { program, shell }, place.of_line());
                shell::script(line, shell)
            }
        },
        Ok(Reading::Script(script)) => Ok(script),
        Err(unreadable) => Err(unreadable),
    };
    let Script { rewritten, arguments, stays, invocations } = script.unwrap_or_else(|unreadable| {
        explain(&unreadable, place, image, problems, |accepted| PlanProblem::Unread { accepted });
        let arguments = Arguments::Lost(Reason::Doubt);
        Script { rewritten: None, arguments, stays: None, invocations: Vec::new() }
    });
    let name = || process.name.value.to_string();
    if let Some((reason, at)) = stays {
        problems.push(PlanProblem::ShellStays { name: name(), reason }, place.of(at));
    }
    if !process.args.is_empty() && matches!(arguments, Arguments::Lost(_)) {
        problems.push(PlanProblem::UnusedArgs { name: name() }, place.at);
    }
    let is_rewritten = rewritten.is_some();
    let script = rewritten.map_or_else(|| line.clone(), Cow::Owned);
    (Run::shell(shell, script, process.name.value.clone(), is_rewritten, arguments), invocations)
}

fn without_shell<'a>(
    process: &Process<'a>,
    place: &Place,
    image: &Image,
    problems: &mut Diagnostics,
) -> Option<(Run<'a>, Vec<Invocation>)> {
    let simple = match shell::simple(place.line) {
        Ok(simple) => simple,
        Err(unreadable) => {
            explain(&unreadable, place, image, problems, |_| PlanProblem::NeedsShell { what: None, is_input: false });
            return None;
        }
    };
    let program = match &simple {
        Simple::Words(words) => words.first().cloned(),
        Simple::Template(template, _) => template.program(),
        Simple::NeedsShell(_) => None,
    };
    if let Some(program) = program.and_then(|program| unknown_format(&program, process, image)) {
        problems.push(PlanProblem::ScriptNeedsShell { program }, place.of_line());
    }
    match simple {
        Simple::Words(words) => Some((Run::exec(words.into_iter().map(Cow::Owned).collect()), Vec::new())),
        Simple::Template(template, invocations) => {
            let launcher = image.launcher.to_string_lossy().into_owned();
            let command = std::iter::once(launcher).chain(template.encode()).map(Cow::Owned).collect();
            Some((Run { command, form: Form::Launcher }, invocations))
        }
        Simple::NeedsShell(constructs) => {
            for (what, at) in constructs {
                let text = place.line.get(at.clone()).unwrap_or_default();
                let is_input = text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('<');
                problems.push(PlanProblem::NeedsShell { what: Some(what), is_input }, place.of(at));
            }
            None
        }
    }
}

/// Reports why a command cannot be read (X0), unless a known error already explains it. `otherwise`: what to report if
/// bash does not refuse it, by whether bash accepts it.
fn explain(
    unreadable: &Unreadable,
    place: &Place,
    image: &Image,
    problems: &mut Diagnostics,
    otherwise: impl Fn(bool) -> PlanProblem,
) {
    if problems.has_error_in(place.at) {
        return;
    }
    let problem = match image.surroundings.check(place.line) {
        // bash does not run `shopt` here, so it cannot know what that would allow.
        Check::Refused(message) if !place.line.contains("shopt") => PlanProblem::Syntax { message },
        Check::Accepted | Check::Refused(_) => otherwise(true),
        Check::Unknown => otherwise(false),
    };
    problems.push(problem, place.of_unreadable(unreadable));
}

/// The program, if it is a file of the app that the kernel cannot execute (ENOEXEC): neither a binary nor a script that
/// names its interpreter. A shell reads such a file itself.
fn unknown_format(program: &str, process: &Process, image: &Image) -> Option<String> {
    let working_dir: Option<&Path> = process.working_dir.as_ref().map(|directory| directory.value.as_path());
    let head = image.head(program, working_dir)?;
    let is_known = head.starts_with(b"#!") || head == *b"\x7fELF";
    (!is_known).then(|| program.to_string())
}
