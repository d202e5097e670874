//! The command blocks of the documentation are run.
//!
//! A block in a `sh` fence is run by bash in a copy of this repository, at whose root stands the app of the reader; all
//! blocks of a page in order in the same copy.
//! A `text` fence directly after it is what it prints, on both streams; `[..]` and a line `...` stand for anything
//! there. Words after `sh`, which readers do not see, say more: `fails`, that the block ends in an error, `pack`,
//! that it needs pack and Docker, and `app=NAME`, that the app of the reader is `tests/blocks/apps/NAME`, of which
//! `my-app` is the image. A page with a block that needs pack is run by an ignored test too. A script
//! marked `sh fixed` is a file, which `tests/pages.rs` reads.

use crate::ci::{RELEASES, release};
use crate::integration_ports::publish;
use crate::support::{BINARY, files, manifest};
use snapbox::assert_data_eq;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A fenced block.
struct Block {
    /// Its page and the line of its fence.
    place: String,
    /// The words behind the fence.
    words: Vec<String>,
    content: String,
    /// Whether nothing but blank lines stands between it and the block before.
    follows: bool,
}

impl Block {
    fn language(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    fn is_commands(&self) -> bool {
        self.language() == "sh" && !self.says("fixed")
    }

    /// The app that it is run in.
    fn app(&self) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix("app="))
    }

    fn says(&self, word: &str) -> bool {
        self.words.iter().skip(1).any(|said| said == word)
    }
}

/// The pages, by their paths in this repository.
fn pages() -> Vec<String> {
    let in_docs = files(&manifest("docs")).into_iter().filter(|path| path.extension().is_some_and(|end| end == "md"));
    let relative = |path: PathBuf| path.strip_prefix(manifest("")).unwrap().to_string_lossy().into_owned();
    ["README.md", "CONTRIBUTING.md"].map(String::from).into_iter().chain(in_docs.map(relative)).collect()
}

fn blocks(page: &str) -> Vec<Block> {
    let (mut blocks, mut open, mut follows) = (Vec::<Block>::new(), false, false);
    for (number, line) in (1..).zip(fs::read_to_string(manifest(page)).unwrap().lines()) {
        match line.strip_prefix("```") {
            Some("") if open => (open, follows) = (false, true),
            Some(words) if !open => {
                let words = words.split_whitespace().map(String::from).collect();
                blocks.push(Block { place: format!("{page}:{number}"), words, content: String::new(), follows });
                open = true;
            }
            _ if open => writeln!(blocks.last_mut().unwrap().content, "{line}").unwrap(),
            _ => {
                let is_fence = ["```", "~~~"].iter().any(|fence| line.trim_start().starts_with(fence));
                assert!(!is_fence, "{page}:{number}: a fence is three backticks at the start of a line");
                follows &= line.trim().is_empty();
            }
        }
    }
    assert!(!open, "{page}: the last block has no end");
    blocks
}

/// A block that holds commands is in a `sh` fence, which has only words that mean something here.
#[test]
fn every_command_block_is_marked() {
    let is_command = |line: &&str| {
        let line = line.trim_start_matches("$ ");
        ["cargo ", "docker ", "make ", "octopilot-procfile", "pack "].iter().any(|program| line.starts_with(program))
    };
    let is_app = |name: &str| manifest(APPS).join(name).is_dir();
    let is_known = |word: &String| word == "fails" || word == "pack" || word.strip_prefix("app=").is_some_and(is_app);
    let mut wrong = Vec::new();
    for block in pages().iter().flat_map(|page| blocks(page)) {
        let needs_pack = |line: &str| ["pack ", "docker "].iter().any(|program| line.starts_with(program));
        let problem = match block.language() {
            "sh" if block.says("fixed") => continue,
            "sh" if block.words.iter().skip(1).any(|word| !is_known(word)) => "an unknown word",
            "sh" if block.content.lines().any(needs_pack) != block.says("pack") => {
                "`pack`, and no command for it, or vice versa"
            }
            "sh" => continue,
            "bash" | "shell" | "console" | "zsh" | "shell-session" => "commands, which stand in `sh`",
            _ if block.content.lines().any(|line| is_command(&line)) => "a command outside `sh`",
            _ => continue,
        };
        wrong.push(format!("{}: {problem}", block.place));
    }
    assert_eq!(wrong, [""; 0]);
}

/// What blocks start that a test does not: the command, and where the repository runs it or holds what it needs.
const ELSEWHERE: [(&str, &str, &str); 30] = [
    ("cargo test", ".ci/run", "\ncargo test\n"),
    ("make check", ".ci/run", "make check\n"),
    (
        "cargo test --test tests editors::taplo -- --ignored",
        ".github/workflows/checks.yml",
        "pipx install taplo==0.9.3\n",
    ),
    ("cargo test --test tests manifests::schemas -- --ignored", "Makefile", "manifests::schemas -- --ignored\n"),
    ("cargo test --test tests ci::tools -- --ignored", "Makefile", "ci::tools -- --ignored"),
    ("cargo test --test commands generated", "Cargo.toml", "name = \"commands\""),
    ("cargo install cargo-fuzz --locked", "fuzz/Cargo.toml", "cargo-fuzz = true"),
    (
        "cargo +nightly fuzz run plan -- -max_total_time=600 -timeout=5 -max_len=2000",
        "fuzz/Cargo.toml",
        "name = \"plan\"",
    ),
    (
        "cargo +nightly fuzz run output -- -max_total_time=600 -timeout=5 -max_len=2000",
        "fuzz/Cargo.toml",
        "name = \"output\"",
    ),
    (
        "cargo +nightly fuzz run shell -- -max_total_time=600 -timeout=2 -max_len=1500",
        "fuzz/Cargo.toml",
        "name = \"shell\"",
    ),
    ("cargo +nightly fuzz run launcher -- -max_total_time=600 -timeout=2", "fuzz/Cargo.toml", "name = \"launcher\""),
    (
        "cargo +nightly fuzz run cost --sanitizer none --release -- -max_total_time=600 -max_len=24",
        "fuzz/Cargo.toml",
        "name = \"cost\"",
    ),
    ("cargo install cargo-mutants --locked", ".cargo/mutants.toml", "profile = \"mutants\"\n"),
    ("cargo mutants --shard 0/8 --sharding round-robin --shuffle", ".cargo/mutants.toml", "examine_globs = ["),
    ("cargo mutants --no-config --re has_room", "src/find/earlier.rs", "fn has_room("),
    (
        "cargo test --test tests integration_faults -- --ignored",
        "tests/integration_faults.rs",
        "INTEGRATION_TEST_LIFECYCLE",
    ),
    (
        "cargo test --test tests -- --ignored",
        ".github/workflows/checks.yml",
        "cargo test --locked --test tests -- --ignored",
    ),
    (
        "cargo install libcnb-cargo --version 0.30.4 --locked",
        ".github/workflows/checks.yml",
        "cargo install libcnb-cargo --version 0.30.4 --locked\n",
    ),
    (
        "cargo libcnb package --release --target x86_64-unknown-linux-musl",
        ".github/workflows/checks.yml",
        "cargo libcnb package --release --target x86_64-unknown-linux-musl\n",
    ),
    (
        "rustup target add x86_64-unknown-linux-musl aarch64-unknown-linux-musl",
        ".github/workflows/release.yml",
        "--target x86_64-unknown-linux-musl,aarch64-unknown-linux-musl\n",
    ),
    ("make package", "Makefile", "\npackage: directory\n"),
    ("make release-dry-run", "Makefile", "\nrelease-dry-run:\n"),
    (
        "cargo install cargo-cyclonedx --version 0.5.9 --locked",
        ".github/workflows/release.yml",
        "cargo install cargo-cyclonedx --version 0.5.9 --locked\n",
    ),
    (
        "go install github.com/google/go-containerregistry/cmd/crane@v0.22.1",
        ".github/workflows/release.yml",
        "go install github.com/google/go-containerregistry/cmd/crane@v0.22.1\n",
    ),
    (
        "cargo install --locked --git https://github.com/octopilot/procfile --tag vVERSION octopilot-procfile --bin octopilot-procfile",
        "Cargo.toml",
        "name = \"octopilot-procfile\"\npath",
    ),
    ("sha256sum --check --ignore-missing SHA256SUMS", "release/dry-run", "sha256sum --check SHA256SUMS"),
    (
        "cosign verify ghcr.io/octopilot/procfile:VERSION --certificate-identity \
         https://github.com/octopilot/procfile/.github/workflows/release.yml@refs/heads/main \
         --certificate-oidc-issuer https://token.actions.githubusercontent.com",
        "release/verify",
        "--certificate-identity https://github.com/octopilot/procfile/.github/workflows/release.yml@refs/heads/main \\\n",
    ),
    (
        "gh attestation verify oci://ghcr.io/octopilot/procfile:VERSION --repo octopilot/procfile",
        "release/verify",
        "gh attestation verify \"$artifact\" --repo octopilot/procfile\n",
    ),
    (
        "gh attestation verify procfile-VERSION-linux-amd64.cnb --repo octopilot/procfile",
        ".github/workflows/release.yml",
        "release/verify \"${IMAGE}\" dist/*.cnb dist/*.tar.gz\n",
    ),
    (
        "gh attestation verify octopilot-procfile-VERSION-linux-amd64.tar.gz --repo octopilot/procfile \
         --predicate-type https://cyclonedx.org/bom",
        "release/verify",
        "--repo octopilot/procfile --predicate-type https://cyclonedx.org/bom\n",
    ),
];

/// Every block that needs neither pack nor Docker does what its page says.
#[test]
fn the_blocks_of_the_documentation_run() {
    let mut started = Vec::new();
    for page in pages() {
        let mut blocks = blocks(&page);
        blocks.retain(|block| !block.says("pack"));
        if !blocks.iter().any(Block::is_commands) {
            continue;
        }
        let desk = Desk::new();
        desk.run(&blocks, None);
        // The pages name the version that is released next.
        started.extend(desk.notes().iter().map(|note| note.replace(env!("CARGO_PKG_VERSION"), "VERSION")));
    }
    started.sort();
    started.dedup();
    let mut known = ELSEWHERE.map(|(command, _, _)| command);
    known.sort_unstable();
    assert_eq!(started, known);
    for (command, path, proof) in ELSEWHERE {
        assert!(fs::read_to_string(manifest(path)).unwrap().contains(proof), "{command} is not in {path}");
    }
}

/// The blocks that need pack and Docker do what their page says, with the builder under test.
#[test]
#[ignore = "needs Docker and pack"]
fn the_blocks_with_pack_run() {
    let _publish = publish();
    for (number, page) in pages().iter().enumerate() {
        let blocks = blocks(page);
        if !blocks.iter().any(|block| block.says("pack")) {
            continue;
        }
        let desk = Desk::new();
        if page == "docs/guide.md" && env::var_os("INTEGRATION_TEST_BUILDER").is_some() {
            desk.install();
        }
        let image = format!("procfile-test/blocks-{}-{number}", std::process::id());
        desk.run(&blocks, Some(&image));
        remove(&image);
    }
}

/// Removes an image, if there is one.
fn remove(image: &str) {
    let removed =
        Command::new("docker").args(["rmi", "--force", image]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(removed.unwrap().success());
}

/// The packaged buildpack: the one under test, else where packaging puts it.
pub(crate) fn buildpack() -> String {
    let given = env::var("INTEGRATION_TEST_BUILDPACK");
    let given = given.unwrap_or_else(|_| "packaged/x86_64-unknown-linux-musl/release/octopilot_procfile".to_string());
    fs::canonicalize(manifest(&given)).map_or(given, |path| path.to_string_lossy().into_owned())
}

/// What the pages say, and what is used here in its place.
fn substitutions(image: &str) -> Vec<(&'static str, String)> {
    let released = concat!("docker://ghcr.io/octopilot/procfile:", env!("CARGO_PKG_VERSION"));
    let container = ("my-container", image.replace('/', "-"));
    let mut table = vec![("my-app", image.to_string()), container, (released, buildpack())];
    if let Ok(builder) = env::var("INTEGRATION_TEST_BUILDER") {
        let builders = ["heroku/builder:24", "paketobuildpacks/builder-jammy-base", "gcr.io/buildpacks/builder"];
        table.extend(builders.map(|shown| (shown, builder.clone())));
        let languages = [
            "--buildpack heroku/python ",
            "--buildpack paketo-buildpacks/python ",
            "--buildpack google.python.runtime --buildpack google.python.pip ",
        ];
        table.extend(languages.map(|shown| (shown, String::new())));
    }
    table
}

/// The app of the reader, a Python one that installs nothing.
const PROCFILE: &str = "web: python3 -m http.server ${PORT:-8080}\nworker: sleep 60\n";

/// Where apps are that have what a page is about.
const APPS: &str = "tests/blocks/apps";

/// How an image is made of one of them, in its directory.
const BUILD: &str = concat!(
    "pack build my-app --builder heroku/builder:24 --buildpack heroku/python --buildpack docker://ghcr.io/octopilot/procfile:",
    env!("CARGO_PKG_VERSION")
);

/// A copy of this repository, and a PATH on which other programs stand in for some commands.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for directory in ["copy", "bin"] {
            fs::create_dir(root.path().join(directory)).unwrap();
        }
        let programs = ["cargo", "cosign", "docker", "gh", "go", "make", "pack", "rustup", "sha256sum"];
        for program in programs {
            symlink(manifest("tests/blocks/stand-in"), root.path().join("bin").join(program)).unwrap();
        }
        symlink(BINARY, root.path().join("bin/octopilot-procfile")).unwrap();
        for path in repository() {
            let (from, to) = (manifest("").join(&path), root.path().join("copy").join(&path));
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from, to).unwrap();
        }
        fs::write(root.path().join("copy/Procfile"), PROCFILE).unwrap();
        fs::write(root.path().join("copy/requirements.txt"), "").unwrap();
        Self(root)
    }

    /// Installs what the app of the guide needs into its directory, for a builder without a Python buildpack.
    fn install(&self) {
        let target = self.0.path().join("copy/examples/fastapi");
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
        assert!(pip.arg("--target").arg(target).arg("fastapi").status().unwrap().success());
    }

    /// Runs the blocks of a page, with pack where an image is named for it. Those of an app have an image of their own.
    fn run(&self, blocks: &[Block], image: Option<&str>) {
        let mut built = Vec::new();
        for (index, block) in blocks.iter().enumerate().filter(|(_, block)| block.is_commands()) {
            println!("{}", block.place);
            let app = block.app().map(|app| format!("{APPS}/{app}")).unwrap_or_default();
            let image = image.map(|image| block.app().map_or(image.to_string(), |app| format!("{image}-{app}")));
            let table = image.as_deref().map_or(Vec::new(), substitutions);
            let used =
                |script: &str| table.iter().fold(script.to_string(), |text, (shown, used)| text.replace(shown, used));
            if let Some(image) =
                image.filter(|image| block.says("pack") && block.app().is_some() && !built.contains(image))
            {
                let (success, printed) = self.bash(&app, &used(BUILD), true);
                assert!(success, "{}: {printed}", block.place);
                built.push(image);
            }
            let (success, printed) = self.bash(&app, &used(&block.content), !table.is_empty());
            assert_eq!(success, !block.says("fails"), "{}: {printed}", block.place);
            if let Some(expected) = blocks.get(index + 1).filter(|next| next.follows && next.language() == "text") {
                assert_data_eq!(printed, used(&expected.content));
            }
        }
        for image in built {
            remove(&image);
        }
    }

    /// Whether a script succeeds in a directory of the copy, and what it prints.
    fn bash(&self, directory: &str, script: &str, with_pack: bool) -> (bool, String) {
        let releases = script.contains(RELEASES).then(|| release(env!("CARGO_PKG_VERSION"), "linux-amd64"));
        let here = releases.as_ref().map_or(String::new(), |releases| format!("file://{}", releases.path().display()));
        let script = script.replace(RELEASES, &here);
        let path = env::var("PATH").unwrap();
        let output = fs::File::create(self.0.path().join("output")).unwrap();
        let mut bash = Command::new("bash");
        bash.args(["-eu", "-o", "pipefail", "-c", &script])
            .current_dir(self.0.path().join("copy").join(directory))
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.0.path().join("bin").display()))
            .env("HOME", self.0.path())
            .env("BINARY", BINARY)
            .env("NOTES", self.0.path().join("notes"));
        if with_pack {
            bash.env("REAL_PATH", path).envs(env::vars_os().filter(|(name, _)| name == "DOCKER_HOST"));
        }
        let status = bash.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output).status().unwrap();
        (status.success(), fs::read_to_string(self.0.path().join("output")).unwrap())
    }

    /// The commands that were only noted down.
    fn notes(&self) -> Vec<String> {
        let notes = fs::read_to_string(self.0.path().join("notes")).unwrap_or_default();
        notes.lines().map(String::from).collect()
    }
}

/// The files of this repository: those that git has, or where there is no git, all that nothing generates.
pub(crate) fn repository() -> Vec<PathBuf> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(manifest("")).output();
    if let Ok(listed) = listed.map(|output| String::from_utf8(output.stdout).unwrap())
        && !listed.is_empty()
    {
        let is_here = |path: &PathBuf| manifest("").join(path).is_file();
        return listed.split_terminator('\0').map(PathBuf::from).filter(is_here).collect();
    }
    let root = manifest("");
    let generated = |name: &Path| [".git", "target", "packaged"].iter().any(|generated| name.starts_with(generated));
    let entries = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path());
    let top = entries.filter(|path| !generated(path.strip_prefix(&root).unwrap()));
    let all = top.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    all.map(|path| path.strip_prefix(&root).unwrap().to_path_buf()).collect()
}
