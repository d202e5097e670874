//! The result as JSON. `docs/schema/output.json` describes it.

use crate::parse::{Command, Extension};
use crate::plan::{Form, Inner, Planned};
use crate::preview::escape;
use crate::preview::finding::{Finding, Place, findings, place};
use crate::preview::report::{Report, Status};
use crate::shell::{Arguments, Invocation, Signal};
use crate::text::{Sources, Span};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The version of the document: one more whenever a reader could misunderstand it.
const VERSION: u8 = 1;

#[derive(Serialize)]
struct Document<'r> {
    version: u8,
    status: Status,
    /// Why there is nothing to do, or why the app could not be read.
    reason: Option<&'r str>,
    processes: Vec<ProcessType<'r>>,
    diagnostics: Vec<Finding<'r>>,
    /// How many more diagnostics there are.
    hidden: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ProcessType<'r> {
    r#type: &'r str,
    default: bool,
    origin: Place<'r>,
    overrides: Vec<Place<'r>>,
    /// `None` if the command comes from an earlier buildpack.
    written: Option<Written<'r>>,
    /// The words before such a command.
    wrap: Option<&'r [Cow<'r, str>]>,
    form: &'static str,
    command: Option<Vec<&'r str>>,
    args: &'r [Cow<'r, str>],
    /// The script as it runs, if a shell runs one.
    script: Option<&'r str>,
    /// The shell that the command itself starts.
    inner: Option<Started<'r>>,
    arguments: Given<'r>,
    /// What becomes of SIGTERM, program by program.
    programs: Vec<Program<'r>>,
    init: bool,
    working_dir: Cow<'r, str>,
    env: BTreeMap<&'r str, &'r str>,
    port: Option<Listening>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Written<'r> {
    Line(&'r str),
    Words(&'r [Cow<'r, str>]),
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Started<'r> {
    shell: &'r str,
    /// The file that it reads.
    script: Option<&'r str>,
    passes_arguments: Option<bool>,
}

#[derive(Serialize)]
struct Given<'r> {
    /// `passed`, `used`, `partly` or `lost`.
    fate: &'static str,
    /// The programs that do not get them, if others do.
    without: &'r [String],
    /// Why not.
    reason: Option<String>,
}

#[derive(Serialize)]
struct Program<'r> {
    command: &'r str,
    /// `arrives`, `lost`, or `step` if another program runs after it.
    sigterm: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Listening {
    number: u16,
    /// Whether `PORT` has to be set to it.
    is_to_be_set: bool,
}

/// The whole result.
pub(super) fn json(report: &Report) -> io::Result<String> {
    escape::document(&Document {
        version: VERSION,
        status: report.status,
        reason: report.reason.as_deref().map(str::trim_end),
        processes: report.plan.iter().filter_map(|planned| process_type(planned, report.sources, report.app)).collect(),
        diagnostics: findings(report.problems, report.sources),
        hidden: report.problems.hidden(),
    })
}

fn process_type<'r>(planned: &'r Planned, sources: &'r Sources, app: &'r Path) -> Option<ProcessType<'r>> {
    let place = |at: &Span| sources.text(at.source).map(|text| place(text, *at, true));
    let working_dir = planned.working_dir.as_deref().unwrap_or(app);
    Some(ProcessType {
        r#type: &planned.name,
        default: planned.default,
        origin: place(&planned.origin)?,
        overrides: planned.overrides.iter().filter_map(place).collect(),
        written: match &planned.written.value {
            Command::Line(line) => Some(Written::Line(line)),
            Command::Words(words) => Some(Written::Words(words)),
            Command::Earlier(_) => None,
        },
        wrap: planned.written.value.extension().map(Extension::words),
        form: match planned.run.form {
            Form::Exec => "exec",
            Form::Shell { .. } => "shell",
            Form::Launcher => "launcher",
            Form::Earlier => "earlier",
        },
        command: (planned.run.form != Form::Earlier).then(|| planned.command()),
        args: planned.args(),
        script: planned.run.script(),
        inner: planned.run.inner.as_deref().map(|Inner { shell, script, passes_arguments }| Started {
            shell,
            script: script.as_deref(),
            passes_arguments: *passes_arguments,
        }),
        arguments: arguments(planned),
        programs: programs(planned),
        init: planned.init.is_some(),
        working_dir: match working_dir.strip_prefix(app) {
            Ok(inside) if inside.as_os_str().is_empty() => Cow::Borrowed("."),
            Ok(inside) => inside.to_string_lossy(),
            Err(_) => working_dir.to_string_lossy(),
        },
        env: planned.env.iter().map(|(name, value)| (name.as_ref(), value.value.as_ref())).collect(),
        port: planned.port.map(|port| Listening { number: port.number, is_to_be_set: port.is_to_be_set }),
    })
}

fn arguments<'r>(planned: &'r Planned) -> Given<'r> {
    let all = |fate| Given { fate, without: &[], reason: None };
    match &planned.run.form {
        Form::Exec | Form::Launcher | Form::Earlier => all("passed"),
        Form::Shell { arguments, .. } => match arguments {
            Arguments::Passed => all("passed"),
            Arguments::Used => all("used"),
            Arguments::Partly { programs, reason } => {
                Given { fate: "partly", without: programs, reason: Some(reason.noun()) }
            }
            Arguments::Lost(reason) => Given { fate: "lost", without: &[], reason: Some(reason.noun()) },
        },
    }
}

/// The programs of a command line that a shell runs. With the launcher as process 1, each of them gets signals.
fn programs<'r>(planned: &'r Planned) -> Vec<Program<'r>> {
    let Command::Line(line) = &planned.written.value else { return Vec::new() };
    let program = |invocation: &Invocation| {
        let sigterm = match invocation.signal {
            Signal::Ends | Signal::Never => return None,
            _ if planned.init.is_some() => "arrives",
            Signal::Arrives => "arrives",
            Signal::Lost => "lost",
            Signal::Step => "step",
        };
        Some(Program { command: line.get(invocation.range())?, sigterm })
    };
    planned.invocations.iter().filter_map(program).collect()
}
