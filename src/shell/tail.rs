//! Lets the last program of a script replace the shell: adds `exec` before it and `"$@"` after it (X3, X4, X4a).

use crate::shell::builtins::{is_builtin, runs_code};
use crate::shell::edit::{Edit, Insert};
use crate::shell::effects::behind;
use crate::shell::fate::Fate;
use crate::shell::line::Line;
use crate::shell::script::{Dialect, Given, Reason};
use crate::shell::walk::{Effects, Function};
use crate::shell::words::literal;
use brush_parser::ast::{
    AndOr, AndOrList, BraceGroupCommand, CaseItem, CaseItemPostAction, Command, CommandPrefixOrSuffixItem as Item,
    CommandSuffix, CompoundCommand, CompoundList, CompoundListItem, Pipeline, Program, SeparatorOperator,
    SimpleCommand, SourceLocation, SubshellCommand, Word,
};
use std::ops::Range;

/// Rewrites a program so that its last program replaces the shell and gets the arguments. The same changes of the line, in
/// the order of their places, and its last commands as they run if it is `given` like that.
pub(super) fn rewrite(
    line: &Line,
    program: &mut Program,
    effects: &Effects,
    dialect: Dialect,
    given: Given,
) -> (Vec<Edit>, Vec<Leaf>) {
    let is_served = effects.fates.iter().any(|fate| matches!(fate, Fate::Stays(_)));
    let gives_way =
        given != Given::File && dialect == Dialect::Bash && gives_way(line, program) && !effects.traps.are_set;
    let mut tail = Tail { line, effects, given, is_served, next: 0, edits: Vec::new() };
    let last = program.complete_commands.last_mut();
    let mut leaves = last.map_or_else(Vec::new, |list| tail.list(list, gives_way));
    let mut edits = tail.edits;
    if given != Given::Rewritten {
        leaves.iter_mut().for_each(Leaf::stays_as_written);
    }
    edits.sort_by_key(|edit| edit.at.start);
    (edits, leaves)
}

/// Whether bash itself replaces itself with the last command, if that is a simple one without redirections: a command by
/// itself, or the right side of the last operator of the line, after which the text ends (measured with bash 5.2). dash
/// and busybox are not asked for that.
fn gives_way(line: &Line, program: &Program) -> bool {
    let Some(commands) = program.complete_commands.last() else { return false };
    let is_right_side = match commands.0.as_slice() {
        [_] => true,
        [.., CompoundListItem(_, before), CompoundListItem(last, _)] => {
            matches!(before, SeparatorOperator::Sequence) && last.additional.is_empty()
        }
        [] => false,
    };
    let rest = || commands.location().map_or("", |at| &line[line.range(&at).end..]);
    // Most lines have no end of line.
    is_right_side && (!line.contains('\n') || rest().find('\n').is_none_or(|end| end + 1 == rest().len()))
}

/// A command that may be the last to run.
pub(super) struct Leaf {
    /// Its number among the simple commands.
    pub(super) number: Option<usize>,
    pub(super) end: End,
    pub(super) passes_arguments: bool,
}

impl Leaf {
    fn stays_as_written(&mut self) {
        self.passes_arguments = false;
        if matches!(self.end, End::WithExec) {
            self.end = End::Stays(Reason::NoExec);
        }
    }
}

/// What happens to the shell at the last command.
#[derive(Debug)]
pub(super) enum End {
    /// The program replaces it.
    Program,
    /// The program replaces it with the `exec` that is added.
    WithExec,
    /// The program replaces it before the last command, with an `exec` that is written.
    Early,
    /// There is no program: a builtin, or no command at all.
    Nothing(Reason),
    /// It waits for the program.
    Stays(Reason),
    /// It runs something that is not a simple command.
    Runs,
}

/// Walks down to the last commands, changing the tree as the edits will change the line.
struct Tail<'s> {
    line: &'s Line<'s>,
    effects: &'s Effects,
    given: Given,
    /// Whether another command runs the program that serves.
    is_served: bool,
    /// The number of the next simple command.
    next: usize,
    edits: Vec<Edit>,
}

impl Tail<'_> {
    /// `is_plain`: bash itself replaces itself with such a last command.
    fn list(&mut self, list: &mut CompoundList, is_plain: bool) -> Vec<Leaf> {
        let Some(CompoundListItem(commands, separator)) = list.0.last_mut() else { return Vec::new() };
        match separator {
            SeparatorOperator::Async => runs(),
            SeparatorOperator::Sequence => self.and_or(commands, is_plain),
        }
    }

    fn and_or(&mut self, list: &mut AndOrList, is_plain: bool) -> Vec<Leaf> {
        match list.additional.last_mut() {
            Some(AndOr::And(pipeline) | AndOr::Or(pipeline)) => self.pipeline(pipeline, is_plain),
            None => self.pipeline(&mut list.first, is_plain),
        }
    }

    fn pipeline(&mut self, pipeline: &mut Pipeline, is_plain: bool) -> Vec<Leaf> {
        match pipeline.seq.as_mut_slice() {
            [command] if pipeline.timed.is_none() && !pipeline.bang => self.command(command, is_plain),
            _ => runs(),
        }
    }

    fn command(&mut self, command: &mut Command, is_plain: bool) -> Vec<Leaf> {
        match command {
            Command::Simple(command) => {
                let number = self.number(command);
                let is_dead = number.is_some_and(|number| self.effects.fates[number] == Fate::Never);
                if is_dead { Vec::new() } else { vec![self.simple(command, number, is_plain)] }
            }
            Command::Compound(CompoundCommand::Subshell(subshell), redirections) => match self.subshell(subshell) {
                Ok((group, leaves)) => {
                    let redirections = redirections.take();
                    *command = Command::Compound(CompoundCommand::BraceGroup(group), redirections);
                    leaves
                }
                Err(leaves) => leaves,
            },
            Command::Compound(command, _) => self.compound(command),
            Command::Function(_) | Command::ExtendedTest(..) => nothing(),
        }
    }

    /// The number of a simple command, of those that were walked over.
    fn number(&mut self, command: &SimpleCommand) -> Option<usize> {
        let start = command.word_or_name.as_ref()?.loc.as_ref()?.start.index;
        let rest = self.effects.invocations.iter().enumerate().skip(self.next);
        let is_same = |words: &[Range<usize>]| words.first().is_some_and(|first| first.start == start);
        let number = rest.filter(|(_, invocation)| is_same(&invocation.words)).map(|(number, _)| number).next()?;
        self.next = number + 1;
        Some(number)
    }

    fn compound(&mut self, command: &mut CompoundCommand) -> Vec<Leaf> {
        match command {
            CompoundCommand::BraceGroup(group) => self.list(&mut group.list, false),
            CompoundCommand::IfClause(clause) => {
                let mut leaves = self.list(&mut clause.then, false);
                for clause in clause.elses.iter_mut().flatten() {
                    leaves.extend(self.list(&mut clause.body, false));
                }
                leaves
            }
            CompoundCommand::CaseClause(clause) => {
                // A branch that ends in `;&` or `;;&` continues with the next one.
                let final_case = clause.cases.len().saturating_sub(1);
                let ends = |(number, case): &(usize, &mut CaseItem)| {
                    *number == final_case || matches!(case.post_action, CaseItemPostAction::ExitCase)
                };
                let last = clause.cases.iter_mut().enumerate().filter(ends);
                last.filter_map(|(_, case)| case.cmd.as_mut()).flat_map(|body| self.list(body, false)).collect()
            }
            CompoundCommand::ForClause(_)
            | CompoundCommand::ArithmeticForClause(_)
            | CompoundCommand::WhileClause(_)
            | CompoundCommand::UntilClause(_)
            // A subshell is handled in `command`.
            | CompoundCommand::Subshell(_)
            | CompoundCommand::Coprocess(_) => runs(),
            CompoundCommand::Arithmetic(_) => nothing(),
        }
    }

    /// Turns a subshell into a brace group if its program can replace it, which saves a process. Any other subshell stays.
    fn subshell(&mut self, subshell: &SubshellCommand) -> Result<(BraceGroupCommand, Vec<Leaf>), Vec<Leaf>> {
        let mut list = subshell.list.clone();
        let edits_before = self.edits.len();
        let mut leaves = self.list(&mut list, false);
        let hands_over = leaves.iter().any(|leaf| matches!(leaf.end, End::Program | End::WithExec));
        let stays = leaves.iter().any(|leaf| matches!(leaf.end, End::Stays(_) | End::Runs));
        let is_word = self.given == Given::Word;
        if !hands_over
            || stays
            || is_word
            || self.may_replace(subshell)
            || self.effects.doubt().is_some()
            || self.effects.may_abort
        {
            self.edits.truncate(edits_before);
            for leaf in &mut leaves {
                leaf.passes_arguments = false;
                if matches!(leaf.end, End::Program | End::WithExec | End::Early | End::Stays(_)) {
                    leaf.end = End::Stays(Reason::Subshell);
                }
            }
            return Err(leaves);
        }
        if self.given == Given::File {
            // An `exec` that is already there only replaces the subshell.
            let programs = leaves.iter_mut().filter(|leaf| matches!(leaf.end, End::Program));
            programs.for_each(|leaf| leaf.end = End::Stays(Reason::Subshell));
        }
        self.early(subshell, &mut leaves);
        let at = self.line.range(&subshell.loc);
        let before = self.line[..at.start].chars().next_back();
        let inside = self.line[..at.end - 1].trim_end_matches([' ', '\t']);
        let after = self.line[at.end..].chars().next();
        let first = self.line[at.start + 1..].chars().next();
        let is_spaced = first.is_some_and(|c| c.is_ascii_whitespace());
        let is_separate = before.is_none_or(|c| c.is_ascii_whitespace() || ";&|({".contains(c));
        let is_escaped = inside.trim_end_matches(';').bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        let is_ended = inside.ends_with('\n') || (inside.ends_with(';') && !is_escaped);
        let needs_blank = after.is_some_and(|c| !c.is_ascii_whitespace() && !";&|)".contains(c));
        let close = match (is_ended, needs_blank) {
            (true, false) => "}",
            (true, true) => "} ",
            (false, false) => "; }",
            (false, true) => "; } ",
        };
        let open = match (is_separate, is_spaced) {
            (true, true) => "{",
            (true, false) => "{ ",
            (false, true) => " {",
            (false, false) => " { ",
        };
        self.edits.push(Edit { at: at.start..at.start + 1, what: Insert::Brace(open) });
        self.edits.push(Edit { at: at.end - 1..at.end, what: Insert::Brace(close) });
        Ok((BraceGroupCommand { list, loc: subshell.loc.clone() }, leaves))
    }

    /// Whether a function that a subshell calls may replace it, although something follows.
    fn may_replace(&self, subshell: &SubshellCommand) -> bool {
        let Effects { functions, fates, forked_calls, .. } = self.effects;
        let replaces = |function: &Function| fates[function.body.clone()].contains(&Fate::Replaces);
        let is_step = |number: &&usize| fates[**number] == Fate::Step && self.is_inside(subshell, **number);
        forked_calls.iter().any(|number| is_step(&number)) && functions.iter().any(replaces)
    }

    fn is_inside(&self, subshell: &SubshellCommand, number: usize) -> bool {
        let at = subshell.loc.start.index..subshell.loc.end.index;
        at.contains(&self.effects.invocations[number].range().start)
    }

    /// Adds the programs that replace a subshell before its last command. In a brace group they replace the shell.
    fn early(&self, subshell: &SubshellCommand, leaves: &mut Vec<Leaf>) {
        if self.given == Given::File {
            return;
        }
        let inside = (0..self.effects.fates.len()).filter(|number| self.is_inside(subshell, *number));
        let early = inside.filter(|number| self.effects.fates[*number] == Fate::Last);
        let early: Vec<usize> =
            early.filter(|number| !leaves.iter().any(|leaf| leaf.number == Some(*number))).collect();
        leaves.extend(early.into_iter().map(|number| Leaf {
            number: Some(number),
            end: End::Early,
            passes_arguments: false,
        }));
    }

    fn simple(&mut self, command: &mut SimpleCommand, number: Option<usize>, is_plain: bool) -> Leaf {
        let leaf = |end, passes_arguments| Leaf { number, end, passes_arguments };
        let Some(word) = &command.word_or_name else { return leaf(End::Nothing(Reason::NoCommand), false) };
        let name = literal(&word.value).map(std::borrow::Cow::into_owned);
        let mut items = command
            .prefix
            .iter()
            .flat_map(|prefix| &prefix.0)
            .chain(command.suffix.iter().flat_map(|suffix| &suffix.0));
        let is_plain = is_plain && !items.any(|item| matches!(item, Item::IoRedirect(_)));
        let is_certain = self.effects.doubt().is_none();
        match name.as_deref().filter(|name| !name.is_empty() && !name.starts_with(['-', '+', '%'])) {
            None => {
                let end = if is_plain { End::Program } else { End::Stays(Reason::UnknownProgram) };
                let is_only_doubt = match &name {
                    None => self.effects.may_holds == 1 && self.effects.holds.is_none(),
                    Some(name) => name.is_empty() && is_certain,
                };
                leaf(end, is_only_doubt && self.add_arguments(command))
            }
            Some(name) if self.effects.function(name).is_some() => {
                leaf(End::Stays(Reason::Function(name.to_string())), false)
            }
            Some(name) if is_builtin(name) => {
                let arguments: Vec<&Word> = command.suffix.iter().flat_map(arguments).collect();
                let (end, gets_arguments) = self.builtin(name, &arguments, is_plain);
                leaf(end, gets_arguments && self.add_arguments(command))
            }
            Some(_) if self.is_served && number.is_some_and(|number| self.effects.fates[number] == Fate::Ends) => {
                leaf(End::Nothing(Reason::NoCommand), false)
            }
            Some(name) => match self.effects.doubt() {
                Some(_) if is_plain => leaf(End::Program, false),
                Some(reason) => leaf(End::Stays(reason.clone()), false),
                None if self.given == Given::Rewritten && self.is_found_relatively(name) => {
                    let end = if is_plain { End::Program } else { End::Stays(Reason::RelativePath) };
                    leaf(end, self.add_arguments(command))
                }
                None => {
                    let passes_arguments = self.add_arguments(command);
                    self.add_exec(command);
                    leaf(if is_plain { End::Program } else { End::WithExec }, passes_arguments)
                }
            },
        }
    }

    /// What a builtin is as the last command, and whether arguments are for it.
    fn builtin(&self, name: &str, arguments: &[&Word], is_plain: bool) -> (End, bool) {
        let is_certain = self.effects.doubt().is_none();
        let itself = || Reason::Builtin(name.to_string());
        match name {
            "exec" if !arguments.is_empty() => (End::Program, is_certain),
            "command" | "builtin" => match behind(name, arguments) {
                Some([program, rest @ ..]) => match literal(&program.value).as_deref() {
                    Some(inner) if is_builtin(inner) => self.builtin(inner, rest, is_plain && name == "command"),
                    _ if name == "builtin" => (End::Nothing(itself()), false),
                    _ if is_plain => (End::Program, is_certain),
                    _ => (End::Stays(itself()), is_certain),
                },
                _ => (End::Nothing(itself()), false),
            },
            _ if runs_code(name) => (End::Stays(Reason::Code(name.to_string())), false),
            "echo" | "printf" => (End::Nothing(itself()), is_certain && !self.is_served),
            _ => (End::Nothing(itself()), false),
        }
    }

    /// Whether `exec` would make the path of a program absolute, which a script sees in its `$0`. bash does so, and `sh` may
    /// be bash.
    fn is_found_relatively(&self, program: &str) -> bool {
        !program.starts_with('/') && (program.contains('/') || self.effects.assignments.relative_path)
    }

    /// Adds `"$@"` after the last word, unless the script uses positional parameters itself.
    fn add_arguments(&mut self, command: &mut SimpleCommand) -> bool {
        if self.effects.positional {
            return false;
        }
        let items = command.suffix.iter().flat_map(|suffix| &suffix.0).enumerate();
        let last = items.filter_map(|(number, item)| match item {
            Item::Word(word) | Item::AssignmentWord(_, word) => Some((number + 1, word)),
            _ => None,
        });
        let (number, word) = match (last.last(), &command.word_or_name) {
            (Some(last), _) => last,
            (None, Some(name)) => (0, name),
            (None, None) => return false,
        };
        let Some(loc) = &word.loc else { return false };
        let end = self.line.range(loc).end;
        self.edits.push(Edit::arguments(end));
        let suffix = command.suffix.get_or_insert_with(|| CommandSuffix(Vec::new()));
        suffix.0.insert(number, Item::Word(Word { value: "\"$@\"".to_string(), loc: None }));
        true
    }

    fn add_exec(&mut self, command: &mut SimpleCommand) {
        let Some(name) = &mut command.word_or_name else { return };
        let Some(loc) = &name.loc else { return };
        let start = self.line.range(loc).start;
        self.edits.push(Edit::exec(start));
        let program = std::mem::replace(name, Word { value: "exec".to_string(), loc: None });
        let suffix = command.suffix.get_or_insert_with(|| CommandSuffix(Vec::new()));
        suffix.0.insert(0, Item::Word(program));
    }
}

/// The words after the name of a command.
fn arguments(suffix: &CommandSuffix) -> impl Iterator<Item = &Word> {
    suffix.0.iter().filter_map(|item| match item {
        Item::Word(word) | Item::AssignmentWord(_, word) => Some(word),
        Item::IoRedirect(_) | Item::ProcessSubstitution(..) => None,
    })
}

fn runs() -> Vec<Leaf> {
    vec![Leaf { number: None, end: End::Runs, passes_arguments: false }]
}

fn nothing() -> Vec<Leaf> {
    vec![Leaf { number: None, end: End::Nothing(Reason::NoCommand), passes_arguments: false }]
}
