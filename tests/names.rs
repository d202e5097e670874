//! The names of process types (P5).

use libcnb::data::launch::ProcessType;
use octopilot_procfile::parse::names::{LONGEST_FILE_NAME, is_dns_label, is_process_type, to_dns_label};
use octopilot_procfile::text::nearest;
use proptest::prelude::*;

proptest! {
    /// Launch.toml is written without libcnb's check of each name, so ours must be no wider; it is narrower only by
    /// what can be no file name.
    #[test]
    fn process_types_are_libcnbs_less_file_names(name in "[ -~\u{e9}\n]{0,4}|[A-Za-z0-9._-]{1,300}|\\.{1,3}") {
        let file_name = name != "." && name != ".." && name.len() <= LONGEST_FILE_NAME;
        prop_assert_eq!(is_process_type(&name), name.parse::<ProcessType>().is_ok() && file_name);
    }

    /// A label made from any text is a label, and a label stays as it is.
    #[test]
    fn labels_are_labels(name in "\\PC{0,80}") {
        let label = to_dns_label(&name);
        prop_assert!(label.as_deref().is_none_or(is_dns_label));
        prop_assert_eq!(is_dns_label(&name), label.as_deref() == Some(name.as_str()));
    }
}

/// RFC 1123, at its edges.
#[test]
fn dns_labels_have_edges() {
    let long = "a".repeat(63);
    for label in ["a", "0", "a-b", "a--b", "web", long.as_str()] {
        assert!(is_dns_label(label), "{label}");
    }
    for name in ["", "-", "-a", "a-", "A", "a_b", "a.b", "\u{e9}", &"a".repeat(64)] {
        assert!(!is_dns_label(name), "{name}");
    }
}

/// Near misses are near: two edits, and not most of the word.
#[test]
fn nearest_is_near() {
    let keys = ["command", "args", "env", "default", "working-dir"];
    for (written, expected) in [
        ("comand", Some("command")),
        ("Command", Some("command")),
        ("commnad", Some("command")),
        ("arg", Some("args")),
        ("envs", Some("env")),
        ("workingdir", Some("working-dir")),
        ("working_dir", Some("working-dir")),
        ("port", None),
        ("cmd", None),
        ("", None),
    ] {
        assert_eq!(nearest(written, keys), expected, "{written}");
    }
}
