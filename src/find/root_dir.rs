//! A directory whose content may be hostile: broken, huge, linked elsewhere, changing while it is read. Mostly the app
//! directory, but also the directories of service bindings and of layers.

use crate::find::problems::{FindProblem, LARGEST_FILE};
use rustix::fs::OFlags;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How files are opened: nothing blocks, and no link is followed.
const FLAGS: OFlags = OFlags::NONBLOCK.union(OFlags::NOFOLLOW);

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
        let path = self.root.join(relative);
        let real = match fs::canonicalize(&path) {
            Ok(real) => real,
            Err(error) if is_absent(&error) && fs::symlink_metadata(&path).is_ok() => {
                return Err(FindProblem::BrokenLink);
            }
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if !real.starts_with(&self.root) {
            return Err(FindProblem::Outside { root: self.noun });
        }
        let checked = fs::symlink_metadata(&real)?;
        if !checked.is_file() {
            return Err(FindProblem::NotAFile { kind: kind(&checked) });
        }
        let file = OpenOptions::new().read(true).custom_flags(FLAGS.bits().cast_signed()).open(&real)?;
        let opened = file.metadata()?;
        let same = opened.is_file() && (opened.dev(), opened.ino()) == (checked.dev(), checked.ino());
        if same && self.holds(&file) {
            return Ok(Some(file));
        }
        let reason = "it was replaced while it was read".to_string();
        Err(FindProblem::Unreadable { reason, kind: ErrorKind::Other })
    }

    /// Whether an open file is inside. A directory above it may have been replaced with a link since its path was
    /// resolved, so the kernel is asked for the path of the open file; without procfs, the resolved path has to do.
    fn holds(&self, file: &File) -> bool {
        let path = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()));
        path.map_or(true, |path| path.starts_with(&self.root))
    }

    /// Whether `relative` is a directory, inside or through a link.
    pub fn has_directory(&self, relative: &Path) -> bool {
        fs::metadata(self.root.join(relative)).is_ok_and(|found| found.is_dir())
    }

    /// Whether a file, inside or through a link, can be executed by anyone; `None` if there is no such file.
    pub fn is_executable(&self, relative: &Path) -> Option<bool> {
        let path = self.root.join(relative);
        match fs::metadata(&path) {
            Ok(found) => (!found.is_dir()).then_some(found.mode() & 0o111 != 0),
            // A link may point to something that only the image has.
            Err(error) => (!is_absent(&error) || fs::symlink_metadata(&path).is_ok()).then_some(true),
        }
    }

    /// When a file was last written, if it is there.
    pub fn modified(&self, relative: &Path) -> Option<SystemTime> {
        fs::metadata(self.root.join(relative)).ok()?.modified().ok()
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
    } else {
        "device"
    }
}
