//! A directory whose content may be hostile: broken, huge, linked elsewhere, changing while it is read. Mostly the app
//! directory, but also the directories of service bindings and of layers.

use crate::find::problems::{FindProblem, LARGEST_FILE};
use rustix::fs::OFlags;
use rustix::io::Errno;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

/// How files are opened: nothing blocks, and no link is followed.
const FLAGS: OFlags = OFlags::NONBLOCK.union(OFlags::NOFOLLOW);

/// The most links in a path, as in Linux.
const MOST_LINKS: usize = 40;

/// The most names that are looked at for directories with a file.
const MOST_DIRECTORIES: usize = 200;

/// A directory to read files from. No link leads out of it.
#[derive(Clone, Debug)]
pub struct RootDir {
    root: PathBuf,
    /// What messages call it.
    noun: &'static str,
}

impl RootDir {
    /// The directory at `path`, which messages call `noun`.
    ///
    /// # Errors
    /// If `path` is not a directory or cannot be resolved.
    pub fn new(path: &Path, noun: &'static str) -> io::Result<Self> {
        let root = fs::canonicalize(path)?;
        if !root.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        Ok(Self { root, noun })
    }

    /// Its absolute path, with all links resolved.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The bytes of a regular file in it, or `None` if there is nothing of that name.
    pub(crate) fn read(&self, relative: &Path) -> Result<Option<Vec<u8>>, FindProblem> {
        let Some(file) = self.open(relative)? else { return Ok(None) };
        let mut bytes = Vec::new();
        // The length is not asked first, since the file may grow while it is read.
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST_FILE { Err(FindProblem::TooLarge) } else { Ok(Some(bytes)) }
    }

    /// The first bytes of a regular file in it, or fewer if it has no more; `None` if it cannot be read.
    pub fn head(&self, relative: &Path, length: u64) -> Option<Vec<u8>> {
        let mut head = Vec::new();
        self.open(relative).ok()??.take(length).read_to_end(&mut head).ok()?;
        Some(head)
    }

    /// Opens a regular file in it.
    ///
    /// Nothing blocks, and only the bytes of a regular file inside it are ever read: links are resolved first, a FIFO is
    /// not opened for reading, and what was opened is compared with what was checked.
    fn open(&self, relative: &Path) -> Result<Option<File>, FindProblem> {
        let Some(real) = self.resolve(relative)? else { return Ok(None) };
        let checked = fs::symlink_metadata(&real)?;
        if !checked.is_file() {
            return Err(FindProblem::NotAFile { kind: kind(&checked) });
        }
        let replaced = || {
            let reason = "it was replaced while it was read".to_string();
            FindProblem::Unreadable { reason, kind: ErrorKind::Other }
        };
        let file = match OpenOptions::new().read(true).custom_flags(FLAGS.bits().cast_signed()).open(&real) {
            // It is a link now.
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => return Err(replaced()),
            file => file?,
        };
        let opened = file.metadata()?;
        let same = opened.is_file() && (opened.dev(), opened.ino()) == (checked.dev(), checked.ino());
        if same && self.holds(&file) { Ok(Some(file)) } else { Err(replaced()) }
    }

    /// The path of what `relative` names, with all links resolved, or `None` if there is nothing of that name. Nothing
    /// outside is looked at, so that no answer depends on what a link out of the directory points to.
    fn resolve(&self, relative: &Path) -> Result<Option<PathBuf>, FindProblem> {
        let outside = || FindProblem::Outside { root: self.noun, is_named: false };
        let mut real = self.root.clone();
        // What is left of the path, from its end.
        let mut left: Vec<OsString> = Vec::new();
        follow(relative, &mut real, &mut left);
        let (mut links, mut ends_in_link) = (0, false);
        while let Some(part) = left.pop() {
            if part == ".." {
                real.pop();
                continue;
            }
            real.push(part);
            if self.root.starts_with(&real) {
                continue;
            }
            if !real.starts_with(&self.root) {
                return Err(outside());
            }
            let found = match fs::symlink_metadata(&real) {
                Err(error) if is_absent(&error) && ends_in_link => return Err(FindProblem::BrokenLink),
                Err(error) if is_absent(&error) => return Ok(None),
                Ok(_) if !has_exact_name(&real) => return Ok(None),
                found => found?,
            };
            if found.is_symlink() {
                links += 1;
                if links > MOST_LINKS {
                    return Err(io::Error::from(Errno::LOOP).into());
                }
                ends_in_link |= left.is_empty();
                let target = fs::read_link(&real)?;
                real.pop();
                follow(&target, &mut real, &mut left);
            }
        }
        if real.starts_with(&self.root) { Ok(Some(real)) } else { Err(outside()) }
    }

    /// Whether an open file is inside. A directory above it may have been replaced with a link since its path was
    /// resolved, so the kernel is asked for the path of the open file; without procfs, the resolved path has to do.
    fn holds(&self, file: &File) -> bool {
        let path = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()));
        path.map_or(true, |path| path.starts_with(&self.root))
    }

    /// Whether `relative` is a directory. Where a link leads out of this one, it may be.
    pub fn has_directory(&self, relative: &Path) -> bool {
        match self.resolve(relative) {
            Ok(Some(real)) => real.symlink_metadata().is_ok_and(|found| found.is_dir()),
            Err(FindProblem::Outside { .. }) => true,
            Ok(None) | Err(_) => false,
        }
    }

    /// Whether a file can be executed by anyone; `None` if there is no such file. A link may point to something that only
    /// the image has.
    pub fn is_executable(&self, relative: &Path) -> Option<bool> {
        match self.resolve(relative).map(|real| real.map(|real| real.symlink_metadata())) {
            Ok(Some(Ok(found))) => (!found.is_dir()).then_some(found.mode() & 0o111 != 0),
            Ok(None) => None,
            Ok(Some(Err(_))) | Err(_) => Some(true),
        }
    }

    /// When a file was last written, if it is there.
    pub fn modified(&self, relative: &Path) -> Option<SystemTime> {
        self.resolve(relative).ok()??.symlink_metadata().ok()?.modified().ok()
    }

    /// The first directories directly in it that have a regular file of this name, sorted. Hidden ones are left out.
    pub fn directories_with(&self, file: &str) -> Vec<String> {
        let has_file = |name: &str| {
            let real = self.resolve(&Path::new(name).join(file));
            matches!(real, Ok(Some(real)) if real.symlink_metadata().is_ok_and(|found| found.is_file()))
        };
        let mut names = self.names(|name| !name.starts_with('.'));
        names.truncate(MOST_DIRECTORIES);
        names.retain(|name| has_file(name));
        names
    }

    /// The names directly in it that `wanted` picks, sorted. Names that are not Unicode are left out.
    pub fn names(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| wanted(name)).collect();
        names.sort_unstable();
        names
    }
}

/// Puts the names of a path before those that are left, and starts at the root of the file system if it is absolute.
fn follow(path: &Path, real: &mut PathBuf, left: &mut Vec<OsString>) {
    if path.is_absolute() {
        *real = PathBuf::from("/");
    }
    let names = path.components().filter(|name| matches!(name, Component::Normal(_) | Component::ParentDir));
    left.extend(names.rev().map(|name| name.as_os_str().to_os_string()));
}

/// Whether what has this path is called exactly so. Most file systems of macOS take `procfile` for `Procfile`, and those of
/// images do not.
fn has_exact_name(path: &Path) -> bool {
    let (true, Some(directory), Some(name)) = (cfg!(target_os = "macos"), path.parent(), path.file_name()) else {
        return true;
    };
    let names = || fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names().any(|found| found == name) || !names().any(|found| found.eq_ignore_ascii_case(name))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn kind(found: &fs::Metadata) -> &'static str {
    let kind = found.file_type();
    if kind.is_dir() {
        "directory"
    } else if kind.is_fifo() {
        "named pipe"
    } else if kind.is_socket() {
        "socket"
    } else if kind.is_symlink() {
        "link"
    } else {
        "device"
    }
}
