//! Plans what the image runs: from sources to commands, arguments, directories. Pure.

use crate::advice::{advise, advise_on_profile};
use crate::diagnostics::{Diagnostics, Span};
use crate::earlier::Earlier;
use crate::merge::{Merged, merge};
use crate::process::{Command, LONGEST_ARGUMENT, Located, Process, ProcessProblem, Quotes};
use crate::procfile;
use crate::project_toml::{self, ProjectToml};
use crate::run::{Form, Image, Run, run};
use crate::shell_choice::choose;
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
    /// How it runs.
    pub run: Run<'a>,
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

/// Plans all process types.
pub fn plan<'a>(
    sources: &'a Sources,
    earlier: &Earlier,
    image: &Image,
    problems: &mut Diagnostics,
) -> Vec<Planned<'a>> {
    let declared = vec![
        parse_procfile(sources, Source::Binding, problems),
        parse_procfile(sources, Source::Procfile, problems),
        parse_project_toml(sources, problems),
        default_process(sources, problems),
    ];
    let merged = merge(declared, sources.content(Source::DefaultType), earlier, problems);
    let shell = choose(sources, problems);
    let mut plan_one = |merged: Merged<'a>| {
        let content = sources.content(merged.process.command.at.source).unwrap_or_default();
        let mut run = run(&merged.process, content, shell, image, problems);
        match quoted_command(&merged.process, &run, image) {
            Some(problem) => problems.push(problem, merged.process.command.at),
            None if is_for_development(merged.process.command.at.source, sources) => {}
            None => advise(&merged.process, &run, content, image, problems),
        }
        // Only advice asks for them, and those of a megabyte of scripts take many.
        run.invocations = Vec::new();
        plan_process(merged, run, image, problems)
    };
    let plan: Vec<Planned> = merged.into_iter().map(&mut plan_one).collect();
    advise_on_profile(&plan, sources, problems);
    plan
}

/// Whether a file says by its name (`Procfile.dev`) that what it runs is not meant for production.
fn is_for_development(source: Source, sources: &Sources) -> bool {
    sources.text(source).is_some_and(|text| Path::new(&text.name).extension().is_some_and(|end| end == "dev"))
}

fn parse_procfile<'a>(sources: &'a Sources, source: Source, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let content = sources.content(source);
    content.map_or_else(Vec::new, |content| procfile::parse(content, source, problems))
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
    if let Some(problem) = ProcessProblem::of_empty("web", command) {
        problems.push(problem, at);
        return Vec::new();
    }
    let name = Located { value: Cow::Borrowed("web"), at };
    vec![Process::new(name, Located { value: Command::Line(Cow::Borrowed(command)), at })]
}

/// A program in exec form whose name holds a blank is a command line that quotes made one word, unless it is there.
fn quoted_command(process: &Process, run: &Run, image: &Image) -> Option<ProcessProblem> {
    let program = run.command.first().filter(|_| run.form == Form::Exec)?;
    let directory = process.working_dir.as_ref().map_or(Path::new(""), |directory| &directory.value);
    let is_there = || program.contains('/') && image.surroundings.head(&directory.join(program.as_ref())).is_some();
    if !program.trim().contains([' ', '\t']) || is_there() {
        return None;
    }
    let quotes = match &process.command.value {
        Command::Words(words) if words.len() == 1 => Quotes::Array,
        Command::Line(line) if !line.starts_with(['"', '\'']) => return None,
        Command::Line(_) if process.command.at.source == Source::ProjectToml => Quotes::Toml,
        Command::Line(_) => Quotes::Shell,
        Command::Words(_) => return None,
    };
    Some(ProcessProblem::QuotedCommand { program: program.to_string(), quotes })
}

fn plan_process<'a>(
    Merged { process, overrides, default }: Merged<'a>,
    run: Run<'a>,
    image: &Image,
    problems: &mut Diagnostics,
) -> Planned<'a> {
    Planned {
        working_dir: process.working_dir.and_then(|directory| working_dir(&directory, image, problems)),
        origin: process.name.at,
        name: process.name.value,
        written: process.command.value,
        args: process.args,
        env: process.env,
        run,
        default,
        overrides,
    }
}

/// The absolute working directory (T4), or `None` for the app directory itself.
fn working_dir(directory: &Located<PathBuf>, image: &Image, problems: &mut Diagnostics) -> Option<PathBuf> {
    if directory.value.is_relative() && !image.surroundings.is_directory(&directory.value) {
        let directory_name = directory.value.to_string_lossy().into_owned();
        problems.push(ProcessProblem::MissingWorkingDir { directory: directory_name }, directory.at);
    }
    (!directory.value.as_os_str().is_empty()).then(|| image.app.join(&directory.value))
}
