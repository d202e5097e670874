//! The variables that a platform sets at build time (section C of the contract).

/// A variable that this buildpack reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// The command of `web` if no file declares `web` (C3).
    DefaultProcess,
    /// The Procfile, relative to the app directory (C1).
    ProcfilePath,
    /// The project.toml, relative to the app directory (C2).
    DescriptorPath,
    /// The default process type (C4).
    DefaultType,
    /// What runs command lines (C5).
    Shell,
    /// Whether command lines run without a shell (C6).
    DirectProcess,
    /// For which process types the launcher is process 1 (X8).
    Init,
    /// Whether warnings fail the build (C7).
    Strict,
    /// The warnings and notes to turn off, by name (C9).
    Allow,
    /// The stack that the image is built for, set by the lifecycle (CNB Platform API, `CNB_STACK_ID`).
    StackId,
    /// Where the service bindings are (Service Binding Specification for Kubernetes, workload projection).
    BindingRoot,
}

/// What the names of this buildpack's own variables start with. One that does not exist is a mistake (C10).
pub const PREFIX: &str = "BP_PROCFILE_";

impl Variable {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::DefaultProcess,
        Self::ProcfilePath,
        Self::DescriptorPath,
        Self::DefaultType,
        Self::Shell,
        Self::DirectProcess,
        Self::Init,
        Self::Strict,
        Self::Allow,
        Self::StackId,
        Self::BindingRoot,
    ];

    /// The name in the environment.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DefaultProcess => "BP_PROCFILE_DEFAULT_PROCESS",
            Self::ProcfilePath => "BP_PROCFILE_PATH",
            Self::DescriptorPath => "BP_PROCFILE_DESCRIPTOR",
            Self::DefaultType => "BP_PROCFILE_DEFAULT_TYPE",
            Self::Shell => "BP_PROCFILE_SHELL",
            Self::DirectProcess => "BP_DIRECT_PROCESS",
            Self::Init => "BP_PROCFILE_INIT",
            Self::Strict => "BP_PROCFILE_STRICT",
            Self::Allow => "BP_PROCFILE_ALLOW",
            Self::StackId => "CNB_STACK_ID",
            Self::BindingRoot => "SERVICE_BINDING_ROOT",
        }
    }
}
