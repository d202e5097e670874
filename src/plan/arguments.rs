//! What to say where a command does not get the arguments that its table gives it.

use crate::diagnostics::Message;
use crate::text::quote::{code, shown, whole};

/// What does not use arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UnusedBy {
    /// A command line.
    Line,
    /// A script, and the line that would, with its number.
    Script(String, Option<(usize, String)>),
    /// A script in the command of an earlier buildpack. `instead`: the command with the arguments.
    Earlier { by: By, instead: Option<String> },
}

/// Who declares a command that is extended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct By {
    /// The id of the buildpack.
    pub(crate) buildpack: String,
    /// Whether there are words before it.
    pub(crate) has_wrap: bool,
}

/// That a command does not use its arguments. `name`: the process type, as code.
pub(super) fn unused_args(name: &str, by: &UnusedBy) -> Message {
    match by {
        UnusedBy::Script(script, line) => {
            let script = code(script);
            let help = match line {
                Some((number, line)) => format!("write `{}` in line {number} of {script}", whole(line)),
                None => format!("write \"$@\" after the program in {script}: `exec PROGRAM \"$@\"`"),
            };
            Message::new(format!("the script of {name} does not use its `args`"))
                .label(format!("{script} gets the arguments as \"$@\""))
                .help(help)
        }
        UnusedBy::Line => Message::new(format!("the command of {name} does not use its `args`"))
            .label("a shell runs this, and gets the arguments as \"$@\"")
            .help("write \"$@\" where the arguments belong: `command = 'PROGRAM \"$@\"'`")
            .help("or write the command as an array: `[\"PROGRAM\", \"ARGUMENT\"]`"),
        UnusedBy::Earlier { by, instead } => Message::new(format!("the command of {name} does not use its `args`"))
            .label(format!("a shell in the command of {} ignores these", shown(&by.buildpack)))
            .help(instead_of_args(by, instead.as_deref())),
    }
}

/// How to write a command that contains the arguments, where the table extends another buildpack's.
fn instead_of_args(by: &By, instead: Option<&str>) -> String {
    let instead = instead.map(|instead| format!("write `command = {}`", whole(instead)));
    let instead = instead.unwrap_or_else(|| "write a `command` that contains them".to_string());
    format!("{instead} instead of {}", if by.has_wrap { "`args` and `wrap`" } else { "`args`" })
}

/// That arguments replace what a shell has to read.
pub(super) fn replaced_script(name: &str, by: &By, instead: Option<&str>) -> Message {
    Message::new(format!("the `args` of {} replace the script of its command", code(name)))
        .label(format!("{} has that script in its `args`", shown(&by.buildpack)))
        .help(instead_of_args(by, instead))
}
