//! The schema in taplo, which VS Code, Neovim and others use for TOML.

use super::{PATH, address, examples};
use crate::support::manifest;
use snapbox::{IntoData, assert_data_eq, str};
use std::fs;
use std::process::Command;

/// What taplo says to a file that names the schema of this version, each message once. It reads the file in this
/// repository instead of that at the address.
fn messages(content: &str) -> Vec<String> {
    assert!(content.starts_with(&format!("#:schema {}\n", address())), "{content}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("project.toml");
    fs::write(&path, content.replacen(&address(), &manifest(PATH).to_string_lossy(), 1)).unwrap();
    let mut command = Command::new("taplo");
    let output = command.args(["lint", "--no-auto-config", "--colors", "never"]).arg(&path).output();
    let output = output.expect("taplo is installed");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let mut messages: Vec<String> =
        text.lines().filter_map(|line| Some(line.strip_prefix("error: ")?.to_string())).collect();
    messages.dedup();
    assert_eq!(output.status.success(), messages.is_empty(), "{text}");
    messages
}

/// (L4) taplo takes the examples, each by its own first line.
#[test]
#[ignore = "needs taplo"]
fn taplo_takes_the_examples() {
    for path in examples() {
        assert_eq!(messages(&fs::read_to_string(&path).unwrap()), [""; 0], "{}", path.display());
    }
}

/// Files with a mistake, or two.
const MISTAKES: [&str; 13] = [
    "[io.octopilot.processes]\nweb = 1",
    "[io.octopilot.processes]\nweb = ''",
    "[io.octopilot.processes]\nweb = ['', 'a']",
    "[io.octopilot.processes]\nweb.1 = 'node server.js'",
    "[io.octopilot.processes]\n'web server' = 'node server.js'",
    "[io.octopilot.processes.web]\ncomand = 'node server.js'",
    "[io.octopilot.processes.web]\ncommand = 'node server.js'\nargs = '--quiet'",
    "[io.octopilot.processes.web]\ncommand = 'node server.js'\nwrap = ['nice']",
    "[io.octopilot.processes.web]\nworking-dir = '../jobs'",
    "[io.octopilot.processes.web]\nenv = { LOG-LEVEL = 'info', PORT = 8080 }",
    "[io.octopilot.processes.web]\ndefault = 'yes'",
    "[[io.buildpacks.processes]]\ncommand = 'node server.js'",
    "[[io.buildpacks.processes]]\ntype = 'web'\ncommand = 'node server.js'\nenv = {}",
];

/// (L4) taplo finds mistakes, and leaves the tables of others alone.
#[test]
#[ignore = "needs taplo"]
fn taplo_finds_mistakes() {
    const OTHERS: &str = "[project]\nversion = 1\n[io.octopilot.port]\nweb = 1\n[io.buildpacks]\nbuilder = 'x'";
    let messages = |tables: &str| messages(&format!("#:schema {}\n{tables}\n", address()));
    assert_eq!(messages(OTHERS), [""; 0]);
    let found = MISTAKES.map(|tables| format!("{tables}\n    {}\n", messages(tables).join("\n    ")));
    assert_data_eq!(
        found.concat(),
        str![[r#"
[io.octopilot.processes]
web = 1
    1 is not of types "array", "object", "string"
[io.octopilot.processes]
web = ''
    "" is shorter than 1 character
    "" does not match "(^|\n)[ \t\r]*[^ \t\r\n#]"
[io.octopilot.processes]
web = ['', 'a']
    "" is shorter than 1 character
[io.octopilot.processes]
web.1 = 'node server.js'
    Additional properties are not allowed ('1' was unexpected)
[io.octopilot.processes]
'web server' = 'node server.js'
    Additional properties are not allowed ('web server' was unexpected)
[io.octopilot.processes.web]
comand = 'node server.js'
    Additional properties are not allowed ('comand' was unexpected)
[io.octopilot.processes.web]
command = 'node server.js'
args = '--quiet'
    "--quiet" is not of type "array"
[io.octopilot.processes.web]
command = 'node server.js'
wrap = ['nice']
    False schema does not allow "node server.js"
[io.octopilot.processes.web]
working-dir = '../jobs'
    {"pattern":"^(\\./+)*\\.\\.(/|$)"} is not allowed for "../jobs"
[io.octopilot.processes.web]
env = { LOG-LEVEL = 'info', PORT = 8080 }
    8080 is not of type "string"
    Additional properties are not allowed ('LOG-LEVEL' was unexpected)
[io.octopilot.processes.web]
default = 'yes'
    "yes" is not of type "boolean"
[[io.buildpacks.processes]]
command = 'node server.js'
    "type" is a required property
[[io.buildpacks.processes]]
type = 'web'
command = 'node server.js'
env = {}
    Additional properties are not allowed ('env' was unexpected)

"#]]
        .raw()
    );
}
