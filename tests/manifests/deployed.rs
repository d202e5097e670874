//! What manifests start is what the app declares, all of it, and what they connect is there.

use super::{documents, list, read, resources, text, with};
use crate::integration::{build, config, run};
use crate::support::{App, BINARY, manifest};
use libcnb_test::ContainerConfig;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// A container of an app's image, as a manifest starts it.
struct Start {
    name: String,
    /// The process type, or `None` for the default.
    process: Option<String>,
    has_args: bool,
}

/// The process types that the preview shows for an example, as its JSON has them.
fn declared(example: &str) -> Vec<Value> {
    let output = Command::new(BINARY).args(["--format", "json"]).arg(manifest(example)).output().unwrap();
    match output.status.code() {
        Some(0) => list(&serde_json::from_slice::<Value>(&output.stdout).unwrap()["processes"]).to_vec(),
        Some(100) => Vec::new(),
        _ => panic!("{example}: {}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// What is wrong with these starts of the example's image.
fn wrong(starts: &[Start], example: &str) -> Vec<String> {
    let declared = declared(example);
    let types: Vec<_> = declared.iter().map(|process| text(&process["type"])).collect();
    let default = declared.iter().find(|process| process["default"] == true);
    let mut wrong = Vec::new();
    let mut started = Vec::new();
    for Start { name, process, has_args } in starts {
        let found = match process {
            Some(process) => declared.iter().find(|declared| declared["type"] == process.as_str()),
            None => default,
        };
        match found {
            Some(process) if *has_args && !takes_arguments(process) => wrong.push(format!("{name}: lost arguments")),
            None if process.is_some() || !types.is_empty() => wrong.push(format!("{name}: starts none of {types:?}")),
            _ => started.extend(found.map(|process| text(&process["type"]))),
        }
    }
    wrong.extend(types.iter().filter(|name| !started.contains(name)).map(|name| format!("{name}: never started")));
    wrong
}

/// Whether arguments given at run time reach the program: in the exec form, or where the script names them.
fn takes_arguments(process: &Value) -> bool {
    process["command"][1] != "-c" || text(&process["command"][2]).contains("\"$@\"")
}

/// The starts in Kubernetes Deployments and Jobs.
fn kubernetes(yaml: &str) -> Vec<Start> {
    let start = |workload: &Value| {
        let container = &workload["spec"]["template"]["spec"]["containers"][0];
        let command = list(&container["command"]);
        assert!(command.len() <= 1, "{command:?}");
        Start {
            name: text(&container["name"]),
            process: command.first().map(text),
            has_args: !list(&container["args"]).is_empty(),
        }
    };
    let documents = documents(yaml);
    ["Deployment", "Job"].into_iter().flat_map(|kind| resources(&documents, kind)).map(start).collect()
}

/// The manifests of the example with a `release`.
fn django() -> String {
    ["kubernetes", "release"].map(|name| read(&format!("examples/django-celery/{name}.yaml"))).join("---\n")
}

/// Each process type is deployed by its name; arguments are given only to those that take them.
#[test]
fn kubernetes_starts_what_is_declared() {
    const NONE: [&str; 0] = [];
    assert_eq!(wrong(&kubernetes(&django()), "examples/django-celery"), NONE);
    assert_eq!(wrong(&kubernetes(&read("examples/skaffold/kubernetes/api.yaml")), "examples/skaffold/api"), NONE);
    let frontend = kubernetes(&read("examples/skaffold/kubernetes/frontend.yaml"));
    assert_eq!(wrong(&frontend, "examples/skaffold/frontend"), NONE);
}

/// A misspelt type, one left out, and a command of a static front end are found.
#[test]
fn what_is_not_declared_is_found() {
    let yaml = django();
    let wrong_type = wrong(&kubernetes(&with(&yaml, "[\"worker\"]\n", "[\"wroker\"]\n")), "examples/django-celery");
    assert_eq!(
        wrong_type,
        [
            r#"worker: starts none of ["web", "worker", "beat", "release"]"#.to_string(),
            "worker: never started".to_string()
        ]
    );
    let wrong_key =
        wrong(&kubernetes(&with(&yaml, "command: [\"beat\"]", "comand: [\"beat\"]")), "examples/django-celery");
    assert_eq!(wrong_key, ["beat: never started"]);
    let api = kubernetes(&read("examples/skaffold/kubernetes/api.yaml"));
    assert_eq!(wrong(&api, "examples/skaffold/frontend"), ["api: starts none of []"]);
}

/// (X3) Arguments for a process that does not pass them on are found.
#[test]
fn lost_arguments_are_found() {
    let process = |command: &str| {
        let app = App::procfile(format!("web: {command}\n"));
        let json: Value = serde_json::from_str(&app.preview(&["--format", "json"]).stdout).unwrap();
        takes_arguments(&json["processes"][0])
    };
    assert_eq!(["celery beat", "celery beat $LEVEL", "celery beat | tee log"].map(process), [true, true, false]);
}

/// What a file of Kubernetes resources connects to nothing.
fn loose_ends(yaml: &str) -> Vec<String> {
    let documents = documents(yaml);
    let mut loose = Vec::new();
    let mut ports = BTreeMap::new();
    for deployment in resources(&documents, "Deployment") {
        let name = text(&deployment["metadata"]["name"]);
        let (spec, template) = (&deployment["spec"], &deployment["spec"]["template"]);
        let container = &template["spec"]["containers"][0];
        if spec["selector"]["matchLabels"] != template["metadata"]["labels"] {
            loose.push(format!("{name}: selects other pods"));
        }
        let port = list(&container["ports"]).first();
        let is_port = |variable: &&Value| variable["name"] == "PORT";
        let given = list(&container["env"]).iter().find(is_port).map(|variable| text(&variable["value"]));
        if given != port.map(|port| port["containerPort"].to_string()) {
            loose.push(format!("{name}: PORT is not the container's port"));
        }
        let probe = &container["readinessProbe"];
        let probed = probe.pointer("/httpGet/port").or(probe.pointer("/tcpSocket/port"));
        if probed != port.map(|port| &port["name"]) {
            loose.push(format!("{name}: another port is probed"));
        }
        ports.insert(template["metadata"]["labels"].to_string(), port.map(|port| port["name"].clone()));
    }
    for service in resources(&documents, "Service") {
        let port = ports.get(&service["spec"]["selector"].to_string()).cloned().flatten();
        if port.as_ref() != Some(&service["spec"]["ports"][0]["targetPort"]) {
            loose.push(format!("service {}: nothing has that port", text(&service["metadata"]["name"])));
        }
    }
    loose
}

/// Selectors, ports, probes and services fit.
#[test]
fn kubernetes_resources_fit() {
    for path in ["django-celery/kubernetes.yaml", "skaffold/kubernetes/api.yaml", "skaffold/kubernetes/frontend.yaml"] {
        assert_eq!(loose_ends(&read(&format!("examples/{path}"))), [""; 0], "{path}");
    }
    let api = read("examples/skaffold/kubernetes/api.yaml");
    let loose = |part, other| loose_ends(&with(&api, part, other));
    assert_eq!(loose("matchLabels:\n      app: api", "matchLabels:\n      app: apu"), ["api: selects other pods"]);
    assert_eq!(loose("value: \"8080\"", "value: \"80\""), ["api: PORT is not the container's port"]);
    assert_eq!(loose("              port: http", "              port: https"), ["api: another port is probed"]);
    assert_eq!(loose("targetPort: http", "targetPort: https"), ["service api: nothing has that port"]);
}

/// Beat is alone at any time, and workers have time to end their tasks.
#[test]
fn beat_runs_once() {
    let documents = documents(&read("examples/django-celery/kubernetes.yaml"));
    let spec =
        |name: &str| &resources(&documents, "Deployment").find(|it| it["metadata"]["name"] == name).unwrap()["spec"];
    assert_eq!((&spec("beat")["replicas"], &spec("beat")["strategy"]["type"]), (&1.into(), &"Recreate".into()));
    assert_eq!(spec("worker")["template"]["spec"]["terminationGracePeriodSeconds"], 300);
}

/// The settings that the example has, as Kamal 2.12 spells them; `*` is a name of the user's. A role's `cmd` is not among
/// them: Kamal puts it behind `docker run IMAGE`, where it would be the arguments of the default process.
const KAMAL: &[&str] = &[
    "aliases/*", "builder/arch", "builder/pack/builder", "builder/pack/buildpacks", "env/clear/*", "env/secret",
    "image", "proxy/app_port", "proxy/healthcheck/path", "proxy/host", "registry/password", "registry/server",
    "registry/username", "servers/*", "servers/*/hosts", "servers/*/options/entrypoint", "servers/*/stop_timeout",
    "service",
];

/// The paths of a value's keys that hold no further keys.
fn leaves(value: &Value, path: &str) -> BTreeSet<String> {
    let Some(map) = value.as_object() else {
        return BTreeSet::from([path.trim_start_matches('/').to_string()]);
    };
    let is_free = ["/aliases", "/env/clear", "/servers"].contains(&path);
    map.iter().flat_map(|(key, value)| leaves(value, &format!("{path}/{}", if is_free { "*" } else { key }))).collect()
}

/// The starts of Kamal's roles.
fn kamal(settings: &Value) -> Vec<Start> {
    let start = |(name, role): (&String, &Value)| {
        let process = role.pointer("/options/entrypoint").map(text);
        Start { name: name.clone(), process, has_args: false }
    };
    settings["servers"].as_object().unwrap().iter().map(start).collect()
}

/// Each role is a process type, on the port that the proxy asks.
#[test]
fn kamal_starts_what_is_declared() {
    let yaml = read("examples/rails/config/deploy.yml");
    let settings = &documents(&yaml)[0];
    assert_eq!(leaves(settings, "").iter().map(String::as_str).collect::<Vec<_>>(), KAMAL);
    // A hook runs `release`.
    assert_eq!(wrong(&kamal(settings), "examples/rails"), ["release: never started"]);
    assert_eq!(settings["proxy"]["app_port"], settings["env"]["clear"]["PORT"]);

    let cmd = &documents(&with(&yaml, "options:\n      entrypoint: worker", "cmd: worker"))[0];
    assert!(leaves(cmd, "").contains("servers/*/cmd"));
    assert_eq!(wrong(&kamal(cmd), "examples/rails"), ["worker: never started", "release: never started"]);
}

/// (P13) A release that fails is not repeated, and the page of those who move has the manifest of the example.
#[test]
fn the_release_runs_once() {
    let page = read("docs/migration.md");
    let shown = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let mut of_page = documents(shown).remove(0);
    let in_example = &documents(&read("examples/django-celery/release.yaml"))[0];
    let template = &in_example["spec"]["template"]["spec"];
    assert_eq!((&in_example["spec"]["backoffLimit"], &template["restartPolicy"]), (&0.into(), &"Never".into()));
    let container = &mut of_page["spec"]["template"]["spec"]["containers"][0];
    container["image"] = template["containers"][0]["image"].clone();
    container["envFrom"] = template["containers"][0]["envFrom"].clone();
    assert_eq!(of_page, *in_example);
}

/// What a Kamal hook runs: with an `ssh` that shows its arguments and its input, and the variables that Kamal 2.12 sets.
fn run_hook(hook: &Path, command: &str) -> String {
    let kamal = [("KAMAL_COMMAND", command), ("KAMAL_HOSTS", "192.0.2.1,192.0.2.2"), ("KAMAL_VERSION", "abc")];
    let secrets = [("SECRET_KEY_BASE", "a b"), ("REDIS_URL", "redis://redis"), ("DATABASE_URL", "postgres://db")];
    // Not written by the test: a program that is open for writing in a child of another test does not start.
    let path = format!("{}:/usr/bin:/bin", manifest("tests/manifests/bin").display());
    let output = Command::new(hook).env_clear().env("PATH", path).envs(kamal).envs(secrets).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// (P13) The hook runs `release` of the new image with the secrets of the app, and nothing before a rollback.
#[test]
fn the_hook_runs_the_release() {
    let hook = manifest("examples/rails/.kamal/hooks/pre-deploy");
    let image =
        format!("registry.example.com/{}", text(&documents(&read("examples/rails/config/deploy.yml"))[0]["image"]));
    let ran = |image: &str| {
        format!(
            "ssh root@192.0.2.1 docker run --rm --env-file /dev/stdin --env RAILS_ENV=production \
             --entrypoint release {image}:abc\nSECRET_KEY_BASE=a b\n"
        )
    };
    assert_eq!(run_hook(&hook, "deploy"), ran(&image) + "REDIS_URL=redis://redis\n");
    assert_eq!(run_hook(&hook, "rollback"), "");
    let declared = declared("examples/rails");
    assert!(declared.iter().any(|process| process["type"] == "release"));

    let page = read("docs/migration.md");
    let shown = page.split("```sh fixed .kamal/hooks/pre-deploy\n").nth(1).unwrap().split("```").next().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let of_page = directory.path().join("pre-deploy");
    fs::write(&of_page, shown).unwrap();
    fs::set_permissions(&of_page, PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(run_hook(&of_page, "deploy"), ran("registry.example.com/my-app") + "DATABASE_URL=postgres://db\n");
    assert_eq!(run_hook(&of_page, "rollback"), "");
}

/// (X3) What the manifests rely on: a process type is a program on the image's PATH, which takes the place of the
/// entrypoint (Kubernetes' `command`, Kamal's `entrypoint`), while what follows the image are arguments (Kamal's `cmd`).
/// Another program runs in the image's environment through `launcher`.
#[test]
#[ignore = "needs Docker and pack"]
fn types_are_entrypoints() {
    const PROCFILE: &[(&str, &str)] = &[("Procfile", "web: echo web\nworker: echo worker\n")];
    build(&config("tests/fixtures/python", PROCFILE), |context| {
        let path = run(&context, ContainerConfig::new().entrypoint("printenv").command(["PATH"]));
        assert_eq!(path.split(':').next(), Some("/cnb/process"));
        assert_eq!(run(&context, ContainerConfig::new().entrypoint("worker")), "worker\n");
        assert_eq!(run(&context, ContainerConfig::new().entrypoint("worker").command(["--x", "1"])), "worker --x 1\n");
        assert_eq!(run(&context, ContainerConfig::new().command(["worker"])), "web worker\n");
        assert_eq!(
            run(&context, ContainerConfig::new().entrypoint("launcher").command(["echo", "console"])),
            "console\n"
        );
    });
}
