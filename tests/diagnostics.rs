//! Every diagnostic has a page, `docs/diagnostics/NAME.md`, and the example of the page is its test (O2, P9).
//!
//! The page shows the files of an app and the variables of the platform, and then what the build says. A test makes that
//! app, builds it, and compares. What a page cannot show (a link, a megabyte, a mode) is made by a script,
//! `tests/diagnostics/NAME/setup`, which runs in the app directory; `$PLATFORM` is the directory of the platform.

pub(crate) mod page;
mod paste;

use crate::support::{App, BINARY, files, manifest, without_pages};
use octopilot_procfile::catalogue;
use octopilot_procfile::diagnostics::{Listed, Severity};
use octopilot_procfile::text::is_invisible;
use page::Page;
use snapbox::{Data, IntoData, assert_data_eq, str};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// The pages of all diagnostics.
pub(crate) fn pages() -> impl Iterator<Item = (Listed, Page)> {
    catalogue::all().map(|listed| (listed, Page::read(listed.0)))
}

#[test]
fn every_page_shows_what_the_build_says() {
    for ((name, severity), page) in pages() {
        let outcome = page.app().build();
        let header = format!("{}[{name}]: ", severity.word());
        assert!(outcome.stderr.contains(&header), "{name} is not provoked:\n{}", outcome.all());
        let status = i32::from(outcome.stderr.contains("error["));
        assert_eq!(outcome.status, Some(status), "{name}");
        let declares = outcome.stdout.contains("Process types");
        assert_eq!(!outcome.layers.is_empty(), declares, "{name}: layers are written only if there is no error");
        assert_data_eq!(page.with_output(&outcome.stderr), Data::read_from(&page.path(), None).raw());
    }
}

#[test]
fn every_message_is_whole_sentences() {
    for ((name, _), page) in pages() {
        for line in page.output().lines() {
            let is_words = ["error", "warning", "note", "  = help"].iter().any(|start| line.starts_with(start));
            assert!(
                !is_words
                    || !line.ends_with([' ', '\\', ':'])
                    || line.ends_with("lines:")
                    || line.ends_with("this one:"),
                "{name}: {line}"
            );
            assert!(!line.contains("{}") && !line.contains("``"), "{name}: {line}");
            assert!(line.chars().all(|c| !c.is_control() && !is_invisible(c)), "{name}: {line:?}");
        }
    }
}

#[test]
fn every_fix_builds_without_a_message() {
    for ((name, _), page) in pages() {
        let fixes = page.fixes();
        assert!(!fixes.is_empty(), "{name}.md has no block marked as fixed");
        for fix in fixes {
            let mut app = page.app_with(fix);
            // A process type may well be called `release`.
            if name != "release" && name != "unknown-warning" {
                app = app.env("BP_PROCFILE_ALLOW", "release");
            }
            let outcome = app.build();
            assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{name}");
            assert!(outcome.layers.contains_key("launch.toml"), "{name}: {}", outcome.all());
        }
    }
}

#[test]
fn every_page_has_its_parts() {
    for ((name, severity), page) in pages() {
        let text = page.text();
        let start = format!("# `{name}`\n\n**{}**: ", capitalized(severity.word()));
        assert!(text.starts_with(&start), "{name}.md starts with another line");
        let sections: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        if severity == Severity::Error {
            assert_eq!(sections, ["Example", "Fix"], "{name}.md");
        } else {
            assert_eq!(sections, ["Example", "Fix", "Ignore"], "{name}.md");
            let end = format!("\n\nTurn the {} off with `BP_PROCFILE_ALLOW={name}`.\n", severity.word());
            assert!(text.ends_with(&end), "{name}.md ends with another line than {end}");
        }
    }
}

fn capitalized(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

/// (C9) What the page of every warning and note ends with is true.
#[test]
fn every_warning_and_note_can_be_allowed() {
    for ((name, _), page) in pages().filter(|((_, severity), _)| *severity != Severity::Error) {
        let outcome = page.app().env("BP_PROCFILE_ALLOW", name).build();
        assert_eq!(outcome.status, Some(0), "{name}: {}", outcome.all());
        assert!(!outcome.stderr.contains(&format!("[{name}]")), "{}", outcome.all());
    }
}

/// docs/diagnostics.md lists every diagnostic by stage, with the first sentence of its page; there is no other page.
#[test]
fn the_index_is_made_from_the_pages() {
    let path = manifest("docs/diagnostics.md");
    let text = fs::read_to_string(&path).unwrap();
    let (head, _) = text.split_once("\n## ").unwrap();
    let mut index = head.to_string();
    for (stage, listed) in catalogue::STAGES {
        write!(index, "\n## {stage}\n\n| name | severity | meaning |\n|---|---|---|\n").unwrap();
        for (name, severity) in listed {
            let meaning = Page::read(name).meaning().replace('|', "\\|");
            writeln!(index, "| [`{name}`](diagnostics/{name}.md) | {} | {meaning} |", severity.word()).unwrap();
        }
    }
    assert_data_eq!(index, Data::read_from(&path, None).raw());
    let written: BTreeSet<PathBuf> = files(&manifest("docs/diagnostics")).into_iter().collect();
    assert_eq!(written, pages().map(|(_, page)| page.path()).collect());
    let names: BTreeSet<&str> = catalogue::all().map(|(name, _)| name).collect();
    assert_eq!(catalogue::all().count(), names.len(), "two diagnostics of one name");
    for directory in fs::read_dir(manifest("tests/diagnostics")).unwrap().map(Result::unwrap) {
        let name = directory.file_name().into_string().unwrap();
        assert!(directory.path().is_file() || names.contains(name.as_str()), "tests/diagnostics/{name}");
    }
}

/// A file without read permission. Root can read every file, so root asks as another user.
#[test]
fn an_unreadable_file_reads_as_its_snapshot() {
    let app = App::procfile("web: x\n");
    let mode = |path: PathBuf, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    mode(app.path().join("Procfile"), 0o000);
    let root = app.path().parent().unwrap().to_path_buf();
    mode(root.clone(), 0o755);
    let program = root.join("octopilot-procfile");
    // Another program copies it: a program that this one has open for writing cannot be started.
    assert!(Command::new("cp").arg(BINARY).arg(&program).status().unwrap().success());
    let mut command = Command::new(&program);
    if fs::metadata(&root).unwrap().uid() == 0 {
        command.uid(65534);
    }
    let output = command.arg(app.path()).env_clear().output().unwrap();
    assert_data_eq!(
        without_pages(&String::from_utf8(output.stderr).unwrap()),
        str![[r#"
error[unreadable-file]: this file cannot be read: Permission denied (os error 13)
--> Procfile
 = help: let every user read it: `chmod a+r FILE`, and `chmod a+x` for its directories

error: no process types were written because of 1 error

"#]]
        .raw()
    );
}

/// (P7) Steps that `&&` would not join as intended are not joined in the help.
#[test]
fn release_steps_with_syntax_are_not_joined() {
    let app = App::procfile("release: python migrate.py # first\nrelease: python check.py\n");
    let app = app.file("migrate.py", "").file("check.py", "");
    assert_data_eq!(
        app.build().stderr,
        str![[r#"
warning[duplicate-name]: the process type `release` is declared more than once
 --> Procfile:2:1
  |
2 | release: python check.py
  | ^^^^^^^ this replaces the earlier definition
  |
 ::: Procfile:1:1
  |
1 | release: python migrate.py # first
  | ------- replaced by the later definition
  |
  = help: to run all steps, join them with `&&` on one line, or move them into a script

note[release]: most platforms do not run the process type `release` automatically
 --> Procfile:2:1
  |
2 | release: python check.py
  | ^^^^^^^ only a few platforms, such as Heroku, run it automatically
  |
  = help: run it before each deployment, in a Kubernetes Job, an init container or a deploy hook, or with `docker run --entrypoint release IMAGE`

warning[no-default]: no process type is the default, so `docker run IMAGE` starts nothing
 --> Procfile:2:1
  |
2 | release: python check.py
  | ^^^^^^^ the only process type
  |
  = help: declare a process type `web`, or set BP_PROCFILE_DEFAULT_TYPE to `release`

warning: the build continues with 2 warnings

"#]]
        .raw()
    );
}

/// However long the line, a place has the column that an editor shows, and is drawn with the text around it.
#[test]
fn places_in_long_lines_keep_their_columns() {
    let app = App::procfile(format!("web: x{}\u{7}{}\n", "\u{e9}".repeat(2000), "x".repeat(2000)));
    assert_data_eq!(app.build().stderr, str![[r#"
error[control-character]: unexpected control character U+0007
 --> Procfile:1:2007
  |
 ::: 
1 | …éééééééééééééééééééé␇xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
  |                      ^ not allowed in this file
  |
  = help: delete the character; text copied from a terminal can contain it

error: no process types were written because of 1 error

"#]].raw());
}
