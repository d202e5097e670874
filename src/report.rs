//! Writes the build log (O1): what was read, what the image runs, and how to run it.

use crate::diagnostics::Span;
use crate::plan::Planned;
use crate::process::Command;
use crate::sources::{Source, Sources};
use crate::text::visible;
use crate::words;
use std::io::{self, Write};

/// Writes the log of a build.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, plan: &[Planned], sources: &Sources) -> io::Result<()> {
    writeln!(out, "octopilot/procfile {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  Read {}", read(sources))?;
    if plan.is_empty() {
        return writeln!(out, "  No process types: the image runs what other buildpacks declare");
    }
    let rows: Vec<Row> = plan.iter().map(|planned| Row::new(planned, sources)).collect();
    write_processes(out, &rows)?;
    write_usage(out, &rows)
}

fn read(sources: &Sources) -> String {
    let read = [Source::Procfile, Source::ProjectToml, Source::DefaultProcess, Source::DefaultType];
    let names: Vec<&str> =
        read.iter().filter_map(|source| sources.text(*source)).map(|text| text.name.as_str()).collect();
    names.join(", ")
}

struct Row<'p> {
    planned: &'p Planned<'p>,
    title: String,
    origin: String,
    overrides: Vec<String>,
}

impl<'p> Row<'p> {
    fn new(planned: &'p Planned<'p>, sources: &Sources) -> Self {
        let mark = if planned.default { " (default)" } else { "" };
        Self {
            planned,
            title: format!("{}{mark}", planned.name),
            origin: place(planned.origin, sources),
            overrides: planned.overrides.iter().map(|span| place(*span, sources)).collect(),
        }
    }
}

/// A place as `Procfile:3`, or a variable's name alone.
fn place(span: Span, sources: &Sources) -> String {
    let Some(text) = sources.text(span.source) else { return String::new() };
    match span.source {
        Source::Procfile | Source::ProjectToml => format!("{}:{}", text.name, text.line_number(span.start)),
        _ => text.name.clone(),
    }
}

/// Columns wider than this do not push the others to the right.
const WIDEST_COLUMN: usize = 48;

fn width<'r>(cells: impl Iterator<Item = &'r str>) -> usize {
    cells.map(|cell| cell.chars().count()).filter(|width| *width <= WIDEST_COLUMN).max().unwrap_or(0)
}

fn write_processes(out: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
    let title_width = width(rows.iter().map(|row| row.title.as_str()));
    let origin_width = width(rows.iter().map(|row| row.origin.as_str()));
    writeln!(out, "\n  Process types")?;
    for row in rows {
        let Row { title, origin, planned, .. } = row;
        let command = shown_command(&planned.written, &planned.args);
        writeln!(out, "    {title:title_width$}  {origin:origin_width$}  {command}")?;
        let mut detail = |text: String| writeln!(out, "    {:title_width$}  {:origin_width$}  {text}", "", "");
        detail(words::form(&planned.run.form, planned.run.command.get(2).map_or("", |script| script)))?;
        if !row.overrides.is_empty() {
            detail(format!("overrides {}", row.overrides.join(", ")))?;
        }
        if let Some(directory) = &planned.working_dir {
            detail(format!("in {}", visible(&directory.to_string_lossy())))?;
        }
        for (name, value) in &planned.env {
            detail(format!("with {name}={} unless set", visible(value)))?;
        }
    }
    Ok(())
}

/// A command as it was written: a line, or an array with its arguments.
fn shown_command(command: &Command, args: &[std::borrow::Cow<str>]) -> String {
    let quoted = |word: &str| format!("\"{}\"", visible(&word.replace('\\', "\\\\").replace('"', "\\\"")));
    let array = |words: &[std::borrow::Cow<str>]| {
        format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
    };
    let command = match command {
        Command::Line(line) => visible(line),
        Command::Words(words) => array(words),
    };
    if args.is_empty() { command } else { format!("{command} args {}", array(args)) }
}

fn write_usage(out: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
    let docker = |row: &Row| {
        let entrypoint =
            if row.planned.default { String::new() } else { format!("--entrypoint {} ", row.planned.name) };
        format!("docker run {entrypoint}IMAGE")
    };
    let lines: Vec<String> = rows.iter().map(docker).collect();
    let docker_width = width(lines.iter().map(String::as_str)).max("Docker".len());
    writeln!(out, "\n  How to run them")?;
    writeln!(out, "    {:docker_width$}  Kubernetes", "Docker")?;
    for (row, line) in rows.iter().zip(&lines) {
        let name = &row.planned.name;
        writeln!(out, "    {line:docker_width$}  command: [\"{name}\"]")?;
    }
    Ok(())
}
