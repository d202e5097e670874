//! The command line of the preview (L3).

use crate::catalogue;
use crate::find::variables::Given;
use crate::tell::print::Colour;
use crate::text::quote::code;
use crate::text::{Variable, file_name, nearest};
use indoc::indoc;
use lexopt::{Arg, Parser};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What `--help` prints.
pub(super) const USAGE: &str = indoc! {"
    Previews the process types that octopilot/procfile gives the image of an app.

    usage: octopilot-procfile [OPTIONS] [PATH]

    PATH             the app directory (what `pack build --path` takes), or a Procfile or project.toml in it;
                     without it, the current directory
    --format text    the build log and launch.toml (the default)
    --format json    the process types and all diagnostics, for other programs
    --format github  the diagnostics as annotations of a GitHub workflow
    --format sarif   the diagnostics for code scanning
    --strict         treat warnings as errors, as BP_PROCFILE_STRICT=true does
    --allow NAMES    turn off these warnings and notes, separated by commas, as BP_PROCFILE_ALLOW does
    --fix            correct the mistakes that can only mean one thing
    --diff           print what `--fix` would change, and change nothing
    --color WHEN     auto (the default), always or never
    --explain NAME   print the page about a diagnostic
    --help           this text
    --version        the version

    The variables of the buildpack, such as BP_PROCFILE_PATH, are read from the environment.
    Exit status: 0 on success, 1 if the app has mistakes, 2 if the command line has, 100 if nothing declares process types.
"};

/// What the user asks for.
pub(super) enum Request {
    Help,
    Version,
    /// The page about the diagnostic of this name.
    Explain(&'static str),
    Preview(Preview),
}

/// A preview.
#[derive(Default)]
pub(super) struct Preview {
    /// The app directory.
    pub(super) directory: PathBuf,
    pub(super) format: Format,
    pub(super) colour: Colour,
    /// Variables that win over those of the environment.
    pub(super) variables: Vec<Given>,
    pub(super) fix: Fix,
}

/// What happens to mistakes for which a replacement is safe. The last that is asked for in this order counts.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fix {
    /// They are reported, as others are.
    #[default]
    No,
    /// They are replaced.
    Write,
    /// What would be written is printed, and not the result.
    Show,
}

/// How the result is printed.
#[derive(Clone, Copy, Default)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
    Github,
    Sarif,
    /// Only the diagnostics on standard error.
    Nothing,
}

const FORMATS: [(&str, Format); 4] =
    [("text", Format::Text), ("json", Format::Json), ("github", Format::Github), ("sarif", Format::Sarif)];

const COLOURS: [(&str, Colour); 3] = [("auto", Colour::Auto), ("always", Colour::Always), ("never", Colour::Never)];

const OPTIONS: [&str; 9] =
    ["--format", "--strict", "--allow", "--fix", "--diff", "--color", "--explain", "--help", "--version"];

/// Parses the arguments that follow the name of the program.
///
/// # Errors
/// What is wrong with them, in one line.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, String> {
    let mut parser = Parser::from_args(args);
    let mut preview = Preview::default();
    let (mut path, mut format) = (None, None);
    while let Some(argument) = parser.next().map_err(|error| text_of(&error))? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Request::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Request::Version),
            Arg::Long("explain") => return explained(&value(&mut parser, "--explain")?).map(Request::Explain),
            Arg::Long("format") => format = Some(one_of(&FORMATS, "--format", &value(&mut parser, "--format")?)?),
            Arg::Long("color") => preview.colour = one_of(&COLOURS, "--color", &value(&mut parser, "--color")?)?,
            Arg::Long("diff") => preview.fix = Fix::Show,
            Arg::Long("fix") => preview.fix = preview.fix.max(Fix::Write),
            Arg::Long("strict") => preview.set(Variable::Strict, "true".into()),
            Arg::Long("allow") => {
                let names = parser.value().map_err(|_| "`--allow` needs the names of diagnostics")?;
                preview.set(Variable::Allow, names);
            }
            Arg::Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
            Arg::Value(value) => return Err(format!("only one path is taken, and {} is a second one", shown(&value))),
            Arg::Long(option) => return Err(unknown(&format!("--{option}"), "option", OPTIONS)),
            Arg::Short(letter) => return Err(format!("there is no option `-{letter}`")),
        }
    }
    preview.format = match (preview.fix, format) {
        (Fix::Show, Some(_)) => return Err("`--diff` prints a diff, and takes no `--format`".to_string()),
        (Fix::Write | Fix::Show, None) => Format::Nothing,
        (_, format) => format.unwrap_or_default(),
    };
    preview.read(path.unwrap_or_else(|| PathBuf::from(".")))?;
    Ok(Request::Preview(preview))
}

impl Preview {
    fn set(&mut self, variable: Variable, value: OsString) {
        self.variables.push((variable.name().into(), Ok(value)));
    }

    /// Takes a directory, or a file that is named as a source in it. Only a file that is called like one is changed.
    fn read(&mut self, path: PathBuf) -> Result<(), String> {
        let Some(name) = path.to_str().map(file_name).filter(|_| path.is_file()) else {
            self.directory = path;
            return Ok(());
        };
        let is_toml = Path::new(name).extension().is_some_and(|extension| extension == "toml");
        if self.fix != Fix::No && !is_toml && !name.to_ascii_lowercase().contains("procfile") {
            return Err(format!("{} is called neither like a Procfile nor like a project.toml", code(name)));
        }
        self.set(if is_toml { Variable::DescriptorPath } else { Variable::ProcfilePath }, name.into());
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        self.directory = parent.unwrap_or(Path::new(".")).to_path_buf();
        Ok(())
    }
}

/// What the parser of the command line says.
fn text_of(error: &lexopt::Error) -> String {
    match error {
        lexopt::Error::UnexpectedValue { option, .. } => format!("{} takes no value", code(option)),
        other => other.to_string(),
    }
}

/// The value of an option.
fn value(parser: &mut Parser, option: &str) -> Result<String, String> {
    let value = parser.value().map_err(|_| format!("{} needs a value", code(option)))?;
    value.into_string().map_err(|value| format!("the value {} of {} is not UTF-8", shown(&value), code(option)))
}

/// The one of some values that a name is.
fn one_of<T: Copy>(all: &[(&'static str, T)], option: &str, name: &str) -> Result<T, String> {
    let found = all.iter().find(|(known, _)| *known == name);
    let names = || all.iter().map(|(known, _)| *known);
    found.map(|(_, value)| *value).ok_or_else(|| unknown(name, option.trim_start_matches('-'), names()))
}

/// The diagnostic of a name.
fn explained(name: &str) -> Result<&'static str, String> {
    let all = || catalogue::all().map(|(known, _)| known);
    all().find(|known| *known == name).ok_or_else(|| unknown(name, "diagnostic", all()))
}

/// That there is none of this name, and which may have been meant.
fn unknown<'n>(name: &str, what: &str, all: impl IntoIterator<Item = &'n str>) -> String {
    let all: Vec<&str> = all.into_iter().collect();
    let none = format!("there is no {what} {}", code(name));
    match nearest(name, all.iter().copied()) {
        Some(nearest) => format!("{none}; did you mean {}?", code(nearest)),
        None if all.len() < 5 => format!("{none}; write one of {}", all.join(", ")),
        None => none,
    }
}

fn shown(value: &OsString) -> String {
    code(&value.to_string_lossy())
}
