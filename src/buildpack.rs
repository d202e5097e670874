//! The buildpack as the lifecycle runs it.

use crate::app_dir::AppDir;
use crate::detect::{Detection, detect};
use crate::diagnostics::Diagnostics;
use crate::settings::Settings;
use crate::sources::{Sources, read};
use crate::{launch, output, plan};
use libcnb::build::{BuildContext, BuildResult, BuildResultBuilder};
use libcnb::data::layer_name;
use libcnb::detect::{DetectContext, DetectResult, DetectResultBuilder};
use libcnb::generic::{GenericMetadata, GenericPlatform};
use libcnb::layer::UncachedLayerDefinition;
use libcnb::{Buildpack, Env, Platform};
use std::path::Path;
use std::{env, io};

/// `octopilot/procfile`.
#[derive(Debug)]
pub struct ProcfileBuildpack;

impl Buildpack for ProcfileBuildpack {
    type Platform = GenericPlatform;
    type Metadata = GenericMetadata;
    type Error = Failure;

    fn detect(&self, context: DetectContext<Self>) -> libcnb::Result<DetectResult, Failure> {
        let Input { app, sources, mut problems } = Input::read(&context.app_dir, context.platform.env())?;
        match detect(&sources, &|wanted| app.names(wanted), &mut problems) {
            Detection::Pass => DetectResultBuilder::pass().build(),
            Detection::Fail(miss) => {
                output::miss(&miss, &mut io::stdout());
                DetectResultBuilder::fail().build()
            }
            Detection::Error => Err(Failure::Mistakes { sources, problems }.into()),
        }
    }

    fn build(&self, context: BuildContext<Self>) -> libcnb::Result<BuildResult, Failure> {
        let Input { app, sources, mut problems } = Input::read(&context.app_dir, context.platform.env())?;
        let plan = plan::plan(&sources, &context.app_dir, &|path| app.has_directory(path), &mut problems);
        if problems.errors() > 0 {
            drop(plan);
            return Err(Failure::Mistakes { sources, problems }.into());
        }
        if let Some(environment) = launch::environment(&plan) {
            let definition = UncachedLayerDefinition { build: false, launch: true };
            context.uncached_layer(layer_name!("environment"), definition)?.write_env(environment)?;
        }
        output::warnings(&sources, &problems);
        output::log(&plan, &sources);
        if plan.is_empty() {
            return BuildResultBuilder::new().build();
        }
        BuildResultBuilder::new().launch(launch::launch(&plan)).build()
    }

    fn on_error(&self, error: libcnb::Error<Failure>) {
        output::failure(&error);
    }
}

/// What detect, build and the preview start from.
pub(crate) struct Input {
    pub(crate) app: AppDir,
    pub(crate) sources: Sources,
    pub(crate) problems: Diagnostics,
}

impl Input {
    /// Reads the sources of an app. A variable of the process wins over the platform's, since the lifecycle lets
    /// the operator of a builder override what its users set.
    pub(crate) fn read(app_dir: &Path, platform: &Env) -> Result<Self, Failure> {
        let app = AppDir::new(app_dir).map_err(Failure::AppDir)?;
        let settings = Settings::read(|name| env::var_os(name).or_else(|| platform.get(name).cloned()));
        let mut problems = Diagnostics::default();
        let sources = read(&app, &settings, &mut problems);
        Ok(Self { app, sources, problems })
    }
}

/// Why the buildpack, or the preview, fails.
#[derive(Debug)]
pub enum Failure {
    /// The app directory itself cannot be resolved.
    AppDir(io::Error),
    /// The user's mistakes, and the texts that they are in.
    Mistakes {
        /// The texts.
        sources: Sources,
        /// The mistakes, and the warnings.
        problems: Diagnostics,
    },
}

impl From<Failure> for libcnb::Error<Failure> {
    fn from(failure: Failure) -> Self {
        Self::BuildpackError(failure)
    }
}
