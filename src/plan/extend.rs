//! What a process type runs that extends one of an earlier buildpack (T7): what that declares, with the changes of its table.

use crate::find::EarlierProcess;
use crate::parse::{Extension, Located, Process};
use crate::plan::arguments::{By, UnusedBy};
use crate::plan::follow::{Follower, Last};
use crate::plan::problems::PlanProblem;
use crate::plan::run::Run;
use crate::plan::started::{Runs, ShellCall, Started, Word, may_start_script, started_behind};
use crate::text::Span;
use crate::text::quote::{command_line, is_plain_line, toml_string};
use std::borrow::Cow;

/// Takes the working directory of an earlier buildpack, unless the table has one.
pub(super) fn working_dir(process: &mut Process, extended: Option<&EarlierProcess>) {
    let at = process.name.at;
    let directory = || Some(Located { value: extended?.working_dir.clone()?, at });
    process.working_dir = process.working_dir.take().or_else(directory);
}

/// Takes the default arguments of an earlier buildpack, unless the table has some. They have the place of the process type.
pub(super) fn args<'a>(process: &mut Process<'a>, extended: Option<&'a EarlierProcess>) {
    let at = process.name.at;
    let args = || {
        let value = extended?.args.iter().map(|word| Cow::Borrowed(word.as_str())).collect();
        Some(Located { value, at })
    };
    process.args = process.args.take().or_else(args);
}

impl<'f, 'a: 'f> Follower<'f, 'a> {
    /// Follows the command of an earlier buildpack, and before it the words of `wrap`: nobody knows what those start.
    pub(super) fn follow_extension(&mut self, run: &mut Run<'a>, extension: &Extension<'a>) {
        let (wrap, own) = (extension.words().len(), run.command.len());
        let mut words: Vec<Word> = run.command.iter().cloned().map(Some).collect();
        if wrap > 0 {
            self.follow_words(run, words[..wrap].to_vec(), 0);
        }
        // A script for a shell may be in the default arguments.
        let args = extension.of.map_or(&[][..], |other| &other.args);
        words.extend(args.iter().map(|word| Some(Cow::Borrowed(word.as_str()))));
        match (script(&words, wrap).filter(|script| *script >= own), &self.process.args, extension.of) {
            (Some(script), Some(args), Some(other)) => {
                let line = words[script].as_deref().unwrap_or_default();
                let (by, instead) = (self.by(other), self.with_args(&words[..wrap], line));
                let name = self.process.name.value.to_string();
                return self.problems.push(PlanProblem::ReplacedScript { name, by, instead }, args.at);
            }
            (Some(_), ..) => {}
            (None, ..) => words.truncate(own),
        }
        self.follow_words(run, words, wrap);
    }

    /// Follows words from one of them on.
    fn follow_words(&mut self, run: &mut Run<'a>, words: Vec<Word<'a>>, at: usize) {
        if words.get(at).and_then(Option::as_deref).is_some_and(may_start_script) {
            let started = started_behind(&words, at);
            self.follow_started(run, &Last::of_words(words), started);
        }
    }

    /// The process type of an earlier buildpack that a word of the command is from, if it is.
    pub(super) fn other(&self, number: usize) -> Option<&'a EarlierProcess> {
        self.extension.filter(|extension| number >= extension.words().len())?.of
    }

    /// Whether a command has default arguments: those of the table, or else those of an earlier buildpack.
    pub(super) fn has_default_arguments(&self, other: Option<&EarlierProcess>) -> bool {
        let of_other = || other.is_some_and(|other| !other.args.is_empty());
        self.process.has_args() || self.process.args.is_none() && of_other()
    }

    /// The command with the arguments of the table, if that is certain. `before`: the words before the script of a shell.
    fn with_args(&self, before: &[Word], script: &str) -> Option<String> {
        let args = self.process.args.as_ref().map_or(&[][..], |args| &args.value);
        let before = command_line(&before.iter().flatten().collect::<Vec<_>>());
        let line = [before, script.to_string(), command_line(args)].join(" ");
        is_plain_line(script).then(|| toml_string(line.trim()))
    }

    /// What does not use the arguments of the table, and the place of the message. `before`: the words before the shell that
    /// reads the script.
    pub(super) fn unused(&self, other: Option<&EarlierProcess>, before: &[Word], script: &str) -> (UnusedBy, Span) {
        match (other, &self.process.args) {
            (Some(other), Some(args)) => {
                (UnusedBy::Earlier { by: self.by(other), instead: self.with_args(before, script) }, args.at)
            }
            _ => (UnusedBy::Line, self.place.at),
        }
    }

    /// Who declares what the table extends.
    pub(super) fn by(&self, other: &EarlierProcess) -> By {
        let has_wrap = self.extension.is_some_and(|extension| extension.wrap.is_some());
        By { buildpack: other.buildpack.clone(), has_wrap }
    }
}

/// The word with the script for a shell that a command starts, or with the name of its file.
fn script(words: &[Word], at: usize) -> Option<usize> {
    match started_behind(words, at)? {
        Started::Shell(ShellCall { runs: Runs::Word { script, .. } | Runs::File(script), .. }) => Some(script),
        Started::Shell(_) | Started::Program(_) => None,
    }
}
