//! Plans what the image runs: from declarations to commands, arguments and directories. Pure.

pub mod image;
pub mod place;
pub(crate) mod problems;
pub mod run;
mod shell_choice;

pub use image::Image;
pub use place::Place;
pub use run::{Form, Run};

use crate::diagnostics::Diagnostics;
use crate::merge::Merged;
use crate::parse::{Command, Located};
use crate::shell::Invocation;
use crate::text::{Sources, Span};
use problems::PlanProblem;
use run::Runner;
use std::borrow::Cow;
use std::path::PathBuf;

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
    pub args: Vec<Cow<'a, str>>,
    /// The absolute working directory, if it is not the app directory.
    pub working_dir: Option<PathBuf>,
    /// Environment variables that the process gets unless the platform sets them.
    pub env: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Whether the image starts it when no other type is asked for.
    pub default: bool,
    /// Where it is declared.
    pub origin: Span,
    /// The declarations that it overrides.
    pub overrides: Vec<Span>,
}

/// Plans all process types. Types whose command cannot be run at all are left out; that is an error.
pub fn plan<'a>(
    merged: Vec<Merged<'a>>,
    sources: &'a Sources,
    image: &Image,
    problems: &mut Diagnostics,
) -> Vec<Planned<'a>> {
    let shell = shell_choice::choose(sources, problems);
    let plan_one = |Merged { mut process, overrides, default }: Merged<'a>| {
        let written = process.command.take();
        let planned = written.as_ref().and_then(|command| {
            let place = Place::new(command.at, command.value.line(), sources);
            Runner { process: &process, place, image, problems }.run(&command.value, shell)
        });
        let working_dir = process.working_dir.and_then(|directory| working_dir(&directory, image, problems));
        let (run, invocations) = planned?;
        Some(Planned {
            written: written?,
            working_dir,
            origin: process.name.at,
            name: process.name.value,
            args: process.args,
            env: process.env,
            run,
            invocations,
            default,
            overrides,
        })
    };
    merged.into_iter().filter_map(plan_one).collect()
}

/// The absolute working directory (T4), or `None` for the app directory itself.
fn working_dir(directory: &Located<PathBuf>, image: &Image, problems: &mut Diagnostics) -> Option<PathBuf> {
    if directory.value.is_relative() && !image.surroundings.is_directory(&directory.value) {
        let directory_name = directory.value.to_string_lossy().into_owned();
        problems.push(PlanProblem::MissingWorkingDir { directory: directory_name }, directory.at);
    }
    (!directory.value.as_os_str().is_empty()).then(|| image.app.join(&directory.value))
}
