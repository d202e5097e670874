//! Build as the lifecycle runs it: environment, arguments, exit status, and all that is written.

use crate::support::App;
use snapbox::{IntoData, assert_data_eq, str};

#[track_caller]
fn check(app: &App, expected: impl IntoData) {
    assert_data_eq!(app.build().all(), expected.raw());
}

/// (X2, S1) A command line becomes one `command`, with no `args` for run-time arguments to replace.
#[test]
fn command_lines_run_in_bash() {
    check(
        &App::procfile("web: uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}\nworker: a 'b' \"c\" \\d $e\n"),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read Procfile

  Process types
    web (default)  Procfile:1  uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}
                               bash runs: exec uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080} "$@"
    worker         Procfile:2  a 'b' "c" \d $e
                               bash runs: exec a 'b' "c" \d $e "$@"

  How to run them
    Docker                                Kubernetes
    docker run --publish 8080:8080 IMAGE  below
    docker run --entrypoint worker IMAGE  command: ["worker"]

  Kubernetes containers with a port
    command: ["web"]
    ports: [{ containerPort: 8080 }]
--- layers/launch.toml
[[processes]]
type = "web"
command = ["bash", "-c", 'exec uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080} "$@"', "web"]
default = true

[[processes]]
type = "worker"
command = ["bash", "-c", '''exec a 'b' "c" \d $e "$@"''', "worker"]

"#]],
    );
}

const EVERYTHING: &str = r#"
[io.octopilot.processes]
web = "node server.js"
beat = ["celery", "-A", "app", "beat"]

[io.octopilot.processes.worker]
command = ["celery", "-A", "app", "worker"]
args = ["--loglevel=info"]
working-dir = "jobs/../jobs"
env = { TZ = "UTC", GREETING = "a \"b\"\n" }
default = true

[[io.buildpacks.processes]]
type = "clock"
command = "node clock.js"
working-dir = "/srv"
"#;

/// (T1, T4, T5) All that a project.toml can say, in launch.toml and in a launch layer.
#[test]
fn tables_become_launch_toml() {
    check(
        &App::project_toml(EVERYTHING).directory("jobs").file("server.js", ""),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read project.toml

  Process types
    web               project.toml:3   node server.js
                                       exec form, without a shell
    beat              project.toml:4   ["celery", "-A", "app", "beat"]
                                       exec form, without a shell
    worker (default)  project.toml:6   ["celery", "-A", "app", "worker"] args ["--loglevel=info"]
                                       exec form, without a shell
                                       in [APP]/jobs
                                       with TZ=UTC unless set
                                       with GREETING=a "b"\n unless set
    clock             project.toml:14  node clock.js
                                       exec form, without a shell
                                       in /srv

  How to run them
    Docker                               Kubernetes
    docker run --entrypoint web IMAGE    command: ["web"]
    docker run --entrypoint beat IMAGE   command: ["beat"]
    docker run IMAGE                     command: ["worker"]
    docker run --entrypoint clock IMAGE  command: ["clock"]
--- layers/environment.toml
[types]
launch = true
--- layers/environment/env.launch/worker/GREETING.default
a "b"
--- layers/environment/env.launch/worker/TZ.default
UTC--- layers/launch.toml
[[processes]]
type = "web"
command = ["node", "server.js"]

[[processes]]
type = "beat"
command = ["celery", "-A", "app", "beat"]

[[processes]]
type = "worker"
command = ["celery", "-A", "app", "worker"]
args = ["--loglevel=info"]
default = true
working-dir = "[APP]/jobs"

[[processes]]
type = "clock"
command = ["node", "clock.js"]
working-dir = "/srv"

"#]],
    );
}

/// (P11) Nothing declared is nothing contributed, and no failure.
#[test]
fn an_empty_procfile_contributes_nothing() {
    check(
        &App::procfile("# later\n"),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read Procfile
  No process types: the image runs what other buildpacks declare
--- standard error
warning[no-entries]: this Procfile has no entries
--> Procfile
 = help: add a line for each process type: `web: COMMAND`

warning: the build continues with 1 warning

"#]],
    );
}

/// (P9) Mistakes in both files are reported in one build, in file order, and nothing is written.
#[test]
fn all_mistakes_are_reported_in_one_build() {
    let app = App::procfile("web gunicorn app:app\nWorker: x\n")
        .file("project.toml", "[io.octopilot.processes]\nbeat = 1\nclock = { cmd = \"x\" }\n");
    check(
        &app,
        str![[r#"
exit status 1
--- standard error
error[missing-colon]: no colon after the process type `web`
 --> Procfile:1:4
  |
1 | web gunicorn app:app
  |    ^ a `:` is missing here
  |
  = help: write `web: gunicorn app:app`

note[not-dns-label]: the process type `Worker` is not a valid DNS label
 --> Procfile:2:1
  |
2 | Worker: x
  | ^^^^^^ use at most 63 lower-case letters, digits and hyphens, with no hyphen at either end
  |
  = help: call it `worker` if a tool names Kubernetes objects after it

error[wrong-type]: `beat` must be a string or an array of strings
 --> project.toml:2:8
  |
2 | beat = 1
  |        ^ this is an integer
  |
  = help: write `"COMMAND LINE"`, or `["PROGRAM", "ARGUMENT"]` to run without a shell

error[unknown-key]: unknown key `cmd` in a process
 --> project.toml:3:11
  |
3 | clock = { cmd = "x" }
  |           ^^^ not a key of a process
  |
  = help: did you mean `command`?

error: no process types were written because of 3 errors

"#]],
    );
}

/// What only the platform can get wrong is not the user's mistake, and the message says so. Its lines are safe to print.
#[test]
fn errors_of_the_framework_are_indented() {
    let app = App::procfile("web: x\n");
    std::fs::remove_dir(app.platform().join("env")).unwrap();
    std::fs::write(app.platform().join("env"), "").unwrap();
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 1
--- standard error
error: the build cannot go on, and not because of a mistake in the files of the app
  Couldn't create platform from platform path: Not a directory (os error 20)
  = help: build again; if it fails again, report it at https://github.com/octopilot/procfile/issues

"#]]
        .raw()
    );
}

/// (P10) The kernel's limit for one argument, to the byte.
#[test]
fn arguments_may_have_the_kernels_length() {
    for (bytes, status) in [(128 * 1024 - 1, 0), (128 * 1024, 1)] {
        let command = "x".repeat(bytes);
        assert_eq!(App::procfile(format!("web: {command}")).build().status, Some(status));
        let toml = format!("[io.octopilot.processes]\nweb = [\"x\", \"{command}\", \"x\"]\n");
        assert_eq!(App::project_toml(&toml).build().status, Some(status));
    }
}

/// Beyond a hundred of a kind, problems are counted.
#[test]
fn problems_beyond_a_hundred_are_counted() {
    let output = App::procfile("oops\n".repeat(103) + &"web : x\n".repeat(2)).build().stderr;
    assert_eq!(output.matches("error[not-an-entry]").count(), 100);
    let summary =
        "error: no process types were written because of 103 errors; there are also 3 warnings (3 not shown)\n";
    assert!(output.ends_with(summary), "{output}");
}

/// (X3) Default arguments of a command line that no command gets, and of those that one does.
#[test]
fn unused_arguments_are_warned_about() {
    let used = ["x", "x $PORT", "x \"$@\"", "x $*", "x ${1}", "x ${1:-a} | y", "x $# &", "if a; then x; fi", "echo"];
    let unused = ["x | y", "x &", "x || exit 1", "while x; do y; done", "x | y \\$5", ". x", "true", "f() { x; }; f"];
    let commands = used.iter().map(|command| (command, false)).chain(unused.iter().map(|command| (command, true)));
    for (command, warned) in commands {
        let toml = format!("[io.octopilot.processes.web]\ncommand = '{command}'\nargs = [\"y\"]\n");
        assert_eq!(App::project_toml(&toml).build().stderr.contains("warning[unused-args]"), warned, "{command}");
    }
}

/// A second build into the same layers directory leaves the same files.
#[test]
fn builds_are_repeatable() {
    let app = App::project_toml("[io.octopilot.processes.web]\ncommand = \"x\"\nenv = { A = \"b\" }\n");
    let first = app.build().all();
    assert_eq!(app.build().all(), first);
}
