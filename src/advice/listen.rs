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
}

/// Where a server listens. `is_told`: whether the environment may name its host.
pub(super) fn listening<'c, 'a>(command: &'c Command<'a>, server: &Server, is_told: bool) -> Listening<'c, 'a> {
    let mut found = Listening::default();
    let options = (command.option(server.host), command.option(server.port), command.option(server.bind));
    let (Ok(host), Ok(port), Ok(bind)) = options else { return found };
    if command.first_of(server.unless).is_some() {
        return found;
    }
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
    // One URL of several may be as it should be.
    if let Some(bind) = bind.as_ref().filter(|bind| !bind.value.contains([';', ','])) {
        let address = Address::of(bind.value);
        let fixed = bind.with(&address.fixed());
        if is_loopback(address.host) {
            found.loopback = Some((bind.word, address.host.to_string(), fixed.clone(), false));
        }
        if is_port(address.port) {
            found.port = Some((bind.word, address.port.to_string(), fixed));
        }
    }
    let is_told = is_told || host.is_some() || bind.is_some() || command.may_be_told_host();
    if let (false, Some((address, instead))) = (is_told, server.loopback) {
        found.loopback = command.words.first().map(|word| (word, address.to_string(), instead.to_string(), true));
    }
    found
}

/// The parts of `HOST:PORT`, `[HOST]:PORT`, `HOST`, `PORT` or `SCHEME://HOST:PORT/…`.
struct Address<'v> {
    scheme: &'v str,
    host: &'v str,
    port: &'v str,
    rest: &'v str,
}

impl<'v> Address<'v> {
    fn of(value: &'v str) -> Self {
        let start = value.find("://").map_or(0, |at| at + 3);
        let (scheme, address) = value.split_at(start);
        let (address, rest) = address.split_at(address.find(['/', '?']).unwrap_or(address.len()));
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port),
            _ if is_port(address) => ("", address),
            _ => (address, ""),
        };
        Self { scheme, host, port, rest }
    }

    /// The address that a container should have: every interface, and the platform's port.
    fn fixed(&self) -> String {
        let host = if is_loopback(self.host) { "0.0.0.0" } else { self.host };
        let port = if is_port(self.port) { variable(self.port) } else { self.port.to_string() };
        let colon = if host.is_empty() && self.port.is_empty() { "" } else { ":" };
        let colon = if self.port.is_empty() { "" } else { colon };
        format!("{}{host}{colon}{port}{}", self.scheme, self.rest)
    }
}

/// Whether nothing outside the container reaches a host.
fn is_loopback(host: &str) -> bool {
    let is_ipv4 = host.strip_prefix("127.").is_some_and(|rest| rest.bytes().all(|b| b == b'.' || b.is_ascii_digit()));
    is_ipv4 || matches!(host, "localhost" | "::1" | "[::1]")
}

/// Whether a text is a port: not 0, which stands for any.
fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0)
}

fn variable(port: &str) -> String {
    format!("${{PORT:-{port}}}")
}
