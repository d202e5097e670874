//! Words for what a command does in a container.

use super::{Words, code, shown, whole};
use crate::advice::Advice;

pub(super) fn words(advice: &Advice) -> Words {
    match advice {
        Advice::HardcodedPort { port, instead, in_array } => hardcoded_port(port, instead, *in_array),
        Advice::UnexpandedPort { in_array } => {
            let words = Words::new("the program is given the name of the variable `PORT`, not its value", "not expanded");
            words.help(match in_array {
                true => "write it into the command as a string: nothing is expanded in an array, or in `args`",
                false => "write `$PORT` without quotes, or in double ones",
            })
        }
        Advice::LoopbackBind { program, address, by_default, instead } => {
            let title = format!("nothing outside the container reaches {} on {}", code(program), shown(address));
            match by_default {
                true => {
                    Words::new(title, "listens there unless it is told otherwise").help(format!("add {}", code(instead)))
                }
                false => Words::new(title, "an address that only the container itself has")
                    .help(format!("write `{}`", whole(instead))),
            }
        }
        Advice::MissingProgram { program, exists: false } => {
            Words::new(format!("the app has no file {}", code(program)), "no such file").help(
                "correct the path, which starts at the directory that the process runs in, or add the file to the app",
            )
        }
        Advice::MissingProgram { program, exists: true } => {
            let path = whole(&shell_word(program));
            Words::new(format!("{} cannot be executed", code(program)), "not an executable file")
                .help(format!("type `chmod +x {path}`, and with git `git update-index --chmod=+x {path}`"))
        }
        Advice::DevelopmentOnly { shown_by, instead } => Words::new(
            format!("{} is for development: its documentation keeps it out of production", code(shown_by)),
            "for development",
        )
        .help(format!("run {instead}")),
        Advice::BackgroundProgram { program, keep } => Words::new(
            format!("{} runs in the background, so the container ends at once", code(program)),
            "nothing waits for it",
        )
        .help((*keep).to_string()),
        Advice::LogsToFile { file } => Words::new(
            format!("the log of this process goes to {}, where no platform looks for it", code(file)),
            "standard output and error",
        )
        .help(
            "drop the redirection: what a program writes to its standard output and error is the log of its container",
        ),
        Advice::RefusedOption { program, option, instead } => {
            Words::new(format!("{} has no option {}, and ends at once", code(program), code(option)), "unknown to it")
                .help(format!("write {}", code(instead)))
        }
        Advice::UnusedProfile => Words::new("this file is not sourced: no shell logs in to start a process", "").help(
            "set variables in `env` of the process in project.toml, or write `. ./.profile && exec PROGRAM` in the command",
        ),
        Advice::NeedlessSudo => {
            Words::new("images have no `sudo`, and their processes run as an ordinary user", "not found when it runs")
                .help("drop `sudo`; what needs root belongs in the build of the run image")
        }
    }
}

fn hardcoded_port(port: &str, instead: &str, in_array: bool) -> Words {
    let title = format!("the port {} is fixed: the platform's `PORT` changes nothing", shown(port));
    let instead = whole(instead);
    Words::new(title, "fixed here").help(if in_array {
        format!("write the command as a string, with `{instead}` in it: nothing is expanded in an array, or in `args`")
    } else {
        format!("write `{instead}`")
    })
}

/// A text as a shell reads it back as one word.
fn shell_word(text: &str) -> String {
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "_-./:=@%+".contains(c));
    if is_plain { text.to_string() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
