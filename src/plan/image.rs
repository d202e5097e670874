//! What is known about the image when it is built.

use crate::find::Surroundings;
use crate::shell::Budget;
use std::path::{Component, Path, PathBuf};

/// What is known about the image when it is built.
pub struct Image<'i> {
    /// The absolute app directory. The image has it at the same path (CNB Platform spec).
    pub app: &'i Path,
    /// The absolute path of the launcher in the image.
    pub launcher: &'i Path,
    /// Answers what only the file system and bash know.
    pub surroundings: &'i dyn Surroundings,
    /// How much may still be read of commands.
    pub budget: &'i Budget,
}

impl Image<'_> {
    /// The path relative to the app of a program, if a path names it and it is in the app. `working_dir`: that of the
    /// process, absolute or relative to the app.
    pub fn in_app(&self, program: &str, working_dir: Option<&Path>) -> Option<PathBuf> {
        program.contains('/').then(|| self.path_in_app(program, working_dir))?
    }

    /// The path relative to the app of a file, if it is in the app, without `.`.
    pub fn path_in_app(&self, file: &str, working_dir: Option<&Path>) -> Option<PathBuf> {
        let file = Path::new(file);
        // Nearly all are, and this takes a third of the time.
        if working_dir.is_none() && file.is_relative() {
            return Some(file.components().filter(|part| *part != Component::CurDir).collect());
        }
        let path = self.app.join(working_dir.unwrap_or(Path::new(""))).join(file);
        path.strip_prefix(self.app).ok().map(|path| path.components().collect())
    }

    /// The first bytes of a program of the app, or `None` if it is not in the app.
    pub fn head(&self, program: &str, working_dir: Option<&Path>) -> Option<Vec<u8>> {
        self.surroundings.head(&self.in_app(program, working_dir)?)
    }
}
