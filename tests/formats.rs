//! Files of other tools that were saved as a Procfile (P12).

use crate::support::App;
use octopilot_procfile::diagnostics::Diagnostics;
use octopilot_procfile::parse::procfile::parse;
use octopilot_procfile::text::{Source, Text};
use std::collections::BTreeMap;

/// What the messages on each line give to write instead: nothing if the line is to be deleted.
fn fixes(content: &str) -> BTreeMap<usize, String> {
    let (text, mut problems) = (Text::new("Procfile", content.to_string()), Diagnostics::default());
    parse(content, Source::Procfile, &mut problems);
    let fix = |help: &str| match (help.strip_prefix("write `"), help.split_once('\n')) {
        (Some(line), _) => line.split('`').next().unwrap_or_default().to_string(),
        (None, Some((_, lines))) => lines.to_string(),
        (None, None) => String::new(),
    };
    let found = problems.in_file_order().into_iter();
    let fixes: Vec<_> = found.map(|one| (text.position(one.at.start).line, fix(&one.message.help[0]))).collect();
    let by_line: BTreeMap<usize, String> = fixes.iter().cloned().collect();
    assert_eq!(by_line.len(), fixes.len(), "two messages on a line of\n{content}");
    by_line
}

/// A Procfile after everything that its messages say has been done: lines that continue a line, or that are nested below
/// it, go with it.
fn fixed(content: &str) -> String {
    let fixes = fixes(content);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut out, mut nested, mut continues) = (String::new(), None, false);
    for (index, line) in content.lines().enumerate() {
        let fix = fixes.get(&(index + 1));
        let is_nested = nested.is_some_and(|outer| line.is_empty() || indent(line) > outer);
        if fix.is_none() && (continues || is_nested) {
            continues = line.ends_with('\\');
            continue;
        }
        nested = fix.is_some().then(|| indent(line));
        continues = fix.is_some() && line.ends_with('\\');
        out.extend([fix.map_or(line, String::as_str), "\n"]);
    }
    out
}

/// (P12) Each line of a file of another tool has one message, and what the messages say to write is a Procfile that builds
/// without a message.
#[track_caller]
fn check(content: &str, expected: &str) {
    let fixed = fixed(content);
    let lines: Vec<&str> = fixed.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines, expected.lines().collect::<Vec<_>>(), "{content}");
    let outcome = App::procfile(&fixed).env("BP_PROCFILE_ALLOW", "missing-program").build();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{fixed}");
}

/// (P12) The words of `CMD` follow those of `ENTRYPOINT`; a script for a shell stands alone.
#[test]
fn dockerfiles_give_their_command() {
    check(
        "# syntax=docker/dockerfile:1\nFROM node AS build\nENV A=b\nARG B\nRUN npm ci \\\n  && npm run build\nCMD [\"node\", \"a b.js\"]\n",
        "# syntax=docker/dockerfile:1\nweb: node 'a b.js'",
    );
    check("CMD node server.js --port $PORT\n", "web: node server.js --port ${PORT:-8080}");
    check("ENTRYPOINT [\"env\"]\nCMD [ \"node\", \"\", \"it's\" ]\n", "web: env node '' 'it'\\''s'");
    check("ENTRYPOINT [\"sh\", \"-c\"]\nCMD [\"exec node $FILE\"]\n", "web: exec node $FILE");
    check("CMD [\"/bin/sh\", \"-c\", \"a && node server.js\"]\n", "web: a && node server.js");
    check("ENTRYPOINT node server.js \\\n  --quiet\n", "web: node server.js --quiet");
    check("CMD [\"echo\", \"$HOME/a b\", \"\\\"x\\\"\"]\n", "web: echo \"$HOME/a b\" '\"x\"'");
}

/// (P12) The first is a command of systemd, with the marks that may be before its path; the second of supervisord.
#[test]
fn units_give_their_command() {
    check(
        "[Unit]\nDescription=Shop\nAfter=network.target\n\n[Service]\nUser=www\nEnvironment=\"A=b\"\nExecStartPre=/bin/a\nExecStart=-/usr/bin/node \\\n  server.js\nRestart=always\n[Install]\nWantedBy=multi-user.target\n",
        "web: /usr/bin/node server.js",
    );
    check(
        "[supervisord]\nnodaemon=true\n[program:web]\ncommand = node api.js\nautostart=true\n[program:jobs]\ndirectory=/app\ncommand=node jobs.js\n",
        "web: node api.js\njobs: node jobs.js",
    );
    check("api = node api.js\nweb=node server.js\n", "api: node api.js\nweb: node server.js");
    check("[io.octopilot.processes]\nweb = \"node server.js\"\n", "web: node server.js");
}

/// (P12) Every job is a process type of its own.
#[test]
fn crontabs_give_their_jobs() {
    check(
        "web: node server.js\nMAILTO=a@b\n*/5 * * * * node a.js\n0 3 * jan-mar 1-5 root node b.js\n@daily node c.js\n",
        "web: node server.js\ncron: node a.js\ncron-2: node b.js\ncron-3: node c.js",
    );
}

/// (P12) Objects of JSON on one line and on several.
#[test]
fn json_gives_its_strings() {
    check(
        "{\n  \"scripts\": {\n    \"web\": \"node server.js\",\n    \"worker\": \"sh -c \\\"exec node worker.js\\\"\",\n    \"beat\": [\"node\", \"beat.js\"]\n  }\n}\n",
        "web: node server.js\nworker: sh -c \"exec node worker.js\"\nbeat: node beat.js",
    );
    check("{\"web\": \"node a:b.js\", \"jobs\": \"echo '\\\\\\\\'\"}\n", "web: node a:b.js\njobs: echo '\\\\'");
}

/// (P12) A service is one mistake with all that is nested below it, and needs a command or an image of its own.
#[test]
fn compose_files_give_their_commands() {
    check(
        "version: \"3\"\nservices:\n  db:\n    image: postgres\n    volumes:\n      - data:/data\n  web:\n    build: .\n    command: node server.js # here\n\n    ports:\n      - \"8000:8000\"\n  jobs:\n    command: ['node', 'jobs.js']\n    entrypoint: env\n  beat:\n    command:\n      - node\n      # why\n      - \"beat it.js\"\n  run:\n    entrypoint: [sh, -c]\n    command: >\n      node\n      run.js\nvolumes:\n  data:\n",
        "web: node server.js\njobs: env node jobs.js\nbeat: node 'beat it.js'\nrun: node run.js",
    );
    check(
        "build:\n  docker:\n    web: Dockerfile\nrun:\n  web:\n    command:\n      - node server.js\n",
        "web: node server.js",
    );
    check(
        "- web: node server.js\n---\nworker:\n  - node\n  - worker.js\n",
        "web: node server.js\nworker: node worker.js",
    );
}

/// (P12) Only the command behind the options of the Heroku CLI runs in an image.
#[test]
fn heroku_run_gives_its_command() {
    check("heroku run -a shop --size=basic -- node a.js --app x\n", "task: node a.js --app x");
    check("web: heroku run node server.js\n", "web: node server.js");
    check("worker: heroku run:detached \"node worker.js\"\nheroku logs\n", "worker: node worker.js");
}

/// (P12) Files that no line alone shows have one message, and what it says to write is a Procfile that builds without a
/// message.
#[test]
fn whole_files_give_their_commands() {
    for (content, expected) in [
        (
            "name: api\nimage: my/app:1\ncommand: [\"node\", \"server.js\"]\nargs: [\"--port\", \"3000\"]\n",
            "api: node server.js --port 3000",
        ),
        ("- name: start\n  run: node server.js\n", "web: node server.js"),
        ("- name: jobs\n  run: node jobs.js\n", "jobs: node jobs.js"),
        ("module.exports = {\n  apps: [{ name: 'api', script: 'server.js' }]\n}\n", "api: node server.js"),
        (
            "servers:\n  web:\n    hosts:\n      - 10.0.0.1\n    cmd: bin/web\n  job:\n    cmd: bin/jobs\n",
            "web: bin/web\njob: bin/jobs",
        ),
        ("runtime: nodejs20\nentrypoint: node server.js\n", "web: node server.js"),
        ("[phases.setup]\n[start]\ncmd = \"node server.js\"\n", "web: node server.js"),
    ] {
        let help = whole_help(content);
        let (_, written) = help.split_once(['`', '\n']).unwrap();
        let written = written.trim_end_matches('`');
        assert_eq!((written, help.starts_with("replace the whole file with")), (expected, true), "{content}");
        let outcome = App::procfile(format!("{written}\n")).env("BP_PROCFILE_ALLOW", "missing-program").build();
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{written}");
    }
}

/// (P12) The only container of a Pod gives its command, wherever the items of the list start.
#[test]
fn containers_give_their_command() {
    for (items, expected) in [
        ("- name: api\n  command:\n  - node\n  - a.js\n", "api: node a.js"),
        ("  - name: api\n    args: [a.js]\n    command: [node]\n", "api: node a.js"),
        ("- command: [node, a.js]\n", "web: node a.js"),
    ] {
        let fixes = fixes(&format!("job: node b.js\ncontainers:\n{items}"));
        assert_eq!(fixes, BTreeMap::from([(2, expected.to_string())]), "{items}");
    }
    for items in ["- name: a\n  command: [node]\n- name: b\n  command: [node]\n", "- name: a\n  image: b\n"] {
        let stderr = App::procfile(format!("job: node b.js\ncontainers:\n{items}")).build().stderr;
        assert!(stderr.contains("error[empty-command]") && !stderr.contains("containers: "), "{stderr}");
    }
}

/// (P12) What runs is not always known, or the file says nothing about it.
#[test]
fn whole_files_without_a_command_say_what_to_do() {
    let template = "replace the whole file with `TYPE: COMMAND` for each process type, on a line of its own";
    let download = "put the Procfile itself in its place: a download that fails can leave such a page";
    let script = "save the file as `start.sh`, run `chmod +x start.sh`, and write `web: ./start.sh` into the Procfile";
    let servers = "replace the whole file with these lines:\nweb: COMMAND\njob: bin/jobs";
    for (content, expected) in [
        ("module.exports = {\n  apps: [{ script: 'a.js' }, { script: 'b.js' }]\n}\n", template),
        ("module.exports = {\n  apps: [{ script: 'a.js', args: '--b' }]\n}\n", template),
        ("- name: a\n  run: node a.js\n- name: b\n  run: node b.js\n", template),
        ("servers:\n  web:\n    - 10.0.0.1\n  job:\n    cmd: bin/jobs\n", servers),
        ("<!DOCTYPE html>\n<html><body>404: Not Found</body></html>\n", download),
        ("404: Not Found", download),
        ("#!/bin/bash\nset -e\nexec node server.js\n", script),
    ] {
        assert_eq!(whole_help(content), expected, "{content}");
    }
}

/// The help of the only message on a file.
#[track_caller]
fn whole_help(content: &str) -> String {
    let mut problems = Diagnostics::default();
    parse(content, Source::Procfile, &mut problems);
    let found = problems.in_file_order();
    assert_eq!(found.iter().map(|one| one.name).collect::<Vec<_>>(), ["foreign-format"], "{content}");
    found[0].message.help.join("\n")
}

/// (P12) What only looks like the format of another tool is what it was.
#[test]
fn entries_are_not_of_other_formats() {
    for entry in [
        "CMD: node server.js",
        "version: ./3.8",
        "version: 3to2 x.py",
        "services: node services.js",
        "command: node x=y",
        "ExecStart: node x=y",
        "#!/bin/sh\nweb: node server.js",
        "runtime: python3\nentrypoint: node server.js",
        "image: ./build\ncommand: [ -f x ] && exec node x.js",
        "404: Not Found here",
    ] {
        let outcome = App::procfile(entry).env("BP_PROCFILE_ALLOW", "not-dns-label,missing-program,no-default").build();
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{entry}");
    }
    for (lines, name) in [
        ("RUN\n", "not-an-entry"),
        ("ExecStart=\n", "not-an-entry"),
        ("RUN : \n", "empty-command"),
        ("0 3 * * node a.js\n", "not-an-entry"),
        ("[ -f x ]\n", "not-an-entry"),
        ("web:\n  x: node server.js\n", "empty-command"),
        ("web:\n  node server.js\n", "empty-command"),
        ("web:\n  node server.js --url http://x\n", "empty-command"),
        ("web:\n  http://x\n", "empty-command"),
        ("processes:\n  http://x\n", "empty-command"),
        ("processes:\n  start it: node server.js\n", "empty-command"),
        ("services:\nweb: node server.js\n", "empty-command"),
    ] {
        let stderr = App::procfile(lines).build().stderr;
        assert!(stderr.contains(&format!("error[{name}]")) && !stderr.contains("foreign"), "{lines}{stderr}");
    }
}
