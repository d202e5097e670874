//! All that a build reads.

use crate::surroundings::Answers;
use crate::text::{Pieces, Word};
use arbitrary::{Arbitrary, Result, Unstructured};
use octopilot_procfile::find::{Earlier, EarlierCommand, EarlierProcess};
use octopilot_procfile::text::{Source, Sources, Text, Variable};
use std::collections::BTreeMap;

/// An app, the variables of a build, and what earlier buildpacks declared.
#[derive(Arbitrary, Debug)]
pub struct App {
    binding: Option<(Pieces, Procfile)>,
    procfile: Option<Procfile>,
    project_toml: Option<ProjectToml>,
    variables: Vec<(u8, Word)>,
    unknown_variables: Vec<(Pieces, Pieces)>,
    /// What else the app directory has.
    pub names: Vec<Word>,
    /// What the stages ask.
    pub answers: Answers,
    earlier: Vec<(Word, Vec<Pieces>, Pieces)>,
    earlier_default: Option<Word>,
    left_out: Vec<Pieces>,
}

const TYPES: [&str; 12] =
    ["web", "worker", "release", "clock", "Web", "WORKER", "launcher", "a.b", "a_b", "web-dev", ".", "web2"];
const FILES: [&str; 6] = ["Procfile", "procfile", "Procfile.dev", "Profile", "project.TOML", "Procfile.txt"];

#[derive(Arbitrary, Debug)]
struct Procfile(Vec<Line>);

#[derive(Debug)]
enum Line {
    Entry { name: Word, colon: &'static str, command: Pieces, end: &'static str },
    Mistake { text: &'static str, end: &'static str },
    Other(Pieces),
}

impl<'a> Arbitrary<'a> for Line {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match bytes.int_in_range(0..=7)? {
            0 => Self::Mistake { text: bytes.choose(&MISTAKES)?, end: bytes.choose(&ENDS)? },
            1 => Self::Other(bytes.arbitrary()?),
            _ => Self::Entry {
                name: bytes.arbitrary()?,
                colon: bytes.choose(&COLONS)?,
                command: bytes.arbitrary()?,
                end: bytes.choose(&ENDS)?,
            },
        })
    }
}

const COLONS: [&str; 9] = [": ", ": ", ": ", ": ", ":", " :", " : ", "=", ""];
const ENDS: [&str; 7] = ["\n", "\n", "\n", "\r\n", "\r", " \n", ""];

/// What is no entry, and each is known by its own words.
const MISTAKES: [&str; 20] = [
    "# a", "\u{feff}web: a", "heroku ps:scale web=1", "<<<<<<< HEAD", "=======", "\"web: a\"", "web: a \\", "; a",
    "// a", "/* a */", "web: web: a", "web: heroku run a", "CMD [\"a\"]", "ENTRYPOINT a", "ExecStart=/a",
    "{\"web\": \"a\"}", "  command: a", "* * * * * a", "[program:web]", "web: ",
];

impl Procfile {
    fn text(&self) -> String {
        let line = |line: &Line| match line {
            Line::Entry { name, colon, command, end } => format!("{}{colon}{command}{end}", name.of(&TYPES)),
            Line::Mistake { text, end } => format!("{text}{end}"),
            Line::Other(text) => text.to_string(),
        };
        self.0.iter().map(line).collect()
    }
}

#[derive(Arbitrary, Debug)]
struct ProjectToml(Vec<Item>);

#[derive(Debug)]
enum Item {
    /// A header, with a process type if there is a place for one.
    Header(u8, Word),
    Pair(Word, Value),
    Process(Word, Pieces),
    Other(Pieces),
}

impl<'a> Arbitrary<'a> for Item {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match bytes.int_in_range(0..=15)? {
            0 => Self::Other(bytes.arbitrary()?),
            1..=3 => Self::Process(bytes.arbitrary()?, bytes.arbitrary()?),
            4..=7 => Self::Header(bytes.arbitrary()?, bytes.arbitrary()?),
            _ => Self::Pair(bytes.arbitrary()?, bytes.arbitrary()?),
        })
    }
}

const HEADERS: [&str; 12] = [
    "[io.octopilot.processes]",
    "[io.octopilot.processes.{}]",
    "[io.octopilot.processes.{}.env]",
    "[[io.buildpacks.processes]]",
    "[_]",
    "[[io.buildpacks.build.env]]",
    "[[build.env]]",
    "[io.octopilot.process]",
    "[processes]",
    "[[io.octopilot.processes]]",
    "[io]",
    "[tool.a]",
];
const KEYS: [&str; 22] = [
    "command", "args", "working-dir", "env", "default", "init", "type", "web", "worker", "schema-version", "name",
    "value", "cwd", "cmd", "ports", "replicas", "schedule", "comand", "A", "PORT", "io.octopilot.processes.web",
    "env.A",
];
const VALUES: [&str; 14] = [
    "a", "bash", "sh", "none", "true", "BP_PROCFILE_SHELL", "BP_PROCFILE_STRICT", "BP_PROCFILE_ALLOW",
    "BP_PROCFILE_DEFAULT_TYPE", "release", "web", "../a", "/a", "$A ${A:-b}",
];

#[derive(Arbitrary, Debug)]
enum Value {
    Text(u8, Word),
    Array(Vec<Value>),
    Table(Vec<(Word, Value)>),
    Bool(bool),
    Number(i8),
    Other(Pieces),
}

impl ProjectToml {
    fn text(&self) -> String {
        let item = |item: &Item| match item {
            Item::Header(number, name) => {
                format!("{}\n", HEADERS[usize::from(*number) % HEADERS.len()].replace("{}", &name.of(&TYPES)))
            }
            Item::Process(name, command) => {
                let command = string(0, &command.to_string());
                format!("[io.octopilot.processes.{}]\ncommand = {command}\n", name.of(&TYPES))
            }
            Item::Pair(key, value) => format!("{} = {}\n", key.of(&KEYS), value.text()),
            Item::Other(text) => format!("{text}\n"),
        };
        self.0.iter().map(item).collect()
    }
}

impl Value {
    fn text(&self) -> String {
        let join = |items: Vec<String>| items.join(", ");
        match self {
            Self::Text(form, word) => string(*form, &word.of(&VALUES)),
            Self::Array(values) => format!("[{}]", join(values.iter().map(Self::text).collect())),
            Self::Table(pairs) => {
                let pair = |(key, value): &(Word, Self)| format!("{} = {}", key.of(&KEYS), value.text());
                format!("{{ {} }}", join(pairs.iter().map(pair).collect()))
            }
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Other(text) => text.to_string(),
        }
    }
}

/// A string of TOML in one of its forms. Only the first can hold any text, and every other one is written as it is.
fn string(form: u8, text: &str) -> String {
    let escaped = |character: char| match character {
        '"' | '\\' => format!("\\{character}"),
        ' '..='~' => character.to_string(),
        _ => format!("\\U{:08X}", u32::from(character)),
    };
    match form % 5 {
        0 | 1 => format!("\"{}\"", text.chars().map(escaped).collect::<String>()),
        2 => format!("'{text}'"),
        3 => format!("\"\"\"\n{text}\"\"\""),
        _ => format!("'''{text}'''"),
    }
}

/// What variables may have as a value.
const SETTINGS: [&str; 20] = [
    "true", "false", "1", "0", "auto", "bash", "sh", "none", "never", "stays", "always", "web", "worker", "a",
    "shell-stays,release", "unset-port", "io.buildpacks.stacks.tiny", "heroku-24", "a $A", "TRUE",
];

impl App {
    /// The sources, each where there is a text. Variables have no blanks around them.
    pub fn sources(&self) -> Sources {
        let mut sources = Sources::default();
        for (number, value) in &self.variables {
            let variable = Variable::ALL[usize::from(*number) % Variable::ALL.len()];
            let value = value.of(&SETTINGS).trim().to_string();
            if sources.text(Source::Variable(variable)).is_none() && !value.is_empty() {
                sources.add(Source::Variable(variable), Text::new(variable.name(), value));
            }
        }
        for (number, (name, value)) in (0..).zip(&self.unknown_variables) {
            let name = format!("BP_PROCFILE_{name}");
            sources.add(Source::UnknownVariable(number), Text::new(&name, value.to_string().trim().to_string()));
        }
        if let Some((name, procfile)) = &self.binding {
            sources.add(Source::Binding, Text::new(&format!("{name}/Procfile"), procfile.text()));
        }
        for (source, variable, name, text) in [
            (Source::Procfile, Variable::ProcfilePath, "Procfile", self.procfile()),
            (Source::ProjectToml, Variable::DescriptorPath, "project.toml", self.project_toml()),
        ] {
            let name = sources.value(variable).unwrap_or(name).to_string();
            if let Some(text) = text {
                sources.add(source, Text::new(&name, text));
            }
        }
        sources
    }

    /// The Procfile.
    pub fn procfile(&self) -> Option<String> {
        self.procfile.as_ref().map(Procfile::text)
    }

    /// The project.toml.
    pub fn project_toml(&self) -> Option<String> {
        self.project_toml.as_ref().map(ProjectToml::text)
    }

    /// Names in the app directory.
    pub fn names(&self) -> Vec<String> {
        self.names.iter().map(|name| name.of(&FILES)).collect()
    }

    /// What earlier buildpacks declared.
    pub fn earlier(&self) -> Earlier {
        let process = |(name, command, buildpack): &(Word, Vec<Pieces>, Pieces)| {
            let mut words: Vec<String> = command.iter().map(Pieces::to_string).collect();
            let command = match words.pop() {
                Some(text) if words.is_empty() => EarlierCommand::Text(text),
                Some(argument) => EarlierCommand::Words(words.iter().cloned().chain([argument]).collect()),
                None => EarlierCommand::Words(Vec::new()),
            };
            let buildpack = buildpack.to_string();
            (name.of(&TYPES), EarlierProcess { command, args: words, working_dir: None, buildpack })
        };
        Earlier {
            is_known: true,
            processes: self.earlier.iter().map(process).collect::<BTreeMap<_, _>>(),
            default: self.earlier_default.as_ref().map(|name| name.of(&TYPES)),
            left_out: self.left_out.iter().map(Pieces::to_string).collect(),
        }
    }
}
