//! Lets the last program of a script replace the shell: adds `exec` before it and `"$@"` after it (X3, X4, X4a).

use crate::shell::builtins::{is_builtin, runs_code};
use crate::shell::effects::Effects;
use crate::shell::line::Line;
use crate::shell::script::{Arguments, Dialect, Reason, Script};
use crate::shell::syntax::Parsed;
use crate::shell::words::literal;
use brush_parser::SourceSpan;
use brush_parser::ast::{
    AndOr, AndOrList, BraceGroupCommand, CaseItem, CaseItemPostAction, Command, CommandPrefixOrSuffixItem as Item,
    CommandSuffix, CompoundCommand, CompoundList, CompoundListItem, Pipeline, SeparatorOperator, SimpleCommand,
    SourceLocation, SubshellCommand, Word,
};
use std::ops::Range;

/// Rewrites a script so that the program in tail position replaces the shell and gets the arguments.
pub(super) fn rewrite(line: &Line, mut parsed: Parsed, effects: Effects, dialect: Dialect) -> Script {
    let mut tail = Tail { line, effects: &effects, dialect, edits: Vec::new() };
    let gives_way = dialect == Dialect::Bash;
    let leaves = parsed.program.complete_commands.last_mut().map_or_else(Vec::new, |list| tail.list(list, gives_way));
    let rewritten = (!tail.edits.is_empty()).then(|| apply(line, tail.edits));
    if let Some(rewritten) = &rewritten {
        // X4b: the shell must read exactly what was meant.
        if !parsed.is_still(rewritten) {
            let arguments = if effects.positional { Arguments::Used } else { Arguments::Lost(Reason::Doubt) };
            let stays = Some((Reason::Doubt, 0..line.len()));
            return Script { rewritten: None, arguments, stays, invocations: effects.invocations };
        }
    }
    let arguments = arguments(&effects, &leaves);
    let stays = stays(line, &effects, leaves);
    Script { rewritten, arguments, stays, invocations: effects.invocations }
}

fn place(line: &Line, at: Option<&SourceSpan>) -> Range<usize> {
    at.map_or(0..line.len(), |span| line.range(span))
}

fn arguments(effects: &Effects, leaves: &[Leaf]) -> Arguments {
    if effects.positional {
        return Arguments::Used;
    }
    let passed = leaves.iter().any(|leaf| leaf.passes_arguments);
    let mut lost = leaves.iter().filter(|leaf| !leaf.passes_arguments);
    let reason = match (lost.clone().find(|leaf| !matches!(leaf.end, End::Nothing(_))), lost.next()) {
        (Some(leaf), _) => match &leaf.end {
            End::Program => effects.doubt().cloned().unwrap_or(Reason::NoCommand),
            End::Nothing(reason) | End::Stays(reason) => reason.clone(),
        },
        (None, _) if passed => return Arguments::Passed,
        (None, Some(Leaf { end: End::Nothing(reason), .. })) => reason.clone(),
        (None, _) => Reason::NoCommand,
    };
    if passed { Arguments::Partly(reason) } else { Arguments::Lost(reason) }
}

fn stays(line: &Line, effects: &Effects, leaves: Vec<Leaf>) -> Option<(Reason, Range<usize>)> {
    let hands_over = leaves.iter().any(|leaf| matches!(leaf.end, End::Program));
    let starts_program = effects.may_start_program();
    let last = effects.invocations.last().map(|last| last.position);
    if last.is_some_and(|last| last.background && !last.conditional) {
        // The shell does not wait for its last job: it ends.
        return None;
    }
    if let Some((reason, at)) = &effects.holds {
        let is_replaced = !leaves.is_empty() && leaves.iter().all(|leaf| matches!(leaf.end, End::Program));
        let stays = starts_program && !is_replaced && !effects.handles_sigterm;
        return stays.then(|| (reason.clone(), place(line, at.as_ref())));
    }
    let mut last = None;
    for leaf in leaves {
        let at = place(line, leaf.at.as_ref());
        match leaf.end {
            End::Stays(Reason::Negation) if starts_program => {
                // The parser's span starts after the `!`.
                let start = line[..at.start].rfind('!').unwrap_or(at.start);
                return Some((Reason::Negation, start..at.end));
            }
            End::Stays(Reason::Code(reader)) if starts_program && !line[at.clone()].starts_with(&reader) => {
                return Some((Reason::AfterCode(reader), at));
            }
            End::Stays(reason) if starts_program => return Some((reason, at)),
            End::Nothing(reason) => {
                let name = match reason {
                    Reason::Builtin(name) => name,
                    _ => line[at.clone()].to_string(),
                };
                last = Some((Reason::After { name, text: with_operator(line, &at).to_string() }, at));
            }
            End::Stays(_) | End::Program => {}
        }
    }
    last.filter(|_| effects.starts_program && !hands_over)
}

/// A command with the operator before it: `|| exit 1`.
fn with_operator<'l>(line: &'l str, at: &Range<usize>) -> &'l str {
    let before = line[..at.start].trim_end();
    let operator = ["||", "&&", ";"].into_iter().find(|operator| before.ends_with(operator));
    let start = operator.map_or(at.start, |operator| before.len() - operator.len());
    &line[start..at.end]
}

/// A command that may be the last to run.
struct Leaf {
    end: End,
    passes_arguments: bool,
    at: Option<SourceSpan>,
}

/// What happens to the shell at the last command.
enum End {
    /// The program replaces it.
    Program,
    /// There is no program: a builtin, or no command at all.
    Nothing(Reason),
    /// It waits for the program.
    Stays(Reason),
}

/// A text that replaces some bytes of the line, or is inserted.
struct Edit {
    at: Range<usize>,
    text: &'static str,
}

fn apply(line: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.at.start);
    let mut text = String::with_capacity(line.len() + 16);
    let mut copied = 0;
    for edit in edits {
        text += &line[copied..edit.at.start];
        text += edit.text;
        copied = edit.at.end;
    }
    text + &line[copied..]
}

/// Walks down to the last commands, changing the tree as the edits will change the line.
struct Tail<'s> {
    line: &'s Line<'s>,
    effects: &'s Effects,
    dialect: Dialect,
    edits: Vec<Edit>,
}

impl Tail<'_> {
    /// `is_plain`: bash itself replaces itself with such a last command (measured with bash 5.2; dash 0.5.12 does not).
    fn list(&mut self, list: &mut CompoundList, is_plain: bool) -> Vec<Leaf> {
        let Some(CompoundListItem(commands, separator)) = list.0.last_mut() else { return Vec::new() };
        match separator {
            SeparatorOperator::Async => stay(Reason::Background, commands.location()),
            SeparatorOperator::Sequence => self.and_or(commands, is_plain),
        }
    }

    fn and_or(&mut self, list: &mut AndOrList, is_plain: bool) -> Vec<Leaf> {
        match list.additional.last_mut() {
            None => self.pipeline(&mut list.first, is_plain),
            Some(AndOr::And(pipeline)) => self.pipeline(pipeline, is_plain),
            Some(AndOr::Or(pipeline)) => self.pipeline(pipeline, false),
        }
    }

    fn pipeline(&mut self, pipeline: &mut Pipeline, is_plain: bool) -> Vec<Leaf> {
        let at = pipeline.location();
        if pipeline.timed.is_some() {
            return stay(Reason::Time, at);
        }
        if pipeline.bang {
            return stay(Reason::Negation, at);
        }
        match pipeline.seq.as_mut_slice() {
            [command] => self.command(command, is_plain),
            _ => stay(Reason::Pipeline, at),
        }
    }

    fn command(&mut self, command: &mut Command, is_plain: bool) -> Vec<Leaf> {
        let at = command.location();
        match command {
            Command::Simple(command) => vec![Leaf { at, ..self.simple(command, is_plain) }],
            Command::Compound(CompoundCommand::Subshell(subshell), redirections) => match self.subshell(subshell) {
                Ok((group, leaves)) => {
                    let redirections = redirections.take();
                    *command = Command::Compound(CompoundCommand::BraceGroup(group), redirections);
                    leaves
                }
                Err(leaves) => leaves,
            },
            Command::Compound(command, _) => self.compound(command, at),
            Command::Function(_) | Command::ExtendedTest(..) => {
                vec![Leaf { end: End::Nothing(Reason::NoCommand), passes_arguments: false, at }]
            }
        }
    }

    fn compound(&mut self, command: &mut CompoundCommand, at: Option<SourceSpan>) -> Vec<Leaf> {
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
            | CompoundCommand::UntilClause(_) => stay(Reason::Loop, at),
            CompoundCommand::Arithmetic(_) => {
                vec![Leaf { end: End::Nothing(Reason::NoCommand), passes_arguments: false, at }]
            }
            // Both are handled elsewhere: a subshell in `command`, a coprocess as a job.
            CompoundCommand::Subshell(_) | CompoundCommand::Coprocess(_) => stay(Reason::Background, at),
        }
    }

    /// Turns a subshell into a brace group if its program can replace it, which saves a process. Any other subshell stays.
    fn subshell(&mut self, subshell: &SubshellCommand) -> Result<(BraceGroupCommand, Vec<Leaf>), Vec<Leaf>> {
        let mut list = subshell.list.clone();
        let edits_before = self.edits.len();
        let mut leaves = self.list(&mut list, false);
        let hands_over = leaves.iter().any(|leaf| matches!(leaf.end, End::Program));
        let stays = leaves.iter().any(|leaf| matches!(leaf.end, End::Stays(_)));
        if !hands_over || stays || self.effects.doubt().is_some() || self.effects.may_abort {
            self.edits.truncate(edits_before);
            for leaf in &mut leaves {
                leaf.passes_arguments = false;
                if matches!(leaf.end, End::Program) {
                    leaf.end = End::Stays(Reason::Subshell);
                }
            }
            return Err(leaves);
        }
        let at = self.line.range(&subshell.loc);
        let before = self.line[..at.start].chars().next_back();
        let inside = self.line[..at.end - 1].trim_end_matches([' ', '\t']);
        let after = self.line[at.end..].chars().next();
        let first = self.line[at.start + 1..].chars().next();
        let is_spaced = first.is_some_and(|c| c.is_ascii_whitespace());
        let is_separate = before.is_none_or(|c| c.is_ascii_whitespace() || ";&|({".contains(c));
        let is_ended = inside.ends_with('\n') || (inside.ends_with(';') && !inside.ends_with("\\;"));
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
        self.edits.push(Edit { at: at.start..at.start + 1, text: open });
        self.edits.push(Edit { at: at.end - 1..at.end, text: close });
        Ok((BraceGroupCommand { list, loc: subshell.loc.clone() }, leaves))
    }

    fn simple(&mut self, command: &mut SimpleCommand, is_plain: bool) -> Leaf {
        let leaf = |end, passes_arguments| Leaf { end, passes_arguments, at: None };
        let Some(word) = &command.word_or_name else { return leaf(End::Nothing(Reason::NoCommand), false) };
        let name = literal(&word.value).map(std::borrow::Cow::into_owned);
        let items = || {
            command.prefix.iter().flat_map(|prefix| &prefix.0).chain(command.suffix.iter().flat_map(|suffix| &suffix.0))
        };
        let is_plain = is_plain && !items().any(|item| matches!(item, Item::IoRedirect(_)));
        let first_argument = command.suffix.iter().flat_map(|suffix| &suffix.0).find_map(|item| match item {
            Item::Word(word) => Some(word.value.as_str()),
            _ => None,
        });
        let has_arguments = first_argument.is_some();
        let runs_program = first_argument.is_some_and(|argument| !argument.starts_with('-'));
        let is_certain = self.effects.doubt().is_none();
        let is_plain = is_plain && self.effects.holds.is_none();
        match name.as_deref().filter(|name| !name.is_empty() && !name.starts_with(['-', '+', '%'])) {
            None => {
                let end = if is_plain { End::Program } else { End::Stays(Reason::UnknownProgram) };
                let is_only_doubt = match &name {
                    None => self.effects.may_holds == 1 && self.effects.holds.is_none(),
                    Some(name) => name.is_empty() && is_certain,
                };
                leaf(end, is_only_doubt && self.add_arguments(command))
            }
            Some(name) if self.effects.functions.iter().any(|function| function == name) => {
                leaf(End::Stays(Reason::Function(name.to_string())), false)
            }
            Some("exec") if has_arguments => leaf(End::Program, is_certain && self.add_arguments(command)),
            Some("command") if runs_program => {
                let end = if is_plain { End::Program } else { End::Stays(Reason::Builtin("command".to_string())) };
                leaf(end, is_certain && self.add_arguments(command))
            }
            Some(name) if runs_code(name) => leaf(End::Stays(Reason::Code(name.to_string())), false),
            Some(name @ ("echo" | "printf")) => {
                leaf(End::Nothing(Reason::Builtin(name.to_string())), is_certain && self.add_arguments(command))
            }
            Some(name) if is_builtin(name) => leaf(End::Nothing(Reason::Builtin(name.to_string())), false),
            Some(name) => match self.effects.doubt() {
                Some(_) if is_plain => leaf(End::Program, false),
                Some(reason) => leaf(End::Stays(reason.clone()), false),
                // `exec` makes the path absolute, and a script sees it in its `$0`.
                None if self.dialect == Dialect::Bash && name.contains('/') && !name.starts_with('/') => {
                    let end = if is_plain { End::Program } else { End::Stays(Reason::RelativePath) };
                    leaf(end, self.add_arguments(command))
                }
                None => {
                    let passes_arguments = self.add_arguments(command);
                    self.add_exec(command);
                    leaf(End::Program, passes_arguments)
                }
            },
        }
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
        self.edits.push(Edit { at: end..end, text: " \"$@\"" });
        let suffix = command.suffix.get_or_insert_with(|| CommandSuffix(Vec::new()));
        suffix.0.insert(number, Item::Word(Word { value: "\"$@\"".to_string(), loc: None }));
        true
    }

    fn add_exec(&mut self, command: &mut SimpleCommand) {
        let Some(name) = &mut command.word_or_name else { return };
        let Some(loc) = &name.loc else { return };
        let start = self.line.range(loc).start;
        self.edits.push(Edit { at: start..start, text: "exec " });
        let program = std::mem::replace(name, Word { value: "exec".to_string(), loc: None });
        let suffix = command.suffix.get_or_insert_with(|| CommandSuffix(Vec::new()));
        suffix.0.insert(0, Item::Word(program));
    }
}

fn stay(reason: Reason, at: Option<SourceSpan>) -> Vec<Leaf> {
    vec![Leaf { end: End::Stays(reason), passes_arguments: false, at }]
}
