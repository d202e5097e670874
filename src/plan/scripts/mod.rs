//! Reads the scripts of the app that process types run (X4d, X6a), each once.

mod code;
pub(crate) mod problems;
mod shebang;
mod waiting;

use crate::diagnostics::Diagnostics;
use crate::find::LONGEST_SCRIPT;
use crate::plan::image::Image;
use crate::plan::started::dialect;
use crate::shell::{self, Arguments, Given, Insert, Reason, edited};
use crate::text::{Source, Span, Text};
use code::Code;
use std::path::{Path, PathBuf};
use waiting::{Warning, waiting};

/// The most scripts that are read in a build. Reading one may take as long as reading the commands of a Procfile.
const MOST_SCRIPTS: usize = 20;

/// The scripts that a build has read.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    read: Vec<Script>,
}

/// A script of the app.
#[derive(Debug)]
pub(super) struct Script {
    path: PathBuf,
    /// The program that reads it, by its first line.
    pub(super) interpreter: Option<String>,
    /// A shell or `env` that its first line names by a relative path, and that line with an absolute path.
    pub(super) relative: Option<(String, String)>,
    /// Whether `\r` is part of what its first line names, so that the kernel finds no such program.
    pub(super) cannot_start: bool,
    /// Whether all its lines end as on Windows.
    pub(super) is_of_windows: bool,
    /// Whether arguments reach one of its programs, or are used otherwise; `None` if it could not be read as a shell does.
    pub(super) passes_arguments: Option<bool>,
    /// The line that would pass them on, and its number.
    pub(super) passing_line: Option<(usize, String)>,
    /// Why its shell stays in front of a program, if it does.
    pub(super) stays_for: Option<Reason>,
    /// What to warn about, until that is done.
    warning: Option<(Text, Warning)>,
}

impl Scripts {
    /// A script at a path relative to the app, and its number. `by`: the shell that a command starts to read it; without
    /// one, its first line says what reads it. `None` if it is not there, or is not a script.
    pub(super) fn get(&mut self, path: &Path, by: Option<&str>, image: &Image) -> Option<(u16, &Script)> {
        let surroundings = image.surroundings;
        let known = self.read.iter().position(|script| script.path == path);
        let number = match known {
            Some(number) => number,
            None if self.read.len() < MOST_SCRIPTS => {
                if by.is_none() && !surroundings.head(path)?.starts_with(b"#!") {
                    return None;
                }
                self.read.push(Script::new(path, by, surroundings.script(path)?, image));
                self.read.len() - 1
            }
            None => return None,
        };
        Some((u16::try_from(number).ok()?, self.read.get(number)?))
    }

    /// Warns about a script, once. `from`: the command that starts it.
    pub(super) fn warn(&mut self, number: u16, from: Span, problems: &mut Diagnostics) {
        let warning = self.read.get_mut(usize::from(number)).and_then(|script| script.warning.take());
        let Some((text, (problem, at))) = warning else { return };
        let source = Source::Script(number);
        problems.push_related(problem, Span::new(source, at), from);
        problems.add_script(source, text);
    }
}

impl Script {
    fn new(path: &Path, by: Option<&str>, content: Vec<u8>, image: &Image) -> Self {
        let interpreter = shebang::interpreter(&content).map(str::to_string);
        let mut new = Self {
            path: path.to_path_buf(),
            interpreter: None,
            relative: shebang::relative(&content),
            cannot_start: shebang::cannot_start(&content),
            is_of_windows: content.ends_with(b"\n") && lines(&content).all(|line| line.ends_with(b"\r\n")),
            passes_arguments: None,
            passing_line: None,
            stays_for: None,
            warning: None,
        };
        if let Some(dialect) = by.or(interpreter.as_deref()).and_then(dialect)
            && let Some(content) = readable(content)
            && let Ok(script) = shell::script(&content, dialect, Given::File, image.budget)
        {
            let code = Code::read(path, &content, &script, image);
            let text = Text::new(&path.to_string_lossy(), content);
            new.passing_line = passing_line(&text, &script);
            new.passes_arguments = Some(script.arguments == Arguments::Used);
            new.warning = waiting(&text, &script, &code).map(|warning| (text, warning));
            new.stays_for = new.warning.as_ref().and_then(|(_, (problem, _))| problem.stays_for());
        }
        Self { interpreter, ..new }
    }
}

fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split_inclusive(|byte| *byte == b'\n')
}

/// The first line that should have the arguments, with them, and its number.
fn passing_line(text: &Text, script: &shell::Script) -> Option<(usize, String)> {
    let at = script.edits.iter().find(|edit| edit.what == Insert::Arguments)?.at.start;
    let line = edited(&text.content, text.line_at(at), &script.edits);
    Some((text.line_number(at), line.trim().to_string()))
}

/// The text of a script that is whole and has no line ends of Windows, which a shell reads as part of a word.
fn readable(content: Vec<u8>) -> Option<String> {
    let is_whole = content.len() < LONGEST_SCRIPT;
    let is_plain = !content.iter().any(|byte| matches!(byte, 0 | b'\r'));
    String::from_utf8(content).ok().filter(|_| is_whole && is_plain)
}
