//! The preview for people: after the build log, the files that a build writes.

use crate::plan::Planned;
use crate::preview::escape::escaped;
use crate::write::launch;
use std::io;

/// The files that build writes into the layers directory, one after the other.
pub(super) fn layers(plan: &[Planned]) -> io::Result<String> {
    let mut text = String::new();
    if !plan.is_empty() {
        text += "\n# launch.toml\n";
        text += &escaped(&toml::to_string(&launch::launch(plan)).map_err(io::Error::other)?);
    }
    for planned in plan {
        for (name, value) in &planned.env {
            let file = format!("environment/env.launch/{}/{name}.default", planned.name);
            text = text + "\n# " + &file + "\n" + &escaped(value) + "\n";
        }
    }
    Ok(text)
}
