//! Puts files into the layers directory, all of them or none (R4).
//!
//! Every file is written whole into a directory of its own, and only then moved to its place. What was at that place
//! before, which could be a link out of the layers directory or a named pipe, is replaced and never opened.

use crate::failure::Failure;
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The name of the directory in which files wait. The lifecycle would not take it for a layer.
const DIRECTORY: &str = ".new";

/// What a file is for.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// It is read.
    Data,
    /// It is started.
    Program,
}

impl Kind {
    fn permissions(self) -> Permissions {
        Permissions::from_mode(match self {
            Self::Data => 0o644,
            Self::Program => 0o755,
        })
    }
}

/// Files on their way into the layers directory.
pub(super) struct Staging<'l> {
    layers: &'l Path,
    /// Where the files are until they are moved.
    directory: PathBuf,
    /// The names in that directory, in the order in which they are moved.
    names: Vec<String>,
}

impl<'l> Staging<'l> {
    /// No files yet.
    pub(super) fn new(layers: &'l Path) -> Result<Self, Failure> {
        let place = layers.join(DIRECTORY);
        let made = remove(&place).and_then(|()| directory(&place));
        made.map_err(|error| Failure::Write { path: layers.to_path_buf(), error })?;
        Ok(Self { layers, directory: place, names: Vec::new() })
    }

    /// Writes a file with this path in the layers directory.
    pub(super) fn file(&mut self, path: &str, content: &[u8], kind: Kind) -> Result<(), Failure> {
        let name = path.split('/').next().unwrap_or(path);
        if !self.has(name) {
            self.names.push(name.to_string());
        }
        let made = path.match_indices('/').try_for_each(|(end, _)| directory(&self.directory.join(&path[..end])));
        let written = made.and_then(|()| file(&self.directory.join(path), content, kind.permissions()));
        written.map_err(|error| Failure::Write { path: self.layers.join(path), error })
    }

    /// Moves all files to their places, and removes what else has one of these names, up to the first dot.
    pub(super) fn publish(self, ours: &[&str]) -> Result<(), Failure> {
        self.remove_others(ours).map_err(|error| Failure::Write { path: self.layers.to_path_buf(), error })?;
        for name in &self.names {
            let (from, to) = (self.directory.join(name), self.layers.join(name));
            let moved = fs::rename(&from, &to).or_else(|_| remove(&to).and_then(|()| fs::rename(&from, &to)));
            moved.map_err(|error| Failure::Write { path: to, error })?;
        }
        Ok(())
    }

    /// Whether a file or a directory of this name is moved.
    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    fn remove_others(&self, ours: &[&str]) -> io::Result<()> {
        for entry in fs::read_dir(self.layers)? {
            let name = entry?.file_name();
            let is_ours = |name: &str| ours.contains(&name.split('.').next().unwrap_or(name));
            if name.to_str().is_some_and(|name| is_ours(name) && !self.has(name)) {
                remove(&self.layers.join(name))?;
            }
        }
        Ok(())
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.directory).or_else(|_| fs::remove_dir_all(&self.directory));
    }
}

/// Makes a directory, unless it is there. Its mode does not depend on the umask of the build.
fn directory(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o755))),
    }
}

/// Replaces the content of a file, whole or not at all. It keeps its mode, and a link to it stays one.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    let new = path.with_added_extension(format!("{}.new", std::process::id()));
    let written = file(&new, content, permissions).and_then(|()| fs::rename(&new, &path));
    written.inspect_err(|error| {
        if error.kind() != ErrorKind::AlreadyExists {
            let _ = fs::remove_file(&new);
        }
    })
}

/// Makes a file. The kernel would kill a process that writes more than it may (SIGXFSZ), so the limit is asked first.
fn file(path: &Path, content: &[u8], permissions: Permissions) -> io::Result<()> {
    if getrlimit(Resource::Fsize).current.is_some_and(|most| most < content.len() as u64) {
        return Err(Errno::FBIG.into());
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.set_permissions(permissions)
}

/// Removes whatever has this path, with what is in it. A link is removed, and not what it points to.
fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    removed.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}
