//! The page of a diagnostic.

use crate::support::{App, manifest};
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

/// Longer output is folded.
const LONGEST_SHOWN: usize = 80;

/// Follows the name of a file whose block has escapes such as `\u{7}`.
const WITH_ESCAPES: &str = ", with escapes for the characters that you cannot see";

/// A page.
pub(crate) struct Page {
    name: &'static str,
    text: String,
    /// The part of the text that shows what the build says.
    said: Range<usize>,
}

/// A block of a page: the line before it, what follows its fence, and its content.
struct Block<'p> {
    before: &'p str,
    info: &'p str,
    content: String,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let (mut before, mut lines) = ("", text.lines());
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let content = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            blocks.push(Block { before, info, content });
        }
        if !line.is_empty() {
            before = line;
        }
    }
    blocks
}

impl Page {
    pub(super) fn read(name: &'static str) -> Self {
        let path = manifest("docs/diagnostics").join(format!("{name}.md"));
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("docs/diagnostics/{name}.md: {error}"));
        let example = text.find("\n## Example\n").unwrap_or_else(|| panic!("{name}.md has no example"));
        let end = text[example + 1..].find("\n## ").map_or(text.len(), |at| example + 1 + at);
        let starts = ["<details>\n", "The build says", "With `"].iter().filter_map(|start| {
            let line = format!("\n{start}");
            text[example..end].find(&line).map(|at| example + at + 1)
        });
        let start = starts.min().unwrap_or_else(|| panic!("{name}.md does not show what the build says"));
        Self { name, said: start..end, text }
    }

    pub(super) fn path(&self) -> PathBuf {
        manifest("docs/diagnostics").join(format!("{}.md", self.name))
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The first sentence after the severity, for the index.
    pub(super) fn meaning(&self) -> String {
        let paragraph = self.text.split("\n\n").nth(1).unwrap().replace('\n', " ");
        let sentence = paragraph.split_once("**: ").unwrap().1;
        sentence.split(". ").next().unwrap().trim_end_matches('.').to_string()
    }

    /// What the build says, as the page shows it.
    pub(super) fn output(&self) -> String {
        blocks(&self.text[self.said.clone()]).into_iter().map(|block| block.content).collect()
    }

    /// The variables of the platform: `With `NAME=VALUE` and …, the build says`.
    fn variables(&self) -> Vec<(&str, &str)> {
        let said = &self.text[self.said.clone()];
        let (given, _) = said.split_once("build says").unwrap();
        given.split('`').skip(1).step_by(2).map(|variable| variable.split_once('=').unwrap()).collect()
    }

    /// The app of the example.
    pub(crate) fn app(&self) -> App {
        let example = &self.text[self.text.find("\n## Example\n").unwrap()..self.said.start];
        let app = blocks(example).into_iter().fold(App::new(), |app, block| {
            let path = block.before.split('`').nth(1).unwrap();
            let is_escaped = block.before.contains(WITH_ESCAPES);
            add(app, path, &if is_escaped { unescaped(&block.content) } else { block.content })
        });
        let app = self.with_scripts(app, example);
        let app = self.variables().into_iter().fold(app, |app, (name, value)| app.env(name, value));
        let setup = manifest("tests/diagnostics").join(self.name).join("setup");
        if setup.is_file() {
            let status = Command::new(setup).current_dir(app.path()).env("PLATFORM", app.platform()).status().unwrap();
            assert!(status.success(), "{}/setup failed", self.name);
        }
        app
    }

    /// The app with the scripts that a text names, so that each page needs to show only what it is about.
    fn with_scripts(&self, app: App, text: &str) -> App {
        if self.name == "missing-program" {
            return app;
        }
        let words = text.split(|c: char| c.is_whitespace() || "`\"'[](),".contains(c));
        let is_script =
            |word: &&str| [".jar", ".js", ".py", ".sh"].iter().any(|end| word.ends_with(end)) && !word.contains("..");
        let scripts = words.filter(is_script).filter(|word| !word.starts_with('/'));
        scripts.fold(app, |app, path| if app.path().join(path).exists() { app } else { app.file(path, "") })
    }

    /// The page with another output.
    pub(super) fn with_output(&self, output: &str) -> String {
        let variables: Vec<String> = self.variables().iter().map(|(name, value)| format!("`{name}={value}`")).collect();
        let who = match variables.as_slice() {
            [] => "The".to_string(),
            variables => format!("With {}, the", variables.join(" and ")),
        };
        let output = output.trim_end();
        let block = format!("```\n{output}\n```\n");
        let said = match output.lines().count() {
            ..LONGEST_SHOWN => format!("{who} build says:\n\n{block}"),
            lines => {
                format!("<details>\n<summary>{who} build says, in {lines} lines:</summary>\n\n{block}\n</details>\n")
            }
        };
        [&self.text[..self.said.start], &said, &self.text[self.said.end..]].concat()
    }

    /// The fixes of the page: a fix is all blocks below one heading that are marked as fixed, each a path and a content.
    ///
    /// The fence of a block says what it is: `procfile fixed`, `toml fixed` (a project.toml), `LANGUAGE fixed PATH`, or
    /// `dotenv fixed` with variables, which have no path.
    pub(super) fn fixes(&self) -> Vec<Vec<(String, String)>> {
        let sections = self.text.split("\n##");
        let fixes = sections.map(|section| {
            let fixed = blocks(section).into_iter().filter_map(|Block { info, content, .. }| {
                let path = match info.split(' ').collect::<Vec<_>>()[..] {
                    ["procfile", "fixed"] => "Procfile",
                    ["toml", "fixed"] => "project.toml",
                    ["dotenv", "fixed"] => "",
                    [_, "fixed", path] => path,
                    _ => return None,
                };
                Some((path.to_string(), content))
            });
            fixed.collect::<Vec<_>>()
        });
        fixes.filter(|fix| !fix.is_empty()).collect()
    }

    /// The app of the example, with a fix.
    pub(super) fn app_with(&self, fix: Vec<(String, String)>) -> App {
        fix.into_iter().fold(self.app(), |app, (path, content)| {
            if path.is_empty() {
                let variables = content.lines().filter_map(|line| line.split_once('='));
                return variables.fold(app, |app, (name, value)| app.env(name, value));
            }
            // What is there can be a link out of the app, or a directory.
            let whole = app.path().join(&path);
            let _ = fs::remove_file(&whole).or_else(|_| fs::remove_dir(&whole));
            let app = add(app, &path, &content);
            self.with_scripts(app, &content)
        })
    }
}

/// Adds a file. One that starts with `#!` can be executed.
fn add(app: App, path: &str, content: &str) -> App {
    let app = app.file(path, content);
    if content.starts_with("#!") {
        fs::set_permissions(app.path().join(path), PermissionsExt::from_mode(0o755)).unwrap();
    }
    app
}

/// A text with the characters that its escapes mean.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        let character = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
        write!(out, "{character}{rest}").unwrap();
    }
    out
}
