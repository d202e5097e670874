//! Walks over lists, and finds what follows each of their commands (X4c).

use crate::shell::builtins::is_builtin;
use crate::shell::fate::{Fate, Outcome};
use crate::shell::script::Reason;
use crate::shell::walk::{Walk, Walked};
use crate::shell::words::literal;
use crate::text::quote::enough;
use brush_parser::SourceSpan;
use brush_parser::ast::{
    AndOr, AndOrList, Command, CompoundList, CompoundListItem, Pipeline, Program, SeparatorOperator, SourceLocation,
};
use std::borrow::Cow;
use std::ops::Range;

/// Whether a pipeline is only a test.
fn is_test(pipeline: &Pipeline) -> bool {
    match pipeline.seq.as_slice() {
        [Command::ExtendedTest(..)] => true,
        [Command::Simple(command)] => {
            let name = command.word_or_name.as_ref().and_then(|word| literal(&word.value));
            matches!(name.as_deref(), Some("[" | "test" | "command" | "type" | "which" | "grep"))
        }
        _ => false,
    }
}

/// Which of the commands before the one that a list has come to are still the last.
struct Before {
    /// Commands before this one are not followed by a program yet.
    program: usize,
    /// Commands before this one are not followed by anything yet.
    any: usize,
}

/// A pipeline of a list with `&&` and `||`.
struct Part {
    /// Its first command.
    first: usize,
    /// The byte at which it starts, if the parser knows.
    start: Option<usize>,
    /// The byte at which it ends, or else the last part before it of which the parser knows.
    end: usize,
    is_and: bool,
    is_negated: bool,
    outcome: Outcome,
}

/// What may follow a part of such a list, by its exit status.
#[derive(Clone, Copy)]
struct Next {
    /// A program may start.
    starts: bool,
    /// The list may come to its end.
    ends: bool,
}

impl Walk<'_> {
    pub(super) fn program(&mut self, program: &Program) -> Walked<Outcome> {
        let items = program.complete_commands.iter().flat_map(|list| &list.0);
        self.items(&items)
    }

    pub(super) fn list(&mut self, list: &CompoundList) -> Walked<Outcome> {
        self.items(&list.0.iter())
    }

    fn items<'a>(&mut self, items: &(impl Iterator<Item = &'a CompoundListItem> + Clone)) -> Walked<Outcome> {
        let start = self.effects.fates.len();
        let mut before = Before { program: start, any: start };
        let was_dead = self.is_dead;
        let mut outcome = Outcome::SUCCESS;
        let end = items.clone().last().and_then(SourceLocation::location);
        for item in items.clone() {
            let number = self.effects.fates.len();
            let next = self.item(item)?;
            if self.is_dead {
                continue;
            }
            self.follow(&mut before, number, next, &item.0, end.as_ref());
            outcome = Outcome { starts: outcome.starts || next.starts, ..next };
            self.is_dead |= next.leaves();
        }
        self.is_dead = was_dead;
        Ok(outcome)
    }

    fn item(&mut self, CompoundListItem(list, separator): &CompoundListItem) -> Walked<Outcome> {
        if !matches!(separator, SeparatorOperator::Async) {
            return self.and_or(list);
        }
        let first = self.effects.fates.len();
        let outcome = self.in_background(list.location().as_ref(), |walk| walk.and_or(list))?;
        if self.forks == 0 && self.is_program(list) {
            self.effects.direct_jobs.push(first);
        }
        Ok(outcome)
    }

    /// Whether a list is one program, with which the process of a job replaces itself.
    fn is_program(&self, list: &AndOrList) -> bool {
        let AndOrList { first: Pipeline { timed: None, bang: false, seq }, additional } = list else { return false };
        let ([Command::Simple(command)], []) = (seq.as_slice(), additional.as_slice()) else { return false };
        let name = command.word_or_name.as_ref().and_then(|word| literal(&word.value));
        name.is_some_and(|name| name == "exec" || !is_builtin(&name) && self.effects.function(&name).is_none())
    }

    /// Notes what follows the commands before number `number`.
    fn follow(
        &mut self,
        before: &mut Before,
        number: usize,
        next: Outcome,
        list: &AndOrList,
        end: Option<&SourceSpan>,
    ) {
        if next.starts {
            self.are_steps(before.program..number);
            (before.program, before.any) = (number, number);
        } else if before.any < number {
            let commands = before.any..number;
            before.any = number;
            if self.are_last(commands.clone()) {
                let start = self.place(list.location().as_ref()).start;
                let end = end.map_or(self.line.len(), |end| self.line.range(end).end);
                self.are_before(commands, &list.first, start..end.max(start));
            }
        }
    }

    /// Whether one of some commands is the last so far.
    fn are_last(&self, commands: Range<usize>) -> bool {
        self.effects.fates[commands].contains(&Fate::Last)
    }

    /// Notes that a program may run after some commands.
    pub(super) fn are_steps(&mut self, commands: Range<usize>) {
        for number in commands {
            let is_job = |hold: usize| {
                self.effects.invocations[number].position.background
                    || self.effects.stays[hold].reason == Reason::Background
            };
            match self.effects.fates[number] {
                Fate::Last => self.effects.fates[number] = Fate::Step,
                Fate::Stays(hold) if !is_job(hold) && !self.effects.stays[hold].is_settled => {
                    self.effects.fates[number] = Fate::Step;
                }
                _ => {}
            }
        }
    }

    /// Notes that nothing which follows in the line runs after some commands.
    pub(super) fn settle(&mut self, commands: Range<usize>) {
        for number in commands {
            if let Fate::Stays(hold) = self.effects.fates[number] {
                self.effects.stays[hold].is_settled = true;
            }
        }
    }

    /// Notes what else, in these bytes of the line, runs after some commands.
    fn are_before(&mut self, commands: Range<usize>, next: &Pipeline, at: Range<usize>) {
        let name = match next.seq.as_slice() {
            [Command::Simple(command)] => command.word_or_name.as_ref().and_then(|word| literal(&word.value)),
            _ => None,
        };
        // Each program of a long list has almost all of the list behind it.
        let text = enough(with_operator(self.line, &at)).to_string();
        let name = name.map_or_else(|| text.clone(), Cow::into_owned);
        self.are_held(commands, Reason::After { name, text }, at);
    }

    /// Notes that the shell waits for some commands, if they are the last.
    pub(super) fn are_held(&mut self, commands: Range<usize>, reason: Reason, at: Range<usize>) {
        if !self.are_last(commands.clone()) {
            return;
        }
        let hold = self.hold(reason, at);
        for fate in &mut self.effects.fates[commands] {
            if *fate == Fate::Last {
                *fate = Fate::Stays(hold);
            }
        }
    }

    fn and_or(&mut self, list: &AndOrList) -> Walked<Outcome> {
        if list.additional.is_empty() {
            return self.pipeline(&list.first);
        }
        let outside = self.position;
        // If there is an alternative after `||`, or a test before `&&`, not every command is meant to run.
        self.position.conditional |=
            list.additional.iter().any(|next| matches!(next, AndOr::Or(_))) || is_test(&list.first);
        let mut parts = Vec::with_capacity(1 + list.additional.len());
        let (was_optional, was_dead) = (self.optional, self.is_dead);
        let (mut all, mut end) = (Outcome::SUCCESS, 0);
        for (is_and, pipeline) in pipelines(list) {
            let first = self.effects.fates.len();
            let outcome = self.pipeline(pipeline)?;
            self.optional = Some(self.effects.fates.len());
            let at = pipeline.location().map(|at| self.line.range(&at));
            end = at.as_ref().map_or(end, |at| at.end);
            let start = at.map(|at| at.start);
            parts.push(Part { first, start, end, is_and, is_negated: pipeline.bang, outcome });
            all = all.then(is_and, outcome);
            self.is_dead |= all.leaves();
        }
        self.position = outside;
        (self.optional, self.is_dead) = (was_optional, was_dead);
        self.parts(list, &parts);
        Ok(all)
    }

    /// Finds what follows each part of a list with `&&` and `||`, from its end.
    fn parts(&mut self, list: &AndOrList, parts: &[Part]) {
        let end = Next { starts: false, ends: true };
        let (mut success, mut failure) = (end, end);
        let mut behind = self.effects.fates.len();
        let mut known = self.line.len()..parts.last().map_or(0, |part| part.end);
        for (number, part) in parts.iter().enumerate().rev() {
            let next = if part.is_negated { failure } else { success };
            if number + 1 < parts.len() {
                self.part(list, number, part.first..behind, next, self.rest(part.end, &known));
            }
            let outcome = part.outcome;
            let mut runs = Next { starts: outcome.starts, ends: false };
            for (may, next) in [(outcome.succeeds, success), (outcome.fails, failure)] {
                runs.starts |= may && next.starts;
                runs.ends |= may && next.ends;
            }
            *(if part.is_and { &mut success } else { &mut failure }) = runs;
            behind = part.first;
            known.start = part.start.unwrap_or(known.start);
        }
    }

    /// Notes what follows the commands of a part that is not the last. `rest`: the bytes of that.
    fn part(&mut self, list: &AndOrList, number: usize, commands: Range<usize>, next: Next, rest: Range<usize>) {
        if next.starts {
            self.are_steps(commands.clone());
        } else if self.are_last(commands.clone()) {
            if let Some(reason) = self.choice(list, number) {
                let at = self.place(list.location().as_ref());
                self.are_held(commands.clone(), reason, at);
            } else if let Some(AndOr::And(next) | AndOr::Or(next)) = list.additional.get(number) {
                self.are_before(commands.clone(), next, rest);
            }
        }
        if !next.ends {
            self.settle(commands);
        }
    }

    /// The bytes of what follows a part of a list, without the operator before it. The parser knows no place of a
    /// redirection, so operators are looked for where it may be: between `before`, where it knows of no part up to this
    /// one any more, and `known`, what it knows behind it.
    fn rest(&self, before: usize, known: &Range<usize>) -> Range<usize> {
        let between = self.line.get(before..known.start).unwrap_or_default();
        let operator = between.as_bytes().windows(2).position(|pair| matches!(pair, b"&&" | b"||"));
        let start = operator.map_or(known.start, |at| before + at + 2);
        let rest = self.line[start..].trim_start();
        let start = self.line.len() - rest.len();
        let end = Some(known.end).filter(|end| *end >= start);
        start..end.unwrap_or_else(|| start + rest.find([';', '&', '|', '\n', ')']).unwrap_or(rest.len()))
    }

    /// `TEST && A || B`, which an `if` says better.
    fn choice(&self, list: &AndOrList, number: usize) -> Option<Reason> {
        let [AndOr::And(first), AndOr::Or(second)] = list.additional.as_slice() else { return None };
        if number != 1 || !is_test(&list.first) {
            return None;
        }
        let text = |pipeline: &Pipeline| self.line.get(self.place(pipeline.location().as_ref())).map(str::to_string);
        let (condition, first, second) = (text(&list.first)?, text(first)?, text(second)?);
        let instead = format!("if {condition}; then {first}; else {second}; fi");
        Some(Reason::Choice { other: second, instead })
    }
}

/// The pipelines of a list, and whether each runs after a success.
fn pipelines(list: &AndOrList) -> impl Iterator<Item = (bool, &Pipeline)> {
    let next = list.additional.iter().map(|next| match next {
        AndOr::And(pipeline) => (true, pipeline),
        AndOr::Or(pipeline) => (false, pipeline),
    });
    std::iter::once((true, &list.first)).chain(next)
}

/// A command with the operator before it: `|| exit 1`.
fn with_operator<'l>(line: &'l str, at: &Range<usize>) -> &'l str {
    let before = line[..at.start].trim_end();
    let operator = ["||", "&&", ";"].into_iter().find(|operator| before.ends_with(operator));
    let start = operator.map_or(at.start, |operator| before.len() - operator.len());
    &line[start..at.end]
}
