//! Reads the text of a project.toml as TOML.

use crate::diagnostics::Diagnostics;
use crate::parse::key::TABLE;
use crate::parse::project_toml::problems::ProjectTomlProblem;
use crate::parse::project_toml::slip::{self, Slip};
use crate::text::toml::excess;
use crate::text::{Source, Span, lines};
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

/// The longest start of a document, in bytes, that is searched for all its mistakes: recovery collects them, and a
/// hostile megabyte has more than a million.
const LONGEST_RECOVERED: usize = 16 * 1024;

/// Errors on this many lines cannot come from cutting the document: what the cut leaves open is one error at its end.
const CERTAIN: usize = 3;

/// The document, or `None` if it is not TOML.
pub(super) fn document<'a>(content: &'a str, source: Source, problems: &mut Diagnostics) -> Option<DeTable<'a>> {
    let head = lines(content).take_while(|line| line.end <= LONGEST_RECOVERED).last().map_or(0, |line| line.end);
    let (document, mut errors) = recovered(&content[..head]);
    let mut document = Some(document);
    if head < content.len() && errors.len() < CERTAIN {
        if let Some(excess) = excess(content) {
            problems.push(ProjectTomlProblem::TooManyValues, Span::new(source, excess..excess));
            return None;
        }
        (document, errors) = match DeTable::parse(content) {
            Ok(document) => (Some(document), Vec::new()),
            Err(error) => (None, vec![error]),
        };
    }
    if let (Some(first), Some(slip)) = (errors.first(), slip::of_file(&content[..head])) {
        let at = first.span().unwrap_or(0..0);
        let problem = ProjectTomlProblem::Syntax { message: first.message().to_string(), slip, meant: None };
        problems.push(problem, Span::new(source, line_at(content, at.start)));
        return None;
    }
    let mut open = None;
    let is_header = |line: &str| line.trim_start().starts_with('[');
    let first = errors.first().and_then(toml::de::Error::span).unwrap_or(0..0).start;
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let line = line_at(content, span.start);
        if let Some((end, quote)) = open.take()
            && is_rest(&content[end..line.end], quote)
        {
            continue;
        }
        let (slip, meant) = slip::recognise(content, line.clone(), error.message(), span.start);
        if let Slip::Unclosed(quote) = slip {
            open = Some((line.end, quote));
        }
        // Without a header, the line would be an entry of no table.
        let lacks_header = slip == Slip::Colon && span.start == first && !content.lines().any(is_header);
        let meant = meant.map(|entry| if lacks_header { format!("[{TABLE}]\n{entry}") } else { entry });
        let problem = ProjectTomlProblem::Syntax { message: error.message().to_string(), slip, meant };
        problems.push(problem, Span::new(source, span));
    }
    document.filter(|_| errors.is_empty()).map(Spanned::into_inner)
}

/// Whether a text is the line behind another, and ends a string that the other left open.
fn is_rest(text: &str, quote: char) -> bool {
    text.trim_start().lines().count() == 1 && text.matches(quote).count() == 1 && text.trim_end().ends_with(quote)
}

/// A document and its errors. One mistake gives several errors, so only the first of each line is kept.
fn recovered(content: &str) -> (Spanned<DeTable<'_>>, Vec<toml::de::Error>) {
    let (document, mut errors) = DeTable::parse_recoverable(content);
    if errors.is_empty() {
        return (document, errors);
    }
    errors.sort_unstable_by_key(|error| error.span().map_or(0, |span| span.start));
    let starts: Vec<usize> = lines(content).map(|line| line.start).collect();
    errors.dedup_by_key(|error| error.span().map(|span| starts.partition_point(|start| *start <= span.start)));
    (document, errors)
}

/// The line that contains a byte.
fn line_at(content: &str, at: usize) -> Range<usize> {
    let is_end = |c: char| c == '\n' || c == '\r';
    let start = content[..at].rfind(is_end).map_or(0, |end| end + 1);
    let length = content[start..].find(is_end).unwrap_or(content.len() - start);
    start..start + length
}
