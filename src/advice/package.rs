//! The scripts that `npm start` and its like run, which `package.json` declares.

use crate::advice::command::{Command, Word};
use crate::advice::missing::{changes_directory, reads_code};
use crate::advice::problems::Advice;
use crate::find::LONGEST_SCRIPT;
use crate::plan::Image;
use crate::text::nearest;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The part of a `package.json` that matters here.
#[derive(Debug, Deserialize)]
struct Package {
    #[serde(default)]
    #[expect(clippy::zero_sized_map_values, reason = "only the names matter, and serde reads no set from an object")]
    scripts: BTreeMap<String, IgnoredAny>,
}

/// Scripts that a tool has without a declaration.
const BUILT_IN: [&str; 2] = ["env", "restart"];

/// The `package.json` files of an app, each read once.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// By path; `None` if it is not there, or cannot be read.
    read: BTreeMap<PathBuf, Option<Package>>,
}

impl Packages {
    /// Advice on a command that runs a script that is not declared. `before`: the commands before it.
    pub(super) fn advice<'c, 'a>(
        &mut self,
        command: &'c Command<'a>,
        before: &[Command],
        working_dir: Option<&Path>,
        image: &Image,
    ) -> Option<(Advice, &'c Word<'a>)> {
        let word = script(command)?;
        let name = word.literal()?;
        let is_elsewhere = || before.iter().any(|before| changes_directory(before) || reads_code(before));
        if command.changes_directory() || is_elsewhere() {
            return None;
        }
        let path = image.path_in_app("package.json", working_dir)?;
        let has_server = || image.surroundings.head(&path.with_file_name("server.js")).is_some();
        let package = self.read.entry(path.clone()).or_insert_with_key(|path| read(path, image)).as_ref()?;
        // Without a script `start`, some tools run this file.
        if package.scripts.contains_key(name) || BUILT_IN.contains(&name) || name == "start" && has_server() {
            return None;
        }
        let names = || package.scripts.keys().map(String::as_str);
        let advice = Advice::MissingScript {
            script: name.to_string(),
            package: path.to_string_lossy().into_owned(),
            nearest: nearest(name, names()).map(str::to_string),
            scripts: names().map(str::to_string).collect(),
        };
        Some((advice, word))
    }
}

fn read(path: &Path, image: &Image) -> Option<Package> {
    let content = image.surroundings.script(path).filter(|content| content.len() < LONGEST_SCRIPT)?;
    serde_json::from_slice(&content).ok()
}

/// The word that names the script, if nothing says that it is optional or in another directory. `yarn` and `pnpm` run
/// programs in the same way, so that only some names are certainly those of scripts.
fn script<'c, 'a>(command: &'c Command<'a>) -> Option<&'c Word<'a>> {
    let is_npm = match command.program() {
        "npm" => true,
        "pnpm" | "yarn" => false,
        _ => return None,
    };
    let is_harmless = |word: &Word| !word.text.starts_with('-') || matches!(&*word.text, "-s" | "--silent");
    let is_whole = command.options().all(|(_, word)| is_harmless(word));
    let words: Vec<&str> = command.words.iter().map_while(Word::literal).collect();
    let at = match words.get(1..)? {
        ["run" | "run-script", _, ..] => 2,
        ["start", ..] => 1,
        [_, ..] if !is_npm => 1,
        _ => return None,
    };
    let is_script = is_npm || words[at] == "start" || words[at].contains(':');
    command.words.get(at).filter(|word| is_whole && is_script && !word.text.starts_with('-'))
}
