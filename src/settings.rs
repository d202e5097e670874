//! The variables that a platform sets at build time (section C of the contract).

use crate::diagnostics::problems;
use std::ffi::OsString;

/// The Procfile, relative to the app directory (C1).
pub const PROCFILE_PATH: &str = "BP_PROCFILE_PATH";

/// The project.toml, relative to the app directory (C2).
pub const DESCRIPTOR_PATH: &str = "BP_PROCFILE_DESCRIPTOR";

/// The command of `web` if no file names `web` (C3).
pub const DEFAULT_PROCESS: &str = "BP_PROCFILE_DEFAULT_PROCESS";

/// The default process type (C4).
pub const DEFAULT_TYPE: &str = "BP_PROCFILE_DEFAULT_TYPE";

/// What the platform set. An empty variable counts as unset, since some platforms cannot unset one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// [`PROCFILE_PATH`]
    pub procfile_path: Option<String>,
    /// [`DESCRIPTOR_PATH`]
    pub descriptor_path: Option<String>,
    /// [`DEFAULT_PROCESS`]
    pub default_process: Option<String>,
    /// [`DEFAULT_TYPE`]
    pub default_type: Option<String>,
}

impl Settings {
    /// Reads the settings through `get`, which looks a variable up.
    pub fn read(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name| {
            let value = get(name)?.to_string_lossy().trim().to_string();
            (!value.is_empty()).then_some(value)
        };
        Self {
            procfile_path: text(PROCFILE_PATH),
            descriptor_path: text(DESCRIPTOR_PATH),
            default_process: text(DEFAULT_PROCESS),
            default_type: text(DEFAULT_TYPE),
        }
    }
}

problems! {
    /// What can be wrong with a variable.
    pub enum SettingProblem {
        /// The file that a variable names is not in the app (D4).
        Error "path-not-found" PathNotFound {
            /// The path as given.
            path: String,
        },
        /// The default process type is none of those declared (F1).
        Error "unknown-default-type" UnknownDefaultType {
            /// The type as given.
            name: String,
            /// The type that was probably meant.
            nearest: Option<String>,
            /// The types there are.
            known: Vec<String>,
        },
    }
}
