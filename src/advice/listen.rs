//! Reads from the options of a server where it listens.

use crate::advice::address::{Address, is_loopback, is_port, variable};
use crate::advice::command::{Command, Word};
use crate::advice::programs::Server;

/// What is wrong with the address of a server in a container.
#[derive(Debug, Default)]
pub(super) struct Listening<'c, 'a> {
    pub(super) loopback: Option<Loopback<'c, 'a>>,
    pub(super) port: Option<FixedPort<'c, 'a>>,
    /// A word that contains the variable `PORT` where nothing expands it.
    pub(super) unexpanded: Option<&'c Word<'a>>,
}

/// A loopback address.
#[derive(Debug)]
pub(super) struct Loopback<'c, 'a> {
    /// The word that shows it.
    pub(super) word: &'c Word<'a>,
    pub(super) address: String,
    /// What to write, or what to add.
    pub(super) instead: String,
    /// Whether it is what the server does without an option.
    pub(super) by_default: bool,
}

/// A port that is a number.
#[derive(Debug)]
pub(super) struct FixedPort<'c, 'a> {
    /// The word that shows it.
    pub(super) word: &'c Word<'a>,
    pub(super) port: String,
    /// What to write.
    pub(super) instead: String,
}

/// Where a server listens. `is_told`: whether the environment may set its host.
pub(super) fn listening<'c, 'a>(command: &'c Command<'a>, server: &Server, is_told: bool) -> Listening<'c, 'a> {
    let mut found = Listening::default();
    let options = (command.option(server.host), command.option(server.port), command.option(server.bind));
    let (Ok(host), Ok(port), Ok(bind)) = options else { return found };
    if command.first_of(server.unless).is_some() {
        return found;
    }
    let names_port =
        |word: &Word| word.is_literal && ["$PORT", "${PORT", "$(PORT"].iter().any(|name| word.text.contains(name));
    found.unexpanded = [&port, &bind].into_iter().flatten().map(|given| given.word).find(|word| names_port(word));
    if let Some(host) = host.as_ref().filter(|host| is_loopback(host.value)) {
        let (address, instead) = (host.value.to_string(), host.with("0.0.0.0"));
        found.loopback = Some(Loopback { word: host.word, address, instead, by_default: false });
    }
    if let Some(port) = port.as_ref().filter(|port| is_port(port.value)) {
        let instead = port.with(&variable(port.value));
        found.port = Some(FixedPort { word: port.word, port: port.value.to_string(), instead });
    }
    if let Some((bind, address)) = bind.as_ref().and_then(|bind| Some((bind, Address::of(bind.value)?))) {
        let instead = bind.with(&address.fixed());
        if is_loopback(address.host) {
            let (address, instead) = (address.host.to_string(), instead.clone());
            found.loopback = Some(Loopback { word: bind.word, address, instead, by_default: false });
        }
        if is_port(address.port) {
            found.port = Some(FixedPort { word: bind.word, port: address.port.to_string(), instead });
        }
    }
    let options = [server.host, server.port, server.bind];
    let is_told = is_told || host.is_some() || bind.is_some() || command.has_free_words(options);
    if let (false, Some((address, instead)), Some(word)) = (is_told, server.loopback, command.words.first()) {
        let (address, instead) = (address.to_string(), instead.to_string());
        found.loopback = Some(Loopback { word, address, instead, by_default: true });
    }
    found
}
