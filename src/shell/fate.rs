//! What becomes of a command when SIGTERM arrives (X4c).

use crate::shell::script::Reason;
use std::ops::Range;

/// What becomes of a simple command when SIGTERM arrives while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It never runs.
    Never,
    /// It starts no program, or one that ends by itself.
    Ends,
    /// Another program may run after it, so it is meant to end.
    Step,
    /// It is the last command. `tail` decides.
    Last,
    /// It is the last command of a function.
    Called,
    /// Its program replaces the shell.
    Replaces,
    /// Its program replaces a process of the shell, after which nothing runs in that process.
    ReplacesFork,
    /// It is a job, and a trap passes the signal on to it.
    PassedOn,
    /// The shell stays in front of it, because of the hold with this number.
    Stays(usize),
}

/// Something that keeps the shell in front of programs.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) reason: Reason,
    /// Its bytes in the line.
    pub(super) at: Range<usize>,
    /// Whether nothing that follows in the line runs after the programs behind it.
    pub(super) is_settled: bool,
}

/// What a part of a script may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    /// Start a program that does not end by itself.
    pub(super) starts: bool,
    /// Go on, with the exit status 0.
    pub(super) succeeds: bool,
    /// Go on, with another exit status.
    pub(super) fails: bool,
}

impl Outcome {
    pub(super) const QUIET: Self = Self { starts: false, succeeds: true, fails: true };
    pub(super) const SUCCESS: Self = Self { starts: false, succeeds: true, fails: false };
    pub(super) const FAILURE: Self = Self { starts: false, succeeds: false, fails: true };
    pub(super) const EXIT: Self = Self { starts: false, succeeds: false, fails: false };
    pub(super) const PROGRAM: Self = Self { starts: true, succeeds: true, fails: true };
    pub(super) const REPLACED: Self = Self { starts: true, succeeds: false, fails: false };

    /// Whether nothing runs after it in this shell.
    pub(super) fn leaves(self) -> bool {
        !self.succeeds && !self.fails
    }

    /// The same with the exit status inverted by `!`.
    pub(super) fn inverted(self) -> Self {
        Self { succeeds: self.fails, fails: self.succeeds, ..self }
    }

    /// What one of two branches may do.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            starts: self.starts || other.starts,
            succeeds: self.succeeds || other.succeeds,
            fails: self.fails || other.fails,
        }
    }

    /// What a list may do when `&&` or `||` adds another part.
    pub(super) fn then(self, is_and: bool, next: Self) -> Self {
        let starts = self.starts || next.starts;
        match is_and {
            true if self.succeeds => Self { starts, succeeds: next.succeeds, fails: self.fails || next.fails },
            false if self.fails => Self { starts, succeeds: self.succeeds || next.succeeds, fails: next.fails },
            _ => Self { starts, ..self },
        }
    }

    /// The same in a process of its own.
    pub(super) fn forked(self) -> Self {
        Self { starts: self.starts, ..Self::PROGRAM }
    }
}
