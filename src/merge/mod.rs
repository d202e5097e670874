//! Merges the process types of all sources and chooses the default (S5, F1, P5). Pure.

pub(crate) mod problems;

use crate::diagnostics::Diagnostics;
use crate::find::{Earlier, EarlierCommand, EarlierProcess};
use crate::parse::names::{RELEASE, is_dns_label, to_dns_label};
use crate::parse::{Command, Located, Process};
use crate::text::quote::command_line;
use crate::text::{Source, Span, Variable, nearest};
use problems::MergeProblem;
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The program of the image that starts any other program in the environment of the image (O8).
const LAUNCHER: &str = "launcher";

/// A process type after the merge.
#[derive(Debug)]
pub struct Merged<'a> {
    /// The definition that counts.
    pub process: Process<'a>,
    /// The names of the definitions that it overrides.
    pub overrides: Vec<Span>,
    /// Whether the image starts it when no other type is asked for.
    pub default: bool,
}

/// Merges process types, which come by source, the strongest first. The strongest definition of a type counts, and
/// nothing of the others.
pub fn merge<'a>(
    by_source: Vec<Vec<Process<'a>>>,
    default_type: Option<&str>,
    earlier: &'a Earlier,
    problems: &mut Diagnostics,
) -> Vec<Merged<'a>> {
    let mut merged: Vec<Merged> = Vec::with_capacity(by_source.first().map_or(0, Vec::len));
    let mut by_name: HashMap<Cow<str>, usize> = HashMap::new();
    for process in by_source.into_iter().flatten() {
        match by_name.entry(process.name.value.clone()) {
            Entry::Occupied(index) => {
                let winner = &mut merged[*index.get()];
                winner.overrides.push(process.name.at);
                let keys = process.settings();
                // Without a command, it has an error of its own, and there is nothing to choose from yet.
                if !keys.is_empty() && process.command.is_some() {
                    let problem = MergeProblem::DroppedKeys {
                        name: process.name.value.to_string(),
                        keys,
                        extends: process.extension().is_some(),
                        winner: winner.process.name.at.source,
                    };
                    problems.push_related(problem, process.name.at, winner.process.name.at);
                }
            }
            Entry::Vacant(free) => {
                free.insert(merged.len());
                merged.push(Merged { process, overrides: Vec::new(), default: false });
            }
        }
    }
    for merged in &mut merged {
        extend(&mut merged.process, earlier, problems);
    }
    let chooses_web = default_type.is_none() && earlier.default.is_none() && merged.len() > 1;
    check_labels(&merged, &by_name, chooses_web, problems);
    if let Some(release) = by_name.get(RELEASE) {
        problems.push(MergeProblem::Release, merged[*release].process.name.at);
    }
    if let Some(launcher) = by_name.get(LAUNCHER) {
        problems.push(MergeProblem::Launcher, merged[*launcher].process.name.at);
    }
    // If an error hides a type, what is found here could be wrong.
    if !problems.hide_types()
        && let Some(index) = default_index(&merged, &by_name, default_type, earlier, problems)
    {
        merged[index].default = true;
    }
    merged
}

/// Finds the process type of an earlier buildpack that one extends (T7). A preview has none.
fn extend<'a>(process: &mut Process<'a>, earlier: &'a Earlier, problems: &mut Diagnostics) {
    let Some(Located { value: Command::Earlier(extension), .. }) = &mut process.command else { return };
    if !earlier.is_known {
        return;
    }
    let can_start = |other: &&EarlierProcess| other.command().first().is_some_and(|program| !program.is_empty());
    let found = earlier.processes.get(process.name.value.as_ref()).filter(can_start);
    extension.of = found.filter(|found| !matches!(found.command, EarlierCommand::Text(_)));
    if extension.of.is_some() {
        return;
    }
    let name = process.name.value.to_string();
    let wrap = extension.words().iter().map(ToString::to_string).collect();
    process.command = None;
    let problem = if let Some(found) = found {
        MergeProblem::ShellText { name, wrap, text: text(found), buildpack: found.buildpack.clone() }
    } else {
        let known = earlier.processes.iter().filter(|(_, other)| can_start(other));
        let known = || known.clone().map(|(name, _)| name.as_str());
        let nearest = nearest(&name, known()).map(str::to_string);
        let (known, left_out) = (known().map(str::to_string).collect(), earlier.left_out.clone());
        MergeProblem::NothingToExtend { name, wrap, nearest, known, left_out }
    };
    problems.push(problem, process.name.at);
}

/// The text for a shell of an earlier buildpack, with its arguments, in which a shell expands variables.
fn text(found: &EarlierProcess) -> String {
    let words = found.words();
    let (text, args) = words.split_at(1);
    [text.concat(), command_line(args)].join(" ").trim().to_string()
}

/// `chooses_web`: whether a process type `web` would be the default, if no other has `default = true`.
fn check_labels(merged: &[Merged], by_name: &HashMap<Cow<str>, usize>, chooses_web: bool, problems: &mut Diagnostics) {
    let lacks_web =
        || chooses_web && !by_name.contains_key("web") && merged.iter().all(|merged| merged.process.default.is_none());
    let mut by_label: HashMap<Cow<str>, &Located<Cow<str>>> = HashMap::new();
    for Merged { process, .. } in merged {
        let Located { value: name, at } = &process.name;
        let label = to_dns_label(name);
        if !is_dns_label(name) {
            let free = label.as_deref().filter(|label| !by_name.contains_key(*label)).map(str::to_string);
            let is_meant_as_web = name.eq_ignore_ascii_case("web") && lacks_web();
            problems.push(MergeProblem::NotDnsLabel { name: name.to_string(), label: free, is_meant_as_web }, *at);
        }
        let Some(label) = label else { continue };
        let first = *by_label.entry(label.clone()).or_insert(&process.name);
        if first.value != *name {
            let (name, other) = (name.to_string(), first.value.to_string());
            problems.push_related(MergeProblem::SameDnsLabel { name, other, label: label.into_owned() }, *at, first.at);
        }
    }
}

/// The default process (F1, F2): the one that the variable names, then the one with `default = true`, the one that is
/// the default of an earlier buildpack, `web`, none if an earlier buildpack's default is another type, the only one
/// unless it is `release`, `worker`.
fn default_index(
    merged: &[Merged],
    by_name: &HashMap<Cow<str>, usize>,
    default_type: Option<&str>,
    earlier: &Earlier,
    problems: &mut Diagnostics,
) -> Option<usize> {
    let index_of = |name: &str| by_name.get(name).copied();
    if let Some(name) = default_type {
        let index = index_of(name);
        if index.is_none() {
            let at = Span::new(Source::Variable(Variable::DefaultType), 0..name.len());
            problems.push(unknown_default(name, merged, earlier), at);
        }
        return index;
    }
    let chosen = merged
        .iter()
        .position(|merged| merged.process.default.is_some())
        .or_else(|| index_of(earlier.default.as_deref()?))
        .or_else(|| index_of("web"));
    if chosen.is_some() || earlier.default.is_some() {
        return chosen;
    }
    let only = (merged.len() == 1 && index_of(RELEASE).is_none()).then_some(0);
    let chosen = only.or_else(|| index_of("worker"));
    if let (None, Some(first)) = (chosen, merged.first()) {
        let has_table = merged.iter().any(|merged| merged.process.name.at.source == Source::ProjectToml);
        problems.push(MergeProblem::NoDefault { types: types(merged), has_table }, first.process.name.at);
    }
    chosen
}

fn unknown_default(name: &str, merged: &[Merged], earlier: &Earlier) -> MergeProblem {
    let nearest = nearest(name, merged.iter().map(|merged| merged.process.name.value.as_ref()));
    MergeProblem::UnknownDefaultType {
        name: name.to_string(),
        nearest: nearest.map(str::to_string),
        known: types(merged),
        elsewhere: earlier.processes.get(name).map(|process| process.buildpack.clone()),
    }
}

fn types(merged: &[Merged]) -> Vec<String> {
    merged.iter().map(|merged| merged.process.name.value.to_string()).collect()
}
