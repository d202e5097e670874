//! Finds and reads the sources of process types (section S of the contract). Files are
//! read through [`RootDir`].

use crate::diagnostics::{Diagnostics, Span, problems};
use crate::root_dir::{Refusal, RootDir};
use crate::settings::{self, SettingProblem, Settings};
use crate::text::{Encoding, Text, decode};
use std::io::ErrorKind;
use std::path::Path;

/// Where a text comes from, in the order in which problems are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The `Procfile` of a service binding (S3).
    Binding,
    /// The Procfile (S1).
    Procfile,
    /// The project.toml (S2).
    ProjectToml,
    /// The variable that gives the command of `web` (S4).
    DefaultProcess,
    /// The variable that names the Procfile.
    ProcfilePath,
    /// The variable that names the project.toml.
    DescriptorPath,
    /// The variable that names the default process type.
    DefaultType,
    /// The variable that says what runs command lines.
    Shell,
    /// The variable that says whether no shell does.
    DirectProcess,
    /// The variable that says whether warnings fail the build.
    Strict,
    /// The variable that names the warnings to leave out.
    Allow,
    /// The stack that the image is built for.
    StackId,
    /// A `.profile` in the app, which is never read.
    Profile,
}

impl Source {
    /// Whether it declares process types, or says where they are declared.
    #[must_use]
    pub fn leads_to_types(self) -> bool {
        self < Self::DefaultType
    }
}

/// The texts of all sources that there are.
#[derive(Debug, Default)]
pub struct Sources {
    texts: Vec<(Source, Text)>,
    /// Sources that are there and could not be read; their texts are empty.
    unread: Vec<Source>,
}

/// What a Procfile is called, in an app and in a service binding.
const PROCFILE: &str = "Procfile";

/// What shells read when somebody logs in.
const PROFILE: &str = ".profile";

/// The values of a boolean, in any case (C8).
const BOOLEANS: [&str; 4] = ["true", "false", "1", "0"];

impl Sources {
    /// The variables that are set.
    #[must_use]
    pub fn of_variables(settings: &Settings) -> Self {
        let variables = [
            (Source::DefaultProcess, settings::DEFAULT_PROCESS, &settings.default_process),
            (Source::DefaultType, settings::DEFAULT_TYPE, &settings.default_type),
            (Source::Shell, settings::SHELL, &settings.shell),
            (Source::DirectProcess, settings::DIRECT_PROCESS, &settings.direct_process),
            (Source::Strict, settings::STRICT, &settings.strict),
            (Source::Allow, settings::ALLOW, &settings.allow),
            (Source::StackId, settings::STACK_ID, &settings.stack_id),
        ];
        let mut sources = Self::default();
        for (source, name, value) in variables {
            if let Some(value) = value {
                sources.add(source, Text::new(name, value.clone()));
            }
        }
        sources
    }

    /// The accepted value that a variable has, if it is set (C8).
    pub fn choice(
        &self,
        variable: Source,
        accepted: &'static [&'static str],
        problems: &mut Diagnostics,
    ) -> Option<&'static str> {
        let given = self.content(variable)?;
        let value = accepted.iter().find(|value| value.eq_ignore_ascii_case(given));
        if value.is_none() {
            let problem = SettingProblem::InvalidValue { value: given.to_string(), accepted };
            problems.push(problem, Span::new(variable, 0..given.len()));
        }
        value.copied()
    }

    /// Whether a variable says yes (C8).
    pub fn flag(&self, variable: Source, problems: &mut Diagnostics) -> bool {
        matches!(self.choice(variable, &BOOLEANS, problems), Some("true" | "1"))
    }

    /// The text of a source, if there is such a source.
    #[must_use]
    pub fn text(&self, source: Source) -> Option<&Text> {
        self.texts.iter().find(|(there, _)| *there == source).map(|(_, text)| text)
    }

    /// Adds the text of a source.
    pub fn add(&mut self, source: Source, text: Text) {
        self.texts.push((source, text));
    }

    /// Adds a file, or why it cannot be read.
    fn add_file(
        &mut self,
        source: Source,
        name: &str,
        found: Result<Vec<u8>, FileProblem>,
        problems: &mut Diagnostics,
    ) {
        let content = match found {
            Ok(bytes) => decoded(bytes, source, problems),
            Err(problem) => {
                problems.push(problem, Span::new(source, 0..0));
                self.unread.push(source);
                String::new()
            }
        };
        self.add(source, Text::new(name, content));
    }

    /// The content of a source, if there is such a source and it could be read.
    #[must_use]
    pub fn content(&self, source: Source) -> Option<&str> {
        self.text(source).filter(|_| !self.unread.contains(&source)).map(|text| text.content.as_str())
    }
}

/// Reads every file that is a source: of the app, and of the service bindings in a directory.
pub fn read(app: &RootDir, bindings: &Path, settings: &Settings, sources: &mut Sources, problems: &mut Diagnostics) {
    read_binding(bindings, sources, problems);
    let procfile = Place {
        source: Source::Procfile,
        usual_name: PROCFILE,
        variable: (Source::ProcfilePath, settings::PROCFILE_PATH, settings.procfile_path.as_deref()),
    };
    let descriptor = Place {
        source: Source::ProjectToml,
        usual_name: "project.toml",
        variable: (Source::DescriptorPath, settings::DESCRIPTOR_PATH, settings.descriptor_path.as_deref()),
    };
    for place in [procfile, descriptor] {
        read_file(app, &place, sources, problems);
    }
    if app.head(Path::new(PROFILE)).is_some() {
        sources.add(Source::Profile, Text::new(PROFILE, String::new()));
    }
}

/// Reads the service binding of type `Procfile`, if there is one. What else is wrong with bindings is no business of
/// this buildpack.
fn read_binding(bindings: &Path, sources: &mut Sources, problems: &mut Diagnostics) {
    let Ok(root) = RootDir::new(bindings) else { return };
    let is_procfile = |name: &str| {
        let kind = root.read(&Path::new(name).join("type"));
        matches!(kind, Ok(Some(kind)) if kind.trim_ascii().eq_ignore_ascii_case(PROCFILE.as_bytes()))
    };
    let names = root.names(is_procfile);
    let Some(name) = names.first() else { return };
    let entry = Path::new(name).join(PROCFILE);
    let text_name = bindings.join(&entry).to_string_lossy().into_owned();
    let found = match root.read(&entry) {
        _ if names.len() > 1 => Err(FileProblem::SeveralBindings { names }),
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(FileProblem::NoBindingEntry),
        Err(Refusal::Outside) => Err(FileProblem::Outside { root: "the directory of the service bindings" }),
        Err(refusal) => Err(refusal.into()),
    };
    sources.add_file(Source::Binding, &text_name, found, problems);
}

/// Where a file is looked for: under its usual name, unless a variable names another.
struct Place<'a> {
    source: Source,
    usual_name: &'a str,
    variable: (Source, &'a str, Option<&'a str>),
}

fn read_file(app: &RootDir, place: &Place, sources: &mut Sources, problems: &mut Diagnostics) {
    let (variable_source, variable, given) = place.variable;
    let name = match given.map(|path| path.trim_end_matches('/')) {
        Some(path) if app.has_directory(Path::new(path)) => format!("{path}/{}", place.usual_name),
        Some(path) => path.to_string(),
        None => place.usual_name.to_string(),
    };
    let found = match app.read(Path::new(&name)) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => {
            let Some(given) = given else { return };
            sources.add(variable_source, Text::new(variable, given.to_string()));
            let problem = SettingProblem::PathNotFound { path: name };
            problems.push(problem, Span::new(variable_source, 0..given.len()));
            return;
        }
        // A directory of that name is no Procfile; detect names it as a near miss (D3).
        Err(Refusal::NotRegular { kind: "directory" }) if place.source == Source::Procfile && given.is_none() => return,
        Err(refusal) => Err(refusal.into()),
    };
    sources.add_file(place.source, &name, found, problems);
}

fn decoded(bytes: Vec<u8>, source: Source, problems: &mut Diagnostics) -> String {
    let (content, encoding) = decode(bytes);
    match encoding {
        Encoding::Utf8 => {}
        Encoding::Utf16 => problems.push(FileProblem::Utf16, Span::new(source, 0..0)),
        Encoding::Invalid { utf16, file_offset, byte, text_range } => {
            problems.push(FileProblem::InvalidEncoding { utf16, file_offset, byte }, Span::new(source, text_range));
        }
    }
    content
}

problems! {
    /// Why a file is not text that can be read.
    pub enum FileProblem {
        /// A link that leads nowhere.
        Error "broken-link" BrokenLink,
        /// A link, or `..`, leads out of the app directory, or of that of the service bindings.
        Error "outside-app" Outside {
            /// The directory, as a noun.
            root: &'static str,
        },
        /// A directory, named pipe, socket or device.
        Error "not-a-file" NotAFile {
            /// What it is, as a noun.
            kind: &'static str,
        },
        /// The operating system refused.
        Error "unreadable-file" Unreadable {
            /// Its words.
            reason: String,
            /// Of what kind that is.
            kind: ErrorKind,
        },
        /// More than 1 MiB.
        Error "file-too-large" TooLarge,
        /// Neither UTF-8 nor UTF-16 with a byte order mark (P1).
        Error "invalid-encoding" InvalidEncoding {
            /// Whether its byte order mark says UTF-16.
            utf16: bool,
            /// The offset of the first bad byte, counted from 0.
            file_offset: usize,
            /// That byte.
            byte: u8,
        },
        /// A service binding of type `Procfile` without an entry of that name (S3).
        Error "no-binding-entry" NoBindingEntry,
        /// More than one service binding of type `Procfile` (S3).
        Error "several-bindings" SeveralBindings {
            /// Their names.
            names: Vec<String>,
        },
        /// UTF-16, which other tools do not read (P1).
        Warning "utf-16" Utf16,
    }
}

impl From<Refusal> for FileProblem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::BrokenLink => Self::BrokenLink,
            Refusal::Outside => Self::Outside { root: "the app directory" },
            Refusal::NotRegular { kind } => Self::NotAFile { kind },
            Refusal::Changed => {
                Self::Unreadable { reason: "it was replaced while it was read".to_string(), kind: ErrorKind::Other }
            }
            Refusal::TooLarge => Self::TooLarge,
            Refusal::Io(error) => Self::Unreadable { reason: error.to_string(), kind: error.kind() },
        }
    }
}
