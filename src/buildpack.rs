//! The buildpack as the lifecycle runs it.

use crate::advice::{advise, advise_on_placeholders};
use crate::catalogue;
use crate::detect::{Detection, detect};
use crate::diagnostics::Diagnostics;
use crate::failure::Failure;
use crate::find::{Earlier, Host, ProcfilePlatform, RootDir, earlier, files, memory, variables};
use crate::launcher::LAUNCHER;
use crate::merge::merge;
use crate::parse::parse;
use crate::parse::project_toml::build_env_names;
use crate::plan::{Image, Planned, plan};
use crate::shell::Budget;
use crate::tell::print::{self, Colour};
use crate::text::{Sources, Span, Variable};
use crate::write::write;
use libcnb::Buildpack;
use libcnb::build::{BuildContext, BuildResult, BuildResultBuilder};
use libcnb::detect::{DetectContext, DetectResult, DetectResultBuilder};
use libcnb::generic::GenericMetadata;
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
        let Prepared { app, sources, mut problems } = prepare(&context.app_dir, &context.platform)?;
        variables::report_unknown(&sources, |_| Vec::new(), &mut problems);
        match detect(&sources, &|wanted| app.names(wanted), &|| app.directories_with("Procfile"), &mut problems) {
            Detection::Pass => DetectResultBuilder::pass().build(),
            Detection::Fail(miss) => {
                print::miss(&miss, &mut io::stdout());
                DetectResultBuilder::fail().build()
            }
            Detection::Error => Err(Failure::Mistakes { sources, problems: Box::new(problems) }.into()),
        }
    }

    fn build(&self, context: BuildContext<Self>) -> libcnb::Result<BuildResult, Failure> {
        let Prepared { app, sources, mut problems } = prepare(&context.app_dir, &context.platform)?;
        let earlier = earlier::read(&context.layers_dir);
        let launcher = context.layers_dir.join(LAUNCHER).join(LAUNCHER);
        let host = Host::new(&app, true).with_layers(context.layers_dir.parent());
        let image =
            Image { app: &context.app_dir, launcher: &launcher, surroundings: &host, budget: &Budget::default() };
        let plan = planned(&sources, &earlier, &image, &mut problems);
        if problems.fail() {
            drop(plan);
            return Err(Failure::Mistakes { sources, problems: Box::new(problems) }.into());
        }
        write(&plan, &context.layers_dir)?;
        print::diagnostics(&problems, &sources, Colour::Auto);
        print::log(&plan, &earlier, &sources, Colour::Auto);
        BuildResultBuilder::new().build()
    }

    fn on_error(&self, error: libcnb::Error<Failure>) {
        print::failure(&error, Colour::Auto);
    }
}

/// What detect, build and the preview start from.
pub struct Prepared {
    /// The app directory.
    pub app: RootDir,
    /// Its sources, and the variables.
    pub sources: Sources,
    /// What is wrong with them.
    pub problems: Diagnostics,
}

/// Reads the sources of an app. A variable of the process wins over the platform's, since the lifecycle lets the operator
/// of a builder override what users set.
///
/// # Errors
/// If the app directory cannot be read, or there is not enough memory for the sources.
pub fn prepare(app_dir: &Path, platform: &ProcfilePlatform) -> Result<Prepared, Failure> {
    let app = RootDir::new(app_dir, "the app directory")
        .map_err(|error| Failure::AppDir { path: app_dir.to_path_buf(), error })?;
    let of_process = env::vars_os().map(|(name, value)| (name, Ok(value)));
    let (mut sources, unusable) = variables::read(platform.overriding().chain(of_process).chain(platform.variables()));
    let mut problems = catalogue::diagnostics(&sources);
    for (source, problem) in unusable {
        problems.push(problem, Span::new(source, 0..0));
    }
    let bindings = sources.value(Variable::BindingRoot).map_or(platform.bindings.as_path(), Path::new).to_path_buf();
    files::read(&app, &bindings, &mut sources, &mut problems);
    let needed = memory::needed(sources.length());
    if memory::is_free(needed) { Ok(Prepared { app, sources, problems }) } else { Err(Failure::Memory(needed)) }
}

/// Takes the sources through the pure stages, to what the image runs.
pub fn planned<'a>(
    sources: &'a Sources,
    earlier: &'a Earlier,
    image: &Image,
    problems: &mut Diagnostics,
) -> Vec<Planned<'a>> {
    variables::report_unknown(sources, build_env_names, problems);
    let declared = parse(sources, problems);
    let merged = merge(declared, sources.value(Variable::DefaultType), earlier, problems);
    advise_on_placeholders(&merged, sources, problems);
    let mut plan = plan(merged, sources, image, problems);
    advise(&mut plan, sources, image, problems);
    plan
}
