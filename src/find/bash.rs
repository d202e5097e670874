//! Asks the bash of the build image about the syntax of a command line (X0), without running it.

use crate::find::surroundings::Check;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// How long bash may take. It reads 128 KiB in a few milliseconds, but deep nesting can take it minutes.
const PATIENCE: Duration = Duration::from_secs(1);

/// Checks the syntax of a command line with `bash -n`.
pub fn check(line: &str) -> Check {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let command = Command::new("bash")
        .args(["--norc", "--noprofile", "-n", "-c", line])
        .current_dir("/")
        .env_clear()
        .env("PATH", search)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut bash) = command else { return Check::Unknown };
    // Read in a thread, so that bash never blocks on a full pipe while this thread waits for it.
    let answer = bash.stderr.take().map(|mut stderr| {
        spawn(move || {
            let mut answer = Vec::new();
            let _ = stderr.read_to_end(&mut answer);
            answer
        })
    });
    let start = Instant::now();
    let status = loop {
        match bash.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < PATIENCE => sleep(Duration::from_micros(200)),
            _ => {
                let _ = bash.kill();
                let _ = bash.wait();
                return Check::Unknown;
            }
        }
    };
    let answer = answer.and_then(|answer| answer.join().ok()).unwrap_or_default();
    let answer = String::from_utf8_lossy(&answer);
    match status.code() {
        Some(0) => Check::Accepted,
        // 2 as a rule, 127 inside `$(…)`. A signal or another status says nothing about the line.
        Some(2 | 127) if answer.contains("-c: line ") => Check::Refused(message(&answer)),
        _ => Check::Unknown,
    }
}

/// The first message of bash that is not a warning, without the name of the program and the line number.
fn message(answer: &str) -> String {
    let first = answer.lines().find(|line| line.contains("-c: line ")).unwrap_or_default();
    let sentence = first.split_once("-c: ").map_or(first, |(_, rest)| rest);
    let numbered = sentence.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
    numbered.map_or(sentence, |(_, rest)| rest).to_string()
}
