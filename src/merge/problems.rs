//! What can be wrong with the process types of all sources together.

use crate::diagnostics::{Message, problems};
use crate::parse::Key;
use crate::parse::key::TABLE;
use crate::text::quote::{code, command_line, is_plain_line, list, shown, told_apart, toml_array, toml_string, whole};
use crate::text::{Source, Variable};

problems! {
    enum MergeProblem {
        /// A name that Kubernetes and others do not accept (P5).
        Note "not-dns-label" NotDnsLabel { name: String, label: Option<String>, is_meant_as_web: bool },
        /// Two names that become the same DNS label (P5).
        Warning "same-dns-label" SameDnsLabel { name: String, other: String, label: String },
        /// A stronger source declares the type, so that settings that only a project.toml can have are lost (S5).
        Warning "dropped-keys" DroppedKeys { name: String, keys: Vec<Key>, extends: bool, winner: Source },
        /// No earlier buildpack declares the process type that a table extends (T7).
        Error "nothing-to-extend" NothingToExtend {
            name: String,
            wrap: Vec<String>,
            nearest: Option<String>,
            known: Vec<String>,
            left_out: Vec<String>,
        },
        /// A process type to extend whose command is a text for a shell (T7).
        Error "extended-shell-text" ShellText { name: String, wrap: Vec<String>, text: String, buildpack: String },
        /// The release phase of Heroku, which most other platforms do not have (P13).
        Note "release" Release,
        /// A name that hides the launcher of the image (O8).
        Warning "launcher" Launcher,
        /// Several process types, and none is the default (F1).
        Warning "no-default" NoDefault { types: Vec<String>, has_table: bool },
        /// The default process type that the platform asks for is not declared (F1).
        Error "unknown-default-type" UnknownDefaultType {
            name: String,
            nearest: Option<String>,
            known: Vec<String>,
            elsewhere: Option<String>,
        },
    }
}

fn message(problem: &MergeProblem) -> Message {
    match problem {
        MergeProblem::NotDnsLabel { name, is_meant_as_web: true, .. } => {
            Message::new(format!("the process type {} is not `web`, so it is not the default", code(name)))
                .label("upper and lower case are different process types")
                .help("call it `web`")
        }
        MergeProblem::NotDnsLabel { name, label, .. } => {
            let message = Message::new(format!("the process type {} is not a valid DNS label", code(name)))
                .label("use at most 63 lower-case letters, digits and hyphens, with no hyphen at either end");
            message.help(match label {
                Some(label) => format!("call it `{label}` if a tool names Kubernetes objects after it"),
                None => "choose a name of at most 63 lower-case letters, digits and hyphens, with no hyphen at either end, if a tool names Kubernetes objects after it".to_string(),
            })
        }
        MergeProblem::SameDnsLabel { name, other, label } => Message::new(format!(
            "the process types {} and {} become the same DNS label",
            code(other),
            code(name)
        ))
        .label(format!("also becomes `{label}`"))
        .related(format!("becomes `{label}`"))
        .help("rename one of them"),
        MergeProblem::NothingToExtend { name, wrap, nearest, known, left_out } => {
            nothing_to_extend(name, wrap, nearest.as_deref(), known, left_out)
        }
        MergeProblem::ShellText { name, wrap, text, buildpack } => shell_text(name, wrap, text, buildpack),
        MergeProblem::DroppedKeys { name, keys, extends, winner } => {
            let keys = list(keys.iter().map(|key| key.name()), "and");
            Message::new(format!("the settings {keys} of {} are ignored", code(name)))
                .label("another source declares this process type too")
                .related("this definition is used, and replaces it completely")
                .help(match winner {
                    Source::Procfile if *extends => "delete the Procfile line to extend the command of an earlier buildpack, or delete this table",
                    _ if *extends => "delete the other definition to extend the command of an earlier buildpack, or delete this table",
                    Source::Procfile => "move the Procfile's command into this table and delete the Procfile line, or delete these settings",
                    _ => "move the command of the other definition into this table and delete that definition, or delete these settings",
                })
        }
        MergeProblem::Release => Message::new("most platforms do not run the process type `release` automatically")
            .label("only a few platforms, such as Heroku, run it automatically")
            .help(
                "run it before each deployment, in a Kubernetes Job, an init container or a deploy hook, or with `docker run --entrypoint release IMAGE`",
            ),
        MergeProblem::Launcher => Message::new("the process type `launcher` hides the launcher of the image")
            .label("`docker run --entrypoint launcher IMAGE COMMAND` starts this process, not the command")
            .help("call it `start`"),
        MergeProblem::NoDefault { types, has_table } => no_default(types, *has_table),
        MergeProblem::UnknownDefaultType { name, elsewhere: Some(buildpack), .. } => Message::new(format!(
            "the process type {} cannot be the default: this buildpack does not declare it",
            code(name)
        ))
        .label(format!("declared by {}", shown(buildpack)))
        .help(format!("add `[{TABLE}.{}]` to the project.toml: without `command`, it keeps the command", key(name))),
        MergeProblem::UnknownDefaultType { name, nearest, known, elsewhere: None } => {
            unknown_default_type(name, nearest.as_deref(), known)
        }
    }
}

/// A process type as the last part of the name of a table.
fn key(name: &str) -> String {
    if name.contains('.') { toml_string(name) } else { shown(name) }
}

/// How to declare a command in a table that extends another buildpack's. `words`: the words behind those of `wrap`.
fn with_command(wrap: &[String], words: &[&str]) -> String {
    let all: Vec<&str> = wrap.iter().map(String::as_str).chain(words.iter().copied()).collect();
    let command = format!("`command = {}`", whole(&toml_array(&all)));
    if wrap.is_empty() { format!("add {command}") } else { format!("replace `wrap` with {command}") }
}

fn nothing_to_extend(
    name: &str,
    wrap: &[String],
    nearest: Option<&str>,
    known: &[String],
    left_out: &[String],
) -> Message {
    let title = format!("no earlier buildpack declares the process type {}", told_apart(name, nearest));
    Message::new(title)
        .label("a table without `command` extends the process type of an earlier buildpack")
        .help_if(nearest.map(|nearest| format!("did you mean {}?", code(nearest))))
        .help(match known {
            [] => "put this buildpack after the one that declares it: earlier buildpacks declare no process types"
                .to_string(),
            [only] => format!("the only process type that earlier buildpacks declare is {}", code(only)),
            known => format!("the process types that earlier buildpacks declare are {}", list(known, "and")),
        })
        .help_if(
            (!left_out.is_empty())
                .then(|| format!("the launch.toml of {} is too large to read", list(left_out, "and"))),
        )
        .help(format!("or {}, to declare it here", with_command(wrap, &["PROGRAM", "ARGUMENT"])))
}

fn shell_text(name: &str, wrap: &[String], text: &str, buildpack: &str) -> Message {
    let command = format!("`command = {}`", whole(&toml_string(text)));
    Message::new(format!("the command of {} cannot be extended: it is a text for a shell", code(name)))
        .label(format!("declared by {}, which uses a Buildpack API before 0.9", shown(buildpack)))
        .help(match wrap {
            [] => format!("add {command}, which replaces it"),
            wrap if is_plain_line(text) => {
                let text = format!("{} {text}", command_line(wrap));
                format!("replace `wrap` with `command = {}`", whole(&toml_string(&text)))
            }
            wrap => {
                format!("replace `wrap` with {command}, and write {} before its program", code(&command_line(wrap)))
            }
        })
}

fn no_default(types: &[String], has_table: bool) -> Message {
    let variable = Variable::DefaultType.name();
    let message = Message::new("no process type is the default, so `docker run IMAGE` starts nothing");
    let message = match types {
        [only] => message
            .label("the only process type")
            .help(format!("declare a process type `web`, or set {variable} to {}", code(only))),
        types => message
            .label("the first process type")
            .help(format!("rename one to `web`, or set {variable} to one of {}", list(types, "and"))),
    };
    match types {
        _ if !has_table => message,
        [_] => message.help("or set `default = true` in its table in the project.toml"),
        _ => message.help("or set `default = true` in the table of one of them in the project.toml"),
    }
}

fn unknown_default_type(name: &str, nearest: Option<&str>, known: &[String]) -> Message {
    Message::new(format!("there is no process type {}", told_apart(name, nearest)))
        .label("not declared")
        .help_if(nearest.map(|nearest| format!("did you mean {}?", code(nearest))))
        .help(match known {
            [] => "unset the variable: no process types are declared".to_string(),
            [only] => format!("the only process type is {}", code(only)),
            known => format!("the process types are {}", list(known, "and")),
        })
}
