//! Asks for memory before it is used: Rust aborts a process that gets none (R7).

use std::hint::black_box;

/// The most memory that a build takes, in bytes (R1).
const MOST: usize = 64 << 20;

/// The memory that a build may need for files of this size in all, in bytes.
pub fn needed(bytes: usize) -> usize {
    // Every key of a TOML text can become a table.
    bytes.saturating_mul(64).saturating_add(4 << 20).min(MOST)
}

/// Whether the process can get so much memory.
pub fn is_free(bytes: usize) -> bool {
    let mut memory: Vec<u8> = Vec::new();
    let is_free = memory.try_reserve_exact(bytes).is_ok();
    // A compiler may leave out memory that nothing looks at.
    black_box(&memory);
    is_free
}
