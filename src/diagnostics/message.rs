//! What a diagnostic says.

use crate::text::quote::whole;

/// What a diagnostic says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What is wrong: one line, lower case, without a full stop.
    pub title: String,
    /// What the carets point at. Without it, only the file is shown.
    pub label: Option<String>,
    /// What the other place is, if there is one.
    pub related: Option<String>,
    /// What to type or do, one paragraph each.
    pub help: Vec<String>,
    /// What the first help line says to write, for editors and other programs.
    pub replacement: Option<Replacement>,
}

/// A text to write instead of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The new text.
    pub text: String,
    /// Instead of what.
    pub of: Replaced,
    /// Whether it can be written without asking: what is there works nowhere, and can only mean this.
    pub is_safe: bool,
}

/// What a replacement replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// What the carets point at.
    Place,
    /// The line that the carets are in.
    Line,
}

impl Message {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn related(mut self, related: impl Into<String>) -> Self {
        self.related = Some(related.into());
        self
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        self.help_if(Some(help))
    }

    /// Adds what to write instead of what the carets point at.
    pub(crate) fn write(self, text: impl Into<String>) -> Self {
        self.write_instead(text.into(), Replaced::Place)
    }

    /// Adds what to write instead of the line.
    pub(crate) fn write_line(self, text: impl Into<String>) -> Self {
        self.write_instead(text.into(), Replaced::Line)
    }

    fn write_instead(self, text: String, of: Replaced) -> Self {
        let message = self.help(format!("write `{}`", whole(&text)));
        let replacement = message.replacement.or(Some(Replacement { text, of, is_safe: false }));
        Self { replacement, ..message }
    }

    /// Notes what replaces what the carets point at, as the help says in other words.
    pub(crate) fn replace(self, text: impl Into<String>) -> Self {
        let replacement = Replacement { text: text.into(), of: Replaced::Place, is_safe: false };
        Self { replacement: Some(replacement), ..self }
    }

    /// Lets the replacement be written without asking, if `is_safe`.
    pub(crate) fn safe_if(mut self, is_safe: bool) -> Self {
        if let Some(replacement) = &mut self.replacement {
            replacement.is_safe = is_safe;
        }
        self
    }

    /// Adds a paragraph of help, if there is one.
    pub(crate) fn help_if(mut self, help: Option<impl Into<String>>) -> Self {
        self.help.extend(help.map(Into::into));
        self
    }
}
