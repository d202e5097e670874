//! The options of a command.

use crate::advice::command::{Command, Word, glue};
use crate::advice::programs::Options;

impl<'a> Command<'a> {
    /// The only word that is one of these options, or starts with one and a `=`, and the value: in the same word, or in
    /// the next one. An option of one letter can have it right after the letter. `Err` if there are several.
    pub(super) fn option(&self, names: Options) -> Result<Option<Given<'_, 'a>>, Repeated> {
        let mut found = None;
        for (index, word) in self.options() {
            let before = |name: &&str| Some(format!("{name}{}", glue(&word.text, name)?));
            let Some(before) = names.iter().find_map(before) else { continue };
            let value = if before.ends_with(' ') {
                self.words.get(index + 1).map(|word| (word, word.text.as_ref()))
            } else {
                Some((word, &word.text[before.len()..]))
            };
            let given = value.map(|(word, value)| Given { before, word, value });
            if given.is_some() && found.is_some() {
                return Err(Repeated);
            }
            found = found.or(given);
        }
        Ok(found)
    }

    /// The first of these options that is given, and its word. One with a blank is given if the next word is that value, or
    /// has it among several that are separated by `;`.
    pub(super) fn first_of(&self, names: Options) -> Option<(&'static str, &Word<'a>)> {
        if names.is_empty() {
            return None;
        }
        let has = |word: &Word, wanted: &str| word.text.split(';').any(|value| value.trim() == wanted);
        let is_given = |index: usize, word: &str, option: &str| match option.strip_prefix(word) {
            Some("") => true,
            Some(rest) if rest.starts_with(' ') => self.words.get(index + 1).is_some_and(|next| has(next, &rest[1..])),
            _ => glue(word, option).is_some(),
        };
        self.options().find_map(|(index, word)| {
            let option = names.iter().find(|option| is_given(index, &word.text, option))?;
            Some((*option, word))
        })
    }

    /// The words that may be options, with their numbers: those after `--` are not.
    pub(super) fn options(&self) -> impl Iterator<Item = (usize, &Word<'a>)> {
        self.words.iter().enumerate().skip(1).take_while(|(_, word)| word.text != "--")
    }
}

/// An option that is given more than once.
#[derive(Debug)]
pub(super) struct Repeated;

/// An option with its value.
#[derive(Debug)]
pub(super) struct Given<'c, 'a> {
    /// The option, and what is between it and the value.
    before: String,
    /// The word that holds the value.
    pub(super) word: &'c Word<'a>,
    /// The value, without quotes.
    pub(super) value: &'c str,
}

impl Given<'_, '_> {
    /// The option with another value, in the same spelling.
    pub(super) fn with(&self, value: &str) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.:/@%+=[]${}*-".contains(c);
        let quote = if value.chars().all(is_plain) { "" } else { "\"" };
        format!("{}{quote}{value}{quote}", self.before)
    }
}
