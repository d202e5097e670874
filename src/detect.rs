//! Decides whether an app declares process types (section D of the contract). Pure.

use crate::diagnostics::Diagnostics;
use crate::parse::key::TABLE;
use crate::parse::project_toml::{self, ProjectToml};
use crate::text::quote::{code, join, shown};
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
/// that a function picks.
pub fn detect(
    sources: &Sources,
    names: &dyn Fn(fn(&str) -> bool) -> Vec<String>,
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
        return Detection::Fail(miss("no project.toml", &names(is_near_miss)));
    };
    if problems.has_error_in(Span::new(Source::ProjectToml, 0..descriptor.content.len())) {
        return Detection::Error;
    }
    match project_toml::parse(&descriptor.content, Source::ProjectToml, problems) {
        ProjectToml::Processes(_) => Detection::Pass,
        ProjectToml::Invalid => Detection::Error,
        ProjectToml::NoTable { near_miss } => {
            let path = shown(&descriptor.name);
            let meant = near_miss.map(|table| format!(" (is {} meant to be that table?)", code(&table)));
            let descriptor = format!("no such table in {path}{}", meant.unwrap_or_default());
            Detection::Fail(miss(&descriptor, &names(is_near_miss)))
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
    // `profile` is one letter shorter, but a different file.
    let is_one_off = lower.len() <= "procfile".len() + 1 && strsim::levenshtein(&lower, "procfile") == 1;
    stem == "procfile" || (is_one_off && lower != "profile")
}

/// `descriptor`: what is missing in a project.toml. `names`: names in the app directory that were probably meant to be a
/// file called `Procfile`.
fn miss(descriptor: &str, names: &[String]) -> String {
    let name = |name: &String| if name == "Procfile" { "the directory `Procfile`".to_string() } else { code(name) };
    let shown: Vec<String> = names.iter().take(3).map(name).collect();
    let procfile = match shown.as_slice() {
        [] => "no Procfile".to_string(),
        [name] if names[0] != "Procfile" => format!("no Procfile but {name} (rename {name} to `Procfile`)"),
        names => format!("no Procfile but {} (it must be a file called `Procfile`)", join(names, "and")),
    };
    format!(
        "octopilot/procfile looked for a Procfile and for [{TABLE}] in a project.toml. There is {procfile}, and {descriptor}."
    )
}
