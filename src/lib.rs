//! A Cloud Native Buildpack that turns a Procfile, or the process tables of a project.toml, into launch.toml.
//!
//! The modules are in the order of the data, and a module uses only those above it. Only `find` reads files and asks
//! programs, only `write` writes files, only `tell` and `preview` print; the rest is pure. `src/bin/launcher.rs` is the
//! launcher for images without a shell, and process 1 where signals have to reach more than one process.

#![cfg_attr(test, expect(unused_crate_dependencies, reason = "the tests in tests/ use them"))]

// What all stages share.
pub mod text;
pub mod diagnostics;

// The stages.
pub mod find;
pub mod parse;
pub mod detect;
pub mod merge;
pub mod launcher;
pub mod shell;
pub mod plan;
pub mod advice;
pub mod failure;
pub mod write;

// What the user is told.
pub mod catalogue;
pub mod tell;

// What leads the data through the stages.
pub mod buildpack;
pub mod lifecycle;
pub mod preview;
