//! (B1) A builder made of `examples/builder/builder.toml` by pack, and the group that the lifecycle takes for an app.
//! Its language buildpacks are stand-ins: each wants one file, and declares a default process type.

use super::read;
use crate::integration::{build, buildpack, docker, images_and_lifecycle, pack, packaged, run};
use libcnb_test::{BuildConfig, ContainerConfig, PackResult, assert_contains};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

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

/// Makes the builder, with these groups in place of its own where they are given.
fn create(name: &str, rearrange: impl Fn(&mut Vec<toml::Value>)) {
    let work = tempfile::tempdir().unwrap();
    let mut builder: toml::Table = read("examples/builder/builder.toml").parse().unwrap();
    builder.extend(images_and_lifecycle(&work).parse::<toml::Table>().unwrap());
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
    create(NAME, |_| ());
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
    create(NAME, |order| {
        let rust = order.len() - 2;
        order[rust..].reverse();
    });
    assert_eq!(built(NAME, &["Cargo.toml", "Procfile"]), OURS);
    docker(&["rmi", "--force", NAME]);
}
