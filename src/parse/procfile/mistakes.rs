//! Recognises the mistakes that people make in a Procfile (P8). Ranges are bytes of the line.

use crate::parse::names::{is_process_type, is_process_type_character, is_shell_name, process_type_like};
use crate::parse::problems::{ParseProblem, empty_command};
use crate::parse::procfile::formats;
use crate::parse::procfile::line::{BLANKS, Entry, Line, range_of};
use crate::parse::procfile::problems::{Before, ProcfileProblem, Syntax};
use crate::parse::procfile::values::{self, is_quoted, unquoted};
use crate::text::quote::{toml_array, toml_string};

/// Process types that no program is called: a line that starts with one of them lacks its colon.
const USUAL_TYPES: [&str; 8] = ["web", "worker", "release", "clock", "scheduler", "beat", "cron", "postdeploy"];

/// A mistake that is visible before the colon of the line is looked for.
pub(super) fn of_line(text: &str) -> Option<Line<'_>> {
    let trimmed = text.trim_matches(BLANKS);
    let whole = range_of(text, trimmed);
    if trimmed.starts_with("{\\rtf") {
        return Some(Line::Foreign(formats::RTF, whole));
    }
    if is_conflict_marker(trimmed) {
        return Some(Line::Mistake(ProcfileProblem::MergeConflict, whole));
    }
    if let Some(job) = trimmed.strip_prefix("*/").and_then(|_| formats::job(trimmed)) {
        return Some(Line::Foreign(job, whole));
    }
    let is_comment = |mark: &&str| {
        let rest = trimmed.strip_prefix(*mark);
        // A program may start with these letters, and an option with a `--`.
        rest.is_some_and(|rest| !["REM", "--"].contains(mark) || rest.starts_with(BLANKS))
    };
    if let Some(mark) = ["//", "/*", "*/", ";", "<!--", "REM", "--"].into_iter().find(is_comment) {
        let comment = trimmed[mark.len()..].trim_end_matches("*/").trim_end_matches("-->").trim_matches(BLANKS);
        let is_whole = match mark {
            "/*" => trimmed.ends_with("*/"),
            "<!--" => trimmed.ends_with("-->"),
            mark => mark != "*/",
        };
        let problem = ProcfileProblem::ForeignComment { mark, text: comment.to_string(), is_whole };
        return Some(Line::Mistake(problem, whole.start..whole.start + mark.len()));
    }
    if trimmed.starts_with("```") {
        return Some(Line::Foreign(formats::FENCE, whole));
    }
    if is_quoted(trimmed) {
        if let Some(punctuation) = formats::punctuation(trimmed) {
            return Some(Line::Foreign(punctuation, whole));
        }
        return Some(Line::Mistake(ProcfileProblem::QuotedLine { entry: without_quotes(trimmed) }, whole));
    }
    let unprompted = trimmed.strip_prefix('$').unwrap_or(trimmed).trim_start_matches(BLANKS);
    let heroku = unprompted.strip_prefix("heroku").filter(|rest| rest.starts_with(BLANKS));
    let is_entry = heroku.is_some_and(|rest| rest.trim_start_matches(BLANKS).starts_with(':'));
    let is_command = (heroku.is_some() && !is_entry) || unprompted.starts_with("ps:scale ");
    let (run, scales) = (heroku.and_then(heroku_run), unprompted.contains("ps:"));
    is_command.then_some(Line::Mistake(ProcfileProblem::HerokuCommand { name: None, run, scales }, whole))
}

/// The command that `heroku run` runs, from what follows `heroku`. Options of the CLI come before it.
fn heroku_run(rest: &str) -> Option<String> {
    let mut words = rest.split(BLANKS).filter(|word| !word.is_empty());
    let _run = words.next().filter(|word| ["run", "run:detached", "run:inside"].contains(word))?;
    let mut command = words.next()?;
    while command.starts_with('-') && command != "--" {
        // Of these, the next word is the value.
        if ["-a", "--app", "-r", "--remote", "-s", "--size", "-e", "--env", "--type"].contains(&command) {
            words.next()?;
        }
        command = words.next()?;
    }
    let command = if command == "--" { words.next()? } else { command };
    let command = rest[range_of(rest, command).start..].trim_matches(BLANKS);
    Some(if is_quoted(command) { unquoted(command)?.to_string() } else { command.to_string() })
}

fn is_conflict_marker(line: &str) -> bool {
    let marker = |mark: &str| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    marker("<<<<<<<") || marker("|||||||") || marker(">>>>>>>") || line == "======="
}

/// The entry in the quotes, or after a quoted name, as in JSON.
fn without_quotes(line: &str) -> Option<String> {
    let (name, command) = if let Some(inside) = unquoted(line.trim_end_matches(',')) {
        let (name, command) = inside.split_once(':')?;
        (name, command.trim_matches(BLANKS).to_string())
    } else {
        let (name, command) = line.split_once(':')?;
        let command = command.trim_matches(BLANKS).trim_end_matches(',');
        let curly = || unquoted(command).map(str::to_string);
        (unquoted(name.trim_matches(BLANKS))?, values::command(command).filter(|line| !is_quoted(line)).or_else(curly)?)
    };
    let name = name.trim_matches(BLANKS);
    (is_process_type(name) && !command.is_empty()).then(|| format!("{name}: {command}"))
}

/// A mistake in the command of a line whose name and colon are right.
pub(super) fn of_entry<'t>(text: &'t str, Entry { name, colon, command }: Entry<'t>) -> Option<Line<'t>> {
    let command_range = range_of(text, command);
    if let Some(problem) = empty_command(name, command) {
        return Some(Line::Invalid(problem, colon + 1..command_range.end.max(colon + 1)));
    }
    if let Some(foreign) = formats::of_entry(name, command) {
        return Some(Line::Foreign(foreign, range_of(text, text.trim_matches(BLANKS))));
    }
    if formats::is_variable(name, command) {
        let problem = ProcfileProblem::NotAnEntry { command: None, variable: Some(name.to_string()), has_web: false };
        return Some(Line::Mistake(problem, range_of(text, text.trim_matches(BLANKS))));
    }
    if let Some(problem) = foreign_value(name, command) {
        return Some(Line::Mistake(problem, command_range));
    }
    if let Some((problem, second)) = second_entry(name, command) {
        return Some(Line::Mistake(problem, range_of(text, second)));
    }
    let word = command.split(BLANKS).next().unwrap_or(command);
    let word_range = range_of(text, word);
    if word == "heroku" {
        let (name, run) = (Some(name.to_string()), heroku_run(&command[word.len()..]));
        return Some(Line::Mistake(ProcfileProblem::HerokuCommand { name, run, scales: false }, word_range));
    }
    let again = word.strip_suffix(':').filter(|again| again.is_empty() || is_process_type(again))?;
    let rest = command[word.len()..].trim_matches(BLANKS);
    if again.is_empty() && (rest.is_empty() || word_range.start > colon + 1) {
        // `web: :` runs the shell's `:`, which does nothing, and can be intended.
        return None;
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
    let problem = ProcfileProblem::RepeatedName {
        name: name.to_string(),
        again: some(again),
        command: some(rest),
        before: Before::Nothing,
    };
    Some(Line::Mistake(problem, word_range))
}

/// An entry behind another one in the same line, and its name with the colon. No program takes the name of a usual process
/// type like that, unless it prints it.
fn second_entry<'t>(name: &str, command: &'t str) -> Option<(ProcfileProblem, &'t str)> {
    if !command.contains(": ") {
        return None;
    }
    let is_second = |word: &&str| word.strip_suffix(':').is_some_and(|name| USUAL_TYPES.contains(&name));
    let second = command.split(BLANKS).skip(1).find(is_second)?;
    let at = range_of(command, second);
    let first = command[..at.start].trim_end_matches(BLANKS);
    let first = ["&&", ";", ","].iter().find_map(|mark| first.strip_suffix(mark)).unwrap_or(first);
    let rest = command[at.end..].trim_matches(BLANKS);
    let prints = first.contains(['"', '\'', '#']) || first.split(BLANKS).any(|word| ["echo", "printf"].contains(&word));
    let problem = ProcfileProblem::RepeatedName {
        name: name.to_string(),
        again: second.strip_suffix(':').map(str::to_string),
        command: Some(rest.to_string()),
        before: Before::Command(first.trim_end_matches(BLANKS).to_string()),
    };
    (!prints && !rest.is_empty()).then_some((problem, second))
}

/// A command that is a value of YAML or JSON, or as it is in a Dockerfile, a crontab or a manual. What a shell could run is not one.
fn foreign_value(name: &str, command: &str) -> Option<ProcfileProblem> {
    // In the manifests of other tools, it is the only process.
    let name = if ["command", "cmd", "entrypoint"].contains(&name) { "web" } else { name };
    let found = |of, command| {
        let (name, before) = (name.to_string(), Before::Nothing);
        Some(ProcfileProblem::ForeignValue { name, of, command, nested: None, before })
    };
    let (indicator, rest) = command.split_once(BLANKS).unwrap_or((command, ""));
    if indicator == "$" && !rest.is_empty() {
        return found(Syntax::Prompt, Some(rest.trim_start_matches(BLANKS).to_string()));
    }
    if let Some(command) = without_html(command) {
        return found(Syntax::Html, Some(command));
    }
    if let Some((of, command)) = formats::of_command(command) {
        return found(of, command);
    }
    if ["|", "|-", "|+", ">", ">-", ">+"].contains(&indicator)
        && (rest.is_empty() || rest.trim_start_matches(BLANKS).starts_with('#'))
    {
        return found(Syntax::Block, None);
    }
    // `[ "a" = "b" ]` is a test and `{ a; }` a group: after such a blank, only a comma after a quote shows a list.
    let inside = command.strip_prefix(['[', '{'])?;
    let has_list = ["\",", "',"].iter().any(|mark| inside.contains(mark));
    if !(inside.starts_with(['"', '\'']) || (has_list && is_quoted(inside.trim_start_matches(BLANKS)))) {
        return None;
    }
    found(Syntax::Value, values::command(command).filter(|line| !is_value(line)))
}

/// The same of a string in a project.toml: with what to write instead of it.
pub(crate) fn foreign_string(name: &str, command: &str) -> Option<ProcfileProblem> {
    let first = command.chars().next()?;
    // Few start like one of these.
    if !"$[{CE*@&".contains(first) && !first.is_ascii_digit() && !command.contains("&amp;") || command.contains('\n') {
        return None;
    }
    let ProcfileProblem::ForeignValue { of, command: line, .. } = foreign_value(name, command)? else { return None };
    let words = || values::strings(command).map(|words| toml_array(&words));
    let is_array = of == Syntax::Value && first == '[';
    let instead = if is_array { words() } else { line.map(|line| toml_string(&line)) };
    let (name, before) = (name.to_string(), Before::Key);
    Some(ProcfileProblem::ForeignValue { name, of, command: instead, nested: None, before })
}

/// A command as it was before a web page or a chat escaped its operators. In quotes, they may be part of an address.
fn without_html(command: &str) -> Option<String> {
    const ESCAPES: [(&str, &str); 3] = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let is_escaped = command.contains('&') && ESCAPES.iter().any(|(escape, _)| command.contains(escape));
    let decoded =
        || ESCAPES.iter().fold(command.to_string(), |command, (escape, plain)| command.replace(escape, plain));
    (is_escaped && !command.contains(['"', '\''])).then(decoded)
}

/// Whether a command is still a value of another format.
fn is_value(command: &str) -> bool {
    command.starts_with(['[', '{'])
}

/// What is wrong with a line that has no colon, or no name before it.
pub(super) fn of_no_entry<'t>(text: &'t str, entry: Option<Entry>) -> Line<'t> {
    let trimmed = text.trim_matches(BLANKS);
    if let Some(foreign) = formats::of_no_entry(text) {
        return foreign;
    }
    if let Some(name) = variable(trimmed) {
        let problem = ProcfileProblem::NotAnEntry { command: None, variable: Some(name.to_string()), has_web: false };
        return Line::Mistake(problem, range_of(text, trimmed));
    }
    let invalid = entry.and_then(|entry| invalid_name(text, entry));
    if let Some(line) = invalid.or_else(|| missing_colon(text, trimmed)) {
        return line;
    }
    let command = trimmed.trim_start_matches(':').trim_start_matches(BLANKS);
    let is_command = command.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '/' | '$'));
    let problem = ProcfileProblem::NotAnEntry {
        command: is_command.then(|| command.to_string()),
        variable: None,
        has_web: false,
    };
    Line::Mistake(problem, range_of(text, trimmed))
}

/// The variable that a line sets, if it does nothing else. `api=node` can be a type without its colon.
fn variable(line: &str) -> Option<&str> {
    let exported = line.strip_prefix("export ").map(|rest| rest.trim_start_matches(BLANKS));
    let (name, value) = exported.unwrap_or(line).split_once('=')?;
    let is_name = is_shell_name(name) && (exported.is_some() || !name.contains(|c: char| c.is_ascii_lowercase()));
    let is_usual = USUAL_TYPES.iter().any(|usual| usual.eq_ignore_ascii_case(name));
    (is_name && !is_usual && (!value.contains(BLANKS) || unquoted(value).is_some())).then_some(name)
}

/// The most process types that a line is taken apart for.
const MOST_NAMES: usize = 5;

/// The entries that a line with several names means.
fn several(name: &str, command: &str) -> Option<String> {
    let names: Vec<&str> = name.split(',').take(MOST_NAMES + 1).map(|name| name.trim_matches(BLANKS)).collect();
    let is_certain = (2..=MOST_NAMES).contains(&names.len()) && names.iter().all(|name| is_process_type(name));
    let entries = || names.iter().map(|name| format!("{name}: {command}")).collect::<Vec<_>>().join("\n");
    (is_certain && !command.is_empty()).then(entries)
}

/// A name with a character that is not allowed.
fn invalid_name(text: &str, Entry { name, colon, .. }: Entry) -> Option<Line<'static>> {
    // `python -m http.server 127.0.0.1:80` is a command; `my worker: python main.py` a name with a blank.
    let follows = &text[colon + 1..];
    let entries = several(name, follows.trim_matches(BLANKS));
    let is_command = entries.is_none()
        && name.contains(BLANKS)
        && !(name.split(BLANKS).count() == 2 && (follows.is_empty() || follows.starts_with(BLANKS)));
    if name.is_empty() || is_command {
        return None;
    }
    let bad = name.matches(|c| !is_process_type_character(c)).next();
    let problem = ParseProblem::InvalidName { name: name.to_string(), suggestion: process_type_like(name), entries };
    Some(Line::Invalid(problem, range_of(text, bad.unwrap_or(name))))
}

/// What people type instead of a colon; a hyphen counts only before a blank.
const NO_COLONS: [&str; 9] = ["=>", "->", "- ", ";", "=", ",", "：", "；", "-\t"];

/// A usual type without its colon, or any name with a wide colon, or with a `=` between blanks, as in an INI file.
fn missing_colon(text: &str, trimmed: &str) -> Option<Line<'static>> {
    let end = trimmed.find(|c| !is_process_type_character(c)).unwrap_or(trimmed.len());
    let (name, rest) = trimmed.split_at(end);
    let behind = rest.trim_start_matches(BLANKS);
    let mark = NO_COLONS.into_iter().find(|mark| behind.starts_with(mark));
    // `worker --queue high` is a command; `worker - python worker.py` a type without its colon.
    let is_word = rest.is_empty() || (rest.starts_with(BLANKS) && !behind.starts_with('-'));
    let follows = is_word || mark.is_some();
    let is_usual = follows && USUAL_TYPES.iter().any(|usual| usual.eq_ignore_ascii_case(name));
    let is_assigned = mark == Some("=") && rest.starts_with(BLANKS) && behind[1..].starts_with(BLANKS);
    let is_certain = (mark == Some("：") || is_assigned) && is_process_type(name);
    if !is_usual && !is_certain {
        return None;
    }
    let at = range_of(text, behind).start;
    let command = match behind[mark.map_or(0, str::len)..].trim_matches(BLANKS) {
        quoted if is_quoted(quoted) => unquoted(quoted).map(str::to_string),
        array if array.starts_with('[') => values::command(array),
        command => Some(command.to_string()),
    };
    let command = command.filter(|command| !command.is_empty());
    let instead = mark.map(|mark| mark.trim_end_matches(BLANKS));
    let range = match instead {
        Some(mark) => at..at + mark.len(),
        None => range_of(text, name).end..range_of(text, name).end,
    };
    Some(Line::Mistake(ProcfileProblem::MissingColon { name: name.to_string(), instead, command }, range))
}
