//! Asks a shell of the build image about the syntax of a command line (X0), without running it.

use crate::find::surroundings::Check;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::Read;
use std::process::{ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// How long bash may take. It reads 128 KiB in a few milliseconds, but deep nesting can take it minutes.
const PATIENCE: Duration = Duration::from_secs(1);

/// Checks the syntax of a command line with `SHELL -n`. Only what bash refuses is known: others write other messages.
pub fn check(shell: &str, line: &str) -> Check {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let command = Command::new(shell)
        .args(["-n", "-c", line])
        .current_dir("/")
        .env_clear()
        .env("PATH", search)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut bash) = command else { return Check::Unknown };
    let Some(answer) = bash.stderr.take().and_then(read) else {
        let _ = bash.kill();
        let _ = bash.wait();
        return Check::Unknown;
    };
    let answer = String::from_utf8_lossy(&answer);
    match bash.wait().ok().and_then(|status| status.code()) {
        Some(0) => Check::Accepted,
        // 2 as a rule, 127 inside `$(…)`. A signal or another status says nothing about the line.
        Some(2 | 127) if answer.contains("-c: line ") => Check::Refused(message(&answer)),
        _ => Check::Unknown,
    }
}

/// What bash says until it ends, or `None` if it takes too long. No thread is needed, which the machine might not have.
fn read(mut stderr: ChildStderr) -> Option<Vec<u8>> {
    let end = Instant::now() + PATIENCE;
    let mut answer = Vec::new();
    loop {
        let left = Timespec::try_from(end.checked_duration_since(Instant::now())?).ok()?;
        if poll(&mut [PollFd::new(&stderr, PollFlags::IN)], Some(&left)).ok()? == 0 {
            return None;
        }
        let mut piece = [0; 4096];
        match stderr.read(&mut piece).ok()? {
            0 => return Some(answer),
            length => answer.extend_from_slice(&piece[..length]),
        }
    }
}

/// The first message of bash that is not a warning, without the name of the program and the line number.
fn message(answer: &str) -> String {
    let first = answer.lines().find(|line| line.contains("-c: line ")).unwrap_or_default();
    let sentence = first.split_once("-c: ").map_or(first, |(_, rest)| rest);
    let numbered = sentence.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
    numbered.map_or(sentence, |(_, rest)| rest).to_string()
}
