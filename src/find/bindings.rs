//! Finds the Procfile of a service binding (S3).

use crate::find::problems::FindProblem;
use crate::find::root_dir::RootDir;
use std::path::Path;

/// The type of the binding and the name of its entry.
const PROCFILE: &str = "Procfile";

/// The Procfile of the service binding of type `Procfile` in a directory of bindings, if there is one: its path, and its
/// bytes or why there are none. Anything else that is wrong with bindings does not concern this buildpack.
pub(super) fn find(directory: &Path) -> Option<(String, Result<Vec<u8>, FindProblem>)> {
    let root = RootDir::new(directory, "the directory of the service bindings").ok()?;
    let is_procfile = |name: &str| {
        let kind = root.read(&Path::new(name).join("type"));
        matches!(kind, Ok(Some(kind)) if kind.trim_ascii().eq_ignore_ascii_case(PROCFILE.as_bytes()))
    };
    let names = root.names(is_procfile);
    let entry = Path::new(names.first()?).join(PROCFILE);
    let path = directory.join(&entry).to_string_lossy().into_owned();
    let content = match root.read(&entry) {
        _ if names.len() > 1 => Err(FindProblem::SeveralBindings { names }),
        content => content.and_then(|bytes| bytes.ok_or(FindProblem::NoBindingEntry)),
    };
    Some((path, content))
}
