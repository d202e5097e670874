//! What the buildpack declares for a command.

use crate::launcher::LAUNCHER;
use crate::sandbox::Sandbox;
use octopilot_procfile::diagnostics::{Diagnostics, Problem};
use octopilot_procfile::earlier::Earlier;
use octopilot_procfile::plan::plan;
use octopilot_procfile::run::{Check, Form, Image, Presence, RunProblem, Surroundings};
use octopilot_procfile::shell::{Arguments, Dialect};
use octopilot_procfile::sources::{Source, Sources};
use octopilot_procfile::text::Text;
use octopilot_procfile::words;
use std::fmt::{self, Display, Write as _};
use std::path::Path;

/// What is declared for a command.
pub(crate) struct Declared {
    command: Vec<String>,
    form: Form,
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

    fn presence(&self, _: &Path) -> Presence {
        Presence::Executable
    }

    fn check(&self, line: &str) -> Check {
        octopilot_procfile::bash::check(line)
    }
}

pub(crate) fn declare(sandbox: &Sandbox, command: &str, dialect: Dialect) -> Declared {
    sandbox.prepare(command, crate::Shell::Bash);
    declare_for(sandbox, command, if dialect == Dialect::Bash { "bash" } else { "sh" })
}

/// What is declared for a command in an image without a shell; nothing where it needs one.
pub(crate) fn declare_without_shell(sandbox: &Sandbox, command: &str) -> Option<Vec<String>> {
    let declared = declare_for(sandbox, command, "none");
    (declared.problems.errors() == 0).then_some(declared.command)
}

fn declare_for(sandbox: &Sandbox, command: &str, shell: &str) -> Declared {
    let mut sources = Sources::default();
    sources.add(Source::DefaultProcess, Text::new("command", command.to_string()));
    sources.add(Source::Shell, Text::new("shell", shell.to_string()));
    let mut problems = Diagnostics::default();
    let (app, here) = (sandbox.app(), Here(sandbox));
    let image = Image { app: &app, launcher: Path::new(LAUNCHER), surroundings: &here };
    let planned = plan(&sources, &Earlier::default(), &image, &mut problems);
    let run = &planned[0].run;
    let arguments = match &run.form {
        Form::Shell { arguments, .. } => Some(arguments.clone()),
        Form::Exec | Form::Launcher => None,
    };
    Declared {
        command: run.command.iter().map(ToString::to_string).collect(),
        form: run.form.clone(),
        arguments,
        written: command.to_string(),
        problems,
    }
}

impl Declared {
    pub(crate) fn words(&self) -> Vec<&str> {
        self.command.iter().map(String::as_str).collect()
    }

    fn warnings(&self) -> Vec<&RunProblem> {
        let problems = self.problems.in_file_order().into_iter();
        problems
            .filter_map(|diagnostic| match &diagnostic.problem {
                Problem::Run(problem) => Some(problem),
                _ => None,
            })
            .collect()
    }

    /// Whether the program is said to take the place of the shell: the script was rewritten, without a warning.
    pub(crate) fn hands_over(&self) -> bool {
        let rewritten = matches!(&self.form, Form::Shell { rewritten: true, .. });
        (self.form == Form::Exec || rewritten) && !self.warns()
    }

    pub(crate) fn is_exec_form(&self) -> bool {
        self.form == Form::Exec
    }

    pub(crate) fn warns(&self) -> bool {
        !self.warnings().is_empty()
    }

    pub(crate) fn says_shell_stays(&self) -> bool {
        self.warnings().iter().any(|problem| matches!(problem, RunProblem::ShellStays { .. }))
    }

    /// How the command runs, in a word or two.
    pub(crate) fn kind(&self) -> String {
        let name = self.warnings().first().map(|problem| match problem {
            RunProblem::ShellStays { reason, .. } => format!("shell stays: {reason:?}"),
            problem => problem.name().0.to_string(),
        });
        match (&self.form, name) {
            (_, Some(name)) => name,
            (Form::Exec, None) => "exec form".to_string(),
            (Form::Launcher, None) => "launcher".to_string(),
            (Form::Shell { .. }, None) if self.command[2].contains("exec ") && self.command[2] != self.written => {
                format!("shell with exec, arguments {:?}", self.arguments.as_ref().unwrap())
            }
            (Form::Shell { .. }, None) => format!("shell as written, arguments {:?}", self.arguments.as_ref().unwrap()),
        }
    }

    /// What the user is told, for review.
    pub(crate) fn report(&self) -> String {
        let script = self.command.get(2).map_or("", String::as_str);
        let form = match self.form {
            Form::Exec => format!("{:?}", self.command),
            _ => words::form(&self.form, script).replace('\n', "\\n"),
        };
        let mut report = format!("    {form}\n");
        for diagnostic in self.problems.in_file_order() {
            if !matches!(diagnostic.problem, Problem::Run(_)) {
                continue;
            }
            let at = &self.written[diagnostic.at.start..diagnostic.at.end];
            writeln!(report, "    {} at `{}`", diagnostic.problem.name().0, at.replace('\n', "\\n")).unwrap();
        }
        report
    }
}

impl Display for Declared {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{:?} {:?}", self.command, self.form)
    }
}
