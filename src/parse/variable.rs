//! Reads the command that a variable gives `web` (S4).

use crate::diagnostics::Diagnostics;
use crate::parse::names::is_process_type;
use crate::parse::problems::{ParseProblem, empty_command};
use crate::parse::process::{Command, LONGEST_ARGUMENT, Located, Process};
use crate::text::visible::forbidden_controls;
use crate::text::{Source, Sources, Span, Variable, punctuation};
use std::borrow::Cow;

/// The parts of a value that is an entry of a Procfile.
fn entry(value: &str) -> Option<(&str, &str)> {
    let (name, command) = value.split_once(':')?;
    // The name of a program can contain a colon.
    (command.starts_with([' ', '\t']) && is_process_type(name)).then_some((name, command))
}

/// The process type of the variable, if it is set.
pub(super) fn parse<'a>(sources: &'a Sources, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let source = Source::Variable(Variable::DefaultProcess);
    let Some(command) = sources.content(source) else { return Vec::new() };
    let at = Span::new(source, 0..command.len());
    if let Some((name, rest)) = entry(command) {
        let lines = rest.trim().lines().count();
        let command = Some(rest.trim().to_string()).filter(|_| lines == 1);
        problems.push(
            ParseProblem::EntryInVariable { name: name.to_string(), command },
            Span::new(source, 0..name.len() + 1),
        );
        return Vec::new();
    }
    if let Some(found) = punctuation(command) {
        let problem = ParseProblem::SmartPunctuation { character: found.character, plain: found.plain, is_line: true };
        problems.push(problem, Span::new(source, found.at));
    }
    if let Some((range, character)) = forbidden_controls(command).next() {
        problems.push(ParseProblem::ControlCharacter { character }, Span::new(source, range));
    }
    if command.len() > LONGEST_ARGUMENT {
        problems.push(ParseProblem::TooLong { what: "a command", bytes: command.len() }, at);
    }
    if let Some(problem) = empty_command("web", command) {
        problems.push(problem, at);
        return Vec::new();
    }
    let command = Located { value: Command::Line(Cow::Borrowed(command)), at };
    vec![Process::new(Located { value: Cow::Borrowed("web"), at }, Some(command))]
}
