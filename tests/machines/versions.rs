//! The versions of the JSON. A reader that knows a version can read every document that has it, so each version has a
//! record of what its schema said, `tests/schema/output-VERSION.json`.

use crate::support::manifest;
use serde_json::{Map, Value, json};
use snapbox::{Data, assert_data_eq};
use std::fs;

/// What says nothing about a document.
const ANNOTATIONS: [&str; 5] = ["$defs", "$id", "$schema", "description", "title"];

fn read(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(manifest(path)).unwrap()).unwrap()
}

/// (L2) The schema still says everything that it said in this version. What it says more is added to the record.
#[test]
fn a_version_is_read_as_before() {
    let schema = read("docs/schema/output.json");
    let record = format!("tests/schema/output-{}.json", schema["properties"]["version"]["const"]);
    if manifest(&record).exists() {
        let changes = changes(&read(&record), &schema);
        assert_eq!(changes, [""; 0], "readers of {record} need a new version: see CONTRIBUTING.md");
    }
    let shape = serde_json::to_string_pretty(&shape(&schema, &schema)).unwrap() + "\n";
    assert_data_eq!(shape, Data::read_from(&manifest(&record), None).raw());
}

/// What a schema says, without its descriptions, and with each definition where it is used.
fn shape(schema: &Value, root: &Value) -> Value {
    match schema {
        Value::Object(keywords) => {
            let reference = keywords.get("$ref").and_then(Value::as_str);
            let target = reference.map(|path| shape(root.pointer(path.trim_start_matches('#')).unwrap(), root));
            let mut kept = target.and_then(|target| target.as_object().cloned()).unwrap_or_default();
            for (keyword, value) in keywords.iter().filter(|(keyword, _)| *keyword != "$ref") {
                match value {
                    Value::Object(named) if keyword == "properties" => {
                        let named = named.iter().map(|(name, value)| (name.clone(), shape(value, root)));
                        kept.insert(keyword.clone(), named.collect());
                    }
                    _ if ANNOTATIONS.contains(&keyword.as_str()) => {}
                    value => {
                        kept.insert(keyword.clone(), shape(value, root));
                    }
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => items.iter().map(|item| shape(item, root)).collect(),
        other => other.clone(),
    }
}

/// Where a document of the newer schema is not what a reader of the older one expects.
fn changes(older: &Value, newer: &Value) -> Vec<String> {
    let mut changes = Vec::new();
    compare("document", &shape(older, older), &shape(newer, newer), &mut changes);
    changes
}

/// Every keyword of a schema restricts its documents. So the newer one must have those of the older one, and may have
/// others.
fn compare(path: &str, older: &Value, newer: &Value, changes: &mut Vec<String>) {
    for (keyword, value) in older.as_object().unwrap_or(&Map::new()) {
        let other = &newer[keyword];
        match (keyword.as_str(), value) {
            ("properties", Value::Object(members)) => {
                for (name, member) in members {
                    match other.get(name) {
                        Some(other) => compare(&format!("{path}.{name}"), member, other, changes),
                        None => changes.push(format!("{path}.{name} is gone")),
                    }
                }
            }
            ("items" | "additionalProperties", Value::Object(_)) => {
                compare(&format!("{path}[]"), value, other, changes);
            }
            ("required", _) => {
                let missing = list(value).into_iter().filter(|name| !list(other).contains(name));
                changes.extend(missing.map(|name| format!("{path}.{} may be missing", name.as_str().unwrap())));
            }
            ("type" | "enum", _) if !other.is_null() => {
                let new = list(other).into_iter().filter(|one| !list(value).contains(one));
                changes.extend(new.map(|one| format!("{path} may be {one}")));
            }
            ("anyOf", _) if !other.is_null() => {
                for one in list(other) {
                    match list(value).into_iter().find(|known| known["type"] == one["type"]) {
                        Some(known) => compare(path, known, one, changes),
                        None => changes.push(format!("{path} may be {}", one["type"])),
                    }
                }
            }
            _ if value == other => {}
            _ => changes.push(format!("{path} has another `{keyword}`")),
        }
    }
}

/// The elements of an array, or the value itself: `type` may be one or several.
fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

/// The schema with another value at a place, or without it.
fn with(schema: &Value, place: &str, value: Option<Value>) -> Value {
    let mut schema = schema.clone();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = schema.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_string(), value),
        None => parent.remove(name),
    };
    schema
}

/// (L2) Changes that a reader could misunderstand are found, and others are not.
#[test]
fn misunderstandings_are_found() {
    let schema = read("docs/schema/output.json");
    let check = |place: &str, value: Option<Value>, expected: &[&str]| {
        assert_eq!(changes(&schema, &with(&schema, place, value)), expected, "{place}");
    };
    let process = |place: &str, value: Option<Value>, expected: &[&str]| {
        check(&format!("/$defs/process/properties/{place}"), value, expected);
    };
    let text = || Some(json!({ "type": "string" }));
    process("form", None, &["document.processes[].form is gone"]);
    process("default/type", Some(json!(["boolean", "null"])), &["document.processes[].default may be \"null\""]);
    process("env/additionalProperties", Some(json!({})), &["document.processes[].env[] has another `type`"]);
    process("port/anyOf", Some(json!([{ "type": "string" }])), &["document.processes[].port may be \"string\""]);
    process("port/anyOf/1/properties/number", None, &["document.processes[].port.number is gone"]);
    check(
        "/required",
        Some(json!(["version", "status", "processes", "diagnostics", "hidden"])),
        &["document.reason may be missing"],
    );
    check("/properties/status/enum", Some(json!(["ok", "late"])), &["document.status may be \"late\""]);
    check("/properties/hidden/type", Some(json!("string")), &["document.hidden may be \"string\""]);
    check("/properties/hidden/minimum", None, &["document.hidden has another `minimum`"]);

    process("colour", text(), &[]);
    process("port/anyOf", Some(json!([{ "type": "null" }])), &[]);
    process("form/description", None, &[]);
    check("/properties/reason/type", Some(json!("string")), &[]);
    check("/properties/status/enum", Some(json!(["ok"])), &[]);
    check("/properties/processes/items", Some(schema["$defs"]["process"].clone()), &[]);
    check("/properties/hidden/maximum", Some(json!(9)), &[]);
}
