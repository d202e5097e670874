//! How a process runs: which shell, which form, which layer (section X). What commands do is in `tests/commands.rs`.

use crate::support::{App, LAUNCHER};
use octopilot_procfile::find::{Check, bash};
use octopilot_procfile::shell::{Budget, Dialect, Reading, read};
use snapbox::{IntoData, assert_data_eq, str};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

fn commands(app: &App) -> Vec<Vec<String>> {
    let launch: toml::Table = app.build().layers["launch.toml"].parse().unwrap();
    let processes = launch["processes"].as_array().unwrap();
    let words = |process: &toml::Value| process["command"].clone().try_into().unwrap();
    processes.iter().map(words).collect()
}

/// (X5, C5, C6, C8) What runs `x $A`, by the stack and the variables.
#[test]
fn the_shell_is_chosen_in_order() {
    let cases: [(&[(&str, &str)], &str); 13] = [
        (&[], "bash"),
        (&[("CNB_STACK_ID", "io.buildpacks.stacks.jammy")], "bash"),
        (&[("CNB_STACK_ID", "io.buildpacks.stacks.jammy.tiny")], "launcher"),
        (&[("CNB_STACK_ID", "io.buildpacks.stacks.jammy.static")], "launcher"),
        (&[("CNB_STACK_ID", "tiny"), ("BP_PROCFILE_SHELL", "AUTO")], "launcher"),
        (&[("CNB_STACK_ID", "tiny"), ("BP_PROCFILE_SHELL", "bash")], "bash"),
        (&[("CNB_STACK_ID", "tiny"), ("BP_PROCFILE_SHELL", " Sh ")], "sh"),
        (&[("BP_PROCFILE_SHELL", "none")], "launcher"),
        (&[("BP_DIRECT_PROCESS", "true")], "launcher"),
        (&[("BP_DIRECT_PROCESS", "1"), ("BP_PROCFILE_SHELL", "auto")], "launcher"),
        (&[("BP_DIRECT_PROCESS", "True"), ("BP_PROCFILE_SHELL", "bash")], "bash"),
        (&[("BP_DIRECT_PROCESS", "false")], "bash"),
        (&[("BP_DIRECT_PROCESS", "0"), ("CNB_STACK_ID", "tiny")], "launcher"),
    ];
    for (variables, expected) in cases {
        let app = variables.iter().fold(App::procfile("web: x $A\n"), |app, (name, value)| app.env(name, value));
        let program = commands(&app)[0][0].clone();
        assert!(program == expected || program.ends_with(&format!("/launcher/{expected}")), "{variables:?}: {program}");
    }
}

/// (X1, X2, X6) The forms of one Procfile with bash, with sh and without a shell.
#[test]
fn forms_follow_the_shell() {
    const PROCFILE: &str = "a: x 'b c'\nb: A=1 x \"$B\"\nc: exec x $C \"$@\"\nd: echo d\n";
    let of = |shell: &str| {
        let app = App::procfile(PROCFILE).env("BP_PROCFILE_SHELL", shell).env("BP_PROCFILE_DEFAULT_TYPE", "a");
        let launcher =
            |word: &String| if word.ends_with("/launcher/launcher") { "LAUNCHER".to_string() } else { word.clone() };
        let lines =
            commands(&app).into_iter().map(|words| format!("{:?}\n", words.iter().map(launcher).collect::<Vec<_>>()));
        lines.collect::<String>()
    };
    assert_data_eq!(
        of("bash"),
        str![[r#"
["x", "b c"]
["bash", "-c", "A=1 exec x \"$B\" \"$@\"", "b"]
["bash", "-c", "exec x $C \"$@\"", "c"]
["bash", "-c", "echo d \"$@\"", "d"]

"#]]
        .raw()
    );
    assert_data_eq!(
        of("sh"),
        str![[r#"
["x", "b c"]
["sh", "-c", "A=1 exec x \"$B\" \"$@\"", "b"]
["sh", "-c", "exec x $C \"$@\"", "c"]
["sh", "-c", "echo d \"$@\"", "d"]

"#]]
        .raw()
    );
    assert_data_eq!(
        of("none"),
        str![[r#"
["x", "b c"]
["LAUNCHER", "6", "+A=", "'1", ".", "'x", ".", "\"B"]
["LAUNCHER", "4", ".", "'x", ".", "$C"]
["echo", "d"]

"#]]
        .raw()
    );
}

/// (X6) The launcher is in a launch layer of its own where a process needs it, and only there.
#[test]
fn the_launcher_has_a_layer() {
    let app = App::procfile("web: x $A\nworker: y\n").env("BP_PROCFILE_SHELL", "none");
    let bytes = std::fs::metadata(LAUNCHER).unwrap().len();
    for _ in 0..2 {
        let outcome = app.build();
        assert_eq!(outcome.layers["launcher/launcher"], format!("{bytes} bytes\n"));
        assert_data_eq!(
            outcome.layers["launcher.toml"].clone(),
            str![[r#"
[types]
launch = true

"#]]
            .raw()
        );
    }
    let without = App::procfile("web: x\n").env("BP_PROCFILE_SHELL", "none").build();
    assert_eq!(without.layers.keys().collect::<Vec<_>>(), ["launch.toml"]);
}

/// (X1) Whether a file of the app needs a shell is looked up in the directory that the process runs in.
#[test]
fn programs_without_an_interpreter_are_found_where_they_run() {
    const TOML: &str = "[io.octopilot.processes.web]\ncommand = './run'\nworking-dir = 'jobs'\n";
    let started = |content: &[u8]| {
        let app = App::project_toml(TOML).file("jobs/run", content).file("run", "x\n");
        commands(&app)[0][0].clone()
    };
    assert_eq!(started(b"x\n"), "bash");
    assert_eq!(started(b""), "bash");
    assert_eq!(started(b"#!/bin/sh\nx\n"), "./run");
    assert_eq!(started(b"\x7fELF\x02\x01\x01"), "./run");
    let absolute = App::new().file("run", "x\n");
    let absolute_path = absolute.path().canonicalize().unwrap().join("run");
    let absolute = absolute.file("Procfile", format!("web: {}\n", absolute_path.display()));
    assert_eq!(commands(&absolute)[0][0], "bash");
}

/// (X1) Whatever bash runs by itself is none of the programs of the exec form.
#[test]
fn builtins_and_reserved_words_are_bashs() {
    let output = Command::new("bash").args(["--norc", "-c", "compgen -b; compgen -k"]).output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.lines().count() >= 80);
    for word in words.lines() {
        assert!(!matches!(read(word, Dialect::Bash, &Budget::default()), Ok(Reading::Words(_))), "{word}");
        assert!(
            !matches!(read(&format!("'{word}' a"), Dialect::Bash, &Budget::default()), Ok(Reading::Words(_))),
            "{word}"
        );
    }
    assert_eq!(
        read("compgenerate a", Dialect::Bash, &Budget::default()),
        Ok(Reading::Words(vec!["compgenerate".into(), "a".into()]))
    );
}

/// (X0) bash is asked for its opinion, in its own words, and never for long.
#[test]
fn bash_is_asked() {
    let check = |line: &str| bash::check("bash", line, Duration::from_secs(1)).0;
    assert_eq!(check("select x in a; do b; done"), Check::Accepted);
    assert_eq!(check("touch /tmp/procfile-must-not-exist"), Check::Accepted);
    assert!(!std::path::Path::new("/tmp/procfile-must-not-exist").exists());
    assert_eq!(check("a )"), Check::Refused("syntax error near unexpected token `)'".into()));
    assert_eq!(check("a\nb $(c; ;)"), Check::Refused("syntax error near unexpected token `;'".into()));
    assert_eq!(check("a <<b; if c; then d"), Check::Refused("syntax error: unexpected end of file".into()));
    assert_eq!(check("a 'b"), Check::Refused("unexpected EOF while looking for matching `''".into()));
    assert_eq!(check("A=(b c"), Check::Refused("unexpected EOF while looking for matching `)'".into()));
    for line in ["( ".repeat(50_000), "$(".repeat(50_000), "x".repeat(200_000), ")".repeat(100_000)] {
        assert_ne!(check(&line), Check::Accepted);
    }
}

/// (X0) The expansion that bash refuses is pointed at, and not one that stands in single quotes, is escaped or is no name.
#[test]
fn the_expansion_that_bash_refuses_is_found() {
    for before in ["", "'${a.b}' ", "'x' '${a.b}' '${{ c }}' ", "\\${a.b} ", "${a:-${b:-x}} ", "'${a.b}'${a}'${a.b}' "]
    {
        let stderr = App::procfile(format!("web: p {before}${{process.env.PORT}} ${{c.d}}\n")).build().stderr;
        let title = "bash cannot expand `${process.env.PORT}`: bad substitution\n";
        assert!(stderr.starts_with(&format!("error[shell-syntax]: {title}")), "{before}: {stderr}");
        let place = format!(" --> Procfile:1:{}\n", "web: p ".len() + before.len() + 1);
        assert!(stderr.contains(&place), "{before}: {stderr}");
    }
}

/// (X0) What the parser takes for another command than bash is an error, as bash says it, with what to write.
#[test]
fn words_behind_assignments_are_names_of_programs() {
    for (command, help) in [
        ("if [ -z \"$A\" ]; then A=1 fi; p", "; fi"),
        ("while [ -z \"$A\" ]; do A=1 done; p", "; done"),
        ("{ A=1 }; p", "; }"),
        ("case $A in a) B=1 esac; p", "; esac"),
        ("cd .. && {p a;}", "{ p"),
    ] {
        let stderr = App::procfile(format!("web: {command}\n")).build().stderr;
        assert!(stderr.starts_with("error[shell-syntax]: "), "{command}: {stderr}");
        assert!(stderr.contains(&format!("= help: write `{help}`\n")), "{command}: {stderr}");
    }
    let stderr = App::procfile("web: p < (q)\n").build().stderr;
    assert!(
        stderr
            .starts_with("error[shell-syntax]: bash cannot parse this command: syntax error near unexpected token `('")
    );
}

/// (X0) What bash refuses is an error for another shell only if that refuses it too.
#[test]
fn the_shell_of_the_image_is_asked_too() {
    let app = |command: &str| App::procfile(format!("web: {command}\n")).env("BP_PROCFILE_SHELL", "sh").build();
    let is_bash = bash::check("sh", "coproc", Duration::from_secs(1)).0 != Check::Accepted;
    assert_eq!(app("coproc").all().contains("warning[unread-command]"), !is_bash);
    assert!(app("p 'a").all().contains("error[shell-syntax]: bash cannot parse this command"));
    for (command, syntax) in [("[[ -n $A ]] && p", "[["), ("p &> f", "&>"), ("exec p <(q)", "<(")] {
        let title = format!("warning[unread-command]: `{syntax}` is syntax of bash, which `sh` may not have\n");
        assert!(app(command).stderr.starts_with(&title), "{}", app(command).stderr);
    }
}

/// A program of the app may have a blank in its name, wherever the process starts.
#[test]
fn a_program_with_a_blank_is_no_quoted_command() {
    let table = "[io.octopilot.processes.web]\ncommand = [\"./my server\"]\nworking-dir = \"bin\"\n";
    for app in [App::procfile("web: \"bin/my server\"\n"), App::project_toml(table)] {
        let app = app.file("bin/my server", "#!/bin/sh\n");
        fs::set_permissions(app.path().join("bin/my server"), PermissionsExt::from_mode(0o755)).unwrap();
        assert_eq!(app.build().stderr, "");
        fs::remove_file(app.path().join("bin/my server")).unwrap();
        assert!(app.build().stderr.starts_with("warning[quoted-command]"), "{}", app.build().stderr);
    }
}

/// Commands that no parser likes get an answer, soon.
#[test]
fn hostile_commands_get_an_answer() {
    let many = |text: &str, count: usize| text.repeat(count);
    let commands = [
        many("(", 130_000),
        many("$(", 60_000),
        many("{ ", 60_000),
        many("( ", 10_000) + "a" + &many(" )", 10_000),
        many("if a; then ", 10_000) + "b" + &many("; fi", 10_000),
        many("case a in b) ", 16),
        many("((a", 12),
        many("${y[", 12),
        many("a[${b}", 60) + "||c",
        many("a[']'", 60) + "||b",
        many("a[\\]", 60) + "||b",
        many("a[\"]\"", 60) + "||b",
        many("a[$'b", 60) + "||c",
        "a ${#|&<<b>5X} $$(".to_string(),
        "a <<b".to_string(),
        "a <<'' #b".to_string(),
        "a <<\"\" ; b #c".to_string(),
        "a <<-E b $((c".to_string(),
        "|&<<b&<<b".to_string(),
        "y>(ab;<<\t<".to_string(),
        "a \\".to_string(),
        "a 99999999999999999999>b".to_string(),
        "a ~99999999999999999999999".to_string(),
        "a 'b".to_string(),
        many("\"$( ", 40),
        many("`", 4001),
        many("a;", 60_000),
        many("a $b ", 26_000),
    ];
    for command in commands {
        for shell in ["bash", "sh", "none"] {
            let app = App::procfile(format!("web: {command}\n")).env("BP_PROCFILE_SHELL", shell);
            let outcome = app.build();
            let beginning = &command[..command.len().min(20)];
            assert!(matches!(outcome.status, Some(0 | 1)), "{beginning} {shell}: {}", outcome.all());
        }
    }
}
