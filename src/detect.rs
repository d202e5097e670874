//! Decides whether an app declares process types (section D of the contract).

use crate::diagnostics::{Diagnostics, Span};
use crate::project_toml::{self, ProjectToml};
use crate::sources::{Source, Sources};

/// What detect found.
#[derive(Debug, PartialEq, Eq)]
pub enum Detection {
    /// A source declares process types, rightly or wrongly: build explains.
    Pass,
    /// No source does.
    Fail(Miss),
    /// A source that may declare some could not be read; the problems say why (D4).
    Error,
}

/// What was found instead of process types (D2, D3).
#[derive(Debug, PartialEq, Eq)]
pub struct Miss {
    /// The project.toml without a process table, if there is one.
    pub descriptor: Option<String>,
    /// A table in it that was probably meant to be one.
    pub table: Option<String>,
    /// Names in the app directory that were probably meant to be a file called `Procfile`.
    pub names: Vec<String>,
}

/// Looks for process types in the sources of an app. Only where the answer is [`Detection::Error`] are the
/// problems for the user: otherwise build finds them again, with all others. `names` gives those of the app
/// directory's names that a function picks.
pub fn detect(
    sources: &Sources,
    names: &dyn Fn(fn(&str) -> bool) -> Vec<String>,
    problems: &mut Diagnostics,
) -> Detection {
    let has = |source| sources.text(source).is_some();
    if has(Source::ProcfilePath) || has(Source::DescriptorPath) {
        return Detection::Error;
    }
    if has(Source::Binding) || has(Source::Procfile) || has(Source::DefaultProcess) {
        return Detection::Pass;
    }
    let Some(descriptor) = sources.text(Source::ProjectToml) else {
        return Detection::Fail(Miss { descriptor: None, table: None, names: names(is_near_miss) });
    };
    if problems.has_error_in(Span::new(Source::ProjectToml, 0..descriptor.content.len())) {
        return Detection::Error;
    }
    match project_toml::parse(&descriptor.content, Source::ProjectToml, problems) {
        ProjectToml::Processes(_) => Detection::Pass,
        ProjectToml::Invalid => Detection::Error,
        ProjectToml::NoTable { near_miss } => {
            let descriptor = Some(descriptor.name.clone());
            Detection::Fail(Miss { descriptor, table: near_miss, names: names(is_near_miss) })
        }
    }
}

/// `procfile`, `Procfile.txt`, `Procfile.dev`, `Procfiles`: another case, an ending, one letter more or less. What is
/// called `Procfile` itself is a directory, or there would have been a source.
fn is_near_miss(name: &str) -> bool {
    let lower = name.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default().trim();
    // `profile` is a letter less, and a name of its own.
    let is_one_off = lower.len() <= "procfile".len() + 1 && strsim::levenshtein(&lower, "procfile") == 1;
    stem == "procfile" || (is_one_off && lower != "profile")
}
