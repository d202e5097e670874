//! The changed files of a pull request with their annotations, drawn as GitHub draws them.

use super::head;
use crate::support::{App, BINARY};
use snapbox::{assert_data_eq, file};
use std::fmt::Write as _;
use std::process::Command;

/// The Procfile before the pull request, and the lines that it adds.
const BEFORE: [&str; 1] = ["web: gunicorn app:app --bind 0.0.0.0:${PORT:-8000}"];
const ADDED: [&str; 2] = ["worker celery -A app.tasks worker", "cleanup: python cleanup.py || exit 1"];

/// The colours of GitHub's light theme, and those of its dark one for readers who have that.
const STYLE: &str = r#"  <style>
    text { font: 13px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328 }
    .code { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre }
    .bold { font-weight: 600 }
    .number { text-anchor: end }
    .quiet { fill: #59636e }
    .plus { fill: #1a7f37 }
    .error { fill: #d1242f }
    .warning { fill: #9a6700 }
    .page { fill: #ffffff; stroke: #d1d9e0; shape-rendering: crispEdges }
    .bar { fill: #f6f8fa; stroke: #d1d9e0 }
    .hunk { fill: #ddf4ff }
    .added { fill: #dafbe1 }
    .gutter { fill: #aceebb }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .quiet { fill: #9198a1 }
      .plus { fill: #3fb950 }
      .error { fill: #f85149 }
      .warning { fill: #d29922 }
      .page { fill: #0d1117; stroke: #3d444d }
      .bar { fill: #151b23; stroke: #3d444d }
      .hunk { fill: #121d2f }
      .added { fill: #12261e }
      .gutter { fill: #1c4428 }
    }
  </style>
"#;

/// An annotation, as a workflow command has it.
struct Annotation {
    severity: String,
    title: String,
    line: usize,
    message: String,
}

impl Annotation {
    fn read(command: &str) -> Self {
        let (start, message) = command[2..].split_once("::").unwrap();
        let (severity, properties) = start.split_once(' ').unwrap();
        let property = |name: &str| {
            let found = properties.split(',').find_map(|property| property.strip_prefix(&format!("{name}=")));
            found.unwrap().replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
        };
        assert_eq!(property("file"), "Procfile");
        Self {
            severity: severity.to_string(),
            title: property("title"),
            line: property("line").parse().unwrap(),
            message: message.replace("%0A", "\n").replace("%25", "%"),
        }
    }
}

/// The annotations that the preview prints for the Procfile after the pull request, in the root of a repository.
fn annotations() -> Vec<Annotation> {
    let app = App::procfile([&BEFORE[..], &ADDED].concat().join("\n")).file("cleanup.py", "");
    let mut preview = Command::new(BINARY);
    let output = preview.args(["--format", "github"]).current_dir(app.path()).env_clear().output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(Annotation::read).collect()
}

const WIDTH: usize = 860;
/// The height of a line of code.
const LINE: usize = 20;

/// The picture in the making: what is drawn, and where the next part starts.
struct Drawing {
    body: String,
    y: usize,
}

impl Drawing {
    fn text(&mut self, x: usize, y: usize, class: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        writeln!(self.body, "  <text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>").unwrap();
    }

    fn rect(&mut self, class: &str, [x, width, height]: [usize; 3]) {
        let y = self.y;
        writeln!(self.body, "  <rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>")
            .unwrap();
    }

    /// A line of the file, with its numbers before and after the pull request.
    fn line(&mut self, numbers: [Option<usize>; 2], text: &str) {
        let is_added = numbers[0].is_none();
        if is_added {
            self.rect("added", [1, WIDTH - 2, LINE]);
            self.rect("gutter", [1, 88, LINE]);
            self.text(98, self.y + 14, "code plus", "+");
        }
        for (number, x) in numbers.into_iter().zip([38, 80]) {
            if let Some(number) = number {
                self.text(x, self.y + 14, "code quiet number", &number.to_string());
            }
        }
        self.text(112, self.y + 14, "code", text);
        self.y += LINE;
    }

    /// The box below a line.
    fn annotation(&mut self, annotation: &Annotation) {
        let Annotation { severity, title, line, message } = annotation;
        let (result, sign) = if severity == "error" { ("failure", "⊗") } else { ("warning", "⚠") };
        let lines: Vec<&str> = message.lines().collect();
        self.y += 8;
        let height = 80 + 18 * lines.len();
        self.rect("page", [16, WIDTH - 32, height]);
        self.rect(severity, [16, 3, height]);
        self.text(32, self.y + 24, severity, sign);
        self.text(54, self.y + 24, &format!("bold {severity}"), &format!("Check {result} on line {line} in Procfile"));
        self.text(54, self.y + 44, "quiet", "GitHub Actions / Check the Procfile");
        self.text(54, self.y + 66, "bold", title);
        for (row, text) in lines.into_iter().enumerate() {
            self.text(54, self.y + 86 + 18 * row, "code", text);
        }
        self.y += height + 8;
    }
}

/// (L2) A pull request that adds two mistakes.
#[test]
fn the_annotations() {
    let annotations = annotations();
    let mut drawing = Drawing { body: String::new(), y: 1 };
    drawing.rect("bar", [0, WIDTH, 36]);
    drawing.text(16, 24, "code bold", "Procfile");
    drawing.text(WIDTH - 50, 24, "code bold plus", &format!("+{}", ADDED.len()));
    drawing.y += 36;
    drawing.rect("hunk", [1, WIDTH - 2, LINE + 4]);
    let (old, new) = (BEFORE.len(), BEFORE.len() + ADDED.len());
    drawing.text(98, drawing.y + 16, "code quiet", &format!("@@ -{old} +1,{new} @@"));
    drawing.y += LINE + 4;
    for (index, text) in BEFORE.iter().chain(&ADDED).enumerate() {
        let number = index + 1;
        drawing.line([(index < old).then_some(number), Some(number)], text);
        for annotation in annotations.iter().filter(|annotation| annotation.line == number) {
            drawing.annotation(annotation);
        }
    }
    let height = drawing.y + 8;
    let title = "Two mistakes that a pull request adds to a Procfile, each with an annotation below its line";
    let page = format!(
        "  <rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n",
        WIDTH - 1,
        height - 1
    );
    let svg = head(title, &WIDTH.to_string(), &height.to_string()) + STYLE + &page + &drawing.body + "</svg>\n";
    assert_data_eq!(svg, file!["../../docs/pictures/annotations.svg"].raw());
}
