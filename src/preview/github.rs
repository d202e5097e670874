//! Diagnostics as annotations of a GitHub workflow.
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use crate::preview::finding::{Finding, Kind, Lines, findings, path};
use crate::preview::report::Report;
use std::fmt::Write;
use std::path::Path;

/// One workflow command a diagnostic.
pub(super) fn github(report: &Report) -> String {
    let mut text = String::new();
    for finding in findings(report.problems, report.sources) {
        annotation(&finding, &report.directory, &mut text);
    }
    if let Some(reason) = &report.reason {
        let level = if report.status.is_failure() { "error" } else { "notice" };
        line(&mut text, level, &[], reason.trim_end());
    }
    text
}

fn annotation(finding: &Finding, directory: &Path, text: &mut String) {
    let level = if finding.severity == "note" { "notice" } else { finding.severity };
    let mut properties = vec![("title", format!("octopilot/procfile: {}", finding.name))];
    let mut message = finding.text();
    if let Some(place) = finding.place.filter(|place| place.kind == Kind::File) {
        properties.push(("file", path(directory, place.source)));
        properties.extend(place.range.into_iter().flat_map(lines));
    } else if let Some(place) = finding.place {
        message = format!("{}: {message}", place.source);
    }
    line(text, level, &properties, &(message + "\n" + &finding.page));
}

/// Where an annotation starts and ends. GitHub refuses columns of a range that spans lines.
fn lines(Lines { start, end }: Lines) -> Vec<(&'static str, String)> {
    let mut properties = vec![("line", start.line), ("endLine", end.line)];
    if start.line == end.line {
        properties.extend([("col", start.column), ("endColumn", end.column)]);
    }
    properties.into_iter().map(|(name, number)| (name, number.to_string())).collect()
}

/// A workflow command, with the escapes of the toolkit for values and messages.
fn line(text: &mut String, level: &str, properties: &[(&str, String)], message: &str) {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |value: &str| data(value).replace(':', "%3A").replace(',', "%2C");
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let blank = if properties.is_empty() { "" } else { " " };
    // Writing to memory does not fail.
    let _ = writeln!(text, "::{level}{blank}{}::{}", properties.join(","), data(message));
}
