//! The launcher as process 1 (X8): what it does with signals, children and terminals. When a build asks for it is in
//! `init/declared.rs`.

mod declared;

use crate::colour::terminal;
use crate::support::LAUNCHER;
use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::unistd::Pid;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// How long a program may take that does not hang.
const HANGS: Duration = Duration::from_secs(30);

/// The launcher in front of a script of bash.
struct Init {
    child: Child,
    lines: Receiver<String>,
}

impl Init {
    fn start(script: &str) -> Self {
        let mut command = undisturbed(LAUNCHER);
        command.args(["init", "--", "bash", "-c", script, "bash"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        spawn(move || output.lines().try_for_each(|line| sender.send(line.unwrap())));
        Self { child, lines }
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn line(&mut self) -> String {
        self.lines.recv_timeout(HANGS).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill(self.id(), signal).unwrap();
    }

    /// Its children: their ids, states and groups.
    fn children(&self) -> Vec<(i32, String, i32)> {
        let stats = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let stat = fs::read_to_string(entry.ok()?.path().join("stat")).ok()?;
            let (id, rest) = stat.split_once(" (")?;
            let fields: Vec<&str> = rest.rsplit_once(") ")?.1.split(' ').collect();
            let number = |text: &str| text.parse::<i32>().ok();
            let is_child = number(fields[1])? == self.id().as_raw();
            is_child.then_some((number(id)?, fields[0].to_string(), number(fields[2])?))
        });
        stats.collect()
    }

    fn group(&self) -> Pid {
        Pid::from_raw(self.children()[0].2)
    }

    fn end(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Init {
    fn drop(&mut self) {
        // If a test fails, nothing of it runs on.
        for (_, _, group) in self.children() {
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        let _ = self.child.kill();
    }
}

/// A program that ignores no signals, although what has started the tests may: a shell does so for jobs.
fn undisturbed(program: &str) -> Command {
    let mut command = Command::new("env");
    command.args(["--default-signal", program]);
    command
}

#[track_caller]
fn eventually(is_true: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < HANGS);
        sleep(Duration::from_millis(10));
    }
}

fn status(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(LAUNCHER).args(arguments).env("GIVEN", "a  b").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// (X8, X7) The exit status is that of the command, or that of a shell if there is none.
#[test]
fn it_ends_with_the_status_of_the_command() {
    let bash = |script| status(&["init", "--", "bash", "-c", script]);
    for (script, expected) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("exit 255", 255),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
        ("kill -SEGV $$", 139),
        ("kill -40 $$", 168),
        ("sleep 0 & exit 3", 3),
    ] {
        assert_eq!(bash(script), (Some(expected), String::new(), String::new()), "{script}");
    }
    let said = |status: i32, message: &str| (Some(status), String::new(), format!("octopilot/procfile: {message}\n"));
    assert_eq!(status(&["init", "--", "no-such-program"]), said(127, "no-such-program: not found"));
    assert_eq!(status(&["init", "--", "/etc/passwd"]), said(126, "/etc/passwd: permission denied"));
    assert_eq!(status(&["init", "2", ".", "'no-such-program"]), said(127, "no-such-program: not found"));
    assert_eq!(status(&["init", "3", ".", "\"NONE:?", "}"]), said(1, "NONE: parameter null or not set"));
    let unreadable = "the command in launch.toml is not one that this launcher can read";
    assert_eq!(status(&["init", "2", "."]), said(126, unreadable));
    assert_eq!(status(&["init"]), said(126, unreadable));
}

/// (X8, X3) Words and templates get the arguments that are given at run time.
#[test]
fn arguments_arrive() {
    let printf = ["--", "printf", "<%s>", "$GIVEN"];
    assert_eq!(
        status(&[&["init"][..], &printf, &["--help", ""]].concat()),
        status(&[&printf[..], &["--help", ""]].concat())
    );
    assert_eq!(status(&[&["init"][..], &printf, &["-x", ""]].concat()).1, "<$GIVEN><-x><>");
    let template = ["init", "6", ".", "'printf", ".", "'<%s>", ".", "\"GIVEN", "1", "init", "command"];
    assert_eq!(status(&template).1, "<a  b><1><init><command>");
    assert_eq!(status(&["init", "--", "true"]), (Some(0), String::new(), String::new()));
}

/// The signals that are passed on, the one that ends the shells of the test last.
const PASSED_ON: [Signal; 12] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGWINCH,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
    Signal::SIGCONT,
    Signal::SIGALRM,
    Signal::SIGTERM,
];

/// (X8) Each signal reaches every process of the group, once.
#[test]
fn signals_reach_the_whole_group() {
    // A shell runs a trap once the program in front of it has ended, so these wait for nothing.
    const SCRIPT: &str = r#"
        names="HUP INT QUIT USR1 USR2 WINCH TSTP TTIN TTOU CONT ALRM TERM"
        member='exec 9<> <(:); for name in $names; do trap "echo $0 SIG$name" $name; done
            trap "echo $0 SIGTERM; exit" TERM; echo ready; while :; do read -t 0.02 -u 9; done'
        export names; exec 3>&1; trap : $names
        bash -c "$member" first >&3 | bash -c "$member" second
        exit 9
    "#;
    let mut init = Init::start(SCRIPT);
    assert_eq!([init.line(), init.line()], ["ready", "ready"]);
    for signal in PASSED_ON {
        init.signal(signal);
        let mut lines = [init.line(), init.line()];
        lines.sort();
        assert_eq!(lines, ["first", "second"].map(|name| format!("{name} {signal}")));
    }
    assert_eq!(init.lines.iter().count(), 0);
    assert_eq!(init.end().code(), Some(9));
}

/// (X8) A command that ignores SIGTERM goes on, and so does the launcher.
#[test]
fn a_command_may_ignore_a_signal() {
    let mut init = Init::start("trap '' TERM; trap 'exit 4' USR1; echo ready; while :; do sleep 0.02; done");
    assert_eq!(init.line(), "ready");
    init.signal(Signal::SIGTERM);
    sleep(Duration::from_millis(300));
    assert!(init.child.try_wait().unwrap().is_none());
    // Signals that nothing handles end the command, and not the launcher.
    init.signal(Signal::SIGUSR1);
    assert_eq!(init.end().code(), Some(4));
    let mut init = Init::start("echo ready; exec sleep 60");
    init.line();
    init.signal(Signal::SIGUSR1);
    assert_eq!(init.end().code(), Some(128 + 10));
}

/// (X8) What the command leaves behind gets SIGTERM, and has time to end.
#[test]
fn what_is_left_gets_sigterm() {
    let left = "bash -c \"trap 'sleep 0.3; echo ended; exit' TERM; echo ready; while :; do sleep 0.02; done\" &";
    let mut init = Init::start(&format!("{left} sleep 2; exit 6"));
    assert_eq!(init.line(), "ready");
    assert_eq!(init.line(), "ended");
    assert_eq!(init.end().code(), Some(6));
    // It does not get a second one, which tells some programs to end at once.
    let left = "bash -c \"trap 'echo got' TERM; trap 'exit' USR1; echo ready; while :; do sleep 0.02; done\" &";
    let mut init = Init::start(&format!("{left} while :; do sleep 1; done"));
    assert_eq!(init.line(), "ready");
    let group = init.group();
    init.signal(Signal::SIGTERM);
    assert_eq!(init.line(), "got");
    sleep(Duration::from_millis(300));
    killpg(group, Signal::SIGUSR1).unwrap();
    assert_eq!(init.lines.iter().count(), 0);
    assert_eq!(init.end().code(), Some(143));
}

/// (X8) What ignores SIGTERM is killed after 5 s; so is what is stopped.
#[test]
fn what_is_left_is_killed() {
    let start = Instant::now();
    let left = [
        "trap '' TERM; sleep 60 & echo ready; exit 3",
        "(trap '' TERM; kill -STOP $BASHPID) & echo ready; trap '' TERM; sleep 60 & exit 3",
    ];
    for mut init in left.map(Init::start) {
        assert_eq!(init.line(), "ready");
        // The end of the stream is the end of all that could write to it.
        assert_eq!(init.lines.iter().count(), 0);
        assert_eq!(init.end().code(), Some(3));
        assert!((5.0..20.0).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());
    }
}

/// (X8) What is stopped when the command ends gets to handle SIGTERM.
#[test]
fn what_is_left_continues() {
    let left = "(trap 'echo got; exit' TERM; kill -STOP $BASHPID; while :; do sleep 0.02; done) & sleep 0.3; exit 3";
    let mut init = Init::start(left);
    assert_eq!(init.line(), "got");
    assert_eq!(init.end().code(), Some(3));
}

/// (X8) A command that is stopped has not ended.
#[test]
fn a_group_may_stop_and_continue() {
    let mut init = Init::start("trap 'exit 5' TERM; echo ready; while :; do sleep 0.02; done");
    assert_eq!(init.line(), "ready");
    let is_stopped = |init: &Init| init.children()[0].1 == "T";
    killpg(init.group(), Signal::SIGSTOP).unwrap();
    eventually(|| is_stopped(&init));
    assert!(init.child.try_wait().unwrap().is_none());
    init.signal(Signal::SIGTERM);
    sleep(Duration::from_millis(200));
    assert!(is_stopped(&init));
    init.signal(Signal::SIGCONT);
    assert_eq!(init.end().code(), Some(5));
}

/// (X8) Every process whose parent has ended is waited for, wherever the launcher is in the tree of processes.
#[test]
fn orphans_are_reaped() {
    let script = "for n in {1..200}; do (sleep 0.0$((n % 10)) & setsid sleep 0.05 &) ; done; echo ready; sleep 60";
    let mut init = Init::start(script);
    assert_eq!(init.line(), "ready");
    eventually(|| init.children().len() == 1);
    init.signal(Signal::SIGTERM);
    assert_eq!(init.end().code(), Some(143));
}

/// (X8) What starts the launcher can ignore SIGCHLD, so that the kernel forgets how children end.
#[test]
fn an_ignored_end_of_a_child_is_noticed() {
    let mut command = Command::new("env");
    command.args(["--ignore-signal=CHLD", LAUNCHER, "init", "--", "bash", "-c", "sleep 0; exit 7"]);
    let mut init = Init { child: command.spawn().unwrap(), lines: channel().1 };
    let start = Instant::now();
    let status = loop {
        if let Some(status) = init.child.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < HANGS);
        sleep(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(7));
}

/// (X8) The command has the signals that the launcher was started with: blocked, ignored or neither.
#[test]
fn the_command_inherits_signals() {
    let masks = |launcher: &[&str]| {
        let show = "trap '' HUP; exec \"$@\" grep -E 'Sig(Blk|Ign)' /proc/self/status";
        let output = Command::new("bash").args(["-c", show, "bash"]).args(launcher).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        let mask = |line: &str| u64::from_str_radix(line.split_whitespace().last().unwrap(), 16).unwrap();
        // glibc keeps two signals (32 and 33) for itself.
        text.lines().map(|line| mask(line) & !(3 << 31)).collect::<Vec<_>>()
    };
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGUSR2);
    blocked.add(Signal::SIGALRM);
    spawn(move || {
        assert_eq!(masks(&["env"]), masks(&[LAUNCHER, "init", "--"]));
        blocked.thread_block().unwrap();
        // What has started the tests may ignore others.
        let [blocked, ignored] = masks(&["env"])[..] else { panic!("two masks") };
        assert_eq!((blocked, ignored & 1), (1 << 11 | 1 << 13, 1));
        assert_eq!(masks(&["env"]), masks(&[LAUNCHER, "init", "--"]));
    })
    .join()
    .unwrap();
}

/// (X8) No signal is lost while the command starts.
#[test]
fn signals_may_come_at_any_time() {
    for micros in (0..40).map(|step| step * 100) {
        let init = Init::start("sleep 60");
        sleep(Duration::from_micros(micros));
        init.signal(Signal::SIGTERM);
        let status = init.end();
        // Before it is ready, the launcher is a program like others. As process 1, the kernel keeps the signal from it then.
        assert!(status.code() == Some(143) || status.signal() == Some(15), "{status}");
    }
}

/// (X8) It sleeps while there is nothing to do.
#[test]
fn it_takes_no_time() {
    let mut init = Init::start("echo ready; sleep 1; echo done");
    init.line();
    let ticks = |init: &Init| {
        let stat = fs::read_to_string(format!("/proc/{}/stat", init.id())).unwrap();
        let fields: Vec<u64> =
            stat.rsplit_once(") ").unwrap().1.split(' ').filter_map(|field| field.parse().ok()).collect();
        fields[10] + fields[11]
    };
    let before = ticks(&init);
    sleep(Duration::from_millis(700));
    assert_eq!(ticks(&init), before);
    assert_eq!(init.line(), "done");
}

/// Runs a script of bash as the leader of a terminal.
fn on_a_terminal(script: &str) -> (Child, fs::File) {
    let (screen, program) = terminal();
    let mut command = Command::new("setsid");
    command.args(["--ctty", "--wait", "env", "--default-signal", "bash", "-c", script, LAUNCHER]);
    command.stdin(program.try_clone().unwrap()).stdout(program.try_clone().unwrap()).stderr(program);
    (command.spawn().unwrap(), screen)
}

/// Reads what a terminal shows until it ends with a text.
fn read_until(screen: &mut fs::File, end: &str) -> String {
    let (mut shown, mut byte) = (Vec::new(), [0]);
    while !shown.ends_with(end.as_bytes()) {
        screen.read_exact(&mut byte).unwrap_or_else(|_| panic!("{:?}", String::from_utf8_lossy(&shown)));
        shown.push(byte[0]);
    }
    String::from_utf8(shown).unwrap()
}

/// (X8) The command has the terminal: it reads from it, and gets the signals of its keys once. Behind it, whoever had the
/// terminal has it again.
#[test]
fn the_command_has_the_terminal() {
    const COMMAND: &str =
        r#"trap "echo got INT" INT; echo ready; until read -r line; do :; done; echo "read $line"; exit 2"#;
    let script = format!("\"$0\" init -- bash -c '{COMMAND}'; echo \"status $?\"; read -r line; echo \"then $line\"");
    let (mut child, mut screen) = on_a_terminal(&script);
    read_until(&mut screen, "ready\r\n");
    screen.write_all(b"\x03").unwrap();
    assert_eq!(read_until(&mut screen, "got INT\r\n"), "^Cgot INT\r\n");
    screen.write_all(b"x\n").unwrap();
    assert_eq!(read_until(&mut screen, "status 2\r\n"), "x\r\nread x\r\nstatus 2\r\n");
    screen.write_all(b"y\n").unwrap();
    assert_eq!(read_until(&mut screen, "then y\r\n"), "y\r\nthen y\r\n");
    child.wait().unwrap();
}

/// (X8) A launcher in the background leaves the terminal to others.
#[test]
fn the_terminal_stays_with_its_owner() {
    let script =
        "set -m; \"$0\" init -- sleep 60 & sleep 0.3; read -r line; echo \"read $line\"; kill %1; wait; echo ended";
    let (mut child, mut screen) = on_a_terminal(script);
    screen.write_all(b"x\n").unwrap();
    read_until(&mut screen, "read x\r\n");
    read_until(&mut screen, "ended\r\n");
    child.wait().unwrap();
}
