//! Escapes for TOML and JSON on a terminal.

use crate::text::is_invisible;

/// A text with the escapes that both TOML and JSON have, for what a terminal should not get.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let is_layout = matches!(character, '\n' | '\t');
        if !is_layout && (character.is_control() || is_invisible(character)) {
            let mut units = [0; 2];
            out.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}")));
        } else {
            out.push(character);
        }
    }
    out
}
