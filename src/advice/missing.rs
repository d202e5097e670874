//! Files and directories of the app that a command names, and that are not where it looks for them (O4).

use crate::advice::command::{At, Command, Word};
use crate::advice::problems::{Advice, Missing, NoDirectory};
use crate::find::{Presence, Surroundings};
use crate::plan::{Image, Planned};
use crate::text::quote::shell_word;
use std::path::{Path, PathBuf};

/// Where Heroku has the app.
const HEROKU: &str = "/app";

/// The extensions of scripts, which an app starts by their own name. Other names may be those of installed programs.
const SCRIPTS: [&str; 8] = ["bash", "js", "mjs", "php", "pl", "py", "rb", "sh"];

/// What runs a script without `#!`, by its extension.
const INTERPRETED: [(&str, &str); 5] =
    [("js", "node"), ("mjs", "node"), ("php", "php"), ("py", "python"), ("rb", "ruby")];

/// Commands that change the directory.
const CHANGES: [&str; 3] = ["cd", "pushd", "popd"];

/// Commands that may change everything.
const READS_CODE: [&str; 3] = [".", "source", "eval"];

/// Looks for what the commands of a process type name.
pub(super) struct Finder<'m> {
    pub(super) planned: &'m Planned<'m>,
    /// Its command line; empty for an array.
    pub(super) line: &'m str,
    pub(super) image: &'m Image<'m>,
}

impl Finder<'_> {
    /// What the first command names and does not find: what runs later can be made by what runs before.
    pub(super) fn first<'c, 'a>(&self, command: &'c Command<'a>) -> Option<(Advice, &'c Word<'a>)> {
        if command.position.conditional {
            return None;
        }
        self.program(command).or_else(|| self.directory(command)).or_else(|| self.code(command))
    }

    /// The script that the first command gives to an interpreter.
    pub(super) fn script<'c, 'a>(&self, command: &'c Command<'a>) -> Option<(Advice, &'c Word<'a>)> {
        let word = command.script()?;
        let script = word.literal()?;
        if let Some(instead) = self.on_heroku(script) {
            return Some((missing(script, Missing::OnHeroku { instead }), word));
        }
        let is_missing = |path: &Path| self.surroundings().presence(path) == Presence::Missing;
        // A working directory that does not exist has its own warning.
        let is_due = is_relative(script) && is_missing(&self.in_app(script)?) && self.has_working_dir();
        is_due.then(|| (missing(script, Missing::File), word))
    }

    /// A file of the app whose name is looked for only in PATH. `before`: the commands before this one.
    pub(super) fn off_path<'c, 'a>(
        &self,
        command: &'c Command<'a>,
        before: &[Command],
    ) -> Option<(Advice, &'c Word<'a>)> {
        let word = program(command)?;
        let name = word.literal()?;
        let extension = Path::new(name).extension()?;
        let is_script = !name.contains('/') && SCRIPTS.iter().any(|script| extension == *script);
        let is_changed = || {
            let all = || before.iter().chain([command]).flat_map(Command::all_words);
            before.iter().any(|command| changes_directory(command) || reads_code(command))
                || all().any(|word| word.text.contains("PATH"))
                || self.planned.env.iter().any(|(name, _)| name == "PATH")
        };
        if command.position.conditional || !is_script || is_changed() {
            return None;
        }
        let path = self.in_app(name)?;
        let head = self.surroundings().head(&path)?;
        if self.surroundings().may_be_on_path(&self.image.app.join(&path)) {
            return None;
        }
        let interpreter = INTERPRETED.iter().find(|(script, _)| extension == *script && !head.starts_with(b"#!"));
        if let Some((_, interpreter)) = interpreter {
            let instead = format!("{interpreter} {}", shell_word(name));
            return Some((missing(name, Missing::OnPath { instead, is_executable: true }), word));
        }
        let is_executable = self.surroundings().presence(&path) == Presence::Executable;
        let instead = format!("./{}", shell_word(name));
        Some((missing(name, Missing::OnPath { instead, is_executable }), word))
    }

    /// A program that a path names.
    fn program<'c, 'a>(&self, command: &'c Command<'a>) -> Option<(Advice, &'c Word<'a>)> {
        let word = program(command)?;
        let program = word.literal()?;
        if let Some(instead) = self.on_heroku(program) {
            let why = Missing::OnHeroku { instead: format!("./{instead}") };
            return Some((missing(program, why), word));
        }
        if !is_relative(program) {
            return None;
        }
        let path = self.image.in_app(program, self.planned.working_dir.as_deref())?;
        match self.surroundings().presence(&path) {
            Presence::Executable => None,
            // A mode does not help a file that has to be compiled, or a Java archive.
            Presence::NotExecutable if is_source(program) => None,
            Presence::NotExecutable => Some((missing(program, Missing::Mode), word)),
            Presence::Missing => Some((missing(program, Missing::File), word)),
        }
    }

    /// Whether the app has a module of Python.
    pub(super) fn has_module(&self, name: &str) -> bool {
        let path = name.replace('.', "/");
        let has = |file: String| self.in_app(&file).is_some_and(|path| self.surroundings().head(&path).is_some());
        has(format!("{path}.py")) || has(format!("{path}/__init__.py"))
    }

    /// The directory to which `cd DIRECTORY && …` changes.
    fn directory<'c, 'a>(&self, command: &'c Command<'a>) -> Option<(Advice, &'c Word<'a>)> {
        let [cd, word] = command.words.as_slice() else { return None };
        let directory = word.literal()?;
        if cd.literal() != Some("cd") || !is_plain(directory) || self.is_told("CDPATH") || !self.is_needed(command) {
            return None;
        }
        let why = if let Some(rest) = self.rest_of_heroku(directory) {
            let has = self.surroundings().is_directory(Path::new(rest));
            NoDirectory::OnHeroku { instead: has.then(|| rest.to_string())? }
        } else {
            let path = self.image.path_in_app(directory, self.planned.working_dir.as_deref())?;
            let is_due = is_inside(directory) && self.surroundings().lacks_directory(&path) && self.has_working_dir();
            is_due.then_some(NoDirectory::InApp)?
        };
        Some((Advice::MissingDirectory { directory: directory.to_string(), why }, word))
    }

    /// The file that `. FILE && …` reads.
    fn code<'c, 'a>(&self, command: &'c Command<'a>) -> Option<(Advice, &'c Word<'a>)> {
        let [reader, word, ..] = command.words.as_slice() else { return None };
        let file = word.literal().filter(|file| file.contains('/') && is_plain(file) && is_relative(file))?;
        // A platform may add a file of variables.
        let is_of_variables = || file.rsplit('/').next().is_some_and(|name| name.starts_with(".env"));
        if !matches!(reader.literal(), Some("." | "source")) || is_of_variables() || !self.is_needed(command) {
            return None;
        }
        let is_missing = self.surroundings().presence(&self.in_app(file)?) == Presence::Missing;
        let is_python = file.ends_with("/bin/activate");
        let why = match (is_python, command.is_inner) {
            (true, false) => Missing::Activate { delete: format!("{} {file} &&", reader.text) },
            _ => Missing::File,
        };
        (is_missing && self.has_working_dir()).then(|| (missing(file, why), word))
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self.image.surroundings
    }

    /// The path relative to the app of a file that a process names.
    fn in_app(&self, file: &str) -> Option<PathBuf> {
        self.image.path_in_app(file, self.planned.working_dir.as_deref())
    }

    fn has_working_dir(&self) -> bool {
        self.in_app("").is_some_and(|directory| self.surroundings().is_directory(&directory))
    }

    /// Whether the process may have a value for a variable.
    fn is_told(&self, variable: &str) -> bool {
        self.line.contains(variable) || self.planned.env.iter().any(|(name, _)| name == variable)
    }

    /// What follows Heroku's directory in a path, if that is not the directory of this app and nothing else is there.
    fn rest_of_heroku<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(HEROKU).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        let is_there = self.image.app.starts_with(HEROKU) || self.surroundings().image_has(Path::new(HEROKU));
        let rest = rest.trim_matches('/');
        (!is_there && self.planned.working_dir.is_none() && is_relative(rest)).then_some(rest)
    }

    /// The path in the app of a file that is there and is named as on Heroku.
    fn on_heroku(&self, path: &str) -> Option<String> {
        let rest = self.rest_of_heroku(path)?;
        self.surroundings().head(Path::new(rest)).map(|_| rest.to_string())
    }

    /// Whether nothing runs if a command fails: `&&` follows, and there is no `||`.
    fn is_needed(&self, command: &Command) -> bool {
        let start = match command.words.first().map(|word| &word.at) {
            Some(Some(At::Line(at))) if !command.position.background => at.start,
            _ => return false,
        };
        let mut rest = self.line.get(start..).unwrap_or_default().trim_start_matches(['"', '\'']);
        for word in &command.words {
            let Some(behind) = rest.trim_start().strip_prefix(word.text.as_ref()) else { return false };
            rest = behind;
        }
        rest.trim_start().starts_with("&&") && !self.line.contains("||")
    }
}

/// Whether a command changes the directory of those behind it.
pub(super) fn changes_directory(command: &Command) -> bool {
    CHANGES.contains(&command.name())
}

/// Whether a command runs code that may change everything.
pub(super) fn reads_code(command: &Command) -> bool {
    READS_CODE.contains(&command.name())
}

/// The program of a command, behind `exec`.
fn program<'c, 'a>(command: &'c Command<'a>) -> Option<&'c Word<'a>> {
    let is_exec = command.words.first().is_some_and(|word| word.text == "exec");
    command.words.get(usize::from(is_exec))
}

fn missing(program: &str, why: Missing) -> Advice {
    Advice::MissingProgram { program: program.to_string(), why }
}

/// Whether a file is one that only other programs read, by the extension of its name.
fn is_source(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["c", "go", "jar", "java", "kt", "rs", "ts"].contains(&extension))
}

/// Whether a path does not lead out of the working directory.
fn is_relative(path: &str) -> bool {
    !path.starts_with('/') && is_inside(path)
}

fn is_inside(path: &str) -> bool {
    !path.split('/').any(|part| part == "..")
}

/// Whether a path stands for itself, and not for a home directory or for what a pattern finds.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && !path.starts_with(['~', '-']) && !path.contains(['*', '?', '[', '{'])
}
