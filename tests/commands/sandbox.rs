//! A directory in which commands run with a PATH of stubs.

use crate::Shell;
use crate::stub::{RECORDS, SOCKET, STATUS, WAITS};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The arguments given at run time.
pub(crate) const GIVEN: [&str; 2] = ["--given", "a  b"];

impl Shell {
    pub(crate) fn name(self) -> &'static str {
        if self == Self::Bash { "bash" } else { "sh" }
    }

    pub(crate) fn is_here(self) -> bool {
        Path::new(self.path()).exists()
    }

    fn path(self) -> &'static str {
        match self {
            Self::Bash => "/bin/bash",
            Self::Dash => "/bin/dash",
            Self::Busybox => "/bin/busybox",
        }
    }
}

pub(crate) struct Sandbox {
    root: TempDir,
    /// The command and the shell that the directory of the PATH was made for.
    made_for: RefCell<Option<(String, Shell)>>,
    /// Where the stub that waits says that it runs.
    socket: UnixListener,
    /// A shell that sends signals, which saves a process for each.
    kill: RefCell<Child>,
}

/// What became of SIGTERM while a program ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signalled {
    /// The program did not run, or the first process had ended.
    Never,
    /// The program with these arguments got it.
    Arrived(Vec<String>),
    /// The program with these arguments did not get it.
    Lost(Vec<String>),
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let kill = self.kill.get_mut();
        let _ = kill.kill();
        let _ = kill.wait();
    }
}

/// What a stub was given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record {
    pub(crate) arguments: Vec<String>,
    directory: String,
    variables: Vec<(String, String)>,
    input: String,
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) records: Vec<Record>,
    status: i32,
    output: String,
    stubs: Vec<String>,
    files: BTreeMap<PathBuf, String>,
}

impl Ran {
    /// The same with what ran at the same time in one order.
    pub(crate) fn sorted(mut self) -> Self {
        self.records.sort();
        self.stubs.sort();
        self
    }
}

/// What a command expanded to.
#[derive(Debug)]
pub(crate) struct Expanded {
    pub(crate) records: Vec<Record>,
    pub(crate) status: i32,
    pub(crate) message: String,
}

impl PartialEq for Expanded {
    fn eq(&self, other: &Self) -> bool {
        (&self.records, self.status) == (&other.records, other.status)
    }
}

/// Files that every command finds in its directory.
const FILES: [(&str, &str); 3] = [
    ("no-interpreter", "p of-script \"$@\"\n"),
    ("interpreter", "#!/bin/sh\nexec p of-script \"$0\" \"$@\"\n"),
    ("sourced", "q sourced; X=sourced\n"),
];

/// The file that every command gets as its standard input.
const INPUT: &str = "input";

/// Programs that cannot be started, with their modes.
const UNSTARTABLE: [(&str, &str, u32); 2] =
    [("no-mode", "#!/none/loader\n", 0o644), ("no-loader", "#!/none/loader\n", 0o755)];

/// What takes longer is a loop that the status of a stub does not end.
const LOOPS: Duration = Duration::from_secs(2);

/// How long a shell that handles SIGTERM may take to pass it on.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long a shell that waits for nothing may take to end.
const ENDS: Duration = Duration::from_millis(20);

/// What takes longer hangs, however busy the machine.
const HANGS: Duration = Duration::from_mins(1);

/// A text without what the shell itself said, which begins with its `$0` (`exec` words a missing program otherwise),
/// or tells the time.
fn without_own_words(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let own = ["web: ", "real\t", "user\t", "sys\t"];
    text.lines()
        .filter(|line| !own.iter().any(|own| line.starts_with(own)))
        .fold(String::new(), |all, line| all + line + "\n")
}

/// The exit status of a shell for a program that cannot be started. The lifecycle's launcher has others.
fn status_of(error: &std::io::Error) -> i32 {
    if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 }
}

fn kill_group(group: u32) {
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).stderr(Stdio::null()).status();
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(INPUT), "input\n").unwrap();
        fs::create_dir_all(root.path().join("app/sub")).unwrap();
        let socket = UnixListener::bind(root.path().join("socket")).unwrap();
        socket.set_nonblocking(true).unwrap();
        let kill = Command::new("/bin/bash").stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        Self { root, made_for: RefCell::default(), socket, kill: RefCell::new(kill) }
    }

    pub(crate) fn app(&self) -> PathBuf {
        self.root.path().join("app")
    }

    /// Makes a directory anew.
    fn empty(&self, name: &str) -> PathBuf {
        let path = self.root.path().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        path
    }

    /// Makes the app directory as it was at first. Only what commands have changed is written, which is a third of the
    /// time that these tests take.
    fn reset(&self) {
        for entry in fs::read_dir(self.app()).unwrap().map(Result::unwrap) {
            let is_whole = |(name, content): &(&str, &str)| {
                entry.file_name() == *name && fs::read(entry.path()).is_ok_and(|found| found == content.as_bytes())
            };
            if !FILES.iter().any(is_whole) {
                let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
            }
        }
        fs::create_dir(self.app().join("sub")).unwrap();
        for (name, content) in FILES.iter().map(|(name, content)| (self.app().join(name), content)) {
            if !name.exists() {
                fs::write(&name, content).unwrap();
                fs::set_permissions(name, fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
    }

    /// Resets the app directory, and makes a stub for every word of the command that may be a program.
    pub(crate) fn prepare(&self, command: &str, shell: Shell) {
        self.reset();
        self.empty("home");
        let _ = fs::remove_file(self.root.path().join("records"));
        let app = self.app();
        let path = self.root.path().join("path");
        let made_for = Some((command.to_string(), shell));
        if self.made_for.replace(made_for.clone()) != made_for {
            self.empty("path");
            symlink("/bin/bash", path.join("bash")).unwrap();
            symlink(if shell == Shell::Bash { "/bin/sh" } else { shell.path() }, path.join("sh")).unwrap();
            symlink("/usr/bin/env", path.join("env")).unwrap();
        }
        let stub = std::env::current_exe().unwrap();
        let is_separator = |c: char| !(c.is_alphanumeric() || "_./-".contains(c));
        for word in command.split(is_separator).chain(["p", "q", "fail"]) {
            let is_path = word.contains('/') && !word.starts_with('/') && !word.contains("..") && !word.ends_with('/');
            let file = if is_path { app.join(word) } else { path.join(word) };
            if word.is_empty() || word.starts_with(['.', '-']) && !is_path || word.starts_with('/') || file.exists() {
                continue;
            }
            if is_path && fs::create_dir_all(file.parent().unwrap()).is_err() {
                continue;
            }
            let _ = symlink(&stub, file);
        }
    }

    fn command(&self, words: &[&str], given: &[&str]) -> Command {
        let path = self.root.path().join("path");
        let program = if words[0].contains('/') { PathBuf::from(words[0]) } else { path.join(words[0]) };
        let mut command = Command::new(program);
        command
            .arg0(words[0])
            .args(&words[1..])
            .args(given)
            .current_dir(self.app())
            .env_clear()
            .env("PATH", &path)
            .env("HOME", self.root.path().join("home"))
            .envs([("X", "x y"), ("PROG", "p"), ("EMPTY", "")])
            .env(RECORDS, self.root.path().join("records"))
            .env(SOCKET, self.root.path().join("socket"))
            .stdin(File::open(self.root.path().join(INPUT)).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command
    }

    pub(crate) fn run(&self, words: &[&str], command: &str, shell: Shell, given: &[&str]) -> Ran {
        self.run_within(HANGS, 0, words, (command, shell), given)
    }

    /// Runs a command whose stubs end with a status.
    pub(crate) fn run_ending(&self, status: u8, words: &[&str], command: (&str, Shell), given: &[&str]) -> Ran {
        self.run_within(LOOPS, status, words, command, given)
    }

    fn run_within(
        &self,
        limit: Duration,
        status: u8,
        words: &[&str],
        (command, shell): (&str, Shell),
        given: &[&str],
    ) -> Ran {
        self.prepare(command, shell);
        let output = self.command(words, given).env(STATUS, status.to_string()).spawn().and_then(|child| {
            let group = child.id();
            let (done, is_done) = channel::<()>();
            let watch = std::thread::spawn(move || {
                if is_done.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                    kill_group(group);
                }
            });
            let output = child.wait_with_output();
            drop(done);
            watch.join().unwrap();
            output
        });
        let (status, stdout, stderr) = match output {
            Ok(output) => {
                let status = output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap());
                (status, output.stdout, output.stderr)
            }
            Err(error) => (status_of(&error), Vec::new(), Vec::new()),
        };
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        Ran {
            records: self.records(),
            status,
            output: without_own_words(&stdout),
            stubs: stderr.lines().filter(|line| line.starts_with("stub ")).map(String::from).collect(),
            files: files(&self.app()),
        }
    }

    /// A sandbox for commands that write no files, without files whose names a pattern could match.
    pub(crate) fn for_expansions() -> Self {
        let sandbox = Self::new();
        sandbox.prepare("sub/q", Shell::Bash);
        for (name, ..) in FILES {
            fs::remove_file(sandbox.app().join(name)).unwrap();
        }
        fs::create_dir(sandbox.app().join(".x")).unwrap();
        for (name, content, mode) in UNSTARTABLE {
            for directory in ["app", "path"] {
                let path = sandbox.root.path().join(directory).join(name);
                fs::write(&path, content).unwrap();
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            }
        }
        sandbox
    }

    /// Runs a command in a sandbox for expansions.
    pub(crate) fn expand(&self, words: &[&str], given: &[&str], variables: &[(&str, &OsStr)]) -> Expanded {
        let _ = fs::remove_file(self.root.path().join("records"));
        let mut command = self.command(words, given);
        command.env_remove("X").env_remove("EMPTY").env_remove("PROG").envs(variables.iter().copied());
        let output = command.output();
        let (status, message) = output.map_or_else(
            |error| (status_of(&error), Vec::new()),
            |output| (output.status.code().unwrap_or(-1), output.stderr),
        );
        Expanded { records: self.records(), status, message: String::from_utf8_lossy(&message).into_owned() }
    }

    fn records(&self) -> Vec<Record> {
        let text = fs::read_to_string(self.root.path().join("records")).unwrap_or_default();
        text.lines()
            .map(|line| {
                let (_, arguments, directory, variables, input): (u32, _, _, _, _) =
                    serde_json::from_str(line).unwrap();
                Record { arguments, directory, variables, input }
            })
            .collect()
    }

    fn send(&self, signal: &str, to: &str) {
        let mut kill = self.kill.borrow_mut();
        kill.stdin.as_mut().unwrap().write_all(format!("kill -{signal} -- {to}\n").as_bytes()).unwrap();
    }

    /// Starts a command whose stubs end with a status, waits until its stub `number` runs, sends SIGTERM to the first
    /// process, and tells what became of it.
    pub(crate) fn signalled(
        &self,
        words: &[&str],
        (command, shell): (&str, Shell),
        status: u8,
        number: usize,
    ) -> Signalled {
        self.prepare(command, shell);
        let mut child = self
            .command(words, &[])
            .env(WAITS, number.to_string())
            .env(STATUS, status.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let outcome = self.outcome(&mut child);
        // The launcher as process 1 starts a group of its own.
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap_or_default();
        for other in children.split_whitespace() {
            self.send("KILL", &format!("-{other}"));
        }
        self.send("KILL", &format!("-{}", child.id()));
        let _ = child.wait();
        // What came too late.
        while self.socket.accept().is_ok() {}
        outcome
    }

    fn outcome(&self, child: &mut Child) -> Signalled {
        let Some(mut stub) = self.waiting_stub(child) else { return Signalled::Never };
        let mut line = String::new();
        stub.set_nonblocking(false).unwrap();
        BufReader::new(&stub).read_line(&mut line).unwrap();
        // Its shell may have ended it before it says anything.
        let Ok((process, arguments, ignores_sigterm)) = serde_json::from_str::<(u32, Vec<String>, bool)>(&line) else {
            return Signalled::Never;
        };
        if process == child.id() {
            return if ignores_sigterm { Signalled::Lost(arguments) } else { Signalled::Arrived(arguments) };
        }
        // A shell that does not wait for its job may still be about to end.
        let end = Instant::now() + ENDS;
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > end {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        if child.try_wait().unwrap().is_some() {
            return Signalled::Never;
        }
        if ignores_sigterm {
            return Signalled::Lost(arguments);
        }
        self.send("TERM", &child.id().to_string());
        stub.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            let has_ended = child.try_wait().unwrap().is_some();
            if stub.read(&mut [0]).is_ok() {
                return Signalled::Arrived(arguments);
            }
            if has_ended || Instant::now() > end {
                return Signalled::Lost(arguments);
            }
        }
    }

    /// The stub that waits, unless the command ends without it.
    fn waiting_stub(&self, child: &mut Child) -> Option<UnixStream> {
        let mut end = Instant::now() + LOOPS;
        loop {
            if let Ok((stub, _)) = self.socket.accept() {
                return Some(stub);
            }
            if Instant::now() > end {
                return None;
            }
            // What it left running may still come to it.
            if child.try_wait().unwrap().is_some() {
                end = end.min(Instant::now() + Duration::from_millis(20));
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// The files that are not the stubs'.
fn files(directory: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            let content = fs::read(entry.path()).unwrap_or_default();
            found.insert(entry.path(), without_own_words(&content));
        }
    }
    found
}
