//! Starts a process of an image that has no shell (X6, X7): expands the template that the buildpack prepared, appends
//! the arguments given at run time, and replaces itself with the program. As process 1, it stays in front of the program
//! (X8).

#![expect(unused_crate_dependencies, reason = "the library target uses them")]

use octopilot_procfile::launcher::WORDS;
use octopilot_procfile::launcher::template::{Expanded, Failed, Template};
#[cfg(target_os = "linux")]
use octopilot_procfile::launcher::{INIT, init};
use octopilot_procfile::text::visible;
use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

/// Exit statuses of a shell (XCU 2.8.2), and that of an unset `${NAME?}`.
const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;
const UNSET: u8 = 1;

/// Where programs are looked for when PATH is unset, as in bash.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What is said of a command that another program has written.
const UNREADABLE: &[u8] = b"the command in launch.toml is not one that this launcher can read";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().collect();
    match arguments.get(1..).unwrap_or_default() {
        #[cfg(target_os = "linux")]
        [first, command @ ..] if first == INIT => {
            let launcher = env::current_exe().unwrap_or_else(|_| PathBuf::from(&arguments[0]));
            match init::supervise(&launcher, command) {
                Ok(status) => ExitCode::from(status),
                Err(error) => fail(NOT_EXECUTABLE, &[b"no process can be started: ", error.to_string().as_bytes()]),
            }
        }
        #[cfg(target_os = "linux")]
        [first, start, command @ ..] if first == init::COMMAND && init::prepare(start) => run(command),
        command => run(command),
    }
}

/// Replaces this process with a command.
fn run(command: &[OsString]) -> ExitCode {
    let expanded = match expand(command) {
        Ok(expanded) => expanded,
        Err(status) => return status,
    };
    let Some((name, arguments)) = expanded.words.split_first() else { return ExitCode::SUCCESS };
    let assigned_path =
        expanded.variables.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone());
    let path = assigned_path.or_else(|| env::var_os("PATH")).unwrap_or_else(|| DEFAULT_PATH.into());
    let program = match find(name, &path) {
        Ok(program) => program,
        Err(status) => {
            let problem: &[u8] = if status == NOT_FOUND { b": not found" } else { b": permission denied" };
            return fail(status, &[name.as_bytes(), problem]);
        }
    };
    let error = Command::new(program).arg0(name).args(arguments).envs(expanded.variables).exec();
    match error.kind() {
        // The file exists, so what is missing is what the kernel needs to run it.
        ErrorKind::NotFound => {
            fail(NOT_FOUND, &[name.as_bytes(), b": its interpreter or dynamic loader is not in this image"])
        }
        _ => fail(NOT_EXECUTABLE, &[name.as_bytes(), b": ", error.to_string().as_bytes()]),
    }
}

/// The words of a command, with the arguments given at run time.
fn expand(command: &[OsString]) -> Result<Expanded, ExitCode> {
    if let Some((_, words)) = command.split_first().filter(|(first, _)| *first == WORDS) {
        return Ok(Expanded { words: words.to_vec(), variables: Vec::new() });
    }
    let (template, given) = Template::decode(command).ok_or_else(|| fail(NOT_EXECUTABLE, &[UNREADABLE]))?;
    let mut expanded = template.expand(&variable).map_err(|failed| fail_to_expand(&failed))?;
    expanded.words.extend_from_slice(given);
    Ok(expanded)
}

/// A parameter. A shell sets PWD itself, so the value in the environment does not count.
fn variable(name: &str) -> Option<OsString> {
    if name == "PWD" { env::current_dir().ok().map(Into::into) } else { env::var_os(name) }
}

/// The file that a command name means (XCU 2.9.1.1), or the exit status if there is none.
fn find(name: &OsStr, path: &OsStr) -> Result<PathBuf, u8> {
    if name.as_bytes().contains(&b'/') {
        return match fs::metadata(name) {
            Ok(found) if is_executable(&found) => Ok(name.into()),
            Err(error) if is_absent(&error) => Err(NOT_FOUND),
            _ => Err(NOT_EXECUTABLE),
        };
    }
    let mut status = NOT_FOUND;
    for directory in path.as_bytes().split(|byte| *byte == b':').filter(|_| !name.is_empty()) {
        let directory = if directory.is_empty() { Path::new(".") } else { Path::new(OsStr::from_bytes(directory)) };
        let file = directory.join(name);
        match fs::metadata(&file) {
            Ok(found) if is_executable(&found) => return Ok(file),
            Ok(found) if found.is_file() => status = NOT_EXECUTABLE,
            _ => {}
        }
    }
    Err(status)
}

fn is_executable(found: &fs::Metadata) -> bool {
    found.is_file() && found.permissions().mode() & 0o111 != 0
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn fail_to_expand(failed: &Failed) -> ExitCode {
    match failed {
        Failed::TooLong => fail(NOT_EXECUTABLE, &[b"the arguments are longer than a program can get"]),
        Failed::Unset { name, message, colon } => {
            let default: &[u8] = if *colon { b"parameter null or not set" } else { b"parameter not set" };
            let message = if message.is_empty() { default } else { message.as_bytes() };
            fail(UNSET, &[name.as_bytes(), b": ", message])
        }
    }
}

/// Writes one line to standard error, with nothing in it that changes a terminal (R6).
fn fail(status: u8, message: &[&[u8]]) -> ExitCode {
    let message = message.concat();
    let line = format!("octopilot/procfile: {}\n", visible(&String::from_utf8_lossy(&message)));
    let _ = io::stderr().write_all(line.as_bytes());
    ExitCode::from(status)
}
