//! Parses a line in two steps: tokens first, which are checked so that the parser ends soon and does not panic, then
//! the program that they form.

use crate::shell::bounds::{Budget, Unreadable, is_bounded, options};
use crate::shell::builtins::is_reserved;
use crate::shell::line::Line;
use crate::shell::words;
use brush_parser::ast::{
    AndOrList, Command, CommandPrefixOrSuffixItem as Item, CommandSuffix, CompoundList, CompoundListItem, Pipeline,
    Program, SeparatorOperator, SimpleCommand, Word,
};
use brush_parser::{ParseError, SourcePosition, Token, TokenizerError, parse_tokens, uncached_tokenize_str};
use std::ops::Range;

/// The longest line that is read, in bytes. The parser takes about 10 ms for it at worst.
pub(super) const LONGEST_LINE: usize = 16 * 1024;

/// The deepest nesting of commands. The parser's time doubles with each level of an unclosed one.
const DEEPEST: usize = 8;

/// The most `!`, `&&` and `||` in a `[[ … ]]`. The parser calls itself for each, and so does what reads its tree.
const MOST_TESTS: usize = 100;

/// The most expansions in a line. The tokenizer calls itself for each that is inside another.
const MOST_EXPANSIONS: usize = 100;

/// How many bytes of a line whose tokens are not known take as long as a token, about.
const UNKNOWN_TOKEN: usize = 4;

/// How much longer the parser takes for a token than the tokenizer, about.
const PARSING: usize = 7;

/// The words of a line that has no shell syntax, if the first is a program. That can be seen without the tokenizer.
pub fn plain_words(line: &str) -> Option<Vec<&str>> {
    let words = words::of_plain_line(line);
    let budget = Budget::unbounded();
    let of_tokens = || tokens(&Line::new(line, &budget), false).ok().and_then(|tokens| words::of_tokens(&tokens));
    debug_assert!(
        words.is_none()
            || line.len() > LONGEST_LINE
            || words == of_tokens().as_ref().map(|words| words.iter().map(String::as_str).collect())
    );
    words
}

/// The tokens of a line that is safe to parse, by the grammar of POSIX or of bash.
pub(super) fn tokens(line: &Line, posix: bool) -> Result<Vec<Token>, Unreadable> {
    if line.len() > LONGEST_LINE || line.budget.left() == 0 || expansions(line).count() > MOST_EXPANSIONS {
        return Err(Unreadable { at: None });
    }
    if let Some(at) = unsafe_document(line) {
        return Err(Unreadable { at: Some(at) });
    }
    let tokens = uncached_tokenize_str(line, &options(posix).tokenizer_options()).map_err(|error| {
        line.budget.spend(line.len() / UNKNOWN_TOKEN);
        Unreadable { at: tokenizer_position(&error).map(|position| line.byte(position.index)) }
    })?;
    let unbounded = || tokens.iter().find(|token| !is_bounded(token.to_str()));
    let unsafe_token = tokens
        .windows(2)
        .find_map(|pair| misread(pair, posix))
        .or_else(|| too_deep_or_doubled(&tokens))
        .or_else(unbounded);
    line.budget.spend(tokens.iter().map(|token| weight(token.to_str())).sum());
    match unsafe_token {
        Some(token) => Err(Unreadable { at: Some(line.byte(token.location().start.index)) }),
        None => Ok(tokens),
    }
}

/// A word or an operator of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes.
    pub at: Range<usize>,
    /// Whether it is an operator.
    pub is_operator: bool,
}

/// The words and operators of a line, whether they form commands or not. `None` if the parser cannot tell.
pub fn pieces(line: &str, budget: &Budget) -> Option<Vec<Piece>> {
    let line = Line::new(line, budget);
    let piece =
        |token: &Token| Piece { at: line.range(token.location()), is_operator: matches!(token, Token::Operator(..)) };
    tokens(&line, false).ok().map(|tokens| tokens.iter().map(piece).collect())
}

/// What a line is.
pub(super) struct Parsed {
    pub(super) program: Program,
    /// Whether it is one simple command: words with blanks between them, and nothing else.
    pub(super) is_words: bool,
    /// By which grammar.
    posix: bool,
}

impl Parsed {
    /// Whether a line that was rewritten is a program (X4b). A word added to words does not change how the others are
    /// read, so that needs no parser.
    pub(super) fn is_still(&self, rewritten: &str) -> bool {
        let budget = Budget::unbounded();
        let parsed = || parse(&Line::new(rewritten, &budget), self.posix);
        let is_same = || parsed().is_ok_and(|again| again.to_string() == self.program.to_string());
        debug_assert!(!self.is_words || is_same(), "{rewritten}");
        self.is_words || is_same()
    }
}

/// What the tokens of a line form.
pub(super) fn program(line: &Line, tokens: Vec<Token>, posix: bool) -> Result<Parsed, Unreadable> {
    let is_words = is_simple_command(line, &tokens);
    if is_words && !cfg!(debug_assertions) {
        return Ok(Parsed { program: simple_command(tokens), is_words, posix });
    }
    if !is_words {
        line.budget.spend(PARSING * tokens.len());
    }
    let program = parse_tokens(&tokens, &options(posix)).map_err(|error| match error {
        ParseError::ParsingNear(position) => Unreadable { at: Some(line.byte(position.index)) },
        _ => Unreadable { at: Some(line.len()) },
    })?;
    debug_assert!(!is_words || format!("{program:?}") == format!("{:?}", simple_command(tokens)));
    Ok(Parsed { program, is_words, posix })
}

/// Whether tokens are words with blanks between them, the first of which is not reserved, and none of which may be an
/// assignment. The parser would read them as [`simple_command`] does, but takes longer for it than the tokenizer, since it
/// tries each of its rules on each word.
fn is_simple_command(line: &Line, tokens: &[Token]) -> bool {
    let mut end = 0;
    let is_word = |token: &Token| {
        let at = line.range(token.location());
        let gap = line.get(end..at.start);
        end = at.end;
        matches!(token, Token::Word(..))
            && !may_be_assignment(token.to_str())
            && gap.is_some_and(|gap| gap.bytes().all(|byte| b" \t".contains(&byte)))
    };
    let are_words = tokens.iter().all(is_word);
    are_words && end == line.len() && tokens.first().is_some_and(|name| !is_reserved(name.to_str()))
}

/// The program of words that are one simple command.
fn simple_command(tokens: Vec<Token>) -> Program {
    let mut words = tokens.into_iter().map(|token| match token {
        Token::Word(value, loc) | Token::Operator(value, loc) => Word { value, loc: Some(loc) },
    });
    let word_or_name = words.next();
    let arguments: Vec<Item> = words.map(Item::Word).collect();
    let suffix = (!arguments.is_empty()).then_some(CommandSuffix(arguments));
    let command = Command::Simple(SimpleCommand { prefix: None, word_or_name, suffix });
    let first = Pipeline { timed: None, bang: false, seq: vec![command] };
    let list = CompoundListItem(AndOrList { first, additional: Vec::new() }, SeparatorOperator::Sequence);
    Program { complete_commands: vec![CompoundList(vec![list])] }
}

fn may_be_assignment(word: &str) -> bool {
    word.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) && word.contains('=')
}

/// Parses a line.
pub(super) fn parse(line: &Line, posix: bool) -> Result<Program, Unreadable> {
    program(line, tokens(line, posix)?, posix).map(|parsed| parsed.program)
}

/// Where the expansions of a line start.
fn expansions(line: &str) -> impl Iterator<Item = usize> {
    let starts = line.as_bytes().windows(2).enumerate();
    starts.filter(|(_, pair)| pair[0] == b'$' && b"({[".contains(&pair[1])).map(|(at, _)| at)
}

/// A here-document that could make the tokenizer loop forever or panic. It is safe only if its end is a plain word and the
/// last line, and if there is no expansion before its text. `<<<` is not a here-document.
fn unsafe_document(line: &str) -> Option<usize> {
    // Most lines have none, and a search by bytes says so sooner.
    if !line.as_bytes().windows(2).any(|pair| pair == b"<<") {
        return None;
    }
    let mut documents = line.match_indices("<<").map(|(at, _)| at).filter(|at| {
        let run = line[*at..].bytes().take_while(|byte| *byte == b'<').count();
        run != 3 || line[..*at].ends_with('<')
    });
    let first = documents.next()?;
    let text = line[first..].find('\n').map_or(line.len(), |end| first + end);
    let is_expanded = line.contains('`') || expansions(line).next().is_some_and(|expansion| expansion < text);
    // The shell joins such lines before it looks for the end. The parser does so afterwards.
    let is_continued = line.contains("\\\n");
    if is_expanded || is_continued || !is_ended(&line[first + 2..]) { Some(first) } else { documents.next() }
}

/// Whether the text after a `<<` is a plain word, quoted or not, and the last line is that word.
fn is_ended(document: &str) -> bool {
    let (indent, document) = document.strip_prefix('-').map_or(("", document), |rest| ("\t", rest));
    let quoted = document.trim_start_matches([' ', '\t']);
    let word = quoted.trim_start_matches(['\'', '"', '\\']);
    let end = word.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(word.len());
    let (word, rest) = word.split_at(end);
    let open = quoted[..quoted.len() - word.len() - rest.len()].trim_start_matches('\\');
    let Some(rest) = rest.strip_prefix(open) else { return false };
    let is_whole = rest.starts_with(|c: char| c.is_ascii_whitespace() || ";&|<>)".contains(c));
    let mut lines = rest.strip_suffix('\n').unwrap_or(rest).split('\n').skip(1).peekable();
    let is_end = |line: &str| line.trim_start_matches(|c| indent.contains(c)) == word;
    while let Some(line) = lines.next() {
        if is_end(line) {
            return !word.is_empty() && open.len() <= 1 && is_whole && lines.peek().is_none();
        }
    }
    false
}

/// What a token costs: more if it is a word that is split into pieces again.
fn weight(token: &str) -> usize {
    let is_quoted = |byte: &u8| matches!(byte, b'"' | b'\'' | b'\\' | b'`' | b'{' | b'*' | b'?' | b'[' | b'~');
    1 + token.bytes().filter(is_quoted).count()
}

fn tokenizer_position(error: &TokenizerError) -> Option<&SourcePosition> {
    match error {
        TokenizerError::UnterminatedSingleQuote(position)
        | TokenizerError::UnterminatedAnsiCQuote(position)
        | TokenizerError::UnterminatedDoubleQuote(position)
        | TokenizerError::UnterminatedBackquote(position) => Some(position),
        _ => None,
    }
}

/// A word before a redirection that the parser does not read as bash does. `{name}>` is a redirection, and the number of a
/// redirection must not overflow, or the parser panics.
fn misread(pair: &[Token], posix: bool) -> Option<&Token> {
    let [word @ Token::Word(text, at), Token::Operator(operator, next)] = pair else { return None };
    let is_redirection = operator.starts_with(['<', '>']) && at.end.index == next.start.index;
    let is_name = text.starts_with('{') && text.ends_with('}');
    // In dash, a number with more than one digit is an argument.
    let longest = if posix { 1 } else { 9 };
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !(1..=longest).contains(&text.len());
    (is_redirection && (is_name || is_number)).then_some(word)
}

/// The token that nests commands too deeply, or the second `!` of two. The parser drops those, although they turn every exit
/// status into 0 or 1.
fn too_deep_or_doubled(tokens: &[Token]) -> Option<&Token> {
    let mut closers: Vec<&str> = Vec::new();
    let mut starts_command = true;
    let mut is_negated = false;
    let mut tests = 0;
    for token in tokens {
        let text = token.to_str();
        let closer = match (token, text) {
            (Token::Operator(..), "(") => Some(")"),
            (Token::Word(..), _) if !starts_command => None,
            (Token::Word(..), "{") => Some("}"),
            (Token::Word(..), "if") => Some("fi"),
            (Token::Word(..), "case") => Some("esac"),
            (Token::Word(..), "for" | "while" | "until") => Some("done"),
            (Token::Word(..), "[[") => Some("]]"),
            (Token::Word(..), "coproc" | "function") => Some(""),
            _ => None,
        };
        if let Some(closer) = closer {
            closers.push(closer);
        } else if (matches!(token, Token::Operator(..)) || starts_command || text == "]]")
            && closers.last() == Some(&text)
        {
            closers.pop();
        }
        let is_negation = starts_command && text == "!";
        let is_in_test = closers.contains(&"]]");
        tests = if is_in_test { tests + usize::from(matches!(text, "!" | "&&" | "||")) } else { 0 };
        if closers.len() > DEEPEST || tests > MOST_TESTS || (is_negated && is_negation) {
            return Some(token);
        }
        is_negated = is_negation;
        starts_command = match token {
            Token::Operator(..) => true,
            Token::Word(..) => starts_command && precedes_command(text),
        };
    }
    None
}

/// Whether a command starts behind a reserved word.
pub fn precedes_command(word: &str) -> bool {
    let reserved =
        ["!", "{", "}", "do", "done", "elif", "else", "esac", "fi", "if", "then", "time", "until", "while", "coproc"];
    reserved.contains(&word)
}
