//! Nothing: see the README beside this crate.
