//! Reads from the options of a server where it listens.

use crate::advice::address::{Address, is_loopback, is_port, variable};
use crate::advice::command::{Command, Given, Word};
use crate::advice::problems::Advice;
use crate::advice::programs::Server;
use crate::advice::variable::{USUAL_PORT, expansions};

/// What all commands of a web process say together about where it listens.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// Whether any reads `$PORT`.
    pub(super) uses_port: bool,
    /// Whether `PORT` may have a value that the platform has not set.
    pub(super) may_set_port: bool,
    /// Whether the environment may say on which host a server listens.
    pub(super) is_told: bool,
}

/// Advice on where a server listens, each with the word that shows it. `in_array`: whether nothing expands a word, because
/// it is in an array or in `args`.
pub(super) fn advice<'c, 'a>(
    command: &'c Command<'a>,
    server: &Server,
    known: Known,
    in_array: &dyn Fn(&Word) -> bool,
) -> Vec<(Advice, &'c Word<'a>)> {
    let options = (command.option(server.host), command.option(server.port), command.option(server.bind));
    let (Ok(host), Ok(port), Ok(bind)) = options else { return Vec::new() };
    if command.first_of(server.unless).is_some() {
        return Vec::new();
    }
    let names_port =
        |word: &Word| word.is_literal && ["$PORT", "${PORT", "$(PORT"].iter().any(|name| word.text.contains(name));
    // In an array, it is not only the port that is not expanded.
    let unexpanded = [&port, &bind].into_iter().flatten().map(|given| given.word);
    let unexpanded = unexpanded.into_iter().find(|word| names_port(word) && !in_array(word));
    let unexpanded = unexpanded.map(|word| (Advice::UnexpandedPort, word));
    let unset = [&bind, &port].into_iter().flatten().find_map(unset_port).filter(|_| !known.may_set_port);

    let bound = bind.as_ref().and_then(|bind| Some((bind, Address::of(bind.value)?)));
    let fixed = |given: &Given<'c, 'a>, port: &str, instead: &str| {
        let (port, instead) = (port.to_string(), given.with(instead));
        (Advice::HardcodedPort { port, instead, in_array: in_array(given.word) }, given.word)
    };
    let in_port = port.filter(|port| is_port(port.value)).map(|port| fixed(&port, port.value, &variable(port.value)));
    let in_bind = bound.as_ref().filter(|(_, address)| is_port(address.port));
    let in_bind = in_bind.map(|(bind, address)| fixed(bind, address.port, &address.fixed()));
    let hardcoded = in_bind.or(in_port).filter(|_| !known.uses_port);

    let loopback = |word, address: &str, by_default, instead| {
        let (program, address) = (command.program().to_string(), address.to_string());
        (Advice::LoopbackBind { program, address, by_default, instead }, word)
    };
    let options = [server.host, server.port, server.bind];
    let is_told = known.is_told || host.is_some() || bind.is_some() || command.has_free_words(options);
    let by_default = server.loopback.filter(|_| !is_told).zip(command.words.first());
    let by_default = by_default.map(|((address, option), word)| loopback(word, address, true, option.to_string()));
    let in_host = host.as_ref().filter(|host| is_loopback(host.value));
    let in_host = in_host.map(|host| loopback(host.word, host.value, false, host.with("0.0.0.0")));
    let in_bind = bound.as_ref().filter(|(_, address)| is_loopback(address.host));
    let in_bind = in_bind.map(|(bind, address)| loopback(bind.word, address.host, false, bind.with(&address.fixed())));
    [unexpanded, unset, hardcoded, by_default.or(in_bind).or(in_host)].into_iter().flatten().collect()
}

/// Advice on a `$PORT` without a default (O6).
fn unset_port<'c, 'a>(given: &Given<'c, 'a>) -> Option<(Advice, &'c Word<'a>)> {
    if given.word.is_literal {
        return None;
    }
    let bare = expansions(given.value).find(|expansion| expansion.operation.is_empty())?;
    let (before, after) = (&given.value[..bare.at.start], &given.value[bare.at.end..]);
    let instead = given.with(&format!("{before}{}{after}", variable(&USUAL_PORT.to_string())));
    Some((Advice::UnsetPort { instead }, given.word))
}

/// The port that the options of a server fix, unless only its own container can reach it.
pub(super) fn fixed_port(command: &Command, server: &Server) -> Option<u16> {
    let options = (command.option(server.host), command.option(server.port), command.option(server.bind));
    let (Ok(host), Ok(port), Ok(bind)) = options else { return None };
    let bound = bind.as_ref().and_then(|bind| Address::of(bind.value));
    let hosts = [host.as_ref().map(|host| host.value), bound.as_ref().map(|bound| bound.host)];
    let is_hidden = hosts.into_iter().flatten().any(is_loopback)
        || (server.loopback.is_some() && host.is_none() && bind.is_none())
        || command.first_of(server.unless).is_some();
    let ports = [bound.as_ref().map(|bound| bound.port), port.as_ref().map(|port| port.value)];
    let port = ports.into_iter().flatten().find(|port| is_port(port)).filter(|_| !is_hidden)?;
    port.parse().ok()
}
