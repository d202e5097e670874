//! One binary for all tests that need nothing but the compiled buildpack, and, ignored, those that need Docker.
//! A test that proves a clause of the contract names it, as in (P3).

#![expect(unused_crate_dependencies, reason = "the library target uses them")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::needless_raw_string_hashes, reason = "snapbox writes snapshots with them")]

mod advice;
mod architecture;
mod bindings;
mod blocks;
mod ci;
#[cfg(target_os = "linux")]
mod colour;
mod configuration;
mod contract;
mod detect;
mod diagnostics;
mod docs;
mod editors;
mod examples;
mod extend;
mod fix;
mod formats;
mod groups;
mod hostile;
#[cfg(target_os = "linux")]
mod init;
mod integration;
mod integration_examples;
mod integration_faults;
mod integration_ports;
mod lifecycle;
mod literals;
mod limits;
mod log;
mod machines;
mod manifests;
mod merge;
mod names;
mod neighbours;
mod output;
mod pictures;
mod places;
mod policy;
mod ports;
mod preview;
mod procfile;
mod project_toml;
mod release;
mod run;
mod scripts;
mod slips;
mod stand_ins;
mod support;
mod syntax;
mod variables;
