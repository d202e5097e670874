//! Where the texts of a build come from, and ranges in them.

use crate::text::lines::Text;
use crate::text::variable::Variable;
use std::ops::Range;

/// Where a text comes from. Diagnostics are shown in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The `Procfile` of a service binding (S3).
    Binding,
    /// The Procfile (S1).
    Procfile,
    /// The project.toml (S2).
    ProjectToml,
    /// A variable of the platform (section C).
    Variable(Variable),
    /// A `.profile` in the app, which is never read (O3).
    Profile,
    /// A script of the app that a process type runs (X4d), by its number.
    Script(u16),
    /// A variable of the platform that does not exist (C10), by its number.
    UnknownVariable(u16),
}

impl Source {
    /// Whether it declares process types, or says where they are declared.
    pub fn leads_to_types(self) -> bool {
        self < Self::Variable(Variable::DefaultType)
    }
}

/// A range of bytes in the text of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The source that the range is in.
    pub source: Source,
    /// The first byte.
    pub start: usize,
    /// The byte after the last; equal to `start` for a point between two characters.
    pub end: usize,
}

impl Span {
    /// The span of `range` in `source`.
    pub fn new(source: Source, range: Range<usize>) -> Self {
        Self { source, start: range.start, end: range.end }
    }

    /// The bytes of the text.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// The texts of all sources that exist.
#[derive(Debug, Default)]
pub struct Sources {
    texts: Vec<(Source, Text)>,
    /// Sources that exist and could not be read. Their texts are empty.
    unread: Vec<Source>,
}

impl Sources {
    /// Adds the text of a source.
    pub fn add(&mut self, source: Source, text: Text) {
        self.texts.push((source, text));
    }

    /// Gives a source another text.
    pub fn replace(&mut self, source: Source, text: Text) {
        self.texts.retain(|(there, _)| *there != source);
        self.add(source, text);
    }

    /// Adds a source of this name that could not be read.
    pub fn add_unread(&mut self, source: Source, name: &str) {
        self.unread.push(source);
        self.add(source, Text::new(name, String::new()));
    }

    /// The variables that do not exist (C10).
    pub fn unknown_variables(&self) -> impl Iterator<Item = (Source, &Text)> {
        let all = self.texts.iter().map(|(source, text)| (*source, text));
        all.filter(|(source, _)| matches!(source, Source::UnknownVariable(_)))
    }

    /// The text of a source, if the source exists.
    pub fn text(&self, source: Source) -> Option<&Text> {
        self.texts.iter().find(|(there, _)| *there == source).map(|(_, text)| text)
    }

    /// The length of all texts together, in bytes.
    pub fn length(&self) -> usize {
        self.texts.iter().map(|(_, text)| text.content.len()).sum()
    }

    /// The content of a source, if the source exists and could be read.
    pub fn content(&self, source: Source) -> Option<&str> {
        self.text(source).filter(|_| !self.unread.contains(&source)).map(|text| text.content.as_str())
    }

    /// The value of a variable, if it is set.
    pub fn value(&self, variable: Variable) -> Option<&str> {
        self.content(Source::Variable(variable))
    }
}
