//! Gives advice on commands that cannot do their job in a container (O3, O4). Pure.
//!
//! It reads words, not text: a command counts only if its program and the option in question are literal words, and
//! nothing is said where there is doubt.

mod address;
mod command;
mod listen;
mod missing;
pub(crate) mod misread;
pub mod misuse;
mod module;
mod option;
mod own;
mod package;
mod placeholder;
mod port;
pub(crate) mod problems;
pub mod programs;
mod refused;
mod variable;

use crate::diagnostics::{Diagnostics, Problem};
use crate::merge::Merged;
use crate::parse::Command as Written;
use crate::parse::names::{environment_of, is_for_developers};
use crate::plan::{Form, Image, Place, Planned, Port};
use crate::shell::{Dialect, is_builtin};
use crate::text::quote::{is_plain_line, toml_string};
use crate::text::{Source, Sources, Span, Text, file_name};
use command::{At, Command, Word, may_tell_host};
use listen::{Known, Url};
use misread::elsewhere::{self, Interactive};
use misread::literal;
use misread::problems::Misread;
use missing::Finder;
use misuse::{Kind, Misuse};
use package::Packages;
use placeholder::placeholders;
use problems::{Advice, Quotes};
use programs::SERVERS;
use variable::{PORT, may_set, names_port};

/// Advice on placeholders for the port that only another tool replaces (O6), and on what only a shell would expand (T9). It
/// reads text and comes before the plan, because no shell may be able to read the command.
pub fn advise_on_placeholders(merged: &[Merged], sources: &Sources, problems: &mut Diagnostics) {
    for Merged { process, .. } in merged {
        if !is_for_development(process.name.at.source, sources) {
            placeholder::advise(process, sources, problems);
            literal::advise(process, sources, problems);
        }
    }
}

/// Gives advice on all process types, and says on which port each listens.
pub fn advise(plan: &mut [Planned], sources: &Sources, image: &Image, problems: &mut Diagnostics) {
    let mut packages = Packages::default();
    for planned in plan.iter_mut() {
        planned.port = advise_on(planned, sources, image, &mut packages, problems);
    }
    advise_on_profile(plan, sources, problems);
}

/// Gives advice on a process type, and returns the port on which it listens.
fn advise_on(
    planned: &Planned,
    sources: &Sources,
    image: &Image,
    packages: &mut Packages,
    problems: &mut Diagnostics,
) -> Option<Port> {
    let at = planned.written.at;
    let commands = command::commands(planned, image.budget);
    let port = port::port(planned, &commands, image);
    if let Some(advice) = quoted_command(planned, image) {
        let place = Place::new(at, planned.written.value.line(), sources);
        let is_array = matches!(planned.written.value, Written::Words(_));
        problems.push(advice, if is_array { place.of_element(0) } else { place.of_line() });
    } else if !is_for_development(at.source, sources) {
        Advisor::new(planned, commands, sources, problems).advise(image, packages);
    }
    port
}

/// Whether the name of a file (`Procfile.dev`) says that it is not meant for production.
fn is_for_development(source: Source, sources: &Sources) -> bool {
    let is_for = |text: &Text| environment_of(file_name(&text.name)).is_some_and(is_for_developers);
    sources.text(source).is_some_and(is_for)
}

/// A program in exec form whose name contains a blank is a command line that quotes turned into one word, unless there is
/// such a program.
fn quoted_command(planned: &Planned, image: &Image) -> Option<Advice> {
    if let Some(program) = in_backticks(planned.written.value.line()) {
        return Some(Advice::QuotedCommand { program: program.to_string(), quotes: Quotes::Backticks });
    }
    let program = planned.run.command.first().filter(|_| planned.run.form == Form::Exec)?;
    let exists = || program.contains('/') && image.head(program, planned.working_dir.as_deref()).is_some();
    if !program.trim().contains([' ', '\t']) || exists() {
        return None;
    }
    let quotes = match &planned.written.value {
        Written::Words(words) if words.len() == 1 => Quotes::Array,
        Written::Words(words) if words.iter().all(|word| word.trim().contains(' ')) => {
            Quotes::Lines { instead: toml_string(&words.join(" && ")) }
        }
        Written::Line(line) if !line.starts_with(['"', '\'']) => return None,
        Written::Line(line) if let Some(instead) = windows_path(program, line) => Quotes::Windows { instead },
        Written::Line(_) if planned.written.at.source == Source::ProjectToml => Quotes::Toml,
        Written::Line(_) => Quotes::Shell,
        Written::Words(_) | Written::Earlier(_) => return None,
    };
    Some(Advice::QuotedCommand { program: program.to_string(), quotes })
}

/// A command line whose program is a path of Windows in quotes, with the name of that program, or what stands for it.
fn windows_path(program: &str, line: &str) -> Option<String> {
    let (_, path) = program.split_once(":\\").filter(|(drive, _)| drive.len() == 1)?;
    let name = path.rsplit('\\').next()?.to_ascii_lowercase();
    let name = name.strip_suffix(".exe").filter(|name| is_plain_line(name) && !name.contains(' '));
    let quote = line.chars().next()?;
    let rest = line[1..].split_once(quote)?.1;
    Some(format!("{}{rest}", name.unwrap_or("PROGRAM")))
}

/// What backticks around a whole command contain, if it is a server: another program may print the command to run.
fn in_backticks(line: &str) -> Option<&str> {
    let command = line.strip_prefix('`')?.strip_suffix('`').filter(|command| !command.contains('`'))?;
    let program = file_name(command.split([' ', '\t']).next()?);
    let is_server = names_port(command) || SERVERS.iter().any(|server| server.commands.contains(&program));
    is_server.then_some(command)
}

/// Advice on a `.profile` of the app, which other tools source, unless a command reads it.
fn advise_on_profile(plan: &[Planned], sources: &Sources, problems: &mut Diagnostics) {
    let reads_it = |planned: &Planned| match &planned.written.value {
        Written::Line(line) => line.contains(".profile"),
        Written::Words(_) | Written::Earlier(_) => planned.run.command.iter().any(|word| word.contains(".profile")),
    };
    if sources.text(Source::Profile).is_some() && !plan.is_empty() && !plan.iter().any(reads_it) {
        problems.push(Advice::UnusedProfile, Span::new(Source::Profile, 0..0));
    }
}

/// Gives advice on one process type.
struct Advisor<'p> {
    planned: &'p Planned<'p>,
    place: Place<'p>,
    /// The place of its default arguments.
    args: Option<Place<'p>>,
    commands: Vec<Command<'p>>,
    /// Whether any command is a job in the background.
    has_jobs: bool,
    /// Whether there is only one command.
    is_alone: bool,
    problems: &'p mut Diagnostics,
}

impl<'p> Advisor<'p> {
    fn new(
        planned: &'p Planned<'p>,
        commands: Vec<Command<'p>>,
        sources: &'p Sources,
        problems: &'p mut Diagnostics,
    ) -> Self {
        let place = Place::of_command(&planned.written, sources);
        let mut commands = commands;
        // What a script without its other words does is not what it was meant to do.
        if commands.iter().any(|command| command.is_inner) && problems.has_in("unused-words", place.at) {
            commands.retain(|command| !command.is_inner);
        }
        let has_jobs = commands.iter().any(|command| command.position.background);
        let args = planned.args.as_ref().map(|args| Place::new(args.at, "", sources));
        let is_alone = commands.len() == 1;
        Self { planned, place, args, commands, has_jobs, is_alone, problems }
    }

    fn push(&mut self, advice: impl Problem, word: &Word) {
        let at = match word.place(self.place.line) {
            Some(At::Line(range)) => self.place.of(range),
            Some(At::Element(index)) => self.place.of_element(index),
            Some(At::Argument(index)) => self.args.as_ref().map_or(self.place.at, |args| args.of_element(index)),
            None => self.place.of_line(),
        };
        // What another buildpack declares has the place of the process type, and cannot be changed there.
        if self.planned.written.value.extension().is_none() || at != self.planned.origin {
            self.problems.push(advice, at);
        }
    }

    fn advise(mut self, image: &Image, packages: &mut Packages) {
        let finder = Finder { planned: self.planned, line: self.place.line, image };
        self.missing(&finder);
        self.interactive();
        self.not_meant();
        self.missing_script(image, packages);
        let known = self.known();
        let mut commands = std::mem::take(&mut self.commands).into_iter().enumerate().peekable();
        while let Some((index, command)) = commands.next() {
            let left = commands.len();
            let next = commands.peek().map(|(_, next)| next);
            let is_last = next.is_none();
            let Some(mut command) = command.started().filter(|command| !command.position.conditional) else { continue };
            if command.program() == "sudo" {
                self.push(Advice::NeedlessSudo, &command.words[0]);
                let Some(behind) = command.behind_sudo() else { continue };
                command = behind;
            }
            if let Some((advice, word)) = finder.script(&command).filter(|_| index == 0) {
                self.push(advice, word);
            }
            if let Some((advice, words)) = elsewhere::set(&command, self.place.line) {
                self.push(advice, &words);
            }
            if let Some(log) = command.log.as_ref().filter(|log| is_last && !self.has_jobs && is_file(log)) {
                match misread::swapped(log, self.place.line) {
                    Some((advice, word)) => self.push(advice, &word),
                    None => self.push(Advice::LogsToFile { file: log.text.to_string() }, log),
                }
            }
            if own::is_own(&command, self.planned, image) {
                command.set_own();
            }
            let is_refused = self.by_program(&command, next, left, &finder);
            // The option that is missing can be the one that it refuses.
            if !is_refused {
                self.listen(&command, is_last, known);
            }
        }
    }

    /// What is known about where the process listens, if it serves the web and nothing stands in front of it.
    fn known(&self) -> Option<Known> {
        let has_proxy = || self.commands.iter().any(|command| command.words.iter().any(Word::names_proxy));
        (self.planned.name == "web" && !self.has_jobs && !has_proxy()).then(|| Known {
            uses_port: self.commands.iter().any(Command::uses_port),
            may_set_port: self.may_set_port(),
            is_told: may_tell_host(self.planned, &self.commands),
        })
    }

    /// Whether `PORT` may get a value in the process itself.
    fn may_set_port(&self) -> bool {
        let line = self.planned.written.value.line();
        self.planned.env.iter().any(|(name, _)| name == PORT)
            || may_set(line)
            || placeholders(line).next().is_some()
            || self.commands.iter().any(Command::may_set_variables)
    }

    /// What the commands name and do not find.
    fn missing(&mut self, finder: &Finder) {
        let Some(first) = self.commands.first() else { return };
        // `chmod` does not help a script that no shell can run.
        let is_told = self.problems.has_in("script-needs-shell", self.place.at);
        let mut found = Vec::new();
        found.extend(finder.first(first).filter(|_| !is_told).map(owned));
        for (index, command) in self.commands.iter().enumerate() {
            found.extend(finder.off_path(command, &self.commands[..index]).map(owned));
        }
        for (advice, word) in found {
            self.push(advice, &word);
        }
    }

    /// The scripts of the app's package that commands run.
    fn missing_script(&mut self, image: &Image, packages: &mut Packages) {
        let mut found = Vec::new();
        for (index, command) in self.commands.iter().enumerate().filter(|(_, command)| !command.position.conditional) {
            let may_be_one = |word: &Word| matches!(file_name(&word.text), "npm" | "pnpm" | "yarn");
            let Some(started) = command.words.iter().any(may_be_one).then(|| command.clone().started()).flatten()
            else {
                continue;
            };
            let (before, directory) = (&self.commands[..index], self.planned.working_dir.as_deref());
            found.extend(packages.advice(&started, before, directory, image).map(owned));
        }
        for (advice, word) in found {
            self.push(advice, &word);
        }
    }

    /// A first command that starts or needs an interactive shell.
    fn interactive(&mut self) {
        let Some(first) = self.commands.first().filter(|first| !first.position.conditional) else { return };
        let Some(Interactive { command, needs_init, instead }) = Interactive::of(first) else { return };
        // bash reads the file that it names first.
        if needs_init && self.planned.env.iter().any(|(name, _)| name == "BASH_ENV") {
            return;
        }
        // `pipenv run` starts a program, with nothing before its name.
        let is_program = |next: &&Command| next.before.is_empty() && !is_builtin(next.name());
        let next = self.commands.get(1).filter(|_| self.commands.len() == 2).filter(is_program);
        let joined = next.and_then(|next| self.joined(first, next));
        let line = self.place.line.trim_end();
        let all = joined.filter(|_| first.before.is_empty()).and_then(|text| {
            let start = line.find(text)?;
            let all = Word::of_line(line, start..line.len())?;
            Some((format!("{instead} {}", line[start + text.len()..].trim_start()), all))
        });
        let is_whole = all.is_some();
        let (instead, word) = all.unwrap_or_else(|| (instead, first.words[0].clone()));
        self.push(Misread::InteractiveShell { command, needs_init, instead, is_whole }, &word);
    }

    /// What a shell reads in another way than it was meant.
    fn not_meant(&mut self) {
        let (line, invocations) = (self.place.line, &self.planned.invocations);
        let found = misread::unreached(line, invocations).into_iter();
        for (advice, range) in
            found.chain(invocations.iter().filter_map(|command| misread::numbered_file(line, command)))
        {
            self.problems.push(advice, self.place.of(range));
        }
        if let Some((advice, word)) = misread::nothing_started(&self.commands).map(owned) {
            self.push(advice, &word);
        }
        let is_sh = matches!(self.planned.run.form, Form::Shell { shell: Dialect::Sh, .. });
        let of_bash = self.commands.iter().filter(|_| is_sh).filter_map(|command| misread::bash_only(command, line));
        for (advice, word) in of_bash.collect::<Vec<_>>() {
            self.push(advice, &word);
        }
        // Looking through other programs costs more than all else, and few commands have a `=`.
        let may_be_one = |command: &&Command| command.words.iter().any(|word| word.text.contains('='));
        let assigned = self.commands.iter().filter(may_be_one).filter_map(|command| {
            misread::assignment(command, line)
                .or_else(|| misread::for_nothing(command, line))
                .or_else(|| misread::assignment(&command.clone().started()?, line))
        });
        for (advice, word) in assigned.collect::<Vec<_>>() {
            self.push(advice, &word);
        }
    }

    /// Gives the advice that the program itself gives reason for, and returns whether it refuses an option. `next`: the
    /// command behind it. `left`: how many are behind it.
    fn by_program(&mut self, command: &Command, next: Option<&Command>, left: usize, finder: &Finder) -> bool {
        let is_last = left == usize::from(next.is_some_and(|next| next.name() == "disown"));
        if is_last && command.position.background {
            let keep = if next.is_none() { "delete the `&`" } else { "delete `& disown`" }.to_string();
            let program = command.program().to_string();
            self.push(Advice::BackgroundProgram { program, keep }, &command.words[0]);
        }
        let mut is_refused = false;
        for (misuse, shown_by, word) in command.misuses() {
            if matches!(misuse.kind, Kind::Refused | Kind::Means(_)) {
                // What to write for a refused address is all of it.
                if is_refused && misuse.kind != Kind::Refused {
                    continue;
                }
                if let Some((advice, words)) = refused::advice(misuse, shown_by, word, command, self.place.line) {
                    is_refused = true;
                    self.push(advice, &words);
                }
            } else if let Some(advice) = self.of_misuse((misuse, shown_by, word), command, next) {
                self.push(advice, word);
            }
        }
        for (advice, word) in module::advice(command, finder).into_iter().chain(refused::kept_by_npm(command)) {
            self.push(advice, word);
        }
        is_refused
    }

    /// Advice on a misuse of a program, which a word shows.
    fn of_misuse(
        &self,
        (misuse, shown_by, word): (&Misuse, &'static str, &Word),
        command: &Command,
        next: Option<&Command>,
    ) -> Option<Advice> {
        let instead = misuse.instead;
        let program = || command.program().to_string();
        match misuse.kind {
            Kind::Development(_) | Kind::Manager if is_for_developers(&self.planned.name) => None,
            Kind::Development(reason) => Some(Advice::DevelopmentOnly { shown_by, reason, instead }),
            Kind::Background | Kind::BackgroundByDefault if next.is_some() || self.has_jobs => None,
            Kind::BackgroundByDefault if !self.is_alone => None,
            Kind::Background | Kind::BackgroundByDefault => {
                // The value can be in the next word.
                let option = if shown_by.starts_with(word.text.as_ref()) { shown_by } else { &word.text };
                let keep = if instead.is_empty() { format!("delete `{option}`") } else { instead.to_string() };
                Some(Advice::BackgroundProgram { program: program(), keep })
            }
            Kind::Refused | Kind::Means(_) => None,
            Kind::Manager => Some(Advice::ProcessManager { manager: misuse.command, instead }),
            Kind::Install if next.is_none() && !self.is_to_run() => None,
            Kind::Build if next.is_none() && instead.is_empty() && !self.is_to_run() => None,
            Kind::Install | Kind::Build => Some(Advice::InstallAtStart {
                command: if shown_by == misuse.command {
                    shown_by.into()
                } else {
                    format!("{} {shown_by}", misuse.command)
                },
                is_build: misuse.kind == Kind::Build,
                delete: next.and_then(|next| self.joined(command, next)).map(String::from),
                instead,
            }),
        }
    }

    /// Whether the name of the process type says that it is more than a task that somebody can start.
    fn is_to_run(&self) -> bool {
        matches!(&*self.planned.name, "web" | "release")
    }

    /// A command with what joins it to the next, if that is all that there is between them: `npm install &&`.
    fn joined(&self, command: &Command, next: &Command) -> Option<&'p str> {
        let bytes = |word: &Word| if let Some(At::Line(range)) = &word.at { Some(range.clone()) } else { None };
        let start = |command: &Command| command.all_words().map(|word| Some(bytes(word)?.start)).min()?;
        let end = bytes(command.words.last()?)?.end;
        let between = self.place.line.get(end..start(next)?)?.trim();
        let text = self.place.line.get(start(command)?..start(next)?)?.trim_end();
        (matches!(between, "&&" | ";") && !text.contains('\n')).then_some(text)
    }

    /// Where a web server listens: on which port, and on which address.
    fn listen(&mut self, command: &Command, is_last: bool, known: Option<Known>) {
        let server = SERVERS.iter().find(|server| command.is_one_of(server.commands).is_some());
        if let Some(Url { advice, word, is_whole }) = server.and_then(|server| listen::url(command, server)) {
            self.push(advice, word);
            if is_whole {
                return;
            }
        }
        let Some(known) = known else { return };
        let args = self.planned.args();
        let in_array = |word: &Word| command.in_array || args.contains(&word.text);
        if let Some((word, port)) = command.assigned_port().filter(|_| !known.uses_port && is_last) {
            let instead = format!("PORT=${{PORT:-{port}}}");
            self.push(Advice::HardcodedPort { port: port.to_string(), instead, in_array: in_array(word) }, word);
        }
        let Some(server) = server else { return };
        if let Some((advice, words)) = refused::misplaced(command, server, self.place.line) {
            self.push(advice, &words);
            return;
        }
        let is_only_value = self.is_alone && self.planned.env.iter().all(|(name, _)| name != PORT);
        let late = command.late_port().filter(|_| is_only_value);
        for (advice, word) in listen::advice(command, server, known, late, &in_array) {
            self.push(advice, word);
        }
    }
}

fn owned<'a, A>((advice, word): (A, &Word<'a>)) -> (A, Word<'a>) {
    (advice, word.clone())
}

/// Whether the target of a log is a file: a device can lead to the log of the container.
fn is_file(log: &Word) -> bool {
    log.literal().is_some_and(|path| !path.starts_with("/dev/") && !path.starts_with("/proc/"))
}
