//! Decodes the bytes of a file (P1).

use std::ops::Range;

/// How a file's bytes became text.
#[derive(Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 with a byte order mark.
    Utf16,
    /// Neither: the text has U+FFFD where bytes could not be decoded.
    Invalid {
        /// Whether it was read as UTF-16.
        utf16: bool,
        /// The offset in the file of the first byte that is not UTF-8 (or of a UTF-16 unit without its pair).
        file_offset: usize,
        /// The byte there.
        byte: u8,
        /// Where in the text that is.
        text_range: Range<usize>,
    },
}

/// Decodes a file (P1).
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
