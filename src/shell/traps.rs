//! What traps do to SIGTERM: a shell runs them only between commands, or while it waits for jobs.

use crate::shell::line::Line;
use crate::shell::script::{Dialect, Reason};
use crate::shell::syntax::parse;
use crate::shell::walk::{Action, Effects, Traps, Walk};
use crate::shell::words::literal;
use brush_parser::ast::Word;
use std::borrow::Cow;

/// The names of signals, as `trap` takes them, and of what else it is called for.
const SIGNALS: [&str; 35] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CONT", "DEBUG", "ERR", "EXIT", "FPE", "HUP", "ILL", "INT", "IO", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "RETURN", "SEGV", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG",
    "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
];

/// To how many jobs the traps of a script pass SIGTERM on: at least, and at most.
pub(super) fn passed_on(effects: &Effects, dialect: Dialect) -> (usize, usize) {
    let Traps { on_sigterm, on_exit, .. } = &effects.traps;
    let actions = match dialect {
        Dialect::Bash if on_sigterm.is_empty() => on_exit,
        _ => on_sigterm,
    };
    let own_kills = |action: &Action| {
        let functions = action.programs.iter().filter_map(|name| effects.function(name));
        functions.map(|function| function.kills).fold(action.kills, usize::saturating_add)
    };
    // The shell runs the trap of EXIT when an action ends it.
    let at_exit = on_exit.iter().map(own_kills);
    let at_exit = (at_exit.clone().min().filter(|_| on_exit[0].is_certain).unwrap_or(0), at_exit.max().unwrap_or(0));
    let kills = |action: &Action, at_exit: usize| {
        let exits = action.programs.iter().any(|name| name == "exit");
        own_kills(action).saturating_add(if exits { at_exit } else { 0 })
    };
    // dash only knows signals without the prefix.
    let is_set =
        actions.first().is_some_and(|action| action.is_certain && (dialect == Dialect::Bash || !action.is_prefixed));
    let least = actions.iter().map(|action| kills(action, at_exit.0)).min().filter(|_| is_set).unwrap_or(0);
    (least, actions.iter().map(|action| kills(action, at_exit.1)).max().unwrap_or(0))
}

/// The name of a signal as `kill -l` writes it.
fn without_prefix(name: &str) -> &str {
    name.strip_prefix("SIG").unwrap_or(name)
}

/// Whether a shell knows a signal, by its name or number. It refuses others.
fn is_signal(name: &str) -> bool {
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    is_number && name.len() <= 2 || SIGNALS.contains(&name)
}

impl Walk<'_> {
    /// `trap` needs the shell for an action, but not to ignore a signal or to reset it.
    pub(super) fn trap(&mut self, arguments: &[&Word], word: &Word) {
        let reason = Reason::Builtin("trap".to_string());
        let mut arguments = arguments.iter().skip_while(|word| word.value == "--");
        let action = arguments.next().and_then(|word| literal(&word.value).or_else(|| self.expanded_action(word)));
        let written: Vec<Option<Cow<str>>> = arguments.map(|word| literal(&word.value)).collect();
        let is_prefixed = written.iter().flatten().any(|name| name.starts_with("SIG"));
        let signals: Vec<Option<&str>> = written.iter().map(|name| name.as_deref().map(without_prefix)).collect();
        let is_for = |names: &[&str]| signals.iter().flatten().any(|name| names.contains(name));
        match action.as_deref() {
            Some("" | "-" | "-l" | "-p") => {
                let ignores = action.as_deref() == Some("");
                self.effects.traps.are_set |= ignores && is_for(&["EXIT", "0", "ERR", "DEBUG", "RETURN"]);
                // Nothing may be left of the traps before it.
                self.effects.traps.are_certain &= action.as_deref() != Some("-");
                // A trap in a process of its own is one of that process.
                if self.forks == 0 && is_for(&["TERM", "15"]) {
                    self.effects.traps.ignores_sigterm = ignores.then(|| self.place(word.loc.as_ref()));
                }
                self.may_hold(reason);
            }
            action => {
                let is_any = signals.iter().flatten().any(|name| is_signal(name));
                let is_certain = self.forks == 0 && self.optional.is_none() && is_any;
                let action =
                    Action { is_certain, is_prefixed, ..action.map(|action| self.action(action)).unwrap_or_default() };
                self.effects.traps.are_in_fork |= self.forks > 0;
                self.effects.traps.are_certain |= is_certain;
                for signal in &signals {
                    match signal {
                        Some("TERM" | "15") => {
                            self.effects.traps.on_sigterm.push(action.clone());
                            self.effects.traps.ignores_sigterm = None;
                        }
                        Some("EXIT" | "0") => self.effects.traps.on_exit.push(action.clone()),
                        _ => {}
                    }
                }
                self.effects.traps.are_set = true;
                self.holds(reason, word.loc.as_ref());
            }
        }
    }

    /// The text of an action in double quotes that names jobs by variables which were assigned before it, as in
    /// `trap "kill $PID" TERM`: the shell expands them when it sets the trap.
    fn expanded_action<'w>(&self, word: &'w Word) -> Option<Cow<'w, str>> {
        let text = word.value.strip_prefix('"')?.strip_suffix('"')?;
        let before = &self.line[..self.place(word.loc.as_ref()).start];
        let is_assigned = |rest: &str| {
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let name = &rest[..rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len())];
            !name.is_empty() && before.contains(&format!("{name}=$!"))
        };
        let is_plain = !text.contains(['`', '(', '\\', '"']);
        (is_plain && text.split('$').skip(1).all(is_assigned)).then_some(Cow::Borrowed(text))
    }

    /// What an action does, as far as it can be read.
    fn action(&self, action: &str) -> Action {
        let line = Line::new(action, self.line.budget);
        let mut walk = Walk::new(&line, self.depth + 1);
        let walked = parse(&line, false).and_then(|program| walk.program(&program));
        if walked.is_err() {
            return Action::default();
        }
        let invocations = walk.effects.invocations.iter().filter_map(|invocation| invocation.words.first());
        let programs = invocations.filter_map(|at| action.get(line.byte(at.start)..line.byte(at.end)));
        Action { kills: walk.kills, programs: programs.map(str::to_string).collect(), ..Action::default() }
    }

    /// `kill` sends a signal to the jobs that it names, or to all.
    pub(super) fn kill(&mut self, arguments: &[&Word]) {
        let mut arguments = arguments.iter().map(|word| word.value.trim_matches('"')).peekable();
        let mut jobs: usize = 0;
        while let Some(argument) = arguments.next() {
            match argument {
                "-0" => return,
                "-s" | "-n" => _ = arguments.next(),
                "0" | "-1" => jobs = usize::MAX,
                _ if argument.starts_with("-$") || argument.contains("jobs") => jobs = usize::MAX,
                _ if argument.starts_with('-') => {}
                _ => jobs = jobs.saturating_add(1),
            }
        }
        self.kills = self.kills.saturating_add(jobs);
    }
}
