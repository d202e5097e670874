//! Parses a Procfile (section P of the contract). Pure: text in, process types and problems out.

mod mistake;

use crate::diagnostics::{Diagnostics, Problem, Span, problems};
use crate::names::is_process_type;
use crate::process::{Command, Instead, LONGEST_ARGUMENT, Located, MOST_PROCESSES, Process, ProcessProblem};
use crate::sources::Source;
use crate::text::{forbidden_controls, invisible_characters, lines};
use std::borrow::Cow;
use std::collections::HashMap;
use std::iter::Peekable;
use std::ops::Range;

/// The blanks of the grammar (P4).
const BLANKS: [char; 2] = [' ', '\t'];

/// Parses the text of a Procfile. Every line is judged, whatever is wrong with the others; a repeated name
/// leaves its last entry, in the place of its first.
pub fn parse<'a>(content: &'a str, source: Source, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let errors_before = problems.errors();
    let mut entries = Entries::default();
    let mut is_block = false;
    let mut lines = lines(content).peekable();
    while let Some(line) = lines.next() {
        let text = &content[line.clone()];
        let span = |range: Range<usize>| Span::new(source, line.start + range.start..line.start + range.end);
        is_block &= text.is_empty() || text.starts_with(BLANKS);
        if is_block {
            continue;
        }
        match read_line(text) {
            Line::Skip => {}
            Line::Entry(entry) if entries.processes.len() == MOST_PROCESSES => {
                problems.push(ProcessProblem::TooMany, span(entry.name));
                break;
            }
            Line::Entry(entry) => {
                check(text, &entry, |problem, range| problems.push(problem, span(range)));
                entries.add(text, &entry, span, problems);
                if ends_in_backslash(text) {
                    let name = text[entry.name].to_string();
                    let command = joined_lines(&text[entry.command.clone()], content, &mut lines);
                    let at = entry.command.end - 1;
                    problems.push(ProcfileProblem::Continued { name, command }, span(at..at + 1));
                }
            }
            Line::Mistake(mut problem, range) => {
                if let Problem::Process(ProcessProblem::EmptyCommand { instead: instead @ Instead::Nothing, .. }) =
                    &mut problem
                    && let Some(line) = lines.next_if(|line| is_indented_command(&content[line.clone()]))
                {
                    *instead = Instead::Below(joined_lines(content[line].trim_matches(BLANKS), content, &mut lines));
                }
                let binary = problem == ProcessProblem::ControlCharacter { character: '\0' }.into();
                is_block = matches!(problem, Problem::Procfile(ProcfileProblem::ForeignValue { block: true, .. }));
                if problem == ProcfileProblem::MergeConflict.into() {
                    entries.marker(text, line.start);
                }
                problems.push(problem, span(range));
                if binary {
                    // A NUL means that this is no text: what follows would only be noise.
                    break;
                }
            }
        }
    }
    entries.check_release(problems);
    if entries.processes.is_empty() && problems.errors() == errors_before {
        problems.push(ProcfileProblem::NoEntries, Span::new(source, 0..0));
    }
    entries.processes
}

/// What a line is. Ranges are bytes of the line.
enum Line {
    /// Blank or a comment (P3).
    Skip,
    Entry(Entry),
    Mistake(Problem, Range<usize>),
}

/// The parts of `name:command`.
struct Entry {
    name: Range<usize>,
    colon: usize,
    command: Range<usize>,
}

fn read_line(text: &str) -> Line {
    if let Some((range, character)) = forbidden_controls(text).next() {
        return Line::Mistake(ProcessProblem::ControlCharacter { character }.into(), range);
    }
    let trimmed = text.trim_matches(BLANKS);
    if trimmed.is_empty() || trimmed.starts_with('#') {
        return Line::Skip;
    }
    if let Some((problem, range)) = mistake::of_line(text) {
        return Line::Mistake(problem, range);
    }
    let entry = text.find(':').map(|colon| {
        let command = text[colon + 1..].trim_matches(BLANKS);
        Entry { name: range_of(text, text[..colon].trim_matches(BLANKS)), colon, command: range_of(text, command) }
    });
    match entry {
        Some(entry) if is_process_type(&text[entry.name.clone()]) => {
            mistake::of_entry(text, &entry).map_or(Line::Entry(entry), |(problem, range)| Line::Mistake(problem, range))
        }
        other => {
            let (problem, range) = mistake::of_no_entry(text, other.as_ref());
            Line::Mistake(problem, range)
        }
    }
}

/// A command and the lines that its backslashes continue, which are taken, as the one line that a shell would make of
/// them.
fn joined_lines(command: &str, content: &str, lines: &mut Peekable<impl Iterator<Item = Range<usize>>>) -> String {
    let part = |text: &str, is_open| text[..text.len() - usize::from(is_open)].to_string();
    let mut is_open = ends_in_backslash(command);
    let mut joined = part(command, is_open);
    while is_open && let Some(line) = lines.next_if(|line| continues(&content[line.clone()])) {
        let text = &content[line];
        let piece = text.trim_matches(BLANKS);
        is_open = ends_in_backslash(piece);
        // People turn options off by a `#`; on one line it would hide the rest.
        if !piece.starts_with('#') {
            let is_apart = joined.ends_with(BLANKS) || text.starts_with(BLANKS);
            joined.truncate(joined.trim_end_matches(BLANKS).len());
            joined.extend(is_apart.then_some(' '));
            joined.push_str(&part(piece, is_open));
        }
    }
    joined.trim_matches(BLANKS).to_string()
}

/// Whether a line behind a backslash is more of the command: whatever is indented or an option, or can be nothing else.
fn continues(text: &str) -> bool {
    match read_line(text) {
        Line::Skip
        | Line::Mistake(
            Problem::Procfile(ProcfileProblem::NotAnEntry { .. } | ProcfileProblem::QuotedLine { entry: None }),
            _,
        ) => true,
        Line::Mistake(Problem::Process(ProcessProblem::ControlCharacter { .. }), _) => false,
        Line::Entry(_) | Line::Mistake(..) => text.starts_with([' ', '\t', '-']),
    }
}

/// Whether a line below an entry without a command can only be that command.
fn is_indented_command(text: &str) -> bool {
    let Line::Mistake(Problem::Procfile(ProcfileProblem::NotAnEntry { command, .. }), _) = read_line(text) else {
        return false;
    };
    text.starts_with(BLANKS) && !command.is_empty()
}

/// The warnings that an entry deserves, and the errors that leave it an entry.
fn check(text: &str, entry: &Entry, mut push: impl FnMut(Problem, Range<usize>)) {
    let name = || text[entry.name.clone()].to_string();
    if entry.name.start > 0 {
        push(ProcfileProblem::BlankBeforeName { name: name() }.into(), 0..entry.name.start);
    }
    if entry.name.end < entry.colon {
        push(ProcfileProblem::BlankBeforeColon { name: name() }.into(), entry.name.end..entry.colon);
    }
    for (range, character) in invisible_characters(text) {
        push(ProcessProblem::InvisibleCharacter { character }.into(), range);
    }
    if entry.command.len() > LONGEST_ARGUMENT {
        let problem = ProcessProblem::TooLong { what: "a command", bytes: entry.command.len() };
        push(problem.into(), entry.command.clone());
    }
}

/// Whether a line ends in a backslash that no other backslash quotes.
fn ends_in_backslash(text: &str) -> bool {
    let text = text.trim_end_matches(BLANKS);
    (text.len() - text.trim_end_matches('\\').len()) % 2 == 1
}

#[derive(Default)]
struct Entries<'a> {
    processes: Vec<Process<'a>>,
    by_name: HashMap<String, usize>,
    /// The name and command of every `release` entry: written one a line, they were meant as one script.
    release: Vec<(Span, &'a str)>,
    /// Where the merge conflict begins that is open.
    conflict: Option<usize>,
}

impl<'a> Entries<'a> {
    /// Adds an entry, in place of an earlier one of the same name (P7).
    fn add(&mut self, text: &'a str, entry: &Entry, span: impl Fn(Range<usize>) -> Span, problems: &mut Diagnostics) {
        let name = &text[entry.name.clone()];
        let command = &text[entry.command.clone()];
        let process = Process::new(
            Located { value: Cow::Borrowed(name), at: span(entry.name.clone()) },
            Located { value: Command::Line(Cow::Borrowed(command)), at: span(entry.command.clone()) },
        );
        let index = *self.by_name.entry(name.to_string()).or_insert(self.processes.len());
        let earlier = self.processes.get(index).map(|earlier| earlier.name.at);
        // Both sides of a conflict give the same types, and one of them is to go.
        let is_other_side = earlier.is_some_and(|earlier| self.conflict.is_some_and(|start| earlier.start > start));
        if name == "release" {
            if is_other_side {
                self.release.pop();
            }
            self.release.push((process.name.at, command));
        }
        let Some(earlier) = earlier else {
            self.processes.push(process);
            return;
        };
        if name != "release" && !is_other_side {
            let problem = ProcfileProblem::DuplicateName { name: name.to_string(), joined: None };
            problems.push_related(problem, process.name.at, earlier);
        }
        self.processes[index] = process;
    }

    /// A line that marks a merge conflict.
    fn marker(&mut self, text: &str, start: usize) {
        match text.trim_start_matches(BLANKS).chars().next() {
            Some('<') => self.conflict = Some(start),
            Some('>') => self.conflict = None,
            _ => {}
        }
    }

    /// Reports every `release` but the first, when all are known: each is told what one line for all would be.
    fn check_release(&self, problems: &mut Diagnostics) {
        let joined = joined(&self.release);
        for entries in self.release.windows(2) {
            let problem = ProcfileProblem::DuplicateName { name: "release".to_string(), joined: joined.clone() };
            problems.push_related(problem, entries[1].0, entries[0].0);
        }
    }
}

/// The most steps that are shown as one command.
const MOST_STEPS: usize = 10;

/// Commands as one, where `&&` between them is certain to do what was meant.
fn joined(entries: &[(Span, &str)]) -> Option<String> {
    let steps = || entries.iter().map(|(_, step)| *step);
    let is_plain = |step: &str| !step.contains(['#', ';', '&', '|', '<', '\\']);
    (entries.len() <= MOST_STEPS && steps().all(is_plain)).then(|| steps().collect::<Vec<_>>().join(" && "))
}

/// The bytes that `part`, a slice of `text`, takes in it.
fn range_of(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}

problems! {
    /// What can be wrong with a line of a Procfile.
    pub enum ProcfileProblem {
        /// What a merge left behind.
        Error "merge-conflict" MergeConflict,
        /// A comment in another language's syntax.
        Error "foreign-comment" ForeignComment {
            /// How the line starts.
            mark: &'static str,
            /// What the comment says.
            text: String,
        },
        /// The whole line, or its name, stands in quotes.
        Error "quoted-line" QuotedLine {
            /// The line without them, if that is an entry.
            entry: Option<String>,
        },
        /// A command for the Heroku CLI.
        Error "heroku-command" HerokuCommand {
            /// The process type that would run it, if the line is an entry.
            name: Option<String>,
        },
        /// A process type without its colon.
        Error "missing-colon" MissingColon {
            /// The type.
            name: String,
            /// What stands for the colon (`;`, `=`), or nothing.
            instead: Option<&'static str>,
            /// What it runs.
            command: String,
        },
        /// A line that is no entry, and nothing better is known of it.
        Error "not-an-entry" NotAnEntry {
            /// The line, without a colon that it may start with; empty if it is no command.
            command: String,
            /// The variable that it sets, if it does nothing else.
            variable: Option<String>,
        },
        /// `web: web: …`, `web:: …`.
        Error "repeated-name" RepeatedName {
            /// The name of the entry.
            name: String,
            /// The name before the second colon; empty if there is none.
            again: String,
            /// What stands after the second colon.
            command: String,
        },
        /// A command in the syntax of YAML or JSON.
        Error "foreign-value" ForeignValue {
            /// The type.
            name: String,
            /// Whether it is a YAML block, which goes on in the indented lines below.
            block: bool,
            /// The command line that was meant, if it is plain.
            command: Option<String>,
        },
        /// A backslash at the end: entries are one line.
        Error "line-continuation" Continued {
            /// The type.
            name: String,
            /// Its command on one line.
            command: String,
        },
        /// Other tools lose a line that starts with a blank (P4).
        Warning "blank-before-name" BlankBeforeName {
            /// The name.
            name: String,
        },
        /// Other tools lose a line with a blank before its colon (P4).
        Warning "blank-before-colon" BlankBeforeColon {
            /// The name.
            name: String,
        },
        /// A name given twice (P7).
        Warning "duplicate-name" DuplicateName {
            /// The name.
            name: String,
            /// For `release`, all its commands as one, if they can be joined.
            joined: Option<String>,
        },
        /// Empty, or comments only (P11).
        Warning "no-entries" NoEntries,
    }
}
