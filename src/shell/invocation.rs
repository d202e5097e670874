//! The simple commands of a script, with the places of their words.

use crate::shell::line::Line;
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
    /// The file that gets both its standard output and its standard error.
    pub log: Option<Range<usize>>,
    /// The file of a redirection, if its name is the number of the other stream: `1` in `2>1`.
    pub numbered: Option<Range<usize>>,
    /// Its position in the script.
    pub position: Position,
    /// What becomes of SIGTERM while it runs.
    pub signal: Signal,
}

/// What becomes of SIGTERM while a command runs (X4c).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The program of the command gets it.
    Arrives,
    /// It is lost: the shell stays in front of the program.
    Lost,
    /// It is lost, but another program runs after this one, which is therefore meant to end.
    Step,
    /// There is no program, or one that ends by itself or with the one that it serves.
    Ends,
    /// It never runs.
    Never,
}

impl Signal {
    /// Whether there is a program that has to get it.
    pub fn has_program(self) -> bool {
        !matches!(self, Self::Ends | Self::Never)
    }
}

/// The position of a simple command in a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Whether it runs in the background.
    pub background: bool,
    /// Whether it may not run although no command before it fails: in a branch, a loop or a function, or after `||`.
    pub conditional: bool,
}

impl Invocation {
    /// The words of a command, in characters. [`in_bytes`] converts them to bytes.
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
        let numbered = redirections.clone().find_map(numbered).and_then(place);
        let log = log(redirections).and_then(place);
        let arguments = suffix.filter_map(word);
        let program = command.word_or_name.iter().filter_map(place);
        Self {
            words: program.chain(arguments).collect(),
            assignments: prefix.filter_map(word).collect(),
            log,
            numbered,
            position,
            signal: Signal::Arrives,
        }
    }

    /// From the program to the last argument; the assignments, if there is no program.
    pub fn range(&self) -> Range<usize> {
        let words = if self.words.is_empty() { &self.assignments } else { &self.words };
        words.first().zip(words.last()).map_or(0..0, |(first, last)| first.start..last.end)
    }
}

/// Converts the characters that the parser counts to bytes, for all commands of a line. A word starts at its first
/// character. The parser counts an escaped line end before it as part of the word.
pub(super) fn in_bytes(line: &Line, mut invocations: Vec<Invocation>) -> Vec<Invocation> {
    for Invocation { words, assignments, log, numbered, .. } in &mut invocations {
        for at in words.iter_mut().chain(assignments).chain(log).chain(numbered) {
            *at = line.byte(at.start)..line.byte(at.end);
            at.start += line.get(at.clone()).map_or(0, continued);
        }
    }
    invocations
}

/// The length of the escaped line ends, and the blanks after them, at the start of a text.
fn continued(text: &str) -> usize {
    let mut rest = text;
    while let Some(behind) = rest.strip_prefix("\\\n").or_else(|| rest.strip_prefix([' ', '\t'])) {
        rest = behind;
    }
    text.len() - rest.len()
}

/// The file of `> FILE 2>&1` or `&> FILE`, or one of those of `> FILE 2> FILE`: a device, if the first is one.
fn log<'c>(redirections: impl Iterator<Item = &'c IoRedirect>) -> Option<&'c Word> {
    let mut output = None;
    let mut errors = None;
    let mut log = None;
    for redirection in redirections {
        match redirection {
            IoRedirect::OutputAndError(file, _) => (output, log) = (Some(file), Some(file)),
            IoRedirect::File(None | Some(1), Kind::Write | Kind::Append | Kind::Clobber, Target::Filename(file)) => {
                output = Some(file);
            }
            IoRedirect::File(Some(2), Kind::Write | Kind::Append | Kind::Clobber, Target::Filename(file)) => {
                errors = Some(file);
            }
            IoRedirect::File(Some(2), Kind::DuplicateOutput, Target::Duplicate(to)) if to.value == "1" => log = output,
            _ => {}
        }
    }
    log.or_else(|| {
        let (output, errors) = output.zip(errors)?;
        Some(if output.value.starts_with("/dev/") { output } else { errors })
    })
}

/// The file of `2>1` or `1>2`.
fn numbered(redirection: &IoRedirect) -> Option<&Word> {
    match redirection {
        IoRedirect::File(stream, Kind::Write, Target::Filename(file)) => {
            let other = if *stream == Some(2) { "1" } else { "2" };
            (matches!(stream, None | Some(1 | 2)) && file.value == other).then_some(file)
        }
        _ => None,
    }
}
