//! What the preview prints: the files that a build writes, or JSON.

use crate::plan::Planned;
use crate::text::{Sources, is_invisible};
use crate::write::{ENVIRONMENT, launch};
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
        text += &launch_toml(plan)?;
    }
    for (path, value) in launch::environment(plan) {
        text = text + "\n# " + ENVIRONMENT + "/" + &path + "\n" + &escaped(value, toml_escape) + "\n";
    }
    Ok(text)
}

/// launch.toml, with escapes for what a terminal should not get. Only basic strings have escapes, so that a string which
/// needs one is written as such a string.
fn launch_toml(plan: &[Planned]) -> io::Result<String> {
    let written = launch::launch(plan).map_err(io::Error::other)?;
    let (mut text, mut rest) = (String::with_capacity(written.len()), written.as_str());
    for word in plan.iter().flat_map(strings).filter(|word| word.contains(needs_escape)) {
        let literal = toml::Value::from(word).to_string();
        let basic = serde_json::to_string(word).map_err(io::Error::other)?;
        if let Some((before, after)) = rest.split_once(&literal) {
            text = text + before + &escaped(&basic, toml_escape);
            rest = after;
        }
    }
    Ok(text + rest)
}

/// The strings of a process, in the order in which launch.toml has them.
fn strings<'p>(planned: &'p Planned) -> impl Iterator<Item = &'p str> {
    let words = planned.command().into_iter().chain(planned.args().iter().map(AsRef::as_ref));
    words.chain(planned.working_dir.as_deref().and_then(Path::to_str))
}

#[derive(Serialize)]
struct Document<'p> {
    processes: Vec<ProcessType<'p>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ProcessType<'p> {
    r#type: &'p str,
    command: Vec<&'p str>,
    args: &'p [Cow<'p, str>],
    default: bool,
    init: bool,
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
            command: planned.command(),
            args: planned.args(),
            default: planned.default,
            init: planned.init.is_some(),
            working_dir: planned.working_dir.as_deref().unwrap_or(app).to_string_lossy(),
            env: planned.env.iter().map(|(name, value)| (name.as_ref(), value.value.as_ref())).collect(),
            origin: Origin { source: &text.name, line: position.line, column: position.column },
        })
    });
    let document = Document { processes: processes.collect() };
    Ok(escaped(&serde_json::to_string_pretty(&document).map_err(io::Error::other)?, json_escape) + "\n")
}

/// A text with escapes for what a terminal should not get.
fn escaped(text: &str, escape: fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if needs_escape(character) { out += &escape(character) } else { out.push(character) }
    }
    out
}

fn needs_escape(character: char) -> bool {
    !matches!(character, '\n' | '\t') && (character.is_control() || is_invisible(character))
}

fn toml_escape(character: char) -> String {
    let code = u32::from(character);
    if code > 0xFFFF { format!("\\U{code:08X}") } else { format!("\\u{code:04X}") }
}

fn json_escape(character: char) -> String {
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units).iter();
    units.fold(String::new(), |text, unit| text + &format!("\\u{unit:04X}"))
}
