//! The state of a walk over a script: what it finds, and where it is.

use crate::shell::bounds::Unreadable;
use crate::shell::fate::{Fate, Hold, Outcome};
use crate::shell::invocation::{Invocation, Position};
use crate::shell::line::Line;
use crate::shell::script::Reason;
use brush_parser::SourceSpan;
use std::collections::BTreeSet;
use std::ops::Range;

/// What a script does to its shell, and what becomes of its programs.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// It uses positional parameters, or changes them.
    pub(super) positional: bool,
    /// What needs the shell while programs run.
    pub(super) holds: Option<(Reason, Range<usize>)>,
    /// What may change how the shell runs its last command, so that `exec` must not be added.
    pub(super) may_hold: Option<Reason>,
    /// How many such things there are.
    pub(super) may_holds: usize,
    /// The traps that it sets.
    pub(super) traps: Traps,
    /// An expansion may end it (`set -u`, `${NAME?}`), with a different status than that of a subshell.
    pub(super) may_abort: bool,
    /// What its assignments do.
    pub(super) assignments: Assignments,
    /// The functions that it defines.
    pub(super) functions: Vec<Function>,
    /// How many jobs it starts in the background.
    pub(super) jobs: usize,
    /// The numbers of the commands whose program is the process of such a job.
    pub(super) direct_jobs: Vec<usize>,
    /// The numbers of the commands that call a function in a process of their own.
    pub(super) forked_calls: BTreeSet<usize>,
    /// Its simple commands, except those in substitutions.
    pub(super) invocations: Vec<Invocation>,
    /// What becomes of each of them.
    pub(super) fates: Vec<Fate>,
    /// What keeps the shell in front of programs.
    pub(super) stays: Vec<Hold>,
}

/// What the assignments of a script do.
#[derive(Debug, Default)]
pub(super) struct Assignments {
    /// `exec` finds programs in a directory of PATH that is relative, and makes the path absolute.
    pub(super) relative_path: bool,
    /// Only bash knows some of them: `A+=1`, `a[0]=1`. To another shell they are programs.
    pub(super) are_of_bash: bool,
}

/// A function that a script defines.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    /// Its simple commands.
    pub(super) body: Range<usize>,
    /// What it may do.
    pub(super) outcome: Outcome,
    /// The first command of those among which it is defined, if they run only if others succeed or fail.
    pub(super) optional: Option<usize>,
    /// How many processes are between this shell and the one that it is defined in.
    pub(super) forks: usize,
    /// How many jobs it sends signals to.
    pub(super) kills: usize,
}

/// The traps that a script sets.
#[derive(Debug, Default)]
pub(super) struct Traps {
    /// There is one with an action, or one for the end of the shell.
    pub(super) are_set: bool,
    /// One with an action is certainly set, and in this process.
    pub(super) are_certain: bool,
    /// There is one in a process of its own, with which only some shells replace themselves.
    pub(super) are_in_fork: bool,
    /// The one with which SIGTERM is ignored, by the programs, too.
    pub(super) ignores_sigterm: Option<Range<usize>>,
    /// What may run when SIGTERM arrives.
    pub(super) on_sigterm: Vec<Action>,
    /// What may run when the shell ends. bash runs it for SIGTERM too.
    pub(super) on_exit: Vec<Action>,
}

/// What the action of a trap does.
#[derive(Clone, Debug, Default)]
pub(super) struct Action {
    /// How many jobs it sends signals to.
    pub(super) kills: usize,
    /// Its programs, which may be functions.
    pub(super) programs: Vec<String>,
    /// Whether the trap is certainly set, and in this process.
    pub(super) is_certain: bool,
    /// Whether a signal is named as in `SIGTERM`.
    pub(super) is_prefixed: bool,
}

impl Effects {
    /// Why the last command must stay as written.
    pub(super) fn doubt(&self) -> Option<&Reason> {
        self.holds.as_ref().map(|(reason, _)| reason).or(self.may_hold.as_ref())
    }

    /// The function of a name.
    pub(super) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().rfind(|function| function.name == name)
    }
}

pub(super) type Walked<T = ()> = Result<T, Unreadable>;

/// A walk over a script.
pub(super) struct Walk<'l> {
    pub(super) line: &'l Line<'l>,
    pub(super) effects: Effects,
    /// How many expansions the script is inside.
    pub(super) depth: usize,
    /// How many function bodies the walk is inside. Positional parameters there belong to the function.
    pub(super) functions: usize,
    /// Where the outermost of them is defined: `optional` and `forks` there.
    pub(super) definition: (Option<usize>, usize),
    /// How many subshells the walk is inside. Their jobs do not belong to this shell.
    pub(super) subshells: usize,
    /// How many processes are between this shell and the commands that it visits.
    pub(super) forks: usize,
    /// What keeps the shell in front of the commands that it visits: the outermost reason.
    pub(super) hold: Option<usize>,
    /// What keeps the shell in front of the process that runs the commands that it visits.
    pub(super) hold_of_fork: Option<usize>,
    /// Whether the commands that it visits never run.
    pub(super) is_dead: bool,
    /// The first command of those that it visits which run only if others succeed or fail.
    pub(super) optional: Option<usize>,
    /// Whether a substitution in the command that it visits starts a program.
    pub(super) substitutes: bool,
    /// How many jobs the commands so far send signals to.
    pub(super) kills: usize,
    /// The position of the commands that it visits.
    pub(super) position: Position,
}

impl<'l> Walk<'l> {
    pub(super) fn new(line: &'l Line<'l>, depth: usize) -> Self {
        Self {
            line,
            effects: Effects::default(),
            depth,
            functions: 0,
            definition: (None, 0),
            subshells: 0,
            forks: 0,
            hold: None,
            hold_of_fork: None,
            is_dead: false,
            optional: None,
            substitutes: false,
            kills: 0,
            position: Position::default(),
        }
    }

    /// The bytes of a place; all of the line if it is not known.
    pub(super) fn place(&self, at: Option<&SourceSpan>) -> Range<usize> {
        at.map_or(0..self.line.len(), |at| self.line.range(at))
    }

    /// Notes what needs the shell while programs run.
    pub(super) fn holds(&mut self, reason: Reason, at: Option<&SourceSpan>) {
        if self.effects.holds.is_none() {
            self.effects.holds = Some((reason, self.place(at)));
        }
    }

    /// Notes what may change how the shell runs its last command.
    pub(super) fn may_hold(&mut self, reason: Reason) {
        self.effects.may_hold.get_or_insert(reason);
        self.effects.may_holds += 1;
    }

    pub(super) fn positional(&mut self) {
        self.effects.positional |= self.functions == 0;
    }

    /// A new hold.
    pub(super) fn hold(&mut self, reason: Reason, at: Range<usize>) -> usize {
        self.effects.stays.push(Hold { reason, at, is_settled: false });
        self.effects.stays.len() - 1
    }

    /// Walks commands that the shell runs itself or waits for.
    pub(super) fn held(
        &mut self,
        reason: Reason,
        at: Option<&SourceSpan>,
        walk: impl FnOnce(&mut Self) -> Walked<Outcome>,
    ) -> Walked<Outcome> {
        let outside = self.hold;
        if outside.is_none() {
            let at = self.place(at);
            self.hold = Some(self.hold(reason, at));
        }
        let outcome = walk(self);
        self.hold = outside;
        outcome
    }

    /// Walks commands that run in a process of their own.
    pub(super) fn in_fork(
        &mut self,
        held: Option<(Reason, Range<usize>)>,
        walk: impl FnOnce(&mut Self) -> Walked<Outcome>,
    ) -> Walked<Outcome> {
        let outside = (self.hold, self.hold_of_fork, self.forks);
        if let Some((reason, at)) = held.filter(|_| self.hold.is_none()) {
            self.hold = Some(self.hold(reason, at));
        }
        self.hold_of_fork = self.hold;
        self.forks += 1;
        let first = self.effects.fates.len();
        let outcome = walk(self);
        (self.hold, self.hold_of_fork, self.forks) = outside;
        for fate in &mut self.effects.fates[first..] {
            if *fate == Fate::ReplacesFork {
                *fate = Fate::Last;
            }
        }
        outcome.map(Outcome::forked)
    }

    /// Walks a job.
    pub(super) fn in_background(
        &mut self,
        at: Option<&SourceSpan>,
        walk: impl FnOnce(&mut Self) -> Walked<Outcome>,
    ) -> Walked<Outcome> {
        if self.subshells == 0 {
            self.holds(Reason::Background, at);
        } else {
            self.may_hold(Reason::Background);
        }
        self.effects.jobs += 1;
        let at = self.place(at);
        let outside = self.position;
        self.position.background = true;
        let outcome = self.in_fork(Some((Reason::Background, at)), walk)?;
        self.position = outside;
        Ok(Outcome { fails: false, ..outcome })
    }

    pub(super) fn in_branch(&mut self, walk: impl FnOnce(&mut Self) -> Walked<Outcome>) -> Walked<Outcome> {
        let outside = (self.position, self.optional);
        self.position.conditional = true;
        self.optional = Some(self.effects.fates.len());
        let outcome = walk(self)?;
        (self.position, self.optional) = outside;
        Ok(outcome)
    }
}
