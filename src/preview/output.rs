//! What the preview prints: the files that a build writes, or JSON.

use crate::plan::Planned;
use crate::text::{Sources, is_invisible};
use crate::write::launch;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The files that build writes into the layers directory, one after the other.
pub(super) fn layers(plan: &[Planned]) -> io::Result<String> {
    let mut text = String::new();
    if !plan.is_empty() {
        text += "\n# launch.toml\n";
        text += &escaped(&toml::to_string(&launch::launch(plan)).map_err(io::Error::other)?);
    }
    for planned in plan {
        for (name, value) in &planned.env {
            let file = format!("environment/env.launch/{}/{name}.default", planned.name);
            text = text + "\n# " + &file + "\n" + &escaped(&value.value) + "\n";
        }
    }
    Ok(text)
}

#[derive(Serialize)]
struct Document<'p> {
    processes: Vec<ProcessType<'p>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ProcessType<'p> {
    r#type: &'p str,
    command: &'p [Cow<'p, str>],
    args: &'p [Cow<'p, str>],
    default: bool,
    working_dir: Cow<'p, str>,
    env: BTreeMap<&'p str, &'p str>,
    origin: Origin<'p>,
}

#[derive(Serialize)]
struct Origin<'p> {
    source: &'p str,
    line: usize,
    column: usize,
}

/// The process types as JSON.
pub(super) fn json(plan: &[Planned], sources: &Sources, app: &Path) -> io::Result<String> {
    let processes = plan.iter().filter_map(|planned| {
        let text = sources.text(planned.origin.source)?;
        let position = text.position(planned.origin.start);
        Some(ProcessType {
            r#type: &planned.name,
            command: &planned.run.command,
            args: planned.args(),
            default: planned.default,
            working_dir: planned.working_dir.as_deref().unwrap_or(app).to_string_lossy(),
            env: planned.env.iter().map(|(name, value)| (name.as_ref(), value.value.as_ref())).collect(),
            origin: Origin { source: &text.name, line: position.line, column: position.column },
        })
    });
    let document = Document { processes: processes.collect() };
    Ok(escaped(&serde_json::to_string_pretty(&document).map_err(io::Error::other)?) + "\n")
}

/// A text with the escapes that both TOML and JSON have, for what a terminal should not get.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let is_layout = matches!(character, '\n' | '\t');
        if !is_layout && (character.is_control() || is_invisible(character)) {
            let mut units = [0; 2];
            out.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}")));
        } else {
            out.push(character);
        }
    }
    out
}
