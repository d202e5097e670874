//! What the buildpack and its static launcher share (X6): commands that are expanded when a process starts.

pub mod template;

/// The name of the launcher: of its binary and of its layer.
pub const LAUNCHER: &str = "launcher";
