//! One binary: the lifecycle calls it as `detect` and `build`; under any other name it is the preview.

#![expect(unused_crate_dependencies, reason = "the library target uses them")]

use octopilot_procfile::buildpack::ProcfileBuildpack;
use octopilot_procfile::preview;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let program = args.next().unwrap_or_default();
    match Path::new(&program).file_name().and_then(|name| name.to_str()) {
        // The framework reads its arguments as text, and panics if they are not.
        Some("detect" | "build") if std::env::args_os().all(|argument| argument.to_str().is_some()) => {
            libcnb::libcnb_runtime(&ProcfileBuildpack);
            ExitCode::FAILURE
        }
        _ => preview::run(args),
    }
}
