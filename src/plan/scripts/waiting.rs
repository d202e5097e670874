//! Finds the programs that the shell of a script waits for. A shell reads a file line by line, so only `exec` replaces it
//! (measured with bash 5.2, dash 0.5.12 and busybox 1.35).

use crate::plan::scripts::problems::Why;
use crate::plan::started::file_name;
use crate::shell::{self, Arguments, Invocation, Reason, Script, Signal, Stay};
use crate::text::Text;
use std::borrow::Cow;
use std::ops::Range;

/// What a shell waits for.
#[derive(Debug)]
pub(super) struct Waiting {
    /// The program, if it is one and its name is known.
    pub(super) program: Option<String>,
    /// Why the shell waits.
    pub(super) why: Why,
    /// The bytes of the script to point at.
    pub(super) at: Range<usize>,
}

/// Words of commands that do a job and end, so that nobody waits for them when a container stops. Sorted.
const JOBS: [&str; 21] = [
    "assets:precompile", "build", "check", "clean", "collectstatic", "compilemessages", "compress", "createcachetable",
    "createsuperuser", "db:create", "db:migrate", "db:prepare", "db:seed", "db:setup", "generate", "install",
    "loaddata", "migrate", "seed", "test", "upgrade",
];

/// Programs that serve until they are stopped, so that what follows them in a script is not what it is for. Sorted.
const SERVERS: [&str; 11] = [
    "celery", "daphne", "granian", "gunicorn", "hypercorn", "puma", "sidekiq", "unicorn", "uvicorn", "uwsgi",
    "waitress-serve",
];

/// What the shell of a script waits for, if that can be seen.
pub(super) fn waiting(text: &Text, script: &Script) -> Option<Waiting> {
    let reader = Reader { text, script };
    reader.without_exec().or_else(|| reader.staying())
}

struct Reader<'t> {
    text: &'t Text,
    script: &'t Script,
}

impl<'t> Reader<'t> {
    fn get(&self, at: &Range<usize>) -> &'t str {
        self.text.content.get(at.clone()).unwrap_or_default()
    }

    fn words<'i>(&self, invocation: &'i Invocation) -> impl Iterator<Item = &'t str> + use<'i, 't, '_> {
        invocation.words.iter().map(|at| self.get(at))
    }

    fn is_job(&self, invocation: &Invocation) -> bool {
        self.words(invocation).skip(1).any(|word| JOBS.binary_search(&word).is_ok())
    }

    /// The programs that `exec` would give the signal.
    fn without_exec(&self) -> Option<Waiting> {
        let mut lines = Vec::new();
        let mut first = None;
        for (number, invocation) in self.script.invocations.iter().enumerate() {
            let Some(is_certain) = self.needs_exec(number, invocation) else { continue };
            self.add_lines(invocation, &mut lines);
            first = first.or(Some((invocation, is_certain)));
        }
        let (invocation, is_certain) = first?;
        lines.dedup();
        let program = shell::literal(self.words(invocation).next()?).map(Cow::into_owned);
        Some(Waiting { program, why: Why::NoExec { is_certain, lines }, at: invocation.range() })
    }

    /// Whether the shell waits for a program because there is no `exec` before it, and whether that is certain.
    fn needs_exec(&self, number: usize, invocation: &Invocation) -> Option<bool> {
        let program = self.words(invocation).next()?;
        if invocation.position.background || program == "exec" || self.is_job(invocation) {
            return None;
        }
        match invocation.signal {
            Signal::Arrives => Some(true),
            Signal::Step => SERVERS.binary_search(&file_name(program)).is_ok().then_some(true),
            Signal::Lost => {
                let stay = self.script.stays.iter().find(|stay| stay.programs.contains(&number))?;
                match stay.reason {
                    Reason::RelativePath => Some(true),
                    Reason::AfterCode(_) | Reason::UnknownProgram | Reason::Doubt => Some(false),
                    _ => None,
                }
            }
            Signal::Ends => None,
        }
    }

    /// Adds the lines of a command with `exec` and the arguments, and their numbers.
    fn add_lines(&self, invocation: &Invocation, lines: &mut Vec<(usize, String)>) {
        let Range { start, end } = invocation.range();
        let (first, last) = (self.text.line_number(start), self.text.line_number(end));
        let rewritten = |number: usize| self.script.rewritten.as_ref()?.lines().nth(number - 1);
        let written = |at: usize| self.get(&self.text.line_at(at));
        let with_exec = rewritten(first).filter(|line| execs(line) > execs(written(start)));
        let Some(with_exec) = with_exec else {
            lines.push((first, self.edited(invocation)));
            return;
        };
        lines.push((first, with_exec.trim().to_string()));
        let with_arguments = rewritten(last).filter(|line| last > first && *line != written(end));
        lines.extend(with_arguments.map(|line| (last, line.trim().to_string())));
    }

    /// The first line of a command with `exec`, and with the arguments if it ends there.
    fn edited(&self, invocation: &Invocation) -> String {
        let Range { start, end } = invocation.range();
        let line = self.text.line_at(start);
        let takes = self.script.arguments != Arguments::Used && end <= line.end;
        let (end, arguments) = if takes { (end, " \"$@\"") } else { (line.end, "") };
        let (before, command, behind) =
            (self.get(&(line.start..start)), self.get(&(start..end)), self.get(&(end..line.end)));
        format!("{before}exec {command}{arguments}{behind}").trim().to_string()
    }

    /// What keeps the shell in front of programs, whether they have `exec` or not.
    fn staying(&self) -> Option<Waiting> {
        let stay = self.script.stays.iter().find(|stay| self.keeps(stay))?;
        let why = Why::Shell { is_certain: stay.is_certain, reason: stay.reason.clone() };
        Some(Waiting { program: None, why, at: stay.at.clone() })
    }

    /// Whether the shell is there, because of what stays, while programs serve.
    fn keeps(&self, stay: &Stay) -> bool {
        let invocations = &self.script.invocations;
        let serves = |number: &usize| invocations.get(*number).is_some_and(|command| !self.is_job(command));
        let behind =
            stay.programs.last().map_or(&invocations[..], |last| invocations.get(last + 1..).unwrap_or_default());
        let starts = |signal: Signal| behind.iter().any(|command| command.signal == signal);
        let has = |builtin: &str| invocations.iter().any(|command| self.words(command).next() == Some(builtin));
        stay.programs.iter().any(serves)
            && match stay.reason {
                // Otherwise the script ends, and the container with it.
                Reason::Background | Reason::SomeJobs => {
                    let waits = |number: &usize| invocations.get(*number).is_some_and(|job| !job.position.background);
                    has("wait") || stay.programs.iter().any(waits) || !behind.iter().all(is_nothing)
                }
                // Such a loop ends when a job of it has ended.
                Reason::Loop if has("trap") => false,
                _ => !starts(Signal::Arrives),
            }
    }
}

fn is_nothing(command: &Invocation) -> bool {
    command.signal == Signal::Ends
}

fn execs(line: &str) -> usize {
    line.matches("exec ").count()
}
