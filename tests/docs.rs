//! Facts that stand in more than one place agree.

use crate::support::{App, manifest};
use std::fs;

fn read(path: &str) -> String {
    fs::read_to_string(manifest(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// (I1) The buildpack's id, API, targets and licence; one version everywhere.
#[test]
fn buildpack_toml_is_the_contract() {
    let buildpack: toml::Table = read("buildpack.toml").parse().unwrap();
    assert_eq!(buildpack["api"].as_str(), Some("0.10"));
    assert_eq!(buildpack["buildpack"]["id"].as_str(), Some("octopilot/procfile"));
    assert_eq!(buildpack["buildpack"]["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(buildpack["buildpack"]["licenses"][0]["type"].as_str(), Some("Apache-2.0"));
    let targets: Vec<_> =
        buildpack["targets"].as_array().unwrap().iter().map(|t| (t["os"].as_str(), t["arch"].as_str())).collect();
    assert_eq!(targets, [(Some("linux"), Some("amd64")), (Some("linux"), Some("arm64"))]);
}

/// The changelog starts with the version, or with what is to come.
#[test]
fn the_changelog_knows_the_version() {
    let changelog = read("CHANGELOG.md");
    let heading = changelog.lines().find(|line| line.starts_with("## ")).unwrap();
    let is_version = heading.starts_with(concat!("## ", env!("CARGO_PKG_VERSION"), " - "));
    assert!(heading == "## Unreleased" || is_version, "{heading}");
}

/// CI runs the test command of the README.
#[test]
fn ci_runs_the_test_command_of_the_readme() {
    assert!(read("README.md").contains("\ncargo test\n"));
    assert!(read(".ci/run").contains("\ncargo test\n"));
}

/// Only the modules at the edges touch files or streams.
#[test]
fn the_core_is_pure() {
    let edges = ["root_dir.rs", "bash.rs", "buildpack.rs", "launcher.rs", "output.rs", "preview.rs", "main.rs"];
    for path in crate::support::files(&manifest("src")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if edges.contains(&name.as_str()) {
            continue;
        }
        let code = fs::read_to_string(&path).unwrap();
        for word in ["fs::", "File::", "print!", "println!", "stdout()", "stderr()", "std::env", "Command::new("] {
            assert!(!code.contains(word), "{name} uses {word}");
        }
    }
}

/// The examples of the README are read without a word of complaint.
#[test]
fn the_examples_of_the_readme_are_right() {
    let readme = read("README.md");
    let blocks = |language: &str| -> Vec<String> {
        let fence = format!("```{language}\n");
        let blocks = readme.split(&fence).skip(1);
        blocks.map(|block| block.split("```").next().unwrap().to_string()).collect()
    };
    let tables = blocks("toml").into_iter().filter(|block| block.contains("io.octopilot"));
    let apps = blocks("procfile").into_iter().map(App::procfile).chain(tables.map(|toml| App::project_toml(&toml)));
    let outcomes: Vec<_> = apps.map(|app| app.build()).collect();
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes {
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    }
}

/// The log that the README shows is the log.
#[test]
fn the_log_of_the_readme_is_right() {
    const PROCFILE: &str = "web: python migrate.py && uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}\n\
                            worker: celery -A app.tasks worker\npipe: python feed.py | python load.py\n";
    let shown =
        read("README.md").split("```\n    web (default)").nth(1).unwrap().split("```").next().unwrap().to_string();
    let log = App::procfile(PROCFILE).build().stdout;
    assert!(log.contains(&format!("    web (default){shown}")), "{log}");
}
