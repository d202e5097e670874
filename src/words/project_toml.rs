//! Words for the process tables of a project.toml.

use super::{Words, code, list, shown};
use crate::project_toml::{ALIAS, MOST_VARIABLES, ProjectTomlProblem, TABLE};

pub(super) fn words(problem: &ProjectTomlProblem) -> Words {
    match problem {
        ProjectTomlProblem::Syntax { message } => {
            Words::new(format!("this is no TOML: {}", shown(message)), "the mistake is here, or just before")
                .help(syntax_help(message))
        }
        ProjectTomlProblem::UnknownKey { key, nearest, known } => {
            let words = Words::new(format!("a process has no key {}", code(key)), "unknown key");
            match nearest {
                Some(nearest) => words.help(format!("did you mean `{nearest}`?")),
                None => words.help(format!("the keys are {}", list(known.iter().copied(), "and"))),
            }
        }
        ProjectTomlProblem::WrongType { key, expected, found } => {
            Words::new(format!("{} must be {expected}", code(key)), format!("this is {found}"))
                .help(wrong_type_help(expected))
        }
        ProjectTomlProblem::MissingKey { key } => {
            Words::new(format!("a process without `{key}`"), format!("`{key}` is required")).help(if *key == "type" {
                "add `type = \"web\"`"
            } else {
                "add `command = [\"PROGRAM\", \"ARGUMENT\"]`"
            })
        }
        ProjectTomlProblem::InvalidVariable { name } => {
            Words::new(format!("{} is no name for an environment variable", code(name)), "not a name")
                .help("use letters, digits and `_`, no digit first, and at most 247 of them: `LOG_LEVEL`")
        }
        ProjectTomlProblem::TooManyVariables => {
            Words::new(format!("more than {MOST_VARIABLES} variables of one process"), "nothing from here on is read")
                .help("move them into a file that the process reads")
        }
        ProjectTomlProblem::Nul { key } => {
            Words::new(format!("a NUL character in {}", code(key)), "no program can be given a NUL")
                .help("delete `\\u0000`")
        }
        ProjectTomlProblem::DuplicateType { name } => {
            Words::new(format!("the process type {} is given twice", code(name)), "given again here")
                .related("first given here")
                .help("delete one of the tables, or give it another `type`")
        }
        ProjectTomlProblem::TwoDefaults => Words::new("two process types are the default", "a second default")
            .related("the first default")
            .help("keep `default = true` in one of them"),
        ProjectTomlProblem::BothTables { name } => {
            Words::new(format!("the process type {} is given in both tables", code(name)), "this one is dropped")
                .related("this one counts")
                .help(format!("delete it from [[{ALIAS}]]: [{TABLE}] wins"))
        }
        ProjectTomlProblem::MisspelledTable { table } => {
            Words::new(format!("[{}] is not read", shown(table)), "not the name of the process table")
                .help(format!("write [{TABLE}] if it declares process types"))
        }
    }
}

/// What to type, by the start of the TOML library's message.
fn syntax_help(message: &str) -> &'static str {
    const HELP: [(&str, &str); 5] = [
        ("string values must be quoted", "put the value in quotes: `KEY = \"VALUE\"`"),
        ("invalid basic string", "close the string with `\"` on the line where it starts"),
        ("invalid literal string", "close the string with `'` on the line where it starts"),
        ("duplicate key", "delete one of the two, or join the two tables"),
        ("key with no value", "write `KEY = \"VALUE\"`"),
    ];
    let known = HELP.iter().find(|(start, _)| message.starts_with(start));
    known.map_or("compare it with the examples at https://toml.io", |(_, help)| *help)
}

fn wrong_type_help(expected: &str) -> &'static str {
    match expected {
        "a string" => "write it in quotes: `\"VALUE\"`",
        "an array of strings" => "write `[\"FIRST\", \"SECOND\"]`",
        "an array of tables" => "start each process with a line `[[io.buildpacks.processes]]`",
        "true or false" => "write `true` or `false`, without quotes",
        "a table" => "write a table: `{ NAME = \"VALUE\" }`, or its header in brackets",
        _ => "write `\"COMMAND LINE\"` for a shell, or `[\"PROGRAM\", \"ARGUMENT\"]` for none",
    }
}
