//! What docs/ci.md shows, and what it names, through the tools that take them: actionlint, zizmor and pre-commit.

use super::files::{REFERENCE, shown};
use crate::blocks::repository;
use crate::manifests::with;
use crate::support::{files, manifest};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use tempfile::TempDir;

static ACTIONLINT: LazyLock<PathBuf> = LazyLock::new(|| {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("actionlint");
    let mut go = Command::new("go");
    go.args(["build", "-mod=readonly", "-o"]).arg(&program).arg("github.com/rhysd/actionlint/cmd/actionlint");
    assert!(go.current_dir(manifest("tests/ci/tools")).status().expect("go is installed").success());
    program
});

/// The directory of the programs in `tests/ci/tools/requirements.txt`.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let made = Command::new("python3").args(["-m", "venv"]).arg(&environment).status();
    assert!(made.expect("python3 is installed").success());
    let mut pip = Command::new(environment.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    assert!(pip.arg(manifest("tests/ci/tools/requirements.txt")).status().unwrap().success());
    environment.join("bin")
});

/// A repository with the action and the workflows of the page, which use it.
fn repository_with_action() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let workflows = root.path().join(".github/workflows");
    fs::create_dir_all(&workflows).unwrap();
    fs::create_dir(root.path().join(".git")).unwrap();
    fs::copy(manifest("action.yml"), root.path().join("action.yml")).unwrap();
    for (number, workflow) in shown(".github/workflows/procfile.yml").into_iter().enumerate() {
        fs::write(workflows.join(format!("{number}.yml")), workflow).unwrap();
    }
    root
}

/// Replaces a part of a file.
fn change(root: &TempDir, path: &str, part: &str, other: &str) {
    let path = root.path().join(path);
    fs::write(&path, with(&fs::read_to_string(&path).unwrap(), part, other)).unwrap();
}

fn output(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

/// What actionlint says of the workflows, with the action in the same repository, so that it knows the inputs.
fn actionlint(change_it: impl Fn(&TempDir)) -> (Option<i32>, String) {
    let root = repository_with_action();
    for workflow in files(&root.path().join(".github")) {
        fs::write(&workflow, with(&fs::read_to_string(&workflow).unwrap(), REFERENCE, "./")).unwrap();
    }
    change_it(&root);
    output(Command::new(&*ACTIONLINT).arg("-no-color").current_dir(&root))
}

#[test]
#[ignore = "needs Go"]
fn actionlint_accepts_the_workflows() {
    assert_eq!(actionlint(|_| ()), (Some(0), String::new()));
    let (status, says) = actionlint(|root| change(root, ".github/workflows/1.yml", "sarif-file:", "sarif-fil:"));
    assert_eq!(status, Some(1));
    assert!(says.contains("input \"sarif-fil\" is not defined in action"), "{says}");
    let (status, says) = actionlint(|root| change(root, "action.yml", "using: composite", "using: composit"));
    assert_eq!(status, Some(1), "{says}");
    let here = output(Command::new(&*ACTIONLINT).arg("-no-color").current_dir(manifest("")));
    assert_eq!(here, (Some(0), String::new()));
}

/// A release of the action has a tag, whose commit is not known before. A check of a second needs no limit.
const ZIZMOR: &str = "
rules:
  concurrency-limits:
    disable: true
  unpinned-uses:
    config:
      policies:
        octopilot/procfile: ref-pin
        '*': hash-pin
";

fn zizmor(paths: &[PathBuf]) -> (Option<i32>, String) {
    let config = tempfile::tempdir().unwrap();
    let path = config.path().join("zizmor.yml");
    fs::write(&path, ZIZMOR).unwrap();
    let mut zizmor = Command::new(PYTHON.join("zizmor"));
    zizmor.args(["--persona", "auditor", "--offline", "--no-progress", "--quiet", "--color", "never", "--config"]);
    output(zizmor.arg(path).args(paths))
}

#[test]
#[ignore = "needs Python and PyPI"]
fn zizmor_finds_nothing() {
    let root = repository_with_action();
    let (status, says) = zizmor(&[root.path().to_path_buf(), manifest(".github")]);
    assert_eq!(status, Some(0), "{says}");
    change(&root, "action.yml", "-- \"${APP}\"\n", "-- ${{ inputs.path }}\n");
    let (status, says) = zizmor(&[root.path().to_path_buf()]);
    assert!(status != Some(0) && says.contains("template-injection"), "{says}");
}

/// This repository as a release has it, and one of a user whose hooks come from it.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        for path in repository() {
            let to = desk.path("hooks").join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(manifest("").join(path), to).unwrap();
        }
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        for arguments in [&["init"][..], &["add", "--all"], &["commit", "--message", "all"], &["tag", tag]] {
            assert_eq!(desk.run("hooks", "git", arguments).0, Some(0));
        }
        fs::create_dir(desk.path("app")).unwrap();
        assert_eq!(desk.run("app", "git", &["init"]).0, Some(0));
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.path("app").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs a program where Cargo has downloaded nothing, and compiles fast instead of well.
    fn run(&self, directory: &str, program: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path(directory));
        command.env("PATH", format!("{}:{}", PYTHON.display(), env::var("PATH").unwrap()));
        command.env("CARGO_HOME", self.path("cargo")).env("PRE_COMMIT_HOME", self.path("pre-commit"));
        command.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16").env_remove("CARGO_TARGET_DIR");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "test").env(format!("GIT_{who}_EMAIL"), "test@example.com");
        }
        output(command.env("GIT_CONFIG_GLOBAL", "/dev/null"))
    }

    fn commit(&self) -> (Option<i32>, String) {
        assert_eq!(self.run("app", "git", &["add", "--all"]).0, Some(0));
        self.run("app", "git", &["commit", "--message", "change"])
    }
}

/// (L1) The hooks of the page work from this repository. They keep back a commit with a mistake or a warning, and one that
/// deletes what a process starts.
#[test]
#[ignore = "needs Python, PyPI and crates.io"]
fn pre_commit_runs_the_hooks() {
    let desk = Desk::new();
    let hooks = format!("file://{}", desk.path("hooks").display());
    let configs = shown(".pre-commit-config.yaml").into_iter();
    let configs: Vec<_> = configs.map(|config| with(&config, env!("CARGO_PKG_REPOSITORY"), &hooks)).collect();
    desk.write(".pre-commit-config.yaml", &configs[0]);
    assert_eq!(desk.run("app", "pre-commit", &["install", "--install-hooks"]).0, Some(0));

    let refused = |says: &str| {
        let (status, output) = desk.commit();
        assert_eq!(status, Some(1), "{output}");
        assert!(output.contains("check Procfile and project.toml") && output.contains(says), "{output}");
    };
    desk.write("Procfile", "web gunicorn app:app\n");
    refused("error[missing-colon]");
    desk.write("Procfile", "web: gunicorn app:app --bind 0.0.0.0:8000\n");
    refused("error[hardcoded-port]");
    desk.write("Procfile", "web: python app.py\n");
    desk.write("app.py", "");
    let (status, output) = desk.commit();
    assert_eq!(status, Some(0), "{output}");
    fs::remove_file(desk.path("app/app.py")).unwrap();
    refused("error[missing-program]");

    desk.write(".pre-commit-config.yaml", &configs[2]);
    desk.write("Procfile", "web gunicorn app:app --bind 0.0.0.0:${PORT:-8000}\n");
    let (status, output) = desk.commit();
    assert!(status == Some(1) && output.contains("- files were modified by this hook"), "{output}");
    let fixed = fs::read_to_string(desk.path("app/Procfile")).unwrap();
    assert_eq!(fixed, "web: gunicorn app:app --bind 0.0.0.0:${PORT:-8000}\n");
    let (status, output) = desk.commit();
    assert_eq!(status, Some(0), "{output}");

    desk.write(".pre-commit-config.yaml", &configs[1]);
    desk.write("services/api/Procfile", "web gunicorn app:app\n");
    desk.write("services/shop/Procfile", "web: gunicorn app:app --bind 0.0.0.0:${PORT:-8000}\n");
    let (status, output) = desk.commit();
    assert_eq!(status, Some(1), "{output}");
    let ended = |hook: &str| {
        output.lines().find(|line| line.starts_with(hook)).map(|line| line.rsplit('.').next().unwrap().to_string())
    };
    assert_eq!(
        ["check services/api", "check services/shop"].map(ended),
        ["Failed", "Passed"].map(|end| Some(end.to_string()))
    );
}
