//! What `--fix` writes, and `--diff` shows: replacements for what works nowhere and can only mean one thing (L3).

use crate::diagnostics::pages;
use crate::support::{App, BINARY};
use serde_json::Value;
use snapbox::{Data, IntoData, assert_data_eq, str};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// A mistake of each kind, with both line ends, and three lines that nobody but their author can correct.
const MISTAKES: &str = "; the shop\r
web gunicorn shop:app --bind 0.0.0.0:%PORT%\r
worker : celery -A shop worker
 clock: clock: python -m clock
beat:: celery -A shop beat
'mail: python -m mail'
push: node\u{a0}push\t1
Web node server.js
tick: tock: node tick
poll
";

fn read(app: &App, name: &str) -> String {
    fs::read_to_string(app.path().join(name)).unwrap()
}

#[test]
fn a_diff_shows_what_would_be_written() {
    let app = App::procfile(MISTAKES);
    let outcome = app.preview(&["--diff"]);
    assert_eq!(outcome.status, Some(1));
    assert_data_eq!(
        outcome.stdout,
        str![[r#"
--- [APP]/Procfile
+++ [APP]/Procfile
@@ -1,10 +1,10 @@
-; the shop
-web gunicorn shop:app --bind 0.0.0.0:%PORT%
-worker : celery -A shop worker
- clock: clock: python -m clock
-beat:: celery -A shop beat
-'mail: python -m mail'
-push: node\u{a0}push	1
+# the shop
+web: gunicorn shop:app --bind 0.0.0.0:${PORT:-8080}
+worker: celery -A shop worker
+clock: python -m clock
+beat: celery -A shop beat
+mail: python -m mail
+push: node push	1
 Web node server.js
 tick: tock: node tick
 poll

"#]]
        .raw()
    );
    assert!(outcome.stderr.ends_with("because of 8 errors; there are also 2 warnings\n"), "{}", outcome.stderr);
    assert_eq!(read(&app, "Procfile"), MISTAKES);
    assert_eq!(app.preview(&["--fix", "--diff"]).all(), app.preview(&["--diff", "--fix"]).all());
    assert_eq!(read(&app, "Procfile"), MISTAKES);
}

#[test]
fn a_fix_writes_what_the_diff_shows() {
    let app = App::procfile(MISTAKES);
    let diff = app.preview(&["--diff"]).stdout;
    let outcome = app.preview(&["--fix"]);
    assert_eq!(outcome.status, Some(1));
    assert_data_eq!(
        outcome.stderr.as_str(),
        str![[r#"
fixed 8 mistakes in [APP]/Procfile
error[missing-colon]: no colon after the process type `Web`
 --> Procfile:8:4
  |
8 | Web node server.js
  |    ^ a `:` is missing here
  |
  = help: write `web: node server.js`

error[repeated-name]: the command starts with a second process type, `tock`
 --> Procfile:9:7
  |
9 | tick: tock: node tick
  |       ^^^^^ this is not a program
  |
  = help: write `tock: node tick`

error[not-an-entry]: this line is not a valid entry: it does not start with a process type and a colon
  --> Procfile:10:1
   |
10 | poll
   | ^^^^ neither an entry nor a comment
   |
   = help: if it is a command, put its process type before it: `TYPE: poll`
   = help: if it is a process type, add its command: `poll: COMMAND`
   = help: if it is a comment, start it with `#`

error: no process types were written because of 3 errors

"#]]
        .raw()
    );
    let fixed = read(&app, "Procfile");
    let added = |line: &str| line.starts_with(['+', ' ']) && !line.starts_with("+++");
    let expected: String = diff.lines().filter(|line| added(line)).flat_map(|line| [&line[1..], "\n"]).collect();
    assert_eq!(fixed.replace('\r', ""), expected.replace('\r', ""));
    assert!(fixed.starts_with("# the shop\r\nweb: gunicorn shop:app --bind 0.0.0.0:${PORT:-8080}\r\nworker: celery"));
    let again = app.preview(&["--fix"]);
    assert_eq!(outcome.stderr.split_once('\n').unwrap().1, again.stderr.split_once('\n').unwrap().1);
    assert!(again.stderr.starts_with("nothing to fix\n"), "{}", again.stderr);
    assert_eq!(read(&app, "Procfile"), fixed);
    let diff = app.preview(&["--diff"]);
    assert_eq!((diff.status, diff.stdout.as_str()), (Some(1), ""));
}

/// The diff can be applied, whatever is at the end of the file, and in several hunks.
#[test]
fn git_applies_the_diff() {
    let plain = (1..30).fold(String::new(), |text, line| text + &format!("a{line}: x\n"));
    for content in
        ["web : x", "web : x\n", "web: x\nworker\t: y", &format!("web : x\n{plain}worker : y\n{plain}\nb : z")]
    {
        let app = App::procfile(content);
        let diff = Command::new(BINARY).arg("--diff").current_dir(app.path()).output().unwrap();
        fs::write(app.path().join("diff"), diff.stdout).unwrap();
        let git = Command::new("git").args(["apply", "-p0", "diff"]).current_dir(app.path()).output().unwrap();
        assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
        let applied = read(&app, "Procfile");
        fs::write(app.path().join("Procfile"), content).unwrap();
        app.preview(&["--fix"]);
        assert_eq!(applied, read(&app, "Procfile"));
        assert_ne!(applied, content);
    }
}

/// Of everything that the pages show, what is written; nothing new is wrong with it, and a second run changes nothing.
#[test]
fn the_mistakes_of_the_pages_are_fixed_once() {
    let mut diffs = String::new();
    for ((name, _), page) in pages() {
        let app = page.app();
        let before = app.preview(&["--format", "json"]);
        let diff = app.preview(&["--diff"]).stdout;
        let fixed = app.preview(&["--fix"]);
        if diff.is_empty() {
            assert!(!fixed.stderr.starts_with("fixed "), "{name}: {}", fixed.stderr);
            continue;
        }
        let lines = diff.lines().filter(|line| line.starts_with(['-', '+']));
        write!(diffs, "{name}\n{}", lines.fold(String::new(), |all, line| all + "    " + line + "\n")).unwrap();
        assert!(fixed.stderr.starts_with("fixed "), "{name}: {}", fixed.stderr);
        let after = app.preview(&["--format", "json"]);
        let errors = |json: &str| {
            let json: Value = serde_json::from_str(json).unwrap();
            let all = json["diagnostics"].as_array().unwrap().clone();
            all.into_iter().filter(|one| one["severity"] == "error").count()
        };
        assert!(errors(&after.stdout) <= errors(&before.stdout), "{name}: {}", after.stderr);
        assert_eq!(app.preview(&["--diff"]).stdout, "", "{name}");
    }
    assert_data_eq!(diffs, Data::read_from(Path::new("tests/fix/pages.txt"), None).raw());
}

/// Both sides of a doubt stay as they are: a process type is never declared a second time.
#[test]
fn what_is_ambiguous_stays() {
    let content = "web: node a.js\nweb node b.js\nworker node c.js\nworker; node d.js\nclock: web: node e.js\n\
                   chat: sh -c 'node f.js --port %PORT%'\npoll: node g.js --bind 0.0.0.0:{PORT}\n\
                   /*\nold: node h.js\n*/\n<!--\npush: echo 'a\u{a0}b'\nmail: node i.js \\\nbeat node j.js\n";
    let app = App::procfile(content);
    let outcome = app.preview(&["--fix"]);
    assert_data_eq!(read(&app, "Procfile"), content.replace("worker node c", "worker: node c").raw());
    assert!(outcome.stderr.starts_with("fixed 1 mistake in [APP]/Procfile\n"), "{}", outcome.stderr);
}

#[test]
fn encodings_of_windows_become_utf_8() {
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let text = "\u{feff}web : node ä.js\r\nworker: b\r\n";
    for content in [utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes)] {
        let app = App::procfile(content);
        assert_data_eq!(
            app.preview(&["--diff"]).stdout,
            str![[r#"
--- [APP]/Procfile (UTF-16)
+++ [APP]/Procfile
@@ -1,2 +1,2 @@
-web : node ä.js
+web: node ä.js
 worker: b

"#]]
            .raw()
        );
        assert_eq!(app.preview(&["--fix"]).status, Some(0));
        assert_eq!(read(&app, "Procfile"), "web: node ä.js\r\nworker: b\r\n");
    }
    let app = App::procfile(utf16("\u{feff}web: x\n", u16::to_le_bytes));
    assert_data_eq!(
        app.preview(&["--diff"]).stdout,
        str![[r#"
--- [APP]/Procfile (UTF-16)
+++ [APP]/Procfile

"#]]
        .raw()
    );
    let app = App::procfile(text);
    app.preview(&["--fix"]);
    assert_eq!(read(&app, "Procfile"), text.replace(" :", ":"), "the byte order mark stays");
    let windows_1252 = b"web : node \xe4.js\n";
    let app = App::procfile(windows_1252);
    app.preview(&["--fix"]);
    assert_eq!(fs::read(app.path().join("Procfile")).unwrap(), windows_1252);
}

/// There are more mistakes than the diagnostics that are kept.
#[test]
fn a_large_file_is_fixed_in_one_run() {
    let app = App::procfile((0..1_000).fold(String::new(), |text, line| text + &format!("a{line} : x\n")));
    let outcome = app.preview(&["--fix"]);
    assert!(outcome.stderr.starts_with("fixed 1000 mistakes in [APP]/Procfile\n"), "{}", outcome.stderr);
    assert_eq!(read(&app, "Procfile"), (0..1_000).fold(String::new(), |text, line| text + &format!("a{line}: x\n")));
}

#[test]
fn a_project_toml_is_fixed() {
    let content = "# mine\n[io.octopilot.processes]\nweb = \"gunicorn app:app --bind 0.0.0.0:$$PORT\"  # here\n";
    let app = App::project_toml(content);
    assert_eq!(app.preview(&["--fix"]).status, Some(0));
    assert_eq!(read(&app, "project.toml"), content.replace("$$PORT", "${PORT:-8080}"));
}

#[test]
fn only_the_file_that_is_read_is_written() {
    let app = App::new()
        .file("config/Procfile.web", "web : x\n")
        .file("Procfile", "web : y\n")
        .file("project.toml", "[[build.env]]\nname = \"BP_WEB_SERVER\"\nvalue = \"nginx\"\n")
        .env("BP_PROCFILE_PATH", "config/Procfile.web");
    let outcome = app.preview(&["--fix"]);
    assert_eq!(outcome.stderr, "fixed 1 mistake in [APP]/config/Procfile.web\n");
    assert_eq!(read(&app, "Procfile"), "web : y\n");
    assert_eq!(read(&app, "config/Procfile.web"), "web: x\n");
}

/// What is not called like a source stays as it is, also where a shell expands `--fix *`.
#[test]
fn other_files_stay() {
    let app = App::new().file("app.py", "app = Flask(__name__)\n").file("Procfile.prod", "web x\n");
    let run = |arguments: &[&str]| {
        let output = Command::new(BINARY).args(arguments).current_dir(app.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let refused = "error: `app.py` is called neither like a Procfile nor like a project.toml \
                   (`octopilot-procfile --help` shows the options)\n";
    assert_eq!(run(&["--fix", "app.py"]), (Some(2), refused.to_string()));
    assert_eq!(run(&["--diff", "app.py"]), (Some(2), refused.to_string()));
    assert_eq!(read(&app, "app.py"), "app = Flask(__name__)\n");
    assert_eq!(run(&["--fix", "Procfile.prod"]).0, Some(0));
    assert_eq!(read(&app, "Procfile.prod"), "web: x\n");
}

/// Without `--format`, only what was done and what is left is printed.
#[test]
fn a_fix_says_what_it_did() {
    let app = App::procfile("web : x\n");
    assert_data_eq!(
        app.preview(&["--fix"]).all(),
        "exit status 0\n--- standard error\nfixed 1 mistake in [APP]/Procfile\n".raw()
    );
    assert_data_eq!(app.preview(&["--fix"]).all(), "exit status 0\n--- standard error\nnothing to fix\n".raw());
    let sarif = Command::new(BINARY).args(["--fix", "--format", "sarif"]).arg(app.path()).output().unwrap();
    assert!(String::from_utf8(sarif.stdout).unwrap().starts_with('{'));
}

/// A file keeps its mode, and a link stays a link.
#[test]
fn a_link_and_a_mode_stay() {
    let app = App::new().file("config/Procfile.web", "web : x\n").link("Procfile", "config/Procfile.web");
    let target = app.path().join("config/Procfile.web");
    fs::set_permissions(&target, PermissionsExt::from_mode(0o640)).unwrap();
    assert_eq!(app.preview(&["--fix"]).status, Some(0));
    assert!(app.path().join("Procfile").symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(read(&app, "config/Procfile.web"), "web: x\n");
    let outside = App::procfile("web : x\n");
    let app = App::new().link("Procfile", outside.path().join("Procfile"));
    assert_eq!(app.preview(&["--fix"]).status, Some(1));
    assert_eq!(read(&outside, "Procfile"), "web : x\n");
}

/// (R4) A file that cannot be written whole stays as it was, with nothing beside it.
#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let content = format!("web : x\n{}", "# a comment\n".repeat(1_000));
    let app = App::procfile(&content);
    let output = Command::new("bash")
        .args(["-c", "ulimit -f 4; exec \"$@\"", "bash", BINARY, "--fix"])
        .current_dir(app.path())
        .output()
        .unwrap();
    assert_eq!(
        (output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()),
        (Some(1), "error: ./Procfile cannot be written: File too large (os error 27)\n")
    );
    assert_eq!(read(&app, "Procfile"), content);
    assert_eq!(fs::read_dir(app.path()).unwrap().count(), 1);
}
