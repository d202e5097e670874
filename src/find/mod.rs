//! Finds and reads what a build starts from: variables, files, service bindings, what earlier buildpacks declared. The
//! only stage that reads files and asks programs.

pub mod bash;
pub mod earlier;
pub mod files;
pub mod host;
pub mod memory;
mod path;
pub mod platform;
pub(crate) mod problems;
pub mod root_dir;
pub mod surroundings;
pub mod variables;

pub use earlier::{Earlier, EarlierCommand, EarlierProcess};
pub use host::Host;
pub use platform::ProcfilePlatform;
pub use root_dir::RootDir;
pub use surroundings::{Check, LONGEST_SCRIPT, Presence, Surroundings};
