//! docs/schema/project.json, made from the parser's table of keys and from what the reference says of them.

use super::{PATH, address};
use crate::support::manifest;
use octopilot_procfile::parse::key::{ALIAS, Key, Kind, TABLE};
use octopilot_procfile::parse::names::{LONGEST_FILE_NAME, LONGEST_VARIABLE};
use octopilot_procfile::parse::process::{LONGEST_ARGUMENT, MOST_PROCESSES, MOST_VARIABLES};
use serde_json::{Value, json};
use snapbox::{Data, assert_data_eq};
use std::fs;

/// A process type: letters, digits, `.`, `_` and `-`, but neither `.` nor `..`.
const NAME: &str = r"^(\.*[A-Za-z0-9_-][A-Za-z0-9._-]*|\.{3,})$";

/// The name of an environment variable.
const VARIABLE: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// A line of a command that runs something: neither blank nor a comment.
const RUNS: &str = r"(^|\n)[ \t\r]*[^ \t\r\n#]";

/// A directory that starts outside the app.
const OUTSIDE: &str = r"^(\./+)*\.\.(/|$)";

/// (L4) The schema is the one in the repository.
#[test]
fn the_schema_is_made_from_the_keys() {
    let schema = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    assert_data_eq!(schema, Data::read_from(&manifest(PATH), None).raw());
}

/// The reference lists all keys, and says of each what it takes.
#[test]
fn the_reference_knows_the_keys() {
    let rows = rows();
    let listed: Vec<(&str, &str)> = rows.iter().map(|[key, value, _]| (key.as_str(), value.as_str())).collect();
    let keys: Vec<(&str, &str)> = Key::ALL.iter().map(|key| (key.name(), words(key.kind()))).collect();
    assert_eq!(listed, keys);
}

/// What a key takes, in the words of the reference.
fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "string",
        Kind::Command => "string or array of strings",
        Kind::Words | Kind::Program => "array of strings",
        Kind::Directory => "path",
        Kind::Variables => "table of strings",
        Kind::Boolean => "boolean",
    }
}

/// The table of keys in the reference: the key, what it takes, and what it does.
fn rows() -> Vec<[String; 3]> {
    let reference = fs::read_to_string(manifest("docs/reference.md")).unwrap();
    let table = reference.split("| key | value | |\n|---|---|---|\n").nth(1).unwrap();
    let row = |line: &str| {
        let mut cells = line.trim_matches('|').splitn(3, '|').map(|cell| cell.trim().to_string());
        [cells.next().unwrap().replace('`', ""), cells.next().unwrap(), cells.next().unwrap()]
    };
    table.lines().take_while(|line| line.starts_with('|')).map(row).collect()
}

fn schema() -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": address(),
        "title": "The process types of a project.toml",
        "description": "The tables that the buildpack octopilot/procfile reads. Other tables may hold anything.",
        "type": "object",
    });
    declare(&mut schema, TABLE, table());
    declare(&mut schema, ALIAS, alias());
    schema
}

/// Says what a table holds. What stands beside it, and beside the tables that it is in, belongs to others.
fn declare(schema: &mut Value, table: &str, content: Value) {
    let mut place = schema;
    for key in table.split('.') {
        place["additionalProperties"] = json!(true);
        place = &mut place["properties"][key];
    }
    *place = content;
}

fn table() -> Value {
    json!({
        "description": "The process types of the image, by their names. A string is a command line, as in a Procfile.",
        "type": "object",
        "patternProperties": { NAME: process() },
        "additionalProperties": false,
        "propertyNames": { "maxLength": LONGEST_FILE_NAME },
        "maxProperties": MOST_PROCESSES,
    })
}

/// A process type: its command, or a table.
fn process() -> Value {
    let mut process = value(Kind::Command);
    describe(
        &mut process,
        "A process type: a command line, an array of a program and its arguments, or a table that has the command as \
         `command` and can say more.",
    );
    process["type"] = json!(["string", "array", "object"]);
    process["properties"] = properties(Key::OF_TABLE);
    process["additionalProperties"] = json!(false);
    // Keywords for tables, which commands pass.
    process["dependencies"] = json!({ Key::Wrap.name(): { "properties": { Key::Command.name(): false } } });
    process
}

fn alias() -> Value {
    json!({
        "description": "The process types of the image, in the shape of launch.toml.",
        "type": "array",
        "maxItems": MOST_PROCESSES,
        "items": {
            "type": "object",
            "properties": properties(Key::OF_ALIAS),
            "additionalProperties": false,
            "required": [Key::Type.name(), Key::Command.name()],
        },
    })
}

fn properties(keys: &[Key]) -> Value {
    keys.iter().map(|key| (key.name().to_string(), property(*key))).collect()
}

fn property(key: Key) -> Value {
    let mut property = value(key.kind());
    let [_, _, text] = rows().into_iter().find(|[name, ..]| name == key.name()).unwrap();
    let shown: Vec<String> = examples(key).iter().map(|value| format!("`{} = {}`", key.name(), toml(value))).collect();
    describe(&mut property, &format!("{}.\n\nFor example: {}", absolute(&text), shown.join(" or ")));
    property["examples"] = Value::Array(examples(key));
    property
}

/// Adds what editors show. For an array, taplo shows what it says of its items.
fn describe(schema: &mut Value, text: &str) {
    schema["description"] = json!(text);
    if schema["items"].is_object() {
        schema["items"]["description"] = json!(text);
    }
}

/// A text of the reference, with links that work elsewhere.
fn absolute(text: &str) -> String {
    let docs = format!("{}/blob/v{}/docs", env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"));
    text.replace("](#", "](reference.md#").replace("](", &format!("]({docs}/"))
}

/// A value as a project.toml has it.
fn toml(value: &Value) -> String {
    toml::Value::try_from(value).unwrap().to_string()
}

fn examples(key: Key) -> Vec<Value> {
    match key {
        Key::Type => vec![json!("web")],
        Key::Command => {
            vec![json!("gunicorn app:app --bind 0.0.0.0:${PORT:-8000}"), json!(["celery", "-A", "app", "worker"])]
        }
        Key::Args => vec![json!(["--workers", "4"])],
        Key::Wrap => vec![json!(["opentelemetry-instrument"])],
        Key::WorkingDir => vec![json!("jobs")],
        Key::Env => vec![json!({ "TZ": "UTC" })],
        Key::Default | Key::Init => vec![json!(true)],
    }
}

/// What a key accepts. JSON Schema counts characters where the parser counts bytes, which are never fewer.
fn value(kind: Kind) -> Value {
    match kind {
        Kind::Name => json!({ "type": "string", "pattern": NAME, "maxLength": LONGEST_FILE_NAME }),
        Kind::Command => {
            let mut command = program();
            command["type"] = json!(["string", "array"]);
            command["minLength"] = json!(1);
            command["maxLength"] = json!(LONGEST_ARGUMENT);
            command["pattern"] = json!(RUNS);
            command
        }
        Kind::Words => strings(),
        Kind::Program => program(),
        Kind::Directory => json!({ "type": "string", "not": { "pattern": OUTSIDE } }),
        Kind::Variables => json!({
            "type": "object",
            "patternProperties": { VARIABLE: { "type": "string" } },
            "additionalProperties": false,
            "propertyNames": { "maxLength": LONGEST_VARIABLE },
            "maxProperties": MOST_VARIABLES,
        }),
        Kind::Boolean => json!({ "type": "boolean" }),
    }
}

fn strings() -> Value {
    json!({ "type": "array", "items": { "type": "string", "maxLength": LONGEST_ARGUMENT } })
}

/// Strings, of which the first may not be empty. `then` says so, since taplo shows no description of items that differ.
fn program() -> Value {
    let mut program = strings();
    program["minItems"] = json!(1);
    program["if"] = json!({ "type": "array" });
    program["then"] = json!({ "items": [{ "minLength": 1 }] });
    program
}
