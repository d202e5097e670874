//! What the platform gives a phase of the build.

use crate::find::problems::{LARGEST_FILE, Unusable};
use crate::find::variables::{Given, is_ours};
use libcnb::{Env, Platform};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// The platform's directory.
#[derive(Debug)]
pub struct ProcfilePlatform {
    /// The variables that this buildpack reads. Others may be anything, and are left alone (R5).
    variables: Vec<Given>,
    /// Variables that win over those of the process.
    overriding: Vec<Given>,
    /// Where service bindings are, unless a variable names another directory (S3).
    pub bindings: PathBuf,
    /// What the framework could ask for, and does not.
    env: Env,
}

impl ProcfilePlatform {
    /// A platform without a directory: only these variables and those of the process, and only the bindings in the
    /// directory that one of them names.
    pub fn with(variables: Vec<(String, String)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), Ok(value.into()))).collect();
        Self { variables, overriding: Vec::new(), bindings: PathBuf::new(), env: Env::new() }
    }

    /// The same with variables that win over those of the process.
    pub(crate) fn overridden_by(self, overriding: Vec<Given>) -> Self {
        Self { overriding, ..self }
    }

    /// Those that win over those of the process.
    pub(crate) fn overriding(&self) -> impl Iterator<Item = Given> {
        self.overriding.iter().cloned()
    }

    /// Its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = Given> {
        self.variables.iter().cloned()
    }
}

impl Platform for ProcfilePlatform {
    fn env(&self) -> &Env {
        &self.env
    }

    fn from_path(directory: impl AsRef<Path>) -> io::Result<Self> {
        let (env, bindings) = (directory.as_ref().join("env"), directory.as_ref().join("bindings"));
        let mut names = match fs::read_dir(&env) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            entries => entries?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?,
        };
        names.retain(|name| name.to_str().is_some_and(is_ours));
        let variables = names.into_iter().filter_map(|name| Some((name.clone(), read(&env.join(&name))?)));
        Ok(Self { variables: variables.collect(), overriding: Vec::new(), bindings, env: Env::new() })
    }
}

/// The value of a variable. `None` if its file is no regular one: Kubernetes mounts directories beside the values.
fn read(path: &Path) -> Option<Result<OsString, Unusable>> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return None;
    }
    let mut value = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut value));
    Some(match read {
        Err(error) => Err(Unusable::Unreadable(error.to_string())),
        Ok(_) if value.len() as u64 > LARGEST_FILE => Err(Unusable::TooLarge),
        Ok(_) => Ok(OsString::from_vec(value)),
    })
}
