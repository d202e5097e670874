//! Reads the files that are sources of process types (section S of the contract).

use crate::diagnostics::Diagnostics;
use crate::find::problems::FindProblem;
use crate::find::root_dir::RootDir;
use crate::text::{Encoding, Source, Sources, Span, Text, Variable, decode};
use std::path::Path;

/// What shells read at a login.
const PROFILE: &str = ".profile";

/// The type of a binding with a Procfile, and the name of its entry.
const PROCFILE: &str = "Procfile";

/// Where the files of an app are looked for: under the usual name, unless a variable names another.
const PLACES: [(Source, &str, Variable); 2] = [
    (Source::Procfile, "Procfile", Variable::ProcfilePath),
    (Source::ProjectToml, "project.toml", Variable::DescriptorPath),
];

/// Reads every file that is a source, and adds it to the variables: files of the app, and of the service bindings in
/// the directory `bindings`.
pub fn read(app: &RootDir, bindings: &Path, sources: &mut Sources, problems: &mut Diagnostics) {
    if let Some((path, content)) = binding(bindings) {
        add(Source::Binding, &path, content, sources, problems);
    }
    for (source, usual_name, variable) in PLACES {
        let given = sources.value(variable);
        let name = match given.map(|path| path.trim_end_matches('/')) {
            Some(path) if app.has_directory(Path::new(path)) => format!("{path}/{usual_name}"),
            Some(path) => path.to_string(),
            None => usual_name.to_string(),
        };
        match (app.read(Path::new(&name)), given) {
            (Ok(None), Some(given)) => {
                let at = Span::new(Source::Variable(variable), 0..given.len());
                problems.push(FindProblem::PathNotFound { path: name }, at);
            }
            // A directory of that name is not a Procfile; detect names it as a near miss (D3).
            (Err(FindProblem::NotAFile { kind: "directory" }), None) if source == Source::Procfile => {}
            (Ok(None), None) => {}
            (Ok(Some(bytes)), _) => add(source, &name, Ok(bytes), sources, problems),
            // The file itself is not in the app, and its name may be the variable's mistake.
            (Err(FindProblem::Outside { root, .. }), Some(given)) => {
                let problem = FindProblem::Outside { root, is_named: true };
                problems.push(problem, Span::new(Source::Variable(variable), 0..given.len()));
            }
            (Err(problem), _) => add(source, &name, Err(problem), sources, problems),
        }
    }
    if app.head(Path::new(PROFILE), 0).is_some() {
        sources.add(Source::Profile, Text::new(PROFILE, String::new()));
    }
}

/// The Procfile of the service binding of type `Procfile` in a directory of bindings, if there is one: its path, and its
/// bytes or why there are none. Anything else that is wrong with bindings does not concern this buildpack.
fn binding(directory: &Path) -> Option<(String, Result<Vec<u8>, FindProblem>)> {
    let root = RootDir::new(directory, "the directory of the service bindings").ok()?;
    let is_procfile = |name: &str| {
        let kind = root.read(&Path::new(name).join("type"));
        matches!(kind, Ok(Some(kind)) if kind.trim_ascii().eq_ignore_ascii_case(PROCFILE.as_bytes()))
    };
    // The names first: not every machine lets a directory and a file in it be open at the same time.
    let mut names = root.names(|_| true);
    names.retain(|name| is_procfile(name));
    let entry = Path::new(names.first()?).join(PROCFILE);
    let path = directory.join(&entry).to_string_lossy().into_owned();
    let content = match root.read(&entry) {
        _ if names.len() > 1 => Err(FindProblem::SeveralBindings { names }),
        content => content.and_then(|bytes| bytes.ok_or(FindProblem::NoBindingEntry)),
    };
    Some((path, content))
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
