//! The machine that a build runs on.

use crate::find::bash;
use crate::find::path;
use crate::find::root_dir::RootDir;
use crate::find::surroundings::{Check, LONGEST_SCRIPT, Presence, Surroundings};
use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

/// The most command lines that bash is asked about in a build, at about 2 ms each, and its CPU time for all of them (R3).
const MOST_QUESTIONS: usize = 100;
const MOST_TIME: Duration = Duration::from_millis(200);

/// The longest command line that bash is asked about, in bytes. Deep nesting in longer ones can take it minutes.
const LONGEST_QUESTION: usize = 16 * 1024;

/// The most programs of the app that are looked for in a build.
const MOST_PROGRAMS: usize = 1000;

/// Asks the app directory and bash, both with a limit.
#[derive(Debug)]
pub struct Host<'h> {
    app: &'h RootDir,
    /// Whether earlier buildpacks have already built the app.
    is_built: bool,
    /// The layers of all buildpacks, if there are any.
    layers: Option<&'h Path>,
    questions: Cell<usize>,
    /// How much CPU time bash has left.
    time: Cell<Duration>,
    programs: Cell<usize>,
}

impl<'h> Host<'h> {
    /// `is_built`: whether earlier buildpacks have already built the app.
    pub fn new(app: &'h RootDir, is_built: bool) -> Self {
        let (questions, time, programs) = (Cell::new(0), Cell::new(MOST_TIME), Cell::new(0));
        Self { app, is_built, layers: None, questions, time, programs }
    }

    /// With the directory that has the layers of all buildpacks.
    #[must_use]
    pub fn with_layers(self, layers: Option<&'h Path>) -> Self {
        Self { layers, ..self }
    }
}

/// Whether the name of a file says that it is not what a compiler makes.
fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| !["cjs", "jar", "js", "mjs"].iter().any(|made| extension == *made))
}

/// Whether a build may make a directory, by a name that tools use for what they make or install.
fn may_be_made(directory: &Path) -> bool {
    const MADE: [&str; 12] = [
        "bin", "build", "dist", "env", "node_modules", "out", "output", "public", "static", "target", "vendor", "venv",
    ];
    let is_made = |name: &str| name.starts_with('.') || MADE.contains(&name);
    directory.components().any(|part| part.as_os_str().to_str().is_none_or(is_made))
}

impl Surroundings for Host<'_> {
    fn is_directory(&self, relative: &Path) -> bool {
        self.app.has_directory(relative)
    }

    fn lacks_directory(&self, relative: &Path) -> bool {
        !self.app.has_directory(relative) && (self.is_built || !may_be_made(relative))
    }

    fn image_has(&self, absolute: &Path) -> bool {
        self.is_built && absolute.exists()
    }

    fn may_be_on_path(&self, program: &Path) -> bool {
        path::may_find(program, self.layers)
    }

    fn head(&self, relative: &Path) -> Option<Vec<u8>> {
        self.app.head(relative, 4)
    }

    fn script(&self, relative: &Path) -> Option<Vec<u8>> {
        self.app.head(relative, LONGEST_SCRIPT as u64)
    }

    fn presence(&self, relative: &Path) -> Presence {
        let number = self.programs.replace(self.programs.get() + 1);
        if number >= MOST_PROGRAMS {
            return Presence::Executable;
        }
        let exists = |directory: &Path| self.app.has_directory(directory);
        match self.app.is_executable(relative) {
            Some(false) => Presence::NotExecutable,
            // Before a build, a binary or a directory may be missing because the build makes it.
            None if self.is_built || is_source(relative) && relative.parent().is_none_or(exists) => Presence::Missing,
            Some(true) | None => Presence::Executable,
        }
    }

    fn check(&self, shell: &str, line: &str) -> Check {
        let number = self.questions.replace(self.questions.get() + 1);
        if number >= MOST_QUESTIONS || line.len() > LONGEST_QUESTION || self.time.get().is_zero() {
            return Check::Unknown;
        }
        let (answer, left) = bash::check(shell, line, self.time.get());
        self.time.set(left);
        answer
    }
}
