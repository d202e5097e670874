//! The formats for other programs: JSON, GitHub, SARIF (L2).

mod versions;

use crate::diagnostics::pages;
use crate::support::manifest;
use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use std::fs;
use std::sync::LazyLock;

/// A JSON Schema of this repository.
pub(crate) struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    pub(crate) fn read(path: &str) -> Self {
        let schema = serde_json::from_str(&fs::read_to_string(manifest(path)).unwrap()).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler.add_resource(path, schema).unwrap();
        let index = compiler.compile(path, &mut schemas).unwrap();
        Self { schemas, index }
    }

    /// What is wrong with a value, if it is not as the schema says.
    pub(crate) fn refusal(&self, value: &Value) -> Option<String> {
        self.schemas.validate(value, self.index).err().map(|error| format!("{error:#}"))
    }

    /// Checks a document, in which the test has put placeholders for what changes.
    #[track_caller]
    fn check(&self, text: &str) -> Value {
        let text = &text.replace("[APP]", "app").replace("[VERSION]", env!("CARGO_PKG_VERSION"));
        let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        if let Some(error) = self.refusal(&value) {
            panic!("{error}\n{text}");
        }
        value
    }
}

static OUTPUT: LazyLock<Schema> = LazyLock::new(|| Schema::read("docs/schema/output.json"));
static SARIF: LazyLock<Schema> = LazyLock::new(|| Schema::read("tests/schema/sarif-2.1.0.json"));

/// Checks what the preview prints in a format, so that every test that prints it does.
pub(crate) fn check(format: &str, text: &str) {
    match format {
        "json" => {
            OUTPUT.check(text);
        }
        "sarif" => {
            SARIF.check(text);
        }
        _ => {}
    }
}

/// (L2) On the example of every diagnostic, all formats say the same: its name, its place, its severity and its message.
#[test]
fn all_formats_have_all_diagnostics() {
    for ((name, _), page) in pages() {
        let app = page.app();
        let json = OUTPUT.check(&app.preview(&["--format", "json"]).stdout);
        let sarif = SARIF.check(&app.preview(&["--format", "sarif"]).stdout);
        let github = app.preview(&["--format", "github"]).stdout;
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let found = json["diagnostics"].as_array().unwrap();
        assert_eq!(found.len(), results.len(), "{name}");
        let annotations: Vec<&str> = github.lines().filter(|line| line.contains(" title=")).collect();
        assert_eq!(found.len(), annotations.len(), "{name}: {github}");
        let text = app.preview(&["--format", "text"]).stderr;
        let headers: Vec<&str> = text.lines().filter(|line| line.contains("]: ") && !line.starts_with(' ')).collect();
        let header = |one: &Value| {
            let part = |key: &str| one[key].as_str().unwrap();
            format!("{}[{}]: {}", part("severity"), part("name"), part("message"))
        };
        assert_eq!(found.iter().map(header).collect::<Vec<_>>(), headers, "{name}");
        for ((one, result), annotation) in found.iter().zip(results).zip(annotations) {
            same(one, result, annotation);
        }
    }
}

fn same(json: &Value, sarif: &Value, github: &str) {
    let name = json["name"].as_str().unwrap();
    assert_eq!(sarif["ruleId"], json["name"]);
    assert_eq!(sarif["level"], json["severity"]);
    let message = json["message"].as_str().unwrap();
    assert!(sarif["message"]["text"].as_str().unwrap().starts_with(message), "{sarif}");
    let level = if json["severity"] == "note" { "notice" } else { json["severity"].as_str().unwrap() };
    let start = format!("::{level} title=octopilot/procfile%3A {name}");
    assert!(github.starts_with(&start), "{github}");
    assert!(github.contains(&message.replace('%', "%25")), "{github}");
    let page = json["page"].as_str().unwrap();
    assert!(github.replace("[VERSION]", env!("CARGO_PKG_VERSION")).ends_with(page), "{github}");
    let is_file = json["place"]["kind"] == "file";
    assert_eq!(github.contains(",file="), is_file, "{github}");
    if is_file && json["place"]["start"].is_object() {
        let region = &sarif["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["startLine"], json["place"]["start"]["line"]);
        assert_eq!(region["endColumn"], json["place"]["end"]["column"]);
        assert!(github.contains(&format!(",line={},", json["place"]["start"]["line"])), "{github}");
    }
    let replacement = &sarif["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"];
    assert!(!is_file || *replacement == json["replacement"]["text"], "{name}");
}
