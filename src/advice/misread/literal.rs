//! Finds values of a project.toml that are written for a shell, where no shell reads them (T9).

use crate::advice::misread::problems::{Misread, NoAssignment, Whole};
use crate::advice::placeholder::placeholders;
use crate::diagnostics::Diagnostics;
use crate::parse::names::is_assignment;
use crate::parse::{Command, Extension, Key, Process};
use crate::plan::Place;
use crate::text::expansion::{Expansion, with_port};
use crate::text::quote::command_line;
use crate::text::{Sources, Span, expansions, file_name};
use std::borrow::Cow;
use std::cell::LazyCell;

/// Programs that read `$` or operators in their arguments themselves, or start a program that does.
const READERS: [&str; 32] = [
    "[", "ash", "awk", "bash", "confd", "dash", "dockerize", "egrep", "envsubst", "expr", "find", "fish", "gawk",
    "gomplate", "grep", "jq", "ksh", "make", "mawk", "perl", "php", "rg", "ruby", "sed", "sh", "ssh", "su", "test",
    "tr", "xargs", "yq", "zsh",
];

/// Gives advice on the arrays and variables of a process type.
pub(in crate::advice) fn advise(process: &Process, sources: &Sources, problems: &mut Diagnostics) {
    let reads_itself = process.arrays().any(|(words, _)| words.iter().any(|word| READERS.contains(&file_name(word))));
    // Asked for each `${…}`, and read from all words.
    let is_java = LazyCell::new(|| is_java(process));
    let is_java = || *is_java;
    if !reads_itself && let Some((advice, at, index)) = of_arrays(process, &is_java) {
        problems.push(advice, Place::new(at, "", sources).of_element(index));
    }
    for (name, value) in &process.env {
        let is_java = || is_java() || ["SPRING_", "QUARKUS_", "JAVA_"].iter().any(|start| name.starts_with(start));
        if let Some(found) = unexpanded(&value.value, &is_java) {
            let whole = Whole { command: with_variable(name, &value.value, process), instead_of: Vec::new() };
            let advice = Misread::UnexpandedValue { found: found.to_string(), in_env: Some(name.to_string()), whole };
            problems.push(advice, value.at);
        }
    }
}

/// The first element of an array that is written for a shell, with the place of its array. All are fixed together.
fn of_arrays(process: &Process, is_java: &dyn Fn() -> bool) -> Option<(Misread, Span, usize)> {
    let whole =
        || Whole { command: whole_command(process).as_deref().map(with_port), instead_of: arrays_beside(process) };
    for (words, at) in process.arrays() {
        if let Some(index) = operator(words) {
            let operator = words[index].to_string();
            return Some((Misread::LiteralOperator { operator, is_builtin: false, whole: whole() }, at, index));
        }
    }
    let builtin = process.arrays().next().filter(|(words, _)| is_first(process) && is_builtin_only(words));
    if let Some((words, at)) = builtin {
        let operator = words[0].to_string();
        return Some((Misread::LiteralOperator { operator, is_builtin: true, whole: whole() }, at, 0));
    }
    let assignment = process.arrays().next().filter(|_| is_first(process) && assignments(&all_words(process)) > 0);
    let expanded = process.arrays().find_map(|(words, at)| {
        let (index, found) =
            words.iter().enumerate().find_map(|(index, word)| Some((index, unexpanded(word, is_java)?)))?;
        Some((Misread::UnexpandedValue { found: found.to_string(), in_env: None, whole: whole() }, at, index))
    });
    expanded.or_else(|| {
        let (words, at) = assignment?;
        let why = NoAssignment::InArray(whole());
        Some((Misread::LiteralAssignment { program: words[0].to_string(), why }, at, 0))
    })
}

/// Whether the program is a builtin that nothing else is called.
fn is_builtin_only(words: &[Cow<str>]) -> bool {
    words.len() > 1 && ["exec", "source", ".", "export", "eval", "cd"].contains(&words[0].as_ref())
}

/// Whether what the process starts with is an array.
fn is_first(process: &Process) -> bool {
    process.command.as_ref().is_some_and(|command| match &command.value {
        Command::Words(_) => true,
        Command::Earlier(extension) => extension.wrap.is_some(),
        Command::Line(_) => false,
    })
}

/// The arrays beside the command that a command line replaces.
fn arrays_beside(process: &Process) -> Vec<Key> {
    let keys = [Key::Wrap, Key::Args];
    process.settings().into_iter().filter(|key| keys.contains(key)).collect()
}

/// The words of all arrays, with those of an earlier buildpack where they belong.
fn all_words<'p>(process: &'p Process) -> Vec<&'p str> {
    let arrays = process.arrays().flat_map(|(words, _)| words).map(AsRef::as_ref);
    let Some(extension) = process.extension() else { return arrays.collect() };
    let other = extension.of.map_or_else(Vec::new, |other| match process.args {
        Some(_) => other.command().iter().map(String::as_str).collect(),
        None => other.words(),
    });
    let (mut words, own): (Vec<&str>, usize) = (arrays.collect(), extension.words().len());
    words.splice(own..own, other);
    words
}

/// How many assignments of variables are before the program. The name of a program can contain a `=`, but hardly all of
/// `NAME=VALUE`.
fn assignments(words: &[&str]) -> usize {
    let number = words.iter().take_while(|word| is_assignment(word)).count();
    if number < words.len() { number } else { 0 }
}

/// What a shell would expand in a value, unless it is plainly literal, or another placeholder of the port.
fn unexpanded<'v>(value: &'v str, is_java: &dyn Fn() -> bool) -> Option<&'v str> {
    // Few contain a `$`. One with a blank is a text, or a script of another language.
    if !value.as_bytes().contains(&b'$') || value.contains([' ', '\n']) || placeholders(value).next().is_some() {
        return None;
    }
    let is_meant = |Expansion { at, name, .. }: &Expansion| {
        let has_braces = value[at.clone()].ends_with('}');
        // Spring and others put properties into `${…}` themselves, and `pa$sword` is a password.
        let before = &value[..at.start];
        let is_word = value.starts_with('-') || !before.ends_with(|c: char| c.is_ascii_alphanumeric());
        let is_upper = !name.contains(|c: char| c.is_ascii_lowercase());
        if has_braces { !is_java() } else { is_word && is_upper && name.len() > 1 }
    };
    expansions(value).find(is_meant).map(|found| &value[found.at])
}

fn is_java(process: &Process) -> bool {
    let names_it = |text: &str| text.contains("java") || text.contains(".jar");
    process.arrays().any(|(words, _)| words.iter().any(|word| names_it(word)))
        || process.command.as_ref().is_some_and(|command| names_it(command.value.line()))
}

/// The first word that is an operator of a shell.
fn operator(words: &[Cow<str>]) -> Option<usize> {
    let runs_others = || words.iter().any(|word| ["-exec", "-execdir", "-ok"].contains(&word.as_ref()));
    let found = (1..words.len()).find(|index| {
        let is_value = || words[index - 1].starts_with('-') && words[*index].len() == 1;
        is_operator(&words[*index]) && !is_value()
    });
    found.filter(|_| !runs_others())
}

fn is_operator(word: &str) -> bool {
    if ["&&", "||", "|", ";", "&", "<", "|&"].contains(&word) {
        return true;
    }
    let redirection = word.strip_prefix(|c: char| c == '&' || c.is_ascii_digit()).unwrap_or(word);
    let Some(target) = redirection.strip_prefix(">>").or_else(|| redirection.strip_prefix('>')) else { return false };
    let is_descriptor =
        |target: &str| target.len() == 1 && target.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let is_path = target.starts_with(|c: char| c == '/' || c == '.' || c.is_ascii_alphabetic());
    target.is_empty() || target.strip_prefix('&').is_some_and(is_descriptor) || is_path
}

/// Whether a word is a redirection with a blank before its file. Beside an operator, it is meant as one.
fn is_redirection(word: &str) -> bool {
    let parts: Vec<&str> = word.split(' ').collect();
    matches!(parts.as_slice(), [mark, file] if mark.ends_with('>') && is_operator(mark) && is_operator(&format!(">{file}")))
}

/// The command and its arguments as a command line, in which a shell expands variables and reads operators.
fn whole_command(process: &Process) -> Option<String> {
    let words = all_words(process);
    let assigned = if is_first(process) { assignments(&words) } else { 0 };
    let word = |(index, word): (usize, &&str)| match word.split_once('=') {
        Some((name, value)) if index < assigned => format!("{name}={}", command_line(&[value])),
        _ if is_operator(word) || is_redirection(word) => word.to_string(),
        _ => command_line(&[word]),
    };
    let words = words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ");
    match &process.command.as_ref()?.value {
        Command::Words(_) => Some(words),
        Command::Earlier(extension) => extension.of.map(|_| words),
        Command::Line(line) if process.args.is_some() => Some(format!("{line} {words}")),
        Command::Line(line) => Some(line.to_string()),
    }
}

/// The command line that sets a variable for its program.
fn with_variable(name: &str, value: &str, process: &Process) -> Option<String> {
    let command = match &process.command.as_ref()?.value {
        Command::Words(words) => command_line(words),
        Command::Earlier(Extension { wrap: None, of: Some(other) }) if process.args.is_some() => {
            command_line(other.command())
        }
        Command::Earlier(Extension { wrap: None, of: Some(other) }) => command_line(&other.words()),
        Command::Earlier(_) => return None,
        Command::Line(line) => line.to_string(),
    };
    let assignment = format!("{name}={}", with_port(&command_line(&[value])));
    let is_simple = !command.contains(['&', '|', ';', '\n', '(', '{']);
    Some(if is_simple { format!("{assignment} {command}") } else { format!("export {assignment} && {command}") })
}
