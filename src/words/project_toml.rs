//! Words for the process tables of a project.toml.

use super::{Words, code, list, shown, whole};
use crate::project_toml::{ALIAS, Expected, LONGEST_VARIABLE, MOST_VARIABLES, ProjectTomlProblem, Slip, TABLE};

pub(super) fn words(problem: &ProjectTomlProblem) -> Words {
    match problem {
        ProjectTomlProblem::Syntax { message, slip, meant } => syntax(message, *slip, meant.as_deref()),
        ProjectTomlProblem::UnknownKey { key, nearest, known } => {
            let words = Words::new(format!("a process has no key {}", code(key)), "unknown key");
            match nearest {
                Some(nearest) => words.help(format!("did you mean `{nearest}`?")),
                None if key == "direct" => words.help("drop it: an array is direct, and a string is a command line"),
                None => words.help(format!("the keys are {}", list(known.iter().copied(), "and"))),
            }
        }
        ProjectTomlProblem::WrongType { key, expected, found, meant } => {
            wrong_type(key, *expected, found, meant.as_deref())
        }
        ProjectTomlProblem::MissingKey { key, name } => {
            let whose =
                name.as_deref().map_or("a process".to_string(), |name| format!("the process type {}", code(name)));
            Words::new(format!("{whose} has no `{key}`"), format!("`{key}` is required")).help(if *key == "type" {
                "add `type = \"web\"`"
            } else {
                "add `command = [\"PROGRAM\", \"ARGUMENT\"]`"
            })
        }
        ProjectTomlProblem::InvalidVariable { name, too_long } => {
            let title = format!("{} is not a name for an environment variable", code(name));
            if *too_long {
                Words::new(title, format!("too long: {} bytes", name.len()))
                    .help(format!("use at most {LONGEST_VARIABLE} letters, digits and `_`"))
            } else {
                Words::new(title, "letters, digits and `_`, no digit first").help("write a name such as `LOG_LEVEL`")
            }
        }
        ProjectTomlProblem::TooManyVariables => {
            Words::new(format!("more than {MOST_VARIABLES} environment variables"), "nothing from here on is read")
                .help("move them into a file that the processes read")
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

fn syntax(message: &str, slip: Slip, meant: Option<&str>) -> Words {
    let (what, help) = match slip {
        Slip::Colon => ("a `:` where TOML has `=`".to_string(), "write `KEY = \"VALUE\"`"),
        Slip::Unquoted => ("a string without quotes".to_string(), "put it in quotes: `\"VALUE\"`"),
        Slip::Unclosed(quote) => {
            (format!("a string without its closing `{quote}`"), "close it on the line where it starts")
        }
        Slip::NoValue => ("a key without a value".to_string(), "write `KEY = \"VALUE\"`"),
        Slip::Other => (shown(message), syntax_help(message)),
    };
    let words = Words::new(format!("this is not TOML: {what}"), "the mistake is here, or just before");
    words.help(meant.map_or_else(|| help.to_string(), |meant| format!("write `{}`", whole(meant))))
}

/// What to type, by the start of the TOML library's message.
fn syntax_help(message: &str) -> &'static str {
    const HELP: [(&str, &str); 6] = [
        ("duplicate key", "delete one of the two, or join the two tables"),
        ("key with no value", "write `KEY = \"VALUE\"`"),
        ("invalid unquoted key", "write `KEY = \"VALUE\"`"),
        ("invalid boolean", "write `true` or `false`, in lower case"),
        ("unexpected key or value", "write a string that holds `\"` in '…', and one that holds `'` in \"…\""),
        ("missing escaped value", "write `\\\\` for a backslash, or the string in '…'"),
    ];
    let known = HELP.iter().find(|(start, _)| message.starts_with(start));
    known.map_or("compare it with the examples at https://toml.io", |(_, help)| *help)
}

fn wrong_type(key: &str, expected: Expected, found: &str, meant: Option<&str>) -> Words {
    let each = if expected == Expected::Element { "each element of " } else { "" };
    let (expected, help) = match expected {
        Expected::String | Expected::Element => ("a string", "write it in quotes: `\"VALUE\"`"),
        Expected::Strings => ("an array of strings", "write `[\"FIRST\", \"SECOND\"]`"),
        Expected::Command => (
            "a string or an array of strings",
            "write `\"COMMAND LINE\"` for a shell, or `[\"PROGRAM\", \"ARGUMENT\"]` for none",
        ),
        Expected::Boolean => ("true or false", "write `true` or `false`, without quotes"),
        Expected::Table if key == TABLE && found == "an array" => (
            "a table",
            "write `[io.octopilot.processes.web]`, without `type`; or call it `[[io.buildpacks.processes]]`",
        ),
        Expected::Table => ("a table", "write `{ NAME = \"VALUE\" }`, or a header in brackets: `[TABLE]`"),
        Expected::Tables => ("an array of tables", "call it `[io.octopilot.processes]`, which takes `TYPE = COMMAND`"),
    };
    let words = Words::new(format!("{each}{} must be {expected}", code(key)), format!("this is {found}"));
    words.help(meant.map_or_else(|| help.to_string(), |meant| format!("write `{}`", whole(meant))))
}
