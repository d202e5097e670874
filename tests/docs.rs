//! Facts that stand in more than one place agree.

use crate::support::{App, manifest};
use octopilot_procfile::advice::misuse::{Kind, MISUSES, Misuse};
use octopilot_procfile::advice::programs::{SERVERS, Sourced, WRAPPERS};
use octopilot_procfile::text::Variable;
use snapbox::{Data, assert_data_eq};
use std::fmt::Write as _;
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
    assert_eq!(buildpack["buildpack"]["sbom-formats"][0].as_str(), Some("application/vnd.cyclonedx+json"));
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
    // There is one gate.
    assert!(read(".ci/run").ends_with(" make check\n"));
    assert!(read(".github/workflows/checks.yml").contains("- run: make check\n"));
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
    // One of them extends what another buildpack declares.
    let earlier = "[[processes]]\ntype = \"web\"\ncommand = [\"gunicorn\", \"app:app\"]\n";
    let outcomes: Vec<_> = apps.map(|app| app.earlier("example_python", earlier).build()).collect();
    assert_eq!(outcomes.len(), 3);
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

/// The tables of the reference are those that advice is given by.
#[test]
fn the_reference_knows_the_servers() {
    let path = manifest("docs/reference.md");
    let page = read("docs/reference.md");
    let (head, rest) = page.split_once("\n## Servers\n").unwrap();
    let mut sections = rest.split("\n### ").map(String::from).collect::<Vec<_>>();
    let tables = [
        servers(),
        misuses(|kind| matches!(kind, Kind::Development(_))),
        misuses(|kind| matches!(kind, Kind::Background | Kind::BackgroundByDefault)),
        misuses(|kind| matches!(kind, Kind::Refused | Kind::Means(_))),
        misuses(|kind| kind == Kind::Manager),
        misuses(|kind| matches!(kind, Kind::Install | Kind::Build)),
        wrappers(),
    ];
    assert_eq!(sections.len(), tables.len());
    for (section, table) in sections.iter_mut().zip(tables) {
        let start = section.find("\n|").map_or(section.len(), |at| at + 1);
        *section = format!("{}{table}", &section[..start]);
    }
    assert_data_eq!(format!("{head}\n## Servers\n{}", sections.join("\n### ")), Data::read_from(&path, None).raw());
}

fn code(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn servers() -> String {
    let mut table =
        "| program | host | port | address | listens by default on | source |\n|---|---|---|---|---|---|\n".to_string();
    for server in SERVERS {
        let default = server.loopback.map_or(String::new(), |(address, _)| format!("`{address}`"));
        let options = [server.host, server.port, server.bind].map(code);
        let cells = [&[code(server.commands)], options.as_slice(), &[default]].concat();
        writeln!(table, "| {} | {} |", cells.join(" | "), server.source).unwrap();
    }
    table
}

/// The misuses of some kinds. Those that differ only in the command share a row.
fn misuses(is_of: impl Fn(Kind) -> bool) -> String {
    let mut rows: Vec<(Vec<&str>, Misuse, &str)> = Vec::new();
    for Sourced { fact, source } in MISUSES.iter().filter(|row| is_of(row.fact.kind)) {
        let unnamed = Misuse { command: "", ..*fact };
        match rows.iter_mut().find(|(_, other, from)| (*other, *from) == (unnamed, *source)) {
            Some((commands, ..)) => commands.push(fact.command),
            None => rows.push((vec![fact.command], unnamed, source)),
        }
    }
    let mut table = "| command | with | unless with | instead | source |\n|---|---|---|---|---|\n".to_string();
    for (commands, one, source) in rows {
        let cells = [code(&commands), code(one.flags), code(one.unless)];
        let instead = if one.instead.is_empty() { "delete it" } else { one.instead };
        writeln!(table, "| {} | {instead} | {source} |", cells.join(" | ")).unwrap();
    }
    table
}

fn wrappers() -> String {
    let mut table = "| command | options | source |\n|---|---|---|\n".to_string();
    for Sourced { fact, source } in &WRAPPERS {
        let options = code(&[fact.values, fact.flags].concat());
        writeln!(table, "| `{}` | {options} | {source} |", fact.command).unwrap();
    }
    table
}

/// Every link from one page of this repository to another leads somewhere: to a file, and to a heading in it.
#[test]
fn links_lead_somewhere() {
    let pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map(manifest).into_iter();
    let nested = ["docs", "examples"].into_iter().flat_map(|directory| crate::support::files(&manifest(directory)));
    let mut dead = Vec::new();
    for page in pages.chain(nested).filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            if path.contains("://") {
                continue;
            }
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let has_anchor = || fs::read_to_string(&target).unwrap().lines().any(|line| heading(line) == anchor);
            if !target.exists() || (!anchor.is_empty() && !has_anchor()) {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert_eq!(dead, [""; 0]);
}

/// The anchor that GitHub gives a heading; of any other line, nothing.
fn heading(line: &str) -> String {
    let title = line.strip_prefix('#').map_or("", |rest| rest.trim_start_matches('#').trim());
    let kept = title.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// The reference knows every variable, in code and in its table.
#[test]
fn the_reference_knows_the_variables() {
    let reference = read("docs/reference.md");
    let names = Variable::ALL.map(Variable::name).into_iter().filter(|name| name.starts_with("BP_"));
    for name in names {
        assert!(reference.contains(&format!("\n| `{name}` |")), "{name}");
    }
}
