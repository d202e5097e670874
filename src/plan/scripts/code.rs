//! The code that a script of the app loads with `.` or `source`, as far as the app has it.

use crate::plan::image::Image;
use crate::shell::{Invocation, Script};
use std::path::Path;

/// The most files that are read for a script.
const MOST_FILES: usize = 5;

/// The code that a script loads.
#[derive(Debug, Default)]
pub(super) struct Code {
    texts: Vec<String>,
    /// Whether all of it is known.
    pub(super) is_whole: bool,
}

impl Code {
    /// Reads what a script loads. `path`: that of the script, relative to the app. `content`: its text.
    pub(super) fn read(path: &Path, content: &str, script: &Script, image: &Image) -> Self {
        let files = script.invocations.iter().filter_map(|command| file(command, content));
        let mut code = Self { texts: Vec::new(), is_whole: true };
        for (number, file) in files.enumerate() {
            match of_app(path, file, image).filter(|_| number < MOST_FILES) {
                Some(text) => code.texts.push(text),
                None => code.is_whole = false,
            }
        }
        code
    }

    /// The text that has a function of this name, if it has one.
    fn with(&self, name: &str) -> Option<&str> {
        self.texts.iter().map(String::as_str).find(|text| text.lines().any(|line| declares(line, name)))
    }

    /// Whether it has a function of this name.
    pub(super) fn declares(&self, name: &str) -> bool {
        self.with(name).is_some()
    }

    /// Whether a function of this name may replace the shell by its program.
    pub(super) fn hands_over(&self, name: &str) -> bool {
        self.with(name).is_some_and(|text| text.contains("exec "))
    }
}

/// The file that a command loads, as it is written.
fn file<'c>(command: &Invocation, content: &'c str) -> Option<&'c str> {
    let [reader, file, ..] = command.words.as_slice() else { return None };
    matches!(content.get(reader.clone())?, "." | "source").then(|| content.get(file.clone()))?
}

/// A file of the app: by its path, or, where a part of that is expanded, beside the script.
fn of_app(script: &Path, file: &str, image: &Image) -> Option<String> {
    let name = file.trim_matches(['"', '\'']);
    let path = match name.rsplit_once(['$', '`', ')']) {
        Some((_, rest)) => script.parent()?.join(rest.split_once('/')?.1),
        None => image.path_in_app(name, None)?,
    };
    String::from_utf8(image.surroundings.script(&path)?).ok()
}

/// Whether a line starts a function of this name.
fn declares(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    let (line, has_word) = line.strip_prefix("function ").map_or((line, false), |line| (line.trim_start(), true));
    line.strip_prefix(name)
        .map(str::trim_start)
        .is_some_and(|rest| rest.starts_with("()") || has_word && (rest.is_empty() || rest.starts_with('{')))
}
