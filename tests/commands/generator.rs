//! Generates command lines from the grammar of bash, ordinary and nasty.

use proptest::prelude::*;
use proptest::sample::select;

/// A command line.
pub(crate) fn command() -> impl Strategy<Value = String> {
    let leaf = simple().boxed();
    let nested = leaf.prop_recursive(4, 24, 3, |inner| compound(inner).boxed());
    (nested, select(vec!["", ";", " ;", "\n", " # note", " &", " 2>&1", " "])).prop_map(|(command, end)| command + end)
}

/// Words, most of them nasty.
const WORDS: &[&str] = &[
    "a", "b", "a.b", "é", "--x", "--x=$X", "--port=${PORT:-8080}", "'b c'", "\"b c\"", "\"$X\"", "$X", "${X}",
    "\"${X:-d}\"", "${EMPTY:-d e}", "$EMPTY", "\"$EMPTY\"", "''", "\"\"", "$'t\\tq'", "a\\ b", "\\*", "*", "?", "[x]",
    "{a,b}", "{a", "~", "a~", "$(q out)", "`q out`", "\"$(q 'x y')\"", "$((1+2))", "A=1", "a=$X", "!", "=", "#c",
    "a#b", "'#'", "\\\\", "\\'", "'\"'", "\"'\"", "%", "a\\\nb", "$", "\"$\"", "$1", "\"$@\"", "$#", "$0", "${X%y}",
    "${#X}", "if", "then", "}", "exec", "-", "--", "1", "2", "\"a\\$b\"", "${UNSET-'q r'}", "<(q sub)", "$\"x\"",
    "'a'\"b\"c", "x=(1)", "${X:0:1}", "\\$X", "a;", "\u{a0}",
];

fn word() -> impl Strategy<Value = String> {
    let plain = vec!["a", "b", "c", "--x", "1", "x"];
    prop_oneof![4 => select(plain), 3 => select(WORDS.to_vec())].prop_map(String::from)
}

/// Commands that a shell runs by itself, or that change how it runs others.
const COMMANDS: &[&str] = &[
    "\"p\"", "\\p", "'q'", "$PROG", "\"$PROG\"", "./no-interpreter", "./interpreter", "sub/tool", "env A=2 p",
    "exec p", "command p", "echo", "printf %s", "true", "false", ":", "cd sub", "cd", "export A=1", "test -d sub",
    "[ -n x ]", "set -e", "set -eu", "set -o pipefail", "set -f", "set -- x y", "shift", "eval p", ". ./sourced",
    "source ./sourced", "trap 'q trap' EXIT", "wait", "exit 3", "return", "read L", "exec 2>&1", "unset X", "type p",
    "command -v p", "missing", "umask 022", "sh -c 'p in-sh'", "bash -c 'p \"$@\"' x", "builtin echo", "alias p=q",
    "shopt -s nullglob", "X=z", "declare -a y=(1 2)", "A=1 p", "A=$X B=\"$A\" q", "PATH=/none p", "2>&1 p", "hash p",
    "builtin command p", "command exec p", "command . ./sourced", "builtin source ./sourced", "command -p p",
    "command eval p", "eval \"$PROG a\"", "exec -a n p", "exec q", "exit", "trap 'q t' TERM", "trap '' TERM",
    "trap - TERM", "trap 'q t' USR1", "trap 'exit 0' TERM", "trap 'kill $!' TERM", "trap 'kill 0' TERM",
    "trap 'kill $!' EXIT", "test -v X", "test -v $X", "mkdir -p d", "rm -f d", "sleep 1", "cat out",
    "export PATH=sub:$PATH", "PATH=sub:$PATH tool", "PATH=$PATH:sub", "tool", "wait $!", "$EMPTY", "$PROG",
    "enable -n echo", "p}", "{p", "P", "./missing", "time p", "coproc p", "! p", "-p", "''",
];

fn program() -> impl Strategy<Value = String> {
    let usual = vec!["p", "q", "p", "q", "fail"];
    prop_oneof![3 => select(usual), 2 => select(COMMANDS.to_vec())].prop_map(String::from)
}

/// Redirections, and pipes into one more command.
const REDIRECTIONS: &[&str] = &[
    ">out", "> out", "2>&1", "2> out", ">> out", "< ./sourced", "<<< x", "<<< \"$X\"", "&> out", "2>/dev/null",
    "< missing", "> /missing/out", ">&2", "1>&2 2>out", "3>&1", "<<E\ntext $X\nE\n", "<<'E'\n$X\nE\n", "{fd}>out",
    ">| out", "<> out", "> >(q)", "2>&-", "|& q",
];

fn redirection() -> impl Strategy<Value = String> {
    select(REDIRECTIONS.to_vec()).prop_map(String::from)
}

fn simple() -> impl Strategy<Value = String> {
    let assignment =
        select(vec!["A=1 ", "A=$X ", "A='b c' ", "A= ", "A=1 B=$A ", "IFS=y ", "A=* ", "A+=1 ", "y[0]=1 "]);
    let parts = (
        proptest::option::weighted(0.15, assignment),
        program(),
        prop::collection::vec(word(), 0..4),
        proptest::option::weighted(0.2, redirection()),
        any::<bool>(),
    );
    parts.prop_map(|(assignment, program, words, redirection, is_last)| {
        let mut all = vec![program];
        all.extend(words);
        if let Some(redirection) = redirection {
            let at = if is_last || redirection.ends_with('\n') { all.len() } else { 1 };
            all.insert(at, redirection);
        }
        assignment.unwrap_or_default().to_string() + &all.join(" ")
    })
}

/// Commands made of the commands A, B and C.
const SHAPES: &[&str] = &[
    "A; B",
    "A && B",
    "A && B",
    "A || B",
    "A | B",
    "A & B",
    "A\nB",
    "! A",
    "! ! A",
    "{ A; }",
    "( A )",
    "(A)",
    "{ A; B; }",
    "( A; B )",
    "( A && B )",
    "(A; B;)",
    "if A; then B; fi",
    "if A; then B; else C; fi",
    "if A\nthen B\nfi",
    "if A; then B; elif B; then C; fi",
    "case $X in x*) A;; *) B;; esac",
    "case a in a) A;; esac",
    "case a in (a) A;& b) B;; esac",
    "case a in a) A;;& *) B; esac",
    "for i in 1 2; do A; done",
    "for i; do A; done",
    "while fail; do A; done",
    "until p; do A; done",
    "f() { A; }; B",
    "f() { A; }; f x",
    "p() { q of; }; p A",
    "[[ -n $X ]] && A",
    "((1)) && A",
    "A && { B; }",
    "{ A; } 2>&1",
    "( A ) > out",
    "{ A; } < ./sourced",
    "A; B; C",
    "A && B || C",
    "A || B && C",
    "A # note\nB",
    "if A; then (B); else { C; }; fi",
    "A&&(B)>out",
    "A;(B)",
    "time A",
    "A;\n B\n",
    "( A\n)",
    "trap 'q t' TERM; A",
    "set -e; A; B",
    "A & wait",
    "( A & B )",
    "((A); B)",
    "A || B; C",
    "! A && B || C",
    "A; B && C",
    "A && B; C",
    "A || { B; exit 1; }; C",
    "[ -n \"$X\" ] && A || B",
    "[ -z \"$X\" ] && exec A; B",
    "[ -n \"$X\" ] && exec p x; A",
    "if A; then exit; fi; B",
    "if [[ -v X ]]; then exec q; fi; A",
    "[[ -v X ]] && A; B",
    "A && exit 0; B",
    "A\n# note",
    "A\n\n",
    "A; B\n# note\n",
    "A\n# note\nB",
    "trap 'exit 0' TERM; A",
    "trap 'kill $!' TERM; A & wait",
    "trap 'kill $!' TERM; A & B & wait",
    "trap 'kill 0' TERM; A & B",
    "trap 'q t' EXIT; A",
    "trap A USR1; B",
    ". ./sourced; A; B",
    "source ./sourced; A && B",
    "eval p a; A",
    "export PATH=sub:$PATH; tool $X; A",
    "export PATH=sub:$PATH; tool $X",
    "while true; do A; sleep 1; done",
    "until A; do sleep 1; done; B",
    "A & B; C",
    "A & exec B",
    "f() { A; }; f | B",
    "f() { exec A; }; f; B",
    "f() { exec p; }; g() { f; }; g",
    "f() { A; }; B; f",
    "A; B &",
    "X=$(A); B",
    "X=$(A)",
    "echo $(A)",
    "A; rm -f x",
    "A; { B; } || C",
];

fn compound(inner: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    (select(SHAPES.to_vec()), inner.clone(), inner.clone(), inner).prop_map(|(shape, a, b, c)| {
        let mut text = String::new();
        let mut before = ' ';
        let mut characters = shape.chars().peekable();
        while let Some(character) = characters.next() {
            // The `A` of PATH is none of them.
            let is_alone = !before.is_ascii_uppercase() && !characters.peek().is_some_and(char::is_ascii_uppercase);
            match character {
                'A' if is_alone => text += &a,
                'B' if is_alone => text += &b,
                'C' if is_alone => text += &c,
                other => text.push(other),
            }
            before = character;
        }
        text
    })
}
