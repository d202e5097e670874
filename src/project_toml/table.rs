//! Reads the process tables of a project.toml key by key, each with its type and place (T3).

use super::{ALIAS, Expected, ProjectTomlProblem, TABLE};
use crate::diagnostics::{Diagnostics, Problem, Span};
use crate::names::{LONGEST_FILE_NAME, is_process_type, nearest, process_type_like};
use crate::process::{Command, Instead, LONGEST_ARGUMENT, Located, MOST_PROCESSES, Process, ProcessProblem};
use crate::sources::Source;
use crate::text::{forbidden_controls, invisible_characters};
use std::borrow::Cow;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) type Value<'a> = Spanned<DeValue<'a>>;
pub(super) type Key<'a> = Spanned<Cow<'a, str>>;

/// The keys of a process in `io.octopilot.processes`.
const KEYS: &[&str] = &["command", "args", "working-dir", "env", "default"];

/// The keys of a process in `io.buildpacks.processes`.
const ALIAS_KEYS: &[&str] = &["type", "command", "args", "default", "working-dir"];

/// The most environment variables of a project.toml: each is a file in a layer, and the framework takes a time that
/// grows with the square of their number.
pub const MOST_VARIABLES: usize = 1000;

/// The longest name of an environment variable: that of its file in a layer ends in `.default`.
pub const LONGEST_VARIABLE: usize = LONGEST_FILE_NAME - ".default".len();

/// What other tools call these keys.
const SYNONYMS: [(&str, &str); 6] = [
    ("cmd", "command"),
    ("entrypoint", "command"),
    ("workdir", "working-dir"),
    ("workingDirectory", "working-dir"),
    ("environment", "env"),
    ("name", "type"),
];

/// Reads values and reports those that are not what their key takes.
pub(super) struct Reader<'p> {
    pub(super) content: &'p str,
    pub(super) source: Source,
    pub(super) problems: &'p mut Diagnostics,
    /// How many environment variables were read so far.
    pub(super) variables: usize,
}

impl Reader<'_> {
    /// The process types of `[io.octopilot.processes]`.
    pub(super) fn processes<'a>(&mut self, value: &Value<'a>) -> Vec<Process<'a>> {
        let Some(table) = self.table(value, TABLE) else { return Vec::new() };
        let entries = in_file_order(table);
        if let Some((key, _)) = entries.get(MOST_PROCESSES) {
            self.push(ProcessProblem::TooMany, key.span());
        }
        entries.into_iter().take(MOST_PROCESSES).filter_map(|(key, value)| self.process(key, value)).collect()
    }

    fn process<'a>(&mut self, key: &Key<'a>, value: &Value<'a>) -> Option<Process<'a>> {
        let name = Located { value: key.get_ref().clone(), at: self.span(key.span()) };
        let named = self.name(&name);
        let process = if let DeValue::Table(table) = value.get_ref() {
            self.settings(name, true, table, KEYS)
        } else {
            let command = self.command(value, &name.value, &name.value);
            Process::new(name, command)
        };
        named.then_some(process)
    }

    /// The process types of `[[io.buildpacks.processes]]`.
    pub(super) fn launch_processes<'a>(&mut self, value: &Value<'a>) -> Vec<Process<'a>> {
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(value, ALIAS, Expected::Tables);
            return Vec::new();
        };
        if let Some(value) = array.get(MOST_PROCESSES) {
            self.push(ProcessProblem::TooMany, value.span());
        }
        array.iter().take(MOST_PROCESSES).filter_map(|value| self.launch_process(value)).collect()
    }

    fn launch_process<'a>(&mut self, value: &Value<'a>) -> Option<Process<'a>> {
        let table = self.table(value, ALIAS)?;
        let name = if let Some(written) = table.get("type") {
            self.string(written, "type").map(|name| (name, written.span()))
        } else {
            if !table.keys().any(|key| meant(key.get_ref(), ALIAS_KEYS) == Some("type")) {
                self.push(ProjectTomlProblem::MissingKey { key: "type", name: None }, value.span());
            }
            None
        };
        // Without a name the other keys are still worth judging.
        let has_name = name.is_some();
        let (name, range) = name.unwrap_or((Cow::Borrowed("process"), value.span()));
        let name = Located { value: name, at: self.span(range) };
        let named = has_name && self.name(&name);
        let process = self.settings(name, has_name, table, ALIAS_KEYS);
        named.then_some(process)
    }

    fn name(&mut self, name: &Located<Cow<str>>) -> bool {
        let valid = is_process_type(&name.value);
        if !valid {
            let suggestion = process_type_like(&name.value);
            let problem = ProcessProblem::InvalidName { name: name.value.to_string(), suggestion };
            self.push(problem, name.at.start..name.at.end);
        }
        valid
    }

    /// A process written as a table. What is wrong in it is reported, and left out.
    fn settings<'a>(
        &mut self,
        name: Located<Cow<'a, str>>,
        has_name: bool,
        table: &DeTable<'a>,
        known: &'static [&'static str],
    ) -> Process<'a> {
        let at = name.at;
        let mut process = Process::new(name, Located { value: NO_COMMAND, at });
        let mut has_command = false;
        for (key, value) in in_file_order(table) {
            let path = format!("{}.{}", process.name.value, key.get_ref());
            match key.get_ref().as_ref() {
                unknown if !known.contains(&unknown) => has_command |= self.unknown_key(key, known) == Some("command"),
                "command" => {
                    process.command = self.command(value, &process.name.value, &path);
                    has_command = true;
                }
                "args" => process.args = self.strings(value, &path).unwrap_or_default(),
                "working-dir" => process.working_dir = self.working_dir(value, &path),
                "env" => process.env = self.env(value, &path),
                "default" => process.default = self.default(value, &path),
                _ => {}
            }
        }
        if !has_command {
            let name = has_name.then(|| process.name.value.to_string());
            self.push(ProjectTomlProblem::MissingKey { key: "command", name }, at.start..at.end);
        }
        process
    }

    fn command<'a>(&mut self, value: &Value<'a>, name: &str, path: &str) -> Located<Command<'a>> {
        let command = match value.get_ref() {
            DeValue::String(_) => self.string(value, path).map(|line| {
                self.check_length("a command", line.len(), value.span());
                Command::Line(trimmed(&line))
            }),
            DeValue::Array(_) => self.strings(value, path).map(Command::Words),
            _ => {
                self.wrong_type(value, path, Expected::Command);
                None
            }
        };
        let empty = match &command {
            Some(Command::Line(line)) => ProcessProblem::of_empty(name, line),
            Some(Command::Words(words)) if words.first().is_none_or(|program| program.is_empty()) => {
                Some(ProcessProblem::EmptyCommand { name: name.to_string(), instead: Instead::Nothing })
            }
            Some(Command::Words(_)) | None => None,
        };
        let command = command.filter(|_| empty.is_none()).unwrap_or(NO_COMMAND);
        if let Some(problem) = empty {
            self.push(problem, value.span());
        }
        Located { value: command, at: self.span(value.span()) }
    }

    /// A working directory (T4), without `.` and `..`.
    fn working_dir(&mut self, value: &Value, path: &str) -> Option<Located<PathBuf>> {
        let written = self.string(value, path)?;
        let normalized = normalized(Path::new(written.as_ref()));
        if normalized.is_none() {
            let problem = ProcessProblem::OutsideWorkingDir { directory: written.to_string() };
            self.push(problem, value.span());
        }
        Some(Located { value: normalized?, at: self.span(value.span()) })
    }

    fn env<'a>(&mut self, value: &Value<'a>, path: &str) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        let Some(table) = self.table(value, path) else { return Vec::new() };
        let entries = in_file_order(table);
        let left = MOST_VARIABLES - self.variables;
        if let Some((key, _)) = entries.get(left) {
            self.push(ProjectTomlProblem::TooManyVariables, key.span());
        }
        self.variables += entries.len().min(left);
        let mut env = Vec::new();
        for (key, value) in entries.into_iter().take(left) {
            let name = key.get_ref();
            if !is_variable(name) {
                let too_long = name.len() > LONGEST_VARIABLE;
                self.push(ProjectTomlProblem::InvalidVariable { name: name.to_string(), too_long }, key.span());
            }
            if let Some(value) = self.string(value, &format!("{path}.{name}")) {
                self.check_length("a variable", name.len() + "=".len() + value.len(), key.span());
                env.push((name.clone(), value));
            }
        }
        env
    }

    fn default(&mut self, value: &Value, path: &str) -> Option<Span> {
        let DeValue::Boolean(default) = value.get_ref() else {
            self.wrong_type(value, path, Expected::Boolean);
            return None;
        };
        default.then(|| self.span(value.span()))
    }

    fn string<'a>(&mut self, value: &Value<'a>, key: &str) -> Option<Cow<'a, str>> {
        self.text(value, key, Expected::String)
    }

    fn text<'a>(&mut self, value: &Value<'a>, key: &str, expected: Expected) -> Option<Cow<'a, str>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(value, key, expected);
            return None;
        };
        if text.contains('\0') {
            self.push(ProjectTomlProblem::Nul { key: key.to_string() }, value.span());
            return None;
        }
        // TOML forbids all raw control characters but these itself; written as `\u0085` they are meant.
        let start = value.span().start;
        for (range, character) in forbidden_controls(&self.content[value.span()]).filter(|(_, c)| !c.is_ascii()) {
            self.push(ProcessProblem::ControlCharacter { character }, start + range.start..start + range.end);
        }
        for (_, character) in invisible_characters(text) {
            self.push(ProcessProblem::InvisibleCharacter { character }, value.span());
        }
        Some(text.clone())
    }

    fn check_length(&mut self, what: &'static str, bytes: usize, range: Range<usize>) {
        if bytes > LONGEST_ARGUMENT {
            self.push(ProcessProblem::TooLong { what, bytes }, range);
        }
    }

    fn strings<'a>(&mut self, value: &Value<'a>, key: &str) -> Option<Vec<Cow<'a, str>>> {
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(value, key, Expected::Strings);
            return None;
        };
        let mut words = Vec::with_capacity(array.len());
        for value in array {
            if let Some(word) = self.text(value, key, Expected::Element) {
                self.check_length("an argument", word.len(), value.span());
                words.push(word);
            }
        }
        (words.len() == array.len()).then_some(words)
    }

    fn table<'v, 'a>(&mut self, value: &'v Value<'a>, key: &str) -> Option<&'v DeTable<'a>> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(value, key, Expected::Table);
            return None;
        };
        Some(table)
    }

    /// Reports a key, and returns the key that was probably meant.
    fn unknown_key(&mut self, key: &Key, known: &'static [&'static str]) -> Option<&'static str> {
        let nearest = meant(key.get_ref(), known);
        self.push(ProjectTomlProblem::UnknownKey { key: key.get_ref().to_string(), nearest, known }, key.span());
        nearest
    }

    fn wrong_type(&mut self, value: &Value, key: &str, expected: Expected) {
        let found = type_name(value.get_ref());
        let meant = meant_value(value.get_ref(), &self.content[value.span()], expected);
        self.push(ProjectTomlProblem::WrongType { key: key.to_string(), expected, found, meant }, value.span());
    }

    fn push(&mut self, problem: impl Into<Problem>, range: Range<usize>) {
        self.problems.push(problem, self.span(range));
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range)
    }
}

/// The key that was probably meant by another.
fn meant(key: &str, known: &'static [&'static str]) -> Option<&'static str> {
    let synonym = SYNONYMS.iter().find(|(synonym, _)| *synonym == key).map(|(_, key)| *key);
    synonym.or_else(|| nearest(key, known.iter().copied())).filter(|meant| known.contains(meant) && *meant != key)
}

/// A value as it was meant, where that is sure. `written` is how it stands in the file.
fn meant_value(value: &DeValue, written: &str, expected: Expected) -> Option<String> {
    match (expected, value) {
        (Expected::String | Expected::Element, DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_)) => {
            (!written.contains('_')).then(|| format!("\"{written}\""))
        }
        (Expected::Strings, DeValue::String(line)) => {
            let is_plain = line.chars().all(|c| c.is_alphanumeric() || " -_./:=@%+,".contains(c));
            let words: Vec<String> = line.split_whitespace().map(|word| format!("\"{word}\"")).collect();
            (is_plain && !words.is_empty()).then(|| format!("[{}]", words.join(", ")))
        }
        _ => None,
    }
}

/// The entries of a table as they stand in the file; the TOML library orders them by name.
fn in_file_order<'t, 'a>(table: &'t DeTable<'a>) -> Vec<(&'t Key<'a>, &'t Value<'a>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| key.span().start);
    entries
}

/// What stands for a command that could not be read: an error has been reported, and nothing is written.
const NO_COMMAND: Command = Command::Words(Vec::new());

/// A path without `.` and `..`, or `None` where `..` leads above the start of a relative one.
fn normalized(path: &Path) -> Option<PathBuf> {
    if path.is_absolute() {
        return Some(path.to_path_buf());
    }
    let mut inside = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => inside.push(name),
            Component::ParentDir if inside.pop() => {}
            Component::ParentDir => return None,
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    Some(inside)
}

/// A command line without the blanks around it, and with the ends of line of Unix. Behind a backslash the end of line
/// stays: the shell drops both.
fn trimmed<'a>(line: &Cow<'a, str>) -> Cow<'a, str> {
    let range = |line: &str| {
        let blanks = [' ', '\t', '\r', '\n'];
        let start = line.len() - line.trim_start_matches(blanks).len();
        let end = line.trim_end_matches(blanks).len().max(start);
        let is_escaped = line[start..end].ends_with('\\');
        start..if is_escaped { line.len().min(end + 1) } else { end }
    };
    if line.contains('\r') {
        let line = line.replace("\r\n", "\n");
        return Cow::Owned(line[range(&line)].to_string());
    }
    match line {
        Cow::Borrowed(line) => Cow::Borrowed(&line[range(line)]),
        Cow::Owned(line) => Cow::Owned(line[range(line)].to_string()),
    }
}

/// Whether a shell could name the variable (POSIX 3.216, Name), and a layer hold a file of its name.
fn is_variable(name: &str) -> bool {
    name.len() <= LONGEST_VARIABLE
        && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn type_name(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
