//! Advice on commands (O3, O4): what is said of each, and above all of which nothing is said.

use crate::support::{App, manifest, marked};
use octopilot_procfile::advice::misuse::{Kind, MISUSES, Misuse};
use octopilot_procfile::advice::programs::{SERVERS, WRAPPERS};
use snapbox::{Data, IntoData, assert_data_eq, str};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// The warnings of a build: the name, what the carets are under, and the first help.
fn advice(app: &App) -> String {
    let mut text = String::new();
    let outcome = app.build();
    assert_eq!(outcome.status, Some(0), "{}", outcome.all());
    for warning in outcome.stderr.split("\n\n").filter(|part| part.starts_with("warning[")) {
        let name = warning.split(['[', ']']).nth(1).unwrap();
        let help = warning.lines().find_map(|line| line.trim_start().strip_prefix("= help: ")).unwrap();
        writeln!(text, "    {name} at {}: {help}", marked(warning)).unwrap();
    }
    text
}

/// (O4) Every line of `tests/advice/commands.txt` that is not indented is the command of a `web` process; the indented
/// lines below it are what is said.
#[test]
fn commands_get_the_advice_that_is_due() {
    let path = manifest("tests/advice/commands.txt");
    let list = fs::read_to_string(&path).unwrap();
    let mut text = String::new();
    for line in list.lines().filter(|line| !line.starts_with("    ")) {
        text.push_str(line);
        text.push('\n');
        if !line.is_empty() && !line.starts_with('#') {
            let app =
                App::procfile(format!("web: {line}\n")).env("BP_PROCFILE_ALLOW", "missing-program,missing-directory");
            text.push_str(&advice(&app));
        }
    }
    assert_data_eq!(text, Data::read_from(&path, None).raw());
}

/// Every program and every option of the tables stands in that list.
#[test]
fn the_list_of_commands_is_complete() {
    let list = fs::read_to_string(manifest("tests/advice/commands.txt")).unwrap().replace('\'', "");
    let is_listed = |words: &str, option: &str| {
        let mut commands = list.lines().filter(|line| !line.starts_with("    "));
        commands.any(|line| words.split(' ').all(|word| line.contains(word)) && line.contains(option))
    };
    for server in SERVERS {
        for option in [server.host, server.port, server.bind, server.unless].concat() {
            assert!(server.commands.iter().any(|words| is_listed(words, option)), "{:?} {option}", server.commands);
        }
    }
    for Misuse { command, kind, flags, unless, .. } in MISUSES.iter().map(|row| row.fact) {
        // All builds have the same.
        let unless = unless.iter().filter(|_| kind != Kind::Build);
        for flag in flags.iter().chain(unless).copied().chain([""]) {
            assert!(is_listed(command, flag), "{command} {flag}");
        }
    }
    for wrapper in WRAPPERS.iter().map(|row| row.fact) {
        for option in [wrapper.values, wrapper.flags, &[""]].concat() {
            assert!(is_listed(wrapper.command, option), "{} {option}", wrapper.command);
        }
    }
}

/// The tables are in the order in which they are searched.
#[test]
fn tables_are_in_the_order_of_names() {
    let name = |words: &'static str| words.split(' ').next().unwrap();
    assert!(MISUSES.is_sorted_by_key(|row| name(row.fact.command)));
    let number = |words: &str| usize::MAX - words.split(' ').count();
    assert!(WRAPPERS.is_sorted_by_key(|row| (name(row.fact.command), number(row.fact.command))));
}

/// (O4) Arrays have no expansion to offer, default arguments count, and where a variable may decide nothing is said.
#[test]
fn project_toml_gets_advice_too() {
    let said = |table: &str| advice(&App::project_toml(&format!("[io.octopilot.processes]\n{table}")));
    assert_data_eq!(
        said("web = [\"uvicorn\", \"main:app\", \"--host\", \"::1\", \"--port\", \"8000\"]"),
        str![[r#"
    loopback-bind at "::1": write `--host 0.0.0.0`
    hardcoded-port at "8000": write the whole command as a string, with `--port ${PORT:-8000}`: nothing is expanded in an array or in `args`

"#]]
        .raw()
    );
    assert_data_eq!(
        said("web = { command = [\"gunicorn\", \"app:app\"], args = [\"--bind=0.0.0.0:80\"] }"),
        str![[r#"
    hardcoded-port at "--bind=0.0.0.0:80": write the whole command as a string, with `--bind=0.0.0.0:${PORT:-80}`: nothing is expanded in an array or in `args`

"#]]
        .raw()
    );
    // The usual layout of a long command.
    let lines =
        |more: &str| said(&format!("web = \'\'\'\nexec uvicorn main:app \\\n  --port=$PORT \\\n  {more}\n\'\'\'"));
    assert_eq!(lines("--host=0.0.0.0"), "");
    assert_eq!(lines("--reload").lines().count(), 2);
    assert_eq!(lines("--host 127.0.0.1"), "    loopback-bind at 127.0.0.1: write `--host 0.0.0.0`\n");
    assert_eq!(said("web = { command = \"uvicorn a:b --port $PORT\", args = [\"--host\", \"0.0.0.0\"] }"), "");
    assert!(said("worker = { command = \"gunicorn a:b\", args = [\"-D\"] }").starts_with("    background-program"));
    assert_data_eq!(
        said("web = { command = \"gunicorn app:app\", args = [\"--bind\", \"0.0.0.0:$(PORT)\"] }"),
        str![[r#"
    foreign-placeholder at "0.0.0.0:$(PORT)": write the whole command as a string, with `${PORT:-8080}`: nothing is expanded in an array or in `args`

"#]]
        .raw()
    );
    assert_data_eq!(
        said("web = [\"uvicorn\", \"a:b\", \"--host\", \"0.0.0.0\", \"--port\", \"$PORT\"]"),
        str![[r#"
    unexpanded-value at "$PORT": write the whole command as a string: `"uvicorn a:b --host 0.0.0.0 --port ${PORT:-8080}"`

"#]]
        .raw()
    );
    assert_eq!(said("web = { command = [\"uvicorn\", \"a:b\"], env = { UVICORN_HOST = \"0.0.0.0\" } }"), "");
    assert_eq!(said("api = [\"uvicorn\", \"main:app\", \"--host\", \"::1\", \"--port\", \"8000\"]"), "");
    assert_data_eq!(
        said("web = '''\ncd x &&\n  gunicorn app:app -b localhost:9000'''"),
        str![[r#"
    missing-directory at x: correct the path, which is relative to the working directory of the process
    hardcoded-port at localhost:9000: write `-b 0.0.0.0:${PORT:-9000}`
    loopback-bind at localhost:9000: write `-b 0.0.0.0:${PORT:-9000}`

"#]]
        .raw()
    );
}

/// (O4) A port is advice for `web` alone, and a Procfile for development gets none.
#[test]
fn advice_is_for_what_platforms_reach() {
    let command = "uvicorn main:app --reload --port 8000";
    assert!(advice(&App::procfile(format!("web: {command}\n"))).contains("hardcoded-port"));
    let of_worker = advice(&App::procfile(format!("worker: {command}\n")));
    assert_eq!(of_worker, "    development-only at --reload: run the same command without `--reload`\n");
    let for_development = App::new().file("Procfile.dev", format!("web: {command}\n"));
    assert_eq!(advice(&for_development.env("BP_PROCFILE_PATH", "Procfile.dev")), "");
}

/// (O4) A relative program must be a file of the app that can be executed, when the command begins with it.
#[test]
fn programs_of_the_app_are_looked_for() {
    let app = |command: &str| {
        let app = App::procfile(format!("web: {command}\n"))
            .file("run", "#!/bin/sh\n")
            .file("bin/run", "#!/bin/sh\n")
            .file("plain", "#!/bin/sh\n")
            .file("app.py", "")
            .file("app.sh", "")
            .file("start.sh", "#!/bin/sh\n")
            .directory("src")
            .file("it's plain", "#!/bin/sh\n")
            .directory("directory")
            .link("layer", "/layers/of/another")
            .link("system", "/bin/sh");
        for path in ["run", "bin/run", "start.sh"] {
            let mode = PermissionsExt::from_mode(0o755);
            fs::set_permissions(app.path().join(path), mode).unwrap();
        }
        app
    };
    let mut text = String::new();
    for command in [
        "./run",
        "bin/run --port $PORT",
        "./missing",
        "exec bin/missing $PORT",
        "A=b ./missing",
        "nowhere/missing",
        "./plain",
        "\"./it's plain\" --port $PORT",
        "./directory",
        "./layer",
        "./system",
        "make && ./missing",
        "cd bin && ./missing",
        "../outside",
        "/usr/bin/missing",
        "$DIR/missing",
        "python ./missing",
        "python missing.py",
        "python3 -u src/missing.py --port $PORT",
        "python app.py",
        "python -m missing",
        "node missing.js",
        "node -r dotenv/config missing.mjs",
        "node app",
        "ruby missing.rb",
        "php missing.php",
        "bash missing.sh",
        "sh -eu missing.sh",
        "bash app.sh",
        "bash -c 'python missing.py'",
        "exec bundle exec ruby missing.rb",
        "poetry run python missing.py",
        "uv run --directory src python missing.py",
        "java -Xmx300m -jar missing.jar",
        "java -jar build/libs/*.jar",
        "cd src && python missing.py",
        "python app.py && python missing.py",
        "[ \"$A\" ] && python missing.py",
        "python /opt/missing.py",
        "python ../missing.py",
        "python $SCRIPT.py",
        "celery missing.py",
        "if true; then ./missing; fi",
        "app.sh",
        "exec app.py --port $PORT",
        "start.sh",
        "bash -c start.sh",
        "python app.py && start.sh",
        "missing.sh",
        "app",
        "python app.py",
        "nice start.sh",
        "PATH=.:$PATH start.sh",
        "export PATH=.; start.sh",
        ". ./app.sh && start.sh",
        "cd src && start.sh",
        "if true; then start.sh; fi",
        "/app/start.sh --port $PORT",
        "/app/bin/run",
        "python /app/app.py",
        "/app/missing.sh",
        "python /app/missing.py",
        "ln -s $PWD /app && /app/start.sh",
        "cd /app && ./run",
        "cd /app/src && ./run",
        "cd /app/missing && ./run",
        "cd /app; ./run",
        "cd src && ./run",
        "cd missing && ./run",
        "(cd missing && ./run)",
        "cd missing/deep && ./run",
        "cd \"missing\" && ./run",
        "bash -c 'cd missing && ./run'",
        "cd missing; ./run",
        "cd missing || cd src && ./run",
        "mkdir missing && cd missing && ./run",
        "cd layer && ./run",
        "cd $DIR && ./run",
        "cd ~/missing && ./run",
        "cd ../missing && ./run",
        "cd /missing && ./run",
        "CDPATH=src cd missing && ./run",
        "if true; then cd missing && ./run; fi",
        "source venv/bin/activate && gunicorn app",
        ". ./missing.sh && ./run",
        "bash -c 'source venv/bin/activate && ./run'",
        "source venv/bin/activate; ./run",
        ". ./app.sh && ./run",
        ". missing.sh && ./run",
        ". ./.env && ./run",
        ". $FILE/x && ./run",
    ] {
        writeln!(text, "{command}\n{}", advice(&app(command))).unwrap();
    }
    assert_data_eq!(text, Data::read_from(&manifest("tests/advice/programs.txt"), None).raw());
    for (directory, expected) in [("bin", ""), ("directory", "    missing-program at ./run: ")] {
        let app = app("true").file(
            "project.toml",
            format!("[io.octopilot.processes.worker]\ncommand = \"./run\"\nworking-dir = \"{directory}\"\n"),
        );
        let said = advice(&app);
        assert_eq!(said.split("correct").next().unwrap(), expected);
    }
}

/// (O4) A layer may put the app directory in PATH, or a program of the same name.
#[test]
fn layers_may_change_path() {
    let said = |path: &str, content: &str| {
        let app = App::procfile("web: start.sh\n").file("start.sh", "#!/bin/sh\nexec true\n");
        let content = content.replace("APP", app.path().to_str().unwrap());
        advice(&app.beside(&format!("layers/other/layer/{path}"), content))
    };
    for (path, content) in [
        ("env/PATH.prepend", "APP"),
        ("env.launch/PATH.append", "/bin:APP\n"),
        ("env.launch/web/PATH", "."),
        ("profile.d/a.sh", "export PATH=$HOME:$PATH"),
        ("bin/start.sh", "#!/bin/sh\n"),
    ] {
        assert_eq!(said(path, content), "", "{path}");
    }
    for (path, content) in [("env/PATH.prepend", "APP/bin"), ("env.launch/A", "APP"), ("profile.d/a.sh", "export A=b")]
    {
        assert!(said(path, content).starts_with("    missing-program at start.sh: write `./start.sh`"), "{path}");
    }
}

/// (O4) A script that a command runs is declared in `package.json`, or is a program or optional.
#[test]
fn scripts_of_packages_are_looked_for() {
    let app = |command: &str| {
        let scripts = r#"{"name": "x", "scripts": {"serve": "node a.js", "build": "tsc", "start:prod": "node b.js"}}"#;
        let app = App::procfile(format!("web: {command}\n")).file("package.json", scripts);
        let app = app.file("server/package.json", "{}").file("server/server.js", "").file("broken/package.json", "{,}");
        app.file("list/package.json", "{\"scripts\": [1]}").env("BP_PROCFILE_ALLOW", "development-only,shell-stays")
    };
    let mut text = String::new();
    for command in [
        "npm start",
        "npm run strat:prod",
        "npm run-script worker -- --port $PORT",
        "yarn start",
        "yarn run start:dev",
        "yarn worker:prod",
        "pnpm start",
        "exec npm -s start",
        "npm --silent run nothing",
        "NODE_ENV=production npm run nothing",
        "node migrate.mjs; npm run nothing",
        "npm run serve",
        "npm run start:prod",
        "npm run serve --if-present",
        "npm run nothing --if-present",
        "npm start --prefix client",
        "npm --prefix client start",
        "npm run nothing --workspace=a",
        "npm run env",
        "npm test",
        "npm run $SCRIPT",
        "npm run",
        "yarn serve",
        "yarn nothing",
        "yarn run nothing",
        "yarn workspace a start",
        "yarn --cwd client start",
        "pnpm --filter a start",
        "pnpm nothing",
        "cd server && npm start",
        "cd client; npm start",
        ". ./env && npm start",
        "env -C client npm start",
        "bun start",
        "if true; then npm start; fi",
        "npm start || npm run serve",
    ] {
        write!(text, "{command}\n{}", advice(&app(command))).unwrap();
    }
    assert_data_eq!(text, Data::read_from(&manifest("tests/advice/packages.txt"), None).raw());
    for directory in ["server", "broken", "list"] {
        let table = format!("command = \"npm start\"\nworking-dir = \"{directory}\"\n");
        let app = app("true").file("project.toml", format!("[io.octopilot.processes.api]\n{table}"));
        assert_eq!(advice(&app), "", "{directory}");
    }
    assert_eq!(advice(&app("npm start").file("server.js", "")), "");
    assert_eq!(advice(&App::procfile("web: npm start\n")), "");
}

/// The preview runs before the buildpacks that make things: a directory that is not there yet says nothing.
#[test]
fn the_preview_waits_for_what_is_built() {
    let stderr = |command: &str| App::procfile(format!("web: {command}\n")).preview(&[]).stderr;
    assert_eq!(stderr("target/release/app"), "");
    assert_eq!(stderr("./app"), "");
    assert!(stderr("./start.sh").starts_with("warning[missing-program]"), "{}", stderr("./start.sh"));
    assert!(stderr("python app.py").starts_with("warning[missing-program]"), "{}", stderr("python app.py"));
    assert_eq!(stderr("node index.js"), "");
    assert_eq!(stderr("java -jar target/app.jar"), "");
    assert_eq!(stderr("cd dist && node index.js"), "");
    assert_eq!(stderr(". venv/bin/activate && gunicorn app"), "");
    assert!(stderr("cd backend && node index.js").starts_with("warning[missing-directory]"));
}

/// (O3) A `.profile` is told of once, unless a command reads it or there is no process to read it for.
#[test]
fn a_profile_is_not_sourced() {
    let app = |procfile: &str| {
        let app = App::procfile(procfile).file(".profile", "export A=b\n");
        ["a.js", "b.js", "server.js"].into_iter().fold(app, |app, script| app.file(script, ""))
    };
    assert_data_eq!(
        app("web: node a.js\nworker: node b.js\n").build().stderr,
        str![[r#"
warning[unused-profile]: this file is ignored, because processes start without a login shell
--> .profile
 = help: set the variables in `env` of the process in a project.toml, or use `. ./.profile && exec PROGRAM` as the command

warning: the build continues with 1 warning

"#]]
        .raw()
    );
    assert_eq!(app("web: . ./.profile && node server.js\n").build().stderr, "");
    assert!(!app("# nothing\n").build().stderr.contains("unused-profile"));
    assert_eq!(App::procfile("web: node a.js\n").file("a.js", "").directory(".profile").build().stderr, "");
}

/// (O4) A program of the app that only has the name of a tool is no such tool.
#[test]
fn programs_of_the_app_are_no_tools_of_that_name() {
    let said = |procfile: &str, files: &[&str], content: &str| {
        let app = App::procfile(procfile).env("BP_PROCFILE_ALLOW", "missing-program,script-stays,no-interpreter");
        advice(&files.iter().fold(app, |app, file| app.file(file, content)))
    };
    let node = "#!/usr/bin/env node\n";
    for command in [
        "bin/service start", "./bin/supervisor --jobs 4", "bin/serve -p 9000", "./bin/air", "exec bin/watchexec",
        "env A=b bin/vite",
    ] {
        let path = command.split(' ').find(|word| word.contains("bin/")).unwrap();
        let procfile = format!("web: {command}\n");
        assert_eq!(said(&procfile, &[path], node), "", "{command}");
        assert_ne!(said(&procfile, &[], node), "", "{command}");
    }
    for path in ["node_modules/.bin/serve", "venv/bin/gunicorn", "vendor/bin/gunicorn", "bin/rails", "./gradlew"] {
        let arguments = match path {
            "./gradlew" => "bootRun",
            "bin/rails" => "server -p 9000 -b 127.0.0.1",
            _ => "-b 127.0.0.1:9000 -p 9000",
        };
        assert_ne!(said(&format!("web: {path} {arguments}\n"), &[path], node), "", "{path}");
    }
    let stub = "#!/usr/bin/env ruby\nload Gem.bin_path(\"puma\", \"puma\")\n";
    assert_ne!(said("web: bin/puma -p 9000\n", &["bin/puma"], stub), "");
}

/// (O4) A dot instead of the colon before the name of the app, if the files of the app say so.
#[test]
fn modules_are_looked_for() {
    let said = |command: &str, files: &[&str]| {
        let app = App::procfile(format!("web: uvicorn {command} --host 0.0.0.0 --port ${{PORT:-8000}}\n"));
        advice(&files.iter().fold(app, |app, file| app.file(file, "")))
    };
    assert_eq!(said("main.app", &["main.py"]), "    module-path at main.app: write `main:app`\n");
    assert_eq!(said("src.main.api", &["src/main.py"]), "    module-path at src.main.api: write `src.main:api`\n");
    assert_eq!(said("shop.app", &["shop/__init__.py"]), "    module-path at shop.app: write `shop:app`\n");
    let is_module = "    module-path at shop.app: write `shop.app:app`, with the name that the app has in the module\n";
    assert_eq!(said("shop.app", &["shop/__init__.py", "shop/app.py"]), is_module);
    assert_eq!(said("shop.app", &[]), is_module);
}
