//! Reads one line of a Procfile, and the lines that a backslash joins to it.

use crate::parse::names::is_process_type;
use crate::parse::problems::ParseProblem;
use crate::parse::procfile::line::{BLANKS, Entry, Line, range_of};
use crate::parse::procfile::mistakes;
use crate::parse::procfile::problems::ProcfileProblem;
use crate::text::visible::forbidden_controls;
use std::iter::Peekable;
use std::ops::Range;

/// Reads one line.
pub(super) fn read_line(text: &str) -> Line<'_> {
    if let Some((range, character)) = forbidden_controls(text).next() {
        return Line::Invalid(ParseProblem::ControlCharacter { character }, range);
    }
    let trimmed = text.trim_matches(BLANKS);
    if trimmed.is_empty() || trimmed.starts_with('#') {
        return Line::Skip;
    }
    if let Some(mistake) = mistakes::of_line(text) {
        return mistake;
    }
    let entry = text.split_once(':').map(|(before, behind)| Entry {
        name: before.trim_matches(BLANKS),
        colon: before.len(),
        command: behind.trim_matches(BLANKS),
    });
    match entry {
        Some(entry) if is_process_type(entry.name) => mistakes::of_entry(text, entry).unwrap_or(Line::Entry(entry)),
        other => mistakes::of_no_entry(text, other),
    }
}

/// A command and the lines that its backslashes join to it, which are consumed, as one line: what a shell would make of
/// them.
pub(super) fn joined_lines(
    command: &str,
    content: &str,
    lines: &mut Peekable<impl Iterator<Item = Range<usize>>>,
) -> String {
    let part = |text: &str, is_open| text[..text.len() - usize::from(is_open)].to_string();
    let mut is_open = ends_in_backslash(command);
    let mut joined = part(command, is_open);
    while is_open && let Some(line) = lines.next_if(|line| continues(&content[line.clone()])) {
        let text = &content[line];
        let piece = text.trim_matches(BLANKS);
        is_open = ends_in_backslash(piece);
        // People turn an option off with a `#`. In a single line, it would hide the rest.
        if !piece.starts_with('#') {
            let is_apart = joined.ends_with(BLANKS) || text.starts_with(BLANKS);
            joined.truncate(joined.trim_end_matches(BLANKS).len());
            joined.extend(is_apart.then_some(' '));
            joined.push_str(&part(piece, is_open));
        }
    }
    joined.trim_matches(BLANKS).to_string()
}

/// The problem of an entry that ends in a backslash, and its place in the line. The lines that it joins are consumed.
pub(super) fn continued(
    text: &str,
    entry: Entry,
    content: &str,
    lines: &mut Peekable<impl Iterator<Item = Range<usize>>>,
) -> Option<(ProcfileProblem, Range<usize>)> {
    if !ends_in_backslash(text) {
        return None;
    }
    let command = Some(joined_lines(entry.command, content, lines)).filter(|command| !command.is_empty());
    let end = range_of(text, entry.command).end;
    Some((ProcfileProblem::Continued { name: entry.name.to_string(), command }, end - 1..end))
}

/// Whether a line ends in a backslash that no other backslash escapes.
fn ends_in_backslash(text: &str) -> bool {
    let text = text.trim_end_matches(BLANKS);
    (text.len() - text.trim_end_matches('\\').len()) % 2 == 1
}

/// Whether a line after a backslash is more of the command: if it is indented or an option, or can be nothing else.
fn continues(text: &str) -> bool {
    match read_line(text) {
        Line::Skip
        | Line::Mistake(ProcfileProblem::NotAnEntry { .. } | ProcfileProblem::QuotedLine { entry: None }, _) => true,
        Line::Invalid(ParseProblem::ControlCharacter { .. }, _) => false,
        Line::Entry(_) | Line::Mistake(..) | Line::Foreign(..) | Line::Invalid(..) => {
            text.starts_with([' ', '\t', '-'])
        }
    }
}

/// The command on the line below an entry without one, if the line can be nothing else. It is consumed, and so are those that
/// it joins.
pub(super) fn command_below(content: &str, lines: &mut Peekable<impl Iterator<Item = Range<usize>>>) -> Option<String> {
    let is_command = |text: &str| {
        matches!(read_line(text), Line::Mistake(ProcfileProblem::NotAnEntry { command: Some(_), .. }, _))
            && text.starts_with(BLANKS)
    };
    let below = lines.next_if(|line| is_command(&content[line.clone()]))?;
    Some(joined_lines(content[below].trim_matches(BLANKS), content, lines))
}
