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

/// A directory with a program that stands in for another, and PATH with it.
fn stand_in(program: &str, script: &str) -> (tempfile::TempDir, String) {
    let root = tempfile::tempdir().unwrap();
    let program = root.path().join(program);
    fs::write(&program, format!("#!/bin/bash\n{script}")).unwrap();
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{PATH}", root.path().display());
    (root, path)
}

/// Crane, with a registry that has these tags of another image.
fn registry(tags: &str) -> (tempfile::TempDir, String) {
    let script = "ls) printf 'TAGS' ;;\ndigest) echo sha256:other ;;\n*) echo \"crane $*\" ;;\n".replace("TAGS", tags);
    stand_in("crane", &format!("case $1 in\n{script}esac\n"))
}

/// What a script prints, without the version.
fn versionless(printed: &str) -> String {
    let minor = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    printed.replace(env!("CARGO_PKG_VERSION"), "VERSION").replace(minor, "MINOR")
}

const IMAGE: &str = "example.com/procfile@sha256:new";

/// What is printed where the tags of an image move, without the version.
fn promoted(image: &str, tags: &str) -> String {
    let (_registry, path) = registry(tags);
    let (success, printed) = run("promote", &[image], &path);
    assert!(success, "{printed}");
    versionless(&printed)
}

/// The tag of a version is made once, and the tag of its minor version moves.
#[test]
fn tags_move_to_the_image() {
    assert_data_eq!(
        promoted(IMAGE, "0.0.9\\n0.0\\n"),
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

/// A job that is run again finds the tags that it has moved.
#[test]
fn promotion_can_be_repeated() {
    let tags = concat!(env!("CARGO_PKG_VERSION"), "\\n0.0.9\\n");
    assert_data_eq!(
        promoted("example.com/procfile@sha256:other", tags),
        str![[r#"
crane tag example.com/procfile@sha256:other VERSION
example.com/procfile:VERSION is sha256:other
crane tag example.com/procfile@sha256:other MINOR
example.com/procfile:MINOR is sha256:other

"#]]
    );
}

/// Repeated after a later version, it takes nothing from that.
#[test]
fn the_tag_of_a_minor_version_never_moves_back() {
    let minor = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    let tags = format!("{minor}\\n{minor}.999\\n{minor}.1000\\n{minor}.1001-rc.1\\n");
    assert_data_eq!(
        promoted(IMAGE, &tags),
        str![[r#"
crane tag example.com/procfile@sha256:new VERSION
example.com/procfile:VERSION is sha256:new

"#]]
    );
}

/// Where the registry doesn't answer, nothing is known of the tag.
#[test]
fn no_tag_moves_without_an_answer() {
    let (_registry, path) = stand_in("crane", "echo no answer >&2\nexit 1\n");
    assert_eq!(run("promote", &[IMAGE], &path), (false, "no answer\n".to_string()));
}

/// What is asked of GitHub for a release, if it says this about one: a line of bash.
fn github(view: &str) -> (bool, String) {
    let root = tempfile::tempdir().unwrap();
    let dist = fs::canonicalize(root.path()).unwrap();
    for name in ["x.cnb", "x.tar.gz", "x.cdx.json", "notes.md"] {
        fs::write(dist.join(name), "").unwrap();
    }
    fs::write(dist.join("SHA256SUMS"), "sums\n").unwrap();
    let dist = dist.to_str().unwrap();
    let other = "download) echo sums ;;\n*) echo \"gh ${*//$DIST/DIST}\" ;;\nesac\n";
    let (_gh, path) = stand_in("gh", &format!("DIST='{dist}'\ncase $2 in\nview) {view} ;;\n{other}"));
    let (success, printed) = run("github", &[dist, "COMMIT"], &path);
    (success, versionless(&printed))
}

/// A release is seen when all of its files are there.
#[test]
fn a_release_has_all_files_before_it_is_public() {
    let (success, printed) = github("echo 'release not found' >&2; exit 1");
    assert!(success, "{printed}");
    assert_data_eq!(
        printed,
        str![[r#"
gh release create vVERSION --draft --target COMMIT --title vVERSION --notes-file DIST/notes.md
gh release upload vVERSION --clobber DIST/x.cnb DIST/x.tar.gz DIST/x.cdx.json DIST/SHA256SUMS
gh release edit vVERSION --draft=false

"#]]
    );
}

/// A job that stopped in the middle leaves a draft, with some of the files.
#[test]
fn a_draft_is_completed() {
    let (success, printed) = github("echo true");
    assert!(success, "{printed}");
    assert_data_eq!(
        printed,
        str![[r#"
gh release edit vVERSION --target COMMIT --title vVERSION --notes-file DIST/notes.md
gh release upload vVERSION --clobber DIST/x.cnb DIST/x.tar.gz DIST/x.cdx.json DIST/SHA256SUMS
gh release edit vVERSION --draft=false

"#]]
    );
}

/// What is public stays as it is.
#[test]
fn a_release_never_changes() {
    assert_eq!(github("echo false"), (true, "vVERSION is released already\n".to_string()));
    let other = "echo false; echo other >>$DIST/SHA256SUMS";
    assert_eq!(github(other), (false, "vVERSION is released with other files: release a new version\n".to_string()));
}

/// Where GitHub doesn't answer, nothing is known of the release.
#[test]
fn no_release_is_made_without_an_answer() {
    assert_eq!(github("echo no answer >&2; exit 1"), (false, "no answer\n".to_string()));
}

/// What happens if an account has asked, or has not, and the issue has this label.
fn registered(asked: &str, label: &str) -> (bool, String) {
    let answers = "create) echo issue/new ;;\nview) echo LABEL of $3 >&2; echo LABEL ;;\nesac\n";
    let script = format!("case $2 in\nlist) printf '{asked}' ;;\n{}", answers.replace("LABEL", label));
    let (_gh, path) = stand_in("gh", &script);
    run("register", &[IMAGE], &path)
}

/// An entry is asked for once, and the answer of the registry is that of the job.
#[test]
fn the_entry_is_asked_for_once() {
    for (asked, issue) in [("", "issue/new"), ("issue/asked", "issue/asked")] {
        let (success, printed) = registered(asked, "succeeded");
        assert_eq!((success, printed), (true, format!("registered: {issue}\nsucceeded of {issue}\n")));
    }
    assert_eq!(registered("", "failed"), (false, "failed of issue/new\nrefused: issue/new\n".to_string()));
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
