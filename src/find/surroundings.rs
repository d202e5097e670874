//! What the pure stages ask about the app directory and the build image.

use std::path::Path;

/// How much of a script of the app is read, in bytes (X4d).
pub const LONGEST_SCRIPT: usize = 64 * 1024;

/// Answers what only the file system and bash know.
pub trait Surroundings {
    /// Whether a path relative to the app is a directory.
    fn is_directory(&self, relative: &Path) -> bool;
    /// Whether the app certainly has no directory at a path relative to it.
    fn lacks_directory(&self, _relative: &Path) -> bool {
        false
    }
    /// Whether the image that builds the app has something at an absolute path.
    fn image_has(&self, _absolute: &Path) -> bool {
        true
    }
    /// Whether the PATH of a process may find a program of this absolute path by its name, or another one of that name.
    fn may_be_on_path(&self, _program: &Path) -> bool {
        true
    }
    /// The first four bytes of a file in the app, or fewer if it has no more; `None` if there is no such file.
    fn head(&self, relative: &Path) -> Option<Vec<u8>>;
    /// The first [`LONGEST_SCRIPT`] bytes of a file in the app, or fewer if it has no more; `None` if there is no such
    /// file.
    fn script(&self, relative: &Path) -> Option<Vec<u8>>;
    /// What is known about a program that a path relative to the app names.
    fn presence(&self, relative: &Path) -> Presence;
    /// What a shell, `bash` or `sh`, says about the syntax of a command line.
    fn check(&self, shell: &str, line: &str) -> Check;
}

/// What is known about a program of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It can be executed, or nothing is known about it.
    Executable,
    /// It exists and cannot be executed.
    NotExecutable,
    /// It does not exist.
    Missing,
}

/// What a shell says about the syntax of a command line (X0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The shell can read it.
    Accepted,
    /// bash cannot read it; its own message.
    Refused(String),
    /// There is no bash to ask, or it did not answer.
    Unknown,
}
