//! Decides whether an app declares process types (section D of the contract). Pure.

use crate::diagnostics::Diagnostics;
use crate::parse::key::{ALIAS, TABLE};
use crate::parse::names::{environment_of, is_for_developers};
use crate::parse::project_toml::{self, ProjectToml};
use crate::text::quote::{code, join, shell_word, shown, told_apart};
use crate::text::{Source, Sources, Span, Variable, nearest};

/// What detect found.
#[derive(Debug, PartialEq, Eq)]
pub enum Detection {
    /// A source declares process types. Whether they are right is for build to say.
    Pass,
    /// No source does. The sentence that the user reads: what was looked for, and what was found instead (D2, D3).
    Fail(String),
    /// A source that may declare some could not be read; the diagnostics say why (D4).
    Error,
}

/// Looks for process types in the sources of an app. The problems are only for the user if the answer is
/// [`Detection::Error`]: otherwise build finds them again, with all others. `names` gives those names in the app directory
/// that a function picks, and `nested` the directories in it that have a Procfile. Both are asked only if no source declares
/// any.
pub fn detect(
    sources: &Sources,
    names: &dyn Fn(fn(&str) -> bool) -> Vec<String>,
    nested: &dyn Fn() -> Vec<String>,
    problems: &mut Diagnostics,
) -> Detection {
    let is_wrong = |source| problems.has_error_in(Span::new(source, 0..0));
    if [Variable::ProcfilePath, Variable::DescriptorPath].map(Source::Variable).into_iter().any(is_wrong) {
        return Detection::Error;
    }
    let has = |source| sources.text(source).is_some();
    if has(Source::Binding) || has(Source::Procfile) || has(Source::Variable(Variable::DefaultProcess)) {
        return Detection::Pass;
    }
    if misspells_a_source(sources) {
        return Detection::Error;
    }
    let Some(descriptor) = sources.text(Source::ProjectToml) else {
        let other_case = |name: &str| name.eq_ignore_ascii_case("project.toml") && name != "project.toml";
        let descriptor = match names(other_case).first() {
            Some(name) => format!("no project.toml but {} (rename it to `project.toml`)", code(name)),
            None => "no project.toml".to_string(),
        };
        return Detection::Fail(miss(&descriptor, &names(is_near_miss), nested));
    };
    if problems.has_error_in(Span::new(Source::ProjectToml, 0..descriptor.content.len())) {
        return Detection::Error;
    }
    match project_toml::parse(&descriptor.content, Source::ProjectToml, problems) {
        ProjectToml::Processes(_) => Detection::Pass,
        ProjectToml::Invalid => Detection::Error,
        ProjectToml::NoTable { near_miss, is_array } => {
            let path = shown(&descriptor.name);
            let meant = near_miss.map(|table| {
                if is_array {
                    format!(" (is {} meant to be `[[{ALIAS}]]`?)", code(&format!("[[{table}]]")))
                } else {
                    format!(" (is {} meant to be that table?)", code(&table))
                }
            });
            let descriptor = format!("no such table in {path}{}", meant.unwrap_or_default());
            Detection::Fail(miss(&descriptor, &names(is_near_miss), nested))
        }
    }
}

/// Whether a variable that does not exist (C10) is probably one that declares process types, or says where they are.
fn misspells_a_source(sources: &Sources) -> bool {
    let names = [Variable::DefaultProcess, Variable::ProcfilePath, Variable::DescriptorPath].map(Variable::name);
    sources.unknown_variables().any(|(_, text)| nearest(&text.name, names).is_some())
}

/// `procfile`, `Procfile.txt`, `Procfile.dev`, `Procfiles`: another case, an extension, one letter more or less. Here,
/// `Procfile` itself is a directory: a file would have been a source.
fn is_near_miss(name: &str) -> bool {
    let lower = name.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default().trim();
    // `profile` is one letter shorter, but may be a different file.
    let is_one_off = lower.len() <= "procfile".len() + 1 && strsim::levenshtein(&lower, "procfile") == 1;
    stem == "procfile" || (is_one_off && name != "profile")
}

/// `descriptor`: what is missing in a project.toml. `names`: names in the app directory that were probably meant to be a
/// file called `Procfile`. `nested`: gives the directories that have one.
fn miss(descriptor: &str, names: &[String], nested: &dyn Fn() -> Vec<String>) -> String {
    let (environments, misspelled): (Vec<_>, Vec<_>) =
        names.iter().map(String::as_str).partition(|name| environment_of(name).is_some());
    let procfile = match (misspelled.as_slice(), environments.as_slice()) {
        ([], []) => match nested().as_slice() {
            [] => "no Procfile".to_string(),
            directories => format!("no Procfile but {}", in_directories(directories)),
        },
        ([], environments) => format!("no Procfile but {}", of_environments(environments)),
        ([name], _) if *name != "Procfile" => {
            format!("no Procfile but {0} (rename {0} to `Procfile`)", told_apart(name, Some("Procfile")))
        }
        (names, _) => format!("no Procfile but {} (it must be a file called `Procfile`)", some(names)),
    };
    format!(
        "octopilot/procfile looked for a Procfile and for [{TABLE}] in a project.toml. There is {procfile}, and {descriptor}."
    )
}

/// Files such as `Procfile.dev`, and what to do with them. Those for development start other programs than an image
/// should, so none is said to be the Procfile.
fn of_environments(names: &[&str]) -> String {
    let is_for_developers = |name: &&str| environment_of(name).is_some_and(is_for_developers);
    let meant = if let [name] = names { code(name) } else { "the one that is meant".to_string() };
    let mut hint = format!("set {} to {meant}", Variable::ProcfilePath.name());
    if names.iter().all(is_for_developers) {
        hint.insert_str(
            0,
            "for development with a tool like foreman or overmind: write a Procfile for production, or ",
        );
    }
    format!("{} ({hint})", some(names))
}

/// Procfiles in directories of the app, and what to do with the first of them: its commands are written for its directory.
fn in_directories(directories: &[String]) -> String {
    let files: Vec<String> = directories.iter().map(|directory| format!("{directory}/Procfile")).collect();
    let build = code(&format!("pack build --path {}", shell_word(&directories[0])));
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let path = Variable::ProcfilePath.name();
    format!("{} (build that directory with {build}, or set {path} to {})", some(&names), code(&files[0]))
}

/// The first of some names.
fn some(names: &[&str]) -> String {
    let name = |name: &&str| {
        if *name == "Procfile" { "the directory `Procfile`".to_string() } else { told_apart(name, Some("Procfile")) }
    };
    join(&names.iter().take(3).map(name).collect::<Vec<_>>(), "and")
}
