//! Reads the command that a variable gives `web` (S4).

use crate::diagnostics::Diagnostics;
use crate::parse::problems::{ParseProblem, empty_command};
use crate::parse::process::{Command, LONGEST_ARGUMENT, Located, Process};
use crate::text::visible::forbidden_controls;
use crate::text::{Source, Sources, Span, Variable};
use std::borrow::Cow;

/// The process type of the variable, if it is set.
pub(super) fn parse<'a>(sources: &'a Sources, problems: &mut Diagnostics) -> Vec<Process<'a>> {
    let source = Source::Variable(Variable::DefaultProcess);
    let Some(command) = sources.content(source) else { return Vec::new() };
    let at = Span::new(source, 0..command.len());
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
