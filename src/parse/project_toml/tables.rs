//! Finds the process tables of a project.toml, and tables that were probably meant to be one.

use crate::parse::key::{ALIAS, TABLE};
use crate::text::nearest;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A key and its place.
pub(super) type Name<'a> = Spanned<Cow<'a, str>>;

/// A key at a path, and its value.
pub(super) fn lookup<'d, 'a>(document: &'d DeTable<'a>, path: &[&str]) -> Option<(&'d Name<'a>, &'d Value<'a>)> {
    let (last, parents) = path.split_last()?;
    let mut table = document;
    for key in parents {
        match table.get(*key)?.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return None,
        }
    }
    table.get_key_value(*last)
}

/// A table that was probably meant to declare process types.
pub(super) struct Misspelled {
    /// Its name.
    pub(super) table: String,
    /// Whether it is an array of tables, with the shape of launch.toml.
    pub(super) is_array: bool,
    /// The place of the last key of its name.
    pub(super) at: Range<usize>,
}

/// A table that was probably meant to declare process types: one with nearly the name of a process table, or with the name
/// in another place, or `io.octopilot` with the types themselves.
pub(super) fn misspelled(document: &DeTable) -> Option<Misspelled> {
    let io = lookup(document, &["io"]).and_then(|(_, io)| io.get_ref().as_table());
    let buildpacks = || {
        let mut found = io?.iter().filter(|(key, _)| nearest(key.get_ref(), ["buildpacks"]).is_some());
        found.find_map(|(key, value)| types_in(value.get_ref().as_table()?, &format!("io.{}.", key.get_ref())))
    };
    let top = || Some(document.get_key_value("processes")?).and_then(|(key, value)| types(key, value, ""));
    let bare = || {
        lookup(document, &["io", "octopilot", "web"])?;
        let (key, _) = lookup(document, &["io", "octopilot"])?;
        Some(Misspelled { table: "io.octopilot".to_string(), is_array: false, at: key.span() })
    };
    let in_quotes = || {
        let is_one = |key: &str| {
            [TABLE, ALIAS]
                .iter()
                .any(|table| key.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
        };
        let (key, value) = document.iter().find(|(key, _)| is_one(key.get_ref()))?;
        let is_array = value.get_ref().is_array();
        Some(Misspelled { table: format!("\"{}\"", key.get_ref()), is_array, at: key.span() })
    };
    let tool = || of_octopilot(lookup(document, &["tool"])?.1.get_ref().as_table()?, "tool.");
    io.and_then(|io| of_octopilot(io, "io."))
        .or_else(|| of_octopilot(document, ""))
        .or_else(tool)
        .or_else(|| buildpacks().filter(|found| found.is_array))
        .or_else(top)
        .or_else(bare)
        .or_else(in_quotes)
}

/// Process types in a table that is called `octopilot`, or by one letter more, less or different.
fn of_octopilot(table: &DeTable, before: &str) -> Option<Misspelled> {
    let is_octopilot =
        |name: &str| (8..=10).contains(&name.len()) && strsim::levenshtein(&name.to_lowercase(), "octopilot") <= 1;
    let mut found = table.iter().filter(|(key, _)| is_octopilot(key.get_ref()));
    found.find_map(|(key, value)| types_in(value.get_ref().as_table()?, &format!("{before}{}.", key.get_ref())))
}

/// Process types in a table, under nearly their name. `before`: the start of the name.
fn types_in(table: &DeTable, before: &str) -> Option<Misspelled> {
    let is_near = |name: &str| name.to_lowercase().starts_with("proc") || nearest(name, ["processes"]).is_some();
    table.iter().filter(|(key, _)| is_near(key.get_ref())).find_map(|(key, value)| types(key, value, before))
}

/// A table that may declare process types, unless it is read.
fn types(key: &Name, value: &Value, before: &str) -> Option<Misspelled> {
    let table = format!("{before}{}", key.get_ref());
    let has_type = |value: &Value| value.get_ref().as_table().is_some_and(|table| table.contains_key("type"));
    let is_array = value.get_ref().as_array().is_some_and(|tables| tables.iter().all(has_type));
    let is_found = (is_array || value.get_ref().is_table()) && table != TABLE && table != ALIAS;
    is_found.then(|| Misspelled { table, is_array, at: key.span() })
}
