//! The launcher as process 1 (X8).
//!
//! It starts itself a second time for the command. That process moves into the foreground of the terminal, gets back the
//! signals that were blocked, and becomes the program: until then, no signal can be lost, and nothing needs to be done
//! between a fork and an exec.

use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, killpg};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{WaitOptions, WaitStatus, wait};
use signal_hook::flag;
use std::ffi::{OsStr, OsString};
use std::io::{self, stdin};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The first argument of the process that becomes the command. The second is a `Start`.
pub const COMMAND: &str = "command";

/// How long what the command leaves behind may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// How often it is looked for: not all of it has to be a child of this process.
const INTERVAL: Duration = Duration::from_millis(100);

/// What the process that becomes the command needs to know.
struct Start {
    /// Whether it takes the terminal.
    is_in_foreground: bool,
    /// The signals that are blocked for it.
    blocked: SigSet,
}

impl Start {
    /// As an argument: the numbers of the signals, and `t` for the terminal.
    fn encode(&self) -> String {
        let blocked = self.blocked.iter().map(|signal| (signal as i32).to_string());
        blocked.chain(self.is_in_foreground.then(|| "t".to_string())).collect::<Vec<_>>().join(",")
    }

    fn decode(argument: &OsStr) -> Option<Self> {
        let words = || argument.to_str().map(|text| text.split(',').filter(|word| !word.is_empty()));
        let signal = |word: &str| Signal::try_from(word.parse::<i32>().ok()?).ok();
        Some(Self {
            is_in_foreground: words()?.any(|word| word == "t"),
            blocked: words()?.filter(|word| *word != "t").map(signal).collect::<Option<_>>()?,
        })
    }
}

/// Prepares the process that becomes the command, by the argument after [`COMMAND`]. Whether it could be read.
pub fn prepare(argument: &OsStr) -> bool {
    let Some(start) = Start::decode(argument) else { return false };
    if start.is_in_foreground {
        // SIGTTOU is blocked until the next line.
        let _ = tcsetpgrp(stdin(), getpgrp());
    }
    start.blocked.thread_set_mask().is_ok()
}

/// Runs a command as process 1 does, and gives the exit status. `launcher`: this program, which starts the command with
/// these arguments.
///
/// # Errors
/// If a process cannot be started.
pub fn supervise(launcher: &Path, arguments: &[OsString]) -> io::Result<u8> {
    // Where it is ignored, the kernel forgets how children end. The handler never runs, because the signal is blocked.
    flag::register(Signal::SIGCHLD as i32, Arc::default())?;
    let blocked = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let signals = SignalFd::with_flags(&SigSet::all(), SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
    // Where a pod shares its processes, process 1 is another one.
    let _ = set_child_subreaper(true);
    let group = getpgrp();
    let start = Start { is_in_foreground: tcgetpgrp(stdin()) == Ok(group), blocked };
    let mut command = Command::new(launcher);
    let command = command.arg(COMMAND).arg(start.encode()).args(arguments).process_group(0).spawn()?;
    // Its number is not used again before it is waited for, and only `reap` does that.
    let command = Pid::from_raw(i32::try_from(command.id()).map_err(io::Error::other)?);
    let mut init = Init { signals, command, status: None, has_passed_term: false };
    let status = loop {
        init.pass_on(None);
        if let Some(status) = init.status {
            break status;
        }
    };
    init.end_group();
    if start.is_in_foreground {
        let _ = tcsetpgrp(stdin(), group);
    }
    Ok(status)
}

struct Init {
    /// All signals that this process gets.
    signals: SignalFd,
    /// The command, and the group of its processes.
    command: Pid,
    /// The exit status of the command, once it has ended.
    status: Option<u8>,
    /// Whether the group has got SIGTERM.
    has_passed_term: bool,
}

impl Init {
    /// Waits for signals, and passes them on to the group.
    fn pass_on(&mut self, at_most: Option<Duration>) {
        let timeout = at_most.and_then(|duration| Timespec::try_from(duration).ok());
        let _ = poll(&mut [PollFd::new(&self.signals, PollFlags::IN)], timeout.as_ref());
        while let Ok(Some(found)) = self.signals.read_signal() {
            let number = i32::try_from(found.ssi_signo).unwrap_or_default();
            match Signal::try_from(number) {
                Ok(Signal::SIGCHLD) => self.reap(),
                Ok(signal) => {
                    self.has_passed_term |= signal == Signal::SIGTERM;
                    let _ = killpg(self.command, signal);
                }
                Err(_) => {}
            }
        }
    }

    /// Waits for every child that has ended: the command, and those whose parents have ended.
    fn reap(&mut self) {
        while let Ok(Some((child, status))) = wait(WaitOptions::NOHANG) {
            if child.as_raw_nonzero().get() == self.command.as_raw() {
                self.status = Some(exit_status(status));
            }
        }
    }

    /// Ends what is left of the group.
    fn end_group(&mut self) {
        if !self.has_passed_term {
            let _ = killpg(self.command, Signal::SIGTERM);
        }
        // A stopped process does not get the signal before it continues.
        let _ = killpg(self.command, Signal::SIGCONT);
        let deadline = Instant::now() + GRACE;
        while killpg(self.command, None).is_ok() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let _ = killpg(self.command, Signal::SIGKILL);
                return;
            }
            self.pass_on(Some(left.min(INTERVAL)));
        }
    }
}

/// The exit status that a shell gives for a command (XCU 2.8.2).
fn exit_status(status: WaitStatus) -> u8 {
    let signal = || status.terminating_signal().map(|signal| 128 + signal);
    status.exit_status().or_else(signal).and_then(|status| u8::try_from(status).ok()).unwrap_or(u8::MAX)
}
