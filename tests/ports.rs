//! Ports (O5, O6): what the log says to type so that a process can be reached, and what is said of ports that nothing sets.

use crate::support::App;
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

/// (O5) For each command of `web`, the line for Docker without `docker run`.
fn docker(commands: &[&str]) -> String {
    let line = |command: &&str| {
        let (lines, _) = run_lines(&App::procfile(format!("web: {command}\n")));
        format!("{:74} {}\n", command, lines[0].trim_start_matches("docker run "))
    };
    commands.iter().map(line).collect()
}

/// (O5) The port is the one that the command reads, or that it fixes; where the command does not say it, nothing is shown.
#[test]
fn the_log_publishes_the_port() {
    let shown = docker(&[
        "gunicorn a:b --bind 0.0.0.0:$PORT",
        "gunicorn a:b --bind \"0.0.0.0:${PORT}\"",
        "gunicorn a:b --bind 0.0.0.0:${PORT:-5000}",
        "node server.js --port ${PORT-5000}",
        "node server.js ${PORT:?is needed}",
        "node server.js --port ${PORT:-$OTHER}",
        "PORT=${PORT:-3000} npm start",
        "PORT=3000 npm start",
        "env PORT=3000 npm start",
        "export PORT=${PORT:-3000}; node server.js --port $PORT",
        "node a.js ${PORT:-3000} && node b.js --port $PORT",
        "node a.js ${PORT:-3000} && node b.js ${PORT:-4000}",
        "bash -c 'gunicorn a:b -b 0.0.0.0:${PORT:-5000}'",
        "gunicorn a:b --bind 0.0.0.0:8000",
        "echo $PORT; gunicorn a:b --bind 0.0.0.0:8000",
        "cd src && exec python -m uvicorn a:b --host 0.0.0.0 --port=8000",
        "java -Dserver.port=8000 -jar app.jar",
        "gunicorn a:b --bind 127.0.0.1:8000",
        "uvicorn a:b --port 8000",
        "gunicorn a:b --bind 127.0.0.1:8000 & nginx -g 'daemon off;'",
        "start-nginx gunicorn a:b --bind 0.0.0.0:8000",
        "gunicorn a:b -b 0.0.0.0:8000 -b 0.0.0.0:8001",
        "gunicorn a:b --bind 0.0.0.0:0",
        "gunicorn a:b",
        "node server.js",
        "node server.js --port 3000",
        "node server.js '$PORT'",
        "node server.js $PORTS $MY_PORT $$PORTS",
        "gunicorn a:b --bind 0.0.0.0:$(PORT)",
        "gunicorn a:b --bind 0.0.0.0:$PORT:-80",
        "PORT=none npm start",
        "PORT=0 npm start",
    ]);
    assert_data_eq!(
        shown,
        str![[r#"
gunicorn a:b --bind 0.0.0.0:$PORT                                          --env PORT=8080 --publish 8080:8080 IMAGE
gunicorn a:b --bind "0.0.0.0:${PORT}"                                      --env PORT=8080 --publish 8080:8080 IMAGE
gunicorn a:b --bind 0.0.0.0:${PORT:-5000}                                  --publish 5000:5000 IMAGE
node server.js --port ${PORT-5000}                                         --publish 5000:5000 IMAGE
node server.js ${PORT:?is needed}                                          --env PORT=8080 --publish 8080:8080 IMAGE
node server.js --port ${PORT:-$OTHER}                                      --env PORT=8080 --publish 8080:8080 IMAGE
PORT=${PORT:-3000} npm start                                               --publish 3000:3000 IMAGE
PORT=3000 npm start                                                        --publish 3000:3000 IMAGE
env PORT=3000 npm start                                                    --publish 3000:3000 IMAGE
export PORT=${PORT:-3000}; node server.js --port $PORT                     --publish 3000:3000 IMAGE
node a.js ${PORT:-3000} && node b.js --port $PORT                          --env PORT=3000 --publish 3000:3000 IMAGE
node a.js ${PORT:-3000} && node b.js ${PORT:-4000}                         --env PORT=3000 --publish 3000:3000 IMAGE
bash -c 'gunicorn a:b -b 0.0.0.0:${PORT:-5000}'                            --publish 5000:5000 IMAGE
gunicorn a:b --bind 0.0.0.0:8000                                           --publish 8000:8000 IMAGE
echo $PORT; gunicorn a:b --bind 0.0.0.0:8000                               --publish 8000:8000 IMAGE
cd src && exec python -m uvicorn a:b --host 0.0.0.0 --port=8000            --publish 8000:8000 IMAGE
java -Dserver.port=8000 -jar app.jar                                       --publish 8000:8000 IMAGE
gunicorn a:b --bind 127.0.0.1:8000                                         IMAGE
uvicorn a:b --port 8000                                                    IMAGE
gunicorn a:b --bind 127.0.0.1:8000 & nginx -g 'daemon off;'                IMAGE
start-nginx gunicorn a:b --bind 0.0.0.0:8000                               IMAGE
gunicorn a:b -b 0.0.0.0:8000 -b 0.0.0.0:8001                               IMAGE
gunicorn a:b --bind 0.0.0.0:0                                              IMAGE
gunicorn a:b                                                               IMAGE
node server.js                                                             IMAGE
node server.js --port 3000                                                 IMAGE
node server.js '$PORT'                                                     IMAGE
node server.js $PORTS $MY_PORT $$PORTS                                     IMAGE
gunicorn a:b --bind 0.0.0.0:$(PORT)                                        IMAGE
gunicorn a:b --bind 0.0.0.0:$PORT:-80                                      IMAGE
PORT=none npm start                                                        IMAGE
PORT=0 npm start                                                           IMAGE

"#]]
        .raw()
    );
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

/// What is said of ports: for each command, the diagnostics with the text that they point at and the help.
fn said(commands: &[&str], of: impl Fn(&str) -> App) -> String {
    let mut all = String::new();
    for command in commands {
        writeln!(all, "{command}").unwrap();
        let stderr = of(command).env("BP_PROCFILE_ALLOW", "shell-stays,unread-command,missing-program").build().stderr;
        for part in stderr.split("\n\n").filter(|part| part.starts_with(['w', 'n', 'e']) && part.contains("-->")) {
            let lines: Vec<&str> = part.lines().collect();
            let carets = lines.iter().position(|line| line.contains('^')).unwrap();
            let (start, length) = (lines[carets].find('^').unwrap(), lines[carets].matches('^').count());
            let marked: String = lines[carets - 1].chars().skip(start).take(length).collect();
            let (name, help) = (lines[0].split(": ").next().unwrap(), part.split("= help: ").nth(1).unwrap());
            writeln!(all, "    {name} at {marked}: {}", help.lines().next().unwrap()).unwrap();
        }
    }
    all
}

fn web(command: &str) -> App {
    App::procfile(format!("web: {command}\n"))
}

/// (O6) A bare `$PORT` of a known server, unless the process itself may set it.
#[test]
fn ports_that_nothing_sets_are_noted() {
    let said = said(
        &[
            "uvicorn a:b --host 0.0.0.0 --port $PORT",
            "uvicorn a:b --host 0.0.0.0 --port=${PORT}",
            "gunicorn a:b -b \"0.0.0.0:$PORT\"",
            "gunicorn a:b -b0.0.0.0:$PORT",
            "bundle exec puma -p $PORT",
            "bash -c 'exec gunicorn a:b -b 0.0.0.0:$PORT'",
            "cd src && gunicorn a:b -b 0.0.0.0:$PORT",
            "gunicorn a:b -b 0.0.0.0:${PORT:-8000}",
            "gunicorn a:b -b 0.0.0.0:${PORT:?is needed}",
            "export PORT=${PORT:-8000}; gunicorn a:b -b 0.0.0.0:$PORT",
            "[ \"$PORT\" ] || PORT=8000; gunicorn a:b -b 0.0.0.0:$PORT",
            ": ${PORT:=8000}; gunicorn a:b -b 0.0.0.0:$PORT",
            ". ./env.sh; gunicorn a:b -b 0.0.0.0:$PORT",
            "export $(cat .env); gunicorn a:b -b 0.0.0.0:$PORT",
            "eval \"$(./env)\"; gunicorn a:b -b 0.0.0.0:$PORT",
            "read PORT < port; gunicorn a:b -b 0.0.0.0:$PORT",
            "if [ \"$PORT\" ]; then gunicorn a:b -b 0.0.0.0:$PORT; fi",
            "gunicorn a:b -b 0.0.0.0:$APP_PORT",
            "gunicorn a:b --name $PORT",
            "node server.js --port $PORT",
            "start-nginx gunicorn a:b -b 0.0.0.0:$PORT & nginx",
        ],
        web,
    );
    assert_data_eq!(
        said,
        str![[r#"
uvicorn a:b --host 0.0.0.0 --port $PORT
    note[unset-port] at $PORT: write `--port ${PORT:-8080}`
uvicorn a:b --host 0.0.0.0 --port=${PORT}
    note[unset-port] at --port=${PORT}: write `--port=${PORT:-8080}`
gunicorn a:b -b "0.0.0.0:$PORT"
    note[unset-port] at "0.0.0.0:$PORT": write `-b 0.0.0.0:${PORT:-8080}`
gunicorn a:b -b0.0.0.0:$PORT
    note[unset-port] at -b0.0.0.0:$PORT: write `-b0.0.0.0:${PORT:-8080}`
bundle exec puma -p $PORT
    note[unset-port] at $PORT: write `-p ${PORT:-8080}`
bash -c 'exec gunicorn a:b -b 0.0.0.0:$PORT'
    note[unset-port] at 0.0.0.0:$PORT: write `-b 0.0.0.0:${PORT:-8080}`
cd src && gunicorn a:b -b 0.0.0.0:$PORT
    note[unset-port] at 0.0.0.0:$PORT: write `-b 0.0.0.0:${PORT:-8080}`
gunicorn a:b -b 0.0.0.0:${PORT:-8000}
gunicorn a:b -b 0.0.0.0:${PORT:?is needed}
export PORT=${PORT:-8000}; gunicorn a:b -b 0.0.0.0:$PORT
[ "$PORT" ] || PORT=8000; gunicorn a:b -b 0.0.0.0:$PORT
: ${PORT:=8000}; gunicorn a:b -b 0.0.0.0:$PORT
. ./env.sh; gunicorn a:b -b 0.0.0.0:$PORT
export $(cat .env); gunicorn a:b -b 0.0.0.0:$PORT
eval "$(./env)"; gunicorn a:b -b 0.0.0.0:$PORT
read PORT < port; gunicorn a:b -b 0.0.0.0:$PORT
if [ "$PORT" ]; then gunicorn a:b -b 0.0.0.0:$PORT; fi
gunicorn a:b -b 0.0.0.0:$APP_PORT
gunicorn a:b --name $PORT
node server.js --port $PORT
start-nginx gunicorn a:b -b 0.0.0.0:$PORT & nginx

"#]]
        .raw()
    );
    let worker = |command: &str| App::procfile(format!("web: node a.js\nworker: {command}\n"));
    let with_env = |command: &str| {
        App::project_toml(&format!(
            "[io.octopilot.processes]\nweb = {{ command = '{command}', env = {{ PORT = \"80\" }} }}\n"
        ))
    };
    let command = "gunicorn a:b -b 0.0.0.0:$PORT";
    assert_eq!(self::said(&[command], worker), format!("{command}\n"));
    assert_eq!(self::said(&[command], with_env), format!("{command}\n"));
}

/// (O6) Placeholders of other tools, wherever they are, and what only looks like one.
#[test]
fn placeholders_of_other_tools_are_found() {
    let said = said(
        &[
            "uvicorn a:b --host 0.0.0.0 --port $(PORT)",
            "node server.js --port=$(PORT)",
            "puma -p$(PORT)",
            "gunicorn a:b -b 0.0.0.0:${PORT:8080}",
            "gunicorn a:b -b \"0.0.0.0:${PORT: -80}\"",
            "gunicorn a:b -b 0.0.0.0:$PORT:-80",
            "gunicorn a:b -b 0.0.0.0:${{ PORT }}",
            "node server.js ${{PORT}}",
            "node server.js %PORT%",
            "serve -l tcp://0.0.0.0:%PORT%",
            "node server.js --port $$PORT",
            "node server.js --port $${PORT}",
            "PORT=$(PORT) npm start",
            "bash -c 'node server.js $(PORT)'",
            "node a.js $(PORT) && node b.js %PORT%",
            // What is meant as it stands.
            "node server.js $(port)",
            "node server.js $(cat PORT)",
            "sed s/%PORT%/$PORT/ a > b && nginx",
            "sed 's/$(PORT)/80/' a > b; nginx",
            "date +%PORT%H",
            "node server.js ${PORT:0:2} ${PORT: -1}",
            "node server.js --instance ${PORT: -2}",
            "node server.js $$ $$PORTS",
            "echo \"\\$(PORT)\" \\$PORT:-80",
            "curl localhost:$PORT:-x",
            "node server.js # not $(PORT), ${PORT:8080}",
            "node server.js '#' $(PORT)",
            "gunicorn a:b -b 0.0.0.0:${PORT:-8080}",
        ],
        web,
    );
    assert_data_eq!(
        said,
        str![[r#"
uvicorn a:b --host 0.0.0.0 --port $(PORT)
    warning[foreign-placeholder] at $(PORT): write `${PORT:-8080}`
node server.js --port=$(PORT)
    warning[foreign-placeholder] at $(PORT): write `${PORT:-8080}`
puma -p$(PORT)
    warning[foreign-placeholder] at $(PORT): write `${PORT:-8080}`
gunicorn a:b -b 0.0.0.0:${PORT:8080}
    warning[foreign-placeholder] at ${PORT:8080}: write `${PORT:-8080}`
gunicorn a:b -b "0.0.0.0:${PORT: -80}"
    warning[foreign-placeholder] at ${PORT: -80}: write `${PORT:-80}`
gunicorn a:b -b 0.0.0.0:$PORT:-80
    warning[foreign-placeholder] at $PORT:-80: write `${PORT:-80}`
gunicorn a:b -b 0.0.0.0:${{ PORT }}
    warning[foreign-placeholder] at ${{ PORT }}: write `${PORT:-8080}`
node server.js ${{PORT}}
    warning[foreign-placeholder] at ${{PORT}}: write `${PORT:-8080}`
node server.js %PORT%
    warning[foreign-placeholder] at %PORT%: write `${PORT:-8080}`
serve -l tcp://0.0.0.0:%PORT%
    warning[foreign-placeholder] at %PORT%: write `${PORT:-8080}`
node server.js --port $$PORT
    warning[foreign-placeholder] at $$PORT: write `${PORT:-8080}`
node server.js --port $${PORT}
    warning[foreign-placeholder] at $${PORT}: write `${PORT:-8080}`
PORT=$(PORT) npm start
    warning[foreign-placeholder] at $(PORT): write `${PORT:-8080}`
bash -c 'node server.js $(PORT)'
    warning[foreign-placeholder] at $(PORT): write `${PORT:-8080}`
node a.js $(PORT) && node b.js %PORT%
    warning[foreign-placeholder] at $(PORT): write `${PORT:-8080}`
    warning[foreign-placeholder] at %PORT%: write `${PORT:-8080}`
node server.js $(port)
node server.js $(cat PORT)
sed s/%PORT%/$PORT/ a > b && nginx
sed 's/$(PORT)/80/' a > b; nginx
date +%PORT%H
node server.js ${PORT:0:2} ${PORT: -1}
node server.js --instance ${PORT: -2}
node server.js $$ $$PORTS
echo "\$(PORT)" \$PORT:-80
curl localhost:$PORT:-x
node server.js # not $(PORT), ${PORT:8080}
node server.js '#' $(PORT)
    warning[foreign-placeholder] at $(PORT): write `${PORT:-8080}`
gunicorn a:b -b 0.0.0.0:${PORT:-8080}

"#]]
        .raw()
    );
    let array = |word: &str| App::project_toml(&format!("[io.octopilot.processes]\nweb = [\"x\", \"{word}\"]\n"));
    let args = |word: &str| {
        App::project_toml(&format!("[io.octopilot.processes]\nweb = {{ command = \"x\", args = [\"{word}\"] }}\n"))
    };
    let words = ["$(PORT)", "--port=%PORT%", "0.0.0.0:${{ PORT }}", "$$PORT", "$PORTS"];
    assert_data_eq!(self::said(&words, array) + &self::said(&words, args), str![[r#"
$(PORT)
    warning[foreign-placeholder] at ["x", "$(PORT)"]: write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
--port=%PORT%
    warning[foreign-placeholder] at ["x", "--port=%PORT%"]: write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
0.0.0.0:${{ PORT }}
    warning[foreign-placeholder] at ["x", "0.0.0.0:${{ PORT }}"]: write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
$$PORT
    warning[foreign-placeholder] at ["x", "$$PORT"]: write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
$PORTS
$(PORT)
    warning[foreign-placeholder] at "x": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
--port=%PORT%
    warning[foreign-placeholder] at "x": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
0.0.0.0:${{ PORT }}
    warning[foreign-placeholder] at "x": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
$$PORT
    warning[foreign-placeholder] at "x": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`
$PORTS

"#]].raw());
    let for_development = |command: &str| {
        App::new().file("Procfile.dev", format!("web: {command}\n")).env("BP_PROCFILE_PATH", "Procfile.dev")
    };
    assert_eq!(self::said(&["node server.js %PORT%"], for_development), "node server.js %PORT%\n");
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
