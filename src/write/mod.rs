//! Writes what the plan says into the layers directory: launch.toml and launch layers.

pub mod launch;
mod layers;

use crate::failure::Failure;
use crate::plan::{Form, Planned};
use libcnb::Buildpack;
use libcnb::build::{BuildContext, BuildResult, BuildResultBuilder};

/// Writes the launch layers, and returns what the framework writes as launch.toml.
///
/// # Errors
/// If a layer cannot be written.
pub fn write<B: Buildpack<Error = Failure>>(
    plan: &[Planned],
    context: &BuildContext<B>,
) -> libcnb::Result<BuildResult, Failure> {
    if let Some(environment) = launch::environment(plan) {
        layers::write_environment(environment, context)?;
    }
    if plan.iter().any(|planned| planned.run.form == Form::Launcher) {
        layers::install_launcher(context)?;
    }
    if plan.is_empty() {
        return BuildResultBuilder::new().build();
    }
    BuildResultBuilder::new().launch(launch::launch(plan)).build()
}
