//! Faults of the machine in the real lifecycle: it stops, and shows the one line that says what failed (R4, R7). These
//! tests need root, since the lifecycle's phases don't run as root and become somebody else: `cargo test -- --ignored`.
//!
//! `INTEGRATION_TEST_LIFECYCLE`: the directory of the binary `lifecycle`, from a release of
//!   <https://github.com/buildpacks/lifecycle>. No container engine is needed.

use crate::support::{App, BINARY, LAUNCHER, manifest};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The exit statuses of the lifecycle's phases if a buildpack fails (CNB Platform API).
const DETECT_FAILED: i32 = 21;
const BUILD_FAILED: i32 = 51;

/// Who the phases run as.
const USER: &str = "setpriv --reuid=65534 --regid=65534 --clear-groups";

/// What the phases did.
struct Lifecycle {
    status: Option<i32>,
    output: String,
    root: PathBuf,
    _app: App,
}

/// Runs detector and builder on an app. `limit`: a line of bash before the buildpack's own phase of this name. `disk`: the
/// size of the disk that holds the layers.
fn lifecycle(app: App, limit: Option<(&str, &str)>, disk: &str, prepare: impl FnOnce(&Path)) -> Lifecycle {
    let lifecycle = std::env::var("INTEGRATION_TEST_LIFECYCLE").expect("INTEGRATION_TEST_LIFECYCLE is set");
    let root = app.path().parent().unwrap().to_path_buf();
    let buildpack = root.join("buildpacks/octopilot_procfile").join(env!("CARGO_PKG_VERSION"));
    let (bin, launcher) = (buildpack.join("bin"), buildpack.join(".libcnb-cargo/additional-bin"));
    for directory in [&bin, &launcher, &root.join("phases")] {
        fs::create_dir_all(directory).unwrap();
    }
    fs::copy(manifest("buildpack.toml"), buildpack.join("buildpack.toml")).unwrap();
    fs::copy(BINARY, bin.join("procfile")).unwrap();
    fs::copy(LAUNCHER, launcher.join("launcher")).unwrap();
    for phase in ["detect", "build"] {
        let line = limit.filter(|(limited, _)| *limited == phase).map_or("", |(_, line)| line);
        let script = format!("#!/bin/bash\n{line}\nexec -a \"$0\" \"${{0%/*}}/procfile\" \"$@\"\n");
        fs::write(bin.join(phase), script).unwrap();
    }
    for phase in ["detector", "builder"] {
        symlink(Path::new(&lifecycle).join("lifecycle"), root.join("phases").join(phase)).unwrap();
    }
    let version = env!("CARGO_PKG_VERSION");
    let order = format!("[[order]]\n[[order.group]]\nid = \"octopilot/procfile\"\nversion = \"{version}\"\n");
    fs::write(root.join("order.toml"), order).unwrap();
    prepare(&root.join("layers/octopilot_procfile"));
    let script = format!(
        "set -e
        chmod -R a+rwX . && chmod a+x {buildpack}/bin/*
        mkdir disk && mount -t tmpfs -o size={disk},mode=777 tmpfs disk && cp -R layers/. disk && mount --move disk layers
        printf '[run-image]\\nreference = \"run\"\\n[run-image.target]\\nos = \"linux\"\\narch = \"amd64\"\\n' >layers/analyzed.toml
        common='-app app -buildpacks buildpacks -layers layers -platform platform -analyzed layers/analyzed.toml'
        chown -R 65534:65534 layers
        {USER} phases/detector $common -order order.toml
        {USER} phases/builder $common",
        buildpack = buildpack.display(),
    );
    let output = Command::new("unshare")
        .args(["--mount", "bash", "-c", &format!("exec 2>&1\n{script}")])
        .current_dir(&root)
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("CNB_PLATFORM_API", "0.12")
        .output()
        .unwrap();
    let output_text = String::from_utf8(output.stdout).unwrap();
    Lifecycle { status: output.status.code(), output: output_text, root, _app: app }
}

impl Lifecycle {
    /// The phase has failed, and of the lines of the buildpack there is only this one.
    #[track_caller]
    fn stops(&self, status: i32, line: &str) {
        assert_eq!(self.status, Some(status), "{}", self.output);
        let line = line.replace("[LAYERS]", &self.root.join("layers/octopilot_procfile").to_string_lossy());
        let ours = |found: &&str| found.contains("error:") || found.contains("warning") || found.contains("panicked");
        assert_eq!(self.output.lines().filter(ours).collect::<Vec<_>>(), [line], "{}", self.output);
    }
}

/// A build that writes everything.
fn app() -> App {
    let table = "[io.octopilot.processes.web]\ncommand = 'x $A'\nenv = { B = 'b' }\n";
    App::project_toml(table).env("BP_PROCFILE_SHELL", "none")
}

/// A Procfile that needs more memory than `ulimit -v 32768` leaves.
fn large() -> App {
    App::procfile((0..5000).fold(String::new(), |all, n| format!("{all}w{n}: x {}\n", "y ".repeat(50))))
}

#[test]
#[ignore = "needs root and the lifecycle"]
fn the_lifecycle_builds_without_a_fault() {
    let built = lifecycle(app(), None, "100m", |_| {});
    assert_eq!(built.status, Some(0), "{}", built.output);
    assert!(built.output.contains("octopilot/procfile"), "{}", built.output);
}

#[test]
#[ignore = "needs root and the lifecycle"]
fn the_lifecycle_stops_where_the_disk_is_full() {
    lifecycle(app(), None, "128k", |_| {}).stops(
        BUILD_FAILED,
        "error: [LAYERS]/launcher/launcher cannot be written: No space left on device (os error 28)",
    );
}

#[test]
#[ignore = "needs root and the lifecycle"]
fn the_lifecycle_stops_where_no_thread_can_be_started() {
    let line = "error: this needs a thread with 8 MiB of stack, which cannot be started: Resource temporarily unavailable (os error 11)";
    for (phase, status) in [("detect", DETECT_FAILED), ("build", BUILD_FAILED)] {
        lifecycle(app(), Some((phase, "ulimit -s 256 -u 1")), "100m", |_| {}).stops(status, line);
    }
}

#[test]
#[ignore = "needs root and the lifecycle"]
fn the_lifecycle_stops_where_memory_is_short() {
    let line = "error: this process cannot get 37 MiB of memory, which files of this size may need";
    for (phase, status) in [("detect", DETECT_FAILED), ("build", BUILD_FAILED)] {
        lifecycle(large(), Some((phase, "ulimit -v 32768")), "100m", |_| {}).stops(status, line);
    }
}

/// What another build has left neither hangs nor fails the build.
#[test]
#[ignore = "needs root and the lifecycle"]
fn the_lifecycle_does_not_wait_for_a_pipe() {
    let pipes = |layers: &Path| {
        for place in ["launch.toml", "launcher/launcher", "environment", ".new"] {
            let path = layers.join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        }
    };
    let built = lifecycle(app(), None, "100m", pipes);
    assert_eq!(built.status, Some(0), "{}", built.output);
}

/// (R4) What the lifecycle restores of an image that had the launcher is not a part of a build without it. The lifecycle would
/// take the list of what the launcher was made of, and refuse a format that this version does not declare.
#[test]
#[ignore = "needs root and the lifecycle"]
fn the_lifecycle_takes_nothing_of_an_earlier_build() {
    let restored = |layers: &Path| {
        fs::write(layers.join("launcher.toml"), "").unwrap();
        fs::write(layers.join("launcher.sbom.spdx.json"), "{}").unwrap();
    };
    let built = lifecycle(App::procfile("web: x\n"), None, "100m", restored);
    assert_eq!(built.status, Some(0), "{}", built.output);
}
