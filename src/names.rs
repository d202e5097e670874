//! Names of process types: which the Buildpack API accepts, and which Kubernetes does. Pure.

use crate::text::is_invisible;

/// The longest name that a file can have on Linux, in bytes (`NAME_MAX`): the launcher is linked under the type's name.
pub const LONGEST_FILE_NAME: usize = 255;

/// Whether the character may stand in a process type (CNB Buildpack spec, launch.toml: numbers, letters, `.`, `_`, `-`).
#[must_use]
pub fn is_process_type_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

/// Whether a process type of this name can be launched (P5).
///
/// The spec's characters, less what can be no file name: the exporter links `/cnb/process/TYPE` to the launcher.
#[must_use]
pub fn is_process_type(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_FILE_NAME
        && name != "."
        && name != ".."
        && name.chars().all(is_process_type_character)
}

/// The longest DNS label, in characters (RFC 1123).
const LONGEST_LABEL: usize = 63;

/// Whether a name is a DNS label (RFC 1123): lower-case letters, digits, inner hyphens, at most 63.
#[must_use]
pub fn is_dns_label(name: &str) -> bool {
    name.len() <= LONGEST_LABEL
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && name.bytes().next().is_some_and(|byte| byte != b'-')
        && !name.ends_with('-')
}

/// The DNS label nearest to a text: lower case, anything else a hyphen. Empty if nothing is left.
#[must_use]
pub fn to_dns_label(name: &str) -> String {
    let label: String = name
        .chars()
        .map(|character| match character.to_ascii_lowercase() {
            kept @ ('a'..='z' | '0'..='9') => kept,
            _ => '-',
        })
        .collect();
    let label: String = label.trim_matches('-').chars().take(LONGEST_LABEL).collect();
    label.trim_end_matches('-').to_string()
}

/// A process type to call something instead of `name`, which is none: what is left without invisible characters, or
/// the nearest DNS label. Empty if neither comes to mind.
#[must_use]
pub fn process_type_like(name: &str) -> String {
    let seen: String = name.chars().filter(|character| !is_invisible(*character)).collect();
    match seen.trim() {
        seen if is_process_type(seen) => seen.to_string(),
        seen if seen.is_ascii() => to_dns_label(seen),
        _ => String::new(),
    }
}

/// The candidate that was most likely meant: at most two edits away, and fewer than half of its length.
#[must_use]
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST_FILE_NAME {
        return None;
    }
    let lower = written.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(written.len()) <= 2)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 2 && distance * 2 < candidate.len().max(2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
