//! What is wrong with an app: values with a place, that own their message, and one renderer. Pure.
//!
//! Each stage lists its problems in a file `problems.rs`: names, severities and messages.

pub mod found;
pub mod message;
pub mod problem;
pub mod render;

pub use found::{Diagnostic, Diagnostics};
pub use message::{Message, Replaced};
pub(crate) use problem::problems;
pub use problem::{Listed, Problem, Severity, page};
pub use render::render;
