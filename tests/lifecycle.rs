//! The binary as the lifecycle starts it.

use crate::support::{BINARY, manifest};
use libcnb::data::buildpack::ComponentBuildpackDescriptor;
use octopilot_procfile::lifecycle::descriptor;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::{fs, str};

/// (I1) What the framework knows of the buildpack is what buildpack.toml says.
#[test]
fn the_descriptor_is_that_of_buildpack_toml() {
    let text = fs::read_to_string(manifest("buildpack.toml")).unwrap();
    let file: ComponentBuildpackDescriptor = toml::from_str(&text).unwrap();
    let own = descriptor();
    assert_eq!(
        (own.api, own.buildpack.id, own.buildpack.version, own.buildpack.clear_env),
        (file.api, file.buildpack.id, file.buildpack.version, file.buildpack.clear_env)
    );
}

/// Other arguments than those of the Buildpack API get the usage.
#[test]
fn wrong_arguments_get_the_usage() {
    for (phase, usage) in [
        ("detect", "usage: detect PLATFORM_DIR BUILD_PLAN\n"),
        ("build", "usage: build LAYERS_DIR PLATFORM_DIR BUILDPACK_PLAN\n"),
    ] {
        for arguments in [&[][..], &["a"], &["a", "b", "c", "d"]] {
            let output = Command::new(BINARY).arg0(phase).args(arguments).output().unwrap();
            assert_eq!((output.status.code(), str::from_utf8(&output.stderr).unwrap()), (Some(1), usage));
        }
    }
}

/// A path is bytes, and need not be text.
#[test]
fn paths_may_be_any_bytes() {
    let root = tempfile::tempdir().unwrap();
    let odd = root.path().join(OsStr::from_bytes(b"\xff"));
    fs::create_dir_all(odd.join("layers")).unwrap();
    fs::create_dir(odd.join("platform")).unwrap();
    fs::write(odd.join("plan.toml"), "").unwrap();
    fs::write(root.path().join("Procfile"), "web: prog\n").unwrap();
    let output = Command::new(BINARY)
        .arg0("build")
        .args([odd.join("layers"), odd.join("platform"), odd.join("plan.toml")])
        .current_dir(root.path())
        .env("CNB_BUILDPACK_DIR", root.path())
        .envs(["OS", "ARCH", "DISTRO_NAME", "DISTRO_VERSION"].map(|name| (format!("CNB_TARGET_{name}"), "x")))
        .output()
        .unwrap();
    assert_eq!((output.status.code(), str::from_utf8(&output.stderr).unwrap()), (Some(0), ""));
    let launch = fs::read_to_string(odd.join("layers/launch.toml")).unwrap();
    assert_eq!(launch, "[[processes]]\ntype = \"web\"\ncommand = [\"prog\"]\ndefault = true\n");
}
