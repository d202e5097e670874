//! The schema against the parser, both ways: what the parser accepts is valid, and what it refuses is not.

use super::files::{file, key, process, settings, text, wrong};
use super::{PATH, examples};
use crate::machines::Schema;
use crate::support::{files, manifest};
use octopilot_procfile::diagnostics::{Diagnostics, Severity};
use octopilot_procfile::parse::key::{ALIAS, Key, TABLE};
use octopilot_procfile::parse::process::LONGEST_ARGUMENT;
use octopilot_procfile::parse::project_toml::parse;
use octopilot_procfile::text::Source;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use snapbox::{IntoData, assert_data_eq, str};
use std::fs;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(PATH));

/// An error that only the parser can find.
struct Beyond {
    name: &'static str,
    /// Its label, if other errors of that name are found.
    label: Option<&'static str>,
    example: String,
    why: &'static str,
}

/// All of them, with a file that the parser refuses and the schema does not.
static BEYOND: LazyLock<Vec<Beyond>> = LazyLock::new(|| {
    const CHARACTERS: &str = "a pattern for rare characters would hide what else the pattern is for";
    const TWO: &str = "JSON Schema does not compare one table with another";
    const TEXT: &str = "what the string says is known only to those who read commands";
    let one = |name, example: &str, why| Beyond { name, label: None, example: example.to_string(), why };
    let labelled = |name, label, example, why| Beyond { label: Some(label), ..one(name, example, why) };
    let table = |entries: &str| format!("[{TABLE}]\n{entries}\n");
    let alias = |entry: &str| format!("[[{ALIAS}]]\n{entry}\n").repeat(2);
    let variables = |from| (from..from + 501).map(|n| format!("V{n} = 'x'\n")).collect::<Vec<_>>().concat();
    let env = |process: &str, from| format!("[{TABLE}.{process}.env]\n{}", variables(from));
    vec![
        one("control-character", &table("web = 'a\u{85}'"), CHARACTERS),
        one("nul-character", &table("web = \"a\\u0000\""), CHARACTERS),
        one("too-long", &table(&format!("web = '{}'", "é".repeat(LONGEST_ARGUMENT / 2 + 1))), "it counts characters"),
        one("too-many-variables", &[env("a", 0), env("b", 0)].concat(), TWO),
        one("too-many-values", &format!("{}{}", table("web = 'x'"), "[[x]]\n".repeat(40_000)), "it is about the text"),
        one("outside-working-dir", &table("web = { working-dir = 'a/../..' }"), "a pattern cannot count"),
        one("duplicate-type", &alias("type = 'web'\ncommand = 'x'"), TWO),
        one("two-defaults", &table("a = { default = true }\nb = { default = true }"), TWO),
        one("repeated-name", &table("web = 'web: node server.js'"), TEXT),
        one("foreign-value", &table("web = '[\"node\", \"server.js\"]'"), TEXT),
        labelled("unknown-key", "a process type is declared here", &table("web = 'x'\ndefault = 'web'"), TWO),
        labelled("wrong-type", "this is a date or time", &table("web = 1979-05-27"), "JSON has no dates"),
    ]
});

/// The errors of the parser: their names and labels.
fn errors(content: &str) -> Vec<(&'static str, Option<String>)> {
    let mut problems = Diagnostics::default();
    parse(content, Source::ProjectToml, &mut problems);
    let errors = problems.in_file_order().into_iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| (found.name, found.message.label.clone())).collect()
}

/// What editors validate: the values of the file, with dates as strings. `None` if it is not TOML.
fn values(content: &str) -> Option<Value> {
    content.parse().ok().map(|table| json(toml::Value::Table(table)))
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Table(entries) => entries.into_iter().map(|(key, value)| (key, json(value))).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

/// Fails if the schema and the parser disagree. `None` if the text is not TOML, and else whether it is accepted.
#[track_caller]
fn agree(content: &str) -> Option<bool> {
    let (errors, refusal) = (errors(content), SCHEMA.refusal(&values(content)?));
    let is_beyond = |(name, label): &(&str, Option<String>)| {
        BEYOND.iter().any(|one| one.name == *name && one.label.is_none_or(|beyond| Some(beyond) == label.as_deref()))
    };
    match &refusal {
        Some(refusal) => assert!(!errors.is_empty(), "only the schema refuses this file:\n{content}\n{refusal}"),
        None => assert!(errors.iter().all(is_beyond), "only the parser refuses this file: {errors:?}\n{content}"),
    }
    Some(errors.is_empty())
}

/// Checks the project.toml of a test, so that every test that has one does.
#[track_caller]
pub(crate) fn check(content: &[u8]) {
    if let Ok(content) = str::from_utf8(content) {
        agree(content);
    }
}

/// (L4) What only the parser can find, it finds, and the schema does not.
#[test]
fn the_parser_finds_more() {
    for Beyond { name, label, example, why } in BEYOND.iter() {
        let errors = errors(example);
        assert!(!errors.is_empty(), "{example}");
        for (found, its) in errors {
            assert_eq!((found, its.as_deref()), (*name, label.or(its.as_deref())), "{example}");
        }
        assert_eq!(SCHEMA.refusal(&values(example).unwrap()), None, "{name}, though {why}");
    }
}

/// Values of all types and shapes.
const VALUES: [&str; 22] = [
    "'web.1'",
    "'a b'",
    "'../a'",
    "'.'",
    "''",
    "' # x'",
    "1",
    "1.5",
    "true",
    "1979-05-27",
    "['a', '']",
    "['', 'a']",
    "[]",
    "[1]",
    "[['a']]",
    "[{}]",
    "{}",
    "{ A = 'b' }",
    "{ A = 1 }",
    "{ 1A = 'b' }",
    "{ command = 'a' }",
    "{ type = 'a', command = 'a' }",
];

/// Those of them with which the parser and the schema accept a file.
#[track_caller]
fn accepted(file: impl Fn(&str) -> String) -> Vec<&'static str> {
    VALUES.into_iter().filter(|value| agree(&file(value)).unwrap()).collect()
}

/// (L4) What the tables, a process type and each key take.
#[test]
fn each_key_takes_the_same_values() {
    let in_table = |key: &str| accepted(|value| format!("[{TABLE}.web]\n{key:?} = {value}\n"));
    let in_array = |key: &str| {
        // The keys that are required, unless it is one of them.
        let rest =
            ["type = 'web'\n", "command = 'x'\n"].into_iter().filter(|line| !line.starts_with(&format!("{key} ")));
        let rest: String = rest.collect();
        accepted(|value| format!("[[{ALIAS}]]\n{rest}{key:?} = {value}\n"))
    };
    let of_type = |name: &str| accepted(|value| format!("[{TABLE}]\n{name:?} = {value}\n"));
    let mut taken = vec![
        (TABLE.to_string(), accepted(|value| format!("{TABLE} = {value}\n"))),
        (ALIAS.to_string(), accepted(|value| format!("{ALIAS} = {value}\n"))),
        (format!("{ALIAS}, one"), accepted(|value| format!("{ALIAS} = [{value}]\n"))),
        (format!("{TABLE}.web"), of_type("web")),
    ];
    for key in Key::ALL.iter().map(|key| key.name()) {
        assert_eq!(of_type(key), of_type("web"), "{key} is a process type there");
        taken.push((format!("{TABLE}.web.{key}"), in_table(key)));
        taken.push((format!("{ALIAS}, {key}"), in_array(key)));
    }
    for key in ["name", "cwd", "direct", "Command", ""] {
        assert_eq!((in_table(key), in_array(key)), (vec![], vec![]), "{key}");
    }
    let lines: Vec<String> = taken.into_iter().map(|(key, values)| format!("{key}: {}\n", values.join("  "))).collect();
    assert_data_eq!(
        lines.concat(),
        str![[r#"
io.octopilot.processes: {}  { A = 'b' }  { 1A = 'b' }  { command = 'a' }  { type = 'a', command = 'a' }
io.buildpacks.processes: []
io.buildpacks.processes, one: { type = 'a', command = 'a' }
io.octopilot.processes.web: 'web.1'  'a b'  '../a'  '.'  ['a', '']  {}  { command = 'a' }
io.octopilot.processes.web.type: 
io.buildpacks.processes, type: 'web.1'
io.octopilot.processes.web.command: 'web.1'  'a b'  '../a'  '.'  ['a', '']
io.buildpacks.processes, command: 'web.1'  'a b'  '../a'  '.'  ['a', '']
io.octopilot.processes.web.args: ['a', '']  ['', 'a']  []
io.buildpacks.processes, args: ['a', '']  ['', 'a']  []
io.octopilot.processes.web.wrap: ['a', '']
io.buildpacks.processes, wrap: 
io.octopilot.processes.web.working-dir: 'web.1'  'a b'  '.'  ''  ' # x'
io.buildpacks.processes, working-dir: 'web.1'  'a b'  '.'  ''  ' # x'
io.octopilot.processes.web.env: {}  { A = 'b' }  { command = 'a' }  { type = 'a', command = 'a' }
io.buildpacks.processes, env: 
io.octopilot.processes.web.default: true
io.buildpacks.processes, default: true
io.octopilot.processes.web.init: true
io.buildpacks.processes, init: 

"#]]
        .raw()
    );
}

/// (L4) The files of the examples, and all blocks of TOML in the documentation.
#[test]
fn documented_files_are_judged_the_same() {
    for path in examples() {
        let content = fs::read_to_string(&path).unwrap();
        assert_eq!(agree(&content), Some(true), "{}", path.display());
    }
    let pages = files(&manifest("docs")).into_iter().chain([manifest("README.md")]);
    let mut judged = 0;
    for page in pages.filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let text = fs::read_to_string(page).unwrap();
        let blocks =
            text.split("\n```toml").skip(1).filter_map(|block| block.split_once('\n')?.1.split("\n```").next());
        judged += blocks.filter_map(agree).count();
    }
    assert!(judged > 50, "{judged}");
}

proptest! {
    /// (L4) Files in which each key has a value that it takes.
    #[test]
    fn generated_right_files_are_valid(
        table in vec(process(), 0..4),
        array in vec(settings(Key::OF_ALIAS), 0..3),
    ) {
        let file = file(table.into_iter().collect::<toml::Table>(), array);
        agree(&file);
        prop_assert_eq!(SCHEMA.refusal(&values(&file).unwrap()), None, "{}", file);
    }

    /// (L4) Files in which anything may be wrong.
    #[test]
    fn generated_files_are_judged_the_same(
        table in vec((prop_oneof![process().prop_map(|(name, _)| name), text(), key()], wrong(Key::OF_TABLE)), 0..3),
        array in vec(wrong(Key::OF_ALIAS), 0..3),
    ) {
        agree(&file(table.into_iter().collect::<toml::Table>(), array));
    }
}
