//! Diagnostics point at the element of an array and at the line of a text that they are about (T10).

use crate::support::{App, marked};
use std::fmt::Write as _;

/// Each diagnostic of a project.toml: its name, its place, and what the carets point at.
fn places(app: &App) -> String {
    let stderr = app.build().stderr;
    let mut out = String::new();
    for diagnostic in stderr.split("\n\n").filter(|part| part.contains("-->")) {
        let name = diagnostic.split(['[', ']']).nth(1).unwrap();
        let place = diagnostic.lines().nth(1).unwrap().split_once("project.toml:").unwrap().1;
        writeln!(out, "{name} {place} {}", marked(diagnostic)).unwrap();
    }
    out
}

#[track_caller]
fn check(process: &str, expected: &str) {
    let toml = format!("[io.octopilot.processes.web]\n{process}\n");
    let app = App::project_toml(&toml).directory("app").env("BP_PROCFILE_ALLOW", "unset-port");
    assert_eq!(places(&app), expected, "{toml}");
}

/// (T10) An element of an array of one line or several, with comments, escapes and characters of several bytes before it.
#[test]
fn elements_of_arrays_have_places() {
    check("command = [\"gunicorn\", \"--bind\", \"0.0.0.0:8000\"]", "hardcoded-port 2:34 \"0.0.0.0:8000\"\n");
    check(
        "command = [\n  \"gunicorn\", # é\n  '--name', \"\\u00e9\\\"\",\n  \"--bind\",\n  \"127.0.0.1:8000\",\n]",
        "hardcoded-port 6:3 \"127.0.0.1:8000\"\nloopback-bind 6:3 \"127.0.0.1:8000\"\n",
    );
    check("command = [\"./no\", \"./no\"]", "missing-program 2:12 \"./no\"\n");
    check("command = [\"node a.js\"]", "quoted-command 2:12 \"node a.js\"\n");
    check("command = [\"\", \"x\"]", "empty-command 2:12 \"\"\n");
    check("command = [\"node\", \"--port\", \"$(PORT)\"]", "foreign-placeholder 2:30 \"$(PORT)\"\n");
    check("command = [\"bash\", \"-c\", \"exec gunicorn -D\"]", "background-program 2:26 \"exec gunicorn -D\"\n");
    check("command = [\"bash\", \"-c\", \"cd app && node a.js || true\"]", "shell-stays 2:50 true\n");
    // The second of two that are the same.
    check(
        "command = [\"gunicorn\", \"--workers\", \"8000\", \"--bind\", \":8000\", \"-D\"]",
        "hardcoded-port 2:55 \":8000\"\nbackground-program 2:64 \"-D\"\n",
    );
}

/// (T10) The elements of `args`, which follow a command line or an array.
#[test]
fn elements_of_arguments_have_places() {
    check("command = [\"gunicorn\"]\nargs = [\"--bind\", \"0.0.0.0:8000\"]", "hardcoded-port 3:19 \"0.0.0.0:8000\"\n");
    check(
        "command = \"gunicorn\"\nargs = [\n  \"--bind\",\n  \"0.0.0.0:8000\",\n]",
        "hardcoded-port 5:3 \"0.0.0.0:8000\"\n",
    );
    check("command = \"node\"\nargs = [\"a\", \"%PORT%\"]", "foreign-placeholder 3:14 \"%PORT%\"\n");
}

/// (T10) A line of a text of several lines, whatever its quotes and its line ends.
#[test]
fn lines_of_texts_have_places() {
    for quotes in ["\"\"\"", "'''"] {
        for end in ["\n", "\r\n"] {
            let text = ["  cd app &&", "  gunicorn --bind 0.0.0.0:8000 &&", "  true"].join(end);
            check(
                &format!("command = {quotes}{end}{text}{end}{quotes}"),
                "hardcoded-port 4:19 0.0.0.0:8000\nshell-stays 5:3 true\n",
            );
        }
    }
    check("command = \"\"\"\n  a |\n  b\n\"\"\"", "shell-stays 3:3 a |\n");
    check("command = '''\n# first\na (\n'''", "shell-syntax 4:4 \n");
}

/// (T10) Escapes, a line end after a backslash, and blanks before the command take more or fewer bytes than their value.
#[test]
fn escapes_in_texts_have_places() {
    check("command = \"A=\\\"\\u00e9\\\" gunicorn -b :8000\"", "hardcoded-port 2:37 :8000\n");
    check("command = \" \\t gunicorn -b \\\":8000\\\"\"", "hardcoded-port 2:30 :8000\n");
    check(
        "command = \"\"\"gunicorn \\\n   \\\n    -b :8000 -D\"\"\"",
        "hardcoded-port 4:8 :8000\nbackground-program 4:14 -D\n",
    );
    check("command = \"gunicorn\\u0020-\\u0044\"", "background-program 2:26 -\\u0044\n");
    check("command = \"\\U00000067unicorn -\\x44\"", "background-program 2:30 -\\x44\n");
    check("command = \"a\\nb |\\r\\n c\"", "shell-stays 2:15 b |\\r\\n c\n");
    check("command = 'gunicorn \\b -D'", "background-program 2:24 -D\n");
}

/// (T10, X6) What needs a shell between commands that are on lines of their own.
#[test]
fn ends_of_lines_between_commands_have_places() {
    let app = App::project_toml("[io.octopilot.processes]\nweb = \"a\\nb\\nc\"\n").env("BP_PROCFILE_SHELL", "none");
    assert_eq!(places(&app), "needs-shell 2:9 \\n\nneeds-shell 2:12 \\n\n");
}

/// (T10) Characters that cannot be seen, in a string and as an escape.
#[test]
fn characters_of_strings_have_places() {
    check("command = \"\"\"\nnode \\\n  a\\u200bb\n\"\"\"", "invisible-character 4:4 \\u200b\n");
    check("command = [\"node\", \"a\\u0000b\"]", "nul-character 2:22 \\u0000\n");
    check("command = \"node\"\nenv = { A = \"\\u00adx\" }", "invisible-character 3:14 \\u00ad\n");
}
