//! The apps of `examples/`: a snapshot of each in `tests/examples`, and the list in `examples/README.md`.

use crate::support::{BINARY, files, manifest, without_pages};
use snapbox::{Data, assert_data_eq};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Directories that configure a platform or a builder, and hold no app.
const NO_APPS: [&str; 2] = ["builder", "kpack"];

/// The paths in `examples/` of the apps: of the directories with a file that a buildpack may read.
fn apps() -> BTreeSet<String> {
    let root = manifest("examples");
    let read = |path: &PathBuf| ["Procfile", "project.toml"].iter().any(|name| path.ends_with(name));
    let name = |path: PathBuf| path.parent().unwrap().strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    files(&root).into_iter().filter(read).map(name).collect()
}

fn preview(app: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    command.args(arguments).arg(manifest("examples").join(app)).env_clear();
    if app == "shell-less" {
        command.env("CNB_STACK_ID", "example.tiny");
    }
    command.output().unwrap()
}

/// Every example is an app, or holds some.
#[test]
fn every_example_is_known() {
    let directories = fs::read_dir(manifest("examples")).unwrap().map(|entry| entry.unwrap());
    let names = directories
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap());
    let expected: BTreeSet<String> = names.filter(|name| !NO_APPS.contains(&name.as_str())).collect();
    let found = apps().iter().map(|app| app.split('/').next().unwrap().to_string()).collect();
    assert_eq!(expected, found);
}

/// (L1) What the user of each example reads, in which there is no warning.
#[test]
fn every_example_reads_as_its_snapshot() {
    let snapshots = manifest("tests/examples");
    for app in apps() {
        let Output { status, stdout, stderr } = preview(&app, &[]);
        let mut all = format!("{status}\n");
        for (name, bytes) in [("standard output", stdout), ("standard error", stderr)] {
            if !bytes.is_empty() {
                write!(all, "--- {name}\n{}", without_pages(&String::from_utf8(bytes).unwrap())).unwrap();
            }
        }
        let all = all
            .replace(&*manifest("examples").join(&app).to_string_lossy(), "[APP]")
            .replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        assert!(!all.contains("warning"), "{app}: {all}");
        let snapshot = snapshots.join(format!("{app}.txt"));
        assert_data_eq!(all, Data::read_from(&snapshot, None).raw());
    }
    let name = |path: PathBuf| path.strip_prefix(&snapshots).unwrap().with_extension("").to_string_lossy().into_owned();
    assert_eq!(files(&snapshots).into_iter().map(name).collect::<BTreeSet<_>>(), apps());
}

/// examples/README.md lists the apps with their process types, the default one first.
#[test]
fn the_readme_lists_the_examples() {
    let page = fs::read_to_string(manifest("examples/README.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            (cells[0].trim_matches('`').to_string(), cells[2].to_string())
        })
        .collect::<BTreeSet<_>>();
    let expected = apps().into_iter().map(|app| {
        let types = process_types(&app);
        (app, types)
    });
    assert_eq!(listed, expected.collect());
}

/// The process types of an app as the table has them.
fn process_types(app: &str) -> String {
    let output = preview(app, &["--format", "json"]);
    if output.status.code() == Some(100) {
        return "none".to_string();
    }
    let preview: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut processes = preview["processes"].as_array().unwrap().clone();
    processes.sort_by_key(|process| process["default"] != true);
    let names: Vec<String> =
        processes.iter().map(|process| format!("`{}`", process["type"].as_str().unwrap())).collect();
    names.join(", ")
}
