//! What the preview has found, for all formats.

use crate::diagnostics::Diagnostics;
use crate::plan::Planned;
use crate::text::Sources;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit status if there is nothing to do (CNB Buildpack spec, detection).
const NOTHING_TO_DO: u8 = 100;

/// What the preview has found.
pub(super) struct Report<'r> {
    pub(super) status: Status,
    /// Why there is nothing to do, or why the app cannot be read.
    pub(super) reason: Option<String>,
    pub(super) plan: &'r [Planned<'r>],
    pub(super) problems: &'r Diagnostics,
    pub(super) sources: &'r Sources,
    /// The app directory.
    pub(super) app: &'r Path,
    /// The same, from the working directory, where the platforms that read annotations look for files.
    pub(super) directory: PathBuf,
}

/// How the preview ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Status {
    /// Process types are written.
    Ok,
    /// Mistakes in the app, or warnings in strict mode.
    Errors,
    /// Nothing declares process types.
    NothingToDo,
    /// The app cannot be read.
    Failed,
}

impl Status {
    pub(super) fn is_failure(self) -> bool {
        matches!(self, Self::Errors | Self::Failed)
    }

    pub(super) fn exit_code(self) -> ExitCode {
        match self {
            Self::Ok => ExitCode::SUCCESS,
            Self::NothingToDo => ExitCode::from(NOTHING_TO_DO),
            Self::Errors | Self::Failed => ExitCode::FAILURE,
        }
    }
}
