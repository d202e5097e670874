//! On which port a process listens, as far as its command says (O5).

use crate::advice::command::{Command, Word, may_tell_host};
use crate::advice::listen::{self, Reach};
use crate::advice::own;
use crate::advice::placeholder::placeholders;
use crate::advice::programs::SERVERS;
use crate::advice::variable::{PORT, USUAL_PORT, expansions, names_port};
use crate::find::Presence;
use crate::plan::{Image, Planned, Port};
use crate::text::file_name;

/// The port of a process, if its command, arguments or environment say so.
pub(super) fn port(planned: &Planned, commands: &[Command], image: &Image) -> Option<Port> {
    let words = || commands.iter().flat_map(Command::all_words);
    let mut naming = words().filter(|word| names_port(&word.text)).peekable();
    let is_named = naming.peek().is_some() || !planned.env.is_empty();
    if naming.any(|word| placeholders(&word.text).next().is_some()) {
        return None;
    }
    let has_proxy = || words().any(Word::names_proxy);
    let of_variable = || if is_named { of_variable(planned, commands) } else { None };
    match reach(planned, commands, image).filter(|_| !has_proxy()) {
        Some(Reach::Hidden) => None,
        Some(Reach::Port(number)) if !commands.last().is_some_and(Command::uses_port) => {
            Some(Port { number, is_to_be_set: false })
        }
        Some(Reach::Variable) if !may_be_configured(planned, commands, image) => {
            of_variable().or(Some(Port { number: USUAL_PORT, is_to_be_set: true }))
        }
        _ => of_variable(),
    }
}

/// Where the last command can be reached, if it is a server.
fn reach(planned: &Planned, commands: &[Command], image: &Image) -> Option<Reach> {
    let is_alone = |command: &&Command| !command.position.background && !command.position.conditional;
    let last = commands.last().filter(is_alone).filter(|command| names_server(command))?;
    let command = last.clone().started().filter(|command| !own::is_own(command, planned, image))?;
    let server = SERVERS.iter().find(|server| command.is_one_of(server.commands).is_some())?;
    Some(listen::reach(&command, server, may_tell_host(planned, commands)))
}

/// Whether gunicorn may find its configuration file, which can set another address.
fn may_be_configured(planned: &Planned, commands: &[Command], image: &Image) -> bool {
    let path = image.in_app("./gunicorn.conf.py", planned.working_dir.as_deref());
    path.is_none_or(|path| image.surroundings.presence(&path) != Presence::Missing)
        || commands.iter().any(|command| command.program() == "cd")
}

/// Whether a word may be the name of a server. Most commands have none, and need no closer look.
fn names_server(command: &Command) -> bool {
    let is_first = |server: &str, name: &str| server.as_bytes().first() == name.as_bytes().first();
    let may_be = |server: &&str, name: &str| is_first(server, name) && server.starts_with(name);
    let mut names = command.words.iter().map(|word| file_name(&word.text)).filter(|name| !name.is_empty());
    names.any(|name| SERVERS.iter().flat_map(|server| server.commands).any(|server| may_be(server, name)))
}

/// The port that is the value of `PORT`.
fn of_variable(planned: &Planned, commands: &[Command]) -> Option<Port> {
    let mut number = None;
    if let Some((_, given)) = planned.env.iter().find(|(name, _)| name == PORT) {
        number = Some(given.value.parse().ok().filter(|port| *port > 0)?);
    }
    let (mut is_set, mut is_read, mut is_to_be_set) = (number.is_some(), false, false);
    for command in commands {
        let expanded = command.all_words().filter(|word| !word.is_literal);
        for expansion in expanded.flat_map(|word| expansions(&word.text)) {
            is_read = true;
            let default = expansion.default();
            is_to_be_set |= !is_set && (default.is_none() || number.is_some_and(|number| Some(number) != default));
            number = number.or(default);
        }
        if let Some(value) = command.all_words().find_map(|word| word.text.strip_prefix("PORT=")) {
            number = number.or_else(|| value.parse().ok().filter(|port| *port > 0));
            is_set |= command.words.first().is_none_or(|word| word.text == "export");
        }
    }
    (is_read || number.is_some()).then(|| Port { number: number.unwrap_or(USUAL_PORT), is_to_be_set })
}
