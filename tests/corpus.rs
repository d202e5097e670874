//! Real Procfiles, in the directory that `PROCFILE_CORPUS` names; without the variable the test shows as ignored.
//!
//! Every line that the classic rule (`NAME: COMMAND` at the start of a line, names of letters, digits, `_`, `-`)
//! reads gives the same name and command here, or a diagnostic. `tests/corpus.txt` lists what the parser says of
//! the corpus by file and line; each was read and found right.

#![expect(unused_crate_dependencies, reason = "the library target uses them")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use libtest_mimic::{Arguments, Trial};
use octopilot_procfile::catalogue;
use octopilot_procfile::diagnostics::{Diagnostics, Severity};
use octopilot_procfile::parse::Command;
use octopilot_procfile::parse::procfile::parse;
use octopilot_procfile::text::{Source, Text, decode};
use serde_json::Value;
use snapbox::{Data, IntoData, assert_data_eq};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

fn main() -> ExitCode {
    let corpus = std::env::var_os("PROCFILE_CORPUS").map(PathBuf::from);
    let trials = [
        ("corpus_is_read_as_elsewhere", reads_as_elsewhere as fn(&[PathBuf])),
        ("corpus_gets_right_advice", advice_is_right),
        ("corpus_gets_right_notes", notes_are_right),
        ("corpus_is_fixed_once", fixes_are_right),
    ];
    let trials = trials.into_iter().map(|(name, test)| {
        let (unset, corpus) = (corpus.is_none(), corpus.clone());
        let run = move || {
            test(&files(&corpus.expect("PROCFILE_CORPUS is not set")));
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(unset)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn files(corpus: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 286, "{} files", paths.len());
    paths
}

/// (O4) Advice on the corpus is what `tests/advice.tsv` lists, a line each: place, warning, and how somebody who read
/// the Procfile labelled it. `right` is what is true, and worth acting on for an image that is to run this Procfile;
/// `arguable` is true, and may be meant so; `wrong` is not true.
fn advice_is_right(paths: &[PathBuf]) {
    let given: Vec<String> = paths.iter().flat_map(|path| advice(path)).collect();
    let labels: Vec<Vec<&str>> =
        include_str!("advice.tsv").lines().map(|line| line.split('\t').collect::<Vec<_>>()).collect();
    let listed: Vec<String> = labels.iter().map(|row| format!("{} {}\n", row[0], row[1])).collect();
    assert_data_eq!(given.concat(), listed.concat().raw());
    let count = |label: &str| labels.iter().filter(|row| row[2] == label).count();
    assert_eq!((count("right"), count("arguable"), count("wrong"), labels.len()), (39, 1, 0, 40));
    assert!(count("right") * 100 >= labels.len() * 95);
}

/// (O6) The notes on ports are those that `tests/notes.txt` lists by file and line; each was read and found right.
fn notes_are_right(paths: &[PathBuf]) {
    let given: Vec<String> = paths.iter().flat_map(|path| said(path, &["note[unset-port]".to_string()])).collect();
    assert_data_eq!(given.concat(), Data::read_from(Path::new("tests/notes.txt"), None).raw());
}

/// (L3) `--fix` writes the files that `tests/fix/corpus.txt` lists, with the number of lines that get another text; each
/// was read and found right. Then the Procfile builds, process types in other lines run what they ran, and a second run
/// finds nothing to write.
fn fixes_are_right(paths: &[PathBuf]) {
    let given: Vec<String> = paths.iter().map(|path| fixed(path)).collect();
    assert_data_eq!(given.concat(), Data::read_from(Path::new("tests/fix/corpus.txt"), None).raw());
}

/// How many lines of a Procfile `--fix` writes.
fn fixed(path: &Path) -> String {
    let app = tempfile::tempdir().unwrap();
    let file = path.file_name().unwrap().to_string_lossy();
    std::fs::copy(path, app.path().join("Procfile")).unwrap();
    let preview = |arguments: &[&str]| {
        let mut preview = Process::new(env!("CARGO_BIN_EXE_octopilot-procfile"));
        let output = preview.args(arguments).current_dir(app.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (_, before) = preview(&["--format", "json"]);
    let (status, diff) = preview(&["--diff"]);
    let (fixed, _) = preview(&["--fix"]);
    if diff.is_empty() {
        assert_eq!(std::fs::read(path).unwrap(), std::fs::read(app.path().join("Procfile")).unwrap(), "{file}");
        return String::new();
    }
    assert_eq!((status, fixed), (Some(1), Some(0)), "{file}: {diff}");
    let (_, after) = preview(&["--format", "json"]);
    let commands = |json: &str| {
        let json: Value = serde_json::from_str(json).unwrap();
        let run = |one: &Value| (one["type"].to_string(), format!("{}{}", one["command"], one["args"]));
        json["processes"].as_array().unwrap().iter().map(run).collect::<BTreeMap<_, _>>()
    };
    let after = commands(&after);
    for (name, command) in commands(&before) {
        let is_written = diff.contains(&format!("\n+{}:", name.trim_matches('"')));
        assert!(is_written || after[&name] == command, "{file}: {name}");
    }
    assert_eq!(preview(&["--diff"]).1, "", "{file}");
    format!("{file} {}\n", diff.lines().filter(|line| line.starts_with('+')).count() - 1)
}

/// The advice on a Procfile that the preview gives. Programs of its app are not in the corpus.
fn advice(path: &Path) -> Vec<String> {
    let (_, advice) = catalogue::STAGES.into_iter().find(|(stage, _)| *stage == "Advice on commands").unwrap();
    let names = advice.iter().map(|(name, _)| *name).chain(["shell-stays"]);
    said(path, &names.map(|name| format!("warning[{name}]")).collect::<Vec<_>>())
}

/// What the preview says of a Procfile, of the diagnostics that start with these headers.
fn said(path: &Path, headers: &[String]) -> Vec<String> {
    let app = tempfile::tempdir().unwrap();
    let file = path.file_name().unwrap().to_string_lossy();
    // A name that ends in `.dev` says what the file is for.
    let name = if file.ends_with(".dev") { "Procfile.dev" } else { "Procfile" };
    std::fs::copy(path, app.path().join(name)).unwrap();
    let mut preview = Process::new(option_env!("TEST_BINARY").unwrap_or(env!("CARGO_BIN_EXE_octopilot-procfile")));
    let preview = preview
        .arg(app.path())
        .env("BP_PROCFILE_ALLOW", "missing-program,missing-directory")
        .env("BP_PROCFILE_PATH", name);
    let output = preview.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let found = lines.windows(2).filter_map(|pair| {
        let header = headers.iter().find(|header| pair[0].starts_with(*header))?;
        let line = pair[1].split(':').nth(1).unwrap();
        Some(format!("{file}:{line} {}\n", header.split(['[', ']']).nth(1)?))
    });
    found.collect()
}

/// (P1 to P8) The whole corpus.
fn reads_as_elsewhere(paths: &[PathBuf]) {
    let (mut diagnosed, mut compared) = (String::new(), 0);
    for path in paths {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        compared += compare(&file, std::fs::read(path).unwrap(), &mut diagnosed);
    }
    assert!(compared >= 390, "only {compared} entries were compared");
    assert_data_eq!(diagnosed, Data::read_from(Path::new("tests/corpus.txt"), None).raw());
}

/// Compares a file with the classic rule, line by line, and adds its diagnostics to `diagnosed`.
fn compare(file: &str, bytes: Vec<u8>, diagnosed: &mut String) -> usize {
    let text = Text::new(file, decode(bytes).0);
    let mut problems = Diagnostics::default();
    let processes = parse(&text.content, Source::Procfile, &mut problems);
    let mut ours: BTreeMap<usize, (String, String)> = BTreeMap::new();
    for process in processes {
        let Command::Line(command) = process.command.unwrap().value else { panic!("a Procfile has only lines") };
        let line = text.position(process.name.at.start).line;
        ours.insert(line, (process.name.value.to_string(), command.to_string()));
    }
    let mut excused: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for diagnostic in problems.in_file_order() {
        let line = text.position(diagnostic.at.start).line;
        writeln!(diagnosed, "{file}:{line} {}", diagnostic.name).unwrap();
        // The earlier line of a repeated name is the one that is dropped.
        let dropped = diagnostic.related.map(|related| text.position(related.start).line);
        if diagnostic.severity == Severity::Error || dropped.is_some() {
            excused.entry(dropped.unwrap_or(line)).or_default().push(diagnostic.name);
        }
    }
    let classic = classic(&text.content);
    for (line, entry) in &classic {
        match ours.remove(line) {
            Some(read) if read == *entry => {}
            None if excused.contains_key(line) => {}
            read => panic!("{file}:{line}: {entry:?} is read as {read:?}"),
        }
    }
    for (line, entry) in ours {
        // What only we read is an entry that others lose, and was warned about.
        let warned = diagnosed.contains(&format!("{file}:{line} blank-before-"));
        assert!(warned, "{file}:{line}: {entry:?} is an entry only here");
    }
    classic.len()
}

/// What the classic rule reads, by line.
fn classic(content: &str) -> BTreeMap<usize, (String, String)> {
    let lines = content.split('\n').enumerate();
    let entries = lines.filter_map(|(index, line)| {
        let line = line.trim_end_matches('\r');
        let (name, command) = line.split_once(':')?;
        let valid = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        (valid && !command.trim().is_empty()).then(|| (index + 1, (name.to_string(), command.trim().to_string())))
    });
    entries.collect()
}
