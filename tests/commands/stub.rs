//! The program that all stubs are: this test binary under another name. It records what it was given.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

/// Where stubs write their records.
pub(crate) const RECORDS: &str = "STUB_RECORDS";

/// The number of the stub, counted from 0, that says on the socket that it runs, and waits until its end is closed. Those
/// after it wait until they are ended.
pub(crate) const WAITS: &str = "STUB_WAITS";

/// The path of that socket.
pub(crate) const SOCKET: &str = "STUB_SOCKET";

/// The exit status of stubs, if it is not 0.
pub(crate) const STATUS: &str = "STUB_STATUS";

/// The most stubs of a command.
const MOST_RECORDS: usize = 20;

pub(crate) fn is_stub() -> bool {
    env::var_os(RECORDS).is_some()
}

pub(crate) fn main() -> ExitCode {
    let arguments: Vec<String> = env::args_os().map(|argument| escaped(&argument)).collect();
    let name = Path::new(&arguments[0]).file_name().unwrap().to_string_lossy().into_owned();
    let records = env::var_os(RECORDS).unwrap();
    let mut input = String::new();
    let _ = std::io::stdin().take(4096).read_to_string(&mut input);
    // What a shell adds to the environment by itself: X1 promises the arguments, and a shell that is not there
    // cannot count itself.
    let own = ["_", "SHLVL", "PWD", "OLDPWD", "IFS", RECORDS, WAITS, SOCKET, STATUS];
    let mut variables: Vec<(String, String)> = env::vars_os()
        .map(|(name, value)| (escaped(&name), escaped(&value)))
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .collect();
    variables.sort();
    let directory = env::current_dir().unwrap_or_default();
    let process = std::process::id();
    let record = serde_json::json!([process, arguments, directory, variables, input]);
    let mut file = OpenOptions::new().append(true).create(true).open(&records).unwrap();
    file.write_all(format!("{record}\n").as_bytes()).unwrap();
    // A loop that the status of a stub would have ended.
    if fs::read_to_string(&records).unwrap_or_default().lines().count() > MOST_RECORDS {
        let _ = Command::new("/bin/sh").args(["-c", "kill -KILL 0"]).status();
    }
    if let Some(waits) = env::var(WAITS).ok().and_then(|number| number.parse::<usize>().ok()) {
        let before = format!("[{process},");
        let recorded = fs::read_to_string(&records).unwrap_or_default();
        match recorded.lines().position(|line| line.starts_with(&before)) {
            Some(number) if number == waits => wait(process, &arguments),
            // It serves, too.
            Some(number) if number > waits => loop {
                std::thread::park();
            },
            _ => {}
        }
    }
    // One write each, so that stubs that run at the same time do not mix.
    let _ = std::io::stdout().write_all(format!("{}\n", arguments[1..].join(" ")).as_bytes());
    let _ = std::io::stderr().write_all(format!("stub {name}\n").as_bytes());
    let status = env::var(STATUS).ok().and_then(|status| status.parse().ok()).unwrap_or(0);
    ExitCode::from(if name.starts_with("fail") { 3 } else { status })
}

/// Says what runs, and waits. Whoever listens sees the end of the stream when a signal ends this process.
fn wait(process: u32, arguments: &[String]) {
    let Ok(mut stream) = UnixStream::connect(env::var_os(SOCKET).unwrap()) else { return };
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
    let ignores_sigterm = u64::from_str_radix(ignored, 16).unwrap() & (1 << (15 - 1)) != 0;
    let _ = stream.write_all(format!("{}\n", serde_json::json!([process, arguments, ignores_sigterm])).as_bytes());
    let _ = stream.read(&mut [0]);
}

/// Any bytes, as text.
fn escaped(bytes: &OsStr) -> String {
    bytes.as_bytes().escape_ascii().to_string()
}
