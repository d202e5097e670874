//! What the lifecycle starts: `bin/detect` and `bin/build`, which are one binary.
//!
//! [`libcnb::libcnb_runtime`] would do the same, but it first reads buildpack.toml, twice, and checks the id in it with a
//! regular expression. Compiling that takes four times the instructions of everything else in a detect, and its engine is
//! a fifth of the binary. What buildpack.toml says is known when the binary is built, so the phases are called directly.

use crate::buildpack::ProcfileBuildpack;
use crate::failure::Failure;
use crate::find::ProcfilePlatform;
use libcnb::build::BuildContext;
use libcnb::data::buildpack::{self, BuildpackApi, BuildpackVersion, ComponentBuildpackDescriptor};
use libcnb::data::buildpack_id;
use libcnb::data::buildpack_plan::BuildpackPlan;
use libcnb::{Buildpack as _, DetectArgs, Error, Platform as _, Target, libcnb_runtime_detect};
use std::collections::HashSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A phase of the lifecycle.
#[derive(Clone, Copy, Debug)]
pub enum Phase {
    /// `bin/detect`.
    Detect,
    /// `bin/build`.
    Build,
}

impl Phase {
    /// The phase that a program runs, by its name.
    pub fn of(program: &OsStr) -> Option<Self> {
        match Path::new(program).file_name()?.to_str()? {
            "detect" => Some(Self::Detect),
            "build" => Some(Self::Build),
            _ => None,
        }
    }

    /// The arguments that the Buildpack API passes to it.
    const fn usage(self) -> &'static str {
        match self {
            Self::Detect => "detect PLATFORM_DIR BUILD_PLAN",
            Self::Build => "build LAYERS_DIR PLATFORM_DIR BUILDPACK_PLAN",
        }
    }
}

/// Runs a phase with the arguments of the lifecycle. The exit status is that of the Buildpack API: 0, 1 for a failure, and
/// 100 if detect does not pass.
pub fn run(phase: Phase, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let buildpack = ProcfileBuildpack;
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let result = match (phase, paths.as_slice()) {
        (Phase::Detect, [platform, plan]) => {
            let args = DetectArgs { platform_dir_path: platform.clone(), build_plan_path: plan.clone() };
            libcnb_runtime_detect(&buildpack, descriptor(), args)
        }
        (Phase::Build, [layers, platform, _]) => build(&buildpack, layers, platform),
        _ => {
            let _ = writeln!(io::stderr(), "usage: {}", phase.usage());
            return ExitCode::FAILURE;
        }
    };
    match result {
        Ok(status) => u8::try_from(status).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            buildpack.on_error(error);
            ExitCode::FAILURE
        }
    }
}

/// Builds without the framework's own build phase, which reads what this buildpack has no use for: the build plan, the
/// target, and `store.toml` in the layers directory, which may be a link or a named pipe (R4).
fn build(buildpack: &ProcfileBuildpack, layers: &Path, platform: &Path) -> libcnb::Result<i32, Failure> {
    let unknown = String::new;
    let context = BuildContext {
        layers_dir: layers.to_path_buf(),
        app_dir: env::current_dir().map_err(Error::CannotDetermineAppDirectory)?,
        buildpack_dir: env::var("CNB_BUILDPACK_DIR").map_err(Error::CannotDetermineBuildpackDirectory)?.into(),
        target: Target {
            os: unknown(),
            arch: unknown(),
            arch_variant: None,
            distro_name: unknown(),
            distro_version: unknown(),
        },
        platform: ProcfilePlatform::from_path(platform).map_err(Error::CannotCreatePlatformFromPath)?,
        buildpack_plan: BuildpackPlan { entries: Vec::new() },
        buildpack_descriptor: descriptor(),
        store: None,
    };
    buildpack.build(context).map(|_| 0)
}

/// The parts of buildpack.toml that the framework knows a buildpack by. The file has the rest, for the lifecycle and for
/// people.
pub fn descriptor() -> ComponentBuildpackDescriptor {
    ComponentBuildpackDescriptor {
        api: BuildpackApi { major: 0, minor: 10 },
        buildpack: buildpack::Buildpack {
            id: buildpack_id!("octopilot/procfile"),
            name: None,
            version: version(),
            homepage: None,
            clear_env: false,
            description: None,
            keywords: Vec::new(),
            licenses: Vec::new(),
            sbom_formats: HashSet::new(),
        },
        stacks: Vec::new(),
        targets: Vec::new(),
        metadata: None,
    }
}

/// The version of this crate, which is also that of the buildpack.
fn version() -> BuildpackVersion {
    let part = |text: &str| text.parse().unwrap_or_default();
    BuildpackVersion::new(
        part(env!("CARGO_PKG_VERSION_MAJOR")),
        part(env!("CARGO_PKG_VERSION_MINOR")),
        part(env!("CARGO_PKG_VERSION_PATCH")),
    )
}
