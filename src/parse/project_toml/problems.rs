//! What can be wrong with the process tables of a project.toml.

use crate::diagnostics::{Message, problems};
use crate::parse::key::{ALIAS, Key, TABLE, elsewhere};
use crate::parse::names::is_variable;
use crate::parse::names::{LONGEST_VARIABLE, to_dns_label};
use crate::parse::process::MOST_VARIABLES;
use crate::parse::project_toml::slip::Slip;
use crate::text::quote::{code, list, shown, told_apart, toml_array, whole};

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    String,
    /// A string, for each element of an array.
    Element,
    Strings,
    /// A string, for a variable that is called like a key of a process. `is_inline`: whether its table is.
    Variable {
        is_inline: bool,
    },
    /// A command: a string or an array of strings.
    Command,
    Boolean,
    Table,
    Tables,
}

/// What was probably meant by a key that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// Another key.
    Key(Key),
    /// A key that only the other table has.
    OtherTable(Key),
    /// The process type, which the header of the table has already.
    Header,
    /// A process type with a dot, which lacks its quotes: TOML reads a key of another process type.
    Type(String),
    /// `command` together with the key, of which it has the arguments.
    Both(Option<Vec<String>>),
    /// Making this process type the default.
    DefaultOf(String),
    /// A key of this process type.
    Of(String),
    Unknown,
}

problems! {
    enum ProjectTomlProblem {
        /// The file is not TOML.
        Error "toml-syntax" Syntax { message: String, slip: Slip, meant: Option<String> },
        /// More keys and values than fit into memory (R1).
        Error "too-many-values" TooManyValues,
        /// A key that these tables do not have (T3).
        Error "unknown-key" UnknownKey { key: String, meant: Meant, known: &'static [Key] },
        /// A value of another type than its key takes (T3).
        Error "wrong-type" WrongType { key: String, expected: Expected, found: &'static str, meant: Option<String> },
        /// A key that is required (T3).
        Error "missing-key" MissingKey { key: Key, name: Option<String> },
        /// Words before a command that the process has itself (T7).
        Error "wrap-with-command" WrapWithCommand { name: String, instead: Option<String> },
        /// No words, or no program, before the command of an earlier buildpack (T7).
        Error "empty-wrap" EmptyWrap { key: String },
        /// A name that no shell accepts for a variable, or no file system for its file (T5).
        Error "invalid-variable" InvalidVariable { name: String },
        /// More environment variables than [`MOST_VARIABLES`].
        Error "too-many-variables" TooManyVariables,
        /// A NUL, which no argument, path or variable can contain.
        Error "nul-character" Nul { key: String },
        /// A type that is declared twice in `io.buildpacks.processes`.
        Error "duplicate-type" DuplicateType { name: String },
        /// `default = true` twice (T6).
        Error "two-defaults" TwoDefaults,
        /// The same type in both tables (T2).
        Warning "both-tables" BothTables { name: String },
        /// A table with nearly the name of the process table.
        Warning "misspelled-table" MisspelledTable { table: String, is_array: bool },
        /// A working directory that `..` leads out of the app (T4).
        Error "outside-working-dir" OutsideWorkingDir { directory: String },
    }
}

fn message(problem: &ProjectTomlProblem) -> Message {
    match problem {
        ProjectTomlProblem::Syntax { message, slip, meant } => syntax(message, *slip, meant.as_deref()),
        ProjectTomlProblem::TooManyValues => {
            Message::new("this file has more keys and values than a build may keep in memory")
                .label("there is no room for this and what follows")
                .help("move data that buildpacks don't read into another file")
        }
        ProjectTomlProblem::UnknownKey { key, meant, known } => unknown_key(key, meant, known),
        ProjectTomlProblem::WrongType { key, expected, found, meant } => {
            wrong_type(key, *expected, found, meant.as_deref())
        }
        ProjectTomlProblem::MissingKey { key, name } => missing_key(*key, name.as_deref()),
        ProjectTomlProblem::WrapWithCommand { name, instead } => wrap_with_command(name, instead.as_deref()),
        ProjectTomlProblem::EmptyWrap { key } => Message::new(format!("{} names no program", code(key)))
            .label("a program is missing")
            .help("write `wrap = [\"PROGRAM\"]` with the program that starts the command, or delete `wrap`"),
        ProjectTomlProblem::InvalidVariable { name } => invalid_variable(name),
        ProjectTomlProblem::TooManyVariables => {
            Message::new(format!("this file has more than {MOST_VARIABLES} environment variables"))
                .label("everything from here on is not checked")
                .help("move some of them into a file that the processes read")
        }
        ProjectTomlProblem::Nul { key } => Message::new(format!("a NUL character in {}", code(key)))
            .label("no program can receive a NUL")
            .help("delete `\\u0000`"),
        ProjectTomlProblem::DuplicateType { name } => {
            Message::new(format!("the process type {} is declared twice", code(name)))
                .label("declared again here")
                .related("first declared here")
                .help("delete one of the tables, or change its `type`")
        }
        ProjectTomlProblem::TwoDefaults => Message::new("more than one process type has `default = true`")
            .label("another one")
            .related("the first one")
            .help("keep `default = true` in only one of them"),
        ProjectTomlProblem::BothTables { name } => {
            Message::new(format!("the process type {} is declared in both tables", code(name)))
                .label("this definition is ignored")
                .related("this definition is used")
                .help(format!("delete it from `[[{ALIAS}]]`: `[{TABLE}]` takes precedence"))
        }
        ProjectTomlProblem::MisspelledTable { table, is_array } => {
            let header = |table: &str| if *is_array { format!("[[{table}]]") } else { format!("[{table}]") };
            let meant = if *is_array { ALIAS } else { TABLE };
            let title = format!("the table `{}` is ignored", header(&shown(table)));
            let message = Message::new(title).label("not the name of the process table");
            match table.strip_prefix('"').and_then(|table| table.strip_suffix('"')) {
                Some(meant) => message.help(format!("write `{}`, without the quotes", header(&shown(meant)))),
                None => message.help(format!("write `{}` if it declares process types", header(meant))),
            }
        }
        ProjectTomlProblem::OutsideWorkingDir { directory } => {
            Message::new(format!("the working directory {} is outside the app", code(directory)))
                .label("`..` leads out of the app directory")
                .help("use a directory in the app, or an absolute path")
        }
    }
}

fn wrap_with_command(name: &str, instead: Option<&str>) -> Message {
    let name = code(name);
    Message::new(format!("{name} has both `wrap` and `command`"))
        .label("`wrap` is for the command of an earlier buildpack")
        .related("this table has a command of its own")
        .help(match instead {
            Some(instead) => format!("delete `wrap`, and write `command = {}`", whole(instead)),
            None => "delete `wrap`, and write its words before the program in `command`".to_string(),
        })
        .help(format!("or delete `command`, to extend the process type {name} of an earlier buildpack"))
}

fn invalid_variable(name: &str) -> Message {
    let message = Message::new(format!("{} is not a valid name for an environment variable", code(name)));
    if name.len() > LONGEST_VARIABLE {
        message
            .label(format!("too long: {} bytes", name.len()))
            .help(format!("use at most {LONGEST_VARIABLE} letters, digits and `_`"))
    } else {
        message.label("use only ASCII letters, digits and `_`, and do not start with a digit").help(
            match name.replace(['-', '.', ' '], "_") {
                name if is_variable(&name) => format!("write `{}`", shown(&name)),
                _ => "use a name such as `LOG_LEVEL`".to_string(),
            },
        )
    }
}

fn syntax(message: &str, slip: Slip, meant: Option<&str>) -> Message {
    let (what, help) = match slip {
        Slip::Colon => ("expected `=`, found `:`".to_string(), "write `KEY = \"VALUE\"`"),
        Slip::Mark(mark) => (format!("expected `=`, found `{mark}`"), "write `KEY = \"VALUE\"`"),
        Slip::Comment(mark) => (format!("`{mark}` does not start a comment"), "start it with `#`"),
        Slip::Header => ("a table header and a key in one line".to_string(), "write the key on a line of its own"),
        Slip::Brackets => ("an array without brackets".to_string(), "write it in brackets"),
        Slip::Boolean => ("not a boolean".to_string(), "write `true` or `false`"),
        Slip::Twice => return twice(meant.unwrap_or_default()),
        Slip::Json | Slip::Yaml => return other_format(if slip == Slip::Json { "JSON" } else { "YAML" }),
        Slip::Unquoted => ("a string without quotes".to_string(), "put it in quotes: `\"VALUE\"`"),
        Slip::Unclosed(quote) => {
            let help = match quote {
                '"' => "close it on the line where it starts, or put `\"\"\"` on both sides of several lines",
                _ => "close it on the line where it starts, or put `'''` on both sides of several lines",
            };
            (format!("a string without its closing `{quote}`"), help)
        }
        Slip::NoValue => ("a key without a value".to_string(), "write `KEY = \"VALUE\"`"),
        Slip::Other => (shown(message), syntax_help(message)),
    };
    let message =
        Message::new(format!("this file is not valid TOML: {what}")).label("the mistake is here or just before");
    message.help(match meant.map(|meant| meant.split_once('\n')) {
        None => help.to_string(),
        Some(None) => format!("write `{}`", whole(meant.unwrap_or_default())),
        Some(Some((header, entry))) => format!("replace it with these lines:\n{header}\n{}", whole(entry)),
    })
}

/// `command`: the command as a key of the table.
fn twice(command: &str) -> Message {
    Message::new("this file is not valid TOML: the table has the name of a key above")
        .label("this process type has a command already")
        .help(format!("write `{}` below this header, and delete the line above that has the command", whole(command)))
}

fn other_format(format: &str) -> Message {
    Message::new(format!("this file is not valid TOML: it is {format}"))
        .label("not TOML")
        .help(format!("replace the whole file with these lines:\n[{TABLE}]\nweb = \"COMMAND\""))
}

/// What to type, by the start of the TOML library's message.
fn syntax_help(message: &str) -> &'static str {
    const HELP: [(&str, &str); 6] = [
        ("duplicate key", "delete one of the two keys; if both are tables, merge them"),
        ("key with no value", "write `KEY = \"VALUE\"`"),
        ("invalid unquoted key", "write `KEY = \"VALUE\"`"),
        ("invalid boolean", "write `true` or `false`, in lower case"),
        ("unexpected key or value", "use '…' for a string that contains `\"`, and \"…\" for one that contains `'`"),
        ("missing escaped value", "write `\\\\` for a backslash, or put the string in '…'"),
    ];
    let known = HELP.iter().find(|(start, _)| message.starts_with(start));
    known.map_or("compare it with the examples at https://toml.io", |(_, help)| *help)
}

fn unknown_key(key: &str, meant: &Meant, known: &[Key]) -> Message {
    let meant_key = if let Meant::Key(meant) = meant { Some(meant.name()) } else { None };
    let name = told_apart(key, meant_key);
    let message = Message::new(format!("unknown key {name} in a process")).label("not a key of a process");
    match (meant, elsewhere(key)) {
        (Meant::Key(key), _) => message.help(format!("did you mean `{}`?", key.name())),
        (Meant::OtherTable(key), _) => {
            message.help(format!("move the process to the table `[{TABLE}.TYPE]`, which has the key `{}`", key.name()))
        }
        (Meant::Header, _) => message.help("delete it: the last part of the table's name is the process type"),
        (Meant::Type(name), _) => Message::new(format!("{} is not a process type without quotes", code(name)))
            .label(format!("TOML reads this as the key {} of another process type", code(key)))
            .help(format!("write `{}`", whole(&format!("\"{name}\""))))
            .help_if(to_dns_label(name).map(|label| format!("or call it `{label}`, which needs no quotes"))),
        (Meant::Both(Some(words)), _) => {
            message.help(format!("write `{}` instead of both", whole(&format!("command = {}", toml_array(words)))))
        }
        (Meant::Both(None), _) => message.help("delete it, and write its words at the start of `command`"),
        (Meant::DefaultOf(name), _) => {
            Message::new(format!("this does not make {} the default: it would be a process type `default`", code(name)))
                .label("a process type is declared here")
                .help(format!("write `default = true` in a table `[{TABLE}.{}]`, with its `command`", shown(name)))
        }
        (Meant::Of(process), _) => {
            let title = format!("{} is a key of a process type: here, it would be one of its own", code(key));
            Message::new(title)
                .label("a process type is declared here")
                .help(format!("write it in a table `[{TABLE}.{}]`, with its `command`", shown(process)))
        }
        (Meant::Unknown, Some(elsewhere)) => message.help(format!("delete it{elsewhere}")),
        (Meant::Unknown, None) if key == "direct" => {
            message.help("delete `direct`: to run without a shell, write `command` as an array")
        }
        (Meant::Unknown, None) => {
            message.help(format!("the keys are {}", list(known.iter().map(|key| key.name()), "and")))
        }
    }
}

fn missing_key(key: Key, name: Option<&str>) -> Message {
    let process = name.map_or("a process".to_string(), |name| format!("the process type {}", code(name)));
    let example = match key {
        Key::Type => "type = \"web\"",
        _ => "command = [\"PROGRAM\", \"ARGUMENT\"]",
    };
    let key = key.name();
    Message::new(format!("{process} has no `{key}`"))
        .label(format!("`{key}` is required"))
        .help(format!("add `{example}`"))
}

/// How to make a key of the process of one that is among its variables.
const fn out_of_env(is_inline: bool) -> &'static str {
    if is_inline {
        "move it out of `env`, where every key is a variable"
    } else {
        "move it above the header that ends in `.env]`: every key below that is a variable"
    }
}

fn wrong_type(key: &str, expected: Expected, found: &str, meant: Option<&str>) -> Message {
    let each = if expected == Expected::Element { "each element of " } else { "" };
    let (expected, help) = match expected {
        Expected::String | Expected::Element => ("a string", "put it in quotes: `\"VALUE\"`".to_string()),
        Expected::Strings => ("an array of strings", "write `[\"FIRST\", \"SECOND\"]`".to_string()),
        Expected::Command => (
            "a string or an array of strings",
            "write `\"COMMAND LINE\"`, or `[\"PROGRAM\", \"ARGUMENT\"]` to run without a shell".to_string(),
        ),
        Expected::Variable { is_inline } => ("a string", out_of_env(is_inline).to_string()),
        Expected::Boolean => ("true or false", "write `true` or `false`, without quotes".to_string()),
        Expected::Table if key == TABLE && found == "an array" => {
            ("a table", format!("write `[{TABLE}.web]`, without `type`; or rename the array to `[[{ALIAS}]]`"))
        }
        Expected::Table => ("a table", "write `{ NAME = \"VALUE\" }`, or use a table header: `[TABLE]`".to_string()),
        Expected::Tables => ("an array of tables", format!("rename it to `[{TABLE}]`, which takes `TYPE = COMMAND`")),
    };
    let message = Message::new(format!("{each}{} must be {expected}", code(key))).label(format!("this is {found}"));
    message.help(meant.map_or(help, |meant| format!("write `{}`", whole(meant))))
}
