//! Anything in the app directory is hostile: the answer is a diagnostic, soon, with nothing written (P10).

use crate::support::App;
use octopilot_procfile::buildpack::planned;
use octopilot_procfile::diagnostics::{Diagnostics, render};
use octopilot_procfile::find::{Check, Earlier, Presence, RootDir, Surroundings};
use octopilot_procfile::plan::Image;
use octopilot_procfile::shell::Budget;
use octopilot_procfile::tell::log;
use octopilot_procfile::text::{Source, Sources, Text, is_invisible};
use proptest::prelude::*;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) const SECRET: &str = "secret-of-another-app";

/// Whether a text can do nothing to a terminal but move to the next line.
pub(crate) fn is_clean(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !(c.is_control() || is_invisible(c)))
}

/// Detect and build end, say `error[name]` in a few pages, write nothing, and print nothing from outside the app.
#[track_caller]
pub(crate) fn refused(app: &App, name: &str) {
    let detected = app.detect();
    let built = app.build();
    assert!(built.stderr.len() < 200_000, "{} bytes", built.stderr.len());
    assert_eq!(built.status, Some(1), "{}", built.all());
    assert!(built.stderr.contains(&format!("error[{name}]: ")), "{}", built.all());
    assert!(built.layers.is_empty(), "{}", built.all());
    for text in [detected.all(), built.all()] {
        assert!(!text.contains(SECRET), "{text}");
        assert!(is_clean(&text), "{text:?}");
    }
}

/// Each of two paths is what the other was.
fn swap(one: &Path, other: &Path) {
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
}

/// While a file of an app changes, builds print nothing from outside, and what is read is `web: x` or nothing. Reading alone
/// is fast enough to meet a change between any two steps.
#[track_caller]
fn leaks_nothing(app: &App, file: &str, change: impl Fn() + Sync) {
    let stop = AtomicBool::new(false);
    let directory = RootDir::new(&app.path(), "the app").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                change();
            }
        });
        let outputs: Vec<String> = (0..100).map(|_| app.build().all()).collect();
        let heads = (0..20_000).filter_map(|_| directory.head(Path::new(file), 100));
        let heads: BTreeSet<Vec<u8>> = heads.collect();
        stop.store(true, Ordering::Relaxed);
        assert_eq!(heads, BTreeSet::from([b"web: x\n".to_vec()]));
        for output in outputs {
            assert!(!output.contains(SECRET), "{output}");
        }
    });
}

#[test]
fn nothing_outside_the_app_is_read() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("Procfile");
    fs::write(&secret, format!("web {SECRET}\n")).unwrap();
    refused(&App::new().link("Procfile", &secret), "outside-app");
    refused(&App::procfile("web: x").link("project.toml", &secret), "outside-app");
    refused(&App::new().link("deploy", outside.path()).env("BP_PROCFILE_PATH", "deploy"), "outside-app");
    refused(&App::new().env("BP_PROCFILE_PATH", &secret.to_string_lossy()), "outside-app");
    refused(&App::new().env("BP_PROCFILE_PATH", "../buildpack.toml"), "outside-app");
    refused(&App::new().env("BP_PROCFILE_DESCRIPTOR", "../buildpack.toml"), "outside-app");
}

/// What is outside cannot be told apart through links: whether it exists, and what it is.
#[test]
fn links_tell_nothing_of_what_is_outside() {
    let outside = tempfile::tempdir().unwrap();
    let at = |name: &str| outside.path().join(name);
    fs::write(at("file"), "web: x\n").unwrap();
    fs::write(at("program"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(at("program"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir_all(at("directory")).unwrap();
    fs::write(at("directory/Procfile"), "web: x\n").unwrap();
    let kinds = ["missing", "missing/more", "file", "file/more", "program", "directory", "directory/Procfile"];
    let toml = "[io.octopilot.processes.worker]\ncommand = './link'\nworking-dir = 'link'\n";
    let answers = |app: &dyn Fn(&Path) -> App| {
        let all = |kind: &&str| {
            let app = app(&at(kind));
            app.detect().all() + &app.build().all()
        };
        kinds.iter().map(all).collect::<std::collections::BTreeSet<_>>()
    };
    for name in ["Procfile", "project.toml", ".profile"] {
        assert_eq!(answers(&|target| App::new().file("x/y", "").link(name, target)).len(), 1, "{name}");
    }
    for value in ["link", "link/Procfile", "link/", "link/../x"] {
        for name in ["BP_PROCFILE_PATH", "BP_PROCFILE_DESCRIPTOR"] {
            let found = answers(&|target| App::procfile("web: x\n").link("link", target).env(name, value));
            assert_eq!(found.len(), 1, "{name} {value}");
        }
    }
    for app in [App::project_toml, |_: &str| App::procfile("web: ./link\nworker: ./link/x\nclock: link\n")] {
        assert_eq!(answers(&|target| app(toml).link("link", target)).len(), 1);
    }
    let up = format!("../../..{}", outside.path().display());
    for name in ["missing", "directory", "file"] {
        refused(&App::new().env("BP_PROCFILE_PATH", &format!("{up}/{name}")), "outside-app");
    }
}

/// Links are followed as the kernel does, as long as they stay inside.
#[test]
fn links_are_followed_as_the_kernel_does() {
    let app = || {
        let app = App::new().file("a/b/Procfile", "web: x\n").link("a/up", "..").link("a/b/same", ".");
        app.link("deep", "a/b/same/same").link("chain", "deep/../up/a").link("loop", "loop/x")
    };
    for (path, status) in [
        ("a/b/Procfile", 0),
        ("deep/Procfile", 0),
        ("a/up/a/b/same/Procfile", 0),
        ("deep/../b/Procfile", 0),
        ("chain/b/Procfile", 0),
        ("a/./b//Procfile", 0),
        ("../app/deep/Procfile", 0),
        ("deep/../../../app/deep/Procfile", 0),
        ("..", 1),
        ("../app/../app", 1),
        ("a/b/Procfile/more", 1),
        ("deep/gone", 1),
        ("loop", 1),
    ] {
        let outcome = app().env("BP_PROCFILE_PATH", path).build();
        assert_eq!(outcome.status, Some(status), "{path}: {}", outcome.all());
    }
    refused(&app().env("BP_PROCFILE_PATH", "loop"), "unreadable-file");
    refused(&app().env("BP_PROCFILE_PATH", "deep/gone"), "path-not-found");
}

/// The table of invisible characters is Unicode's.
#[test]
fn invisible_characters_have_the_properties() {
    let properties = regex::Regex::new(
        r"^[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Z}\x{2800}\x{FFFC}\x{1D159}&&[^ \x{FE0F}\x{600}-\x{605}\x{6DD}\x{70F}\x{890}\x{891}\x{8E2}\x{110BD}\x{110CD}]]$",
    );
    let properties = properties.unwrap();
    for character in '\0'..=char::MAX {
        let expected = properties.is_match(character.encode_utf8(&mut [0; 4]));
        assert_eq!(is_invisible(character), expected, "U+{:04X}", u32::from(character));
    }
}

/// (D3, C10) Names that look like the right one are shown by what makes them different.
#[test]
fn names_that_look_alike_are_told_apart() {
    let detected = App::new().file("\u{420}rocfile", "web: x\n").detect();
    assert!(
        detected.stdout.contains("no Procfile but `\\u{420}rocfile` (rename `\\u{420}rocfile` to `Procfile`)"),
        "{}",
        detected.stdout
    );
    for (app, expected) in [
        (App::procfile("web: x\n").env("BP_PROCFILE_\u{405}HELL", "sh"), "no variable `BP_PROCFILE_\\u{405}HELL`"),
        (App::project_toml("[io.octopilot.processes.web]\n'comm\u{430}nd' = 'x'\n"), "`comm\\u{430}nd`"),
        (App::procfile("web: x\nworker: y\n").env("BP_PROCFILE_DEFAULT_TYPE", "w\u{435}b"), "`w\\u{435}b`"),
        (App::procfile("web: x\n").env("BP_PROCFILE_ALLOW", "rel\u{435}ase"), "`rel\\u{435}ase`"),
    ] {
        let stderr = app.build().stderr;
        assert!(stderr.lines().next().unwrap().contains(expected), "{stderr}");
    }
}

/// A link that stays inside is followed, be it absolute.
#[test]
fn links_inside_the_app_are_followed() {
    let app = App::new().file("deploy/Procfile", "web: x\n");
    let target = app.path().join("deploy/Procfile");
    let app = app.link("Procfile", target);
    assert_eq!(app.build().status, Some(0));
}

/// Opening a FIFO without a writer would wait forever, and a device is no file.
#[test]
fn nothing_waits() {
    refused(&App::new().fifo("Procfile"), "not-a-file");
    refused(&App::procfile("web: x").fifo("project.toml"), "not-a-file");
    refused(&App::new().fifo("pipe").link("Procfile", "pipe"), "not-a-file");
    refused(&App::new().link("Procfile", "/dev/zero"), "outside-app");
    let app = App::new();
    let _socket = UnixListener::bind(app.path().join("Procfile")).unwrap();
    refused(&app, "not-a-file");
}

#[test]
fn broken_files_are_refused() {
    refused(&App::new().link("Procfile", "Procfile"), "unreadable-file");
    refused(&App::new().link("Procfile", "gone"), "broken-link");
    refused(&App::procfile(vec![b'a'; 1024 * 1024 + 1]), "file-too-large");
    refused(&App::procfile(b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe\xfd"), "control-character");
    refused(&App::procfile("w\0e\0b\0:\0 \0x\0"), "control-character");
    refused(&App::procfile(vec![0xFF; 1024 * 1024]), "invalid-encoding");
    refused(&App::procfile(vec![0; 1024 * 1024]), "control-character");
}

/// The size of a large file. `benches/cost` has larger ones, and measures what they cost.
const LARGE: usize = 256 * 1024;

#[test]
fn large_files_of_mistakes_are_explained_in_a_few_pages() {
    for line in ["x\n", "=\n", ":\n", "\u{1b}\n", "web:\n", "web: x\nweb: y\n", "\u{202e}: \u{202e}\n", "a: \\\n\n"] {
        let content = format!("oops\n{}", line.repeat(LARGE / line.len()));
        refused(&App::procfile(&content), "not-an-entry");
    }
    refused(&App::procfile("x".repeat(LARGE)), "not-an-entry");
    refused(&App::procfile(format!("web: {}", "\u{200b}".repeat(100_000))), "too-long");
}

#[test]
fn large_project_tomls_are_explained_in_a_few_pages() {
    for line in ["=\n", "[", "a = [", "{a = ", "[a.b]\n", "\"\"\"\n", "a = \"\\u", "\r"] {
        let app = App::procfile("web: x\n").file("project.toml", line.repeat(LARGE / 4 / line.len()));
        refused(&app, "toml-syntax");
    }
    refused(&App::project_toml(&"a.".repeat(LARGE / 2)), "too-many-values");
    let one_line = format!("io.octopilot.processes = {{ {} }}\n", "web-aaaaaaaaaa = 1, ".repeat(2));
    refused(&App::project_toml(&one_line), "toml-syntax");
    let wrong = (0..20_000).fold("[io.octopilot.processes]\n".to_string(), |all, n| all + &format!("w{n} = 1\n"));
    refused(&App::project_toml(&wrong), "wrong-type");
    let entries = (0..20_000).map(|n| format!("w{n} = 1")).collect::<Vec<_>>().join(", ");
    refused(&App::project_toml(&format!("io.octopilot.processes = {{ {entries} }}\n")), "wrong-type");
}

/// A span of the TOML parser may lie in the middle of a line's end.
#[test]
fn line_ends_of_all_kinds_are_drawn() {
    for toml in ["a\r\n'\r\n", "a\r\n\"\r\n", "worker\r\n'\r\n= 'x'\r\n", "[t]\rweb='x'\r", "a = [\r\n"] {
        refused(&App::procfile("web: x").file("project.toml", toml), "toml-syntax");
    }
}

#[test]
fn repetition_is_explained_in_a_few_pages() {
    let app = App::procfile(format!("{}oops\n", "release:x\n".repeat(20_000)));
    refused(&app, "not-an-entry");
    let keys = (0..15_000).fold(String::new(), |all, n| all + &format!("comma{n}=1\n"));
    refused(&App::project_toml(&format!("[io.octopilot.processes.web]\n{keys}")), "unknown-key");
    let variables = (0..15_000).fold(String::new(), |all, n| all + &format!("A{n}='x'\n"));
    let table = "[io.octopilot.processes.web]\ncommand='x'\n[io.octopilot.processes.web.env]\n";
    refused(&App::project_toml(&format!("{table}{variables}")), "too-many-variables");
}

/// What the file system and the platform say is no more to be trusted than a file's content.
#[test]
fn names_and_variables_are_escaped() {
    let name = "Procfile\u{1b}[31m\u{9b}31m\u{202e}\nx";
    refused(&App::new().file(name, "web y").env("BP_PROCFILE_PATH", name), "missing-colon");
    refused(&App::new().env("BP_PROCFILE_PATH", name), "path-not-found");
    refused(&App::new().env("BP_PROCFILE_DEFAULT_PROCESS", "a\0b"), "control-character");
    refused(&App::procfile("web: x").env("BP_PROCFILE_DEFAULT_TYPE", name), "unknown-default-type");
    refused(&App::procfile("web: a\u{9b}31mRED\n"), "control-character");
    refused(
        &App::project_toml("# \u{9b}31m\n[io.octopilot.processes]\nweb = 1 # \u{9b}31m\nworker = '\u{9b}'\n"),
        "wrong-type",
    );
    let command = "command = \"x \\u009b31m \\u202e \\u001b\"\nenv = { A = \"\\u001b]0;pwn\\u0007\" }\n";
    for arguments in [&[][..], &["--format", "json"], &["--\u{1b}[31m"]] {
        let preview = App::project_toml(&format!("[io.octopilot.processes.web]\n{command}")).preview(arguments);
        assert!(is_clean(&preview.all()), "{:?}", preview.all());
    }
}

/// Layers are written whole or not at all.
#[test]
fn long_names_of_variables_leave_nothing_behind() {
    let table = format!("command = \"x\"\nenv = {{ A = \"1\", {} = \"2\" }}\n", "B".repeat(250));
    refused(&App::project_toml(&format!("[io.octopilot.processes.web]\n{table}")), "invalid-variable");
}

/// An app directory with nothing in it, and a build image without bash.
struct Nowhere;

impl Surroundings for Nowhere {
    fn is_directory(&self, _: &Path) -> bool {
        false
    }

    fn head(&self, _: &Path) -> Option<Vec<u8>> {
        None
    }

    fn script(&self, _: &Path) -> Option<Vec<u8>> {
        None
    }

    fn presence(&self, _: &Path) -> Presence {
        Presence::Executable
    }

    fn check(&self, _: &str, _: &str) -> Check {
        Check::Unknown
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever stands in the two files, with whatever line ends: an answer, and nothing raw in it.
    #[test]
    fn any_content_gets_an_answer(
        procfile in "(web|release|worker|: |:|heroku |'|\"|\\\\|#|\r|\n|\r\n|\t| |\u{e9}|\u{9b}|\u{202e}|x){0,40}",
        toml in "(\\[io.octopilot.processes|\\]|\\[\\[|\\{|\\}|web|command|env|default| = |=|'|\"|\"\"\"|\\\\u0000|1|true|,|\r|\n|\r\n|\u{e9}|\u{9b}|\u{202e}){0,40}",
    ) {
        let mut problems = Diagnostics::default();
        let mut sources = Sources::default();
        sources.add(Source::Procfile, Text::new("Procfile", procfile));
        sources.add(Source::ProjectToml, Text::new("project.toml", toml));
        let image =
            Image { app: Path::new("/workspace"), launcher: Path::new("/launcher"), surroundings: &Nowhere, budget: &Budget::default() };
        let earlier = Earlier::default();
        let plan = planned(&sources, &earlier, &image, &mut problems);
        let mut out = Vec::new();
        log::write(&mut out, &plan, &earlier, &sources, false).unwrap();
        let text = String::from_utf8(out).unwrap() + &render(&problems, &sources, false);
        prop_assert!(is_clean(&text), "{text:?}");
    }
}

/// While something else swaps a directory above the file for a link out of the app, nothing there is printed.
#[test]
fn directories_that_change_while_they_are_read_leak_nothing() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("Procfile"), format!("web {SECRET}\n")).unwrap();
    let app = App::new().file("deploy/Procfile", "web: x\n").env("BP_PROCFILE_PATH", "deploy/Procfile");
    let (path, link) = (app.path().join("deploy"), app.path().join("link"));
    symlink(outside.path(), &link).unwrap();
    leaks_nothing(&app, "deploy/Procfile", || swap(&path, &link));
}

/// Environment variables are files: their number is limited over all processes of a file.
#[test]
fn the_number_of_variables_is_limited() {
    let tables = |count| {
        (0..count).fold(String::new(), |all, n| {
            all + &format!("[io.octopilot.processes.w{n}]\ncommand = 'x'\nenv = {{ A = 'b' }}\n")
        })
    };
    assert_eq!(App::project_toml(&tables(1000)).build().status, Some(0));
    refused(&App::project_toml(&tables(1001)), "too-many-variables");
}

/// While something else swaps the file for a link to a secret or for a FIFO, nothing is printed and nothing waits.
#[test]
fn files_that_change_while_they_are_read_leak_nothing_and_block_nothing() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, format!("web {SECRET}\n")).unwrap();
    for other in ["link", "fifo"] {
        let app = App::procfile("web: x\n").link("link", &secret).fifo("fifo");
        let (path, other) = (app.path().join("Procfile"), app.path().join(other));
        leaks_nothing(&app, "Procfile", || swap(&path, &other));
    }
}
