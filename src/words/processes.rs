//! Words for process types, wherever they were declared.

use super::{Words, code, list};
use crate::process::{MOST_PROCESSES, ProcessProblem};

pub(super) fn words(problem: &ProcessProblem) -> Words {
    match problem {
        ProcessProblem::InvalidName { name, suggestion } => invalid_name(name, suggestion),
        ProcessProblem::EmptyCommand { name } => {
            Words::new(format!("the process type {} has no command", code(name)), "a command is missing here")
                .help("say what it runs, such as `node server.js`, or delete it")
        }
        ProcessProblem::TooMany => {
            Words::new(format!("more than {MOST_PROCESSES} process types"), "nothing from here on is read")
                .help("split the app: every process type becomes a service of its own")
        }
        ProcessProblem::CommandTooLong { bytes } => Words::new(
            format!("a command of {bytes} bytes: the kernel takes no argument of 128 KiB or more"),
            "too long",
        )
        .help("move it into a script of the app, and run that"),
        ProcessProblem::NotDnsLabel { name, label } => {
            let words = Words::new(
                format!("the process type {} is no DNS label, as Kubernetes names must be", code(name)),
                "lower-case letters, digits and inner hyphens, at most 63",
            );
            words.help(if label.is_empty() { "call it `web`".to_string() } else { format!("call it `{label}`") })
        }
        ProcessProblem::SameDnsLabel { name, other, label } => Words::new(
            format!(
                "the process types {} and {} are one name where only DNS labels are allowed",
                code(other),
                code(name)
            ),
            format!("`{label}` as well"),
        )
        .related(format!("`{label}` as a DNS label"))
        .help("give one of them another name"),
        ProcessProblem::OutsideWorkingDir { directory } => Words::new(
            format!("the working directory {} is outside the app", code(directory)),
            "`..` leads out of the app directory",
        )
        .help("name a directory in the app, or an absolute path"),
        ProcessProblem::NoDefault { types } => Words::new(
            "no process type is the default: the image starts none unless it is told which",
            "the first of them",
        )
        .help(format!(
            "call one `web`, or set BP_PROCFILE_DEFAULT_TYPE to one of {}",
            list(types.iter().map(String::as_str), "and")
        ))
        .help("or set `default = true` in its table of a project.toml"),
        ProcessProblem::UnusedArgs { name } => Words::new(
            format!("the command of {} does not use its `args`", code(name)),
            "a shell reads this, and finds its arguments in \"$@\"",
        )
        .help("write \"$@\" where they belong, or make the command an array: `[\"PROGRAM\", \"ARGUMENT\"]`"),
        ProcessProblem::MissingWorkingDir { directory } => {
            Words::new(format!("the working directory {} is not in the app", code(directory)), "no such directory")
                .help("name a directory of the app, or make sure that the app creates it before the process starts")
        }
    }
}

fn invalid_name(name: &str, suggestion: &str) -> Words {
    let title = match name {
        "" => "an empty name cannot be a process type".to_string(),
        _ => format!("{} cannot be a process type", code(name)),
    };
    let words = Words::new(title, "a process type has letters, digits, `.`, `_` and `-`, at most 255");
    if suggestion.is_empty() {
        words.help("call it `web`, or `worker`")
    } else {
        words.help(format!("call it `{suggestion}`"))
    }
}
