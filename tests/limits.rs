//! A machine without room: limits of the process, and streams that take nothing (R7). What works without more works, and
//! the rest ends with one line that says what failed.

use crate::support::{App, BINARY, LAUNCHER, Outcome};
use octopilot_procfile::find::{Check, Host, RootDir, Surroundings};
use octopilot_procfile::shell::{Budget, pieces, simple};
use snapbox::{IntoData, assert_data_eq, str};
use std::fs;
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
    // What starts the tests may have left files open.
    let limit =
        "for fd in /proc/$$/fd/*; do fd=${fd##*/}; [ \"$fd\" -lt 3 ] || eval \"exec $fd>&-\"; done\nulimit -n 4";
    is_as_usual(&App::procfile("web: x\nworker: y $Z\n"), limit);
    let bound = App::procfile("web: x\n").binding("b", "type", "Procfile").binding("b", "Procfile", "web: bound\n");
    is_as_usual(&bound.env("BP_PROCFILE_STRICT", "true"), limit);
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
    let expected = "error: this process cannot get 37 MiB of memory, which files of this size may need\n";
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

/// What a process may have that needs 64 MiB: as much again is mapped for programs and libraries, in a debug build.
const ROOM: &str = "ulimit -v 131072";

/// As many of these lines as fit into a MiB, with some room for more.
fn mebibyte(line: impl Fn(usize) -> String) -> String {
    let mut all = String::new();
    let mut numbers = 0..;
    while let Some(next) = numbers.next().map(&line).filter(|next| all.len() + next.len() < (1 << 20) - 50) {
        all += &next;
    }
    all
}

/// (R1) The memory that a TOML text would take is known before it is taken, in detect and in build.
#[test]
fn the_values_of_a_project_toml_fit_into_memory() {
    let deep = |number: usize| format!("b{number}{}=1\n", ".a".repeat(76));
    let array = |open: &str, item: &str| format!("a = [{open}{}]\n", item.repeat(((1 << 20) - 50) / item.len()));
    let one_table = format!("a = {{{}z=1}}\n", mebibyte(|number| format!("b{number}.c=1,")));
    for content in [
        mebibyte(deep),
        mebibyte(|number| format!("[b{number}.c.d]\ne=1\n")),
        mebibyte(|number| format!("[[a]]\n[a.b{number}.c.d]\ne=1\n")),
        mebibyte(|_| "[[a]]\n[a.b.c.d]\ne=1\n".to_string()),
        format!("a = [{}]\n", mebibyte(|_| "{\nb.c.d=1\n},".to_string())),
        array("", "{},"),
        array("\n", "\n{a.b=1},"),
        array("", "[],"),
        array("", "1,"),
        one_table,
    ] {
        // Tables take more than their tokens, so a third of the lines is too much as well.
        let third = content[..content.len() / 3].rsplit_once("1\n").map(|(lines, _)| format!("{lines}1\n"));
        for content in third.iter().filter(|_| !content.starts_with("a = ")).chain([&content]) {
            let app = App::project_toml(content);
            for outcome in [app.detect_after(ROOM), app.build_after(ROOM)] {
                let start = &content[..40];
                assert!(outcome.stderr.starts_with("error[too-many-values]"), "{start}: {}", outcome.stderr);
                assert_eq!(outcome.status, Some(1), "{start}");
            }
        }
    }
}

/// (R1, P10) As many process types as a file may have, and large files of other tools, are no more than that.
#[test]
fn large_project_tomls_fit() {
    let processes = (0..9_999).fold("io.octopilot.processes.web = 'x'\n".to_string(), |all, number| {
        format!("{all}[io.octopilot.processes.w{number}]\ncommand = ['x', '{number}']\nargs = ['-v']\n")
    });
    let others = mebibyte(|number| {
        format!("[[tool.package]]\nname = \"package-{number}\"\nversion = \"1.2.3\"\nchecksum = \"{number:064}\"\n")
    });
    let half = others[..1 << 19].rsplit_once("[[").unwrap().0;
    for content in [processes, format!("io.octopilot.processes.web = 'x'\n{half}")] {
        let outcome = App::project_toml(&content).build_after(ROOM);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    }
}

/// (R1, B2) Other buildpacks take no more than a build may have, and the log says what it leaves out.
#[test]
fn many_processes_of_other_buildpacks_fit() {
    let launch = mebibyte(|number| format!("[[processes]]\ntype='w{number}'\ncommand='x'\n"));
    let mut app =
        App::procfile("web: x\n").earlier("example_0", launch[..launch.len() / 4].rsplit_once("[[").unwrap().0);
    for number in 1..20 {
        app = app.earlier(&format!("example_{number}"), &launch);
    }
    let ids =
        (0..20).map(|number| number.to_string()).chain(["deep".to_string()]).map(|name| format!("example/{name}"));
    let group = ids.chain(["octopilot/procfile".to_string()]).map(|id| format!("[[group]]\nid = \"{id}\"\n"));
    app = app.beside("layers/group.toml", group.collect::<String>());
    app = app.earlier("example_deep", mebibyte(|number| format!("b{number}{}=1\n", ".a".repeat(76))));
    let outcome = app.build_after(ROOM);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    assert!(outcome.stdout.len() < 20_000, "{} bytes", outcome.stdout.len());
    let rows =
        |text: &str| outcome.stdout.lines().filter(|line| line.contains(text)).map(str::trim).collect::<Vec<_>>();
    assert_eq!(rows("kept from").len(), 101);
    assert_eq!(
        rows("and "),
        [
            "and 6649 more that are kept from earlier buildpacks",
            "and those of `example/1`, `example/2`, `example/3`, `example/4`, `example/5`, `example/6`, `example/7`, `example/8`, `example/9`, `example/10` and 10 more, whose launch.toml is too large to read",
        ]
    );
}

/// (R1, B2) A group.toml that does not fit is as if it were not there.
#[test]
fn the_group_fits() {
    let app = App::procfile("web: x\n").earlier("example_a", "[[processes]]\ntype = 'a'\ncommand = 'b'\n");
    let app = app.beside("layers/group.toml", mebibyte(|number| format!("b{number}{}=1\n", ".a".repeat(76))));
    let outcome = app.build_after(ROOM);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    assert!(outcome.stdout.contains("kept from example/a"), "{}", outcome.stdout);
}

/// The places of the commands that are not read.
fn unread(app: &App) -> Vec<String> {
    let outcome = app.build_after(ROOM);
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    let mut lines = outcome.stderr.lines();
    let place = |line: &str| line.trim_start().strip_prefix("--> ").map(str::to_string);
    let is_unread = |line: &str| line.starts_with("warning[unread-command]");
    std::iter::from_fn(|| lines.find(|line| is_unread(line)).and_then(|_| lines.next())).filter_map(place).collect()
}

/// (R2) A build reads only so much of the commands, whatever they are. What runs as written has a warning.
#[test]
fn commands_are_read_within_a_budget() {
    let line = |number: usize| format!("w{number}: {}\n", "a && (b); ".repeat(1600));
    let app = App::procfile((1..9).map(line).collect::<String>());
    // 9,600 words and operators a line.
    assert_eq!(unread(&app), ["Procfile:7:5", "Procfile:8:5"]);
    assert_eq!(unread(&app.env("BP_PROCFILE_SHELL", "sh")).len(), 5);
}

/// (R2) A line that the tokenizer refuses, and each piece of a word, whether quoted or not, take their share of the budget.
#[test]
fn nothing_is_read_for_free() {
    let spent = |read: &dyn Fn(&Budget)| {
        let budget = Budget::default();
        let all = budget.left();
        read(&budget);
        all - budget.left()
    };
    let refused = format!("{}`", "b)".repeat(4000));
    assert_eq!(spent(&|budget| assert_eq!(pieces(&refused, budget), None)), 2000);
    let quoted = "a'b'".repeat(1000);
    assert_eq!(spent(&|budget| assert_eq!(pieces(&quoted, budget).unwrap().len(), 1)), 2001);
    let unquoted = "$a".repeat(1000);
    assert_eq!(spent(&|budget| drop(simple(&unquoted, budget).unwrap())), 1001);
}

/// (R2) What the parser would call itself for is counted before.
#[test]
fn commands_are_not_nested_too_deeply() {
    for (command, column) in [
        (format!("[[ {}a ]]", "! ".repeat(100)), None),
        (format!("[[ {}a ]]", "! ".repeat(7000)), Some(209)),
        (format!("[[ a {} ]]", "&& a || a ".repeat(1000)), Some(511)),
        (format!("{}p", "[[ $a ]] && ".repeat(100)), None),
        (format!("{}1{}; p", "a[".repeat(2000), "]".repeat(2000)), Some(6)),
        (format!("p {}", "[a]".repeat(100)), None),
        (format!("p {}", "${a} ".repeat(100)), None),
        (format!("p {}", "${a} ".repeat(101)), Some(6)),
        (format!("{}p{}", "{ ".repeat(8), "; }".repeat(8)), None),
        (format!("{}p{}", "{ ".repeat(9), "; }".repeat(9)), Some(22)),
    ] {
        let place = column.map(|column| format!("Procfile:1:{column}"));
        assert_eq!(unread(&App::procfile(format!("web: {command}\n"))), Vec::from_iter(place));
    }
}

/// (R2) The parser reads a word again for each index in it that is not closed, so few may be. Quoted ones are text.
#[test]
fn few_indices_are_open_at_once() {
    let is_read = |word: &&str| pieces(word, &Budget::default()).is_some();
    let few = r#"a[b[1]] a[1]a[2]a[3]a[4] 'a[b[c[' "a[b[c[" "\"a[b[c[" $'\'a[b[c[' -[-[-[-[ [[:alpha:]][[:digit:]][a] `b`a[1]"#;
    assert_eq!(few.split(' ').find(|word| !is_read(word)), None);
    let many = r#"a[b[c[ _[_[_[ 1[1[1[ a[']'b[c[ a["]"b[c[ a["\"]"b[c[ a[\]b[c[ a[$']'b[c[ a[$'\']'b[c[ a[$$'\'b[c['
        a['b'c['d'e['f' a[${b}a[${b}a[${b} `b`a[1]a[1]a[1]"#;
    assert_eq!(many.split_whitespace().find(is_read), None);
}

/// (R2) How often something may be in a word: the parser reads most of what may have others inside more than once, and an
/// index beside it three times as often.
#[test]
fn few_expansions_are_in_a_word() {
    let is_read = |unit: &str, count: usize| pieces(&unit.repeat(count), &Budget::default()).is_some();
    for (unit, most) in [
        ("${a:-b}", 8),
        ("${a[1]:-b}", 2),
        ("$(a)", 4),
        ("$((1))", 2),
        ("$[1]", 2),
        ("`a`", 4),
        ("`a`a[1]", 1),
        ("${a:-b}a[1]a[1]", 1),
        ("${a[b.c]}", 2),
        ("${a[b]c}", 2),
        ("${a[@]:1}", 2),
        ("${a:-b}${a[1]}", 8),
    ] {
        assert_eq!((is_read(unit, most), is_read(unit, most + 1)), (true, false), "{unit}");
    }
    for unit in ["${a}", "${_b2}", "${a[1]}", "${a[b_2]}", "${a[@]}", "${a[*]}", "$a", "$a'('", "${a}b[1]"] {
        assert!(is_read(unit, 90), "{unit}");
    }
}

/// (R3) bash has a budget for all commands together, and long ones are not for it.
#[test]
fn bash_is_asked_within_a_budget() {
    let app = App::procfile("web: x\n");
    let directory = RootDir::new(&app.path(), "the app").unwrap();
    let host = || Host::new(&directory, false);
    assert_eq!(host().check("bash", &"a ".repeat(8193)), Check::Unknown);
    let slow = format!("{}{}", "((x;".repeat(1400), ") )".repeat(1400));
    let busy = host();
    assert_eq!(busy.check("bash", "a"), Check::Accepted);
    for _ in 0..50 {
        busy.check("bash", &slow);
    }
    assert_eq!(busy.check("bash", "a"), Check::Unknown);
}

/// Runs the launcher with these arguments, in what a line of bash makes of the process.
fn launcher(line: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let script = format!("{line}\nexec {LAUNCHER} \"$@\"");
    let output = Command::new("bash").args(["-c", &script, "bash"]).args(arguments).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// (R6) The launcher prints nothing raw, whoever wrote it.
#[test]
fn the_launcher_prints_nothing_raw() {
    let line = "export X=$'\\e]0;x\\a\\u202e\\n\\xff'";
    let shown = "\\u{1b}]0;x\\u{7}\\u{202e}\\n\u{fffd}";
    for (template, status, message) in [
        (&["2", ".", "\"X"][..], 127, format!("{shown}: not found")),
        (&["4", ".", "'/dev/null/", "\"X", "\"X"], 127, format!("/dev/null/{shown}{shown}: not found")),
        (&["4", ".", "$Y:?", "$X", "}"], 1, format!("Y: {shown}")),
    ] {
        assert_eq!(launcher(line, template), (Some(status), format!("octopilot/procfile: {message}\n")));
    }
}

/// (X6) A command that another program has written, or another version, is refused whole.
#[test]
fn the_launcher_reads_only_templates() {
    let message = "octopilot/procfile: the command in launch.toml is not one that this launcher can read\n";
    for template in [
        &["echo", "a"][..],
        &["2", "."],
        &["2", "+A", "'b"],
        &["2", ".x", "'echo"],
        &["2", "}", "'echo"],
        &["3", ".", "'echo", "a"],
        &["3", ".", "$A:-", "'echo"],
    ] {
        assert_eq!(launcher("A=b", template), (Some(126), message.to_string()), "{template:?}");
    }
}

/// (R6) What no program can get is refused before it is in memory.
#[test]
fn the_launcher_expands_no_more_than_a_program_can_get() {
    let line = "export X=$(head -c 131000 /dev/zero | tr '\\0' y) Y=$(yes | head -c 130000)\nulimit -v 65536";
    let long = "octopilot/procfile: the arguments are longer than a program can get\n".to_string();
    for (piece, separate) in [("$X", false), ("\"X", false), ("$X", true), ("$Y", true)] {
        let pieces: Vec<&str> = if separate { [".", piece].repeat(3500) } else { piece_word(piece) };
        let count = pieces.len().to_string();
        let template: Vec<&str> = std::iter::once(count.as_str()).chain(pieces).collect();
        assert_eq!(launcher(line, &template), (Some(126), long.clone()), "{piece}");
    }
    // As much as a program can get is passed on.
    let script = format!("{line}\nexec {LAUNCHER} 10 . \"'printf\" . \"'%s\" . '$X' . '$X' . '$Y'");
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 2 * 131_000 + 65_000));
}

/// A line of bash that runs the launcher where there is no device; `None` where this user may not mount anything.
fn without_devices() -> Option<&'static str> {
    let line = "[ -v bare ] || exec env bare= unshare --user --map-root-user --mount bash -c \"$BASH_EXECUTION_STRING\" bash \"$@\"
        mount -t tmpfs tmpfs /dev || exit 9";
    let status = Command::new("bash").args(["-c", line]).status();
    status.is_ok_and(|status| status.success()).then_some(line)
}

/// (R6) A program starts without standard streams, and without `/dev`. (Without both, neither the lifecycle's launcher nor
/// any other program in Go or Rust starts.)
#[test]
fn the_launcher_needs_neither_streams_nor_devices() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ran");
    let script = format!("echo \"$1\" >{}", file.display());
    let lines = ["exec <&-", "exec >&-", "exec <&- >&- 2>&-"].into_iter().chain(without_devices());
    for (number, line) in lines.enumerate() {
        let number = number.to_string();
        let template = [
            "12",
            ".",
            "'bash",
            ".",
            "'-c",
            ".",
            &format!("'{script}"),
            ".",
            "'bash",
            ".",
            &format!("'{number}"),
            ".",
            "$UNSET",
        ];
        let words = ["--", "bash", "-c", &script, "bash", &number];
        for arguments in [&template[..], &words, &[&["init"][..], &words].concat()] {
            assert_eq!(launcher(line, arguments), (Some(0), String::new()), "{line} {arguments:?}");
            assert_eq!(fs::read_to_string(&file).unwrap(), format!("{number}\n"), "{line} {arguments:?}");
            fs::remove_file(&file).unwrap();
        }
    }
}

/// (R6) The launcher ignores SIGPIPE, as every program in Rust does, and what it starts does not.
#[test]
fn programs_do_not_ignore_sigpipe() {
    // Writing to a closed pipe ends a program by the signal, and is an error if the signal is ignored.
    let words = ["--", "bash", "-c", "exec {out}> >(:); wait $!; echo x >&$out"];
    assert_eq!(launcher("", &words), (None, String::new()));
    assert_eq!(launcher("", &[&["init"][..], &words].concat()), (Some(141), String::new()));
}

/// A word of many pieces.
fn piece_word(piece: &str) -> Vec<&str> {
    std::iter::once(".").chain(std::iter::repeat_n(piece, 3500)).collect()
}
