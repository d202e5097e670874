//! A simple command as advice reads it: words, after whatever starts a program for others.

use crate::advice::address::is_port;
use crate::advice::misuse::{Misuse, misuses};
use crate::advice::programs::{
    BEFORE_SUBCOMMANDS, CHANGE_DIRECTORY, INTERPRETERS, Operands, Options, PROXIES, Words, Wrapper, wrappers,
};
use crate::parse::Command as Written;
use crate::plan::{Form, Planned};
use crate::shell::{self, Arguments, Budget, Dialect, Invocation, Position, Reading};
use crate::text::{file_name, find_word};
use std::borrow::Cow;
use std::ops::Range;

/// The most programs that start each other in a command. All of them are read again behind each.
const MOST_WRAPPERS: usize = 32;

/// A simple command of a process type.
#[derive(Clone, Debug, Default)]
pub(super) struct Command<'a> {
    /// The program and its arguments.
    pub(super) words: Vec<Word<'a>>,
    /// The assignments before it, and what started it.
    pub(super) before: Vec<Word<'a>>,
    /// Where it is among the others.
    pub(super) position: Position,
    /// Whether it is an array, in which nothing is expanded.
    pub(super) in_array: bool,
    /// Whether it is in the script of another command.
    pub(super) is_inner: bool,
    /// The byte of the first word at which the name of the program starts, after its directory.
    program_at: usize,
    /// The file that gets both its standard output and its standard error.
    pub(super) log: Option<Word<'a>>,
}

/// A word of a simple command.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    /// The word without its quotes; if something in it is expanded, as written without outer quotes.
    pub(super) text: Cow<'a, str>,
    /// Whether nothing in it is expanded.
    pub(super) is_literal: bool,
    /// Its place; `None` if the command line was not read as a script.
    pub(super) at: Option<At>,
}

/// Where a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// Bytes of the command line.
    Line(Range<usize>),
    /// An element of the array.
    Element(usize),
    /// An element of `args`.
    Argument(usize),
}

impl<'a> Word<'a> {
    /// A word in which nothing is expanded.
    fn given(text: Cow<'a, str>, at: Option<At>) -> Self {
        Self { text, is_literal: true, at }
    }

    /// Some bytes of the command line, to point at.
    pub(super) fn of_line(line: &'a str, at: Range<usize>) -> Option<Self> {
        Some(Self { text: Cow::Borrowed(line.get(at.clone())?), is_literal: false, at: Some(At::Line(at)) })
    }

    /// Where the word is, if that is known or can be seen in the command line.
    pub(super) fn place(&self, line: &str) -> Option<At> {
        let escaped = || self.text.contains('$').then(|| self.text.replace('$', "\\$"));
        self.at.clone().or_else(|| find_word(line, &self.text).or_else(|| find_word(line, &escaped()?)).map(At::Line))
    }

    /// Whether it names a program that may stand between the outside and a server.
    pub(super) fn names_proxy(&self) -> bool {
        self.literal().is_some_and(|text| PROXIES.contains(&file_name(text)))
    }

    /// The text, if nothing in it is expanded.
    pub(super) fn literal(&self) -> Option<&str> {
        self.is_literal.then_some(self.text.as_ref())
    }
}

/// The simple commands of a process type, in the order in which they are written.
pub(super) fn commands<'a>(planned: &'a Planned, budget: &Budget) -> Vec<Command<'a>> {
    let Planned { written, run, invocations, .. } = planned;
    let args = || {
        let args = planned.args().iter().enumerate();
        args.map(|(index, word)| Word::given(Cow::Borrowed(word.as_ref()), Some(At::Argument(index))))
    };
    match &written.value {
        Written::Line(line) if !invocations.is_empty() => {
            let mut commands = Vec::with_capacity(invocations.len());
            for invocation in invocations {
                commands.extend(Command::of_invocation(line, invocation).with_inner(budget));
            }
            // Otherwise it is not known here where they go.
            if !matches!(run.form, Form::Shell { arguments: Arguments::Lost(_), .. })
                && let Some(last) = commands.last_mut()
            {
                last.words.extend(args());
            }
            commands
        }
        written => {
            let in_array = !matches!(written, Written::Line(_));
            let mut command = Command::of_words(run.command.iter().map(|word| Cow::Borrowed(word.as_ref())), in_array);
            command.in_array = in_array;
            command.words.extend(args());
            command.with_inner(budget)
        }
    }
}

/// The longest script in a command that is read, in bytes: a file may have ten thousand of them.
const LONGEST_INNER: usize = 1024;

impl<'a> Command<'a> {
    /// `in_array`: whether the words are the elements of an array.
    fn of_words(words: impl Iterator<Item = Cow<'a, str>>, in_array: bool) -> Self {
        let word = |(index, text)| Word::given(text, in_array.then_some(At::Element(index)));
        Self { words: words.enumerate().map(word).collect(), ..Self::default() }
    }

    fn of_invocation(line: &'a str, invocation: &Invocation) -> Self {
        let word = |at: &Range<usize>| {
            let raw = line.get(at.clone()).unwrap_or_default();
            let literal = shell::literal(raw);
            let is_literal = literal.is_some();
            let text = literal.unwrap_or_else(|| Cow::Borrowed(raw.trim_matches(['"', '\''])));
            Word { text, is_literal, at: Some(At::Line(at.clone())) }
        };
        Self {
            words: invocation.words.iter().map(word).collect(),
            before: invocation.assignments.iter().map(word).collect(),
            position: invocation.position,
            log: invocation.log.as_ref().map(word),
            ..Self::default()
        }
    }

    /// The commands of the script that this one gives to a shell (`bash -c 'SCRIPT'`), or else this one. Their words have
    /// the place of the script.
    fn with_inner(self, budget: &Budget) -> Vec<Self> {
        let [shell, option, script, ..] = self.words.as_slice() else { return vec![self] };
        let is_shell = matches!(shell.literal(), Some("bash" | "sh" | "/bin/bash" | "/bin/sh"));
        let (true, Some("-c"), Some(script_text)) = (is_shell, option.literal(), script.literal()) else {
            return vec![self];
        };
        if script_text.len() > LONGEST_INNER {
            return vec![self];
        }
        let mut inner = match shell::read(script_text, Dialect::Bash, budget) {
            Ok(Reading::Words(words)) => vec![Command::of_words(words.into_iter().map(Cow::Owned), false)],
            Ok(Reading::Script(read)) => {
                read.invocations.iter().map(|invocation| Command::of_invocation(script_text, invocation)).collect()
            }
            Err(_) => return vec![self],
        };
        // The plan has added it.
        for command in &mut inner {
            command.words.retain(|word| word.text != "$@");
        }
        inner.into_iter().map(|command| command.inside(&self, script.at.as_ref())).collect()
    }

    /// The same command as a part of another.
    fn inside<'o>(self, outer: &Command<'o>, at: Option<&At>) -> Command<'o> {
        let word = |word: Word| Word {
            text: Cow::Owned(word.text.into_owned()),
            is_literal: word.is_literal,
            at: at.cloned(),
        };
        Command {
            words: self.words.into_iter().map(word).collect(),
            before: outer.before.iter().cloned().chain(self.before.into_iter().map(word)).collect(),
            log: self.log.map(word),
            is_inner: true,
            position: Position {
                background: outer.position.background || self.position.background,
                conditional: outer.position.conditional || self.position.conditional,
            },
            ..Command::default()
        }
    }

    /// Its words, and those before it.
    pub(super) fn all_words(&self) -> impl Iterator<Item = &Word<'a>> {
        self.words.iter().chain(&self.before)
    }

    /// Whether it may set variables that it does not name: it reads code, or exports what is only known at run time.
    pub(super) fn may_set_variables(&self) -> bool {
        let is_unknown = |word: &Word| !word.is_literal && !word.text.contains('=');
        match self.program() {
            "." | "source" | "eval" => true,
            "export" => self.words.iter().any(is_unknown),
            _ => false,
        }
    }

    /// Whether it expands `PORT`, or contains what does.
    pub(super) fn uses_port(&self) -> bool {
        self.all_words().any(|word| {
            // Most words have no `$`.
            word.text.as_bytes().contains(&b'$') && (word.text.contains("$PORT") || word.text.contains("${PORT"))
        })
    }

    /// Whether it may set the host on which a server listens: by a variable of such a name, or a file of variables.
    fn may_tell_host(&self) -> bool {
        self.all_words().any(|word| names_host(&word.text)) || matches!(self.program(), "." | "source")
    }

    /// Whether an expanded word may become options: one that is not the value of one of these.
    pub(super) fn has_free_words(&self, options: [Options; 3]) -> bool {
        let is_option = |word: &Word| options.iter().any(|names| names.contains(&word.text.as_ref()));
        let is_free = |pair: &[Word]| !pair[1].is_literal && !pair[1].text.contains('=') && !is_option(&pair[0]);
        self.words.windows(2).any(is_free)
    }

    /// The last assignment of a number to `PORT`.
    pub(super) fn assigned_port(&self) -> Option<(&Word<'a>, &str)> {
        let assigned = self.before.iter().rev().find_map(|word| Some((word, word.text.strip_prefix("PORT=")?)));
        assigned.filter(|(_, port)| is_port(port))
    }

    /// The number that it assigns to `PORT` for its program, after the shell has expanded its words.
    pub(super) fn late_port(&self) -> Option<&str> {
        self.assigned_port().filter(|_| !self.is_inner).map(|(_, port)| port)
    }

    /// The command that this one finally starts, if its program is known: `uvicorn …` of
    /// `env A=b poetry run python -m uvicorn …`.
    pub(super) fn started(mut self) -> Option<Self> {
        for _ in 0..MOST_WRAPPERS {
            let Some(behind) = self.behind_wrapper() else { break };
            self.before.extend(self.words.drain(..behind));
        }
        let program = self.words.first()?.literal()?;
        self.program_at = program.len() - file_name(program).len();
        Some(self)
    }

    /// The bytes of the words from one to another, if only blanks are between them in the line.
    pub(super) fn ranges(&self, line: &str, first: usize, end: usize) -> Option<Vec<Range<usize>>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for word in self.words.get(first..end)? {
            let range = match (&word.at, ranges.last()) {
                (Some(At::Line(range)), _) if !self.is_inner => range.clone(),
                (None, Some(last)) => {
                    let rest = line[last.end..].trim_start();
                    let start = line.len() - rest.len();
                    rest.starts_with(word.text.as_ref()).then(|| start..start + word.text.len())?
                }
                (None, None) => match word.place(line)? {
                    At::Line(range) => range,
                    _ => return None,
                },
                _ => return None,
            };
            ranges.push(range);
        }
        Some(ranges)
    }

    /// The command that `sudo` would run, if it has no options.
    pub(super) fn behind_sudo(mut self) -> Option<Self> {
        self.words.remove(0);
        self.started().filter(|command| !command.program().starts_with('-'))
    }

    /// How many words are before the program that the first word starts.
    fn behind_wrapper(&self) -> Option<usize> {
        let name = file_name(self.literal(0)?);
        if is_python(name) {
            let next = self.behind_options(1, &["-W", "-X"], &["-B", "-E", "-I", "-O", "-OO", "-s", "-S", "-u"]);
            return match self.literal(next)? {
                "-m" => self.literal(next + 1).map(|_| next + 1),
                script => has_extension(script, "py").then_some(next),
            };
        }
        if name == "ruby" {
            return self.literal(1).filter(|script| file_name(script) == "rails").map(|_| 1);
        }
        let wrapper = wrappers(name).iter().find(|wrapper| self.begins_with(name, wrapper.command))?;
        let is_misuse = |one: &Misuse| {
            let is_its_own = one.command != name || one.flags.is_empty();
            is_its_own && self.begins_with(name, one.command) && self.first_of(one.unless).is_none()
        };
        self.behind(wrapper).filter(|_| !misuses(name).iter().any(is_misuse))
    }

    /// Whether what starts it does so in another directory.
    pub(super) fn changes_directory(&self) -> bool {
        let changes = |word: &Word| CHANGE_DIRECTORY.iter().any(|option| glue(&word.text, option).is_some());
        self.before.iter().any(changes)
    }

    /// The script of the app that an interpreter runs: `clock.py` of `python clock.py`.
    pub(super) fn script(&self) -> Option<&Word<'a>> {
        if self.changes_directory() {
            return None;
        }
        // `started` has gone behind the interpreter.
        let is_interpreter = |word: &Word| word.literal().is_some_and(|name| is_python(file_name(name)));
        let is_started = || self.before.iter().any(is_interpreter);
        let program = self.program();
        let (script, extensions) = if has_extension(program, "py") && is_started() {
            (self.words.first()?, ["py"].as_slice())
        } else {
            let interpreter = INTERPRETERS.iter().find(|interpreter| interpreter.name == program)?;
            let script = match interpreter.script {
                Some(option) => 1 + self.words.iter().position(|word| word.text == option)?,
                None => self.behind_options(1, interpreter.values, interpreter.flags),
            };
            (self.words.get(script)?, interpreter.extensions)
        };
        let is_script = |path: &str| extensions.iter().any(|extension| has_extension(path, extension));
        let is_one = |path: &str| !path.contains(['*', '?', '[', '{', '~']);
        script.literal().filter(|path| is_script(path) && is_one(path)).map(|_| script)
    }

    /// The number of the program's word behind a wrapper. An option that is not known belongs to the wrapper, and may have
    /// a value.
    fn behind(&self, wrapper: &Wrapper) -> Option<usize> {
        let words = wrapper.command.split(' ').count();
        let next = self.behind_options(words, wrapper.values, wrapper.flags);
        let is_dashes = |word: &Word| word.text == "--";
        let next = next + usize::from(self.words.get(next).is_some_and(is_dashes));
        let rest = self.words.get(next..)?;
        let next = next
            + match wrapper.operands {
                Operands::Words(0) => 0,
                Operands::Words(number) => number + usize::from(rest.get(number).is_some_and(is_dashes)),
                Operands::Assignments => rest.iter().take_while(|word| word.text.contains('=')).count(),
                Operands::UntilDashes if next > words => 0,
                Operands::UntilDashes => rest.iter().position(is_dashes)? + 1,
            };
        self.literal(next).filter(|word| !word.starts_with('-')).map(|_| next)
    }

    /// The number of the first word from `start` that is neither one of these options nor its value.
    fn behind_options(&self, start: usize, values: Options, flags: Options) -> usize {
        let mut next = start;
        while let Some(word) = self.literal(next) {
            let glued = values.iter().find_map(|name| glue(word, name));
            next += match glued {
                Some(" ") => 2,
                Some(_) => 1,
                None if flags.contains(&word) || word.starts_with("--") && word.contains('=') => 1,
                None => break,
            };
        }
        next
    }

    /// The text of a word, if there is one and nothing in it is expanded.
    fn literal(&self, index: usize) -> Option<&str> {
        self.words.get(index).and_then(Word::literal)
    }

    /// The first word, as it names a builtin or a program.
    pub(super) fn name(&self) -> &str {
        self.literal(0).unwrap_or_default()
    }

    /// Notes that the program is no other one of its name.
    pub(super) fn set_own(&mut self) {
        self.program_at = 0;
    }

    /// The name of the program, without its directory unless it is one of the app.
    pub(super) fn program(&self) -> &str {
        self.words.first().map_or("", |word| &word.text[self.program_at..])
    }

    /// The one of some commands that this is.
    pub(super) fn is_one_of(&self, commands: &[Words]) -> Option<Words> {
        self.one_of(self.program(), commands)
    }

    /// The one of some commands that this is, if `program` is the name of its program.
    fn one_of(&self, program: &str, commands: &[Words]) -> Option<Words> {
        // Most start with another letter.
        let may_be = |words: &Words| words.as_bytes().first() == program.as_bytes().first();
        commands.iter().copied().find(|words| may_be(words) && self.begins_with(program, words))
    }

    /// The misuses of its program that this command is, each with what shows it, a flag or else the command, and the word
    /// to point at.
    pub(super) fn misuses(&self) -> impl Iterator<Item = (&'static Misuse, &'static str, &Word<'a>)> {
        let name = self.program();
        let unversioned = name.trim_end_matches(|c: char| c == '.' || c.is_ascii_digit());
        let is_known = unversioned == name || !misuses(name).is_empty();
        let program = if is_known { name } else { unversioned };
        misuses(program).iter().filter_map(move |misuse| {
            if !self.begins_with(program, misuse.command) || self.first_of(misuse.unless).is_some() {
                return None;
            }
            let program = self.words.first()?;
            match misuse.flags {
                [] => Some((misuse, misuse.command, program)),
                flags => {
                    let (flag, word) = self.first_of(flags)?;
                    Some((misuse, flag, if flag.starts_with('-') { word } else { program }))
                }
            }
        })
    }

    /// Whether the command begins with these words. Some options may be between them.
    fn begins_with(&self, program: &str, words: Words) -> bool {
        let is_program = |rest: &&str| rest.is_empty() || rest.starts_with(' ');
        let Some(subcommands) = words.strip_prefix(program).filter(is_program) else { return false };
        let options = BEFORE_SUBCOMMANDS.iter().find(|(name, ..)| *name == program);
        let mut next = 1;
        subcommands.split_ascii_whitespace().all(|word| {
            if let Some((_, values, flags)) = options {
                next = self.behind_options(next, values, flags);
            }
            next += 1;
            self.literal(next - 1) == Some(word)
        })
    }
}

/// What is between an option and its value, if a word is or starts with the option: a blank if the value is the next word.
pub(super) fn glue(word: &str, option: &str) -> Option<&'static str> {
    let is_letter = option.len() == 2 && !option.starts_with("--");
    match word.strip_prefix(option)?.as_bytes() {
        _ if option.ends_with('=') => Some(""),
        [] => Some(" "),
        [b'=', ..] => Some("="),
        _ if is_letter => Some(""),
        _ => None,
    }
}

/// Whether the environment of a process may say on which host a server listens.
pub(super) fn may_tell_host(planned: &Planned, commands: &[Command]) -> bool {
    commands.iter().any(Command::may_tell_host) || planned.env.iter().any(|(name, _)| names_host(name))
}

/// Whether a text contains the name of a variable that tells servers where to listen.
fn names_host(text: &str) -> bool {
    const NAMES: [&str; 5] = ["HOST", "BIND", "UDS", "_FD", "CMD_ARGS"];
    let is_first = |byte: u8| matches!(byte, b'H' | b'B' | b'U' | b'_' | b'C');
    let rest = |at: usize| &text.as_bytes()[at..];
    let mut starts = text.bytes().enumerate().filter(|(_, byte)| is_first(*byte));
    starts.any(|(at, _)| NAMES.iter().any(|name| rest(at).starts_with(name.as_bytes())))
}

/// Whether this is the name of a Python interpreter.
fn is_python(name: &str) -> bool {
    name.strip_prefix("python").is_some_and(|rest| rest.bytes().all(|b| b == b'.' || b.is_ascii_digit()))
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.'))
}
