//! Gives advice on commands that cannot do in a container what they are meant to (O3, O4). Pure.
//!
//! It reads words, not text: a command counts only where its program and the option in question are literal words, and
//! nothing is said of what is in doubt.

mod command;
mod listen;
pub mod servers;

use crate::diagnostics::{Diagnostics, Span, problems};
use crate::plan::Planned;
use crate::process::{Command as Written, Process};
use crate::run::{Image, Place, Presence, Run, in_app};
use crate::sources::{Source, Sources};
use command::{Command, Word, file_name, names_host};
use listen::{Listening, listening};
use servers::{BACKGROUND, DEVELOPMENT, PROXIES, REFUSED, SERVERS, shown_by};
use std::borrow::Cow;

problems! {
    /// What a command does that cannot be meant for a container.
    pub enum Advice {
        /// A web server with a port of its own (O4).
        Warning "hardcoded-port" HardcodedPort {
            /// The port.
            port: String,
            /// What to write in its place.
            instead: String,
            /// Whether the command is an array, in which nothing is expanded.
            in_array: bool,
        },
        /// `$PORT` where nothing expands it.
        Warning "unexpanded-port" UnexpandedPort {
            /// Whether the command is an array; else it is in quotes.
            in_array: bool,
        },
        /// A web server that only its own container can reach (O4).
        Warning "loopback-bind" LoopbackBind {
            /// The program.
            program: String,
            /// The address.
            address: String,
            /// Whether it listens there because it was told nothing.
            by_default: bool,
            /// What to write: in place of the address, or in addition.
            instead: String,
        },
        /// A file of the app that is not there, or that cannot be executed (O4).
        Warning "missing-program" MissingProgram {
            /// The file as written.
            program: String,
            /// Whether it is there.
            exists: bool,
        },
        /// A program, or an option of one, that its own documentation keeps out of production.
        Warning "development-only" DevelopmentOnly {
            /// What shows it: a program, or an option of it.
            shown_by: String,
            /// What to run instead.
            instead: &'static str,
        },
        /// A program that leaves its process, with which the container ends.
        Warning "background-program" BackgroundProgram {
            /// The program.
            program: String,
            /// What keeps it.
            keep: &'static str,
        },
        /// A program whose log goes to a file, where no platform looks for it.
        Warning "logs-to-file" LogsToFile {
            /// The file as written.
            file: String,
        },
        /// An option that a program does not have.
        Warning "refused-option" RefusedOption {
            /// The program.
            program: String,
            /// The option.
            option: String,
            /// What to write.
            instead: &'static str,
        },
        /// A `.profile`, which nothing reads (O3).
        Warning "unused-profile" UnusedProfile,
        /// `sudo`, which run images do not have.
        Warning "needless-sudo" NeedlessSudo,
    }
}

/// Gives advice on a process type, whose command stands in the text `content`.
pub fn advise(process: &Process, run: &Run, content: &str, image: &Image, problems: &mut Diagnostics) {
    let at = process.command.at;
    let line = match &process.command.value {
        Written::Line(line) => line.as_ref(),
        Written::Words(_) => "",
    };
    let place = Place::new(at, content, line);
    let place_of = |word: &Word| word.place(line).map_or(at, |range| place.of(range));
    let commands = command::commands(process, run);
    if let Some(first) = commands.first().filter(|first| !first.position.conditional) {
        missing_program(first, process, image, problems, &place_of);
    }
    let is_web = process.name.value == "web";
    let has_jobs = commands.iter().any(|command| command.position.background);
    let has_proxy = || commands.iter().any(|command| command.words.iter().any(is_proxy));
    let known = (is_web && !has_jobs && !has_proxy()).then(|| Known {
        uses_port: commands.iter().any(Command::uses_port),
        is_told: commands.iter().any(Command::may_tell_host) || process.env.iter().any(|(name, _)| names_host(name)),
        args: &process.args,
    });
    let number = commands.len();
    for (index, command) in commands.into_iter().enumerate() {
        let is_last = index + 1 == number;
        let Some(mut command) = command.started().filter(|command| !command.position.conditional) else { continue };
        if command.program() == "sudo" {
            problems.push(Advice::NeedlessSudo, place_of(&command.words[0]));
            let Some(behind) = command.behind_sudo() else { continue };
            command = behind;
        }
        if let Some(log) = command.log.as_ref().filter(|log| is_last && !has_jobs && is_file(log)) {
            problems.push(Advice::LogsToFile { file: log.text.to_string() }, place_of(log));
        }
        for (advice, word) in by_program(&command, is_last, has_jobs) {
            problems.push(advice, place_of(word));
        }
        if let Some(known) = known {
            listen(&command, is_last, known, problems, &place_of);
        }
    }
}

/// Advice on a `.profile` of the app, which other tools source, unless a command reads it.
pub fn advise_on_profile(plan: &[Planned], sources: &Sources, problems: &mut Diagnostics) {
    let reads_it = |planned: &Planned| match &planned.written {
        Written::Line(line) => line.contains(".profile"),
        Written::Words(words) => words.iter().any(|word| word.contains(".profile")),
    };
    if sources.text(Source::Profile).is_some() && !plan.is_empty() && !plan.iter().any(reads_it) {
        problems.push(Advice::UnusedProfile, Span::new(Source::Profile, 0..0));
    }
}

/// Advice that the program itself asks for, and the word that shows it.
fn by_program<'c, 'a>(command: &'c Command<'a>, is_last: bool, has_jobs: bool) -> Vec<(Advice, &'c Word<'a>)> {
    let mut found = Vec::new();
    for one in DEVELOPMENT {
        if let Some(word) = shown_by(command, one.words, one.flags) {
            let shown_by = if one.flags.is_empty() { one.words } else { one.flags }.join(" ");
            found.push((Advice::DevelopmentOnly { shown_by, instead: one.instead }, word));
        }
    }
    let program = || command.program().to_string();
    if is_last && command.position.background {
        found.push((Advice::BackgroundProgram { program: program(), keep: "drop the `&`" }, &command.words[0]));
    }
    for one in BACKGROUND.iter().filter(|_| is_last && !has_jobs) {
        if let Some(word) = shown_by(command, one.words, one.flags)
            && command.first_of(one.unless).is_none()
        {
            found.push((Advice::BackgroundProgram { program: program(), keep: one.keep }, word));
        }
    }
    for one in REFUSED.iter().filter(|one| command.begins_with(one.words)) {
        if let Some((option, word)) = command.first_of(one.options) {
            let option = option.to_string();
            found.push((Advice::RefusedOption { program: program(), option, instead: one.instead }, word));
        }
    }
    found
}

fn is_proxy(word: &Word) -> bool {
    word.literal().is_some_and(|text| PROXIES.contains(&file_name(text)))
}

/// Whether what takes a log is a file: devices may lead to the log of the container.
fn is_file(log: &Word) -> bool {
    log.literal().is_some_and(|path| !path.starts_with("/dev/") && !path.starts_with("/proc/"))
}

/// What all commands of a process say together.
#[derive(Clone, Copy)]
struct Known<'k> {
    /// Whether any reads `$PORT`.
    uses_port: bool,
    /// Whether the environment may say on which host a server listens.
    is_told: bool,
    /// Arguments in which nothing is expanded.
    args: &'k [Cow<'k, str>],
}

/// Where a web server listens: on which port, and on which address.
fn listen(
    command: &Command,
    is_last: bool,
    known: Known,
    problems: &mut Diagnostics,
    place_of: &dyn Fn(&Word) -> Span,
) {
    let Known { uses_port, is_told, args } = known;
    let in_array = |word: &Word| command.in_array || args.contains(&word.text);
    if let Some((word, port)) = command.assigned_port().filter(|_| !uses_port && is_last) {
        let instead = format!("PORT=${{PORT:-{port}}}");
        let advice = Advice::HardcodedPort { port: port.to_string(), instead, in_array: in_array(word) };
        problems.push(advice, place_of(word));
    }
    let Some(server) = SERVERS.iter().find(|server| command.begins_with(server.words)) else { return };
    let Listening { loopback, port, unexpanded } = listening(command, server, is_told);
    if let Some(word) = unexpanded {
        problems.push(Advice::UnexpandedPort { in_array: in_array(word) }, place_of(word));
    }
    if let Some((word, port, instead)) = port.filter(|_| !uses_port) {
        problems.push(Advice::HardcodedPort { port, instead, in_array: in_array(word) }, place_of(word));
    }
    if let Some((word, address, instead, by_default)) = loopback {
        let program = command.program().to_string();
        problems.push(Advice::LoopbackBind { program, address, by_default, instead }, place_of(word));
    }
}

/// The first program, if a path names it that leads nowhere: what runs later may be made by what runs before.
fn missing_program(
    command: &Command,
    process: &Process,
    image: &Image,
    problems: &mut Diagnostics,
    place_of: &dyn Fn(&Word) -> Span,
) {
    let is_exec = command.words.first().is_some_and(|word| word.text == "exec");
    let Some(word) = command.words.get(usize::from(is_exec)) else { return };
    let path =
        word.literal().filter(|program| !program.starts_with('/') && !program.split('/').any(|part| part == ".."));
    let Some((program, path)) = path.and_then(|program| Some((program, in_app(program, process, image)?))) else {
        return;
    };
    let exists = match image.surroundings.presence(&path) {
        Presence::Executable => return,
        Presence::NotExecutable => true,
        Presence::Missing => false,
    };
    problems.push(Advice::MissingProgram { program: program.to_string(), exists }, place_of(word));
}
