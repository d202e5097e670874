//! The tables of a project.toml that declare process types, and their keys.

/// The table of this buildpack (T1).
pub const TABLE: &str = "io.octopilot.processes";

/// The array of tables with the shape of launch.toml (T2).
pub const ALIAS: &str = "io.buildpacks.processes";

/// A key of a process type in `[io.octopilot.processes]` or `[[io.buildpacks.processes]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The process type; in `[io.octopilot.processes]` it is the key of the table.
    Type,
    /// What the process runs.
    Command,
    /// Default arguments, replaced by those given at run time.
    Args,
    /// The working directory (T4).
    WorkingDir,
    /// Defaults of environment variables (T5).
    Env,
    /// Whether it is the default process type (T6).
    Default,
}

impl Key {
    /// The keys in `[io.octopilot.processes]`.
    pub const OF_TABLE: &[Self] = &[Self::Command, Self::Args, Self::WorkingDir, Self::Env, Self::Default];

    /// The keys in `[[io.buildpacks.processes]]`.
    pub const OF_ALIAS: &[Self] = &[Self::Type, Self::Command, Self::Args, Self::Default, Self::WorkingDir];

    /// The key as written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Command => "command",
            Self::Args => "args",
            Self::WorkingDir => "working-dir",
            Self::Env => "env",
            Self::Default => "default",
        }
    }

    /// What other tools call the key.
    pub const fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Type => &["name"],
            Self::Command => &["cmd", "entrypoint"],
            Self::WorkingDir => &["workdir", "workingDirectory"],
            Self::Env => &["environment"],
            Self::Args | Self::Default => &[],
        }
    }
}
