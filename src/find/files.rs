//! Reads the files that are sources of process types (section S of the contract).

use crate::diagnostics::Diagnostics;
use crate::find::bindings;
use crate::find::problems::FindProblem;
use crate::find::root_dir::RootDir;
use crate::text::{Encoding, Source, Sources, Span, Text, Variable, decode};
use std::path::Path;

/// What shells read at a login.
const PROFILE: &str = ".profile";

/// Where a file is looked for: under its usual name, unless a variable names another.
struct Place {
    source: Source,
    usual_name: &'static str,
    variable: Variable,
}

const PLACES: [Place; 2] = [
    Place { source: Source::Procfile, usual_name: "Procfile", variable: Variable::ProcfilePath },
    Place { source: Source::ProjectToml, usual_name: "project.toml", variable: Variable::DescriptorPath },
];

/// Reads every file that is a source, and adds it to the variables: files of the app, and of the service bindings in
/// the directory `bindings`.
pub fn read(app: &RootDir, bindings: &Path, sources: &mut Sources, problems: &mut Diagnostics) {
    if let Some(binding) = bindings::find(bindings) {
        add(Source::Binding, &binding.path, binding.content, sources, problems);
    }
    for place in &PLACES {
        read_file(app, place, sources, problems);
    }
    if app.head(Path::new(PROFILE)).is_some() {
        sources.add(Source::Profile, Text::new(PROFILE, String::new()));
    }
}

fn read_file(app: &RootDir, place: &Place, sources: &mut Sources, problems: &mut Diagnostics) {
    let given = sources.value(place.variable);
    let name = match given.map(|path| path.trim_end_matches('/')) {
        Some(path) if app.has_directory(Path::new(path)) => format!("{path}/{}", place.usual_name),
        Some(path) => path.to_string(),
        None => place.usual_name.to_string(),
    };
    let content = match app.read(Path::new(&name)) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => {
            if let Some(given) = given {
                let at = Span::new(Source::Variable(place.variable), 0..given.len());
                problems.push(FindProblem::PathNotFound { path: name }, at);
            }
            return;
        }
        // A directory of that name is not a Procfile; detect names it as a near miss (D3).
        Err(FindProblem::NotAFile { kind: "directory" }) if place.source == Source::Procfile && given.is_none() => {
            return;
        }
        Err(problem) => Err(problem),
    };
    add(place.source, &name, content, sources, problems);
}

/// Adds a file, or why it cannot be read.
fn add(
    source: Source,
    name: &str,
    content: Result<Vec<u8>, FindProblem>,
    sources: &mut Sources,
    problems: &mut Diagnostics,
) {
    match content {
        Ok(bytes) => sources.add(source, Text::new(name, decoded(bytes, source, problems))),
        Err(problem) => {
            problems.push(problem, Span::new(source, 0..0));
            sources.add_unread(source, name);
        }
    }
}

fn decoded(bytes: Vec<u8>, source: Source, problems: &mut Diagnostics) -> String {
    let (content, encoding) = decode(bytes);
    match encoding {
        Encoding::Utf8 => {}
        Encoding::Utf16 => problems.push(FindProblem::Utf16, Span::new(source, 0..0)),
        Encoding::Invalid { utf16, file_offset, byte, text_range } => {
            problems.push(FindProblem::InvalidEncoding { utf16, file_offset, byte }, Span::new(source, text_range));
        }
    }
    content
}
