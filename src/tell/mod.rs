//! Tells the user what happened: diagnostics on standard error, the log on standard output.

pub mod log;
pub mod print;
