//! The manifests are read by the code of the tools that take them: `tests/manifests/check`, a Go program.

use super::{ALL, read, with};
use crate::support::manifest;
use snapbox::{assert_data_eq, str};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

static CHECK: LazyLock<PathBuf> = LazyLock::new(|| {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manifests-check");
    let build = Command::new("go")
        .args(["build", "-mod=readonly", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(manifest("tests/manifests/check"))
        .status();
    assert!(build.expect("go is installed").success());
    program
});

fn check(paths: &[PathBuf]) -> (Option<i32>, String) {
    let output = Command::new(&*CHECK).args(paths).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
#[ignore = "needs Go"]
fn the_tools_read_the_manifests() {
    assert_eq!(check(&ALL.map(manifest)), (Some(0), String::new()));
}

/// What the tools say to the manifest with one part replaced.
fn complaint(path: &str, part: &str, other: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join(manifest(path).file_name().unwrap());
    fs::write(&copy, with(&read(path), part, other)).unwrap();
    let (status, complaint) = check(&[copy]);
    assert_eq!(status, Some(1), "{complaint}");
    complaint.replace(&*directory.path().to_string_lossy(), "[DIR]")
}

/// Mistakes: a manifest, a part of it, and what stands there instead.
const MISTAKES: [(&str, &str, &str); 11] = [
    ("examples/builder/builder.toml", "[build]", "[built]"),
    ("examples/builder/builder.toml", "\"0.21.1\"", "21"),
    ("examples/builder/builder.toml", "[build]\nimage =", "[build]\n#"),
    ("examples/django-celery/kubernetes.yaml", "command: [\"worker\"]\n", "comand: [\"worker\"]\n"),
    ("examples/django-celery/kubernetes.yaml", "command: [\"worker\"]\n", "command: worker\n"),
    ("examples/django-celery/kubernetes.yaml", "terminationGracePeriodSeconds", "terminationGraceperiodSeconds"),
    ("examples/skaffold/skaffold.yaml", "context: api", "contxt: api"),
    ("examples/skaffold/skaffold.yaml", "v4beta11", "v4beta99"),
    ("examples/kpack/builder.yaml", "name: nodejs\n        -", "nam: nodejs\n        -"),
    ("examples/kpack/builder.yaml", "tag: registry.example.com/builder", "tag: Registry example"),
    ("examples/kpack/images.yaml", "subPath: examples/skaffold/api", "subpath: api"),
];

/// A misspelt key, a value of another type, and what a tool's own rules refuse are found.
#[test]
#[ignore = "needs Go"]
fn the_tools_find_mistakes() {
    let complaints = MISTAKES.map(|(path, part, other)| complaint(path, part, other));
    assert_data_eq!(
        complaints.concat(),
        str![[r#"
builder.toml: parse contents of '[DIR]/builder.toml': unknown configuration element 'built' in '[DIR]/builder.toml'
builder.toml: parse contents of '[DIR]/builder.toml': decoding toml contents: toml: line 12 (last key "lifecycle.version"): incompatible types: TOML value has type int64; destination has type string
builder.toml: build.image is required
kubernetes.yaml: Deployment: unknown field "spec.template.spec.containers[0].comand"
kubernetes.yaml: Deployment: json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.command of type []string
kubernetes.yaml: Deployment: unknown field "spec.template.spec.terminationGraceperiodSeconds"
skaffold.yaml: yaml: unmarshal errors:
  line 10: field contxt not found in type v4beta11.Artifact
skaffold.yaml: no schema for apiVersion "skaffold/v4beta99", kind "Config"
builder.yaml: ClusterBuilder: unknown field "spec.order[1].group[0].nam"
builder.yaml: ClusterBuilder: invalid value: Registry example: tag
images.yaml: Image: unknown field "spec.source.subpath"

"#]]
    );
}
