//! What becomes of a shell that stays in front of programs: a warning (X4), or a launcher in front of it that passes signals
//! on (X8).

use crate::diagnostics::Diagnostics;
use crate::find::variables::choice;
use crate::parse::Process;
use crate::plan::problems::HowToInit;
use crate::shell::Reason;
use crate::text::{Source, Sources, Variable};

/// The values of `BP_PROCFILE_INIT`.
const INITS: [&str; 3] = ["never", "stays", "always"];

/// When the launcher is process 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Init {
    Never,
    /// Where a shell stays in front of a program.
    Stays,
    Always,
}

impl Init {
    /// What the variable says.
    pub(super) fn of_variable(sources: &Sources, problems: &mut Diagnostics) -> Self {
        match choice(sources, Variable::Init, &INITS, problems) {
            Some("stays") => Self::Stays,
            Some("always") => Self::Always,
            _ => Self::Never,
        }
    }
}

/// The shells that stay in front of programs of a process.
pub(super) struct Stays {
    init: Init,
    /// Whether there is one.
    found: bool,
    /// How the user makes the launcher process 1, unless the process says that it is not.
    how: Option<HowToInit>,
}

impl Stays {
    /// `usual`: when the launcher is process 1, if the process does not say.
    pub(super) fn new(usual: Init, process: &Process, sources: &Sources) -> Self {
        let init = match process.init {
            Some(true) => Init::Always,
            Some(false) => Init::Never,
            None => usual,
        };
        Self { init, found: false, how: process.init.is_none().then(|| how_to_init(process, sources)) }
    }

    /// Whether signals reach what is behind a shell that stays for a reason, because the launcher is process 1.
    pub(super) fn reach_behind(&mut self, reason: &Reason) -> bool {
        let helps = init_helps(reason);
        self.found |= helps;
        helps && self.init != Init::Never
    }

    /// How the user lets signals reach what is behind a shell that stays for a reason.
    pub(super) fn how(&self, reason: &Reason) -> Option<HowToInit> {
        self.how.clone().filter(|_| init_helps(reason))
    }

    /// Whether the launcher is process 1.
    pub(super) fn need_init(&self) -> bool {
        self.init == Init::Always || self.init == Init::Stays && self.found
    }
}

/// Whether a signal to all processes of a group reaches what is behind a shell that stays for a reason: `set -m` starts
/// other groups, and what ignores the signal ignores it from anyone.
fn init_helps(reason: &Reason) -> bool {
    !matches!(reason, Reason::Ignored) && *reason != Reason::Builtin("set".to_string())
}

/// Only the tables of this buildpack have the key.
fn how_to_init(process: &Process, sources: &Sources) -> HowToInit {
    let name = process.name.at;
    let before = sources.content(name.source).and_then(|content| content.get(..name.start)).unwrap_or_default();
    let is_key = !before.trim_end().ends_with('=');
    if name.source == Source::ProjectToml && is_key {
        HowToInit::Key(process.name.value.to_string())
    } else {
        HowToInit::Variable
    }
}
