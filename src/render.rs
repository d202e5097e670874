//! Draws diagnostics as the Rust compiler does: title, place, line, carets, help (O2). Pure.

use crate::diagnostics::{Diagnostic, Diagnostics, Severity, Span};
use crate::sources::Sources;
use crate::text::{Text, is_invisible};
use crate::words::{self, Words, words};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet, Title};
use std::ops::Range;

/// The longest piece of a line that the renderer is given on either side of a place, in bytes. It cuts that to the
/// width of a terminal.
const LONGEST_LINE: usize = 500;

/// How much of a line that was cut on the left is drawn before a place, in bytes.
const MARGIN: usize = 40;

/// Draws all problems in file order, and a last line that counts them.
#[must_use]
pub fn render(problems: &Diagnostics, sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in problems.in_file_order() {
        let words = words(&diagnostic.problem);
        out.push_str(&renderer.render(&[group(diagnostic, &words, problems.is_strict(), sources)]));
        out.push_str("\n\n");
    }
    let advice = words::strictness(problems).map(|help| Level::HELP.message(help));
    out.push_str(&renderer.render(&[Group::with_title(summary(problems)).elements(advice)]));
    out.push('\n');
    out
}

fn summary(problems: &Diagnostics) -> Title<'static> {
    let level = if problems.fail() { Level::ERROR } else { Level::WARNING };
    level.primary_title(words::summary(problems))
}

fn group<'a>(diagnostic: &Diagnostic, words: &'a Words, is_strict: bool, sources: &'a Sources) -> Group<'a> {
    let (name, severity) = diagnostic.problem.name();
    let level = match severity {
        Severity::Warning if !is_strict => Level::WARNING,
        Severity::Warning | Severity::Error => Level::ERROR,
    };
    let mut group = Group::with_title(level.primary_title(words.title.as_str()).id(name));
    if let Some(text) = sources.text(diagnostic.at.source) {
        group = group.elements(place(text, diagnostic.at, AnnotationKind::Primary, &words.label));
    }
    if let Some(related) = diagnostic.related
        && let Some(text) = sources.text(related.source)
    {
        group = group.elements(place(text, related, AnnotationKind::Context, &words.related));
    }
    group.elements(words.help.iter().map(|help| Level::HELP.message(help.as_str())))
}

/// The place of a problem: its line with carets and a label, or, without a label, only the file.
fn place<'a>(text: &'a Text, at: Span, kind: AnnotationKind, label: &'a str) -> Vec<Element<'a>> {
    if label.is_empty() {
        return vec![Origin::path(text.name.as_str()).into()];
    }
    let position = text.position(at.start);
    let line = Line::cut(text, at);
    let annotation = kind.span(line.marked).label(label);
    let snippet = Snippet::source(line.text).line_start(position.line).annotation(annotation);
    if line.from_start {
        return vec![snippet.path(text.name.as_str()).into()];
    }
    // The renderer counts columns in what it is given, so a line cut on the left needs its position said.
    vec![Origin::path(text.name.as_str()).line(position.line).char_column(position.column).into(), snippet.into()]
}

/// A line as it is drawn.
struct Line {
    text: String,
    /// The bytes of `text` that the carets stand under.
    marked: Range<usize>,
    /// Whether `text` starts where the line does, so that its columns are the file's.
    from_start: bool,
}

impl Line {
    /// The line of a place, or the part around the place where the line is long.
    fn cut(text: &Text, at: Span) -> Self {
        let line = text.line_at(at.start);
        let content = &text.content[line.clone()];
        // A span may start between the CR and the LF of a line's end, or go on over several lines.
        let start = at.start.min(line.end) - line.start;
        let end = (at.end.min(line.end) - line.start).max(start);
        let from = if start <= LONGEST_LINE { 0 } else { content.floor_char_boundary(start - MARGIN) };
        let to = content.ceil_char_boundary(start + LONGEST_LINE);
        let end = end.min(to);
        let ellipsis = |cut: bool| if cut { "…" } else { "" };
        let before = format!("{}{}", ellipsis(from > 0), shown(&content[from..start]));
        let marked = shown(&content[start..end]);
        let after = format!("{}{}", shown(&content[end..to]), ellipsis(to < content.len()));
        Self {
            marked: before.len()..before.len() + marked.len(),
            text: before + &marked + &after,
            from_start: from == 0,
        }
    }
}

/// A text with a mark for every character that cannot be seen, so that columns stay what they are. The renderer
/// does the same for ASCII's control characters.
fn shown(text: &str) -> String {
    let is_unseen = |c: char| is_invisible(c) || (c.is_control() && !c.is_ascii());
    text.chars().map(|c| if is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
