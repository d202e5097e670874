//! Words for the lines of a Procfile.

use super::{Words, code, shown};
use crate::procfile::ProcfileProblem;
use indoc::indoc;

pub(super) fn words(problem: &ProcfileProblem) -> Words {
    match problem {
        ProcfileProblem::ControlCharacter { character } => control_character(*character),
        ProcfileProblem::MergeConflict => Words::new("this line is left over from a merge", "a conflict marker of git")
            .help("keep one side of the conflict, and delete its three marker lines"),
        ProcfileProblem::ForeignComment { mark, text } => {
            Words::new(format!("`{mark}` starts no comment in a Procfile"), "a comment starts with `#`")
                .help(format!("write `{}`", shown(format!("# {text}").trim())))
        }
        ProcfileProblem::QuotedLine { entry } => {
            let words = Words::new("this line starts with a quote", "an entry is not quoted");
            words.help(match entry {
                Some(entry) => format!("write {}", code(entry)),
                None => "write `TYPE: COMMAND`, such as `web: node server.js`".to_string(),
            })
        }
        ProcfileProblem::HerokuCommand { name } => heroku_command(name.as_deref()),
        ProcfileProblem::MissingColon { name, instead, command } => missing_colon(name, *instead, command),
        ProcfileProblem::NotAnEntry { command } => {
            Words::new("this line is no entry: it has no process type before a colon", "neither an entry nor a comment")
                .help(format!("if it is a command, say of which process type: {}", code(&format!("web: {command}"))))
                .help("if it is a comment, start it with `#`")
        }
        ProcfileProblem::RepeatedName { name, command } => {
            let entry = if command.is_empty() { format!("{name}: COMMAND") } else { format!("{name}: {command}") };
            Words::new(format!("the command starts with a second process type, {}", code(name)), "this is no program")
                .help(format!("write {}", code(&entry)))
        }
        ProcfileProblem::Continued { name } => continued(name),
        ProcfileProblem::BlankBeforeName { name } => {
            Words::new(format!("blanks before the process type {}", code(name)), "other tools skip such a line")
                .help("delete the blanks at the start of the line")
        }
        ProcfileProblem::BlankBeforeColon { name } => {
            Words::new(format!("blanks between {} and its colon", code(name)), "other tools skip such a line")
                .help(format!("write `{}:`", shown(name)))
        }
        ProcfileProblem::InvisibleCharacter { character } => invisible_character(*character),
        ProcfileProblem::DuplicateName { name, joined } => duplicate(name, joined.as_deref()),
        ProcfileProblem::NoEntries => {
            Words::new("this Procfile has no entries", "").help("write one process type a line: `web: COMMAND`")
        }
    }
}

fn control_character(character: char) -> Words {
    let words = Words::new(format!("a control character, U+{:04X}", u32::from(character)), "a Procfile is plain text");
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
        '\u{200c}' | '\u{200d}' => " (zero width joiner)",
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

fn heroku_command(name: Option<&str>) -> Words {
    match name {
        Some(name) => Words::new(format!("{} runs the Heroku CLI", code(name)), "the image has no `heroku`")
            .help("write the command that starts the app's own process, such as `web: node server.js`"),
        None => Words::new("this line is a command for the Heroku CLI", "not an entry of a Procfile")
            .help("delete the line")
            .help("the platform says how many of a process run: `replicas` of its Deployment in Kubernetes"),
    }
}

fn missing_colon(name: &str, instead: Option<char>, command: &str) -> Words {
    let command = if command.is_empty() { "COMMAND" } else { command };
    let help = format!("write {}", code(&format!("{name}: {command}")));
    match instead {
        Some(character) => Words::new(
            format!("`{}` instead of a colon after the process type {}", shown(&character.to_string()), code(name)),
            "a `:` is expected",
        ),
        None => Words::new(format!("no colon after the process type {}", code(name)), "a `:` is missing here"),
    }
    .help(help)
}

fn continued(name: &str) -> Words {
    let example = indoc! {r#"
        [io.octopilot.processes]
        NAME = """
          FIRST COMMAND &&
          SECOND COMMAND
        """"#};
    Words::new(
        format!("the command of {} ends in a backslash, but entries of a Procfile are one line", code(name)),
        "the next line is not part of the command",
    )
    .help("write the command on one line, or move it into a script")
    .help(format!(
        "or write it in a project.toml, where strings may have several lines:\n{}",
        example.replace("NAME", &shown(name))
    ))
}

fn duplicate(name: &str, joined: Option<&str>) -> Words {
    let words = Words::new(format!("the process type {} is given twice", code(name)), "this one counts")
        .related("this one is dropped");
    match joined {
        Some(joined) => words.help(format!("to run both steps, join them with `&&`:\n{}", visible_entry(name, joined))),
        None => words.help("delete one of the lines, or give one of them another process type"),
    }
}

/// An entry to copy, so whole; only what has no place in a terminal is escaped.
fn visible_entry(name: &str, command: &str) -> String {
    let command = if command.len() > 2000 { shown(command) } else { crate::text::visible(command) };
    format!("{name}: {command}")
}
