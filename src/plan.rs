//! Plans what the image runs: from sources to commands, arguments, directories. Pure.

use crate::diagnostics::{Diagnostics, Span};
use crate::merge::{Merged, merge};
use crate::process::{Command, LONGEST_ARGUMENT, Located, Process, ProcessProblem};
use crate::procfile;
use crate::project_toml::{self, ProjectToml};
use crate::sources::{Source, Sources};
use crate::text::forbidden_controls;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A process type as the image will have it.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The type.
    pub name: Cow<'a, str>,
    /// What was written.
    pub written: Command<'a>,
    /// What the launcher executes, followed by the arguments.
    pub command: Vec<Cow<'a, str>>,
    /// Arguments that those given at run time replace.
    pub args: Vec<Cow<'a, str>>,
    /// The absolute working directory, if it is not the app directory.
    pub working_dir: Option<PathBuf>,
    /// Environment variables that the process gets unless the platform sets them.
    pub env: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Whether the image starts it when nothing else is asked for.
    pub default: bool,
    /// Where it was declared.
    pub origin: Span,
    /// The declarations that it overrides.
    pub overrides: Vec<Span>,
}

/// Plans all process types. `app` is the absolute app directory, which the image has at the same place (CNB
/// platform spec); `is_directory` answers whether a path relative to it is a directory.
pub fn plan<'a>(
    sources: &'a Sources,
    app: &Path,
    is_directory: &dyn Fn(&Path) -> bool,
    problems: &mut Diagnostics,
) -> Vec<Planned<'a>> {
    let declared = vec![
        parse_procfile(sources, problems),
        parse_project_toml(sources, problems),
        default_process(sources, problems),
    ];
    let merged = merge(declared, sources.content(Source::DefaultType), problems);
    merged.into_iter().map(|merged| plan_process(merged, app, is_directory, problems)).collect()
}

fn parse_procfile<'a>(sources: &'a Sources, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let content = sources.content(Source::Procfile);
    content.map_or_else(Vec::new, |content| procfile::parse(content, Source::Procfile, problems))
}

fn parse_project_toml<'a>(sources: &'a Sources, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let content = sources.content(Source::ProjectToml);
    match content.map(|content| project_toml::parse(content, Source::ProjectToml, problems)) {
        Some(ProjectToml::Processes(processes)) => processes,
        None | Some(ProjectToml::Invalid | ProjectToml::NoTable { .. }) => Vec::new(),
    }
}

fn default_process<'a>(sources: &'a Sources, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let Some(command) = sources.content(Source::DefaultProcess) else { return Vec::new() };
    let at = Span::new(Source::DefaultProcess, 0..command.len());
    if let Some((range, character)) = forbidden_controls(command).next() {
        problems.push(ProcessProblem::ControlCharacter { character }, Span::new(Source::DefaultProcess, range));
    }
    if command.len() > LONGEST_ARGUMENT {
        problems.push(ProcessProblem::TooLong { what: "a command", bytes: command.len() }, at);
    }
    let name = Located { value: Cow::Borrowed("web"), at };
    vec![Process::new(name, Located { value: Command::Line(Cow::Borrowed(command)), at })]
}

fn plan_process<'a>(
    Merged { process, overrides, default }: Merged<'a>,
    app: &Path,
    is_directory: &dyn Fn(&Path) -> bool,
    problems: &mut Diagnostics,
) -> Planned<'a> {
    let command = match &process.command.value {
        Command::Words(words) => words.clone(),
        Command::Line(line) => {
            if !process.args.is_empty() && !mentions_arguments(line) {
                let name = process.name.value.to_string();
                problems.push(ProcessProblem::UnusedArgs { name }, process.command.at);
            }
            shell_form(line, &process.name.value)
        }
    };
    Planned {
        working_dir: process.working_dir.and_then(|directory| working_dir(&directory, app, is_directory, problems)),
        origin: process.name.at,
        name: process.name.value,
        written: process.command.value,
        args: process.args,
        env: process.env,
        command,
        default,
        overrides,
    }
}

/// A command line as `bash` runs it (X2). All of it stands in `command`, so that arguments given at run time are
/// added and replace nothing; the type is the shell's `$0`, which its messages begin with.
fn shell_form<'a>(line: &Cow<'a, str>, name: &Cow<'a, str>) -> Vec<Cow<'a, str>> {
    vec![Cow::Borrowed("bash"), Cow::Borrowed("-c"), line.clone(), name.clone()]
}

/// Whether a command line may use positional parameters. Only a warning hangs on it, so a look at the text will do.
fn mentions_arguments(line: &str) -> bool {
    line.match_indices('$').filter(|(at, _)| !line[..*at].ends_with('\\')).any(|(at, _)| {
        let (parameter, length) = match line[at + 1..].strip_prefix('{') {
            Some(parameter) => (parameter, parameter.strip_prefix('#').filter(|of| !of.starts_with('}'))),
            None => (&line[at + 1..], None),
        };
        length.unwrap_or(parameter).starts_with(|c: char| matches!(c, '@' | '*' | '#') || c.is_ascii_digit())
    })
}

/// The absolute working directory (T4), or `None` for the app directory itself.
fn working_dir(
    directory: &Located<PathBuf>,
    app: &Path,
    is_directory: &dyn Fn(&Path) -> bool,
    problems: &mut Diagnostics,
) -> Option<PathBuf> {
    if directory.value.is_relative() && !is_directory(&directory.value) {
        let directory_name = directory.value.to_string_lossy().into_owned();
        problems.push(ProcessProblem::MissingWorkingDir { directory: directory_name }, directory.at);
    }
    (!directory.value.as_os_str().is_empty()).then(|| app.join(&directory.value))
}
