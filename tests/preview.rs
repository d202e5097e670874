//! The preview (L1).

use crate::support::{App, BINARY, Outcome, manifest};
use octopilot_procfile::catalogue;
use snapbox::{Data, IntoData, assert_data_eq, str};
use std::fs;
use std::process::{Command, Stdio};

#[track_caller]
fn check(app: &App, arguments: &[&str], expected: impl IntoData) {
    assert_data_eq!(app.preview(arguments).all(), expected.raw());
}

fn typed() -> App {
    App::procfile("web: node server.js\n").file(
        "project.toml",
        "[io.octopilot.processes.worker]\ncommand = [\"node\", \"worker.js\"]\nargs = [\"-v\"]\nenv = { TZ = \"UTC\" }\nworking-dir = \"/srv\"\n",
    )
}

/// (L1) The log, launch.toml and the environment.
#[test]
fn text_shows_the_log_and_what_is_written() {
    check(
        &typed(),
        &[],
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read Procfile, project.toml

  Process types
    web (default)  Procfile:1      node server.js
                                   exec form, without a shell
    worker         project.toml:1  ["node", "worker.js"] args ["-v"]
                                   exec form, without a shell
                                   in /srv
                                   with TZ=UTC unless set

  How to run them
    Docker                                Kubernetes
    docker run IMAGE                      command: ["web"]
    docker run --entrypoint worker IMAGE  command: ["worker"]

# launch.toml
[[processes]]
type = "web"
command = ["node", "server.js"]
default = true

[[processes]]
type = "worker"
command = ["node", "worker.js"]
args = ["-v"]
working-dir = "/srv"

# environment/env.launch/worker/TZ.default
UTC

"#]],
    );
}

/// (L2) The processes, for other programs.
#[test]
fn json_shows_the_processes() {
    check_file("processes", &typed().preview(&["--format", "json"]));
    check(&typed(), &["--format=json"], typed().preview(&["--format", "json"]).all());
}

/// Compares with a file in `tests/preview`.
#[track_caller]
fn check_file(name: &str, outcome: &Outcome) {
    let path = manifest(&format!("tests/preview/{name}.txt"));
    assert_data_eq!(outcome.all(), Data::read_from(&path, None).raw());
}

/// (L1) What a terminal should not get is escaped, and the launch.toml still says the same, whatever quotes its strings have.
#[test]
fn escapes_are_those_of_toml() {
    let command = "p 'a\u{a0}b' \"c\u{e0001}\" \\\\ $X\u{200b}";
    let app = App::procfile(format!("web: {command}\n"));
    let printed = app.preview(&[]).stdout;
    let (_, launch) = printed.split_once("# launch.toml\n").unwrap();
    assert!(launch.is_ascii(), "{launch}");
    let launch: toml::Table = toml::from_str(launch).unwrap();
    let script = launch["processes"][0]["command"][2].as_str();
    assert_eq!(script, Some(format!("exec {command} \"$@\"").as_str()));
}

/// (L2) Exit status 1, and all that is known on standard output; the same for people on standard error.
#[test]
fn json_shows_the_mistakes() {
    check_file("mistakes", &App::procfile("web\nworker : x | y\n").preview(&["--format", "json"]));
}

/// (L2) The same as annotations and as SARIF.
#[test]
fn mistakes_are_shown_to_platforms() {
    let app = App::procfile("web\nworker : 100%, x | y\n").env("BP_PROCFILE_SHELL", "zsh");
    check_file("github", &app.preview(&["--format", "github"]));
    check_file("sarif", &app.preview(&["--format", "sarif"]));
}

/// (L1) Exit status 100 where there is nothing to do.
#[test]
fn nothing_to_do_is_100() {
    check(
        &App::new(),
        &[],
        str![[r#"
exit status 100
--- standard error
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile, and no project.toml.

"#]],
    );
    check(
        &App::project_toml("broken"),
        &[],
        str![[r#"
exit status 1
--- standard error
error[toml-syntax]: this file is not valid TOML: a key without a value
 --> project.toml:1:7
  |
1 | broken
  |       ^ the mistake is here or just before
  |
  = help: write `KEY = "VALUE"`

error: no process types were written because of 1 error

"#]],
    );
}

/// (P9) All mistakes, also where one of them ends detect.
#[test]
fn all_mistakes_are_shown() {
    let app = App::project_toml("[io.octopilot.processes]\nweb = 1\n").env("BP_PROCFILE_PATH", "nope");
    check(
        &app,
        &[],
        str![[r#"
exit status 1
--- standard error
error[wrong-type]: `web` must be a string or an array of strings
 --> project.toml:2:7
  |
2 | web = 1
  |       ^ this is an integer
  |
  = help: write `"COMMAND LINE"`, or `["PROGRAM", "ARGUMENT"]` to run without a shell

error[path-not-found]: there is no file `nope` in the app
 --> BP_PROCFILE_PATH:1:1
  |
1 | nope
  | ^^^^ no such file
  |
  = help: set it to a path relative to the app directory, or unset the variable

error: no process types were written because of 2 errors

"#]],
    );
}

/// (C) Variables of the environment count as the platform's.
#[test]
fn variables_are_read() {
    check(
        &App::new().file("p", "a: x\nb: y\n").env("BP_PROCFILE_PATH", "p").env("BP_PROCFILE_DEFAULT_TYPE", "b"),
        &[],
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read p, BP_PROCFILE_DEFAULT_TYPE

  Process types
    a            p:1  x
                      exec form, without a shell
    b (default)  p:2  y
                      exec form, without a shell

  How to run them
    Docker                           Kubernetes
    docker run --entrypoint a IMAGE  command: ["a"]
    docker run IMAGE                 command: ["b"]

# launch.toml
[[processes]]
type = "a"
command = ["x"]

[[processes]]
type = "b"
command = ["y"]
default = true

"#]],
    );
}

fn run(arguments: &[&str]) -> String {
    let output = Command::new(BINARY).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    format!("{}\n{}---\n{}", output.status, text(output.stdout), text(output.stderr))
}

/// (L1) Help, version, and what is none of the usage.
#[test]
fn arguments_are_checked() {
    assert_data_eq!(
        run(&["--help"]),
        str![[r#"
exit status: 0
Previews the process types that octopilot/procfile gives the image of an app.

usage: octopilot-procfile [OPTIONS] [PATH]

PATH             the app directory (what `pack build --path` takes), or a Procfile or project.toml in it;
                 without it, the current directory
--format text    the build log and launch.toml (the default)
--format json    the process types and all diagnostics, for other programs
--format github  the diagnostics as annotations of a GitHub workflow
--format sarif   the diagnostics for code scanning
--strict         treat warnings as errors, as BP_PROCFILE_STRICT=true does
--allow NAMES    turn off these warnings and notes, separated by commas, as BP_PROCFILE_ALLOW does
--fix            correct the mistakes that can only mean one thing
--diff           print what `--fix` would change, and change nothing
--color WHEN     auto (the default), always or never
--explain NAME   print the page about a diagnostic
--help           this text
--version        the version

The variables of the buildpack, such as BP_PROCFILE_PATH, are read from the environment.
Exit status: 0 on success, 1 if the app has mistakes, 2 if the command line has, 100 if nothing declares process types.
---

"#]]
        .raw()
    );
    assert_data_eq!(
        run(&["--version"]),
        str![[r#"
exit status: 0
octopilot-procfile [VERSION]
---

"#]]
        .raw()
    );
}

/// (L3) A wrong command line is one line and status 2, with what was probably meant.
#[test]
fn wrong_usage_is_one_line() {
    let wrong: [&[&str]; 11] = [
        &["--format", "jsn", "a"],
        &["--format", "yaml"],
        &["--format"],
        &["--colour", "never"],
        &["--color", "on"],
        &["--explain", "missing-colons"],
        &["a", "b"],
        &["-x"],
        &["--strict=yes"],
        &["--diff", "--format", "json"],
        &["--fxi"],
    ];
    let said = wrong.iter().fold(String::new(), |all, arguments| {
        let out = run(arguments);
        let line = out.strip_prefix("exit status: 2\n---\n").unwrap_or_else(|| panic!("{out}"));
        assert_eq!(line.lines().count(), 1, "{line}");
        all + line
    });
    assert_data_eq!(said, str![[r#"
error: there is no format `jsn`; did you mean `json`? (`octopilot-procfile --help` shows the options)
error: there is no format `yaml`; write one of text, json, github, sarif (`octopilot-procfile --help` shows the options)
error: `--format` needs a value (`octopilot-procfile --help` shows the options)
error: there is no option `--colour`; did you mean `--color`? (`octopilot-procfile --help` shows the options)
error: there is no color `on`; write one of auto, always, never (`octopilot-procfile --help` shows the options)
error: there is no diagnostic `missing-colons`; did you mean `missing-colon`? (`octopilot-procfile --help` shows the options)
error: only one path is taken, and `b` is a second one (`octopilot-procfile --help` shows the options)
error: there is no option `-x` (`octopilot-procfile --help` shows the options)
error: `--strict` takes no value (`octopilot-procfile --help` shows the options)
error: `--diff` prints a diff, and takes no `--format` (`octopilot-procfile --help` shows the options)
error: there is no option `--fxi`; did you mean `--fix`? (`octopilot-procfile --help` shows the options)

"#]].raw());
}

/// (L3) An app directory that cannot be read is named, whatever the format.
#[test]
fn the_directory_is_named() {
    assert_data_eq!(
        run(&["no/such/directory"]),
        str![[r#"
exit status: 1
---
error: the app directory `no/such/directory` cannot be read: No such file or directory (os error 2)

"#]]
        .raw()
    );
    let failed = run(&["--format", "json", "no/such/directory"]);
    assert!(failed.contains("\"status\": \"failed\""), "{failed}");
}

/// (L3) Without a path, the current directory; a file stands for its directory, with that file as the source.
#[test]
fn a_path_is_a_directory_or_a_source() {
    let app = App::procfile("web: a\n")
        .file("sub/Procfile.web", "web: b\n")
        .file("sub/other.toml", "[io.octopilot.processes]\nweb = 'c'\n");
    let commands = |arguments: &[&str]| {
        let output = Command::new(BINARY).args(arguments).current_dir(app.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .filter(|line| line.starts_with("command = ") || line.contains("(default)"))
            .map(|line| line.trim().to_string() + "\n")
            .collect::<String>()
    };
    assert_data_eq!(
        [&[][..], &["."], &["Procfile"], &["sub/Procfile.web"], &["sub/other.toml"]]
            .iter()
            .map(|arguments| commands(arguments))
            .collect::<String>(),
        str![[r#"
web (default)  Procfile:1  a
command = ["a"]
web (default)  Procfile:1  a
command = ["a"]
web (default)  Procfile:1  a
command = ["a"]
web (default)  Procfile.web:1  b
command = ["b"]
web (default)  other.toml:2  c
command = ["c"]

"#]]
        .raw()
    );
}

/// (L3, C7, C9) Options win over the variables of the environment.
#[test]
fn options_win_over_variables() {
    let app = App::procfile("web : a\nworker: b | c\n")
        .env("BP_PROCFILE_STRICT", "false")
        .env("BP_PROCFILE_ALLOW", "release");
    let outcome = |arguments: &[&str]| {
        let outcome = app.preview(arguments);
        let names = outcome.stderr.lines().filter(|line| line.contains("]: "));
        (outcome.status, names.map(|line| line.split(": ").next().unwrap().to_string()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(outcome(&[]), (Some(0), "warning[blank-before-colon] warning[shell-stays]".to_string()));
    assert_eq!(outcome(&["--strict"]), (Some(1), "error[blank-before-colon] error[shell-stays]".to_string()));
    assert_eq!(outcome(&["--strict", "--allow", "blank-before-colon,shell-stays"]), (Some(0), String::new()));
    assert_eq!(outcome(&["--allow", "shell-stay"]).0, Some(1));
}

/// (L3, O2) Colour where it is wanted, and only there.
#[test]
fn colour_can_be_chosen() {
    let has_colour = |arguments: &[&str], variable: &str| {
        let outcome = App::procfile("web : a\n").env(variable, "1").preview(arguments);
        (outcome.stdout.contains('\x1b'), outcome.stderr.contains('\x1b'))
    };
    assert_eq!(has_colour(&["--color", "always"], "NO_COLOR"), (true, true));
    assert_eq!(has_colour(&["--color", "never"], "CLICOLOR_FORCE"), (false, false));
    assert_eq!(has_colour(&["--color=auto"], "CLICOLOR_FORCE"), (true, true));
    assert_eq!(has_colour(&[], "NO_COLOR"), (false, false));
}

/// (O7) Every page is in the binary.
#[test]
fn pages_can_be_read() {
    for (name, _) in catalogue::all() {
        let page = fs::read_to_string(manifest(&format!("docs/diagnostics/{name}.md"))).unwrap();
        let shown = Command::new(BINARY).args(["--explain", name]).output().unwrap();
        assert_eq!((shown.status.code(), String::from_utf8(shown.stdout).unwrap()), (Some(0), page));
    }
}

/// (L1) A reader that goes away is no failure.
#[test]
fn output_can_be_piped() {
    let app = App::procfile((0..10_000).fold(String::new(), |all, n| all + &format!("w{n}: x\n")));
    for format in ["text", "json"] {
        let mut child = Command::new(BINARY)
            .args(["--format", format])
            .arg(app.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert!(child.wait().unwrap().success(), "{format}");
    }
}

/// The example of the README is what the README says.
#[test]
fn the_example_runs() {
    let output = Command::new(BINARY).arg(manifest("examples/fastapi")).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_data_eq!(
        stdout.replace(env!("CARGO_PKG_VERSION"), "[VERSION]"),
        str![[r#"
octopilot/procfile [VERSION]
  Read Procfile

  Process types
    web (default)  Procfile:1  uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}
                               bash runs: exec uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080} "$@"

  How to run them
    Docker                                Kubernetes
    docker run --publish 8080:8080 IMAGE  below

  Kubernetes containers with a port
    command: ["web"]
    ports: [{ containerPort: 8080 }]

# launch.toml
[[processes]]
type = "web"
command = ["bash", "-c", 'exec uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080} "$@"', "web"]
default = true

"#]]
        .raw()
    );
}
