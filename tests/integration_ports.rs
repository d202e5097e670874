//! (O5, O6, O8) What the log says to type is typed, for images in real containers. They need Docker and pack: see
//! `tests/integration.rs`.

use crate::integration::{build, config, docker, ours, run};
use crate::integration_examples::builder as examples_builder;
use crate::support::manifest;
use libcnb_test::{BuildConfig, ContainerConfig, TestContext, TestRunner, assert_contains};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The ports that the documentation and the log publish can be published only once.
pub(crate) fn publish() -> MutexGuard<'static, ()> {
    static PUBLISHED: Mutex<()> = Mutex::new(());
    PUBLISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name of the image of a context.
fn image(context: &TestContext) -> String {
    let mut image = String::new();
    context.start_container(ContainerConfig::new().entrypoint("launcher").command(["sleep", "60"]), |container| {
        image = docker(&["inspect", "--format", "{{.Config.Image}}", &container.container_name]).trim().to_string();
    });
    image
}

/// What the container of a line answers on the port that it publishes, without the header; `None` if it ends first.
fn answer(line: &str) -> Option<String> {
    let arguments: Vec<&str> = line.split(' ').collect();
    let container = docker(&[&["run", "--detach"], &arguments[2..]].concat());
    let published = arguments.iter().skip_while(|argument| **argument != "--publish").nth(1);
    let port: u16 = published.unwrap().split(':').next().unwrap().parse().unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    let answer = loop {
        let mut answer = String::new();
        let asked = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
            stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
            stream.read_to_string(&mut answer)
        });
        if asked.is_ok() && answer.starts_with("HTTP/") {
            break answer.split_once("\r\n\r\n").map(|(_, body)| body.to_string());
        }
        if docker(&["inspect", "--format", "{{.State.Running}}", container.trim()]).trim() == "false" {
            break None;
        }
        assert!(Instant::now() < end, "{line}: {asked:?}\n{}", docker(&["logs", container.trim()]));
        sleep(Duration::from_millis(100));
    };
    docker(&["rm", "--force", container.trim()]);
    answer
}

/// The part of the log that says how to run the processes, without what pack writes before each line.
fn usage(context: &TestContext) -> String {
    let without_prefix = |line| str::strip_prefix(line, "[builder]").map(str::trim_end);
    let lines = context.pack_stdout.lines().map(|line| without_prefix(line).unwrap_or(line));
    let lines = lines.skip_while(|line| line.trim() != "How to run them").take_while(|line| !line.starts_with("===>"));
    let lines: Vec<&str> = lines.collect();
    lines.join("\n")
}

/// The lines for Docker that publish a port.
fn docker_lines(usage: &str, image: &str) -> Vec<String> {
    let lines = usage.lines().filter_map(|line| Some(line.trim().split_once(" IMAGE")?.0));
    lines.filter(|line| line.contains("--publish")).map(|line| format!("{line} {image}")).collect()
}

/// The containers for Kubernetes, as lines for Docker: `command` is what Docker calls the entrypoint.
fn kubernetes_lines(usage: &str, image: &str) -> Vec<String> {
    let blocks = usage.split("Kubernetes containers with a port\n").nth(1).unwrap();
    let blocks = blocks.split("\n\n").filter(|block| block.trim().starts_with("command:"));
    blocks
        .map(|block| {
            let yaml: String =
                block.lines().filter(|line| line.starts_with("    ")).flat_map(|line| [line, "\n"]).collect();
            let container: Value = serde_saphyr::from_str(&yaml).unwrap_or_else(|error| panic!("{error}: {usage}"));
            let port = &container["ports"][0]["containerPort"];
            let mut line = format!("docker run --publish 18080:{port}");
            for variable in container["env"].as_array().unwrap_or(&Vec::new()) {
                let [name, value] = ["name", "value"].map(|key| variable[key].as_str().unwrap());
                line = format!("{line} --env {name}={value}");
            }
            format!("{line} --entrypoint {} {image}", container["command"][0].as_str().unwrap())
        })
        .collect()
}

const MAIN: &str = r#"
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"port %d" % scope["server"][1]})
"#;

/// (O5, O6) A bare `$PORT`, a default, a fixed port, and a variable of the process: each answers as the log says. Without
/// the `--env` that the log shows, the bare one ends.
#[test]
#[ignore = "needs Docker and pack"]
fn the_lines_of_the_log_answer() {
    const PROCFILE: &str = "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n\
                            api: uvicorn main:app --host 0.0.0.0 --port ${PORT:-5000}\n\
                            fixed: uvicorn main:app --host 0.0.0.0 --port 8080\n";
    const TOML: &str = "[_]\nschema-version = \"0.2\"\n\n[io.octopilot.processes.set]\n\
                        command = \"uvicorn main:app --host 0.0.0.0 --port $PORT\"\nenv = { PORT = \"6000\" }\n";
    let files = &[("Procfile", PROCFILE), ("project.toml", TOML), ("main.py", MAIN)];
    build(&config("tests/fixtures/python", files), |context| {
        assert_contains!(context.pack_stderr.clone() + &context.pack_stdout, "note[unset-port]");
        let (usage, image, _publish) = (usage(&context), image(&context), publish());
        let docker = docker_lines(&usage, &image);
        assert_eq!(docker.len(), 4, "{usage}");
        let ports = ["port 8080", "port 5000", "port 8080", "port 6000"].map(|port| Some(port.to_string()));
        assert_eq!(docker.iter().map(|line| answer(line)).collect::<Vec<_>>(), ports);
        let kubernetes = kubernetes_lines(&usage, &image);
        assert_eq!(kubernetes.iter().map(|line| answer(line)).collect::<Vec<_>>(), ports);
        assert_eq!(answer(&docker[0].replace("--env PORT=8080 ", "")), None);
    });
}

/// (O8) Nothing but the process runs as `launcher`, not even by the path of the launcher.
#[test]
#[ignore = "needs Docker and pack"]
fn a_type_can_hide_the_launcher() {
    const FILES: &[(&str, &str)] = &[("Procfile", "web: echo web\nlauncher: echo hidden\n")];
    build(&config("tests/fixtures/python", FILES), |context| {
        assert_contains!(context.pack_stderr.clone() + &context.pack_stdout, "warning[launcher]");
        for entrypoint in ["launcher", "/cnb/lifecycle/launcher"] {
            let ran = run(&context, ContainerConfig::new().entrypoint(entrypoint).command(["echo", "command"]));
            assert_eq!(ran, "hidden echo command\n", "{entrypoint}");
        }
    });
}

/// (O5) The examples whose commands say the port.
#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn the_lines_of_the_examples_answer() {
    for (example, expected) in [
        ("fastapi", "Hello from FastAPI"),
        ("flask", "Hello from Flask"),
        ("skaffold/api", "Hello from the API"),
        ("project-toml", "Hello from Flask"),
    ] {
        let mut config = BuildConfig::new(examples_builder(), manifest("examples").join(example));
        config.buildpacks([ours()]);
        TestRunner::default().build(&config, |context| {
            let (usage, image, _publish) = (usage(&context), image(&context), publish());
            let lines = [docker_lines(&usage, &image), kubernetes_lines(&usage, &image)].concat();
            assert_eq!(lines.len(), 2, "{usage}");
            for line in lines {
                assert_contains!(answer(&line).unwrap_or_default(), expected);
            }
        });
    }
}

/// (P13) `release` of the examples ends well, started as the documentation says.
#[test]
#[ignore = "needs Docker, pack and tests/examples-builder"]
fn the_releases_of_the_examples_end() {
    for (example, settings) in [
        ("django-celery", vec!["SECRET_KEY=secret", "CELERY_BROKER_URL=redis://redis"]),
        ("rails", vec!["RAILS_ENV=production", "SECRET_KEY_BASE=secret"]),
    ] {
        let mut config = BuildConfig::new(examples_builder(), manifest("examples").join(example));
        config.buildpacks([ours()]);
        TestRunner::default().build(&config, |context| {
            let settings = settings.iter().flat_map(|setting| ["--env", setting]);
            let image = image(&context);
            let output = Command::new("docker")
                .args(["run", "--rm", "--entrypoint", "release"])
                .args(settings)
                .arg(image)
                .output()
                .unwrap();
            assert!(output.status.success(), "{example}: {output:?}");
        });
    }
}
