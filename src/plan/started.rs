//! Finds what a command finally starts: it looks through the programs that start others.

use crate::shell::{Dialect, Invocation, literal};
use crate::text::file_name;
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

/// A word of a command, or `None` if something in it is expanded.
pub(super) type Word<'w> = Option<Cow<'w, str>>;

/// What a command starts. Numbers are those of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Started {
    /// A shell.
    Shell(ShellCall),
    /// Another program.
    Program(usize),
}

/// A shell and what it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShellCall {
    /// The word that names the shell.
    pub(super) shell: usize,
    /// How it reads commands, if it is one of the shells whose grammar is known.
    pub(super) dialect: Option<Dialect>,
    /// What it runs.
    pub(super) runs: Runs,
}

/// What a shell runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// The script in a word, after `-c`.
    Word {
        /// The word.
        script: usize,
        /// Its other options, as the builtin `set` takes them; `None` if they do more than `set` does.
        options: Option<String>,
    },
    /// The file that a word names.
    File(usize),
    /// What it reads, or what cannot be seen.
    Unknown,
}

/// What is known about a program.
#[derive(Clone, Copy)]
enum Kind {
    /// A shell, and how it reads commands if that is known.
    Shell(Option<Dialect>),
    /// A program that is another one, which its first argument names.
    Busybox,
    /// A program that starts the one in its arguments.
    Wrapper {
        /// Its options that take the next word.
        valued: &'static [&'static str],
        /// How many words are between its options and the program.
        operands: usize,
    },
}

const fn wrapper(valued: &'static [&'static str], operands: usize) -> Kind {
    Kind::Wrapper { valued, operands }
}

/// The programs that are shells or start others. The options are those in the help of coreutils 9.1, util-linux 2.38,
/// dumb-init 1.2.5, tini 0.19.0 and the builtins of bash 5.2. catatonit, gosu and su-exec are used without options.
fn kind(program: &str) -> Option<Kind> {
    Some(match file_name(program) {
        "bash" | "rbash" => Kind::Shell(Some(Dialect::Bash)),
        "ash" | "dash" | "sh" => Kind::Shell(Some(Dialect::Sh)),
        "csh" | "fish" | "ksh" | "mksh" | "tcsh" | "yash" | "zsh" => Kind::Shell(None),
        "busybox" => Kind::Busybox,
        "catatonit" | "command" | "nohup" | "setsid" => wrapper(&[], 0),
        "dumb-init" => wrapper(&["-r", "--rewrite"], 0),
        "env" => wrapper(&["-C", "--chdir", "-u", "--unset"], 0),
        "exec" => wrapper(&["-a"], 0),
        "gosu" | "su-exec" => wrapper(&[], 1),
        "nice" => wrapper(&["-n", "--adjustment"], 0),
        "stdbuf" => wrapper(&["-e", "-i", "-o", "--error", "--input", "--output"], 0),
        "timeout" => wrapper(&["-k", "-s", "--kill-after", "--signal"], 1),
        "tini" => wrapper(&["-e", "-p"], 0),
        _ => return None,
    })
}

/// Whether a program may be a shell, a script or what starts one. Nearly all commands start with one that is not.
pub(super) fn may_start_script(program: &str) -> bool {
    file_name(program).len() < program.len() || kind(program).is_some()
}

/// Whether a file may be a script of a shell, by the extension of its name.
pub(super) fn may_be_of_shell(program: &str) -> bool {
    let extension = Path::new(program).extension().and_then(|extension| extension.to_str());
    extension.is_none_or(|extension| matches!(extension, "sh" | "bash"))
}

/// Whether a program is a shell, by its name.
pub(super) fn is_shell(program: &str) -> bool {
    matches!(kind(program), Some(Kind::Shell(_)))
}

/// How a program reads commands, if it is a shell whose grammar is known.
pub(super) fn dialect(program: &str) -> Option<Dialect> {
    match kind(program)? {
        Kind::Shell(dialect) => dialect,
        Kind::Busybox | Kind::Wrapper { .. } => None,
    }
}

/// The last command of a script with a background job, if all that it does is to never end: `tail -f /dev/null`.
pub(super) fn keeper<'t>(script: &'t str, invocations: &[Invocation]) -> Option<&'t str> {
    let (last, before) = invocations.split_last()?;
    let word = |at: &Range<usize>| literal(script.get(at.clone()).unwrap_or_default()).unwrap_or_default();
    let words: Vec<Cow<str>> = last.words.iter().map(word).collect();
    let is_keeper = match words.iter().map(AsRef::as_ref).collect::<Vec<_>>()[..] {
        ["tail", option, "/dev/null"] => option.eq_ignore_ascii_case("-f"),
        ["sleep", time] => time.starts_with("inf"),
        _ => false,
    };
    let jobs = before.iter().filter(|command| command.position.background).count();
    (is_keeper && jobs == 1 && !last.position.background).then(|| script.get(last.range()))?
}

/// Whether a program before another passes signals on to all processes of that one's group (dumb-init 1.2.5, tini 0.19.0,
/// catatonit 0.1.7).
pub(super) fn signals_all(before: &[Word]) -> bool {
    let has = |options: &[&str]| before.iter().flatten().any(|word| options.contains(&word.as_ref()));
    before.iter().flatten().any(|word| match file_name(word) {
        "dumb-init" => !has(&["-c", "--single-child"]),
        "tini" | "catatonit" => has(&["-g"]),
        _ => false,
    })
}

/// What a command starts; `None` if that is only known at run time.
pub(super) fn started(words: &[Word]) -> Option<Started> {
    started_behind(words, 0)
}

/// The same behind some words that start a program.
pub(super) fn started_behind(words: &[Word], mut at: usize) -> Option<Started> {
    loop {
        match kind(words.get(at)?.as_deref()?) {
            None => return Some(Started::Program(at)),
            Some(Kind::Shell(dialect)) => return Some(Started::Shell(shell_call(words, at, dialect))),
            Some(Kind::Busybox) => at += 1,
            Some(Kind::Wrapper { valued, operands }) => at = behind_options(words, at + 1, valued)? + operands,
        }
    }
}

/// The first word that is no option, nor an assignment as `env` takes it.
fn behind_options(words: &[Word], mut at: usize, valued: &[&str]) -> Option<usize> {
    loop {
        match words.get(at)?.as_deref()? {
            // `env` splits such an option into words.
            split if split.starts_with("-S") || split.starts_with("--split-string") => return None,
            option if option.starts_with('-') => at += 1 + usize::from(valued.contains(&option)),
            assignment if assignment.contains('=') => at += 1,
            _ => return Some(at),
        }
    }
}

/// The shell that a word names, with the words behind it.
fn shell_call(words: &[Word], shell: usize, dialect: Option<Dialect>) -> ShellCall {
    let runs = runs(words, shell + 1).unwrap_or(Runs::Unknown);
    ShellCall { shell, dialect, runs }
}

/// What a shell runs, by the words behind its name.
fn runs(words: &[Word], mut at: usize) -> Option<Runs> {
    let mut takes_script = false;
    let mut options = Some(String::new());
    while let Some(word) = words.get(at)? {
        at += 1;
        match word.as_ref() {
            "-" | "--" => break,
            "--norc" | "--noprofile" => {}
            "--init-file" | "--rcfile" => at += 1,
            long if long.starts_with("--") => options = None,
            word => {
                let Some(letters) = word.strip_prefix(['-', '+']).filter(|letters| !letters.is_empty()) else {
                    at -= 1;
                    break;
                };
                takes_script |= word.starts_with('-') && letters.contains('c');
                if letters.contains('s') {
                    return None;
                }
                options = options.and_then(|options| with_letters(options, &word[..1], letters, words, &mut at));
            }
        }
    }
    let operand = words.get(at)?;
    match (takes_script, operand) {
        (true, _) => Some(Runs::Word { script: at, options }),
        (false, operand) => operand.as_ref().map(|_| Runs::File(at)),
    }
}

/// Adds an option of a shell to those for `set`. `at`: the next word, which may be the name of an option.
fn with_letters(mut options: String, sign: &str, letters: &str, words: &[Word], at: &mut usize) -> Option<String> {
    // A login shell and an interactive one read files first.
    if letters.contains(['i', 'l', 'O']) {
        return None;
    }
    let letters = letters.replace('c', "");
    if !letters.is_empty() {
        options = options + " " + sign + &letters;
    }
    for _ in letters.matches('o') {
        options = options + " " + words.get(*at)?.as_deref()?;
        *at += 1;
    }
    Some(options)
}
