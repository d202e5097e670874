//! What is said of commands that bash refuses (X0).

use crate::support::{App, check_list};

/// What is said of a command in a list: the column, what the carets point at, the label, and the help.
fn said(command: &str) -> String {
    let line = format!("web: {command}");
    let stderr = App::procfile(format!("{line}\n")).build().stderr;
    let mut lines = stderr.lines().skip_while(|line| !line.starts_with("error[shell-syntax]: bash cannot"));
    let Some(carets) = lines.find_map(|line| line.split_once("| ").filter(|(_, text)| text.starts_with([' ', '^'])))
    else {
        return "    nothing\n".to_string();
    };
    let blanks = carets.1.chars().take_while(|c| *c == ' ').count();
    let (marks, label) = carets.1[blanks..].split_once(' ').unwrap();
    let marked: String = line.chars().skip(blanks).take(marks.len()).collect();
    let help = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.trim_start().strip_prefix("= help: "));
    let help: String = help.flat_map(|line| ["    ", line, "\n"]).collect();
    format!("    {} `{marked}`: {label}\n{help}", blanks + 1)
}

/// (X0) What bash refuses has a place, a reason and what to write.
#[test]
fn refused_commands_are_explained_as_reviewed() {
    check_list("tests/syntax/said.txt", said);
}
