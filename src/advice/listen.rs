//! Reads from the options of a server where it listens.

use crate::advice::address::{Address, is_loopback, is_port, variable};
use crate::advice::command::{Command, Given, Word};
use crate::advice::problems::Advice;
use crate::advice::programs::Server;

/// What all commands of a web process say together about where it listens.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// Whether any reads `$PORT`.
    pub(super) uses_port: bool,
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
    let unexpanded = [&port, &bind].into_iter().flatten().map(|given| given.word).find(|word| names_port(word));
    let unexpanded = unexpanded.map(|word| (Advice::UnexpandedPort { in_array: in_array(word) }, word));

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
    [unexpanded, hardcoded, by_default.or(in_bind).or(in_host)].into_iter().flatten().collect()
}
