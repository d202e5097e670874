//! On which port a process listens, as far as its command says (O5).

use crate::advice::command::{Command, file_name};
use crate::advice::listen;
use crate::advice::placeholder::placeholders;
use crate::advice::programs::{PROXIES, SERVERS};
use crate::advice::variable::{PORT, USUAL_PORT, expansions, names_port};
use crate::plan::{Planned, Port};

/// The port of a process, if its command, arguments or environment say so.
pub(super) fn port(planned: &Planned, commands: &[Command]) -> Option<Port> {
    let words = || commands.iter().flat_map(Command::all_words);
    let mut naming = words().filter(|word| names_port(&word.text)).peekable();
    let is_named = naming.peek().is_some() || !planned.env.is_empty();
    if naming.any(|word| placeholders(&word.text).next().is_some()) {
        return None;
    }
    let has_proxy = || words().any(|word| word.literal().is_some_and(|text| PROXIES.contains(&file_name(text))));
    fixed(commands).filter(|_| !has_proxy()).or_else(|| if is_named { of_variable(planned, commands) } else { None })
}

/// The port that the options of the last server fix.
fn fixed(commands: &[Command]) -> Option<Port> {
    let is_alone = |command: &&Command| !command.position.background && !command.position.conditional;
    let last = commands.last().filter(is_alone).filter(|command| names_server(command) && !command.uses_port())?;
    let command = last.clone().started()?;
    let server = SERVERS.iter().find(|server| command.is_one_of(server.commands).is_some())?;
    Some(Port { number: listen::fixed_port(&command, server)?, is_to_be_set: false })
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
