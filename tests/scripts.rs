//! What the shell of a script does (X4d), and what images without a shell refuse (X6a).

use crate::support::{App, check_list};
use snapbox::{IntoData, assert_data_eq, str};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// An app whose process type `web` runs a script.
fn app(command: &str, script: impl AsRef<[u8]>) -> App {
    executable(App::procfile(format!("web: {command}\n")), "run.sh", script)
}

fn executable(app: App, path: &str, content: impl AsRef<[u8]>) -> App {
    let app = app.file(path, content);
    fs::set_permissions(app.path().join(path), PermissionsExt::from_mode(0o755)).unwrap();
    app
}

/// What is said of a script in a list: its place and the help.
fn said(line: &str) -> String {
    let (shell, script) = line.split_once(": ").unwrap();
    let outcome = app("./run.sh", format!("#!/bin/{shell}\n{}\n", script.replace("\\n", "\n"))).build();
    let lines = outcome.stderr.lines().map(str::trim_start);
    let kept = lines.filter_map(|line| {
        let place = line.strip_prefix("--> ").filter(|place| place.starts_with("run.sh"));
        place.or_else(|| line.strip_prefix("= help: "))
    });
    let said: String = kept.flat_map(|line| ["    ", line, "\n"]).collect();
    if said.is_empty() { "    nothing\n".to_string() } else { said }
}

/// (X4d) What is said of the scripts in a list, one a line (`\n` is an end of line).
#[test]
fn listed_scripts_are_judged_as_reviewed() {
    check_list("tests/scripts/said.txt", said);
}

/// (X4d) The message points into the script, and gives the line to write.
#[test]
fn a_script_without_exec_keeps_sigterm() {
    assert_data_eq!(
        app("./run.sh", "#!/bin/bash\nset -e\n\nuvicorn main:app --host 0.0.0.0 --port $PORT\n").build().all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read Procfile

  Process types
    web (default)  Procfile:1  ./run.sh
                               exec form: bash runs run.sh, which ignores arguments

  How to run them
    Docker            Kubernetes
    docker run IMAGE  command: ["web"]
--- standard error
warning[script-stays]: SIGTERM will not reach `uvicorn`, because the shell that runs `run.sh` stays in front of it
 --> run.sh:4:1
  |
4 | uvicorn main:app --host 0.0.0.0 --port $PORT
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the shell waits for this program
  |
 ::: Procfile:1:6
  |
1 | web: ./run.sh
  |      -------- started here
  |
  = help: write `exec uvicorn main:app --host 0.0.0.0 --port $PORT "$@"`

warning: the build continues with 1 warning
--- layers/launch.toml
[[processes]]
type = "web"
command = ["./run.sh"]
default = true

"#]]
        .raw()
    );
}

/// (X4d) Lines that are right give no message.
#[test]
fn scripts_that_hand_over_are_quiet() {
    let quiet = [
        "exec gunicorn app:app \"$@\"",
        "exec gunicorn app:app",
        "set -euo pipefail\npython manage.py migrate --noinput\nexec \"$@\"",
        "if [ \"$1\" = worker ]; then\n  exec celery -A app worker\nfi\nexec gunicorn app",
        "case \"$1\" in\n  web) exec gunicorn app ;;\n  *) exec \"$@\" ;;\nesac",
        "if [ -n \"$A\" ]; then exec a; fi\necho 'A is not set' >&2\nexit 1",
        "main() {\n  exec gunicorn app\n}\nmain \"$@\"",
        "web() {\n  exec gunicorn app\n}\n\"$@\"",
        ". ./lib.sh\nstart_app \"$@\"",
        "source \"$(dirname \"$0\")/lib.sh\"\nstart_app \"$@\"",
        "node server.js &\nPID=$!\ntrap \"kill -TERM $PID; wait $PID\" TERM\nwait $PID",
        "trap 'exit' TERM\ntrap 'kill 0' EXIT\na &\nb &\nwait",
        "trap 'kill $PID; wait $PID' TERM\nnode server.js & PID=$!\nwait $PID",
        "source .venv/bin/activate\nexec gunicorn app",
        "python manage.py migrate\necho done",
        "python manage.py collectstatic --noinput",
        "echo hello",
        "",
        "while ! nc -z db 5432; do sleep 1; done\nexec gunicorn app",
        "if",
    ];
    for shell in ["/bin/sh", "/bin/bash", "/usr/bin/env bash", "/usr/bin/env -S bash -e"] {
        for script in quiet {
            let lib = "start_app() {\n  exec gunicorn app \"$@\"\n}\n";
            let outcome = app("./run.sh", format!("#!{shell}\n{script}\n")).file("lib.sh", lib).build();
            assert_eq!(outcome.stderr, "", "{script}");
        }
    }
}

/// (X4d) Code of the app that a script loads is read, to know what is a function of it.
#[test]
fn loaded_code_tells_functions_from_programs() {
    let help = |code: &str| {
        let script = "#!/bin/sh\n. ./lib.sh\nstart_app \"$@\"\n";
        let outcome = app("./run.sh", script).file("lib.sh", code).build();
        outcome.stderr.lines().filter_map(|line| line.trim_start().strip_prefix("= help: ")).take(1).collect::<String>()
    };
    assert_eq!(help("A=1\n"), "write `exec start_app \"$@\"`");
    assert_eq!(help("start_app() {\n  gunicorn app\n}\n"), "write `exec` before the program");
    assert_eq!(help("function start_app {\n  exec gunicorn app\n}\n"), "");
}

/// (X4c, X4d) Programs that pass signals on to a whole group reach what a shell waits for.
#[test]
fn programs_that_signal_a_group_are_quiet() {
    let script = "#!/bin/sh\nnode server.js &\nnode worker.js &\nwait\n";
    for before in ["dumb-init", "tini -g --", "catatonit -g --"] {
        for command in [format!("{before} ./run.sh"), format!("{before} bash -c 'node a.js & node b.js & wait'")] {
            let outcome = app(&command, script).env("BP_PROCFILE_ALLOW", "missing-program").build();
            assert_eq!(outcome.stderr, "", "{command}");
        }
    }
    // The shell in front of a job ends.
    let stderr = app("./run.sh &", script).build().stderr;
    assert!(stderr.contains("warning[background-program]") && !stderr.contains("script-stays"), "{stderr}");
    for before in ["dumb-init -c", "tini --"] {
        let outcome = app(&format!("{before} ./run.sh"), script).build();
        assert!(outcome.stderr.contains("warning[script-stays]"), "{before}: {}", outcome.stderr);
    }
}

/// (X1) A file of another language is not read as a script of a shell.
#[test]
fn files_of_other_languages_are_not_read_as_shell() {
    for (name, content, help) in [
        (
            "main.go",
            "package main\n",
            "run the program that the build makes of it, or write the program that runs it before its name",
        ),
        ("app.jar", "PK\u{3}\u{4}\n", "write `java -jar ./app.jar`"),
        ("job.rb", "puts 1\n", "start the file with a line such as `#!/usr/bin/env ruby`"),
        ("job.js", "run()\n", "start the file with a line such as `#!/usr/bin/env node`"),
        ("job.mjs", "run()\n", "start the file with a line such as `#!/usr/bin/env node`"),
        ("job.php", "<?php\n", "start the file with a line such as `#!/usr/bin/env php`"),
        ("job.pl", "print 1;\n", "start the file with a line such as `#!/usr/bin/env perl`"),
        ("job.py", "print(1)\n", "start the file with a line such as `#!/usr/bin/env python3`"),
    ] {
        let stderr = executable(App::procfile(format!("web: ./{name}\n")), name, content).build().stderr;
        let said: Vec<&str> =
            stderr.lines().filter(|line| line.starts_with("warning[") || line.contains("= help: ")).collect();
        assert_eq!(said.len(), 2, "{stderr}");
        assert!(said[0].starts_with("warning[no-interpreter]: ") && said[1].ends_with(help), "{stderr}");
    }
}

/// (X4d) Every way to start a script of the app; each script has one message.
#[test]
fn scripts_are_found_where_they_are_started() {
    const SCRIPT: &str = "#!/bin/sh\nnode server.js\n";
    let started = [
        "./run.sh",
        "jobs/../run.sh",
        "bash run.sh",
        "sh -e ./run.sh web",
        "bash -x -- run.sh",
        "exec ./run.sh",
        "A=1 ./run.sh",
        "./run.sh $PORT",
        "env A=1 ./run.sh",
        "nice -n 5 timeout 5 bash run.sh",
        "tini -- ./run.sh",
        "python migrate.py && ./run.sh",
        "'./run.sh'",
        "/usr/bin/env bash ./run.sh",
        "busybox sh run.sh",
    ];
    for command in started {
        let outcome = app(command, SCRIPT).directory("jobs").build();
        assert!(outcome.stderr.contains("warning[script-stays]"), "{command}: {}", outcome.all());
    }
    for command in ["node run.sh", "cat ./run.sh", "cd jobs && ./run.sh", "run.sh", "bash -c ./run.sh; true", "bash"] {
        let outcome = app(command, SCRIPT).build();
        assert!(!outcome.stderr.contains("script-stays"), "{command}: {}", outcome.all());
    }
    let absolute = app("x", SCRIPT);
    let path = absolute.path().canonicalize().unwrap().join("run.sh");
    let absolute = absolute.file("Procfile", format!("web: cd / && {}\n", path.display()));
    assert!(absolute.build().stderr.contains("warning[script-stays]"), "{}", absolute.build().all());
    let toml = "[io.octopilot.processes.web]\ncommand = ['./run.sh']\nworking-dir = 'jobs'\n";
    let elsewhere = executable(App::project_toml(toml), "jobs/run.sh", SCRIPT);
    assert_data_eq!(
        elsewhere.build().stderr,
        str![[r#"
warning[script-stays]: SIGTERM will not reach `node`, because the shell that runs `jobs/run.sh` stays in front of it
 --> jobs/run.sh:2:1
  |
2 | node server.js
  | ^^^^^^^^^^^^^^ the shell waits for this program
  |
 ::: project.toml:2:12
  |
2 | command = ['./run.sh']
  |            ---------- started here
  |
  = help: write `exec node server.js "$@"`

warning: the build continues with 1 warning

"#]]
        .raw()
    );
    // The kernel cannot execute it, so bash reads it.
    let unnamed = app("./run.sh $PORT", "node server.js\n").build();
    assert!(unnamed.stderr.contains(" --> run.sh:1:1"), "{}", unnamed.all());
    let twice = app("./run.sh", SCRIPT).file("Procfile", "web: ./run.sh\nworker: bash run.sh worker\n");
    assert_eq!(twice.build().stderr.matches("script-stays").count(), 1);
    // A release is a job that ends.
    assert_eq!(
        app("x", SCRIPT).file("Procfile", "web: x\nrelease: ./run.sh\n").build().stderr.matches("script-stays").count(),
        0
    );
}

/// (X4d) What cannot be read as a script is left alone, and nothing outside the app is read.
#[test]
fn hostile_scripts_are_left_alone() {
    let long = |bytes: usize| format!("#!/bin/sh\n#{}\nnode server.js\n", "x".repeat(bytes));
    let left: [Vec<u8>; 8] = [
        b"#!/bin/sh\n\xff\nnode server.js\n".to_vec(),
        b"#!/bin/sh\n\0\nnode server.js\n".to_vec(),
        b"#!/bin/sh\nif\nnode server.js\n".to_vec(),
        b"#!/bin/zsh\nnode server.js\n".to_vec(),
        b"#!/usr/bin/env python3\nnode server.js\n".to_vec(),
        b"#!\nnode server.js\n".to_vec(),
        long(64 * 1024).into_bytes(),
        [b"#!/bin/sh\n".to_vec(), b"$(".repeat(30_000)].concat(),
    ];
    for content in left {
        let beginning = String::from_utf8_lossy(&content[..content.len().min(30)]).into_owned();
        let outcome = app("./run.sh", content).build();
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{beginning}");
    }
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("run.sh"), "#!/bin/sh\nnode server.js\n").unwrap();
    for app in [
        App::procfile("web: ./run.sh\n").link("run.sh", outside.path().join("run.sh")),
        App::procfile("web: bash run.sh\n").fifo("run.sh"),
        App::procfile("web: bash run.sh\n").directory("run.sh"),
        App::procfile("web: bash run.sh\n").link("run.sh", "/dev/zero"),
        App::procfile("web: bash run.sh\n"),
    ] {
        assert!(!app.build().all().contains("node server.js"), "{}", app.build().all());
    }
    let inside = executable(App::procfile("web: ./link\n"), "bin/run.sh", "#!/bin/sh\nnode server.js\n")
        .link("link", "bin/run.sh");
    assert!(inside.build().stderr.contains(" --> link:2:1"), "{}", inside.build().stderr);
}

/// (X4d) A script with line ends of Windows.
#[test]
fn scripts_of_windows_are_told_with_the_fix() {
    let said = |command: &str, script: &str, reader: &str| {
        let outcome = app(command, script).build();
        outcome.stderr.contains("warning[windows-script]") && outcome.stderr.contains(reader)
    };
    for (command, script, reader) in [
        ("./run.sh", "#!/bin/sh\r\nexec node server.js\r\n", "cannot start"),
        ("./run.sh", "#!/bin/sh -e\r\nexec node server.js\r\n", "cannot start"),
        ("./run.sh", "#!/usr/bin/env python3\r\nprint(1)\n", "cannot start"),
        ("env A=1 ./run.sh $PORT", "#!/usr/bin/env bash\r\nexec node server.js\r\n", "cannot start"),
        ("bash run.sh", "exec node server.js\r\n", "bash cannot run"),
        ("sh run.sh", "#!/bin/bash\r\nexec node server.js\r\n", "sh cannot run"),
        ("./run.sh", "#!/usr/bin/env -S bash -e\r\nexec node server.js\r\n", "bash cannot run"),
    ] {
        assert!(said(command, script, reader), "{command} {script:?}: {}", app(command, script).build().all());
    }
    for (command, script) in [
        ("bash run.sh", "#!/bin/bash\n#\r\nexec node server.js \"$@\"\n"),
        ("./run.sh", "#!/usr/bin/env -S python3 -u\r\nprint(1)\r\n"),
        ("python run.sh", "print(1)\r\n"),
        ("bash run.sh", ""),
    ] {
        assert_eq!(app(command, script).build().stderr, "", "{command} {script:?}");
    }
    let tiny = app("./run.sh", "#!/usr/bin/env python3\r\n").env("BP_PROCFILE_SHELL", "none").build();
    assert!(tiny.stderr.contains("warning[windows-script]"), "{}", tiny.all());
}

/// (X3, X4d) The log says where arguments are lost, and default arguments that are lost are a warning.
#[test]
fn arguments_that_a_script_loses_are_told() {
    const TOML: &str = "[io.octopilot.processes.web]\ncommand = './run.sh'\nargs = ['a']\n";
    let of = |script: &str| executable(App::project_toml(TOML), "run.sh", script).build();
    let lost = of("#!/bin/sh\nexec node server.js\n");
    assert_data_eq!(
        lost.all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read project.toml

  Process types
    web (default)  project.toml:1  ./run.sh args ["a"]
                                   exec form: sh runs run.sh, which ignores arguments

  How to run them
    Docker            Kubernetes
    docker run IMAGE  command: ["web"]
--- standard error
warning[unused-args]: the script of `web` does not use its `args`
 --> project.toml:2:12
  |
2 | command = './run.sh'
  |            ^^^^^^^^ `run.sh` gets the arguments as "$@"
  |
  = help: write `exec node server.js "$@"` in line 2 of `run.sh`

warning: the build continues with 1 warning
--- layers/launch.toml
[[processes]]
type = "web"
command = ["./run.sh"]
args = ["a"]
default = true

"#]]
        .raw()
    );
    for script in ["exec node server.js \"$@\"", "exec node server.js $1", "shift\nexec node server.js"] {
        assert_eq!(of(&format!("#!/bin/sh\n{script}\n")).stderr, "", "{script}");
    }
}

/// (X6a) A shell, and a script that names one, whatever starts it and in whatever form.
#[test]
fn images_without_a_shell_refuse_shells() {
    let refused = [
        "sh start.sh", "bash -c 'a | b'", "/bin/dash x", "zsh", "ksh -c x", "busybox sh -c x", "busybox ash x",
        "env bash x", "/usr/bin/env A=b bash x", "exec sh x", "nice -n 5 sh x", "timeout -k 5 10 bash x",
        "dumb-init -- sh x", "tini -g -- sh x", "A=$B sh x", "bash $X", "'sh' -c x", "./run.sh", "exec ./run.sh",
        "./run.sh $PORT", "env ./run.sh", "jobs/../run.sh",
    ];
    let shells = [
        "#!/bin/sh", "#! /bin/sh -e", "#!/bin/bash\r", "#!/usr/bin/env bash", "#!/usr/bin/env -S bash -e",
        "#!/usr/bin/env -S A=b bash", "#!/bin/busybox sh", "#!/bin/ash", "#!/usr/bin/zsh",
    ];
    let is_refused = |app: App| {
        let outcome = app.env("BP_PROCFILE_SHELL", "none").build();
        assert!(outcome.layers.is_empty() == (outcome.status == Some(1)), "{}", outcome.all());
        outcome.status == Some(1) && outcome.stderr.contains("needs-shell]: ")
    };
    for command in refused {
        let script = "#!/bin/sh\nx\n";
        assert!(is_refused(app(command, script).directory("jobs")), "{command}");
        let words: Vec<String> = command.split(' ').map(|word| format!("{word:?}")).collect();
        if !command.contains(['\'', '$', '=']) && !command.starts_with("exec ") {
            let toml = format!("[io.octopilot.processes]\nweb = [{}]\n", words.join(", "));
            assert!(is_refused(executable(App::project_toml(&toml).directory("jobs"), "run.sh", script)), "{toml}");
        }
    }
    for shell in shells {
        assert!(is_refused(app("./run.sh", format!("{shell}\nx\n"))), "{shell}");
    }
    for (command, script) in [
        ("./run.sh", "#!/usr/bin/env python3\n"),
        ("./run.sh", "\x7fELF"),
        ("node sh", ""),
        ("env", ""),
        ("shell x", ""),
        ("busybox httpd", ""),
        ("./sh", "\x7fELF"),
    ] {
        let app = executable(app(command, script), "sh", "\x7fELF");
        assert!(!is_refused(app), "{command} {script}");
    }
}

/// (X4d) Every branch may be the one that runs, and so may an `exec` before the last command.
#[test]
fn scripts_of_all_branches_are_read() {
    let app = app(
        "if [ \"$ROLE\" = worker ]; then ./worker.sh; elif [ \"$ROLE\" = cron ]; then sh -c 'supercronic crontab; true'; \
         else ./run.sh; fi",
        "#!/bin/sh\nexec uvicorn main:app --host 0.0.0.0 --port $PORT \"$@\"\n",
    );
    let app = executable(app, "worker.sh", "#!/bin/sh\nmigrate\ncelery -A app worker\n");
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read Procfile

  Process types
    web (default)  Procfile:1  if [ "$ROLE" = worker ]; then ./worker.sh; elif [ "$ROLE" = cron ]; then sh -c 'supercronic crontab; true'; else ./run.sh; fi
                               bash runs: if [ "$ROLE" = worker ]; then ./worker.sh "$@"; elif [ "$ROLE" = cron ]; then exec sh -c 'supercronic crontab; true' "$@"; else ./run.sh "$@"; fi (arguments do not reach `sh -c 'supercronic crontab; true'` and `./worker.sh`, because of `sh -c`)

  How to run them
    Docker            Kubernetes
    docker run IMAGE  command: ["web"]
--- standard error
warning[shell-stays]: SIGTERM may not reach `./worker.sh` and `./run.sh` of `web`, because a shell stays in front of them
 --> Procfile:1:36
  |
1 | web: if [ "$ROLE" = worker ]; then ./worker.sh; elif [ "$ROLE" = cron ]; then sh -c 'supercronic crontab; true'; else ./run.sh; fi
  |                                    ^^^^^^^^^^^ with `exec`, the program would see an absolute path as `$0`
  |
  = help: write `exec` before the program, unless it needs the relative path
  = help: or set BP_PROCFILE_INIT to `stays`, so that signals reach every process

warning[shell-stays]: SIGTERM will not reach the program of `web`, because a shell stays in front of it
 --> Procfile:1:107
  |
1 | web: if [ "$ROLE" = worker ]; then ./worker.sh; elif [ "$ROLE" = cron ]; then sh -c 'supercronic crontab; true'; else ./run.sh; fi
  |                                                                                                           ^^^^ the shell keeps running to run this afterwards
  |
  = help: delete `; true`, so that the container gets the program's own exit status
  = help: or set BP_PROCFILE_INIT to `stays`, so that signals reach every process

warning: the build continues with 2 warnings
--- layers/launch.toml
[[processes]]
type = "web"
command = ["bash", "-c", """if [ "$ROLE" = worker ]; then ./worker.sh "$@"; elif [ "$ROLE" = cron ]; then exec sh -c 'supercronic crontab; true' "$@"; else ./run.sh "$@"; fi""", "web"]
default = true

"#]]
    );
}

/// (X4d) An `exec` before the last command starts a script, too.
#[test]
fn a_script_behind_an_early_exec_is_read() {
    let app = executable(
        App::procfile("web: [ -n \"$DEBUG\" ] && exec ./debug.sh; flask run --host 0.0.0.0 --port $PORT\n"),
        "debug.sh",
        "#!/bin/bash\nflask run --debug --host 0.0.0.0\n",
    );
    assert_data_eq!(
        app.build().stderr,
        str![[r#"
warning[development-only]: `flask run` is for development, as its documentation says
 --> Procfile:1:42
  |
1 | web: [ -n "$DEBUG" ] && exec ./debug.sh; flask run --host 0.0.0.0 --port $PORT
  |                                          ^^^^^ for development
  |
  = help: run `gunicorn MODULE:app --bind 0.0.0.0:${PORT:-8000}`

warning[script-stays]: SIGTERM will not reach `flask`, because the shell that runs `debug.sh` stays in front of it
 --> debug.sh:2:1
  |
2 | flask run --debug --host 0.0.0.0
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the shell waits for this program
  |
 ::: Procfile:1:30
  |
1 | web: [ -n "$DEBUG" ] && exec ./debug.sh; flask run --host 0.0.0.0 --port $PORT
  |                              ---------- started here
  |
  = help: write `exec flask run --debug --host 0.0.0.0 "$@"`

warning: the build continues with 2 warnings

"#]]
    );
}
