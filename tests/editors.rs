//! The schema of the process tables for editors (L4): made from the parser's table of keys, compared with the parser, and
//! read by an editor's tool.

mod agreement;
mod files;
mod generated;
mod taplo;

pub(crate) use agreement::check;

use crate::support::{self, manifest};
use octopilot_procfile::parse::key::{ALIAS, TABLE};
use std::fs;
use std::path::PathBuf;

/// The schema, in this repository.
const PATH: &str = "docs/schema/project.json";

/// The address of this version's schema, which a file names in its first line.
fn address() -> String {
    let repository = env!("CARGO_PKG_REPOSITORY").replace("github.com", "raw.githubusercontent.com");
    format!("{repository}/v{}/{PATH}", env!("CARGO_PKG_VERSION"))
}

/// The project.toml files of the examples that declare process types.
fn examples() -> Vec<PathBuf> {
    let is_one = |path: &PathBuf| path.ends_with("project.toml");
    let declares = |path: &PathBuf| {
        let content = fs::read_to_string(path).unwrap();
        [TABLE, ALIAS].iter().any(|table| content.contains(table))
    };
    support::files(&manifest("examples")).into_iter().filter(is_one).filter(declares).collect()
}

/// Every line that names a schema, in the examples and in the documentation, names that of this version.
#[test]
fn files_name_the_schema_of_this_version() {
    let line = format!("#:schema {}", address());
    let named = |path: &PathBuf| {
        let content = fs::read_to_string(path).unwrap();
        let lines: Vec<String> =
            content.lines().filter(|line| line.starts_with("#:schema")).map(String::from).collect();
        assert!(lines.iter().all(|named| *named == line), "{}: {lines:?}", path.display());
        lines.len()
    };
    for path in examples() {
        assert_eq!(named(&path), 1, "{}", path.display());
    }
    assert_eq!(named(&manifest("docs/reference.md")), 1);
    let pages =
        support::files(&manifest("docs")).into_iter().filter(|path| path.extension().is_some_and(|end| end == "md"));
    pages.for_each(|page| {
        named(&page);
    });
}
