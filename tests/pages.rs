//! The page of every diagnostic, `docs/diagnostics/NAME.md`.
//!
//! A page is written by hand, but for its example: what stands between [`MADE`] and the next heading is made from the
//! case in `tests/diagnostics/NAME`. Blocks marked as fixed (see [`fixes`]) are built.

use crate::diagnostics::app;
use crate::support::{App, files, manifest};
use octopilot_procfile::diagnostics::{Problem, Severity};
use octopilot_procfile::text::is_invisible;
use snapbox::{Data, assert_data_eq};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const MADE: &str = "<!-- Made from the tests, up to the next heading, by `SNAPSHOTS=overwrite cargo test`. -->\n\n";

/// Longer output is folded.
const LONGEST_SHOWN: usize = 80;

fn path(name: &str) -> PathBuf {
    manifest("docs/diagnostics").join(format!("{name}.md"))
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("docs/diagnostics/{name}.md: {error}"))
}

/// The app of a case, and what the build says of it, which `tests/diagnostics.rs` proves.
fn example(name: &str) -> String {
    let app = app(name);
    let mut parts = Vec::new();
    for path in files(&app.path()).into_iter().filter(|path| fs::symlink_metadata(path).unwrap().is_file()) {
        let content = String::from_utf8(fs::read(&path).unwrap()).unwrap_or_default();
        if !content.is_empty() && content.len() < 4096 {
            parts.push(block(path.strip_prefix(app.path()).unwrap().to_str().unwrap(), &content));
        }
    }
    let variables = files(&app.path().join("../platform/env")).into_iter().map(|path| {
        let value = fs::read_to_string(&path).unwrap();
        format!("`{}={value}`", path.file_name().unwrap().to_str().unwrap())
    });
    let variables: Vec<String> = variables.filter(|variable| variable.len() < 100).collect();
    let who = if variables.is_empty() { "The".to_string() } else { format!("With {}, the", variables.join(" and ")) };
    let said = fs::read_to_string(manifest("tests/diagnostics").join(name).join("expected.txt")).unwrap();
    let said = format!("```\n{}\n```\n", said.trim_end());
    parts.push(match said.lines().count() {
        ..LONGEST_SHOWN => format!("{who} build says:\n\n{said}"),
        lines => format!("<details>\n<summary>{who} build says, in {lines} lines:</summary>\n\n{said}\n</details>\n"),
    });
    parts.join("\n")
}

/// A file as a block, with what cannot be seen in it made visible.
fn block(path: &str, content: &str) -> String {
    let is_hidden = |c: &char| (c.is_control() && *c != '\n' && *c != '\t') || is_invisible(*c);
    let escaped = |c: char| if is_hidden(&c) { c.escape_unicode().to_string() } else { c.to_string() };
    let visible: String = content.trim_end_matches('\n').chars().map(escaped).collect();
    let note = if content.chars().any(|c| is_hidden(&c)) { ", with escapes for what cannot be seen in it" } else { "" };
    let language = match path {
        "Procfile" => "procfile",
        "project.toml" => "toml",
        _ => "",
    };
    format!("`{path}`{note}:\n\n```{language}\n{visible}\n```\n")
}

/// The fixes of a page: a fix is all blocks below one heading that are marked as fixed, each a path and a content.
///
/// The fence of a block says what it is: `procfile fixed`, `toml fixed` (a project.toml), `LANGUAGE fixed PATH`, or
/// `dotenv fixed` with variables, which have no path.
fn fixes(page: &str) -> Vec<Vec<(String, String)>> {
    let mut fixes = vec![Vec::new()];
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            fixes.push(Vec::new());
        }
        let Some(fence) = line.strip_prefix("```") else { continue };
        let content: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        let path = match fence.split(' ').collect::<Vec<_>>()[..] {
            ["procfile", "fixed"] => "Procfile",
            ["toml", "fixed"] => "project.toml",
            ["dotenv", "fixed"] => "",
            [_, "fixed", path] => path,
            _ => continue,
        };
        fixes.last_mut().unwrap().push((path.to_string(), content));
    }
    fixes.retain(|fix| !fix.is_empty());
    fixes
}

/// An app with a fix in place of what stood there. A file that starts with `#!` may be executed.
fn fixed(mut app: App, fix: Vec<(String, String)>) -> App {
    for (path, content) in fix {
        if path.is_empty() {
            let variables = content.lines().filter_map(|line| line.split_once('='));
            app = variables.fold(app, |app, (name, value)| app.env(name, value));
            continue;
        }
        let whole = app.path().join(&path);
        // What stands there may be a link out of the app.
        let _ = fs::remove_file(&whole).or_else(|_| fs::remove_dir(&whole));
        let mode = if content.starts_with("#!") { 0o755 } else { 0o644 };
        app = app.file(&path, content);
        fs::set_permissions(whole, PermissionsExt::from_mode(mode)).unwrap();
    }
    app
}

/// Where `SNAPSHOTS=overwrite` changes the output of a case, a second run changes its page.
#[test]
fn the_example_of_every_page_is_made_from_its_case() {
    for (name, _) in Problem::all() {
        let page = read(name);
        let (head, rest) = page.split_once(MADE).unwrap_or_else(|| panic!("{name}.md lacks the line {MADE}"));
        let tail = &rest[rest.find("\n## ").unwrap()..];
        let expected = format!("{head}{MADE}{}{tail}", example(name));
        assert_data_eq!(expected, Data::read_from(&path(name), None).raw());
    }
}

#[test]
fn every_fix_builds_without_a_word() {
    for (name, _) in Problem::all() {
        let fixes = fixes(&read(name));
        assert!(!fixes.is_empty(), "{name}.md has no block marked as fixed");
        for fix in fixes {
            let outcome = fixed(app(name), fix).build();
            assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{name}");
            assert!(outcome.layers.contains_key("launch.toml"), "{name}: {}", outcome.all());
        }
    }
}

#[test]
fn every_page_has_its_parts() {
    for (name, severity) in Problem::all() {
        let page = read(name);
        let leave = format!(
            "`BP_PROCFILE_ALLOW={name}` at build time silences this warning; several names are separated by commas. With\n\
             `BP_PROCFILE_STRICT=true`, every warning that is not silenced fails the build.\n"
        );
        let (start, parts) = match severity {
            Severity::Error => ("An error ", &["Example", "Fix"][..]),
            Severity::Warning => ("A warning ", &["Example", "Fix", "Leave it"][..]),
        };
        assert!(page.starts_with(&format!("# `{name}`\n\n{start}")), "{name}.md starts with another line");
        assert_eq!(page.lines().filter_map(|line| line.strip_prefix("## ")).collect::<Vec<_>>(), parts, "{name}.md");
        assert_eq!(page.ends_with(&leave), severity == Severity::Warning, "{name}.md ends otherwise than in:\n{leave}");
        for link in page.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            assert!(manifest("docs/diagnostics").join(link).is_file(), "{name}.md: {link}");
        }
    }
}

/// (C9) What every page of a warning ends with is true.
#[test]
fn every_warning_can_be_allowed() {
    for (name, _) in Problem::all().filter(|(_, severity)| *severity == Severity::Warning) {
        let outcome = app(name).env("BP_PROCFILE_ALLOW", name).build();
        assert_eq!(outcome.status, Some(0), "{name}: {}", outcome.all());
        assert!(!outcome.stderr.contains(&format!("[{name}]")), "{}", outcome.all());
    }
}

/// docs/diagnostics.md links to the page of every diagnostic, with its severity; there is no other page.
#[test]
fn the_index_is_complete() {
    let index = fs::read_to_string(manifest("docs/diagnostics.md")).unwrap();
    let rows = index.lines().filter(|line| line.starts_with("| ["));
    let rows: BTreeSet<String> = rows.map(|row| row.split(" | ").take(2).collect::<Vec<_>>().join(" | ")).collect();
    let row = |(name, severity)| format!("| [`{name}`](diagnostics/{name}.md) | {severity:?}").to_lowercase();
    assert_eq!(rows, Problem::all().map(row).collect());
    let pages: BTreeSet<PathBuf> = files(&manifest("docs/diagnostics")).into_iter().collect();
    assert_eq!(pages, Problem::all().map(|(name, _)| path(name)).collect());
}
