//! Tells where the words of a simple command stand.

use brush_parser::ast::{
    CommandPrefixOrSuffixItem as Item, IoFileRedirectKind as Kind, IoFileRedirectTarget as Target, IoRedirect,
    SimpleCommand, Word,
};
use std::ops::Range;

/// A simple command of a script. Ranges are bytes of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The words, as written: the program and its arguments.
    pub words: Vec<Range<usize>>,
    /// The assignments before it.
    pub assignments: Vec<Range<usize>>,
    /// The name of the file that its standard output and error both go to.
    pub log: Option<Range<usize>>,
    /// Where in the script it stands.
    pub position: Position,
}

/// Where a simple command stands in a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Whether it runs beside others, as a job in the background.
    pub background: bool,
    /// Whether it may not run at all, though no command before it fails: in a branch, a loop, a function, or behind
    /// `||`.
    pub conditional: bool,
}

impl Invocation {
    /// The words of a command by their characters, which [`in_bytes`] makes bytes.
    pub(super) fn of(command: &SimpleCommand, position: Position) -> Self {
        let place = |word: &Word| word.loc.as_ref().map(|at| at.start.index..at.end.index);
        let prefix = command.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix = command.suffix.iter().flat_map(|suffix| &suffix.0);
        let word = |item: &Item| match item {
            Item::Word(word) | Item::AssignmentWord(_, word) => place(word),
            Item::IoRedirect(_) | Item::ProcessSubstitution(..) => None,
        };
        let redirections = prefix.clone().chain(suffix.clone()).filter_map(|item| match item {
            Item::IoRedirect(redirection) => Some(redirection),
            _ => None,
        });
        let log = log(redirections).and_then(place);
        let arguments = suffix.filter_map(word);
        let program = command.word_or_name.iter().filter_map(place);
        Self {
            words: program.chain(arguments).collect(),
            assignments: prefix.filter_map(word).collect(),
            log,
            position,
        }
    }
}

/// Makes bytes of the characters that the parser counts, for all commands of a line at once. A word begins where its
/// first character is; the parser counts the continued end of the line before it as a part of it.
pub(super) fn in_bytes(line: &str, mut invocations: Vec<Invocation>) -> Vec<Invocation> {
    let offsets: Vec<usize> =
        if line.is_ascii() { Vec::new() } else { line.char_indices().map(|(at, _)| at).collect() };
    let byte = |character: usize| match offsets.as_slice() {
        [] => character,
        offsets => offsets.get(character).copied().unwrap_or(line.len()),
    };
    for Invocation { words, assignments, log, .. } in &mut invocations {
        for at in words.iter_mut().chain(assignments).chain(log) {
            *at = byte(at.start).min(line.len())..byte(at.end).min(line.len());
            at.start += line.get(at.clone()).map_or(0, continued);
        }
    }
    invocations
}

/// The length of the continued ends of lines, and of the blanks behind them, that a text begins with.
fn continued(text: &str) -> usize {
    let mut rest = text;
    while let Some(behind) = rest.strip_prefix("\\\n").or_else(|| rest.strip_prefix([' ', '\t'])) {
        rest = behind;
    }
    text.len() - rest.len()
}

/// The file of `> FILE 2>&1` or `&> FILE`.
fn log<'c>(redirections: impl Iterator<Item = &'c IoRedirect>) -> Option<&'c Word> {
    let mut output = None;
    let mut log = None;
    for redirection in redirections {
        match redirection {
            IoRedirect::OutputAndError(file, _) => (output, log) = (Some(file), Some(file)),
            IoRedirect::File(None | Some(1), Kind::Write | Kind::Append | Kind::Clobber, Target::Filename(file)) => {
                output = Some(file);
            }
            IoRedirect::File(Some(2), Kind::DuplicateOutput, Target::Duplicate(to)) if to.value == "1" => log = output,
            _ => {}
        }
    }
    log
}
