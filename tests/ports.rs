//! Ports (O5, O6): what the log says to type so that a process can be reached, and what is said of ports that nothing sets.

use crate::support::{App, check_list, marked};
use serde_json::{Value, json};
use snapbox::{IntoData, assert_data_eq, str};
use std::fmt::Write as _;

/// What the log says to type for the processes of an app: for Docker, and for a container in Kubernetes.
fn run_lines(app: &App) -> (Vec<String>, Vec<Value>) {
    let log = app.build().stdout;
    let usage = log.split("  How to run them\n").nth(1).unwrap_or_else(|| panic!("{log}"));
    let (table, blocks) = usage.split_once("\n  Kubernetes containers with a port\n").unwrap_or((usage, ""));
    let rows = table.lines().skip(1).filter_map(|line| line.trim().split_once("IMAGE"));
    let mut below = blocks.trim_end().split("\n\n").filter(|block| !block.is_empty());
    let (mut docker, mut kubernetes) = (Vec::new(), Vec::new());
    for (line, cell) in rows {
        docker.push(format!("{line}IMAGE"));
        let yaml = if cell.trim() == "below" { below.next().unwrap() } else { cell.trim() };
        kubernetes.push(serde_saphyr::from_str(yaml).unwrap());
    }
    assert_eq!(below.next(), None);
    (docker, kubernetes)
}

fn web(command: &str) -> App {
    App::procfile(format!("web: {command}\n"))
}

/// (O5) The port is the one that the command reads, or that it fixes; where the command does not say it, nothing is shown.
#[test]
fn the_log_publishes_the_port() {
    check_list("tests/ports/published.txt", |command| format!("    {}\n", run_lines(&web(command)).0[0]));
}

/// (O5) A process of a project.toml: its environment and its arguments count, and nothing is expanded in an array.
#[test]
fn tables_say_the_port_too() {
    let shown = |table: &str| run_lines(&App::project_toml(&format!("[io.octopilot.processes]\n{table}\n"))).0;
    assert_eq!(
        shown("web = { command = \"gunicorn a:b\", env = { PORT = \"5000\" } }"),
        ["docker run --publish 5000:5000 IMAGE"]
    );
    assert_eq!(
        shown("web = { command = \"gunicorn a:b -b :${PORT:-80}\", env = { PORT = \"5000\" } }"),
        ["docker run --publish 5000:5000 IMAGE"]
    );
    assert_eq!(
        shown("web = { command = [\"gunicorn\", \"a:b\"], args = [\"--bind\", \"0.0.0.0:80\"] }"),
        ["docker run --publish 80:80 IMAGE"]
    );
    assert_eq!(shown("web = { command = \"x $PORT\", env = { PORT = \"http\" } }"), ["docker run IMAGE"]);
    assert_eq!(shown("web = [\"node\", \"server.js\", \"$PORT\"]"), ["docker run IMAGE"]);
}

/// (O5) All lines can be used at the same time, and what is for Kubernetes are the keys of a container.
#[test]
fn every_process_can_be_reached() {
    const PROCFILE: &str = "web: uvicorn a:b --host 0.0.0.0 --port $PORT\napi: gunicorn a:b -b :${PORT:-8080}\n\
                            worker: celery worker\nfixed: gunicorn a:b -b 0.0.0.0:8081\n";
    let (docker, kubernetes) = run_lines(&App::procfile(PROCFILE));
    assert_eq!(
        docker,
        [
            "docker run --env PORT=8080 --publish 8080:8080 IMAGE",
            "docker run --publish 8081:8080 --entrypoint api IMAGE",
            "docker run --entrypoint worker IMAGE",
            "docker run --publish 8082:8081 --entrypoint fixed IMAGE",
        ]
    );
    assert_eq!(
        kubernetes,
        [
            json!({ "command": ["web"], "env": [{ "name": "PORT", "value": "8080" }], "ports": [{ "containerPort": 8080 }] }),
            json!({ "command": ["api"], "ports": [{ "containerPort": 8080 }] }),
            json!({ "command": ["worker"] }),
            json!({ "command": ["fixed"], "ports": [{ "containerPort": 8081 }] }),
        ]
    );
    assert_data_eq!(
        App::procfile(PROCFILE).build().stdout.split("\n\n").skip(2).collect::<Vec<_>>().join("\n\n"),
        str![[r#"
  How to run them
    Docker                                                   Kubernetes
    docker run --env PORT=8080 --publish 8080:8080 IMAGE     below
    docker run --publish 8081:8080 --entrypoint api IMAGE    below
    docker run --entrypoint worker IMAGE                     command: ["worker"]
    docker run --publish 8082:8081 --entrypoint fixed IMAGE  below

  Kubernetes containers with a port
    command: ["web"]
    env: [{ name: PORT, value: "8080" }]
    ports: [{ containerPort: 8080 }]

    command: ["api"]
    ports: [{ containerPort: 8080 }]

    command: ["fixed"]
    ports: [{ containerPort: 8081 }]

"#]]
        .raw()
    );
}

/// What is said of a command: the diagnostics, each with the text that it points at and the help.
fn said(app: App) -> String {
    let mut all = String::new();
    let stderr =
        app.env("BP_PROCFILE_ALLOW", "shell-stays,unread-command,missing-program,missing-directory").build().stderr;
    for part in stderr.split("\n\n").filter(|part| part.contains("-->")) {
        let (name, help) = (part.split(": ").next().unwrap(), part.split("= help: ").nth(1).unwrap());
        writeln!(all, "    {name} at {}: {}", marked(part), help.lines().next().unwrap()).unwrap();
    }
    all
}

/// (O6) A bare `$PORT` of a known server, unless the process itself may set it, and placeholders of other tools.
#[test]
fn ports_that_nothing_sets_are_found() {
    check_list("tests/ports/said.txt", |command| said(web(command)));
    let command = "gunicorn a:b -b 0.0.0.0:$PORT";
    assert_eq!(said(App::procfile(format!("web: node a.js\nworker: {command}\n"))), "");
    let table = format!("web = {{ command = '{command}', env = {{ PORT = \"80\" }} }}");
    assert_eq!(said(App::project_toml(&format!("[io.octopilot.processes]\n{table}\n"))), "");
    let for_development = App::new().file("Procfile.dev", "web: node server.js %PORT%\n");
    assert_eq!(said(for_development.env("BP_PROCFILE_PATH", "Procfile.dev")), "");
}

/// (O6) Nothing is expanded in an array, or in arguments.
#[test]
fn placeholders_are_found_in_arrays() {
    let mut all = String::new();
    for word in ["$(PORT)", "--port=%PORT%", "0.0.0.0:${{ PORT }}", "$$PORT", "$PORTS"] {
        for value in [format!("[\"x\", \"{word}\"]"), format!("{{ command = \"x\", args = [\"{word}\"] }}")] {
            all += &said(App::project_toml(&format!("[io.octopilot.processes]\nweb = {value}\n")));
        }
    }
    assert_data_eq!(all, str![[r#"
    warning[foreign-placeholder] at "$(PORT)": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
    warning[foreign-placeholder] at "$(PORT)": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
    warning[foreign-placeholder] at "--port=%PORT%": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
    warning[foreign-placeholder] at "--port=%PORT%": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
    warning[foreign-placeholder] at "0.0.0.0:${{ PORT }}": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
    warning[foreign-placeholder] at "0.0.0.0:${{ PORT }}": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
    warning[foreign-placeholder] at "$$PORT": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
    warning[foreign-placeholder] at "$$PORT": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
    warning[unexpanded-value] at "$PORTS": write the whole command as a string: `"x $PORTS"`
    warning[unexpanded-value] at "$PORTS": write the whole command as a string, without `args`: `"x $PORTS"`

"#]].raw());
}

/// (O6) Where no shell is in the image, the placeholder is explained beside the error.
#[test]
fn placeholders_are_found_without_a_shell() {
    let stderr = web("node server.js ${{ PORT }}").env("BP_PROCFILE_SHELL", "none").build().stderr;
    assert!(stderr.contains("error[needs-shell]") && stderr.contains("warning[foreign-placeholder]"), "{stderr}");
    let stderr = web("node server.js ${{ PORT }}").build().stderr;
    assert!(!stderr.contains("unread-command"), "{stderr}");
}

/// (O8) A process type that hides the launcher of the image, in any source.
#[test]
fn a_type_that_hides_the_launcher_is_told() {
    let warning = |app: App| app.build().stderr.contains("warning[launcher]: the process type `launcher` hides");
    assert!(warning(App::procfile("web: a\nlauncher: b\n")));
    assert!(warning(App::project_toml("[io.octopilot.processes]\nlauncher = \"b\"\n")));
    assert!(!warning(App::procfile("web: launcher\nlaunch: b\nLauncher: c\n")));
}
