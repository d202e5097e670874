//! The files that a build writes, as text.

use crate::plan::{Form, Planned};
use crate::preview::escape::{escaped, needs_escape};
use crate::text::quote::list;
use crate::write::{ENVIRONMENT, launch};
use std::io;
use std::path::Path;

/// The files that build writes into the layers directory, one after the other.
pub(super) fn layers(plan: &[Planned]) -> io::Result<String> {
    let mut text = String::new();
    if !plan.is_empty() {
        let unknown = plan.iter().filter(|planned| planned.run.form == Form::Earlier).map(|planned| &planned.name);
        let names = list(unknown, "and");
        let of =
            if names.is_empty() { String::new() } else { format!(", without what earlier buildpacks run for {names}") };
        text = text + "\n# launch.toml" + &of + "\n";
        text += &launch_toml(plan)?;
    }
    for (path, value) in launch::environment(plan) {
        text = text + "\n# " + ENVIRONMENT + "/" + &path + "\n" + &escaped(value, toml_escape) + "\n";
    }
    Ok(text)
}

/// launch.toml, with escapes for what a terminal should not get. Only basic strings have escapes, so that a string which
/// needs one is written as such a string.
fn launch_toml(plan: &[Planned]) -> io::Result<String> {
    let written = launch::launch(plan).map_err(io::Error::other)?;
    let (mut text, mut rest) = (String::with_capacity(written.len()), written.as_str());
    for word in plan.iter().flat_map(strings).filter(|word| word.contains(needs_escape)) {
        let literal = toml::Value::from(word).to_string();
        let basic = serde_json::to_string(word).map_err(io::Error::other)?;
        if let Some((before, after)) = rest.split_once(&literal) {
            text = text + before + &escaped(&basic, toml_escape);
            rest = after;
        }
    }
    Ok(text + rest)
}

/// The strings of a process, in the order in which launch.toml has them.
fn strings<'p>(planned: &'p Planned) -> impl Iterator<Item = &'p str> {
    let words = planned.command().into_iter().chain(planned.args().iter().map(AsRef::as_ref));
    words.chain(planned.working_dir.as_deref().and_then(Path::to_str))
}

fn toml_escape(character: char) -> String {
    let code = u32::from(character);
    if code > 0xFFFF { format!("\\U{code:08X}") } else { format!("\\u{code:04X}") }
}
