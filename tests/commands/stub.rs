//! The program that all stubs are: this test binary under another name. It records what it was given.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs};

/// Where stubs write their records.
pub(crate) const RECORDS: &str = "STUB_RECORDS";

/// The number of the stub, counted from 0, that writes its process id to `PID` beside the records and waits.
pub(crate) const WAITS: &str = "STUB_WAITS";

pub(crate) fn is_stub() -> bool {
    env::var_os(RECORDS).is_some()
}

pub(crate) fn main() -> ExitCode {
    let arguments: Vec<String> = env::args_os().map(|argument| escaped(&argument)).collect();
    let name = Path::new(&arguments[0]).file_name().unwrap().to_string_lossy().into_owned();
    let records = env::var_os(RECORDS).unwrap();
    let number = fs::read_to_string(&records).unwrap_or_default().lines().count();
    let mut input = String::new();
    let _ = std::io::stdin().take(4096).read_to_string(&mut input);
    // What a shell adds to the environment by itself: X1 promises the arguments, and a shell that is not there
    // cannot count itself.
    let own = ["_", "SHLVL", "PWD", "OLDPWD", "IFS", RECORDS, WAITS];
    let mut variables: Vec<(String, String)> = env::vars_os()
        .map(|(name, value)| (escaped(&name), escaped(&value)))
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .collect();
    variables.sort();
    let directory = env::current_dir().unwrap_or_default();
    let record = serde_json::json!([arguments, directory, variables, input]);
    let mut file = OpenOptions::new().append(true).create(true).open(&records).unwrap();
    file.write_all(format!("{record}\n").as_bytes()).unwrap();
    if env::var(WAITS).is_ok_and(|waits| waits == number.to_string()) {
        fs::write(Path::new(&records).with_extension("pid"), std::process::id().to_string()).unwrap();
        std::thread::sleep(Duration::from_secs(20));
    }
    // One write each, so that stubs that run at the same time do not mix.
    let _ = std::io::stdout().write_all(format!("{}\n", arguments[1..].join(" ")).as_bytes());
    let _ = std::io::stderr().write_all(format!("stub {name}\n").as_bytes());
    ExitCode::from(if name.starts_with("fail") { 3 } else { 0 })
}

/// Any bytes, as text.
fn escaped(bytes: &OsStr) -> String {
    bytes.as_bytes().escape_ascii().to_string()
}
