//! The manifests of the examples: against what their apps declare, against one another, and, in ignored tests, through
//! the code of the tools that take them.

mod builder;
mod deployed;
mod names;
mod order;
mod schemas;

use crate::support::manifest;
use serde_json::Value;
use std::fs;

/// All manifests but Kamal's, which has no schema but the one in `deployed`.
const ALL: [&str; 10] = [
    "examples/builder/builder.toml",
    "examples/builder/policy.toml",
    "examples/builder/system.toml",
    "examples/django-celery/kubernetes.yaml",
    "examples/django-celery/release.yaml",
    "examples/kpack/builder.yaml",
    "examples/kpack/images.yaml",
    "examples/skaffold/kubernetes/api.yaml",
    "examples/skaffold/kubernetes/frontend.yaml",
    "examples/skaffold/skaffold.yaml",
];

fn read(path: &str) -> String {
    fs::read_to_string(manifest(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents of a YAML file. A repeated key is an error.
fn documents(yaml: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(yaml).unwrap()
}

/// The documents of a kind.
fn resources<'a>(documents: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    documents.iter().filter(move |document| document["kind"] == kind)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_string()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The content with one part of it replaced, for tests that something wrong is found.
pub(crate) fn with(content: &str, part: &str, other: &str) -> String {
    assert_eq!(content.matches(part).count(), 1, "{part}");
    content.replace(part, other)
}
