//! Images built with pack and a real lifecycle, started in containers. They need Docker and pack:
//! `cargo test -- --ignored`.
//!
//! `INTEGRATION_TEST_BUILDER`: the builder, with Python and uvicorn in its images and no buildpacks
//!   (default: a public one, whose Python buildpack installs both).
//! `INTEGRATION_TEST_TINY_BUILDER`: one whose run image holds no shell and no libc, and whose stack id ends in `tiny`
//!   (default: a public one).
//! `INTEGRATION_TEST_BUILDPACK`: the packaged buildpack, a directory or what `pack build --buildpack` takes
//!   (default: this crate, packaged for musl).

use crate::support::manifest;
use libcnb_test::{
    BuildConfig, BuildpackReference, ContainerConfig, ContainerContext, PackResult, TestContext, TestRunner,
    assert_contains,
};
use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PUBLIC_BUILDER: &str = "heroku/builder:24";
const PUBLIC_TINY_BUILDER: &str = "paketobuildpacks/builder-jammy-buildpackless-tiny";
const PORT: u16 = 8080;

fn builder() -> String {
    env::var("INTEGRATION_TEST_BUILDER").unwrap_or_else(|_| PUBLIC_BUILDER.to_string())
}

pub(crate) fn tiny_builder() -> String {
    env::var("INTEGRATION_TEST_TINY_BUILDER").unwrap_or_else(|_| PUBLIC_TINY_BUILDER.to_string())
}

/// Whether the builder's images hold what the apps need, rather than its buildpacks.
fn is_bare(builder: &str) -> bool {
    builder != PUBLIC_BUILDER
}

/// The buildpack as pack takes it, or `None` for this crate.
pub(crate) fn buildpack() -> Option<String> {
    let given = env::var("INTEGRATION_TEST_BUILDPACK").ok()?;
    Some(fs::canonicalize(&given).map_or(given, |directory| directory.to_string_lossy().into_owned()))
}

pub(crate) fn ours() -> BuildpackReference {
    buildpack().map_or(BuildpackReference::CurrentCrate, BuildpackReference::Other)
}

/// Adds files to an app directory.
fn adding(files: &'static [(&str, &str)]) -> impl Fn(PathBuf) + 'static {
    move |directory| {
        for (path, content) in files {
            fs::write(directory.join(path), content).unwrap();
        }
    }
}

/// A build of the app directory `app` of this repository, with these files added.
pub(crate) fn config(app: &str, files: &'static [(&str, &str)]) -> BuildConfig {
    let mut config = BuildConfig::new(builder(), manifest(app));
    if is_bare(&builder()) {
        config.buildpacks([ours()]);
    } else {
        config.buildpacks([BuildpackReference::Other("heroku/python".to_string()), ours()]);
    }
    config.app_dir_preprocessor(adding(files));
    config
}

pub(crate) fn build(config: &BuildConfig, check: impl FnOnce(TestContext)) {
    TestRunner::default().build(config, check);
}

/// What a container printed until it ended.
pub(crate) fn run(context: &TestContext, config: &ContainerConfig) -> String {
    let mut output = String::new();
    context.start_container(config, |container| {
        let logs = container.logs_wait();
        output = logs.stdout + &logs.stderr;
    });
    output
}

/// What the app answers to `GET /`, once it answers.
pub(crate) fn get(container: &ContainerContext, port: u16) -> String {
    let address = container.address_for_port(port);
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let mut answer = String::new();
        let asked = TcpStream::connect(address).and_then(|mut stream| {
            stream.write_all(b"GET / HTTP/1.0\r\nHost: app\r\n\r\n")?;
            stream.read_to_string(&mut answer)
        });
        if asked.is_ok() && !answer.is_empty() {
            return answer;
        }
        assert!(Instant::now() < end, "no answer: {asked:?}\n{}", container.logs_now());
        sleep(Duration::from_millis(100));
    }
}

fn fastapi() -> BuildConfig {
    let mut config = config("examples/fastapi", &[]);
    if is_bare(&builder()) {
        config.app_dir_preprocessor(|directory| {
            let installed = Command::new("python3")
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"])
                .args(["--target", &directory.to_string_lossy(), "fastapi"])
                .status();
            assert!(installed.unwrap().success());
        });
    }
    config
}

#[test]
#[ignore = "needs Docker and pack"]
fn fastapi_answers_on_its_port() {
    build(&fastapi(), |context| {
        assert_contains!(
            context.pack_stdout,
            "web (default)  Procfile:1  uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}"
        );
        context.start_container(ContainerConfig::new().expose_port(PORT), |container| {
            assert_contains!(get(&container, PORT), r#"{"message":"Hello from FastAPI"}"#);
        });
        context.start_container(ContainerConfig::new().env("PORT", "5000").expose_port(5000), |container| {
            assert_contains!(get(&container, 5000), r#"{"message":"Hello from FastAPI"}"#);
        });
    });
}

/// (X2) Each type is started by its name, and arguments given at run time do not replace its command.
#[test]
#[ignore = "needs Docker and pack"]
fn every_type_is_started_by_its_name() {
    const PROCFILE: &str = "web: python3 say.py web\nworker: cd / && python3 $HOME_OF_APP/say.py worker; echo done\nbeat: python3 say.py \"be at\"\n";
    build(&config("tests/fixtures/python", &[("Procfile", PROCFILE)]), |context| {
        assert_eq!(run(&context, &ContainerConfig::new()), "web [] in /workspace with TZ=None\n");
        let worker = run(&context, ContainerConfig::new().entrypoint("worker").env("HOME_OF_APP", "/workspace"));
        assert_eq!(worker, "worker [] in / with TZ=None\ndone\n");
        let beat = run(&context, ContainerConfig::new().entrypoint("beat").command(["--verbose"]));
        assert_eq!(beat, "be at ['--verbose'] in /workspace with TZ=None\n");
    });
}

const PROJECT_TOML: &str = r#"
[_]
schema-version = "0.2"

[io.octopilot.processes]
web = "python3 say.py ${NAME:-unnamed}"

[io.octopilot.processes.worker]
command = ["python3", "/workspace/say.py", "$HOME"]
args = ["--default"]
working-dir = "jobs"
env = { TZ = "UTC" }
default = true
"#;

/// (X3, X4) Arguments and SIGTERM reach the program, although a shell starts it.
#[test]
#[ignore = "needs Docker and pack"]
fn arguments_and_sigterm_reach_the_program() {
    const PROCFILE: &str =
        "web: cd . && python3 wait.py ${NAME:-unnamed} # comment\nworker: (python3 wait.py a) 2>&1\n";
    build(&config("tests/fixtures/python", &[("Procfile", PROCFILE)]), |context| {
        let stopped = stop(&context, ContainerConfig::new().command(["--x", "a b"]), "pid");
        assert_eq!(stopped, "['unnamed', '--x', 'a b'] pid 1\nSIGTERM\n");
        let stopped = stop(&context, ContainerConfig::new().entrypoint("worker"), "pid");
        assert_eq!(stopped, "['a'] pid 1\nSIGTERM\n");
    });
}

/// (X4d) A script without `exec` is warned about, and its program does not get SIGTERM. With the line that the warning
/// gives, it does, and it gets the arguments.
#[test]
#[ignore = "needs Docker and pack"]
fn a_script_needs_exec() {
    const FILES: &[(&str, &str)] = &[
        ("Procfile", "web: bash run.sh\nfixed: bash fixed.sh\nquoted: bash -c 'cd . && python3 wait.py quoted'\n"),
        ("run.sh", "python3 wait.py script\n"),
        ("fixed.sh", "exec python3 wait.py script \"$@\"\n"),
    ];
    build(&config("tests/fixtures/python", FILES), |context| {
        let output = format!("{}{}", context.pack_stdout, context.pack_stderr);
        assert_contains!(output, "warning[script-stays]: SIGTERM will not reach `python3`");
        assert_contains!(output, " --> run.sh:1:1");
        assert_contains!(output, "= help: write `exec python3 wait.py script \"$@\"`");
        assert_eq!(output.matches("warning[").count(), 1, "{output}");
        let stopped = stop(&context, ContainerConfig::new().entrypoint("fixed").command(["--x"]), "pid");
        assert_eq!(stopped, "['script', '--x'] pid 1\nSIGTERM\n");
        let stopped = stop(&context, ContainerConfig::new().entrypoint("quoted").command(["--x"]), "pid");
        assert_eq!(stopped, "['quoted', '--x'] pid 1\nSIGTERM\n");
        context.start_container(ContainerConfig::new().command(["--x"]), |container| {
            let end = Instant::now() + Duration::from_secs(30);
            while !container.logs_now().stdout.contains("pid") {
                assert!(Instant::now() < end, "{}", container.logs_now());
                sleep(Duration::from_millis(50));
            }
            container.shell_exec("kill -TERM 1");
            sleep(Duration::from_secs(1));
            let printed = container.logs_now().stdout;
            // The arguments are lost too.
            assert!(printed.starts_with("['script'] pid ") && !printed.contains("SIGTERM"), "{printed}");
        });
    });
}

/// What a container printed that got SIGTERM when its first line with `ready` was there. It must end within 5 s: after
/// 10, Docker kills.
fn stop(context: &TestContext, config: &mut ContainerConfig, ready: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let mark = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut output = String::new();
    context.start_container(config.env("TEST_MARK", &mark), |container| {
        let end = Instant::now() + Duration::from_secs(30);
        while !container.logs_now().stdout.contains(ready) {
            assert!(Instant::now() < end, "{}{}", container.logs_now().stdout, container.logs_now().stderr);
            sleep(Duration::from_millis(50));
        }
        let running = docker(&["ps", "--quiet"]);
        let name = running.lines().find(|name| docker(&["inspect", name]).contains(&format!("TEST_MARK={mark}")));
        let start = Instant::now();
        docker(&["stop", name.unwrap()]);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        output = container.logs_now().stdout;
    });
    output
}

/// A build for an image without a shell, of an app that is one static program and these files.
fn tiny(files: &'static [(&str, &str)]) -> BuildConfig {
    let mut config = BuildConfig::new(tiny_builder(), manifest("tests/fixtures/tiny"));
    config.buildpacks([ours()]).app_dir_preprocessor(move |directory| {
        let program = directory.join("serve");
        let compiled = Command::new("cc").args(["-static", "-o"]).arg(program).arg(directory.join("serve.c")).status();
        assert!(compiled.unwrap().success());
        adding(files)(directory);
    });
    config
}

/// (X5, X6, X7) Without a shell: exec form, the launcher, arguments, SIGTERM, an unset parameter.
#[test]
#[ignore = "needs Docker and pack"]
fn images_without_a_shell_run() {
    const PROCFILE: &str = "web: PORT=${PORT:-8080} ./serve --port ${PORT:-8080} \"$GREETING\"\n\
                            plain: ./serve 'a b'\nstrict: ./serve ${TOKEN:?is needed}\nmissing: serve $PORT\n";
    build(&tiny(&[("Procfile", PROCFILE)]), |context| {
        assert_contains!(context.pack_stdout, "static launcher, without a shell");
        let web = run(&context, ContainerConfig::new().env("GREETING", "hello  you").command(["--x", "a b"]));
        assert_eq!(web, "[--port][8080][hello  you][--x][a b] PORT=8080 pid 1\n");
        let web = run(&context, ContainerConfig::new().env("PORT", "5000"));
        assert_eq!(web, "[--port][5000][] PORT=5000 pid 1\n");
        let plain = run(&context, ContainerConfig::new().entrypoint("plain").command(["c"]));
        assert_eq!(plain, "[a b][c] PORT=unset pid 1\n");
        let strict = run(&context, ContainerConfig::new().entrypoint("strict"));
        assert_eq!(strict, "octopilot/procfile: TOKEN: is needed\n");
        let missing = run(&context, ContainerConfig::new().entrypoint("missing"));
        assert_eq!(missing, "octopilot/procfile: serve: not found\n");
        let stopped = stop(&context, ContainerConfig::new().command(["--wait"]), "pid");
        assert_eq!(stopped, "[--port][8080][][--wait] PORT=8080 pid 1\nSIGTERM\n");
        // The same launcher is the same layer.
        context.rebuild(tiny(&[("Procfile", PROCFILE)]), |context| {
            let output = format!("{}{}", context.pack_stdout, context.pack_stderr);
            assert_contains!(output, "Reusing layer 'octopilot/procfile:launcher'");
        });
    });
}

/// (X6) What needs a shell there fails the build, and the caret is at it.
#[test]
#[ignore = "needs Docker and pack"]
fn pipelines_need_a_shell() {
    let mut config = tiny(&[("Procfile", "web: ./serve | ./serve\n")]);
    config.expected_pack_result(PackResult::Failure);
    build(&config, |context| {
        let output = format!("{}{}", context.pack_stdout, context.pack_stderr);
        assert_contains!(output, "error[needs-shell]: a pipeline needs a shell, and this image has none");
        assert_contains!(output, "1 | web: ./serve | ./serve\n");
        assert_contains!(output, "  |              ^ only a shell understands this");
    });
}

/// (X6a) What would not start in an image without a shell fails the build: each way to start a shell, in a line and in an
/// array, and scripts that name one.
#[test]
#[ignore = "needs Docker and pack"]
fn shells_and_scripts_need_a_shell() {
    const FILES: &[(&str, &str)] = &[
        (
            "Procfile",
            "web: ./run.sh\nline: sh run.sh\nquoted: bash -c './serve a'\nwrapped: env A=b /bin/sh -c ./serve\ntemplate: ./run.sh $PORT\n",
        ),
        ("project.toml", "[io.octopilot.processes]\narray = [\"sh\", \"-c\", \"./serve\"]\nscript = [\"./run.sh\"]\n"),
        ("run.sh", "#!/bin/sh\nexec ./serve \"$@\"\n"),
    ];
    let mut config = tiny(FILES);
    config.expected_pack_result(PackResult::Failure);
    build(&config, |context| {
        let output = format!("{}{}", context.pack_stdout, context.pack_stderr);
        assert_eq!(output.matches("error[script-needs-shell]: `./run.sh` needs a shell").count(), 3, "{output}");
        assert_eq!(output.matches("error[needs-shell]: this program is a shell").count(), 4, "{output}");
        assert_contains!(output, "= help: write `./serve a`");
    });
}

/// (T1, T4, T5) A project.toml alone: exec form, default arguments, directory, environment.
#[test]
#[ignore = "needs Docker and pack"]
fn project_toml_is_enough() {
    build(&config("tests/fixtures/python", &[("project.toml", PROJECT_TOML)]), |context| {
        assert!(!format!("{}{}", context.pack_stdout, context.pack_stderr).contains("not supported in schema version"));
        let worker = |config: &mut ContainerConfig| run(&context, config);
        assert_eq!(worker(&mut ContainerConfig::new()), "$HOME ['--default'] in /workspace/jobs with TZ=UTC\n");
        let given = worker(ContainerConfig::new().command(["a b", "c"]).env("TZ", "Europe/Zurich"));
        assert_eq!(given, "$HOME ['a b', 'c'] in /workspace/jobs with TZ=Europe/Zurich\n");
        let web = worker(ContainerConfig::new().entrypoint("web").env("NAME", "named"));
        assert_eq!(web, "named [] in /workspace with TZ=None\n");
    });
}

/// (S5) The Procfile wins, type by type.
#[test]
#[ignore = "needs Docker and pack"]
fn both_files_are_merged() {
    let files = &[("project.toml", PROJECT_TOML), ("Procfile", "web: python3 say.py procfile\n")];
    build(&config("tests/fixtures/python", files), |context| {
        assert_contains!(context.pack_stdout, "overrides project.toml:6");
        assert_eq!(run(&context, ContainerConfig::new().entrypoint("web")), "procfile [] in /workspace with TZ=None\n");
        assert_contains!(run(&context, &ContainerConfig::new()), "['--default']");
    });
}

/// (D2) A static front end is not for this buildpack, alone.
#[test]
#[ignore = "needs Docker and pack"]
fn a_static_front_end_fails_detect() {
    const TOML: &str = "[build]\n[[build.env]]\nname = \"BP_WEB_SERVER\"\nvalue = \"nginx\"\n";
    let mut config = config("tests/fixtures/python", &[("project.toml", TOML)]);
    config.buildpacks([ours()]).expected_pack_result(PackResult::Failure);
    build(&config, |context| {
        let output = format!("{}{}", context.pack_stdout, context.pack_stderr);
        assert_contains!(output, "fail: octopilot/procfile");
        assert_contains!(output, "no such table in project.toml");
    });
}

/// (P9, O2) The user reads every mistake in pack's output.
#[test]
#[ignore = "needs Docker and pack"]
fn mistakes_are_in_packs_output() {
    let mut config = config("tests/fixtures/python", &[("Procfile", "web gunicorn app:app\nworker:\n")]);
    config.expected_pack_result(PackResult::Failure);
    build(&config, |context| {
        let output = format!("{}{}", context.pack_stdout, context.pack_stderr);
        assert_contains!(output, "error[missing-colon]: no colon after the process type `web`");
        assert_contains!(output, "1 | web gunicorn app:app");
        assert_contains!(output, "error[empty-command]: the process type `worker` has no command");
        assert_contains!(output, "no process types were written because of 2 errors");
    });
}

/// The OCI image that a release pushes works by itself and inside a builder.
#[test]
#[ignore = "needs Docker and pack"]
fn the_packaged_image_is_a_buildpack() {
    let given = buildpack().unwrap_or_else(packaged);
    let (packaged_image, with_ours) = ("procfile-test/buildpack:test", "procfile-test/with-buildpack:test");
    let work = tempfile::tempdir().unwrap();
    let image = if Path::new(&given).is_dir() {
        fs::write(work.path().join("package.toml"), format!("[buildpack]\nuri = \"{given}\"\n")).unwrap();
        pack(&["buildpack", "package", packaged_image, "--config", "package.toml", "--pull-policy", "never"], &work);
        format!("docker://{packaged_image}")
    } else {
        given
    };
    let builder_toml = builder_toml(&image, &work);
    fs::write(work.path().join("builder.toml"), builder_toml).unwrap();
    pack(&["builder", "create", with_ours, "--config", "builder.toml", "--pull-policy", "if-not-present"], &work);

    let files: &'static [(&str, &str)] = &[("Procfile", "web: echo from the image\n")];
    let mut by_image = config("tests/fixtures/python", files);
    by_image.buildpacks([BuildpackReference::Other(image)]);
    let mut by_builder = BuildConfig::new(with_ours, manifest("tests/fixtures/python"));
    by_builder.buildpacks([]).app_dir_preprocessor(adding(files));
    for config in [by_image, by_builder] {
        build(&config, |context| {
            assert_eq!(run(&context, &ContainerConfig::new()), "from the image\n");
        });
    }
    docker(&["rmi", "--force", packaged_image, with_ours]);
}

/// This crate, packaged for musl.
pub(crate) fn packaged() -> String {
    const TARGET: &str = "x86_64-unknown-linux-musl";
    let packaging = Command::new("cargo")
        .args(["libcnb", "package", "--release", "--target", TARGET])
        .current_dir(manifest("."))
        .status();
    assert!(packaging.unwrap().success());
    manifest("packaged").join(TARGET).join("release/octopilot_procfile").to_string_lossy().into_owned()
}

pub(crate) fn pack(arguments: &[&str], directory: &TempDir) {
    let output = Command::new("pack").args(arguments).current_dir(directory.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A builder like the one under test, and the buildpack alone in its only group.
fn builder_toml(buildpack: &str, work: &TempDir) -> String {
    let images = images_and_lifecycle(work);
    format!(
        "[[buildpacks]]\nuri = \"{buildpack}\"\n\n[[order]]\n[[order.group]]\nid = \"octopilot/procfile\"\n\n{images}"
    )
}

/// The images and the lifecycle of the builder under test, in a `builder.toml`.
pub(crate) fn images_and_lifecycle(work: &TempDir) -> String {
    let builder = builder();
    let is_here = Command::new("docker").args(["image", "inspect", &builder]).output().unwrap().status.success();
    if !is_here {
        docker(&["pull", &builder]);
    }
    let label = r#"{{index .Config.Labels "io.buildpacks.builder.metadata"}}"#;
    let metadata = docker(&["image", "inspect", "--format", label, &builder]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let run_image = metadata["stack"]["runImage"]["image"].as_str().unwrap();
    let lifecycle = lifecycle(&builder, &metadata["lifecycle"], work);
    format!(
        "[build]\nimage = \"{builder}\"\n\n[run]\n[[run.images]]\nimage = \"{run_image}\"\n\n[lifecycle]\nuri = \"{}\"\n",
        lifecycle.display()
    )
}

/// The lifecycle of a builder, in the archive that `pack builder create` takes.
fn lifecycle(builder: &str, metadata: &serde_json::Value, work: &TempDir) -> PathBuf {
    let container = docker(&["create", builder, "true"]);
    docker(&["cp", &format!("{}:/cnb/lifecycle", container.trim()), &work.path().to_string_lossy()]);
    docker(&["rm", container.trim()]);
    let apis = |kind: &str| metadata["apis"][kind]["supported"].to_string();
    let descriptor = format!(
        "[apis.buildpack]\nsupported = {}\n[apis.platform]\nsupported = {}\n[lifecycle]\nversion = {}\n",
        apis("buildpack"),
        apis("platform"),
        metadata["version"]
    );
    fs::write(work.path().join("lifecycle.toml"), descriptor).unwrap();
    let archive = work.path().join("lifecycle.tgz");
    let tar = Command::new("tar")
        .args(["--create", "--gzip", "--file", &archive.to_string_lossy(), "lifecycle.toml", "lifecycle"])
        .current_dir(work.path())
        .status();
    assert!(tar.unwrap().success());
    archive
}

pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
