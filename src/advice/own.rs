//! Programs of the app that only have the name of a known one.

use crate::advice::command::Command;
use crate::plan::{Image, Planned};
use crate::text::file_name;
use std::path::Path;

/// Directories into which package managers install programs.
const INSTALLED: [&str; 7] = ["node_modules", "vendor", "venv", ".venv", "env", "virtualenv", "site-packages"];

/// Programs whose own file is in the app.
const OF_APPS: [&str; 6] = ["catalina.sh", "delayed_job", "gradlew", "manage.py", "mvnw", "rails"];

/// Whether the program is a file of the app that somebody wrote, and not an installed one.
pub(super) fn is_own(command: &Command, planned: &Planned, image: &Image) -> bool {
    let Some(program) = command.words.first().and_then(|word| word.literal()).filter(|path| path.contains('/')) else {
        return false;
    };
    let name = file_name(program);
    let is_installed = || program.split('/').any(|part| INSTALLED.contains(&part)) || OF_APPS.contains(&name);
    let path = image.in_app(program, planned.working_dir.as_deref());
    path.is_some_and(|path| image.surroundings.head(&path).is_some() && !is_installed() && !is_stub(name, &path, image))
}

/// Whether a file only starts the installed program of its name, as a binstub of Bundler does.
fn is_stub(name: &str, path: &Path, image: &Image) -> bool {
    let script = image.surroundings.script(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&script);
    text.lines().next().is_some_and(|first| first.contains("ruby")) && text.contains(name)
}
