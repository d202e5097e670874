//! Parses the process tables of a project.toml (section T of the contract). Pure: text in, process types and
//! problems out. Everything outside those tables is other people's and is not judged.

mod slip;
mod table;

use crate::diagnostics::{Diagnostics, Span, problems};
use crate::names::nearest;
use crate::process::Process;
use crate::sources::Source;
use crate::text::lines;
pub use slip::Slip;
use std::collections::HashMap;
use std::ops::Range;
use table::{Key, Reader, Value};
pub use table::{LONGEST_VARIABLE, MOST_VARIABLES};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The table of ours (T1).
pub const TABLE: &str = "io.octopilot.processes";

/// The array of tables that mirrors launch.toml (T2).
pub const ALIAS: &str = "io.buildpacks.processes";

/// What a project.toml says of process types.
#[derive(Debug, PartialEq, Eq)]
pub enum ProjectToml<'a> {
    /// It is no TOML.
    Invalid,
    /// It has no process table (D2).
    NoTable {
        /// The name of a table that was probably meant to be one.
        near_miss: Option<String>,
    },
    /// The process types of its tables, each table's in file order, `io.octopilot`'s first.
    Processes(Vec<Process<'a>>),
}

/// Parses the text of a project.toml. All mistakes in its process tables are found in one go.
pub fn parse<'a>(content: &'a str, source: Source, problems: &mut Diagnostics) -> ProjectToml<'a> {
    let Some(document) = parse_toml(content, source, problems) else {
        return ProjectToml::Invalid;
    };
    let ours = lookup(&document, &["io", "octopilot", "processes"]).map(|(_, value)| value);
    let alias = lookup(&document, &["io", "buildpacks", "processes"]).map(|(_, value)| value);
    let near_miss = misspelled_table(&document);
    if let Some((table, range)) = &near_miss {
        problems.push(ProjectTomlProblem::MisspelledTable { table: table.clone() }, Span::new(source, range.clone()));
    }
    if ours.is_none() && alias.is_none() {
        return ProjectToml::NoTable { near_miss: near_miss.map(|(table, _)| table) };
    }
    let mut reader = Reader { content, source, problems, variables: 0 };
    let ours = ours.map_or_else(Vec::new, |value| reader.processes(value));
    let alias = alias.map_or_else(Vec::new, |value| reader.launch_processes(value));
    let processes = join(ours, alias, problems);
    one_default(&processes, problems);
    ProjectToml::Processes(processes)
}

/// The longest head of a document, in bytes, that is searched for all its mistakes: recovery collects them, and a
/// hostile megabyte holds more than a million.
const LONGEST_RECOVERED: usize = 16 * 1024;

/// Errors on so many lines of a head cannot come from cutting it off: what is open there is reported at its end.
const CERTAIN: usize = 3;

fn parse_toml<'a>(content: &'a str, source: Source, problems: &mut Diagnostics) -> Option<DeTable<'a>> {
    let head = lines(content).take_while(|line| line.end <= LONGEST_RECOVERED).last().map_or(0, |line| line.end);
    let (document, mut errors) = recovered(&content[..head]);
    let mut document = Some(document);
    if head < content.len() && errors.len() < CERTAIN {
        (document, errors) = match DeTable::parse(content) {
            Ok(document) => (Some(document), Vec::new()),
            Err(error) => (None, vec![error]),
        };
    }
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let (slip, meant) = slip::recognise(content, line_at(content, span.start), error.message(), span.start);
        let problem = ProjectTomlProblem::Syntax { message: error.message().to_string(), slip, meant };
        problems.push(problem, Span::new(source, span));
    }
    document.filter(|_| errors.is_empty()).map(Spanned::into_inner)
}

/// A document and its errors. One mistake upsets the parser several times, so the first of a line stands for all.
fn recovered(content: &str) -> (Spanned<DeTable<'_>>, Vec<toml::de::Error>) {
    let (document, mut errors) = DeTable::parse_recoverable(content);
    if errors.is_empty() {
        return (document, errors);
    }
    errors.sort_unstable_by_key(|error| error.span().map_or(0, |span| span.start));
    let starts: Vec<usize> = lines(content).map(|line| line.start).collect();
    errors.dedup_by_key(|error| error.span().map(|span| starts.partition_point(|start| *start <= span.start)));
    (document, errors)
}

/// The line that holds a byte.
fn line_at(content: &str, at: usize) -> Range<usize> {
    let is_end = |c: char| c == '\n' || c == '\r';
    let start = content[..at].rfind(is_end).map_or(0, |end| end + 1);
    let length = content[start..].find(is_end).unwrap_or(content.len() - start);
    start..start + length
}

/// A key below others, and its value.
fn lookup<'d, 'a>(document: &'d DeTable<'a>, path: &[&str]) -> Option<(&'d Key<'a>, &'d Value<'a>)> {
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

/// A table that was probably meant to be ours: its name, and where its key stands. It has the place of ours and nearly
/// its name, the name and another place, or the types themselves without either.
fn misspelled_table(document: &DeTable) -> Option<(String, Range<usize>)> {
    let table = |path: &[&str]| {
        let (key, value) = lookup(document, path)?;
        matches!(value.get_ref(), DeValue::Table(_)).then(|| (path.join("."), key.span()))
    };
    let nearly = || {
        let DeValue::Table(octopilot) = lookup(document, &["io", "octopilot"])?.1.get_ref() else { return None };
        let is_misspelled = |key: &str| key != "processes" && nearest(key, ["processes"]).is_some();
        let key = octopilot.keys().find(|key| is_misspelled(key.get_ref()))?;
        Some((format!("io.octopilot.{}", key.get_ref()), key.span()))
    };
    let elsewhere: [&[&str]; 3] = [&["processes"], &["octopilot", "processes"], &["tool", "octopilot", "processes"]];
    let bare = || lookup(document, &["io", "octopilot", "web"]).and_then(|_| table(&["io", "octopilot"]));
    nearly().or_else(|| elsewhere.into_iter().find_map(table)).or_else(bare)
}

/// Joins both tables; the same type in both is `io.octopilot`'s (T2).
fn join<'a>(ours: Vec<Process<'a>>, alias: Vec<Process<'a>>, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let mut processes = ours;
    let own = processes.len();
    let mut by_name: HashMap<String, usize> =
        processes.iter().enumerate().map(|(index, process)| (process.name.value.to_string(), index)).collect();
    for process in alias {
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

/// At most one process type says that it is the default (T6).
fn one_default(processes: &[Process], problems: &mut Diagnostics) {
    let mut defaults = processes.iter().filter_map(|process| process.default);
    let Some(first) = defaults.next() else { return };
    for other in defaults {
        problems.push_related(ProjectTomlProblem::TwoDefaults, other, first);
    }
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A string.
    String,
    /// A string, for each element of an array.
    Element,
    /// An array of strings.
    Strings,
    /// A command: a string or an array of strings.
    Command,
    /// true or false.
    Boolean,
    /// A table.
    Table,
    /// An array of tables.
    Tables,
}

problems! {
    /// What can be wrong with a project.toml.
    pub enum ProjectTomlProblem {
        /// The file is no TOML.
        Error "toml-syntax" Syntax {
            /// The TOML parser's words.
            message: String,
            /// What was written.
            slip: Slip,
            /// The line as it was meant, if that is sure.
            meant: Option<String>,
        },
        /// A key that these tables do not have (T3).
        Error "unknown-key" UnknownKey {
            /// The key.
            key: String,
            /// The key that was meant.
            nearest: Option<&'static str>,
            /// The keys there are.
            known: &'static [&'static str],
        },
        /// A value of another type than its key takes (T3).
        Error "wrong-type" WrongType {
            /// What the value is of.
            key: String,
            /// The types it takes.
            expected: Expected,
            /// The type it has.
            found: &'static str,
            /// The value as it was meant, if that is sure.
            meant: Option<String>,
        },
        /// A key that must be there (T3).
        Error "missing-key" MissingKey {
            /// The key.
            key: &'static str,
            /// The type of the process, if it has one.
            name: Option<String>,
        },
        /// An environment variable that no shell could name, or no file (T5).
        Error "invalid-variable" InvalidVariable {
            /// The name.
            name: String,
            /// Whether it is longer than [`LONGEST_VARIABLE`].
            too_long: bool,
        },
        /// More environment variables than [`MOST_VARIABLES`].
        Error "too-many-variables" TooManyVariables,
        /// A NUL, which no argument, path or variable can hold.
        Error "nul-character" Nul {
            /// What the value is of.
            key: String,
        },
        /// A type given twice in `io.buildpacks.processes`.
        Error "duplicate-type" DuplicateType {
            /// The type.
            name: String,
        },
        /// `default = true` twice (T6).
        Error "two-defaults" TwoDefaults,
        /// The same type in both tables (T2).
        Warning "both-tables" BothTables {
            /// The type.
            name: String,
        },
        /// A table whose name is nearly ours.
        Warning "misspelled-table" MisspelledTable {
            /// Its name.
            table: String,
        },
    }
}
