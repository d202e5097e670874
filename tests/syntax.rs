//! What is said of commands that bash refuses (X0).

use crate::support::{App, check_list, marked};

/// What is said of a command in a list: the column, what the carets point at, the label, and the help.
fn said(command: &str) -> String {
    let stderr = App::procfile(format!("web: {command}\n")).build().stderr;
    let Some(refused) = stderr.split("\n\n").find(|part| part.starts_with("error[shell-syntax]: bash cannot")) else {
        return "    nothing\n".to_string();
    };
    let (_, column) = refused.lines().nth(1).unwrap().rsplit_once(':').unwrap();
    let label = refused.lines().find_map(|line| Some(line.rsplit_once("^ ")?.1)).unwrap();
    let help = refused.lines().filter_map(|line| line.trim_start().strip_prefix("= help: "));
    let help: String = help.flat_map(|line| ["    ", line, "\n"]).collect();
    format!("    {column} `{}`: {label}\n{help}", marked(refused))
}

/// (X0) What bash refuses has a place, a reason and what to write.
#[test]
fn refused_commands_are_explained_as_reviewed() {
    check_list("tests/syntax/said.txt", said);
}
