//! Finds the process tables of a project.toml, and tables that were probably meant to be one.

use crate::text::nearest;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A key and its place.
pub(super) type Name<'a> = Spanned<Cow<'a, str>>;

/// A key at a path, and its value.
pub(super) fn lookup<'d, 'a>(document: &'d DeTable<'a>, path: &[&str]) -> Option<(&'d Name<'a>, &'d Value<'a>)> {
    let (last, parents) = path.split_last()?;
    let mut table = document;
    for key in parents {
        match table.get(*key)?.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return None,
        }
    }
    table.get_key_value(*last)
}

/// A table that was probably meant to be `io.octopilot.processes`: its name, and the place of its key. Either it has
/// nearly that name, or it has the name in another place, or `io.octopilot` has the types themselves.
pub(super) fn misspelled(document: &DeTable) -> Option<(String, Range<usize>)> {
    let table = |path: &[&str]| {
        let (key, value) = lookup(document, path)?;
        matches!(value.get_ref(), DeValue::Table(_)).then(|| (path.join("."), key.span()))
    };
    let nearly = || {
        let DeValue::Table(octopilot) = lookup(document, &["io", "octopilot"])?.1.get_ref() else { return None };
        let is_misspelled = |key: &str| key != "processes" && nearest(key, ["processes"]).is_some();
        let key = octopilot.keys().find(|key| is_misspelled(key.get_ref()))?;
        Some((format!("io.octopilot.{}", key.get_ref()), key.span()))
    };
    let elsewhere: [&[&str]; 3] = [&["processes"], &["octopilot", "processes"], &["tool", "octopilot", "processes"]];
    let bare = || lookup(document, &["io", "octopilot", "web"]).and_then(|_| table(&["io", "octopilot"]));
    nearly().or_else(|| elsewhere.into_iter().find_map(table)).or_else(bare)
}
