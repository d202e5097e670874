//! Reads the variables that a project.toml gives the build (C11), as pack does. The lifecycle passes them on in a build, so
//! only the preview needs this.

use crate::parse::project_toml::tables::{Value, lookup};
use crate::text::toml::excess;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Where the variables are, by the version of the schema; of several places, the first that is there counts (pack 0.40.6,
/// pkg/project).
const PLACES: [(&str, &[&[&str]]); 3] = [
    ("0.1", &[&["build", "env"]]),
    ("0.2", &[&["io", "buildpacks", "build", "env"], &["io", "buildpacks", "env", "build"]]),
    ("0.3", &[&["io", "buildpacks", "build", "env"]]),
];

/// The names and values of the variables; of one name, the last counts. `None` if pack would refuse the file for them.
pub fn build_env(content: &str) -> Option<Vec<(String, String)>> {
    if excess(content).is_some() {
        return None;
    }
    let document = DeTable::parse(content).ok()?;
    variables(document.get_ref())?.iter().map(variable).collect()
}

/// The variables, none if there is no table for them. `None` if pack would refuse the file for them.
fn variables<'d, 'a>(document: &'d DeTable<'a>) -> Option<&'d [Value<'a>]> {
    let schema = lookup(document, &["_", "schema-version"]).map_or(Some(""), |(_, value)| value.get_ref().as_str())?;
    let schema = if schema.is_empty() { "0.1" } else { schema };
    let (_, paths) = PLACES.iter().find(|(version, _)| *version == schema)?;
    let Some((_, variables)) = paths.iter().find_map(|path| lookup(document, path)) else { return Some(&[]) };
    Some(variables.get_ref().as_array()?)
}

/// Where the variables have their names, as ranges of bytes without the quotes; of one name, the last counts. Empty where
/// [`build_env`] gives nothing.
pub fn build_env_names(content: &str) -> Vec<(String, Range<usize>)> {
    let document = excess(content).is_none().then(|| DeTable::parse(content).ok()).flatten();
    let Some(document) = document else { return Vec::new() };
    let name = |variable: &Value| {
        let name = variable.get_ref().as_table()?.get("name")?;
        let at = name.span();
        let quotes = content.get(at.clone())?.find(|c| !matches!(c, '"' | '\'')).unwrap_or_default();
        Some((name.get_ref().as_str()?.to_string(), at.start + quotes..at.end.saturating_sub(quotes)))
    };
    variables(document.get_ref()).into_iter().flatten().filter_map(name).collect()
}

/// A variable. What is missing is empty, as in Go.
fn variable(value: &Value) -> Option<(String, String)> {
    let table = value.get_ref().as_table()?;
    let text = |key: &str| match table.get(key).map(toml::Spanned::get_ref) {
        None => Some(String::new()),
        Some(DeValue::String(text)) => Some(text.to_string()),
        Some(_) => None,
    };
    Some((text("name")?, text("value")?))
}
