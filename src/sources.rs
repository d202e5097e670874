//! Finds and reads the sources of process types (section S of the contract). Files are read here, through [`AppDir`], and nowhere else.

use crate::app_dir::{AppDir, Refusal};
use crate::diagnostics::{Diagnostics, Span, problems};
use crate::settings::{self, SettingProblem, Settings};
use crate::text::{Encoding, Text, decode};
use std::io::ErrorKind;
use std::path::Path;

/// Where a text comes from, in the order in which problems are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
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
    /// The stack that the image is built for.
    StackId,
}

/// The texts of all sources that there are.
#[derive(Debug, Default)]
pub struct Sources {
    texts: Vec<(Source, Text)>,
    /// Sources that are there and could not be read; their texts are empty.
    unread: Vec<Source>,
}

impl Sources {
    /// The text of a source, if there is such a source.
    #[must_use]
    pub fn text(&self, source: Source) -> Option<&Text> {
        self.texts.iter().find(|(there, _)| *there == source).map(|(_, text)| text)
    }

    /// Adds the text of a source.
    pub fn add(&mut self, source: Source, text: Text) {
        self.texts.push((source, text));
    }

    /// The content of a source, if there is such a source and it could be read.
    #[must_use]
    pub fn content(&self, source: Source) -> Option<&str> {
        self.text(source).filter(|_| !self.unread.contains(&source)).map(|text| text.content.as_str())
    }
}

/// Reads every source of an app.
pub fn read(app: &AppDir, settings: &Settings, problems: &mut Diagnostics) -> Sources {
    let mut sources = Sources::default();
    let procfile = Place {
        source: Source::Procfile,
        usual_name: "Procfile",
        variable: (Source::ProcfilePath, settings::PROCFILE_PATH, settings.procfile_path.as_deref()),
    };
    let descriptor = Place {
        source: Source::ProjectToml,
        usual_name: "project.toml",
        variable: (Source::DescriptorPath, settings::DESCRIPTOR_PATH, settings.descriptor_path.as_deref()),
    };
    for place in [procfile, descriptor] {
        read_file(app, &place, &mut sources, problems);
    }
    let variables = [
        (Source::DefaultProcess, settings::DEFAULT_PROCESS, &settings.default_process),
        (Source::DefaultType, settings::DEFAULT_TYPE, &settings.default_type),
        (Source::Shell, settings::SHELL, &settings.shell),
        (Source::DirectProcess, settings::DIRECT_PROCESS, &settings.direct_process),
        (Source::StackId, settings::STACK_ID, &settings.stack_id),
    ];
    for (source, name, value) in variables {
        if let Some(value) = value {
            sources.add(source, Text::new(name, value.clone()));
        }
    }
    sources
}

/// Where a file is looked for: under its usual name, unless a variable names another.
struct Place<'a> {
    source: Source,
    usual_name: &'a str,
    variable: (Source, &'a str, Option<&'a str>),
}

fn read_file(app: &AppDir, place: &Place, sources: &mut Sources, problems: &mut Diagnostics) {
    let (variable_source, variable, given) = place.variable;
    let name = match given.map(|path| path.trim_end_matches('/')) {
        Some(path) if app.has_directory(Path::new(path)) => format!("{path}/{}", place.usual_name),
        Some(path) => path.to_string(),
        None => place.usual_name.to_string(),
    };
    let at = Span::new(place.source, 0..0);
    let content = match app.read(Path::new(&name)) {
        Ok(Some(bytes)) => decoded(bytes, place.source, problems),
        Ok(None) => {
            let Some(given) = given else { return };
            sources.add(variable_source, Text::new(variable, given.to_string()));
            let problem = SettingProblem::PathNotFound { path: name };
            problems.push(problem, Span::new(variable_source, 0..given.len()));
            return;
        }
        // A directory of that name is no Procfile; detect names it as a near miss (D3).
        Err(Refusal::NotRegular { kind: "directory" }) if place.source == Source::Procfile && given.is_none() => return,
        Err(refusal) => {
            problems.push(FileProblem::from(refusal), at);
            sources.unread.push(place.source);
            String::new()
        }
    };
    sources.add(place.source, Text::new(&name, content));
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
        /// A link, or `..`, leads out of the app directory.
        Error "outside-app" Outside,
        /// A directory, named pipe, socket or device.
        Error "not-a-file" NotAFile {
            /// What it is, as a noun.
            kind: &'static str,
        },
        /// The operating system refused.
        Error "unreadable-file" Unreadable {
            /// Its words.
            reason: String,
            /// Whether permission is what lacks.
            permission: bool,
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
        /// UTF-16, which other tools do not read (P1).
        Warning "utf-16" Utf16,
    }
}

impl From<Refusal> for FileProblem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::BrokenLink => Self::BrokenLink,
            Refusal::Outside => Self::Outside,
            Refusal::NotRegular { kind } => Self::NotAFile { kind },
            Refusal::Changed => {
                Self::Unreadable { reason: "it was replaced while it was read".to_string(), permission: false }
            }
            Refusal::TooLarge => Self::TooLarge,
            Refusal::Io(error) => {
                Self::Unreadable { reason: error.to_string(), permission: error.kind() == ErrorKind::PermissionDenied }
            }
        }
    }
}
