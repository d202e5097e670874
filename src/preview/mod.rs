//! The preview: detect and build on a directory, without a lifecycle (L1).

mod arguments;
mod diff;
mod escape;
mod explain;
mod finding;
mod fix;
mod github;
mod json;
mod layers;
mod report;
mod sarif;

use crate::buildpack::{Prepared, planned, prepare};
use crate::detect::{Detection, detect};
use crate::diagnostics::Diagnostics;
use crate::failure::message;
use crate::find::{Earlier, Host, ProcfilePlatform, RootDir};
use crate::parse::project_toml::build_env;
use crate::plan::{Image, Planned};
use crate::shell::Budget;
use crate::tell::print::{self, Colour};
use crate::text::{Sources, visible};
use arguments::{Fix, Format, Preview, Request, USAGE, parse};
use fix::Fixed;
use report::{Report, Status};
use std::ffi::OsString;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

/// Where the lifecycle puts the launcher, unless a platform moves its layers directory (CNB Platform API).
const LAUNCHER_IN_IMAGE: &str = "/layers/octopilot_procfile/launcher/launcher";

/// Exit status if the command line is wrong, as of bash and most other programs.
const WRONG_USAGE: u8 = 2;

/// Runs the preview with the arguments that follow the name of the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let result = match parse(args) {
        Ok(Request::Help) => write(USAGE),
        Ok(Request::Version) => write(concat!("octopilot-procfile ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Request::Explain(name)) => write(&explain::page(name).unwrap_or_default()),
        Ok(Request::Preview(request)) => return preview(request),
        Err(error) => {
            let _ =
                writeln!(io::stderr(), "error: {} (`octopilot-procfile --help` shows the options)", visible(&error));
            return ExitCode::from(WRONG_USAGE);
        }
    };
    exit(result)
}

fn preview(Preview { directory, format, colour, variables, fix }: Preview) -> ExitCode {
    let from_here = from_working_directory(&directory);
    let platform = || platform(&directory).overridden_by(variables.clone());
    let fixed = if fix == Fix::No { Vec::new() } else { fixed(&directory, &platform()) };
    if fix == Fix::Write {
        for file in &fixed {
            if let Err(failure) = file.write(&directory) {
                print::failure(&failure.into(), colour);
                return ExitCode::FAILURE;
            }
            let _ = write!(io::stderr(), "{}", file.summary(&from_here));
        }
        if fixed.is_empty() {
            let _ = io::stderr().write_all(b"nothing to fix\n");
        }
    } else if !fixed.is_empty() {
        let diff: String = fixed.iter().map(|file| file.diff(&from_here)).collect();
        exit(write(&diff));
    }
    let result = match prepare(&directory, &platform()) {
        Ok(prepared) => of_app(prepared, (format, colour, fix), from_here),
        Err(failure) => {
            let failure = failure.into();
            print::failure(&failure, colour);
            let report = Report {
                status: Status::Failed,
                reason: Some(message(&failure, false)),
                plan: &[],
                problems: &Diagnostics::default(),
                sources: &Sources::default(),
                app: &directory,
                directory: from_here,
            };
            show((format, colour), &report)
        }
    };
    if fix == Fix::Show && !fixed.is_empty() { ExitCode::FAILURE } else { result }
}

/// The files of an app in which mistakes can be replaced without asking.
fn fixed(directory: &Path, platform: &ProcfilePlatform) -> Vec<Fixed> {
    let Ok(Prepared { app, sources, problems }) = prepare(directory, platform) else { return Vec::new() };
    let check = |sources: &Sources| {
        let mut problems = problems.clone();
        let _ = plan_of(&app, sources, &Earlier::default(), &mut problems);
        problems
    };
    fix::fixed(sources, check)
}

fn of_app(prepared: Prepared, (format, colour, fix): (Format, Colour, Fix), directory: PathBuf) -> ExitCode {
    let Prepared { app, sources, mut problems } = prepared;
    let earlier = Earlier::default();
    let (status, reason, plan) = match plan_of(&app, &sources, &earlier, &mut problems) {
        Err(miss) => {
            print::miss(&miss, &mut io::stderr());
            (Status::NothingToDo, Some(miss), Vec::new())
        }
        Ok(plan) => {
            print::diagnostics(&problems, &sources, colour);
            // Programs that read this get what a build says, and nothing else.
            if fix == Fix::No && io::stderr().is_terminal() {
                let _ = write!(io::stderr(), "{}", fix::hint(&sources, &problems));
            }
            (if problems.fail() { Status::Errors } else { Status::Ok }, None, plan)
        }
    };
    let (problems, sources) = (&problems, &sources);
    show((format, colour), &Report { status, reason, plan: &plan, problems, sources, app: app.path(), directory })
}

/// What an app runs, or why there is nothing to do.
fn plan_of<'a>(
    app: &RootDir,
    sources: &'a Sources,
    earlier: &'a Earlier,
    problems: &mut Diagnostics,
) -> Result<Vec<Planned<'a>>, String> {
    let nested = || app.directories_with("Procfile");
    if let Detection::Fail(miss) = detect(sources, &|wanted| app.names(wanted), &nested, &mut problems.clone()) {
        return Err(miss);
    }
    let host = Host::new(app, false);
    let launcher = Path::new(LAUNCHER_IN_IMAGE);
    let image = Image { app: app.path(), launcher, surroundings: &host, budget: &Budget::default() };
    Ok(planned(sources, earlier, &image, problems))
}

/// Prints what a format has of the result on standard output.
fn show((format, colour): (Format, Colour), report: &Report) -> ExitCode {
    let text = match format {
        Format::Text if report.status == Status::Ok => {
            print::log(report.plan, &Earlier::default(), report.sources, colour);
            layers::layers(report.plan)
        }
        Format::Text | Format::Nothing => Ok(String::new()),
        Format::Json => json::json(report),
        Format::Github => Ok(github::github(report)),
        Format::Sarif => sarif::sarif(report),
    };
    let written = exit(text.and_then(|text| write(&text)));
    if written == ExitCode::SUCCESS { report.status.exit_code() } else { written }
}

/// A directory as it is called in the working directory; empty if it is that.
fn from_working_directory(directory: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let inside = directory.strip_prefix(here).unwrap_or(directory);
    inside.components().filter(|part| *part != Component::CurDir).collect()
}

/// The platform as pack makes it: with the variables of the project.toml in the app directory (C11). A file that cannot be
/// read gives none; if it is a source, its problem is found there.
fn platform(directory: &Path) -> ProcfilePlatform {
    let app = RootDir::new(directory, "the app directory");
    let content = app.ok().and_then(|app| app.read(Path::new("project.toml")).ok()?);
    let content = content.and_then(|bytes| String::from_utf8(bytes).ok());
    let env = content.and_then(|content| build_env(&content));
    ProcfilePlatform::with(env.unwrap_or_default())
}

/// A reader that has seen enough (`| head`) is not a failure.
fn exit(result: io::Result<()>) -> ExitCode {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: standard output cannot be written: {error}");
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
