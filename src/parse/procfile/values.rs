//! Reads commands that are values of JSON, YAML or a Dockerfile: strings and arrays in a line.

use crate::parse::names::is_process_type;
use crate::parse::procfile::line::BLANKS;
use crate::text::expansion::with_port;
use crate::text::quote::command_line;
use std::borrow::Cow;
use toml::Spanned;
use toml::de::DeValue;

/// The shells that run a script in an array.
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "/bin/sh", "/bin/bash", "/usr/bin/bash"];

/// A command, as another tool has it.
#[derive(Clone)]
pub(super) enum Value {
    /// A program and its arguments.
    Words(Vec<String>),
    /// A command line.
    Line(String),
}

impl Value {
    /// The value of a string or an array in a line; without quotes, it is a command line. `None` if that is not certain.
    pub(super) fn read(value: &str) -> Option<Self> {
        let value = value.trim_matches(BLANKS);
        Some(match value.chars().next()? {
            '[' => Self::Words(strings(value)?),
            '"' | '\'' if value.len() > 1 && value.ends_with(['"', '\'']) => Self::Line(string(value)?),
            _ => Self::Line(value.to_string()),
        })
    }

    /// The program and arguments of this one, then those of another.
    pub(super) fn then(self, other: Self) -> Self {
        match (self, other) {
            (Self::Words(words), Self::Words(more)) => Self::Words([words, more].concat()),
            (Self::Words(mut words), Self::Line(line)) if is_shell(&words) => {
                words.push(line);
                Self::Words(words)
            }
            (first, second) => Self::Line(format!("{} {}", first.line(), second.line())),
        }
    }

    /// The command line.
    fn line(self) -> String {
        match self {
            Self::Words(words) => match words.as_slice() {
                [before @ .., script] if is_shell(before) => script.clone(),
                words => command_line(words),
            },
            Self::Line(line) => line,
        }
    }

    /// The command of an entry, if there is one.
    pub(super) fn command(self) -> Option<String> {
        Some(with_port(&self.line())).filter(|line| !line.is_empty())
    }
}

/// Whether words make a shell run the next one.
fn is_shell(words: &[String]) -> bool {
    matches!(words, [shell, option] if SHELLS.contains(&shell.as_str()) && ["-c", "-lc"].contains(&option.as_str()))
}

/// The command line that a value means.
pub(super) fn command(value: &str) -> Option<String> {
    Value::read(value)?.command()
}

/// The entries that the members of an object of JSON mean, a line each. `None` if that is not certain.
pub(super) fn entries(object: &str) -> Option<String> {
    // With `=` for `:`, it is a table of TOML.
    let mut is_open = false;
    let mut escapes = false;
    let table = object.chars().map(|character| {
        is_open ^= character == '"' && !escapes;
        escapes = character == '\\' && !escapes;
        if character == ':' && !is_open { '=' } else { character }
    });
    let table: String = table.collect();
    let parsed = DeValue::parse(&table).ok()?;
    let mut members: Vec<_> = parsed.get_ref().as_table()?.iter().collect();
    members.sort_unstable_by_key(|(name, _)| name.span().start);
    let entry = |(name, value): (&Spanned<Cow<str>>, &Spanned<DeValue>)| {
        let is_command = value.get_ref().is_str() || value.get_ref().is_array();
        let command = command(&table[value.span()]).filter(|_| is_command)?;
        is_process_type(name.get_ref()).then(|| format!("{}: {command}", name.get_ref()))
    };
    members.into_iter().map(entry).collect::<Option<Vec<_>>>().map(|entries| entries.join("\n"))
}

/// The strings of an array. Those of JSON, and most of YAML, are written as in TOML.
pub(super) fn strings(array: &str) -> Option<Vec<String>> {
    if let Ok(value) = DeValue::parse(array) {
        let strings = value.get_ref().as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_string));
        return strings.collect();
    }
    // Strings of YAML need no quotes.
    let inside = array.strip_prefix('[')?.strip_suffix(']')?;
    let is_plain = |item: &&str| !item.is_empty() && !item.contains(['"', '\'', '[', '{', '#']);
    inside.split(',').map(str::trim).map(|item| Some(item).filter(is_plain).map(str::to_string)).collect()
}

/// The text of a string. One of JSON is written as in TOML; in one of YAML, `''` is a quote.
pub(super) fn string(quoted: &str) -> Option<String> {
    DeValue::parse(quoted).ok()?.get_ref().as_str().map(str::to_string)
}

const QUOTES: [(char, char); 5] = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’')];

/// Whether a text starts with a quote.
pub(super) fn is_quoted(text: &str) -> bool {
    text.starts_with(QUOTES.map(|(open, _)| open))
}

/// The text in one pair of quotes, if it contains neither of them nor a backslash.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let (open, close) = QUOTES.into_iter().find(|(open, _)| text.starts_with(*open))?;
    let inside = text.strip_prefix(open)?.strip_suffix(close)?;
    (!inside.contains([open, close, '\\'])).then_some(inside)
}
