//! The process tables of a project.toml (section T), through the parser alone.

use crate::support::{App, Places};
use octopilot_procfile::diagnostics::Diagnostics;
use octopilot_procfile::parse::project_toml::{ProjectToml, parse};
use octopilot_procfile::text::Source;
use snapbox::{IntoData, assert_data_eq, str};
use std::fmt::Write as _;

fn parsed(content: &str) -> String {
    let mut problems = Diagnostics::default();
    let places = Places::new(content);
    let at = |offset| places.at(offset);
    let mut out = String::new();
    match parse(content, Source::ProjectToml, &mut problems) {
        ProjectToml::Invalid => out.push_str("invalid\n"),
        ProjectToml::NoTable { near_miss, .. } => writeln!(out, "no table, near miss {near_miss:?}").unwrap(),
        ProjectToml::Processes(processes) => {
            for process in processes {
                write!(out, "{} {} | ", at(process.name.at.start), process.name.value).unwrap();
                match &process.command {
                    Some(command) => write!(out, "{} {:?}", at(command.at.start), command.value).unwrap(),
                    None => out.push_str("no command"),
                }
                let args = process.args.as_ref().map_or(&[][..], |args| &args.value);
                write!(out, " {args:?}").unwrap();
                if let Some(directory) = &process.working_dir {
                    write!(out, " in {} \"{}\"", at(directory.at.start), directory.value.display()).unwrap();
                }
                if !process.env.is_empty() {
                    let env: Vec<_> = process.env.iter().map(|(name, value)| (name, &value.value)).collect();
                    write!(out, " with {env:?}").unwrap();
                }
                if let Some(default) = process.default {
                    write!(out, " default {}", at(default.start)).unwrap();
                }
                out.push('\n');
            }
        }
    }
    out + &places.problems(&problems)
}

#[track_caller]
fn check(content: &str, expected: impl IntoData) {
    assert_data_eq!(parsed(content), expected.raw());
}

/// (T1) The example of the contract.
#[test]
fn all_forms_are_read() {
    check(
        r#"
[_]
schema-version = "0.2"

[io.octopilot.processes]
web = "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}"
beat = ["celery", "-A", "app.tasks", "beat"]

[io.octopilot.processes.worker]
command = ["celery", "-A", "app.tasks", "worker"]
args = ["--loglevel=info"]
working-dir = "jobs"
env = { TZ = "UTC" }
default = true
"#,
        str![[r#"
6:1 web | 6:7 Line("uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}") []
7:1 beat | 7:8 Words(["celery", "-A", "app.tasks", "beat"]) []
9:25 worker | 10:11 Words(["celery", "-A", "app.tasks", "worker"]) ["--loglevel=info"] in 12:15 "jobs" with [("TZ", "UTC")] default 14:11

"#]],
    );
}

/// (T1) However TOML writes a table, it is the same table; types stand in file order.
#[test]
fn every_way_to_write_the_table_is_read() {
    check(
        "io.octopilot.processes.web = \"x\"\n",
        str![[r#"
1:24 web | 1:30 Line("x") []

"#]],
    );
    check(
        "[io]\noctopilot = { processes = { b = \"x\", a = [\"y\"] } }\n",
        str![[r#"
2:29 b | 2:33 Line("x") []
2:38 a | 2:42 Words(["y"]) []

"#]],
    );
    check(
        "[io.octopilot.processes.\"web.1\"]\ncommand = 'x'\n[io.octopilot.processes.a]\ncommand = 'y'\n",
        str![[r#"
1:25 web.1 | 2:11 Line("x") []
3:25 a | 4:11 Line("y") []

"#]],
    );
}

/// (T2) The shape of launch.toml.
#[test]
fn launch_shape_is_read() {
    check(
        "[[io.buildpacks.processes]]\ntype = \"web\"\ncommand = [\"node\"]\nargs = [\"a\"]\ndefault = true\nworking-dir = \"/srv\"\n\
         [[io.buildpacks.processes]]\ntype = \"worker\"\ncommand = \"node b\"\n",
        str![[r#"
2:8 web | 3:11 Words(["node"]) ["a"] in 6:15 "/srv" default 5:11
8:8 worker | 9:11 Line("node b") []

"#]],
    );
}

/// (T2) The same type in both tables: ours wins, with a warning.
#[test]
fn our_table_wins_over_launch_shape() {
    check(
        "[[io.buildpacks.processes]]\ntype = \"web\"\ncommand = \"theirs\"\ndefault = true\n\
         [io.octopilot.processes]\nweb = \"ours\"\n",
        str![[r#"
6:1 web | 6:7 Line("ours") []
2:8 both-tables

"#]],
    );
}

/// (T3) Every key with a wrong type, a misspelling, or nothing in it.
#[test]
fn nothing_is_guessed() {
    for value in ["1", "1.5", "true", "1979-05-27", "[1]", "[]", "{}", "\"\"", "\" \"", "[\"\"]", "[[\"x\"]]", "'# x'"]
    {
        let mut out = parsed(&format!("[io.octopilot.processes]\nweb = {value}\n"));
        out.insert_str(0, &format!("{value}\n"));
        assert_data_eq!(out, snapshot_of(value));
    }
}

/// What becomes of a `web` with this value.
fn snapshot_of(value: &str) -> snapbox::Data {
    let problem = match value {
        "1" | "1.5" | "true" | "1979-05-27" | "[[\"x\"]]" => "2:7 wrong-type",
        "[1]" => "2:8 wrong-type",
        "[\"\"]" => "2:8 empty-command",
        // A table without `command` extends another buildpack's process type (T7).
        "{}" => {
            return format!("{value}\n2:1 web | 2:1 Earlier(Extension {{ wrap: None, of: None }}) []\n")
                .into_data()
                .raw();
        }
        _ => "2:7 empty-command",
    };
    format!("{value}\n2:1 web | no command []\n{problem}\n").into_data().raw()
}

/// (T3) Keys are known by name, and near misses by what was meant.
#[test]
fn unknown_keys_are_errors() {
    check(
        "[io.octopilot.processes.web]\ncommand = \"x\"\ncmd = \"y\"\nworking_dir = \"z\"\n",
        str![[r#"
1:25 web | 2:11 Line("x") []
3:1 unknown-key
4:1 unknown-key

"#]],
    );
    check(
        "[io.octopilot.processes.web]\ncomand = \"x\"\n",
        str![[r#"
1:25 web | no command []
2:1 unknown-key

"#]],
    );
    check(
        "[[io.buildpacks.processes]]\ntype = \"web\"\ncommand = \"x\"\nenv = { A = \"b\" }\n",
        str![[r#"
2:8 web | 3:11 Line("x") []
4:1 unknown-key

"#]],
    );
    check(
        "[[io.buildpacks.processes]]\ntype = 1\ncomand = \"x\"\n",
        str![[r#"
2:8 wrong-type
3:1 unknown-key

"#]],
    );
}

/// (T3) Outside the tables nothing is judged, in any schema.
#[test]
fn other_tables_are_not_judged() {
    check(
        "",
        str![[r#"
no table, near miss None

"#]],
    );
    check(
        "[[build.env]]\nname = \"BP_WEB_SERVER\"\nvalue = \"nginx\"\n",
        str![[r#"
no table, near miss None

"#]],
    );
    check(
        "[_]\nschema-version = 3\n[project]\nprocesses = 1\n[io.buildpacks]\nbuilder = []\n",
        str![[r#"
no table, near miss None

"#]],
    );
    check(
        "io = 1\n",
        str![[r#"
no table, near miss None

"#]],
    );
    check(
        "[io]\noctopilot = []\nbuildpacks = \"x\"\n",
        str![[r#"
no table, near miss None

"#]],
    );
    check(
        "[com.heroku.phase]\nrelease = 1\n[io.octopilot.port]\nx = 1\n[io.octopilot.processes]\nweb = \"x\"\n",
        str![[r#"
6:1 web | 6:7 Line("x") []

"#]],
    );
}

/// (T3) Process tables are read in every schema, and in none.
#[test]
fn every_schema_is_read() {
    for schema in
        ["", "[_]\nschema-version = \"0.1\"\n", "[_]\nschema-version = \"0.2\"\n", "[_]\nschema-version = \"0.3\"\n"]
    {
        let content = format!("{schema}[io.octopilot.processes]\nweb = \"x\"\n");
        let line = content.lines().count();
        assert_eq!(parsed(&content), format!("{line}:1 web | {line}:7 Line(\"x\") []\n"), "{schema}");
    }
}

/// (T3) An empty type is a type, and no valid one.
#[test]
fn empty_types_are_errors() {
    check(
        "[[io.buildpacks.processes]]\ntype = \"\"\ncommand = \"x\"\n",
        str![[r#"
2:8 invalid-name

"#]],
    );
}

/// (D2, D3) A table whose name is nearly ours is named.
#[test]
fn misspelled_tables_are_named() {
    check(
        "[io.octopilot.process]\nweb = \"x\"\n",
        str![[r#"
no table, near miss Some("io.octopilot.process")
1:15 misspelled-table

"#]],
    );
    check(
        "[io.octopilot.Processes]\nweb = \"x\"\n[io.octopilot.processes]\n",
        str![[r#"
1:15 misspelled-table

"#]],
    );
}

/// (T4) Directories are normalized; `..` may not lead out.
#[test]
fn working_directories_stay_inside() {
    for (directory, read) in [
        ("jobs", "in \"jobs\""),
        ("./a/../b/", "in \"b\""),
        (".", "in \"\""),
        ("a/..", "in \"\""),
        ("/srv/../etc", "in \"/srv/../etc\""),
        ("..", "outside-working-dir"),
        ("a/../../b", "outside-working-dir"),
        ("../app", "outside-working-dir"),
    ] {
        let out = parsed(&format!("[io.octopilot.processes.web]\ncommand = \"x\"\nworking-dir = \"{directory}\"\n"));
        let expected = match read {
            "outside-working-dir" => "1:25 web | 2:11 Line(\"x\") []\n3:15 outside-working-dir\n".to_string(),
            inside => format!("1:25 web | 2:11 Line(\"x\") [] {}\n", inside.replace("in ", "in 3:15 ")),
        };
        assert_eq!(out, expected, "{directory}");
    }
}

/// (T6) Two defaults are an error, in whichever tables; the one of a dropped table does not count.
#[test]
fn only_one_default() {
    check(
        "[io.octopilot.processes]\na = { command = \"x\", default = true }\nb = { command = \"x\", default = false }\n\
         [[io.buildpacks.processes]]\ntype = \"c\"\ncommand = \"x\"\ndefault = true\n\
         [[io.buildpacks.processes]]\ntype = \"a\"\ncommand = \"x\"\ndefault = true\n",
        str![[r#"
2:1 a | 2:17 Line("x") [] default 2:32
3:1 b | 3:17 Line("x") []
5:8 c | 6:11 Line("x") [] default 7:11
7:11 two-defaults
9:8 both-tables

"#]],
    );
}

/// Strings of several lines are one command, with the line ends that a shell knows.
#[test]
fn strings_may_have_several_lines() {
    check(
        "[io.octopilot.processes]\r\nweb = \"\"\"\r\n  a &&\r\n  b\r\n\"\"\"\r\n",
        str![[r#"
2:1 web | 2:7 Line("a &&\n  b") []

"#]],
    );
}

/// (D4) What is no TOML is invalid, with a mistake a line.
#[test]
fn invalid_toml_is_reported_once_a_line() {
    check(
        "a = \nb = 3\n[x\nc = 4\n",
        str![[r#"
invalid
1:5 toml-syntax
3:3 toml-syntax

"#]],
    );
    check(
        "web: gunicorn app:app\n",
        str![[r#"
invalid
1:4 toml-syntax

"#]],
    );
    check(
        "a = \"\u{1b}\"\n",
        str![[r#"
invalid
1:6 toml-syntax

"#]],
    );
}

/// (P9) A large file is searched at its head, and a construct that goes on beyond the head is no mistake.
#[test]
fn large_files_are_read_whole() {
    let padding = "# padding\n".repeat(2000);
    for (open, close) in [
        ("a = [ # open\n", "]\n"),
        ("a = [[[{ b = [\n", "]}]]]\n"),
        ("a = \"\"\"\n", "\"\"\"\n"),
        ("a = [ # c\n\n'''\n", "''']\n"),
    ] {
        let content = format!("{open}{padding}{close}[io.octopilot.processes]\nweb = \"x\"\n");
        let line = content.lines().count();
        assert_eq!(parsed(&content), format!("{line}:1 web | {line}:7 Line(\"x\") []\n"), "{open}");
    }
    check(
        &format!("a\nb\n= 1\n{padding}c\n"),
        str![[r#"
invalid
1:2 toml-syntax

"#]],
    );
    check(
        &format!("{padding}{padding}a\nb\n"),
        str![[r#"
invalid
4001:2 toml-syntax

"#]],
    );
}

/// (T11) The keys of other tools: what they are called here, or that they are set elsewhere.
#[test]
fn keys_of_other_tools_are_known() {
    let help = |header: &str, key: &str| {
        let toml = format!("{header}\ncommand = \"x\"\n{key} = \"x\"\n");
        let stderr = App::project_toml(&toml).build().stderr;
        let help =
            stderr.lines().find_map(|line| line.split_once("help: ")).unwrap_or_else(|| panic!("{toml}{stderr}"));
        help.1.to_string()
    };
    let table = "[io.octopilot.processes.web]";
    assert_eq!(help(table, "entrypoint"), "delete it, and write its words at the start of `command`");
    for (keys, known) in [
        ("cwd dir directory workdir workingDirectory working_dir working-directory", "working-dir"),
        ("cmd run start exec script comand", "command"),
        ("arguments argv arg", "args"),
        ("environment variables vars envs", "env"),
    ] {
        for key in keys.split(' ') {
            assert_eq!(help(table, key), format!("did you mean `{known}`?"), "{key}");
        }
    }
    for (keys, place) in [
        ("port ports expose", "`docker run --publish`"),
        ("replicas scale instances", "`replicas` in a Kubernetes Deployment"),
        ("schedule cron", "Kubernetes CronJob"),
        ("restart", "`docker run --restart`"),
        ("healthcheck health-check livenessProbe", "`livenessProbe`"),
        ("exec-env", "Buildpack API 0.12"),
        ("user", "`securityContext`"),
        ("depends_on", "init container"),
        ("volumes secrets", "`docker run`"),
        ("image build", "the image that this build makes"),
        ("memory", "`resources`"),
        ("env_file", "`docker run --env-file`"),
        ("type name", "the last part of the table's name"),
    ] {
        for key in keys.split(' ') {
            let help = help(table, key);
            assert!(help.starts_with("delete it") && help.contains(place), "{key}: {help}");
        }
    }
    let alias = "[[io.buildpacks.processes]]\ntype = \"web\"";
    assert_eq!(
        help(alias, "environment"),
        "move the process to the table `[io.octopilot.processes.TYPE]`, which has the key `env`"
    );
    assert_eq!(help(alias, "cwd"), "did you mean `working-dir`?");
    assert_eq!(
        help(table, "colour"),
        "the keys are `command`, `args`, `wrap`, `working-dir`, `env`, `default` and `init`"
    );
}

/// (T11) `env` in the forms of other tools, with the table to write.
#[test]
fn variables_in_other_forms_are_written_as_a_table() {
    for (env, table) in [
        ("[\"A=b\", \"C=d=e\"]", "{ A = \"b\", C = \"d=e\" }"),
        ("\"A=b\"", "{ A = \"b\" }"),
        ("[{ name = \"A\", value = 'b\"c' }]", "{ A = 'b\"c' }"),
        ("[\"A\"]", "{ NAME = \"VALUE\" }"),
        ("[]", "{ NAME = \"VALUE\" }"),
        ("[\"1A=b\"]", "{ NAME = \"VALUE\" }"),
        ("\"A=b C=d\"", "{ NAME = \"VALUE\" }"),
    ] {
        let toml = format!("[io.octopilot.processes.web]\ncommand = \"node a.js\"\nenv = {env}\n");
        let stderr = App::project_toml(&toml).build().stderr;
        assert!(stderr.contains(&format!("help: write `{table}`")), "{env}: {stderr}");
    }
}

/// (P5, T11) A process type with a dot needs quotes, whatever its value is; a key that is misspelled does not.
#[test]
fn types_with_dots_need_quotes() {
    for toml in [
        "[io.octopilot.processes]\nweb.1 = \"node a.js\"\n",
        "[io.octopilot.processes]\nweb.1 = [\"node\", \"a.js\"]\n",
        "[io.octopilot.processes.web.1]\ncommand = \"node a.js\"\n",
        "io.octopilot.processes.web.1.command = \"node a.js\"\n",
    ] {
        let stderr = App::project_toml(toml).build().stderr;
        assert!(stderr.contains("`web.1` is not a process type without quotes"), "{toml}{stderr}");
        assert!(stderr.contains("help: write `\"web.1\"`") && stderr.ends_with("because of 1 error\n"), "{stderr}");
    }
    let misspelled = App::project_toml("[io.octopilot.processes]\nweb.comand = \"node a.js\"\n").build().stderr;
    assert!(misspelled.contains("did you mean `command`?"), "{misspelled}");
}

/// (T3) A key of a process type beside the types is not one itself, if no process type has such a value.
#[test]
fn keys_beside_types_belong_to_a_type() {
    let help = |line: &str| {
        let app = App::project_toml(&format!("[io.octopilot.processes]\nweb = \"node server.js\"\n{line}\n"));
        let stderr = app.env("BP_PROCFILE_ALLOW", "missing-program").build().stderr;
        stderr.lines().filter(|line| line.contains("help")).map(str::trim).collect::<Vec<_>>().join("\n")
    };
    let meant = "= help: write it in a table `[io.octopilot.processes.web]`, with its `command`";
    for line in ["env = { A = \"b\" }", "args = [\"--all\"]", "working-dir = \"api\""] {
        assert_eq!(help(line), meant, "{line}");
    }
    for line in ["env = { command = \"node env.js\" }", "args = [\"node\"]", "working-dir = \"node x.js\""] {
        assert_eq!(help(line), "", "{line}");
    }
}

/// (T1) Lines of a Procfile in a project.toml need the header of the table too, once.
#[test]
fn lines_of_a_procfile_need_a_header() {
    let helps = |content: &str| {
        let stderr = App::project_toml(content).build().stderr;
        let lines = stderr.lines().skip_while(|line| !line.contains("help"));
        lines.filter(|line| line.contains("= ") || line.contains("[io")).map(str::trim).collect::<Vec<_>>().join("\n")
    };
    assert_data_eq!(
        helps("web: node server.js\nworker: node w.js\n"),
        str![[r#"
= help: replace it with these lines:
[io.octopilot.processes]
web = "node server.js"
= help: write `worker = "node w.js"`
"#]]
    );
    assert_data_eq!(
        helps("[_]\nschema-version = '0.2'\nweb: node server.js\n"),
        str![[r#"= help: write `web = "node server.js"`"#]]
    );
}

/// (D2) In quotes, the name of the table is a single key.
#[test]
fn a_table_in_quotes_is_named() {
    let app = App::project_toml("[\"io.octopilot.processes\"]\nweb = \"node x.js\"\n");
    let app = app.file("Procfile", "web: node server.js\n").env("BP_PROCFILE_ALLOW", "missing-program");
    assert_data_eq!(
        app.build().stderr,
        str![[r#"
warning[misspelled-table]: the table `["io.octopilot.processes"]` is ignored
 --> project.toml:1:2
  |
1 | ["io.octopilot.processes"]
  |  ^^^^^^^^^^^^^^^^^^^^^^^^ not the name of the process table
  |
  = help: write `[io.octopilot.processes]`, without the quotes

warning: the build continues with 1 warning

"#]]
    );
}
