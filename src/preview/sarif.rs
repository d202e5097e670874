//! Diagnostics as SARIF 2.1.0, which code scanning reads.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use crate::catalogue;
use crate::diagnostics::page;
use crate::preview::escape;
use crate::preview::finding::{Finding, Kind, Lines, Place, findings, path};
use crate::preview::report::{Report, Status};
use serde_json::{Value, json};
use std::io;
use std::path::Path;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run with a result a diagnostic.
pub(super) fn sarif(report: &Report) -> io::Result<String> {
    let findings = findings(report.problems, report.sources);
    let mut names: Vec<&str> = findings.iter().map(|finding| finding.name).collect();
    names.sort_unstable();
    names.dedup();
    let rules: Vec<Value> = names.iter().map(|name| rule(name)).collect();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &report.directory)).collect();
    let notifications: Vec<Value> = report.reason.iter().map(|reason| notification(reason, report.status)).collect();
    escape::document(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "octopilot/procfile",
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // Columns count characters, as in the other formats.
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": report.status != Status::Failed,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    }))
}

fn rule(name: &str) -> Value {
    let severity = catalogue::all().find(|(listed, _)| *listed == name).map(|(_, severity)| severity.word());
    json!({
        "id": name,
        "helpUri": page(name),
        "defaultConfiguration": { "level": severity.unwrap_or("none") },
    })
}

fn notification(reason: &str, status: Status) -> Value {
    let level = if status.is_failure() { "error" } else { "note" };
    json!({ "level": level, "message": { "text": reason.trim_end() } })
}

fn result(finding: &Finding, directory: &Path) -> Value {
    let mut result = json!({
        "ruleId": finding.name,
        "level": finding.severity,
        "message": { "text": finding.text() },
        "locations": finding.place.iter().map(|place| location(place, directory, finding.label)).collect::<Vec<Value>>(),
    });
    if let Some(related) = &finding.related {
        result["relatedLocations"] = json!([location(&related.place, directory, related.label)]);
    }
    if let Some(place) = finding.place.filter(|place| place.kind == Kind::File)
        && let Some(replacement) = &finding.replacement
    {
        result["fixes"] = json!([{ "artifactChanges": [{
            "artifactLocation": artifact(directory, place.source),
            "replacements": [{
                "deletedRegion": region(replacement.range),
                "insertedContent": { "text": replacement.text },
            }],
        }]}]);
    }
    result
}

/// A place in a file, or the name of a variable or binding.
fn location(place: &Place, directory: &Path, label: Option<&str>) -> Value {
    if place.kind != Kind::File {
        return json!({ "logicalLocations": [{ "name": place.source }] });
    }
    let mut physical = json!({ "artifactLocation": artifact(directory, place.source) });
    if let Some(range) = place.range {
        physical["region"] = region(range);
    }
    let mut location = json!({ "physicalLocation": physical });
    if let Some(label) = label {
        location["message"] = json!({ "text": label });
    }
    location
}

fn region(Lines { start, end }: Lines) -> Value {
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

fn artifact(directory: &Path, file: &str) -> Value {
    json!({ "uri": uri(&path(directory, file)) })
}

/// A relative path as a URI reference (RFC 3986): all but unreserved characters and `/` is encoded.
fn uri(path: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    path.bytes().fold(String::new(), |uri, byte| match byte {
        byte if is_plain(&byte) => uri + &char::from(byte).to_string(),
        byte => format!("{uri}%{byte:02X}"),
    })
}
