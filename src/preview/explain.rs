//! The pages of the diagnostics, which `build.rs` has packed into the binary.

use miniz_oxide::inflate::decompress_to_vec;

const PAGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pages"));

/// The page about the diagnostic of this name.
pub(super) fn page(name: &str) -> Option<String> {
    let pages = String::from_utf8(decompress_to_vec(PAGES).ok()?).ok()?;
    let mut parts = pages.split('\0');
    while let (Some(title), Some(text)) = (parts.next(), parts.next()) {
        if title == name {
            return Some(text.to_string());
        }
    }
    None
}
