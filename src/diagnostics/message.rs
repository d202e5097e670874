//! What a diagnostic says.

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

    /// Adds a paragraph of help, if there is one.
    pub(crate) fn help_if(mut self, help: Option<impl Into<String>>) -> Self {
        self.help.extend(help.map(Into::into));
        self
    }
}
