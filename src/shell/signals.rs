//! Decides which programs of a script get SIGTERM and the arguments, and what keeps them from the others (X3, X4c).

use crate::shell::builtins::runs_code;
use crate::shell::fate::{Fate, Hold};
use crate::shell::invocation::{Invocation, Signal};
use crate::shell::line::Line;
use crate::shell::script::{Arguments, Dialect, Given, Reason, Stay};
use crate::shell::tail::{End, Leaf};
use crate::shell::traps::passed_on;
use crate::shell::walk::{Effects, Traps};
use crate::shell::words::literal;
use crate::text::quote::brief;
use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::discriminant;
use std::ops::Range;

/// What becomes of SIGTERM and of arguments, for each program of a script.
pub(super) struct Signals<'l> {
    line: &'l Line<'l>,
    effects: Effects,
    /// The numbers of the last commands, and whether they get the arguments.
    last: Vec<(usize, bool)>,
    /// Why the last command that is no program takes no arguments.
    nothing: Option<Reason>,
    dialect: Dialect,
    given: Given,
}

impl<'l> Signals<'l> {
    /// `leaves`: the last commands, as they run.
    pub(super) fn new(line: &'l Line<'l>, effects: Effects, leaves: Vec<Leaf>, dialect: Dialect, given: Given) -> Self {
        let mut signals = Self { line, effects, last: Vec::new(), nothing: None, dialect, given };
        for leaf in leaves {
            signals.leaf(leaf);
        }
        if !signals.effects.functions.is_empty() {
            signals.functions();
        }
        if signals.effects.jobs > 0 {
            signals.jobs();
        }
        signals.forked();
        if let Some(at) = signals.effects.traps.ignores_sigterm.take() {
            signals.ignored(&at);
        }
        signals
    }

    fn hold(&mut self, number: usize, reason: Reason, at: Range<usize>) {
        self.effects.stays.push(Hold { reason, at, is_settled: true });
        self.effects.fates[number] = Fate::Stays(self.effects.stays.len() - 1);
    }

    fn leaf(&mut self, leaf: Leaf) {
        let Leaf { number, end, passes_arguments } = leaf;
        if let (End::Early, Some(number)) = (&end, number) {
            self.effects.fates[number] = Fate::Replaces;
            return;
        }
        self.last.extend(number.map(|number| (number, passes_arguments)));
        match (end, number) {
            (End::Program | End::WithExec, Some(number)) if self.effects.fates[number] != Fate::Step => {
                self.effects.fates[number] = Fate::Replaces;
            }
            (End::Stays(reason), Some(number)) if self.effects.fates[number] == Fate::Last => {
                let leaf = self.line.bytes(&self.effects.invocations[number].range());
                match (&self.effects.holds, reason) {
                    (Some((reason, at)), _) => {
                        let (reason, at) = (reason.clone(), at.clone());
                        self.hold(number, reason, at);
                    }
                    (None, Reason::Code(reader)) if !self.line[leaf.clone()].starts_with(&reader) => {
                        self.hold(number, Reason::AfterCode(reader), leaf);
                    }
                    (None, reason) => self.hold(number, reason, leaf),
                }
            }
            (End::Nothing(reason), _) => self.nothing = Some(reason),
            _ => {}
        }
    }

    /// The commands of a function run where it is called. Functions call those that are defined before them.
    fn functions(&mut self) {
        let words = self.effects.invocations.iter().map(|invocation| invocation.words.first());
        let text = |at: Option<&Range<usize>>| self.line.get(self.line.bytes(at?)).and_then(literal);
        let names: Vec<Option<Cow<str>>> = words.map(text).collect();
        let functions = std::mem::take(&mut self.effects.functions);
        let mut is_in_body = vec![false; self.effects.fates.len()];
        for function in &functions {
            is_in_body[function.body.clone()].fill(true);
        }
        // Another definition replaces an earlier one, if it is made for certain, and in the same process.
        let mut again = HashMap::new();
        for function in functions.iter().rev() {
            let end = again.get(function.name.as_str()).copied();
            if function.forks == 0 && function.optional.is_none() {
                again.insert(function.name.as_str(), function.body.start);
            }
            let end = end.filter(|end| *end >= function.body.end).unwrap_or(usize::MAX);
            let calls = names.iter().zip(&self.effects.fates).enumerate();
            let is_call = |(number, (name, fate)): &(usize, (&Option<Cow<str>>, &Fate))| {
                name.as_deref() == Some(&function.name)
                    && **fate != Fate::Never
                    && *number < end
                    && !function.body.contains(number)
                    && (*number >= function.body.end || is_in_body[*number])
            };
            let calls: Vec<(usize, Fate)> = calls.filter(is_call).map(|(number, (_, fate))| (number, *fate)).collect();
            let waits = calls.iter().map(|(_, fate)| *fate).find(|fate| matches!(fate, Fate::Stays(_)));
            let called = waits.or(calls.first().map(|(_, fate)| *fate)).unwrap_or(Fate::Never);
            let is_in_fork = calls.iter().any(|(number, _)| self.effects.forked_calls.contains(number));
            if is_in_fork {
                self.effects.forked_calls.extend(function.body.clone());
            }
            let mut is_held = false;
            for number in function.body.clone() {
                let fate = &mut self.effects.fates[number];
                match *fate {
                    Fate::Called => *fate = called,
                    Fate::Replaces if is_in_fork => *fate = called,
                    _ if calls.is_empty() => *fate = Fate::Never,
                    _ => {}
                }
                is_held |= matches!(*fate, Fate::Stays(_));
            }
            for (number, fate) in calls {
                if matches!(fate, Fate::Stays(_)) && !is_held {
                    self.effects.fates[number] = Fate::Ends;
                }
            }
        }
        self.effects.functions = functions;
    }

    /// Jobs get SIGTERM only from a trap, which runs while the shell waits for them.
    fn jobs(&mut self) {
        let (certainly, passed_on) = passed_on(&self.effects, self.dialect);
        let is_disown = |number: &usize| self.name(*number) == Some("disown");
        let last = (0..self.effects.invocations.len()).rfind(|number| !is_disown(number));
        let last = last.map(|last| self.effects.invocations[last].position);
        // The shell does not wait for its last job: it ends.
        let ends = last.is_some_and(|last| last.background && !last.conditional);
        let waits = |number: &usize| matches!(self.effects.fates[*number], Fate::Replaces | Fate::Stays(_));
        let is_served = (0..self.effects.fates.len()).filter(waits).any(|number| !self.is_job(number));
        let mut numbers = 0..self.effects.fates.len();
        let last_wait = numbers.clone().rfind(|number| self.is_wait(*number));
        if passed_on == 0 && (is_served || !ends) || is_served && last_wait.is_none() && !self.ends_by_trap() {
            return;
        }
        let is_certain = !is_served && !self.effects.traps.are_in_fork;
        let last_program = numbers.rfind(|number| self.is_in_foreground(*number));
        let runs_at_end = self.effects.traps.on_exit.iter().any(|action| !action.programs.is_empty());
        for number in 0..self.effects.fates.len() {
            let Fate::Stays(hold) = self.effects.fates[number] else { continue };
            let Hold { reason, at, .. } = &self.effects.stays[hold];
            if !self.is_job(number) {
                continue;
            }
            let is_process = passed_on == usize::MAX || self.effects.direct_jobs.binary_search(&number).is_ok();
            let is_behind = |last: Option<usize>| last.is_none_or(|last| last < number);
            if is_behind(last_wait.max(last_program)) && ends && !is_served && !runs_at_end {
                self.nothing = Some(Reason::Background);
                self.effects.fates[number] = Fate::Ends;
                continue;
            }
            if passed_on == 0 {
                continue;
            }
            if certainly >= self.effects.jobs
                && is_process
                && is_certain
                // The shell waits for it, and runs nothing else in the meantime.
                && !is_behind(last_wait)
                && is_behind(last_program)
                && *reason == Reason::Background
            {
                self.effects.fates[number] = Fate::PassedOn;
            } else {
                let at = at.clone();
                self.hold(number, Reason::SomeJobs, at);
            }
        }
    }

    /// Whether a command runs in the background.
    fn is_job(&self, number: usize) -> bool {
        // A function is called there.
        let is_called =
            |hold: usize| self.effects.stays[hold].reason == Reason::Background && self.passes(number).is_none();
        self.effects.invocations[number].position.background
            || matches!(self.effects.fates[number], Fate::Stays(hold) if is_called(hold))
    }

    fn is_wait(&self, number: usize) -> bool {
        self.name(number) == Some("wait")
    }

    /// The first word of a command, as written.
    fn name(&self, number: usize) -> Option<&str> {
        let name = self.effects.invocations[number].words.first()?;
        self.line.get(self.line.bytes(name))
    }

    /// Whether the shell runs a program and waits for it.
    fn is_in_foreground(&self, number: usize) -> bool {
        !self.effects.invocations[number].position.background
            && !matches!(self.effects.fates[number], Fate::Never | Fate::Ends)
            && self.name(number) != Some("disown")
    }

    /// Whether the trap for the end of the shell runs when SIGTERM arrives, whatever runs in the foreground.
    fn ends_by_trap(&self) -> bool {
        let traps = &self.effects.traps;
        self.dialect == Dialect::Bash && traps.on_sigterm.is_empty() && !traps.on_exit.is_empty()
    }

    /// An `exec` in a subshell, after which nothing of that subshell runs, replaces only that subshell.
    fn forked(&mut self) {
        for number in 0..self.effects.fates.len() {
            if self.effects.fates[number] == Fate::Last {
                let at = self.line.bytes(&self.effects.invocations[number].range());
                self.hold(number, Reason::Subshell, at);
            }
        }
    }

    /// The shell ignores SIGTERM, and a program that replaces it inherits that.
    fn ignored(&mut self, at: &Range<usize>) {
        for number in 0..self.effects.fates.len() {
            if matches!(self.effects.fates[number], Fate::Replaces | Fate::PassedOn) {
                self.hold(number, Reason::Ignored, at.clone());
            }
        }
    }

    /// Whether a command gets the arguments, if it is one of the last.
    fn passes(&self, number: usize) -> Option<bool> {
        let found = self.last.binary_search_by_key(&number, |(last, _)| *last);
        found.ok().map(|index| self.last[index].1)
    }

    /// What happens to arguments (X3).
    pub(super) fn arguments(&self) -> Arguments {
        if self.effects.positional {
            return Arguments::Used;
        }
        let fates = self.effects.fates.iter().enumerate();
        let serves = |fate: &Fate| matches!(fate, Fate::Stays(_) | Fate::Replaces | Fate::PassedOn);
        let lost: Vec<usize> = fates
            .filter(|(number, fate)| serves(fate) && self.passes(*number) != Some(true))
            .map(|(number, _)| number)
            .collect();
        let is_passed = self.last.iter().any(|(_, passes)| *passes);
        let Some(first) = lost.first() else {
            let nothing = || self.nothing.clone().unwrap_or(Reason::NoCommand);
            return if is_passed { Arguments::Passed } else { Arguments::Lost(nothing()) };
        };
        let reason = match self.effects.fates[*first] {
            Fate::Stays(hold) => self.held(hold).0.clone(),
            Fate::PassedOn => Reason::Background,
            _ if self.passes(*first).is_none() => Reason::EarlyExec,
            _ => self.effects.doubt().cloned().unwrap_or(Reason::NoCommand),
        };
        if !is_passed {
            return Arguments::Lost(reason);
        }
        let text = |number: &usize| self.line.get(self.line.bytes(&self.effects.invocations[*number].range()));
        Arguments::Partly { programs: lost.iter().filter_map(text).map(brief).collect(), reason }
    }

    /// Why the shell stays in front of programs: each kind of reason once, at its first place.
    pub(super) fn stays(&self) -> Vec<Stay> {
        let mut stays: Vec<Stay> = Vec::new();
        for (number, fate) in self.effects.fates.iter().enumerate() {
            let Fate::Stays(hold) = fate else { continue };
            let (reason, at) = self.held(*hold);
            let is_certain = self.is_certain(reason) && self.is_program(number);
            match stays.iter_mut().find(|stay| discriminant(&stay.reason) == discriminant(reason)) {
                Some(stay) => {
                    stay.programs.push(number);
                    stay.is_certain &= is_certain;
                }
                None => {
                    stays.push(Stay { reason: reason.clone(), at: at.clone(), programs: vec![number], is_certain });
                }
            }
        }
        stays
    }

    /// The reason of a hold, and its place. What needs the shell all the time comes before what runs next.
    fn held(&self, hold: usize) -> (&Reason, &Range<usize>) {
        let Hold { reason, at, .. } = &self.effects.stays[hold];
        match (&self.effects.holds, reason) {
            (Some((reason, at)), Reason::After { .. } | Reason::Choice { .. } | Reason::Condition) => (reason, at),
            _ => (reason, at),
        }
    }

    /// Whether the shell certainly stays because of this.
    fn is_certain(&self, reason: &Reason) -> bool {
        match reason {
            // Only some shells replace themselves with a subshell.
            Reason::Subshell => self.dialect == Dialect::Bash,
            // It may be a trap of another process.
            Reason::Builtin(name) if name == "trap" => {
                let traps = &self.effects.traps;
                traps.are_certain && !traps.are_in_fork && self.effects.forked_calls.is_empty()
            }
            Reason::Function(_) => {
                self.effects.functions.iter().all(|function| function.optional.is_none() && function.forks == 0)
            }
            reason => reason.is_certain(),
        }
    }

    /// Whether a command certainly starts a program, and the shell certainly does not give way to it by itself.
    fn is_program(&self, number: usize) -> bool {
        // Some shells give way to their last command by themselves: busybox does, dash does not (measured).
        if self.dialect == Dialect::Sh && self.given != Given::File && self.passes(number).is_some() {
            return false;
        }
        // A trap that may not be set keeps the shell in front of its last command.
        let Traps { are_set, are_certain, .. } = self.effects.traps;
        if are_set && !are_certain && self.passes(number).is_some() {
            return false;
        }
        let name = self.effects.invocations[number].words.first().and_then(|at| self.line.get(self.line.bytes(at)));
        name.and_then(literal).is_some_and(|name| !runs_code(&name))
    }

    /// The simple commands.
    pub(super) fn invocations(self) -> Vec<Invocation> {
        let mut invocations = self.effects.invocations;
        for (invocation, fate) in invocations.iter_mut().zip(self.effects.fates) {
            invocation.signal = match fate {
                Fate::Never => Signal::Never,
                Fate::Ends => Signal::Ends,
                Fate::Step => Signal::Step,
                Fate::Replaces | Fate::PassedOn => Signal::Arrives,
                Fate::Last | Fate::Called | Fate::ReplacesFork | Fate::Stays(_) => Signal::Lost,
            };
        }
        invocations
    }
}
