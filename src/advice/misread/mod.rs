//! Commands that a shell, or no shell, reads in another way than they were meant.

pub(super) mod elsewhere;
pub(super) mod literal;
pub(crate) mod problems;

use crate::advice::command::{At, Command, Word};
use crate::advice::misread::problems::{Misread, NoAssignment, Nothing};
use crate::parse::names::{is_assignment, is_shell_name};
use crate::shell::{Invocation, Signal};
use std::ops::Range;

/// A program whose first word is an assignment, as behind `exec`, or the name in `NAME = VALUE`, with what to point at.
/// `line`: the command line.
pub(super) fn assignment<'a>(command: &Command<'a>, line: &'a str) -> Option<(Misread, Word<'a>)> {
    let name = command.name();
    if let "export" | "readonly" | "declare" = name {
        return exported(command, line);
    }
    if is_assignment(name) {
        return misplaced(command, line);
    }
    let rest = command.words.get(1..)?;
    // `PORT =8080`, and `PORT = 8080`.
    let (value, end) = match rest {
        [equals, ..] if equals.text == "=" => (rest.get(1), 3),
        [equals, ..] if equals.text.starts_with('=') => (rest.first(), 2),
        _ => return None,
    };
    let value = value?.text.trim_start_matches('=');
    if !is_shell_name(name) || name.contains(|c: char| c.is_ascii_lowercase()) || !command.before.is_empty() {
        return None;
    }
    let ranges = command.ranges(line, 0, end)?;
    let at = joined(&ranges)?;
    // With the quotes of the value.
    let written = line.get(ranges.last()?.clone()).unwrap_or(value).trim_start_matches('=');
    let instead = format!("{name}={written}");
    let advice = Misread::LiteralAssignment { program: name.to_string(), why: NoAssignment::Blanks { instead } };
    Some((advice, Word::of_line(line, at)?))
}

/// `export NAME = VALUE`: the shell gets three words that it has to export.
fn exported<'a>(command: &Command<'a>, line: &'a str) -> Option<(Misread, Word<'a>)> {
    let [export, name, equals, ..] = command.words.as_slice() else { return None };
    let is_one = equals.text == "=" && is_shell_name(&name.text) && command.words.len() < 5;
    let ranges = command.ranges(line, 0, command.words.len()).filter(|_| is_one)?;
    let value = ranges.get(3).and_then(|value| line.get(value.clone())).unwrap_or_default();
    let instead = format!("{} {}={value}", export.text, name.text);
    let program = export.text.to_string();
    let advice = Misread::LiteralAssignment { program, why: NoAssignment::Exported { instead } };
    Some((advice, Word::of_line(line, joined(&ranges)?)?))
}

/// `env NAME=VALUE && PROGRAM`: a program in a command of its own does not get the variable.
pub(super) fn for_nothing<'a>(command: &Command<'a>, line: &'a str) -> Option<(Misread, Word<'a>)> {
    let [env, assignments @ ..] = command.words.as_slice() else { return None };
    let are_all = || !assignments.is_empty() && assignments.iter().all(|word| is_assignment(&word.text));
    if env.literal() != Some("env") || !are_all() {
        return None;
    }
    let ranges = command.ranges(line, 0, command.words.len())?;
    let at = joined(&ranges)?;
    let rest = line.get(at.end..)?.trim_start();
    // What it prints may be read.
    let follows = |mark| rest.strip_prefix(mark).is_some_and(|next: &str| !next.trim().is_empty());
    if !follows("&&") && !follows(";") {
        return None;
    }
    let instead = format!("export{}", line.get(ranges.first()?.end..at.end)?);
    let advice = Misread::LiteralAssignment { program: "env".to_string(), why: NoAssignment::ForNothing { instead } };
    Some((advice, Word::of_line(line, at)?))
}

/// `exec NAME=VALUE PROGRAM`: only what comes before all other words sets a variable.
fn misplaced<'a>(command: &Command<'a>, line: &'a str) -> Option<(Misread, Word<'a>)> {
    let behind = command.before.iter().rev().map_while(|word| word.place(line)).filter_map(|at| match at {
        At::Line(range) => Some(range),
        At::Element(_) | At::Argument(_) => None,
    });
    let start = behind.map(|range| range.start).min()?;
    let number = command.words.iter().take_while(|word| is_assignment(&word.text)).count();
    // Without a program, there is nothing to start.
    let ranges = command.ranges(line, 0, number + 1)?;
    let (first, program) = (ranges.first()?.start, ranges.last()?.start);
    let (wrapper, assignments) = (line.get(start..first)?, line.get(first..program)?);
    let instead = format!("{} {} {}", assignments.trim_end(), wrapper.trim_end(), line.get(ranges.last()?.clone())?);
    let program = command.words.first()?.text.to_string();
    let advice = Misread::LiteralAssignment { program, why: NoAssignment::Behind { instead } };
    Some((advice, Word::of_line(line, start..ranges.last()?.end)?))
}

/// A process that only sets variables, or changes to a directory, and ends.
pub(super) fn nothing_started<'c, 'a>(commands: &'c [Command<'a>]) -> Option<(Misread, &'c Word<'a>)> {
    let [command] = commands else { return None };
    let nothing = match command.name() {
        "" if command.words.is_empty() => Nothing::Assignment,
        "export" | "readonly" | "declare" => Nothing::Export,
        "cd" => Nothing::Directory,
        _ => return None,
    };
    // A substitution may start a program.
    if command.in_array || command.all_words().any(|word| word.text.contains(['`', '(', '<', '>'])) {
        return None;
    }
    let word = command.before.first().or(command.words.first())?;
    Some((Misread::NothingStarted { nothing }, word))
}

/// The first command that never runs, because an `exec` or `exit` before it always leaves the shell, and the bytes of that
/// word.
pub(super) fn unreached(line: &str, invocations: &[Invocation]) -> Option<(Misread, Range<usize>)> {
    let number = invocations.iter().position(|command| command.signal == Signal::Never)?;
    // The body of a function that nothing calls never runs, either.
    if line.contains("()") {
        return None;
    }
    let text = |at: &Range<usize>| line.get(at.clone());
    let (at, replaced_by) = invocations[..number].iter().rev().find_map(|command| {
        let at = command.words.first()?.clone();
        match text(&at)? {
            "exit" => Some((at, None)),
            // Without a program, it only redirects.
            "exec" => Some((at, Some(text(command.words.get(1)?)?.to_string()))),
            _ => None,
        }
    })?;
    let command = text(&invocations[number].range())?.to_string();
    Some((Misread::UnreachedCommand { command, replaced_by }, at))
}

/// `2>1`: a redirection to a file whose name is the number of a stream, and its bytes.
pub(super) fn numbered_file(line: &str, invocation: &Invocation) -> Option<(Misread, Range<usize>)> {
    let file = invocation.numbered.clone()?;
    let before = line.get(..file.start)?.trim_end().strip_suffix('>')?;
    let before = before.strip_suffix(['1', '2']).unwrap_or(before);
    let at = before.len()..file.end;
    let (written, file) = (line.get(at.clone())?, line.get(file)?);
    let instead = format!("{}>&{file}", written.split('>').next().unwrap_or_default());
    Some((Misread::MissingAmpersand { is_error: file == "1", instead }, at))
}

/// `2&>1`: a redirection with its characters in another order. `log`: the file that it names.
pub(super) fn swapped<'a>(log: &Word, line: &'a str) -> Option<(Misread, Word<'a>)> {
    let Some(At::Line(file)) = &log.at else { return None };
    let (stream, instead) = match log.text.as_ref() {
        "1" => ("2", "2>&1"),
        "2" => ("1", "1>&2"),
        _ => return None,
    };
    let start = line.get(..file.start)?.strip_suffix("&>")?.strip_suffix(stream)?.len();
    let advice = Misread::MissingAmpersand { is_error: stream == "2", instead: instead.to_string() };
    Some((advice, Word::of_line(line, start..start + instead.len())?))
}

/// What a command that `sh` runs takes from bash, with what to point at: `source`, `==` in a test, and a file that `.` finds
/// without a `/` (dash 0.5.12 and busybox 1.35 look for it only in PATH, as POSIX says). `line`: the command line.
pub(super) fn bash_only<'a>(command: &Command<'a>, line: &'a str) -> Option<(Misread, Word<'a>)> {
    match (command.name(), command.words.get(1)?) {
        _ if command.is_inner => None,
        (reader @ ("." | "source"), file) => {
            let in_directory = file.literal().filter(|file| !file.contains('/'));
            let (found, is_name) = match in_directory {
                Some(file) if reader == "." => (file, true),
                _ if reader == "." => return None,
                _ => (reader, false),
            };
            let both = Word::of_line(line, joined(&command.ranges(line, 0, 2)?)?)?;
            let written = both.text.strip_prefix(reader)?.trim_start();
            let instead = format!(". {}{written}", if in_directory.is_some() { "./" } else { "" });
            Some((Misread::BashOnly { found: found.to_string(), instead, is_name }, both))
        }
        ("[" | "test", _) => {
            let equals = command.words.iter().position(|word| word.text == "==")?;
            let at = command.ranges(line, equals, equals + 1)?.pop()?;
            let misread = Misread::BashOnly { found: "==".to_string(), instead: "=".to_string(), is_name: false };
            Some((misread, Word::of_line(line, at)?))
        }
        _ => None,
    }
}

/// From the first range to the last.
fn joined(ranges: &[Range<usize>]) -> Option<Range<usize>> {
    Some(ranges.first()?.start..ranges.last()?.end)
}
