//! Whatever all sources say together, with whatever variables, app and earlier buildpacks: what is planned is what the
//! lifecycle can run, and every diagnostic has a place.

#![no_main]

use libfuzzer_sys::fuzz_target;
use octopilot_procfile::buildpack::planned;
use octopilot_procfile::catalogue;
use octopilot_procfile::diagnostics::{Diagnostics, Severity};
use octopilot_procfile::parse::{LONGEST_ARGUMENT, names::is_process_type, parse};
use octopilot_procfile::plan::{Form, Image, Planned};
use octopilot_procfile::shell::Budget;
use octopilot_procfile::text::{Sources, Span, Variable};
use octopilot_procfile::write::launch::launch;
use octopilot_procfile_fuzz::app::App;
use std::collections::BTreeSet;
use std::path::Path;

fuzz_target!(|app: App| {
    let (sources, earlier) = (app.sources(), app.earlier());
    let image = Image {
        app: Path::new("/workspace"),
        launcher: Path::new("/layers/octopilot_procfile/launcher/launcher"),
        surroundings: &app.answers,
        budget: &Budget::default(),
    };
    let mut problems = catalogue::diagnostics(&sources);
    let plan = planned(&sources, &earlier, &image, &mut problems);
    places(&problems, &sources);
    let types: BTreeSet<&str> = plan.iter().map(|planned| &*planned.name).collect();
    assert_eq!(types.len(), plan.len(), "a type is planned twice");
    assert!(plan.iter().filter(|planned| planned.default).count() <= 1, "two defaults");
    // With an error, nothing is written.
    if problems.count(Severity::Error) > 0 {
        return;
    }
    for planned in &plan {
        process(planned, &sources);
    }
    written(&plan);
    let declared = parse(&sources, &mut Diagnostics::default());
    let declared: BTreeSet<&str> = declared.iter().flatten().map(|process| &*process.name.value).collect();
    assert_eq!(types, declared, "a type is lost");
    let has_no_shell = sources.value(Variable::Shell).is_some_and(|shell| shell.eq_ignore_ascii_case("none"));
    let needs_shell = |planned: &Planned| matches!(planned.run.form, Form::Shell { .. });
    assert!(!(has_no_shell && plan.iter().any(needs_shell)), "a shell that is not there");
});

/// A place is in its text.
fn is_in(span: Span, sources: &Sources) -> bool {
    sources.text(span.source).is_some_and(|text| text.content.get(span.range()).is_some())
}

fn places(problems: &Diagnostics, sources: &Sources) {
    for found in problems.in_file_order() {
        for at in [Some(found.at), found.related].into_iter().flatten() {
            let text = problems.text(at.source, sources);
            assert!(text.is_none_or(|text| text.content.get(at.range()).is_some()), "{found:?}");
        }
    }
}

/// A process type that can be started.
fn process(planned: &Planned, sources: &Sources) {
    let command = planned.command();
    let mut arguments = command.iter().copied().chain(planned.args().iter().map(AsRef::as_ref));
    assert!(is_process_type(&planned.name), "{planned:?}");
    assert!(!command.is_empty() && !command[0].is_empty(), "{planned:?}");
    assert!(arguments.all(|word| !word.contains('\0') && word.len() < LONGEST_ARGUMENT), "{planned:?}");
    assert!(planned.working_dir.as_ref().is_none_or(|directory| directory.is_absolute()), "{planned:?}");
    assert!(is_in(planned.origin, sources), "{planned:?}");
    assert!(planned.overrides.iter().all(|span| is_in(*span, sources)), "{planned:?}");
}

/// launch.toml says what is planned.
fn written(plan: &[Planned]) {
    let text = launch(plan).expect("TOML has strings");
    let table: toml::Table = text.parse().expect("it is TOML");
    let processes = table.get("processes").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    assert_eq!(processes.len(), plan.len());
    for (process, planned) in processes.iter().zip(plan) {
        let words = |key| process.get(key).and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
        let is = |found: &[toml::Value], expected: &[&str]| {
            found.iter().map(toml::Value::as_str).eq(expected.iter().map(|word| Some(*word)))
        };
        let args: Vec<&str> = planned.args().iter().map(AsRef::as_ref).collect();
        assert_eq!(process["type"].as_str(), Some(&*planned.name));
        assert!(is(words("command"), &planned.command()) && is(words("args"), &args), "{text}");
        assert_eq!(process.get("default").and_then(toml::Value::as_bool).unwrap_or_default(), planned.default);
    }
}
