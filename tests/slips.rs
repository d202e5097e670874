//! What is said of a project.toml that has a habit from another language in it (D4, T3).

use octopilot_procfile::diagnostics::Diagnostics;
use octopilot_procfile::parse::project_toml::parse;
use octopilot_procfile::text::Source;
use snapbox::{IntoData, assert_data_eq, str};
use std::fmt::Write as _;

/// The line, the title and the first help of each message.
fn said(content: &str) -> String {
    let mut problems = Diagnostics::default();
    parse(content, Source::ProjectToml, &mut problems);
    problems.in_file_order().iter().fold(String::new(), |mut text, found| {
        let line = content[..found.at.start].matches('\n').count() + 1;
        let title = found.message.title.trim_start_matches("this file is not valid TOML: ");
        writeln!(text, "{line}: {title}\n   {}", found.message.help[0]).unwrap();
        text
    })
}

/// Each text is the table of process types, or a whole file if it starts with one.
#[track_caller]
fn check(texts: &[&str], expected: impl IntoData) {
    let mut all = String::new();
    for text in texts {
        let has_start = text.starts_with(['[', '{', 'i', '#']);
        let content = if has_start { text.to_string() } else { format!("[io.octopilot.processes]\n{text}\n") };
        write!(all, "{text}\n{}", said(&content)).unwrap();
    }
    assert_data_eq!(all, expected.raw());
}

#[test]
fn marks_and_quotes_of_other_languages() {
    check(
        &[
            "web = `node server.js`",
            "web = `a` `b`",
            "web => \"node server.js\"",
            "web -> node server.js",
            "web := 'node server.js'",
            "web == \"node server.js\"",
            "web = \"node\", \"server.js\"",
            "web = \"node\", server.js",
            "web = \"node migrate.js &&\nnode server.js\"",
            "web = \"node migrate.js &&\nworker: node server.js",
        ],
        str![[r#"
web = `node server.js`
2: a string without quotes
   write `web = "node server.js"`
web = `a` `b`
2: a string without quotes
   put it in quotes: `"VALUE"`
web => "node server.js"
2: expected `=`, found `=>`
   write `web = "node server.js"`
web -> node server.js
2: expected `=`, found `->`
   write `web = "node server.js"`
web := 'node server.js'
2: expected `=`, found `:=`
   write `web = 'node server.js'`
web == "node server.js"
2: expected `=`, found `==`
   write `web = "node server.js"`
web = "node", "server.js"
2: an array without brackets
   write `web = ["node", "server.js"]`
web = "node", server.js
2: unexpected key or value, expected newline, `#`
   use '…' for a string that contains `"`, and "…" for one that contains `'`
web = "node migrate.js &&
node server.js"
2: a string without its closing `"`
   close it on the line where it starts, or put `"""` on both sides of several lines
web = "node migrate.js &&
worker: node server.js
2: a string without its closing `"`
   close it on the line where it starts, or put `"""` on both sides of several lines
3: expected `=`, found `:`
   write `worker = "node server.js"`

"#]],
    );
}

#[test]
fn values_that_are_not_closed_are_not_completed() {
    check(
        &["web => \"node server.js", "web => [node", "web => node # x"],
        str![[r#"
web => "node server.js
2: expected `=`, found `=>`
   write `KEY = "VALUE"`
web => [node
2: expected `=`, found `=>`
   write `KEY = "VALUE"`
web => node # x
2: expected `=`, found `=>`
   write `KEY = "VALUE"`

"#]],
    );
}

#[test]
fn comments_of_other_languages() {
    check(
        &[
            "// the server\nweb = \"a\"", "-- the server\nweb = \"a\"", "; the server", "/* the server */", "//",
            "--all",
        ],
        str![[r#"
// the server
web = "a"
2: `//` does not start a comment
   write `# the server`
-- the server
web = "a"
2: `--` does not start a comment
   write `# the server`
; the server
2: `;` does not start a comment
   write `# the server`
/* the server */
2: `/*` does not start a comment
   write `# the server`
//
2: `//` does not start a comment
   write `#`
--all
2: a key without a value
   write `KEY = "VALUE"`

"#]],
    );
}

#[test]
fn booleans_of_other_languages() {
    check(
        &[
            "web.command = \"a\"\nweb.default = yes",
            "[io.octopilot.processes.web]\ncommand = \"a\"\ndefault = No\ninit = on",
            "[io.octopilot.processes.web]\ncommand = yes",
            "default = node server.js",
        ],
        str![[r#"
web.command = "a"
web.default = yes
3: a string without quotes
   write `web.default = "yes"`
[io.octopilot.processes.web]
command = "a"
default = No
init = on
3: not a boolean
   write `default = false`
4: not a boolean
   write `init = true`
[io.octopilot.processes.web]
command = yes
2: a string without quotes
   write `command = "yes"`
default = node server.js
2: a string without quotes
   write `default = "node server.js"`

"#]],
    );
}

#[test]
fn tables_that_are_not_on_their_own() {
    check(
        &[
            "[io.octopilot.processes] web = \"node server.js\"",
            "[[io.buildpacks.processes]] type = \"web\"",
            "[io.octopilot.processes] web = node",
            "[io.octopilot.processes]\nweb = \"node server.js\"\n\n[io.octopilot.processes.web]\nargs = [\"--all\"]",
            "[io.octopilot.processes]\nweb = { command = \"a\" }\n\n[io.octopilot.processes.web]\nargs = [\"--all\"]",
        ],
        str![[r#"
[io.octopilot.processes] web = "node server.js"
1: a table header and a key in one line
   replace it with these lines:
[io.octopilot.processes]
web = "node server.js"
[[io.buildpacks.processes]] type = "web"
1: a table header and a key in one line
   replace it with these lines:
[[io.buildpacks.processes]]
type = "web"
[io.octopilot.processes] web = node
1: unexpected key or value, expected newline, `#`
   use '…' for a string that contains `"`, and "…" for one that contains `'`
[io.octopilot.processes]
web = "node server.js"

[io.octopilot.processes.web]
args = ["--all"]
4: the table has the name of a key above
   write `command = "node server.js"` below this header, and delete the line above that has the command
[io.octopilot.processes]
web = { command = "a" }

[io.octopilot.processes.web]
args = ["--all"]
4: duplicate key
   delete one of the two keys; if both are tables, merge them

"#]],
    );
}

#[test]
fn other_formats() {
    check(
        &[
            "{ \"io\": { \"octopilot\": { \"processes\": { \"web\": \"node server.js\" } } } }",
            "{\n  \"io\": {}\n}",
            "io:\n  octopilot:\n    processes:\n      web: node server.js",
            "# a\nio:\n",
            "io: a\n",
        ],
        str![[r#"
{ "io": { "octopilot": { "processes": { "web": "node server.js" } } } }
1: it is JSON
   replace the whole file with these lines:
[io.octopilot.processes]
web = "COMMAND"
{
  "io": {}
}
1: it is JSON
   replace the whole file with these lines:
[io.octopilot.processes]
web = "COMMAND"
io:
  octopilot:
    processes:
      web: node server.js
1: it is YAML
   replace the whole file with these lines:
[io.octopilot.processes]
web = "COMMAND"
# a
io:

2: it is YAML
   replace the whole file with these lines:
[io.octopilot.processes]
web = "COMMAND"
io: a

1: expected `=`, found `:`
   replace it with these lines:
[io.octopilot.processes]
io = "a"

"#]],
    );
}
