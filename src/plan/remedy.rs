//! Finds what to change in a command, where its text shows more than the rule that it breaks.

use crate::plan::started::keeper;
use crate::shell::{Invocation, Reason, literal};
use crate::text::file_name;
use crate::text::quote::{code, shell_word, shown, whole};
use std::ops::Range;

/// What to change in a command, and how the message says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remedy {
    /// What is wrong, if it is not what the message says otherwise.
    pub(super) title: Option<String>,
    /// What the carets point at, if it is not what the message says otherwise.
    pub(super) label: Option<String>,
    /// What to type; `None` if that is not known.
    pub(super) help: Option<String>,
    /// What to write in the place of what the carets point at, if that is what to type.
    pub(super) text: Option<String>,
}

impl Remedy {
    /// What to write in the place of what the carets point at.
    pub(super) fn write(label: &str, text: &str) -> Self {
        Self { label: Some(label.to_string()), text: Some(text.to_string()), ..Self::default() }
    }

    /// What to write in the place of what the carets point at, and a command behind it.
    pub(super) fn start(label: &str, text: &str) -> Self {
        Self::new(label, format!("write {}", code(&format!("{text} COMMAND;"))))
    }

    /// What the carets point at, if it is not known what to type.
    pub(super) fn label(label: &str) -> Self {
        Self { label: Some(label.to_string()), ..Self::default() }
    }

    /// What to do about a command of an earlier buildpack.
    pub(super) fn of_earlier(buildpack: &str) -> Self {
        let label = format!("{} declares its command", shown(buildpack));
        Self::new(&label, "write a `command` of your own here, which starts only the program".to_string())
    }

    /// What to delete.
    pub(super) fn delete(label: &str, text: &str) -> Self {
        Self::new(label, format!("delete {}", code(text)))
    }

    /// What to do about what the carets point at.
    pub(super) fn new(label: &str, help: String) -> Self {
        Self { label: Some(label.to_string()), help: Some(help), ..Self::default() }
    }

    fn help(help: String) -> Self {
        Self { help: Some(help), ..Self::default() }
    }

    /// The same under another title.
    pub(super) fn titled(self, title: String) -> Self {
        Self { title: Some(title), ..self }
    }
}

/// Programs that handle what another one prints.
const FILTERS: [&str; 27] = [
    "awk", "bunyan", "cat", "cronolog", "cut", "echo", "egrep", "fgrep", "gawk", "grep", "head", "jq", "logger",
    "multilog", "pino-pretty", "printf", "read", "rotatelogs", "sed", "sort", "stdbuf", "svlogd", "systemd-cat",
    "tail", "tee", "ts", "unbuffer",
];

/// Builtins that do nothing but change the shell that runs them.
const CHANGES: [&str; 8] = [".", "cd", "export", "set", "source", "ulimit", "umask", "unset"];

/// What to do about a shell that stays in front of a program, and its bytes. `at`: what keeps the shell.
pub(super) fn of_stay(
    line: &str,
    reason: &Reason,
    at: &Range<usize>,
    invocations: &[Invocation],
) -> Option<(Remedy, Range<usize>)> {
    let inside: Vec<&Invocation> = invocations
        .iter()
        .filter(|command| at.start <= command.range().start && command.range().end <= at.end)
        .collect();
    let remedy = match reason {
        Reason::Background => {
            if let Some(found) = ampersand(line, at.end) {
                return Some(found);
            }
            of_job(line, at, &inside, invocations)
        }
        Reason::Pipeline => of_pipeline(line, at, &inside),
        Reason::UnknownProgram => return invocations.iter().find_map(|command| of_test(line, command.range())),
        _ => None,
    };
    Some((remedy?, at.clone()))
}

/// The words of a command; empty where something is expanded.
fn words<'l>(line: &'l str, command: &Invocation) -> Vec<std::borrow::Cow<'l, str>> {
    let word = |at: &Range<usize>| literal(line.get(at.clone()).unwrap_or_default()).unwrap_or_default();
    command.words.iter().map(word).collect()
}

/// A word with an `&` in it that was meant to be a part of it: the parameters of a URL. `end`: where the job ends.
fn ampersand(line: &str, end: usize) -> Option<(Remedy, Range<usize>)> {
    let (before, after) = (line.get(..end)?, line.get(end..)?);
    let is_end = |c: char| c.is_whitespace() || ";|<>()'\"".contains(c);
    let start = before.rfind(is_end).map_or(0, |blank| blank + 1);
    let length = after.find(is_end).unwrap_or(after.len());
    let parameters = after[..length].strip_prefix('&')?;
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    let has_parameters = parameters.split('&').all(|one| one.split_once('=').is_some_and(|(name, _)| is_name(name)));
    if !has_parameters || !before[start..].contains('?') || !before[start..].contains('=') {
        return None;
    }
    let word = line.get(start..end + length).filter(|word| !word.contains(['$', '`', '\\']))?;
    let remedy = Remedy::write("the program only gets what is before the `&`", &shell_word(word));
    let title = "an `&` outside of quotes ends the command and puts it into the background".to_string();
    Some((remedy.titled(title), start..end + length))
}

/// `inside`: the commands of the job.
fn of_job(line: &str, at: &Range<usize>, inside: &[&Invocation], all: &[Invocation]) -> Option<Remedy> {
    if let Some(keeper) = keeper(line, all) {
        return Some(Remedy::help(format!("delete the `&` and {}", code(keeper))));
    }
    let job = line.get(at.clone())?;
    let last = all.last()?;
    if let [one, _] = all
        && one.position.background
        && words(line, last) == ["wait"]
    {
        let text = line.get(at.end..last.range().end)?.trim();
        return Some(Remedy::delete("the shell waits for this job", text));
    }
    let only_changes =
        |command: &&Invocation| words(line, command).first().is_none_or(|name| CHANGES.contains(&name.as_ref()));
    if !last.position.background && !inside.is_empty() && inside.iter().all(only_changes) {
        let remedy = Remedy::new("only a background job runs this", "write `&&` instead of `&`".to_string());
        return Some(remedy.titled(format!("{} does not affect the program, because of the `&` after it", code(job))));
    }
    match words(line, inside.last()?).iter().map(AsRef::as_ref).collect::<Vec<_>>()[..] {
        ["tail", "-f" | "-F", file] if !last.position.background && !file.is_empty() => {
            let help = format!("delete `{} &`, and let the program write its log to standard output", whole(job));
            Some(Remedy::help(help))
        }
        _ => None,
    }
}

/// `inside`: the commands of the pipeline.
fn of_pipeline(line: &str, at: &Range<usize>, inside: &[&Invocation]) -> Option<Remedy> {
    let (_, behind) = inside.split_first()?;
    let name = |command: &Invocation| words(line, command).first().map(|name| file_name(name).to_string());
    if behind.iter().all(|command| name(command).is_some_and(|name| FILTERS.contains(&name.as_str()))) {
        return None;
    }
    if let [first, last] = inside
        && let [program, file] = &words(line, first)[..]
        && program == "cat"
        && !file.is_empty()
        && !file.starts_with('-')
        && name(last).is_some_and(|name| !name.is_empty() && name != "xargs")
        && line.get(at.start..first.range().start) == Some("")
        && line.get(first.range().end..last.range().start).is_some_and(|between| between.trim() == "|")
        && line.get(last.range().end..at.end) == Some("")
    {
        let program = line.get(last.range())?;
        return Some(Remedy::help(format!("write `{} < {}`", whole(program), whole(&shell_word(file)))));
    }
    let help =
        "run only the program if the rest handles its log, or move the pipeline into a script that handles SIGTERM";
    Some(Remedy::help(help.to_string()))
}

/// A test without a blank behind its `[`.
fn of_test(line: &str, at: Range<usize>) -> Option<(Remedy, Range<usize>)> {
    let command = line.get(at.clone())?;
    let test = command.strip_prefix('[').filter(|test| test.starts_with(['$', '"']))?;
    let name = command.split_whitespace().next().unwrap_or_default();
    let test = test.strip_suffix(']')?.trim();
    let remedy = Remedy::write("a blank is missing after the `[`", &format!("[ {test} ]"));
    Some((remedy.titled(format!("{} is not the command `[`, so this test fails", code(name))), at))
}
