//! Recognises files of other tools that no line alone shows (P12).

use crate::parse::names::is_process_type;
use crate::parse::procfile::line::{BLANKS, Line};
use crate::parse::procfile::nested::{command_of, entries, is_setting, is_skipped, item, key};
use crate::parse::procfile::problems::{Format, Instead, ProcfileProblem};
use crate::parse::procfile::read::read_line;
use crate::parse::procfile::values::{Value, unquoted};
use crate::text::lines;
use std::ops::Range;

/// The longest file that is looked at, in bytes: those that people save as a Procfile are short.
const LONGEST: usize = 16 * 1024;

/// The file of another tool that this is, as one problem at its first line.
pub(super) fn of_file(content: &str) -> Option<(ProcfileProblem, Range<usize>)> {
    let content = content.get(..LONGEST).unwrap_or(content);
    let first = lines(content).find(|line| !is_skipped(&content[line.clone()]))?;
    let text = content[first.clone()].trim_matches(BLANKS);
    let (format, instead) = page(content, text)
        .or_else(|| script(content))
        .or_else(|| pm2(content, text))
        .or_else(|| nixpacks(content))
        .or_else(|| step(content, text))
        .or_else(|| kamal(content, text))
        .or_else(|| mapping(content))?;
    Some((ProcfileProblem::ForeignFormat { format, entry: None, instead }, first))
}

/// What a server of web pages answered to a download.
fn page(content: &str, first: &str) -> Option<(Format, Instead)> {
    let start = first.to_ascii_lowercase();
    let is_page = start.starts_with("<!doctype html") || start.starts_with("<html");
    let instead = Instead::Do("put the Procfile itself in its place: a download that fails can leave such a page");
    if is_page {
        return Some((Format::Html, instead));
    }
    // GitHub says this for a file that does not exist.
    (content.trim() == "404: Not Found").then_some((Format::NotFound, instead))
}

/// A script of a shell. A Procfile can start with such a comment too, and then has entries.
fn script(content: &str) -> Option<(Format, Instead)> {
    let interpreter = lines(content).next().map(|line| &content[line])?.strip_prefix("#!")?;
    let is_shell = interpreter.trim().split([' ', '/']).any(|part| ["sh", "bash", "dash", "zsh"].contains(&part));
    let has_entry = || lines(content).any(|line| matches!(read_line(&content[line]), Line::Entry(_)));
    let help = "save the file as `start.sh`, run `chmod +x start.sh`, and write `web: ./start.sh` into the Procfile";
    (is_shell && !has_entry()).then_some((Format::Script, Instead::Do(help)))
}

/// The configuration of pm2, with the script of its only app if nothing else says how it runs.
fn pm2(content: &str, first: &str) -> Option<(Format, Instead)> {
    if !first.starts_with("module.exports") || !content.contains("apps:") {
        return None;
    }
    let value = |key: &str| {
        let (_, value) =
            content.split_once(&format!("{key}:")).filter(|(_, rest)| !rest.contains(&format!("{key}:")))?;
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let end = 1 + value[1..].find(quote)?;
        unquoted(&value[..=end])
    };
    let is_plain = !["args", "interpreter", "cwd"].iter().any(|key| content.contains(&format!("{key}:")));
    let name = value("name").filter(|name| is_process_type(name)).unwrap_or("web");
    let script = value("script").filter(|script| is_plain && script.ends_with("js") && !script.contains(' '));
    Some((Format::Pm2, Instead::File(script.map(|script| format!("{name}: node {script}")))))
}

/// What starts the app in a nixpacks.toml.
fn nixpacks(content: &str) -> Option<(Format, Instead)> {
    let mut below = lines(content).map(|line| content[line].trim()).skip_while(|line| *line != "[start]").skip(1);
    let value = below.find(|line| !is_skipped(line))?.strip_prefix("cmd")?.trim_start().strip_prefix('=')?;
    let command = Value::read(value).and_then(Value::command)?;
    Some((Format::Nixpacks, Instead::File(Some(format!("web: {command}")))))
}

/// The steps of a workflow, each with a name and a command.
fn step(content: &str, first: &str) -> Option<(Format, Instead)> {
    item(first).and_then(key).filter(|(name, _)| *name == "name")?;
    let mapping = content.replacen("- ", "  ", 1);
    let is_only = !lines(&mapping).any(|line| item(&mapping[line]).is_some());
    let entries = entries(mapping.trim_start_matches('\n'));
    let command = command_of(&entries).and_then(Value::command)?;
    Some((Format::Yaml, Instead::File(is_only.then(|| format!("{}: {command}", name_of(&entries))))))
}

/// The servers of a deploy.yml: the types have hosts, and perhaps a command.
fn kamal(content: &str, first: &str) -> Option<(Format, Instead)> {
    if first != "servers:" || !content.contains("cmd:") {
        return None;
    }
    let all = entries(content);
    let (_, (_, servers)) = all.iter().find(|(key, _)| *key == "servers")?;
    let entry = |(name, (_, nested)): &(&str, (&str, &str))| {
        let command = command_of(&entries(nested)).and_then(Value::command);
        is_process_type(name).then(|| format!("{name}: {}", command.as_deref().unwrap_or("COMMAND")))
    };
    let types: Option<Vec<String>> = entries(servers).iter().map(entry).collect();
    Some((Format::Kamal, Instead::File(types.filter(|types| !types.is_empty()).map(|types| types.join("\n")))))
}

/// A mapping that is one process: a container, or the app.yaml of Google.
fn mapping(content: &str) -> Option<(Format, Instead)> {
    let entries = entries(content);
    let get = |name: &str| entries.iter().find(|(key, _)| *key == name).map(|(_, (value, _))| *value);
    let is_runtime = |runtime: &str| {
        let language = runtime.trim_end_matches(|c: char| c.is_ascii_digit());
        // `python3` is a program.
        runtime.len() > language.len() + 1
            && ["nodejs", "python", "java", "go", "php", "ruby", "dotnet"].contains(&language)
    };
    if let (Some(command), true) = (get("entrypoint"), get("runtime").is_some_and(is_runtime)) {
        let command = Value::read(command).and_then(Value::command);
        return Some((Format::AppYaml, Instead::File(command.map(|command| format!("web: {command}")))));
    }
    // `[ -f x ]` is a test of a shell.
    let is_array = get("command").is_some_and(|command| command.starts_with("[\"") || command.starts_with("['"));
    get("image").filter(|_| is_array && entries.iter().all(|(key, _)| is_setting(key)))?;
    let command = command_of(&entries).and_then(Value::command)?;
    Some((Format::Yaml, Instead::File(Some(format!("{}: {command}", name_of(&entries))))))
}

/// The process type that a mapping names. `start` is what is done, and not what runs.
fn name_of<'e>(entries: &[(&'e str, (&'e str, &'e str))]) -> &'e str {
    let name = entries.iter().find(|(key, _)| *key == "name").map(|(_, (name, _))| unquoted(name).unwrap_or(name));
    name.filter(|name| is_process_type(name) && !["start", "run", "serve"].contains(name)).unwrap_or("web")
}
