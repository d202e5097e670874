//! Colour, and the width of what a user reads (O2).

use crate::blocks;
use crate::support::{App, BINARY, without_pages};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use snapbox::{IntoData, assert_data_eq, str};
use std::env;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// A new terminal: the end that reads what is shown, and the end that a program gets.
pub(crate) fn terminal() -> (File, File) {
    // Programs that other tests start at the same time must not get it.
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let mut options = File::options();
    let program = options
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOCTTY.bits().cast_signed())
        .open(Path::new(name.to_str().unwrap()));
    (File::from(screen), program.unwrap())
}

/// What a terminal shows until every program has left it.
fn shown(mut screen: File) -> String {
    let mut text = Vec::new();
    // So Linux tells that nobody has the terminal any more.
    assert_eq!(screen.read_to_end(&mut text).unwrap_err().raw_os_error(), Some(Errno::IO.raw_os_error()));
    String::from_utf8(text).unwrap().replace("\r\n", "\n")
}

fn preview(app: &App, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg(app.path()).env_clear().envs(variables.iter().copied()).stdin(Stdio::null());
    command
}

/// The diagnostics that go into a pipe, while the log goes to a terminal.
fn in_a_pipe(app: &App, variables: &[(&str, &str)]) -> String {
    let (_screen, program) = terminal();
    let output = preview(app, variables).stdout(program).output().unwrap();
    String::from_utf8(output.stderr).unwrap()
}

/// The diagnostics that go to a terminal, while nobody reads the log.
fn on_a_terminal(app: &App, variables: &[(&str, &str)]) -> String {
    let (screen, program) = terminal();
    let mut child = preview(app, variables).stdout(Stdio::null()).stderr(program).spawn().unwrap();
    let text = shown(screen);
    child.wait().unwrap();
    text
}

const COLOURED: &str = "\u{1b}[1m\u{1b}[91merror[missing-colon]";

/// (O2) The whole table: which variables give colour, in a pipe and on a terminal.
#[test]
fn colour_is_the_readers_choice() {
    let app = App::procfile("web\n");
    let terms: [&[(&str, &str)]; 3] = [&[], &[("TERM", "xterm")], &[("TERM", "dumb")]];
    let choices: [&[(&str, &str)]; 11] = [
        &[],
        &[("NO_COLOR", "")],
        &[("NO_COLOR", "1")],
        &[("NO_COLOR", "0")],
        &[("CLICOLOR_FORCE", "")],
        &[("CLICOLOR_FORCE", "0")],
        &[("CLICOLOR_FORCE", "1")],
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
        &[("CLICOLOR", "0")],
        &[("CLICOLOR", "1")],
        &[("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")],
    ];
    let colour = |text: &str| {
        assert_eq!(text.contains('\u{1b}'), text.starts_with(COLOURED), "{text}");
        if text.contains('\u{1b}') { "colour" } else { "-" }
    };
    let terms_shown = "TERM unset / xterm / dumb";
    let mut table = format!("{:37}{:32}on a terminal\n{:37}{terms_shown:32}{terms_shown}\n", "", "in a pipe", "");
    for choice in choices {
        let words: Vec<String> = choice.iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(table, "{:37}", words.join(" ")).unwrap();
        let pipes = terms.map(|term| colour(&in_a_pipe(&app, &[term, choice].concat())));
        let terminals = terms.map(|term| colour(&on_a_terminal(&app, &[term, choice].concat())));
        writeln!(table, "{:32}{}", pipes.join(" / "), terminals.join(" / ")).unwrap();
    }
    assert_data_eq!(
        table,
        str![[r#"
                                     in a pipe                       on a terminal
                                     TERM unset / xterm / dumb       TERM unset / xterm / dumb
                                     - / - / -                       - / colour / -
NO_COLOR=                            - / - / -                       - / colour / -
NO_COLOR=1                           - / - / -                       - / - / -
NO_COLOR=0                           - / - / -                       - / - / -
CLICOLOR_FORCE=                      - / - / -                       - / colour / -
CLICOLOR_FORCE=0                     - / - / -                       - / colour / -
CLICOLOR_FORCE=1                     colour / colour / colour        colour / colour / colour
CLICOLOR_FORCE=1 NO_COLOR=1          - / - / -                       - / - / -
CLICOLOR=0                           - / - / -                       - / - / -
CLICOLOR=1                           - / - / -                       - / colour / -
CLICOLOR=0 CLICOLOR_FORCE=1          colour / colour / colour        colour / colour / colour

"#]]
        .raw()
    );
}

/// (O2) A build has no terminal, whatever pack has: colour is asked for by a variable of the build, which the lifecycle
/// gives the buildpack, and pack takes it out where it shows none itself.
#[test]
#[ignore = "needs Docker and pack"]
fn packs_users_ask_for_colour_by_a_variable() {
    const CASES: [(&[&str], bool); 5] = [
        (&["--force-color"], false),
        (&["--force-color", "--env", "CLICOLOR_FORCE=1"], true),
        (&["--force-color", "--env", "CLICOLOR_FORCE=1", "--env", "NO_COLOR=1"], false),
        (&["--env", "CLICOLOR_FORCE=1"], false),
        (&["--no-color", "--env", "CLICOLOR_FORCE=1"], false),
    ];
    let app = App::procfile("web\n");
    let builder = env::var("INTEGRATION_TEST_BUILDER").unwrap_or_else(|_| "heroku/builder:24".to_string());
    for (arguments, coloured) in CASES {
        let output = Command::new("pack")
            .args(["build", "procfile-test/colour", "--builder", &builder, "--buildpack", &blocks::buildpack()])
            .args(["--trust-builder", "--trust-extra-buildpacks", "--pull-policy", "if-not-present", "--path"])
            .arg(app.path())
            .args(arguments)
            .output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(text.contains(if coloured { COLOURED } else { "\nerror[missing-colon]" }), "{arguments:?}: {text}");
    }
}

/// (O2) Colour is added, and nothing else changes.
#[test]
fn colour_changes_no_character() {
    let app = App::procfile("web gunicorn app:app\n\"worker: a\"\nbeat: (a\n");
    let plain = in_a_pipe(&app, &[]);
    let hinted = format!("{plain}help: `--fix` corrects 2 of these mistakes, and `--diff` shows how\n");
    assert_eq!(on_a_terminal(&app, &[]), hinted);
    assert_eq!(without_colour(&on_a_terminal(&app, &[("TERM", "xterm")])), hinted);
    let app = App::procfile("web: a && b $C\nworker: a | b\nbeat: a\n")
        .file("project.toml", "io.octopilot.processes.web = \"a\"");
    let log = |variables| String::from_utf8(preview(&app, variables).output().unwrap().stdout).unwrap();
    let coloured = log(&[("CLICOLOR_FORCE", "1")]);
    assert!(coloured.starts_with("\u{1b}[1moctopilot/procfile"), "{coloured}");
    assert_eq!(without_colour(&coloured), log(&[]));
}

fn without_colour(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let mut plain = pieces.next().unwrap().to_string();
    for piece in pieces {
        let (sequence, text) = piece.split_once('m').unwrap();
        assert!(sequence.starts_with('[') && sequence[1..].chars().all(|c| c.is_ascii_digit()), "{sequence}");
        plain.push_str(text);
    }
    plain
}

/// A command of more columns than any terminal has.
fn long(program: &str) -> String {
    let options: Vec<String> = (0..50).map(|number| format!("--option-{number:03}")).collect();
    format!("{program} {}", options.join(" "))
}

/// (O1) The log shows every command whole, as it was written and as it runs, on a terminal too.
#[test]
fn the_log_never_breaks_a_command() {
    let (line, script) = (long("gunicorn $APP"), long("python feed.py") + " | tee log");
    let words = long("celery").replace(' ', "\", \"");
    let toml = format!("[io.octopilot.processes]\nbeat = [\"{words}\"]\n");
    let app = App::procfile(format!("web: {line}\nfeed: {script}\n")).file("project.toml", toml);
    let (screen, program) = terminal();
    let narrow = [("TERM", "xterm"), ("COLUMNS", "40"), ("NO_COLOR", "1")];
    let mut child = preview(&app, &narrow).stdout(program).stderr(Stdio::null()).spawn().unwrap();
    let log = shown(screen);
    child.wait().unwrap();
    let log = log.split("\n\n  How to run them").next().unwrap();
    let lines: Vec<&str> = log.lines().skip(4).map(str::trim).collect();
    assert_eq!(
        lines,
        [
            format!("web (default)  Procfile:1      {line}"),
            format!("bash runs: exec {line} \"$@\""),
            format!("feed           Procfile:2      {script}"),
            "bash runs it as written (arguments are not passed on, because of a pipeline)".to_string(),
            format!("beat           project.toml:2  [\"{words}\"]"),
            "exec form, without a shell".to_string(),
        ]
    );
}

/// (L3) Who reads the messages on a terminal is told that some of the mistakes can be corrected.
#[test]
fn a_terminal_shows_that_there_is_a_fix() {
    let hint = |procfile: &str| {
        let text = on_a_terminal(&App::procfile(procfile), &[("TERM", "xterm"), ("NO_COLOR", "1")]);
        text.lines().filter(|line| line.contains("--fix")).collect::<String>()
    };
    assert_eq!(hint("web x\nworker : y\n"), "help: `--fix` corrects 2 of these mistakes, and `--diff` shows how");
    assert_eq!(hint("web x\nweb y\n"), "help: `--fix` corrects one of these mistakes, and `--diff` shows how");
    assert_eq!(hint("web: x\nweb y\n"), "");
}

/// (O2) A long line of a file is cut around the carets, which stay under what they point at. The line of help that
/// people copy is whole.
#[test]
fn a_long_line_is_cut_around_the_carets() {
    let steps = [long("python manage.py migrate"), long("python manage.py collectstatic")];
    let app = App::procfile(format!("release: {}\nrelease: {}\nweb: a\n", steps[0], steps[1])).file("manage.py", "");
    let text = on_a_terminal(&app, &[("TERM", "xterm"), ("COLUMNS", "40"), ("NO_COLOR", "1")]);
    assert_data_eq!(without_pages(&text.replace(&steps.join(" && "), "BOTH STEPS")), str![[r#"
warning[duplicate-name]: the process type `release` is declared more than once
 --> Procfile:2:1
  |
2 | release: python manage.py collectstatic --option-000 --option-001 --option-002 --option-003 --option-004 --option-005 --option-006 --...
  | ^^^^^^^ this replaces the earlier definition
  |
 ::: Procfile:1:1
  |
1 | release: python manage.py migrate --option-000 --option-001 --option-002 --option-003 --option-004 --option-005 --option-006 --option...
  | ------- replaced by the later definition
  |
  = help: to run all steps, replace the `release` lines with this one:
          release: BOTH STEPS

note[release]: most platforms do not run the process type `release` automatically
 --> Procfile:2:1
  |
2 | release: python manage.py collectstatic --option-000 --option-001 --option-002 --option-003 --option-004 --option-005 --option-006 --...
  | ^^^^^^^ only a few platforms, such as Heroku, run it automatically
  |
  = help: run it before each deployment, in a Kubernetes Job, an init container or a deploy hook, or with `docker run --entrypoint release IMAGE`

warning: the build continues with 1 warning

"#]].raw());
    let app = App::procfile(format!("web: {} || exit 1\n", long("gunicorn app:app")));
    assert_data_eq!(
        without_pages(&in_a_pipe(&app, &[])),
        str![[r#"
warning[shell-stays]: SIGTERM will not reach the program of `web`, because a shell stays in front of it
 --> Procfile:1:676
  |
 ::: 
1 | …option-047 --option-048 --option-049 || exit 1
  |                                          ^^^^^^ the shell keeps running to run this afterwards
  |
  = help: delete `|| exit 1`, so that the container gets the program's own exit status
  = help: or set BP_PROCFILE_INIT to `stays`, so that signals reach every process

warning: the build continues with 1 warning

"#]]
        .raw()
    );
}

/// (O2) What a line of help says to type is whole, however long the command is.
#[test]
fn help_never_breaks_a_command() {
    let command = long("gunicorn app:app");
    let wrong = [
        (format!("web {command}"), format!("web: {command}")),
        (format!("web = {command}"), format!("web: {command}")),
        (format!("web: web: {command}"), format!("web: {command}")),
        (format!("web:: {command}"), format!("web: {command}")),
        (format!("\"web: {command}\""), format!("web: {command}")),
        (format!("// {command}"), format!("# {command}")),
        (format!("./{command}"), format!("web: ./{command}")),
    ];
    for (line, entry) in wrong {
        let text = in_a_pipe(&App::procfile(format!("{line}\n")), &[]);
        let help = text.lines().find(|line| line.contains("= help: ")).unwrap();
        assert!(help.ends_with(&format!(" `{entry}`")), "{text}");
    }
}
