//! What can be wrong with how a process runs.

use crate::diagnostics::{Message, problems};
use crate::parse::key::{Key, TABLE};
use crate::plan::arguments::{By, UnusedBy, replaced_script, unused_args};
use crate::plan::remedy::Remedy;
use crate::plan::started::may_be_of_shell;
use crate::shell::{Construct, Dialect, Reason};
use crate::text::Variable;
use crate::text::quote::{code, list, shell_word, shown, toml_string, whole};
use std::borrow::Cow;
use std::path::Path;

problems! {
    enum PlanProblem {
        /// bash cannot read the command line (X0), and says why.
        Error "shell-syntax" Syntax { message: String, remedy: Option<Remedy> },
        /// This buildpack cannot read the command line; bash can, or there is no bash (X0). `is_reached`: whether signals
        /// reach it all the same. With syntax that only bash has, if another shell reads it.
        Warning "unread-command" Unread { accepted: bool, is_reached: bool, of_bash: Option<String> },
        /// A file of the app whose interpreter the kernel does not know or find (X1).
        Warning "no-interpreter" NoInterpreter { program: String, why: NoInterpreter },
        /// SIGTERM does not reach the program (X4). `init`: how the launcher becomes process 1, if that helps.
        Warning "shell-stays" ShellStays {
            name: String,
            programs: Vec<String>,
            reason: Reason,
            is_certain: bool,
            remedy: Option<Remedy>,
            init: Option<HowToInit>,
        },
        /// Something that only a shell can run, in an image without one (X6).
        Error "needs-shell" NeedsShell { what: Needs },
        /// A file of the app that only a shell can run, in an image without one (X6).
        Error "script-needs-shell" ScriptNeedsShell { program: String, reader: Reader },
        /// Default arguments of a command line that does not get them (X3).
        Warning "unused-args" UnusedArgs { name: String, by: UnusedBy },
        /// Default arguments that replace those of an earlier buildpack, which are a script for a shell (T7).
        Warning "replaced-script" ReplacedScript { name: String, by: By, instead: Option<String> },
        /// Words after the script of a shell, which does not read them (X3).
        Warning "unused-words" UnusedWords { shell: Dialect, instead: String, are_elements: bool },
        /// A relative working directory that is not in the app (T4).
        Warning "missing-working-dir" MissingWorkingDir { directory: String },
    }
}

impl PlanProblem {
    /// The same about the command of an earlier buildpack, which only that can change.
    pub(super) fn of_earlier(mut self, buildpack: &str) -> Self {
        if let Self::ShellStays { remedy, .. } = &mut self {
            *remedy = Some(Remedy::of_earlier(buildpack));
        }
        self
    }
}

/// How a user makes the launcher process 1 of a process type (X8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HowToInit {
    /// By the key in the table of the process type of this name.
    Key(String),
    /// By the variable.
    Variable,
}

/// Why the kernel finds no interpreter for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoInterpreter {
    /// It cannot execute such a file (ENOEXEC), so that a shell reads it.
    Unnamed { shell: Dialect, beginning: Beginning },
    /// The `#!` line names one by a relative path, at which there is none (ENOENT). `instead`: the line with the right one.
    Missing { interpreter: String, instead: String },
}

/// How a file starts that the kernel cannot execute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// It is empty.
    Empty,
    /// With a byte order mark.
    Mark,
    /// With blanks or empty lines before `#!`.
    Blank,
    /// With `#/` instead of `#!/`.
    NoBang,
    /// In another way.
    Other,
}

/// What reads a script in an image without a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The shell that its first line names.
    Named(String),
    /// No program, because of how it starts.
    Unnamed(Beginning),
}

/// What needs a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Something that only a shell understands, as written.
    Construct(Construct, String),
    /// A command that cannot be read.
    Unread,
    /// A program that is a shell itself, and what it runs if that can be written without it.
    Shell {
        /// The command without the shell.
        instead: Option<String>,
        /// The earlier buildpack that declares it, if one does.
        by: Option<By>,
    },
}

fn message(problem: &PlanProblem) -> Message {
    match problem {
        PlanProblem::Syntax { message, remedy } => {
            let title = format!("bash cannot parse this command: {}", shown(message));
            remedied(remedy.as_ref(), title, "around here".into(), None)
        }
        PlanProblem::Unread { accepted, is_reached, of_bash } => unread(*accepted, *is_reached, of_bash.as_deref()),
        PlanProblem::NoInterpreter { program, why } => no_interpreter(program, why),
        PlanProblem::ShellStays { name, programs, reason, is_certain, remedy, init } => {
            let message = shell_stays(name, programs, reason, *is_certain, remedy.as_ref());
            message.help_if(init.as_ref().map(how_to_init))
        }
        PlanProblem::NeedsShell { what: Needs::Construct(what, text) } => construct_needs_shell(*what, text),
        PlanProblem::NeedsShell { what: Needs::Unread } => {
            Message::new("this buildpack cannot analyze this command, and the image has no shell to run it")
                .label("around here")
                .help("use only words, quotes and `${NAME}`, or write it as an array in a project.toml")
        }
        PlanProblem::NeedsShell { what: Needs::Shell { instead, by } } => needs_shell(instead.as_deref(), by.as_ref()),
        PlanProblem::ScriptNeedsShell { program, reader } => script_needs_shell(program, reader),
        PlanProblem::UnusedArgs { name, by } => unused_args(&code(name), by),
        PlanProblem::ReplacedScript { name, by, instead } => replaced_script(name, by, instead.as_deref()),
        PlanProblem::UnusedWords { shell, instead, are_elements } => {
            let shell = code(&format!("{} -c", shell.name()));
            Message::new(format!("{shell} takes one word as its command, and ignores the words after it"))
                .label(if *are_elements {
                    "only the first of these is the command"
                } else {
                    "the program does not get this"
                })
                .help(format!("write `{}`", whole(instead)))
        }
        PlanProblem::MissingWorkingDir { directory } => {
            Message::new(format!("there is no directory {} in the app", code(directory)))
                .label("no such directory")
                .help(match directory.strip_prefix("~/") {
                    Some(directory) => format!("write `{}`: nothing expands the `~`", whole(&toml_string(directory))),
                    None => "use a directory in the app, or make sure that it is created before the process starts"
                        .to_string(),
                })
        }
    }
}

fn no_interpreter(program: &str, why: &NoInterpreter) -> Message {
    let name = code(program);
    match why {
        NoInterpreter::Unnamed { shell, beginning } => {
            let why = match beginning {
                Beginning::Empty => "is empty, so the process ends right away".to_string(),
                Beginning::Mark => format!("starts with a byte order mark, so {} runs it", shell.name()),
                Beginning::Blank => format!("does not start with `#!`, so {} runs it", shell.name()),
                Beginning::NoBang | Beginning::Other => format!("names no interpreter, so {} runs it", shell.name()),
            };
            let (label, help) = unnamed(program, *beginning);
            let message = Message::new(format!("{name} {why}")).label(label);
            match (help, shebang(program)) {
                (Some(help), _) => message.help(help),
                (None, Some(line)) => message.help(format!("start the file with a line such as `{line}`")),
                (None, None) if Path::new(program).extension().is_some_and(|extension| extension == "jar") => {
                    message.write(format!("java -jar {}", shell_word(program)))
                }
                (None, None) => message.help(
                    "run the program that the build makes of it, or write the program that runs it before its name",
                ),
            }
        }
        NoInterpreter::Missing { interpreter, instead } => {
            Message::new(format!("{name} cannot start, because its `#!` line names {}", code(interpreter)))
                .label("the app has no such file")
                .help(format!("write `{}` as its first line", whole(instead)))
        }
    }
}

/// The line that names the interpreter of a script, by the extension of its name; `None` if a compiler may read it.
fn shebang(program: &str) -> Option<&'static str> {
    Some(match program.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" | "mjs" | "cjs" => "#!/usr/bin/env node",
        "php" => "#!/usr/bin/env php",
        "pl" => "#!/usr/bin/env perl",
        "py" => "#!/usr/bin/env python3",
        "rb" => "#!/usr/bin/env ruby",
        _ if may_be_of_shell(program) => "#!/bin/sh",
        _ => return None,
    })
}

/// What a file is that the kernel cannot execute, and what to change in it if that is known.
fn unnamed(program: &str, beginning: Beginning) -> (&'static str, Option<String>) {
    let (label, help) = match beginning {
        Beginning::Empty => {
            ("an empty file", Some("write the script, and start it with a line such as `#!/bin/sh`".to_string()))
        }
        Beginning::Mark => (
            "the kernel only sees `#!` if nothing is before it",
            Some(format!(
                "run `sed -i '1s/^\\xEF\\xBB\\xBF//' {}`, which deletes the mark",
                whole(&shell_word(program))
            )),
        ),
        Beginning::Blank => {
            ("blank space is before its `#!`", Some("delete the blank space before the `#!`".to_string()))
        }
        Beginning::NoBang => ("it starts with `#/`", Some("start its first line with `#!/`".to_string())),
        Beginning::Other => ("neither a binary nor a script with `#!`", None),
    };
    (label, help)
}

fn script_needs_shell(program: &str, reader: &Reader) -> Message {
    let message = Message::new(format!("{} needs a shell, and this image has none", code(program)));
    match reader {
        Reader::Unnamed(beginning) => {
            let (label, help) = unnamed(program, *beginning);
            let start = "start the file with `#!` and an interpreter that the image has, or run a program instead";
            message.label(label).help(help.unwrap_or_else(|| start.to_string()))
        }
        Reader::Named(interpreter) => message
            .label(format!("its first line names {}", code(interpreter)))
            .help("run the program that the script starts, with `working-dir` and `env` in a project.toml where it needs them")
            .help(other_image()),
    }
}

/// What to do where a command cannot do without a shell.
fn other_image() -> String {
    format!("or set {} to bash or sh, with a run image that has it", Variable::Shell.name())
}

/// `by`: the earlier buildpack that declares the command, if one does.
fn needs_shell(instead: Option<&str>, by: Option<&By>) -> Message {
    if let Some(By { buildpack, has_wrap }) = by {
        let end = if *has_wrap { ", without `wrap`" } else { "" };
        let instead = instead.map(|instead| format!("write `command = {}`{end}", whole(instead)));
        return Message::new("the command of an earlier buildpack starts a shell, and this image has none")
            .label(format!("{} declares its command", shown(buildpack)))
            .help(instead.unwrap_or_else(|| "write a `command` of your own here, which needs no shell".to_string()))
            .help(other_image());
    }
    let help = instead.map(|instead| format!("write `{}`", whole(instead)));
    Message::new("this program is a shell, and this image has none")
        .label("not found in the image")
        .help(help.unwrap_or_else(|| "run the program that the shell starts, without the shell".to_string()))
        .help(other_image())
}

/// `of_bash`: syntax that only bash has, if another shell reads the command.
fn unread(accepted: bool, is_reached: bool, of_bash: Option<&str>) -> Message {
    if let Some(syntax) = of_bash {
        return Message::new(format!("{} is syntax of bash, which `sh` may not have", code(syntax)))
            .label("this command runs as written")
            .help(format!("set {} to bash, or write the command without this", Variable::Shell.name()));
    }
    let unchecked = if accepted { "" } else { ", and there was no bash to check it" };
    Message::new(format!("this buildpack cannot analyze this command{unchecked}, so it runs as written"))
        .label(if is_reached {
            "arguments may not reach the program"
        } else {
            "SIGTERM and arguments may not reach the program"
        })
        .help("write it in a simpler way, or run a script that starts with `#!` and uses `exec` to start its program")
}

const RUN_ONLY_THE_PROGRAM: &str = "run only the program: the platform collects the log from its standard output";
const TYPE_OF_ITS_OWN: &str =
    "give each program its own process type, so that the platform starts and stops each one separately";

/// `programs`: those that do not get the signal, if others do.
fn shell_stays(name: &str, programs: &[String], reason: &Reason, is_certain: bool, remedy: Option<&Remedy>) -> Message {
    let name = code(name);
    let will = if is_certain { "will" } else { "may" };
    let (subject, pronoun) = match programs {
        [] => (format!("the program of {name}"), "it"),
        [_] => (format!("{} of {name}", list(programs, "and")), "it"),
        [..] => (format!("{} of {name}", list(programs, "and")), "them"),
    };
    let because = match (reason, programs) {
        (Reason::Ignored, _) => "`trap` makes programs ignore it".to_string(),
        (Reason::Background, [_]) => "it runs in the background".to_string(),
        (Reason::Background, [_, ..]) => "they run in the background".to_string(),
        _ => format!("a shell stays in front of {pronoun}"),
    };
    let (label, help) = why_it_stays(reason);
    remedied(remedy, format!("SIGTERM {will} not reach {subject}, because {because}"), label, Some(help))
}

/// A message whose parts are those of a remedy, where it has them.
fn remedied(remedy: Option<&Remedy>, title: String, label: Cow<'static, str>, help: Option<String>) -> Message {
    let part = |part: fn(&Remedy) -> &Option<String>| remedy.and_then(|remedy| part(remedy).clone());
    let message = Message::new(part(|remedy| &remedy.title).unwrap_or(title))
        .label(part(|remedy| &remedy.label).map_or(label, Cow::Owned));
    match part(|remedy| &remedy.text) {
        Some(text) => message.write(text),
        None => message.help_if(part(|remedy| &remedy.help).or(help)),
    }
}

fn how_to_init(how: &HowToInit) -> String {
    let so_that = "so that signals reach every process";
    match how {
        HowToInit::Key(name) => {
            let name = if name.contains('.') { toml_string(name) } else { name.clone() };
            format!("or add `{} = true` to `[{TABLE}.{name}]`, {so_that}", Key::Init.name())
        }
        HowToInit::Variable => format!("or set {} to `stays`, {so_that}", Variable::Init.name()),
    }
}

/// What to do about a builtin in an image without a shell.
fn builtin_needs_shell(builtin: &str) -> Message {
    let help = match builtin {
        "cd" => "start with a program, and use `working-dir` in a project.toml instead of `cd`",
        "exec" => "start with a program: delete `exec` and its options",
        "export" => "start with a program, and use `env` in a project.toml instead of `export`",
        "." | "source" => {
            "start with the program that this file prepares, and set variables with `env` in a project.toml"
        }
        _ => "start with a program that the image has",
    };
    Message::new("this is a command of the shell itself, and this image has no shell")
        .label("not a program in the image")
        .help(help)
        .help(other_image())
}

/// What keeps the shell, and what to do about it.
pub(crate) fn why_it_stays(reason: &Reason) -> (Cow<'static, str>, String) {
    let (label, help) = match reason {
        Reason::Pipeline => ("the shell waits for the whole pipeline", RUN_ONLY_THE_PROGRAM),
        Reason::Background => ("the shell keeps running because of a background job", TYPE_OF_ITS_OWN),
        Reason::ProcessSubstitution => ("the shell keeps running because of the process substitution", TYPE_OF_ITS_OWN),
        Reason::Subshell => ("the shell waits for this subshell", "delete the parentheses"),
        Reason::Loop => (
            "the shell runs this loop",
            "delete the loop and let the platform restart the program, or move it into a script that handles SIGTERM",
        ),
        Reason::Negation => ("the shell inverts the exit status", "delete the `!`"),
        Reason::Time => ("the shell waits to print the times", "delete `time`"),
        Reason::Function(function) => {
            return (
                "the shell runs the function itself".into(),
                format!("replace {} with the program that it runs, and write `exec` before it", code(function)),
            );
        }
        Reason::Builtin(builtin) => return builtin_stays(builtin),
        Reason::After { name, text } => return last_stays(name, text),
        Reason::Code(reader) => return code_stays(reader),
        Reason::Shell(shell) => {
            return (
                "a second shell waits for the program".into(),
                format!("write its script as the command itself, without {}: a shell runs it", code(shell)),
            );
        }
        Reason::NoExec => ("the shell waits for this program", "write `exec` before it"),
        Reason::AfterCode(_) => ("the code loaded before this may need the shell", "write `exec` before the program"),
        Reason::RelativePath => (
            "with `exec`, the program would see an absolute path as `$0`",
            "write `exec` before the program, unless it needs the relative path",
        ),
        Reason::UnknownProgram => {
            ("this may be a builtin or a function of the shell", "write `exec` before the program")
        }
        Reason::Condition => (
            "the shell waits for this condition, and then decides what to run",
            "run only the program, outside of the condition",
        ),
        Reason::Substitution => ("the shell waits for the output of the program", "run only the program"),
        Reason::SomeJobs => ("a trap may not pass the signal on to all background jobs", TYPE_OF_ITS_OWN),
        Reason::Ignored => ("a program inherits this, unless it sets its own handler", "delete this `trap`"),
        Reason::Choice { other, instead } => {
            return (
                format!("the shell keeps running to run {} if the program fails", code(other)).into(),
                format!("write `{}`", whole(instead)),
            );
        }
        Reason::NoCommand | Reason::EarlyExec | Reason::Doubt => {
            ("this cannot be read with certainty", "write `exec` before the program")
        }
    };
    (label.into(), help.to_string())
}

/// `reader`: the builtin that reads code, and is the last command.
fn code_stays(reader: &str) -> (Cow<'static, str>, String) {
    let help = match reader {
        "eval" => "replace `eval` with `exec bash -c`".to_string(),
        "." | "source" => {
            format!("replace {} with `exec bash`, and write `exec` before the program in that file", code(reader))
        }
        _ => "write `exec` before the program".to_string(),
    };
    ("this loads code at run time, which may need the shell".into(), help)
}

fn builtin_stays(builtin: &str) -> (Cow<'static, str>, String) {
    match builtin {
        "command" => ("this builtin waits for the program".into(), "write `exec` instead of `command`".to_string()),
        "trap" | "wait" => (
            "it only works while the shell is running".into(),
            format!("delete {}, and let the program handle signals itself", code(builtin)),
        ),
        _ => (
            format!("{} changes how the shell runs this", code(builtin)).into(),
            format!("delete {}, or write `exec` before the program", code(builtin)),
        ),
    }
}

fn last_stays(name: &str, text: &str) -> (Cow<'static, str>, String) {
    let help = if ["exit", "false", "return", "true"].contains(&name) {
        format!("delete {}, so that the container gets the program's own exit status", code(text))
    } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
        // Nothing is called so: a default of another language.
        format!("delete {}", code(text))
    } else {
        format!("make the program the last command: delete {}, or move it before the program", code(text))
    };
    ("the shell keeps running to run this afterwards".into(), help)
}

/// `text`: what it is, as written.
fn construct_needs_shell(what: Construct, text: &str) -> Message {
    let (noun, help) = match what {
        Construct::Pipeline => ("a pipeline", RUN_ONLY_THE_PROGRAM),
        Construct::List => (
            "a list of commands",
            "give each program its own process type, such as `release` for a step that you start yourself; `working-dir` and `env` in a project.toml replace `cd` and `export`",
        ),
        Construct::Background => ("a background job", TYPE_OF_ITS_OWN),
        Construct::Input => ("a redirection", "delete it, and let the program open the file itself"),
        Construct::Redirection => {
            ("a redirection", "delete it: the platform collects the log from standard output and error")
        }
        Construct::Compound => ("a compound command", "move the decision into the program"),
        Construct::Prefix => ("`!` or `time`", "delete it"),
        Construct::Substitution => ("a substitution", "compute the value in the program, or set a variable"),
        Construct::Glob => ("a file name pattern", "quote it if the program should get the pattern, or list the names"),
        Construct::Braces => ("a brace expansion", "quote it if the program should get the braces, or list the words"),
        Construct::Tilde => ("a tilde", "replace the tilde with `$HOME`, or quote the tilde if it is literal"),
        Construct::Quotes => ("this kind of quoting", "write '…' or \"…\", without quotes inside `${…}`"),
        Construct::Parameter => (
            "this parameter",
            "use only `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:?word}` or `${NAME:+word}`, with or without the colon",
        ),
        Construct::Assignment => ("this assignment", "write `NAME=value`"),
        Construct::Builtin => return builtin_needs_shell(text),
        Construct::NoProgram => ("a command without a program", "start with a program that the image has"),
    };
    Message::new(format!("{noun} needs a shell, and this image has none"))
        .label("only a shell understands this")
        .help(help)
        .help(other_image())
}
