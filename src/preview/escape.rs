//! Escapes what a terminal should not get.

use crate::text::is_invisible;
use serde::Serialize;
use std::io;

/// A text with escapes for what a terminal should not get.
pub(super) fn escaped(text: &str, escape: fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if needs_escape(character) { out += &escape(character) } else { out.push(character) }
    }
    out
}

/// Whether a terminal should not get a character.
pub(super) fn needs_escape(character: char) -> bool {
    !matches!(character, '\n' | '\t') && (character.is_control() || is_invisible(character))
}

/// A document of JSON.
pub(super) fn document(value: &impl Serialize) -> io::Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
    Ok(escaped(&text, json) + "\n")
}

/// Escapes a character as JSON does.
fn json(character: char) -> String {
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units).iter();
    units.fold(String::new(), |text, unit| text + &format!("\\u{unit:04X}"))
}
