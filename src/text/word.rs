//! Words of a command line.

use std::ops::Range;

/// The name of a program or a file, without its directory.
pub fn file_name(path: &str) -> &str {
    // Every command is asked for it, and a search by bytes is the fastest.
    let slash = path.bytes().rposition(|byte| byte == b'/');
    slash.map_or(path, |slash| &path[slash + 1..])
}

/// The bytes of a word in a line, by its text: what is around it are blanks, quotes or a `;`.
pub fn find_word(line: &str, word: &str) -> Option<Range<usize>> {
    let is_end = |next: Option<char>| next.is_none_or(|next| next.is_whitespace() || "\"';".contains(next));
    let is_word =
        |at: &Range<usize>| is_end(line[..at.start].chars().next_back()) && is_end(line[at.end..].chars().next());
    line.match_indices(word).map(|(start, text)| start..start + text.len()).find(is_word)
}
