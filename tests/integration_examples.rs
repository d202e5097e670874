//! The apps of `examples/`, built with pack and run as a platform runs them: each program is process 1 of its container,
//! and SIGTERM ends it within the grace period (X3, X4). They need Docker and pack: `cargo test -- --ignored`.
//!
//! `INTEGRATION_TEST_EXAMPLES_BUILDER`: the builder, with what the examples need in its images and no buildpacks
//!   (default: the one that `tests/examples-builder` makes).
//! `INTEGRATION_TEST_TINY_BUILDER`, `INTEGRATION_TEST_BUILDPACK`: as in `tests/integration.rs`.

use crate::integration::{docker, get, ours, tiny_builder};
use crate::support::manifest;
use libcnb_test::{
    BuildConfig, BuildpackReference, ContainerConfig, ContainerContext, PackResult, TestContext, TestRunner,
    assert_contains,
};
use snapbox::assert_data_eq;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

const DEFAULT_BUILDER: &str = "procfile-test/examples";
/// Not a port that any of the programs takes by itself.
const PORT: u16 = 5001;

pub(crate) fn builder() -> String {
    env::var("INTEGRATION_TEST_EXAMPLES_BUILDER").unwrap_or_else(|_| {
        let inspected = Command::new("docker").args(["image", "inspect", DEFAULT_BUILDER]).output().unwrap();
        assert!(
            inspected.status.success(),
            "INTEGRATION_TEST_EXAMPLES_BUILDER is unset, and there is no {DEFAULT_BUILDER}: run tests/examples-builder"
        );
        DEFAULT_BUILDER.to_string()
    })
}

fn config(example: &str) -> BuildConfig {
    let mut config = BuildConfig::new(builder(), manifest("examples").join(example));
    config.buildpacks([ours()]);
    config
}

/// Builds an image without a warning of the buildpack.
fn build(config: &BuildConfig, check: impl FnOnce(&TestContext)) {
    TestRunner::default().build(config, |context| {
        let output = format!("{}{}", context.pack_stdout, context.pack_stderr);
        assert!(!output.contains("warning["), "{output}");
        check(&context);
    });
}

/// Starts a process type, looks at it, and stops it as platforms do: with SIGTERM, and SIGKILL 10 s later, which is exit
/// status 137. The program and its exit status are those of process 1; `[..]` in the program is any text.
#[track_caller]
fn check(
    context: &TestContext,
    config: &ContainerConfig,
    look: impl FnOnce(&ContainerContext),
    program: &str,
    status: i32,
) {
    context.start_container(config, |container| {
        look(&container);
        assert_data_eq!(first_process(&container), program);
        docker(&["stop", &container.container_name]);
        let exit_status = inspect(&container, "{{.State.ExitCode}}");
        assert_eq!(exit_status, status.to_string(), "{}", container.logs_now());
    });
}

/// Checks `web` with a PORT of the platform's choice.
#[track_caller]
fn check_web(context: &TestContext, config: &mut ContainerConfig, answer: &str, program: &str, status: i32) {
    let config = config.env("PORT", PORT.to_string()).expose_port(PORT);
    check(context, config, |container| assert_contains!(get(container, PORT), answer), program, status);
}

/// The arguments of process 1.
fn first_process(container: &ContainerContext) -> String {
    let pid = inspect(container, "{{.State.Pid}}");
    let processes = docker(&["top", &container.container_name, "-eo", "pid,args"]);
    let arguments = processes.lines().find_map(|line| line.trim_start().strip_prefix(&format!("{pid} ")));
    arguments.unwrap_or_else(|| panic!("no process {pid}:\n{processes}{}", container.logs_now())).trim().to_string()
}

fn inspect(container: &ContainerContext, format: &str) -> String {
    docker(&["inspect", "--format", format, &container.container_name]).trim().to_string()
}

fn wait_for(container: &ContainerContext, text: &str) {
    let end = Instant::now() + Duration::from_mins(1);
    while !container.logs_now().to_string().contains(text) {
        assert!(Instant::now() < end, "no {text:?}:\n{}", container.logs_now());
        sleep(Duration::from_millis(100));
    }
}

/// A Redis server, out of the image of the app, which has one; `check` gets its URL.
fn with_redis(context: &TestContext, check: impl FnOnce(&str)) {
    let mut config = ContainerConfig::new();
    config.entrypoint("launcher").command(["redis-server", "--save", "", "--protected-mode", "no"]);
    context.start_container(&config, |container| {
        wait_for(&container, "Ready to accept connections");
        let address = inspect(&container, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
        check(&format!("redis://{address}:6379/0"));
    });
}

#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn fastapi() {
    build(&config("fastapi"), |context| {
        check_web(
            context,
            &mut ContainerConfig::new(),
            r#"{"message":"Hello from FastAPI"}"#,
            "/usr/bin/python3 /usr/bin/uvicorn main:app --host 0.0.0.0 --port 5001",
            0,
        );
    });
}

#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn flask() {
    for (example, answer) in [("flask", "Hello from Flask"), ("skaffold/api", "Hello from the API")] {
        build(&config(example), |context| {
            check_web(
                context,
                ContainerConfig::new().command(["--workers", "2"]),
                answer,
                "/usr/bin/python3 /usr/bin/gunicorn app:app --bind 0.0.0.0:5001 --workers 2",
                0,
            );
        });
    }
}

#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn django_celery() {
    build(&config("django-celery"), |context| {
        with_redis(context, |redis| {
            let settings = [("SECRET_KEY", "secret"), ("ALLOWED_HOSTS", "app"), ("CELERY_BROKER_URL", redis)];
            check(
                context,
                ContainerConfig::new().envs(settings).entrypoint("beat").command(["--max-interval", "1"]),
                |container| wait_for(container, "Sending due task greet"),
                "/usr/bin/python3 /usr/bin/celery --app mysite beat --loglevel info --max-interval 1",
                0,
            );
            check_web(
                context,
                ContainerConfig::new().envs(settings),
                r#"{"queued": ""#,
                "/usr/bin/python3 /usr/bin/gunicorn mysite.wsgi --bind 0.0.0.0:5001",
                0,
            );
            check(
                context,
                ContainerConfig::new().envs(settings).entrypoint("worker").command(["--concurrency", "1"]),
                |container| {
                    wait_for(container, "'Hello from beat'");
                    wait_for(container, "'Hello from web'");
                },
                "/usr/bin/python3 /usr/bin/celery --app mysite worker --loglevel info --concurrency 1",
                0,
            );
        });
    });
}

#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn node() {
    build(&config("node"), |context| {
        check_web(context, &mut ContainerConfig::new(), "Hello from Node", "node server.js", 0);
    });
}

/// npm builds the app before pack does, as a Node buildpack would.
#[test]
#[ignore = "needs Docker, pack, npm and tests/examples-builder"]
fn nextjs() {
    let mut config = config("nextjs");
    config.app_dir_preprocessor(|directory| {
        for arguments in [&["install"][..], &["run", "build"]] {
            let npm = Command::new("npm")
                .args(arguments)
                .current_dir(&directory)
                .env("NEXT_TELEMETRY_DISABLED", "1")
                .output()
                .unwrap();
            assert!(npm.status.success(), "npm {arguments:?}: {npm:?}");
        }
        fs::remove_dir_all(directory.join("node_modules")).unwrap();
    });
    build(&config, |context| {
        check_web(context, &mut ContainerConfig::new(), "<h1>Hello from Next.js</h1>", "next-server (v[..])", 143);
    });
}

#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn rails() {
    build(&config("rails"), |context| {
        with_redis(context, |redis| {
            let settings = [("RAILS_ENV", "production"), ("SECRET_KEY_BASE", "secret"), ("REDIS_URL", redis)];
            check_web(
                context,
                ContainerConfig::new().envs(settings),
                r#"{"queued":""#,
                "puma [..] (tcp://0.0.0.0:5001) [workspace]",
                0,
            );
            check(
                context,
                ContainerConfig::new().envs(settings).entrypoint("worker").command(["--concurrency", "2"]),
                |container| wait_for(container, "Hello from web"),
                "sidekiq [..] workspace [[..] of 2 busy]",
                0,
            );
        });
    });
}

/// The program is in a layer of another buildpack, on PATH.
#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn go() {
    let mut config = config("go");
    let go_buildpack = manifest("tests/fixtures/go-buildpack").to_string_lossy().into_owned();
    config.buildpacks([BuildpackReference::Other(go_buildpack), ours()]);
    build(&config, |context| {
        check_web(context, &mut ContainerConfig::new(), "Hello from Go", "hello", 0);
    });
}

/// (X8) Two programs behind the launcher: both answer, and SIGTERM ends both.
#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn nginx() {
    build(&config("nginx"), |context| {
        let config = ContainerConfig::new().env("PORT", PORT.to_string()).expose_port(PORT).to_owned();
        context.start_container(&config, |container| {
            // nginx answers before gunicorn can.
            wait_for(&container, "Booting worker");
            assert_contains!(get(&container, PORT), "Hello from behind nginx");
            assert_data_eq!(
                first_process(&container),
                "/layers/octopilot_procfile/launcher/launcher init -- bash -c [..]"
            );
            docker(&["stop", &container.container_name]);
            // SIGTERM ends the shell, after the launcher has passed it on to all.
            assert_eq!(inspect(&container, "{{.State.ExitCode}}"), "143", "{}", container.logs_now());
            let logs = container.logs_now().to_string();
            assert_contains!(logs, "GET / HTTP/1.0");
            assert_contains!(logs, "Shutting down: Master");
        });
    });
}

/// (T1, T4, T5) Each form of a process type in a project.toml.
#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn project_toml() {
    build(&config("project-toml"), |context| {
        let program = "/usr/bin/python3 /usr/bin/gunicorn app:app";
        let answer = "Hello from Flask";
        check_web(context, &mut ContainerConfig::new(), answer, &format!("{program} --workers=2"), 0);
        let config = ContainerConfig::new().command(["--workers=3"]).expose_port(8080).to_owned();
        let look = |container: &ContainerContext| assert_contains!(get(container, 8080), answer);
        check(context, &config, look, &format!("{program} --workers=3"), 0);

        let mut config = ContainerConfig::new();
        config.entrypoint("worker").env("INTERVAL", "30");
        check(context, &config, |container| wait_for(container, "working"), "python3 worker.py 30", 0);

        context.start_container(ContainerConfig::new().entrypoint("routes").command(["--sort", "rule"]), |container| {
            let logs = container.logs_wait();
            assert_contains!(logs.stdout, "index     GET      /");
            assert_eq!(inspect(&container, "{{.State.ExitCode}}"), "0");
        });
    });
}

/// (X5, X6) The image has no shell; cargo compiles the program before pack builds, and links it statically.
#[test]
#[ignore = "needs Docker and pack"]
fn shell_less() {
    let mut config = BuildConfig::new(tiny_builder(), manifest("examples/shell-less"));
    config.buildpacks([ours()]).app_dir_preprocessor(|directory| {
        // With a target given, the flags are not those of build scripts and macros, which cannot be linked so.
        let target = format!("{}-unknown-linux-gnu", env::consts::ARCH);
        let target_directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shell-less");
        let cargo = Command::new("cargo")
            .args(["build", "--locked", "--release", "--target", &target])
            .current_dir(&directory)
            .env("CARGO_TARGET_DIR", &target_directory)
            .env("RUSTFLAGS", "-C target-feature=+crt-static")
            .output()
            .unwrap();
        assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
        fs::create_dir_all(directory.join("bin")).unwrap();
        fs::copy(target_directory.join(target).join("release/hello"), directory.join("bin/hello")).unwrap();
    });
    build(&config, |context| {
        check_web(context, &mut ContainerConfig::new(), "Hello from Rust", "bin/hello 0.0.0.0:5001", 0);
    });
}

/// (D2) Front ends without process types are left to the buildpack that serves them.
#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn front_ends() {
    for example in ["static", "skaffold/frontend"] {
        let mut config = config(example);
        config.expected_pack_result(PackResult::Failure);
        build(&config, |context| {
            let output = format!("{}{}", context.pack_stdout, context.pack_stderr);
            assert_contains!(output, "fail: octopilot/procfile");
            assert_contains!(output, "No buildpack groups passed detection.");
        });
    }
}
