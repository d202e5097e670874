//! Words for process types, wherever they were declared.

use super::{Words, code, list, whole};
use crate::process::{Instead, MOST_PROCESSES, ProcessProblem, Quotes};

pub(super) fn words(problem: &ProcessProblem) -> Words {
    match problem {
        ProcessProblem::InvalidName { name, suggestion } => invalid_name(name, suggestion),
        ProcessProblem::EmptyCommand { name, instead } => empty_command(name, instead),
        ProcessProblem::TooMany => {
            Words::new(format!("more than {MOST_PROCESSES} process types"), "nothing from here on is read")
                .help("declare each program once, and give it what differs when it starts: `docker run --entrypoint worker IMAGE --queue 17`")
        }
        ProcessProblem::ControlCharacter { character } => control_character(*character),
        ProcessProblem::InvisibleCharacter { character } => invisible_character(*character),
        ProcessProblem::TooLong { what, bytes } => {
            Words::new(format!("{what} of {bytes} bytes: the kernel takes none of 128 KiB or more"), "too long")
                .help("move it into a file of the app: a script to run, or a file to read")
        }
        ProcessProblem::NotDnsLabel { name, label } => {
            let words = Words::new(
                format!("the process type {} is not a DNS label, as Kubernetes names must be", code(name)),
                "lower-case letters, digits and inner hyphens, at most 63",
            );
            words.help(if label.is_empty() {
                "call it something else: lower-case letters, digits and inner hyphens".to_string()
            } else {
                format!("call it `{label}`")
            })
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
        ProcessProblem::DroppedKeys { name, keys } => {
            let keys = list(keys.iter().copied(), "and");
            Words::new(format!("the process type {} loses {keys} of its table", code(name)), "this definition does not count")
                .related("this one counts, whole")
                .help("delete that one, and write its command here; or delete the keys here")
        }
        ProcessProblem::QuotedCommand { program, quotes } => quoted_command(program, *quotes),
        ProcessProblem::NoDefault { types, has_table } => no_default(types, *has_table),
        ProcessProblem::MissingWorkingDir { directory } => Words::new(
            format!("the working directory {} is not a directory of the app", code(directory)),
            "no such directory",
        )
        .help("name a directory of the app, or make sure that the app creates it before the process starts"),
    }
}

fn empty_command(name: &str, instead: &Instead) -> Words {
    if *instead == Instead::Comment {
        let title = format!("the process type {} has a comment, and no command", code(name));
        return Words::new(title, "this runs nothing")
            .help("delete the `#` if this is the command; else say what it runs, or delete the process type");
    }
    let words = Words::new(format!("the process type {} has no command", code(name)), "a command is missing here");
    words.help(match instead {
        Instead::Below(command) => format!("write it on the same line: `{}`", whole(&format!("{name}: {command}"))),
        _ => "say what it runs, such as `node server.js`, or delete it".to_string(),
    })
}

fn quoted_command(program: &str, quotes: Quotes) -> Words {
    let words = Words::new(format!("no program is called {}", code(program)), "one word, blanks included");
    match quotes {
        Quotes::Shell => words.help(format!("write it without the quotes around it: `{}`", whole(program))),
        Quotes::Toml => words.help("delete the inner quotes: TOML needs one pair, and the shell none"),
        Quotes::Array if program.chars().all(|c| c.is_alphanumeric() || " -_./:=@%+,".contains(c)) => {
            let array: Vec<String> = program.split_whitespace().map(|word| format!("\"{word}\"")).collect();
            words.help(format!("write `{}`", whole(&format!("[{}]", array.join(", ")))))
        }
        Quotes::Array => words.help("drop the brackets: a string is a command line, which a shell reads"),
    }
}

fn no_default(types: &[String], has_table: bool) -> Words {
    let types = list(types.iter().map(String::as_str), "and");
    let words = Words::new(
        "no process type is the default: the image starts none unless it is told which",
        "the first of them",
    )
    .help(format!("call one `web`, or set BP_PROCFILE_DEFAULT_TYPE to one of {types}"));
    if has_table { words.help("or set `default = true` in its table of the project.toml") } else { words }
}

fn invalid_name(name: &str, suggestion: &str) -> Words {
    let words = Words::new(
        format!("{} cannot be a process type", code(name)),
        "letters, digits, `.`, `_` and `-`, at most 255, and not `.` or `..`",
    );
    if suggestion.is_empty() {
        words.help("call it `web`, or `worker`")
    } else {
        words.help(format!("call it `{suggestion}`"))
    }
}

fn control_character(character: char) -> Words {
    let words = Words::new(format!("a control character, U+{:04X}", u32::from(character)), "not allowed here");
    if character == '\0' {
        words.help("save the file as UTF-8: this is a binary file, or UTF-16 without a byte order mark")
    } else {
        words.help("delete the character; it may have come with text copied from a terminal")
    }
}

fn invisible_character(character: char) -> Words {
    let name = match character {
        '\u{a0}' => " (no-break space)",
        '\u{ad}' => " (soft hyphen)",
        '\u{200b}' => " (zero width space)",
        '\u{200c}' => " (zero width non-joiner)",
        '\u{200d}' => " (zero width joiner)",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ", which reorders the text after it",
        '\u{feff}' => " (byte order mark)",
        _ => "",
    };
    Words::new(
        format!("an invisible character, U+{:04X}{name}", u32::from(character)),
        "it is here, and part of the line",
    )
    .help("delete it; where a blank is meant, type an ordinary one")
}
