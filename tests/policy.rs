//! What becomes of warnings: strict mode (C7), and those that are allowed (C9).

use crate::support::App;
use octopilot_procfile::catalogue;
use octopilot_procfile::diagnostics::Severity;
use snapbox::{IntoData, assert_data_eq, str};

/// An app with three warnings, of two names, and no error.
fn warned() -> App {
    App::procfile("Web: x\nWorker : y\n").env("BP_PROCFILE_DEFAULT_TYPE", "Web")
}

/// (C7) Warnings alone fail the build: nothing is written, and the help says how to let them be.
#[test]
fn warnings_fail_a_strict_build() {
    assert_eq!(warned().build().status, Some(0));
    let app = warned().env("BP_PROCFILE_STRICT", "true");
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 1
--- standard error
note[not-dns-label]: the process type `Web` is not a valid DNS label
 --> Procfile:1:1
  |
1 | Web: x
  | ^^^ use at most 63 lower-case letters, digits and hyphens, with no hyphen at either end
  |
  = help: call it `web` if a tool names Kubernetes objects after it

note[not-dns-label]: the process type `Worker` is not a valid DNS label
 --> Procfile:2:1
  |
2 | Worker : y
  | ^^^^^^ use at most 63 lower-case letters, digits and hyphens, with no hyphen at either end
  |
  = help: call it `worker` if a tool names Kubernetes objects after it

error[blank-before-colon]: unexpected whitespace between `Worker` and its colon
 --> Procfile:2:7
  |
2 | Worker : y
  |       ^ other tools ignore or reject this line
  |
  = help: write `Worker:`

error: no process types were written because of 1 warning
 |
 = help: BP_PROCFILE_STRICT or `--strict` treats warnings as errors: fix them, or allow them with BP_PROCFILE_ALLOW=blank-before-colon

"#]]
        .raw()
    );
}

/// (C7) Together with errors.
#[test]
fn warnings_and_errors_fail_a_strict_build() {
    let app = App::procfile("Web: x\nworker y\n").env("BP_PROCFILE_STRICT", "1");
    assert_data_eq!(
        app.build().all(),
        str![[r#"
exit status 1
--- standard error
note[not-dns-label]: the process type `Web` is not a valid DNS label
 --> Procfile:1:1
  |
1 | Web: x
  | ^^^ use at most 63 lower-case letters, digits and hyphens, with no hyphen at either end
  |
  = help: call it `web` if a tool names Kubernetes objects after it

error[missing-colon]: no colon after the process type `worker`
 --> Procfile:2:7
  |
2 | worker y
  |       ^ a `:` is missing here
  |
  = help: write `worker: y`

error: no process types were written because of 1 error

"#]]
        .raw()
    );
}

/// (C7) Without warnings, strict mode changes nothing; errors are told as ever.
#[test]
fn strict_mode_minds_warnings_alone() {
    for procfile in ["web: x\n", "web x\n"] {
        let strict = App::procfile(procfile).env("BP_PROCFILE_STRICT", "true").build().all();
        assert_eq!(strict, App::procfile(procfile).build().all());
    }
}

/// (C7, D1) Detect passes all the same: build explains.
#[test]
fn detect_is_not_strict() {
    let strict = |app: App| app.env("BP_PROCFILE_STRICT", "true").detect();
    assert_eq!(strict(warned()).all(), "exit status 0\n");
    assert_eq!(strict(App::procfile("")).all(), "exit status 0\n");
    let misspelled = || App::project_toml("[io.octopilot.process]\nweb = 'x'\n");
    assert_eq!(strict(misspelled()).all(), misspelled().detect().all());
    assert_eq!(misspelled().detect().status, Some(100));
}

/// (C7, L1) The preview is strict too, in all formats.
#[test]
fn the_preview_is_strict() {
    let app = warned().env("BP_PROCFILE_STRICT", "true");
    let built = app.build().all();
    assert_eq!(app.preview(&[]).all(), built);
    let json = app.preview(&["--format", "json"]);
    assert_eq!((json.status, json.stderr), (Some(1), app.build().stderr));
    assert!(json.stdout.contains("\"severity\": \"error\"") && !json.stdout.contains("\"severity\": \"warning\""));
    let allowed = app.env("BP_PROCFILE_ALLOW", "not-dns-label,blank-before-colon");
    assert_eq!(allowed.preview(&["--format", "json"]).status, Some(0));
    assert_eq!(allowed.preview(&["--format", "json"]).stderr, "");
}

/// (C7, C9) What the help says to set is what lets the build pass, and keeps what is allowed already.
#[test]
fn the_help_can_be_pasted() {
    let strict = || App::procfile("# none\nweb : x\nworker:\u{a0}y || exit 1\n").env("BP_PROCFILE_STRICT", "true");
    let help = |app: &App| {
        let stderr = app.build().stderr;
        let (_, names) = stderr.split_once("BP_PROCFILE_ALLOW=").unwrap();
        names.trim().to_string()
    };
    let all = help(&strict());
    assert_eq!(all, "blank-before-colon,invisible-character,shell-stays");
    assert_eq!(strict().env("BP_PROCFILE_ALLOW", &all).build().stderr, "");
    let others = help(&strict().env("BP_PROCFILE_ALLOW", "shell-stays"));
    assert_eq!(strict().env("BP_PROCFILE_ALLOW", &others).build().stderr, "");
}

/// (C7, P9) Warnings beyond those that are shown fail the build as well, and the help names them too.
#[test]
fn warnings_that_are_not_shown_are_named() {
    let procfile = (0..100).fold(String::new(), |all, n| all + &format!("w{n} : x\n")) + "web: x || exit 1\n";
    let app = || App::procfile(&procfile).env("BP_PROCFILE_STRICT", "true");
    let stderr = app().build().stderr;
    assert!(stderr.contains("because of 101 warnings (1 not shown)\n"), "{stderr}");
    assert!(stderr.ends_with("BP_PROCFILE_ALLOW=blank-before-colon,shell-stays\n"), "{stderr}");
}

/// (C9) Allowed warnings are neither shown nor counted, whatever blanks and empty items the list has.
#[test]
fn allowed_warnings_are_not_shown() {
    let all = warned().env("BP_PROCFILE_ALLOW", "not-dns-label,blank-before-colon").build();
    assert_eq!((all.status, all.stderr.as_str()), (Some(0), ""));
    assert_eq!(all.stdout, warned().build().stdout);
    let some = warned().env("BP_PROCFILE_ALLOW", ", not-dns-label ,,\tnot-dns-label\n,").build();
    assert_data_eq!(
        some.stderr,
        str![[r#"
warning[blank-before-colon]: unexpected whitespace between `Worker` and its colon
 --> Procfile:2:7
  |
2 | Worker : y
  |       ^ other tools ignore or reject this line
  |
  = help: write `Worker:`

warning: the build continues with 1 warning

"#]]
        .raw()
    );
    for empty in ["", " ", ",", " , ,"] {
        assert_eq!(warned().env("BP_PROCFILE_ALLOW", empty).build().all(), warned().build().all(), "{empty:?}");
    }
}

/// (C9) Nor do they take the place of others: of a hundred and more, those that are left are shown.
#[test]
fn allowed_warnings_are_not_counted() {
    let procfile = (0..150).fold(String::new(), |all, n| all + &format!("w{n} : x\n")) + "web: x\nBeat: x\n";
    let allowed = || App::procfile(&procfile).env("BP_PROCFILE_ALLOW", "blank-before-colon");
    assert_data_eq!(
        allowed().build().stderr,
        str![[r#"
note[not-dns-label]: the process type `Beat` is not a valid DNS label
   --> Procfile:152:1
    |
152 | Beat: x
    | ^^^^ use at most 63 lower-case letters, digits and hyphens, with no hyphen at either end
    |
    = help: call it `beat` if a tool names Kubernetes objects after it


"#]]
        .raw()
    );
    assert_eq!(allowed().build().status, Some(0));
    let strict = allowed().env("BP_PROCFILE_STRICT", "true").build();
    assert_eq!((strict.status, strict.stderr), (Some(0), allowed().build().stderr));
}

/// (C9) No error can be allowed.
#[test]
fn errors_cannot_be_allowed() {
    for (name, _) in catalogue::all().filter(|(_, severity)| *severity == Severity::Error) {
        let outcome = App::procfile("web: x\n").env("BP_PROCFILE_ALLOW", name).build();
        let expected =
            format!("error[unknown-warning]: `{name}` is an error, and only warnings and notes can be allowed\n");
        assert!(outcome.stderr.starts_with(&expected), "{}", outcome.stderr);
        assert_eq!(outcome.status, Some(1));
    }
}

/// (C9) Unknown names: a near miss, another case, none that is near, blanks inside, characters that are not to be printed.
#[test]
fn unknown_names_are_errors() {
    let app = App::procfile("web: x\n")
        .env("BP_PROCFILE_ALLOW", "no-entrys,No-Default,\u{1b}[31m,no default utf-16,é , *,missing-colon");
    assert_data_eq!(
        app.build().stderr,
        str![[r#"
error[unknown-warning]: there is no warning or note `no-entrys`
 --> BP_PROCFILE_ALLOW:1:1
  |
1 | no-entrys,No-Default,␛[31m,no default utf-16,é , *,missing-colon
  | ^^^^^^^^^ not the name of a warning or note
  |
  = help: did you mean `no-entries`?

error[unknown-warning]: there is no warning or note `No-Default`
 --> BP_PROCFILE_ALLOW:1:11
  |
1 | no-entrys,No-Default,␛[31m,no default utf-16,é , *,missing-colon
  |           ^^^^^^^^^^ not the name of a warning or note
  |
  = help: did you mean `no-default`?

error[unknown-warning]: there is no warning or note `\u{1b}[31m`
 --> BP_PROCFILE_ALLOW:1:22
  |
1 | no-entrys,No-Default,␛[31m,no default utf-16,é , *,missing-colon
  |                      ^^^^^ not the name of a warning or note
  |
  = help: use the names in brackets, such as `shell-stays` in `warning[shell-stays]`, separated by commas

error[unknown-warning]: there is no warning or note `no default utf-16`
 --> BP_PROCFILE_ALLOW:1:28
  |
1 | no-entrys,No-Default,␛[31m,no default utf-16,é , *,missing-colon
  |                            ^^^^^^^^^^^^^^^^^ not the name of a warning or note
  |
  = help: use the names in brackets, such as `shell-stays` in `warning[shell-stays]`, separated by commas

error[unknown-warning]: there is no warning or note `é`
 --> BP_PROCFILE_ALLOW:1:46
  |
1 | no-entrys,No-Default,␛[31m,no default utf-16,é , *,missing-colon
  |                                              ^ not the name of a warning or note
  |
  = help: use the names in brackets, such as `shell-stays` in `warning[shell-stays]`, separated by commas

error[unknown-warning]: there is no warning or note `*`
 --> BP_PROCFILE_ALLOW:1:50
  |
1 | no-entrys,No-Default,␛[31m,no default utf-16,é , *,missing-colon
  |                                                  ^ not the name of a warning or note
  |
  = help: use the names in brackets, such as `shell-stays` in `warning[shell-stays]`, separated by commas

error[unknown-warning]: `missing-colon` is an error, and only warnings and notes can be allowed
 --> BP_PROCFILE_ALLOW:1:52
  |
1 | no-entrys,No-Default,␛[31m,no default utf-16,é , *,missing-colon
  |                                                    ^^^^^^^^^^^^^ not a warning or note
  |
  = help: delete it from the list, and fix the error

error: no process types were written because of 7 errors

"#]]
        .raw()
    );
}
