//! What can be wrong with the files and variables that a build starts from.

use crate::diagnostics::{Message, problems};
use crate::text::Variable;
use crate::text::quote::{code, list, shown, told_apart};
use crate::text::variable::PREFIX;
use std::io::{self, ErrorKind};

/// The largest file that is read, in bytes (P10).
pub(super) const LARGEST_FILE: u64 = 1024 * 1024;

/// The same for messages.
const LARGEST: &str = "1 MiB";

/// Why the value of a variable cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// It is not text.
    NotUtf8,
    /// More than [`LARGEST_FILE`] bytes.
    TooLarge,
    /// The operating system refused.
    Unreadable(String),
}

problems! {
    /// Why a source cannot be used.
    enum FindProblem {
        /// A link to a file that does not exist.
        Error "broken-link" BrokenLink,
        /// A link, or `..`, leads out of the app directory, or out of the directory of the service bindings. The target is not
        /// kept: nothing outside is ever printed. `is_named`: a variable names the file.
        Error "outside-app" Outside { root: &'static str, is_named: bool },
        /// A directory, named pipe, socket or device.
        Error "not-a-file" NotAFile { kind: &'static str },
        /// The operating system refused, or another file was there when it was opened.
        Error "unreadable-file" Unreadable { reason: String, kind: ErrorKind },
        /// More than [`LARGEST_FILE`] bytes.
        Error "file-too-large" TooLarge,
        /// Neither UTF-8 nor UTF-16 with a byte order mark (P1).
        Error "invalid-encoding" InvalidEncoding { utf16: bool, file_offset: usize, byte: u8 },
        /// A service binding of type `Procfile` without an entry of that name (S3).
        Error "no-binding-entry" NoBindingEntry,
        /// More than one service binding of type `Procfile` (S3).
        Error "several-bindings" SeveralBindings { names: Vec<String> },
        /// UTF-16, which other tools do not read (P1).
        Warning "utf-16" Utf16,
        /// The file that a variable names is not in the app (D4).
        Error "path-not-found" PathNotFound { path: String },
        /// A variable whose value cannot be used at all (R5).
        Error "unusable-variable" UnusableVariable { variable: Variable, reason: Unusable },
        /// A value that the variable does not accept (C8).
        Error "invalid-value" InvalidValue { variable: Variable, value: String, accepted: &'static [&'static str] },
        /// A variable that is named like those of this buildpack, but does not exist (C10).
        Error "unknown-variable" UnknownVariable { name: String, nearest: Option<&'static str> },
    }
}

fn message(problem: &FindProblem) -> Message {
    match problem {
        FindProblem::BrokenLink => Message::new("this file is a link to a file that does not exist")
            .help("replace the link with the file itself, or add the file that it points to"),
        FindProblem::Outside { root, is_named } => {
            let message = Message::new(format!("this file is outside {root}"));
            let message = if *is_named { message.label("leads out of it") } else { message };
            message.help(format!("copy the file into {root}: nothing outside it is read, even through a link or `..`"))
        }
        FindProblem::NotAFile { kind } => {
            Message::new(format!("this is a {kind}, not a file")).help(format!("replace the {kind} with a file"))
        }
        FindProblem::Unreadable { reason, kind } => {
            Message::new(format!("this file cannot be read: {}", shown(reason))).help(match kind {
                ErrorKind::PermissionDenied => {
                    "let every user read it: `chmod a+r FILE`, and `chmod a+x` for its directories"
                }
                ErrorKind::InvalidFilename => {
                    "use a path in the app, with at most 255 bytes in each file or directory name"
                }
                _ => "put a regular file in its place",
            })
        }
        FindProblem::TooLarge => Message::new(format!("this file is larger than {LARGEST}"))
            .help("keep only the process types in it, and move everything else into scripts"),
        FindProblem::InvalidEncoding { utf16, file_offset, byte } => invalid_encoding(*utf16, *file_offset, *byte),
        FindProblem::NoBindingEntry => {
            Message::new("this service binding of type `Procfile` has no entry named `Procfile`")
                .help("add the file to the binding under the name `Procfile`, or give the binding another type")
        }
        FindProblem::SeveralBindings { names } => {
            let (number, names) = (names.len(), list(names, "and"));
            Message::new(format!("{number} service bindings have the type `Procfile`: {names}"))
                .help("keep one of them")
        }
        FindProblem::Utf16 => Message::new("this file is UTF-16, which other tools do not read").help(
            "save it as UTF-8; in PowerShell: `[IO.File]::WriteAllLines((Convert-Path FILE), (Get-Content FILE))`",
        ),
        FindProblem::PathNotFound { path } => Message::new(format!("there is no file {} in the app", code(path)))
            .label("no such file")
            .help("set it to a path relative to the app directory, or unset the variable"),
        FindProblem::UnusableVariable { variable, reason } => unusable(variable.name(), reason),
        FindProblem::InvalidValue { variable, value, accepted } => {
            Message::new(format!("{} does not accept the value {}", variable.name(), code(value)))
                .label("not a valid value")
                .help(format!("set it to {}, or unset it", list(*accepted, "or")))
        }
        FindProblem::UnknownVariable { name, nearest } => {
            let message = Message::new(format!("there is no variable {}", told_apart(name, *nearest)))
                .label("this would be ignored");
            let known = Variable::ALL.iter().map(|variable| variable.name()).filter(|name| name.starts_with(PREFIX));
            message.help(match nearest {
                Some(nearest) => format!("rename it to `{nearest}`"),
                None => format!("unset it, or use one of {}", list(known, "and")),
            })
        }
    }
}

fn unusable(name: &str, reason: &Unusable) -> Message {
    match reason {
        Unusable::NotUtf8 => {
            Message::new(format!("the value of {name} is not valid UTF-8")).help("set it to text in UTF-8, or unset it")
        }
        Unusable::TooLarge => Message::new(format!("the value of {name} is larger than {LARGEST}"))
            .help("set it to a shorter text, or unset it"),
        Unusable::Unreadable(reason) => Message::new(format!("the value of {name} cannot be read: {reason}"))
            .help("let every user read the files of the platform, or unset it"),
    }
}

fn invalid_encoding(utf16: bool, file_offset: usize, byte: u8) -> Message {
    let encoding = if utf16 { "UTF-16, although it starts with a UTF-16 byte order mark" } else { "UTF-8" };
    let convert = "or convert it, for example from Latin-1: `iconv -f latin1 -t utf-8 OLD > NEW`";
    Message::new(format!("this file is not valid {encoding}: byte 0x{byte:02X} at offset {file_offset}"))
        .label("cannot be decoded")
        .help("save the file as UTF-8, with \"Save with Encoding\" in your editor")
        .help_if((!utf16).then_some(convert))
}

impl From<io::Error> for FindProblem {
    fn from(error: io::Error) -> Self {
        Self::Unreadable { reason: error.to_string(), kind: error.kind() }
    }
}
