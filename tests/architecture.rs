//! The order of the modules, which docs/architecture.md explains.

use crate::support::{files, manifest};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The files that each file of the library uses.
fn uses() -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
    let src = manifest("src");
    let is_in_library = |path: &PathBuf| !path.starts_with(src.join("bin")) && !path.ends_with("main.rs");
    let library = files(&src).into_iter().filter(is_in_library);
    library.map(|path| (path.strip_prefix(&src).unwrap().to_path_buf(), used_by(&path))).collect()
}

fn used_by(path: &Path) -> BTreeSet<PathBuf> {
    let code = fs::read_to_string(path).unwrap();
    assert!(!code.contains("super::"), "{}: write `crate::`, with the path of the file", path.display());
    let is_path = |c: char| c == '_' || c == ':' || c.is_ascii_alphanumeric();
    let paths = code.split("crate::").skip(1).map(|rest| rest.split(|c| !is_path(c)).next().unwrap());
    let by_path = paths.map(|path| file_of(&path.split("::").collect::<Vec<_>>()));
    let folder = path.parent().unwrap().strip_prefix(manifest("src")).unwrap();
    // A folder's own file uses the files in it.
    let modules = code.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
    let inside = modules.filter(|_| path.ends_with("mod.rs")).map(|name| {
        let mut segments: Vec<&str> = folder.iter().map(|part| part.to_str().unwrap()).collect();
        segments.push(name.trim_end_matches(';'));
        file_of(&segments)
    });
    let own = path.strip_prefix(manifest("src")).unwrap();
    by_path.chain(inside).filter(|used| used != own).collect()
}

/// The file of a path such as `text::Span`.
fn file_of(segments: &[&str]) -> PathBuf {
    let candidates = (1..=segments.len()).rev().flat_map(|length| {
        let path: PathBuf = segments[..length].iter().collect();
        [path.with_extension("rs"), path.join("mod.rs")]
    });
    let mut found = candidates.filter(|path| manifest("src").join(path).is_file());
    found.next().unwrap_or_else(|| panic!("crate::{} is in no file", segments.join("::")))
}

/// A module uses only those above it in `lib.rs`.
#[test]
fn modules_use_only_those_above_them() {
    let table = fs::read_to_string(manifest("src/lib.rs")).unwrap();
    let modules = table.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let modules: Vec<&str> = modules.collect();
    let place = |path: &Path| {
        let name = path.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        modules.iter().position(|module| *module == name).unwrap_or_else(|| panic!("lib.rs does not list {name}"))
    };
    for (path, used) in uses().iter().filter(|(path, _)| !path.ends_with("lib.rs")) {
        for other in used {
            assert!(place(other) <= place(path), "{} uses {}, which is below it", path.display(), other.display());
        }
    }
}

/// No two files use each other, directly or through others.
#[test]
fn no_files_use_each_other() {
    let mut uses = uses();
    // What uses nothing that is left, or is used by nothing that is left, is not part of a circle.
    let is_end = |uses: &BTreeMap<PathBuf, BTreeSet<PathBuf>>, path: &PathBuf| {
        uses[path].is_empty() || !uses.values().any(|used| used.contains(path))
    };
    while let Some(path) = uses.keys().find(|path| is_end(&uses, path)).cloned() {
        uses.remove(&path);
        for used in uses.values_mut() {
            used.remove(&path);
        }
    }
    assert_eq!(uses, BTreeMap::new(), "these use each other");
}
