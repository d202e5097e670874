//! Parses what the sources declare, each into a list of process types. Pure: text in, process types and problems out.

pub mod key;
pub mod names;
pub(crate) mod problems;
pub mod process;
pub mod procfile;
pub mod project_toml;
mod variable;

pub use key::Key;
pub use process::{Command, LONGEST_ARGUMENT, Located, Process};

use crate::diagnostics::Diagnostics;
use crate::text::{Source, Sources};
use project_toml::ProjectToml;

/// Parses all sources. Returns the process types by source, the strongest source first (S5).
pub fn parse<'a>(sources: &'a Sources, problems: &mut Diagnostics) -> Vec<Vec<Process<'a>>> {
    vec![
        of_procfile(sources, Source::Binding, problems),
        of_procfile(sources, Source::Procfile, problems),
        of_project_toml(sources, problems),
        variable::parse(sources, problems),
    ]
}

fn of_procfile<'a>(sources: &'a Sources, source: Source, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let content = sources.content(source);
    content.map_or_else(Vec::new, |content| procfile::parse(content, source, problems))
}

fn of_project_toml<'a>(sources: &'a Sources, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let content = sources.content(Source::ProjectToml);
    match content.map(|content| project_toml::parse(content, Source::ProjectToml, problems)) {
        Some(ProjectToml::Processes(processes)) => processes,
        None | Some(ProjectToml::Invalid | ProjectToml::NoTable { .. }) => Vec::new(),
    }
}
