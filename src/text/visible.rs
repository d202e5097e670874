//! Shows what cannot be seen: control characters and invisible ones.

use std::borrow::Cow;
use std::ops::Range;

/// The control characters that no line of a source may have: C0 except the tab, DEL, C1.
pub fn forbidden_controls(text: &str) -> impl Iterator<Item = (Range<usize>, char)> {
    let characters = text.char_indices().filter(|(_, character)| character.is_control() && *character != '\t');
    characters.map(|(at, character)| (at..at + character.len_utf8(), character))
}

/// Whether a character cannot be seen, or reorders its neighbours, so that a text is not what it looks like.
///
/// Those are, by their Unicode properties, the formats, separators and ignorable characters, except signs that stand
/// before digits and are drawn, U+FE0F, which turns a symbol into an emoji, and the ASCII blank. Four more characters are
/// drawn as nothing. A test compares this table with the properties.
pub fn is_invisible(character: char) -> bool {
    matches!(
        u32::from(character),
        0xA0 | 0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x1680 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F | 0x2800 | 0x3000 | 0x3164 | 0xFE00..=0xFE0E
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFC | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D159
            | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF
    )
}

/// A text with ordinary blanks for those that are not, and without all other invisible characters.
pub fn without_invisible(text: &str) -> String {
    let seen = text.chars().map(|character| match character {
        blank if is_invisible(blank) && blank.is_whitespace() => Some(' '),
        invisible if is_invisible(invisible) => None,
        seen => Some(seen),
    });
    seen.flatten().collect()
}

/// The invisible characters of a text, each at its first place.
pub fn invisible_characters(text: &str) -> Vec<(Range<usize>, char)> {
    let mut found: Vec<(Range<usize>, char)> = Vec::new();
    if text.is_ascii() {
        return found;
    }
    for (at, character) in text.char_indices() {
        if is_invisible(character) && !found.iter().any(|(_, known)| *known == character) {
            found.push((at..at + character.len_utf8(), character));
        }
    }
    found
}

/// A text that is safe to print on one line: control characters and invisible characters are escaped.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character.is_control() || is_invisible(character) => {
                out.extend(character.escape_unicode());
            }
            _ => out.push(character),
        }
    }
    Cow::Owned(out)
}
