//! What changes in a text of which no line is added or deleted, as a unified diff.

use crate::text::visible;
use std::ops::Range;

/// The lines around a change that are shown.
const CONTEXT: usize = 3;

/// The hunks of a unified diff. What cannot be seen is escaped.
pub(super) fn hunks(old: &str, new: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let changed: Vec<usize> = (0..old.len().min(new.len())).filter(|index| old[*index] != new[*index]).collect();
    let mut out = String::new();
    for group in changed.chunk_by(|one, next| next - one <= 2 * CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let lines = first.saturating_sub(CONTEXT)..(last + 1 + CONTEXT).min(old.len());
        let place = format!("{},{}", lines.start + 1, lines.len());
        out += &["@@ -", &place, " +", &place, " @@\n"].concat();
        hunk(&old, &new, lines, &mut out);
    }
    out
}

/// Adds the lines of a hunk, in which new lines follow all old ones that they replace.
fn hunk(old: &[&str], new: &[&str], lines: Range<usize>, out: &mut String) {
    let indices: Vec<usize> = lines.collect();
    for run in indices.chunk_by(|one, next| (old[*one] == new[*one]) == (old[*next] == new[*next])) {
        let is_same = run.first().is_some_and(|first| old[*first] == new[*first]);
        for index in run {
            line(if is_same { ' ' } else { '-' }, old[*index], out);
        }
        for index in run.iter().filter(|_| !is_same) {
            line('+', new[*index], out);
        }
    }
}

fn line(mark: char, line: &str, out: &mut String) {
    let content = line.trim_end_matches(['\r', '\n']);
    let shown: Vec<_> = content.split('\t').map(visible).collect();
    out.push(mark);
    *out += &shown.join("\t");
    *out += &line[content.len()..];
    if !line.ends_with('\n') {
        *out += "\n\\ No newline at end of file\n";
    }
}
