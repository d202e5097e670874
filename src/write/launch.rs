//! What the Buildpack API takes: launch.toml, and the files of the environment layer. Pure.

use crate::plan::Planned;
use libcnb::data::launch::{Launch, Process, ProcessType, WorkingDirectory};
use toml::ser::Error;

/// How many processes are written at once, and how many words they may have if they are more than one. All of them would
/// take as much memory as the plan does.
const AT_ONCE: usize = 8;
const WORDS_AT_ONCE: usize = 1000;

/// The contents of launch.toml.
///
/// # Errors
/// If TOML cannot express a process.
pub fn launch(plan: &[Planned]) -> Result<String, Error> {
    let mut text = String::new();
    let mut rest = plan;
    while !rest.is_empty() {
        let some;
        (some, rest) = rest.split_at(at_once(rest));
        let launch = Launch { processes: some.iter().map(process).collect(), ..Launch::default() };
        text.extend([if text.is_empty() { "" } else { "\n" }, &toml::to_string(&launch)?]);
    }
    Ok(text)
}

/// How many of some processes are written at once.
fn at_once(plan: &[Planned]) -> usize {
    let mut words = 0;
    let fits = |planned: &&Planned| {
        words += planned.run.command.len() + planned.args().len();
        words <= WORDS_AT_ONCE
    };
    plan.iter().take(AT_ONCE).take_while(fits).count().max(1)
}

fn process(planned: &Planned) -> Process {
    Process {
        // `parse` compiles a regular expression each time (45 µs). `parse::names::is_process_type` has checked the
        // name; a property test compares it with what libcnb accepts.
        r#type: ProcessType::new_unchecked(&planned.name),
        command: planned.command().into_iter().map(ToString::to_string).collect(),
        args: planned.args().iter().map(ToString::to_string).collect(),
        default: planned.default,
        working_directory: planned.working_dir.clone().map_or(WorkingDirectory::App, WorkingDirectory::Directory),
    }
}

/// The files of the environment layer: defaults of environment variables (T5), with the path of each in the layer (CNB
/// Buildpack spec, "Provided by the Buildpacks").
pub fn environment<'p>(plan: &'p [Planned]) -> impl Iterator<Item = (String, &'p str)> {
    let variables =
        plan.iter().flat_map(|planned| planned.env.iter().map(|(name, value)| (&planned.name, name, value)));
    variables.map(|(process, name, value)| (format!("env.launch/{process}/{name}.default"), value.value.as_ref()))
}
