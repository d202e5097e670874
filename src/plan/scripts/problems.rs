//! What can be wrong with a script of the app.

use crate::diagnostics::{Message, problems};
use crate::plan::problems::why_it_stays;
use crate::shell::Reason;
use crate::text::quote::{code, shell_word, whole};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

problems! {
    /// What can be wrong with a script of the app.
    enum ScriptProblem {
        /// A program that a script starts does not get SIGTERM (X4d).
        Warning "script-stays" Stays { script: String, program: Option<String>, why: Why },
        /// A script starts its last program in the background, and ends (X4d). `instead`: the line that does not.
        Warning "script-ends" Ends { script: String, program: Option<String>, instead: Option<String> },
        /// The lines of a script end as on Windows (X4d). Without a reader, the kernel executes it.
        Warning "windows-script" OfWindows { script: PathBuf, reader: Option<String> },
    }
}

/// Why the shell of a script stays in front of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// There is no `exec` before it.
    NoExec {
        /// Whether that is why, whatever happens before it.
        is_certain: bool,
        /// The number of its line.
        line: usize,
        /// The lines as they should be, with their numbers. Not empty.
        lines: Vec<(usize, String)>,
    },
    /// Something else, which `exec` does not change.
    Shell {
        /// Whether it certainly does.
        is_certain: bool,
        /// What it is.
        reason: Reason,
        /// The command that does nothing but keep the shell, if there is one.
        keeper: Option<String>,
    },
}

impl ScriptProblem {
    /// Why a shell stays in front of a program, if that is the problem.
    pub(super) fn stays_for(&self) -> Option<Reason> {
        match self {
            Self::Stays { why: Why::NoExec { .. }, .. } => Some(Reason::NoExec),
            Self::Stays { why: Why::Shell { reason, .. }, .. } => Some(reason.clone()),
            Self::Ends { .. } | Self::OfWindows { .. } => None,
        }
    }
}

/// The most lines that a message gives.
const MOST_LINES: usize = 4;

fn message(problem: &ScriptProblem) -> Message {
    match problem {
        ScriptProblem::Stays { script, program, why } => stays(script, program.as_deref(), why),
        ScriptProblem::Ends { script, program, instead } => ends(script, program.as_deref(), instead.as_deref()),
        ScriptProblem::OfWindows { script, reader } => of_windows(script, reader.as_deref()),
    }
}

/// `reader`: the shell that reads the script.
fn of_windows(script: &Path, reader: Option<&str>) -> Message {
    let name = script.to_string_lossy();
    let why = "because its lines end in CRLF as on Windows";
    let (title, label) = match reader {
        None => (format!("{} cannot start, {why}", code(&name)), "its `#!` line ends in `\\r`"),
        Some(shell) => (
            format!("{shell} cannot run {} correctly, {why}", code(&name)),
            "each line ends in `\\r`, which becomes a part of its last word",
        ),
    };
    let is_named_so = script.extension().is_some_and(|extension| extension == "sh");
    let pattern = if is_named_so { Cow::Borrowed("*.sh") } else { name.clone() };
    Message::new(title).label(label).help(format!(
        "run `sed -i 's/\\r$//' {}`, and in a git repository add `{} text eol=lf` to `.gitattributes`",
        whole(&shell_word(&name)),
        whole(&pattern)
    ))
}

fn ends(script: &str, program: Option<&str>, instead: Option<&str>) -> Message {
    let program = program.map_or_else(|| "the program".to_string(), code);
    let help = match instead {
        Some(line) => format!("write `{}`", whole(line)),
        None => "delete the `&`, and write `exec` before the program".to_string(),
    };
    Message::new(format!(
        "{} starts {program} in the background and ends, and the container ends with it",
        code(script)
    ))
    .label("nothing waits for this program")
    .related("started here")
    .help(help)
}

fn stays(script: &str, program: Option<&str>, why: &Why) -> Message {
    let (Why::NoExec { is_certain, .. } | Why::Shell { is_certain, .. }) = why;
    let verb = if *is_certain { "will" } else { "may" };
    let script = code(script);
    let message = match program {
        Some(program) => Message::new(format!(
            "SIGTERM {verb} not reach {}, because the shell that runs {script} stays in front of it",
            code(program)
        )),
        None => Message::new(format!(
            "SIGTERM {verb} not reach the program that {script} starts, because its shell stays in front of it"
        )),
    };
    let message = message.related("started here");
    match why {
        Why::Shell { reason: Reason::Loop, .. } => message
            .label("the shell runs this loop")
            .help("delete the loop, and let the platform start the program again when it has ended"),
        Why::Shell { reason, keeper, .. } => {
            let (label, help) = why_it_stays(reason);
            let only_keeps =
                |keeper| format!("delete the `&` and {}, and write `exec` before the program", code(keeper));
            message.label(label).help(keeper.as_deref().map_or(help, only_keeps))
        }
        Why::NoExec { line, lines, .. } => {
            let mut message = message.label("the shell waits for this program");
            for (number, text) in lines.iter().take(MOST_LINES) {
                let place = if number == line { "write".to_string() } else { format!("in line {number}, write") };
                message = message.help(format!("{place} `{}`", whole(text)));
            }
            let more = lines.len().saturating_sub(MOST_LINES);
            message.help_if((more > 0).then(|| format!("do the same in {more} more lines")))
        }
    }
}
