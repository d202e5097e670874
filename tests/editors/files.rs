//! Generated files with process tables.

use octopilot_procfile::parse::key::{ALIAS, Key, Kind, TABLE};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

/// Texts of all sorts.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z]{1,5}( -[a-z]| [a-z]{1,4})?",
        1 => "[ \t\r\n#a]{0,4}",
        1 => "(\\.\\./|\\./|a/|/|\\.|[a-z_.-]|[0-9]|[A-Z]){0,5}",
        1 => "\\PC{0,4}",
    ]
}

/// Values of all types.
fn anything() -> impl Strategy<Value = toml::Value> {
    let one = prop_oneof![
        4 => text().prop_map(toml::Value::from),
        1 => any::<i64>().prop_map(toml::Value::from),
        1 => any::<f64>().prop_map(toml::Value::from),
        1 => any::<bool>().prop_map(toml::Value::from),
        1 => Just(toml::Value::Datetime("1979-05-27".parse().unwrap())),
    ];
    one.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(toml::Value::from),
            btree_map(prop_oneof![text(), key()], inner, 0..3).prop_map(toml::Value::from),
        ]
    })
}

pub(super) fn key() -> impl Strategy<Value = String> {
    select(Key::ALL).prop_map(|key| key.name().to_string())
}

/// A value that a key takes.
fn right(kind: Kind) -> BoxedStrategy<toml::Value> {
    let words = || vec("[a-z-]{1,5}|[A-Z]|", 0..3);
    let program = || ("[a-z]{1,5}", words()).prop_map(|(program, words)| [vec![program], words].concat());
    match kind {
        Kind::Name => "[A-Za-z0-9_.-]{1,3}[a-z]".prop_map(toml::Value::from).boxed(),
        Kind::Command => prop_oneof![
            "([ \t\n]|#a\n){0,2}[a-z]{1,5}( [a-z-]{1,4}){0,2}\n?".prop_map(toml::Value::from),
            program().prop_map(toml::Value::from),
        ]
        .boxed(),
        Kind::Words => words().prop_map(toml::Value::from).boxed(),
        Kind::Program => program().prop_map(toml::Value::from).boxed(),
        Kind::Directory => "/?([a-z.]?[a-z]/){0,2}[a-z]?".prop_map(toml::Value::from).boxed(),
        Kind::Variables => btree_map("[A-Za-z_][A-Z0-9_]{0,3}", "\\PC{0,4}", 0..3).prop_map(toml::Value::from).boxed(),
        Kind::Boolean => any::<bool>().prop_map(toml::Value::from).boxed(),
    }
}

/// A process type as a table, with values that its keys take.
pub(super) fn settings(keys: &'static [Key]) -> impl Strategy<Value = toml::Table> {
    let entry = select(keys).prop_flat_map(|key| (Just(key.name().to_string()), right(key.kind())));
    let table = vec(entry, 0..5).prop_map(|entries| entries.into_iter().collect());
    (table, right(Kind::Name), right(Kind::Command)).prop_map(|(mut table, name, command): (toml::Table, _, _)| {
        if keys.contains(&Key::Type) {
            table.extend([("type".to_string(), name), ("command".to_string(), command)]);
        } else if table.contains_key("command") {
            table.remove("wrap");
        }
        table
    })
}

/// A table of process types, and an array of them, as a file.
pub(super) fn file(table: impl Into<toml::Value>, array: impl Into<toml::Value>) -> String {
    format!("{TABLE} = {}\n{ALIAS} = {}\n", table.into(), array.into())
}

/// A name that is not a key, and what it is the name of.
pub(super) fn process() -> impl Strategy<Value = (String, toml::Value)> {
    let settings = settings(Key::OF_TABLE).prop_map(toml::Value::from);
    ("[A-Za-z0-9_.-]{0,3}[0-9]", prop_oneof![settings, right(Kind::Command)])
}

/// The same with something in it that may be wrong.
pub(super) fn wrong(keys: &'static [Key]) -> impl Strategy<Value = toml::Value> {
    let entry = (prop_oneof![3 => key(), 1 => text()], anything());
    let settings = (settings(keys), vec(entry, 0..2)).prop_map(|(mut table, entries)| {
        table.extend(entries);
        toml::Value::from(table)
    });
    prop_oneof![3 => settings, 1 => anything()]
}
