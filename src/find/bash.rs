//! Asks a shell of the build image about the syntax of a command line (X0), without running it.

use crate::find::surroundings::Check;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;
#[cfg(target_os = "linux")]
use rustix::process::{Resource, Rlimit, prlimit};
use std::fs;
use std::io::Read;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// Where shells are. Another buildpack may have changed PATH (R3).
#[cfg(not(target_os = "macos"))]
const DIRECTORIES: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// Where Homebrew puts shells. The bash of macOS is of 2007, and refuses what that of an image accepts.
#[cfg(target_os = "macos")]
const DIRECTORIES: [&str; 2] = ["/opt/homebrew/bin", "/usr/local/bin"];

/// How long bash may take to answer, on a machine that does a lot else.
const PATIENCE: Duration = Duration::from_secs(1);

/// The most memory that bash may map, and the most CPU time, in seconds, if nothing else ends it.
#[cfg(target_os = "linux")]
const LIMITS: [(Resource, u64); 2] = [(Resource::As, 48 << 20), (Resource::Cpu, 1)];

/// Checks the syntax of a command line with `SHELL -n`, and says how much of the CPU time `left` is left then. Only what
/// bash refuses is known: others write other messages.
pub fn check(shell: &str, line: &str, left: Duration) -> (Check, Duration) {
    let Some(mut bash) = DIRECTORIES.iter().find_map(|directory| start(&format!("{directory}/{shell}"), line)) else {
        return (Check::Unknown, left);
    };
    let pid = Pid::from_child(&bash);
    #[cfg(target_os = "linux")]
    for (resource, most) in LIMITS {
        let _ = prlimit(Some(pid), resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
    let started = Instant::now();
    let used = || used(pid).unwrap_or_else(|| started.elapsed());
    let answer = bash.stderr.take().and_then(|stderr| read(stderr, &|| started.elapsed() < PATIENCE && used() < left));
    let left = left.saturating_sub(used());
    let Some(answer) = answer else {
        let _ = bash.kill();
        let _ = bash.wait();
        return (Check::Unknown, left);
    };
    (answered(&mut bash, &answer), left)
}

fn start(shell: &str, line: &str) -> Option<Child> {
    let mut command = Command::new(shell);
    command.args(["-n", "-c", line]).current_dir("/").env_clear().env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().ok()
}

/// The CPU time of a process that has not been waited for, if the kernel says it.
fn used(pid: Pid) -> Option<Duration> {
    let times = fs::read_to_string(format!("/proc/{}/schedstat", pid.as_raw_nonzero())).ok()?;
    times.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// What bash says, once it has ended.
fn answered(bash: &mut Child, answer: &[u8]) -> Check {
    let answer = String::from_utf8_lossy(answer);
    match bash.wait().ok().and_then(|status| status.code()) {
        Some(0) => Check::Accepted,
        // 2 as a rule, 127 inside `$(…)`, 1 inside `A=(…)`. A signal or another status says nothing about the line.
        Some(1 | 2 | 127) if answer.contains("-c: line ") => Check::Refused(message(&answer)),
        _ => Check::Unknown,
    }
}

/// How often is looked whether bash takes too long.
const STEP: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };

/// What bash says until it ends, or `None` if it takes too long. No thread is needed, which the machine might not have.
fn read(mut stderr: ChildStderr, has_time: &dyn Fn() -> bool) -> Option<Vec<u8>> {
    let mut answer = Vec::new();
    loop {
        let is_quiet = poll(&mut [PollFd::new(&stderr, PollFlags::IN)], Some(&STEP)).ok()? == 0;
        if !has_time() {
            return None;
        }
        if is_quiet {
            continue;
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
