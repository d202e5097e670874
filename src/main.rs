//! One binary: the lifecycle calls it as `detect` and `build`; under any other name it is the preview.

#![expect(unused_crate_dependencies, reason = "the library target uses them")]

use octopilot_procfile::{lifecycle, preview};
use rustix::process::{Resource, getrlimit};
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

/// The stack that the most deeply nested commands need, in MiB. It is what Linux gives a process, unless it is limited.
const STACK: usize = 8;

fn main() -> ExitCode {
    let bytes = STACK << 20;
    if getrlimit(Resource::Stack).current.is_none_or(|limit| limit >= bytes as u64) {
        return run();
    }
    match thread::Builder::new().stack_size(bytes).spawn(run) {
        Ok(thread) => thread.join().unwrap_or(ExitCode::FAILURE),
        Err(error) => {
            let problem = "which cannot be started";
            let _ = writeln!(io::stderr(), "error: this needs a thread with {STACK} MiB of stack, {problem}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> ExitCode {
    let mut args = std::env::args_os();
    let program = args.next().unwrap_or_default();
    match lifecycle::Phase::of(&program) {
        Some(phase) => lifecycle::run(phase, args),
        None => preview::run(args),
    }
}
