//! Living with the buildpacks before this one in a group (B2, F1, F2).

use crate::hostile::{SECRET, is_clean};
use crate::support::{App, Outcome};
use snapbox::{IntoData, assert_data_eq, str};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::time::{Duration, SystemTime};

/// A launch.toml of these types, the default marked by `*`.
fn launch_toml(types: &str) -> String {
    types.split(", ").fold(String::new(), |mut all, name| {
        let (name, default) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
        write!(all, "[[processes]]\ntype = \"{name}\"\ncommand = [\"other\"]\ndefault = {default}\n").unwrap();
        all
    })
}

/// The layers directories of buildpacks that ran one after the other, a second each.
fn after(app: App, earlier: &[(&str, &str)]) -> App {
    let mut time = SystemTime::now() - Duration::from_mins(1);
    earlier.iter().fold(app, |app, (buildpack, types)| {
        let app = app.earlier(buildpack, launch_toml(types));
        let path = app.path().join("../layers").join(buildpack).join("launch.toml");
        time += Duration::from_secs(1);
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        app
    })
}

/// The default type of the image, as the lifecycle finds it in every launch.toml, one after the other: the last
/// default, unless it is declared once more without being one.
fn default_of_image(launch_tomls: &[String]) -> Option<String> {
    let mut default = None;
    for launch in launch_tomls {
        let launch: toml::Table = launch.parse().unwrap();
        for process in launch["processes"].as_array().unwrap() {
            let name = process["type"].as_str().unwrap().to_string();
            if process.get("default").is_some_and(|default| default.as_bool().unwrap()) {
                default = Some(name);
            } else if default.as_ref() == Some(&name) {
                default = None;
            }
        }
    }
    default
}

/// The default type that the log claims, and whose it is.
fn default_in_log(outcome: &Outcome) -> Option<String> {
    let row = outcome.stdout.lines().find(|line| line.contains(" (default)"))?;
    let (name, rest) = row.split_once(" (default)").unwrap();
    Some(format!("{} of {}", name.trim(), rest.split_whitespace().next().unwrap()))
}

/// (F1, F2, B2) Which type is the default after other buildpacks: as the log claims it, and as the lifecycle reads it.
#[test]
fn the_default_after_other_buildpacks() {
    let default = |name: &str| format!("[io.octopilot.processes.{name}]\ncommand = 'x'\ndefault = true\n");
    let variable = |procfile: &str, name: &str| App::procfile(procfile).env("BP_PROCFILE_DEFAULT_TYPE", name);
    for (earlier, app, expected) in [
        // A language buildpack's default is kept where ours has no say.
        (&[("a_b", "web*")][..], App::procfile("worker: x\n"), Some("web of a/b")),
        (&[("a_b", "web*, task")], App::procfile("release: x\nworker: x\n"), Some("web of a/b")),
        (&[("a_b", "task*")], App::procfile("a: x\nb: x\n"), Some("task of a/b")),
        (&[("a_b", "web*")], App::procfile("# none\n"), Some("web of a/b")),
        // A type that is declared anew stays the default (F2).
        (&[("a_b", "web*")], App::procfile("worker: x\nweb: x\n"), Some("web of Procfile:2")),
        (&[("a_b", "task*")], App::procfile("a: x\ntask: x\n"), Some("task of Procfile:2")),
        (&[("a_b", "task*")], App::procfile("web: x\ntask: x\n"), Some("task of Procfile:2")),
        // `web` is ours before another type is theirs.
        (&[("a_b", "task*")], App::procfile("a: x\nweb: x\n"), Some("web of Procfile:2")),
        // What the user says in so many words wins.
        (&[("a_b", "web*")], App::project_toml(&default("worker")), Some("worker of project.toml:1")),
        (
            &[("a_b", "web*")],
            App::project_toml(&(default("a") + "[io.octopilot.processes]\nweb = 'x'\n")),
            Some("a of project.toml:1"),
        ),
        (&[("a_b", "web*")], variable("worker: x\n", "worker"), Some("worker of Procfile:1")),
        (&[("a_b", "web*")], variable("web: x\nworker: x\n", "worker"), Some("worker of Procfile:2")),
        (&[("a_b", "task*")], variable("web: x\nworker: x\n", "worker"), Some("worker of Procfile:2")),
        // Without a default so far, ours is chosen as if there were no others.
        (&[("a_b", "web")], App::procfile("task: x\n"), Some("task of Procfile:1")),
        (&[("a_b", "web, worker")], App::procfile("a: x\nworker: x\n"), Some("worker of Procfile:2")),
        (&[("a_b", "web")], App::procfile("a: x\nb: x\n"), None),
        // Of several, the last counts, and a default that is declared anew without being one is none.
        (&[("b_1", "web*"), ("a_2", "task*")], App::procfile("a: x\nb: x\n"), Some("task of a/2")),
        (&[("a_2", "task*"), ("b_1", "web*")], App::procfile("a: x\nb: x\n"), Some("web of b/1")),
        (&[("b_1", "web*"), ("a_2", "web")], App::procfile("a: x\nb: x\n"), None),
        (&[("b_1", "web*"), ("a_2", "web")], App::procfile("task: x\n"), Some("task of Procfile:1")),
        (&[("b_1", "web*"), ("a_2", "web*")], App::procfile("worker: x\n"), Some("web of a/2")),
        (&[("b_1", "web"), ("a_2", "task"), ("c_3", "web*")], App::procfile("worker: x\n"), Some("web of c/3")),
    ] {
        let app = after(app, earlier);
        let outcome = app.build();
        assert_eq!(outcome.status, Some(0), "{}", outcome.all());
        assert_eq!(default_in_log(&outcome).as_deref(), expected, "{earlier:?} {}", outcome.all());
        assert_eq!(outcome.stderr.contains("warning[no-default]"), expected.is_none(), "{}", outcome.all());
        let theirs = earlier.iter().map(|(_, types)| launch_toml(types));
        let all: Vec<String> = theirs.chain(outcome.layers.get("launch.toml").cloned()).collect();
        let name = expected.map(|expected| expected.split_once(' ').unwrap().0.to_string());
        assert_eq!(default_of_image(&all), name, "{}", outcome.all());
    }
}

/// (B2) The order and the ids are those of the group, where the lifecycle has left it: the time of a launch.toml that
/// was copied may be any, and the name of a directory does not tell a `/` from a `_`.
#[test]
fn the_group_tells_order_and_ids() {
    const GROUP: &str = "../layers/group.toml";
    let group = |ids: &[&str]| {
        let member = |id: &&str| format!("[[group]]\nid = \"{id}\"\nversion = \"1\"\napi = \"0.10\"\n");
        ids.iter().map(member).collect::<String>()
    };
    let earlier = [("plain_id", "task"), ("b_1", "web"), ("two_x_three_y", "web*")];
    let app = || after(App::procfile("worker: x\n"), &earlier);
    let all = ["two_x/three_y", "b/1", "plain_id", "octopilot/procfile", "last/one"];
    for (group, expected) in [
        (group(&all), ["worker* Procfile:1", "task plain_id", "web b/1"].as_slice()),
        (group(&["b/1", "two_x/three_y", "octopilot/procfile"]), &["worker Procfile:1", "web* two_x/three_y"]),
        (group(&["two_x/three_y", "octopilot/procfile", "b/1"]), &["worker Procfile:1", "web* two_x/three_y"]),
        (group(&["octopilot/procfile", "b/1", "plain_id"]), &["worker* Procfile:1"]),
        (group(&["..", "/", "none/such", "octopilot/procfile"]), &["worker* Procfile:1"]),
        // Without a group that can be read, and has this buildpack in it, the directories tell what they can.
        (group(&["b/1"]), &["worker Procfile:1", "task plain/id", "web* two/x_three_y"]),
        ("[[group]".to_string(), &["worker Procfile:1", "task plain/id", "web* two/x_three_y"]),
        ("group = 1".to_string(), &["worker Procfile:1", "task plain/id", "web* two/x_three_y"]),
    ] {
        let log = app().file(GROUP, &group).build().stdout;
        let rows = log.lines().filter(|line| line.starts_with("    ") && !line.starts_with("     "));
        let rows = rows.map(|row| row.replace(" (default)", "*")).take_while(|row| !row.starts_with("    Docker"));
        let rows: Vec<String> = rows.map(|row| row.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(rows, expected, "{group}\n{log}");
    }
    for nothing in [app().fifo(GROUP), app().link(GROUP, "/dev/zero"), app().directory(GROUP)] {
        assert_eq!(nothing.build().all(), app().build().all());
    }
}

/// (F1) A type that only another buildpack declares cannot be made the default, and the error says whose it is.
#[test]
fn the_default_must_be_ours() {
    let app = App::procfile("worker: x\n").env("BP_PROCFILE_DEFAULT_TYPE", "task");
    assert_data_eq!(
        after(app, &[("paketo-buildpacks_go-build", "web*, task")]).build().all(),
        str![[r#"
exit status 1
--- standard error
error[unknown-default-type]: the process type `task` cannot be the default: this buildpack does not declare it
 --> BP_PROCFILE_DEFAULT_TYPE:1:1
  |
1 | task
  | ^^^^ declared by paketo-buildpacks/go-build
  |
  = help: add `[io.octopilot.processes.task]` to the project.toml: without `command`, it keeps the command

error: no process types were written because of 1 error

"#]]
        .raw()
    );
}

/// (B2) Each type of several buildpacks is the last one's, and a Procfile without entries keeps them all.
#[test]
fn all_types_are_kept() {
    let earlier = [("b_1", "web*, task"), ("a_2", "task, clock")];
    assert_data_eq!(
        after(App::procfile("# none\n"), &earlier).build().all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read Procfile
  No process types: the image runs what other buildpacks declare

  Process types
    clock          a/2  other
                        kept from a/2
    task           a/2  other
                        kept from a/2
    web (default)  b/1  other
                        kept from b/1

  How to run them
    Docker                               Kubernetes
    docker run --entrypoint clock IMAGE  command: ["clock"]
    docker run --entrypoint task IMAGE   command: ["task"]
    docker run IMAGE                     command: ["web"]
--- standard error
warning[no-entries]: this Procfile has no entries
--> Procfile
 = help: add a line for each process type: `web: COMMAND`

warning: the build continues with 1 warning

"#]]
        .raw()
    );
}

/// (B2) Buildpack API before 0.9: a command is a text, `direct` says whether a shell runs it, and there may be more.
#[test]
fn other_versions_of_launch_toml_are_read() {
    let launch = r#"
[[labels]]
key = "a"
value = "b"

[[processes]]
type = "web"
command = "bin/web --port $PORT"
direct = false
default = true

[[processes]]
type = "task"
command = "bin/task"
args = ["a b", "c"]
direct = true

[[processes]]
type = "later"
command = ["bin/later"]
working-dir = "/srv"
exec-env = ["production"]

[[processes]]
type = "empty"

[[slices]]
paths = ["static"]
"#;
    let app = App::procfile("web: x\n").earlier("octopilot_rust", launch);
    let log = app.build().stdout;
    assert_data_eq!(
        log.split("\n\n").nth(1).unwrap().to_string() + "\n",
        str![[r#"
  Process types
    web (default)  Procfile:1      x
                                   exec form, without a shell
                                   overrides `bin/web --port $PORT` of octopilot/rust
    empty          octopilot/rust  
                                   kept from octopilot/rust
    later          octopilot/rust  bin/later
                                   kept from octopilot/rust
    task           octopilot/rust  ["bin/task", "a b", "c"]
                                   kept from octopilot/rust

"#]]
        .raw()
    );
}

/// (B2) What cannot be read or parsed there is ignored, soon, and nothing outside the layers directory is printed.
#[test]
fn what_is_no_launch_toml_is_ignored() {
    const LAUNCH: &str = "../layers/a_b/launch.toml";
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("launch.toml");
    fs::write(&secret, launch_toml(&format!("{SECRET}*"))).unwrap();
    let app = || App::procfile("web: x\n").directory("../layers/a_b");
    let alone = app().build().all();
    for app in [
        app().file(LAUNCH, ""),
        app().file(LAUNCH, "[[processes]"),
        app().file(LAUNCH, b"[[processes]]\ntype = \"\xFF\"\ncommand = [\"x\"]\n"),
        app().file(LAUNCH, b"\xFF\xFE[\0"),
        app().file(LAUNCH, "processes = 1\n"),
        app().file(LAUNCH, "[[processes]]\ntype = 1\ncommand = [\"x\"]\n"),
        app().file(LAUNCH, "[[processes]]\ntype = \"task\"\ncommand = [1]\n"),
        app().file(LAUNCH, "[[processes]]\ntype = \"task\"\ncommand = [\"x\"]\ndefault = \"yes\"\n"),
        app().file(LAUNCH, "[[processes]]\ncommand = [\"x\"]\n"),
        app().directory(LAUNCH),
        app().fifo(LAUNCH),
        app().link(LAUNCH, &secret),
        app().link(LAUNCH, "/dev/zero"),
        app().link(LAUNCH, "launch.toml"),
        app().link(LAUNCH, "nowhere"),
        app().link("../layers/c_d", outside.path()),
        app().file("../layers/launch.toml", launch_toml("task*")),
        app().file("../layers/sbom/launch/launch.toml", launch_toml("task*")),
    ] {
        assert_eq!(app.build().all(), alone);
    }
}

/// (B2, R1) What is too large to read is named, since the rest of the log does not know of it.
#[test]
fn a_large_launch_toml_is_named() {
    let huge = launch_toml("task*") + &"# ".repeat(512 * 1024);
    for content in [huge, "[".repeat(1024 * 1024 - 1)] {
        let stdout = App::procfile("web: x\n").earlier("a_b", content).build().stdout;
        assert!(stdout.contains("\n    and those of `a/b`, whose launch.toml is too large to read\n"), "{stdout}");
    }
}

/// (B2) What this buildpack wrote before is not another's.
#[test]
fn our_own_launch_toml_is_not_anothers() {
    let build = |app: App| app.earlier("octopilot_procfile", launch_toml("task*, web")).build().all();
    assert_eq!(build(App::procfile("web: x\nworker: y\n")), App::procfile("web: x\nworker: y\n").build().all());
}

/// (O1) Names and commands of other buildpacks are escaped as ours are.
#[test]
fn others_are_escaped() {
    let launch = "[[processes]]\ntype = \"web\"\ncommand = [\"a\\u001b[31m\", \"\\u202e\"]\ndefault = true\n\
                  [[processes]]\ntype = \"t\\u001b[31m\\n\"\ncommand = [\"a\\nb\", \"\\u009b31m\"]\n";
    let app = App::procfile("web: x\n").earlier("a_b\u{1b}[31m\n\u{202e}", launch);
    let outcome = app.build();
    assert!(is_clean(&outcome.all()), "{:?}", outcome.all());
    assert_data_eq!(
        outcome.stdout,
        str![[r#"
octopilot/procfile [VERSION]
  Read Procfile

  Process types
    web (default)  Procfile:1               x
                                            exec form, without a shell
                                            overrides `a\u{1b}[31m \u{202e}` of a/b\u{1b}[31m\n\u{202e}
    t\u{1b}[31m\n  a/b\u{1b}[31m\n\u{202e}  ["a\nb", "\u{9b}31m"]
                                            kept from a/b\u{1b}[31m\n\u{202e}

  How to run them
    Docker                                       Kubernetes
    docker run IMAGE                             command: ["web"]
    docker run --entrypoint t\u{1b}[31m\n IMAGE  command: ["t\u{1b}[31m\n"]

"#]]
        .raw()
    );
    let app = App::procfile("x: x\n").earlier("a_b\u{1b}[31m\n\u{202e}", launch);
    let outcome = app.env("BP_PROCFILE_DEFAULT_TYPE", "t\u{1b}[31m").build();
    assert!(is_clean(&outcome.all()), "{:?}", outcome.all());
}

/// (B2) The log says for each type whether it is new, overrides another or is kept.
#[test]
fn what_others_declared_is_in_the_log() {
    let others = r#"
[[processes]]
type = "web"
command = ["python"]
args = ["-m", "http.server"]
default = true

[[processes]]
type = "shell"
command = ["bash", "-c", "echo $HOME"]
"#;
    let app = App::procfile("web: gunicorn app:app\nworker: celery -A app worker\n")
        .earlier("paketo-buildpacks_python-start", others);
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read Procfile

  Process types
    web (default)  Procfile:1                      gunicorn app:app
                                                   exec form, without a shell
                                                   overrides `python -m http.server` of paketo-buildpacks/python-start
    worker         Procfile:2                      celery -A app worker
                                                   exec form, without a shell
                                                   new: no earlier buildpack declares it
    shell          paketo-buildpacks/python-start  ["bash", "-c", "echo $HOME"]
                                                   kept from paketo-buildpacks/python-start

  How to run them
    Docker                                                Kubernetes
    docker run --env PORT=8080 --publish 8080:8080 IMAGE  below
    docker run --entrypoint worker IMAGE                  command: ["worker"]
    docker run --entrypoint shell IMAGE                   command: ["shell"]

  Kubernetes containers with a port
    command: ["web"]
    env: [{ name: PORT, value: "8080" }]
    ports: [{ containerPort: 8080 }]
--- layers/launch.toml
[[processes]]
type = "web"
command = ["gunicorn", "app:app"]
default = true

[[processes]]
type = "worker"
command = ["celery", "-A", "app", "worker"]

"#]]
        .raw()
    );
}
