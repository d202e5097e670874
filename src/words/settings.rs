//! Words for the variables of the platform.

use super::{Words, code, list};
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
        SettingProblem::UnknownDefaultType { name, nearest, known } => {
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
