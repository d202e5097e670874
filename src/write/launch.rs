//! What the Buildpack API takes: launch.toml, and the environment of a launch layer. Pure.

use crate::plan::Planned;
use libcnb::data::launch::{Launch, Process, ProcessType, WorkingDirectory};
use libcnb::layer_env::{LayerEnv, ModificationBehavior, Scope};

/// The contents of launch.toml.
pub fn launch(plan: &[Planned]) -> Launch {
    Launch { processes: plan.iter().map(process).collect(), ..Launch::default() }
}

fn process(planned: &Planned) -> Process {
    let strings = |words: &[std::borrow::Cow<str>]| words.iter().map(ToString::to_string).collect();
    Process {
        // `parse` compiles a regular expression each time (45 µs). `parse::names::is_process_type` has checked the
        // name; a property test compares it with what libcnb accepts.
        r#type: ProcessType::new_unchecked(&planned.name),
        command: strings(&planned.run.command),
        args: strings(planned.args()),
        default: planned.default,
        working_directory: planned.working_dir.clone().map_or(WorkingDirectory::App, WorkingDirectory::Directory),
    }
}

/// The defaults of environment variables, by process type (T5), or `None` if no process has any.
pub fn environment(plan: &[Planned]) -> Option<LayerEnv> {
    let mut variables = plan
        .iter()
        .flat_map(|planned| planned.env.iter().map(move |(name, value)| (&planned.name, name, value)))
        .peekable();
    variables.peek()?;
    Some(variables.fold(LayerEnv::new(), |env, (process, name, value)| {
        env.chainable_insert(
            Scope::Process(process.to_string()),
            ModificationBehavior::Default,
            name.as_ref(),
            value.value.as_ref(),
        )
    }))
}
