//! Reads a command line as a shell would (section X of the contract). Pure.
//!
//! `brush-parser` does the parsing. Nothing outside this folder knows it, and nothing in it trusts it. A line that it cannot
//! read, or that would be slow or make it panic, is [`Unreadable`]. A line that it may read wrongly runs as written.

mod bounds;
mod builtins;
mod edit;
mod effects;
mod expansion;
mod fate;
mod flow;
mod invocation;
mod line;
mod lists;
mod script;
mod signals;
mod simple;
mod syntax;
mod tail;
mod traps;
mod utilities;
mod walk;
mod words;

pub use bounds::{Budget, Unreadable};
pub use builtins::is_builtin;
pub use edit::{Edit, Insert, edited};
pub use invocation::{Invocation, Position, Signal};
pub use script::{Arguments, Dialect, Given, Reading, Reason, Script, Stay};
pub use simple::{Construct, Simple, simple};
pub use syntax::{Piece, pieces, plain_words, precedes_command};
pub use words::{literal, unquoted};

use brush_parser::Token;
use invocation::in_bytes;
use line::Line;
use signals::Signals;
use walk::Walk;

/// Reads a command line for a shell.
///
/// # Errors
/// If the parser cannot tell what it is, or has read enough.
pub fn read(line: &str, dialect: Dialect, budget: &Budget) -> Result<Reading, Unreadable> {
    let line = Line::new(line, budget);
    if let Some(words) = syntax::plain_words(&line) {
        return Ok(Reading::Words(words.into_iter().map(str::to_string).collect()));
    }
    agreed(dialect, |posix| {
        let tokens = syntax::tokens(&line, posix)?;
        match words::of_tokens(&tokens) {
            Some(words) => Ok(Reading::Words(words)),
            None => read_script(&line, tokens, posix, dialect, Given::Rewritten).map(Reading::Script),
        }
    })
}

/// Reads a command line as a script, even if it is only literal words.
///
/// # Errors
/// If the parser cannot tell what it is, or has read enough.
pub fn script(line: &str, dialect: Dialect, given: Given, budget: &Budget) -> Result<Script, Unreadable> {
    let line = Line::new(line, budget);
    agreed(dialect, |posix| read_script(&line, syntax::tokens(&line, posix)?, posix, dialect, given))
}

/// Reads a line with the grammars of POSIX and of bash. If they do not agree, an unknown shell runs it as written.
fn agreed<T: PartialEq>(dialect: Dialect, read: impl Fn(bool) -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    let reading = read(false)?;
    if dialect == Dialect::Sh && read(true)? != reading {
        return Err(Unreadable { at: None });
    }
    Ok(reading)
}

fn read_script(
    line: &Line,
    tokens: Vec<Token>,
    posix: bool,
    dialect: Dialect,
    given: Given,
) -> Result<Script, Unreadable> {
    let mut parsed = syntax::program(line, tokens, posix)?;
    let mut walk = Walk::new(line, 0);
    walk.program(&parsed.program)?;
    // Another shell reads `p &> f` as a job and a redirection.
    let is_of_bash = || walk.effects.assignments.are_of_bash || line.contains("&>") || line.contains("|&");
    if dialect == Dialect::Sh && is_of_bash() {
        return Err(Unreadable { at: None });
    }
    let (edits, leaves) = tail::rewrite(line, &mut parsed.program, &walk.effects, dialect, given);
    let rewritten = (!edits.is_empty()).then(|| edited(line, 0..line.len(), &edits));
    let is_certain = rewritten.as_ref().is_none_or(|rewritten| parsed.is_still(rewritten));
    let signals = Signals::new(line, walk.effects, leaves, dialect, given);
    // X4b: the shell must read exactly what was meant.
    let (edits, arguments, stays) = if is_certain {
        (edits, signals.arguments(), signals.stays())
    } else {
        let stay = Stay { reason: Reason::Doubt, at: 0..line.len(), programs: Vec::new(), is_certain: false };
        (Vec::new(), signals.arguments().without_rewriting(), vec![stay])
    };
    let mut invocations = in_bytes(line, signals.invocations());
    if !is_certain {
        // It was the `exec` that would have let signals arrive.
        let arrives = |invocation: &&mut Invocation| invocation.signal == Signal::Arrives;
        invocations.iter_mut().filter(arrives).for_each(|invocation| invocation.signal = Signal::Lost);
    }
    let rewritten = rewritten.filter(|_| is_certain && given == Given::Rewritten);
    Ok(Script { rewritten, edits, arguments, stays, invocations })
}
