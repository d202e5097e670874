//! Recognises lines in the formats of other tools (P12).

use crate::parse::names::is_process_type;
use crate::parse::procfile::line::{BLANKS, Foreign, Line, What, range_of};
use crate::parse::procfile::problems::{Format, Instead, ProcfileProblem, Syntax};
use crate::parse::procfile::values::{Value, entries, is_quoted, unquoted};
use crate::text::lines;

/// The instructions of a Dockerfile that are not in a Procfile (docs.docker.com: Dockerfile reference), and why not.
const INSTRUCTIONS: [(&str, &str); 14] = [
    ("ADD", "the image contains the whole app"),
    ("COPY", "the image contains the whole app"),
    ("EXPOSE", "a port is published when the image runs"),
    ("FROM", "the builder chooses the base image"),
    ("HEALTHCHECK", "the platform checks the process, for example with a `livenessProbe` in Kubernetes"),
    ("LABEL", ONLY_COMMANDS),
    ("MAINTAINER", ONLY_COMMANDS),
    ("ONBUILD", "buildpacks build the image"),
    ("RUN", "buildpacks build the image, and install what the app needs"),
    ("SHELL", "bash runs a command that needs a shell"),
    ("STOPSIGNAL", "the platform sends SIGTERM"),
    ("USER", "the run image chooses the user"),
    ("VOLUME", "volumes are mounted when the image runs"),
    ("WORKDIR", "processes start in the app directory, or in `working-dir` of a project.toml"),
];

/// Why a Procfile does not have most of what other files have.
pub(super) const ONLY_COMMANDS: &str = "a Procfile only says what runs";

/// The keys of systemd units (systemd.unit, systemd.service, systemd.exec) and of supervisord.conf that are not in a
/// Procfile, and why not. Units have hundreds; these are the usual ones.
const SETTINGS: [(&[&str], &str); 6] = [
    (&["WorkingDirectory", "directory"], "processes start in the app directory, or in `working-dir` of a project.toml"),
    (&["EnvironmentFile", "PassEnvironment"], "variables are set when the image runs"),
    (&["User", "Group", "user"], "the run image chooses the user"),
    (
        &["Restart", "RestartSec", "StartLimitInterval", "StartLimitBurst", "autostart", "autorestart", "startretries"],
        "the platform restarts processes",
    ),
    (&["ExecStartPre"], "a command that runs first goes before the program, with `&&` between them"),
    (
        &[
            "ExecStartPost", "ExecStop", "ExecStopPost", "ExecReload", "Description", "Documentation", "After",
            "Before", "Requires", "Wants", "PartOf", "BindsTo", "WantedBy", "RequiredBy", "Alias", "Type", "PIDFile",
            "KillMode", "KillSignal", "TimeoutSec", "TimeoutStartSec", "TimeoutStopSec", "LimitNOFILE", "LimitNPROC",
            "StandardOutput", "StandardError", "SyslogIdentifier", "RemainAfterExit", "PrivateTmp", "RuntimeDirectory",
            "process_name", "numprocs", "priority", "stopsignal", "stopwaitsecs", "startsecs", "stopasgroup",
            "killasgroup", "redirect_stderr", "stdout_logfile", "stderr_logfile", "nodaemon", "logfile", "pidfile",
        ],
        ONLY_COMMANDS,
    ),
];

/// The line of another tool that this is.
pub(super) fn of_no_entry(text: &str) -> Option<Line<'_>> {
    let trimmed = text.trim_matches(BLANKS);
    if let Some(item) = trimmed.strip_prefix("- ") {
        // The items of an entry that has its command already.
        let is_below = text.starts_with(BLANKS);
        let item_below = || is_below.then_some(Foreign { format: Format::Yaml, what: What::Other(ONLY_COMMANDS) });
        return entry(item).or_else(item_below).map(|foreign| Line::Foreign(foreign, range_of(text, trimmed)));
    }
    let foreign = instruction(trimmed)
        .or_else(|| setting(trimmed))
        .or_else(|| section(trimmed))
        .or_else(|| job(trimmed))
        .or_else(|| punctuation(trimmed))?;
    Some(Line::Foreign(foreign, range_of(text, trimmed)))
}

/// The start or the end of a block of code in Markdown.
pub(super) const FENCE: Foreign = Foreign { format: Format::Markdown, what: What::Other(ONLY_COMMANDS) };

/// The start of a file that a word processor saved.
pub(super) const RTF: Foreign = Foreign { format: Format::Rtf, what: What::Other(ONLY_COMMANDS) };

/// A line of another tool that looks like an entry.
pub(super) fn of_entry<'t>(name: &str, command: &'t str) -> Option<Foreign<'t>> {
    // No program has such a name.
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c == '.' || c.is_ascii_digit());
    let (format, what) = match name {
        "version" if is_number(unquoted(command).unwrap_or(command)) => (Format::Compose, What::Other(ONLY_COMMANDS)),
        "apiVersion" | "kind" => (Format::Yaml, What::Other(ONLY_COMMANDS)),
        "startCommand" => (Format::Render, What::Entry { name: "web", command }),
        "buildCommand" => (Format::Render, What::Other("buildpacks build the image")),
        _ => return None,
    };
    Some(Foreign { format, what })
}

/// The ends of names that only variables have.
const VARIABLES: [&str; 14] = [
    "_ENV", "_URL", "_URI", "_KEY", "_PORT", "_HOST", "_SECRET", "_TOKEN", "_PASSWORD", "_DEBUG", "_LEVEL", "_MODULE",
    "_CONCURRENCY", "_PATH",
];

/// Whether an entry is a variable with its value, rather than a process type with a program.
pub(super) fn is_variable(name: &str, value: &str) -> bool {
    let is_upper = !name.contains(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
    let is_number = || !value.contains(|c: char| !c.is_ascii_digit());
    let is_value = || is_number() || value.contains("://") || ["true", "false"].contains(&value);
    let is_known = || VARIABLES.iter().any(|end| name.ends_with(end));
    // A process type in capitals can start a program that is one word.
    is_upper
        && (name == "PORT" || name.contains('_'))
        && !value.contains(BLANKS)
        && !value.starts_with(['.', '/'])
        && (is_value() || is_known())
}

/// A command as it is in a Dockerfile or a crontab, and what it runs.
pub(super) fn of_command(command: &str) -> Option<(Syntax, Option<String>)> {
    let read = |text| Value::read(text).and_then(Value::command);
    let is_instruction = command.starts_with("CMD") || command.starts_with("ENTRYPOINT");
    let foreign = if is_instruction {
        instruction(command)?
    } else if command.starts_with(['*', '@']) || command.starts_with(|c: char| c.is_ascii_digit()) {
        job(command)?
    } else {
        return None;
    };
    match foreign.what {
        What::Command(text) | What::Entrypoint(text) => Some((Syntax::Dockerfile, read(text))),
        What::Job { schedule, command } => Some((Syntax::Crontab(schedule.to_string()), read(command))),
        _ => None,
    }
}

/// An entry that is an item of a YAML list.
fn entry(item: &str) -> Option<Foreign<'_>> {
    let (name, command) = item.split_once(':')?;
    let (name, command) = (name.trim_matches(BLANKS), command.trim_matches(BLANKS));
    let is_entry = is_process_type(name) && !command.is_empty();
    is_entry.then_some(Foreign { format: Format::Yaml, what: What::Entry { name, command } })
}

fn instruction(line: &str) -> Option<Foreign<'_>> {
    let (name, rest) = line.split_once(BLANKS)?;
    let rest = rest.trim_start_matches(BLANKS);
    let what = match name {
        "CMD" => What::Command(rest),
        "ENTRYPOINT" => What::Entrypoint(rest),
        "ENV" | "ARG" => What::Variable(rest.split(['=', ' ', '\t']).next()?),
        name => What::Other(INSTRUCTIONS.iter().find(|(known, _)| *known == name)?.1),
    };
    Some(Foreign { format: Format::Dockerfile, what })
}

fn setting(line: &str) -> Option<Foreign<'_>> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim_end_matches(BLANKS), value.trim_matches(BLANKS));
    let known = || SETTINGS.iter().find(|(keys, _)| keys.contains(&key));
    let (format, what) = match key {
        _ if value.is_empty() => return None,
        // A unit may have a `-` and others before the path.
        "ExecStart" => (Format::Systemd, What::Command(value.trim_start_matches(['-', '@', ':', '+', '!']))),
        "command" => (Format::Ini, What::Command(value)),
        "Environment" | "environment" => {
            let variable = value.trim_start_matches(['"', '\'']).split('=').next()?;
            (Format::Systemd, What::Variable(variable))
        }
        _ => {
            let is_unit = key.starts_with(|c: char| c.is_ascii_uppercase());
            (if is_unit { Format::Systemd } else { Format::Ini }, What::Other(known()?.1))
        }
    };
    Some(Foreign { format, what })
}

fn section(line: &str) -> Option<Foreign<'_>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || ".:_-".contains(c);
    let name = line.strip_prefix('[')?.strip_suffix(']')?;
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(is_name) {
        return None;
    }
    let format = match name {
        "Unit" | "Service" | "Install" => Format::Systemd,
        name if name.ends_with("processes") => Format::Toml,
        _ => Format::Ini,
    };
    let of_program = name.split_once(':').map(|(_, name)| name).filter(|name| is_process_type(name));
    Some(Foreign { format, what: What::Section(of_program) })
}

/// When a job runs, and what it is: five fields of numbers, or a name for them (crontab(5)).
pub(super) fn job(line: &str) -> Option<Foreign<'_>> {
    const NAMES: [&str; 8] =
        ["@reboot", "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];
    let is_name = |part: &str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_field =
        |field: &str| field.split(['/', ',', '-']).all(|part| part == "*" || is_number(part) || is_name(part));
    let end_of = |fields| {
        let mut rest = line;
        for _ in 0..fields {
            rest = rest[rest.find(BLANKS)?..].trim_start_matches(BLANKS);
        }
        (!rest.is_empty()).then_some(rest)
    };
    let is_schedule = || line.split(BLANKS).filter(|field| !field.is_empty()).take(5).all(is_field);
    let command =
        if NAMES.contains(&line.split(BLANKS).next()?) { end_of(1)? } else { end_of(5).filter(|_| is_schedule())? };
    let schedule = line[..line.len() - command.len()].trim_end_matches(BLANKS);
    // The crontab of a system names a user.
    let command = command.strip_prefix("root ").unwrap_or(command).trim_start_matches(BLANKS);
    Some(Foreign { format: Format::Crontab, what: What::Job { schedule, command } })
}

/// What only structures a file: the brackets of JSON, also after a key, and the start of a YAML document. Or a whole object
/// of JSON.
pub(super) fn punctuation(line: &str) -> Option<Foreign<'_>> {
    let is_object = line.starts_with('{') && line.trim_end_matches(',').ends_with('}');
    if is_object && line.contains('"') {
        return Some(Foreign { format: Format::Json, what: What::Object(line.trim_end_matches(',')) });
    }
    let is_key = is_quoted(line) && line.ends_with(['{', '[']);
    let format = match line {
        "---" => Format::Yaml,
        _ if is_key || line.chars().all(|c| "{}[],".contains(c)) => Format::Json,
        _ => return None,
    };
    Some(Foreign { format, what: What::Other(ONLY_COMMANDS) })
}

/// What the lines of other tools in one Procfile say together.
#[derive(Default)]
pub(super) struct Formats {
    /// The process type that the last header of a section names.
    section: Option<String>,
    /// How many lines of a crontab there were.
    jobs: usize,
    /// What runs in the image of the Dockerfile, once that has been looked for.
    dockerfile: Option<Dockerfile>,
}

/// What runs in the image of a Dockerfile: the program, and the words that are added to it.
struct Dockerfile {
    entrypoint: Option<Value>,
    has_command: bool,
}

impl Dockerfile {
    fn of(content: &str) -> Self {
        let all = || lines(content).filter_map(|line| instruction(content[line].trim_matches(BLANKS)));
        let entrypoint =
            all().filter_map(|found| if let What::Entrypoint(words) = found.what { Some(words) } else { None });
        Self {
            entrypoint: entrypoint.last().and_then(Value::read),
            has_command: all().any(|found| matches!(found.what, What::Command(_))),
        }
    }
}

impl Formats {
    /// The problem that a line is. `content`: the Procfile. `text`: the command in the line, and in those that continue it.
    pub(super) fn problem(&mut self, foreign: &Foreign, content: &str, text: &str) -> ProcfileProblem {
        let command = || Value::read(text).and_then(Value::command);
        let (entry, instead) = match foreign.what {
            What::Variable(name) => {
                return ProcfileProblem::NotAnEntry { command: None, variable: Some(name.to_string()), has_web: false };
            }
            What::Other(_) if foreign.format == Format::Rtf => {
                (None, Instead::Do("save the file as plain text, without a format"))
            }
            What::Other(why) => (None, Instead::Delete(why)),
            What::Entry { name, .. } => (Some((name.to_string(), command())), Instead::Nothing),
            What::Object(object) => (None, Instead::Lines(entries(object))),
            What::Section(name) => {
                self.section = name.map(str::to_string);
                let is_toml = foreign.format == Format::Toml;
                (None, Instead::Delete(if is_toml { "TOML belongs in a project.toml" } else { ONLY_COMMANDS }))
            }
            What::Job { schedule, .. } => {
                self.jobs += 1;
                let name = if self.jobs == 1 { "cron".to_string() } else { format!("cron-{}", self.jobs) };
                (Some((name, command())), Instead::Schedule(schedule.to_string()))
            }
            What::Entrypoint(_) if self.dockerfile(content).has_command => {
                (None, Instead::Delete("the entry for `CMD` contains its words"))
            }
            What::Command(_) if foreign.format == Format::Dockerfile => {
                let entrypoint = self.dockerfile(content).entrypoint.clone();
                let command = entrypoint.into_iter().chain(Value::read(text)).reduce(Value::then);
                (Some(("web".to_string(), command.and_then(Value::command))), Instead::Nothing)
            }
            What::Command(_) | What::Entrypoint(_) => {
                (Some((self.section.clone().unwrap_or("web".to_string()), command())), Instead::Nothing)
            }
        };
        ProcfileProblem::ForeignFormat { format: foreign.format, entry, instead }
    }

    fn dockerfile(&mut self, content: &str) -> &Dockerfile {
        self.dockerfile.get_or_insert_with(|| Dockerfile::of(content))
    }
}
