//! Whether what is said of SIGTERM and of arguments is true (X3, X4, X4c): each program of a command in turn is the one that
//! runs when the first process gets SIGTERM, while the others end at once, with 0 or with 1.

use crate::Shell;
use crate::declared::{Declared, declare, declare_behind_init};
use crate::sandbox::{GIVEN, Sandbox, Signalled};
use octopilot_procfile::plan::Form;
use octopilot_procfile::shell::{
    Arguments, Budget, Dialect, Given, Invocation, Reading, Script, Signal, Stay, literal, read, script,
};
use std::ops::Range;

/// The most programs of a command that are stopped.
const MOST_STOPS: usize = 6;

/// What was seen, and agreed with what is said.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Programs that got SIGTERM.
    pub(crate) arrived: usize,
    /// Programs that did not.
    pub(crate) lost: usize,
}

/// Compares what is said of a command with what becomes of its programs.
pub(crate) fn compare(sandbox: &Sandbox, command: &str, shell: Shell) -> Result<Seen, String> {
    // The scripts that it may start.
    sandbox.prepare(command, shell);
    let declared = declare(sandbox, command, shell.dialect());
    let words = declared.words();
    let wrong = |problem: String| format!("{command}\n  declared {declared}\n  {shell:?} {problem}\n");
    if !declared.is_read() {
        return Ok(Seen::default());
    }
    let quoted = quoted(command, &declared);
    let text = quoted.as_ref().map_or(command, |(text, _)| text);
    let dialect = quoted.as_ref().map_or(shell.dialect(), |(_, dialect)| *dialect);
    let is_as_written = quoted.is_some() && matches!(declared.form, Form::Shell { rewritten: false, .. });
    let given = if is_as_written { Given::Word } else { Given::Rewritten };
    let script = if declared.is_exec_form() { None } else { script(text, dialect, given, &Budget::default()).ok() };
    if script.is_none() && !declared.is_exec_form() {
        // It could not be read, and an error about the end of a line says so.
        return Ok(Seen::default());
    }
    let said = Said { command: text, declared: &declared, script: script.as_ref(), is_quoted: quoted.is_some() };
    let mut seen = Seen::default();
    let mut ran = Vec::new();
    for status in [0, 1] {
        let records = sandbox.run_ending(status, &words, (command, shell), &[]).records;
        if records == ran {
            break;
        }
        for number in 0..records.len().min(MOST_STOPS) {
            // A trap needs a shell that has come to `wait`, and jobs start in any order.
            let mut attempts = (0..3).map(|_| {
                let (arguments, arrived) = match sandbox.signalled(&words, (command, shell), status, number) {
                    Signalled::Never => return Ok(()),
                    Signalled::Arrived(arguments) => (arguments, true),
                    Signalled::Lost(arguments) => (arguments, false),
                };
                if arrived {
                    seen.arrived += 1;
                } else {
                    seen.lost += 1;
                }
                said.of_signal(&arguments, arrived)
            });
            let first = attempts.next().unwrap_or(Ok(()));
            if let Err(problem) = first
                && attempts.all(|attempt| attempt.is_err())
            {
                return Err(wrong(problem));
            }
        }
        for record in sandbox.run_ending(status, &words, (command, shell), &GIVEN).records {
            said.of_arguments(&record.arguments).map_err(wrong)?;
        }
        ran = records;
    }
    Ok(seen)
}

/// (X8) Behind the launcher, each program of a command gets SIGTERM where there would be a warning without it, unless there
/// still is one. How many did.
pub(crate) fn behind_init(sandbox: &Sandbox, command: &str, shell: Shell) -> Result<usize, String> {
    sandbox.prepare(command, shell);
    let without = declare(sandbox, command, shell.dialect());
    let declared = declare_behind_init(sandbox, command, shell.dialect());
    if !without.says_shell_stays() || declared.says_shell_stays() || !declared.is_read() {
        return Ok(0);
    }
    let words = declared.words();
    let mut arrived = 0;
    for status in [0, 1] {
        let records = sandbox.run_ending(status, &words, (command, shell), &[]).records;
        for number in 0..records.len().min(MOST_STOPS) {
            let mut attempts = (0..3).map(|_| sandbox.signalled(&words, (command, shell), status, number));
            let lost = |outcome: &Signalled| matches!(outcome, Signalled::Lost(_));
            match attempts.find(|outcome| !lost(outcome)) {
                Some(Signalled::Arrived(_)) => arrived += 1,
                Some(_) => {}
                None => return Err(format!("{command}\n  declared {declared}\n  {shell:?} {number} got no SIGTERM\n")),
            }
        }
    }
    Ok(arrived)
}

/// The script that a command gives to a shell, if that is all it does, and how the shell reads it.
fn quoted(command: &str, declared: &Declared) -> Option<(String, Dialect)> {
    let Form::Shell { script, shell, .. } = declared.form else { return None };
    let Ok(Reading::Words(words)) = read(command, shell, &Budget::default()) else { return None };
    // Otherwise the shell was added, for a program without an interpreter.
    let starts_shell = words.get(..script)?.iter().any(|word| matches!(word.rsplit('/').next(), Some("sh" | "bash")));
    starts_shell.then(|| (words[script].clone(), shell))
}

/// What is said of a command.
struct Said<'s> {
    command: &'s str,
    declared: &'s Declared,
    /// `None` if it runs without a shell.
    script: Option<&'s Script>,
    /// Whether another shell starts the one that reads it.
    is_quoted: bool,
}

impl Said<'_> {
    /// The simple commands that may have started a program, if it is not in a substitution or in the action of a trap.
    fn commands(&self, program: &[String]) -> Vec<(usize, &Invocation)> {
        let all = self.script.map_or(&[][..], |script| &script.invocations).iter().enumerate();
        let name = program[0].rsplit('/').next().unwrap_or_default();
        let text = |at: &Range<usize>| &self.command[at.clone()];
        let is_hidden = |word: &str| word.contains("$(") || word.contains('`');
        // The name of a stub is escaped.
        if name.contains('\\') {
            return Vec::new();
        }
        let starts = |(_, command): &(usize, &Invocation)| {
            let mut words = command.words.iter().map(text);
            words.clone().next() != Some("trap") && words.any(|word| !is_hidden(word) && has_token(word, name))
        };
        let is_program = |(_, command): &(usize, &Invocation)| {
            let words = command.words.iter().map(text);
            let mut words = words.skip_while(|word| matches!(*word, "exec" | "command" | "builtin" | "eval"));
            words.next().is_some_and(|word| !word.contains('=') && has_token(word, name))
        };
        let named: Vec<_> = all.clone().filter(starts).collect();
        if named.iter().any(is_program) {
            return named.into_iter().filter(|one| is_program(one) || self.starts_shell(one.1)).collect();
        }
        if is_stand_in(name) && (!named.is_empty() || has_token(self.command, name)) {
            return named;
        }
        let is_unknown = |(_, command): &(usize, &Invocation)| {
            let program = command.words.first().map(text).unwrap_or_default();
            literal(program)
                .is_none_or(|name| matches!(name.as_ref(), "." | "source" | "eval" | "exec" | "command" | "builtin"))
                || command.words.iter().any(|word| text(word).contains("interpreter"))
        };
        if is_hidden(self.command) {
            return Vec::new();
        }
        named.into_iter().chain(all.filter(is_unknown)).collect()
    }

    fn of_signal(&self, program: &[String], arrived: bool) -> Result<(), String> {
        let Some(script) = self.script else {
            let is_told = arrived || self.declared.says_script_stays();
            return if is_told { Ok(()) } else { Err(format!("{program:?} did not get SIGTERM")) };
        };
        let commands = self.commands(program);
        let agrees = |(number, command): &(usize, &Invocation)| match command.signal {
            // That shell may stay, because of an option, too.
            Signal::Arrives => {
                let is_script = || command.words.iter().any(|at| self.command[at.clone()].contains("interpreter"));
                arrived
                    || (self.is_quoted || self.starts_shell(command))
                        && (self.declared.says_shell_stays() || self.is_step_inside(command, program))
                    || is_script() && self.declared.says_script_stays()
                    || self.is_substituted(command, program)
            }
            Signal::Lost => {
                let certain = |stay: &Stay| stay.is_certain && stay.programs.contains(number);
                (!arrived || !script.stays.iter().any(certain)) && self.declared.says_shell_stays()
            }
            Signal::Step => !arrived,
            Signal::Never => !self.is_itself(command, program),
            Signal::Ends => {
                arrived
                    || !self.is_itself(command, program)
                    || self.command.contains(">(")
                    || self.command.contains("<(")
            }
        };
        if commands.is_empty() || commands.iter().any(agrees) {
            return Ok(());
        }
        let said: Vec<Signal> = commands.iter().map(|(_, command)| command.signal).collect();
        Err(format!("{program:?} {} SIGTERM, but is said: {said:?}", if arrived { "got" } else { "did not get" }))
    }

    /// Whether a command starts a shell.
    fn starts_shell(&self, command: &Invocation) -> bool {
        command.words.iter().any(|at| matches!(&self.command[at.clone()], "sh" | "bash"))
    }

    /// Whether a substitution in a command may have started a program of the same name.
    fn is_substituted(&self, command: &Invocation, program: &[String]) -> bool {
        let words = command.words.iter().map(|at| &self.command[at.clone()]);
        // Names such as those in COMMANDS of the generator may be in other substitutions, too.
        let others = self.command.split("$(").skip(1).filter(|_| !is_stand_in(&program[0]));
        let others = others.map(|rest| rest.split(')').next().unwrap_or_default());
        words
            .filter(|word| word.contains("$(") || word.contains('`'))
            .chain(others)
            .any(|word| has_token(word, &program[0]))
    }

    /// Whether a word of a command is a script in which a program is followed by another.
    fn is_step_inside(&self, command: &Invocation, program: &[String]) -> bool {
        let words = command.words.iter().map(|at| &self.command[at.clone()]);
        words.into_iter().any(|word| {
            let text = literal(word).unwrap_or_else(|| word.trim_matches('"').into());
            let inner = script(&text, Dialect::Bash, Given::Word, &Budget::default())
                .map_or_else(|_| Vec::new(), |script| script.invocations);
            let is_of = |command: &&Invocation| has_token(&text[command.range()], &program[0]);
            inner.iter().find(is_of).is_some_and(|command| command.signal == Signal::Step)
        })
    }

    /// Whether a program is that of a command, and not one that the command starts in another way.
    fn is_itself(&self, command: &Invocation, program: &[String]) -> bool {
        let name = command.words.first().and_then(|at| literal(&self.command[at.clone()]));
        name.is_some_and(|name| name.as_ref() == program[0] && is_stand_in(&name))
    }

    fn of_arguments(&self, program: &[String]) -> Result<(), String> {
        let Some(arguments) = &self.declared.arguments else {
            return if program.ends_with(&GIVEN.map(String::from)) { Ok(()) } else { Err("no arguments".to_string()) };
        };
        let gets = program.ends_with(&GIVEN.map(String::from));
        let commands = self.commands(program);
        let agrees = |(_, command): &(usize, &Invocation)| match (command.signal, arguments) {
            (_, Arguments::Used) | (Signal::Ends | Signal::Never, _) => true,
            (Signal::Step, _) | (_, Arguments::Lost(_)) => !gets,
            (Signal::Arrives | Signal::Lost, Arguments::Passed) => {
                gets != self.is_step_inside(command, program) || !gets && self.is_substituted(command, program)
            }
            (Signal::Arrives | Signal::Lost, Arguments::Partly { programs, .. }) => {
                let text = &self.command[command.range()];
                let is_named = |program: &String| {
                    program.strip_suffix('…').map_or(text == program, |start| text.starts_with(start.trim_end()))
                };
                gets != programs.iter().any(is_named)
            }
        };
        if commands.is_empty() || commands.iter().any(agrees) {
            return Ok(());
        }
        let said: Vec<Signal> = commands.iter().map(|(_, command)| command.signal).collect();
        Err(format!("{program:?}, but arguments are said to be {arguments:?} for {said:?}"))
    }
}

/// Whether a name stands alone in a text.
fn has_token(text: &str, name: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || "_.-".contains(c))).any(|token| token == name)
}

/// Whether a program stands for one that serves: `p1`, `q`.
fn is_stand_in(name: &str) -> bool {
    let digits = name.trim_start_matches(['p', 'q']);
    name.len() - digits.len() == 1 && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// The same command with a name of its own for each program, so that what runs can be found in it.
pub(crate) fn with_names(command: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || "_./-".contains(c);
    let mut named = String::new();
    let mut rest = command;
    let mut number = 0;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        named += word;
        if matches!(word, "p" | "q" | "fail") {
            number += 1;
            named += &number.to_string();
        }
        let separators = after.find(is_word).unwrap_or(after.len());
        named += &after[..separators];
        rest = &after[separators..];
    }
    named
}
