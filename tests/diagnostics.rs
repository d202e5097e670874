//! Every diagnostic there is, rendered from the file that provokes it (O2, P9).
//!
//! `tests/diagnostics/NAME/app` is an app directory that provokes the diagnostic NAME, in all its wordings;
//! what a repository cannot hold (a FIFO, a megabyte, a variable) is made below. `expected.txt` beside it is all
//! that the user then reads.

use crate::support::{App, files, manifest};
use octopilot_procfile::diagnostics::{Diagnostics, Problem, Severity, Span};
use octopilot_procfile::render::render;
use octopilot_procfile::root_dir::Refusal;
use octopilot_procfile::sources::{FileProblem, Source, Sources};
use octopilot_procfile::text::{Text, is_invisible};
use snapbox::{Data, IntoData, assert_data_eq, str};
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;

/// The app of a case.
pub(crate) fn app(name: &str) -> App {
    let mut app = App::new();
    let fixture = manifest("tests/diagnostics").join(name).join("app");
    if fixture.is_dir() {
        for path in files(&fixture) {
            let relative = path.strip_prefix(&fixture).unwrap().to_string_lossy().into_owned();
            app = app.file(&relative, fs::read(&path).unwrap());
            fs::set_permissions(app.path().join(&relative), fs::metadata(&path).unwrap().permissions()).unwrap();
        }
    }
    match name {
        "empty-command" => app.env("BP_PROCFILE_DEFAULT_PROCESS", "# node server.js"),
        "invalid-value" => app.env("BP_PROCFILE_SHELL", "zsh").env("BP_DIRECT_PROCESS", "yes"),
        "needs-shell" | "script-needs-shell" => app.env("BP_PROCFILE_SHELL", "none"),
        "broken-link" => app.link("Procfile", "deploy/Procfile").link("project.toml", "../project.toml"),
        "outside-app" => app.link("Procfile", "/etc/passwd"),
        "not-a-file" => app.fifo("Procfile").directory("project.toml"),
        "unreadable-file" => app.link("Procfile", "Procfile").env("BP_PROCFILE_DESCRIPTOR", &"x".repeat(300)),
        "file-too-large" => app.file("Procfile", "#".repeat(1024 * 1024 + 1)),
        "invalid-encoding" => app
            .file("Procfile", b"# fine\nweb: echo caf\xE9\nworker no colon")
            .file("project.toml", b"\xFE\xFF\0a\0=\0'\xD8\0\0'"),
        "utf-16" => app.file("Procfile", utf16("web: gunicorn app:app\r\n")),
        "control-character" => {
            app.file("Procfile", "web: \x1b[31mecho\nworker: a\x07b\nbeat: a\u{9b}31mb\nclock: a\0b\nnever read")
        }
        "invisible-character" => app
            .file("Procfile", "web:\u{a0}node\u{a0}server.js\u{200b}\nworker: \u{202e}sj.rekrow edon\n")
            .file("project.toml", "[io.octopilot.processes]\nclock = \"node\\u00a0clock.js\"\n"),
        "too-many-processes" => {
            let many =
                |head: &str, line: fn(usize) -> String| (0..=10_000).fold(head.to_string(), |all, n| all + &line(n));
            let launch_shape = many("", |n| format!("[[io.buildpacks.processes]]\ntype = \"l{n}\"\ncommand = \"x\"\n"));
            let ours = many("[io.octopilot.processes]\n", |n| format!("w{n} = \"x\"\n"));
            app.file("Procfile", many("", |n| format!("w{n}: x\n"))).file("project.toml", ours + &launch_shape)
        }
        "too-long" => {
            let long = "x".repeat(128 * 1024);
            let table = format!("command = [\"echo\", \"{long}\"]\nargs = [\"{long}\"]\nenv = {{ A = \"{long}\" }}\n");
            app.file("Procfile", format!("web: {long}\n")).file(
                "project.toml",
                format!("[io.octopilot.processes]\nweb = \"{long}\"\n[io.octopilot.processes.b]\n{table}"),
            )
        }
        "too-many-variables" => {
            let variables: Vec<String> = (0..=1000).map(|n| format!("A{n} = \"x\"")).collect();
            let table = format!("command = \"x\"\nenv = {{ {} }}\n", variables.join(", "));
            app.file("project.toml", format!("[io.octopilot.processes.web]\n{table}"))
        }
        "no-binding-entry" => app.binding("processes", "type", "Procfile").binding("processes", "procfile", "web: x\n"),
        "several-bindings" => app
            .binding("a", "type", "Procfile")
            .binding("a", "Procfile", "web: x\n")
            .binding("b", "type", "procfile\n")
            .binding("b", "Procfile", "web: y\n"),
        "unknown-warning" => app.env("BP_PROCFILE_ALLOW", "no-default, not-dns-lable,missing-colon, x"),
        "path-not-found" => app.env("BP_PROCFILE_PATH", "deploy/Procfile"),
        "unknown-default-type" => app.env("BP_PROCFILE_DEFAULT_TYPE", "wrker"),
        _ => app,
    }
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn directories() -> BTreeSet<String> {
    let entries = fs::read_dir(manifest("tests/diagnostics")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_diagnostic_has_a_fixture() {
    let names: BTreeSet<String> = Problem::all().map(|(name, _)| name.to_string()).collect();
    assert_eq!(Problem::all().count(), names.len(), "two diagnostics of one name");
    assert_eq!(directories(), names);
}

#[test]
fn every_diagnostic_reads_as_its_snapshot() {
    for (name, severity) in Problem::all() {
        let outcome = app(name).build();
        let header = match severity {
            Severity::Error => format!("error[{name}]: "),
            Severity::Warning => format!("warning[{name}]: "),
        };
        assert!(outcome.stderr.contains(&header), "{name} is not provoked:\n{}", outcome.all());
        let status = i32::from(outcome.stderr.contains("error["));
        assert_eq!(outcome.status, Some(status), "{name}");
        let declares = outcome.stdout.contains("Process types");
        assert_eq!(
            !outcome.layers.is_empty(),
            declares,
            "{name}: layers are written if, and only if, there is no error"
        );
        let expected = manifest("tests/diagnostics").join(name).join("expected.txt");
        assert_data_eq!(outcome.stderr, Data::read_from(&expected, None).raw());
    }
}

#[test]
fn every_diagnostic_has_whole_sentences() {
    for name in directories() {
        let text = fs::read_to_string(manifest("tests/diagnostics").join(&name).join("expected.txt")).unwrap();
        for line in text.lines() {
            let is_words = ["error", "warning", "  = help"].iter().any(|start| line.starts_with(start));
            assert!(!is_words || !line.ends_with([' ', '\\', ':']) || line.ends_with("lines:"), "{name}: {line}");
            assert!(!line.contains("{}") && !line.contains("``"), "{name}: {line}");
            assert!(line.chars().all(|c| !c.is_control() && !is_invisible(c)), "{name}: {line:?}");
        }
    }
}

/// A file that may not be read; as root there is none, so the words are rendered from the value.
#[test]
fn a_forbidden_file_reads_as_its_snapshot() {
    let mut sources = Sources::default();
    sources.add(Source::Procfile, Text::new("Procfile", String::new()));
    let mut problems = Diagnostics::default();
    let problem = FileProblem::from(Refusal::Io(ErrorKind::PermissionDenied.into()));
    problems.push(problem, Span::new(Source::Procfile, 0..0));
    assert_data_eq!(
        render(&problems, &sources, false),
        str![[r#"
error[unreadable-file]: this file cannot be read: permission denied
--> Procfile
 = help: let every user read it: `chmod a+r FILE`, and `chmod a+x` its directories

error: no process types were written because of 1 error

"#]]
        .raw()
    );
}

/// (P7) Steps that `&&` would not join as they were meant are not joined in the help.
#[test]
fn release_steps_with_syntax_are_not_joined() {
    let app = App::procfile("release: python migrate.py # first\nrelease: python check.py\n");
    assert_data_eq!(
        app.build().stderr,
        str![[r#"
warning[duplicate-name]: the process type `release` is given twice
 --> Procfile:2:1
  |
2 | release: python check.py
  | ^^^^^^^ this one counts
  |
 ::: Procfile:1:1
  |
1 | release: python migrate.py # first
  | ------- this one is dropped
  |
  = help: to run all steps, join them with `&&` on one line, or move them into a script

warning: the build goes on with 1 warning

"#]]
        .raw()
    );
}

/// However long the line, a place has the column that an editor shows, and is drawn with its surroundings.
#[test]
fn places_in_long_lines_keep_their_columns() {
    let app = App::procfile(format!("web: x{}\u{7}{}\n", "\u{e9}".repeat(2000), "x".repeat(2000)));
    assert_data_eq!(app.build().stderr, str![[r#"
error[control-character]: a control character, U+0007
 --> Procfile:1:2007
  |
 ::: 
1 | …éééééééééééééééééééé␇xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
  |                      ^ not allowed here
  |
  = help: delete the character; it may have come with text copied from a terminal

error: no process types were written because of 1 error

"#]].raw());
}
