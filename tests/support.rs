//! An app directory, and the compiled buildpack run on it as the lifecycle does.

use crate::editors;
use crate::machines::check;
use octopilot_procfile::diagnostics::{Diagnostic, Diagnostics};
use octopilot_procfile::text::Text;
use snapbox::{Data, assert_data_eq};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use tempfile::TempDir;

/// The binary under test, the preview under its own name: the compiled one, unless another is given.
pub(crate) const BINARY: &str = match option_env!("TEST_BINARY") {
    Some(given) => given,
    None => env!("CARGO_BIN_EXE_octopilot-procfile"),
};

/// The launcher under test.
pub(crate) const LAUNCHER: &str = match option_env!("TEST_LAUNCHER") {
    Some(given) => given,
    None => env!("CARGO_BIN_EXE_launcher"),
};

/// The layers directory of the buildpack, beside those of others.
const LAYERS: &str = "layers/octopilot_procfile";

/// What takes longer hangs. How long things may take is measured by `benches/cost`.
const HANGS: Duration = Duration::from_mins(1);

/// Compares a list with itself: each line has what is said of it in indented lines below.
pub(crate) fn check_list(path: &str, say: impl Fn(&str) -> String) {
    let path = manifest(path);
    let list = fs::read_to_string(&path).unwrap();
    let mut text = String::new();
    for line in list.lines().filter(|line| !line.starts_with("    ")) {
        text = text + line + "\n";
        if !line.is_empty() && !line.starts_with('#') {
            text += &say(line);
        }
    }
    assert_data_eq!(text, Data::read_from(&path, None).raw());
}

/// An app directory in the making.
pub(crate) struct App {
    root: TempDir,
    env: BTreeMap<String, String>,
    process_env: BTreeMap<String, String>,
}

/// What a phase did.
pub(crate) struct Outcome {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The files in the layers directory, by their path in it.
    pub(crate) layers: BTreeMap<String, String>,
}

impl App {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for directory in ["app", "bin", LAYERS, "platform/env", ".libcnb-cargo/additional-bin"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        fs::copy(manifest("buildpack.toml"), root.path().join("buildpack.toml")).unwrap();
        for phase in ["detect", "build"] {
            std::os::unix::fs::symlink(BINARY, root.path().join("bin").join(phase)).unwrap();
        }
        let launcher = root.path().join(".libcnb-cargo/additional-bin/launcher");
        std::os::unix::fs::symlink(LAUNCHER, launcher).unwrap();
        fs::write(root.path().join("plan.toml"), "").unwrap();
        Self { root, env: BTreeMap::new(), process_env: BTreeMap::new() }
    }

    pub(crate) fn procfile(content: impl AsRef<[u8]>) -> Self {
        Self::new().file("Procfile", content)
    }

    pub(crate) fn project_toml(content: &str) -> Self {
        Self::new().file("project.toml", content)
    }

    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        if path == "project.toml" {
            editors::check(content.as_ref());
        }
        self.beside(&format!("app/{path}"), content)
    }

    pub(crate) fn directory(self, path: &str) -> Self {
        fs::create_dir_all(self.path().join(path)).unwrap();
        self
    }

    pub(crate) fn link(self, path: &str, target: impl AsRef<Path>) -> Self {
        std::os::unix::fs::symlink(target, self.path().join(path)).unwrap();
        self
    }

    pub(crate) fn fifo(self, path: &str) -> Self {
        assert!(Command::new("mkfifo").arg(self.path().join(path)).status().unwrap().success());
        self
    }

    /// A variable that the user gave the platform.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        fs::write(self.root.path().join("platform/env").join(name), value).unwrap();
        self.env.insert(name.to_string(), value.to_string());
        self
    }

    /// A variable that the operator of the builder gave the phases.
    pub(crate) fn process_env(mut self, name: &str, value: &str) -> Self {
        self.process_env.insert(name.to_string(), value.to_string());
        self
    }

    /// The platform's directory.
    pub(crate) fn platform(&self) -> PathBuf {
        self.root.path().join("platform")
    }

    /// An entry of a service binding that the platform gives.
    pub(crate) fn binding(self, name: &str, entry: &str, content: impl AsRef<[u8]>) -> Self {
        self.beside(&format!("platform/bindings/{name}/{entry}"), content)
    }

    /// The launch.toml of another buildpack, whose build came before.
    pub(crate) fn earlier(self, buildpack: &str, launch_toml: impl AsRef<[u8]>) -> Self {
        self.beside(&format!("layers/{buildpack}/launch.toml"), launch_toml)
    }

    /// A file beside the app directory.
    pub(crate) fn beside(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("app")
    }

    pub(crate) fn detect(&self) -> Outcome {
        self.detect_after("")
    }

    /// Detects in what a line of bash makes of the process.
    pub(crate) fn detect_after(&self, line: &str) -> Outcome {
        let arguments = [self.root.path().join("platform"), self.root.path().join("buildplan.toml")];
        self.phase("detect", &arguments, line)
    }

    pub(crate) fn build(&self) -> Outcome {
        self.build_after("")
    }

    /// Builds in what a line of bash makes of the process: its limits, its streams, its user.
    pub(crate) fn build_after(&self, line: &str) -> Outcome {
        let arguments = [LAYERS, "platform", "plan.toml"].map(|name| self.root.path().join(name));
        self.phase("build", &arguments, line)
    }

    /// The layers directory of the buildpack.
    pub(crate) fn layers(&self) -> PathBuf {
        self.root.path().join(LAYERS)
    }

    fn phase(&self, name: &str, arguments: &[PathBuf], line: &str) -> Outcome {
        let program = self.root.path().join("bin").join(name);
        let mut command = Command::new(if line.is_empty() { &program } else { Path::new("bash") });
        if !line.is_empty() {
            command.args(["-c", &format!("{line}\nexec \"$@\""), "bash"]).arg(&program);
        }
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("CNB_BUILDPACK_DIR", self.root.path())
            .env("CNB_TARGET_OS", "linux")
            .env("CNB_TARGET_ARCH", "amd64")
            .env("CNB_TARGET_DISTRO_NAME", "debian")
            .env("CNB_TARGET_DISTRO_VERSION", "12")
            .envs(&self.process_env);
        self.outcome(command)
    }

    /// Runs the preview on the app directory, with the platform's variables in its environment.
    pub(crate) fn preview(&self, arguments: &[&str]) -> Outcome {
        let mut command = Command::new(BINARY);
        command.args(arguments).arg(self.path()).env_clear().envs(&self.env);
        let outcome = self.outcome(command);
        if let ["--format", format] = arguments {
            check(format, &outcome.stdout);
        }
        outcome
    }

    fn outcome(&self, command: Command) -> Outcome {
        let output = finished(command);
        let text = |bytes: &[u8]| self.redacted(&without_pages(str::from_utf8(bytes).unwrap()));
        let layers = self.layers();
        Outcome {
            status: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            layers: files(&layers)
                .into_iter()
                .map(|path| {
                    let is_file = path.symlink_metadata().unwrap().is_file();
                    let content = if is_file { fs::read(&path).unwrap() } else { b"no regular file\n".to_vec() };
                    let content = match String::from_utf8(content) {
                        Ok(content) => self.redacted(&content),
                        Err(binary) => format!("{} bytes\n", binary.as_bytes().len()),
                    };
                    (path.strip_prefix(&layers).unwrap().to_string_lossy().into_owned(), content)
                })
                .collect(),
        }
    }

    fn redacted(&self, text: &str) -> String {
        let app = fs::canonicalize(self.path()).unwrap();
        let (platform, layers) = (self.platform(), self.layers());
        text.replace(&app.to_string_lossy().into_owned(), "[APP]")
            .replace(&platform.to_string_lossy().into_owned(), "[PLATFORM]")
            .replace(&layers.to_string_lossy().into_owned(), "[LAYERS]")
            .replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
            // What musl says, in glibc's words.
            .replace("Symbolic link loop", "Too many levels of symbolic links")
            .replace("Filename too long", "File name too long")
    }
}

/// The output of a program, which is killed if it hangs.
fn finished(mut command: Command) -> Output {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let id = child.id().to_string();
    std::thread::scope(|scope| {
        let (done, is_done) = channel::<()>();
        scope.spawn(move || {
            if is_done.recv_timeout(HANGS) == Err(RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-KILL", &id]).status();
            }
        });
        let output = child.wait_with_output().unwrap();
        drop(done);
        output
    })
}

impl Outcome {
    /// Everything that the phase did, for a snapshot.
    pub(crate) fn all(&self) -> String {
        let mut all = match self.status {
            Some(status) => format!("exit status {status}\n"),
            None => "killed\n".to_string(),
        };
        for (name, text) in [("standard output", &self.stdout), ("standard error", &self.stderr)] {
            if !text.is_empty() {
                write!(all, "--- {name}\n{text}").unwrap();
            }
        }
        for (path, content) in &self.layers {
            write!(all, "--- layers/{path}\n{content}").unwrap();
        }
        if !all.ends_with('\n') {
            all.push('\n');
        }
        all
    }
}

/// A text without the last line of each diagnostic, which has to be the address of its page (O7): the version is in it, and
/// it says nothing that the name does not.
pub(crate) fn without_pages(text: &str) -> String {
    let (mut kept, mut name) = (Vec::new(), None);
    for line in text.lines() {
        let header = ["error[", "warning[", "note["].iter().find_map(|start| line.strip_prefix(start));
        if let Some((found, _)) = header.and_then(|rest| rest.split_once("]: ")) {
            assert_eq!(name.replace(found), None, "no page at the end of a diagnostic: {text}");
        }
        if let Some(page) = line.trim_start().strip_prefix("= page: ") {
            let (repository, version) = (env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"));
            let name = name.take().expect("a page of no diagnostic");
            assert_eq!(page, format!("{repository}/blob/v{version}/docs/diagnostics/{name}.md"));
            assert!(manifest(&format!("docs/diagnostics/{name}.md")).is_file(), "{name}");
            // Without help, nothing else is set off from the carets.
            kept.pop_if(|line: &mut &str| line.trim() == "|");
            continue;
        }
        assert!(!line.is_empty() || name.is_none(), "no page at the end of a diagnostic: {text}");
        kept.push(line);
    }
    let end = if text.ends_with('\n') { "\n" } else { "" };
    kept.join("\n") + end
}

/// What the first carets of a diagnostic are under. Nothing, if it has none.
pub(crate) fn marked(diagnostic: &str) -> String {
    let lines: Vec<&str> = diagnostic.lines().collect();
    let Some(carets) = lines.iter().position(|line| line.contains('^')) else { return String::new() };
    let (start, length) = (lines[carets].find('^').unwrap(), lines[carets].matches('^').count());
    lines[carets - 1].chars().skip(start).take(length).collect()
}

/// A text whose columns are one blank apart: how wide they are depends on where the app directory is.
pub(crate) fn without_columns(text: &str) -> String {
    text.lines().fold(String::new(), |all, line| {
        let indent = &line[..line.len() - line.trim_start().len()];
        let indent = if indent.len() > 4 { "      " } else { indent };
        all + indent + &line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n"
    })
}

/// A path in this repository.
pub(crate) fn manifest(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The files below a directory, sorted.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A parsed content, for tests that tell where things stand in it.
pub(crate) struct Places(Text);

impl Places {
    pub(crate) fn new(content: &str) -> Self {
        Self(Text::new("content", content.to_string()))
    }

    /// The place of a byte, as `line:column`.
    pub(crate) fn at(&self, offset: usize) -> String {
        let position = self.0.position(offset);
        format!("{}:{}", position.line, position.column)
    }

    /// The names of problems, a line each, behind their places.
    pub(crate) fn problems(&self, problems: &Diagnostics) -> String {
        let line = |diagnostic: &&Diagnostic| format!("{} {}\n", self.at(diagnostic.at.start), diagnostic.name);
        problems.in_file_order().iter().map(line).collect()
    }
}
