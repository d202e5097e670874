//! The command line of the preview.

use indoc::indoc;
use lexopt::ValueExt;
use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub(super) const USAGE: &str = indoc! {"
    Previews the process types that octopilot/procfile gives the image of an app.

    usage: octopilot-procfile [--format FORMAT] DIR

    DIR              the app directory (what `pack build --path` takes)
    --format text    the build log and launch.toml (the default)
    --format json    the process types and all diagnostics, for other programs
    --format github  the diagnostics as annotations of a GitHub workflow
    --format sarif   the diagnostics for code scanning
    --help           this text
    --version        the version

    The variables of the buildpack, such as BP_PROCFILE_PATH, are read from the environment.
    Exit status: 0 on success, 1 if the app or the command line has mistakes, 100 if nothing declares process types.
"};

/// What the user asks for.
pub(super) enum Request {
    Help,
    Version,
    Preview { directory: PathBuf, format: Format },
}

/// How the result is printed.
#[derive(Clone, Copy)]
pub(super) enum Format {
    Text,
    Json,
    Github,
    Sarif,
}

/// Parses the arguments that follow the name of the program.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, lexopt::Error> {
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
                    "github" => Ok(Format::Github),
                    "sarif" => Ok(Format::Sarif),
                    _ => Err("the formats are text, json, github and sarif"),
                })?;
            }
            lexopt::Arg::Value(value) if directory.is_none() => directory = Some(PathBuf::from(value)),
            other => return Err(other.unexpected()),
        }
    }
    let directory = directory.ok_or("missing argument DIR")?;
    Ok(Request::Preview { directory, format })
}
