//! Finds the name that a typo was meant to be.

/// The most edits between a typo and what was meant.
const MOST_EDITS: usize = 2;

/// The longest text that is compared, in bytes: as long as the longest name there is (of a file on Linux, `NAME_MAX`).
const LONGEST: usize = 255;

/// The candidate that was most likely meant: at most two edits away, and fewer edits than half of its length.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST {
        return None;
    }
    let lower = written.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(written.len()) <= MOST_EDITS)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(edits, candidate)| *edits <= MOST_EDITS && edits * 2 < candidate.len().max(2))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}
