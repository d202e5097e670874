//! Prints to the two streams of a build.
//!
//! A reader that has gone away (`| head`) is not a reason to fail, so errors of the streams are ignored.

use crate::diagnostics::{Diagnostics, render};
use crate::failure::{self, Failure};
use crate::find::Earlier;
use crate::plan::Planned;
use crate::tell::log;
use crate::text::Sources;
use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Whether what is printed has colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// If the stream and the environment want it.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

/// Prints what a build that continues has found.
pub fn diagnostics(problems: &Diagnostics, sources: &Sources, colour: Colour) {
    to_stderr(&render(problems, sources, colour.is_on(&io::stderr())));
}

/// Prints the log of a build.
pub fn log(plan: &[Planned], earlier: &Earlier, sources: &Sources, colour: Colour) {
    let stdout = io::stdout().lock();
    let colour = colour.is_on(&stdout);
    let mut out = BufWriter::new(stdout);
    let _ = log::write(&mut out, plan, earlier, sources, colour).and_then(|()| out.flush());
}

/// Prints why there is nothing to do.
pub fn miss(miss: &str, out: &mut dyn Write) {
    let _ = writeln!(out, "{miss}");
}

/// Prints why the buildpack failed.
pub fn failure(error: &libcnb::Error<Failure>, colour: Colour) {
    to_stderr(&failure::message(error, colour.is_on(&io::stderr())));
}

fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

impl Colour {
    fn is_on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Auto => is_welcome_in(stream),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Whether a stream gets colour: `NO_COLOR` turns it off, `CLICOLOR_FORCE` on, `CLICOLOR=0` off; otherwise it is for
/// terminals that support it.
fn is_welcome_in(stream: &impl IsTerminal) -> bool {
    // The query takes `CLICOLOR_FORCE=0` for a yes.
    let forced = anstyle_query::clicolor_force() && env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let is_welcome = anstyle_query::clicolor() != Some(false);
    !anstyle_query::no_color()
        && (forced || (is_welcome && stream.is_terminal() && anstyle_query::term_supports_color()))
}
