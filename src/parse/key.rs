//! The tables of a project.toml that declare process types, and their keys.

/// The table of this buildpack (T1).
pub const TABLE: &str = "io.octopilot.processes";

/// The array of tables with the shape of launch.toml (T2).
pub const ALIAS: &str = "io.buildpacks.processes";

/// What a key takes (T3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The name of a process type.
    Name,
    /// A command line, or a program and its arguments.
    Command,
    /// Strings, or none.
    Words,
    /// A program, and strings after it.
    Program,
    /// The path of a directory.
    Directory,
    /// Strings by the names of environment variables.
    Variables,
    /// `true` or `false`.
    Boolean,
}

/// A key of a process type in `[io.octopilot.processes]` or `[[io.buildpacks.processes]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The process type; in `[io.octopilot.processes]` it is the key of the table.
    Type,
    /// What the process runs.
    Command,
    /// Default arguments, replaced by those given at run time.
    Args,
    /// Words before the command of an earlier buildpack (T7).
    Wrap,
    /// The working directory (T4).
    WorkingDir,
    /// Defaults of environment variables (T5).
    Env,
    /// Whether it is the default process type (T6).
    Default,
    /// Whether the launcher is process 1 (T8).
    Init,
}

impl Key {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Type, Self::Command, Self::Args, Self::Wrap, Self::WorkingDir, Self::Env, Self::Default, Self::Init];

    /// The keys in `[io.octopilot.processes]`.
    pub const OF_TABLE: &[Self] =
        &[Self::Command, Self::Args, Self::Wrap, Self::WorkingDir, Self::Env, Self::Default, Self::Init];

    /// The keys in `[[io.buildpacks.processes]]`.
    pub const OF_ALIAS: &[Self] = &[Self::Type, Self::Command, Self::Args, Self::Default, Self::WorkingDir];

    /// The key as written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Command => "command",
            Self::Args => "args",
            Self::Wrap => "wrap",
            Self::WorkingDir => "working-dir",
            Self::Env => "env",
            Self::Default => "default",
            Self::Init => "init",
        }
    }

    /// What the key takes.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Type => Kind::Name,
            Self::Command => Kind::Command,
            Self::Args => Kind::Words,
            Self::Wrap => Kind::Program,
            Self::WorkingDir => Kind::Directory,
            Self::Env => Kind::Variables,
            Self::Default | Self::Init => Kind::Boolean,
        }
    }

    /// What other tools call the key.
    pub const fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Type => &["name", "process", "process-type"],
            Self::Command => &["cmd", "entrypoint", "exec", "run", "script", "start"],
            Self::Args => &["arguments", "argv", "params"],
            Self::Wrap => &["prefix", "wrapper"],
            Self::WorkingDir => &["cwd", "dir", "directory", "working-directory", "workdir", "workingDirectory"],
            Self::Env => &["environment", "variables", "vars"],
            Self::Default => &[],
            Self::Init => &["dumb-init", "init-process", "pid1", "tini"],
        }
    }
}

/// What processes have in other tools, and where it is said instead: what follows "delete it".
const ELSEWHERE: [(&[&str], &str); 15] = [
    (
        &["port", "ports", "expose", "listen"],
        ": the program chooses its port, and the platform publishes it: with `docker run --publish`, or with `ports` in a Kubernetes Deployment",
    ),
    (
        &["replicas", "scale", "instances", "count", "quantity", "numprocs", "processes"],
        ", and set the number of processes on your platform, for example with `replicas` in a Kubernetes Deployment",
    ),
    (
        &["schedule", "cron", "interval"],
        ", and set the schedule on your platform, for example in a Kubernetes CronJob whose `command` is the process type",
    ),
    (
        &["restart", "restart-policy", "restart_policy", "autorestart", "autostart"],
        ": the platform restarts processes, for example with `docker run --restart`; a Kubernetes Deployment always does",
    ),
    (
        &[
            "healthcheck", "health-check", "health_check", "health-check-type", "livenessProbe", "readinessProbe",
            "liveness", "readiness", "probe",
        ],
        ", and set it on your platform, for example with `livenessProbe` in a Kubernetes Deployment",
    ),
    (
        &["exec-env", "exec_env"],
        ": it needs Buildpack API 0.12, and this buildpack uses 0.10; the process type is declared for all execution environments",
    ),
    (
        &["user", "group", "uid", "gid"],
        ": the run image chooses the user; Kubernetes can choose another with `securityContext`",
    ),
    (
        &["depends_on", "depends-on", "dependsOn", "after", "requires", "links"],
        ": platforms start processes in any order, so the program has to wait for what it needs, or an init container in Kubernetes",
    ),
    (
        &["volumes", "volume", "mounts", "secrets", "configs", "networks"],
        ", and set it on your platform: with options of `docker run`, or in a Kubernetes Deployment",
    ),
    (&["image", "build", "dockerfile"], ": all process types run in the image that this build makes"),
    (
        &["memory", "mem_limit", "cpu", "cpus", "resources", "limits", "disk_quota"],
        ", and set it on your platform, for example with `resources` in a Kubernetes Deployment",
    ),
    (
        &["env_file", "env-file", "dotenv"],
        ", and write the variables into `env`, or set them when the image runs, for example with `docker run --env-file`",
    ),
    (
        &["stopsignal", "stop_signal", "stop_grace_period", "timeout", "kill_timeout"],
        ": the platform stops processes with SIGTERM, and Kubernetes waits for `terminationGracePeriodSeconds`",
    ),
    (
        &["log", "logs", "logging", "stdout", "stderr", "stdout_logfile", "stderr_logfile"],
        ": the platform collects the log from standard output and error",
    ),
    (&["description", "comment", "title"], ", and write a comment, which starts with `#`"),
];

/// Where something that processes have in other tools is said instead.
pub fn elsewhere(key: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(keys, _)| keys.contains(&key)).map(|(_, instead)| *instead)
}
