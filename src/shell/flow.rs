//! Walks over the pipelines and compound commands of a script, and finds which programs may be running when SIGTERM arrives
//! (X4c).

use crate::shell::bounds::Unreadable;
use crate::shell::builtins::is_builtin;
use crate::shell::fate::{Fate, Outcome};
use crate::shell::script::Reason;
use crate::shell::walk::{Function, Walk, Walked};
use brush_parser::SourceSpan;
use brush_parser::ast::{
    CaseClauseCommand, CaseItemPostAction, Command, CompoundCommand, CompoundList, ExtendedTestExpr,
    FunctionDefinition, IfClauseCommand, Pipeline, SourceLocation, UnaryPredicate,
};

impl Walk<'_> {
    pub(super) fn pipeline(&mut self, pipeline: &Pipeline) -> Walked<Outcome> {
        let outcome = match pipeline.seq.as_slice() {
            [command] if pipeline.timed.is_some() => {
                self.held(Reason::Time, pipeline.location().as_ref(), |walk| walk.command(command))?
            }
            [command] if pipeline.bang => {
                // The parser's span starts after the `!`.
                let mut at = self.place(pipeline.location().as_ref());
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
                let at = self.place(pipeline.location().as_ref());
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
        if self.functions == 0 {
            self.definition = (self.optional, self.forks);
        }
        self.functions += 1;
        let first = self.effects.fates.len();
        // The commands of the body run where it is called.
        let outside = (self.hold.take(), std::mem::take(&mut self.forks), std::mem::take(&mut self.kills));
        let optional = self.optional;
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
        self.effects.functions.push(Function { name, body, outcome, optional, forks: self.forks, kills });
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
