//! Writes what the plan says into the layers directory: launch.toml and launch layers. And files of the app, for `--fix`.

pub mod launch;
mod staging;

use crate::failure::Failure;
use crate::launcher::LAUNCHER;
use crate::plan::Planned;
use libcnb::additional_buildpack_binary_path;
use staging::{Kind, Staging};
use std::io::ErrorKind;
use std::path::Path;
use std::{fs, io};

/// The layer with the defaults of environment variables.
pub const ENVIRONMENT: &str = "environment";

/// What `<layer>.toml` says about a launch layer. Nothing is cached: the lifecycle does not store a layer again that has
/// not changed.
const LAUNCH_LAYER: &[u8] = b"[types]\nlaunch = true\n";

/// What a layer's list of what it is made of is called (CNB Buildpack spec, "Bill-of-Materials"). A released buildpack has
/// that of the launcher beside it.
const SBOM: &str = "sbom.cdx.json";

/// What this buildpack ever writes has one of these names, up to the first dot. The lifecycle restores some of it from the
/// previous image, and would take it for a part of this build: a list of what an earlier launcher was made of, or a layer.
const OURS: [&str; 3] = [ENVIRONMENT, LAUNCHER, "launch"];

/// Writes launch.toml and the launch layers, all of them or none, and leaves nothing of an earlier build. The framework has
/// nothing left to write: it would follow links, and leave a part of a file where the disk is full.
///
/// # Errors
/// If a file cannot be written.
pub fn write(plan: &[Planned], layers: &Path) -> Result<(), Failure> {
    let mut staging = Staging::new(layers)?;
    let mut environment = launch::environment(plan).peekable();
    if environment.peek().is_some() {
        for (path, value) in environment {
            staging.file(&format!("{ENVIRONMENT}/{path}"), value.as_bytes(), Kind::Data)?;
        }
        staging.file(&format!("{ENVIRONMENT}.toml"), LAUNCH_LAYER, Kind::Data)?;
    }
    if plan.iter().any(Planned::needs_launcher) {
        let packaged = additional_buildpack_binary_path!("launcher");
        let binary = fs::read(&packaged).map_err(Failure::Launcher)?;
        staging.file(&format!("{LAUNCHER}/{LAUNCHER}"), &binary, Kind::Program)?;
        staging.file(&format!("{LAUNCHER}.toml"), LAUNCH_LAYER, Kind::Data)?;
        match fs::read(packaged.with_extension(SBOM)) {
            Ok(sbom) => staging.file(&format!("{LAUNCHER}.{SBOM}"), &sbom, Kind::Data)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::Launcher(error)),
        }
    }
    if !plan.is_empty() {
        let launch = launch::launch(plan)
            .map_err(|error| Failure::Write { path: layers.join(LAUNCH), error: io::Error::other(error) })?;
        staging.file(LAUNCH, launch.as_bytes(), Kind::Data)?;
    }
    staging.publish(&OURS)
}

/// Replaces the content of a file of the app, whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Failure> {
    staging::replace(path, content).map_err(|error| Failure::Write { path: path.to_path_buf(), error })
}

/// What the lifecycle reads the process types from.
const LAUNCH: &str = "launch.toml";
