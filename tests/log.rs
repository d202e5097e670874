//! The build log (O1).

use crate::support::App;
use snapbox::{IntoData, assert_data_eq, str};

/// (O1) An earlier buildpack may delete the Procfile that detect found.
#[test]
fn a_source_that_is_gone_is_told() {
    let outcome = App::new().file("server", "").build();
    assert_data_eq!(
        outcome.all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read nothing: another buildpack has deleted what declared process types when the build started
  No process types: the image runs what other buildpacks declare

"#]]
        .raw()
    );
}

#[track_caller]
fn check(app: &App, expected: impl IntoData) {
    assert_data_eq!(app.build().stdout, expected.raw());
}

/// (O1) Sources, a line for each type with its command and origin, the default marked, overrides, how to run each.
#[test]
fn the_log_says_it_all() {
    let toml = "[io.octopilot.processes.worker]\ncommand = [\"celery\", \"-A\", \"app \\\"x\\\"\"]\nargs = [\"-l\", \"info\"]\nworking-dir = \"jobs\"\nenv = { TZ = \"UTC\" }\n\n[io.octopilot.processes]\nweb = \"old\"\n";
    let app = App::procfile("# the site\nweb: uvicorn main:app --port ${PORT:-8080}\n")
        .directory("jobs")
        .file("project.toml", toml)
        .env("BP_PROCFILE_DEFAULT_PROCESS", "older");
    check(
        &app,
        str![[r#"
octopilot/procfile [VERSION]
  Read Procfile, project.toml, BP_PROCFILE_DEFAULT_PROCESS

  Process types
    web (default)  Procfile:2      uvicorn main:app --port ${PORT:-8080}
                                   bash runs: exec uvicorn main:app --port ${PORT:-8080} "$@"
                                   overrides project.toml:8, BP_PROCFILE_DEFAULT_PROCESS
    worker         project.toml:1  ["celery", "-A", "app \"x\""] args ["-l", "info"]
                                   exec form, without a shell
                                   in [APP]/jobs
                                   with TZ=UTC unless set

  How to run them
    Docker                                Kubernetes
    docker run IMAGE                      command: ["web"]
    docker run --entrypoint worker IMAGE  command: ["worker"]

"#]],
    );
}

/// (O1) Control and invisible characters of a command are escaped; other scripts are not.
#[test]
fn commands_are_escaped() {
    let toml =
        "[io.octopilot.processes]\nweb = \"echo \\u001b[31m\\n\\tcaf\u{e9} \\u202e\"\nb = [\"a\\\\b\", \"\\u0007\"]\n";
    check(
        &App::project_toml(toml),
        str![[r#"
octopilot/procfile [VERSION]
  Read project.toml

  Process types
    web (default)  project.toml:2  echo \u{1b}[31m\n\tcafé \u{202e}
                                   bash runs: echo \u{1b}[31m\n\texec café \u{202e} "$@"
    b              project.toml:3  ["a\\b", "\u{7}"]
                                   exec form, without a shell

  How to run them
    Docker                           Kubernetes
    docker run IMAGE                 command: ["web"]
    docker run --entrypoint b IMAGE  command: ["b"]

"#]],
    );
}

/// A long name or command does not push the other columns away.
#[test]
fn long_names_keep_the_columns() {
    check(
        &App::procfile(format!("web: a\n{}: {}\n", "n".repeat(60), "x".repeat(300))),
        str![[r#"
octopilot/procfile [VERSION]
  Read Procfile

  Process types
    web (default)  Procfile:1  a
                               exec form, without a shell
    nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn  Procfile:2  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
                               exec form, without a shell

  How to run them
    Docker            Kubernetes
    docker run IMAGE  command: ["web"]
    docker run --entrypoint nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn IMAGE  command: ["nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"]

"#]],
    );
}

/// (X3, X4) How each process runs, the script that will run, and what becomes of arguments.
#[test]
fn the_log_says_how_each_process_runs() {
    const PROCFILE: &str = "web: cd app && (gunicorn app:app $OPTIONS)\nworker: celery worker | tee log\n\
                            beat: source env && celery beat\nboth: if $A; then x; else y | z; fi\nown: x \"$1\"\nplain: x\n";
    let log = App::procfile(PROCFILE).build().stdout;
    let log = log.split("\n\n").nth(1).unwrap().to_string();
    assert_data_eq!(log, str![[r#"
  Process types
    web (default)  Procfile:1  cd app && (gunicorn app:app $OPTIONS)
                               bash runs: cd app && { exec gunicorn app:app $OPTIONS "$@"; }
    worker         Procfile:2  celery worker | tee log
                               bash runs it as written (arguments are not passed on, because of a pipeline)
    beat           Procfile:3  source env && celery beat
                               bash runs it as written (arguments are not passed on, because of `source`)
                               SIGTERM does not reach `source env`, which runs first
    both           Procfile:4  if $A; then x; else y | z; fi
                               bash runs it as written (arguments are not passed on, because of a program whose name is only known at run time)
                               SIGTERM does not reach `$A`, which runs first
    own            Procfile:5  x "$1"
                               bash runs: exec x "$1"
    plain          Procfile:6  x
                               exec form, without a shell
"#]].raw());
    let log = App::procfile("web: PORT=${PORT:-8080} ./app\nplain: x\n").env("BP_DIRECT_PROCESS", "1").build().stdout;
    let log = log.split("\n\n").nth(1).unwrap().to_string();
    assert_data_eq!(
        log,
        str![[r#"
  Process types
    web (default)  Procfile:1  PORT=${PORT:-8080} ./app
                               static launcher, without a shell
    plain          Procfile:2  x
                               exec form, without a shell
"#]]
        .raw()
    );
}
