//! Names of process types: what the Buildpack API accepts, and what Kubernetes accepts.

use crate::text::is_invisible;
use std::borrow::Cow;

/// The longest name that a file can have on Linux, in bytes (`NAME_MAX`): the launcher is linked under the type's name.
pub const LONGEST_FILE_NAME: usize = 255;

/// The process type that Heroku runs before each release of an app. Most platforms do not, so it is not what an image is
/// for, and it ends by itself (P13).
pub const RELEASE: &str = "release";

/// Whether a process type may contain the character (CNB Buildpack spec, launch.toml: numbers, letters, `.`, `_`, `-`).
pub fn is_process_type_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

/// Whether a process type of this name can be launched (P5).
///
/// These are the names that the spec allows, without those that cannot be the name of a file: the exporter links
/// `/cnb/process/TYPE` to the launcher.
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
pub fn is_dns_label(name: &str) -> bool {
    name.len() <= LONGEST_LABEL
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.is_empty()
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// The DNS label nearest to a text: in lower case, with hyphens for all other characters. `None` if nothing is left.
pub fn to_dns_label(name: &str) -> Option<Cow<'_, str>> {
    if is_dns_label(name) {
        return Some(Cow::Borrowed(name));
    }
    let is_other = |character: char| !character.is_ascii_lowercase() && !character.is_ascii_digit();
    let label = name.to_ascii_lowercase().replace(is_other, "-");
    let label = label.trim_matches('-');
    let label = label[..label.len().min(LONGEST_LABEL)].trim_end_matches('-');
    (!label.is_empty()).then(|| Cow::Owned(label.to_string()))
}

/// A process type to use instead of a name that is not valid: the name without its invisible characters, or else the
/// nearest DNS label.
pub fn process_type_like(name: &str) -> Option<String> {
    let seen: String = name.chars().filter(|character| !is_invisible(*character)).collect();
    match without_number(seen.trim()) {
        seen if is_process_type(seen) => Some(seen.to_string()),
        seen if seen.is_ascii() => to_dns_label(seen).map(Cow::into_owned),
        _ => None,
    }
}

/// A name without the number of an item in a list (`1. web`).
fn without_number(name: &str) -> &str {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let item = rest.strip_prefix(['.', ')']).filter(|item| rest.len() < name.len() && item.starts_with([' ', '\t']));
    item.map_or(name, str::trim_start)
}

/// Whether a word is `NAME=VALUE` as a shell reads it before a program.
pub fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| is_shell_name(name))
}

/// Words in the name of a file or a process type that is not for production.
const FOR_DEVELOPERS: [&str; 10] =
    ["dev", "develop", "development", "debug", "doc", "docs", "local", "test", "tests", "testing"];

/// Whether a name (`dev`, `web-debug`) says that what it names is not for production.
pub fn is_for_developers(name: &str) -> bool {
    name.split(['-', '_', '.']).any(|part| FOR_DEVELOPERS.iter().any(|word| word.eq_ignore_ascii_case(part)))
}

/// What follows `Procfile.` in the name of a file that is for one environment: `dev`, `staging`. `None` for other names,
/// and for the ending that editors of Windows add.
pub fn environment_of(file_name: &str) -> Option<&str> {
    let (stem, environment) = file_name.split_once('.')?;
    (stem.eq_ignore_ascii_case("procfile") && !environment.eq_ignore_ascii_case("txt")).then_some(environment)
}

/// The longest name of an environment variable, in bytes: the name of its file in a layer ends in `.default`.
pub const LONGEST_VARIABLE: usize = LONGEST_FILE_NAME - ".default".len();

/// Whether a shell accepts the name of a variable (POSIX 3.216, Name), and a layer a file of that name.
pub fn is_variable(name: &str) -> bool {
    name.len() <= LONGEST_VARIABLE && is_shell_name(name)
}

/// Whether a shell accepts the name of a variable (POSIX 3.216, Name).
pub fn is_shell_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
