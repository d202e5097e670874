//! Detect (section D), as the lifecycle runs it.

use crate::support::App;
use snapbox::{IntoData, assert_data_eq, str};

#[track_caller]
fn check(app: &App, expected: impl IntoData) {
    assert_data_eq!(app.detect().all(), expected.raw());
}

/// (D1) A Procfile passes, a malformed or empty one included, and whatever keeps it from being read: build explains.
#[test]
fn a_procfile_passes() {
    for app in [
        App::procfile("web: x\n"),
        App::procfile(""),
        App::procfile("no colon"),
        App::procfile(b"\xE9"),
        App::new().fifo("Procfile"),
        App::new().link("Procfile", "/etc/passwd"),
        App::new().link("Procfile", "nowhere"),
        App::procfile("web: x\n").file("project.toml", "no toml"),
    ] {
        check(&app, "exit status 0\n");
    }
}

/// (D1) So do the process tables of a project.toml, with mistakes or empty, and the variable.
#[test]
fn process_tables_and_the_variable_pass() {
    for app in [
        App::project_toml("[io.octopilot.processes]\nweb = \"x\"\n"),
        App::project_toml("[io.octopilot.processes]\nweb = 1\n"),
        App::project_toml("[io.octopilot.processes]\n"),
        App::project_toml("[[io.buildpacks.processes]]\ntype = \"web\"\ncommand = \"x\"\n"),
        App::new().env("BP_PROCFILE_DEFAULT_PROCESS", "gunicorn app:app"),
    ] {
        check(&app, "exit status 0\n");
    }
}

/// (D2) A static front end is left alone, with one sentence.
#[test]
fn a_static_front_end_fails() {
    check(
        &App::project_toml("[build]\n[[build.env]]\nname = \"BP_WEB_SERVER\"\nvalue = \"nginx\"\n"),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile, and no such table in project.toml.

"#]],
    );
    check(
        &App::new(),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile, and no project.toml.

"#]],
    );
    check(
        &App::new().env("BP_PROCFILE_DEFAULT_PROCESS", " "),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile, and no project.toml.

"#]],
    );
}

/// (D3) A Procfile in a directory of the app is named.
#[test]
fn a_nested_procfile_is_named() {
    check(
        &App::new().file("backend/Procfile", "web: x\n").file("frontend/package.json", "{}"),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile but `backend/Procfile` (build that directory with `pack build --path backend`, or set BP_PROCFILE_PATH to `backend/Procfile`), and no project.toml.

"#]],
    );
    check(
        &App::project_toml("[_]\nschema-version = \"0.2\"\n")
            .file("b c/Procfile", "web: x\n")
            .file("a/Procfile", "web: x\n"),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile but `a/Procfile` and `b c/Procfile` (build that directory with `pack build --path a`, or set BP_PROCFILE_PATH to `a/Procfile`), and no such table in project.toml.

"#]],
    );
    for app in [
        App::new().file(".git/Procfile", "web: x\n"),
        App::new().file("a/b/Procfile", "web: x\n"),
        App::new().directory("a/Procfile"),
        App::new().link("a", "/"),
    ] {
        let said = app.detect().stdout;
        assert!(said.contains("There is no Procfile, and no project.toml"), "{said}");
    }
}

/// (D2, D3) A table that is nearly ours is named.
#[test]
fn a_misspelled_table_is_named() {
    check(
        &App::project_toml("[io.octopilot.process]\nweb = \"x\"\n"),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile, and no such table in project.toml (is `io.octopilot.process` meant to be that table?).

"#]],
    );
}

/// (D2) So are the places where the table of processes is not looked for.
#[test]
fn tables_in_other_places_are_named() {
    for (toml, name) in [
        ("[processes]\nweb = 'x'\n", "processes"),
        ("[octopilot.processes]\nweb = 'x'\n", "octopilot.processes"),
        ("[tool.octopilot.processes]\nweb = 'x'\n", "tool.octopilot.processes"),
        ("[io.octopilot]\nweb = 'x'\n", "io.octopilot"),
        ("[io.octopilot.proces]\nweb = 'x'\n", "io.octopilot.proces"),
        ("[io.octo-pilot.processes]\nweb = 'x'\n", "io.octo-pilot.processes"),
        ("[io.Octopilot.procs]\nweb = 'x'\n", "io.Octopilot.procs"),
        ("[\"io.octopilot.processes\"]\nweb = 'x'\n", "\"io.octopilot.processes\""),
        ("[\"io.octopilot.processes.web\"]\ncommand = 'x'\n", "\"io.octopilot.processes.web\""),
    ] {
        let outcome = App::project_toml(toml).detect();
        assert_eq!(outcome.status, Some(100), "{toml}");
        let end = format!("no such table in project.toml (is `{name}` meant to be that table?).\n");
        assert!(outcome.stdout.ends_with(&end), "{toml}: {}", outcome.all());
    }
    for table in ["processes", "io.buildpacks.process"] {
        let outcome = App::project_toml(&format!("[[{table}]]\ntype = 'web'\n")).detect();
        let end = format!("project.toml (is `[[{table}]]` meant to be `[[io.buildpacks.processes]]`?).\n");
        assert!(outcome.stdout.ends_with(&end), "{table}: {}", outcome.all());
    }
    for other in [
        "processes = 4\n[io.octopilot]\nregistry = 'x'\n[tool.other.processes]\nweb = 'x'\n",
        "[io.autopilot.processes]\nweb = 'x'\n",
        "[process]\nweb = 'x'\n",
        "[io.buildpacks.process]\nweb = 'x'\n",
        "[[io.buildpacks.process]]\nname = 'x'\n",
        "[[processes]]\nname = 'x'\n",
    ] {
        let outcome = App::project_toml(other).detect();
        assert!(outcome.stdout.ends_with("and no such table in project.toml.\n"), "{other}{}", outcome.all());
        let app = App::project_toml(other).file("Procfile", "web: x\n");
        assert_eq!(app.build().stderr, "", "{other}");
    }
}

/// (D3) So are the names that are nearly `Procfile`.
#[test]
fn near_misses_are_named() {
    check(
        &App::new().file("procfile", "web: x\n"),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile but `procfile` (rename `procfile` to `Procfile`), and no project.toml.

"#]],
    );
    check(
        &App::new().file("PROCFILE", "").file("Procfile.txt", "").file("Procfile.dev", ""),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile but `PROCFILE` and `Procfile.txt` (it must be a file called `Procfile`), and no project.toml.

"#]],
    );
    check(
        &App::new().directory("Procfile"),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile but the directory `Procfile` (it must be a file called `Procfile`), and no project.toml.

"#]],
    );
    check(
        &App::new().directory("elsewhere").link("Procfile", "elsewhere"),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile but the directory `Procfile` (it must be a file called `Procfile`), and no project.toml.

"#]],
    );
    check(
        &App::new().file("Procfiles", "").file("Dockerfile", "").file("profile.d", ""),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile but `Procfiles` (rename `Procfiles` to `Procfile`), and no project.toml.

"#]],
    );
    check(
        &App::new().file("procfile.\u{1b}[31m", ""),
        str![[r#"
exit status 100
--- standard output
octopilot/procfile looked for a Procfile and for [io.octopilot.processes] in a project.toml. There is no Procfile but `procfile.\u{1b}[31m` (set BP_PROCFILE_PATH to `procfile.\u{1b}[31m`), and no project.toml.

"#]],
    );
}

/// (D3) A Procfile for development is never proposed as the Procfile, and one for another environment is named as it is.
#[test]
fn procfiles_of_environments_are_not_to_be_renamed() {
    for (names, found) in [
        (
            &["Procfile.dev"][..],
            "`Procfile.dev` (for development with a tool like foreman or overmind: write a Procfile for production, or set BP_PROCFILE_PATH to `Procfile.dev`)",
        ),
        (
            &["Procfile.dev", "Procfile.local", "Procfile.test"],
            "`Procfile.dev`, `Procfile.local` and `Procfile.test` (for development with a tool like foreman or overmind: write a Procfile for production, or set BP_PROCFILE_PATH to the one that is meant)",
        ),
        (&["Procfile.prod"], "`Procfile.prod` (set BP_PROCFILE_PATH to `Procfile.prod`)"),
        (
            &["Procfile.dev", "Procfile.staging"],
            "`Procfile.dev` and `Procfile.staging` (set BP_PROCFILE_PATH to the one that is meant)",
        ),
    ] {
        let app = names.iter().fold(App::new(), |app, name| app.file(name, "web: x\n"));
        let outcome = app.detect();
        let end = format!("There is no Procfile but {found}, and no project.toml.\n");
        assert!(outcome.stdout.ends_with(&end), "{}", outcome.all());
        assert_eq!(outcome.status, Some(100));
    }
}

/// (D4) What may declare process types and cannot be read is an error.
#[test]
fn unreadable_sources_are_errors() {
    check(
        &App::project_toml("web: gunicorn\n"),
        str![[r#"
exit status 1
--- standard error
error[toml-syntax]: this file is not valid TOML: expected `=`, found `:`
 --> project.toml:1:4
  |
1 | web: gunicorn
  |    ^ the mistake is here or just before
  |
  = help: replace it with these lines:
          [io.octopilot.processes]
          web = "gunicorn"

error: no process types were written because of 1 error

"#]],
    );
    check(
        &App::new().directory("project.toml"),
        str![[r#"
exit status 1
--- standard error
error[not-a-file]: this is a directory, not a file
--> project.toml
 = help: replace the directory with a file

error: no process types were written because of 1 error

"#]],
    );
    check(
        &App::project_toml("[io.octopilot.processes]\nweb = 'x'\n").env("BP_PROCFILE_PATH", "deploy/Procfile"),
        str![[r#"
exit status 1
--- standard error
error[path-not-found]: there is no file `deploy/Procfile` in the app
 --> BP_PROCFILE_PATH:1:1
  |
1 | deploy/Procfile
  | ^^^^^^^^^^^^^^^ no such file
  |
  = help: set it to a path relative to the app directory, or unset the variable

error: no process types were written because of 1 error

"#]],
    );
    check(
        &App::procfile("web: x\n").env("BP_PROCFILE_DESCRIPTOR", "gone/project.toml"),
        str![[r#"
exit status 1
--- standard error
error[path-not-found]: there is no file `gone/project.toml` in the app
 --> BP_PROCFILE_DESCRIPTOR:1:1
  |
1 | gone/project.toml
  | ^^^^^^^^^^^^^^^^^ no such file
  |
  = help: set it to a path relative to the app directory, or unset the variable

error: no process types were written because of 1 error

"#]],
    );
}

/// (C1, C2) The variables name other files, or directories that hold them.
#[test]
fn variables_name_the_files() {
    for app in [
        App::new().file("deploy/Procfile", "web: x\n").env("BP_PROCFILE_PATH", "deploy"),
        App::new().file("deploy/Procfile", "web: x\n").env("BP_PROCFILE_PATH", "deploy/"),
        App::new().file("Procfile.prod", "web: x\n").env("BP_PROCFILE_PATH", "Procfile.prod"),
        App::new().file("a/p.toml", "[io.octopilot.processes]\nweb = 'x'\n").env("BP_PROCFILE_DESCRIPTOR", "a/p.toml"),
    ] {
        check(&app, "exit status 0\n");
    }
}
