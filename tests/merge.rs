//! Which definition of a type counts (S5), and which type is the default (F1), through build.

use crate::support::App;
use snapbox::{IntoData, assert_data_eq, str};

/// The log's process types and what is written, without how to run them.
#[track_caller]
fn check(app: &App, expected: impl IntoData) {
    let outcome = app.build();
    let (log, _) = outcome.stdout.split_once("\n  How to run them").unwrap_or((&outcome.stdout, ""));
    let launch = outcome.layers.get("launch.toml").map(String::as_str).unwrap_or_default();
    assert_data_eq!(format!("{}\n---\n{launch}---\n{}", log.trim_end(), outcome.stderr), expected.raw());
}

/// (S5) The Procfile wins over project.toml, which wins over the variable, type by type.
#[test]
fn sources_are_merged_by_type() {
    let app = App::procfile("web: from-procfile\nworker: from-procfile\n")
        .file("project.toml", "[io.octopilot.processes]\nweb = \"from-toml\"\nbeat = \"from-toml\"\n")
        .env("BP_PROCFILE_DEFAULT_PROCESS", "from-variable");
    check(
        &app,
        str![[r#"
octopilot/procfile [VERSION]
  Read Procfile, project.toml, BP_PROCFILE_DEFAULT_PROCESS

  Process types
    web (default)  Procfile:1      from-procfile
                                   exec form, without a shell
                                   overrides project.toml:2, BP_PROCFILE_DEFAULT_PROCESS
    worker         Procfile:2      from-procfile
                                   exec form, without a shell
    beat           project.toml:3  from-toml
                                   exec form, without a shell
---
[[processes]]
type = "web"
command = ["from-procfile"]
default = true

[[processes]]
type = "worker"
command = ["from-procfile"]

[[processes]]
type = "beat"
command = ["from-toml"]
---

"#]],
    );
}

/// (S4) The variable declares `web` when nothing else does.
#[test]
fn the_variable_declares_web() {
    check(
        &App::procfile("worker: x\n").env("BP_PROCFILE_DEFAULT_PROCESS", "gunicorn app:app"),
        str![[r#"
octopilot/procfile [VERSION]
  Read Procfile, BP_PROCFILE_DEFAULT_PROCESS

  Process types
    worker         Procfile:1                   x
                                                exec form, without a shell
    web (default)  BP_PROCFILE_DEFAULT_PROCESS  gunicorn app:app
                                                exec form, without a shell
---
[[processes]]
type = "worker"
command = ["x"]

[[processes]]
type = "web"
command = ["gunicorn", "app:app"]
default = true
---

"#]],
    );
}

/// (S5) The whole definition of the winner counts: the loser's arguments, directory and default are gone.
#[test]
fn definitions_are_not_mixed() {
    let toml = "[io.octopilot.processes.worker]\ncommand = [\"x\"]\nargs = [\"y\"]\nworking-dir = \"/z\"\nenv = { A = \"b\" }\ndefault = true\n";
    check(
        &App::procfile("web: a\nworker: b\n").file("project.toml", toml),
        str![[r#"
octopilot/procfile [VERSION]
  Read Procfile, project.toml

  Process types
    web (default)  Procfile:1  a
                               exec form, without a shell
    worker         Procfile:2  b
                               exec form, without a shell
                               overrides project.toml:1
---
[[processes]]
type = "web"
command = ["a"]
default = true

[[processes]]
type = "worker"
command = ["b"]
---
warning[dropped-keys]: the settings `args`, `working-dir`, `env` and `default` of `worker` are ignored
 --> project.toml:1:25
  |
1 | [io.octopilot.processes.worker]
  |                         ^^^^^^ another source declares this process type too
  |
 ::: Procfile:2:1
  |
2 | worker: b
  | ------ this definition is used, and replaces it completely
  |
  = help: move the Procfile's command into this table and delete the Procfile line, or delete these settings

warning: the build continues with 1 warning

"#]],
    );
}

/// (F1) In order: the variable, `default = true`, `web`, the only one, `worker`, none.
#[test]
fn the_default_is_chosen_in_order() {
    let toml = "[io.octopilot.processes]\na = { command = [\"x\"], default = true }\nweb = [\"x\"]\nworker = [\"x\"]\n";
    for (app, expected) in [
        (App::project_toml(toml).env("BP_PROCFILE_DEFAULT_TYPE", "worker"), Some("worker")),
        (App::project_toml(toml), Some("a")),
        (App::procfile("a: x\nworker: x\nweb: x\n"), Some("web")),
        (App::procfile("a: x\n"), Some("a")),
        (App::procfile("worker: x\n"), Some("worker")),
        (App::procfile("a: x\nworker: x\n"), Some("worker")),
        (App::procfile("a: x\nb: x\n"), None),
        (App::procfile("Web: x\nb: x\n"), None),
    ] {
        let launch: toml::Table = app.build().layers["launch.toml"].parse().unwrap();
        let processes = launch["processes"].as_array().unwrap();
        let defaults: Vec<_> = processes.iter().filter(|process| process.get("default").is_some()).collect();
        let names: Vec<_> = defaults.iter().map(|process| process["type"].as_str().unwrap()).collect();
        assert_eq!(names, expected.into_iter().collect::<Vec<_>>(), "{launch}");
    }
}

/// (F1) A default type that is not declared is an error that lists those that are; without any there is a word for it.
#[test]
fn an_unknown_default_type_is_an_error() {
    check(
        &App::procfile("web: x\n").env("BP_PROCFILE_DEFAULT_TYPE", "api"),
        str![[r#"

---
---
error[unknown-default-type]: there is no process type `api`
 --> BP_PROCFILE_DEFAULT_TYPE:1:1
  |
1 | api
  | ^^^ not declared
  |
  = help: the only process type is `web`

error: no process types were written because of 1 error

"#]],
    );
    check(
        &App::procfile("# none\n").env("BP_PROCFILE_DEFAULT_TYPE", "api"),
        str![[r#"

---
---
warning[no-entries]: this Procfile has no entries
--> Procfile
 = help: add a line for each process type: `web: COMMAND`

error[unknown-default-type]: there is no process type `api`
 --> BP_PROCFILE_DEFAULT_TYPE:1:1
  |
1 | api
  | ^^^ not declared
  |
  = help: unset the variable: no process types are declared

error: no process types were written because of 1 error; there is also 1 warning

"#]],
    );
}
