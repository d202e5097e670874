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

/// What runs command lines (C5).
pub const SHELL: &str = "BP_PROCFILE_SHELL";

/// Whether no shell does (C6).
pub const DIRECT_PROCESS: &str = "BP_DIRECT_PROCESS";

/// Whether warnings fail the build (C7).
pub const STRICT: &str = "BP_PROCFILE_STRICT";

/// The warnings that are neither shown nor counted, by name (C9).
pub const ALLOW: &str = "BP_PROCFILE_ALLOW";

/// Where the platform has put service bindings (Service Binding Specification for Kubernetes, workload projection).
pub const BINDING_ROOT: &str = "SERVICE_BINDING_ROOT";

/// The stack that the image is built for, which the lifecycle tells (CNB Platform API, `CNB_STACK_ID`).
pub const STACK_ID: &str = "CNB_STACK_ID";

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
    /// [`SHELL`]
    pub shell: Option<String>,
    /// [`DIRECT_PROCESS`]
    pub direct_process: Option<String>,
    /// [`STRICT`]
    pub strict: Option<String>,
    /// [`ALLOW`]
    pub allow: Option<String>,
    /// [`BINDING_ROOT`]
    pub binding_root: Option<String>,
    /// [`STACK_ID`]
    pub stack_id: Option<String>,
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
            shell: text(SHELL),
            direct_process: text(DIRECT_PROCESS),
            strict: text(STRICT),
            allow: text(ALLOW),
            binding_root: text(BINDING_ROOT),
            stack_id: text(STACK_ID),
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
        /// A value that the variable does not have (C8).
        Error "invalid-value" InvalidValue {
            /// The value as given.
            value: String,
            /// The values that it has.
            accepted: &'static [&'static str],
        },
        /// A name in a list of warnings that no warning has (C9).
        Error "unknown-warning" UnknownWarning {
            /// The name as given.
            name: String,
            /// Whether an error has it.
            is_error: bool,
            /// The warning that was probably meant.
            nearest: Option<&'static str>,
        },
        /// The default process type is none of those declared (F1).
        Error "unknown-default-type" UnknownDefaultType {
            /// The type as given.
            name: String,
            /// The type that was probably meant.
            nearest: Option<String>,
            /// The types there are.
            known: Vec<String>,
            /// The buildpack before this one that declares it.
            elsewhere: Option<String>,
        },
    }
}
