//! The crates in `crates/` that stand in for others.

use proptest::prelude::*;

/// All patterns of libcnb-data 0.30.4.
const PATTERNS: [&str; 4] = [
    r"^(?!(build|launch|store)$).+$",
    r"^(?!(app|config|sbom)$)[[:alnum:]./-]+$",
    r"^[[:alnum:]._-]+$",
    r"^[A-Za-z0-9_-]+$",
];

/// Whether a text matches, by fancy-regex and by its stand-in.
fn both(pattern: &str, text: &str) -> (bool, bool) {
    let real = fancy_regex::Regex::new(pattern).unwrap().is_match(text).unwrap();
    (real, fancy_regex_stand_in::Regex::new(pattern).unwrap().is_match(text).unwrap())
}

#[test]
fn the_patterns_of_libcnb_match_the_same() {
    let words = ["", "app", "config", "sbom", "build", "launch", "store", "a/b", "é", "a\n", "\n", "a b", "._-", "A1"];
    for pattern in PATTERNS {
        for first in words {
            for text in words.map(|second| format!("{first}{second}")) {
                let (real, ours) = both(pattern, &text);
                assert_eq!(ours, real, "{pattern} on {text:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn generated_texts_match_the_same(text in "(app|config|sbom|build|launch|store)?\\PC{0,6}(app|\n)?") {
        for pattern in PATTERNS {
            let (real, ours) = both(pattern, &text);
            prop_assert_eq!(ours, real, "{} on {:?}", pattern, text);
        }
    }

    /// A pattern is refused, or means the same.
    #[test]
    fn other_patterns_are_refused_or_match_the_same(
        pattern in "\\^(\\(\\?!(a|ab|\\(a\\|b\\)|\\(a|a\\|b|\\.)\\$?\\))?(\\.|\\[[a-c./_\\-^&\\]]{1,5}(\\[:alnum:\\])?-?\\])[+*]\\$",
        text in "[a-c./_\n-]{0,3}",
    ) {
        if let Ok(ours) = fancy_regex_stand_in::Regex::new(&pattern) {
            let real = fancy_regex::Regex::new(&pattern).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(ours.is_match(&text).unwrap(), real.is_match(&text).unwrap(), "{} on {:?}", pattern, text);
        }
    }
}
