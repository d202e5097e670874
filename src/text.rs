//! A source's text: decoding its bytes, and finding lines and columns in it. Pure.

use std::ops::Range;

/// A decoded text and where its lines start.
#[derive(Debug)]
pub struct Text {
    /// What the user calls it, made [`visible`]: a path relative to the app directory, or a variable's name.
    pub name: String,
    /// The text, without a byte order mark.
    pub content: String,
    lines: Vec<Range<u32>>,
}

/// A line and column, both counted from 1; columns count characters, as editors do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Text {
    /// A text of at most 4 GiB (sources are limited to 1 MiB).
    #[must_use]
    pub fn new(name: &str, content: String) -> Self {
        let index = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let lines = lines(&content).map(|line| index(line.start)..index(line.end)).collect();
        Self { name: visible(name), content, lines }
    }

    /// The position of the character that starts at byte `offset`.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let index = self.line_index(offset);
        let start = self.lines.get(index).map_or(0, |line| line.start as usize);
        let before = self.content.get(start..offset).unwrap_or_default();
        Position { line: index + 1, column: before.chars().count() + 1 }
    }

    /// The number of the line that holds byte `offset`, counted from 1.
    #[must_use]
    pub fn line_number(&self, offset: usize) -> usize {
        self.line_index(offset) + 1
    }

    /// The bytes of the line that holds byte `offset`, without its end.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> Range<usize> {
        self.lines.get(self.line_index(offset)).map_or(0..0, |line| line.start as usize..line.end as usize)
    }

    fn line_index(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start as usize <= offset).saturating_sub(1)
    }
}

/// The lines of a text without their ends, which are LF, CRLF or CR (P2). The last needs no end.
pub fn lines(content: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = content.as_bytes();
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = bytes.get(start..)?;
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            next = None;
            return Some(start..bytes.len());
        };
        let end = start + length;
        let crlf = rest[length..].starts_with(b"\r\n");
        next = Some(end + if crlf { 2 } else { 1 });
        Some(start..end)
    })
}

/// How a file's bytes became text.
#[derive(Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 that a byte order mark announced.
    Utf16,
    /// Neither: the text holds U+FFFD where the bytes could not be read.
    Invalid {
        /// Whether it was read as UTF-16.
        utf16: bool,
        /// The offset in the file of the first byte that is no UTF-8 (or of a UTF-16 unit without its pair).
        file_offset: usize,
        /// The byte there.
        byte: u8,
        /// Where in the text that is.
        text_range: Range<usize>,
    },
}

/// Decodes a file (P1).
#[must_use]
pub fn decode(bytes: Vec<u8>) -> (String, Encoding) {
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, ..] => decode_utf8(bytes, 3),
        _ => decode_utf8(bytes, 0),
    }
}

fn decode_utf8(mut bytes: Vec<u8>, mark: usize) -> (String, Encoding) {
    bytes.drain(..mark);
    match String::from_utf8(bytes) {
        Ok(content) => (content, Encoding::Utf8),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(valid).copied().unwrap_or_default();
            let text_range = valid..valid + char::REPLACEMENT_CHARACTER.len_utf8();
            let content = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (content, Encoding::Invalid { utf16: false, file_offset: mark + valid, byte, text_range })
        }
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (String, Encoding) {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut content = String::with_capacity(bytes.len());
    let mut invalid = None;
    let mut units = 0;
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        if decoded.is_err() && invalid.is_none() {
            invalid = Some((units * 2, content.len()));
        }
        units += decoded.as_ref().map_or(1, |character| character.len_utf16());
        content.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !odd.is_empty() {
        invalid = invalid.or(Some((units * 2, content.len())));
        content.push(char::REPLACEMENT_CHARACTER);
    }
    let encoding = invalid.map_or(Encoding::Utf16, |(offset, start)| Encoding::Invalid {
        utf16: true,
        file_offset: 2 + offset,
        byte: bytes.get(offset).copied().unwrap_or_default(),
        text_range: start..start + char::REPLACEMENT_CHARACTER.len_utf8(),
    });
    (content, encoding)
}

/// The control characters of a text that no line of a source may hold: C0 but for the tab, DEL, C1.
pub fn forbidden_controls(text: &str) -> impl Iterator<Item = (Range<usize>, char)> {
    let characters = text.char_indices().filter(|(_, character)| character.is_control() && *character != '\t');
    characters.map(|(at, character)| (at..at + character.len_utf8(), character))
}

/// Whether a character cannot be seen or reorders its neighbours: what looks right may be something else.
///
/// Of Unicode's `Cf` and `Zs` categories and the fillers, those that take no ink; the ASCII blank is not one.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    matches!(
        u32::from(character),
        0xA0 | 0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x1680 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F | 0x3000 | 0x3164 | 0xFE00..=0xFE0E
            | 0xFEFF | 0xFFA0 | 0xFFF9..=0xFFFB | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF
    )
}

/// The invisible characters of a text, each where it occurs first.
#[must_use]
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

/// A text made fit for one line of a log: control and invisible characters are escaped.
#[must_use]
pub fn visible(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_string();
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
    out
}
