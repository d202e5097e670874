//! Reads a command for an image without a shell (X6). The result is a template for the launcher, or what needs a shell.

use crate::launcher::template::{Action, Piece, Template, Test};
use crate::shell::bounds::{Budget, Unreadable};
use crate::shell::builtins::{is_builtin, is_program_too};
use crate::shell::invocation::{Invocation, Position, in_bytes};
use crate::shell::line::Line;
use crate::shell::syntax;
use crate::shell::words::{self, literal, pieces, quoted_pieces};
use brush_parser::SourceSpan;
use brush_parser::ast::{
    AndOr, AndOrList, AssignmentName, AssignmentValue, Command, CommandPrefixOrSuffixItem as Item, CompoundList,
    CompoundListItem, IoFileRedirectKind as Kind, IoFileRedirectTarget as Target, IoRedirect, Pipeline, Program,
    SeparatorOperator, SimpleCommand, SourceLocation, Word,
};
use brush_parser::word::{Parameter, ParameterExpr, ParameterTestType, WordPiece, WordPieceWithSource};
use std::ops::Range;

/// A command as an image without a shell runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Simple {
    /// A program and its arguments. Not empty.
    Words(Vec<String>),
    /// What the launcher expands, and its one command.
    Template(Template, Vec<Invocation>),
    /// What needs a shell. Not empty; ranges are bytes of the line.
    NeedsShell(Vec<(Construct, Range<usize>)>),
}

/// A construct that needs a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Construct {
    /// `|`
    Pipeline,
    /// `&&`, `||`, `;` or an end of line between commands.
    List,
    /// `&`
    Background,
    /// `>` and similar operators.
    Redirection,
    /// `<`, `<<` and `<<<`.
    Input,
    /// `if`, `{`, `(`, `[[` and similar, and functions.
    Compound,
    /// `!` or `time`.
    Prefix,
    /// `$(…)`, backquotes, `$((…))` or `<(…)`.
    Substitution,
    /// `*`, `?` or `[…]`.
    Glob,
    /// `{a,b}`
    Braces,
    /// `~`
    Tilde,
    /// `$'…'` or `$"…"`, and quotes in the word of a quoted parameter.
    Quotes,
    /// A parameter, or a form of one, that only a shell knows.
    Parameter,
    /// An array, or `NAME+=`.
    Assignment,
    /// A builtin.
    Builtin,
    /// Nothing is run.
    NoProgram,
}

/// Reads a command, and finds everything in it that needs a shell.
///
/// # Errors
/// If the parser cannot tell what it is, or has read enough.
pub fn simple(line: &str, budget: &Budget) -> Result<Simple, Unreadable> {
    let line = &Line::new(line, budget);
    if let Some(words) = syntax::plain_words(line) {
        return Ok(Simple::Words(words.into_iter().map(str::to_string).collect()));
    }
    let tokens = syntax::tokens(line, false)?;
    if let Some(words) = words::of_tokens(&tokens) {
        return Ok(Simple::Words(words));
    }
    let program = syntax::program(line, tokens, false)?.program;
    let mut reader = Reader { line, needs: Vec::new() };
    let command = reader.only_command(&program);
    let template = command.map(|command| reader.command(command)).transpose()?.unwrap_or_default();
    if template.words.is_empty() && reader.needs.is_empty() {
        reader.needs(Construct::NoProgram, None);
    }
    let Some(command) = command.filter(|_| reader.needs.is_empty()) else {
        return Ok(Simple::NeedsShell(reader.needs));
    };
    if let Some(words) = template.literal() {
        return Ok(Simple::Words(words));
    }
    let invocations = in_bytes(line, vec![Invocation::of(command, Position::default())]);
    Ok(Simple::Template(template, invocations))
}

fn only_command(program: &Program) -> Option<&SimpleCommand> {
    let [list] = program.complete_commands.as_slice() else { return None };
    let [CompoundListItem(AndOrList { first, additional }, SeparatorOperator::Sequence)] = list.0.as_slice() else {
        return None;
    };
    match first.seq.as_slice() {
        [Command::Simple(command)] if additional.is_empty() && first.timed.is_none() && !first.bang => Some(command),
        _ => None,
    }
}

/// The most constructs of a command that are reported, because each message shows the line again.
const MOST_NEEDS: usize = 10;

struct Reader<'l> {
    line: &'l Line<'l>,
    needs: Vec<(Construct, Range<usize>)>,
}

impl Reader<'_> {
    fn needs(&mut self, what: Construct, at: Option<&SourceSpan>) {
        if self.is_full() {
            return;
        }
        let at = at.map_or(0..self.line.len(), |at| self.line.range(at));
        self.needs.push((what, at));
    }

    fn is_full(&self) -> bool {
        self.needs.len() >= MOST_NEEDS
    }

    /// Notes an operator between two commands, or after one.
    fn operator(&mut self, what: Construct, after: Option<SourceSpan>, operators: &[&str]) {
        if self.is_full() {
            return;
        }
        let start = after.map_or(0, |after| self.line.range(&after).end);
        let found = operators.iter().filter_map(|operator| {
            let at = self.line[start..].find(operator)? + start;
            Some(at..at + operator.len())
        });
        let at = found.min_by_key(|range| (range.start, self.line.len() - range.end));
        self.needs.push((what, at.unwrap_or(0..self.line.len())));
    }

    /// The simple command of a program that has nothing else. Otherwise, notes everything else.
    fn only_command<'p>(&mut self, program: &'p Program) -> Option<&'p SimpleCommand> {
        if let Some(command) = only_command(program) {
            return Some(command);
        }
        if program.complete_commands.is_empty() {
            self.needs(Construct::NoProgram, None);
        }
        for (number, list) in program.complete_commands.iter().enumerate() {
            self.list(list, number + 1 < program.complete_commands.len());
        }
        None
    }

    fn list(&mut self, list: &CompoundList, is_followed: bool) {
        for (number, item) in list.0.iter().enumerate() {
            self.pipeline(&item.0.first);
            let mut before = item.0.first.location();
            for next in &item.0.additional {
                self.operator(Construct::List, before, &["&&", "||"]);
                let (AndOr::And(pipeline) | AndOr::Or(pipeline)) = next;
                self.pipeline(pipeline);
                before = pipeline.location();
            }
            if matches!(item.1, SeparatorOperator::Async) {
                self.operator(Construct::Background, before, &["&"]);
            } else if is_followed || number + 1 < list.0.len() {
                self.operator(Construct::List, before, &[";", "\n"]);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        if pipeline.timed.is_some() || pipeline.bang {
            let at = pipeline.location();
            self.needs(Construct::Prefix, at.as_ref());
        }
        for (number, command) in pipeline.seq.iter().enumerate() {
            if number + 1 < pipeline.seq.len() {
                self.operator(Construct::Pipeline, command.location(), &["|&", "|"]);
            }
            if !matches!(command, Command::Simple(_)) {
                self.needs(Construct::Compound, command.location().as_ref());
            }
        }
    }

    fn command(&mut self, command: &SimpleCommand) -> Result<Template, Unreadable> {
        let mut template = Template::default();
        for item in command.prefix.iter().flat_map(|prefix| &prefix.0) {
            match item {
                Item::AssignmentWord(assignment, word) => match (&assignment.name, &assignment.value) {
                    (AssignmentName::VariableName(name), AssignmentValue::Scalar(value)) if !assignment.append => {
                        let mut at = assignment.loc.clone();
                        at.start = word.loc.as_ref().map_or(at.start, |loc| loc.start.clone());
                        let start = self.line.range(&at).start + name.len() + 1;
                        template.assignments.push((name.clone(), self.word(&value.value, start, &at, true)?));
                    }
                    _ => self.needs(Construct::Assignment, word.loc.as_ref()),
                },
                Item::IoRedirect(redirection) => self.redirection(redirection),
                Item::Word(_) | Item::ProcessSubstitution(..) => {}
            }
        }
        let mut words: Vec<&Word> = command.word_or_name.iter().collect();
        for item in command.suffix.iter().flat_map(|suffix| &suffix.0) {
            match item {
                Item::Word(word) | Item::AssignmentWord(_, word) => words.push(word),
                Item::IoRedirect(redirection) => self.redirection(redirection),
                Item::ProcessSubstitution(_, subshell) => self.needs(Construct::Substitution, Some(&subshell.loc)),
            }
        }
        // The launcher does what `exec` and a last `"$@"` do.
        if words.first().is_some_and(|word| word.value == "exec") && words.len() > 1 && !words[1].value.starts_with('-')
        {
            words.remove(0);
        }
        if words.len() > 1 && words.last().is_some_and(|word| word.value == "\"$@\"") {
            words.pop();
        }
        match words.first() {
            None => self.needs(Construct::NoProgram, None),
            Some(word) => {
                let name = literal(&word.value);
                match name.as_deref() {
                    Some("") => self.needs(Construct::NoProgram, word.loc.as_ref()),
                    Some(name) if is_builtin(name) && !is_program_too(name) => {
                        self.needs(Construct::Builtin, word.loc.as_ref());
                    }
                    _ => {}
                }
            }
        }
        for word in words {
            let Some(at) = &word.loc else { return Err(Unreadable { at: None }) };
            let start = self.line.range(at).start;
            template.words.push(self.word(&word.value, start, at, false)?);
        }
        Ok(template)
    }

    fn redirection(&mut self, redirection: &IoRedirect) {
        if self.is_full() {
            return;
        }
        let what = match redirection {
            IoRedirect::File(_, Kind::Read | Kind::DuplicateInput, _)
            | IoRedirect::HereString(..)
            | IoRedirect::HereDocument(..) => Construct::Input,
            IoRedirect::File(..) | IoRedirect::OutputAndError(..) => Construct::Redirection,
        };
        let target = match redirection {
            IoRedirect::File(_, _, Target::Filename(word) | Target::Duplicate(word))
            | IoRedirect::HereString(_, word)
            | IoRedirect::OutputAndError(word, _) => word.loc.as_ref(),
            IoRedirect::HereDocument(_, document) => document.here_end.loc.as_ref(),
            IoRedirect::File(_, _, Target::Fd(_)) => None,
            IoRedirect::File(_, _, Target::ProcessSubstitution(_, subshell)) => Some(&subshell.loc),
        };
        let Some(target) = target else { return self.needs(what, None) };
        let target = self.line.range(target);
        let before = self.line[..target.start].trim_end_matches([' ', '\t']);
        let operator = before.trim_end_matches(['<', '>', '&', '|', '-']);
        let number = operator.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_number = number.is_empty() || number.ends_with([' ', '\t', '\n']);
        self.needs.push((what, if is_number { number.len() } else { operator.len() }..target.end));
    }

    /// The pieces of a word. Its text starts at a byte of the line and ends with a span of the line.
    ///
    /// The text is taken from the line if possible. The parser's own text lacks escaped line ends, but also all blanks
    /// except one in `${A-  }`.
    fn word(&mut self, value: &str, start: usize, at: &SourceSpan, assigns: bool) -> Result<Vec<Piece>, Unreadable> {
        let whole = self.line.range(at);
        let text = &self.line[start..whole.end];
        if !text.is_empty() && text.bytes().all(words::is_plain) {
            // It takes about as long as the tokenizer has.
            self.line.budget.spend(1);
            return Ok(vec![Piece::Text { text: text.to_string(), split: false }]);
        }
        let is_continued = text.contains("\\\n");
        if is_continued && text.contains("${") {
            return Err(Unreadable { at: Some(start) });
        }
        let place = |piece: &WordPieceWithSource| {
            if is_continued { whole.clone() } else { start + piece.start_index..start + piece.end_index }
        };
        let mut word = WordReader { needs: Vec::new(), place: &place, assigns, budget: self.line.budget };
        let pieces = word.unquoted(&pieces(if is_continued { value } else { text })?, None)?;
        self.needs.append(&mut word.needs);
        Ok(pieces)
    }
}

/// Parameters that a shell sets itself, whatever is in its environment. `PWD` is another one, which the launcher knows.
const SHELL_PARAMETERS: [&str; 10] =
    ["EUID", "IFS", "LINENO", "OPTARG", "OPTIND", "PPID", "RANDOM", "SECONDS", "SHLVL", "UID"];

struct WordReader<'p> {
    needs: Vec<(Construct, Range<usize>)>,
    place: &'p dyn Fn(&WordPieceWithSource) -> Range<usize>,
    assigns: bool,
    /// What the parser may still read. Each piece takes memory, however short it is.
    budget: &'p Budget,
}

impl WordReader<'_> {
    /// The pieces of an unquoted word, or of the unquoted word of the parameter `of`.
    fn unquoted(
        &mut self,
        pieces: &[WordPieceWithSource],
        of: Option<&WordPieceWithSource>,
    ) -> Result<Vec<Piece>, Unreadable> {
        self.budget.spend(pieces.len());
        let texts = pieces.iter().map(|piece| match &piece.piece {
            WordPiece::Text(text) => text,
            _ => "\0",
        });
        if let (Some(need), Some(first), Some(last)) =
            (self.expands(&texts.collect::<String>()), pieces.first(), pieces.last())
        {
            let (start, end) = ((self.place)(of.unwrap_or(first)), (self.place)(of.unwrap_or(last)));
            self.needs.push((need, start.start..end.end));
        }
        let mut out = Vec::new();
        for piece in pieces {
            let at = (self.place)(of.unwrap_or(piece));
            match &piece.piece {
                WordPiece::Text(text) => add(&mut out, Piece::Text { text: text.clone(), split: of.is_some() }),
                WordPiece::SingleQuotedText(text) => add(&mut out, fixed(text)),
                WordPiece::EscapeSequence(escape) => add(&mut out, fixed(words::escaped(escape))),
                WordPiece::DoubleQuotedSequence(quoted) if quoted.is_empty() => add(&mut out, fixed("")),
                WordPiece::DoubleQuotedSequence(quoted) => {
                    self.quoted(quoted, of)?.into_iter().for_each(|piece| add(&mut out, piece));
                }
                WordPiece::ParameterExpansion(expression) => out.extend(self.parameter(expression, piece, of, false)?),
                other => self.needs.push((need(other), at)),
            }
        }
        Ok(out)
    }

    fn quoted(
        &mut self,
        pieces: &[WordPieceWithSource],
        of: Option<&WordPieceWithSource>,
    ) -> Result<Vec<Piece>, Unreadable> {
        self.budget.spend(pieces.len());
        let mut out = Vec::new();
        for piece in pieces {
            match &piece.piece {
                WordPiece::Text(text) => add(&mut out, fixed(text)),
                WordPiece::EscapeSequence(escape) => add(&mut out, fixed(words::escaped(escape))),
                WordPiece::ParameterExpansion(expression) => out.extend(self.parameter(expression, piece, of, true)?),
                other => self.needs.push((need(other), (self.place)(of.unwrap_or(piece)))),
            }
        }
        Ok(out)
    }

    fn parameter(
        &mut self,
        expression: &ParameterExpr,
        piece: &WordPieceWithSource,
        of: Option<&WordPieceWithSource>,
        quoted: bool,
    ) -> Result<Option<Piece>, Unreadable> {
        use ParameterExpr as P;
        let outer = of.unwrap_or(piece);
        let (parameter, indirect, test) = match expression {
            P::Parameter { parameter, indirect } => (parameter, indirect, None),
            P::UseDefaultValues { parameter, indirect, test_type, default_value: word } => {
                (parameter, indirect, Some((Action::Default, test_type, word)))
            }
            P::IndicateErrorIfNullOrUnset { parameter, indirect, test_type, error_message: word } => {
                (parameter, indirect, Some((Action::Error, test_type, word)))
            }
            P::UseAlternativeValue { parameter, indirect, test_type, alternative_value: word } => {
                (parameter, indirect, Some((Action::Alternative, test_type, word)))
            }
            _ => {
                self.needs.push((Construct::Parameter, (self.place)(outer)));
                return Ok(None);
            }
        };
        let Parameter::Named(name) = parameter else {
            self.needs.push((Construct::Parameter, (self.place)(outer)));
            return Ok(None);
        };
        if *indirect || SHELL_PARAMETERS.contains(&name.as_str()) || name.starts_with("BASH") {
            self.needs.push((Construct::Parameter, (self.place)(outer)));
        }
        let test = match test {
            None => None,
            Some((action, kind, word)) => {
                let word = word.as_deref().unwrap_or_default();
                let word = if quoted {
                    if word.contains(['"', '\'', '\\']) {
                        self.needs.push((Construct::Quotes, (self.place)(outer)));
                    }
                    self.quoted(&quoted_pieces(word)?, Some(outer))?
                } else {
                    self.unquoted(&pieces(word)?, Some(outer))?
                };
                Some(Test { colon: matches!(kind, ParameterTestType::UnsetOrNull), action, word })
            }
        };
        Ok(Some(Piece::Parameter { name: name.clone(), quoted, test }))
    }

    /// How a shell would expand an unquoted word. A NUL stands for each piece that is not text.
    fn expands(&self, word: &str) -> Option<Construct> {
        let has_tilde =
            word.match_indices('~').any(|(at, _)| matches!(word[..at].chars().next_back(), None | Some(':' | '=')));
        if has_tilde {
            return Some(Construct::Tilde);
        }
        if self.assigns {
            return None;
        }
        if word.contains(['*', '?']) || word.split_once('[').is_some_and(|(_, rest)| rest.contains(']')) {
            return Some(Construct::Glob);
        }
        let braces = word.split_once('{').is_some_and(|(_, rest)| rest.contains(',') || rest.contains(".."));
        braces.then_some(Construct::Braces)
    }
}

fn fixed(text: &str) -> Piece {
    Piece::Text { text: text.to_string(), split: false }
}

/// Adds a piece to a word. Texts with nothing between them are one token of the launcher.
fn add(word: &mut Vec<Piece>, piece: Piece) {
    match (word.last_mut(), piece) {
        (Some(Piece::Text { text: before, split: is_split }), Piece::Text { text, split }) if *is_split == split => {
            *before += &text;
        }
        (_, piece) => word.push(piece),
    }
}

fn need(piece: &WordPiece) -> Construct {
    match piece {
        WordPiece::AnsiCQuotedText(_) | WordPiece::GettextDoubleQuotedSequence(_) => Construct::Quotes,
        WordPiece::TildeExpansion(_) => Construct::Tilde,
        _ => Construct::Substitution,
    }
}
