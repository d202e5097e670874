//! Finds what a script does to the shell that runs it.

use crate::shell::bounds::Unreadable;
use crate::shell::builtins::{changes_shell, is_builtin, is_declaration, runs_code};
use crate::shell::expansion::{is_positional, is_positional_document};
use crate::shell::invocation::{Invocation, Position};
use crate::shell::line::Line;
use crate::shell::script::Reason;
use crate::shell::syntax::parse;
use crate::shell::words::literal;
use brush_parser::SourceSpan;
use brush_parser::ast::{
    AndOr, AndOrList, Assignment, AssignmentName, AssignmentValue, Command, CommandPrefixOrSuffixItem as Item,
    CompoundCommand, CompoundList, DoGroupCommand, ExtendedTestExpr, FunctionDefinition, IoFileRedirectTarget,
    IoRedirect, Pipeline, Program, SeparatorOperator, SimpleCommand, SourceLocation, SubshellCommand, UnaryPredicate,
    Word,
};

/// What a script does to its shell.
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// It uses positional parameters, or changes them.
    pub(super) positional: bool,
    /// What keeps the shell alive while any program runs.
    pub(super) holds: Option<(Reason, Option<SourceSpan>)>,
    /// It handles SIGTERM itself, with a trap.
    pub(super) handles_sigterm: bool,
    /// What may change how the shell runs its last command, so that `exec` must not be added.
    pub(super) may_hold: Option<(Reason, Option<SourceSpan>)>,
    /// How many such things there are.
    pub(super) may_holds: usize,
    /// An expansion may end it (`set -u`, `${NAME?}`), with a different status than that of a subshell.
    pub(super) may_abort: bool,
    /// The functions that it defines.
    pub(super) functions: Vec<String>,
    /// Whether it certainly starts a program.
    pub(super) starts_program: bool,
    /// Its simple commands, except those in substitutions.
    pub(super) invocations: Vec<Invocation>,
}

impl Effects {
    /// Why the last command must stay as written.
    pub(super) fn doubt(&self) -> Option<&Reason> {
        self.holds.as_ref().or(self.may_hold.as_ref()).map(|(reason, _)| reason)
    }

    /// Whether the script starts a program, or may.
    pub(super) fn may_start_program(&self) -> bool {
        self.starts_program || self.may_hold.is_some() || !self.functions.is_empty()
    }
}

/// The effects of a script.
pub(super) fn of_program(line: &Line, program: &Program) -> Result<Effects, Unreadable> {
    let mut walk = Walk::new(line, 0);
    walk.program(program)?;
    Ok(walk.effects)
}

/// Whether the script of a command substitution uses positional parameters. Everything else in it affects only its own
/// subshell.
fn of_substitution(script: &str, depth: usize) -> Result<bool, Unreadable> {
    let line = Line::new(script);
    let mut walk = Walk::new(&line, depth);
    let walked = parse(&line, false).and_then(|program| walk.program(&program));
    // A place in the substitution is not a place in the line.
    walked.map(|()| walk.effects.positional).map_err(|_| Unreadable { at: None })
}

/// The options of `set -o` that do not affect the program that replaces the shell.
const QUIET_OPTIONS: [&str; 6] = ["allexport", "errexit", "noclobber", "noglob", "nounset", "pipefail"];

/// The letters of an argument of `set`, if it is an option.
fn option_letters(argument: &str) -> Option<&str> {
    argument.strip_prefix(['-', '+']).filter(|letters| !letters.is_empty() && !letters.starts_with('-'))
}

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

type Walked = Result<(), Unreadable>;

struct Walk<'l> {
    line: &'l Line<'l>,
    effects: Effects,
    /// How many expansions the script is inside.
    depth: usize,
    /// How many function bodies the walk is inside. Positional parameters there belong to the function.
    functions: usize,
    /// How many subshells the walk is inside. Their jobs do not belong to this shell.
    subshells: usize,
    /// The position of the commands that it visits.
    position: Position,
}

impl<'l> Walk<'l> {
    fn new(line: &'l Line<'l>, depth: usize) -> Self {
        let (effects, position) = (Effects::default(), Position::default());
        Self { line, effects, depth, functions: 0, subshells: 0, position }
    }

    fn program(&mut self, program: &Program) -> Walked {
        program.complete_commands.iter().try_for_each(|list| self.list(list))
    }

    fn holds(&mut self, reason: Reason, at: Option<SourceSpan>) {
        self.effects.holds.get_or_insert((reason, at));
    }

    fn may_hold(&mut self, reason: Reason, at: Option<SourceSpan>) {
        self.effects.may_hold.get_or_insert((reason, at));
        self.effects.may_holds += 1;
    }

    fn positional(&mut self) {
        self.effects.positional |= self.functions == 0;
    }

    fn list(&mut self, list: &CompoundList) -> Walked {
        let outside = self.position;
        for item in &list.0 {
            if matches!(item.1, SeparatorOperator::Async) {
                self.background(item.0.location());
                self.position.background = true;
            }
            self.and_or(&item.0)?;
            self.position = outside;
        }
        Ok(())
    }

    fn background(&mut self, at: Option<SourceSpan>) {
        if self.subshells == 0 { self.holds(Reason::Background, at) } else { self.may_hold(Reason::Background, at) }
    }

    fn and_or(&mut self, list: &AndOrList) -> Walked {
        let outside = self.position;
        // If there is an alternative after `||`, or a test before `&&`, not every command is meant to run.
        self.position.conditional |= list.additional.iter().any(|next| matches!(next, AndOr::Or(_)))
            || (!list.additional.is_empty() && is_test(&list.first));
        self.pipeline(&list.first)?;
        for AndOr::And(pipeline) | AndOr::Or(pipeline) in &list.additional {
            self.pipeline(pipeline)?;
        }
        self.position = outside;
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Walked {
        pipeline.seq.iter().try_for_each(|command| self.command(command))
    }

    fn command(&mut self, command: &Command) -> Walked {
        match command {
            Command::Simple(command) => self.simple(command),
            Command::Compound(command, redirections) => {
                self.compound(command)?;
                redirections.iter().flat_map(|list| &list.0).try_for_each(|redirection| self.redirection(redirection))
            }
            Command::Function(function) => self.function(function),
            Command::ExtendedTest(test, redirections) => {
                self.test(&test.expr)?;
                redirections.iter().flat_map(|list| &list.0).try_for_each(|redirection| self.redirection(redirection))
            }
        }
    }

    fn function(&mut self, function: &FunctionDefinition) -> Walked {
        let name = function.fname.value.clone();
        // Such a function replaces something that this module relies on.
        if is_builtin(&name) || name.starts_with("command_not_found") {
            self.may_hold(Reason::Function(name.clone()), function.fname.loc.clone());
        }
        self.effects.functions.push(name);
        self.functions += 1;
        self.in_branch(|walk| walk.compound(&function.body.0))?;
        for redirection in function.body.1.iter().flat_map(|list| &list.0) {
            self.redirection(redirection)?;
        }
        self.functions -= 1;
        Ok(())
    }

    fn compound(&mut self, command: &CompoundCommand) -> Walked {
        match command {
            CompoundCommand::Arithmetic(command) => {
                self.parentheses(&command.loc, true)?;
                self.text(&command.expr.value)
            }
            CompoundCommand::ArithmeticForClause(command) => {
                for expression in [&command.initializer, &command.condition, &command.updater].into_iter().flatten() {
                    self.text(&expression.value)?;
                }
                self.body(&command.body)
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
                self.body(&command.body)
            }
            CompoundCommand::CaseClause(command) => {
                self.word(&command.value)?;
                for case in &command.cases {
                    self.words(&case.patterns)?;
                    case.cmd.iter().try_for_each(|list| self.branch(list))?;
                }
                Ok(())
            }
            CompoundCommand::IfClause(command) => {
                self.list(&command.condition)?;
                self.branch(&command.then)?;
                for clause in command.elses.iter().flatten() {
                    clause.condition.iter().try_for_each(|list| self.branch(list))?;
                    self.branch(&clause.body)?;
                }
                Ok(())
            }
            CompoundCommand::WhileClause(command) | CompoundCommand::UntilClause(command) => {
                self.list(&command.0)?;
                self.body(&command.1)
            }
            CompoundCommand::Coprocess(command) => {
                self.background(Some(command.loc.clone()));
                self.command(&command.body)
            }
        }
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

    fn body(&mut self, group: &DoGroupCommand) -> Walked {
        self.branch(&group.list)
    }

    /// Walks commands that may not run.
    fn branch(&mut self, list: &CompoundList) -> Walked {
        self.in_branch(|walk| walk.list(list))
    }

    fn in_branch(&mut self, walk: impl FnOnce(&mut Self) -> Walked) -> Walked {
        let outside = self.position;
        self.position.conditional = true;
        walk(self)?;
        self.position = outside;
        Ok(())
    }

    fn test(&mut self, test: &ExtendedTestExpr) -> Walked {
        match test {
            ExtendedTestExpr::And(left, right) | ExtendedTestExpr::Or(left, right) => {
                self.test(left)?;
                self.test(right)
            }
            ExtendedTestExpr::Not(inner) | ExtendedTestExpr::Parenthesized(inner) => self.test(inner),
            ExtendedTestExpr::UnaryTest(predicate, word) => {
                // `-v 1` asks for a positional parameter.
                if matches!(predicate, UnaryPredicate::ShellVariableIsSetAndAssigned) {
                    self.positional();
                }
                self.word(word)
            }
            ExtendedTestExpr::BinaryTest(_, left, right) => {
                self.word(left)?;
                self.word(right)
            }
        }
    }

    fn simple(&mut self, command: &SimpleCommand) -> Walked {
        let name = command.word_or_name.as_ref().map(|word| literal(&word.value));
        let declares = name.as_ref().is_none_or(|name| name.as_deref().is_some_and(is_declaration));
        let prefix = command.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix = command.suffix.iter().flat_map(|suffix| &suffix.0);
        let mut arguments = Vec::new();
        for (is_prefix, item) in prefix.map(|item| (true, item)).chain(suffix.map(|item| (false, item))) {
            match item {
                Item::IoRedirect(redirection) => self.redirection(redirection)?,
                Item::Word(word) => {
                    self.word(word)?;
                    arguments.push(word);
                }
                Item::AssignmentWord(assignment, word) => {
                    // `echo a=(b)` is an error in bash.
                    if !is_prefix && !declares && matches!(assignment.value, AssignmentValue::Array(_)) {
                        return Err(Unreadable { at: None });
                    }
                    self.assignment(assignment)?;
                    if !is_prefix {
                        arguments.push(word);
                    }
                }
                Item::ProcessSubstitution(_, subshell) => self.process_substitution(subshell)?,
            }
        }
        if let Some(word) = &command.word_or_name {
            self.word(word)?;
            self.run(name.flatten().as_deref(), word, &arguments);
        }
        self.effects.invocations.push(Invocation::of(command, self.position));
        Ok(())
    }

    /// Notes what a command does to the shell, if its name is known.
    fn run(&mut self, name: Option<&str>, word: &Word, arguments: &[&Word]) {
        let at = || word.loc.clone();
        match name {
            None => self.may_hold(Reason::UnknownProgram, at()),
            Some("command") => {
                let rest = arguments.iter().position(|word| !word.value.starts_with('-'));
                if let Some((program, rest)) = rest.and_then(|first| arguments[first..].split_first()) {
                    self.run(literal(&program.value).as_deref(), program, rest);
                }
            }
            Some("exec") => self.effects.starts_program |= !arguments.is_empty(),
            Some("shift" | "getopts") => self.positional(),
            Some("test" | "[") if arguments.iter().any(|word| word.value == "-v") => self.positional(),
            Some("set") => self.set(arguments, word),
            Some("trap") => self.trap(arguments, word),
            Some(name) if runs_code(name) => self.may_hold(Reason::Code(name.to_string()), at()),
            Some(name) if changes_shell(name) => self.may_hold(Reason::Builtin(name.to_string()), at()),
            Some(name) if is_builtin(name) => {}
            Some(_) => self.effects.starts_program = true,
        }
    }

    /// `trap` needs the shell for an action, but not to ignore a signal or to reset it.
    fn trap(&mut self, arguments: &[&Word], word: &Word) {
        let reason = Reason::Builtin("trap".to_string());
        let mut arguments = arguments.iter().map(|word| literal(&word.value));
        if let Some("" | "-" | "-l" | "-p") = arguments.next().flatten().as_deref() {
            self.may_hold(reason, word.loc.clone());
            return;
        }
        let mut signals = arguments;
        self.effects.handles_sigterm |=
            signals.any(|signal| matches!(signal.as_deref(), Some("TERM" | "SIGTERM" | "15")));
        self.holds(reason, word.loc.clone());
    }

    /// `set` turns its other arguments into positional parameters. Some of its options change how the last command runs.
    fn set(&mut self, arguments: &[&Word], word: &Word) {
        let mut arguments = arguments.iter().map(|word| literal(&word.value));
        let mut is_quiet = true;
        while let Some(argument) = arguments.next() {
            let Some(options) = argument.as_deref().and_then(option_letters) else {
                is_quiet &= argument.is_some();
                self.positional();
                break;
            };
            self.effects.may_abort |= options.contains('u');
            is_quiet &= options.bytes().all(|letter| b"aefuCo".contains(&letter));
            if options.contains('o') {
                let name = arguments.next().flatten();
                self.effects.may_abort |= name.as_deref() == Some("nounset");
                is_quiet &= name.is_some_and(|name| QUIET_OPTIONS.contains(&name.as_ref()));
            }
        }
        if !is_quiet {
            self.may_hold(Reason::Builtin("set".to_string()), word.loc.clone());
        }
    }

    fn assignment(&mut self, assignment: &Assignment) -> Walked {
        let name = match &assignment.name {
            AssignmentName::VariableName(name) => name,
            AssignmentName::ArrayElementName(name, index) => {
                self.text(index)?;
                name
            }
        };
        // BASH_CMDS, BASH_ALIASES and similar arrays control the shell.
        if name.starts_with("BASH") {
            self.may_hold(Reason::Code(name.clone()), Some(assignment.loc.clone()));
        }
        // In bash, `A=(b)c` is one word.
        let rest = &self.line[self.line.range(&assignment.loc).end..];
        let is_array = matches!(assignment.value, AssignmentValue::Array(_));
        if is_array && !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_whitespace() || ";&|<>()".contains(c))
        {
            return Err(Unreadable { at: None });
        }
        match &assignment.value {
            AssignmentValue::Scalar(word) => self.word(word),
            AssignmentValue::Array(elements) => elements.iter().try_for_each(|(index, word)| {
                index.iter().try_for_each(|index| self.word(index))?;
                self.word(word)
            }),
        }
    }

    fn redirection(&mut self, redirection: &IoRedirect) -> Walked {
        match redirection {
            IoRedirect::File(_, _, target) => match target {
                IoFileRedirectTarget::Filename(word) | IoFileRedirectTarget::Duplicate(word) => self.word(word),
                IoFileRedirectTarget::Fd(_) => Ok(()),
                IoFileRedirectTarget::ProcessSubstitution(_, subshell) => self.process_substitution(subshell),
            },
            IoRedirect::HereDocument(_, document) if document.requires_expansion => {
                if is_positional_document(&document.doc.value, self.depth, &of_substitution)? {
                    self.positional();
                }
                Ok(())
            }
            IoRedirect::HereDocument(..) => Ok(()),
            IoRedirect::HereString(_, word) | IoRedirect::OutputAndError(word, _) => self.word(word),
        }
    }

    fn process_substitution(&mut self, subshell: &SubshellCommand) -> Walked {
        self.may_hold(Reason::ProcessSubstitution, Some(subshell.loc.clone()));
        self.in_subshell(&subshell.list)
    }

    fn in_subshell(&mut self, list: &CompoundList) -> Walked {
        self.subshells += 1;
        let walked = self.list(list);
        self.subshells -= 1;
        walked
    }

    fn words(&mut self, words: &[Word]) -> Walked {
        words.iter().try_for_each(|word| self.word(word))
    }

    fn word(&mut self, word: &Word) -> Walked {
        self.text(&word.value)
    }

    fn text(&mut self, text: &str) -> Walked {
        self.effects.may_abort |= text.contains('?') && text.contains("${");
        if is_positional(text, self.depth, &of_substitution)? {
            self.positional();
        }
        Ok(())
    }
}
