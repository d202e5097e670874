//! The part of `fancy-regex` that libcnb uses, for patterns like those that libcnb has: see the README beside this crate.
//!
//! Such a pattern is `^CLASS+$` or `^(?!WORDS$)CLASS+$`. A class is `.` or `[…]`, with ASCII characters, ranges of letters
//! or digits, and `[:alnum:]`. Words are `word` or `(word|word)`.

use std::fmt;
use std::ops::RangeInclusive;

/// A pattern.
#[derive(Clone, Debug)]
pub struct Regex {
    /// The texts that do not match.
    not: Vec<String>,
    /// The characters of those that do; `None` for all but the line feed.
    class: Option<Vec<RangeInclusive<char>>>,
}

impl Regex {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// If it is not like those of libcnb.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        parse(pattern).ok_or_else(|| Error(pattern.to_string()))
    }

    /// Whether a text matches.
    ///
    /// # Errors
    /// None. `fancy-regex` can run out of steps.
    pub fn is_match(&self, text: &str) -> Result<bool, Error> {
        let is_in_class = |character: char| match &self.class {
            Some(ranges) => ranges.iter().any(|range| range.contains(&character)),
            None => character != '\n',
        };
        Ok(!text.is_empty() && text.chars().all(is_in_class) && !self.not.iter().any(|not| not == text))
    }
}

fn parse(pattern: &str) -> Option<Regex> {
    let rest = pattern.strip_prefix('^')?.strip_suffix("+$")?;
    let (not, rest) = match rest.strip_prefix("(?!") {
        Some(rest) => rest.split_once("$)").map(|(words, rest)| Some((self::words(words)?, rest)))??,
        None => (Vec::new(), rest),
    };
    let class = if rest == "." { None } else { Some(class(rest.strip_prefix('[')?.strip_suffix(']')?)?) };
    Some(Regex { not, class })
}

/// `word` or `(word|word)`.
fn words(text: &str) -> Option<Vec<String>> {
    let inside = text.strip_prefix('(').map_or(Some(text), |text| text.strip_suffix(')'))?;
    let is_group = inside.len() < text.len();
    let is_word = |word: &&str| !word.is_empty() && word.chars().all(|character| character.is_ascii_alphanumeric());
    let words: Vec<&str> = inside.split('|').collect();
    (words.iter().all(is_word) && (is_group || words.len() == 1)).then(|| words.into_iter().map(String::from).collect())
}

/// The inside of `[…]`. A `-` is only itself at the end.
fn class(text: &str) -> Option<Vec<RangeInclusive<char>>> {
    let mut ranges = Vec::new();
    let mut rest = text.strip_suffix('-').unwrap_or(text);
    if rest.len() < text.len() {
        ranges.push('-'..='-');
    }
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("[:alnum:]") {
            ranges.extend(['a'..='z', 'A'..='Z', '0'..='9']);
            rest = behind;
            continue;
        }
        let mut characters = rest.chars().skip(1);
        let last = if characters.next() == Some('-') { characters.next()? } else { first };
        let is_alphanumeric = first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() && first <= last;
        if !is_alphanumeric && (first != last || !"._/".contains(first)) {
            return None;
        }
        ranges.push(first..=last);
        rest = &rest[if first == last && !rest[1..].starts_with('-') { 1 } else { 3 }..];
    }
    (!ranges.is_empty()).then_some(ranges)
}

/// A pattern that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "this stand-in for fancy-regex does not understand `{}`", self.0)
    }
}

impl std::error::Error for Error {}
