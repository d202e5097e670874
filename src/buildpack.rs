//! The buildpack as the lifecycle runs it.

use crate::detect::{Detection, detect};
use crate::diagnostics::Diagnostics;
use crate::platform::ProcfilePlatform;
use crate::root_dir::RootDir;
use crate::run::{Check, Form, Image, Presence, Surroundings};
use crate::settings::Settings;
use crate::sources::{self, Sources};
use crate::{bash, earlier, launch, output, plan, policy};
use libcnb::build::{BuildContext, BuildResult, BuildResultBuilder};
use libcnb::data::layer_name;
use libcnb::detect::{DetectContext, DetectResult, DetectResultBuilder};
use libcnb::generic::GenericMetadata;
use libcnb::layer::{
    CachedLayerDefinition, InvalidMetadataAction, LayerState, RestoredLayerAction, UncachedLayerDefinition,
};
use libcnb::{Buildpack, Platform, additional_buildpack_binary_path};
use std::cell::Cell;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::{env, io};

/// `octopilot/procfile`.
#[derive(Debug)]
pub struct ProcfileBuildpack;

impl Buildpack for ProcfileBuildpack {
    type Platform = ProcfilePlatform;
    type Metadata = GenericMetadata;
    type Error = Failure;

    fn detect(&self, context: DetectContext<Self>) -> libcnb::Result<DetectResult, Failure> {
        let Input { app, sources, mut problems } = Input::read(&context.app_dir, &context.platform)?;
        match detect(&sources, &|wanted| app.names(wanted), &mut problems) {
            Detection::Pass => DetectResultBuilder::pass().build(),
            Detection::Fail(miss) => {
                output::miss(&miss, &mut io::stdout());
                DetectResultBuilder::fail().build()
            }
            Detection::Error => Err(Failure::Mistakes { sources, problems: Box::new(problems) }.into()),
        }
    }

    fn build(&self, context: BuildContext<Self>) -> libcnb::Result<BuildResult, Failure> {
        let Input { app, sources, mut problems } = Input::read(&context.app_dir, &context.platform)?;
        let launcher = context.layers_dir.join(LAUNCHER).join(LAUNCHER);
        let host = Host::new(&app, true);
        let image = Image { app: &context.app_dir, launcher: &launcher, surroundings: &host };
        let earlier = earlier::read(&context.layers_dir);
        let plan = plan::plan(&sources, &earlier, &image, &mut problems);
        if problems.fail() {
            drop(plan);
            return Err(Failure::Mistakes { sources, problems: Box::new(problems) }.into());
        }
        if let Some(environment) = launch::environment(&plan) {
            let definition = UncachedLayerDefinition { build: false, launch: true };
            context.uncached_layer(layer_name!("environment"), definition)?.write_env(environment)?;
        }
        if plan.iter().any(|planned| planned.run.form == Form::Launcher) {
            install_launcher(&context)?;
        }
        output::warnings(&sources, &problems);
        output::log(&plan, &earlier, &sources);
        if plan.is_empty() {
            return BuildResultBuilder::new().build();
        }
        BuildResultBuilder::new().launch(launch::launch(&plan)).build()
    }

    fn on_error(&self, error: libcnb::Error<Failure>) {
        output::failure(&error);
    }
}

/// The name of the launcher: of its binary and of its layer.
pub(crate) const LAUNCHER: &str = "launcher";

/// Puts the launcher into a layer of its own, which an unchanged launcher keeps from build to build.
fn install_launcher(context: &BuildContext<ProcfileBuildpack>) -> libcnb::Result<(), Failure> {
    let binary = fs::read(additional_buildpack_binary_path!("launcher")).map_err(Failure::Launcher)?;
    let is_same = |layer: &Path| fs::read(layer.join(LAUNCHER)).is_ok_and(|kept| kept == binary);
    let layer = context.cached_layer(
        layer_name!("launcher"),
        CachedLayerDefinition {
            build: false,
            launch: true,
            invalid_metadata_action: &|_| InvalidMetadataAction::DeleteLayer,
            restored_layer_action: &|_: &GenericMetadata, layer| {
                if is_same(layer) { RestoredLayerAction::KeepLayer } else { RestoredLayerAction::DeleteLayer }
            },
        },
    )?;
    if let LayerState::Empty { .. } = layer.state {
        let path = layer.path().join(LAUNCHER);
        fs::write(&path, &binary).map_err(Failure::Launcher)?;
        fs::set_permissions(&path, Permissions::from_mode(0o755)).map_err(Failure::Launcher)?;
    }
    Ok(())
}

/// What planning asks: of the app directory, and of bash, which is not asked without end.
pub(crate) struct Host<'h> {
    app: &'h RootDir,
    /// Whether the buildpacks before this one have done their part.
    is_built: bool,
    questions: Cell<usize>,
}

/// The most command lines that bash is asked about in a build, at about 2 ms each.
const MOST_QUESTIONS: usize = 100;

impl<'h> Host<'h> {
    pub(crate) fn new(app: &'h RootDir, is_built: bool) -> Self {
        Self { app, is_built, questions: Cell::new(0) }
    }
}

impl Surroundings for Host<'_> {
    fn is_directory(&self, relative: &Path) -> bool {
        self.app.has_directory(relative)
    }

    fn head(&self, relative: &Path) -> Option<Vec<u8>> {
        self.app.head(relative)
    }

    fn presence(&self, relative: &Path) -> Presence {
        let is_there = |directory: &Path| self.app.has_directory(directory);
        match self.app.is_executable(relative) {
            Some(false) => Presence::NotExecutable,
            // Before the buildpacks that make it have run, a binary or a directory that is not there says nothing.
            None if self.is_built || relative.extension().is_some() && relative.parent().is_none_or(is_there) => {
                Presence::Missing
            }
            Some(true) | None => Presence::Executable,
        }
    }

    fn check(&self, line: &str) -> Check {
        let number = self.questions.replace(self.questions.get() + 1);
        if number < MOST_QUESTIONS { bash::check(line) } else { Check::Unknown }
    }
}

/// What detect, build and the preview start from.
pub(crate) struct Input {
    pub(crate) app: RootDir,
    pub(crate) sources: Sources,
    pub(crate) problems: Diagnostics,
}

impl Input {
    /// Reads the sources of an app. A variable of the process wins over the platform's, since the lifecycle lets
    /// the operator of a builder override what its users set.
    pub(crate) fn read(app_dir: &Path, platform: &ProcfilePlatform) -> Result<Self, Failure> {
        let app = RootDir::new(app_dir).map_err(Failure::AppDir)?;
        let settings = Settings::read(|name| env::var_os(name).or_else(|| platform.env().get(name).cloned()));
        let bindings = settings.binding_root.as_deref().map_or(platform.bindings(), Path::new);
        let mut sources = Sources::of_variables(&settings);
        let mut problems = policy::read(&sources);
        sources::read(&app, bindings, &settings, &mut sources, &mut problems);
        Ok(Self { app, sources, problems })
    }
}

/// Why the buildpack, or the preview, fails.
#[derive(Debug)]
pub enum Failure {
    /// The app directory itself cannot be resolved.
    AppDir(io::Error),
    /// The launcher cannot be copied from the buildpack into its layer.
    Launcher(io::Error),
    /// The user's mistakes, and the texts that they are in.
    Mistakes {
        /// The texts.
        sources: Sources,
        /// The mistakes, and the warnings.
        problems: Box<Diagnostics>,
    },
}

impl From<Failure> for libcnb::Error<Failure> {
    fn from(failure: Failure) -> Self {
        Self::BuildpackError(failure)
    }
}
