//! A problem: its name, its severity and its message.

use crate::diagnostics::message::Message;

/// What a diagnostic does to the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The build fails.
    Error,
    /// The build continues, unless warnings fail it (C7).
    Warning,
    /// The build continues, whatever C7 says.
    Note,
}

impl Severity {
    /// The word that a diagnostic starts with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The stable name of a problem, in kebab case, and its severity.
pub type Listed = (&'static str, Severity);

/// The address of the page about the problem of this name, in this version (O7).
pub fn page(name: &str) -> String {
    let (repository, version) = (env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"));
    format!("{repository}/blob/v{version}/docs/diagnostics/{name}.md")
}

/// What can be wrong, as a value. The macro `problems` implements it.
pub trait Problem {
    /// The name and severity.
    fn name(&self) -> Listed;

    /// What the user reads. Only asked for what is shown.
    fn message(&self) -> Message;
}

/// Defines an enum of problems with their names and severities. The module that uses it writes the messages, in a
/// function `message(&Problem) -> Message`.
macro_rules! problems {
    (
        $(#[$meta:meta])*
        enum $Problem:ident {
            $(
                $(#[$doc:meta])*
                $severity:ident $name:literal $Variant:ident $({ $( $field:ident: $type:ty ),* $(,)? })?,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum $Problem {
            $( $(#[$doc])* $Variant $({ $( $field: $type ),* })?, )*
        }

        impl $Problem {
            /// The name and severity of every problem of this enum.
            pub(crate) const ALL: &[$crate::diagnostics::problem::Listed] =
                &[$( ($name, $crate::diagnostics::problem::Severity::$severity) ),*];
        }

        impl $crate::diagnostics::problem::Problem for $Problem {
            fn name(&self) -> $crate::diagnostics::problem::Listed {
                match self {
                    $( Self::$Variant { .. } => ($name, $crate::diagnostics::problem::Severity::$severity), )*
                }
            }

            fn message(&self) -> $crate::diagnostics::message::Message {
                message(self)
            }
        }
    };
}
pub(crate) use problems;
