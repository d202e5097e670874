//! A machine without room: limits of the process, and streams that take nothing (R7). What works without more works, and
//! the rest ends with one line that says what failed.

use crate::support::{App, BINARY, LAUNCHER, Outcome};
use snapbox::{IntoData, assert_data_eq, str};
use std::process::Command;

/// What a build needs most: bash is asked, the launcher is copied, variables are written.
fn app() -> App {
    let table = "[io.octopilot.processes.web]\ncommand = 'x'\nenv = { B = 'b' }\n";
    App::project_toml(table).file("Procfile", "worker: select x in a; do b; done\n")
}

/// A build that works as it does without the limit.
#[track_caller]
fn is_as_usual(app: &App, line: &str) {
    assert_eq!(app.build_after(line).all(), app.build().all(), "{line}");
}

/// Nothing but one line on standard error.
#[track_caller]
fn is_one_line(outcome: &Outcome, expected: &str) {
    let found = (outcome.status, outcome.stdout.as_str(), outcome.stderr.as_str(), outcome.layers.len());
    assert_eq!(found, (Some(1), "", expected, 0));
}

/// A line that limits the processes of the user. Root has no limit, so root becomes somebody else.
fn no_more_processes() -> String {
    "chmod -R a+rwX ..\nulimit -u 1\n[ $UID != 0 ] || exec setpriv --reuid=65534 --clear-groups \"$@\"".to_string()
}

/// (R7, R3) Where bash cannot be started, nothing is known of the command.
#[test]
fn no_more_processes_can_be_started() {
    let without_bash = App::procfile("web: a )\n").build_after(&no_more_processes());
    assert_data_eq!(
        without_bash.stderr,
        str![[r#"
warning[unread-command]: this buildpack cannot analyze this command, and there was no bash to check it, so it runs as written
 --> Procfile:1:8
  |
1 | web: a )
  |        ^ SIGTERM and arguments may not reach the program
  |
  = help: write it in a simpler way, or run a script that starts with `#!` and uses `exec` to start its program

warning: the build continues with 1 warning

"#]]
        .raw()
    );
    assert_eq!(without_bash.status, Some(0));
}

/// (R7) With one file open at a time, everything is found, bindings too.
#[test]
fn few_files_can_be_open() {
    is_as_usual(&App::procfile("web: x\nworker: y $Z\n"), "ulimit -n 4");
    let bound = App::procfile("web: x\n").binding("b", "type", "Procfile").binding("b", "Procfile", "web: bound\n");
    is_as_usual(&bound.env("BP_PROCFILE_STRICT", "true"), "ulimit -n 4");
}

/// (R7) The deepest commands fit into a small stack.
#[test]
fn the_stack_is_small() {
    let nested = |open: &str, close: &str| format!("web: a {} b {}\n", open.repeat(40), close.repeat(40));
    for (open, close) in [("$( a ", ")"), ("${y:-", "}"), ("\"$( ", ")\""), ("", "")] {
        is_as_usual(&App::procfile(nested(open, close)), "ulimit -s 256");
    }
    let line = format!("ulimit -s 256\n{}", no_more_processes());
    let expected = "error: this needs a thread with 8 MiB of stack, which cannot be started: Resource temporarily unavailable (os error 11)\n";
    is_one_line(&App::procfile("web: x\n").build_after(&line), expected);
}

/// (R7) Memory is asked for before it is used.
#[test]
fn memory_is_limited() {
    is_as_usual(&app(), "ulimit -v 32768");
    let large = (0..5000).fold(String::new(), |all, n| format!("{all}w{n}: x {}\n", "y ".repeat(50)));
    let expected = "error: the build needs 64 MiB of memory for files of this size, which are not available\n";
    is_one_line(&App::procfile(large).build_after("ulimit -v 32768"), expected);
}

/// (R7) A stream that is closed or full loses what is written there, and nothing else.
#[test]
fn nobody_reads_the_streams() {
    let app = App::procfile("web: x\nworker: select x in a; do b; done\n");
    let usual = app.build();
    for line in ["exec >/dev/full", "exec >&-"] {
        let built = app.build_after(line);
        assert_eq!((built.status, built.stdout.as_str(), built.stderr), (Some(0), "", usual.stderr.clone()), "{line}");
        assert_eq!(built.layers, usual.layers, "{line}");
    }
    for line in ["exec 2>/dev/full", "exec 2>&-", "exec <&- 2>&-"] {
        let built = app.build_after(line);
        assert_eq!((built.status, built.stdout, built.stderr.as_str()), (Some(0), usual.stdout.clone(), ""), "{line}");
    }
    let broken = App::procfile("web\n");
    for line in ["exec 2>/dev/full", "exec <&- >&- 2>&-"] {
        assert_eq!(app.build_after(line).status, Some(0), "{line}");
        assert_eq!(broken.build_after(line).status, Some(1), "{line}");
    }
}

/// (R7) The usage is no panic either.
#[test]
fn nobody_reads_the_usage() {
    for stream in ["2>/dev/full", "2>&-"] {
        for (name, program) in [("detect", BINARY), ("build", BINARY), ("launcher", LAUNCHER)] {
            let script = format!("exec -a {name} \"$0\" {stream}");
            let output = Command::new("bash").args(["-c", &script, program]).output().unwrap();
            let expected = if name == "launcher" { 126 } else { 1 };
            assert_eq!((output.status.code(), output.stderr), (Some(expected), Vec::new()), "{name} {stream}");
        }
    }
    let output = Command::new("bash").args(["-c", "exec \"$0\" --help >/dev/full", BINARY]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_data_eq!(
        String::from_utf8(output.stderr).unwrap(),
        str![[r#"
error: standard output cannot be written: No space left on device (os error 28)

"#]]
        .raw()
    );
}
