//! Words for the lines of a Procfile.

use super::{Words, code, shown, whole};
use crate::names::is_process_type;
use crate::procfile::ProcfileProblem;
use indoc::indoc;

pub(super) fn words(problem: &ProcfileProblem) -> Words {
    match problem {
        ProcfileProblem::MergeConflict => Words::new("this line is left over from a merge", "a conflict marker of git")
            .help("keep one side of the conflict, and delete the others and every marker line"),
        ProcfileProblem::ForeignComment { mark, text } => {
            Words::new(format!("`{mark}` starts no comment in a Procfile"), "a comment starts with `#`")
                .help(format!("write `{}`", whole(format!("# {text}").trim())))
        }
        ProcfileProblem::QuotedLine { entry } => {
            let words = Words::new("this line starts with a quote", "an entry is not quoted");
            words.help(match entry {
                Some(entry) => format!("write `{}`", whole(entry)),
                None => "write `TYPE: COMMAND`, such as `web: node server.js`".to_string(),
            })
        }
        ProcfileProblem::HerokuCommand { name } => heroku_command(name.as_deref()),
        ProcfileProblem::MissingColon { name, instead, command } => missing_colon(name, *instead, command),
        ProcfileProblem::NotAnEntry { variable: Some(name), .. } => variable(name),
        ProcfileProblem::NotAnEntry { command, variable: None } => not_an_entry(command),
        ProcfileProblem::RepeatedName { name, again, command } => repeated_name(name, again, command),
        ProcfileProblem::ForeignValue { name, block, command } => foreign_value(name, *block, command.as_deref()),
        ProcfileProblem::Continued { name, command } => continued(name, command),
        ProcfileProblem::BlankBeforeName { name } => {
            Words::new(format!("blanks before the process type {}", code(name)), "other tools skip such a line")
                .help("delete the blanks at the start of the line")
        }
        ProcfileProblem::BlankBeforeColon { name } => {
            Words::new(format!("blanks between {} and its colon", code(name)), "other tools skip such a line")
                .help(format!("write `{}:`", shown(name)))
        }
        ProcfileProblem::DuplicateName { name, joined } => duplicate(name, joined.as_deref()),
        ProcfileProblem::NoEntries => {
            Words::new("this Procfile has no entries", "").help("write one process type per line: `web: COMMAND`")
        }
    }
}

fn not_an_entry(command: &str) -> Words {
    let entry = if command.is_empty() { "web: COMMAND".to_string() } else { format!("web: {command}") };
    let words =
        Words::new("this line is no entry: it has no process type before a colon", "neither an entry nor a comment")
            .help(format!("if it is a command, say of which process type: `{}`", whole(&entry)));
    let words = if is_process_type(command) {
        words.help(format!("if it is a process type, say what it runs: `{}: COMMAND`", shown(command)))
    } else {
        words
    };
    words.help("if it is a comment, start it with `#`")
}

fn variable(name: &str) -> Words {
    let name = shown(name);
    Words::new("this line sets a variable, and a Procfile holds none", "neither an entry nor a comment")
        .help(format!("set it where the image runs, such as `docker run --env {name}=VALUE IMAGE`"))
        .help(format!(
            "or, if it is no secret, declare the process type in a project.toml, with `env = {{ {name} = \"VALUE\" }}`"
        ))
}

fn repeated_name(name: &str, again: &str, command: &str) -> Words {
    let command = if command.is_empty() { "COMMAND" } else { command };
    let (title, name) = match again {
        "" => (format!("two colons after the process type {}", code(name)), name),
        _ => (format!("the command starts with a second process type, {}", code(again)), again),
    };
    Words::new(title, "this is no program").help(format!("write `{}`", whole(&format!("{name}: {command}"))))
}

fn heroku_command(name: Option<&str>) -> Words {
    match name {
        Some(name) => Words::new(format!("{} runs the Heroku CLI", code(name)), "the image has no `heroku`")
            .help("write the command that starts the app's own process, such as `web: node server.js`"),
        None => Words::new("this line is a command for the Heroku CLI", "not an entry of a Procfile")
            .help("delete the line")
            .help("set how many run where they run, such as `replicas` in a Kubernetes Deployment"),
    }
}

fn missing_colon(name: &str, instead: Option<&str>, command: &str) -> Words {
    let command = if command.is_empty() { "COMMAND" } else { command };
    let help = format!("write `{}`", whole(&format!("{}: {command}", name.to_ascii_lowercase())));
    match instead {
        Some(mark) => Words::new(
            format!("`{mark}` instead of a colon after the process type {}", code(name)),
            "a `:` is expected",
        ),
        None => Words::new(format!("no colon after the process type {}", code(name)), "a `:` is missing here"),
    }
    .help(help)
}

fn foreign_value(name: &str, block: bool, command: Option<&str>) -> Words {
    let title = format!("the command of {} is written as in YAML or JSON", code(name));
    let words = Words::new(title, "a Procfile has a command line here");
    if block {
        return several_lines(words.help("write the command on the line of its type"), name);
    }
    words
        .help(format!("write `{}`", whole(&format!("{name}: {}", command.unwrap_or("COMMAND")))))
        .help("or write it in a project.toml: a string or an array, in the table [io.octopilot.processes]")
}

fn continued(name: &str, command: &str) -> Words {
    let title = format!("the command of {} ends in a backslash, but entries of a Procfile are one line", code(name));
    let words = Words::new(title, "the next line is not part of the command");
    let command = if command.is_empty() { "COMMAND" } else { command };
    several_lines(words.help(format!("write `{}`", whole(&format!("{name}: {command}")))), name)
}

fn several_lines(words: Words, name: &str) -> Words {
    let example = indoc! {r#"
        [io.octopilot.processes]
        NAME = """
          FIRST COMMAND &&
          SECOND COMMAND
        """"#};
    words.help(format!(
        "or write it in a project.toml, where strings may have several lines:\n{}",
        example.replace("NAME", &shown(name))
    ))
}

fn duplicate(name: &str, joined: Option<&str>) -> Words {
    let words = Words::new(format!("the process type {} is given twice", code(name)), "this one counts")
        .related("this one is dropped");
    match joined {
        Some(joined) => words
            .help(format!("to run all steps, write this in place of the `release` lines:\n{name}: {}", whole(joined))),
        None if name == "release" => {
            words.help("to run all steps, join them with `&&` on one line, or move them into a script")
        }
        None => words.help("delete one of the lines, or give one of them another process type"),
    }
}
