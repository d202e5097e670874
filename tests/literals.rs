//! Values that are written for a shell where no shell reads them (T9).

use crate::support::App;
use std::fmt::Write as _;

/// What is said of one process: the place, the title, and what the help gives to write.
fn said(process: &str) -> String {
    let app = App::project_toml(&format!("[io.octopilot.processes.web]\n{process}\n"));
    let stderr =
        app.env("BP_PROCFILE_ALLOW", "missing-program,missing-directory,unset-port,shell-stays").build().stderr;
    let mut out = String::new();
    for line in stderr.lines() {
        if let Some((_, title)) = line.split_once("]: ") {
            write!(out, "{title} | ").unwrap();
        } else if let Some((_, place)) = line.split_once("--> project.toml:") {
            write!(out, "{place} | ").unwrap();
        } else if let Some((_, help)) = line.split_once("help: ") {
            writeln!(out, "{help}").unwrap();
        }
    }
    out
}

#[track_caller]
fn check(process: &str, expected: &str) {
    assert_eq!(said(process), expected, "{process}");
    let Some((_, code)) = expected.split_once(": `") else { return };
    let command = code.lines().next().unwrap().trim_end_matches('`');
    assert_eq!(said(&format!("command = {command}")), "", "the fix of {process}");
}

/// (T9) What nothing expands in an array or in `args`: once for both, at the element, with the command line to write.
#[test]
fn variables_in_arrays_are_not_expanded() {
    check(
        "command = [\"node\", \"a.js\", \"--port=$PORT\", \"$HOST\"]",
        "the program gets the text `$PORT`, not the value of the variable | 2:28 | write the whole command as a string: `\"node a.js --port=${PORT:-8080} $HOST\"`\n",
    );
    check(
        "command = \"node a.js\"\nargs = [\"\", \"${A_B:-x y}\", \"it's\", \"-p$PORT\"]",
        "the program gets the text `$PORT`, not the value of the variable | 3:36 | write the whole command as a string, without `args`: `\"node a.js '' \\\"${A_B:-x y}\\\" 'it'\\\\''s' -p${PORT:-8080}\"`\n",
    );
}

/// (T9) An assignment before the program of an array.
#[test]
fn assignments_in_arrays_set_nothing() {
    check(
        "command = [\"NODE_ENV=production\", \"A=b c\", \"node\", \"a.js\", \"B=d\"]",
        "no program is called `NODE_ENV=production`, and no shell reads an array | 2:12 | write the whole command as a string: `\"NODE_ENV=production A='b c' node a.js B=d\"`\n",
    );
    check(
        "command = [\"A=b\", \"node\"]\nargs = [\"c\"]",
        "no program is called `A=b`, and no shell reads an array | 2:12 | write the whole command as a string, without `args`: `\"A=b node c\"`\n",
    );
    check(
        "command = [\"A=b\", \"node\", \"$HOST\"]",
        "the program gets the text `$HOST`, not the value of the variable | 2:27 | write the whole command as a string: `\"A=b node $HOST\"`\n",
    );
    for command in ["\"env\", \"A=b\", \"node\"", "\"A=b\"", "\"./A=b\", \"c\"", "\"=b\", \"c\"", "\"1=2\", \"c\""] {
        check(&format!("command = [{command}]"), "");
    }
    check("command = \"node\"\nargs = [\"A=b\", \"c\"]", "");
}

/// (T9) In `env`, the command sets the variable.
#[test]
fn variables_in_env_are_not_expanded() {
    for (command, written) in [
        ("\"node a.js\"", "URL=http://$HOST/a node a.js"),
        ("[\"node\", \"a b.js\"]", "URL=http://$HOST/a node 'a b.js'"),
        ("\"cd a && node a.js\"", "export URL=http://$HOST/a && cd a && node a.js"),
    ] {
        let said = said(&format!("command = {command}\nenv = {{ URL = \"http://$HOST/a\" }}"));
        let expected = format!(
            "`URL` gets the text `$HOST`, not the value of the variable | 3:15 | delete it here, and write `command = \"{written}\"`\n"
        );
        assert_eq!(said, expected);
    }
}

/// (T9) Texts that are plainly literal, and programs that read `$` themselves.
#[test]
fn literal_texts_are_let_be() {
    for word in ["5$", "$$", "^a$", "$", "\\\\$HOME", "$1", "a $HOME b", "pa$SWORD", "$a", "${spring.name}", "$(date)"]
    {
        check(&format!("command = [\"node\", \"{word}\"]"), "");
        check(&format!("command = \"node\"\nenv = {{ A = \"{word}\" }}"), "");
    }
    for command in [
        "\"sh\", \"-c\", \"exec node $X\"",
        "\"env\", \"bash\", \"-c\", \"exec node;$X\"",
        "\"awk\", \"{print$NF}\"",
        "\"/usr/bin/perl\", \"-e\", \"print$ENV\"",
        "\"find\", \".\", \"-name\", \"$X\"",
        "\"java\", \"-Dserver.address=${HOST}\", \"-jar\", \"a.jar\"",
    ] {
        check(&format!("command = [{command}]"), "");
    }
    check("command = \"java -jar a.jar\"\nenv = { SPRING_URL = \"http://${HOST}\" }", "");
    check("command = \"./run\"\nenv = { SPRING_URL = \"http://${HOST}\" }", "");
}

/// (T9) A placeholder of another tool has its own message, and only that.
#[test]
fn placeholders_are_not_told_twice() {
    for word in ["$(PORT)", "${PORT:8080}", "$$PORT", "%PORT%", "$PORT:-80"] {
        let said = said(&format!("command = [\"node\", \"--port\", \"{word}\"]"));
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("nothing replaces"), "{said}");
    }
}

/// (T9) Operators of a shell in an array, with the string that has them.
#[test]
fn operators_in_arrays_do_nothing() {
    let title = |operator| format!("the program gets `{operator}` as an argument, because no shell reads an array");
    for (words, operator, at, written) in [
        ("\"a\", \"&&\", \"b c\"", "&&", "2:17", "\"a && 'b c'\""),
        ("\"a\", \"||\", \"b\", \"$X\"", "||", "2:17", "\"a || b $X\""),
        ("\"a\", \"|\", \"b\"", "|", "2:17", "\"a | b\""),
        ("\"a\", \";\", \"b\"", ";", "2:17", "\"a ; b\""),
        ("\"a\", \"b\", \"2>&1\"", "2>&1", "2:22", "\"a b 2>&1\""),
        ("\"a\", \"x\", \">>\", \"b\"", ">>", "2:22", "\"a x >> b\""),
        ("\"a\", \"&>/dev/null\"", "&>/dev/null", "2:17", "\"a &>/dev/null\""),
        ("\"a\", \"<\", \"b\"", "<", "2:17", "\"a < b\""),
    ] {
        let expected = format!("{} | {at} | write the whole command as a string: `{written}`\n", title(operator));
        check(&format!("command = [{words}]"), &expected);
    }
    check(
        "command = [\"a\"]\nargs = [\"b\", \"&\", \"c\"]",
        &format!("{} | 3:14 | write the whole command as a string, without `args`: `\"a b & c\"`\n", title("&")),
    );
}

/// (T9) Operators that a program reads itself, and texts that only look like one.
#[test]
fn operators_of_programs_are_let_be() {
    for words in [
        "\"find\", \".\", \"-exec\", \"ls\", \"{}\", \";\"",
        "\"cut\", \"-d\", \"|\", \"a\"",
        "\"tr\", \"|\", \";\"",
        "\"test\", \"a\", \">\", \"b\"",
        "\"timeout\", \"5\", \"sh\", \"-c\", \"a $0\", \"&&\"",
        "\"pip\", \"download\", \">=3\"",
        "\"a\", \"<b@c>\", \"->\", \"a&&b\", \"a;\", \"x|y\"",
    ] {
        check(&format!("command = [{words}]"), "");
    }
}

/// (T9) What only a shell can do as the program of an array.
#[test]
fn builtins_are_no_programs() {
    check(
        "command = [\"exec\", \"node\", \"a.js\"]",
        "only a shell has `exec`, and no shell reads an array | 2:12 | write the whole command as a string: `\"exec node a.js\"`\n",
    );
    check(
        "command = [\"source\", \"vars\", \"&&\", \"node\", \"a.js\"]",
        "the program gets `&&` as an argument, because no shell reads an array | 2:30 | write the whole command as a string: `\"source vars && node a.js\"`\n",
    );
    for command in ["\"exec\"", "\"./exec\", \"a\"", "\"bash\", \"-c\", \"exec node a.js\""] {
        check(&format!("command = [{command}]"), "");
    }
}

/// (T9) Command lines as the elements of an array.
#[test]
fn command_lines_are_no_programs() {
    check(
        "command = [\"node a.js\", \"node b.js\"]",
        "no program is called `node a.js` | 2:12 | write the whole command as a string: `\"node a.js && node b.js\"`\n",
    );
    check("command = [\"echo\", \"a b\", \"c d\"]", "");
}
