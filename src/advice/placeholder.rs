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
    let advice = |text: &str, found: &Placeholder, in_array| Advice::ForeignPlaceholder {
        found: text[found.at.clone()].to_string(),
        instead: variable(&found.default.to_string()),
        in_array,
    };
    let line = command.value.line();
    if names_port(line) {
        let found = placeholders(line);
        let place = Place::new(command.at, line, sources);
        let mut comments = comments(line).peekable();
        for found in found {
            while comments.next_if(|comment| comment.end <= found.at.start).is_some() {}
            if !comments.peek().is_some_and(|comment| comment.contains(&found.at.start)) {
                problems.push(advice(line, &found, false), place.of(found.at.clone()));
            }
        }
    }
    for (words, at) in process.arrays() {
        let place = Place::new(at, "", sources);
        for (index, word) in words.iter().enumerate().filter(|(_, word)| names_port(word)) {
            for found in placeholders(word) {
                problems.push(advice(word, &found, true), place.of_element(index));
            }
        }
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
        (is_start || is_option).then(|| Placeholder { at: start..at + PORT.len() + length, default })
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
        None => (before.strip_suffix('$')?.len(), without_braces(after)?),
    };
    (!is_escaped(&before[..start])).then_some((start, length, port))
}

/// `:8080}`, as in Spring, or `: -80}`. To a shell it is a part of the value, and a port has no more than five characters.
fn substring(after: &str) -> Option<(usize, u16)> {
    let rest = after.strip_prefix(':')?;
    let (digits, rest) = digits(rest.strip_prefix(" -").unwrap_or(rest));
    let port = digits.parse().ok().filter(|port| *port > 5)?;
    let rest = rest.strip_prefix('}')?;
    Some((after.len() - rest.len(), port))
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
