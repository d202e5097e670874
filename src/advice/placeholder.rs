//! Finds placeholders for the port that only other tools replace (O6).

use crate::advice::address::variable;
use crate::advice::problems::Advice;
use crate::advice::variable::{PORT, USUAL_PORT, names_port, starts_with_name};
use crate::diagnostics::Diagnostics;
use crate::parse::Process;
use crate::plan::Place;
use crate::text::Sources;
use std::ops::Range;

/// Gives advice on the placeholders in the command of a process type and in its arguments.
pub(super) fn advise(process: &Process, sources: &Sources, problems: &mut Diagnostics) {
    let Some(command) = &process.command else { return };
    let line = command.value.line();
    if names_port(line) {
        let found = placeholders(line);
        let place = Place::new(command.at, line, sources);
        let advice = advice(line, false);
        let mut comments = comments(line).peekable();
        for found in found {
            while comments.next_if(|comment| comment.end <= found.at.start).is_some() {}
            if !comments.peek().is_some_and(|comment| comment.contains(&found.at.start)) {
                problems.push(advice(&found), place.of(found.at.clone()));
            }
        }
    }
    for (words, at) in process.arrays() {
        let place = Place::new(at, "", sources);
        for (index, word) in words.iter().enumerate().filter(|(_, word)| names_port(word)) {
            let advice = advice(word, true);
            for found in placeholders(word) {
                problems.push(advice(&found), place.of_element(index));
            }
        }
    }
}

/// What to say about the placeholders of a text.
fn advice(text: &str, in_array: bool) -> impl Fn(&Placeholder) -> Advice {
    let is_quoted = text.contains('\'');
    move |found| Advice::ForeignPlaceholder {
        found: text[found.at.clone()].to_string(),
        instead: variable(&found.default.to_string()),
        is_expansion: found.is_expansion,
        in_array,
        // In a template, the program itself may replace braces or a bare name; single quotes may keep the shell from
        // expanding what would be written.
        is_safe: text[found.at.clone()].starts_with(['$', '%']) && !is_quoted,
    }
}

/// The comments of a script: from a `#` at the start of a word to the end of its line.
fn comments(script: &str) -> impl Iterator<Item = Range<usize>> {
    let mut characters = script.char_indices();
    let (mut quote, mut before) = (None, ' ');
    std::iter::from_fn(move || {
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' if quote != Some('\'') => _ = characters.next(),
                '#' if quote.is_none() && (before.is_whitespace() || ";&|()".contains(before)) => {
                    let end = characters.find(|(_, character)| *character == '\n').map_or(script.len(), |(end, _)| end);
                    before = '\n';
                    return Some(at..end);
                }
                '\'' | '"' if quote == Some(character) => quote = None,
                '\'' | '"' if quote.is_none() => quote = Some(character),
                _ => {}
            }
            before = character;
        }
        None
    })
}

/// A placeholder for the port that only another tool replaces.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Placeholder {
    /// Its bytes.
    pub(super) at: Range<usize>,
    /// The port that it gives if the variable is unset.
    pub(super) default: u16,
    /// Whether it is an expansion with a default that a shell does not read as one.
    pub(super) is_expansion: bool,
}

/// What ends a word, or may stand around it.
const ENDS: [char; 5] = [' ', '\t', '\n', '"', '\''];

/// The placeholders for the port in a text, of which a shell makes something else, or nothing. Each must be the start of
/// a word, or follow an option, a `:` or a `=`: `sed s/%PORT%/$PORT/` replaces one itself.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = Placeholder> {
    text.match_indices(PORT).filter_map(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + PORT.len()..]);
        let (start, length, default) = placeholder(before, after)?;
        let ahead = &before[..start];
        let is_start = ahead.is_empty() || ahead.ends_with(ENDS) || ahead.ends_with([':', '=']);
        let option = ahead.len().checked_sub(2).and_then(|start| ahead.get(start..));
        let is_option = option.is_some_and(|option| option.starts_with('-'))
            && (ahead.len() == 2 || ahead[..ahead.len() - 2].ends_with(ENDS));
        let is_or = after[..length].contains("||") || after[..length].contains("??");
        let is_expansion = is_or || before.ends_with("${") && after.starts_with([' ', '|', '-']);
        let at = start..at + PORT.len() + length;
        (is_start || is_option).then_some(Placeholder { at, default, is_expansion })
    })
}

/// The start of a placeholder in the text before the name, its length in the text after it, and its default.
fn placeholder(before: &str, after: &str) -> Option<(usize, usize, u16)> {
    // Kubernetes.
    if let Some(ahead) = before.strip_suffix("$(") {
        return after.starts_with(')').then_some((ahead.len(), 1, USUAL_PORT));
    }
    // Windows.
    if let Some(ahead) = before.strip_suffix('%') {
        let rest = after.strip_prefix('%')?;
        let is_end = rest.is_empty() || rest.starts_with(ENDS) || rest.starts_with(['/', ';']);
        return is_end.then_some((ahead.len(), 1, USUAL_PORT));
    }
    // GitHub Actions.
    if let Some(ahead) = before.trim_end_matches(' ').strip_suffix("${{") {
        let blanks = after.len() - after.trim_start_matches(' ').len();
        return after[blanks..].starts_with("}}").then_some((ahead.len(), blanks + 2, USUAL_PORT));
    }
    // PowerShell.
    if let Some(ahead) = before.strip_suffix("$env:") {
        return (!starts_with_name(after)).then_some((ahead.len(), 0, USUAL_PORT));
    }
    // JavaScript.
    let (name, is_braced) = match before.strip_suffix("${") {
        Some(ahead) => (Some(ahead), true),
        None => (before.strip_suffix('$'), false),
    };
    if let Some((ahead, (length, port))) = name.and_then(|ahead| Some((ahead, otherwise(after, is_braced)?))) {
        return (!ahead.ends_with(['$', '\\'])).then_some((ahead.len(), length, port));
    }
    let is_escaped = |ahead: &str| ahead.ends_with(['$', '\\']);
    // Docker Compose and make, in which `$$` is a dollar sign.
    if let Some(ahead) = before.strip_suffix("$$") {
        return (!starts_with_name(after) && !is_escaped(ahead)).then_some((ahead.len(), 0, USUAL_PORT));
    }
    if let Some(ahead) = before.strip_suffix("$${") {
        return (after.starts_with('}') && !is_escaped(ahead)).then_some((ahead.len(), 1, USUAL_PORT));
    }
    let (start, (length, port)) = match before.strip_suffix("${") {
        Some(ahead) => (ahead.len(), substring(after)?),
        None => match before.strip_suffix('$') {
            Some(ahead) => (ahead.len(), without_braces(after)?),
            None => return of_address(before, after),
        },
    };
    (!is_escaped(&before[..start])).then_some((start, length, port))
}

/// The addresses that a server listens on. What follows one of them and a colon can only be a port.
const ADDRESSES: [&str; 4] = ["0.0.0.0", "127.0.0.1", "localhost", "[::]"];

/// The name as it is in templates and in documentation, behind an address: `PORT`, `<PORT>`, `{PORT}`, `{{PORT}}`.
fn of_address(before: &str, after: &str) -> Option<(usize, usize, u16)> {
    let marks = [("{{", "}}"), ("{", "}"), ("<", ">"), ("", "")];
    let (ahead, rest, length) = marks
        .into_iter()
        .find_map(|(open, close)| Some((before.strip_suffix(open)?, after.strip_prefix(close)?, close.len())))?;
    let host = ahead.strip_suffix(':')?;
    let start = ADDRESSES.into_iter().find_map(|address| host.strip_suffix(address))?;
    let is_start = start.is_empty() || start.ends_with(ENDS) || start.ends_with('=');
    let is_end = rest.is_empty() || rest.starts_with(ENDS) || rest.starts_with(['/', ';']);
    (is_start && is_end).then_some((ahead.len(), length, USUAL_PORT))
}

/// `:8080}`, as in Spring, `: -80}`, or another spelling of `:-80}`. To a shell it is a part of the value, a default with a
/// colon or an error; and a port has no more than five characters.
fn substring(after: &str) -> Option<(usize, u16)> {
    let operator = after.find(|c| !" :|-".contains(c)).filter(|end| ![":-", "-", ""].contains(&&after[..*end]))?;
    let (digits, rest) = digits(&after[operator..]);
    let port = digits.parse().ok().filter(|port| *port > 5)?;
    let rest = rest.strip_prefix('}')?;
    Some((after.len() - rest.len(), port))
}

/// ` || 8000`, which a shell reads as another command.
fn otherwise(after: &str, is_braced: bool) -> Option<(usize, u16)> {
    let rest = if is_braced { after.strip_prefix('}')? } else { after };
    let rest = rest.trim_start_matches(' ');
    let rest = ["||", "??"].iter().find_map(|mark| rest.strip_prefix(mark))?;
    let (digits, rest) = digits(rest.trim_start_matches(' '));
    let port = digits.parse().ok().filter(|port| *port > 5)?;
    let is_end = rest.is_empty() || rest.starts_with(ENDS);
    is_end.then_some((after.len() - rest.len(), port))
}

/// `:-80`, where the braces are missing.
fn without_braces(after: &str) -> Option<(usize, u16)> {
    let (digits, rest) = digits(after.strip_prefix(":-")?);
    let port = digits.parse().ok().filter(|port| *port > 0)?;
    Some((after.len() - rest.len(), port))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}
