//! Writes what can be written instead of mistakes without asking (`--fix`), or shows it (`--diff`).

use crate::diagnostics::{Diagnostics, Replaced};
use crate::failure::Failure;
use crate::preview::diff::hunks;
use crate::preview::finding::path;
use crate::text::{Source, Sources, Span, Text, decode, lines, visible};
use crate::write::replace;
use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::Path;

/// The files that are sources.
const FILES: [Source; 2] = [Source::Procfile, Source::ProjectToml];

/// What is replaced can lie below something that is replaced as well, and only a hundred diagnostics of a severity are
/// kept, so the file is read again until nothing is left, but not for ever.
const PASSES: usize = 100;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A file that gets another content.
pub(super) struct Fixed {
    name: String,
    old: String,
    new: String,
    /// How many replacements there are.
    count: usize,
    /// Whether it is UTF-16, and becomes UTF-8.
    is_utf16: bool,
}

/// The files in which a mistake can be replaced without asking. `check` finds the mistakes in some sources.
pub(super) fn fixed(mut sources: Sources, check: impl Fn(&Sources) -> Diagnostics) -> Vec<Fixed> {
    let mut found = check(&sources);
    let start = |source| {
        let old = sources.content(source)?.to_string();
        let name = sources.text(source)?.name.clone();
        let is_utf16 = found.has_in("utf-16", Span::new(source, 0..0));
        Some((source, Fixed { name, new: old.clone(), old, count: usize::from(is_utf16), is_utf16 }))
    };
    let mut files: Vec<_> = FILES.into_iter().filter_map(start).collect();
    for _ in 0..PASSES {
        let mut is_done = true;
        for (source, file) in &mut files {
            let replacements = safe(*source, &sources, &found);
            if replacements.is_empty() {
                continue;
            }
            is_done = false;
            file.count += replacements.len();
            for (range, text) in replacements.iter().rev() {
                file.new.replace_range(range.clone(), text);
            }
            sources.replace(*source, Text::new(&file.name, file.new.clone()));
        }
        if is_done {
            break;
        }
        found = check(&sources);
    }
    files.into_iter().map(|(_, file)| file).filter(|file| file.count > 0).collect()
}

/// That some mistakes can be replaced, in a line, or nothing.
pub(super) fn hint(sources: &Sources, found: &Diagnostics) -> String {
    let count: usize = FILES.into_iter().map(|source| safe(source, sources, found).len()).sum();
    match count {
        0 => String::new(),
        1 => "help: `--fix` corrects one of these mistakes, and `--diff` shows how\n".to_string(),
        _ => format!("help: `--fix` corrects {count} of these mistakes, and `--diff` shows how\n"),
    }
}

/// The replacements in a source that are safe and do not overlap, in their order. None declares a process type a second
/// time, or in a line that may continue the one before it: only the author knows what counts.
fn safe(source: Source, sources: &Sources, found: &Diagnostics) -> Vec<(Range<usize>, String)> {
    let mut chosen: Vec<(Range<usize>, String)> = Vec::new();
    let Some(text) = sources.text(source) else { return chosen };
    // Bytes that are no text would be lost.
    if found.has_in("invalid-encoding", Span::new(source, 0..text.content.len())) {
        return chosen;
    }
    let mut names: HashSet<&str> = lines(&text.content).filter_map(|line| name(&text.content[line])).collect();
    let here = found.in_file_order().into_iter().filter(|one| one.at.source == source);
    for (range, replacement) in here.filter_map(|one| one.replacement(text)).filter(|(_, new)| new.is_safe) {
        let (old, new) = (&text.content[range.clone()], replacement.text.as_str());
        let declared = name(new).filter(|new| replacement.of == Replaced::Line && name(old) != Some(new));
        let line = text.line_at(range.start).start;
        let may_continue = text.content[..line].trim_end().ends_with('\\');
        let is_clear = !may_continue && declared.is_none_or(|name| names.insert(name));
        if is_clear && old != new && chosen.last().is_none_or(|(before, _)| before.end <= range.start) {
            chosen.push((range, new.to_string()));
        }
    }
    chosen
}

/// The process type that a line of a Procfile declares.
fn name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    Some(name.trim()).filter(|name| !name.starts_with('#'))
}

impl Fixed {
    /// Writes the file. One that has changed since it was read stays.
    pub(super) fn write(&self, app: &Path) -> Result<(), Failure> {
        let path = app.join(&self.name);
        let write = |error| Failure::Write { path: path.clone(), error };
        let bytes = fs::read(&path).map_err(write)?;
        let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { &[] };
        if decode(bytes.clone()).0 != self.old {
            return Err(write(io::Error::new(ErrorKind::Interrupted, "it has just changed")));
        }
        replace(&path, &[mark, self.new.as_bytes()].concat())
    }

    /// What was written, in a line. `directory`: that of the app, from the working directory.
    pub(super) fn summary(&self, directory: &Path) -> String {
        let (path, count) = (path(directory, &self.name), self.count);
        format!("fixed {count} mistake{} in {}\n", if count == 1 { "" } else { "s" }, visible(&path))
    }

    /// What would be written, as a unified diff.
    pub(super) fn diff(&self, directory: &Path) -> String {
        let path = path(directory, &self.name);
        let encoding = if self.is_utf16 { " (UTF-16)" } else { "" };
        let header = format!("--- {0}{encoding}\n+++ {0}\n", visible(&path));
        header + &hunks(&self.old, &self.new)
    }
}
