//! Starts a process of an image that has no shell (X6, X7): expands the template that the buildpack prepared, appends
//! the arguments given at run time, and replaces itself with the program.

#![expect(unused_crate_dependencies, reason = "the library target uses them")]

use octopilot_procfile::launcher::template::{Failed, Template};
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

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let Some((template, given)) = Template::decode(&arguments) else {
        return fail(NOT_EXECUTABLE, &[b"the command in launch.toml is not one that this launcher can read"]);
    };
    let mut expanded = match template.expand(&variable) {
        Ok(expanded) => expanded,
        Err(failed) => return fail_to_expand(&failed),
    };
    expanded.words.extend_from_slice(given);
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
