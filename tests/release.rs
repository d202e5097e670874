//! The scripts of `release` that need no other program. `make release-dry-run` runs all of them.

use crate::support::{files, manifest};
use snapbox::{assert_data_eq, str};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

/// What a script prints, on both streams, and whether it succeeds.
fn run(script: &str, arguments: &[&str], path: &str) -> (bool, String) {
    let mut command = Command::new(manifest("release").join(script));
    let Output { status, stdout, stderr } = command.args(arguments).env("PATH", path).output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap() + str::from_utf8(&stderr).unwrap())
}

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The text of a release is what the changelog says about its version, and nothing about others.
#[test]
fn the_notes_are_the_entry_of_the_version() {
    let changelog = fs::read_to_string(manifest("CHANGELOG.md")).unwrap();
    let heading = concat!("\n## ", env!("CARGO_PKG_VERSION"), " - ");
    let entry = changelog.split_once(heading).map(|(_, rest)| rest.split("\n## ").next().unwrap());
    match entry.and_then(|entry| entry.split_once("\n\n")) {
        Some((_, text)) => assert_eq!(run("notes", &[], PATH), (true, text.to_string())),
        None => assert!(!run("notes", &[], PATH).0),
    }
}

/// The buildpack that pack takes: for each platform, what the lifecycle starts, and what is copied into layers.
#[test]
fn the_buildpack_has_a_directory_for_each_platform() {
    let root = tempfile::tempdir().unwrap();
    let [binaries, out, sbom] = ["binaries", "out", "sbom"].map(|name| root.path().join(name));
    fs::write(&sbom, "{}").unwrap();
    for platform in ["linux-amd64", "linux-arm64"] {
        fs::create_dir_all(binaries.join(platform)).unwrap();
        for binary in ["octopilot-procfile", "launcher"] {
            fs::write(binaries.join(platform).join(binary), platform.to_string() + "/" + binary).unwrap();
        }
    }
    let arguments = [&binaries, &out, &sbom].map(|path| path.to_str().unwrap());
    assert_eq!(run("buildpack", &arguments, PATH), (true, String::new()));
    let listed = files(&out).iter().fold(String::new(), |all, path| {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let text = fs::read_to_string(path).unwrap();
        let start = text.lines().next().unwrap().trim();
        all + &format!("{mode:o} {}: {start}\n", path.strip_prefix(&out).unwrap().display())
    });
    assert_data_eq!(
        listed,
        str![[r#"
644 LICENSE: Apache License
644 buildpack.toml: api = "0.10"
755 linux/amd64/.libcnb-cargo/additional-bin/launcher: linux-amd64/launcher
644 linux/amd64/.libcnb-cargo/additional-bin/launcher.sbom.cdx.json: {}
644 linux/amd64/LICENSE: Apache License
755 linux/amd64/bin/build: linux-amd64/octopilot-procfile
755 linux/amd64/bin/detect: linux-amd64/octopilot-procfile
755 linux/arm64/.libcnb-cargo/additional-bin/launcher: linux-arm64/launcher
644 linux/arm64/.libcnb-cargo/additional-bin/launcher.sbom.cdx.json: {}
644 linux/arm64/LICENSE: Apache License
755 linux/arm64/bin/build: linux-arm64/octopilot-procfile
755 linux/arm64/bin/detect: linux-arm64/octopilot-procfile
644 package.toml: [buildpack]

"#]]
    );
}

/// A program on PATH that stands in for crane, with a registry that has these tags of another image.
fn registry(tags: &str) -> (tempfile::TempDir, String) {
    let root = tempfile::tempdir().unwrap();
    let crane = root.path().join("crane");
    let script = format!(
        "#!/bin/bash\ncase $1 in\nls) printf '{tags}' ;;\ndigest) echo sha256:other ;;\n*) echo \"crane $*\" ;;\nesac\n"
    );
    fs::write(&crane, script).unwrap();
    fs::set_permissions(&crane, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{PATH}", root.path().display());
    (root, path)
}

const IMAGE: &str = "example.com/procfile@sha256:new";

/// The tag of a version is made once, and the tag of its minor version moves.
#[test]
fn tags_move_to_the_image() {
    let (_registry, path) = registry("0.0.9\\n0.0\\n");
    let (success, printed) = run("promote", &[IMAGE], &path);
    assert!(success, "{printed}");
    let printed = printed.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let minor = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    assert_data_eq!(
        printed.replace(minor, "MINOR"),
        str![[r#"
crane tag example.com/procfile@sha256:new VERSION
example.com/procfile:VERSION is sha256:new
crane tag example.com/procfile@sha256:new MINOR
example.com/procfile:MINOR is sha256:new

"#]]
    );
}

/// A tag that somebody may have pinned never becomes another image.
#[test]
fn the_tag_of_a_version_never_moves() {
    let (_registry, path) = registry(concat!(env!("CARGO_PKG_VERSION"), "\\n"));
    let (success, printed) = run("promote", &[IMAGE], &path);
    let expected =
        concat!("example.com/procfile:", env!("CARGO_PKG_VERSION"), " is another image: release a new version\n");
    assert_eq!((success, printed.as_str()), (false, expected));
}

/// Where the registry doesn't answer, nothing is known of the tag.
#[test]
fn no_tag_moves_without_an_answer() {
    let (root, path) = registry("");
    fs::write(root.path().join("crane"), "#!/bin/bash\necho no answer >&2\nexit 1\n").unwrap();
    assert_eq!(run("promote", &[IMAGE], &path), (false, "no answer\n".to_string()));
}

/// The registry of buildpacks reads this text.
#[test]
fn the_entry_is_asked_for_by_digest() {
    let (success, printed) = run("register", &[IMAGE, "--dry-run"], PATH);
    assert!(success, "{printed}");
    assert_data_eq!(
        printed.replace(env!("CARGO_PKG_VERSION"), "VERSION"),
        str![[r#"
ADD octopilot/procfile@VERSION
```
id = "octopilot/procfile"
version = "VERSION"
addr = "example.com/procfile@sha256:new"
```

"#]]
    );
}
