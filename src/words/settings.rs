//! Words for the variables of the platform.

use super::{Words, code, list, shown};
use crate::settings::SettingProblem;

pub(super) fn words(problem: &SettingProblem) -> Words {
    match problem {
        SettingProblem::PathNotFound { path } => {
            Words::new(format!("there is no file {} in the app", code(path)), "no such file")
                .help("give a path relative to the app directory, or unset the variable")
        }
        SettingProblem::InvalidValue { value, accepted } => {
            Words::new(format!("{} is not a value of this variable", code(value)), "not understood")
                .help(format!("set it to {}, or unset it", list(accepted.iter().copied(), "or")))
        }
        SettingProblem::UnknownWarning { name, is_error: true, .. } => {
            Words::new(format!("{} is an error, and cannot be allowed", code(name)), "not a warning")
                .help("take it out of the list, and mend what it is about")
        }
        SettingProblem::UnknownWarning { name, is_error: false, nearest } => {
            let words = Words::new(format!("there is no warning {}", code(name)), "not the name of a warning");
            match nearest {
                Some(nearest) => words.help(format!("did you mean {}?", code(nearest))),
                None => words.help("take the names, separated by commas, from the brackets of the warnings themselves"),
            }
        }
        SettingProblem::UnknownDefaultType { name, elsewhere: Some(buildpack), .. } => Words::new(
            format!("the process type {} is not this buildpack's, and only its own can be the default", code(name)),
            format!("declared by {}", shown(buildpack)),
        )
        .help(format!("declare {} in the Procfile or project.toml as well", code(name))),
        SettingProblem::UnknownDefaultType { name, nearest, known, elsewhere: None } => {
            let words = Words::new(format!("there is no process type {}", code(name)), "not declared");
            let words = match nearest {
                Some(nearest) => words.help(format!("did you mean {}?", code(nearest))),
                None => words,
            };
            match known.as_slice() {
                [] => words.help("unset the variable: no process types are declared"),
                [only] => words.help(format!("the only process type is {}", code(only))),
                known => words.help(format!("the process types are {}", list(known.iter().map(String::as_str), "and"))),
            }
        }
    }
}
