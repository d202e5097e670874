//! Reads what is nested below a line without a command, as in YAML (P12).

use crate::parse::names::is_process_type;
use crate::parse::procfile::formats::ONLY_COMMANDS;
use crate::parse::procfile::line::BLANKS;
use crate::parse::procfile::problems::{Before, Format, Instead, Numbers, ProcfileProblem, Syntax};
use crate::parse::procfile::values::{Value, unquoted};
use crate::text::lines;
use std::ops::Range;

/// The names of what contains process types: in Compose, Cloud Foundry, Heroku, Kubernetes and others.
const TYPES: [&str; 9] =
    ["services", "processes", "process_types", "formation", "run", "scripts", "commands", "spec", "template"];

/// The names of what a Procfile does not have, and why not.
const OTHERS: [(&[&str], &str); 2] = [
    (&["volumes", "networks", "configs", "secrets"], "the platform provides what processes need besides the image"),
    (&["build", "setup", "addons", "env", "environment", "metadata", "selector"], "a Procfile only says what runs"),
];

/// The keys that say what runs, in the order in which their words follow each other.
const COMMANDS: [&[&str]; 3] =
    [&["entrypoint"], &["command", "cmd", "run", "start", "exec", "script"], &["args", "arguments"]];

/// The keys with which the mapping of a process starts in other tools.
const SETTINGS: [&str; 26] = [
    "build", "container_name", "cwd", "depends_on", "deploy", "description", "dir", "directory", "disk_quota",
    "docker", "env", "env_file", "environment", "expose", "healthcheck", "hostname", "image", "instances", "memory",
    "name", "networks", "ports", "replicas", "restart", "volumes", "working_dir",
];

/// What is wrong with a line `name:` and all that is nested below it, and the bytes of the lines that this explains.
/// `None` if it is not certain that something is nested.
pub(super) fn below(name: &str, content: &str, line: Range<usize>) -> Option<(ProcfileProblem, Range<usize>)> {
    if name == "containers" {
        return container(content, line);
    }
    let outer = indent(&content[line.clone()]);
    let start = line.end;
    let mut below = lines_below(content, start);
    let is_nested = |line: &Range<usize>| is_skipped(&content[line.clone()]) || indent(&content[line.clone()]) > outer;
    let first = below.by_ref().take_while(is_nested).find(|line| !is_skipped(&content[line.clone()]))?;
    let first_line = &content[first.clone()];
    let is_list = item(first_line).is_some();
    let starts_mapping = key(first_line).is_some_and(|(name, _)| is_setting(name));
    if TYPES.contains(&name) && !is_list && !starts_mapping {
        let instead = Instead::Delete(ONLY_COMMANDS);
        let problem = ProcfileProblem::ForeignFormat { format: Format::Yaml, entry: None, instead };
        return key(first_line).map(|_| (problem, start..start));
    }
    let mut all = || start..below.by_ref().take_while(is_nested).last().map_or(first.end, |line| line.end);
    if let Some((_, why)) = OTHERS.iter().find(|(names, _)| names.contains(&name)) {
        return Some((delete(why), all()));
    }
    if !is_list && !starts_mapping {
        return None;
    }
    let all = all();
    let nested = &content[first.start..all.end];
    let entries = if is_list { Vec::new() } else { entries(nested) };
    let has = |name| entries.iter().any(|(key, _)| *key == name);
    let command = if is_list { items(nested) } else { command_of(&entries) }.and_then(Value::command);
    if command.is_none() && has("image") && !has("build") {
        return Some((delete("this process needs an image of its own"), all));
    }
    let nested = Some(numbers(content, &(first.start..all.end)));
    Some((
        ProcfileProblem::ForeignValue {
            name: name.to_string(),
            of: Syntax::Value,
            command,
            nested,
            before: Before::Nothing,
        },
        all,
    ))
}

/// Whether a key belongs to the mapping of a process in other tools.
pub(super) fn is_setting(name: &str) -> bool {
    SETTINGS.contains(&name) || COMMANDS.iter().any(|keys| keys.contains(&name))
}

/// The only container of a Pod of Kubernetes, as the entry of a process type. The items of a list may be as far to the left
/// as its key.
fn container(content: &str, line: Range<usize>) -> Option<(ProcfileProblem, Range<usize>)> {
    let outer = indent(&content[line.clone()]);
    let below = lines_below(content, line.end);
    let is_nested = |line: &Range<usize>| {
        let text = &content[line.clone()];
        is_skipped(text) || indent(text) > outer || (indent(text) == outer && item(text).is_some())
    };
    let all: Vec<_> = below.take_while(is_nested).collect();
    let all = all.first()?.start..all.last()?.end;
    let mapping = content[all.clone()].replacen("- ", "  ", 1);
    let is_only = item(&content[all.clone()]).is_some()
        && !lines(&mapping).any(|line| {
            let line = &mapping[line];
            item(line).is_some() && indent(line) < indent(&mapping)
        });
    let entries = entries(&mapping);
    let named = entries.iter().find(|(key, _)| *key == "name").map(|(_, (name, _))| unquoted(name).unwrap_or(name));
    let name = named.filter(|name| is_process_type(name)).unwrap_or("web").to_string();
    let command = command_of(&entries).and_then(Value::command).filter(|_| is_only)?;
    let nested = Some(numbers(content, &all));
    Some((
        ProcfileProblem::ForeignValue {
            name,
            of: Syntax::Value,
            command: Some(command),
            nested,
            before: Before::Nothing,
        },
        all,
    ))
}

/// The command of a block of YAML, which is below its line, and the numbers of those lines.
pub(super) fn block(indicator: &str, content: &str, line: Range<usize>) -> Option<(String, Numbers)> {
    let below = lines_below(content, line.end);
    let all: Vec<_> = below.take_while(|line| content[line.clone()].starts_with(BLANKS)).collect();
    let all = all.first()?.start..all.last()?.end;
    let command = command((indicator, &content[all.clone()])).and_then(Value::command)?;
    Some((command, numbers(content, &all)))
}

/// The bytes of the lines below the one that ends at a byte.
fn lines_below(content: &str, end: usize) -> impl Iterator<Item = Range<usize>> {
    lines(&content[end..]).skip(1).map(move |line| end + line.start..end + line.end)
}

fn numbers(content: &str, all: &Range<usize>) -> Numbers {
    let first = lines(&content[..all.start]).count();
    (first, first + lines(content[all.clone()].trim_end()).count() - 1)
}

fn delete(why: &'static str) -> ProcfileProblem {
    ProcfileProblem::ForeignFormat { format: Format::Yaml, entry: None, instead: Instead::DeleteAll(why) }
}

/// The command that the keys of a mapping mean together, if that is certain.
pub(super) fn command_of(entries: &[(&str, (&str, &str))]) -> Option<Value> {
    let value = |keys: &&[&str]| entries.iter().find(|(name, _)| keys.contains(name)).map(|(_, value)| command(*value));
    let commands: Vec<Value> = COMMANDS.iter().filter_map(value).collect::<Option<_>>()?;
    commands.into_iter().reduce(Value::then)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(BLANKS).len()
}

pub(super) fn is_skipped(line: &str) -> bool {
    let line = line.trim_start_matches(BLANKS);
    line.is_empty() || line.starts_with('#')
}

/// A key and its value in the same line.
pub(super) fn key(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim_matches(BLANKS).split_once(':')?;
    let is_name = !name.is_empty() && !name.contains(BLANKS) && (value.is_empty() || value.starts_with(BLANKS));
    is_name.then(|| (name, value.trim_matches(BLANKS)))
}

/// An item of a list.
pub(super) fn item(line: &str) -> Option<&str> {
    line.trim_matches(BLANKS).strip_prefix("- ").map(|item| item.trim_matches(BLANKS))
}

/// The command of a list: its words, or the only item.
fn items(list: &str) -> Option<Value> {
    let lines = lines(list).map(|line| &list[line]).filter(|line| !is_skipped(line));
    let words: Vec<&str> = lines.map(item).collect::<Option<_>>()?;
    match words.as_slice() {
        [line] => Value::read(line),
        words => Some(Value::Words(words.iter().map(|word| unquoted(word).unwrap_or(word).to_string()).collect())),
    }
}

/// The keys of a mapping, each with its value: the rest of the line, and the lines that are nested below it.
pub(super) fn entries(mapping: &str) -> Vec<(&str, (&str, &str))> {
    let all: Vec<_> = lines(mapping).collect();
    let level = indent(mapping);
    let is_entry = |line: &Range<usize>| {
        let line = &mapping[line.clone()];
        !is_skipped(line) && indent(line) <= level && item(line).is_none()
    };
    let starts: Vec<usize> = (0..all.len()).filter(|index| is_entry(&all[*index])).collect();
    let ends = starts.iter().skip(1).copied().chain([all.len()]);
    let entry = |(start, end): (usize, usize)| {
        let (name, value) = key(&mapping[all[start].clone()])?;
        let nested = if start + 1 < end { &mapping[all[start + 1].start..all[end - 1].end] } else { "" };
        Some((name, (value, nested)))
    };
    starts.iter().copied().zip(ends).filter_map(entry).collect()
}

/// The command of a key: its value, and what is nested below it.
fn command((value, nested): (&str, &str)) -> Option<Value> {
    let value = value.split(" #").next().unwrap_or(value).trim_matches(BLANKS);
    match value {
        "" => items(nested),
        value if value.starts_with(['>', '|']) => {
            let lines = lines(nested).map(|line| nested[line].trim_matches(BLANKS)).filter(|line| !line.is_empty());
            let lines: Vec<&str> = lines.collect();
            // Each line of a `|` is a command.
            (lines.len() == 1 || value.starts_with('>')).then(|| Value::Line(lines.join(" ")))
        }
        value => Value::read(value),
    }
}
