//! Parses the process tables of a project.toml (section T of the contract). Everything outside those tables belongs to
//! others and is not checked.

mod build_env;
pub(crate) mod problems;
mod reader;
mod slip;
mod syntax;
mod tables;
mod values;
pub mod written;

pub use build_env::{build_env, build_env_names};

use crate::diagnostics::Diagnostics;
use crate::parse::process::Process;
use crate::text::{Source, Span};
use problems::ProjectTomlProblem;
use std::collections::HashMap;
use tables::{Misspelled, lookup, misspelled};
use values::Reader;

/// What a project.toml says about process types.
#[derive(Debug, PartialEq, Eq)]
pub enum ProjectToml<'a> {
    /// It is not TOML.
    Invalid,
    /// It has no process table (D2).
    NoTable {
        /// The name of a table that was probably meant to be one.
        near_miss: Option<String>,
        /// Whether that is an array of tables.
        is_array: bool,
    },
    /// The process types of its tables, each table in file order, those of `io.octopilot` first.
    Processes(Vec<Process<'a>>),
}

/// Parses the text of a project.toml. All mistakes in its process tables are found in one go.
pub fn parse<'a>(content: &'a str, source: Source, problems: &mut Diagnostics) -> ProjectToml<'a> {
    let Some(document) = syntax::document(content, source, problems) else {
        return ProjectToml::Invalid;
    };
    let table = lookup(&document, &["io", "octopilot", "processes"]).map(|(_, value)| value);
    let alias = lookup(&document, &["io", "buildpacks", "processes"]).map(|(_, value)| value);
    let near_miss = misspelled(&document);
    if let Some(Misspelled { table, is_array, at }) = &near_miss {
        let problem = ProjectTomlProblem::MisspelledTable { table: table.clone(), is_array: *is_array };
        problems.push(problem, Span::new(source, at.clone()));
    }
    if table.is_none() && alias.is_none() {
        let is_array = near_miss.as_ref().is_some_and(|found| found.is_array);
        return ProjectToml::NoTable { near_miss: near_miss.map(|found| found.table), is_array };
    }
    let mut reader = Reader { content, source, problems, variables: 0 };
    let of_table = table.map_or_else(Vec::new, |value| reader.processes(value));
    let of_alias = alias.map_or_else(Vec::new, |value| reader.launch_processes(value));
    let processes = join(of_table, of_alias, problems);
    one_default(&processes, problems);
    ProjectToml::Processes(processes)
}

/// Joins both tables. For a type in both, that of `io.octopilot` counts (T2).
fn join<'a>(of_table: Vec<Process<'a>>, of_alias: Vec<Process<'a>>, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let mut processes = of_table;
    let own = processes.len();
    let mut by_name: HashMap<String, usize> =
        processes.iter().enumerate().map(|(index, process)| (process.name.value.to_string(), index)).collect();
    for process in of_alias {
        let name = process.name.value.to_string();
        let Some(&index) = by_name.get(&name) else {
            by_name.insert(name, processes.len());
            processes.push(process);
            continue;
        };
        let problem = if index < own {
            ProjectTomlProblem::BothTables { name }
        } else {
            ProjectTomlProblem::DuplicateType { name }
        };
        problems.push_related(problem, process.name.at, processes[index].name.at);
    }
    processes
}

/// Reports every `default = true` after the first (T6).
fn one_default(processes: &[Process], problems: &mut Diagnostics) {
    let mut defaults = processes.iter().filter_map(|process| process.default);
    let Some(first) = defaults.next() else { return };
    for other in defaults {
        problems.push_related(ProjectTomlProblem::TwoDefaults, other, first);
    }
}
