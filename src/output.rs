//! Prints to the two streams of a build: problems on standard error, the log on standard output.
//!
//! A reader that has gone away (`| head`) is no reason to fail, so what cannot be written is let go.

use crate::buildpack::Failure;
use crate::detect::Miss;
use crate::diagnostics::Diagnostics;
use crate::earlier::Earlier;
use crate::plan::Planned;
use crate::render::render;
use crate::report;
use crate::sources::Sources;
use crate::words;
use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Prints the warnings of a build that goes on.
pub fn warnings(sources: &Sources, problems: &Diagnostics) {
    if problems.warnings() > 0 {
        to_stderr(&render(problems, sources, colour(&io::stderr())));
    }
}

/// Prints the log of a build.
pub fn log(plan: &[Planned], earlier: &Earlier, sources: &Sources) {
    let stdout = io::stdout().lock();
    let colour = colour(&stdout);
    let mut out = BufWriter::new(stdout);
    let _ = report::write(&mut out, plan, earlier, sources, colour).and_then(|()| out.flush());
}

/// Prints why there is nothing to do.
pub fn miss(miss: &Miss, out: &mut dyn Write) {
    let _ = writeln!(out, "{}", words::miss(miss));
}

/// Prints why the buildpack failed.
pub fn failure(error: &libcnb::Error<Failure>) {
    match error {
        libcnb::Error::BuildpackError(Failure::Mistakes { sources, problems }) => {
            to_stderr(&render(problems, sources, colour(&io::stderr())));
        }
        libcnb::Error::BuildpackError(Failure::AppDir(error)) => {
            to_stderr(&words::unreadable_app(error));
        }
        libcnb::Error::BuildpackError(Failure::Launcher(error)) => {
            to_stderr(&words::failure(&format_args!("the launcher cannot be copied into its layer: {error}")));
        }
        framework => to_stderr(&words::failure(framework)),
    }
}

fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Whether a stream takes colour: `NO_COLOR` says no, `CLICOLOR_FORCE` says yes, `CLICOLOR=0` says no, else a terminal
/// that can.
fn colour(stream: &impl IsTerminal) -> bool {
    // The query takes `CLICOLOR_FORCE=0` for a yes.
    let forced = anstyle_query::clicolor_force() && env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let is_welcome = anstyle_query::clicolor() != Some(false);
    !anstyle_query::no_color()
        && (forced || (is_welcome && stream.is_terminal() && anstyle_query::term_supports_color()))
}
