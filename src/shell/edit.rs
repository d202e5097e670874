//! The changes with which a program replaces its shell and gets the arguments (X3, X4).

use std::ops::Range;

/// A change of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that it replaces. None if it only inserts something.
    pub at: Range<usize>,
    /// What is there then.
    pub what: Insert,
}

/// What a change adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insert {
    /// `exec` before a program.
    Exec,
    /// `"$@"` after the last word of a command.
    Arguments,
    /// `{` or `}` in the place of a parenthesis, with the blanks that it needs.
    Brace(&'static str),
}

impl Edit {
    /// `exec` before the program that starts at a byte.
    pub fn exec(at: usize) -> Self {
        Self { at: at..at, what: Insert::Exec }
    }

    /// `"$@"` after the word that ends at a byte.
    pub fn arguments(at: usize) -> Self {
        Self { at: at..at, what: Insert::Arguments }
    }

    fn text(&self) -> &'static str {
        match self.what {
            Insert::Exec => "exec ",
            Insert::Arguments => " \"$@\"",
            Insert::Brace(text) => text,
        }
    }
}

/// Some bytes of a script with the edits in them. `edits`: in the order of their places.
pub fn edited(script: &str, within: Range<usize>, edits: &[Edit]) -> String {
    let mut text = String::with_capacity(within.len() + 16);
    let mut copied = within.start;
    for edit in edits.iter().filter(|edit| within.start <= edit.at.start && edit.at.end <= within.end) {
        text += script.get(copied..edit.at.start).unwrap_or_default();
        text += edit.text();
        copied = edit.at.end;
    }
    text + script.get(copied..within.end).unwrap_or_default()
}
