//! What a build writes is whole or not there at all, and only in its own layers directory (R4).

use crate::support::{App, LAUNCHER, files};
use snapbox::{IntoData, assert_data_eq, str};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

/// An app whose build writes everything that a build can write.
fn app() -> App {
    let table = "[io.octopilot.processes.web]\ncommand = 'x $A'\nenv = { B = 'b' }\n";
    App::project_toml(table).env("BP_PROCFILE_SHELL", "none").beside(SBOM_OF_THE_LAUNCHER, SBOM)
}

/// Where a released buildpack has the list of what its launcher is made of.
const SBOM_OF_THE_LAUNCHER: &str = ".libcnb-cargo/additional-bin/launcher.sbom.cdx.json";
const SBOM: &str = r#"{ "bomFormat": "CycloneDX" }"#;

/// The files and directories that it writes, with their modes.
const WRITTEN: [(&str, u32); 10] = [
    ("environment", 0o755),
    ("environment.toml", 0o644),
    ("environment/env.launch", 0o755),
    ("environment/env.launch/web", 0o755),
    ("environment/env.launch/web/B.default", 0o644),
    ("launch.toml", 0o644),
    ("launcher", 0o755),
    ("launcher.sbom.cdx.json", 0o644),
    ("launcher.toml", 0o644),
    ("launcher/launcher", 0o755),
];

/// What is below a directory, with the modes; a link, a pipe or a device as mode 0.
fn modes(directory: &Path, below: &Path) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory.join(below)).unwrap() {
        let path = below.join(entry.unwrap().file_name());
        let metadata = directory.join(&path).symlink_metadata().unwrap();
        let is_regular = metadata.is_file() || metadata.is_dir();
        let mode = if is_regular { metadata.permissions().mode() & 0o7777 } else { 0 };
        found.insert(path.to_str().unwrap().to_string(), mode);
        if metadata.is_dir() {
            found.extend(modes(directory, &path));
        }
    }
    found
}

/// A build after these preparations writes everything, with the usual modes.
#[track_caller]
fn writes_everything(app: &App, line: &str) {
    let built = app.build_after(line);
    assert_eq!((built.status, built.stderr.as_str()), (Some(0), ""));
    let expected = WRITTEN.map(|(path, mode)| (path.to_string(), mode));
    let mut written = modes(&app.layers(), Path::new(""));
    // Nobody asked for it, and nobody reads it.
    written.retain(|path, _| !path.starts_with("store.toml"));
    assert_eq!(written, BTreeMap::from(expected));
    assert_eq!(fs::read(app.layers().join("launcher/launcher")).unwrap(), fs::read(LAUNCHER).unwrap());
    assert_eq!(fs::read_to_string(app.layers().join("launcher.sbom.cdx.json")).unwrap(), SBOM);
}

/// An image without the launcher has no list of what that is made of.
#[test]
fn the_sbom_is_that_of_a_layer_which_is_there() {
    let built = App::procfile("web: x\n").beside(SBOM_OF_THE_LAUNCHER, SBOM).build();
    assert_eq!(built.layers.keys().collect::<Vec<_>>(), ["launch.toml"]);
}

/// One that cannot be read is not left out.
#[test]
fn an_sbom_that_cannot_be_read_fails_the_build() {
    let built = App::procfile("web: x $A\n")
        .env("BP_PROCFILE_SHELL", "none")
        .beside(&format!("{SBOM_OF_THE_LAUNCHER}/a-directory"), "")
        .build();
    assert_data_eq!(
        built.all(),
        str![[r#"
exit status 1
--- standard error
error: the build cannot go on, and not because of a mistake in the files of the app
  the launcher of the buildpack cannot be read: Is a directory (os error 21)
  = help: build again; if it fails again, report it at https://github.com/octopilot/procfile/issues

"#]]
    );
}

/// (R4) The modes are those that another user of the image needs, whatever the umask of the build.
#[test]
fn modes_do_not_depend_on_the_umask() {
    for umask in ["000", "022", "077", "777"] {
        writes_everything(&app(), &format!("umask {umask}"));
    }
}

/// (R4) A later build writes the same again, whatever the mode and the content of what is there.
#[test]
fn what_was_there_is_replaced() {
    let app = app();
    app.build();
    fs::set_permissions(app.layers().join("launcher/launcher"), PermissionsExt::from_mode(0o4711)).unwrap();
    fs::write(app.layers().join("launcher/other"), "").unwrap();
    fs::write(app.layers().join("launcher.toml"), "[types]\nbuild = true\n[metadata]\nx = 1\n").unwrap();
    fs::write(app.layers().join("environment/env.launch/LD_PRELOAD.override"), "/evil.so").unwrap();
    fs::write(app.layers().join("environment.toml"), "not TOML").unwrap();
    writes_everything(&app, "");
}

/// (R4) A layer that this build does not have is not in the image, and neither is what an earlier build said about it. The
/// lifecycle puts some of that back, and takes it.
#[test]
fn what_is_not_written_again_is_removed() {
    let app = app();
    app.build();
    for name in ["launcher.sbom.spdx.json", "launch.sbom.cdx.json", "launcher.ignore", "launchers.toml", "other.toml"] {
        fs::write(app.layers().join(name), "[types]\nlaunch = true\n").unwrap();
    }
    let others = ["launchers.toml", "other.toml"];
    fs::remove_file(app.layers().join("../..").join(SBOM_OF_THE_LAUNCHER)).unwrap();
    let written = |app: &App| app.build().layers.into_keys().collect::<Vec<_>>();
    let all = ["environment.toml", "environment/env.launch/web/B.default", "launch.toml", "launcher.toml"];
    assert_eq!(written(&app), [&all[..], &["launcher/launcher"], &others].concat());
    let app = app.file("project.toml", "[io.octopilot.processes]\nweb = 'x'\n");
    assert_eq!(written(&app), [&["launch.toml"], &others[..]].concat());
}

/// Places in the layers directory where another buildpack, or a cache, may have left something. Of each list, no place is
/// in another.
const PLACES: [&[&str]; 3] = [
    &[
        "environment", "environment.toml", "launch.toml", "launcher", "launcher.toml", "launcher.sbom.cdx.json",
        "launcher.sbom.spdx.json", "launcher.ignore", "environment.sbom.cdx.json", ".new", "store.toml",
    ],
    &["environment/env.launch", "launcher/launcher", ".new/launch.toml"],
    &["environment/env.launch/web/B.default", "launcher/other"],
];

/// (R4) A link in the layers directory is replaced: nothing is written through it, and nothing behind it is emptied.
#[test]
fn no_link_is_followed() {
    for places in PLACES {
        for target in ["directory", "file", "nothing"] {
            let (app, outside) = (app(), tempfile::tempdir().unwrap());
            fs::create_dir_all(outside.path().join("directory")).unwrap();
            fs::write(outside.path().join("directory/kept"), "kept").unwrap();
            fs::write(outside.path().join("file"), "kept").unwrap();
            for place in places {
                let path = app.layers().join(place);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                symlink(outside.path().join(target), &path).unwrap();
            }
            writes_everything(&app, "");
            let kept = files(outside.path());
            let kept = kept.iter().map(|path| (path.strip_prefix(outside.path()).unwrap(), fs::read(path).unwrap()));
            let expected = ["directory/kept", "file"].map(|path| (Path::new(path), b"kept".to_vec()));
            assert_eq!(kept.collect::<Vec<_>>(), expected, "links to a {target}");
        }
    }
}

/// (R4) Nothing waits for a named pipe, reads a device, or stumbles over a directory.
#[test]
fn no_pipe_is_opened() {
    for places in PLACES {
        for kind in ["pipe", "device", "directory"] {
            let app = app();
            for place in places {
                let path = app.layers().join(place);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                match kind {
                    "pipe" => assert!(Command::new("mkfifo").arg(&path).status().unwrap().success()),
                    "device" => symlink("/dev/zero", &path).unwrap(),
                    _ => fs::create_dir_all(path.join("with/more")).unwrap(),
                }
            }
            writes_everything(&app, "");
        }
    }
}

/// (R4) Where a file cannot be written whole, nothing is left and nothing says that the build has succeeded.
#[test]
fn a_limit_on_the_size_of_files_leaves_nothing() {
    let built = app().build_after("ulimit -f 2");
    assert_data_eq!(
        built.all(),
        str![[r#"
exit status 1
--- standard error
error: [LAYERS]/launcher/launcher cannot be written: File too large (os error 27)

"#]]
        .raw()
    );
    let processes = (0..1000).fold(String::new(), |all, n| format!("{all}w{n}: x\n"));
    let built = App::procfile(processes).build_after("ulimit -f 2");
    assert_data_eq!(
        built.all(),
        str![[r#"
exit status 1
--- standard error
error: [LAYERS]/launch.toml cannot be written: File too large (os error 27)

"#]]
        .raw()
    );
    let built = app().build_after("ulimit -f 0");
    assert_eq!((built.status, built.stdout.as_str(), built.layers.len()), (Some(1), "", 0), "{}", built.stderr);
}

/// A line of bash that builds with a disk of its own as layers directory, and lists what is left on it; `None` where this
/// user may not mount one.
fn on_a_disk(app: &App, options: &str) -> Option<String> {
    let own = "unshare --user --map-root-user --mount";
    let can_mount = Command::new("bash").args(["-c", &format!("{own} mount -t tmpfs tmpfs /mnt")]).status();
    let layers = app.layers();
    let layers = layers.display();
    let mount = format!("mount -t tmpfs -o {options} tmpfs {layers} || exit 9");
    let build = format!("\"$@\"; status=$?; ls -A {layers} >&2; exit $status");
    can_mount.is_ok_and(|status| status.success()).then(|| format!("exec {own} bash -c '{mount}; {build}' bash \"$@\""))
}

/// (R4) A full disk.
#[test]
fn a_full_disk_leaves_nothing() {
    let app = app();
    let Some(line) = on_a_disk(&app, "size=64k") else { return };
    assert_data_eq!(
        app.build_after(&line).all(),
        str![[r#"
exit status 1
--- standard error
error: [LAYERS]/launcher/launcher cannot be written: No space left on device (os error 28)

"#]]
        .raw()
    );
}

/// (R4) A layers directory that cannot be written.
#[test]
fn a_read_only_layers_directory_is_named() {
    let app = app();
    let Some(line) = on_a_disk(&app, "ro") else { return };
    assert_data_eq!(
        app.build_after(&line).all(),
        str![[r#"
exit status 1
--- standard error
error: [LAYERS] cannot be written: Read-only file system (os error 30)

"#]]
        .raw()
    );
}
