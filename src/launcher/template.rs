//! A command that the static launcher expands when the process starts (X6): its shape, and how it is written into
//! launch.toml.
//!
//! It is passed as arguments. Each is a token, and its first character says what it is:
//!
//! | token | |
//! |---|---|
//! | `NAME=` after `+` | an assignment starts |
//! | `.` | a word starts |
//! | `'text` | text, never split |
//! | `~text` | text in the word of an unquoted parameter, split at blanks |
//! | `$NAME`, `"NAME` | a parameter, unquoted or in double quotes |
//! | `$NAME:-` … `}` | one with a word: `-`, `?` or `+`, after a colon if an empty value counts as unset |

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// A simple command before expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The assignments before it, in order.
    pub assignments: Vec<(String, Vec<Piece>)>,
    /// Its words.
    pub words: Vec<Vec<Piece>>,
}

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text.
    Text {
        /// The text.
        text: String,
        /// Whether it is split at blanks.
        split: bool,
    },
    /// A parameter.
    Parameter {
        /// Its name.
        name: String,
        /// Whether it is in double quotes, so that it is not split.
        quoted: bool,
        /// What happens if it is unset, or set.
        test: Option<Test>,
    },
}

/// The `:-word` of `${NAME:-word}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Whether an empty value counts as unset (`:`).
    pub colon: bool,
    /// What the word is for.
    pub action: Action,
    /// The word.
    pub word: Vec<Piece>,
}

/// What the word of a parameter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `-`: the value if the parameter is unset.
    Default,
    /// `?`: the message if it is unset.
    Error,
    /// `+`: the value if it is set.
    Alternative,
}

const ACTIONS: [(char, Action); 3] = [('-', Action::Default), ('?', Action::Error), ('+', Action::Alternative)];

impl Template {
    /// The template as arguments: their number, and as many tokens.
    pub fn encode(&self) -> Vec<Cow<'static, str>> {
        let mut tokens = vec![Cow::Borrowed("")];
        for (name, value) in &self.assignments {
            tokens.push(Cow::Owned(format!("+{name}=")));
            encode(value, &mut tokens);
        }
        for word in &self.words {
            tokens.push(Cow::Borrowed("."));
            encode(word, &mut tokens);
        }
        tokens[0] = Cow::Owned((tokens.len() - 1).to_string());
        tokens
    }

    /// The program, if its name is literal.
    pub fn program(&self) -> Option<String> {
        literal(self.words.first()?)
    }

    /// The words, if all of them are literal.
    pub fn literal(&self) -> Option<Vec<String>> {
        let words = self.words.iter().map(|word| literal(word));
        words.collect::<Option<_>>().filter(|_| self.assignments.is_empty())
    }

    /// The template at the start of the arguments, and the arguments after it. `None` if there is no such template.
    pub fn decode(arguments: &[OsString]) -> Option<(Self, &[OsString])> {
        let (count, arguments) = arguments.split_first()?;
        let (tokens, rest) = arguments.split_at_checked(count.to_str()?.parse().ok()?)?;
        let mut tokens = tokens.iter().map(|token| token.to_str()).collect::<Option<Vec<_>>>()?.into_iter().peekable();
        let mut template = Self::default();
        while let Some(token) = tokens.next() {
            let pieces = decode(&mut tokens, 0)?;
            match token.strip_prefix('+').and_then(|token| token.strip_suffix('=')) {
                Some(name) => template.assignments.push((name.to_string(), pieces)),
                None if token == "." => template.words.push(pieces),
                None => return None,
            }
        }
        Some((template, rest))
    }
}

fn literal(word: &[Piece]) -> Option<String> {
    let texts = word.iter().map(|piece| match piece {
        Piece::Text { text, .. } => Some(text.as_str()),
        Piece::Parameter { .. } => None,
    });
    texts.collect()
}

fn encode(pieces: &[Piece], tokens: &mut Vec<Cow<'static, str>>) {
    for piece in pieces {
        match piece {
            Piece::Text { text, split } => {
                tokens.push(Cow::Owned(format!("{}{text}", if *split { '~' } else { '\'' })));
            }
            Piece::Parameter { name, quoted, test } => {
                let sigil = if *quoted { '"' } else { '$' };
                let Some(test) = test else {
                    tokens.push(Cow::Owned(format!("{sigil}{name}")));
                    continue;
                };
                let colon = if test.colon { ":" } else { "" };
                let action = ACTIONS.iter().find(|(_, action)| *action == test.action).map_or('-', |(sign, _)| *sign);
                tokens.push(Cow::Owned(format!("{sigil}{name}{colon}{action}")));
                encode(&test.word, tokens);
                tokens.push(Cow::Borrowed("}"));
            }
        }
    }
}

/// The deepest nesting of words that is decoded. The buildpack never writes a deeper one.
const DEEPEST: usize = 32;

fn decode<'t>(tokens: &mut std::iter::Peekable<impl Iterator<Item = &'t str>>, depth: usize) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    while let Some(piece) = tokens.next_if(|token| !token.starts_with(['.', '+', '}'])) {
        let (sigil, rest) = piece.split_at_checked(1)?;
        if let "'" | "~" = sigil {
            pieces.push(Piece::Text { text: rest.to_string(), split: sigil == "~" });
            continue;
        }
        if !matches!(sigil, "$" | "\"") || depth > DEEPEST {
            return None;
        }
        let action = ACTIONS.iter().find(|(sign, _)| rest.ends_with(*sign));
        let (name, test) = match action {
            None => (rest, None),
            Some((_, action)) => {
                let name = &rest[..rest.len() - 1];
                let colon = name.ends_with(':');
                let word = decode(tokens, depth + 1)?;
                tokens.next_if_eq(&"}")?;
                (name.trim_end_matches(':'), Some(Test { colon, action: *action, word }))
            }
        };
        pieces.push(Piece::Parameter { name: name.to_string(), quoted: sigil == "\"", test });
    }
    Some(pieces)
}

/// A command after expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// The variables that the program gets in addition to the environment.
    pub variables: Vec<(String, OsString)>,
    /// The program and its arguments.
    pub words: Vec<OsString>,
}

/// Why a template has no expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// A `${NAME?word}` whose parameter is unset, or empty.
    Unset {
        /// The parameter.
        name: String,
        /// The message, which may be empty.
        message: OsString,
        /// Whether an empty value counts as unset.
        colon: bool,
    },
    /// An argument, or all of them together, are longer than what Linux passes to a program.
    TooLong,
}

/// The longest argument, and the longest arguments and variables of a program together, in bytes (Linux,
/// `MAX_ARG_STRLEN` and three quarters of `_STK_LIM`).
const LONGEST: usize = 128 * 1024;
const LONGEST_IN_ALL: usize = 6 * 1024 * 1024;

impl Template {
    /// Expands the template as a POSIX shell does (XCU 2.6.2, 2.6.5, 2.9.1): first the words, split at blanks, then
    /// the assignments, each of which the next one sees. File names are not expanded, as after `set -f`.
    ///
    /// # Errors
    /// The first `?` whose parameter is unset, or more text than a program can get (R6).
    pub fn expand(&self, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Expanded, Failed> {
        let mut expanded = Expanded::default();
        let mut left = LONGEST_IN_ALL;
        for word in &self.words {
            let mut fields = Fields { left, ..Fields::default() };
            fields.add(word, variable, false)?;
            left = fields.left;
            expanded.words.extend(fields.done.into_iter().chain(fields.open));
        }
        for (name, value) in &self.assignments {
            let earlier = |name: &str| {
                let mut assigned = expanded.variables.iter().rev();
                assigned.find(|(assigned, _)| assigned == name).map(|(_, value)| value.clone())
            };
            let mut fields = Fields { left, ..Fields::default() };
            fields.add(value, &|name| earlier(name).or_else(|| variable(name)), true)?;
            left = fields.left;
            expanded.variables.push((name.clone(), fields.open.unwrap_or_default()));
        }
        Ok(expanded)
    }
}

/// The fields that a word becomes.
#[derive(Default)]
struct Fields {
    done: Vec<OsString>,
    /// The field that the next text is added to.
    open: Option<OsString>,
    /// How much text there may still be, in bytes.
    left: usize,
}

impl Fields {
    fn add(
        &mut self,
        pieces: &[Piece],
        variable: &dyn Fn(&str) -> Option<OsString>,
        whole: bool,
    ) -> Result<(), Failed> {
        for piece in pieces {
            match piece {
                Piece::Text { text, split } => self.text(OsStr::new(text), *split && !whole)?,
                Piece::Parameter { name, quoted, test } => {
                    let value = variable(name);
                    let Some(test) = test else {
                        self.value(value.as_deref(), *quoted, whole)?;
                        continue;
                    };
                    let is_set = value.as_ref().is_some_and(|value| !(test.colon && value.is_empty()));
                    match (test.action, is_set) {
                        (Action::Default | Action::Error, true) => self.value(value.as_deref(), *quoted, whole)?,
                        (Action::Default, false) | (Action::Alternative, true) => {
                            if *quoted {
                                self.push(OsStr::new(""))?;
                            }
                            self.add(&test.word, variable, whole || *quoted)?;
                        }
                        (Action::Alternative, false) => self.value(None, *quoted, whole)?,
                        (Action::Error, false) => {
                            let mut message = Self { left: self.left, ..Self::default() };
                            message.add(&test.word, variable, true)?;
                            let message = message.open.unwrap_or_default();
                            return Err(Failed::Unset { name: name.clone(), message, colon: test.colon });
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn value(&mut self, value: Option<&OsStr>, quoted: bool, whole: bool) -> Result<(), Failed> {
        match value {
            Some(value) => self.text(value, !quoted && !whole),
            None if quoted => self.push(OsStr::new("")),
            None => Ok(()),
        }
    }

    /// Adds a text, either as it is or split at the blanks of the default IFS. A shell does not import IFS from its
    /// environment (XCU 2.5.3).
    fn text(&mut self, text: &OsStr, split: bool) -> Result<(), Failed> {
        if !split {
            return self.push(text);
        }
        for (number, field) in text.as_bytes().split(|byte| b" \t\n".contains(byte)).enumerate() {
            if number > 0 {
                self.done.extend(self.open.take());
            }
            if !field.is_empty() {
                self.push(OsStr::from_bytes(field))?;
            }
        }
        Ok(())
    }

    /// Adds a text to the open field. The kernel counts a pointer and an end for every argument.
    fn push(&mut self, text: &OsStr) -> Result<(), Failed> {
        let end = if self.open.is_none() { size_of::<usize>() + 1 } else { 0 };
        self.left = self.left.checked_sub(text.len() + end).ok_or(Failed::TooLong)?;
        let open = self.open.get_or_insert_default();
        if open.len() + text.len() >= LONGEST {
            return Err(Failed::TooLong);
        }
        open.push(text);
        Ok(())
    }
}
