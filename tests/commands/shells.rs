//! What shells do by themselves, which the library counts on (X4c): whether the shell that a container starts replaces itself
//! with the last program of a script.

use crate::Shell;
use crate::sandbox::{Sandbox, Signalled};
use std::fmt::Write as _;

/// Scripts whose first program is the last to run.
const SCRIPTS: [&str; 32] = [
    "p", "p\n", "p\n\n", "p # note", "p\n# note", "p; ", "\\p", "A=1 p", "$PROG", "command p", "! p", "p > out",
    "p; true", "true; p", "true\np", "true && p", "false || p", "true; true && p", "true && true; p",
    "true && p || false", "{ p; }", "(p)", "(true; p)", "if true; then p; fi", "case a in a) p;; esac",
    "f() { p; }; f", "eval p", "trap true TERM; p", "trap '' EXIT; p", "trap - EXIT; p", "true & p", "set -e; p",
];

/// A line for each script: the shells that replace themselves.
pub(crate) fn that_give_way() -> String {
    let sandbox = Sandbox::new();
    SCRIPTS.iter().fold(String::new(), |mut table, script| {
        let gives_way = |shell: &Shell| {
            let words = [shell.name(), "-c", script, "web"];
            let signalled = sandbox.signalled(&words, (script, *shell), 0, 0);
            assert_ne!(signalled, Signalled::Never, "{script}");
            matches!(signalled, Signalled::Arrived(_))
        };
        let shells = [Shell::Bash, Shell::Dash, Shell::Busybox].into_iter().filter(gives_way);
        let names: Vec<String> = shells.map(|shell| format!("{shell:?}").to_lowercase()).collect();
        writeln!(table, "{:24} {}", script.replace('\n', "\\n"), names.join(" ")).unwrap();
        table
    })
}
