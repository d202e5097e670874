//! Reads what earlier buildpacks of the build declared: their launch.toml files in the layers directory (B2).

use crate::find::memory;
use crate::find::problems::FindProblem;
use crate::find::root_dir::RootDir;
use crate::text::toml::excess;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What earlier buildpacks declared.
#[derive(Debug, Default)]
pub struct Earlier {
    /// Whether there is a build that they are part of: a preview knows nothing about them.
    pub is_known: bool,
    /// Their process types by name, each as the last of them declares it.
    pub processes: BTreeMap<String, EarlierProcess>,
    /// The default process type, if they set one.
    pub default: Option<String>,
    /// The ids of buildpacks whose launch.toml is too large to be read with the others.
    pub left_out: Vec<String>,
}

/// A process type of another buildpack.
#[derive(Debug, PartialEq, Eq)]
pub struct EarlierProcess {
    /// What it starts.
    pub command: EarlierCommand,
    /// The default arguments, which those given at run time replace.
    pub args: Vec<String>,
    /// Its working directory, as written.
    pub working_dir: Option<PathBuf>,
    /// The id of the buildpack, as far as it can be told.
    pub buildpack: String,
}

/// What a process type of another buildpack starts (CNB Buildpack spec, `launch.toml`).
#[derive(Debug, PartialEq, Eq)]
pub enum EarlierCommand {
    /// A program and the arguments that it always gets, without a shell.
    Words(Vec<String>),
    /// A text for a shell, in a Buildpack API before 0.9.
    Text(String),
}

impl EarlierProcess {
    /// The command, without the arguments that follow.
    pub fn command(&self) -> &[String] {
        match &self.command {
            EarlierCommand::Words(words) => words,
            EarlierCommand::Text(text) => std::slice::from_ref(text),
        }
    }

    /// The command and its arguments, the default ones included.
    pub fn words(&self) -> Vec<&str> {
        self.command().iter().chain(&self.args).map(String::as_str).collect()
    }
}

/// The most that is read of all launch.toml files together, in bytes (R1).
const MOST: usize = 2 * 1024 * 1024;

/// Reads the launch.toml of every buildpack that ran before the one whose own layers directory is `ours`. What cannot
/// be read is left out: it does not belong to the app, and the lifecycle checks it.
pub fn read(ours: &Path) -> Earlier {
    let mut earlier = Earlier { is_known: true, ..Earlier::default() };
    let Some(Ok(layers)) = ours.parent().map(|parent| RootDir::new(parent, "the layers directory")) else {
        return earlier;
    };
    let own_name = ours.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let buildpacks = in_group(&layers, own_name).unwrap_or_else(|| in_directory(&layers, own_name));
    let mut left = MOST;
    for Buildpack { id } in buildpacks {
        match layers.read(&launch_of(&directory_of(&id))).map(|bytes| bytes.map(String::from_utf8)) {
            Ok(Some(Ok(text))) if text.len() <= left && has_room(&text) => {
                left -= text.len();
                let launch = toml::from_str::<Launch>(&text).unwrap_or_default();
                launch.processes.into_iter().for_each(|declared| earlier.add(declared, &id));
            }
            Ok(Some(Ok(_))) | Err(FindProblem::TooLarge) => earlier.left_out.push(id),
            _ => {}
        }
    }
    earlier
}

/// Whether a text can be parsed in the memory that there is (R1, R7).
fn has_room(text: &str) -> bool {
    excess(text).is_none() && memory::is_free(memory::needed(text.len()))
}

/// The name of a buildpack's directory among the layers: the id with `_` for `/` (CNB Buildpack spec).
fn directory_of(id: &str) -> String {
    id.replace('/', "_")
}

/// The earlier buildpacks in the order of the group, which the lifecycle leaves in the layers directory (CNB Platform
/// spec, `group.toml`) unless the platform moves it.
fn in_group(layers: &RootDir, own_name: &str) -> Option<Vec<Buildpack>> {
    let bytes = layers.read(Path::new("group.toml")).ok()??;
    let text = String::from_utf8(bytes).ok().filter(|text| has_room(text))?;
    let Group { mut group } = toml::from_str(&text).ok()?;
    let own = group.iter().position(|buildpack| directory_of(&buildpack.id) == own_name)?;
    group.truncate(own);
    Some(group)
}

/// The buildpacks that have a directory, in the order in which they wrote their launch.toml, judged by its time.
fn in_directory(layers: &RootDir, own_name: &str) -> Vec<Buildpack> {
    let mut names = layers.names(|name| name != own_name);
    names.sort_by_cached_key(|name| layers.modified(&launch_of(name)));
    names.into_iter().map(|name| Buildpack { id: name.replacen('_', "/", 1) }).collect()
}

fn launch_of(directory: &str) -> PathBuf {
    Path::new(directory).join("launch.toml")
}

impl Earlier {
    /// Adds a process type as the lifecycle does: a default that is declared again without `default` no longer is one.
    fn add(&mut self, declared: Declared, buildpack: &str) {
        let Declared { r#type: name, command, mut args, direct, working_dir, default } = declared;
        if default {
            self.default = Some(name.clone());
        } else if self.default.as_ref() == Some(&name) {
            self.default = None;
        }
        let command = match command {
            // Before Buildpack API 0.9, arguments given at run time are added to these.
            Some(OneOrMore::One(program)) if direct => {
                EarlierCommand::Words(std::iter::once(program).chain(std::mem::take(&mut args)).collect())
            }
            Some(OneOrMore::One(text)) => EarlierCommand::Text(text),
            Some(OneOrMore::More(words)) => EarlierCommand::Words(words),
            None => EarlierCommand::Words(Vec::new()),
        };
        let buildpack = buildpack.to_string();
        self.processes.insert(name, EarlierProcess { command, args, working_dir, buildpack });
    }
}

/// The part of group.toml that matters here.
#[derive(Deserialize)]
struct Group {
    group: Vec<Buildpack>,
}

/// A buildpack that may have run before this one.
#[derive(Deserialize)]
struct Buildpack {
    id: String,
}

/// The part of launch.toml that matters here, in any version of the Buildpack API.
#[derive(Default, Deserialize)]
struct Launch {
    #[serde(default)]
    processes: Vec<Declared>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Declared {
    r#type: String,
    command: Option<OneOrMore>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    direct: bool,
    working_dir: Option<PathBuf>,
    #[serde(default)]
    default: bool,
}

/// A command is a text before Buildpack API 0.9, and an array since then.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}
