//! The files that docs/ci.md shows, of which each is in a fence that names it.

use super::{RELEASES, action, release};
use crate::support::{App, manifest};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// The action and the hooks at the version of this repository.
pub(super) const REFERENCE: &str = concat!("octopilot/procfile@v", env!("CARGO_PKG_VERSION"));

fn page() -> String {
    fs::read_to_string(manifest("docs/ci.md")).unwrap()
}

/// The contents of a file on the page, as often as it is there.
pub(super) fn shown(file: &str) -> Vec<String> {
    let page = page();
    let blocks = page.split("\n```").skip(1).filter_map(|block| block.split_once('\n'));
    let named = blocks.filter(|(words, _)| words.split(' ').nth(1) == Some(file));
    named.map(|(_, content)| format!("{content}\n")).collect()
}

/// The only content of a file on the page.
pub(super) fn the_shown(file: &str) -> String {
    let mut shown = shown(file);
    assert_eq!(shown.len(), 1, "{file}");
    shown.remove(0)
}

fn yaml(content: &str) -> Value {
    serde_saphyr::from_str(content).unwrap_or_else(|error| panic!("{error}:\n{content}"))
}

/// The workflows use the action of this version, with inputs that it has.
#[test]
fn the_workflows_use_the_action() {
    let inputs = action()["inputs"].clone();
    let workflows = shown(".github/workflows/procfile.yml");
    assert_eq!(workflows.len(), 2);
    for workflow in workflows {
        let workflow = yaml(&workflow);
        let steps = workflow["jobs"]["procfile"]["steps"].as_array().unwrap().clone();
        let ours = steps.iter().filter(|step| step["uses"] == REFERENCE).collect::<Vec<_>>();
        assert_eq!(ours.len(), 1, "{workflow}");
        for name in ours[0]["with"].as_object().into_iter().flat_map(|with| with.keys()) {
            assert!(inputs.get(name).is_some(), "{name}");
        }
    }
}

/// The page lists the inputs of the action with their defaults.
#[test]
fn the_page_knows_the_inputs() {
    let page = page();
    let table = page.split("| input | meaning | default |\n|---|---|---|\n").nth(1).unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let listed: BTreeSet<_> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            (cells[1].to_string(), cells[3].to_string())
        })
        .collect();
    let inputs = action()["inputs"].as_object().unwrap().clone();
    let default = |input: &Value| input["default"].as_str().unwrap().to_string();
    assert_eq!(listed, inputs.iter().map(|(name, input)| (name.clone(), default(input))).collect());
}

/// Every version of this project on the page is this one.
#[test]
fn the_page_has_the_version() {
    let page = page();
    let words = page.split(|separator: char| !separator.is_ascii_alphanumeric() && separator != '.');
    let ours = words.map(|word| word.trim_start_matches('v')).filter(|word| {
        let mut numbers = word.split('.');
        numbers.clone().count() == 3 && numbers.all(|number| number.parse::<u32>().is_ok())
    });
    // The actions of others are at a commit, whose version is a comment.
    let actions = ["6.1.0", "4.36.2"];
    let found: BTreeSet<_> = ours.filter(|version| !actions.contains(version)).collect();
    assert_eq!(found, BTreeSet::from([env!("CARGO_PKG_VERSION")]), "docs/ci.md");
}

/// The job of GitLab downloads what a release has, and fails with the message for people.
#[test]
fn the_gitlab_job_runs() {
    let releases = release(env!("CARGO_PKG_VERSION"), "linux-amd64");
    let content = the_shown(".gitlab-ci.yml").replace(RELEASES, &format!("file://{}", releases.path().display()));
    let job = &yaml(&content)["procfile"];
    let lines: Vec<&str> = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let script = lines.join("\n");
    let run = |procfile: &str| {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("Procfile"), procfile).unwrap();
        let mut bash = Command::new("bash");
        bash.args(["-euc", &script]).current_dir(&directory).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        let variables = job["variables"].as_object().unwrap().iter();
        bash.envs(variables.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_string())));
        let output = bash.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, stdout, stderr) = run("web: gunicorn app:app --bind 0.0.0.0:8000\n");
    assert_eq!(status, Some(1), "{stderr}");
    assert!(stdout.contains(".tar.gz: OK\n"), "{stdout}");
    // In colour, which GitLab shows.
    assert!(stderr.contains("\u{1b}[") && stderr.contains("hardcoded-port"), "{stderr}");
    let (status, _, stderr) = run("web: gunicorn app:app --bind 0.0.0.0:${PORT:-8000}\n");
    assert_eq!((status, stderr.contains("warning")), (Some(0), false), "{stderr}");
}

/// The hooks that the page names are those of this repository, at this version.
#[test]
fn the_hooks_exist() {
    let hooks = yaml(&fs::read_to_string(manifest(".pre-commit-hooks.yaml")).unwrap());
    let known: BTreeSet<_> = hooks.as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    let mut named = BTreeSet::new();
    for content in shown(".pre-commit-config.yaml") {
        let content = yaml(&content);
        let repository = &content["repos"][0];
        assert_eq!(repository["repo"], env!("CARGO_PKG_REPOSITORY"));
        assert_eq!(repository["rev"], concat!("v", env!("CARGO_PKG_VERSION")));
        named.extend(
            repository["hooks"].as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap().to_string()),
        );
    }
    assert_eq!(named, known.into_iter().map(String::from).collect());
}

/// What the page shows of a project.toml is read without a warning, and in strict mode too.
#[test]
fn the_tables_are_right() {
    let shown = shown("project.toml");
    assert_eq!(shown.len(), 2);
    for toml in shown {
        let app = App::procfile("web: gunicorn app:app --bind 0.0.0.0:8000\n").file("project.toml", &toml);
        let outcome = app.preview(&["--strict"]);
        let allows = toml.contains("hardcoded-port");
        assert_eq!(
            (outcome.status, outcome.stderr.is_empty()),
            (Some(i32::from(!allows)), allows),
            "{}",
            outcome.stderr
        );
    }
}
