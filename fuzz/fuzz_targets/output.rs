//! Nothing raw is printed, whatever the names, the texts, the variables, bash and earlier buildpacks say: no control
//! character and none that cannot be seen (O1, P10).

#![no_main]

use libfuzzer_sys::fuzz_target;
use octopilot_procfile::buildpack::planned;
use octopilot_procfile::catalogue;
use octopilot_procfile::detect::{Detection, detect};
use octopilot_procfile::diagnostics::{Diagnostics, render};
use octopilot_procfile::failure::{self, Failure};
use octopilot_procfile::plan::Image;
use octopilot_procfile::preview;
use octopilot_procfile::shell::Budget;
use octopilot_procfile::tell::log;
use octopilot_procfile::text::{Sources, is_invisible};
use octopilot_procfile_fuzz::app::App;
use rustix::stdio::{dup2_stderr, dup2_stdout};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;

fuzz_target!(|input: (App, u8)| {
    let (app, form) = input;
    // A preview takes as long as a hundred builds in memory.
    if form < 8 {
        return previewed(&app, form);
    }
    let (sources, earlier) = (app.sources(), app.earlier());
    let (app_dir, launcher) = (Path::new("/workspace"), Path::new("/layers/octopilot_procfile/launcher/launcher"));
    let image = Image { app: app_dir, launcher, surroundings: &app.answers, budget: &Budget::default() };
    let mut problems = catalogue::diagnostics(&sources);
    detected(&app, &sources, &mut problems.clone());
    let plan = planned(&sources, &earlier, &image, &mut problems);
    for message in problems.in_file_order().into_iter().map(|found| &found.message) {
        let parts = [Some(&message.title), message.label.as_ref(), message.related.as_ref()];
        parts.into_iter().flatten().for_each(|part| is_line(part));
        message.help.iter().for_each(|help| is_clean(help));
    }
    for colour in [false, true] {
        let mut out = Vec::new();
        log::write(&mut out, &plan, &earlier, &sources, colour).expect("memory takes all");
        let log = String::from_utf8(out).expect("text");
        for text in [log, render(&problems, &sources, colour)] {
            is_clean(&if colour { without_colour(&text) } else { text });
        }
    }
    for path in app.names() {
        let error = io::ErrorKind::NotFound.into();
        is_line(failure::message(&Failure::Write { path: path.into(), error }.into(), false).trim_end_matches('\n'));
    }
});

/// What detect says where there is nothing to do.
fn detected(app: &App, sources: &Sources, problems: &mut Diagnostics) {
    let names = app.names();
    let picked = |is_wanted: fn(&str) -> bool| names.iter().filter(|name| is_wanted(name)).cloned().collect();
    if let Detection::Fail(miss) = detect(sources, &picked, &|| names.clone(), problems) {
        is_line(&miss);
    }
}

#[track_caller]
fn is_clean(text: &str) {
    assert!(!text.contains(|c: char| c != '\n' && (c.is_control() || is_invisible(c))), "{text:?}");
}

#[track_caller]
fn is_line(text: &str) {
    is_clean(text);
    assert!(!text.contains('\n'), "{text:?}");
}

/// A text without the sequences that change colour.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |all, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        all + rest.strip_prefix('m').expect("a sequence that changes colour")
    })
}

/// Both streams of a preview of real files.
fn previewed(app: &App, form: u8) {
    let directory = tempfile::tempdir_in("/dev/shm").expect("a directory");
    let path = directory.path();
    for name in app.names() {
        // A name may be none that a file can have.
        let _ = File::create_new(path.join(name.replace('/', "_")));
    }
    for (name, text) in [("Procfile", app.procfile()), ("project.toml", app.project_toml())] {
        text.iter().for_each(|text| fs::write(path.join(name), text).expect("a file"));
    }
    let format = ["text", "json", "github", "sarif"][usize::from(form) % 4];
    let arguments = ["--format".into(), format.into(), OsString::from(path)];
    for text in printed(|| _ = preview::run(arguments)) {
        is_clean(&text);
    }
}

/// What a function prints, to both streams.
fn printed(function: impl FnOnce()) -> [String; 2] {
    let streams = [tempfile::NamedTempFile::new_in("/dev/shm"), tempfile::NamedTempFile::new_in("/dev/shm")];
    let [out, err] = streams.map(|stream| stream.expect("a file"));
    let before = (io::stdout(), io::stderr());
    let before = (rustix::io::dup(before.0).expect("a copy"), rustix::io::dup(before.1).expect("a copy"));
    dup2_stdout(out.as_file()).and_then(|()| dup2_stderr(err.as_file())).expect("streams");
    function();
    dup2_stdout(&before.0).and_then(|()| dup2_stderr(&before.1)).expect("streams");
    [out, err].map(|file| fs::read_to_string(file.path()).expect("text"))
}
