//! Whether the static launcher expands as dash and bash do (X6, X7), over generated templates and environments.

use crate::declared::declare_without_shell;
use crate::generated;
use crate::sandbox::{GIVEN, Sandbox};
use octopilot_procfile::launcher::template::Template;
use proptest::prelude::*;
use proptest::sample::select;
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The compiled launcher.
pub(crate) const LAUNCHER: &str = match option_env!("TEST_LAUNCHER") {
    Some(given) => given,
    None => env!("CARGO_BIN_EXE_launcher"),
};

const NAMES: [&str; 3] = ["A", "B", "C"];

/// What a variable may hold; `None` is unset.
fn value() -> impl Strategy<Value = Option<&'static [u8]>> {
    let values: Vec<&'static [u8]> = vec![
        b"", b" ", b"  ", b"a", b"a b", b" a", b"a ", b" a  b ", b"\t\na\n", b"*", b"[x]", b"?", b"a\\b", b"\\", b"$B",
        b"'q'", b"\"", b"~", b"a:b", b"\xc3\xa9", b"\xff \xfe", b"{a,b}", b"-x", b"=", b"p",
    ];
    prop_oneof![1 => Just(None), 4 => select(values).prop_map(Some)]
}

fn parameter(inner: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let plain = (select(NAMES.to_vec()), any::<bool>())
        .prop_map(|(name, braces)| if braces { format!("${{{name}}}") } else { format!("${name}") });
    let tested = (select(NAMES.to_vec()), select(vec!["-", ":-", "+", ":+", "?", ":?"]), inner)
        .prop_map(|(name, test, word)| format!("${{{name}{test}{word}}}"));
    prop_oneof![3 => plain, 2 => tested]
}

/// A piece of a word, unquoted.
fn piece() -> impl Strategy<Value = String> {
    let literal = select(vec![
        "a", "b", "é", "'c d'", "''", "\\ ", "\\$", "\"e f\"", "\"\"", "-", "%", "=", ",", "'$A'", "\"\\$A\"", "\"'\"",
        "$PWD", "\"$PWD/x\"", "[", "]", "{", "}",
    ])
    .prop_map(String::from);
    let in_quotes = select(vec!["", "x", "x y", " ", "é", "$B", "x$B "]).prop_map(String::from);
    let quoted = (select(vec!["", " ", "g "]), parameter(in_quotes.boxed()), select(vec!["", " h"]))
        .prop_map(|(before, parameter, after)| format!("\"{before}{parameter}{after}\""));
    let leaf = prop_oneof![3 => literal, 2 => quoted];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let word =
            prop::collection::vec(prop_oneof![inner, Just(" ".to_string())], 0..3).prop_map(|pieces| pieces.concat());
        parameter(word.boxed())
    })
}

fn word() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 1..4).prop_map(|pieces| pieces.concat())
}

fn command() -> impl Strategy<Value = String> {
    let assignments = prop::collection::vec((select(vec!["A", "B", "D", "IFS"]), proptest::option::of(word())), 0..3);
    let program = select(vec!["p", "p", "p", "$A", "${A:-p}", "\"${B-p}\"", "missing", "sub/q", "exec p", "./no-mode"]);
    (assignments, program, prop::collection::vec(word(), 0..4)).prop_map(|(assignments, program, words)| {
        let assignments = assignments.into_iter().map(|(name, value)| format!("{name}={}", value.unwrap_or_default()));
        assignments.chain([program.to_string()]).chain(words).collect::<Vec<_>>().join(" ")
    })
}

/// Runs generated commands by the launcher, dash and bash.
pub(crate) fn expands_as_shells_do() -> Result<(), String> {
    let strategy = || (command(), value(), value(), value());
    let test = |sandbox: &Sandbox, (command, a, b, c): (String, _, _, _)| {
        let variables: Vec<(&str, &OsStr)> = NAMES
            .into_iter()
            .zip([a, b, c])
            .filter_map(|(name, value): (_, Option<&[u8]>)| Some((name, OsStr::from_bytes(value?))))
            .chain([("IFS", OsStr::new(":"))])
            .collect();
        compare(sandbox, &command, &variables)
    };
    let number = ("LAUNCHER_CASES", 500);
    generated(number, "tests/commands/launcher-regressions.txt", strategy, Sandbox::for_expansions, test)
}

fn compare(sandbox: &Sandbox, command: &str, variables: &[(&str, &OsStr)]) -> Result<(), String> {
    let declared = declare_without_shell(sandbox, command);
    // Pieces may have come together as a pattern.
    let Some(declared) = declared else {
        return if command.contains(['[', '{']) { Ok(()) } else { Err(format!("{command} needs a shell")) };
    };
    let words: Vec<&str> = declared.iter().map(String::as_str).collect();
    let encoded: Vec<OsString> = declared[1..].iter().map(OsString::from).collect();
    if words[0] == LAUNCHER && Template::decode(&encoded).is_none_or(|(template, _)| template.encode() != declared[1..])
    {
        return Err(format!("{declared:?} is not read as it was written"));
    }
    for given in [&[][..], &GIVEN] {
        let ours = sandbox.expand(&words, given, variables);
        // The launcher does not look for files: the contract refuses patterns, and values are taken as they are.
        let script = format!("set -f; {command} \"$@\"");
        for shell in ["/bin/dash", "/bin/bash"] {
            let theirs = sandbox.expand(&[shell, "-c", &script, "sh"], given, variables);
            // X7: an unset `${NAME?}` is 1 here; dash says 2, bash 127.
            let is_unset = ours.status == 1 && theirs.records.is_empty() && theirs.status != 0;
            if ours != theirs && !is_unset {
                return Err(format!(
                    "{command}\n  with {variables:?} {given:?}\n  {shell} {theirs:?}\n  ours {ours:?} {words:?}"
                ));
            }
        }
    }
    Ok(())
}

/// (X7) What the launcher says, and its exit status, where a program cannot be started.
pub(crate) fn reports_as_a_shell_does() -> Result<(), String> {
    let cases = [
        ("missing $A", 127, "octopilot/procfile: missing: not found\n"),
        ("sub/missing $A", 127, "octopilot/procfile: sub/missing: not found\n"),
        ("./no-mode $A", 126, "octopilot/procfile: ./no-mode: permission denied\n"),
        ("./sub $A", 126, "octopilot/procfile: ./sub: permission denied\n"),
        ("no-mode $A", 126, "octopilot/procfile: no-mode: permission denied\n"),
        (
            "./no-loader $A",
            127,
            "octopilot/procfile: ./no-loader: its interpreter or dynamic loader is not in this image\n",
        ),
        ("p ${A:?}", 1, "octopilot/procfile: A: parameter null or not set\n"),
        ("p ${A?}", 1, "octopilot/procfile: A: parameter not set\n"),
        ("p ${A:?set $B to x}", 1, "octopilot/procfile: A: set y to x\n"),
        ("$A", 0, ""),
        ("PATH=/none p $A", 127, "octopilot/procfile: p: not found\n"),
    ];
    let sandbox = Sandbox::for_expansions();
    for (command, status, message) in cases {
        let words = template(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = sandbox.expand(&words, &[], &[("B", OsStr::new("y"))]);
        if (ran.status, ran.message.as_str()) != (status, message) {
            return Err(format!("{command}: {} {:?}", ran.status, ran.message));
        }
    }
    let damaged = sandbox.expand(&[LAUNCHER, "2", "."], &[], &[]);
    if damaged.status == 126 { Ok(()) } else { Err(format!("{damaged:?}")) }
}

/// The launcher and its arguments for a command, whatever is in the app.
fn template(command: &str) -> Vec<String> {
    use octopilot_procfile::shell::{Budget, Simple, simple};
    let Ok(Simple::Template(template, _)) = simple(command, &Budget::default()) else {
        return vec![command.to_string()];
    };
    std::iter::once(LAUNCHER.to_string()).chain(template.encode().into_iter().map(Cow::into_owned)).collect()
}
