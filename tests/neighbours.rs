//! Living with the buildpacks before this one in a group (B2, F1, F2).

use crate::support::App;
use snapbox::{IntoData, assert_data_eq, str};

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
                                                   new: no buildpack before this one declares it
    shell          paketo-buildpacks/python-start  ["bash", "-c", "echo $HOME"]
                                                   kept from paketo-buildpacks/python-start

  How to run them
    Docker                                Kubernetes
    docker run IMAGE                      command: ["web"]
    docker run --entrypoint worker IMAGE  command: ["worker"]
    docker run --entrypoint shell IMAGE   command: ["shell"]
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
