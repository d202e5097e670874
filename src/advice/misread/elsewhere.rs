//! Commands that only work in another shell: in an interactive one, or in that of Windows.

use crate::advice::command::{Command, Word};
use crate::advice::misread::problems::Misread;
use crate::parse::names::is_assignment;
use crate::text::quote::shell_word;

/// A command that starts or needs an interactive shell, and what to write before each program instead.
pub(in crate::advice) struct Interactive {
    /// Its words.
    pub(in crate::advice) command: String,
    /// Whether it needs a shell that `conda init` has prepared, and starts none.
    pub(in crate::advice) needs_init: bool,
    /// What runs a program in the same environment.
    pub(in crate::advice) instead: String,
}

impl Interactive {
    /// The first command of a line, if it is one: what runs before may prepare the shell.
    pub(in crate::advice) fn of(command: &Command) -> Option<Self> {
        if !matches!(command.name(), "pipenv" | "poetry" | "conda" | "mamba" | "micromamba") {
            return None;
        }
        let words: Option<Vec<&str>> = command.words.iter().map(Word::literal).collect();
        let words = words?;
        let instead = match words.as_slice() {
            ["pipenv" | "poetry", "shell"] => format!("{} run", words[0]),
            ["conda" | "mamba" | "micromamba", "activate", name] if !name.starts_with('-') => {
                let kind = if name.contains('/') { "-p" } else { "-n" };
                let keeps_output = if words[0] == "conda" { " --no-capture-output" } else { "" };
                format!("{} run{keeps_output} {kind} {}", words[0], shell_word(name))
            }
            _ => return None,
        };
        Some(Self { command: words.join(" "), needs_init: words[1] == "activate", instead })
    }
}

/// `set NAME=VALUE`, which sets a variable only on Windows, with what to point at. `line`: the command line.
pub(in crate::advice) fn set<'a>(command: &Command<'a>, line: &'a str) -> Option<(Misread, Word<'a>)> {
    let [set, assignments @ ..] = command.words.as_slice() else { return None };
    let uses_arguments = || ["$1", "${1", "$@", "${@", "$*", "$#"].iter().any(|used| line.contains(used));
    let is_set = set.literal() == Some("set")
        && !assignments.is_empty()
        && assignments.iter().all(|word| is_assignment(&word.text));
    if !is_set || uses_arguments() {
        return None;
    }
    let ranges = command.ranges(line, 0, command.words.len())?;
    let (first, last) = (ranges.first()?, ranges.last()?);
    let instead = format!("export{}", line.get(first.end..last.end)?);
    Some((Misread::WindowsSet { instead }, Word::of_line(line, first.start..last.end)?))
}
