//! One binary: the lifecycle calls it as `detect` and `build`; under any other name it is the preview.

#![expect(unused_crate_dependencies, reason = "the library target uses them")]

use octopilot_procfile::{lifecycle, preview};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let program = args.next().unwrap_or_default();
    match lifecycle::Phase::of(&program) {
        Some(phase) => lifecycle::run(phase, args),
        None => preview::run(args),
    }
}
