//! Gives problems their words. The only place where a sentence about an app's problem is written.

mod advice;
mod files;
mod processes;
mod procfile;
mod project_toml;
mod run;
mod settings;

use crate::detect::Miss;
use crate::diagnostics::{Diagnostics, Problem};
use crate::project_toml::TABLE;
use crate::run::Form;
use crate::settings::{ALLOW, STRICT};
use crate::shell::Arguments;
use crate::text::visible;
use indoc::formatdoc;
use std::fmt::Display;
use std::io;

/// What a diagnostic says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What is wrong, in one line, lower case, without a full stop.
    pub title: String,
    /// What the carets point at.
    pub label: String,
    /// What the other place is, if there is one.
    pub related: String,
    /// What to type or do, a paragraph each.
    pub help: Vec<String>,
}

impl Words {
    fn new(title: impl Into<String>, label: impl Into<String>) -> Self {
        Self { title: title.into(), label: label.into(), ..Self::default() }
    }

    fn related(mut self, related: impl Into<String>) -> Self {
        self.related = related.into();
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// The words of a problem.
#[must_use]
pub fn words(problem: &Problem) -> Words {
    match problem {
        Problem::File(problem) => files::words(problem),
        Problem::Procfile(problem) => procfile::words(problem),
        Problem::ProjectToml(problem) => project_toml::words(problem),
        Problem::Process(problem) => processes::words(problem),
        Problem::Run(problem) => run::words(problem),
        Problem::Advice(problem) => advice::words(problem),
        Problem::Setting(problem) => settings::words(problem),
    }
}

/// The sentence that detect ends with where there is nothing to do: what was looked for, and what was found.
#[must_use]
pub fn miss(miss: &Miss) -> String {
    let descriptor = match (&miss.descriptor, &miss.table) {
        (None, _) => "no project.toml".to_string(),
        (Some(path), None) => format!("a {} without that table", shown(path)),
        (Some(path), Some(table)) => {
            format!("a {} without that table (is {} meant to be it?)", shown(path), code(table))
        }
    };
    let name = |name: &String| if name == "Procfile" { "the directory `Procfile`".to_string() } else { code(name) };
    let names: Vec<String> = miss.names.iter().take(3).map(name).collect();
    let procfile = match names.as_slice() {
        [] => "no Procfile".to_string(),
        [name] if miss.names[0] != "Procfile" => format!("no Procfile but {name} (rename {name} to `Procfile`)"),
        names => format!("no Procfile but {} (it must be a file, and called `Procfile`)", join(names, "and")),
    };
    format!(
        "octopilot/procfile looked for a Procfile and for [{TABLE}] in a project.toml, and found {procfile} and {descriptor}."
    )
}

/// How a process runs, in a line of the log.
#[must_use]
pub fn form(form: &Form, script: &str) -> String {
    match form {
        Form::Exec => "exec form, without a shell".to_string(),
        Form::Launcher => "static launcher, without a shell".to_string(),
        Form::Shell { shell, rewritten, arguments } => {
            let script = if *rewritten {
                format!("{shell} runs: {}", visible(script))
            } else {
                format!("{shell} runs it as written")
            };
            match arguments {
                Arguments::Passed | Arguments::Used => script,
                Arguments::Partly(reason) => format!("{script} (not all of it takes arguments: {})", run::noun(reason)),
                Arguments::Lost(reason) => format!("{script} (arguments are not passed on: {})", run::noun(reason)),
            }
        }
    }
}

/// The line that counts all problems.
#[must_use]
pub fn summary(problems: &Diagnostics) -> String {
    let count = |number: usize, noun: &str| match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    let errors = || count(problems.errors(), "error");
    let warnings = || count(problems.warnings(), "warning");
    // Warnings are to blame only where they fail the build.
    let counts = match (problems.errors(), problems.warnings()) {
        (0, _) => warnings(),
        (_, 0) => errors(),
        _ if problems.is_strict() => format!("{} and {}", errors(), warnings()),
        (_, 1) => format!("{}; there is 1 warning as well", errors()),
        _ => format!("{}; there are {} as well", errors(), warnings()),
    };
    let hidden = |number: usize| number.saturating_sub(Diagnostics::SHOWN);
    let more = match hidden(problems.errors()) + hidden(problems.warnings()) {
        0 => String::new(),
        hidden => format!(" ({hidden} not shown)"),
    };
    let fate = if problems.fail() { "no process types were written because of" } else { "the build goes on with" };
    format!("{fate} {counts}{more}")
}

/// Where warnings fail the build (C7): why they do, and what lets them be.
#[must_use]
pub fn strictness(problems: &Diagnostics) -> Option<String> {
    if problems.warnings() == 0 || !problems.is_strict() {
        return None;
    }
    let names = problems.names_to_allow().join(",");
    Some(format!("{STRICT} makes errors of warnings: mend them, or let them be with {ALLOW}={names}"))
}

/// What keeps the whole app from being read.
#[must_use]
pub fn unreadable_app(error: &io::Error) -> String {
    format!("error: the app directory cannot be read: {error}\n")
}

/// What failed that is no mistake in a file of the app.
#[must_use]
pub fn failure(error: &dyn Display) -> String {
    formatdoc! {"
        error: {}
          = help: this is not a mistake in the app's files: the platform, or this buildpack, went wrong
          = help: build again; if it stays, report it at {}/issues
        ", visible(&error.to_string()), env!("CARGO_PKG_REPOSITORY")}
}

/// The longest piece of a user's text in a message, in characters.
const LONGEST_QUOTE: usize = 100;

/// A user's text made fit for a message: visible, and cut where it is long.
fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", visible(&text[..end])),
        None => visible(text),
    }
}

/// The longest text that a user is given to copy, in bytes.
const LONGEST_COPY: usize = 2000;

/// A user's text to copy, so whole; only what has no place in a terminal is escaped.
fn whole(text: &str) -> String {
    if text.len() > LONGEST_COPY { shown(text) } else { visible(text) }
}

/// A user's text as code.
fn code(text: &str) -> String {
    if text.is_empty() { "`\"\"`".to_string() } else { format!("`{}`", shown(text)) }
}

/// `a`, `a and b`, `a, b and c`.
fn join(items: &[String], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// A list of names as code, cut where it is long.
fn list<'a>(names: impl IntoIterator<Item = &'a str>, conjunction: &str) -> String {
    const MOST: usize = 10;
    let mut items: Vec<String> = names.into_iter().map(code).collect();
    if items.len() > MOST {
        let more = items.len() - MOST;
        items.truncate(MOST);
        items.push(format!("{more} more"));
    }
    join(&items, conjunction)
}
