//! Rewrites the script that a command gives to a shell in one of its words: `bash -c 'SCRIPT'` (X3, X4).

use crate::plan::started::{Runs, ShellCall, Started, Word, started};
use crate::shell::{self, Arguments, Budget, Dialect, Edit, Given, Invocation, Reason, Script, Stay, Unreadable};
use std::ops::Range;

/// A command whose last program is a shell that gets its script in a word.
#[derive(Debug)]
pub(super) struct Quoted {
    /// The script with `exec` and `"$@"`, if it is to be changed.
    pub(super) script: Option<String>,
    /// Whether the shell is to get its own name after the script, so that arguments after it start at `$1`.
    pub(super) needs_name: bool,
    /// What happens to arguments after the command.
    pub(super) arguments: Arguments,
    /// Why that shell stays in front of programs of the script.
    pub(super) stays: Vec<Stay>,
    /// The commands of the script.
    pub(super) invocations: Vec<Invocation>,
    /// Whether the words after the script are probably meant to be words of its program, which does not get them.
    pub(super) ignores_words: bool,
}

impl Quoted {
    /// A script that stays as it is, so that arguments do not reach its program.
    pub(super) fn as_written(reason: Reason) -> Self {
        let arguments = Arguments::Lost(reason);
        let (stays, invocations) = (Vec::new(), Vec::new());
        Self { script: None, needs_name: false, arguments, stays, invocations, ignores_words: false }
    }
}

/// What is around a command that gives a shell a script in a word.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// The process has arguments already, which may start at `$0`.
    pub(super) has_default_arguments: bool,
    /// The line that the command is in stays as it is.
    pub(super) is_kept: bool,
}

/// Reads the script that a shell gets in a word. `raw`: that word as it is written in a line.
///
/// # Errors
/// If the parser cannot tell what it is.
pub(super) fn quoted(
    words: &[Word],
    call: &ShellCall,
    raw: &str,
    around: Around,
    budget: &Budget,
) -> Result<Quoted, Unreadable> {
    let (Runs::Word { script: number, options }, Some(dialect)) = (&call.runs, call.dialect) else {
        return Ok(Quoted::as_written(Reason::Doubt));
    };
    let by_shell = || by_shell(dialect);
    let Some(script) = words.get(*number).and_then(Option::as_deref) else {
        return Ok(Quoted { stays: expanded(raw, dialect, budget), ..Quoted::as_written(by_shell()) });
    };
    let (text, given) = (script, &words[number + 1..]);
    let read = |given| read(script, options.as_deref().unwrap_or_default(), dialect, given, budget);
    let rewritten = read(Given::Rewritten)?;
    let is_used = rewritten.arguments == Arguments::Used;
    let names_itself = script.contains("$0") || script.contains("${0");
    let starts_at_name = given.is_empty() && (names_itself || is_used && around.has_default_arguments);
    // Words that are there already and not used must not become arguments of the program.
    let has_unused = !is_used && (given.len() > 1 || given.iter().any(Option::is_none));
    if options.is_none() || starts_at_name || has_unused || around.is_kept {
        let reaches = starts_at_name || is_used && !given.is_empty();
        let arguments = if reaches { Arguments::Used } else { Arguments::Lost(by_shell()) };
        let Script { stays, invocations, .. } = read(Given::Word)?;
        let ignores_words = has_unused || !reaches && ignores(script, given);
        return Ok(Quoted { script: None, needs_name: false, arguments, stays, invocations, ignores_words });
    }
    let needs_name = given.is_empty() && !matches!(rewritten.arguments, Arguments::Lost(_));
    let other = other_shell(script, &rewritten);
    let Script { rewritten: script, mut arguments, mut stays, invocations, .. } = rewritten;
    if let Some((at, other)) = other {
        arguments = Arguments::Lost(by_shell());
        if other == Some(Dialect::Sh) && stays.is_empty() {
            stays.push(Stay { at, ..stay(Dialect::Sh, "") });
        }
    }
    let ignores_words = !is_used && !names_itself && ignores(text, given);
    Ok(Quoted { script, needs_name, arguments, stays, invocations, ignores_words })
}

/// Whether the only word after a script that does not read it is more than a name for the shell.
fn ignores(script: &str, given: &[Word]) -> bool {
    let is_program = !script.trim().contains(char::is_whitespace);
    matches!(given, [Some(name)] if is_program || name.starts_with(['-', '$']) && !matches!(&**name, "-" | "--"))
}

/// That the shell of a script stays, whatever the script does.
fn stay(dialect: Dialect, script: &str) -> Stay {
    Stay { reason: by_shell(dialect), at: 0..script.len(), programs: Vec::new(), is_certain: false }
}

/// The place of a last command that gives another shell a script in a word too, and how that shell reads it. Arguments of
/// the command become those of that shell.
fn other_shell(script: &str, read: &Script) -> Option<(Range<usize>, Option<Dialect>)> {
    let last = read.invocations.last().filter(|_| read.arguments != Arguments::Used)?;
    let words = last.words.iter().map(|at| shell::literal(script.get(at.clone()).unwrap_or_default()));
    match started(&words.collect::<Vec<_>>())? {
        Started::Shell(ShellCall { dialect, runs: Runs::Word { .. }, .. }) => Some((last.range(), dialect)),
        Started::Shell(_) | Started::Program(_) => None,
    }
}

/// A shell that gets its script in a word.
pub(super) fn by_shell(dialect: Dialect) -> Reason {
    Reason::Shell(format!("{} -c", dialect.name()))
}

/// Why a shell stays in front of the program of a script of which a part is expanded before. `raw`: the word.
fn expanded(raw: &str, dialect: Dialect, budget: &Budget) -> Vec<Stay> {
    let script = shell::unquoted(raw).unwrap_or_default();
    let stays = shell::script(&script, dialect, Given::Word, budget).map_or_else(|_| Vec::new(), |read| read.stays);
    // The places are those of another text, and what is expanded may be anything.
    let moved = |stay: Stay| {
        let reason = if stay.reason == Reason::NoExec { by_shell(dialect) } else { stay.reason };
        Stay { reason, at: 0..0, programs: Vec::new(), is_certain: false }
    };
    stays.into_iter().map(moved).collect()
}

/// Reads a script as a shell with these options does.
fn read(script: &str, options: &str, dialect: Dialect, given: Given, budget: &Budget) -> Result<Script, Unreadable> {
    if options.is_empty() {
        return shell::script(script, dialect, given, budget);
    }
    // The builtin does what the options do.
    let set = format!("set{options}\n");
    let read = shell::script(&format!("{set}{script}"), dialect, given, budget).map_err(|_| Unreadable { at: None })?;
    let inside = |at: usize| at.saturating_sub(set.len());
    let moved = |stay: Stay| Stay {
        at: inside(stay.at.start)..inside(stay.at.end),
        programs: stay.programs.into_iter().filter_map(|number| number.checked_sub(1)).collect(),
        ..stay
    };
    // The first is `set`.
    let mut invocations: Vec<Invocation> = read.invocations.into_iter().skip(1).collect();
    for Invocation { words, assignments, log, numbered, .. } in &mut invocations {
        words
            .iter_mut()
            .chain(assignments)
            .chain(log)
            .chain(numbered)
            .for_each(|at| *at = inside(at.start)..inside(at.end));
    }
    // An option does it, unless the script has this builtin too.
    let mut programs = invocations.iter().filter_map(|command| script.get(command.words.first()?.clone()));
    let has_set = programs.any(|program| program == "set");
    let by_option = |reason: &Reason| *reason == Reason::Builtin("set".to_string()) && !has_set;
    let is_kept = read.stays.iter().any(|stay| by_option(&stay.reason));
    let stays = if is_kept { vec![stay(dialect, script)] } else { read.stays.into_iter().map(moved).collect() };
    let arguments = match read.arguments {
        Arguments::Lost(reason) if by_option(&reason) => Arguments::Lost(by_shell(dialect)),
        arguments => arguments,
    };
    let moved = |edit: Edit| Edit { at: inside(edit.at.start)..inside(edit.at.end), ..edit };
    let edits: Vec<Edit> = read.edits.into_iter().map(moved).collect();
    let rewritten = read.rewritten.map(|_| shell::edited(script, 0..script.len(), &edits));
    Ok(Script { rewritten, edits, arguments, stays, invocations })
}
