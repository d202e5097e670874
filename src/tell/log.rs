//! Writes the build log (O1): what was read, what the image runs, and how to run it.

use crate::find::{Earlier, EarlierProcess};
use crate::parse::Command;
use crate::plan::{Form, Inner, Planned, Port, Run};
use crate::shell::{Arguments, Invocation, Signal};
use crate::text::quote::{brief, list, shown, toml_array};
use crate::text::{Source, Sources, Span, Variable, visible};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// What is written before a heading, before a less important line, and after either.
#[derive(Clone, Copy, Default)]
struct Style {
    bold: &'static str,
    dim: &'static str,
    end: &'static str,
}

const COLOURED: Style = Style { bold: "\x1b[1m", dim: "\x1b[2m", end: "\x1b[0m" };

/// Writes the log of a build.
///
/// # Errors
/// Those of `out`.
pub fn write(
    out: &mut dyn Write,
    plan: &[Planned],
    earlier: &Earlier,
    sources: &Sources,
    colour: bool,
) -> io::Result<()> {
    let style = if colour { COLOURED } else { Style::default() };
    let Style { bold, end, .. } = style;
    writeln!(out, "{bold}octopilot/procfile {}{end}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  Read {}", read(sources))?;
    if plan.is_empty() {
        writeln!(out, "  No process types: the image runs what other buildpacks declare")?;
    }
    let has_default = plan.iter().any(|planned| planned.default);
    let mut declared: Vec<&str> = plan.iter().map(|planned| planned.name.as_ref()).collect();
    declared.sort_unstable();
    let ours = plan.iter().map(|planned| Row::new(planned, earlier, sources));
    let kept = earlier.processes.iter().filter(|(name, _)| declared.binary_search(&name.as_str()).is_err());
    let mut kept =
        kept.map(|(name, process)| Row::kept(name, process, !has_default && earlier.default.as_ref() == Some(name)));
    let rows: Vec<Row> = ours.chain(kept.by_ref().take(MOST_KEPT)).collect();
    if !rows.is_empty() {
        write_processes(out, &rows, style)?;
        write_more(out, kept.count(), &earlier.left_out, style)?;
        write_usage(out, &rows, style)?;
    }
    Ok(())
}

/// The most process types of other buildpacks that are shown (R1).
const MOST_KEPT: usize = 100;

/// What is not shown of other buildpacks: so many process types, and the launch.toml files of these buildpacks.
fn write_more(
    out: &mut dyn Write,
    types: usize,
    buildpacks: &[String],
    Style { dim, end, .. }: Style,
) -> io::Result<()> {
    if types > 0 {
        writeln!(out, "    {dim}and {types} more that are kept from earlier buildpacks{end}")?;
    }
    if !buildpacks.is_empty() {
        let names = list(buildpacks, "and");
        writeln!(out, "    {dim}and those of {names}, whose launch.toml is too large to read{end}")?;
    }
    Ok(())
}

fn read(sources: &Sources) -> String {
    let variables = [Variable::DefaultProcess, Variable::DefaultType].map(Source::Variable);
    let read = [Source::Binding, Source::Procfile, Source::ProjectToml].into_iter().chain(variables);
    let names: Vec<&str> = read.filter_map(|source| sources.text(source)).map(|text| text.name.as_str()).collect();
    match names.as_slice() {
        [] => "nothing: another buildpack has deleted what declared process types when the build started".to_string(),
        names => names.join(", "),
    }
}

/// A process type in the log.
struct Row<'p> {
    name: Cow<'p, str>,
    is_default: bool,
    origin: Cow<'p, str>,
    command: Cow<'p, str>,
    details: Vec<Cow<'p, str>>,
    port: Option<Port>,
}

impl<'p> Row<'p> {
    fn new(planned: &'p Planned<'p>, earlier: &Earlier, sources: &'p Sources) -> Self {
        let mut details = vec![form(&planned.run)];
        details.extend(planned.extended().map(extends));
        if planned.init.is_some() {
            details.push(Cow::Borrowed("init: signals reach every process"));
        } else if let Command::Line(line) = &planned.written.value {
            details.extend(steps(line, &planned.invocations));
        }
        if !planned.overrides.is_empty() {
            let places: Vec<Cow<str>> = planned.overrides.iter().map(|span| place(*span, sources)).collect();
            details.push(Cow::Owned(format!("overrides {}", places.join(", "))));
        }
        match earlier.processes.get(planned.name.as_ref()) {
            Some(_) if planned.extended().is_some() => {}
            Some(other) => {
                let (command, buildpack) = (line(&other.words()), shown(&other.buildpack));
                details.push(Cow::Owned(format!("overrides `{command}` of {buildpack}")));
            }
            None if earlier.processes.is_empty() => {}
            None => details.push(Cow::Borrowed("new: no earlier buildpack declares it")),
        }
        if let Some(directory) = &planned.working_dir {
            details.push(Cow::Owned(format!("in {}", visible(&directory.to_string_lossy()))));
        }
        let env = planned.env.iter().map(|(name, value)| format!("with {name}={} unless set", visible(&value.value)));
        details.extend(env.map(Cow::Owned));
        Self {
            name: Cow::Borrowed(&planned.name),
            is_default: planned.default,
            origin: place(planned.origin, sources),
            command: shown_command(planned),
            details,
            port: planned.port,
        }
    }

    /// A process type of another buildpack, which this one does not declare.
    fn kept(name: &'p str, process: &'p EarlierProcess, is_default: bool) -> Self {
        let buildpack = shown(&process.buildpack);
        Self {
            name: Cow::Owned(shown(name)),
            is_default,
            details: vec![Cow::Owned(format!("kept from {buildpack}"))],
            origin: Cow::Owned(buildpack),
            command: Cow::Owned(line(&process.words())),
            port: None,
        }
    }

    fn title(&self) -> String {
        format!("{}{}", self.name, if self.is_default { " (default)" } else { "" })
    }
}

/// How a process runs.
pub fn form(run: &Run) -> Cow<'static, str> {
    match (&run.form, &run.inner) {
        (Form::Exec, None) => Cow::Borrowed("exec form, without a shell"),
        (Form::Exec, Some(inner)) => Cow::Owned(format!("exec form: {}", reading(inner))),
        (Form::Launcher, _) => Cow::Borrowed("static launcher, without a shell"),
        (Form::Earlier, _) => Cow::Borrowed("the command comes from an earlier buildpack, when the image is built"),
        (Form::Shell { shell, rewritten, arguments, .. }, inner) => {
            let shell = shell.name();
            let script = match run.script().filter(|_| *rewritten) {
                Some(script) => format!("{shell} runs: {}", visible(script)),
                None => format!("{shell} runs it as written"),
            };
            Cow::Owned(match (arguments, inner) {
                (Arguments::Partly { programs, reason }, _) => {
                    let programs = list(programs, "and");
                    format!("{script} (arguments do not reach {programs}, because of {})", reason.noun())
                }
                (Arguments::Lost(reason), _) => {
                    format!("{script} (arguments are not passed on, because of {})", reason.noun())
                }
                (Arguments::Passed | Arguments::Used, Some(inner)) => format!("{script}; {}", reading(inner)),
                (Arguments::Passed | Arguments::Used, None) => script,
            })
        }
    }
}

/// What a process type extends, and what that was.
fn extends(other: &EarlierProcess) -> Cow<'static, str> {
    let (command, buildpack) = (line(&other.words()), shown(&other.buildpack));
    Cow::Owned(format!("extends `{command}` of {buildpack}"))
}

/// What becomes of SIGTERM while programs run that are not the last (X4c).
pub fn steps<'p>(line: &str, invocations: &[Invocation]) -> Option<Cow<'p, str>> {
    let mut steps = invocations.iter().filter(|command| command.signal == Signal::Step).peekable();
    steps.peek()?;
    let steps: Vec<String> = steps.filter_map(|command| line.get(command.range())).map(brief).collect();
    let run = if steps.len() == 1 { "runs" } else { "run" };
    Some(Cow::Owned(format!("SIGTERM does not reach {}, which {run} first", list(steps, "and"))))
}

/// The longest command of another buildpack that is shown whole, in bytes.
const LONGEST_COMMAND: usize = 1000;

/// What a shell does that a command starts.
fn reading(Inner { shell, script, passes_arguments }: &Inner) -> String {
    let script = script.as_ref().map_or(Cow::Borrowed("its script"), |script| visible(script));
    let ignores = if *passes_arguments == Some(false) { ", which ignores arguments" } else { "" };
    format!("{} runs {script}{ignores}", visible(shell))
}

/// Words as an array, cut where they are long.
fn array(words: &[&str]) -> String {
    if is_long(words) { line(words) } else { toml_array(words) }
}

/// Whether a command of another buildpack is too long to be shown whole.
fn is_long(words: &[&str]) -> bool {
    words.iter().map(|word| word.len() + 1).sum::<usize>() > LONGEST_COMMAND
}

/// Words in a line that shows where one ends and the next starts.
fn line(words: &[&str]) -> String {
    if is_long(words) {
        return shown(&words.iter().take(LONGEST_COMMAND).copied().collect::<Vec<_>>().join(" "));
    }
    let is_plain = |word: &&str| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "\"'\\".contains(c));
    if words.iter().all(is_plain) || words.len() == 1 {
        visible(&words.join(" ")).into_owned()
    } else {
        toml_array(words)
    }
}

/// A place as `Procfile:3`, or only the name of a variable.
fn place(span: Span, sources: &Sources) -> Cow<'_, str> {
    let Some(text) = sources.text(span.source) else { return Cow::Borrowed("") };
    match span.source {
        Source::Binding | Source::Procfile | Source::ProjectToml => {
            Cow::Owned(format!("{}:{}", text.name, text.line_number(span.start)))
        }
        Source::Variable(_) | Source::Profile | Source::Script(_) | Source::UnknownVariable(_) => {
            Cow::Borrowed(&text.name)
        }
    }
}

/// Cells that are wider than this do not move the other columns to the right.
const WIDEST_COLUMN: usize = 48;

/// The same for the lines that start a process.
const WIDEST_RUN_LINE: usize = 80;

fn width<'r>(cells: impl Iterator<Item = &'r str>, widest: usize) -> usize {
    cells.map(|cell| cell.chars().count()).filter(|width| *width <= widest).max().unwrap_or(0)
}

fn write_processes(out: &mut dyn Write, rows: &[Row], Style { bold, dim, end }: Style) -> io::Result<()> {
    let titles: Vec<String> = rows.iter().map(Row::title).collect();
    let title_width = width(titles.iter().map(String::as_str), WIDEST_COLUMN);
    let origin_width = width(rows.iter().map(|row| row.origin.as_ref()), WIDEST_COLUMN);
    writeln!(out, "\n  {bold}Process types{end}")?;
    let indent = " ".repeat("    ".len() + title_width + "  ".len() + origin_width + "  ".len());
    for (title, Row { origin, command, details, .. }) in titles.iter().zip(rows) {
        writeln!(out, "    {bold}{title:title_width$}{end}  {dim}{origin:origin_width$}{end}  {command}")?;
        for detail in details {
            writeln!(out, "{indent}{dim}{detail}{end}")?;
        }
    }
    Ok(())
}

/// A command as it was written: a line, or an array with its arguments.
fn shown_command<'p>(planned: &'p Planned) -> Cow<'p, str> {
    let args = planned.args();
    let command = match &planned.written.value {
        Command::Line(line) => visible(line),
        Command::Words(words) => Cow::Owned(toml_array(words)),
        Command::Earlier(_) => {
            let words: Vec<&str> = planned.run.command.iter().map(AsRef::as_ref).collect();
            let known = if words.is_empty() { String::new() } else { array(&words) };
            let unknown = if planned.extended().is_none() { "…" } else { "" };
            Cow::Owned([known.as_str(), unknown].join(" ").trim().to_string())
        }
    };
    let args: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
    if args.is_empty() { command } else { Cow::Owned(format!("{command} args {}", array(&args))) }
}

/// How to start each process so that it works and can be reached (O5).
fn write_usage(out: &mut dyn Write, rows: &[Row], style: Style) -> io::Result<()> {
    let Style { bold, dim, end } = style;
    let mut taken = BTreeSet::new();
    let lines: Vec<String> = rows.iter().map(|row| docker(row, &mut taken)).collect();
    let docker_width = width(lines.iter().map(String::as_str), WIDEST_RUN_LINE).max("Docker".len());
    writeln!(out, "\n  {bold}How to run them{end}")?;
    writeln!(out, "    {dim}{:docker_width$}  Kubernetes{end}", "Docker")?;
    for (row, line) in rows.iter().zip(&lines) {
        match row.port {
            Some(_) => writeln!(out, "    {line:docker_width$}  {dim}below{end}")?,
            None => writeln!(out, "    {line:docker_width$}  command: [\"{}\"]", row.name)?,
        }
    }
    write_ports(out, rows, style)
}

/// The line that starts a process with Docker. `taken`: the ports that other lines publish, so that all can run at once.
fn docker(row: &Row, taken: &mut BTreeSet<u16>) -> String {
    let mut publish = String::new();
    if let Some(Port { number, is_to_be_set }) = row.port {
        let next = taken.last().and_then(|last| last.checked_add(1));
        let published = if taken.contains(&number) { next.unwrap_or(number) } else { number };
        taken.insert(published);
        let variable = if is_to_be_set { format!("--env PORT={number} ") } else { String::new() };
        publish = format!("{variable}--publish {published}:{number} ");
    }
    let entrypoint = if row.is_default { String::new() } else { format!("--entrypoint {} ", row.name) };
    format!("docker run {publish}{entrypoint}IMAGE")
}

/// The containers of the processes that listen on a port, as a pod has them: what needs more than a line.
fn write_ports(out: &mut dyn Write, rows: &[Row], Style { bold, end, .. }: Style) -> io::Result<()> {
    let mut listening = rows.iter().filter_map(|row| Some((&row.name, row.port?))).peekable();
    if listening.peek().is_some() {
        writeln!(out, "\n  {bold}Kubernetes containers with a port{end}")?;
    }
    while let Some((name, Port { number, is_to_be_set })) = listening.next() {
        writeln!(out, "    command: [\"{name}\"]")?;
        if is_to_be_set {
            writeln!(out, "    env: [{{ name: PORT, value: \"{number}\" }}]")?;
        }
        writeln!(out, "    ports: [{{ containerPort: {number} }}]")?;
        if listening.peek().is_some() {
            writeln!(out)?;
        }
    }
    Ok(())
}
