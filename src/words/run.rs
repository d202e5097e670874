//! Words for how a process runs.

use super::{Words, code, shown};
use crate::run::RunProblem;
use crate::shell::{Construct, Reason};

pub(super) fn words(problem: &RunProblem) -> Words {
    match problem {
        RunProblem::Syntax { message } => {
            Words::new(format!("bash cannot read this command: {}", shown(message)), "around here")
                .help("close what is open, and quote what bash is not to read as its own: '…'")
        }
        RunProblem::Unread { accepted } => unread(*accepted),
        RunProblem::NoInterpreter { program, shell } => Words::new(
            format!("{} names no interpreter, so {shell} runs it", code(program)),
            "neither a binary nor a script with `#!`",
        )
        .help("start the file with a line such as `#!/bin/sh`"),
        RunProblem::ShellStays { name, reason } => shell_stays(name, reason),
        RunProblem::NeedsShell { what: Some(what) } => needs_shell(*what),
        RunProblem::NeedsShell { what: None } => {
            Words::new("this command cannot be read, and the image does without a shell that could", "around here")
                .help("write it with words, quotes and `${NAME}` alone, or as an array in project.toml")
        }
        RunProblem::ScriptNeedsShell { program } => Words::new(
            format!("{} needs a shell, and this image does without", code(program)),
            "neither a binary nor a script with `#!`",
        )
        .help("start the file with `#!` and an interpreter that the image has, or run a program"),
        RunProblem::UnusedArgs { name } => Words::new(
            format!("the command of {} does not use its `args`", code(name)),
            "a shell reads this, and finds its arguments in \"$@\"",
        )
        .help(
            "write \"$@\" where they belong, `command = 'PROGRAM \"$@\"'`, or an array: `[\"PROGRAM\", \"ARGUMENT\"]`",
        ),
    }
}

fn unread(accepted: bool) -> Words {
    let fate = if accepted { "bash can" } else { "there was no bash to ask" };
    Words::new(
        format!("this command cannot be read here ({fate}), so it runs as written"),
        "SIGTERM and arguments may not reach the program",
    )
    .help("write it more simply, or name a script here that starts with `#!` and has `exec` before its program")
}

/// What keeps the shell, as a noun.
pub(super) fn noun(reason: &Reason) -> String {
    match reason {
        Reason::Pipeline => "a pipeline".to_string(),
        Reason::Background => "a background job".to_string(),
        Reason::ProcessSubstitution => "a process substitution".to_string(),
        Reason::Subshell => "a subshell".to_string(),
        Reason::Loop => "a loop".to_string(),
        Reason::Negation => "`!`".to_string(),
        Reason::Time => "`time`".to_string(),
        Reason::NoCommand => "no program is last".to_string(),
        Reason::Function(name) => format!("the function {}", code(name)),
        Reason::Builtin(name) | Reason::After(name) | Reason::Code(name) => code(name),
        Reason::RelativePath => "a path in the app".to_string(),
        Reason::UnknownProgram => "a program whose name is known only when it runs".to_string(),
        Reason::Doubt => "a command that cannot be read with certainty".to_string(),
    }
}

fn shell_stays(name: &str, reason: &Reason) -> Words {
    let (label, help) = match reason {
        Reason::Pipeline => ("the shell waits for the whole pipeline", PIPELINE.to_string()),
        Reason::Background => ("a shell with a job in the background stays", TYPE_OF_ITS_OWN.to_string()),
        Reason::ProcessSubstitution => ("the shell stays for this process", TYPE_OF_ITS_OWN.to_string()),
        Reason::Subshell => ("the shell waits for this one", "drop the parentheses".to_string()),
        Reason::Loop => (
            "the shell goes round",
            "let the platform start the program again, or move the loop into a script that handles SIGTERM".to_string(),
        ),
        Reason::Negation => ("the shell turns its exit status round", "drop the `!`".to_string()),
        Reason::Time => ("the shell waits to print the times", "drop the `time`".to_string()),
        Reason::Function(function) => (
            "the shell runs the function itself",
            format!("write the program of {} out, with `exec` before it", code(function)),
        ),
        Reason::Builtin(builtin) if builtin == "command" => {
            ("a builtin, which waits for the program", "write `exec` instead of `command`".to_string())
        }
        Reason::Builtin(builtin) if builtin == "trap" || builtin == "wait" => (
            "it needs the shell that runs it",
            format!("drop {} and let the program handle signals itself", code(builtin)),
        ),
        Reason::Builtin(builtin) => (
            "it changes how the shell runs what follows",
            format!("drop {}, or write `exec` before the program", code(builtin)),
        ),
        Reason::After(last) if ["exit", "false", "return", "true"].contains(&last.as_str()) => (
            "the shell stays to run this after the program",
            format!("drop {} and what joins it: the program's own exit status is the container's", code(last)),
        ),
        Reason::After(last) => (
            "the shell stays to run this after the program",
            format!("let the program be last: drop {}, or run it before", code(last)),
        ),
        Reason::Code(_) => {
            ("code that is read at run time may need the shell", "write `exec` before the program".to_string())
        }
        Reason::RelativePath => (
            "`exec` would start it under its absolute path, which it might see",
            "write `exec` before it, unless it must see the path as written (its `$0`)".to_string(),
        ),
        Reason::UnknownProgram => {
            ("this may be a builtin or a function of the shell", "write `exec` before it".to_string())
        }
        Reason::NoCommand | Reason::Doubt => {
            ("this cannot be read with certainty", "write `exec` before the program".to_string())
        }
    };
    let certainty = match reason {
        Reason::Code(_) | Reason::UnknownProgram | Reason::RelativePath | Reason::Doubt => "may",
        _ => "will",
    };
    let title = format!("SIGTERM {certainty} not reach the program of {}: a shell stays before it", code(name));
    let words = Words::new(title, label).help(help);
    match reason {
        Reason::Code(reader) => read_last(words, reader),
        _ => words,
    }
}

/// The caret may be at what reads the code, where that is last, or at the program behind it.
fn read_last(words: Words, reader: &str) -> Words {
    match reader {
        "eval" => words.help("or, if `eval` is last, write `exec bash -c` for it"),
        "." | "source" => words.help(format!(
            "or, if {} is last, write `exec bash FILE` for it, and `exec` before the program in FILE",
            code(reader)
        )),
        _ => words,
    }
}

const PIPELINE: &str = "run the program alone: what it writes to its standard output is the log of the container";
const TYPE_OF_ITS_OWN: &str = "give each program a process type of its own, which is started and stopped by itself";

fn needs_shell(what: Construct) -> Words {
    let (noun, help) = match what {
        Construct::Pipeline => ("a pipeline", "run the program alone: its standard output is the log of the container"),
        Construct::List => (
            "a list of commands",
            "give each program a process type of its own, such as `release` for the first step, which you start yourself; `working-dir` and `env` in project.toml replace `cd` and `export`",
        ),
        Construct::Background => ("a background job", TYPE_OF_ITS_OWN),
        Construct::Redirection => ("a redirection", "drop it: standard output and error are the log of the container"),
        Construct::Compound => ("a compound command", "move the decision into the program"),
        Construct::Prefix => ("`!` or `time`", "drop it"),
        Construct::Substitution => ("a substitution", "compute the value in the program, or set a variable"),
        Construct::Glob => ("a file name pattern", "quote it if the program is to see it, or write the names out"),
        Construct::Braces => ("a brace expansion", "quote it if the program is to see it, or write the words out"),
        Construct::Tilde => ("a tilde", "write `$HOME`, or quote it"),
        Construct::Quotes => ("this kind of quotes", "write '…' or \"…\", with none inside `${…}`"),
        Construct::Parameter => {
            ("this parameter", "only `$NAME`, `${NAME}` and `${NAME:-word}` with `-`, `?` or `+` can do without")
        }
        Construct::Assignment => ("this assignment", "write `NAME=value`"),
        Construct::Builtin => {
            let title = "this is a command of the shell itself, and this image does without a shell";
            return Words::new(title, "no program of the image")
                .help("start with a program: drop `exec`, and write `working-dir` in project.toml for `cd`")
                .help(OTHER_IMAGE);
        }
        Construct::NoProgram => ("a command without a program", "name a program that the image has"),
    };
    Words::new(format!("{noun} needs a shell, and this image does without"), "only a shell understands this")
        .help(help)
        .help(OTHER_IMAGE)
}

const OTHER_IMAGE: &str = "or set BP_PROCFILE_SHELL to bash or sh, with a run image that has it";
