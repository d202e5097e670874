//! The launch layers: defaults of environment variables, and the static launcher.

use crate::failure::Failure;
use crate::launcher::LAUNCHER;
use libcnb::build::BuildContext;
use libcnb::data::layer_name;
use libcnb::generic::GenericMetadata;
use libcnb::layer::{
    CachedLayerDefinition, InvalidMetadataAction, LayerState, RestoredLayerAction, UncachedLayerDefinition,
};
use libcnb::layer_env::LayerEnv;
use libcnb::{Buildpack, additional_buildpack_binary_path};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes the defaults of environment variables (T5).
pub(super) fn write_environment<B: Buildpack<Error = Failure>>(
    environment: LayerEnv,
    context: &BuildContext<B>,
) -> libcnb::Result<(), Failure> {
    let definition = UncachedLayerDefinition { build: false, launch: true };
    context.uncached_layer(layer_name!("environment"), definition)?.write_env(environment)
}

/// Installs the launcher in its own layer, which is reused by later builds as long as the launcher stays the same.
pub(super) fn install_launcher<B: Buildpack<Error = Failure>>(
    context: &BuildContext<B>,
) -> libcnb::Result<(), Failure> {
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
