//! Follows a command into the shell that it starts, and into the script of the app that it runs (X4d, X6a).

use crate::diagnostics::Diagnostics;
use crate::parse::names::RELEASE;
use crate::parse::{Extension, Process};
use crate::plan::arguments::UnusedBy;
use crate::plan::image::Image;
use crate::plan::place::Place;
use crate::plan::problems::{Needs, NoInterpreter, PlanProblem, Reader};
use crate::plan::quoted::{Around, Quoted, by_shell, quoted};
use crate::plan::run::{Form, Inner, Run, beginning, shell_stays};
use crate::plan::scripts::Scripts;
use crate::plan::scripts::problems::ScriptProblem;
use crate::plan::started::{
    Runs, ShellCall, Started, Word, is_shell, may_be_of_shell, may_start_script, signals_all, started,
};
use crate::plan::stays::Stays;
use crate::shell::{self, Arguments, Given, Invocation, Reading, Reason, Script, Signal, Simple, Stay};
use crate::text::quote::{brief, command_line, shell_word, toml_array, toml_string};
use crate::text::{Span, file_name};
use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Follows the command of one process.
pub(super) struct Follower<'f, 'a> {
    pub(super) process: &'f Process<'a>,
    /// The place of its command.
    pub(super) place: &'f Place<'f>,
    pub(super) image: &'f Image<'f>,
    pub(super) has_shell: bool,
    /// What extends a process type of an earlier buildpack, if it does.
    pub(super) extension: Option<&'f Extension<'a>>,
    pub(super) stays: &'f mut Stays,
    pub(super) scripts: &'f mut Scripts,
    pub(super) problems: &'f mut Diagnostics,
}

/// A command of a process that may start a shell or a script.
pub(super) struct Last<'w> {
    words: Vec<Option<Cow<'w, str>>>,
    /// The places of the words in the line, if it was read as a script.
    places: Option<&'w [Range<usize>]>,
    /// Whether it runs in a directory that the line changes to.
    is_elsewhere: bool,
    /// How many programs before it replace the shell, too.
    others: usize,
}

impl<'w> Last<'w> {
    /// Words that are in no line.
    pub(super) fn of_words(words: Vec<Word<'w>>) -> Self {
        Self { words, places: None, is_elsewhere: false, others: 0 }
    }

    /// The last one. `line`: the command line of the process.
    fn of(run: &Run<'w>, invocations: &'w [Invocation], line: &'w str) -> Option<Self> {
        let Some((last, before)) = invocations.split_last() else {
            let is_one = run.form == Form::Exec && may_start_script(run.command.first()?);
            let words = || run.command.iter().cloned().map(Some).collect();
            return is_one.then(|| Self { words: words(), places: None, is_elsewhere: false, others: 0 });
        };
        Self::at(last, before, line)
    }

    /// One of a line, and those before it.
    fn at(last: &'w Invocation, before: &[Invocation], line: &'w str) -> Option<Self> {
        let word = |at: &Range<usize>| line.get(at.clone()).unwrap_or_default();
        let program = last.words.first().filter(|program| may_start_script(word(program)))?;
        let goes = |invocation: &Invocation| {
            invocation.words.first().is_some_and(|program| matches!(word(program), "cd" | "pushd" | "popd"))
        };
        (!last.position.background && !word(program).is_empty()).then(|| Self {
            words: last.words.iter().map(|at| shell::literal(word(at))).collect(),
            places: Some(&last.words),
            is_elsewhere: before.iter().any(goes),
            others: before.iter().filter(|command| command.signal == Signal::Arrives).count(),
        })
    }

    /// The command as it is written.
    fn text<'l>(&self, line: &'l str) -> &'l str {
        let ends = self.places.and_then(|places| places.first().zip(places.last()));
        ends.and_then(|(first, last)| line.get(first.start..last.end)).unwrap_or(line)
    }

    fn word(&self, number: usize) -> &str {
        self.words.get(number).and_then(Option::as_deref).unwrap_or_default()
    }
}

impl Quoted {
    /// Why its shell stays in front of what it starts, unless signals reach that all the same.
    fn stays_behind(&self, last: &Last, call: &ShellCall) -> Vec<Stay> {
        if signals_all(&last.words[..call.shell]) { Vec::new() } else { self.stays.clone() }
    }
}

impl<'f, 'a: 'f> Follower<'f, 'a> {
    /// Follows a command. `invocations`: the commands of its line.
    pub(super) fn follow(mut self, run: &mut Run<'a>, invocations: &'f [Invocation]) {
        for (number, command) in invocations.iter().enumerate().rev().skip(1) {
            if matches!(command.signal, Signal::Arrives | Signal::Lost)
                && self.has_shell
                && let Some(early) = Last::at(command, &invocations[..number], self.place.line)
            {
                self.early(run, &early, command.signal);
            }
        }
        if let Some(extension) = self.extension {
            return self.follow_extension(run, extension);
        }
        let Some(last) = Last::of(run, invocations, self.place.line) else { return };
        let started = started(&last.words);
        self.follow_started(run, &last, started);
    }

    /// Follows what a command starts.
    pub(super) fn follow_started(&mut self, run: &mut Run<'a>, last: &Last, started: Option<Started>) {
        match started {
            Some(Started::Shell(call)) if !self.has_shell => self.needs_shell(last, &call),
            Some(Started::Program(number)) if !self.has_shell => self.script_needs_shell(last, number),
            Some(Started::Shell(call)) => match call.runs {
                Runs::Word { script, .. } => self.quoted(run, last, &call, script),
                Runs::File(number) => self.last_script(run, last, number, Some(&call)),
                Runs::Unknown => run.inner = Some(Box::new(Inner::new(last.word(call.shell)))),
            },
            Some(Started::Program(number)) => self.last_script(run, last, number, None),
            None => {}
        }
    }

    /// A command before the last one that may be the one that serves: in a branch, or with an `exec` that is written. What it
    /// starts is not changed.
    fn early(&mut self, run: &mut Run, early: &Last, signal: Signal) {
        let command = early.text(self.place.line);
        let (call, number) = match started(&early.words) {
            Some(Started::Shell(ShellCall {
                runs: Runs::Word { script: number, .. }, dialect: Some(dialect), ..
            })) => {
                let script = early.word(number);
                let Ok(read) = shell::script(script, dialect, Given::Word, self.image.budget) else { return };
                if read.arguments != Arguments::Used {
                    run.lose_arguments(command, by_shell(dialect));
                }
                // Otherwise it is told already that the shell stays.
                if signal == Signal::Lost || signals_all(&early.words[..number]) {
                    return;
                }
                let name = &self.process.name.value;
                for (problem, at) in shell_stays(name, script, read.stays, &read.invocations, self.stays) {
                    self.problems.push(problem, self.in_word(early, number, at));
                }
                return;
            }
            Some(Started::Shell(call)) => match call.runs {
                Runs::File(number) => (Some(call), number),
                Runs::Word { .. } | Runs::Unknown => return,
            },
            Some(Started::Program(number)) => (None, number),
            None => return,
        };
        if let Some((Inner { shell, passes_arguments: Some(false), .. }, _)) =
            self.script(run, early, number, call.as_ref())
        {
            run.lose_arguments(command, Reason::Shell(shell));
        }
    }

    /// (X6a) A shell, unless it is a file of the app.
    fn needs_shell(&mut self, last: &Last, call: &ShellCall) {
        if self.image.head(last.word(call.shell), self.working_dir()).is_none() {
            let by = self.other(call.shell).map(|other| self.by(other));
            let what = Needs::Shell { instead: self.without(last, call), by };
            self.problems.push(PlanProblem::NeedsShell { what }, self.place_of(last, call.shell));
        }
    }

    /// The command without the shell that it starts, if it only gives that shell a script that needs none.
    fn without(&self, last: &Last, call: &ShellCall) -> Option<String> {
        let Runs::Word { script, .. } = call.runs else { return None };
        let text = last.word(script);
        let is_all = script + 1 == last.words.len() && (call.shell == 0 || self.other(call.shell).is_some());
        match shell::simple(text, self.image.budget).ok().filter(|_| is_all && !text.is_empty())? {
            Simple::Words(words) if self.place.line.is_empty() => {
                let before = last.words[..call.shell].iter().flatten().cloned();
                Some(toml_array(&before.chain(words.into_iter().map(Cow::Owned)).collect::<Vec<_>>()))
            }
            Simple::Words(_) | Simple::Template(..) if self.place.line.trim_start().starts_with(last.word(0)) => {
                Some(text.to_string())
            }
            _ => None,
        }
    }

    /// (X6a) A script of the app that a shell reads.
    fn script_needs_shell(&mut self, last: &Last, number: usize) {
        let program = last.word(number).to_string();
        let Some(path) = self.image.in_app(&program, self.working_dir()) else { return };
        let Some((_, script)) = self.scripts.get(&path, None, self.image) else { return };
        if let Some(interpreter) = script.interpreter.clone().filter(|interpreter| is_shell(interpreter)) {
            let problem = PlanProblem::ScriptNeedsShell { program, reader: Reader::Named(interpreter) };
            self.problems.push(problem, self.place_of(last, number));
        } else if script.cannot_start {
            self.problems.push(ScriptProblem::OfWindows { script: path, reader: None }, self.place_of(last, number));
        }
    }

    /// (X4d) A script of the app that runs last.
    fn last_script(&mut self, run: &mut Run<'a>, last: &Last, number: usize, by: Option<&ShellCall>) {
        let Some((inner, passing_line)) = self.script(run, last, number, by) else { return };
        if inner.passes_arguments == Some(false) && self.process.has_args() {
            let name = self.process.name.value.to_string();
            let by = inner.script.clone().map_or(UnusedBy::Line, |path| UnusedBy::Script(path, passing_line));
            self.problems.push(PlanProblem::UnusedArgs { name, by }, self.place_of(last, number));
        }
        run.inner = Some(Box::new(inner));
    }

    /// (X4d) A script of the app, and its line that would pass on arguments. `by`: the shell that the command starts to read
    /// it.
    fn script(
        &mut self,
        run: &Run,
        last: &Last,
        number: usize,
        by: Option<&ShellCall>,
    ) -> Option<(Inner, Option<(usize, String)>)> {
        let name = last.word(number);
        let path = match by {
            _ if last.is_elsewhere && !name.starts_with('/') => None,
            Some(_) => self.image.path_in_app(name, self.working_dir()),
            None => self.image.in_app(name, self.working_dir()),
        };
        let path = path?;
        let by = by.map(|call| last.word(call.shell)).or_else(|| self.reader(run, name));
        let (surroundings, working_dir) = (self.image.surroundings, self.working_dir());
        let (source, script) = self.scripts.get(&path, by, self.image)?;
        let is_missing = |path: PathBuf| surroundings.head(&path).is_none();
        let reader = by.or(script.interpreter.as_deref()).filter(|reader| is_shell(reader));
        let cannot_start = by.is_none() && script.cannot_start;
        if cannot_start || script.is_of_windows && reader.is_some() {
            let reader = reader.filter(|_| !cannot_start).map(|reader| file_name(reader).to_string());
            self.problems.push(ScriptProblem::OfWindows { script: path, reader }, self.place_of(last, number));
            return None;
        }
        if let Some((interpreter, instead)) = script.relative.clone().filter(|_| by.is_none() && !last.is_elsewhere)
            && self.image.path_in_app(&interpreter, working_dir).is_some_and(is_missing)
        {
            let why = NoInterpreter::Missing { interpreter, instead };
            let problem = PlanProblem::NoInterpreter { program: name.to_string(), why };
            self.problems.push(problem, self.place_of(last, number));
            return None;
        }
        let (passes_arguments, passing_line) = (script.passes_arguments, script.passing_line.clone());
        let inner = Inner {
            shell: file_name(reader?).to_string(),
            script: Some(path.to_string_lossy().into_owned()),
            passes_arguments,
        };
        let is_reached = signals_all(&last.words[..number])
            || script.stays_for.as_ref().is_some_and(|reason| self.stays.reach_behind(reason));
        let is_known = is_reached || self.problems.has_in("shell-stays", self.place.at);
        if self.process.name.value != RELEASE && !is_known {
            self.scripts.warn(source, self.place_of(last, number), self.problems);
        }
        Some((inner, passing_line))
    }

    /// The shell that runs a command line, if it reads a file of the app itself, because the kernel cannot execute it.
    fn reader(&self, run: &Run, program: &str) -> Option<&'static str> {
        let Form::Shell { shell, .. } = run.form else { return None };
        if !may_be_of_shell(program) {
            return None;
        }
        let head = self.image.head(program, self.working_dir())?;
        beginning(&head).map(|_| shell.name())
    }

    /// A script in a word of the command.
    fn quoted(&mut self, run: &mut Run<'a>, last: &Last, call: &ShellCall, number: usize) {
        let Some(dialect) = call.dialect else {
            run.inner = Some(Box::new(Inner::new(last.word(call.shell))));
            return;
        };
        let script = last.word(number);
        let raw = last.places.and_then(|places| self.place.line.get(places[number].clone())).unwrap_or_default();
        let other = self.other(number);
        let around = Around {
            has_default_arguments: self.has_default_arguments(other),
            is_kept: self.extension.is_some() || matches!(run.form, Form::Shell { arguments: Arguments::Lost(_), .. }),
        };
        let read = quoted(&last.words, call, raw, around, self.image.budget).unwrap_or_else(|unreadable| {
            let at = unreadable.at.map_or(0..script.len(), |at| at..at);
            let is_reached = self.stays.reach_behind(&Reason::Doubt);
            let problem = PlanProblem::Unread { accepted: true, is_reached, of_bash: None };
            if other.is_none() {
                self.problems.push(problem, self.in_word(last, number, at));
            }
            Quoted::as_written(Reason::Doubt)
        });
        let name = || self.process.name.value.to_string();
        let mut stays = shell_stays(&name(), script, read.stays_behind(last, call), &read.invocations, self.stays);
        if let Some(other) = other {
            stays.truncate(1);
            stays = stays.into_iter().map(|(problem, at)| (problem.of_earlier(&other.buildpack), at)).collect();
        }
        for (problem, at) in stays {
            self.problems.push(problem, self.in_word(last, number, at));
        }
        if read.ignores_words && other.is_none() {
            let (instead, at) = self.with_words(last, call, number);
            let are_elements = self.place.line.is_empty();
            self.problems.push(PlanProblem::UnusedWords { shell: dialect, instead, are_elements }, at);
        }
        let is_lost = matches!(read.arguments, Arguments::Lost(_));
        match run.form {
            Form::Exec if number >= run.command.len() => run.inner = Some(Box::new(Inner::new(last.word(call.shell)))),
            Form::Exec => {
                let form = Form::Shell {
                    shell: dialect,
                    script: number,
                    rewritten: read.script.is_some(),
                    arguments: read.arguments,
                };
                if let Some(script) = read.script {
                    run.command[number] = Cow::Owned(script);
                }
                if read.needs_name {
                    run.command.insert(number + 1, run.command[call.shell].clone());
                }
                run.form = form;
            }
            Form::Shell { .. } => self.in_line(run, last, call, number, read),
            Form::Launcher | Form::Earlier => {}
        }
        if is_lost && self.process.has_args() && !self.problems.has_in("unused-args", self.place.at) {
            let (by, at) = self.unused(other, &last.words[..call.shell], script);
            self.problems.push(PlanProblem::UnusedArgs { name: name(), by }, at);
        }
    }

    /// What to write instead of a script and the words after it, and the place of the message: a line for a line, an element
    /// for the elements.
    fn with_words(&self, last: &Last, call: &ShellCall, number: usize) -> (String, Span) {
        let script = last.word(number);
        let first = self.place_of(last, number + 1);
        if let Some(places) = last.places {
            let (line, start, end) = (self.place.line, places[call.shell].start, places[number].end);
            return (format!("{}{script}{}", &line[..start], &line[end..]), first);
        }
        let joined = |words: &[Word]| command_line(&words.iter().flatten().collect::<Vec<_>>());
        let behind = &last.words[number + 1..];
        // Words around an operator are commands.
        let is_operator = |word: &Word| matches!(word.as_deref(), Some("&&" | "||" | ";" | "|"));
        let behind = if behind.iter().any(is_operator) {
            behind.iter().flatten().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")
        } else {
            joined(behind)
        };
        if self.place.line.is_empty() {
            let (script_at, end) = (self.place_of(last, number), self.place_of(last, last.words.len() - 1));
            let text = toml_string(format!("{script} {behind}").trim());
            return (text, Span::new(script_at.source, script_at.start..end.end));
        }
        let parts = [joined(&last.words[..call.shell]), script.to_string(), behind];
        (parts.join(" ").trim().to_string(), first)
    }

    /// A script in a word of a line that a shell reads: the line with that word changed, if arguments reach it then.
    fn in_line(&self, run: &mut Run<'a>, last: &Last, call: &ShellCall, number: usize, read: Quoted) {
        let (Some(places), Form::Shell { shell, rewritten, arguments, .. }) = (last.places, &mut run.form) else {
            return;
        };
        if matches!(arguments, Arguments::Lost(_)) {
            return;
        }
        let line = self.place.line;
        let (shell_at, script_at) = (places[call.shell].clone(), places[number].clone());
        if read.script.is_some() || read.needs_name {
            let name = if read.needs_name { format!(" {}", &line[shell_at]) } else { String::new() };
            let script = shell_word(read.script.as_deref().unwrap_or(last.word(number)));
            let line = format!("{}{script}{name}{}", &line[..script_at.start], &line[script_at.end..]);
            match shell::read(&line, *shell, self.image.budget) {
                Ok(Reading::Script(Script { rewritten: Some(outer), .. })) => run.command[2] = Cow::Owned(outer),
                _ => run.command[2] = Cow::Owned(line),
            }
            *rewritten = true;
        }
        match (&mut *arguments, read.arguments) {
            // Nothing is added to a line that uses them itself.
            (Arguments::Used, Arguments::Passed) | (Arguments::Partly { .. }, Arguments::Passed | Arguments::Used) => {}
            (Arguments::Partly { programs, .. }, Arguments::Partly { programs: inner, .. }) => programs.extend(inner),
            (Arguments::Partly { programs, .. }, Arguments::Lost(_)) if last.others > programs.len() => {
                programs.push(brief(last.text(line)));
            }
            (Arguments::Passed, Arguments::Lost(reason)) if last.others > 0 => {
                *arguments = Arguments::Partly { programs: vec![brief(last.text(line))], reason };
            }
            (_, inner) => *arguments = inner,
        }
    }

    fn working_dir(&self) -> Option<&'f Path> {
        self.process.working_dir.as_ref().map(|directory| directory.value.as_path())
    }

    fn place_of(&self, last: &Last, number: usize) -> Span {
        match last.places.and_then(|places| places.get(number)) {
            Some(at) => self.place.of(at.clone()),
            None if self.place.line.is_empty() => self.place.of_element(number),
            None => self.place.of_word(last.word(number)),
        }
    }

    /// The place of some bytes of a word: all of the word if the line spells it in another way, or expands a part of it.
    fn in_word(&self, last: &Last, number: usize, range: Range<usize>) -> Span {
        let (line, word) = (self.place.line, last.word(number));
        if word.is_empty() {
            return self.place_of(last, number);
        }
        if line.is_empty() {
            return self.place.element(number, word).of(range);
        }
        let at = last.places.and_then(|places| places.get(number).cloned()).unwrap_or(0..line.len());
        match line.get(at.clone()).and_then(|text| text.find(word)) {
            Some(start) => self.place.of(at.start + start + range.start..at.start + start + range.end),
            None => self.place_of(last, number),
        }
    }
}
