//! The variables (section C), and which source counts where several declare a type (S5).

use crate::support::{App, Outcome, manifest, without_columns};
use snapbox::{Data, IntoData, assert_data_eq, str};
use std::fmt::Write as _;

/// The sources that can declare `web`, the strongest first: two of them are tables of one project.toml.
const SOURCES: [&str; 5] = ["binding", "Procfile", "table", "alias", "variable"];

/// What the two tables of project.toml hold: fields too that no other definition may get.
const TABLE: &str = r#"
[io.octopilot.processes.web]
command = ["from-table"]
args = ["a"]
working-dir = "/table"
env = { A = "b" }
"#;
const ALIAS: &str = r#"
[[io.buildpacks.processes]]
type = "web"
command = ["from-alias"]
args = ["b"]
working-dir = "/alias"
"#;

/// An app in which these sources declare `web`.
fn declaring(sources: &[&str]) -> App {
    let tables = [("table", TABLE), ("alias", ALIAS)];
    let toml: String = tables.into_iter().filter(|(name, _)| sources.contains(name)).map(|(_, table)| table).collect();
    let app = if toml.is_empty() { App::new() } else { App::project_toml(&toml) };
    sources.iter().fold(app, |app, source| match *source {
        "binding" => app.binding("b", "type", "Procfile").binding("b", "Procfile", "# comment\nweb: from-binding\n"),
        "Procfile" => app.file("Procfile", "\n\nweb: from-procfile\n"),
        "variable" => app.env("BP_PROCFILE_DEFAULT_PROCESS", "from-variable"),
        _ => app,
    })
}

/// What is declared for the only type, with its row in the log.
fn declared(outcome: &Outcome) -> String {
    let (_, rows) = outcome.stdout.split_once("  Process types\n").unwrap();
    let (rows, _) = rows.split_once("\n\n").unwrap();
    let mut declared = format!("{}\n", without_columns(rows).trim_end().replace("\n      ", " | "));
    for (path, content) in &outcome.layers {
        if path != "environment.toml" {
            writeln!(declared, "    {path}: {}", content.trim_end().replace('\n', " ")).unwrap();
        }
    }
    declared
}

/// (S5, S6) Every combination of the sources: the strongest definition counts whole, and the log names all places.
#[test]
fn the_strongest_source_counts_whole() {
    let all = (1..1_u32 << SOURCES.len()).fold(String::new(), |mut all, present| {
        let sources = SOURCES.iter().enumerate().filter(|(bit, _)| present >> bit & 1 == 1);
        let sources: Vec<&str> = sources.map(|(_, source)| *source).collect();
        let outcome = declaring(&sources).build();
        assert_eq!(outcome.status, Some(0), "{}", outcome.all());
        writeln!(all, "{}\n{}", sources.join(", "), declared(&outcome)).unwrap();
        all
    });
    assert_data_eq!(all, Data::read_from(&manifest("tests/configuration/precedence.txt"), None).raw());
}

/// (S5) It is decided type by type.
#[test]
fn every_type_has_its_own_winner() {
    let app = App::procfile("web: p\nworker: p\n")
        .binding("b", "type", "Procfile")
        .binding("b", "Procfile", "web: b\n")
        .file("project.toml", "[io.octopilot.processes]\nweb = \"t\"\nworker = \"t\"\nbeat = \"t\"\n")
        .env("BP_PROCFILE_DEFAULT_PROCESS", "v");
    assert_data_eq!(
        without_columns(&app.build().stdout),
        str![[r#"
octopilot/procfile [VERSION]
  Read [PLATFORM]/bindings/b/Procfile, Procfile, project.toml, BP_PROCFILE_DEFAULT_PROCESS

  Process types
    web (default) [PLATFORM]/bindings/b/Procfile:1 b
      exec form, without a shell
      overrides Procfile:1, project.toml:2, BP_PROCFILE_DEFAULT_PROCESS
    worker Procfile:2 p
      exec form, without a shell
      overrides project.toml:3
    beat project.toml:4 t
      exec form, without a shell

  How to run them
    Docker Kubernetes
    docker run IMAGE command: ["web"]
    docker run --entrypoint worker IMAGE command: ["worker"]
    docker run --entrypoint beat IMAGE command: ["beat"]

"#]]
        .raw()
    );
}

/// What became of a build, in a line: the file that was read, or the errors.
fn fate(outcome: &Outcome) -> String {
    let errors: Vec<&str> = outcome.stderr.lines().filter(|line| line.starts_with("error[")).collect();
    if errors.is_empty() {
        let read = outcome.stdout.lines().find(|line| line.starts_with("  Read ")).unwrap_or("nothing");
        read.trim().to_string()
    } else {
        errors.join(" | ")
    }
}

/// Values of a variable that names a file; `USUAL` is the usual name of that, and `APP` the app directory.
const VALUES: [&str; 42] = [
    "", " ", "deploy", "deploy/", "deploy//", " deploy ", "./deploy", "deploy/../deploy", "empty/../deploy", ".",
    "a b/é", "USUAL", "named", "named/", "deploy/USUAL", "link", "link/USUAL", "file-link", "up", "APP", "APP/deploy",
    "APP/named", "APP/../app/named", "../app/named", "gone", "empty", "gone/../deploy", "named/x", "directory", "fifo",
    "nowhere", "loop", "out", "file-out", "../outside", "../outside/USUAL", "../gone", "APP/../outside", "/",
    "/etc/passwd", "/gone", "~",
];

/// What each of them leads to.
fn fates(variable: &str, usual: &str, content: &str) -> String {
    let outside = tempfile::tempdir().unwrap();
    let app = || {
        ["", "deploy/", "a b/é/", "../outside/"]
            .iter()
            .fold(App::new(), |app, directory| app.file(&format!("{directory}{usual}"), content))
            .file("named", content)
            .directory("empty")
            .directory(&format!("directory/{usual}"))
            .link("link", "deploy")
            .link("file-link", format!("deploy/{usual}"))
            .link("up", "deploy/../../app/named")
            .link("out", outside.path())
            .link("file-out", "/etc/passwd")
            .link("nowhere", "gone")
            .link("loop", "loop")
            .fifo("fifo")
    };
    VALUES.iter().fold(String::new(), |mut all, value| {
        let app = app();
        let path = app.path().to_string_lossy().into_owned();
        let outcome = app.env(variable, &value.replace("USUAL", usual).replace("APP", &path)).build();
        writeln!(all, "{value:?}: {}", fate(&outcome)).unwrap();
        all
    })
}

/// (C1) The Procfile may be anywhere in the app; an empty value counts as unset.
#[test]
fn the_procfile_is_in_the_app() {
    assert_data_eq!(
        fates("BP_PROCFILE_PATH", "Procfile", "web: x\n"),
        str![[r#"
"": Read Procfile
" ": Read Procfile
"deploy": Read deploy/Procfile
"deploy/": Read deploy/Procfile
"deploy//": Read deploy/Procfile
" deploy ": Read deploy/Procfile
"./deploy": Read ./deploy/Procfile
"deploy/../deploy": Read deploy/../deploy/Procfile
"empty/../deploy": Read empty/../deploy/Procfile
".": Read ./Procfile
"a b/é": Read a b/é/Procfile
"USUAL": Read Procfile
"named": Read named
"named/": Read named
"deploy/USUAL": Read deploy/Procfile
"link": Read link/Procfile
"link/USUAL": Read link/Procfile
"file-link": Read file-link
"up": Read up
"APP": Read [APP]/Procfile
"APP/deploy": Read [APP]/deploy/Procfile
"APP/named": Read [APP]/named
"APP/../app/named": Read [APP]/../app/named
"../app/named": Read ../app/named
"gone": error[path-not-found]: there is no file `gone` in the app
"empty": error[path-not-found]: there is no file `empty/Procfile` in the app
"gone/../deploy": error[path-not-found]: there is no file `gone/../deploy` in the app
"named/x": error[path-not-found]: there is no file `named/x` in the app
"directory": error[not-a-file]: this is a directory, not a file
"fifo": error[not-a-file]: this is a named pipe, not a file
"nowhere": error[broken-link]: this file is a link to a file that does not exist
"loop": error[unreadable-file]: this file cannot be read: Too many levels of symbolic links (os error 40)
"out": error[outside-app]: this file is outside the app directory
"file-out": error[outside-app]: this file is outside the app directory
"../outside": error[outside-app]: this file is outside the app directory
"../outside/USUAL": error[outside-app]: this file is outside the app directory
"../gone": error[outside-app]: this file is outside the app directory
"APP/../outside": error[outside-app]: this file is outside the app directory
"/": error[outside-app]: this file is outside the app directory
"/etc/passwd": error[outside-app]: this file is outside the app directory
"/gone": error[outside-app]: this file is outside the app directory
"~": error[path-not-found]: there is no file `~` in the app

"#]]
        .raw()
    );
}

/// (C2) So may the project.toml, with the same answers.
#[test]
fn the_project_toml_is_in_the_app() {
    let of_procfile = fates("BP_PROCFILE_PATH", "Procfile", "web: x\n").replace("Procfile", "project.toml");
    let of_project_toml = fates("BP_PROCFILE_DESCRIPTOR", "project.toml", "[io.octopilot.processes]\nweb = 'x'\n");
    assert_data_eq!(of_project_toml, of_procfile.raw());
}

/// (C1, C2, D4) What the user reads where there is no such file, and that detect says it too.
#[test]
fn missing_files_are_shown_in_the_variable() {
    let app = App::procfile("web: x\n")
        .file("project.toml", "[io.octopilot.processes]\nweb = 'x'\n")
        .directory("deploy")
        .env("BP_PROCFILE_PATH", "deploy/")
        .env("BP_PROCFILE_DESCRIPTOR", "gone.toml");
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 1
--- standard error
error[path-not-found]: there is no file `deploy/Procfile` in the app
 --> BP_PROCFILE_PATH:1:1
  |
1 | deploy/
  | ^^^^^^^ no such file
  |
  = help: set it to a path relative to the app directory, or unset the variable

error[path-not-found]: there is no file `gone.toml` in the app
 --> BP_PROCFILE_DESCRIPTOR:1:1
  |
1 | gone.toml
  | ^^^^^^^^^ no such file
  |
  = help: set it to a path relative to the app directory, or unset the variable

error: no process types were written because of 2 errors

"#]]
        .raw()
    );
    assert_eq!(app.detect().all(), app.build().all());
}

/// (S4, C3) The variable gives `web` a command where no source names it; an empty value counts as unset.
#[test]
fn the_default_process_is_the_last_resort() {
    for (app, expected) in [
        (App::new().env("BP_PROCFILE_DEFAULT_PROCESS", "v"), "Read BP_PROCFILE_DEFAULT_PROCESS"),
        (App::procfile("worker: x\n").env("BP_PROCFILE_DEFAULT_PROCESS", " "), "Read Procfile"),
        (
            App::procfile("worker: x\n").env("BP_PROCFILE_DEFAULT_PROCESS", "v"),
            "Read Procfile, BP_PROCFILE_DEFAULT_PROCESS",
        ),
        (
            App::new().env("BP_PROCFILE_DEFAULT_PROCESS", "a\u{7}"),
            "error[control-character]: unexpected control character U+0007",
        ),
    ] {
        assert_eq!(fate(&app.build()), expected);
    }
}

/// (C4-C9) Wrong values of all variables are told in one build, each with what is accepted.
#[test]
fn wrong_values_are_told_together() {
    let app = App::procfile("web: x\n")
        .env("BP_PROCFILE_DEFAULT_TYPE", "wbe")
        .env("BP_PROCFILE_SHELL", "zsh")
        .env("BP_DIRECT_PROCESS", "yes")
        .env("BP_PROCFILE_STRICT", "on")
        .env("BP_PROCFILE_ALLOW", "no-defualt");
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 1
--- standard error
error[unknown-default-type]: there is no process type `wbe`
 --> BP_PROCFILE_DEFAULT_TYPE:1:1
  |
1 | wbe
  | ^^^ not declared
  |
  = help: did you mean `web`?
  = help: the only process type is `web`

error[invalid-value]: BP_PROCFILE_SHELL does not accept the value `zsh`
 --> BP_PROCFILE_SHELL:1:1
  |
1 | zsh
  | ^^^ not a valid value
  |
  = help: set it to `auto`, `bash`, `sh` or `none`, or unset it

error[invalid-value]: BP_DIRECT_PROCESS does not accept the value `yes`
 --> BP_DIRECT_PROCESS:1:1
  |
1 | yes
  | ^^^ not a valid value
  |
  = help: set it to `true`, `false`, `1` or `0`, or unset it

error[invalid-value]: BP_PROCFILE_STRICT does not accept the value `on`
 --> BP_PROCFILE_STRICT:1:1
  |
1 | on
  | ^^ not a valid value
  |
  = help: set it to `true`, `false`, `1` or `0`, or unset it

error[unknown-warning]: there is no warning or note `no-defualt`
 --> BP_PROCFILE_ALLOW:1:1
  |
1 | no-defualt
  | ^^^^^^^^^^ not the name of a warning or note
  |
  = help: did you mean `no-default`?

error: no process types were written because of 5 errors

"#]]
        .raw()
    );
    assert_eq!(app.detect().all(), "exit status 0\n");
}

/// (C8) Near misses of accepted values are not guessed.
#[test]
fn values_are_not_guessed() {
    for variable in ["BP_PROCFILE_STRICT", "BP_DIRECT_PROCESS"] {
        for value in ["yes", "no", "on", "off", "t", "2", "01", "true false", "true,", "'true'", "\u{ff11}"] {
            let expected = format!("error[invalid-value]: {variable} does not accept the value `{value}`");
            assert_eq!(fate(&App::procfile("web: x\n").env(variable, value).build()), expected, "{variable}");
        }
    }
    for value in ["dash", "/bin/bash", "bash -e", "true", "bash,sh"] {
        let expected = format!("error[invalid-value]: BP_PROCFILE_SHELL does not accept the value `{value}`");
        assert_eq!(fate(&App::procfile("web: x\n").env("BP_PROCFILE_SHELL", value).build()), expected);
    }
}

/// (C8) Booleans in any case; an empty value counts as unset.
#[test]
fn booleans_are_read_in_any_case() {
    let answers = |app: fn() -> App, variable: &str, value: &str| app().env(variable, value).build();
    let warned = || App::procfile("web : x $y\n");
    for (value, is_true) in [
        ("true", true),
        ("TRUE", true),
        ("tRuE", true),
        (" true\n", true),
        ("1", true),
        ("false", false),
        ("FALSE", false),
        ("False", false),
        ("0", false),
        ("", false),
        (" ", false),
    ] {
        let strict = answers(warned, "BP_PROCFILE_STRICT", value);
        assert_eq!(strict.status, Some(i32::from(is_true)), "{value:?}");
        let direct = answers(warned, "BP_DIRECT_PROCESS", value);
        assert_eq!(direct.stdout.contains("static launcher"), is_true, "{value:?}");
        assert_eq!(direct.stdout.contains("bash runs"), !is_true, "{value:?}");
    }
}

/// (C4) The default type is compared as written, since types are kept as written (P5).
#[test]
fn the_default_type_is_compared_as_written() {
    for (value, expected) in [
        ("worker", "Read Procfile, BP_PROCFILE_DEFAULT_TYPE"),
        (" worker ", "Read Procfile, BP_PROCFILE_DEFAULT_TYPE"),
        ("Worker", "error[unknown-default-type]: there is no process type `Worker`"),
        ("web,worker", "error[unknown-default-type]: there is no process type `web,worker`"),
        ("", "Read Procfile"),
    ] {
        let app = App::procfile("web: x\nworker: x\n").env("BP_PROCFILE_DEFAULT_TYPE", value);
        assert_eq!(fate(&app.build()), expected, "{value:?}");
    }
}

/// A variable of the process, which the operator of the builder sets, wins over the platform's.
#[test]
fn the_operators_variables_win() {
    let app = || App::procfile("web: x\n").file("other", "web: y\n").env("BP_PROCFILE_PATH", "gone");
    assert_eq!(fate(&app().process_env("BP_PROCFILE_PATH", "other").build()), "Read other");
    assert_eq!(fate(&app().process_env("BP_PROCFILE_PATH", "").build()), "Read Procfile");
}
