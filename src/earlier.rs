//! Reads what the buildpacks before this one declared: their launch.toml beside ours in the layers directory (B2).

use crate::root_dir::RootDir;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What the buildpacks before this one declared.
#[derive(Debug, Default)]
pub struct Earlier {
    /// Their process types by name, each as the last of them declares it.
    pub processes: BTreeMap<String, EarlierProcess>,
    /// The type that is the default so far.
    pub default: Option<String>,
}

/// A process type of another buildpack.
#[derive(Debug)]
pub struct EarlierProcess {
    /// The program and its arguments, the default ones included.
    pub command: Vec<String>,
    /// The id of the buildpack, as far as its layers directory tells (CNB Buildpack spec: `/` is `_` there).
    pub buildpack: String,
}

/// Reads every launch.toml in the layers directory but that of the buildpack whose own directory is `ours`. What
/// cannot be read is left out: it is not the app's, and the lifecycle judges it.
#[must_use]
pub fn read(ours: &Path) -> Earlier {
    let Some(Ok(layers)) = ours.parent().map(RootDir::new) else { return Earlier::default() };
    let own_name = ours.file_name().and_then(|name| name.to_str());
    let launch_of = |name: &String| Path::new(name).join("launch.toml");
    let mut names = layers.names(|name| Some(name) != own_name);
    // Buildpacks run one after the other, and the lifecycle lets the last one count.
    names.sort_by_cached_key(|name| layers.modified(&launch_of(name)));
    let mut earlier = Earlier::default();
    for name in names {
        let Ok(Some(bytes)) = layers.read(&launch_of(&name)) else { continue };
        let Ok(launch) = toml::from_slice::<Launch>(&bytes) else { continue };
        for declared in launch.processes {
            earlier.add(declared, &name.replacen('_', "/", 1));
        }
    }
    earlier
}

impl Earlier {
    /// Adds a process type as the lifecycle does: a default that is declared again without being one is none.
    fn add(&mut self, Declared { r#type: name, command, args, default }: Declared, buildpack: &str) {
        if default {
            self.default = Some(name.clone());
        } else if self.default.as_ref() == Some(&name) {
            self.default = None;
        }
        let mut command = match command {
            OneOrMore::One(command) => vec![command],
            OneOrMore::More(command) => command,
        };
        command.extend(args);
        self.processes.insert(name, EarlierProcess { command, buildpack: buildpack.to_string() });
    }
}

/// The part of launch.toml that counts here, as any version of the Buildpack API has it.
#[derive(Deserialize)]
struct Launch {
    #[serde(default)]
    processes: Vec<Declared>,
}

#[derive(Deserialize)]
struct Declared {
    r#type: String,
    command: OneOrMore,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    default: bool,
}

/// A command is a text before Buildpack API 0.9, and an array since.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}
