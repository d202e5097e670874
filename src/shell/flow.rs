//! Walks over the lists, pipelines and compound commands of a script, and finds which programs may be running when SIGTERM
//! arrives (X4c).

use crate::shell::bounds::Unreadable;
use crate::shell::builtins::is_builtin;
use crate::shell::fate::{Fate, Outcome};
use crate::shell::script::Reason;
use crate::shell::walk::{Function, Walk, Walked};
use crate::shell::words::literal;
use brush_parser::SourceSpan;
use brush_parser::ast::{
    AndOr, AndOrList, CaseClauseCommand, CaseItemPostAction, Command, CompoundCommand, CompoundList, CompoundListItem,
    ExtendedTestExpr, FunctionDefinition, IfClauseCommand, Pipeline, Program, SeparatorOperator, SourceLocation,
    UnaryPredicate,
};
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
        self.items(items, program.location().as_ref())
    }

    pub(super) fn list(&mut self, list: &CompoundList) -> Walked<Outcome> {
        self.items(list.0.iter(), None)
    }

    fn items<'a>(
        &mut self,
        items: impl Iterator<Item = &'a CompoundListItem> + Clone,
        at: Option<&SourceSpan>,
    ) -> Walked<Outcome> {
        let start = self.effects.fates.len();
        let mut before = Before { program: start, any: start };
        let was_dead = self.is_dead;
        let mut outcome = Outcome::SUCCESS;
        let end = || match at {
            Some(at) => Some(at.clone()),
            None => items.clone().last().and_then(SourceLocation::location),
        };
        for item in items.clone() {
            let number = self.effects.fates.len();
            let next = self.item(item)?;
            if self.is_dead {
                continue;
            }
            self.follow(&mut before, number, next, &item.0, &end);
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
        let outside = self.position;
        self.position.background = true;
        let outcome = self.in_background(list.location().as_ref(), |walk| walk.and_or(list))?;
        self.position = outside;
        Ok(outcome)
    }

    /// Walks a job.
    fn in_background(
        &mut self,
        at: Option<&SourceSpan>,
        walk: impl FnOnce(&mut Self) -> Walked<Outcome>,
    ) -> Walked<Outcome> {
        if self.subshells == 0 {
            self.holds(Reason::Background, at);
        } else {
            self.may_hold(Reason::Background);
        }
        self.effects.jobs += 1;
        let at = self.place(at);
        let outcome = self.in_fork(Some((Reason::Background, at)), walk)?;
        Ok(Outcome { fails: false, ..outcome })
    }

    /// Notes what follows the commands before number `number`.
    fn follow(
        &mut self,
        before: &mut Before,
        number: usize,
        next: Outcome,
        list: &AndOrList,
        end: &impl Fn() -> Option<SourceSpan>,
    ) {
        if next.starts {
            self.are_steps(before.program..number);
            (before.program, before.any) = (number, number);
        } else if before.any < number {
            let commands = before.any..number;
            before.any = number;
            if self.are_last(commands.clone()) {
                let start = self.place(list.location().as_ref()).start;
                let end = end().map_or(self.line.len(), |end| self.line.range(&end).end);
                self.are_before(commands, &list.first, start..end);
            }
        }
    }

    /// Whether one of some commands is the last so far.
    fn are_last(&self, commands: Range<usize>) -> bool {
        self.effects.fates[commands].contains(&Fate::Last)
    }

    /// Notes that a program may run after some commands.
    fn are_steps(&mut self, commands: Range<usize>) {
        for number in commands {
            let is_job = |hold: usize| self.effects.stays[hold].reason == Reason::Background;
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
    fn settle(&mut self, commands: Range<usize>) {
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
        let text = with_operator(self.line, &at).to_string();
        let name = name.map_or_else(|| text.clone(), |name| name.into_owned());
        self.are_held(commands, Reason::After { name, text }, at);
    }

    /// Notes that the shell waits for some commands, if they are the last.
    fn are_held(&mut self, commands: Range<usize>, reason: Reason, at: Range<usize>) {
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
        for (is_and, pipeline) in pipelines(list) {
            let first = self.effects.fates.len();
            let outcome = self.pipeline(pipeline)?;
            parts.push(Part { first, is_and, is_negated: pipeline.bang, outcome });
        }
        self.position = outside;
        Ok(self.parts(list, &parts))
    }

    /// Finds what follows each part of a list with `&&` and `||`, from its end.
    fn parts(&mut self, list: &AndOrList, parts: &[Part]) -> Outcome {
        let end = Next { starts: false, ends: true };
        let (mut success, mut failure) = (end, end);
        let mut last = self.effects.fates.len();
        for (number, part) in parts.iter().enumerate().rev() {
            let next = if part.is_negated { failure } else { success };
            if number + 1 < parts.len() {
                self.part(list, number, part.first..last, next);
            }
            let outcome = part.outcome;
            let mut runs = Next { starts: outcome.starts, ends: false };
            for (may, next) in [(outcome.succeeds, success), (outcome.fails, failure)] {
                runs.starts |= may && next.starts;
                runs.ends |= may && next.ends;
            }
            *(if part.is_and { &mut success } else { &mut failure }) = runs;
            last = part.first;
        }
        let (mut succeeds, mut fails) = (true, false);
        for Part { is_and, outcome, .. } in parts {
            if if *is_and { succeeds } else { fails } {
                (succeeds, fails) = match is_and {
                    true => (outcome.succeeds, fails || outcome.fails),
                    false => (succeeds || outcome.succeeds, outcome.fails),
                };
            }
        }
        Outcome { starts: parts.iter().any(|part| part.outcome.starts), succeeds, fails }
    }

    /// Notes what follows the commands of a part that is not the last.
    fn part(&mut self, list: &AndOrList, number: usize, commands: Range<usize>, next: Next) {
        if next.starts {
            self.are_steps(commands.clone());
        } else if self.are_last(commands.clone()) {
            if let Some(reason) = self.choice(list, number) {
                let at = self.place(list.location().as_ref());
                self.are_held(commands.clone(), reason, at);
            } else if let Some(AndOr::And(next) | AndOr::Or(next)) = list.additional.get(number) {
                let start = self.place(next.location().as_ref()).start;
                let end = self.place(list.location().as_ref()).end;
                self.are_before(commands.clone(), next, start..end);
            }
        }
        if !next.ends {
            self.settle(commands);
        }
    }

    /// `TEST && A || B`, which an `if` says better.
    fn choice(&self, list: &AndOrList, number: usize) -> Option<Reason> {
        let [AndOr::And(first), AndOr::Or(second)] = list.additional.as_slice() else { return None };
        if number != 1 || !is_test(&list.first) {
            return None;
        }
        let text = |pipeline: &Pipeline| self.line.get(self.place(pipeline.location().as_ref())).map(str::to_string);
        let (test, first, second) = (text(&list.first)?, text(first)?, text(second)?);
        let instead = format!("if {test}; then {first}; else {second}; fi");
        Some(Reason::Choice { other: second, instead })
    }

    /// Walks commands that the shell runs itself or waits for.
    fn held(
        &mut self,
        reason: Reason,
        at: Option<&SourceSpan>,
        walk: impl FnOnce(&mut Self) -> Walked<Outcome>,
    ) -> Walked<Outcome> {
        let outside = self.hold;
        if outside.is_none() {
            let at = self.place(at);
            self.hold = Some(self.hold(reason, at));
        }
        let outcome = walk(self);
        self.hold = outside;
        outcome
    }

    /// Walks commands that run in a process of their own.
    fn in_fork(
        &mut self,
        held: Option<(Reason, Range<usize>)>,
        walk: impl FnOnce(&mut Self) -> Walked<Outcome>,
    ) -> Walked<Outcome> {
        let outside = self.hold;
        if let Some((reason, at)) = held.filter(|_| outside.is_none()) {
            self.hold = Some(self.hold(reason, at));
        }
        self.forks += 1;
        let outcome = walk(self);
        self.forks -= 1;
        self.hold = outside;
        outcome.map(Outcome::forked)
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Walked<Outcome> {
        let at = pipeline.location();
        let outcome = match pipeline.seq.as_slice() {
            [command] if pipeline.timed.is_some() => {
                self.held(Reason::Time, at.as_ref(), |walk| walk.command(command))?
            }
            [command] if pipeline.bang => {
                // The parser's span starts after the `!`.
                let mut at = self.place(at.as_ref());
                at.start = self.line[..at.start].rfind('!').unwrap_or(at.start);
                let outside = self.hold;
                if outside.is_none() {
                    self.hold = Some(self.hold(Reason::Negation, at));
                }
                let outcome = self.command(command)?;
                self.hold = outside;
                outcome
            }
            [command] => self.command(command)?,
            commands => {
                let at = self.place(at.as_ref());
                let reason = if pipeline.timed.is_some() { Reason::Time } else { Reason::Pipeline };
                self.in_fork(Some((reason, at)), |walk| {
                    let mut all = Outcome::QUIET;
                    for command in commands {
                        all = all.or(walk.command(command)?);
                    }
                    Ok(all)
                })?
            }
        };
        Ok(if pipeline.bang { outcome.inverted() } else { outcome })
    }

    fn command(&mut self, command: &Command) -> Walked<Outcome> {
        match command {
            Command::Simple(command) => self.simple(command),
            Command::Compound(command, redirections) => {
                let outcome = self.compound(command)?;
                redirections
                    .iter()
                    .flat_map(|list| &list.0)
                    .try_for_each(|redirection| self.redirection(redirection))?;
                Ok(outcome)
            }
            Command::Function(function) => self.function(function),
            Command::ExtendedTest(test, redirections) => {
                self.test(&test.expr)?;
                redirections
                    .iter()
                    .flat_map(|list| &list.0)
                    .try_for_each(|redirection| self.redirection(redirection))?;
                Ok(Outcome::QUIET)
            }
        }
    }

    fn function(&mut self, function: &FunctionDefinition) -> Walked<Outcome> {
        let name = function.fname.value.clone();
        // Such a function replaces something that this module relies on.
        if is_builtin(&name) || name.starts_with("command_not_found") {
            self.may_hold(Reason::Function(name.clone()));
        }
        self.functions += 1;
        let first = self.effects.fates.len();
        // The commands of the body run where it is called.
        let outside = (self.hold.take(), std::mem::take(&mut self.forks), std::mem::take(&mut self.kills));
        let outcome = self.in_branch(|walk| walk.compound(&function.body.0))?;
        for redirection in function.body.1.iter().flat_map(|list| &list.0) {
            self.redirection(redirection)?;
        }
        let kills = self.kills;
        (self.hold, self.forks, self.kills) = outside;
        self.functions -= 1;
        let body = first..self.effects.fates.len();
        self.settle(body.clone());
        for fate in &mut self.effects.fates[body.clone()] {
            if *fate == Fate::Last {
                *fate = Fate::Called;
            }
        }
        self.effects.functions.push(Function { name, body, starts: outcome.starts, kills });
        Ok(Outcome::SUCCESS)
    }

    fn compound(&mut self, command: &CompoundCommand) -> Walked<Outcome> {
        let at = command.location();
        match command {
            CompoundCommand::Arithmetic(command) => {
                self.parentheses(&command.loc, true)?;
                self.text(&command.expr.value)?;
                Ok(Outcome::QUIET)
            }
            CompoundCommand::ArithmeticForClause(command) => {
                for expression in [&command.initializer, &command.condition, &command.updater].into_iter().flatten() {
                    self.text(&expression.value)?;
                }
                self.in_loop(at.as_ref(), |walk| walk.branch(&command.body.list))
            }
            CompoundCommand::BraceGroup(group) => self.list(&group.list),
            CompoundCommand::Subshell(subshell) => {
                self.parentheses(&subshell.loc, false)?;
                self.in_subshell(&subshell.list)
            }
            CompoundCommand::ForClause(command) => {
                match &command.values {
                    Some(values) => self.words(values)?,
                    None => self.positional(),
                }
                self.in_loop(at.as_ref(), |walk| walk.branch(&command.body.list))
            }
            CompoundCommand::CaseClause(command) => self.case(command),
            CompoundCommand::IfClause(command) => self.if_clause(command, at.as_ref()),
            CompoundCommand::WhileClause(command) | CompoundCommand::UntilClause(command) => {
                self.in_loop(at.as_ref(), |walk| Ok(walk.list(&command.0)?.or(walk.branch(&command.1.list)?)))
            }
            CompoundCommand::Coprocess(command) => {
                self.in_background(Some(&command.loc), |walk| walk.command(&command.body))
            }
        }
    }

    fn in_loop(&mut self, at: Option<&SourceSpan>, walk: impl FnOnce(&mut Self) -> Walked<Outcome>) -> Walked<Outcome> {
        let outcome = self.held(Reason::Loop, at, walk)?;
        Ok(Outcome { starts: outcome.starts, ..Outcome::QUIET })
    }

    fn case(&mut self, command: &CaseClauseCommand) -> Walked<Outcome> {
        self.word(&command.value)?;
        let mut outcome = Outcome::SUCCESS;
        // The commands of branches that continue with the next one.
        let mut continued = None;
        for case in &command.cases {
            self.words(&case.patterns)?;
            let first = self.effects.fates.len();
            let branch = case.cmd.as_ref().map_or(Ok(Outcome::SUCCESS), |list| self.branch(list))?;
            if let Some(start) = continued.filter(|_| branch.starts) {
                self.are_steps(start..first);
            }
            continued = (!matches!(case.post_action, CaseItemPostAction::ExitCase)).then(|| continued.unwrap_or(first));
            outcome = outcome.or(branch);
        }
        Ok(outcome)
    }

    fn if_clause(&mut self, command: &IfClauseCommand, at: Option<&SourceSpan>) -> Walked<Outcome> {
        let mut conditions = Vec::new();
        let mut condition = |walk: &mut Self, list: &CompoundList| {
            let first = walk.effects.fates.len();
            let outcome = walk.branch(list)?;
            conditions.push((first..walk.effects.fates.len(), outcome.starts));
            Ok(())
        };
        condition(self, &command.condition)?;
        let mut outcome = self.branch(&command.then)?;
        let mut is_exhaustive = false;
        for clause in command.elses.iter().flatten() {
            clause.condition.iter().try_for_each(|list| condition(self, list))?;
            is_exhaustive |= clause.condition.is_none();
            outcome = outcome.or(self.branch(&clause.body)?);
        }
        for (commands, starts) in conditions.into_iter().rev() {
            if outcome.starts {
                self.are_steps(commands);
            } else {
                let at = self.place(at);
                self.are_held(commands, Reason::Condition, at);
            }
            outcome.starts |= starts;
        }
        Ok(if is_exhaustive { outcome } else { outcome.or(Outcome::SUCCESS) })
    }

    /// bash reads `((…))` as arithmetic and everything else as subshells. The parser ignores blanks between the two
    /// parentheses, and reads a `;` inside as the end of a command.
    fn parentheses(&self, at: &SourceSpan, is_arithmetic: bool) -> Walked {
        let at = self.line.range(at);
        let text = &self.line[at.clone()];
        let agrees =
            if is_arithmetic { text.starts_with("((") && text.ends_with("))") } else { !text.starts_with("((") };
        if agrees { Ok(()) } else { Err(Unreadable { at: Some(at.start) }) }
    }

    /// Walks commands that may not run.
    fn branch(&mut self, list: &CompoundList) -> Walked<Outcome> {
        self.in_branch(|walk| walk.list(list))
    }

    fn in_branch(&mut self, walk: impl FnOnce(&mut Self) -> Walked<Outcome>) -> Walked<Outcome> {
        let outside = self.position;
        self.position.conditional = true;
        let outcome = walk(self)?;
        self.position = outside;
        Ok(outcome)
    }

    pub(super) fn in_subshell(&mut self, list: &CompoundList) -> Walked<Outcome> {
        self.subshells += 1;
        let outcome = self.in_fork(None, |walk| walk.list(list));
        self.subshells -= 1;
        outcome
    }

    fn test(&mut self, test: &ExtendedTestExpr) -> Walked {
        match test {
            ExtendedTestExpr::And(left, right) | ExtendedTestExpr::Or(left, right) => {
                self.test(left)?;
                self.test(right)
            }
            ExtendedTestExpr::Not(inner) | ExtendedTestExpr::Parenthesized(inner) => self.test(inner),
            ExtendedTestExpr::UnaryTest(predicate, word) => {
                if matches!(predicate, UnaryPredicate::ShellVariableIsSetAndAssigned) {
                    self.is_set(word);
                }
                self.word(word)
            }
            ExtendedTestExpr::BinaryTest(_, left, right) => {
                self.word(left)?;
                self.word(right)
            }
        }
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
