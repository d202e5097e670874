//! Parses what the sources declare, each into a list of process types. Pure: text in, process types and problems out.

pub mod key;
pub mod names;
pub(crate) mod problems;
pub mod process;
pub mod procfile;
pub mod project_toml;
mod variable;

pub use key::Key;
pub use process::{Command, Extension, LONGEST_ARGUMENT, Located, Process};

use crate::diagnostics::Diagnostics;
use crate::text::{Source, Sources};
use project_toml::ProjectToml;

/// Parses all sources. Returns the process types by source, the strongest source first (S5).
pub fn parse<'a>(sources: &'a Sources, problems: &mut Diagnostics) -> Vec<Vec<Process<'a>>> {
    let mut by_source = Vec::with_capacity(4);
    for source in [Source::Binding, Source::Procfile] {
        let content = sources.content(source);
        by_source.push(content.map_or_else(Vec::new, |content| procfile::parse(content, source, problems)));
    }
    let content = sources.content(Source::ProjectToml);
    by_source.push(match content.map(|content| project_toml::parse(content, Source::ProjectToml, problems)) {
        Some(ProjectToml::Processes(processes)) => processes,
        None | Some(ProjectToml::Invalid | ProjectToml::NoTable { .. }) => Vec::new(),
    });
    by_source.push(variable::parse(sources, problems));
    by_source
}
