//! Why the buildpack fails.

use crate::diagnostics::{Diagnostics, render};
use crate::text::quote::{code, whole};
use crate::text::{Sources, visible};
use indoc::formatdoc;
use libherokubuildpack::write::line_mapped;
use libherokubuildpack::write::mappers::map_utf8_lossy;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

/// Why the buildpack, or the preview, fails.
#[derive(Debug)]
pub enum Failure {
    /// The app directory itself cannot be resolved.
    AppDir {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The launcher is not in the buildpack.
    Launcher(io::Error),
    /// So many bytes of memory are not there.
    Memory(usize),
    /// A file of the layers directory, or that directory, cannot be written.
    Write {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The user's mistakes, and the texts that they are in.
    Mistakes {
        /// The texts.
        sources: Sources,
        /// The mistakes, and what else there is to say.
        problems: Box<Diagnostics>,
    },
}

impl From<Failure> for libcnb::Error<Failure> {
    fn from(failure: Failure) -> Self {
        Self::BuildpackError(failure)
    }
}

/// What the user reads.
pub fn message(error: &libcnb::Error<Failure>, colour: bool) -> String {
    match error {
        libcnb::Error::BuildpackError(Failure::Mistakes { sources, problems }) => render(problems, sources, colour),
        libcnb::Error::BuildpackError(Failure::AppDir { path, error }) => {
            format!("error: the app directory {} cannot be read: {error}\n", code(&path.to_string_lossy()))
        }
        libcnb::Error::BuildpackError(Failure::Launcher(error)) => {
            internal(&format_args!("the launcher of the buildpack cannot be read: {error}"))
        }
        libcnb::Error::BuildpackError(Failure::Memory(bytes)) => {
            format!("error: this process cannot get {} MiB of memory, which files of this size may need\n", bytes >> 20)
        }
        libcnb::Error::BuildpackError(Failure::Write { path, error }) => {
            format!("error: {} cannot be written: {error}\n", whole(&path.to_string_lossy()))
        }
        framework => internal(framework),
    }
}

/// The message of a failure that is not a mistake in the files of the app. Other programs wrote the error, so its lines
/// are made safe, and indented.
fn internal(error: &dyn Display) -> String {
    let mut lines = line_mapped(Vec::new(), map_utf8_lossy(|line| format!("  {}\n", visible(line.trim_end()))));
    // Writing to memory does not fail.
    let _ = lines.write_all(error.to_string().trim_end().as_bytes());
    formatdoc! {"
        error: the build cannot go on, and not because of a mistake in the files of the app
        {}  = help: build again; if it fails again, report it at {}/issues
        ", String::from_utf8_lossy(&lines.unwrap()), env!("CARGO_PKG_REPOSITORY")}
}
