//! What can be wrong with a process type, in whatever source it is declared.

use crate::diagnostics::{Message, problems};
use crate::parse::process::{LONGEST_ARGUMENT, MOST_PROCESSES};
use crate::text::Variable;
use crate::text::quote::{code, whole};

problems! {
    enum ParseProblem {
        /// A name with a character that is not allowed (P5). `entries`: the lines to write if it is several names.
        Error "invalid-name" InvalidName { name: String, suggestion: Option<String>, entries: Option<String> },
        /// Nothing to run (P6, T3).
        Error "empty-command" EmptyCommand { name: String, instead: Instead },
        /// More than [`MOST_PROCESSES`] in one file.
        Error "too-many-processes" TooMany,
        /// A character that no line may have (P10, T3).
        Error "control-character" ControlCharacter { character: char },
        /// A character that cannot be seen, or that reorders what can (P10).
        Warning "invisible-character" InvisibleCharacter { character: char, is_escape: bool, plain: Option<String> },
        /// A quote or a dash of a word processor, which a shell takes literally (P12). With what was typed.
        Warning "smart-punctuation" SmartPunctuation { character: char, plain: String, is_line: bool },
        /// An entry of a Procfile in the variable that has the command of `web` (C3).
        Error "entry-in-variable" EntryInVariable { name: String, command: Option<String> },
        /// Longer than the kernel takes as one argument or variable.
        Error "too-long" TooLong { what: &'static str, bytes: usize },
    }
}

/// What is there instead of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    Nothing,
    Comment,
    /// Nothing, but the line below is this command, indented.
    Below(String),
}

/// The problem of a command line that runs nothing: only blanks and comments.
pub(crate) fn empty_command(name: &str, line: &str) -> Option<ParseProblem> {
    let mut lines = line.lines().map(|line| line.trim_start_matches([' ', '\t', '\r'])).filter(|line| !line.is_empty());
    let instead = if lines.clone().next().is_some() { Instead::Comment } else { Instead::Nothing };
    let is_empty = lines.all(|line| line.starts_with('#'));
    is_empty.then(|| ParseProblem::EmptyCommand { name: name.to_string(), instead })
}

fn message(problem: &ParseProblem) -> Message {
    match problem {
        ParseProblem::InvalidName { name, suggestion, entries } => {
            let title = match name.as_str() {
                "" => "a process type cannot be empty".to_string(),
                name => format!("{} is not a valid process type", code(name)),
            };
            let message = Message::new(title)
                .label("use 1 to 255 ASCII letters, digits, `.`, `_` or `-`, and not just `.` or `..`");
            match entries {
                Some(entries) => message.help(lines_instead(entries)),
                None => message.help(format!("call it `{}`", suggestion.as_deref().unwrap_or("web"))),
            }
        }
        ParseProblem::EmptyCommand { name, instead } => no_command(name, instead),
        ParseProblem::TooMany => Message::new(format!("there are more than {MOST_PROCESSES} process types here"))
            .label("the process types from here on are not checked")
            .help("declare each program once, and pass different arguments when you run it: `docker run --entrypoint worker IMAGE --queue 17`"),
        ParseProblem::ControlCharacter { character } => control_character(*character),
        ParseProblem::InvisibleCharacter { character, is_escape, plain } => {
            invisible_character(*character, *is_escape, plain.as_deref())
        }
        ParseProblem::SmartPunctuation { character, plain, is_line } => {
            let kind = if "“”„‟‘’‚‛".contains(*character) { "quote" } else { "hyphen" };
            let message = Message::new(format!("`{character}` is not a {kind} for a shell or a program"))
                .label("probably typed by a word processor");
            if *is_line { message.write_line(plain) } else { message.help(format!("write `{}`", whole(plain))) }
        }
        ParseProblem::EntryInVariable { name, command } => entry_in_variable(name, command.as_deref()),
        ParseProblem::TooLong { what, bytes } => {
            let limit = LONGEST_ARGUMENT.div_ceil(1024);
            Message::new(format!("{what} of {bytes} bytes is too long: it must be shorter than {limit} KiB"))
                .label("too long")
                .help(match *what {
                    "a variable" => "move its value into a file in the app that the program reads",
                    _ => "move it into a file in the app, such as a script that this command runs",
                })
        }
    }
}

/// What to write instead of a line.
pub(crate) fn lines_instead(lines: &str) -> String {
    let lines: Vec<String> = lines.lines().map(whole).collect();
    format!("replace it with these lines:\n{}", lines.join("\n"))
}

fn no_command(name: &str, instead: &Instead) -> Message {
    if *instead == Instead::Comment {
        return Message::new(format!("the process type {} has only a comment, not a command", code(name)))
            .label("this runs nothing")
            .help("delete the `#` if this is the command; otherwise add a command, or delete the process type");
    }
    let message = Message::new(format!("the process type {} has no command", code(name))).label("a command is missing");
    message.help(match instead {
        Instead::Below(command) => format!("write it on the same line: `{}`", whole(&format!("{name}: {command}"))),
        _ => "add the command to run, such as `node server.js`, or delete the process type".to_string(),
    })
}

fn control_character(character: char) -> Message {
    let help = match character {
        '\0' => "save the file as UTF-8 text: it looks like a binary file, or like UTF-16 without a byte order mark",
        _ => "delete the character; text copied from a terminal can contain it",
    };
    Message::new(format!("unexpected control character U+{:04X}", u32::from(character)))
        .label("not allowed in this file")
        .help(help)
}

/// `is_escape`: whether it is written as an escape of TOML.
/// `plain`: the line without it, or with an ordinary blank.
fn invisible_character(character: char, is_escape: bool, plain: Option<&str>) -> Message {
    let name = match character {
        '\u{a0}' => " (no-break space)",
        '\u{ad}' => " (soft hyphen)",
        '\u{200b}' => " (zero width space)",
        '\u{200c}' => " (zero width non-joiner)",
        '\u{200d}' => " (zero width joiner)",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ", which reorders the text after it",
        '\u{feff}' => " (byte order mark)",
        _ => "",
    };
    let message = Message::new(format!("invisible character U+{:04X}{name}", u32::from(character)))
        .label(if is_escape { "this stands for it" } else { "part of the line, but not visible" });
    match plain {
        // Other characters mean something to somebody: they join letters, or write from right to left. In quotes, all do.
        Some(plain) => {
            let is_slip = matches!(character, '\u{a0}' | '\u{200b}' | '\u{feff}') && !plain.contains(['\'', '"']);
            message.write_line(plain).safe_if(is_slip)
        }
        None => message.help("delete it; if you meant a space, type an ordinary one"),
    }
}

fn entry_in_variable(name: &str, command: Option<&str>) -> Message {
    let variable = Variable::DefaultProcess.name();
    let message = Message::new(format!("{variable} takes only a command, without a process type before it"))
        .label(format!("a shell would look for a program called {}", code(&format!("{name}:"))));
    match command {
        Some(command) => message
            .help(format!("set it to `{}`", whole(command)))
            .help_if((name != "web").then(|| format!("to declare {}, write a Procfile", code(name)))),
        None => message.help("write these lines into a Procfile"),
    }
}
