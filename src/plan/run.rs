//! Decides how a process runs: in exec form, by a shell, or by the launcher (section X of the contract).

use crate::diagnostics::Diagnostics;
use crate::find::Check;
use crate::parse::{Command, Extension, Process};
use crate::plan::arguments::UnusedBy;
use crate::plan::image::Image;
use crate::plan::place::Place;
use crate::plan::problems::{Beginning, Needs, NoInterpreter, PlanProblem, Reader};
use crate::plan::remedy::{Remedy, of_stay};
use crate::plan::stays::Stays;
use crate::plan::syntax::{bad_expansion, mistake, of_bash};
use crate::shell::{
    self, Arguments, Dialect, Given, Invocation, Reading, Reason, Script, Signal, Simple, Stay, Unreadable,
};
use crate::text::quote::brief;
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

/// How a process runs.
#[derive(Debug)]
pub struct Run<'a> {
    /// What the launcher of the image executes, followed by the arguments. Empty only if an earlier buildpack's command is
    /// not known.
    pub command: Vec<Cow<'a, str>>,
    /// In which form.
    pub form: Form,
    /// The shell that the command itself starts, if it is known what that runs.
    pub inner: Option<Box<Inner>>,
}

/// A shell that a command starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// The shell.
    pub shell: String,
    /// The path in the app of the script that it reads, if it does.
    pub script: Option<String>,
    /// Whether arguments given at run time reach a program of the script, or are used otherwise, if that is known.
    pub passes_arguments: Option<bool>,
}

impl Inner {
    /// A shell, of which nothing more is known.
    pub(super) fn new(shell: &str) -> Self {
        Self { shell: shell.to_string(), script: None, passes_arguments: None }
    }
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
        /// The word of the command that is the script.
        script: usize,
        /// Whether the script differs from the command as written.
        rewritten: bool,
        /// What happens to arguments given at run time.
        arguments: Arguments,
    },
    /// A template for the static launcher.
    Launcher,
    /// The command of an earlier buildpack, which only a build knows (T7).
    Earlier,
}

impl<'a> Run<'a> {
    fn exec(command: Vec<Cow<'a, str>>) -> Self {
        Self { command, form: Form::Exec, inner: None }
    }

    /// The command of an earlier buildpack, behind the words of `wrap`. In a preview, only those are known.
    fn extending(extension: &Extension<'a>) -> Self {
        let mut command = extension.words().to_vec();
        if let Some(other) = extension.of {
            command.extend(other.command().iter().map(|word| Cow::Borrowed(word.as_str())));
        }
        let form = if extension.of.is_some() { Form::Exec } else { Form::Earlier };
        Self { command, form, inner: None }
    }

    /// Notes that a command of the script does not pass arguments on.
    pub(super) fn lose_arguments(&mut self, command: &str, reason: Reason) {
        let Form::Shell { arguments, .. } = &mut self.form else { return };
        match arguments {
            Arguments::Passed => *arguments = Arguments::Partly { programs: vec![brief(command)], reason },
            Arguments::Partly { programs, .. } if !programs.contains(&brief(command)) => programs.push(brief(command)),
            Arguments::Partly { .. } | Arguments::Used | Arguments::Lost(_) => {}
        }
    }

    /// The script, if a shell runs one.
    pub fn script(&self) -> Option<&str> {
        match self.form {
            Form::Shell { script, .. } => self.command.get(script).map(Cow::as_ref),
            Form::Exec | Form::Launcher | Form::Earlier => None,
        }
    }
}

/// How a file starts that the kernel cannot execute, by its first four bytes; `None` for a binary, or a script that names its
/// interpreter.
pub(super) fn beginning(head: &[u8]) -> Option<Beginning> {
    match head {
        [b'#', b'!', ..] | b"\x7fELF" => None,
        [] => Some(Beginning::Empty),
        [0xEF, 0xBB, 0xBF, ..] => Some(Beginning::Mark),
        [b'#', b'/', ..] => Some(Beginning::NoBang),
        [b' ' | b'\t' | b'\r' | b'\n', ..] if head.trim_ascii_start().starts_with(b"#!") => Some(Beginning::Blank),
        _ => Some(Beginning::Other),
    }
}

/// Why a shell stays in front of programs of a line that signals do not reach, and the bytes of the line that keep it there.
/// `name`: the process type.
pub(super) fn shell_stays(
    name: &str,
    line: &str,
    stays: Vec<Stay>,
    invocations: &[Invocation],
    known: &mut Stays,
) -> Vec<(PlanProblem, Range<usize>)> {
    // If others get the signal, the message names those that do not.
    let others = invocations.iter().any(|command| command.signal == Signal::Arrives);
    let stays = stays.into_iter().filter_map(|Stay { reason, at, programs, is_certain }| {
        if known.reach_behind(&reason) {
            return None;
        }
        let commands = programs.iter().filter(|_| others).filter_map(|number| invocations.get(*number));
        let programs = commands.filter_map(|command| line.get(command.range())).map(brief).collect();
        let found = of_stay(line, &reason, &at, invocations);
        let (remedy, at) = found.map_or((None, at), |(remedy, at)| (Some(remedy), at));
        let name = name.to_string();
        let init = known.how(&reason).filter(|_| remedy.is_none());
        Some((PlanProblem::ShellStays { name, programs, reason, is_certain, remedy, init }, at))
    });
    stays.collect()
}

/// Decides how one process runs.
pub(super) struct Runner<'r, 'a> {
    pub(super) process: &'r Process<'a>,
    /// The place of its command.
    pub(super) place: &'r Place<'r>,
    pub(super) image: &'r Image<'r>,
    pub(super) stays: &'r mut Stays,
    pub(super) problems: &'r mut Diagnostics,
}

impl<'a> Runner<'_, 'a> {
    /// How a command runs, and the simple commands of its line. `None` if it cannot run at all; that is an error.
    pub(super) fn run(mut self, command: &Command<'a>, shell: Option<Dialect>) -> Option<(Run<'a>, Vec<Invocation>)> {
        if let Command::Line(Cow::Borrowed(line)) = command
            && let Some(words) = shell::plain_words(line)
            && self.unknown_format(words[0]).is_none()
        {
            return Some((Run::exec(words.into_iter().map(Cow::Borrowed).collect()), Vec::new()));
        }
        match (command, shell) {
            (Command::Words(words), _) => Some((Run::exec(words.clone()), Vec::new())),
            (Command::Earlier(extension), _) => Some((Run::extending(extension), Vec::new())),
            (Command::Line(line), Some(shell)) => Some(self.by_shell(line, shell)),
            (Command::Line(_), None) => self.without_shell(),
        }
    }

    fn by_shell(&mut self, line: &Cow<'a, str>, shell: Dialect) -> (Run<'a>, Vec<Invocation>) {
        let script = match shell::read(line, shell, self.image.budget) {
            Ok(Reading::Words(words)) => match self.unknown_format(&words[0]) {
                None => return (Run::exec(words.into_iter().map(Cow::Owned).collect()), Vec::new()),
                Some((program, beginning)) => {
                    let why = NoInterpreter::Unnamed { shell, beginning };
                    self.problems.push(PlanProblem::NoInterpreter { program, why }, self.place.of_line());
                    shell::script(line, shell, Given::Rewritten, self.image.budget)
                }
            },
            Ok(Reading::Script(script)) => Ok(script),
            Err(unreadable) => Err(unreadable),
        };
        let Script { rewritten, arguments, stays, invocations, .. } = script.unwrap_or_else(|unreadable| {
            let is_reached = self.stays.reach_behind(&Reason::Doubt);
            self.explain(&unreadable, shell, |accepted| PlanProblem::Unread { accepted, is_reached, of_bash: None });
            let arguments = Arguments::Lost(Reason::Doubt);
            Script { rewritten: None, edits: Vec::new(), arguments, stays: Vec::new(), invocations: Vec::new() }
        });
        let name = || self.process.name.value.to_string();
        for (problem, at) in shell_stays(&self.process.name.value, line, stays, &invocations, self.stays) {
            self.problems.push(problem, self.place.of(at));
        }
        if self.process.has_args() && matches!(arguments, Arguments::Lost(_)) {
            self.problems.push(PlanProblem::UnusedArgs { name: name(), by: UnusedBy::Line }, self.place.of_line());
        }
        let form = Form::Shell { shell, script: 2, rewritten: rewritten.is_some(), arguments };
        let script = rewritten.map_or_else(|| line.clone(), Cow::Owned);
        // All of it is in `command`, so that arguments given at run time are added and replace nothing. The type is the
        // shell's `$0`, with which its messages start.
        let command = vec![Cow::Borrowed(shell.name()), Cow::Borrowed("-c"), script, self.process.name.value.clone()];
        (Run { command, form, inner: None }, invocations)
    }

    fn without_shell(&mut self) -> Option<(Run<'a>, Vec<Invocation>)> {
        let simple = match shell::simple(self.place.line, self.image.budget) {
            Ok(simple) => simple,
            Err(unreadable) => {
                self.explain(&unreadable, Dialect::Bash, |_| PlanProblem::NeedsShell { what: Needs::Unread });
                return None;
            }
        };
        let program = match &simple {
            Simple::Words(words) => words.first().cloned(),
            Simple::Template(template, _) => template.program(),
            Simple::NeedsShell(_) => None,
        };
        if let Some((program, beginning)) = program.and_then(|program| self.unknown_format(&program)) {
            let reader = Reader::Unnamed(beginning);
            self.problems.push(PlanProblem::ScriptNeedsShell { program, reader }, self.place.of_line());
        }
        match simple {
            Simple::Words(words) => Some((Run::exec(words.into_iter().map(Cow::Owned).collect()), Vec::new())),
            Simple::Template(template, invocations) => {
                let launcher = self.image.launcher.to_string_lossy().into_owned();
                let command = std::iter::once(Cow::Owned(launcher)).chain(template.encode()).collect();
                Some((Run { command, form: Form::Launcher, inner: None }, invocations))
            }
            Simple::NeedsShell(constructs) => {
                for (what, at) in constructs {
                    let text = self.place.line.get(at.clone()).unwrap_or_default().to_string();
                    self.problems
                        .push(PlanProblem::NeedsShell { what: Needs::Construct(what, text) }, self.place.of(at));
                }
                None
            }
        }
    }

    /// Reports why a command cannot be read (X0), unless a known error already explains it. `otherwise`: what to report if
    /// neither bash nor `shell` refuses it, by whether one of them accepts it.
    fn explain(&mut self, unreadable: &Unreadable, shell: Dialect, otherwise: impl Fn(bool) -> PlanProblem) {
        if self.problems.has_error_in(self.place.at) {
            return;
        }
        let check = |shell: Dialect| self.image.surroundings.check(shell.name(), self.place.line);
        // `select` and `[[` are words like others to some shells.
        let is_readable = || shell == Dialect::Sh && check(shell) == Check::Accepted;
        let problem = match check(Dialect::Bash) {
            // bash does not run `shopt` here, so it cannot know what that would allow.
            Check::Refused(message) if !self.place.line.contains("shopt") && !is_readable() => {
                let found = mistake(self.place.line, &message, self.image.budget);
                return self.syntax(message, found, unreadable);
            }
            Check::Accepted | Check::Refused(_) => otherwise(true),
            Check::Unknown => otherwise(false),
        };
        // `${{ PORT }}` has been explained.
        if matches!(problem, PlanProblem::Unread { .. }) {
            if self.problems.has_in("foreign-placeholder", self.place.at) {
                return;
            }
            if let Some(found) = bad_expansion(self.place.line) {
                return self.syntax(String::new(), Some(found), unreadable);
            }
            if let Some((syntax, at)) = of_bash(self.place.line, self.image.budget).filter(|_| shell == Dialect::Sh) {
                return self.problems.push(
                    PlanProblem::Unread { accepted: true, is_reached: false, of_bash: Some(syntax) },
                    self.place.of(at),
                );
            }
        }
        self.problems.push(problem, self.place.of_unreadable(unreadable));
    }

    /// Reports what bash refuses. `found`: what is wrong there, if that is known.
    fn syntax(&mut self, message: String, found: Option<(Remedy, Range<usize>)>, unreadable: &Unreadable) {
        let (remedy, at) = match found {
            Some((remedy, at)) => (Some(remedy), self.place.of(at)),
            None => (None, self.place.of_unreadable(unreadable)),
        };
        self.problems.push(PlanProblem::Syntax { message, remedy }, at);
    }

    /// The program and how it starts, if it is a file of the app that the kernel cannot execute (ENOEXEC): neither a binary nor a script that
    /// names its interpreter. A shell reads such a file itself.
    fn unknown_format(&self, program: &str) -> Option<(String, Beginning)> {
        let working_dir: Option<&Path> = self.process.working_dir.as_ref().map(|directory| directory.value.as_path());
        let head = self.image.head(program, working_dir)?;
        beginning(&head).map(|beginning| (program.to_string(), beginning))
    }
}
