//! The preview: detect and build on a directory, without a lifecycle (L1).

use crate::buildpack::{Failure, Host, Input};
use crate::detect::{Detection, detect};
use crate::earlier::Earlier;
use crate::plan::{Planned, plan};
use crate::platform::ProcfilePlatform;
use crate::run::Image;
use crate::sources::Sources;
use crate::text::{is_invisible, visible};
use crate::{launch, output};
use indoc::indoc;
use lexopt::ValueExt;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = indoc! {"
    Shows which process types octopilot/procfile gives the image of an app.

    usage: octopilot-procfile [--format text|json] DIR

    DIR              the app directory (what `pack build --path` takes)
    --format text    the build log and launch.toml (the default)
    --format json    the process types, for other programs
    --help           this text
    --version        the version

    The variables of the buildpack (BP_PROCFILE_PATH, …) are read from the environment.
    Exit status: 0, 1 where the app or the usage has errors, 100 where there is nothing to do.
"};

/// Where the lifecycle puts the launcher, unless a platform moves its layers directory (CNB Platform API).
const LAUNCHER_IN_IMAGE: &str = "/layers/octopilot_procfile/launcher/launcher";

/// Exit status where there is nothing to do (CNB Buildpack spec, detection).
const NOTHING_TO_DO: u8 = 100;

/// Runs the preview with the arguments that follow the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let result = match parse(args) {
        Ok(Request::Help) => write(HELP),
        Ok(Request::Version) => write(concat!("octopilot-procfile ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Request::Preview { directory, format }) => return preview(&directory, format),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}\n\n{HELP}", visible(&error.to_string()));
            return ExitCode::FAILURE;
        }
    };
    exit(result)
}

enum Request {
    Help,
    Version,
    Preview { directory: PathBuf, format: Format },
}

#[derive(Clone, Copy)]
enum Format {
    Text,
    Json,
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(args);
    let mut format = Format::Text;
    let mut directory = None;
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Short('h') | lexopt::Arg::Long("help") => return Ok(Request::Help),
            lexopt::Arg::Short('V') | lexopt::Arg::Long("version") => return Ok(Request::Version),
            lexopt::Arg::Long("format") => {
                format = parser.value()?.parse_with(|name| match name {
                    "text" => Ok(Format::Text),
                    "json" => Ok(Format::Json),
                    _ => Err("the formats are text and json"),
                })?;
            }
            lexopt::Arg::Value(value) if directory.is_none() => directory = Some(PathBuf::from(value)),
            other => return Err(other.unexpected()),
        }
    }
    let directory = directory.ok_or("the app directory is missing")?;
    Ok(Request::Preview { directory, format })
}

fn preview(directory: &Path, format: Format) -> ExitCode {
    let Input { app, sources, mut problems } = match Input::read(directory, &ProcfilePlatform::none()) {
        Ok(input) => input,
        Err(failure) => return fail(failure),
    };
    if let Detection::Fail(miss) = detect(&sources, &|wanted| app.names(wanted), &mut problems.clone()) {
        output::miss(&miss, &mut io::stderr());
        return ExitCode::from(NOTHING_TO_DO);
    }
    let host = Host::new(&app, false);
    let image = Image { app: app.path(), launcher: Path::new(LAUNCHER_IN_IMAGE), surroundings: &host };
    let earlier = Earlier::default();
    let plan = plan(&sources, &earlier, &image, &mut problems);
    if problems.fail() {
        drop(plan);
        return fail(Failure::Mistakes { sources, problems: Box::new(problems) });
    }
    output::warnings(&sources, &problems);
    exit(match format {
        Format::Text => {
            output::log(&plan, &earlier, &sources);
            layers(&plan).and_then(|text| write(&text))
        }
        Format::Json => json(&plan, &sources, app.path()).and_then(|text| write(&text)),
    })
}

fn fail(failure: Failure) -> ExitCode {
    output::failure(&failure.into());
    ExitCode::FAILURE
}

/// A reader that has seen enough (`| head`) is no failure.
fn exit(result: io::Result<()>) -> ExitCode {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The files that build writes into the layers directory, one after the other.
fn layers(plan: &[Planned]) -> io::Result<String> {
    let mut text = String::new();
    if !plan.is_empty() {
        text += "\n# launch.toml\n";
        text += &escaped(&toml::to_string(&launch::launch(plan)).map_err(io::Error::other)?);
    }
    for planned in plan {
        for (name, value) in &planned.env {
            let file = format!("environment/env.launch/{}/{name}.default", planned.name);
            text = text + "\n# " + &file + "\n" + &escaped(value) + "\n";
        }
    }
    Ok(text)
}

/// A text with the escapes that both TOML and JSON have for what a terminal should not get.
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

fn json(plan: &[Planned], sources: &Sources, app: &Path) -> io::Result<String> {
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
