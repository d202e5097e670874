//! What can be wrong with a line of a Procfile.

use crate::diagnostics::{Message, problems};
use crate::parse::key::TABLE;
use crate::parse::names::is_process_type;
use crate::parse::problems::lines_instead;
use crate::text::quote::{code, shown, toml_string, whole};
use indoc::formatdoc;

problems! {
    enum ProcfileProblem {
        /// What a merge left behind.
        Error "merge-conflict" MergeConflict,
        /// A comment in the syntax of another language, whole or a part of several lines.
        Error "foreign-comment" ForeignComment { mark: &'static str, text: String, is_whole: bool },
        /// The whole line, or its name, is in quotes.
        Error "quoted-line" QuotedLine { entry: Option<String> },
        /// A command for the Heroku CLI.
        Error "heroku-command" HerokuCommand { name: Option<String>, run: Option<String>, scales: bool },
        /// A process type without its colon.
        Error "missing-colon" MissingColon { name: String, instead: Option<&'static str>, command: Option<String> },
        /// A line that is not an entry, and nothing better is known about it. `has_web`: whether `web` is declared in
        /// another line.
        Error "not-an-entry" NotAnEntry { command: Option<String>, variable: Option<String>, has_web: bool },
        /// `web: web: …`, `web:: …`, or `web: … worker: …`.
        Error "repeated-name" RepeatedName {
            name: String,
            again: Option<String>,
            command: Option<String>,
            before: Before,
        },
        /// A command in the syntax of another tool, and the lines below that belong to it.
        Error "foreign-value" ForeignValue {
            name: String,
            of: Syntax,
            command: Option<String>,
            nested: Option<Numbers>,
            before: Before,
        },
        /// A line in the format of another tool (P12): the entry to write instead, if the line says what runs.
        Error "foreign-format" ForeignFormat { format: Format, entry: Option<(String, Option<String>)>, instead: Instead },
        /// A backslash at the end of a line: an entry is one line.
        Error "line-continuation" Continued { name: String, command: Option<String> },
        /// Other tools skip a line that starts with a blank (P4).
        Warning "blank-before-name" BlankBeforeName { name: String },
        /// Other tools skip a line with a blank before its colon (P4).
        Warning "blank-before-colon" BlankBeforeColon { name: String },
        /// A name that was declared before (P7).
        Warning "duplicate-name" DuplicateName { name: String, joined: Option<String> },
        /// Empty, or only comments (P11).
        Warning "no-entries" NoEntries,
    }
}

/// The numbers of the first and the last of some lines.
pub(crate) type Numbers = (usize, usize);

/// The syntax of a command, which another tool has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// A string, an array or a mapping of YAML or JSON.
    Value,
    /// A block of YAML (`|`, `>`).
    Block,
    /// An instruction of a Dockerfile.
    Dockerfile,
    /// A job of a crontab, and when it runs.
    Crontab(String),
    /// Characters of HTML (`&amp;`).
    Html,
    /// The prompt of a shell, as in a manual.
    Prompt,
}

/// What is before a second process type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Only the first one.
    Nothing,
    /// The first one with its command.
    Command(String),
    /// A key of a project.toml.
    Key,
}

/// The format of another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Dockerfile,
    Systemd,
    Ini,
    Toml,
    Crontab,
    Json,
    Yaml,
    Compose,
    Render,
    Markdown,
    Rtf,
    AppYaml,
    Kamal,
    Nixpacks,
    Pm2,
    Script,
    Html,
    NotFound,
}

impl Format {
    const fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "a Dockerfile",
            Self::Systemd => "a systemd unit",
            Self::Ini => "an INI file",
            Self::Toml => "a TOML file",
            Self::Crontab => "a crontab",
            Self::Json => "a JSON file",
            Self::Yaml => "a YAML file",
            Self::Compose => "a Compose file",
            Self::Render => "a render.yaml",
            Self::Markdown => "a Markdown file",
            Self::Rtf => "a word processor (RTF)",
            Self::AppYaml => "an app.yaml",
            Self::Kamal => "a deploy.yml of Kamal",
            Self::Nixpacks => "a nixpacks.toml",
            Self::Pm2 => "a configuration of pm2",
            Self::Script => "a shell script",
            Self::Html => "an HTML page",
            Self::NotFound => "a web server that did not find the file",
        }
    }
}

/// What to do about a line in the format of another tool, besides writing an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    Nothing,
    /// Deleting it, because of this.
    Delete(&'static str),
    /// Deleting it and all that is nested below it, because of this.
    DeleteAll(&'static str),
    /// Writing these lines, if they are known.
    Lines(Option<String>),
    /// Doing this with the file.
    Do(&'static str),
    /// Writing these lines instead of the whole file, if they are known.
    File(Option<String>),
    /// Running its process type at these times.
    Schedule(String),
}

fn message(problem: &ProcfileProblem) -> Message {
    match problem {
        ProcfileProblem::MergeConflict => Message::new("this line is left over from a merge conflict")
            .label("a git conflict marker")
            .help("keep one side of the conflict, and delete the other side and all marker lines"),
        ProcfileProblem::ForeignComment { mark, text, is_whole } => {
            Message::new(format!("`{mark}` does not start a comment in a Procfile"))
                .label("a comment starts with `#`")
                .write_line(format!("# {text}").trim())
                // What else is in a comment of several lines would become entries.
                .safe_if(*is_whole)
        }
        ProcfileProblem::QuotedLine { entry } => {
            let message = Message::new("this line starts with a quote").label("an entry has no quotes around it");
            match entry {
                Some(entry) => message.write_line(entry).safe_if(true),
                None => message.help("write `TYPE: COMMAND`, such as `web: node server.js`"),
            }
        }
        ProcfileProblem::HerokuCommand { name, run, scales } => {
            heroku_command(name.as_deref(), run.as_deref(), *scales)
        }
        ProcfileProblem::MissingColon { name, instead, command } => missing_colon(name, *instead, command.as_deref()),
        ProcfileProblem::NotAnEntry { variable: Some(name), .. } => sets_variable(name),
        ProcfileProblem::NotAnEntry { command, variable: None, has_web } => not_an_entry(command.as_deref(), *has_web),
        ProcfileProblem::RepeatedName { name, again, command, before } => {
            repeated_name(name, again.as_deref(), command.as_deref(), before)
        }
        ProcfileProblem::ForeignValue { name, of, command, nested: _, before: Before::Key } => {
            foreign_string(name, of, command.as_deref())
        }
        ProcfileProblem::ForeignValue { name, of, command, nested, .. } => {
            foreign_value(name, of, command.as_deref(), *nested)
        }
        ProcfileProblem::ForeignFormat { format, entry, instead } => foreign_format(*format, entry.as_ref(), instead),
        ProcfileProblem::Continued { name, command } => continued(name, command.as_deref()),
        ProcfileProblem::BlankBeforeName { name } => {
            Message::new(format!("unexpected whitespace before the process type {}", code(name)))
                .label("other tools ignore this line")
                .help("delete the whitespace at the start of the line")
                .replace("")
                .safe_if(true)
        }
        ProcfileProblem::BlankBeforeColon { name } => {
            Message::new(format!("unexpected whitespace between {} and its colon", code(name)))
                .label("other tools ignore or reject this line")
                .help(format!("write `{}:`", shown(name)))
                .replace("")
                .safe_if(true)
        }
        ProcfileProblem::DuplicateName { name, joined } => duplicate_name(name, joined.as_deref()),
        ProcfileProblem::NoEntries => {
            Message::new("this Procfile has no entries").help("add a line for each process type: `web: COMMAND`")
        }
    }
}

/// Adds the entry to write instead of the line, with a placeholder where the command is not known.
fn write_entry(message: Message, name: &str, command: Option<&str>) -> Message {
    match command {
        Some(command) => message.write_line(format!("{name}: {command}")),
        None => message.help(format!("write `{}`", entry(name, None))),
    }
}

/// An entry to write, with a placeholder where the command is not known.
fn entry(name: &str, command: Option<&str>) -> String {
    whole(&format!("{name}: {}", command.unwrap_or("COMMAND")))
}

fn not_an_entry(command: Option<&str>, has_web: bool) -> Message {
    let new = if has_web { "TYPE" } else { "web" };
    let name = command.filter(|command| is_process_type(command));
    Message::new("this line is not a valid entry: it does not start with a process type and a colon")
        .label("neither an entry nor a comment")
        .help(format!("if it is a command, put its process type before it: `{}`", entry(new, command)))
        .help_if(name.map(|name| format!("if it is a process type, add its command: `{}`", entry(name, None))))
        .help("if it is a comment, start it with `#`")
}

fn sets_variable(name: &str) -> Message {
    let name = shown(name);
    Message::new("this line sets a variable, which a Procfile cannot do")
        .label("neither an entry nor a comment")
        .help(format!("set it when you run the image, for example with `docker run --env {name}=VALUE IMAGE`"))
        .help(format!(
            "or, if it is not a secret, declare the process type in a project.toml, with `env = {{ {name} = \"VALUE\" }}`"
        ))
}

fn repeated_name(name: &str, again: Option<&str>, command: Option<&str>, before: &Before) -> Message {
    if let (Before::Command(first), Some(again)) = (before, again) {
        return Message::new(format!("the line has a second process type, {}", code(again)))
            .label("not at the start of a line")
            .help(lines_instead(&format!("{name}: {first}\n{again}: {}", command.unwrap_or("COMMAND"))));
    }
    if *before == Before::Key {
        return Message::new(format!("the command of {} starts with a process type", code(name)))
            .label("an entry of a Procfile")
            .help(format!("write `{}`", whole(&toml_string(command.unwrap_or("COMMAND")))));
    }
    let title = match again {
        None => format!("two colons after the process type {}", code(name)),
        Some(again) => format!("the command starts with a second process type, {}", code(again)),
    };
    let meant = again.unwrap_or(name);
    write_entry(Message::new(title).label("this is not a program"), meant, command).safe_if(meant == name)
}

fn heroku_command(name: Option<&str>, run: Option<&str>, scales: bool) -> Message {
    let message = match name {
        Some(name) => {
            Message::new(format!("{} runs the Heroku CLI", code(name))).label("the image has no `heroku` command")
        }
        None => Message::new("this line is a command for the Heroku CLI").label("not a Procfile entry"),
    };
    match (name, run) {
        (Some(name), Some(_)) => write_entry(message, name, run),
        (Some(_), None) => message.help("write the command that starts the app itself, such as `web: node server.js`"),
        (None, Some(_)) => message
            .help(format!("write `{}`", entry(TASK, run)))
            .help(format!("run it when you need it, for example with `docker run --entrypoint {TASK} IMAGE`")),
        (None, None) => message.help("delete the line").help_if(scales.then_some(
            "set the number of processes on your platform, for example with `replicas` in a Kubernetes Deployment",
        )),
    }
}

/// A process type for what is run by hand.
const TASK: &str = "task";

fn foreign_format(format: Format, written: Option<&(String, Option<String>)>, instead: &Instead) -> Message {
    let message = Message::new(format!("this line is from {}, not from a Procfile", format.name()))
        .label("neither an entry nor a comment")
        .help_if(written.map(|(name, command)| format!("write `{}`", entry(name, command.as_deref()))));
    match instead {
        Instead::Nothing => message,
        Instead::Delete(why) => message.help(format!("delete the line: {why}")),
        Instead::DeleteAll(why) => message.help(format!("delete the line, and those that are nested below it: {why}")),
        Instead::Do(help) => message.help(*help),
        Instead::File(Some(line)) if !line.contains('\n') => {
            message.help(format!("replace the whole file with `{}`", whole(line)))
        }
        Instead::File(Some(lines)) => {
            let lines: Vec<String> = lines.lines().map(whole).collect();
            message.help(format!("replace the whole file with these lines:\n{}", lines.join("\n")))
        }
        Instead::File(None) => {
            message.help("replace the whole file with `TYPE: COMMAND` for each process type, on a line of its own")
        }
        Instead::Lines(Some(line)) if !line.contains('\n') => message.help(format!("write `{}`", whole(line))),
        Instead::Lines(Some(lines)) => message.help(lines_instead(lines)),
        Instead::Lines(None) => message.help("write `TYPE: COMMAND` for each process type, on a line of its own"),
        Instead::Schedule(times) => message.help(on_schedule(times, written.map_or("", |(name, _)| name))),
    }
}

fn on_schedule(times: &str, name: &str) -> String {
    let times = code(times);
    format!("run it on your platform at {times}, for example in a Kubernetes CronJob with `command: [\"{name}\"]`")
}

fn missing_colon(name: &str, instead: Option<&str>, command: Option<&str>) -> Message {
    let message = match instead {
        Some(mark) => Message::new(format!("`{mark}` instead of a colon after the process type {}", code(name)))
            .label("replace this with a `:`"),
        None => Message::new(format!("no colon after the process type {}", code(name))).label("a `:` is missing here"),
    };
    write_entry(message, &name.to_ascii_lowercase(), command).safe_if(true)
}

/// The title of a command in the syntax of another tool.
fn of_tool(name: &str, of: &Syntax) -> String {
    let tool = match of {
        Syntax::Value | Syntax::Block => "uses the syntax of YAML or JSON",
        Syntax::Dockerfile => "uses the syntax of a Dockerfile",
        Syntax::Crontab(_) => "uses the syntax of a crontab",
        Syntax::Html => "uses the syntax of HTML",
        Syntax::Prompt => "starts with the prompt of a terminal",
    };
    format!("the command of {} {tool}", code(name))
}

/// A string of a project.toml. `command`: what to write instead, with its quotes or brackets.
fn foreign_string(name: &str, of: &Syntax, command: Option<&str>) -> Message {
    let message = Message::new(of_tool(name, of)).label("expected a command line");
    let message = match command {
        Some(command) => message.write(command),
        None => message.help("write `\"COMMAND\"`"),
    };
    match of {
        Syntax::Crontab(times) => message.help(on_schedule(times, &shown(name))),
        _ => message,
    }
}

fn foreign_value(name: &str, of: &Syntax, command: Option<&str>, nested: Option<Numbers>) -> Message {
    let message = Message::new(of_tool(name, of)).label("expected a command line");
    let rest = match nested {
        None => String::new(),
        Some((first, last)) if first == last => format!(", and delete line {first}"),
        Some((first, last)) => format!(", and delete lines {first} to {last}"),
    };
    if *of == Syntax::Block && command.is_none() {
        return in_project_toml(message.help("write the command on the same line as its process type"), name);
    }
    let message = match nested {
        None => write_entry(message, name, command),
        Some(_) => message.help(format!("write `{}`{rest}", entry(name, command))),
    };
    match of {
        Syntax::Block => in_project_toml(message, name),
        Syntax::Value => {
            message.help(format!("or write it in a project.toml, as a string or an array in the table `[{TABLE}]`"))
        }
        Syntax::Crontab(times) => message.help(on_schedule(times, &shown(name))),
        Syntax::Dockerfile | Syntax::Html | Syntax::Prompt => message,
    }
}

fn continued(name: &str, command: Option<&str>) -> Message {
    let title = format!("the command of {} ends in a backslash, but a Procfile entry is a single line", code(name));
    let message = Message::new(title)
        .label("the command does not continue on the next line")
        .help(format!("write `{}`", entry(name, command)));
    in_project_toml(message, name)
}

fn in_project_toml(message: Message, name: &str) -> Message {
    message.help(formatdoc! {r#"
        or write it in a project.toml, where a string can span several lines:
        [{TABLE}]
        {} = """
          FIRST COMMAND &&
          SECOND COMMAND
        """"#, shown(name)})
}

fn duplicate_name(name: &str, joined: Option<&str>) -> Message {
    let message = Message::new(format!("the process type {} is declared more than once", code(name)))
        .label("this replaces the earlier definition")
        .related("replaced by the later definition");
    match joined {
        Some(joined) => message
            .help(format!("to run all steps, replace the `release` lines with this one:\n{name}: {}", whole(joined))),
        None if name == "release" => {
            message.help("to run all steps, join them with `&&` on one line, or move them into a script")
        }
        None => message.help("delete one of the lines, or rename one of the process types"),
    }
}
