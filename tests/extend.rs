//! Extending the process type of an earlier buildpack (T7).

use crate::hostile::is_clean;
use crate::support::{App, manifest};
use octopilot_procfile::text::quote::toml_array;
use snapbox::{Data, IntoData, assert_data_eq, str};

const FLASK: &str = r#"
[[processes]]
type = "web"
command = ["gunicorn", "app:app"]
args = ["--workers", "2"]
working-dir = "/workspace/site"
default = true

[[processes]]
type = "worker"
command = ["celery"]
"#;

/// An app whose project.toml has this, after a buildpack that declares that.
fn after(launch_toml: &str, project_toml: &str) -> App {
    App::project_toml(project_toml).earlier("example_flask", launch_toml)
}

/// A file with what several builds say.
fn snapshot(name: &str) -> Data {
    Data::read_from(&manifest("tests/extend").join(format!("{name}.txt")), None).raw()
}

/// A launch.toml of Buildpack API 0.9 or later.
fn web(command: &[&str]) -> String {
    format!("[[processes]]\ntype = \"web\"\ncommand = {}\ndefault = true\n", toml_array(command))
}

/// (T7, F1, F2, B2) Everything that is not named stays: the command, and of what can be changed the rest. The type that was the
/// default stays the default.
#[test]
fn only_what_is_named_changes() {
    let app = after(
        FLASK,
        "[io.octopilot.processes.web]\nwrap = ['opentelemetry-instrument', '--traces']\nargs = ['--workers', '4']\n\
         env = { OTEL_SERVICE_NAME = 'shop' }\n",
    );
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read project.toml

  Process types
    web (default)  project.toml:1  ["opentelemetry-instrument", "--traces", "gunicorn", "app:app"] args ["--workers", "4"]
                                   exec form, without a shell
                                   extends `gunicorn app:app --workers 2` of example/flask
                                   in /workspace/site
                                   with OTEL_SERVICE_NAME=shop unless set
    worker         example/flask   celery
                                   kept from example/flask

  How to run them
    Docker                                Kubernetes
    docker run IMAGE                      command: ["web"]
    docker run --entrypoint worker IMAGE  command: ["worker"]
--- layers/environment.toml
[types]
launch = true
--- layers/environment/env.launch/web/OTEL_SERVICE_NAME.default
shop--- layers/launch.toml
[[processes]]
type = "web"
command = ["opentelemetry-instrument", "--traces", "gunicorn", "app:app"]
args = ["--workers", "4"]
default = true
working-dir = "/workspace/site"

"#]]
        .raw()
    );
}

/// (T7) What one table changes, and the launch.toml that is written.
#[test]
fn each_key_changes_one_thing() {
    let declared = |table: &str| {
        let outcome = after(FLASK, table).directory("jobs").build();
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{}", outcome.all());
        let files = outcome.layers.iter().filter(|(path, _)| *path != "launcher/launcher");
        files.fold(format!("{table}\n"), |all, (path, text)| format!("{all}# {path}\n{text}"))
    };
    let tables = [
        "[io.octopilot.processes.web]\n",
        "[io.octopilot.processes]\nweb = {}\n",
        "[io.octopilot.processes.web]\nargs = ['-w', '4']\n",
        "[io.octopilot.processes.web]\nargs = []\n",
        "[io.octopilot.processes.web]\nworking-dir = 'jobs'\n",
        "[io.octopilot.processes.web]\nworking-dir = '.'\n",
        "[io.octopilot.processes.web]\nwrap = ['nice', '-n', '5']\n",
        "[io.octopilot.processes.web]\ninit = true\nwrap = ['nice']\n",
        "[io.octopilot.processes.worker]\ndefault = true\n",
        "[io.octopilot.processes.worker]\nenv = { TZ = 'UTC' }\n",
    ];
    assert_data_eq!(tables.map(declared).join("\n"), snapshot("keys"));
}

/// A project.toml with this in the table of `web`.
fn table(keys: &str) -> String {
    format!("[io.octopilot.processes.web]\n{keys}")
}

/// (T7) A buildpack of an old API runs a program without a shell: arguments given at run time are added to its own, and so are
/// those of the table.
#[test]
fn a_direct_command_of_an_old_api_keeps_its_arguments() {
    let old = "[[processes]]\ntype = \"web\"\ncommand = \"gunicorn\"\nargs = [\"app:app\"]\ndirect = true\n";
    for (keys, expected) in [
        ("", "command = [\"gunicorn\", \"app:app\"]\n"),
        ("args = ['-v']\n", "command = [\"gunicorn\", \"app:app\"]\nargs = [\"-v\"]\n"),
        ("wrap = ['nice']\nargs = []\n", "command = [\"nice\", \"gunicorn\", \"app:app\"]\n"),
    ] {
        let outcome = after(old, &table(keys)).build();
        assert_eq!(outcome.layers["launch.toml"], format!("[[processes]]\ntype = \"web\"\n{expected}default = true\n"));
    }
}

/// (T7, S5) The place of a table in the order of the sources does not depend on whether it extends. What is in the other table
/// of the project.toml, or in the variable, is not extended.
#[test]
fn sources_are_merged_as_before() {
    let build = |app: App| {
        let outcome = app.earlier("example_flask", FLASK).build();
        let named = outcome.stderr.lines().filter(|line| line.contains("]: ")).map(|line| format!("{line}\n"));
        let row = outcome.stdout.lines().skip_while(|line| !line.starts_with("    web")).take(5);
        named.chain(row.map(|line| format!("{line}\n"))).collect::<String>()
    };
    let app = || App::project_toml(&table("wrap = ['nice']\n"));
    let both = table("") + "[[io.buildpacks.processes]]\ntype = \"web\"\ncommand = \"x\"\n";
    let outcomes = [
        app().file("Procfile", "web: gunicorn ours:app --bind 0.0.0.0:80\n"),
        app().env("BP_PROCFILE_DEFAULT_PROCESS", "gunicorn ours:app"),
        App::project_toml(&both),
    ];
    assert_data_eq!(
        outcomes.map(build).join("---\n"),
        str![[r#"
warning[hardcoded-port]: the port 80 is fixed, so the platform cannot change it with `PORT`
warning[dropped-keys]: the settings `wrap` of `web` are ignored
    web (default)  Procfile:1     gunicorn ours:app --bind 0.0.0.0:80
                                  exec form, without a shell
                                  overrides project.toml:1
                                  overrides `gunicorn app:app --workers 2` of example/flask
    worker         example/flask  celery
---
    web (default)  project.toml:1  ["nice", "gunicorn", "app:app"] args ["--workers", "2"]
                                   exec form, without a shell
                                   extends `gunicorn app:app --workers 2` of example/flask
                                   overrides BP_PROCFILE_DEFAULT_PROCESS
                                   in /workspace/site
---
warning[both-tables]: the process type `web` is declared in both tables
    web (default)  project.toml:1  ["gunicorn", "app:app"] args ["--workers", "2"]
                                   exec form, without a shell
                                   extends `gunicorn app:app --workers 2` of example/flask
                                   in /workspace/site
    worker         example/flask   celery

"#]]
        .raw()
    );
}

/// (B2) Of several earlier buildpacks, the last one's definition is extended, all of it.
#[test]
fn the_last_definition_is_extended() {
    const GROUP: &str =
        "[[group]]\nid = \"a/flask\"\n[[group]]\nid = \"b/start\"\n[[group]]\nid = \"octopilot/procfile\"\n";
    let app = App::project_toml(&table("init = true\n")).earlier("a_flask", FLASK).file("../layers/group.toml", GROUP);
    let outcome = app.earlier("b_start", web(&["waitress-serve", "app:app"]).replace("default = true\n", "")).build();
    assert_data_eq!(
        outcome.stdout.split("\n\n").nth(1).unwrap(),
        str![[r#"
  Process types
    web (default)  project.toml:1  ["waitress-serve", "app:app"]
                                   exec form, without a shell
                                   extends `waitress-serve app:app` of b/start
                                   init: signals reach every process
    worker         a/flask         celery
                                   kept from a/flask
"#]]
        .raw()
    );
    assert_data_eq!(
        &outcome.layers["launch.toml"],
        str![[r#"
[[processes]]
type = "web"
command = ["[LAYERS]/launcher/launcher", "init", "--", "waitress-serve", "app:app"]
default = true

"#]]
        .raw()
    );
}

/// (T7, L1) The preview says that the command comes from the build, and does not claim that there is none.
#[test]
fn the_preview_knows_no_command() {
    let app = App::project_toml(&table("wrap = ['nice']\nargs = ['-w', '4']\n"));
    assert_data_eq!(
        app.preview(&[]).all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read project.toml

  Process types
    web (default)  project.toml:1  ["nice"] … args ["-w", "4"]
                                   the command comes from an earlier buildpack, when the image is built

  How to run them
    Docker            Kubernetes
    docker run IMAGE  command: ["web"]

# launch.toml, without what earlier buildpacks run for `web`
[[processes]]
type = "web"
command = ["nice"]
args = ["-w", "4"]
default = true

"#]]
        .raw()
    );
    let path = manifest("tests/preview/extended.txt");
    assert_data_eq!(app.preview(&["--format", "json"]).all(), Data::read_from(&path, None).raw());
}

/// (D1) Detect takes part, although only a build can know whether there is something to extend.
#[test]
fn detect_passes() {
    assert_eq!(App::project_toml(&table("")).detect().status, Some(0));
}

/// (T7) Nothing to extend: no other buildpack, or one whose launch.toml is not read.
#[test]
fn nothing_is_declared() {
    let large = "#".repeat(1024 * 1024 + 1);
    let empty = "[[processes]]\ntype = \"web\"\ncommand = []\n[[processes]]\ntype = \"wab\"\n";
    let apps = [&large, "[[", empty].map(|launch| after(launch, &table("")));
    let apps = apps.into_iter().chain([App::project_toml(&table(""))]);
    assert_data_eq!(
        apps.map(|app| app.build().all()).collect::<Vec<_>>().join("\n"),
        str![[r#"
exit status 1
--- standard error
error[nothing-to-extend]: no earlier buildpack declares the process type `web`
 --> project.toml:1:25
  |
1 | [io.octopilot.processes.web]
  |                         ^^^ a table without `command` extends the process type of an earlier buildpack
  |
  = help: put this buildpack after the one that declares it: earlier buildpacks declare no process types
  = help: the launch.toml of `example/flask` is too large to read
  = help: or add `command = ["PROGRAM", "ARGUMENT"]`, to declare it here

error: no process types were written because of 1 error

exit status 1
--- standard error
error[nothing-to-extend]: no earlier buildpack declares the process type `web`
 --> project.toml:1:25
  |
1 | [io.octopilot.processes.web]
  |                         ^^^ a table without `command` extends the process type of an earlier buildpack
  |
  = help: put this buildpack after the one that declares it: earlier buildpacks declare no process types
  = help: or add `command = ["PROGRAM", "ARGUMENT"]`, to declare it here

error: no process types were written because of 1 error

exit status 1
--- standard error
error[nothing-to-extend]: no earlier buildpack declares the process type `web`
 --> project.toml:1:25
  |
1 | [io.octopilot.processes.web]
  |                         ^^^ a table without `command` extends the process type of an earlier buildpack
  |
  = help: put this buildpack after the one that declares it: earlier buildpacks declare no process types
  = help: or add `command = ["PROGRAM", "ARGUMENT"]`, to declare it here

error: no process types were written because of 1 error

exit status 1
--- standard error
error[nothing-to-extend]: no earlier buildpack declares the process type `web`
 --> project.toml:1:25
  |
1 | [io.octopilot.processes.web]
  |                         ^^^ a table without `command` extends the process type of an earlier buildpack
  |
  = help: put this buildpack after the one that declares it: earlier buildpacks declare no process types
  = help: or add `command = ["PROGRAM", "ARGUMENT"]`, to declare it here

error: no process types were written because of 1 error

"#]]
        .raw()
    );
}

/// (F1) A table that changes nothing lets a type of another buildpack be chosen.
#[test]
fn an_empty_table_can_be_the_default() {
    let app = after(FLASK, "[io.octopilot.processes.worker]\n").env("BP_PROCFILE_DEFAULT_TYPE", "worker");
    let outcome = app.build();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{}", outcome.all());
    assert!(outcome.layers["launch.toml"].contains("type = \"worker\"\ncommand = [\"celery\"]\ndefault = true\n"));
}

/// (T7, X8) What a shell in the command of another buildpack costs, also behind a program that nobody knows.
#[test]
fn a_shell_of_another_buildpack_is_looked_into() {
    let script = web(&["bash", "-c", "gunicorn app:app | tee log"]);
    let said = |app: App| {
        let outcome = app.build();
        let stderr = outcome.stderr.lines().filter(|line| line.contains("]: ") || line.contains("help"));
        let details = outcome.stdout.lines().filter(|line| line.starts_with("     "));
        stderr.chain(details).flat_map(|line| [line.trim(), "\n"]).collect::<String>()
    };
    let apps = [
        after(&script, &table("wrap = ['otel']\n")),
        after(&script, &table("wrap = ['otel']\ninit = true\n")),
        after(&script, &table("init = false\n")),
        after(&script, &table("")).env("BP_PROCFILE_INIT", "stays"),
        after(&web(&["bash", "-c", "exec gunicorn app:app \"$@\"", "web"]), &table("args = ['-w', '4']\n")),
        after(&web(&["bash", "-c", "${{ no }} bash ("]), &table("")),
        after(&(web(&["sh", "-c", "echo $0"]) + "args = ['theirs']\n"), &table("")),
        after(&(web(&["bash", "-c"]) + "args = ['gunicorn app:app | tee log']\n"), &table("wrap = ['otel']\n")),
        after(&(web(&["bash", "-c"]) + "args = ['gunicorn app:app']\n"), &table("args = ['-v']\nwrap = ['otel']\n")),
        after(&(web(&["sh", "-c"]) + "args = ['a b']\n"), &table("wrap = ['otel']\n")).env("BP_PROCFILE_SHELL", "none"),
        after(&script, &table("wrap = ['otel']\n")).env("BP_PROCFILE_SHELL", "none"),
        after(&web(&["sh", "-c", "gunicorn app:app"]), &table("wrap = ['otel', '-v']\n"))
            .env("BP_PROCFILE_SHELL", "none"),
        after(&web(&["gunicorn", "app:app"]), &table("wrap = ['sh', 'w.sh']\n")).env("BP_PROCFILE_SHELL", "none"),
        after(&web(&["./run.sh"]), &table("")).file("run.sh", "#!/bin/sh\ngunicorn app:app\nexit\n"),
        after(&web(&["gunicorn"]), &table("wrap = ['bash', 'w.sh']\n")).file("w.sh", "#!/bin/sh\n\"$@\"\n"),
    ];
    assert_data_eq!(apps.map(said).join("---\n"), snapshot("shells"));
}

/// (O4, T9) Advice is given on what the table says, at its place, and not on what another buildpack declares.
#[test]
fn advice_is_about_the_table() {
    let said = |(launch, keys): (&str, &str)| {
        let outcome = after(launch, &table(keys)).build();
        format!(
            "{keys}{}{}\n",
            outcome.stderr,
            outcome.stdout.lines().find(|line| line.contains("docker run")).unwrap()
        )
    };
    let fixed = web(&["gunicorn", "app:app", "--bind", "127.0.0.1:80"]);
    let cases = [
        (fixed.as_str(), ""),
        (FLASK, "args = ['--bind', '0.0.0.0:8000']\n"),
        (FLASK, "args = ['--bind', '0.0.0.0:$PORT']\nwrap = ['nice']\n"),
        (FLASK, "env = { URL = 'http://$HOST' }\n"),
        (FLASK, "wrap = ['A=b', './wrap']\n"),
        (FLASK, "working-dir = 'jobs'\n"),
    ];
    assert_data_eq!(cases.map(said).join("---\n"), snapshot("advice"));
}

/// (T3) `env` beside other process types is a mistake, unless it has keys of a process type.
#[test]
fn a_process_type_can_be_called_env() {
    let project_toml = "[io.octopilot.processes]\nweb = 'x'\n[io.octopilot.processes.env]\nargs = ['-v']\n";
    let outcome = after(&FLASK.replace("worker", "env"), project_toml).build();
    assert!(outcome.layers["launch.toml"].contains("type = \"env\"\ncommand = [\"celery\"]\nargs = [\"-v\"]\n"));
}

/// (R1) A long command of another buildpack is cut in the log, and written whole.
#[test]
fn a_long_command_is_cut_in_the_log() {
    let long = "x".repeat(100_000);
    let launch = web(&["echo", &long, "ESCAPE"]).replace("ESCAPE", "\\u001b[31m");
    let outcome = after(&launch, &table("")).build();
    assert!(is_clean(&outcome.all()), "{}", outcome.stdout);
    assert!(outcome.stdout.len() < 2000, "{}", outcome.stdout.len());
    assert!(outcome.layers["launch.toml"].contains(&long));
}
