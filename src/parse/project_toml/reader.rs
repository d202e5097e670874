//! Reads the process types of the tables, key by key.

use crate::parse::key::{ALIAS, Key, TABLE, elsewhere};
use crate::parse::names::{is_process_type, is_variable, process_type_like};
use crate::parse::problems::{Instead, ParseProblem, empty_command};
use crate::parse::process::{Command, Extension, Located, MOST_PROCESSES, MOST_VARIABLES, Process};
use crate::parse::procfile::foreign_string;
use crate::parse::procfile::problems::{Before, ProcfileProblem};
use crate::parse::project_toml::problems::{Expected, Meant, ProjectTomlProblem};
use crate::parse::project_toml::tables::{Name, Value};
use crate::parse::project_toml::values::{Reader, in_file_order};
use crate::text::nearest;
use crate::text::quote::{command_line, is_plain_line, toml_array, toml_string};
use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use toml::de::{DeArray, DeTable, DeValue};

impl Reader<'_> {
    /// The process types of `[io.octopilot.processes]`.
    pub(super) fn processes<'a>(&mut self, value: &Value<'a>) -> Vec<Process<'a>> {
        let Some(table) = self.table(value, TABLE) else { return Vec::new() };
        let entries = in_file_order(table);
        if let Some((key, _)) = entries.get(MOST_PROCESSES) {
            self.push(ParseProblem::TooMany, key.span());
        }
        let names_type = |value: &Value| value.get_ref().as_str().is_some_and(|name| table.contains_key(name));
        let read = |(key, value): (&Name<'a>, &Value<'a>)| {
            if key.get_ref() == Key::Default.name() && names_type(value) {
                let meant = Meant::DefaultOf(value.get_ref().as_str().unwrap_or_default().to_string());
                let problem = ProjectTomlProblem::UnknownKey { key: key.get_ref().to_string(), meant, known: &[] };
                self.push(problem, key.span());
                return None;
            }
            let of_any = || (key.get_ref() == Key::Default.name() && value.get_ref().is_bool()).then(|| only(&entries));
            if let Some(process) = owner(key, value, &entries).or_else(of_any) {
                let meant = Meant::Of(process.to_string());
                let problem = ProjectTomlProblem::UnknownKey { key: key.get_ref().to_string(), meant, known: &[] };
                self.push(problem, key.span());
                return None;
            }
            self.process(key, value)
        };
        entries.iter().copied().take(MOST_PROCESSES).filter_map(read).collect()
    }

    fn process<'a>(&mut self, key: &Name<'a>, value: &Value<'a>) -> Option<Process<'a>> {
        let name = Located { value: key.get_ref().clone(), at: self.span(key.span()) };
        let is_valid = self.check_name(&name);
        let process = if let DeValue::Table(table) = value.get_ref() {
            self.settings(name, true, table, Key::OF_TABLE)
        } else {
            let command = self.command(value, &name.value, &name.value);
            Process::new(name, command)
        };
        is_valid.then_some(process)
    }

    /// The process types of `[[io.buildpacks.processes]]`.
    pub(super) fn launch_processes<'a>(&mut self, value: &Value<'a>) -> Vec<Process<'a>> {
        let array = self.of_type(value.get_ref().as_array(), value, ALIAS, Expected::Tables);
        let Some(array) = array else { return Vec::new() };
        if let Some(value) = array.get(MOST_PROCESSES) {
            self.push(ParseProblem::TooMany, value.span());
        }
        array.iter().take(MOST_PROCESSES).filter_map(|value| self.launch_process(value)).collect()
    }

    fn launch_process<'a>(&mut self, value: &Value<'a>) -> Option<Process<'a>> {
        let table = self.table(value, ALIAS)?;
        let key = Key::Type;
        let name = if let Some(written) = table.get(key.name()) {
            self.string(written, key.name()).map(|name| (name, written.span()))
        } else {
            let is_meant = |written: &Name| {
                key.synonyms().contains(&written.get_ref().as_ref())
                    || near(written.get_ref(), Key::OF_ALIAS) == Some(key)
            };
            if !table.keys().any(is_meant) {
                self.push(ProjectTomlProblem::MissingKey { key, name: None }, value.span());
            }
            None
        };
        // Without a name, the other keys are still checked.
        let has_name = name.is_some();
        let (name, range) = name.unwrap_or((Cow::Borrowed("process"), value.span()));
        let name = Located { value: name, at: self.span(range) };
        let is_valid = has_name && self.check_name(&name);
        let process = self.settings(name, has_name, table, Key::OF_ALIAS);
        is_valid.then_some(process)
    }

    fn check_name(&mut self, name: &Located<Cow<str>>) -> bool {
        let is_valid = is_process_type(&name.value);
        if !is_valid {
            let suggestion = process_type_like(&name.value);
            let problem = ParseProblem::InvalidName { name: name.value.to_string(), suggestion, entries: None };
            self.push(problem, name.at.range());
        }
        is_valid
    }

    /// A process written as a table. What is wrong in it is reported, and left out.
    fn settings<'a>(
        &mut self,
        name: Located<Cow<'a, str>>,
        has_name: bool,
        table: &DeTable<'a>,
        known: &'static [Key],
    ) -> Process<'a> {
        let at = name.at;
        let mut process = Process::new(name, None);
        let (mut has_command, mut wrap) = (false, None);
        for (written, value) in in_file_order(table) {
            let path = format!("{}.{}", process.name.value, written.get_ref());
            let Some(key) = known.iter().copied().find(|key| key.name() == written.get_ref()) else {
                let both = || both_commands(written.get_ref(), table);
                let meant = both().unwrap_or_else(|| self.meant(written, value, &process.name.value, known));
                has_command |= matches!(meant, Meant::Key(Key::Command) | Meant::Type(_));
                let key = written.get_ref().to_string();
                self.push(ProjectTomlProblem::UnknownKey { key, meant, known }, written.span());
                continue;
            };
            match key {
                // It was read before, as the name of the process.
                Key::Type => {}
                Key::Command => {
                    process.command = self.command(value, &process.name.value, &path);
                    has_command = true;
                }
                Key::Args => process.args = self.args(value, &path),
                Key::Wrap => wrap = self.wrap(value, &path),
                Key::WorkingDir => process.working_dir = self.working_dir(value, &path),
                Key::Env => process.env = self.env(value, &path),
                Key::Default => {
                    let is_default = self.boolean(value, &path) == Some(true);
                    process.default = is_default.then(|| self.span(value.span()));
                }
                Key::Init => process.init = self.boolean(value, &path),
            }
        }
        if has_command {
            process.args = process.args.filter(|args| !args.value.is_empty());
            self.check_wrap(&process, wrap);
        } else if known.contains(&Key::Wrap) {
            process.command = Some(Located { value: Command::Earlier(Extension { wrap, of: None }), at });
        } else {
            let name = has_name.then(|| process.name.value.to_string());
            self.push(ProjectTomlProblem::MissingKey { key: Key::Command, name }, at.range());
        }
        process
    }

    /// Reports words before a command that the process has itself (T7).
    fn check_wrap<'a>(&mut self, process: &Process<'a>, wrap: Option<Located<Vec<Cow<'a, str>>>>) {
        let (Some(wrap), Some(command)) = (wrap, &process.command) else { return };
        let instead = match &command.value {
            Command::Words(words) => Some(toml_array(&[wrap.value.as_slice(), words].concat())),
            Command::Line(line) if is_plain_line(line) => {
                Some(toml_string(&format!("{} {line}", command_line(&wrap.value))))
            }
            Command::Line(_) | Command::Earlier(_) => None,
        };
        let name = process.name.value.to_string();
        self.problems.push_related(ProjectTomlProblem::WrapWithCommand { name, instead }, wrap.at, command.at);
    }

    /// What was meant by a key that a process does not have.
    fn meant(&self, written: &Name, value: &Value, process: &str, known: &'static [Key]) -> Meant {
        let key = written.get_ref();
        let synonym = Key::ALL.iter().find(|other| other.name() == *key || other.synonyms().contains(&key.as_ref()));
        let is_dotted = self.content[..written.span().start].ends_with('.');
        let is_command = !matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_));
        match (synonym, near(key, known)) {
            (Some(key), _) if known.contains(key) => Meant::Key(*key),
            (Some(Key::Type), _) => Meant::Header,
            (Some(key), _) => Meant::OtherTable(*key),
            (None, _) if elsewhere(key).is_some() => Meant::Unknown,
            (None, Some(key)) => Meant::Key(key),
            (None, None) if is_dotted && is_command => Meant::Type(format!("{process}.{key}")),
            (None, None) => Meant::Unknown,
        }
    }

    fn command<'a>(&mut self, value: &Value<'a>, name: &str, path: &str) -> Option<Located<Command<'a>>> {
        let command = match value.get_ref() {
            DeValue::String(_) => {
                let line = self.string(value, path)?;
                self.check_length("a command", line.len(), value.span());
                self.check_punctuation(&line, value);
                if let Some(problem) = with_name(name, &line).or_else(|| foreign_string(name, line.trim())) {
                    self.push(problem, value.span());
                    return None;
                }
                Command::Line(trimmed(&line))
            }
            DeValue::Array(_) => Command::Words(self.strings(value, path)?),
            _ => {
                self.wrong_type(value, path, Expected::Command);
                return None;
            }
        };
        let empty = match &command {
            Command::Line(line) => empty_command(name, line),
            Command::Words(words) if words.first().is_none_or(|program| program.is_empty()) => {
                Some(ParseProblem::EmptyCommand { name: name.to_string(), instead: Instead::Nothing })
            }
            Command::Words(_) | Command::Earlier(_) => None,
        };
        if let Some(problem) = empty {
            let first = value.get_ref().as_array().and_then(|elements| elements.iter().next());
            self.push(problem, first.unwrap_or(value).span());
            return None;
        }
        Some(Located { value: command, at: self.span(value.span()) })
    }

    /// Default arguments.
    fn args<'a>(&mut self, value: &Value<'a>, path: &str) -> Option<Located<Vec<Cow<'a, str>>>> {
        Some(Located { value: self.strings(value, path)?, at: self.span(value.span()) })
    }

    /// Words before a command. The first is a program.
    fn wrap<'a>(&mut self, value: &Value<'a>, path: &str) -> Option<Located<Vec<Cow<'a, str>>>> {
        let words = self.strings(value, path)?;
        if words.first().is_none_or(|program| program.is_empty()) {
            let first = value.get_ref().as_array().and_then(|words| words.iter().next());
            self.push(ProjectTomlProblem::EmptyWrap { key: path.to_string() }, first.unwrap_or(value).span());
            return None;
        }
        Some(Located { value: words, at: self.span(value.span()) })
    }

    /// A working directory (T4), without `.` and `..`.
    fn working_dir(&mut self, value: &Value, path: &str) -> Option<Located<PathBuf>> {
        let written = self.string(value, path)?;
        let normalized = normalized(Path::new(written.as_ref()));
        if normalized.is_none() {
            let problem = ProjectTomlProblem::OutsideWorkingDir { directory: written.to_string() };
            self.push(problem, value.span());
        }
        Some(Located { value: normalized?, at: self.span(value.span()) })
    }

    fn env<'a>(&mut self, value: &Value<'a>, path: &str) -> Vec<(Cow<'a, str>, Located<Cow<'a, str>>)> {
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
                self.push(ProjectTomlProblem::InvalidVariable { name: name.to_string() }, key.span());
            }
            let is_key = Key::OF_TABLE.iter().any(|key| key.name() == name);
            let line = self.content[..key.span().start].rsplit('\n').next().unwrap_or_default();
            let is_inline = !line.trim().is_empty();
            let expected = if is_key { Expected::Variable { is_inline } } else { Expected::String };
            if let Some(text) = self.text(value, &format!("{path}.{name}"), expected) {
                self.check_length("a variable", name.len() + "=".len() + text.len(), key.span());
                env.push((name.clone(), Located { value: text, at: self.span(value.span()) }));
            }
        }
        env
    }
}

/// The process type to which a key belongs that would be one itself, if that is certain: no process type has such a value.
fn owner<'e>(key: &Name, value: &Value, entries: &'e [(&Name, &Value)]) -> Option<&'e str> {
    let is_option = |words: &DeArray| {
        words.iter().next().is_some_and(|word| word.get_ref().as_str().is_some_and(|word| word.starts_with('-')))
    };
    let is_one = match (Key::OF_TABLE.iter().find(|known| known.name() == key.get_ref())?, value.get_ref()) {
        (Key::Env, DeValue::Table(variables)) => Key::OF_TABLE.iter().all(|key| !variables.contains_key(key.name())),
        (Key::Args, DeValue::Array(words)) => is_option(words),
        (Key::WorkingDir, DeValue::String(path)) => !path.contains(' '),
        _ => false,
    };
    let is_other = |(other, _): &&(&Name, &Value)| Key::ALL.iter().all(|known| known.name() != other.get_ref());
    let other = entries.iter().rfind(|entry| is_other(entry) && entry.0.span().start < key.span().start);
    other.filter(|_| is_one).map(|(name, _)| name.get_ref().as_ref())
}

/// The only process type beside `default`, or what stands for one of several.
fn only<'e>(entries: &'e [(&Name, &Value)]) -> &'e str {
    let mut others =
        entries.iter().map(|(name, _)| name.get_ref().as_ref()).filter(|name| *name != Key::Default.name());
    match (others.next(), others.next()) {
        (Some(name), None) => name,
        _ => "TYPE",
    }
}

/// The program and arguments of `entrypoint` and `command`, which other tools run one after the other.
fn both_commands(key: &str, table: &DeTable) -> Option<Meant> {
    let words = |key: &str| {
        let elements = table.get(key)?.get_ref().as_array()?.iter();
        elements.map(|word| word.get_ref().as_str()).collect::<Option<Vec<_>>>()
    };
    let command = table.get(Key::Command.name()).filter(|_| key == "entrypoint");
    command.map(|_| {
        Meant::Both(
            words(key)
                .zip(words("command"))
                .map(|(first, then)| [first, then].concat().into_iter().map(str::to_string).collect()),
        )
    })
}

/// A command line that starts with its process type, as in a Procfile.
fn with_name(name: &str, line: &str) -> Option<ProcfileProblem> {
    let command = line.strip_prefix(name)?.strip_prefix(": ")?.trim();
    let (name, command) = (name.to_string(), Some(command.to_string()).filter(|command| !command.is_empty()));
    Some(ProcfileProblem::RepeatedName { name, again: None, command, before: Before::Key })
}

/// The key that is spelled nearly like another.
fn near(written: &str, known: &[Key]) -> Option<Key> {
    let name = nearest(written, known.iter().map(|key| key.name()))?;
    known.iter().copied().find(|key| key.name() == name)
}

/// A path without `.` and `..`, or `None` if `..` leads above the start of a relative one.
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

/// A command line without the blanks around it, and with the line ends of Unix.
fn trimmed<'a>(line: &Cow<'a, str>) -> Cow<'a, str> {
    match line {
        Cow::Borrowed(line) if !line.contains('\r') => Cow::Borrowed(without_blanks(line)),
        line => Cow::Owned(without_blanks(&line.replace("\r\n", "\n")).to_string()),
    }
}

/// A text without the blanks around it. A line end after a backslash stays: the shell removes both.
fn without_blanks(text: &str) -> &str {
    let blanks = [' ', '\t', '\r', '\n'];
    let text = text.trim_start_matches(blanks);
    let end = text.trim_end_matches(blanks).len();
    let is_escaped = text[..end].ends_with('\\');
    &text[..if is_escaped { text.len().min(end + 1) } else { end }]
}
