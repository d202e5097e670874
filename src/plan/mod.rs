//! Plans what the image runs: from declarations to commands, arguments and directories. Pure.

mod arguments;
mod extend;
mod follow;
pub mod image;
pub mod place;
pub(crate) mod problems;
mod quoted;
mod remedy;
pub mod run;
pub(crate) mod scripts;
mod started;
mod stays;
mod syntax;

pub use image::Image;
pub use place::Place;
pub use run::{Form, Inner, Run};

use crate::diagnostics::Diagnostics;
use crate::find::EarlierProcess;
use crate::find::variables::{choice, flag};
use crate::launcher::{INIT, WORDS};
use crate::merge::Merged;
use crate::parse::{Command, Located, Process};
use crate::shell::{Dialect, Invocation};
use crate::text::{Sources, Span, Variable};
use follow::Follower;
use problems::PlanProblem;
use run::Runner;
use scripts::Scripts;
use stays::{Init, Stays};
use std::borrow::Cow;
use std::path::PathBuf;

/// The values of `BP_PROCFILE_SHELL` (C5).
const SHELLS: [&str; 4] = ["auto", "bash", "sh", "none"];

/// A process type as the image will have it.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The type.
    pub name: Cow<'a, str>,
    /// The command as written.
    pub written: Located<Command<'a>>,
    /// How it runs.
    pub run: Run<'a>,
    /// The simple commands of a line that is not in exec form.
    pub invocations: Vec<Invocation>,
    /// Arguments that those given at run time replace.
    pub args: Option<Located<Vec<Cow<'a, str>>>>,
    /// The absolute working directory, if it is not the app directory.
    pub working_dir: Option<PathBuf>,
    /// Environment variables that the process gets unless the platform sets them.
    pub env: Vec<(Cow<'a, str>, Located<Cow<'a, str>>)>,
    /// The launcher in the image that starts it as process 1, if one does (X8).
    pub init: Option<String>,
    /// The port that it listens on (O5), once `advice` has read it from the command.
    pub port: Option<Port>,
    /// Whether the image starts it when no other type is asked for.
    pub default: bool,
    /// Where it is declared.
    pub origin: Span,
    /// The declarations that it overrides.
    pub overrides: Vec<Span>,
}

impl Planned<'_> {
    /// Arguments that those given at run time replace, if there are any.
    pub fn args(&self) -> &[Cow<'_, str>] {
        self.args.as_ref().map_or(&[], |args| args.value.as_slice())
    }

    /// The process type of an earlier buildpack that it extends, if it does and that is known.
    pub fn extended(&self) -> Option<&EarlierProcess> {
        self.written.value.extension()?.of
    }

    /// What the image starts, followed by the arguments: the command, behind the launcher if that is process 1.
    pub fn command(&self) -> Vec<&str> {
        let command = self.run.command.iter().map(AsRef::as_ref);
        match &self.init {
            None => command.collect(),
            // It expands the template itself.
            Some(launcher) if self.run.form == Form::Launcher => {
                [launcher.as_str(), INIT].into_iter().chain(command.skip(1)).collect()
            }
            Some(launcher) => [launcher.as_str(), INIT, WORDS].into_iter().chain(command).collect(),
        }
    }

    /// Whether it needs the launcher in the image.
    pub fn needs_launcher(&self) -> bool {
        self.init.is_some() || self.run.form == Form::Launcher
    }
}

/// The port that a process listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// The port.
    pub number: u16,
    /// Whether `PORT` has to be set to it when the process is started.
    pub is_to_be_set: bool,
}

/// Plans all process types. Types whose command cannot be run at all are left out; that is an error.
pub fn plan<'a>(
    merged: Vec<Merged<'a>>,
    sources: &'a Sources,
    image: &Image,
    problems: &mut Diagnostics,
) -> Vec<Planned<'a>> {
    let (shell, has_shell) = shell_in_image(sources, problems);
    let init = Init::of_variable(sources, problems);
    let mut scripts = Scripts::default();
    let plan_one = |Merged { mut process, overrides, default }: Merged<'a>| {
        let written = process.command.take();
        let extension = written.as_ref().and_then(|command| command.value.extension());
        let extended = extension.and_then(|extension| extension.of);
        check_working_dir(&process, image, problems);
        extend::working_dir(&mut process, extended);
        let mut stays = Stays::new(init, &process, sources);
        let planned = written.as_ref().and_then(|command| {
            let place = Place::of_command(command, sources);
            let (mut run, invocations) =
                Runner { process: &process, place: &place, image, stays: &mut stays, problems }
                    .run(&command.value, shell)?;
            let (stays, scripts) = (&mut stays, &mut scripts);
            Follower { process: &process, place: &place, image, has_shell, extension, stays, scripts, problems }
                .follow(&mut run, &invocations);
            Some((run, invocations))
        });
        extend::args(&mut process, extended);
        let (run, invocations) = planned?;
        Some(Planned {
            written: written?,
            working_dir: working_dir(&process, image),
            args: process.args,
            origin: process.name.at,
            name: process.name.value,
            env: process.env,
            run,
            invocations,
            init: stays.need_init().then(|| image.launcher.to_string_lossy().into_owned()),
            port: None,
            default,
            overrides,
        })
    };
    merged.into_iter().filter_map(plan_one).collect()
}

/// The shell that runs command lines, or `None` if they run without one, and whether the image has a shell (X5, X6a).
fn shell_in_image(sources: &Sources, problems: &mut Diagnostics) -> (Option<Dialect>, bool) {
    let is_direct = flag(sources, Variable::DirectProcess, problems);
    let stack = sources.value(Variable::StackId).unwrap_or_default();
    let has_shell = !stack.ends_with("tiny") && !stack.ends_with("static");
    match choice(sources, Variable::Shell, &SHELLS, problems) {
        Some("bash") => (Some(Dialect::Bash), true),
        Some("sh") => (Some(Dialect::Sh), true),
        Some("none") => (None, false),
        _ if is_direct => (None, has_shell),
        _ => (has_shell.then_some(Dialect::Bash), has_shell),
    }
}

/// Reports a working directory that the app does not have (T4).
fn check_working_dir(process: &Process, image: &Image, problems: &mut Diagnostics) {
    let Some(Located { value: directory, at }) = &process.working_dir else { return };
    if directory.is_relative() && !image.surroundings.is_directory(directory) {
        let directory = directory.to_string_lossy().into_owned();
        problems.push(PlanProblem::MissingWorkingDir { directory }, *at);
    }
}

/// The absolute working directory, or `None` for the app directory itself.
fn working_dir(process: &Process, image: &Image) -> Option<PathBuf> {
    let directory = process.working_dir.as_ref().map(|directory| directory.value.as_path())?;
    (!directory.as_os_str().is_empty()).then(|| image.app.join(directory))
}
