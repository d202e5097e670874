//! Draws diagnostics as the Rust compiler does: title, place, line, carets, help (O2), and the address of the page (O7).

use crate::diagnostics::found::{Diagnostic, Diagnostics};
use crate::diagnostics::problem::{Severity, page};
use crate::text::{Sources, Span, Text, Variable, is_invisible};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

/// The longest piece of a line that the renderer gets on either side of a place, in bytes. It cuts that to the width
/// of a terminal.
const LONGEST_LINE: usize = 500;

/// How much is drawn before a place in a line that is cut on the left, in bytes.
const MARGIN: usize = 40;

/// Draws all diagnostics in file order, and a last line that counts them.
pub fn render(problems: &Diagnostics, sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in problems.in_file_order() {
        out.push_str(&renderer.render(&[group(diagnostic, problems, sources)]));
        out.push_str("\n\n");
    }
    if let Some(counts) = counts(problems) {
        let level = if problems.fail() { Level::ERROR } else { Level::WARNING };
        let advice = strictness(problems).map(|help| Level::HELP.message(help));
        out.push_str(&renderer.render(&[Group::with_title(level.primary_title(counts)).elements(advice)]));
        out.push('\n');
    }
    out
}

fn group<'a>(diagnostic: &'a Diagnostic, problems: &'a Diagnostics, sources: &'a Sources) -> Group<'a> {
    let Diagnostic { name, message, at, related, .. } = diagnostic;
    let level = match problems.severity(diagnostic) {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let mut group = Group::with_title(level.primary_title(message.title.as_str()).id(*name));
    if let Some(text) = problems.text(at.source, sources) {
        group = group.elements(place(text, *at, AnnotationKind::Primary, message.label.as_deref()));
    }
    if let Some(related) = related
        && let Some(text) = problems.text(related.source, sources)
    {
        group = group.elements(place(text, *related, AnnotationKind::Context, message.related.as_deref()));
    }
    let help = message.help.iter().map(|help| Level::HELP.message(help.as_str()));
    group.elements(help).element(Level::NOTE.with_name("page").message(page(name)))
}

/// The place of a diagnostic: its line with carets and a label, or, without a label, only the file.
fn place<'a>(text: &'a Text, at: Span, kind: AnnotationKind, label: Option<&'a str>) -> Vec<Element<'a>> {
    let Some(label) = label else { return vec![Origin::path(text.name.as_str()).into()] };
    let position = text.position(at.start);
    let line = Line::cut(text, at);
    let annotation = kind.span(line.marked).label(label);
    let snippet = Snippet::source(line.text).line_start(position.line).annotation(annotation);
    if line.from_start {
        return vec![snippet.path(text.name.as_str()).into()];
    }
    // The renderer counts columns in what it is given, so a line cut on the left needs an explicit position.
    vec![Origin::path(text.name.as_str()).line(position.line).char_column(position.column).into(), snippet.into()]
}

/// A line as it is drawn.
struct Line {
    text: String,
    /// The bytes of `text` that the carets stand under.
    marked: Range<usize>,
    /// Whether `text` starts where the line starts, so that its columns are those of the file.
    from_start: bool,
}

impl Line {
    /// The line of a place, or the part of it around the place if the line is long.
    fn cut(text: &Text, at: Span) -> Self {
        let line = text.line_at(at.start);
        let content = &text.content[line.clone()];
        // A span may start between the CR and the LF of a line end, or cover several lines.
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

/// A text with a mark for every character that cannot be seen, so that columns stay the same. The renderer does this
/// for ASCII control characters.
fn shown(text: &str) -> String {
    let is_unseen = |c: char| is_invisible(c) || (c.is_control() && !c.is_ascii());
    text.chars().map(|c| if is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The line that counts errors and warnings, or `None` where there is nothing to count.
fn counts(problems: &Diagnostics) -> Option<String> {
    let count = |severity: Severity| match problems.count(severity) {
        1 => format!("1 {}", severity.word()),
        number => format!("{number} {}s", severity.word()),
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let more = match problems.hidden() {
        0 => String::new(),
        hidden => format!(" ({hidden} not shown)"),
    };
    let counts = match (problems.count(Severity::Error), problems.count(Severity::Warning)) {
        (0, 0) if more.is_empty() => return None,
        (0, 0) => count(Severity::Note),
        (0, _) => warnings,
        (_, 0) => errors,
        // In strict mode, warnings fail the build as errors do.
        _ if problems.is_strict() => format!("{errors} and {warnings}"),
        (_, 1) => format!("{errors}; there is also {warnings}"),
        _ => format!("{errors}; there are also {warnings}"),
    };
    let fate = if problems.fail() { "no process types were written because of" } else { "the build continues with" };
    Some(format!("{fate} {counts}{more}"))
}

/// Where warnings fail the build (C7): why, and how to allow them.
fn strictness(problems: &Diagnostics) -> Option<String> {
    if problems.count(Severity::Warning) == 0 || !problems.is_strict() {
        return None;
    }
    let names = problems.names_to_allow().join(",");
    let (strict, allow) = (Variable::Strict.name(), Variable::Allow.name());
    Some(format!("{strict} or `--strict` treats warnings as errors: fix them, or allow them with {allow}={names}"))
}
