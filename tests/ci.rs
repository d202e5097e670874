//! What others run in their CI: the GitHub action, the hook of pre-commit, and the files that docs/ci.md shows.

mod files;
mod tools;

use crate::machines::check;
use crate::support::{BINARY, manifest};
use serde_json::Value;
use snapbox::{IntoData, assert_data_eq, str};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// The files of a release: an archive, whose program is the compiled preview, and its checksum among others.
const RELEASE: &str = r#"
mkdir "v$VERSION"
cd "v$VERSION"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$BINARY" >octopilot-procfile
chmod +x octopilot-procfile
echo licence >LICENSE
tar -czf "octopilot-procfile-$VERSION-$TARGET.tar.gz" octopilot-procfile LICENSE
rm octopilot-procfile LICENSE
echo buildpack >"procfile-$TARGET.cnb"
sha256sum -- * >SHA256SUMS
"#;

pub(crate) fn release(version: &str, target: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-euc", RELEASE]).current_dir(&directory);
    let status = bash.env("VERSION", version).env("TARGET", target).env("BINARY", BINARY).status();
    assert!(status.unwrap().success());
    directory
}

/// A runner with a checked-out repository, in which the action is a step.
struct Runner {
    root: TempDir,
    releases: TempDir,
    platform: [&'static str; 2],
    inputs: BTreeMap<&'static str, &'static str>,
}

/// How a step with the action ended.
struct Ended {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Runner {
    fn new(procfile: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        for directory in ["action", "temp", "workspace/services/api"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        fs::copy(manifest("buildpack.toml"), root.path().join("action/buildpack.toml")).unwrap();
        fs::write(root.path().join("workspace/services/api/Procfile"), procfile).unwrap();
        let releases = release(env!("CARGO_PKG_VERSION"), "linux-amd64");
        Self { root, releases, platform: ["Linux", "X64"], inputs: BTreeMap::from([("path", "services/api")]) }
    }

    fn with(mut self, input: &'static str, value: &'static str) -> Self {
        self.inputs.insert(input, value);
        self
    }

    fn workspace(&self) -> std::path::PathBuf {
        self.root.path().join("workspace")
    }

    /// Runs the steps of the action, as a runner does.
    fn run(&self) -> Ended {
        let action = action();
        let mut ended = Ended { status: Some(0), stdout: String::new(), stderr: String::new() };
        let mut outputs = BTreeMap::new();
        for step in action["runs"]["steps"].as_array().unwrap() {
            self.step(step, &action["inputs"], &mut outputs, &mut ended);
            if ended.status != Some(0) {
                break;
            }
        }
        ended
    }

    fn step(&self, step: &Value, inputs: &Value, outputs: &mut BTreeMap<String, String>, ended: &mut Ended) {
        assert_eq!(step["shell"], "bash");
        let [script, output] = ["script.sh", "output"].map(|name| self.root.path().join(name));
        fs::write(&script, step["run"].as_str().unwrap()).unwrap();
        fs::write(&output, "").unwrap();
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&script).current_dir(self.workspace());
        bash.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        bash.env("RUNNER_OS", self.platform[0]).env("RUNNER_ARCH", self.platform[1]);
        bash.env("RUNNER_TEMP", self.root.path().join("temp")).env("GITHUB_OUTPUT", &output);
        bash.env("GITHUB_ACTION_PATH", self.root.path().join("action"));
        for (name, value) in step["env"].as_object().unwrap() {
            bash.env(name, self.value(value.as_str().unwrap(), inputs, outputs));
        }
        let done = bash.output().unwrap();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(&*self.releases.path().to_string_lossy(), "[RELEASES]")
                .replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
        };
        ended.status = done.status.code();
        ended.stdout += &text(done.stdout);
        ended.stderr += &text(done.stderr);
        let written = fs::read_to_string(&output).unwrap();
        let id = step["id"].as_str().unwrap_or_default();
        let pairs = written.lines().map(|line| line.split_once('=').unwrap());
        outputs.extend(pairs.map(|(name, value)| (format!("steps.{id}.outputs.{name}"), value.to_string())));
    }

    /// The value of a variable: an expression that is one name, or text, in which releases are where they are here.
    fn value(&self, value: &str, inputs: &Value, outputs: &BTreeMap<String, String>) -> String {
        let Some(name) = value.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) else {
            return value.replace(RELEASES, &format!("file://{}", self.releases.path().display()));
        };
        match name.strip_prefix("inputs.") {
            Some(input) => {
                let default = inputs[input]["default"].as_str().unwrap_or_else(|| panic!("no input {input}"));
                self.inputs.get(input).map_or(default, |given| given).to_string()
            }
            None => outputs.get(name).unwrap_or_else(|| panic!("no output {name}")).clone(),
        }
    }
}

/// Where the files of releases are.
pub(crate) const RELEASES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/releases/download");

fn action() -> Value {
    serde_saphyr::from_str(&fs::read_to_string(manifest("action.yml")).unwrap()).unwrap()
}

/// (L2) A pull request gets its annotations at paths of the repository, and mistakes fail the step.
#[test]
fn the_action_annotates() {
    let ended = Runner::new("web gunicorn app:app\n").run();
    assert_eq!(ended.status, Some(1));
    assert_data_eq!(ended.stdout, str![[r#"
octopilot-procfile-[VERSION]-linux-amd64.tar.gz: OK
::error title=octopilot/procfile%3A missing-colon,file=services/api/Procfile,line=1,endLine=1,col=4,endColumn=4::no colon after the process type `web`%0Ahelp: write `web: gunicorn app:app`%0Ahttps://github.com/octopilot/procfile/blob/v[VERSION]/docs/diagnostics/missing-colon.md

"#]].raw());
    // The log of the step has the message for people.
    assert!(ended.stderr.contains("\n1 | web gunicorn app:app\n"), "{}", ended.stderr);
}

const WARNING: &str = "web: gunicorn app:app --bind 0.0.0.0:8000\n";

/// (L3) What the inputs say: a warning fails the step only if it is to, and can be allowed.
#[test]
fn the_action_takes_inputs() {
    let warned = Runner::new(WARNING).run();
    assert_eq!(warned.status, Some(0));
    assert!(
        warned.stdout.contains("\n::warning title=octopilot/procfile%3A hardcoded-port,file="),
        "{}",
        warned.stdout
    );
    let strict = Runner::new(WARNING).with("strict", "true").run();
    assert_eq!(strict.status, Some(1));
    let allowed = Runner::new(WARNING).with("strict", "true").with("allow", "hardcoded-port,no-default").run();
    assert_eq!((allowed.status, allowed.stdout.contains("::"), allowed.stderr.as_str()), (Some(0), false, ""));
    let file = Runner::new(WARNING).with("path", "services/api/Procfile").run();
    assert_eq!(file.stdout, warned.stdout);
    let wrong = Runner::new(WARNING).with("strict", "yes").run();
    assert_eq!(wrong.status, Some(1));
    assert!(wrong.stdout.ends_with("\n::error::the input 'strict' must be true or false\n"), "{}", wrong.stdout);
}

/// An app without process types fails the step: the path is wrong, or the Procfile is gone.
#[test]
fn the_action_needs_process_types() {
    let nothing = Runner::new(WARNING).with("path", ".").run();
    assert_eq!(nothing.status, Some(100));
    assert!(nothing.stdout.contains("\n::notice::"), "{}", nothing.stdout);
}

/// Nothing that an input holds is run, or taken for an option.
#[test]
fn the_action_runs_no_input() {
    for value in ["$(touch ran)", "`touch ran`", "x; touch ran", "\"; touch ran; \"", "--help", "-h"] {
        let runner = Runner::new(WARNING).with("path", value).with("sarif-file", "out.sarif");
        let ended = runner.run();
        assert_eq!(ended.status, Some(1), "{value}: {}", ended.stdout);
        assert!(ended.stderr.contains(value), "{value}: {}", ended.stderr);
        let mut names: Vec<_> =
            fs::read_dir(runner.workspace()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["out.sarif", "services"]);
    }
    for input in ["allow", "strict"] {
        let runner = Runner::new(WARNING).with(input, "$(touch ran)");
        assert!(matches!(runner.run().status, Some(1 | 2)));
        assert!(!runner.workspace().join("ran").exists());
    }
    for step in action()["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step}");
    }
}

/// (L2) The file for code scanning is complete where there are mistakes, and the step fails all the same.
#[test]
fn the_action_writes_sarif() {
    let runner = Runner::new("web gunicorn app:app\n").with("sarif-file", "procfile.sarif");
    let ended = runner.run();
    assert_eq!(ended.status, Some(1));
    assert_eq!(ended.stdout, Runner::new("web gunicorn app:app\n").run().stdout);
    let sarif = fs::read_to_string(runner.workspace().join("procfile.sarif")).unwrap();
    check("sarif", &sarif);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "missing-colon");
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "services/api/Procfile");
}

/// What was downloaded is run only if it is what was released, for this machine, in the version of the action.
#[test]
fn the_action_checks_what_it_downloads() {
    let archive = concat!("v", env!("CARGO_PKG_VERSION"), "/octopilot-procfile-", env!("CARGO_PKG_VERSION"));
    let refused = |runner: Runner, says: &str| {
        let ended = runner.run();
        assert_eq!(ended.status, Some(1), "{}", ended.stdout);
        assert!((ended.stdout.clone() + &ended.stderr).contains(says), "{}{}", ended.stdout, ended.stderr);
        assert!(!ended.stdout.contains("title="), "{}", ended.stdout);
    };

    let changed = Runner::new(WARNING);
    let path = changed.releases.path().join(format!("{archive}-linux-amd64.tar.gz"));
    fs::write(&path, [fs::read(&path).unwrap(), b"x".to_vec()].concat()).unwrap();
    refused(changed, "octopilot-procfile-[VERSION]-linux-amd64.tar.gz: FAILED");

    let unlisted = Runner::new(WARNING);
    let sums = unlisted.releases.path().join(concat!("v", env!("CARGO_PKG_VERSION"), "/SHA256SUMS"));
    fs::write(&sums, fs::read_to_string(&sums).unwrap().replace("amd64", "arm64")).unwrap();
    refused(unlisted, "SHA256SUMS: no file was verified");

    let absent = Runner { platform: ["Linux", "ARM64"], ..Runner::new(WARNING) };
    let url =
        "::error::file://[RELEASES]/v[VERSION]/octopilot-procfile-[VERSION]-linux-arm64.tar.gz can't be downloaded";
    refused(absent, url);

    let elsewhere = Runner { platform: ["macOS", "ARM64"], ..Runner::new(WARNING) };
    refused(elsewhere, "needs a Linux runner (X64 or ARM64), and this one is macOS ARM64");

    let arm = Runner {
        platform: ["Linux", "ARM64"],
        releases: release(env!("CARGO_PKG_VERSION"), "linux-arm64"),
        ..Runner::new(WARNING)
    };
    assert_eq!(arm.run().status, Some(0));

    let newer = Runner { releases: release("9.8.7", "linux-amd64"), ..Runner::new(WARNING) };
    set_version(&newer.root.path().join("action/buildpack.toml"), "9.8.7");
    assert_eq!(newer.run().status, Some(0));
}

/// Raises the version in a buildpack.toml.
fn set_version(path: &Path, version: &str) {
    let content = fs::read_to_string(path).unwrap();
    let (old, new) = (concat!("\"", env!("CARGO_PKG_VERSION"), "\""), format!("\"{version}\""));
    assert_eq!(content.matches(old).count(), 1);
    fs::write(path, content.replace(old, &new)).unwrap();
}
