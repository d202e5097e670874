//! What a help line gives to type works where it says that it should be typed.

use crate::diagnostics::pages;
use crate::support::App;
use libcnb::Platform as _;
use octopilot_procfile::buildpack::{Prepared, planned, prepare};
use octopilot_procfile::diagnostics::{Diagnostic, Diagnostics, Severity};
use octopilot_procfile::find::{Host, ProcfilePlatform, earlier};
use octopilot_procfile::plan::Image;
use octopilot_procfile::shell::Budget;
use octopilot_procfile::text::{Source, Sources, Text, Variable};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

/// What a user does who follows a help line.
enum Edit {
    /// Replaces bytes of the file that has the mistake.
    Replace(Range<usize>, String),
    /// Deletes bytes of the Procfile, and declares the process type in a project.toml.
    Declare(Range<usize>, String),
    /// Replaces lines of a file, by their number.
    Lines(String, Vec<(usize, String)>),
    /// Sets a variable of the platform.
    Set(&'static str, String),
    /// Renames a variable of the platform.
    Rename(String, String),
    /// Runs a command in the app directory.
    Run(String),
}

/// Help lines that name something in backticks that is not to be typed as it stands, and why.
const NOT_TYPED: [(&str, &str, &str); 59] = [
    ("both-tables", "delete it", "the author decides which one"),
    ("dropped-keys", "move", "the author decides which one"),
    ("duplicate-type", "delete one", "the author decides which one"),
    ("empty-command", "add the command to run", "an example of a command"),
    ("empty-command", "delete the `#` if", "deletes a comment sign only if the comment is the command"),
    ("foreign-format", "run it on your platform", "is done on the platform"),
    ("foreign-value", "run it on your platform", "is done on the platform"),
    ("foreign-format", "write `TYPE: COMMAND`", "a template"),
    ("foreign-placeholder", "write the whole command", "the author writes the command"),
    ("foreign-value", "or write it in a project.toml, as", "names a table, and any command"),
    ("heroku-command", "set the number of processes", "is set in Kubernetes"),
    ("heroku-command", "write the command that starts", "an example of an entry"),
    ("invalid-variable", "use at most", "a rule"),
    ("invalid-variable", "use a name", "an example"),
    ("missing-script", "add it to `scripts`", "the author decides"),
    ("needless-sudo", "delete `sudo`, and do", "root's work moves to the run image"),
    ("needs-shell", "give each program", "the author decides"),
    ("needs-shell", "start with", "the author decides"),
    ("needs-shell", "use only `$NAME`", "a rule"),
    ("needs-shell", "use only words", "a rule"),
    ("needs-shell", "write '…' or", "a rule"),
    ("needs-shell", "write a `command`", "the author writes the command"),
    ("no-binding-entry", "add the file", "is done on the platform"),
    ("no-default", "or set", "the table is the author's choice"),
    ("no-entries", "add a line", "a template"),
    ("no-interpreter", "delete the blank space", "is deleted in the script"),
    ("no-interpreter", "start the file", "the interpreter depends on the file"),
    ("no-interpreter", "start its first line", "is typed in the script"),
    ("no-interpreter", "write `#!", "is typed in the script"),
    ("no-interpreter", "write the script", "the author writes the script"),
    ("not-an-entry", "if it is a comment", "only the author knows"),
    ("not-an-entry", "or, if it is not a secret", "a process type is missing that has the variable"),
    ("nothing-started", "write the program", "a template"),
    ("nothing-to-extend", "the process types that", "a list of names"),
    ("outside-app", "copy the file", "`..` is not typed"),
    ("process-manager", "write the command of the service", "is in another file"),
    ("quoted-line", "write `TYPE: COMMAND`", "a template"),
    ("replaced-script", "write a `command`", "the author writes the command"),
    ("script-needs-shell", "start the file", "the interpreter depends on the image"),
    ("shell-stays", "delete `trap`, and let", "the program has to handle signals then"),
    ("shell-stays", "write a `command`", "the author writes the command"),
    ("shell-stays", "replace `start`", "the program is in the function"),
    ("toml-syntax", "close it", "where it ends is the author's choice"),
    ("toml-syntax", "use '…' for", "a rule"),
    ("two-defaults", "keep", "the author decides which one"),
    ("unknown-default-type", "the process types are", "a list of names"),
    ("unknown-key", "delete it", "says where it is set instead"),
    ("unknown-key", "move the process", "the author decides what goes with it"),
    ("unknown-key", "the keys are", "a list of names"),
    ("unknown-key", "write it in a table", "is written in another table"),
    ("unknown-variable", "unset it, or use one of", "a list of names"),
    ("unread-command", "write it in a simpler way", "a rule"),
    ("unused-args", "or write the command", "a template"),
    ("unused-args", "write a `command`", "the author writes the command"),
    ("unused-args", "write \"$@\" where", "a template"),
    ("utf-16", "save it", "is typed in PowerShell"),
    ("wrong-type", "move it", "is moved to another table"),
    ("wrap-with-command", "delete `wrap`, and write its words", "the author writes the command"),
    ("wrong-type", "rename it", "the header is elsewhere in the file"),
];

/// The texts in backticks.
fn codes(help: &str) -> Vec<&str> {
    help.split('`').skip(1).step_by(2).collect()
}

/// The line of a byte.
fn line(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    start..text[at..].find('\n').map_or(text.len(), |length| at + length)
}

/// A help line, and where its diagnostic is.
struct Advice<'f> {
    found: &'f Diagnostic,
    help: &'f str,
    text: &'f str,
    at: Range<usize>,
    /// What is in backticks.
    codes: Vec<&'f str>,
}

impl<'f> Advice<'f> {
    fn new(found: &'f Diagnostic, help: &'f str, text: &'f str) -> Self {
        Self { found, help, text, at: found.at.range(), codes: codes(help) }
    }

    fn line(&self) -> Range<usize> {
        line(self.text, self.at.start)
    }

    /// The line, and the lines that continue it.
    fn entry(&self) -> Range<usize> {
        let mut range = self.line();
        while let Some(next) = self.text.get(range.end + 1..).filter(|next| !next.is_empty()) {
            if !self.text[range.clone()].ends_with('\\') && !next.starts_with([' ', '\t']) {
                break;
            }
            range.end = line(self.text, range.end + 1).end;
        }
        range
    }

    /// What is below the header of the table.
    fn table(&self) -> Range<usize> {
        let header = self.text[..self.at.start].rfind("[io").unwrap_or_default();
        let start = line(self.text, header).end + 1;
        start..self.text[start..].find("\n\n").map_or(self.text.len(), |length| start + length)
    }

    /// Where a text is: at the carets, or else in the line.
    fn old(&self, old: &str) -> Range<usize> {
        let line = self.line();
        let at_carets = self.text[self.at.clone()].find(old).map(|found| self.at.start + found);
        let found = at_carets.or_else(|| self.text[line.clone()].rfind(old).map(|found| line.start + found));
        let found = found.unwrap_or_else(|| panic!("{old} is not in the line of {}", self.found.name));
        found..found + old.len()
    }

    /// What the message is about: the first text in backticks of its title.
    fn subject(&self) -> &'f str {
        self.found.message.title.split('`').nth(1).unwrap_or_default()
    }

    /// What the carets point at, with the option before it if that is to be typed as well.
    fn value(&self, typed: &str) -> Range<usize> {
        let option = typed.split([' ', '=']).next().unwrap();
        let before = self.text[..self.at.start].trim_end_matches([' ', '=']);
        let is_after_option = before.ends_with(option) && !self.text[self.at.clone()].starts_with(option);
        if is_after_option { before.len() - option.len()..self.at.end } else { self.at.clone() }
    }

    /// Whether this is the help line whose text the diagnostic has for editors, too.
    fn is_replacement(&self) -> bool {
        self.found.message.replacement.is_some()
            && self.found.message.help.first().is_some_and(|help| help == self.help)
    }

    /// What the help line says to do, or `None` if it gives nothing to type.
    fn edit(&self) -> Option<Edit> {
        if self.is_replacement() {
            let text = Text::new("", self.text.to_string());
            return self.found.replacement(&text).map(|(range, new)| Edit::Replace(range, new.text.clone()));
        }
        // What is typed in a terminal when the image runs is not a fix of a file.
        let first = *self.codes.first().filter(|code| !code.starts_with("docker run "))?;
        let edit = self
            .elsewhere(first)
            .or_else(|| self.of_table(first))
            .or_else(|| self.of_source(first))
            .or_else(|| self.of_command(first));
        Some(edit.unwrap_or_else(|| Edit::Replace(self.value(first), first.to_string())))
    }

    /// The last text in backticks of the title.
    fn codes_of_title(&self) -> Vec<String> {
        codes(&self.found.message.title).into_iter().map(str::to_string).collect()
    }

    /// The number of a line that this help names.
    fn number(&self) -> Option<usize> {
        let behind = self.help.split("in line ").nth(1)?;
        behind.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }

    /// What all help lines together say to write, each in its line.
    fn lines(&self) -> Vec<(usize, String)> {
        let own = self.text[..self.at.start].matches('\n').count() + 1;
        let all = self.found.message.help.iter().map(|help| Self::new(self.found, help, self.text));
        all.map(|other| (other.number().unwrap_or(own), other.codes[0].to_string())).collect()
    }

    /// In another place than that of the mistake.
    fn elsewhere(&self, first: &str) -> Option<Edit> {
        Some(match self.found.name {
            _ if self.help.contains("project.toml, where a string") => {
                Edit::Declare(self.entry(), self.help.split_once('\n')?.1.to_string())
            }
            "unknown-warning" => Edit::Set("BP_PROCFILE_ALLOW", self.text.replacen(self.subject(), first, 1)),
            "entry-in-variable" => Edit::Set("BP_PROCFILE_DEFAULT_PROCESS", first.to_string()),
            "unknown-default-type" => Edit::Set("BP_PROCFILE_DEFAULT_TYPE", first.to_string()),
            "no-default" => Edit::Set("BP_PROCFILE_DEFAULT_TYPE", self.codes[1].to_string()),
            "invalid-value" => {
                let Source::Variable(variable) = self.found.at.source else { unreachable!("it is about a variable") };
                Edit::Set(variable.name(), first.to_string())
            }
            "shell-stays" if self.help.contains("BP_PROCFILE_INIT") => Edit::Set("BP_PROCFILE_INIT", first.to_string()),
            "unknown-variable" => Edit::Rename(self.subject().to_string(), first.to_string()),
            "script-stays" => Edit::Lines(self.codes_of_title().pop()?, self.lines()),
            "unused-args" if self.help.contains("in line") => {
                Edit::Lines(self.codes[1].to_string(), vec![(self.number()?, first.to_string())])
            }
            "missing-program" if self.help.starts_with("run") => Edit::Run(first.to_string()),
            "invalid-encoding" => {
                Edit::Run(first.replace("OLD", "Procfile").replace("NEW", "new") + " && mv new Procfile")
            }
            "unused-profile" => Edit::Run(format!("echo 'web: {}' >Procfile", self.codes[1])),
            _ => return None,
        })
    }

    /// The value of the line, whether of a Procfile or of a table.
    fn value_of_line(&self) -> Option<Range<usize>> {
        let line = self.line();
        Some(line.start + self.text[line.clone()].find([':', '='])? + 1..line.end)
    }

    /// The command of a table as a string.
    fn as_string(&self) -> Option<(Range<usize>, String)> {
        let command = self.codes.last()?;
        let (key, _) = self.text[self.line()].split_once('=')?;
        Some(if command.starts_with("command") || self.help.contains("without") {
            (self.table(), format!("command = {}", command.trim_start_matches("command = ")))
        } else {
            (self.line(), format!("{key}= {command}"))
        })
    }

    /// In a line of the Procfile or a table of the project.toml.
    fn of_source(&self, first: &str) -> Option<Edit> {
        let line = self.line();
        let (range, new) = match self.found.name {
            "foreign-format" if self.help.starts_with("delete the line, and") => {
                (self.entry(), "# deleted".to_string())
            }
            "foreign-format" | "unknown-key" if self.help.starts_with("delete") => (line, String::new()),
            "repeated-name" | "foreign-value" if self.found.at.source == Source::ProjectToml => {
                (self.at.clone(), first.to_string())
            }
            "foreign-format" | "repeated-name" if self.help.contains('\n') => {
                (line, self.help.split_once('\n')?.1.to_string())
            }
            "missing-colon" | "repeated-name" | "foreign-format" | "not-an-entry" | "foreign-value"
            | "line-continuation" | "empty-command" => (self.entry(), first.to_string()),
            "unused-words" if self.found.at.source == Source::Procfile => (self.value_of_line()?, format!(" {first}")),
            "literal-assignment" | "literal-operator" | "unexpanded-value"
                if self.found.at.source == Source::ProjectToml =>
            {
                self.as_string()?
            }
            "quoted-command" if self.help.starts_with("write the whole") => self.as_string()?,
            "duplicate-name" => {
                let lines = self.text.lines().filter(|line| !line.starts_with("release"));
                let all = lines.chain([self.help.split_once('\n')?.1]).flat_map(|line| [line, "\n"]);
                (0..self.text.len(), all.collect())
            }
            "invalid-name" if self.text[line.clone()].ends_with(':') => (line, format!("{first}: COMMAND")),
            "invalid-name" if self.found.at.source == Source::Procfile => {
                (line.start..line.start + self.text[line].find(':')?, first.to_string())
            }
            "invalid-name" if self.subject().is_empty() => (self.at.clone(), first.to_string()),
            "invalid-name" | "not-dns-label" => (self.old(self.subject()), first.to_string()),
            "toml-syntax" if first == "KEY = \"VALUE\"" => {
                let key = self.text[line.start..self.at.start].trim_end_matches(['=', ' ']).len();
                let end = self.text[line.clone()].trim_end_matches(['}', ' ']).len();
                (line.start + key..line.start + end, " = \"VALUE\"".to_string())
            }
            "toml-syntax" if first == "\\\\" => (self.old("\\"), first.to_string()),
            "toml-syntax" if first.contains(" = ") || first.starts_with("# ") => (line, first.to_string()),
            "unknown-key" if self.subject().contains('.') => (self.old(self.subject()), first.to_string()),
            "smart-punctuation" if self.found.at.source == Source::ProjectToml => {
                let start = self.text[..self.at.start].rfind('"')?;
                (start..self.at.end + self.text[self.at.end..].find('"')? + 1, first.to_string())
            }
            "misspelled-table" | "heroku-command" => (line, first.to_string()),
            "missing-key" => match self.text[..line.end].rfind('{') {
                Some(brace) if brace > self.at.start => (brace + 1..brace + 1, format!(" {first}")),
                _ => (line.end..line.end, format!("\n{first}")),
            },
            "nul-character" => (self.old(first), String::new()),
            _ => return None,
        };
        Some(Edit::Replace(range, new))
    }

    /// In the table of a process type that extends another buildpack's.
    fn of_table(&self, first: &str) -> Option<Edit> {
        let line = self.line();
        let has_command = || self.codes.iter().any(|code| code.starts_with("command"));
        let (range, new) = match self.found.name {
            "shell-stays" if first == "init = true" => (line.end..line.end, format!("\n{first}")),
            "empty-wrap" => (line, first.to_string()),
            "extended-shell-text"
            | "nothing-to-extend"
            | "needs-shell"
            | "replaced-script"
            | "unused-args"
            | "wrap-with-command"
                if has_command() && !self.help.contains("\"$@\"") =>
            {
                (self.table(), self.without_keys())
            }
            _ => return None,
        };
        Some(Edit::Replace(range, new))
    }

    /// The table with the command that the help line gives, without the keys that it names.
    fn without_keys(&self) -> String {
        let command = self.codes.iter().find(|code| code.starts_with("command = "));
        let is_kept = |line: &&str| {
            let key = line.split(" = ").next().unwrap();
            !self.codes.contains(&key) && (command.is_none() || key != "command")
        };
        let lines = self.text[self.table()].lines().filter(is_kept).chain(command.copied());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// In a command.
    fn of_command(&self, first: &str) -> Option<Edit> {
        let starts = |start| self.help.starts_with(start);
        let (range, new) = match self.found.name {
            "background-program" | "install-at-start" | "missing-program" | "missing-directory" | "shell-syntax"
            | "unreached-command"
                if starts("delete") =>
            {
                (self.old(first), "")
            }
            "needs-shell" if self.found.message.title.contains("is a shell") => (self.at.start..self.line().end, first),
            "shell-stays" | "needs-shell" if starts("delete") || self.help.contains("command: delete") => {
                (self.old(first), "")
            }
            "shell-stays" if self.help.contains("` instead of `") => (self.old(self.codes[1]), first),
            "shell-stays" if starts("write `exec` before") => (self.at.start..self.at.start, "exec "),
            "shell-stays" if starts("replace") => (self.old(first), self.codes[1]),
            "development-only" if self.help.contains("without") => (self.old(first), ""),
            "development-only" => (self.at.start..self.line().end, first),
            "unexpanded-port" => {
                let quoted = self.text[self.line()].replace('\'', "\"").replace("$PORT", first);
                return Some(Edit::Replace(self.line(), quoted));
            }
            _ => return None,
        };
        Some(Edit::Replace(range, new.to_string()))
    }
}

/// The row of a help line that is not to be typed.
fn not_typed(found: &Diagnostic, help: &str) -> Option<usize> {
    NOT_TYPED.iter().position(|(name, start, _)| *name == found.name && help.starts_with(start))
}

/// The diagnostics of a build, with the texts.
fn build(app: &App) -> (Vec<Diagnostic>, Vec<(Source, String, String)>) {
    let layers = &app.layers();
    let platform = ProcfilePlatform::from_path(app.platform()).unwrap();
    let Prepared { app, sources, mut problems } = prepare(&app.path(), &platform).unwrap();
    let host = Host::new(&app, true);
    let image =
        Image { app: app.path(), launcher: Path::new("/launcher"), surroundings: &host, budget: &Budget::default() };
    let earlier = earlier::read(layers);
    planned(&sources, &earlier, &image, &mut problems);
    let found = problems.in_file_order().into_iter().cloned().collect();
    (found, texts(&sources, &problems))
}

fn texts(sources: &Sources, problems: &Diagnostics) -> Vec<(Source, String, String)> {
    let files = [Source::Binding, Source::Procfile, Source::ProjectToml, Source::Profile];
    let all = files
        .into_iter()
        .chain(Variable::ALL.map(Source::Variable))
        .chain((0..9).flat_map(|number| [Source::UnknownVariable(number), Source::Script(number)]));
    all.filter_map(|source| {
        problems.text(source, sources).map(|text| (source, text.name.clone(), text.content.clone()))
    })
    .collect()
}

fn apply(app: App, edit: Edit, (path, text): (&str, &str)) -> App {
    let replaced = |range: Range<usize>, new: &str| format!("{}{new}{}", &text[..range.start], &text[range.end..]);
    match edit {
        Edit::Replace(range, new) => app.file(path, replaced(range, &new)),
        Edit::Declare(range, table) => {
            let app = app.file("project.toml", table);
            if text.is_empty() { app } else { app.file(path, replaced(range, "# moved")) }
        }
        Edit::Lines(path, lines) => {
            let content = fs::read_to_string(app.path().join(&path)).unwrap();
            let line = |(index, old)| {
                lines.iter().find(|(number, _)| *number == index + 1).map_or(old, |(_, new)| new.as_str())
            };
            app.file(&path, content.lines().enumerate().map(line).flat_map(|line| [line, "\n"]).collect::<String>())
        }
        Edit::Set(variable, value) => app.env(variable, &value),
        // An empty variable counts as unset.
        // The platform gives what a project.toml names.
        Edit::Rename(old, new) if path == "project.toml" => {
            app.env(&old, "").env(&new, "true").file(path, text.replace(&old, &new))
        }
        Edit::Rename(old, new) => app.env(&old, "").env(&new, text),
        Edit::Run(script) => {
            assert!(Command::new("sh").args(["-c", &script]).current_dir(app.path()).status().unwrap().success());
            app
        }
    }
}

/// Each help line of each page that gives something to type: pasted, the mistake is gone and there is no new error.
#[test]
fn every_help_line_can_be_pasted() {
    let (mut pasted, mut not_typed_rows, mut wrong) = (0, BTreeSet::new(), String::new());
    for ((name, _), page) in pages() {
        let (before, sources) = build(&page.app());
        for (found, help) in before.iter().flat_map(|found| found.message.help.iter().map(move |help| (found, help))) {
            if let Some(row) = not_typed(found, help) {
                not_typed_rows.insert(row);
                continue;
            }
            let (_, path, text) = sources.iter().find(|(source, ..)| *source == found.at.source).unwrap();
            let Some(edit) = Advice::new(found, help, text).edit() else { continue };
            let app = apply(page.app(), edit, (path, text));
            let (after, _) = build(&app);
            let count = |all: &[Diagnostic], name| all.iter().filter(|found| found.name == name).count();
            // A second reason for the same warning shows once the first is gone.
            let same = |all: &[Diagnostic]| {
                all.iter()
                    .filter(|other| (other.name, &other.message.label) == (found.name, &found.message.label))
                    .count()
            };
            let is_gone = same(&after) < same(&before);
            let is_new = |error: &&Diagnostic| {
                error.severity == Severity::Error && count(&after, error.name) > count(&before, error.name)
            };
            let new: Vec<&str> = after.iter().filter(is_new).map(|error| error.name).collect();
            if !is_gone || !new.is_empty() {
                let file = fs::read_to_string(app.path().join(path)).unwrap_or_default();
                writeln!(wrong, "{name}, {}: {help}\n  gone: {is_gone}, new: {new:?}\n{file}", found.name).unwrap();
            }
            pasted += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(pasted >= 120, "only {pasted} help lines were pasted");
    let unused = NOT_TYPED.iter().enumerate().filter(|(row, _)| !not_typed_rows.contains(row));
    assert_eq!(unused.map(|(_, row)| row).collect::<Vec<_>>(), [&("", "", ""); 0]);
}
