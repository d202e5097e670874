//! (B1) Builders made of `examples/builder` by pack, the group that the lifecycle takes for an app, and what a policy does.
//! Its language buildpacks are stand-ins: each wants one file, and declares a default process type.

use super::read;
use crate::integration::{build, buildpack, docker, images_and_lifecycle, pack, packaged, run};
use libcnb_test::{BuildConfig, ContainerConfig, PackResult, assert_contains};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const BUILDER: &str = "examples/builder/builder.toml";

/// The file that makes each language's buildpack take part.
const FILES: [(&str, &str); 5] = [
    ("paketo-buildpacks/ruby", "Gemfile"),
    ("paketo-buildpacks/web-servers", "nginx.conf"),
    ("paketo-buildpacks/nodejs", "package.json"),
    ("paketo-buildpacks/python", "requirements.txt"),
    ("octopilot/rust", "Cargo.toml"),
];

/// Makes a stand-in for a language's buildpack.
fn stand_in(id: &str, work: &Path) -> String {
    let (_, file) = FILES.iter().find(|(of, _)| *of == id).unwrap();
    let directory = work.join(id.replace('/', "_"));
    fs::create_dir_all(directory.join("bin")).unwrap();
    let toml =
        format!("api = \"0.10\"\n[buildpack]\nid = \"{id}\"\nversion = \"1.0.0\"\n[[targets]]\nos = \"linux\"\n");
    fs::write(directory.join("buildpack.toml"), toml).unwrap();
    let process = format!("[[processes]]\ntype = \"web\"\ncommand = [\"echo\", \"{id}\"]\ndefault = true\n");
    let scripts = [
        ("bin/detect", format!("#!/bin/sh\ntest -e {file} || exit 100\n")),
        ("bin/build", format!("#!/bin/sh\ncat >\"$CNB_LAYERS_DIR/launch.toml\" <<'END'\n{process}END\n")),
    ];
    for (path, script) in scripts {
        fs::write(directory.join(path), script).unwrap();
        fs::set_permissions(directory.join(path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    directory.to_string_lossy().into_owned()
}

/// Makes the builder of a file, with these groups in place of its own where they are given.
fn create(name: &str, path: &str, rearrange: impl Fn(&mut Vec<toml::Value>)) {
    let work = tempfile::tempdir().unwrap();
    let mut builder: toml::Table = read(path).parse().unwrap();
    let policy = builder["build"].get("env").cloned();
    builder.extend(images_and_lifecycle(&work).parse::<toml::Table>().unwrap());
    builder["build"].as_table_mut().unwrap().extend(policy.map(|policy| ("env".to_string(), policy)));
    for member in builder["buildpacks"].as_array_mut().unwrap() {
        let id = member["id"].as_str().unwrap();
        let uri = match id {
            "octopilot/procfile" => buildpack().unwrap_or_else(packaged),
            _ => stand_in(id, work.path()),
        };
        member["uri"] = uri.into();
    }
    rearrange(builder["order"].as_array_mut().unwrap());
    fs::write(work.path().join("builder.toml"), builder.to_string()).unwrap();
    pack(&["builder", "create", name, "--config", "builder.toml", "--pull-policy", "if-not-present"], &work);
}

/// Builds an app with these files: what the log says takes part, and what the image prints.
fn built(builder: &str, files: &[&str]) -> String {
    let app = tempfile::tempdir().unwrap();
    for file in files {
        fs::write(app.path().join(file), "web: echo Procfile\n").unwrap();
    }
    let mut seen = String::new();
    build(BuildConfig::new(builder, app.path()).buildpacks([]), |context| {
        let log = context.pack_stdout.split("===> DETECTING\n").nth(1).unwrap().split("===>").next().unwrap();
        seen = format!("{log}prints {}", run(&context, &ContainerConfig::new()));
    });
    // The lifecycle aligns the versions.
    seen.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

const OURS: &str = concat!("octopilot/procfile ", env!("CARGO_PKG_VERSION"), "\nprints Procfile\n");

/// (B1) An app of a language and its Procfile are built together, the Procfile deciding; either is built alone, and
/// nothing is not.
#[test]
#[ignore = "needs Docker and pack"]
fn the_order_finds_languages_and_procfiles() {
    const NAME: &str = "procfile-test/example-builder:test";
    create(NAME, BUILDER, |_| ());
    for (language, file) in FILES {
        assert_eq!(built(NAME, &[file, "Procfile"]), format!("{language} 1.0.0\n{OURS}"));
    }
    let ruby = "1 of 2 buildpacks participating\npaketo-buildpacks/ruby 1.0.0\nprints paketo-buildpacks/ruby\n";
    assert_eq!(built(NAME, &["Gemfile"]), ruby);
    assert_eq!(built(NAME, &["Procfile"]), OURS);
    let empty = tempfile::tempdir().unwrap();
    let mut config = BuildConfig::new(NAME, empty.path());
    build(config.buildpacks([]).expected_pack_result(PackResult::Failure), |context| {
        assert_contains!(context.pack_stdout, "No buildpack groups passed detection.");
    });
    docker(&["rmi", "--force", NAME]);
}

/// (B1) Above a language, the group of ours alone takes that language's apps away.
#[test]
#[ignore = "needs Docker and pack"]
fn alone_above_a_language_it_takes_its_apps() {
    const NAME: &str = "procfile-test/misordered-builder:test";
    create(NAME, BUILDER, |order| {
        let rust = order.len() - 2;
        order[rust..].reverse();
    });
    assert_eq!(built(NAME, &["Cargo.toml", "Procfile"]), OURS);
    docker(&["rmi", "--force", NAME]);
}

/// (B1) A system buildpack is at the end of every group, and is required there.
#[test]
#[ignore = "needs Docker and pack"]
fn a_system_buildpack_ends_every_group() {
    const NAME: &str = "procfile-test/system-builder:test";
    create(NAME, "examples/builder/system.toml", |_| ());
    for (language, file) in [FILES[2], FILES[3]] {
        assert_eq!(built(NAME, &[file, "Procfile"]), format!("{language} 1.0.0\n{OURS}"));
    }
    assert_eq!(built(NAME, &["Procfile"]), OURS);
    // Without process types, no group passes.
    let app = tempfile::tempdir().unwrap();
    fs::write(app.path().join("package.json"), "").unwrap();
    let mut config = BuildConfig::new(NAME, app.path());
    build(config.buildpacks([]).expected_pack_result(PackResult::Failure), |context| {
        assert_contains!(context.pack_stdout, "No buildpack groups passed detection.");
    });
    docker(&["rmi", "--force", NAME]);
}

/// (C7, C9, X8) What the policy of a builder says, and what an app can change.
#[test]
#[ignore = "needs Docker and pack"]
fn a_policy_is_for_all_apps() {
    const NAME: &str = "procfile-test/policy-builder:test";
    const PIPELINE: &str = "web: gunicorn app:app | tee log\n";
    create(NAME, "examples/builder/policy.toml", |_| ());
    let said = |procfile: &str, env: &[(&str, &str)], result: PackResult| {
        let app = tempfile::tempdir().unwrap();
        fs::write(app.path().join("Procfile"), procfile).unwrap();
        let mut config = BuildConfig::new(NAME, app.path());
        config.buildpacks([]).envs(env.iter().copied());
        config.expected_pack_result(result);
        let mut seen = String::new();
        build(&config, |context| seen = format!("{}{}", context.pack_stdout, context.pack_stderr));
        seen
    };
    assert_contains!(said(PIPELINE, &[], PackResult::Success), "init: signals reach every process");
    assert!(!said("web: gunicorn app:app --bind 0.0.0.0:80\n", &[], PackResult::Success).contains("hardcoded-port"));
    let never = ("BP_PROCFILE_INIT", "never");
    for env in [&[never][..], &[never, ("BP_PROCFILE_STRICT", "false")]] {
        assert_contains!(said(PIPELINE, env, PackResult::Failure), "error[shell-stays]");
    }
    let allowed = [never, ("BP_PROCFILE_ALLOW", "shell-stays")];
    assert_contains!(said(PIPELINE, &allowed, PackResult::Success), "bash runs it as written");
    docker(&["rmi", "--force", NAME]);
}
