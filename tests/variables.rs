//! Variables that do not exist (C10), and those that a project.toml gives the build (C11).

use crate::support::App;
use snapbox::{IntoData, assert_data_eq, str};
use std::fs::{self, File};
use std::process::Command;

const UNKNOWN: &str = "error[unknown-variable]: there is no variable ";

/// (C10) From the platform and from the operator, in the build and in the preview.
#[test]
fn unknown_variables_are_errors() {
    let app = || App::procfile("web: x\n");
    let name = "BP_PROCFILE_STRIKT";
    for outcome in [
        app().env(name, "true").build(),
        app().process_env(name, "true").build(),
        app().env(name, "true").preview(&[]),
        app().env(name, "1").process_env(name, "true").build(),
    ] {
        assert_data_eq!(
            outcome.all(),
            str![[r#"
exit status 1
--- standard error
error[unknown-variable]: there is no variable `BP_PROCFILE_STRIKT`
 --> BP_PROCFILE_STRIKT:1:1
  |
1 | true
  | ^^^^ this would be ignored
  |
  = help: rename it to `BP_PROCFILE_STRICT`

error: no process types were written because of 1 error

"#]]
            .raw()
        );
    }
}

/// (C10) The near miss, whatever its case; known, empty and other variables are right.
#[test]
fn unknown_variables_have_a_near_miss() {
    let told = |name: &str| {
        let stderr = App::procfile("web: x\n").env(name, "x").preview(&[]).stderr;
        let help = stderr.split("help: ").nth(1).unwrap_or_default().lines().next().unwrap_or_default();
        if stderr.contains(UNKNOWN) { help.to_string() } else { String::new() }
    };
    assert_eq!(told("BP_PROCFILE_ALOW"), "rename it to `BP_PROCFILE_ALLOW`");
    assert_eq!(told("BP_PROCFILE_DEFAULT_TYPES"), "rename it to `BP_PROCFILE_DEFAULT_TYPE`");
    assert_eq!(told("bp_procfile_path"), "rename it to `BP_PROCFILE_PATH`");
    assert_eq!(told("BP_PROCFILE_"), told("BP_PROCFILE_COMMAND_LINE"));
    assert!(told("BP_PROCFILE_é").starts_with("unset it, or use one of `BP_PROCFILE_DEFAULT_PROCESS`, "));
    for right in ["BP_PROCFILE", "BP_WEB_SERVER", "XBP_PROCFILE_STRIKT", "BP_PROCFILÉ_X"] {
        assert_eq!(told(right), "", "{right}");
    }
    assert_eq!(App::procfile("web: x\n").env("BP_PROCFILE_STRIKT", " ").build().stderr, "");
}

/// (C10, D1, D4) Detect is left to what declares process types; a variable that was meant to do that is an error.
#[test]
fn detect_names_a_misspelled_source() {
    assert_eq!(App::procfile("web: x\n").env("BP_PROCFILE_STRIKT", "1").detect().status, Some(0));
    assert_eq!(App::new().env("BP_PROCFILE_STRIKT", "1").detect().status, Some(100));
    for name in ["BP_PROCFILE_DEFAULT_PROCES", "BP_PROCFILE_PAHT", "BP_PROCFILE_DESCRIPTER"] {
        let detect = App::new().env(name, "x").detect();
        assert_eq!(detect.status, Some(1), "{name}");
        assert!(detect.stderr.starts_with(&format!("{UNKNOWN}`{name}`\n")), "{}", detect.all());
    }
}

/// What the preview makes of a project.toml, with a Procfile of three warnings: its exit status, and its first line.
fn previewed(project_toml: &str) -> String {
    let app = App::procfile("Web : x\nWorker : y\nbeat: z\n").file("project.toml", project_toml);
    let outcome = app.preview(&[]);
    format!("{:?} {}", outcome.status, outcome.stderr.lines().next().unwrap_or_default())
}

const STRICT: &str = "name = 'BP_PROCFILE_STRICT'\nvalue = 'true'\n";

/// (C11) In the place that the schema says, and only there.
#[test]
fn the_preview_reads_the_variables_of_a_project_toml() {
    let strict = "Some(1) note[not-dns-label]: the process type `Web` is not `web`, so it is not the default";
    let lax = "Some(0) note[not-dns-label]: the process type `Web` is not `web`, so it is not the default";
    let places = ["build.env", "io.buildpacks.build.env", "io.buildpacks.env.build"];
    for (schema, right) in [
        ("", [strict, lax, lax]),
        ("[_]\n", [strict, lax, lax]),
        ("[_]\nschema-version = ''\n", [strict, lax, lax]),
        ("[_]\nschema-version = '0.1'\n", [strict, lax, lax]),
        ("[_]\nschema-version = '0.2'\n", [lax, strict, strict]),
        ("[_]\nschema-version = '0.3'\n", [lax, strict, lax]),
        ("[_]\nschema-version = '0.4'\n", [lax, lax, lax]),
        ("[_]\nschema-version = 0.2\n", [lax, lax, lax]),
    ] {
        for (place, expected) in places.iter().zip(right) {
            assert_eq!(previewed(&format!("{schema}[[{place}]]\n{STRICT}")), expected, "{schema}{place}");
        }
    }
}

/// (C10, C11) A variable that does not exist is shown where the project.toml names it.
#[test]
fn unknown_variables_are_shown_in_the_project_toml() {
    let toml = "[_]\nschema-version = '0.2'\n[[io.buildpacks.build.env]]\nname = 'BP_PROCFILE_STRIKT'\nvalue = '1'\n";
    let app = || App::procfile("web: node a.js\n").file("a.js", "");
    let expected = str![[r#"
error[unknown-variable]: there is no variable `BP_PROCFILE_STRIKT`
 --> project.toml:4:9
  |
4 | name = 'BP_PROCFILE_STRIKT'
  |         ^^^^^^^^^^^^^^^^^^ this would be ignored
  |
  = help: rename it to `BP_PROCFILE_STRICT`

error: no process types were written because of 1 error

"#]];
    assert_data_eq!(app().file("project.toml", toml).preview(&[]).stderr, expected.raw());
    let alone = App::new().file("project.toml", toml.replace("STRIKT", "DEFAULT_PROCES"));
    assert!(alone.preview(&[]).stderr.contains(" --> project.toml:4:9\n"));
    let elsewhere = app().file("project.toml", toml.replace("STRIKT", "STRICT")).env("BP_PROCFILE_STRIKT", "1");
    assert!(elsewhere.build().stderr.contains(" --> BP_PROCFILE_STRIKT:1:1\n"));
}

/// (C11) What pack would refuse is ignored, of any type.
#[test]
fn the_preview_ignores_what_pack_refuses() {
    let lax = previewed("");
    for toml in [
        "build = 1\n",
        "[build]\nenv = 'x'\n",
        "[build]\nenv = { BP_PROCFILE_STRICT = 'true' }\n",
        "[build]\nenv = ['BP_PROCFILE_STRICT=true']\n",
        "[[build.env]]\nname = 'BP_PROCFILE_STRICT'\nvalue = true\n",
        "[[build.env]]\nname = 1\nvalue = 'true'\n",
        "[[build.env]]\nname = 'BP_PROCFILE_STRICT'\n",
        "[[build.env]]\nvalue = 'true'\n",
        "[[build.env]]\nname = ''\nvalue = ''\n[[build.env]]\nname = 'A=B'\nvalue = \"\\u0000\"\n",
    ] {
        assert_eq!(previewed(toml), lax, "{toml}");
    }
}

/// (C11, C10) The environment of the preview wins, and a variable that does not exist is an error there too.
#[test]
fn the_environment_wins_over_a_project_toml() {
    let toml = |name: &str, value: &str| format!("[[build.env]]\nname = '{name}'\nvalue = '{value}'\n");
    let app =
        || App::new().file("a", "web: a\n").file("b", "web: b\n").file("project.toml", toml("BP_PROCFILE_PATH", "a"));
    assert!(app().preview(&[]).stdout.contains("  Read a, project.toml\n"), "{}", app().preview(&[]).all());
    let other = app().env("BP_PROCFILE_PATH", "b").preview(&[]);
    assert!(other.stdout.contains("  Read b, project.toml\n"), "{}", other.all());
    let unknown = App::procfile("web: x\n").file("project.toml", toml("BP_PROCFILE_PAHT", "a")).preview(&[]);
    assert!(unknown.stderr.starts_with(&format!("{UNKNOWN}`BP_PROCFILE_PAHT`\n")), "{}", unknown.all());
}

/// (C11) The variables are those of the project.toml in the app directory, as pack reads it, whatever file has the tables.
#[test]
fn the_descriptor_does_not_move_the_variables() {
    let app = App::project_toml("[[build.env]]\nname = 'BP_PROCFILE_DESCRIPTOR'\nvalue = 'other.toml'\n").file(
        "other.toml",
        "[io.octopilot.processes]\nweb = 'x'\n[[build.env]]\nname = 'BP_PROCFILE_STRICT'\nvalue = 'maybe'\n",
    );
    let outcome = app.preview(&[]);
    assert!(outcome.stdout.contains("  Read other.toml\n"), "{}", outcome.all());
    assert_eq!(App::project_toml("no toml").preview(&[]).status, Some(1));
}

/// (C3) The variable has a command, and no process type before it.
#[test]
fn the_variable_has_only_a_command() {
    let told = |value: &str| {
        let outcome = App::new().env("BP_PROCFILE_DEFAULT_PROCESS", value).build();
        let help: Vec<&str> = outcome.stderr.lines().filter_map(|line| Some(line.split_once("help: ")?.1)).collect();
        assert!(help.is_empty() || outcome.stderr.contains("error[entry-in-variable]"), "{}", outcome.all());
        assert_eq!(outcome.status, Some(i32::from(!help.is_empty())), "{}", outcome.all());
        help.join("; ")
    };
    assert_eq!(told("web: node server.js"), "set it to `node server.js`");
    assert_eq!(told("worker: node a.js"), "set it to `node a.js`; to declare `worker`, write a Procfile");
    assert_eq!(told("web: node a.js\nworker: node b.js"), "write these lines into a Procfile");
    for command in ["node server.js", "node a: b", "web-server --port=8080", "web:node a.js", ": ; node x"] {
        let outcome = App::new().env("BP_PROCFILE_DEFAULT_PROCESS", command).build();
        assert!(!outcome.stderr.contains("entry-in-variable"), "{command}: {}", outcome.all());
    }
}

/// (R5) What is not text, or huge, is named where it is this buildpack's, and ignored where it is not.
#[test]
fn other_variables_may_be_anything() {
    let platform = |name: &str| {
        let app = App::procfile("web: x\n");
        let path = app.platform().join("env").join(name);
        (app, path)
    };
    for name in ["SECRET", "BP_WEB_SERVER", "CNB_STACK_ID", "BP_PROCFILE_ALLOW", "BP_PROCFILE_STRIKT"] {
        let expected = match name {
            "CNB_STACK_ID" | "BP_PROCFILE_ALLOW" => format!("error[unusable-variable]: the value of {name} "),
            "BP_PROCFILE_STRIKT" => format!("{UNKNOWN}`{name}`\n"),
            _ => String::new(),
        };
        let (app, path) = platform(name);
        fs::write(&path, b"a\xff").unwrap();
        let binary = app.build();
        let (app, path) = platform(name);
        File::create(&path).unwrap().set_len(200 << 20).unwrap();
        let huge = app.build_after("ulimit -v 65536");
        let app = App::procfile("web: x\n");
        let of_process = app.build_after(&format!("export {name}=$'a\\xff'"));
        for outcome in [binary, huge, of_process] {
            assert!(outcome.stderr.starts_with(&expected), "{name}: {}", outcome.all());
            assert_eq!(outcome.status, Some(i32::from(!expected.is_empty())), "{name}: {}", outcome.all());
        }
    }
}

/// (R5) A value may be as large as a file.
#[test]
fn values_have_a_largest_size() {
    let build = |length: usize| {
        let value = "no-default".to_string() + &" ".repeat(length - "no-default".len());
        let outcome = App::procfile("worker: x\n").env("BP_PROCFILE_ALLOW", &value).build();
        (outcome.status, outcome.stderr.lines().next().map(str::to_string))
    };
    assert_eq!(build(1 << 20), (Some(0), None));
    let message = "error[unusable-variable]: the value of BP_PROCFILE_ALLOW is larger than 1 MiB";
    assert_eq!(build((1 << 20) + 1), (Some(1), Some(message.to_string())));
}

/// (R5) A directory, a link to one, and a pipe beside the values are none.
#[test]
fn only_files_are_variables() {
    let app = App::procfile("web: x\n");
    let env = app.platform().join("env");
    for name in ["..data", "BP_PROCFILE_SHELL"] {
        fs::create_dir(env.join(name)).unwrap();
    }
    assert!(Command::new("mkfifo").arg(env.join("BP_PROCFILE_STRICT")).status().unwrap().success());
    fs::write(env.join("..data/BP_PROCFILE_DEFAULT_TYPE"), "web").unwrap();
    std::os::unix::fs::symlink("..data/BP_PROCFILE_DEFAULT_TYPE", env.join("BP_PROCFILE_DEFAULT_TYPE")).unwrap();
    let outcome = app.build();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    assert!(outcome.stdout.contains("Read Procfile, BP_PROCFILE_DEFAULT_TYPE\n"), "{}", outcome.stdout);
}
