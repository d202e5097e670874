//! Reads from the options of a server where it listens.

use super::command::{Command, Word};
use super::servers::Server;

/// What of a server's address is no good in a container.
#[derive(Debug, Default)]
pub(super) struct Listening<'c, 'a> {
    /// A loopback address: the word that shows it, the address, what to write, and whether it is the default.
    pub(super) loopback: Option<(&'c Word<'a>, String, String, bool)>,
    /// A port that is a number: its word, the number, and what to write.
    pub(super) port: Option<(&'c Word<'a>, String, String)>,
    /// A word that names the variable `PORT`, in which nothing is expanded.
    pub(super) unexpanded: Option<&'c Word<'a>>,
}

/// Where a server listens. `is_told`: whether the environment may name its host.
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
    if let Some(host) = &host
        && is_loopback(host.value)
    {
        found.loopback = Some((host.word, host.value.to_string(), host.with("0.0.0.0"), false));
    }
    if let Some(port) = &port
        && is_port(port.value)
    {
        found.port = Some((port.word, port.value.to_string(), port.with(&variable(port.value))));
    }
    if let Some((bind, address)) = bind.as_ref().and_then(|bind| Some((bind, Address::of(bind.value)?))) {
        let fixed = bind.with(&address.fixed());
        if is_loopback(address.host) {
            found.loopback = Some((bind.word, address.host.to_string(), fixed.clone(), false));
        }
        if is_port(address.port) {
            found.port = Some((bind.word, address.port.to_string(), fixed));
        }
    }
    let options = [server.host, server.port, server.bind];
    let is_told = is_told || host.is_some() || bind.is_some() || command.has_free_words(&options);
    if let (false, Some((address, instead))) = (is_told, server.loopback) {
        found.loopback = command.words.first().map(|word| (word, address.to_string(), instead.to_string(), true));
    }
    found
}

/// The parts of `HOST:PORT`, `[HOST]:PORT`, `HOST`, `PORT` or `SCHEME://HOST:PORT/…`.
struct Address<'v> {
    before: &'v str,
    host: &'v str,
    colon: &'v str,
    port: &'v str,
    after: &'v str,
}

impl<'v> Address<'v> {
    /// The address, unless it is a socket, or one URL of several, of which another may be as it should be.
    fn of(value: &'v str) -> Option<Self> {
        let start = value.find("://").map_or(0, |at| at + "://".len());
        let (before, address) = value.split_at(start);
        if !matches!(before, "" | "http://" | "https://" | "ssl://" | "tcp://") || value.contains([';', ',']) {
            return None;
        }
        let (address, after) = address.split_at(address.find(['/', '?']).unwrap_or(address.len()));
        let (host, colon, port) = match address.rsplit_once(':') {
            // Without brackets, more than one colon is an address of IPv6 alone.
            Some((host, port)) if !port.contains(']') && (!host.contains(':') || host.ends_with(']')) => {
                (host, ":", port)
            }
            _ if is_port(address) => ("", "", address),
            _ => (address, "", ""),
        };
        Some(Self { before, host, colon, port, after })
    }

    /// The address that a container should have: every interface, and the platform's port.
    fn fixed(&self) -> String {
        let Self { before, host, colon, port, after } = self;
        let host = if is_loopback(host) { "0.0.0.0" } else { host };
        let port = if is_port(port) { variable(port) } else { (*port).to_string() };
        format!("{before}{host}{colon}{port}{after}")
    }
}

/// Whether nothing outside the container reaches a host.
fn is_loopback(host: &str) -> bool {
    let is_ipv4 = host.strip_prefix("127.").is_some_and(|rest| rest.bytes().all(|b| b == b'.' || b.is_ascii_digit()));
    is_ipv4 || matches!(host, "localhost" | "::1" | "[::1]")
}

/// Whether a text is a port: not 0, which stands for any.
pub(super) fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0)
}

fn variable(port: &str) -> String {
    format!("${{PORT:-{port}}}")
}
