//! Reads from the options of a server where it listens.

use crate::advice::address::{Address, is_loopback, is_port, variable};
use crate::advice::command::{Command, Word};
use crate::advice::option::Given;
use crate::advice::problems::Advice;
use crate::advice::programs::Server;
use crate::advice::variable::{PORT, expansions};
use crate::text::expansion::{with_default_port, with_port};

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

/// What the options of a command say about where its server listens.
struct Listening<'c, 'a> {
    host: Option<Given<'c, 'a>>,
    port: Option<Given<'c, 'a>>,
    bind: Option<Given<'c, 'a>>,
    /// Whether an option, a word that is only known at run time or the environment may say on which host.
    is_told: bool,
}

impl<'c, 'a> Listening<'c, 'a> {
    /// `is_told`: whether the environment may say on which host. `None` if an option is given more than once, or one that
    /// makes the address unknown.
    fn of(command: &'c Command<'a>, server: &Server, is_told: bool) -> Option<Self> {
        let option = |names| command.option(names).ok();
        let (host, port, bind) = (option(server.host)?, option(server.port)?, option(server.bind)?);
        if command.first_of(server.unless).is_some() {
            return None;
        }
        let options = [server.host, server.port, server.bind];
        let is_told = is_told || host.is_some() || bind.is_some() || command.has_free_words(options);
        Some(Self { host, port, bind, is_told })
    }
}

/// Advice on where a server listens, each with the word that shows it. `late`: the number that `PORT` gets only after the
/// shell has expanded it. `in_array`: whether nothing expands a word, because it is in an array or in `args`.
pub(super) fn advice<'c, 'a>(
    command: &'c Command<'a>,
    server: &Server,
    known: Known,
    late: Option<&str>,
    in_array: &dyn Fn(&Word) -> bool,
) -> Vec<(Advice, &'c Word<'a>)> {
    if let Some(unread) = quoted_option(command, server, in_array) {
        return vec![unread];
    }
    let given = Listening::of(command, server, known.is_told);
    let Some(Listening { host, port, bind, is_told }) = given else { return Vec::new() };
    if let Some(invalid) = [&port, &bind].into_iter().flatten().find_map(|given| invalid_port(given, in_array)) {
        return vec![invalid];
    }
    let names_port =
        |word: &Word| word.is_literal && ["$PORT", "${PORT", "$(PORT"].iter().any(|name| word.text.contains(name));
    // In an array, it is not only the port that is not expanded.
    let unexpanded = [&port, &bind].into_iter().flatten().map(|given| given.word);
    let unexpanded = unexpanded.into_iter().find(|word| names_port(word) && !in_array(word));
    let unexpanded = unexpanded.map(|word| (unexpanded_port(&word.text), word));
    let needs_default = late.is_some() || !known.may_set_port;
    let unset = [&bind, &port].into_iter().flatten().filter(|_| needs_default);
    let unset = unset.into_iter().find_map(|given| unset_port(given, late));

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
    let by_default = server.loopback.filter(|_| !is_told).zip(command.words.first());
    let by_default = by_default.map(|((address, option), word)| loopback(word, address, true, option.to_string()));
    let in_host = host.as_ref().filter(|host| is_loopback(host.value));
    let in_host = in_host.map(|host| loopback(host.word, host.value, false, host.with("0.0.0.0")));
    let in_bind = bound.as_ref().filter(|(_, address)| is_loopback(address.host));
    // One fix for all that is wrong with an address.
    let with_default = |fixed: String| if needs_default { with_default_of(&fixed, late) } else { fixed };
    let in_bind = in_bind
        .map(|(bind, address)| loopback(bind.word, address.host, false, bind.with(&with_default(address.fixed()))));
    [unexpanded, unset, hardcoded, by_default.or(in_bind).or(in_host)].into_iter().flatten().collect()
}

/// Advice on a `$PORT` that nothing expands. `value`: what has it.
fn unexpanded_port(value: &str) -> Advice {
    let number = value.split_once("${PORT:-").and_then(|(_, rest)| rest.split_once('}')).map(|(number, _)| number);
    let number = number.filter(|number| is_port(number));
    let instead = number.map_or_else(|| variable("8080"), variable);
    let found = if number.is_some() { instead.clone() } else { "$PORT".to_string() };
    Advice::UnexpandedPort { found, instead }
}

/// Advice on a port that is too large, or has letters that look like digits.
fn invalid_port<'c, 'a>(given: &Given<'c, 'a>, in_array: &dyn Fn(&Word) -> bool) -> Option<(Advice, &'c Word<'a>)> {
    let value = given.word.literal().map(|_| given.value)?;
    let port = value.rsplit(':').next()?;
    let meant = port.replace(['O', 'o'], "0").replace(['l', 'I'], "1");
    let is_number = (4..=6).contains(&port.len()) && meant.bytes().all(|byte| byte.is_ascii_digit());
    let has_digit = port.contains(|c: char| c.is_ascii_digit());
    if is_port(port) || !is_number || !has_digit || port.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let number = if is_port(&meant) { meant.as_str() } else { "8080" };
    let instead = if in_array(given.word) { number.to_string() } else { variable(number) };
    let (port, before) = (port.to_string(), &value[..value.len() - port.len()]);
    Some((Advice::InvalidPort { port, instead: given.with(&format!("{before}{instead}")) }, given.word))
}

/// Advice on a `$PORT` without a default (O6). `late`: the number that it gets only after the shell has expanded it.
fn unset_port<'c, 'a>(given: &Given<'c, 'a>, late: Option<&str>) -> Option<(Advice, &'c Word<'a>)> {
    if given.word.is_literal || given.value.contains(['\'', '"']) {
        return None;
    }
    expansions(given.value).find(|expansion| expansion.operation.is_empty())?;
    let value = without_stray_brace(given.value);
    let fixed = Address::of(value).map_or_else(|| value.to_string(), |address| address.fixed());
    let instead = given.with(&with_default_of(&fixed, late));
    Some((Advice::UnsetPort { instead, assigned: late.map(|port| format!("{PORT}={port}")) }, given.word))
}

/// A value without the `}` of `$PORT}`, which no `${` opens.
fn without_stray_brace(value: &str) -> &str {
    value.strip_suffix('}').filter(|rest| rest.ends_with("$PORT") && !rest.contains("${")).unwrap_or(value)
}

/// Advice on a URL of HTTP where only an address is understood.
pub(super) struct Url<'c, 'a> {
    pub(super) advice: Advice,
    pub(super) word: &'c Word<'a>,
    /// Whether it is all that is to be said of where the server listens.
    pub(super) is_whole: bool,
}

/// The URL that the options of a command give a server as a host or an address, or the port that they give it in a host.
pub(super) fn url<'c, 'a>(command: &'c Command<'a>, server: &Server) -> Option<Url<'c, 'a>> {
    let is_url = command.words.iter().any(|word| word.text.contains("://"));
    if !is_url && !server.refuses_ports {
        return None;
    }
    let address = |given: &Given<'c, 'a>| {
        let address = Address::of(given.value)?;
        if is_url {
            address.without_scheme()
        } else {
            Some(address).filter(|address| !address.host.is_empty() && !address.port.is_empty())
        }
    };
    let Listening { host, port, bind, .. } = Listening::of(command, server, false)?;
    let (given, instead, is_whole) = match (host, bind) {
        (Some(host), _) => {
            let address = address(&host)?;
            let other = server.port.first().filter(|_| port.is_none() && !address.port.is_empty());
            let port = other.map(|option| format!(" {option} {}", address.fixed_port())).unwrap_or_default();
            let instead = host.with(address.fixed_host()) + &port;
            (host, instead, false)
        }
        (None, Some(bind)) if server.refuses_urls => {
            let instead = bind.with(&with_port(&address(&bind)?.fixed()));
            (bind, instead, true)
        }
        _ => return None,
    };
    let (program, url) = (command.program().to_string(), given.value.to_string());
    Some(Url { advice: Advice::UrlBind { program, url, instead, is_url }, word: given.word, is_whole })
}

fn with_default_of(text: &str, late: Option<&str>) -> String {
    late.map_or_else(|| with_port(text), |port| with_default_port(text, port))
}

/// Advice on an option and its value that quotes turn into one word.
fn quoted_option<'c, 'a>(
    command: &'c Command<'a>,
    server: &Server,
    in_array: &dyn Fn(&Word) -> bool,
) -> Option<(Advice, &'c Word<'a>)> {
    let names = [server.host, server.port, server.bind];
    let is_pair = |word: &Word| {
        let Some((option, value)) = word.text.split_once(' ') else { return false };
        option.starts_with("--") && names.iter().any(|names| names.contains(&option)) && !value.contains(' ')
    };
    let (_, word) = command.options().find(|(_, word)| is_pair(word))?;
    let (program, option) = (command.program().to_string(), word.text.to_string());
    Some((Advice::QuotedOption { program, option, in_array: in_array(word) }, word))
}

/// Where a server can be reached, as far as its command says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Only from its own container.
    Hidden,
    /// On the port that its options fix.
    Port(u16),
    /// On `PORT`, if that is set: without an option, the server reads the variable itself.
    Variable,
    /// The command does not say it, or expands variables in it.
    Unknown,
}

/// Where a server can be reached. `is_told`: whether the environment may say on which host it listens.
pub(super) fn reach(command: &Command, server: &Server, is_told: bool) -> Reach {
    let given = Listening::of(command, server, is_told);
    let Some(Listening { host, port, bind, is_told }) = given else { return Reach::Unknown };
    let bound = bind.as_ref().and_then(|bind| Address::of(bind.value));
    let hosts = [host.as_ref().map(|host| host.value), bound.as_ref().map(|bound| bound.host)];
    if hosts.into_iter().flatten().any(is_loopback) || (server.loopback.is_some() && !is_told) {
        return Reach::Hidden;
    }
    let ports = [bound.as_ref().map(|bound| bound.port), port.as_ref().map(|port| port.value)];
    if let Some(port) = ports.into_iter().flatten().filter(|port| is_port(port)).find_map(|port| port.parse().ok()) {
        return Reach::Port(port);
    }
    let reads_port = server.reads_port.is_some_and(|unless| !is_told && command.first_of(unless).is_none());
    if reads_port { Reach::Variable } else { Reach::Unknown }
}
