//! Finds the programs that the shell of a script waits for, and those that it leaves behind.

use crate::plan::scripts::code::Code;
use crate::plan::scripts::problems::{ScriptProblem, Why};
use crate::plan::started::keeper;
use crate::shell::{self, Arguments, Edit, Insert, Invocation, Reason, Script, Signal, Stay, edited};
use crate::text::{Text, file_name};
use std::borrow::Cow;
use std::ops::Range;

/// What to warn about, and the bytes of the script to point at.
pub(super) type Warning = (ScriptProblem, Range<usize>);

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

/// Programs that run those of an app. Sorted.
const RUNTIMES: [&str; 17] = [
    "bun", "bundle", "deno", "dotnet", "flask", "java", "mix", "node", "npm", "php", "pnpm", "poetry", "python",
    "python3", "ruby", "uv", "yarn",
];

/// What the shell of a script waits for, or a program that it starts last and does not wait for, if that can be seen.
/// `code`: what the script loads.
pub(super) fn waiting(text: &Text, script: &Script, code: &Code) -> Option<Warning> {
    let reader = Reader { text, script, code };
    reader.without_exec().or_else(|| reader.staying()).or_else(|| reader.ending())
}

struct Reader<'t> {
    text: &'t Text,
    script: &'t Script,
    code: &'t Code,
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

    /// Whether a program leaves its process by itself, so that `exec` does not help. `-D` is the opposite for other programs
    /// than these servers, and so is `--daemonize no`.
    fn leaves(&self, invocation: &Invocation) -> bool {
        let mut words = self.words(invocation);
        let Some(program) = words.next().map(file_name) else { return false };
        let is_server = SERVERS.binary_search(&program).is_ok();
        let is_option =
            |word: &str| matches!(word, "--daemon" | "--daemonize" | "--detach") || is_server && word == "-D";
        let words: Vec<&str> = words.collect();
        let says_no = |at: usize| words.get(at + 1).is_some_and(|next| *next == "no");
        matches!(program, "forever" | "pm2") || (0..words.len()).any(|at| is_option(words[at]) && !says_no(at))
    }

    /// The programs that `exec` would give the signal.
    fn without_exec(&self) -> Option<Warning> {
        let commands = self.script.invocations.iter().enumerate();
        let waiting = commands.filter_map(|(number, command)| Some((command, self.needs_exec(number, command)?)));
        let waiting: Vec<(&Invocation, bool)> = waiting.collect();
        let (first, is_certain) = *waiting.first()?;
        let program = self.program(first);
        let at = first.range();
        let lines = self.with_exec(waiting.iter().map(|(command, _)| command.range()).collect());
        let why = Why::NoExec { is_certain, line: self.text.line_number(at.start), lines };
        Some((self.stays(program, why), at))
    }

    /// Whether the shell waits for a program because there is no `exec` before it, and whether that is certain.
    fn needs_exec(&self, number: usize, invocation: &Invocation) -> Option<bool> {
        if self.is_job(invocation) || self.leaves(invocation) {
            return None;
        }
        match invocation.signal {
            Signal::Step => SERVERS.binary_search(&file_name(self.words(invocation).next()?)).is_ok().then_some(true),
            Signal::Lost => {
                let stay = self.script.stays.iter().find(|stay| stay.programs.contains(&number))?;
                match stay.reason {
                    Reason::NoExec => Some(true),
                    Reason::AfterCode(_) => (!self.may_be_function(invocation)).then_some(true),
                    Reason::UnknownProgram | Reason::Doubt => (!self.has_functions()).then_some(false),
                    _ => None,
                }
            }
            Signal::Arrives | Signal::Ends | Signal::Never => None,
        }
    }

    /// Whether the name of a command may be that of a function in the code that the script loads, which `exec` does not find.
    fn may_be_function(&self, invocation: &Invocation) -> bool {
        let is_known = |name: &str| SERVERS.binary_search(&name).is_ok() || RUNTIMES.binary_search(&name).is_ok();
        let may_be = |name: &str| !name.contains('/') && !is_known(name);
        let is_or_may_be = |name| self.code.declares(name) || !self.code.is_whole && may_be(name);
        self.words(invocation).next().is_none_or(is_or_may_be)
    }

    /// Whether the script has functions, one of which an expanded name may be.
    fn has_functions(&self) -> bool {
        self.text.content.contains("()") || self.text.content.contains("function ")
    }

    /// Whether a function replaces the shell by a program that stays otherwise: one of the script whose name is expanded, or
    /// one of the code that it loads.
    fn hands_over(&self, stay: &Stay) -> bool {
        let mut commands = stay.programs.iter().filter_map(|number| self.script.invocations.get(*number));
        match stay.reason {
            Reason::AfterCode(_) => {
                commands.all(|command| self.words(command).next().is_some_and(|name| self.code.hands_over(name)))
            }
            Reason::UnknownProgram => {
                let is_exec =
                    |command: &Invocation| command.position.conditional && self.words(command).next() == Some("exec");
                self.has_functions() && self.script.invocations.iter().any(is_exec)
            }
            _ => false,
        }
    }

    /// The lines that change if `exec` and the arguments are added to commands, with their numbers.
    fn with_exec(&self, commands: Vec<Range<usize>>) -> Vec<(usize, String)> {
        let is_of_other = |edit: &Edit| {
            let is_in = |command: &Range<usize>| (command.start..=command.end).contains(&edit.at.start);
            !matches!(edit.what, Insert::Brace(_)) && !commands.iter().any(is_in)
        };
        let mut edits = self.script.edits.clone();
        edits.retain(|edit| !is_of_other(edit));
        for Range { start, end } in commands {
            let takes = self.script.arguments != Arguments::Used;
            let wanted = [Some(Edit::exec(start)), takes.then(|| Edit::arguments(end))];
            edits.extend(wanted.into_iter().flatten().filter(|edit| !self.script.edits.contains(edit)));
        }
        edits.sort_by_key(|edit| edit.at.start);
        let mut numbers: Vec<(usize, usize)> =
            edits.iter().map(|edit| (self.text.line_number(edit.at.start), edit.at.start)).collect();
        numbers.dedup_by_key(|(number, _)| *number);
        let line = |at| edited(&self.text.content, self.text.line_at(at), &edits).trim().to_string();
        numbers.into_iter().map(|(number, at)| (number, line(at))).collect()
    }

    /// What keeps the shell in front of programs, whether they have `exec` or not.
    fn staying(&self) -> Option<Warning> {
        let stay = self.script.stays.iter().find(|stay| self.keeps(stay))?;
        let keeper = keeper(&self.text.content, &self.script.invocations).map(str::to_string);
        let why = Why::Shell { is_certain: stay.is_certain, reason: stay.reason.clone(), keeper };
        Some((self.stays(None, why), stay.at.clone()))
    }

    /// A program in the background behind which the script ends, and the container with it.
    fn ending(&self) -> Option<Warning> {
        let invocations = &self.script.invocations;
        let program = |command: &Invocation| self.words(command).next();
        let last = invocations.iter().rfind(|command| program(command) != Some("echo"))?;
        let waits = |command| matches!(program(command), Some("trap" | "wait"));
        let is_program = last.signal.has_program() || self.script.arguments == Arguments::Lost(Reason::Background);
        let is_last = last.position.background && !last.position.conditional;
        if !is_last || !is_program || self.is_job(last) || invocations.iter().any(waits) {
            return None;
        }
        let lines = self.with_exec(vec![last.range()]);
        let line = lines.first().filter(|_| lines.len() == 1).and_then(|(_, line)| line.strip_suffix('&'));
        let instead = line.map(|line| line.trim_end().to_string());
        Some((
            ScriptProblem::Ends { script: self.text.name.clone(), program: self.program(last), instead },
            last.range(),
        ))
    }

    fn stays(&self, program: Option<String>, why: Why) -> ScriptProblem {
        ScriptProblem::Stays { script: self.text.name.clone(), program, why }
    }

    /// The name of a program, if nothing in it is expanded.
    fn program(&self, command: &Invocation) -> Option<String> {
        shell::literal(self.words(command).next()?).map(Cow::into_owned)
    }

    /// Whether the shell is there, because of what stays, while programs serve.
    fn keeps(&self, stay: &Stay) -> bool {
        let invocations = &self.script.invocations;
        let is_meant = |command: &Invocation| !self.is_job(command) && !self.leaves(command);
        let serves = |number: &usize| invocations.get(*number).is_some_and(is_meant);
        let behind =
            stay.programs.last().map_or(&invocations[..], |last| invocations.get(last + 1..).unwrap_or_default());
        let has = |builtin: &str| invocations.iter().any(|command| self.words(command).next() == Some(builtin));
        stay.programs.iter().any(serves)
            && match stay.reason {
                // Otherwise the script ends, and the container with it.
                Reason::Background | Reason::SomeJobs => {
                    let waits = |number: &usize| invocations.get(*number).is_some_and(|job| !job.position.background);
                    has("wait") || stay.programs.iter().any(waits) || !behind.iter().all(is_nothing)
                }
                _ if self.hands_over(stay) => false,
                // Such a loop ends when a job of it has ended.
                Reason::Loop if has("trap") => false,
                _ => !behind.iter().any(|command| matches!(command.signal, Signal::Arrives | Signal::Lost)),
            }
    }
}

fn is_nothing(command: &Invocation) -> bool {
    !command.signal.has_program()
}
