//! Recognises the mistakes that people make in a Procfile (P8). Ranges are bytes of the line.

use super::{BLANKS, Entry, ProcfileProblem, range_of};
use crate::diagnostics::Problem;
use crate::names::{is_process_type, is_process_type_character, to_dns_label};
use crate::process::ProcessProblem;
use std::ops::Range;

type Mistake = (Problem, Range<usize>);

/// Process types that are no program's name: a line that starts with one of them has lost its colon.
const USUAL_TYPES: [&str; 8] = ["web", "worker", "release", "clock", "scheduler", "beat", "cron", "postdeploy"];

/// The mistakes that a line shows before anyone looks for its colon.
pub(super) fn of_line(text: &str) -> Option<Mistake> {
    let trimmed = text.trim_matches(BLANKS);
    let whole = range_of(text, trimmed);
    if is_conflict_marker(trimmed) {
        return Some((ProcfileProblem::MergeConflict.into(), whole));
    }
    if let Some(mark) = ["//", "/*", "*/", ";", "<!--"].into_iter().find(|mark| trimmed.starts_with(mark)) {
        let comment = trimmed[mark.len()..].trim_end_matches("*/").trim_end_matches("-->").trim_matches(BLANKS);
        let problem = ProcfileProblem::ForeignComment { mark, text: comment.to_string() };
        return Some((problem.into(), whole.start..whole.start + mark.len()));
    }
    if trimmed.starts_with(['"', '\'', '`', '“', '‘']) {
        return Some((ProcfileProblem::QuotedLine { entry: without_quotes(trimmed) }.into(), whole));
    }
    let unprompted = trimmed.strip_prefix('$').unwrap_or(trimmed).trim_start_matches(BLANKS);
    let heroku = unprompted.strip_prefix("heroku").filter(|rest| rest.starts_with(BLANKS));
    let is_entry = heroku.is_some_and(|rest| rest.trim_start_matches(BLANKS).starts_with(':'));
    if (heroku.is_some() && !is_entry) || unprompted.starts_with("ps:scale ") {
        return Some((ProcfileProblem::HerokuCommand { name: None }.into(), whole));
    }
    None
}

fn is_conflict_marker(line: &str) -> bool {
    let marker = |mark: &str| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    marker("<<<<<<<") || marker("|||||||") || marker(">>>>>>>") || line == "======="
}

/// The entry that stands in the quotes, or behind a quoted name.
fn without_quotes(line: &str) -> Option<String> {
    let quote = |c: char| matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’');
    let (name, command) = line.split_once(':')?;
    let name = name.trim_matches(quote).trim_matches(BLANKS);
    let command = command.trim_matches(BLANKS).trim_end_matches(',');
    // A quote that the command itself opened stays: `"web: sh -c 'a b'"`.
    let last = command.chars().next_back().filter(|c| quote(*c));
    let command = match last {
        Some(last) if command.matches(last).count() % 2 == 1 => command.strip_suffix(last)?,
        Some(_) if command.starts_with(quote) => command.trim_matches(quote),
        _ => command,
    };
    (is_process_type(name) && !command.is_empty()).then(|| format!("{name}: {command}"))
}

/// The mistakes of a line whose name and colon are right.
pub(super) fn of_entry(text: &str, entry: &Entry) -> Option<Mistake> {
    let name = &text[entry.name.clone()];
    let command = &text[entry.command.clone()];
    if command.is_empty() {
        let problem = ProcessProblem::EmptyCommand { name: name.to_string() };
        return Some((problem.into(), entry.colon + 1..entry.colon + 1));
    }
    let word = command.split(BLANKS).next().unwrap_or(command);
    let word_range = range_of(text, word);
    if word == "heroku" {
        return Some((ProcfileProblem::HerokuCommand { name: Some(name.to_string()) }.into(), word_range));
    }
    let repeated = word.strip_suffix(':').filter(|stem| is_process_type(stem))?;
    let rest = command[word.len()..].trim_matches(BLANKS);
    let problem = ProcfileProblem::RepeatedName { name: repeated.to_string(), command: rest.to_string() };
    Some((problem.into(), word_range))
}

/// What is wrong with a line that has no colon, or no name before it.
pub(super) fn of_no_entry(text: &str, entry: Option<&Entry>) -> Mistake {
    let trimmed = text.trim_matches(BLANKS);
    let whole = range_of(text, trimmed);
    if let Some(mistake) = missing_colon(text, trimmed) {
        return mistake;
    }
    let command = trimmed.trim_start_matches(':').trim_start_matches(BLANKS);
    let not_an_entry = (ProcfileProblem::NotAnEntry { command: command.to_string() }.into(), whole);
    let Some(entry) = entry else { return not_an_entry };
    let name = &text[entry.name.clone()];
    // `python -m http.server 127.0.0.1:80` is a command; `my worker: python main.py` a name with a blank.
    let is_command = name.contains(BLANKS) && !text[entry.colon + 1..].starts_with(BLANKS);
    if name.is_empty() || is_command || entry.command.is_empty() {
        return not_an_entry;
    }
    let suggestion = if name.is_ascii() { to_dns_label(name) } else { String::new() };
    let bad = name.find(|c| !is_process_type_character(c));
    let range = bad.map_or(entry.name.clone(), |at| {
        let length = name[at..].chars().next().map_or(0, char::len_utf8);
        entry.name.start + at..entry.name.start + at + length
    });
    (ProcessProblem::InvalidName { name: name.to_string(), suggestion }.into(), range)
}

/// A name with another character for its colon, or a usual type with none.
fn missing_colon(text: &str, trimmed: &str) -> Option<Mistake> {
    let end = trimmed.find(|c| !is_process_type_character(c)).unwrap_or(trimmed.len());
    let (name, rest) = trimmed.split_at(end);
    let behind = rest.trim_start_matches(BLANKS);
    let instead = behind.chars().next().filter(|c| matches!(c, ';' | '=' | '：'));
    let usual = USUAL_TYPES.contains(&name) && (instead.is_some() || rest.is_empty() || rest.starts_with(BLANKS));
    let wide_colon = is_process_type(name) && instead == Some('：');
    if !usual && !wide_colon {
        return None;
    }
    let at = range_of(text, behind).start;
    let command = behind.trim_start_matches([';', '=', '：', ':']).trim_matches(BLANKS);
    let range = match instead {
        Some(character) => at..at + character.len_utf8(),
        None => range_of(text, name).end..range_of(text, name).end,
    };
    let problem = ProcfileProblem::MissingColon { name: name.to_string(), instead, command: command.to_string() };
    Some((problem.into(), range))
}
