//! Options that a program refuses or does not get, and what to write for all that goes with them.

use crate::advice::address::{Address, is_port, variable};
use crate::advice::command::{Command, Word, glue};
use crate::advice::misuse::{Kind, Misuse, NEW_PORT};
use crate::advice::problems::{Advice, Keeper};
use crate::advice::programs::{SERVERS, Server};
use crate::advice::variable::names_port;
use crate::text::expansion::with_port;
use std::net::IpAddr;

/// Advice on a refused option, and what to point at. `line`: the command line.
pub(super) fn advice<'a>(
    misuse: &Misuse,
    option: &'static str,
    word: &Word<'a>,
    command: &Command<'a>,
    line: &'a str,
) -> Option<(Advice, Word<'a>)> {
    let meaning = if let Kind::Means(meaning) = misuse.kind { Some(meaning) } else { None };
    let is_port = |value: &str| is_port(value) || names_port(value);
    if meaning.is_some() && !command.option(misuse.flags).ok()?.is_some_and(|given| is_port(given.value)) {
        return None;
    }
    let is_address = misuse.instead.contains(NEW_PORT);
    let address = if is_address { address(misuse, command, line) } else { None };
    let (instead, word) = address.unwrap_or_else(|| (misuse.instead.to_string(), word.clone()));
    Some((Advice::RefusedOption { program: command.program().to_string(), option, meaning, instead }, word))
}

/// What to write for all options that say where a server listens, and all of them as one word, together with what is
/// between them.
fn address<'a>(misuse: &Misuse, command: &Command<'a>, line: &'a str) -> Option<(String, Word<'a>)> {
    let server = SERVERS.iter().find(|server| command.is_one_of(server.commands).is_some())?;
    let names = [misuse.flags, server.host, server.port, server.bind];
    let mut is_replaced = vec![false; command.words.len() + 1];
    let mut port = None;
    for (index, word) in command.options() {
        let given = names.into_iter().flatten().find_map(|name| Some((*name, glue(&word.text, name)?)));
        let Some((name, glue)) = given else { continue };
        let next = command.words.get(index + 1).filter(|_| glue == " ");
        let value = next.map_or_else(|| word.text.get(name.len() + glue.len()..), |next| Some(next.text.as_ref()));
        port = value.and_then(|value| port_of(name, value)).or(port);
        is_replaced[index] = true;
        is_replaced[index + 1] |= next.is_some();
    }
    let first = is_replaced.iter().position(|is_replaced| *is_replaced)?;
    let end = 1 + is_replaced.iter().rposition(|is_replaced| *is_replaced)?;
    let ranges = command.ranges(line, first, end)?;
    let at = ranges.first()?.start..ranges.last()?.end;
    let mut instead = misuse.instead.replace(NEW_PORT, port.as_deref().unwrap_or(NEW_PORT));
    for (index, range) in (first..).zip(ranges) {
        // A host on its own is left over from another option.
        if !is_replaced[index] && command.words[index].text.parse::<IpAddr>().is_err() {
            instead.push(' ');
            instead.push_str(line.get(range)?);
        }
    }
    Some((instead, Word::of_line(line, at)?))
}

/// The port in the value of an option, with a default.
fn port_of(option: &str, value: &str) -> Option<String> {
    let port = if option.ends_with("port") || option == "-p" { value } else { Address::of(value)?.port };
    match port {
        "" => None,
        port if is_port(port) => Some(variable(port)),
        port => Some(with_port(port)),
    }
}

/// Advice on an option of the JVM behind `-jar FILE`.
pub(super) fn misplaced<'a>(command: &Command<'a>, server: &Server, line: &'a str) -> Option<(Advice, Word<'a>)> {
    let names = || [server.host, server.port].into_iter().flatten().filter(|name| name.starts_with("-D"));
    names().next()?;
    let (jar, _) = command.options().find(|(_, word)| word.text == "-jar")?;
    // How much memory the JVM may use.
    let is_memory = |word: &Word| ["-Xmx", "-Xms", "-Xss", "-XX:"].iter().any(|name| word.text.starts_with(name));
    let is_of_jvm = |word: &Word| is_memory(word) || names().any(|name| word.text.starts_with(name));
    let (index, word) = command.options().find(|(index, word)| *index > jar + 1 && is_of_jvm(word))?;
    let option = match word.text.split_once('=') {
        Some((option, value)) if is_port(value) && !is_memory(word) => format!("{option}={}", variable(value)),
        _ => with_port(&word.text),
    };
    let ranges = command.ranges(line, 0, index + 1)?;
    let (start, end) = (ranges[0].start, ranges[index].end);
    let (before, behind) = (line.get(start..ranges[jar].start)?, line.get(ranges[jar].start..ranges[index - 1].end)?);
    let instead = format!("{before}{option} {behind}");
    let option = word.text.to_string();
    Some((Advice::MisplacedOption { option, instead, keeper: Keeper::Java }, Word::of_line(line, start..end)?))
}

/// Advice on an option that says where a server listens, which `npm` keeps for itself, and the word.
pub(super) fn kept_by_npm<'c, 'a>(command: &'c Command<'a>) -> Option<(Advice, &'c Word<'a>)> {
    let script = match (command.program(), command.words.get(1)?.literal()?) {
        ("npm", "start" | "test" | "restart" | "stop") => 1,
        ("npm", "run" | "run-script") => 2,
        _ => return None,
    };
    let is_address = |word: &Word| {
        ["--port", "-p", "--host", "--hostname", "-H", "--bind", "--address"]
            .iter()
            .any(|name| glue(&word.text, name).is_some_and(|glue| !glue.is_empty()))
    };
    let (_, word) = command.options().find(|(index, word)| *index > script && is_address(word))?;
    let option = word.text.split('=').next().unwrap_or_default().to_string();
    let instead = format!("-- {}", word.text);
    Some((Advice::MisplacedOption { option, instead, keeper: Keeper::Npm }, word))
}
