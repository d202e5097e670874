//! Groups of several buildpacks, built with pack and a real lifecycle: what the log claims is what the image has (B2). The
//! other buildpacks are `tests/fixtures/neighbour` under several ids. For what these tests need, see `integration.rs`.

use crate::integration::{build, config, ours, run};
use crate::support::{manifest, without_columns};
use libcnb_test::{BuildpackReference, ContainerConfig, PackResult, TestContext};
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
    // A buildpack called `old` has an API before 0.9.
    let api = if id.ends_with("/old") { "api = \"0.8\"" } else { "api = \"0.10\"" };
    let descriptor = descriptor.replace("example/neighbour", id).replace("api = \"0.10\"", api);
    fs::write(copy.join("buildpack.toml"), descriptor).unwrap();
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

/// Extends the `web` of an earlier buildpack.
const EXTENDS_WEB: (&str, &str) =
    ("project.toml", "[io.octopilot.processes.web]\nwrap = [\"env\", \"A=b\"]\nargs = [\"args\"]\n");

/// (T7, F2) The default of the only earlier buildpack is extended, and stays the default.
#[test]
#[ignore = "needs Docker and pack"]
fn extends_the_only_one() {
    check(
        &[EXTENDS_WEB, FIRST],
        &["example/neighbour"],
        str![[r#"
    web (default) project.toml:1 ["env", "A=b", "echo", "first web"] args ["args"]
      exec form, without a shell
      extends `["echo", "first web"]` of example/neighbour
    task example/neighbour ["echo", "first task"]
      kept from example/neighbour
---
task ["echo", "first task"]
web (default) ["env", "A=b", "echo", "first web"]
---
first web args

"#]],
    );
}

/// (T7, B2, F1) The last of two is extended, with the directory and the arguments that it declares, and made the default.
#[test]
#[ignore = "needs Docker and pack"]
fn extends_the_last_of_two() {
    const TABLE: (&str, &str) = (
        "project.toml",
        "[io.octopilot.processes.task]\nwrap = [\"nice\"]\ndefault = true\ninit = true\nenv = { A = \"b\" }\n",
    );
    const LAST: (&str, &str) = (
        "second_one.toml",
        r#"
[[processes]]
type = "task"
command = ["sh", "-c", "echo $A in $PWD: $0"]
args = ["its argument"]
working-dir = "/tmp"
"#,
    );
    check(
        &[TABLE, FIRST, LAST],
        &["example/neighbour", "example/second_one"],
        str![[r#"
    task (default) project.toml:1 ["nice", "sh", "-c", "echo $A in $PWD: $0"] args ["its argument"]
      sh runs it as written
      extends `["sh", "-c", "echo $A in $PWD: $0", "its argument"]` of example/second_one
      init: signals reach every process
      in /tmp
      with A=b unless set
    web example/neighbour ["echo", "first web"]
      kept from example/neighbour
---
task (default) ["/layers/octopilot_procfile/launcher/launcher", "init", "--", "nice", "sh", "-c", "echo $A in $PWD: $0"]
web ["echo", "first web"]
---
b in /tmp: its argument

"#]],
    );
}

/// (T7) A program of a buildpack with an old API is extended, and a text for a shell is not.
#[test]
#[ignore = "needs Docker and pack"]
fn extends_a_program_of_an_old_api() {
    const OLD: &str = r#"
[[processes]]
type = "web"
command = "echo"
args = ["old web"]
direct = true
default = true

[[processes]]
type = "task"
command = "echo old task"
"#;
    const TABLE: (&str, &str) = ("project.toml", "[io.octopilot.processes.web]\nwrap = [\"nice\"]\n");
    const BOTH: (&str, &str) = ("project.toml", "[io.octopilot.processes]\nweb = {}\ntask = {}\n");
    check(
        &[TABLE, ("old.toml", OLD)],
        &["example/old"],
        str![[r#"
    web (default) project.toml:1 ["nice", "echo", "old web"]
      exec form, without a shell
      extends `["echo", "old web"]` of example/old
    task example/old echo old task
      kept from example/old
---
task ["echo old task"]
web (default) ["nice", "echo", "old web"]
---
old web

"#]],
    );
    let work = tempfile::tempdir().unwrap();
    let mut config = config("tests/fixtures/python", &[BOTH, ("old.toml", OLD)]);
    config.buildpacks([neighbour("example/old", &work), ours()]).expected_pack_result(PackResult::Failure);
    build(&config, |context| {
        let log = context.pack_stdout + &context.pack_stderr;
        assert!(log.contains("error[extended-shell-text]: the command of `task` cannot be extended"), "{log}");
        assert_eq!(log.matches("error[").count(), 1, "{log}");
    });
}

/// (T7) Arguments given at run time replace the default ones, of the table or of the earlier buildpack.
#[test]
#[ignore = "needs Docker and pack"]
fn arguments_of_extended_types_are_replaced() {
    const LAUNCH: (&str, &str) = (
        "neighbour.toml",
        "[[processes]]\ntype = \"web\"\ncommand = [\"echo\", \"web\"]\nargs = [\"theirs\"]\n\n\
         [[processes]]\ntype = \"task\"\ncommand = [\"echo\", \"task\"]\nargs = [\"theirs\"]\n",
    );
    const TABLES: (&str, &str) = (
        "project.toml",
        "[io.octopilot.processes.web]\nargs = [\"ours\"]\n[io.octopilot.processes.task]\nwrap = [\"nice\"]\n",
    );
    let work = tempfile::tempdir().unwrap();
    let mut config = config("tests/fixtures/python", &[TABLES, LAUNCH]);
    config.buildpacks([neighbour("example/neighbour", &work), ours()]);
    build(&config, |context| {
        for (name, default) in [("web", "web ours\n"), ("task", "task theirs\n")] {
            assert_eq!(run(&context, ContainerConfig::new().entrypoint(name)), default);
            let given = run(&context, ContainerConfig::new().entrypoint(name).command(["given"]));
            assert_eq!(given, format!("{name} given\n"));
        }
    });
}
