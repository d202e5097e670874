//! What PATH may find when a process starts: in the PATH of the build, and in what layers of earlier buildpacks make of it.

use crate::find::root_dir::RootDir;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The most entries of directories of layers that are looked at. With more, PATH may find anything.
const MOST: usize = 2000;

/// The longest script of a layer that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Whether PATH may find a program of this absolute path by its name, or another one of that name. `layers`: the directory
/// that has those of all buildpacks.
pub(super) fn may_find(program: &Path, layers: Option<&Path>) -> bool {
    let of_build = env::var_os("PATH").unwrap_or_default();
    let layers = layers.and_then(|layers| RootDir::new(layers, "the layers directory").ok());
    finds(&of_build, program) || layers.is_some_and(|layers| Layers { root: &layers, left: MOST }.may_find(program))
}

/// Whether a value of PATH finds a program. A relative directory, or an empty one, is the working directory.
fn finds(path: &OsStr, program: &Path) -> bool {
    let (directory, name) = (program.parent(), program.file_name().unwrap_or_default());
    env::split_paths(path)
        .any(|entry| entry.is_relative() || Some(entry.as_path()) == directory || entry.join(name).exists())
}

/// The layers of all buildpacks.
struct Layers<'l> {
    root: &'l RootDir,
    /// How many entries may still be looked at.
    left: usize,
}

impl Layers<'_> {
    /// Whether a layer has a program of that name, adds its directory to PATH, or has a script that may do so (CNB
    /// Buildpack spec, environment).
    fn may_find(mut self, program: &Path) -> bool {
        let buildpacks = self.entries(Path::new(""));
        let layers: Vec<PathBuf> = buildpacks.iter().flat_map(|buildpack| self.entries(buildpack)).collect();
        layers.iter().any(|layer| self.of_layer(layer, program)) || self.left == 0
    }

    fn of_layer(&mut self, layer: &Path, program: &Path) -> bool {
        let own = self.root.path().join(layer).join("bin").join(program.file_name().unwrap_or_default());
        let launch = self.entries(&layer.join("env.launch"));
        let mut values: Vec<PathBuf> = launch.iter().flat_map(|of_type| self.entries(of_type)).collect();
        values.extend(launch);
        values.extend(self.entries(&layer.join("env")));
        values.retain(|file| file.file_stem().is_some_and(|name| name == "PATH"));
        let scripts = self.entries(&layer.join("profile.d"));
        let is_in = |file: &PathBuf, found: &dyn Fn(&[u8]) -> bool| {
            self.root.head(file, LONGEST).is_none_or(|content| found(&content))
        };
        let names_path = |script: &[u8]| script.windows(4).any(|bytes| bytes == b"PATH");
        own.exists()
            || values.iter().any(|file| is_in(file, &|value| finds(OsStr::from_bytes(value.trim_ascii_end()), program)))
            || scripts.iter().any(|file| is_in(file, &names_path))
    }

    /// What is directly in a directory.
    fn entries(&mut self, directory: &Path) -> Vec<PathBuf> {
        let found = fs::read_dir(self.root.path().join(directory)).into_iter().flatten().flatten().take(self.left);
        let found: Vec<PathBuf> = found.map(|entry| directory.join(entry.file_name())).collect();
        self.left -= found.len();
        found
    }
}
