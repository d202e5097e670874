//! The preview: detect and build on a directory, without a lifecycle (L1).

mod arguments;
mod output;

use crate::buildpack::{Prepared, planned, prepare};
use crate::detect::{Detection, detect};
use crate::find::{Earlier, Host, ProcfilePlatform, RootDir};
use crate::parse::project_toml::build_env;
use crate::plan::Image;
use crate::shell::Budget;
use crate::tell::print;
use crate::text::visible;
use arguments::{Format, Request, USAGE, parse};
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

/// Where the lifecycle puts the launcher, unless a platform moves its layers directory (CNB Platform API).
const LAUNCHER_IN_IMAGE: &str = "/layers/octopilot_procfile/launcher/launcher";

/// Exit status if there is nothing to do (CNB Buildpack spec, detection).
const NOTHING_TO_DO: u8 = 100;

/// Runs the preview with the arguments that follow the name of the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let result = match parse(args) {
        Ok(Request::Help) => write(USAGE),
        Ok(Request::Version) => write(concat!("octopilot-procfile ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Request::Preview { directory, format }) => return preview(&directory, format),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}\n\n{USAGE}", visible(&error.to_string()));
            return ExitCode::FAILURE;
        }
    };
    exit(result)
}

fn preview(directory: &Path, format: Format) -> ExitCode {
    let Prepared { app, sources, mut problems } = match prepare(directory, &platform(directory)) {
        Ok(prepared) => prepared,
        Err(failure) => {
            print::failure(&failure.into());
            return ExitCode::FAILURE;
        }
    };
    let nested = || app.directories_with("Procfile");
    if let Detection::Fail(miss) = detect(&sources, &|wanted| app.names(wanted), &nested, &mut problems.clone()) {
        print::miss(&miss, &mut io::stderr());
        return ExitCode::from(NOTHING_TO_DO);
    }
    let host = Host::new(&app, false);
    let image = Image {
        app: app.path(),
        launcher: Path::new(LAUNCHER_IN_IMAGE),
        surroundings: &host,
        budget: &Budget::default(),
    };
    let earlier = Earlier::default();
    let plan = planned(&sources, &earlier, &image, &mut problems);
    print::diagnostics(&problems, &sources);
    if problems.fail() {
        return ExitCode::FAILURE;
    }
    exit(match format {
        Format::Text => {
            print::log(&plan, &earlier, &sources);
            output::layers(&plan).and_then(|text| write(&text))
        }
        Format::Json => output::json(&plan, &sources, app.path()).and_then(|text| write(&text)),
    })
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
