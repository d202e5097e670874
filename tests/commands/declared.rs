//! What the buildpack declares for a command.

use crate::launcher::LAUNCHER;
use crate::sandbox::Sandbox;
use octopilot_procfile::buildpack::planned;
use octopilot_procfile::catalogue;
use octopilot_procfile::diagnostics::{Diagnostic, Diagnostics, Severity};
use octopilot_procfile::find::{Check, Earlier, Presence, Surroundings, bash};
use octopilot_procfile::plan::{Form, Image, Run};
use octopilot_procfile::shell::{Arguments, Budget, Dialect};
use octopilot_procfile::tell::log;
use octopilot_procfile::text::{Source, Sources, Text, Variable};
use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};
use std::path::Path;
use std::time::Duration;

/// What is declared for a command.
pub(crate) struct Declared {
    command: Vec<String>,
    pub(crate) form: Form,
    /// What becomes of arguments, where a shell runs the command.
    pub(crate) arguments: Option<Arguments>,
    written: String,
    problems: Diagnostics,
}

struct Here<'s>(&'s Sandbox);

impl Surroundings for Here<'_> {
    fn is_directory(&self, relative: &Path) -> bool {
        self.0.app().join(relative).is_dir()
    }

    fn head(&self, relative: &Path) -> Option<Vec<u8>> {
        let content = std::fs::read(self.0.app().join(relative)).ok()?;
        Some(content.into_iter().take(4).collect())
    }

    fn script(&self, relative: &Path) -> Option<Vec<u8>> {
        std::fs::read(self.0.app().join(relative)).ok()
    }

    fn presence(&self, _: &Path) -> Presence {
        Presence::Executable
    }

    fn check(&self, shell: &str, line: &str) -> Check {
        bash::check(shell, line, Duration::from_secs(1)).0
    }
}

pub(crate) fn declare(sandbox: &Sandbox, command: &str, dialect: Dialect) -> Declared {
    sandbox.prepare(command, crate::Shell::Bash);
    declare_for(sandbox, command, name(dialect), "never")
}

/// What is declared for a command with the launcher as process 1.
pub(crate) fn declare_behind_init(sandbox: &Sandbox, command: &str, dialect: Dialect) -> Declared {
    sandbox.prepare(command, crate::Shell::Bash);
    declare_for(sandbox, command, name(dialect), "always")
}

fn name(dialect: Dialect) -> &'static str {
    if dialect == Dialect::Bash { "bash" } else { "sh" }
}

/// What is declared for a command in an image without a shell; nothing where it needs one.
pub(crate) fn declare_without_shell(sandbox: &Sandbox, command: &str) -> Option<Vec<String>> {
    let declared = declare_for(sandbox, command, "none", "never");
    (declared.problems.count(Severity::Error) == 0).then_some(declared.command)
}

fn declare_for(sandbox: &Sandbox, command: &str, shell: &str, init: &str) -> Declared {
    let mut sources = Sources::default();
    let variables = [(Variable::DefaultProcess, command), (Variable::Shell, shell), (Variable::Init, init)];
    for (variable, value) in variables {
        sources.add(Source::Variable(variable), Text::new(variable.name(), value.to_string()));
    }
    let mut problems = Diagnostics::default();
    let (app, here) = (sandbox.app(), Here(sandbox));
    let image = Image { app: &app, launcher: Path::new(LAUNCHER), surroundings: &here, budget: &Budget::default() };
    let earlier = Earlier::default();
    let plan = planned(&sources, &earlier, &image, &mut problems);
    let run = plan.first().map(|planned| &planned.run);
    let arguments = match run.map(|run| &run.form) {
        Some(Form::Shell { arguments, .. }) => Some(arguments.clone()),
        Some(Form::Exec | Form::Launcher | Form::Earlier) | None => None,
    };
    let words = plan.first().map_or(Vec::new(), |planned| planned.command().iter().map(ToString::to_string).collect());
    let form = run.map_or(Form::Launcher, |run| run.form.clone());
    Declared { command: words, form, arguments, written: command.to_string(), problems }
}

impl Declared {
    pub(crate) fn words(&self) -> Vec<&str> {
        self.command.iter().map(String::as_str).collect()
    }

    /// What is wrong with how the command runs.
    fn warnings(&self) -> Vec<&Diagnostic> {
        let (_, running) = catalogue::STAGES.into_iter().find(|(stage, _)| *stage == "How a process runs").unwrap();
        let is_about_running = |found: &&Diagnostic| running.iter().any(|(name, _)| *name == found.name);
        self.problems.in_file_order().into_iter().filter(is_about_running).collect()
    }

    pub(crate) fn is_exec_form(&self) -> bool {
        self.form == Form::Exec
    }

    pub(crate) fn warns(&self) -> bool {
        !self.warnings().is_empty()
    }

    /// Whether the command can be read: if it cannot, the user is told that nothing is known.
    pub(crate) fn is_read(&self) -> bool {
        !self.warnings().iter().any(|found| matches!(found.name, "unread-command" | "shell-syntax"))
    }

    /// Whether a warning says that the shell of a script of the app stays.
    pub(crate) fn says_script_stays(&self) -> bool {
        self.problems.in_file_order().iter().any(|found| found.name == "script-stays")
    }

    pub(crate) fn says_shell_stays(&self) -> bool {
        self.warnings().iter().any(|found| found.name == "shell-stays")
    }

    /// How the command runs, in a word or two.
    pub(crate) fn kind(&self) -> String {
        let name = self.warnings().first().map(|found| match &found.message.label {
            Some(label) if found.name == "shell-stays" => format!("shell-stays: {label}"),
            _ => found.name.to_string(),
        });
        match (&self.form, name) {
            (_, Some(name)) => name,
            (Form::Exec, None) => "exec form".to_string(),
            (Form::Launcher, None) => "launcher".to_string(),
            (Form::Earlier, None) => unreachable!("no command is extended here"),
            (Form::Shell { .. }, None) if self.command[2].contains("exec ") && self.command[2] != self.written => {
                format!("shell with exec, arguments {:?}", self.arguments.as_ref().unwrap())
            }
            (Form::Shell { .. }, None) => format!("shell as written, arguments {:?}", self.arguments.as_ref().unwrap()),
        }
    }

    /// What the user is told, for review.
    pub(crate) fn report(&self) -> String {
        let form = if self.form == Form::Exec {
            format!("{:?}", self.command)
        } else {
            let command = self.command.iter().map(Cow::from).collect();
            log::form(&Run { command, form: self.form.clone(), inner: None }).replace('\n', "\\n")
        };
        let mut report = format!("    {form}\n");
        for found in self.warnings() {
            let at = &self.written[found.at.range()];
            writeln!(report, "    {} at `{}`", found.name, at.replace('\n', "\\n")).unwrap();
        }
        report
    }
}

impl Display for Declared {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{:?} {:?}", self.command, self.form)
    }
}
