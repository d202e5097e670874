//! Reads the variables that a project.toml gives the build (C11), as pack does. The lifecycle passes them on in a build, so
//! only the preview needs this.

use crate::parse::project_toml::tables::{Value, lookup};
use crate::text::toml::excess;
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
    let document = document.get_ref();
    let schema = lookup(document, &["_", "schema-version"]).map_or(Some(""), |(_, value)| value.get_ref().as_str())?;
    let schema = if schema.is_empty() { "0.1" } else { schema };
    let (_, paths) = PLACES.iter().find(|(version, _)| *version == schema)?;
    let Some((_, variables)) = paths.iter().find_map(|path| lookup(document, path)) else { return Some(Vec::new()) };
    variables.get_ref().as_array()?.iter().map(variable).collect()
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
