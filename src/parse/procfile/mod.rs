//! Parses a Procfile (section P of the contract).

mod formats;
mod line;
mod mistakes;
mod nested;
pub(crate) mod problems;
mod read;
mod values;
mod whole;

pub(super) use mistakes::foreign_string;

use crate::diagnostics::{Diagnostics, Severity};
use crate::parse::names::RELEASE;
use crate::parse::problems::{Instead, ParseProblem};
use crate::parse::process::{Command, LONGEST_ARGUMENT, Located, MOST_PROCESSES, Process};
use crate::text::quote::LONGEST_COPY;
use crate::text::visible::{invisible_characters, without_invisible};
use crate::text::{Source, Span, lines, punctuation};
use formats::Formats;
use line::{BLANKS, Entry, Line, range_of};
use problems::{Format, ProcfileProblem, Syntax};
use read::{command_below, continued, joined_lines, read_line};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// Parses the text of a Procfile. Every line is checked, whatever is wrong with the others. Of a repeated name, the last
/// entry counts, in the position of the first.
pub fn parse<'a>(content: &'a str, source: Source, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    if let Some((problem, range)) = whole::of_file(content) {
        problems.push(problem, Span::new(source, range));
        return Vec::new();
    }
    processes(content, source, problems)
}

fn processes<'a>(content: &'a str, source: Source, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let errors_before = problems.count(Severity::Error);
    let mut entries = Entries::default();
    let mut formats = Formats::default();
    let mut is_block = false;
    let mut lines = lines(content).peekable();
    while let Some(line) = lines.next() {
        let text = &content[line.clone()];
        let span = |range: Range<usize>| Span::new(source, line.start + range.start..line.start + range.end);
        is_block &= text.is_empty() || text.starts_with(BLANKS);
        if is_block {
            continue;
        }
        let read = read_line(text);
        let is_text = is_text(&read);
        match read {
            Line::Skip => {}
            Line::Entry(entry) if entries.processes.len() == MOST_PROCESSES => {
                problems.push(ParseProblem::TooMany, span(range_of(text, entry.name)));
                break;
            }
            Line::Entry(entry) => {
                check(text, entry, span, problems);
                entries.add(text, entry, span, problems);
                if let Some((problem, range)) = continued(text, entry, content, &mut lines) {
                    problems.push(problem, span(range));
                }
            }
            Line::Mistake(problem, range) => {
                let (problem, opens_block) = with_lines(problem, content, &line, &text[range.clone()], &mut entries);
                is_block = opens_block;
                if problem == ProcfileProblem::MergeConflict {
                    entries.marker(text, line.start);
                }
                problems.push(problem, span(range));
            }
            Line::Foreign(foreign, range) => {
                let command = joined_lines(foreign.command().unwrap_or(text), content, &mut lines);
                problems.push(formats.problem(&foreign, content, &command), span(range));
            }
            Line::Invalid(ParseProblem::EmptyCommand { name, instead: Instead::Nothing }, range)
                if let Some((problem, below)) = nested::below(&name, content, line.clone()) =>
            {
                problems.push(problem, span(range_of(text, text.trim_matches(BLANKS)).start..range.end));
                while lines.next_if(|line| line.start < below.end).is_some() {}
            }
            Line::Invalid(ParseProblem::EmptyCommand { name, instead: Instead::Nothing }, range) => {
                let instead = command_below(content, &mut lines).map_or(Instead::Nothing, Instead::Below);
                problems.push(ParseProblem::EmptyCommand { name, instead }, span(range));
            }
            Line::Invalid(problem, range) => problems.push(problem, span(range)),
        }
        if !is_text {
            break;
        }
    }
    entries.check_release(problems);
    if entries.processes.is_empty() && problems.count(Severity::Error) == errors_before {
        problems.push(ProcfileProblem::NoEntries, Span::new(source, 0..0));
    }
    entries.processes
}

/// Whether a line declares `web`.
fn declares_web(content: &str) -> bool {
    let name = |line: Range<usize>| content[line].split_once(':').map(|(name, _)| name.trim_matches(BLANKS));
    lines(content).any(|line| name(line) == Some("web"))
}

/// Whether a line may be text: after a NUL, or in a file of a word processor, more messages would only be noise.
fn is_text(line: &Line) -> bool {
    let nul = ParseProblem::ControlCharacter { character: '\0' };
    match line {
        Line::Invalid(problem, _) => *problem != nul,
        Line::Foreign(foreign, _) => foreign.format != Format::Rtf,
        Line::Skip | Line::Entry(_) | Line::Mistake(..) => true,
    }
}

/// A problem with what the other lines say of it: what is below a line that opens a block of YAML, or whether `web` is
/// declared. And whether it opens such a block.
fn with_lines(
    problem: ProcfileProblem,
    content: &str,
    line: &Range<usize>,
    indicator: &str,
    entries: &mut Entries,
) -> (ProcfileProblem, bool) {
    match problem {
        ProcfileProblem::NotAnEntry { command, variable: None, .. } => {
            let has_web = entries.has_web(content);
            (ProcfileProblem::NotAnEntry { command, variable: None, has_web }, false)
        }
        ProcfileProblem::ForeignValue { name, of: Syntax::Block, before, .. } => {
            let (command, nested) = nested::block(indicator, content, line.clone()).unzip();
            (ProcfileProblem::ForeignValue { name, of: Syntax::Block, command, nested, before }, true)
        }
        other => (other, false),
    }
}

/// Reports characters of an entry that are not what they look like.
fn check_characters(text: &str, entry: Entry, span: impl Fn(Range<usize>) -> Span, problems: &mut Diagnostics) {
    for (range, character) in invisible_characters(text) {
        let plain = (text.len() <= LONGEST_COPY).then(|| without_invisible(text));
        problems.push(ParseProblem::InvisibleCharacter { character, is_escape: false, plain }, span(range));
    }
    if let Some(found) = punctuation(entry.command) {
        let start = range_of(text, entry.command).start;
        let plain = without_invisible(&format!("{}: {}", entry.name, found.plain));
        let problem = ParseProblem::SmartPunctuation { character: found.character, plain, is_line: true };
        problems.push(problem, span(start + found.at.start..start + found.at.end));
    }
}

/// Reports what is questionable about an entry, and what is wrong but leaves it an entry.
fn check(text: &str, entry: Entry, span: impl Fn(Range<usize>) -> Span, problems: &mut Diagnostics) {
    let name = || entry.name.to_string();
    let at = range_of(text, entry.name);
    if at.start > 0 {
        problems.push(ProcfileProblem::BlankBeforeName { name: name() }, span(0..at.start));
    }
    if at.end < entry.colon {
        problems.push(ProcfileProblem::BlankBeforeColon { name: name() }, span(at.end..entry.colon));
    }
    if !text.is_ascii() {
        check_characters(text, entry, &span, problems);
    }
    if entry.command.len() > LONGEST_ARGUMENT {
        let problem = ParseProblem::TooLong { what: "a command", bytes: entry.command.len() };
        problems.push(problem, span(range_of(text, entry.command)));
    }
}

#[derive(Default)]
struct Entries<'a> {
    processes: Vec<Process<'a>>,
    by_name: HashMap<&'a str, usize>,
    /// The name and command of every `release` entry: several of them are usually meant as one script.
    release: Vec<(Span, &'a str)>,
    /// Where the current merge conflict starts.
    conflict: Option<usize>,
    /// Whether a line declares `web`, once that has been looked for.
    has_web: Option<bool>,
}

impl<'a> Entries<'a> {
    /// Adds an entry, in place of an earlier one of the same name (P7).
    fn add(&mut self, text: &str, entry: Entry<'a>, span: impl Fn(Range<usize>) -> Span, problems: &mut Diagnostics) {
        let Entry { name, command, .. } = entry;
        let process = Process::new(
            Located { value: Cow::Borrowed(name), at: span(range_of(text, name)) },
            Some(Located { value: Command::Line(Cow::Borrowed(command)), at: span(range_of(text, command)) }),
        );
        let index = *self.by_name.entry(name).or_insert(self.processes.len());
        let earlier = self.processes.get(index).map(|earlier| earlier.name.at);
        // Both sides of a conflict declare the same types, and one side will be deleted anyway.
        let is_other_side = earlier.is_some_and(|earlier| self.conflict.is_some_and(|start| earlier.start > start));
        if name == RELEASE {
            if is_other_side {
                self.release.pop();
            }
            self.release.push((process.name.at, command));
        }
        let Some(earlier) = earlier else {
            self.processes.push(process);
            return;
        };
        if name != RELEASE && !is_other_side {
            let problem = ProcfileProblem::DuplicateName { name: name.to_string(), joined: None };
            problems.push_related(problem, process.name.at, earlier);
        }
        self.processes[index] = process;
    }

    /// Whether a line declares `web`, wherever it is.
    fn has_web(&mut self, content: &str) -> bool {
        *self.has_web.get_or_insert_with(|| declares_web(content))
    }

    /// Notes a line that marks a merge conflict.
    fn marker(&mut self, text: &str, start: usize) {
        match text.trim_start_matches(BLANKS).chars().next() {
            Some('<') => self.conflict = Some(start),
            Some('>') => self.conflict = None,
            _ => {}
        }
    }

    /// Reports every `release` except the first when all are known, so that the help can join them into one line.
    fn check_release(&self, problems: &mut Diagnostics) {
        let joined = joined(&self.release);
        for entries in self.release.windows(2) {
            let problem = ProcfileProblem::DuplicateName { name: RELEASE.to_string(), joined: joined.clone() };
            problems.push_related(problem, entries[1].0, entries[0].0);
        }
    }
}

/// The most steps that are joined into one command.
const MOST_STEPS: usize = 10;

/// The commands as one, if joining them with `&&` certainly does what was meant.
fn joined(entries: &[(Span, &str)]) -> Option<String> {
    let steps = || entries.iter().map(|(_, step)| *step);
    let is_plain = |step: &str| !step.contains(['#', ';', '&', '|', '<', '\\']);
    (entries.len() <= MOST_STEPS && steps().all(is_plain)).then(|| steps().collect::<Vec<_>>().join(" && "))
}
