//! A Cloud Native Buildpack that turns a Procfile, or the process tables of a project.toml, into launch.toml.
//!
//! The modules stand in the order in which data passes through them; `buildpack` and `preview` lead it through.
//! Files are read in `root_dir` alone, bash is asked in `bash` alone, and `output` and `preview` alone print; what is
//! between is pure. `src/bin/launcher.rs` is the launcher of images without a shell.

#![cfg_attr(test, expect(unused_crate_dependencies, reason = "the tests in tests/ use them"))]

pub mod platform;
pub mod settings;
pub mod root_dir;
pub mod bash;
pub mod text;
pub mod sources;
pub mod policy;
pub mod detect;
pub mod names;
pub mod process;
pub mod procfile;
pub mod project_toml;
pub mod earlier;
pub mod merge;
pub mod shell_choice;
pub mod shell;
pub mod template;
pub mod run;
pub mod advice;
pub mod plan;
pub mod launch;
pub mod report;
pub mod diagnostics;
pub mod words;
pub mod render;
pub mod output;
pub mod buildpack;
pub mod preview;
