//! What can be wrong with how a command is read.

use crate::diagnostics::{Message, problems};
use crate::parse::Key;
use crate::text::quote::{brief, code, list, toml_string, whole};

problems! {
    /// What a shell, or no shell, reads in another way than it was meant.
    enum Misread {
        /// The value of a variable where nothing expands it: in an array, or in this variable of `env` (T9).
        Warning "unexpanded-value" UnexpandedValue { found: String, in_env: Option<String>, whole: Whole },
        /// An operator of a shell in an array, which no shell reads (T9), or a builtin as its program.
        Warning "literal-operator" LiteralOperator { operator: String, is_builtin: bool, whole: Whole },
        /// An assignment of a variable that is the name of a program: in an array, which no shell reads (T9), behind `exec`,
        /// or with blanks around the `=`.
        Warning "literal-assignment" LiteralAssignment { program: String, why: NoAssignment },
        /// A process that starts no program.
        Warning "nothing-started" NothingStarted { nothing: Nothing },
        /// A command behind an `exit`, or an `exec` of a program, that always leaves the shell.
        Warning "unreached-command" UnreachedCommand { command: String, replaced_by: Option<String> },
        /// `2>1`, which makes a file called `1`, or the same with the streams the other way round.
        Warning "missing-ampersand" MissingAmpersand { is_error: bool, instead: String },
        /// What only bash reads so, in a command that `sh` runs.
        Warning "bash-only" BashOnly { found: String, instead: String, is_name: bool },
        /// A command that starts an interactive shell, or needs one that was prepared. `is_whole`: whether the carets are at
        /// all that `instead` replaces.
        Warning "interactive-shell" InteractiveShell { command: String, needs_init: bool, instead: String, is_whole: bool },
        /// `set NAME=VALUE`, which sets a variable only on Windows.
        Warning "windows-set" WindowsSet { instead: String },
    }
}

/// A command as a command line, if it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) command: Option<String>,
    /// The keys whose words it contains.
    pub(crate) instead_of: Vec<Key>,
}

/// Why an assignment sets no variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoAssignment {
    /// It is in an array.
    InArray(Whole),
    /// It is behind a program that starts another.
    Behind { instead: String },
    /// It has blanks around its `=`.
    Blanks { instead: String },
    /// It is behind `export`, and has blanks around its `=`.
    Exported { instead: String },
    /// It is behind `env`, without a program.
    ForNothing { instead: String },
}

/// What a process does that starts no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nothing {
    /// It assigns variables.
    Assignment,
    /// It exports variables.
    Export,
    /// It changes to a directory.
    Directory,
}

fn message(misread: &Misread) -> Message {
    match misread {
        Misread::UnexpandedValue { found, in_env, whole } => unexpanded_value(found, in_env.as_deref(), whole),
        Misread::LiteralOperator { operator, is_builtin: true, whole } => {
            Message::new(format!("only a shell has {}, and no shell reads an array", code(operator)))
                .label("a builtin of a shell")
                .help(as_string(whole))
        }
        Misread::LiteralOperator { operator, whole, .. } => {
            Message::new(format!("the program gets {} as an argument, because no shell reads an array", code(operator)))
                .label("an operator of a shell")
                .help(as_string(whole))
        }
        Misread::LiteralAssignment { program, why } => literal_assignment(program, why),
        Misread::NothingStarted { nothing } => nothing_started(*nothing),
        Misread::UnreachedCommand { command, replaced_by } => unreached_command(command, replaced_by.as_deref()),
        Misread::MissingAmpersand { is_error, instead } => missing_ampersand(*is_error, instead),
        Misread::BashOnly { found, instead, is_name } => bash_only(found, instead, *is_name),
        Misread::InteractiveShell { command, needs_init, instead, is_whole } => {
            interactive_shell(command, *needs_init, instead, *is_whole)
        }
        Misread::WindowsSet { instead } => Message::new("`set` does not set a variable here, as it does on Windows")
            .label("sets only the arguments of the shell")
            .write(instead),
    }
}

fn unexpanded_value(found: &str, in_env: Option<&str>, written: &Whole) -> Message {
    let Some(name) = in_env else {
        return Message::new(format!("the program gets the text {}, not the value of the variable", code(found)))
            .label("nothing is expanded in an array")
            .help(as_string(written));
    };
    Message::new(format!("{} gets the text {}, not the value of the variable", code(name), code(found)))
        .label("nothing is expanded in `env`")
        .help(match &written.command {
            Some(command) => format!("delete it here, and write `command = {}`", whole(&toml_string(command))),
            None => "set the variable in the command".to_string(),
        })
}

/// How to write a command so that a shell reads it.
fn as_string(Whole { command, instead_of }: &Whole) -> String {
    let written = command.as_deref().map(|command| format!(": `{}`", whole(&toml_string(command))));
    let written = written.unwrap_or_default();
    let keys = list(instead_of.iter().map(|key| key.name()), "and");
    let without = if keys.is_empty() { String::new() } else { format!(", without {keys}") };
    format!("write the whole command as a string{without}{written}")
}

fn literal_assignment(program: &str, why: &NoAssignment) -> Message {
    let program = code(program);
    let title = match why {
        NoAssignment::InArray(_) => format!("no program is called {program}, and no shell reads an array"),
        NoAssignment::Behind { .. } => format!("no program is called {program}: only what comes first sets a variable"),
        NoAssignment::Exported { .. } => format!("{program} fails, because an assignment has no blanks around its `=`"),
        NoAssignment::ForNothing { .. } => {
            format!("{program} sets a variable only for the program behind it, and there is none")
        }
        NoAssignment::Blanks { .. } => {
            format!("no program is called {program}: an assignment has no blanks around its `=`")
        }
    };
    let message = Message::new(title).label("does not set a variable");
    match why {
        NoAssignment::InArray(whole) => message.help(as_string(whole)),
        NoAssignment::Behind { instead }
        | NoAssignment::Blanks { instead }
        | NoAssignment::Exported { instead }
        | NoAssignment::ForNothing { instead } => message.write(instead),
    }
}

fn nothing_started(nothing: Nothing) -> Message {
    let (what, example) = match nothing {
        Nothing::Assignment => ("only sets variables", "write the program behind it: `NAME=VALUE PROGRAM`"),
        Nothing::Export => ("only sets variables", "write the program behind it: `export NAME=VALUE && PROGRAM`"),
        Nothing::Directory => ("only changes to a directory", "write the program behind it: `cd DIRECTORY && PROGRAM`"),
    };
    Message::new(format!("this process {what}, so the container ends right away"))
        .label("starts no program")
        .help(example)
}

fn unreached_command(command: &str, replaced_by: Option<&str>) -> Message {
    let (why, help) = match replaced_by {
        Some(program) => (
            format!("`exec` replaces the shell with {}", code(program)),
            "delete this `exec`, or what comes after its command",
        ),
        None => ("`exit` ends the shell".to_string(), "delete this command, or what comes after it"),
    };
    Message::new(format!("{} never runs, because {why}", code(&brief(command))))
        .label("nothing after it runs")
        .help(help)
}

fn bash_only(found: &str, instead: &str, is_name: bool) -> Message {
    let found = code(found);
    let message = if is_name {
        Message::new(format!("`sh` looks for {found} only in PATH, because it has no `/`")).label("bash finds it")
    } else {
        Message::new(format!("only bash has {found}, and `sh` may be another shell")).label("not in every `sh`")
    };
    message.write(instead)
}

fn missing_ampersand(is_error: bool, instead: &str) -> Message {
    let (what, file, other) = if is_error { ("error", "1", "output") } else { ("output", "2", "error") };
    Message::new(format!("standard {what} goes to a file called `{file}`, not to standard {other}"))
        .label("a file")
        .write(instead)
}

fn interactive_shell(command: &str, needs_init: bool, instead: &str, is_whole: bool) -> Message {
    let (command, instead) = (whole(command), whole(instead));
    let message = if needs_init {
        Message::new(format!("`{command}` fails, because it only works in a shell that was prepared for it"))
            .label("needs an interactive shell")
    } else {
        Message::new(format!("`{command}` starts an interactive shell, which runs nothing in a container"))
            .label("starts an interactive shell")
    };
    message.help(if is_whole {
        format!("write `{instead}`")
    } else {
        format!("delete `{command}`, and write `{instead}` before each program that needs the environment")
    })
}
