//! Groups of several buildpacks, built with pack and a real lifecycle: what the log claims is what the image has (B2). The
//! other buildpacks are `tests/fixtures/neighbour` under several ids. For what these tests need, see `integration.rs`.

use crate::integration::{build, config, ours, run};
use crate::support::{manifest, without_columns};
use libcnb_test::{BuildpackReference, ContainerConfig, TestContext};
use snapbox::{IntoData, assert_data_eq, str};
use std::fs;
use tempfile::TempDir;

/// Where the lifecycle writes the process types of an image.
const METADATA: &str = "/layers/config/metadata.toml";

const WORKER: (&str, &str) = ("Procfile", "worker: echo our worker\n");
const TASK: (&str, &str) = ("Procfile", "worker: echo our worker\ntask: echo our task\n");
const FIRST: (&str, &str) = (
    "neighbour.toml",
    r#"
[[processes]]
type = "web"
command = ["echo", "first web"]
default = true

[[processes]]
type = "task"
command = ["echo", "first task"]
"#,
);
const SECOND: (&str, &str) = (
    "second_one.toml",
    r#"
[[processes]]
type = "task"
command = ["echo", "second task"]
default = true
"#,
);

/// The buildpack of this id, which declares what the app says in a file of its name.
fn neighbour(id: &str, work: &TempDir) -> BuildpackReference {
    let copy = work.path().join(id.replace('/', "-"));
    for path in ["buildpack.toml", "bin/detect", "bin/build"] {
        let target = copy.join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(manifest("tests/fixtures/neighbour").join(path), target).unwrap();
    }
    let descriptor = fs::read_to_string(copy.join("buildpack.toml")).unwrap();
    fs::write(copy.join("buildpack.toml"), descriptor.replace("example/neighbour", id)).unwrap();
    BuildpackReference::Other(copy.to_string_lossy().into_owned())
}

/// The process types that the log tells, those that the image has, and what it prints when it is started.
fn told(context: &TestContext) -> String {
    let log = context.pack_stdout.replace("[builder] ", "");
    let (_, log) = log.split_once("  Process types\n").unwrap();
    let (log, _) = log.split_once("\n\n").unwrap();
    let metadata = run(context, ContainerConfig::new().entrypoint("launcher").command(["cat", METADATA]));
    let metadata: toml::Table = metadata.parse().unwrap();
    let default = metadata.get("buildpack-default-process-type");
    let types = metadata["processes"].as_array().unwrap().iter().map(|process| {
        let mark = if default == process.get("type") { " (default)" } else { "" };
        format!("{}{mark} {}\n", process["type"].as_str().unwrap(), process["command"])
    });
    let started = run(context, &ContainerConfig::new());
    format!("{}---\n{}---\n{started}", without_columns(log), types.collect::<String>())
}

#[track_caller]
fn check(files: &'static [(&str, &str)], ids: &[&str], expected: impl IntoData) {
    let work = tempfile::tempdir().unwrap();
    let mut config = config("tests/fixtures/python", files);
    config.buildpacks(ids.iter().map(|id| neighbour(id, &work)).chain([ours()]).collect::<Vec<_>>());
    build(&config, |context| assert_data_eq!(told(&context), expected.raw()));
}

/// (F1) Alone, the only type is the default.
#[test]
#[ignore = "needs Docker and pack"]
fn alone() {
    check(
        &[WORKER],
        &[],
        str![[r#"
    worker (default) Procfile:1 echo our worker
      bash runs: echo our worker "$@"
---
worker (default) ["bash", "-c", 'echo our worker "$@"', "worker"]
---
our worker

"#]],
    );
}

/// (F1) A worker after a language buildpack leaves that its default.
#[test]
#[ignore = "needs Docker and pack"]
fn after_one_buildpack() {
    check(
        &[WORKER, FIRST],
        &["example/neighbour"],
        str![[r#"
    worker Procfile:1 echo our worker
      bash runs: echo our worker "$@"
      new: no earlier buildpack declares it
    task example/neighbour ["echo", "first task"]
      kept from example/neighbour
    web (default) example/neighbour ["echo", "first web"]
      kept from example/neighbour
---
task ["echo", "first task"]
web (default) ["echo", "first web"]
worker ["bash", "-c", 'echo our worker "$@"', "worker"]
---
first web

"#]],
    );
}

/// (F2) The default of the second one stays the default, as ours.
#[test]
#[ignore = "needs Docker and pack"]
fn after_two_buildpacks() {
    check(
        &[TASK, FIRST, SECOND],
        &["example/neighbour", "example/second_one"],
        str![[r#"
    worker Procfile:1 echo our worker
      bash runs: echo our worker "$@"
      new: no earlier buildpack declares it
    task (default) Procfile:2 echo our task
      bash runs: echo our task "$@"
      overrides `["echo", "second task"]` of example/second_one
    web example/neighbour ["echo", "first web"]
      kept from example/neighbour
---
task (default) ["bash", "-c", 'echo our task "$@"', "task"]
web ["echo", "first web"]
worker ["bash", "-c", 'echo our worker "$@"', "worker"]
---
our task

"#]],
    );
}
