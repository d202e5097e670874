//! Reads values of a project.toml, and reports those that are not of the type that their key takes (T3).

use crate::diagnostics::{Diagnostics, Problem};
use crate::parse::names::is_variable;
use crate::parse::problems::ParseProblem;
use crate::parse::process::LONGEST_ARGUMENT;
use crate::parse::project_toml::problems::{Expected, ProjectTomlProblem};
use crate::parse::project_toml::tables::{Name, Value};
use crate::parse::project_toml::written;
use crate::text::quote::{is_plain_line, toml_array, toml_string};
use crate::text::visible::{forbidden_controls, invisible_characters};
use crate::text::{Source, Span, punctuation};
use std::borrow::Cow;
use std::ops::Range;
use toml::de::{DeArray, DeTable, DeValue};

/// Reads one project.toml. A key is called by its path in messages, such as `web.args`.
pub(super) struct Reader<'p> {
    pub(super) content: &'p str,
    pub(super) source: Source,
    pub(super) problems: &'p mut Diagnostics,
    /// How many environment variables have been read.
    pub(super) variables: usize,
}

impl Reader<'_> {
    pub(super) fn string<'a>(&mut self, value: &Value<'a>, key: &str) -> Option<Cow<'a, str>> {
        self.text(value, key, Expected::String)
    }

    pub(super) fn text<'a>(&mut self, value: &Value<'a>, key: &str, expected: Expected) -> Option<Cow<'a, str>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(value, key, expected);
            return None;
        };
        if text.contains('\0') {
            self.push(ProjectTomlProblem::Nul { key: key.to_string() }, self.place(value, '\0'));
            return None;
        }
        // TOML itself forbids all other raw control characters. Those written as `\u0085` are intended.
        let start = value.span().start;
        for (range, character) in forbidden_controls(&self.content[value.span()]).filter(|(_, c)| !c.is_ascii()) {
            self.push(ParseProblem::ControlCharacter { character }, start + range.start..start + range.end);
        }
        for (_, character) in invisible_characters(text) {
            let at = self.place(value, character);
            let is_escape = self.content[at.clone()].starts_with('\\');
            self.push(ParseProblem::InvisibleCharacter { character, is_escape, plain: None }, at);
        }
        Some(text.clone())
    }

    /// Reports quotes and dashes in a command or an argument that no shell or program knows.
    pub(super) fn check_punctuation(&mut self, text: &str, value: &Value) {
        if let Some(found) = punctuation(text) {
            let problem = ParseProblem::SmartPunctuation {
                character: found.character,
                plain: toml_string(&found.plain),
                is_line: false,
            };
            self.push(problem, self.place(value, found.character));
        }
    }

    /// The place of the first of some characters of a string.
    fn place(&self, string: &Value, character: char) -> Range<usize> {
        let all = string.span();
        match written::find(&self.content[all.clone()], character) {
            Some(found) => all.start + found.start..all.start + found.end,
            None => all,
        }
    }

    pub(super) fn strings<'a>(&mut self, value: &Value<'a>, key: &str) -> Option<Vec<Cow<'a, str>>> {
        let array = self.of_type(value.get_ref().as_array(), value, key, Expected::Strings)?;
        if let Some((words, is_one)) = flattened(array) {
            let (expected, found) = (Expected::Strings, "an array of arrays");
            let meant = is_one.then(|| toml_array(&words));
            self.push(ProjectTomlProblem::WrongType { key: key.to_string(), expected, found, meant }, value.span());
            return None;
        }
        let mut words = Vec::with_capacity(array.len());
        for value in array {
            if let Some(word) = self.text(value, key, Expected::Element) {
                self.check_length("an argument", word.len(), value.span());
                self.check_punctuation(&word, value);
                words.push(word);
            }
        }
        (words.len() == array.len()).then_some(words)
    }

    pub(super) fn table<'v, 'a>(&mut self, value: &'v Value<'a>, key: &str) -> Option<&'v DeTable<'a>> {
        self.of_type(value.get_ref().as_table(), value, key, Expected::Table)
    }

    pub(super) fn boolean(&mut self, value: &Value, key: &str) -> Option<bool> {
        self.of_type(value.get_ref().as_bool(), value, key, Expected::Boolean)
    }

    /// What was found in a value; reports the value if that is nothing.
    pub(super) fn of_type<T>(&mut self, found: Option<T>, value: &Value, key: &str, expected: Expected) -> Option<T> {
        if found.is_none() {
            self.wrong_type(value, key, expected);
        }
        found
    }

    pub(super) fn check_length(&mut self, what: &'static str, bytes: usize, range: Range<usize>) {
        if bytes > LONGEST_ARGUMENT {
            self.push(ParseProblem::TooLong { what, bytes }, range);
        }
    }

    pub(super) fn wrong_type(&mut self, value: &Value, key: &str, expected: Expected) {
        let found = type_name(value.get_ref());
        let meant = meant(value.get_ref(), &self.content[value.span()], expected);
        self.push(ProjectTomlProblem::WrongType { key: key.to_string(), expected, found, meant }, value.span());
    }

    pub(super) fn push(&mut self, problem: impl Problem, range: Range<usize>) {
        self.problems.push(problem, self.span(range));
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range)
    }
}

/// The strings of arrays in an array, and whether they may be one command: a later array that starts with a program and has
/// its arguments is another one.
fn flattened<'v>(array: &'v DeArray) -> Option<(Vec<&'v str>, bool)> {
    let words = |value: &'v Value| value.get_ref().as_array()?.iter().map(|word| word.get_ref().as_str()).collect();
    let parts: Vec<Vec<&str>> = array.iter().map(words).collect::<Option<_>>()?;
    let is_command = |words: &Vec<&str>| words.len() > 1 && !words[0].starts_with('-');
    let is_one = !parts.iter().skip(1).any(is_command);
    let all = parts.concat();
    (!all.is_empty()).then_some((all, is_one))
}

/// The entries of a table in file order; the TOML library orders them by name.
pub(super) fn in_file_order<'t, 'a>(table: &'t DeTable<'a>) -> Vec<(&'t Name<'a>, &'t Value<'a>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| key.span().start);
    entries
}

/// A value as it was meant, if that is certain. `written` is the value as it is in the file.
fn meant(value: &DeValue, written: &str, expected: Expected) -> Option<String> {
    match (expected, value) {
        (Expected::String | Expected::Element, DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_)) => {
            (!written.contains('_')).then(|| format!("\"{written}\""))
        }
        (Expected::Strings, DeValue::String(line)) => {
            let words: Vec<&str> = line.split_whitespace().collect();
            (is_plain_line(line) && !words.is_empty()).then(|| toml_array(&words))
        }
        (Expected::Table, DeValue::Array(elements)) => {
            let variables: Vec<String> =
                elements.iter().map(|element| variable(element.get_ref())).collect::<Option<_>>()?;
            (!variables.is_empty()).then(|| format!("{{ {} }}", variables.join(", ")))
        }
        (Expected::Table, DeValue::String(text)) if !text.contains([' ', '\n', ';']) => {
            Some(format!("{{ {} }}", variable(value)?))
        }
        _ => None,
    }
}

/// A variable as other tools have it, `"NAME=VALUE"` or `{ name = "NAME", value = "VALUE" }`, as an entry of a table.
fn variable(value: &DeValue) -> Option<String> {
    let field = |name: &str| value.get(name).and_then(|field| field.get_ref().as_str());
    let (name, value) = match value {
        DeValue::String(text) => text.split_once('=')?,
        _ => (field("name")?, field("value")?),
    };
    is_variable(name).then(|| format!("{name} = {}", toml_string(value)))
}

fn type_name(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
