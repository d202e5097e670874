//! What the buildpack and its static launcher share: commands that are expanded when a process starts (X6), and what the
//! launcher does as process 1 (X8).

#[cfg(target_os = "linux")]
pub mod init;
pub mod template;

/// The name of the launcher: of its binary and of its layer.
pub const LAUNCHER: &str = "launcher";

/// The first argument of the launcher if it is process 1. What follows is what the launcher takes without it.
pub const INIT: &str = "init";

/// What is before the words of a command that are not expanded.
pub const WORDS: &str = "--";
