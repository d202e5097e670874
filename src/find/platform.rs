//! What the platform gives a phase of the build, as libcnb reads it.

use libcnb::generic::GenericPlatform;
use libcnb::{Env, Platform};
use std::io;
use std::path::{Path, PathBuf};

/// The platform's directory.
#[derive(Debug)]
pub struct ProcfilePlatform {
    env: Env,
    /// Where service bindings are, unless a variable names another directory (S3).
    pub bindings: PathBuf,
}

impl ProcfilePlatform {
    /// A platform without a directory: only these variables and those of the process, and only the bindings in the
    /// directory that one of them names.
    pub fn with(variables: Vec<(String, String)>) -> Self {
        let mut env = Env::new();
        for (name, value) in variables {
            env.insert(name, value);
        }
        Self { env, bindings: PathBuf::new() }
    }
}

impl Platform for ProcfilePlatform {
    fn env(&self) -> &Env {
        &self.env
    }

    fn from_path(directory: impl AsRef<Path>) -> io::Result<Self> {
        let env = GenericPlatform::from_path(&directory)?.env().clone();
        Ok(Self { env, bindings: directory.as_ref().join("bindings") })
    }
}
