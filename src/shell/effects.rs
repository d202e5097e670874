//! Finds what the simple commands and the words of a script do to the shell that runs it.

use crate::shell::bounds::{Budget, Unreadable};
use crate::shell::builtins::{changes_shell, is_builtin, is_declaration, runs_code};
use crate::shell::expansion::{has_relative_entry, is_positional, is_positional_document};
use crate::shell::fate::{Fate, Outcome};
use crate::shell::invocation::Invocation;
use crate::shell::line::Line;
use crate::shell::script::Reason;
use crate::shell::syntax::parse;
use crate::shell::utilities::is_utility;
use crate::shell::walk::{Function, Walk, Walked};
use crate::shell::words::literal;
use brush_parser::ast::{
    Assignment, AssignmentName, AssignmentValue, CommandPrefixOrSuffixItem as Item, IoFileRedirectTarget, IoRedirect,
    SimpleCommand, SourceLocation, SubshellCommand, Word,
};
use std::cell::Cell;

/// What a command substitution does. Everything else in it affects only its own subshell.
struct Substituted {
    /// Whether it uses positional parameters.
    positional: bool,
    /// Whether it starts a program that does not end by itself.
    starts: bool,
}

fn of_substitution(script: &str, depth: usize, budget: &Budget) -> Walked<Substituted> {
    let line = Line::new(script, budget);
    let mut walk = Walk::new(&line, depth);
    let walked = parse(&line, false).and_then(|program| walk.program(&program));
    // A place in the substitution is not a place in the line.
    let outcome = walked.map_err(|_| Unreadable { at: None })?;
    Ok(Substituted { positional: walk.effects.positional, starts: outcome.starts })
}

/// The options of `set -o` that do not affect the program that replaces the shell.
const QUIET_OPTIONS: [&str; 6] = ["allexport", "errexit", "noclobber", "noglob", "nounset", "pipefail"];

/// The letters of an argument of `set`, if it is an option.
fn option_letters(argument: &str) -> Option<&str> {
    argument.strip_prefix(['-', '+']).filter(|letters| !letters.is_empty() && !letters.starts_with('-'))
}

/// Whether `exec` has an option that it does not know, so that nothing runs.
fn is_refused_exec(arguments: &[&Word]) -> bool {
    let option = arguments.first().and_then(|word| literal(&word.value));
    let letters = option.as_deref().and_then(|option| option.strip_prefix('-')).unwrap_or_default();
    letters != "-" && !letters.is_empty() && !letters.starts_with(['a', 'c', 'l'])
}

/// What a simple command starts.
#[derive(Clone, Copy)]
enum Started {
    /// Nothing, or what ends by itself.
    Nothing(Outcome),
    /// A program, or what may be one.
    Program,
    /// A program that replaces the shell.
    Replacement,
}

impl Walk<'_> {
    pub(super) fn simple(&mut self, command: &SimpleCommand) -> Walked<Outcome> {
        let name = command.word_or_name.as_ref().map(|word| literal(&word.value));
        let declares = name.as_ref().is_none_or(|name| name.as_deref().is_some_and(is_declaration));
        let prefix = command.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix = command.suffix.iter().flat_map(|suffix| &suffix.0);
        let name = name.flatten();
        let mut arguments = Vec::new();
        let mut opens_file = false;
        self.substitutes = false;
        for (is_prefix, item) in prefix.map(|item| (true, item)).chain(suffix.map(|item| (false, item))) {
            match item {
                Item::IoRedirect(redirection) => {
                    opens_file |= matches!(
                        redirection,
                        IoRedirect::File(_, _, IoFileRedirectTarget::Filename(_)) | IoRedirect::OutputAndError(..)
                    );
                    self.redirection(redirection)?;
                }
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
        let mut started = Started::Nothing(Outcome::QUIET);
        if let Some(word) = &command.word_or_name {
            self.word(word)?;
            started = self.run(name.as_deref(), word, &arguments);
        } else {
            self.is_alone(command)?;
        }
        if opens_file && name.as_deref() == Some("trap") {
            self.effects.traps.are_certain = false;
        }
        let outcome = self.started(command, started);
        // A file that cannot be opened keeps a builtin from being run, an `exec` of nothing goes on, and only bash has
        // `builtin`.
        let may_be_empty = arguments.first().is_some_and(|word| word.value.starts_with(['$', '"', '`']));
        let may_fail = opens_file || name.as_deref() == Some("builtin") || outcome.leaves() && may_be_empty;
        Ok(Outcome { fails: outcome.fails || may_fail, ..outcome })
    }

    /// Whether an assignment without a command ends there: behind it, the parser reads a reserved word as such, and a shell as
    /// the name of a program.
    fn is_alone(&self, command: &SimpleCommand) -> Walked {
        let last = command.prefix.as_ref().and_then(|prefix| prefix.0.last());
        let Some(Item::AssignmentWord(_, word)) = last else { return Ok(()) };
        let end = self.place(word.loc.as_ref()).end;
        let rest = self.line[end..].trim_start_matches([' ', '\t']);
        let is_word = rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '}');
        if is_word { Err(Unreadable { at: Some(end) }) } else { Ok(()) }
    }

    /// Notes a command, and what becomes of it.
    fn started(&mut self, command: &SimpleCommand, started: Started) -> Outcome {
        let substitutes = std::mem::take(&mut self.substitutes);
        let (fate, outcome) = match started {
            Started::Replacement if self.forks == 0 => (Fate::Replaces, Outcome::REPLACED),
            Started::Replacement => (self.hold_of_fork.map_or(Fate::ReplacesFork, Fate::Stays), Outcome::REPLACED),
            Started::Program => (self.last(), Outcome::PROGRAM),
            Started::Nothing(outcome) if substitutes => {
                let at = self.place(command.location().as_ref());
                let hold = self.hold.unwrap_or_else(|| self.hold(Reason::Substitution, at));
                (Fate::Stays(hold), Outcome { starts: true, ..outcome })
            }
            Started::Nothing(outcome) => (Fate::Ends, outcome),
        };
        self.effects.invocations.push(Invocation::of(command, self.position));
        self.effects.fates.push(if self.is_dead { Fate::Never } else { fate });
        outcome
    }

    fn last(&self) -> Fate {
        self.hold.map_or(Fate::Last, Fate::Stays)
    }

    /// Notes what a command does to the shell, if its name is known.
    fn run(&mut self, name: Option<&str>, word: &Word, arguments: &[&Word]) -> Started {
        let Some(name) = name else {
            self.may_hold(Reason::UnknownProgram);
            return Started::Program;
        };
        if let Some(Function { outcome, optional, forks, .. }) = self.effects.function(name) {
            let here = if self.functions > 0 { self.definition } else { (self.optional, self.forks) };
            let is_defined = *forks <= here.1 && (optional.is_none() || *optional == here.0);
            let started = match outcome {
                Outcome { starts: false, .. } => Started::Nothing(Outcome::QUIET),
                outcome if outcome.leaves() && is_defined => Started::Replacement,
                _ => Started::Program,
            };
            if self.forks > 0 {
                self.effects.forked_calls.insert(self.effects.fates.len());
            }
            return started;
        }
        if !is_builtin(name) {
            let is_utility = is_utility(name, arguments.iter().map(|word| word.value.as_str()));
            if is_utility && name == "pkill" {
                self.kills = usize::MAX;
            }
            return if is_utility { Started::Nothing(Outcome::QUIET) } else { Started::Program };
        }
        match name {
            "command" | "builtin" => return self.run_behind(name, arguments),
            "exec" if arguments.is_empty() || is_refused_exec(arguments) => {}
            "exec" => return Started::Replacement,
            "exit" => return Started::Nothing(Outcome::EXIT),
            "shift" | "getopts" => self.positional(),
            "test" | "[" => {
                let options = arguments.iter().zip(arguments.iter().skip(1));
                for (_, name) in options.filter(|(option, _)| option.value == "-v") {
                    self.is_set(name);
                }
            }
            "set" => self.set(arguments),
            "trap" => self.trap(arguments, word),
            "kill" => self.kill(arguments),
            ":" | "true" | "echo" | "printf" => return Started::Nothing(Outcome::SUCCESS),
            "false" => return Started::Nothing(Outcome::FAILURE),
            _ if runs_code(name) => {
                self.may_hold(Reason::Code(name.to_string()));
                return Started::Program;
            }
            "mapfile" | "readarray" if arguments.iter().any(|word| word.value.starts_with("-C")) => {
                self.effects.traps.are_set = true;
                self.may_hold(Reason::Code(name.to_string()));
                return Started::Program;
            }
            _ if changes_shell(name) => self.may_hold(Reason::Builtin(name.to_string())),
            _ => {}
        }
        Started::Nothing(Outcome::QUIET)
    }

    /// The command that `command` or `builtin` runs.
    fn run_behind(&mut self, name: &str, arguments: &[&Word]) -> Started {
        if name == "builtin" {
            self.may_hold(Reason::Builtin(name.to_string()));
        }
        match behind(name, arguments) {
            Some([program, rest @ ..]) => self.run(literal(&program.value).as_deref(), program, rest),
            _ => Started::Nothing(Outcome::QUIET),
        }
    }

    /// `-v NAME` asks for a positional parameter, if the name is a number or may be.
    pub(super) fn is_set(&mut self, name: &Word) {
        let is_variable = |name: &str| name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
        if !literal(&name.value).is_some_and(|name| is_variable(&name)) {
            self.positional();
        }
    }

    /// `set` turns its other arguments into positional parameters. Some of its options change how the last command runs.
    fn set(&mut self, arguments: &[&Word]) {
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
            self.may_hold(Reason::Builtin("set".to_string()));
        }
    }

    fn assignment(&mut self, assignment: &Assignment) -> Walked {
        self.effects.assignments.are_of_bash |= assignment.append;
        let name = match &assignment.name {
            AssignmentName::VariableName(name) => name,
            AssignmentName::ArrayElementName(name, index) => {
                self.effects.assignments.are_of_bash = true;
                self.text(index)?;
                name
            }
        };
        // BASH_CMDS, BASH_ALIASES and similar arrays control the shell.
        if name.starts_with("BASH") {
            self.may_hold(Reason::Code(name.clone()));
        }
        // In bash, `A=(b)c` is one word.
        let rest = &self.line[self.line.range(&assignment.loc).end..];
        let is_array = matches!(assignment.value, AssignmentValue::Array(_));
        if is_array && !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_whitespace() || ";&|<>()".contains(c))
        {
            return Err(Unreadable { at: None });
        }
        match &assignment.value {
            AssignmentValue::Scalar(word) => {
                self.effects.assignments.relative_path |= name == "PATH" && has_relative_entry(&word.value);
                self.word(word)
            }
            AssignmentValue::Array(elements) => elements.iter().try_for_each(|(index, word)| {
                index.iter().try_for_each(|index| self.word(index))?;
                self.word(word)
            }),
        }
    }

    pub(super) fn redirection(&mut self, redirection: &IoRedirect) -> Walked {
        match redirection {
            IoRedirect::File(_, _, target) => match target {
                IoFileRedirectTarget::Filename(word) | IoFileRedirectTarget::Duplicate(word) => self.word(word),
                IoFileRedirectTarget::Fd(_) => Ok(()),
                IoFileRedirectTarget::ProcessSubstitution(_, subshell) => self.process_substitution(subshell),
            },
            IoRedirect::HereDocument(_, document) if document.requires_expansion => {
                self.expand(|depth, inner| is_positional_document(&document.doc.value, depth, inner))
            }
            IoRedirect::HereDocument(..) => Ok(()),
            IoRedirect::HereString(_, word) | IoRedirect::OutputAndError(word, _) => self.word(word),
        }
    }

    /// Its programs end with the one that they read from or write to.
    fn process_substitution(&mut self, subshell: &SubshellCommand) -> Walked {
        // The parser ignores blanks behind the `<`, and a shell refuses the parenthesis then.
        let at = self.line.range(&subshell.loc);
        if self.line[at.start..].starts_with('(') && !self.line[..at.start].ends_with(['<', '>']) {
            return Err(Unreadable { at: Some(at.start) });
        }
        self.may_hold(Reason::ProcessSubstitution);
        let first = self.effects.fates.len();
        self.in_subshell(&subshell.list)?;
        self.effects.fates[first..].fill(Fate::Ends);
        Ok(())
    }

    pub(super) fn words(&mut self, words: &[Word]) -> Walked {
        words.iter().try_for_each(|word| self.word(word))
    }

    pub(super) fn word(&mut self, word: &Word) -> Walked {
        self.text(&word.value)
    }

    pub(super) fn text(&mut self, text: &str) -> Walked {
        self.effects.may_abort |= text.contains('?') && text.contains("${");
        self.expand(|depth, inner| is_positional(text, depth, inner))
    }

    fn expand(
        &mut self,
        is_positional: impl FnOnce(usize, &dyn Fn(&str, usize) -> Walked<bool>) -> Walked<bool>,
    ) -> Walked {
        let starts = Cell::new(false);
        let budget = self.line.budget;
        let inner = |script: &str, depth: usize| {
            let substituted = of_substitution(script, depth, budget)?;
            starts.set(starts.get() || substituted.starts);
            Ok(substituted.positional)
        };
        if is_positional(self.depth, &inner)? {
            self.positional();
        }
        self.substitutes |= starts.get();
        Ok(())
    }
}

/// The command that `command` or `builtin` runs, if it runs one.
pub(super) fn behind<'w, 'a>(name: &str, arguments: &'w [&'a Word]) -> Option<&'w [&'a Word]> {
    let mut arguments = arguments;
    while let [option, rest @ ..] = arguments {
        match option.value.as_str() {
            "--" => return Some(rest),
            "-p" if name == "command" => arguments = rest,
            _ if option.value.starts_with('-') => return None,
            _ => return Some(arguments),
        }
    }
    None
}
