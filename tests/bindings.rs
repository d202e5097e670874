//! The service binding of type `Procfile` (S3).

use crate::hostile::{SECRET, is_clean, refused};
use crate::support::{App, without_columns};
use snapbox::{IntoData, assert_data_eq, str};
use std::fs;
use std::os::unix::fs::symlink;

/// A binding of this type, whose Procfile declares `web`.
fn bound(kind: &str) -> App {
    App::new().binding("processes", "type", kind).binding("processes", "Procfile", "web: from-binding\n")
}

/// What the log says was read, or why detect fails.
fn read(app: &App) -> String {
    let detected = app.detect();
    if detected.status != Some(0) {
        return format!("detect exits with {:?}", detected.status.unwrap());
    }
    let log = app.build().stdout;
    log.lines().find(|line| line.starts_with("  Read ")).unwrap_or_default().trim().to_string()
}

/// (S3, D1) The type is compared without case and the blanks around it, and a binding alone is enough.
#[test]
fn the_type_is_compared_without_case() {
    for kind in ["Procfile", "procfile", "PROCFILE", "procfile\n", " \tProcFile\r\n"] {
        assert_eq!(read(&bound(kind)), "Read [PLATFORM]/bindings/processes/Procfile", "{kind:?}");
    }
    for kind in ["", "\n", "Procfiles", "Proc file", "procfile\nprocfile", "ca-certificates", "Procfile\0"] {
        assert_eq!(read(&bound(kind)), "detect exits with 100", "{kind:?}");
    }
    let untyped = App::new().binding("Procfile", "Procfile", "web: x\n").binding("Procfile", "Type", "Procfile");
    assert_eq!(read(&untyped), "detect exits with 100");
}

/// (S3) The log names the file by its path, and the entry is a Procfile like any other.
#[test]
fn a_binding_declares_process_types() {
    let app = App::procfile("web: from-procfile\nworker: from-procfile\n")
        .binding("processes", "type", "Procfile")
        .binding("processes", "provider", "operations")
        .binding("processes", "Procfile", "# production\nweb: from-binding --port ${PORT:-8080}\n");
    assert_data_eq!(
        without_columns(&app.build().all()),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read [PLATFORM]/bindings/processes/Procfile, Procfile

  Process types
    web (default) [PLATFORM]/bindings/processes/Procfile:2 from-binding --port ${PORT:-8080}
      bash runs: exec from-binding --port ${PORT:-8080} "$@"
      overrides Procfile:1
    worker Procfile:2 from-procfile
      exec form, without a shell

  How to run them
    Docker Kubernetes
    docker run --publish 8080:8080 IMAGE below
    docker run --entrypoint worker IMAGE command: ["worker"]

  Kubernetes containers with a port
    command: ["web"]
    ports: [{ containerPort: 8080 }]
--- layers/launch.toml
[[processes]]
type = "web"
command = ["bash", "-c", 'exec from-binding --port ${PORT:-8080} "$@"', "web"]
default = true

[[processes]]
type = "worker"
command = ["from-procfile"]

"#]]
        .raw()
    );
}

/// (S3) Bindings of other types are left alone, whatever stands in them.
#[test]
fn other_bindings_are_ignored() {
    let others = |app: App| {
        app.binding("a", "type", "ca-certificates")
            .binding("a", "Procfile", "web oops\n")
            .binding("b", "type", b"\xFF\xFE")
            .binding("z", "username", "me")
            .directory("../platform/bindings/empty")
            .file("../platform/bindings/type", "Procfile")
            .file("../platform/bindings/Procfile", "web oops\n")
    };
    assert_eq!(read(&others(bound("Procfile"))), "Read [PLATFORM]/bindings/processes/Procfile");
    assert_eq!(read(&others(App::new())), "detect exits with 100");
    assert_eq!(read(&others(App::procfile("web: x\n"))), "Read Procfile");
}

/// (S3) `$SERVICE_BINDING_ROOT`, of the process or of the platform, over `<platform>/bindings`.
#[test]
fn the_root_of_the_bindings_can_be_elsewhere() {
    const ROOT: &str = "SERVICE_BINDING_ROOT";
    let app = || {
        ["elsewhere", "third"].iter().fold(bound("Procfile"), |app, root| {
            app.file(&format!("../platform/{root}/b/type"), "Procfile")
                .file(&format!("../platform/{root}/b/Procfile"), "web: x\n")
                .directory("../platform/none")
        })
    };
    let path = |app: &App, name: &str| app.platform().join(name).to_string_lossy().into_owned();
    let usual = "Read [PLATFORM]/bindings/processes/Procfile";
    assert_eq!(read(&app()), usual);
    assert_eq!(read(&app().env(ROOT, "")), usual);
    for (of_platform, of_process, expected) in [
        (Some("elsewhere"), None, "Read [PLATFORM]/elsewhere/b/Procfile"),
        (Some("elsewhere/"), None, "Read [PLATFORM]/elsewhere/b/Procfile"),
        (None, Some("elsewhere"), "Read [PLATFORM]/elsewhere/b/Procfile"),
        (Some("elsewhere"), Some("third"), "Read [PLATFORM]/third/b/Procfile"),
        (Some("none"), None, "detect exits with 100"),
        (Some("no/such/directory"), None, "detect exits with 100"),
        (Some("bindings/processes/type"), None, "detect exits with 100"),
    ] {
        let mut app = app();
        if let Some(name) = of_platform {
            let value = path(&app, name);
            app = app.env(ROOT, &value);
        }
        if let Some(name) = of_process {
            let value = path(&app, name);
            app = app.process_env(ROOT, &value);
        }
        assert_eq!(read(&app), expected, "{of_platform:?} {of_process:?}");
    }
}

/// (S3, L1) The preview reads the bindings of `$SERVICE_BINDING_ROOT`, and no others.
#[test]
fn the_preview_reads_bindings() {
    let app = bound("Procfile");
    assert_eq!(app.preview(&[]).status, Some(100));
    let root = app.platform().join("bindings").to_string_lossy().into_owned();
    let preview = app.env("SERVICE_BINDING_ROOT", &root).preview(&["--format", "json"]);
    assert!(preview.stdout.contains(r#""source": "[PLATFORM]/bindings/processes/Procfile""#), "{}", preview.all());
}

/// (S3) Kubernetes mounts a secret as links into a directory that it swaps.
#[test]
fn a_mounted_secret_is_a_binding() {
    let secret = "../platform/bindings/processes";
    let app = App::new()
        .file(&format!("{secret}/..2026_01_01_00_00_00.1/type"), "procfile")
        .file(&format!("{secret}/..2026_01_01_00_00_00.1/Procfile"), "web: x\n")
        .link(&format!("{secret}/..data"), "..2026_01_01_00_00_00.1")
        .link(&format!("{secret}/type"), "..data/type")
        .link(&format!("{secret}/Procfile"), "..data/Procfile");
    assert_eq!(read(&app), "Read [PLATFORM]/bindings/processes/Procfile");
}

/// (S3, P9) Mistakes in it are shown with the path of the binding, before those of the app.
#[test]
fn mistakes_have_the_path_of_the_binding() {
    let app = App::procfile("worker celery\n").binding("processes", "type", "Procfile").binding(
        "processes",
        "Procfile",
        "web : gunicorn app:app\nbeat celery beat\n",
    );
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 1
--- standard error
warning[blank-before-colon]: unexpected whitespace between `web` and its colon
 --> [PLATFORM]/bindings/processes/Procfile:1:4
  |
1 | web : gunicorn app:app
  |    ^ other tools ignore or reject this line
  |
  = help: write `web:`

error[missing-colon]: no colon after the process type `beat`
 --> [PLATFORM]/bindings/processes/Procfile:2:5
  |
2 | beat celery beat
  |     ^ a `:` is missing here
  |
  = help: write `beat: celery beat`

error[missing-colon]: no colon after the process type `worker`
 --> Procfile:1:7
  |
1 | worker celery
  |       ^ a `:` is missing here
  |
  = help: write `worker: celery`

error: no process types were written because of 2 errors; there is also 1 warning

"#]]
        .raw()
    );
    assert_eq!(app.detect().all(), "exit status 0\n");
}

/// (S3, P11) An empty one, and what the two errors about bindings are.
#[test]
fn what_is_no_binding_has_words() {
    assert_data_eq!(
        App::new().binding("processes", "type", "Procfile").binding("processes", "Procfile", "# later\n").build().all(),
        str![[r#"
exit status 0
--- standard output
octopilot/procfile [VERSION]
  Read [PLATFORM]/bindings/processes/Procfile
  No process types: the image runs what other buildpacks declare
--- standard error
warning[no-entries]: this Procfile has no entries
--> [PLATFORM]/bindings/processes/Procfile
 = help: add a line for each process type: `web: COMMAND`

warning: the build continues with 1 warning

"#]]
        .raw()
    );
    assert_data_eq!(
        App::procfile("web: x\n").binding("processes", "type", "Procfile").build().all(),
        str![[r#"
exit status 1
--- standard error
error[no-binding-entry]: this service binding of type `Procfile` has no entry named `Procfile`
--> [PLATFORM]/bindings/processes/Procfile
 = help: add the file to the binding under the name `Procfile`, or give the binding another type

error: no process types were written because of 1 error

"#]]
        .raw()
    );
    let three = ["c", "a", "b\u{1b}[31m"].iter().fold(App::new(), |app, name| app.binding(name, "type", "Procfile"));
    assert_data_eq!(
        three.build().all(),
        str![[r#"
exit status 1
--- standard error
error[several-bindings]: 3 service bindings have the type `Procfile`: `a`, `b\u{1b}[31m` and `c`
--> [PLATFORM]/bindings/a/Procfile
 = help: keep one of them

error: no process types were written because of 1 error

"#]]
        .raw()
    );
}

/// (S3, P10) What stands in place of `type` makes no binding of it, and nothing waits for it.
#[test]
fn a_hostile_type_is_ignored() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("type"), "Procfile").unwrap();
    fs::write(outside.path().join("Procfile"), format!("web {SECRET}\n")).unwrap();
    let app = || App::new().binding("b", "Procfile", format!("web {SECRET}\n"));
    for app in [
        app().fifo("../platform/bindings/b/type"),
        app().directory("../platform/bindings/b/type"),
        app().link("../platform/bindings/b/type", outside.path().join("type")),
        app().link("../platform/bindings/b/type", "type"),
        app().link("../platform/bindings/b/type", "nowhere"),
        app().link("../platform/bindings/b/type", "/dev/zero"),
        app().binding("b", "type", "Procfile".to_string() + &" ".repeat(1024 * 1024)),
        app().link("../platform/bindings/c", outside.path()),
        App::new().fifo("../platform/bindings"),
        App::new().file("../platform/bindings", "Procfile"),
    ] {
        let outcome = app.detect();
        assert_eq!(outcome.status, Some(100), "{}", outcome.all());
        assert!(!outcome.all().contains(SECRET) && is_clean(&outcome.all()), "{}", outcome.all());
    }
}

/// (S3, P10) What stands in place of `Procfile` is an error; nothing waits, nothing outside is printed.
#[test]
fn a_hostile_entry_is_refused() {
    const ENTRY: &str = "../platform/bindings/b/Procfile";
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("Procfile");
    fs::write(&secret, format!("web {SECRET}\n")).unwrap();
    let app = || App::new().binding("b", "type", "Procfile");
    refused(&app().fifo(ENTRY), "not-a-file");
    refused(&app().directory(ENTRY), "not-a-file");
    refused(&app().link(ENTRY, &secret), "outside-app");
    refused(&app().link(ENTRY, "/dev/zero"), "outside-app");
    refused(&app().link(ENTRY, "Procfile"), "unreadable-file");
    refused(&app().link(ENTRY, "nowhere"), "broken-link");
    refused(&app().binding("b", "Procfile", "#".repeat(1024 * 1024 + 1)), "file-too-large");
    refused(&app().binding("b", "Procfile", b"web: \xFF\n"), "invalid-encoding");
    refused(&app().binding("b\u{1b}[31m\n", "type", "Procfile"), "several-bindings");
    refused(&App::new().binding("b\u{1b}[31m\u{202e}\n", "type", "Procfile"), "no-binding-entry");
    assert_data_eq!(
        app().link(ENTRY, &secret).build().stderr,
        str![[r#"
error[outside-app]: this file is outside the directory of the service bindings
--> [PLATFORM]/bindings/b/Procfile
 = help: copy the file into the directory of the service bindings: nothing outside it is read, even through a link or `..`

error: no process types were written because of 1 error

"#]]
        .raw()
    );
}

/// (S3) The whole directory may be a link: what is in it is then inside.
#[test]
fn the_root_may_be_a_link() {
    let app = App::new().file("../mounted/b/type", "Procfile").file("../mounted/b/Procfile", "web: x\n");
    symlink("../mounted", app.platform().join("bindings")).unwrap();
    assert_eq!(read(&app), "Read [PLATFORM]/bindings/b/Procfile");
}
