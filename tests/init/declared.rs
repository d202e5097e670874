//! When the launcher is process 1 (X8, T8): the key, the variable, and what the build then writes and says.

use crate::support::{App, LAUNCHER};
use snapbox::{IntoData, assert_data_eq, str};
use std::fs;
use std::process::Command;

const TOML: &str = r#"
[io.octopilot.processes]
worker = "app worker"

[io.octopilot.processes.web]
command = "nginx & gunicorn app:app --bind 0.0.0.0:${PORT:-8000}"
init = true

[io.octopilot.processes.clock]
command = ["python", "clock.py"]
args = ["-v"]
init = true
"#;

#[track_caller]
fn check(app: &App, expected: impl IntoData) {
    let size = format!("{} bytes", fs::metadata(LAUNCHER).unwrap().len());
    assert_data_eq!(app.build().all().replace(&size, "[SIZE]"), expected.raw());
}

fn app(toml: &str) -> App {
    App::project_toml(toml).file("clock.py", "")
}

/// (T8) The log, launch.toml and the layer of the launcher.
#[test]
fn a_process_asks_for_it() {
    check(
        &app(TOML),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read project.toml

  Process types
    worker         project.toml:3  app worker
                                   exec form, without a shell
    web (default)  project.toml:5  nginx & gunicorn app:app --bind 0.0.0.0:${PORT:-8000}
                                   bash runs it as written (arguments are not passed on, because of a background job)
                                   init: signals reach every process
    clock          project.toml:9  ["python", "clock.py"] args ["-v"]
                                   exec form, without a shell
                                   init: signals reach every process

  How to run them
    Docker                                Kubernetes
    docker run --entrypoint worker IMAGE  command: ["worker"]
    docker run --publish 8000:8000 IMAGE  below
    docker run --entrypoint clock IMAGE   command: ["clock"]

  Kubernetes containers with a port
    command: ["web"]
    ports: [{ containerPort: 8000 }]
--- layers/launch.toml
[[processes]]
type = "worker"
command = ["app", "worker"]

[[processes]]
type = "web"
command = ["[LAYERS]/launcher/launcher", "init", "--", "bash", "-c", "nginx & gunicorn app:app --bind 0.0.0.0:${PORT:-8000}", "web"]
default = true

[[processes]]
type = "clock"
command = ["[LAYERS]/launcher/launcher", "init", "--", "python", "clock.py"]
args = ["-v"]
--- layers/launcher.toml
[types]
launch = true
--- layers/launcher/launcher
[SIZE]

"#]],
    );
}

/// (X8) Without a shell, the launcher expands the command itself.
#[test]
fn it_works_without_a_shell() {
    check(
        &app(&TOML.replace("nginx & ", "")).env("BP_PROCFILE_SHELL", "none"),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read project.toml

  Process types
    worker         project.toml:3  app worker
                                   exec form, without a shell
    web (default)  project.toml:5  gunicorn app:app --bind 0.0.0.0:${PORT:-8000}
                                   static launcher, without a shell
                                   init: signals reach every process
    clock          project.toml:9  ["python", "clock.py"] args ["-v"]
                                   exec form, without a shell
                                   init: signals reach every process

  How to run them
    Docker                                Kubernetes
    docker run --entrypoint worker IMAGE  command: ["worker"]
    docker run --publish 8000:8000 IMAGE  below
    docker run --entrypoint clock IMAGE   command: ["clock"]

  Kubernetes containers with a port
    command: ["web"]
    ports: [{ containerPort: 8000 }]
--- layers/launch.toml
[[processes]]
type = "worker"
command = ["app", "worker"]

[[processes]]
type = "web"
command = ["[LAYERS]/launcher/launcher", "init", "11", ".", "'gunicorn", ".", "'app:app", ".", "'--bind", ".", "'0.0.0.0:", "$PORT:-", "~8000", "}"]
default = true

[[processes]]
type = "clock"
command = ["[LAYERS]/launcher/launcher", "init", "--", "python", "clock.py"]
args = ["-v"]
--- layers/launcher.toml
[types]
launch = true
--- layers/launcher/launcher
[SIZE]

"#]],
    );
}

/// (L1) Other programs see it in the preview.
#[test]
fn the_preview_shows_it() {
    let outcome = App::project_toml(TOML).preview(&["--format", "json"]);
    let preview: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let shown =
        preview["processes"].as_array().unwrap().iter().map(|process| {
            format!("{} {} {}\n", process["type"].as_str().unwrap(), process["init"], process["command"])
        });
    assert_data_eq!(shown.collect::<String>(), str![[r#"
worker false ["app","worker"]
web true ["/layers/octopilot_procfile/launcher/launcher","init","--","bash","-c","nginx & gunicorn app:app --bind 0.0.0.0:${PORT:-8000}","web"]
clock true ["/layers/octopilot_procfile/launcher/launcher","init","--","python","clock.py"]

"#]].raw());
}

/// The process types that have the launcher as process 1, and the names of the warnings.
fn inits(app: &App) -> String {
    let outcome = app.build();
    let launch: toml::Table = outcome.layers["launch.toml"].parse().unwrap();
    let has_init = |process: &&toml::Value| {
        process["command"].as_array().unwrap().iter().any(|word| word.as_str() == Some("init"))
    };
    let types = launch["processes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(has_init)
        .map(|process| process["type"].as_str().unwrap());
    let warnings = outcome.stderr.lines().filter_map(|line| line.strip_prefix("warning[")?.split(']').next());
    let has_layer = outcome.layers.contains_key("launcher/launcher");
    format!("{:?} {:?} {has_layer}\n", types.collect::<Vec<_>>(), warnings.collect::<Vec<_>>())
}

const PROCFILE: &str = "web: node server.js\nworker: a & b\nignored: trap '' TERM; exec a\nmonitor: set -m; a > log\nscript: bash run.sh\nunread: select x in a; do b; done\nquoted: bash -c 'a | b'\nlast: a; b\n";

/// (X8) The variable, and what it settles: not a trap that ignores the signal, nor groups that the shell makes itself.
#[test]
fn a_variable_asks_for_it() {
    let app = |value: &str| {
        let app = App::procfile(PROCFILE).file("run.sh", "#!/bin/sh\nnode server.js\necho ended\n");
        app.env("BP_PROCFILE_INIT", value)
    };
    let all = ["", "never", "stays", " Always "].map(|value| format!("{value:?} {}", inits(&app(value)))).concat();
    assert_data_eq!(all, str![[r#"
"" [] ["missing-program", "shell-stays", "shell-stays", "shell-stays", "unread-command", "shell-stays", "script-stays"] false
"never" [] ["missing-program", "shell-stays", "shell-stays", "shell-stays", "unread-command", "shell-stays", "script-stays"] false
"stays" ["worker", "script", "unread", "quoted"] ["missing-program", "shell-stays", "shell-stays", "unread-command"] true
" Always " ["web", "worker", "ignored", "monitor", "script", "unread", "quoted", "last"] ["missing-program", "shell-stays", "shell-stays", "unread-command"] true

"#]].raw());
    let allowed = app("stays").env("BP_PROCFILE_ALLOW", "shell-stays,script-stays");
    assert_data_eq!(
        inits(&allowed),
        str![[r#"
["worker", "script", "unread", "quoted"] ["missing-program", "unread-command"] true

"#]]
        .raw()
    );
}

/// (X8) What a process says wins over the variable.
#[test]
fn the_key_wins_over_the_variable() {
    let toml = "[io.octopilot.processes]\nweb = { command = 'a | b', init = false }\nworker = { command = 'a | b', init = true }\nclock = 'a | b'\n";
    let all = ["never", "stays", "always"].map(|value| inits(&App::project_toml(toml).env("BP_PROCFILE_INIT", value)));
    assert_data_eq!(
        all.concat(),
        str![[r#"
["worker"] ["shell-stays", "shell-stays"] true
["worker", "clock"] ["shell-stays"] true
["worker", "clock"] ["shell-stays"] true

"#]]
        .raw()
    );
}

/// (C8) A value that does not exist.
#[test]
fn the_variable_has_three_values() {
    check(
        &App::procfile("web: x\n").env("BP_PROCFILE_INIT", "true"),
        str![[r#"
exit status 1
--- standard error
error[invalid-value]: BP_PROCFILE_INIT does not accept the value `true`
 --> BP_PROCFILE_INIT:1:1
  |
1 | true
  | ^^^^ not a valid value
  |
  = help: set it to `never`, `stays` or `always`, or unset it

error: no process types were written because of 1 error

"#]],
    );
}

/// (X4, X8) The help names what the source can say.
#[test]
fn the_help_suggests_it() {
    let help = |app: App| {
        let stderr = app.build().stderr;
        let lines = stderr.lines().filter(|line| line.contains("so that signals"));
        lines.flat_map(|line| [line.trim(), "\n"]).collect::<String>()
    };
    let toml = "[io.octopilot.processes]\nweb = 'a | b'\n'w.1' = 'a | b'\n[[io.buildpacks.processes]]\ntype = 'worker'\ncommand = 'a | b'\n";
    assert_data_eq!(help(App::project_toml(toml)), str![""].raw());
    assert_data_eq!(help(App::procfile("web: a | b\nignored: trap '' TERM; exec a\n")), str![""].raw());
}

/// (T3) Wrong types, near misses and keys of other tools.
#[test]
fn the_key_is_checked() {
    let toml = "[io.octopilot.processes]\na = { command = 'x', init = 'true' }\nb = { command = 'x', int = true }\nc = { command = 'x', tini = true }\n[[io.buildpacks.processes]]\ntype = 'd'\ncommand = 'x'\ninit = true\n";
    check(
        &App::project_toml(toml),
        str![[r#"
exit status 1
--- standard error
error[wrong-type]: `a.init` must be true or false
 --> project.toml:2:29
  |
2 | a = { command = 'x', init = 'true' }
  |                             ^^^^^^ this is a string
  |
  = help: write `true` or `false`, without quotes

error[unknown-key]: unknown key `int` in a process
 --> project.toml:3:22
  |
3 | b = { command = 'x', int = true }
  |                      ^^^ not a key of a process
  |
  = help: did you mean `init`?

error[unknown-key]: unknown key `tini` in a process
 --> project.toml:4:22
  |
4 | c = { command = 'x', tini = true }
  |                      ^^^^ not a key of a process
  |
  = help: did you mean `init`?

error[unknown-key]: unknown key `init` in a process
 --> project.toml:8:1
  |
8 | init = true
  | ^^^^ not a key of a process
  |
  = help: move the process to the table `[io.octopilot.processes.TYPE]`, which has the key `init`

error: no process types were written because of 4 errors

"#]],
    );
}

/// (X8, X3) What the build declares runs, with the arguments that are given at run time.
#[test]
fn what_is_declared_runs() {
    const PROCFILE: &str = "web: printf '<%s>' a\nshell: true && printf '<%s>' $HOME\nlauncher: printf '<%s>' $HOME\n";
    for (shell, stays) in [("bash", "shell"), ("none", "launcher")] {
        let procfile: String = PROCFILE
            .lines()
            .filter(|line| !line.contains("&&") || shell == "bash")
            .flat_map(|line| [line, "\n"])
            .collect();
        let app = App::procfile(procfile).env("BP_PROCFILE_INIT", "always").env("BP_PROCFILE_SHELL", shell);
        app.build();
        let launch: toml::Table = fs::read_to_string(app.layers().join("launch.toml")).unwrap().parse().unwrap();
        for process in launch["processes"].as_array().unwrap() {
            let words: Vec<String> = process["command"].clone().try_into().unwrap();
            assert_eq!(fs::read(&words[0]).unwrap(), fs::read(LAUNCHER).unwrap());
            let output =
                Command::new(&words[0]).args(&words[1..]).args(["x", "$y"]).env("HOME", "home").output().unwrap();
            let first = if process["type"].as_str() == Some("web") { "a" } else { "home" };
            assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("<{first}><x><$y>"), "{words:?} {stays}");
        }
    }
}
