//! The preview for programs.

use crate::plan::Planned;
use crate::preview::escape::escaped;
use crate::text::Sources;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

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
pub(super) fn processes(plan: &[Planned], sources: &Sources, app: &Path) -> io::Result<String> {
    let processes = plan.iter().filter_map(|planned| {
        let text = sources.text(planned.origin.source)?;
        let position = text.position(planned.origin.start);
        Some(ProcessType {
            r#type: &planned.name,
            command: &planned.run.command,
            args: &planned.args,
            default: planned.default,
            working_dir: planned.working_dir.as_deref().unwrap_or(app).to_string_lossy(),
            env: planned.env.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect(),
            origin: Origin { source: &text.name, line: position.line, column: position.column },
        })
    });
    let document = Document { processes: processes.collect() };
    Ok(escaped(&serde_json::to_string_pretty(&document).map_err(io::Error::other)?) + "\n")
}
