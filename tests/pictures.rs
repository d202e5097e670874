//! The pictures of the documentation are what the code shows. `SNAPSHOTS=overwrite cargo test pictures` draws them.
//!
//! Each has a background of its own, for pages light and dark, and fonts that every system has.

mod pull_request;

use crate::support::{App, manifest};
use anstyle_svg::{Term, WIN10_CONSOLE};
use snapbox::{assert_data_eq, file};
use std::fmt::Write as _;
use std::fs;

/// A picture of what a terminal shows, as wide as its longest line, and with a title for those who cannot see it.
fn terminal(title: &str, text: &str) -> String {
    let svg = Term::new().palette(WIN10_CONSOLE).min_width_px(0).render_svg(text.trim_end());
    // Browsers do not apply `opacity` to a part of a text.
    let svg = svg.replace(".dimmed { opacity: 0.4; }", ".dimmed { fill-opacity: 0.6; }");
    let number = |name: &str| svg.split(&format!("{name}=\"")).nth(1).unwrap().split("px\"").next().unwrap();
    let (_, body) = svg.split_once('\n').unwrap();
    head(title, number("width"), number("height")) + body
}

/// The size is said twice, so that a page narrower than the picture shows it smaller.
fn head(title: &str, width: &str, height: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n  <title>{title}</title>\n"
    )
}

/// The log of a build.
#[test]
fn the_build_log() {
    const PROCFILE: &str = "web: gunicorn app:app --bind 0.0.0.0:${PORT:-8080}\nworker: celery -A app.tasks worker\n";
    const TOML: &str =
        "[io.octopilot.processes]\nweb = \"flask run\"\nbeat = [\"celery\", \"-A\", \"app.tasks\", \"beat\"]\n";
    let app = App::procfile(PROCFILE).file("project.toml", TOML).env("CLICOLOR_FORCE", "1");
    let shown = app.preview(&[]);
    assert_eq!((shown.status, shown.stderr.as_str()), (Some(0), ""));
    let (log, _) = shown.stdout.split_once("\n# launch.toml").unwrap();
    let log = log.replace("[VERSION]", env!("CARGO_PKG_VERSION"));
    assert_data_eq!(
        terminal("The build log of an app with three process types", &log),
        file!["../docs/pictures/log.svg"].raw()
    );
}

/// Several mistakes, explained in one build.
#[test]
fn the_diagnostics() {
    const PROCFILE: &str = "web gunicorn app:app\nworker: celery -A app.tasks worker || exit 1\n\
                            release: python manage.py migrate\nrelease: python manage.py seed\n";
    let shown = App::procfile(PROCFILE).file("manage.py", "").env("CLICOLOR_FORCE", "1").preview(&[]);
    assert_eq!((shown.status, shown.stdout.as_str()), (Some(1), ""));
    let shown = shown.stderr.replace("[VERSION]", env!("CARGO_PKG_VERSION"));
    let title = "Three mistakes in a Procfile, each with its line, a caret and what to type";
    assert_data_eq!(terminal(title, &shown), file!["../docs/pictures/diagnostics.svg"].raw());
}

/// The groups of modules, and the module that each starts with in `src/lib.rs`.
const GROUPS: [(&str, &str); 8] = [
    ("shared", "text"),
    ("find, read", "find"),
    ("parse", "parse"),
    ("merge", "merge"),
    ("plan", "launcher"),
    ("write", "failure"),
    ("explain", "catalogue"),
    ("drive", "buildpack"),
];

/// Those of them that data passes through.
const STAGES: std::ops::Range<usize> = 1..6;

const STYLE: &str = r##"  <style>
    text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #cccccc }
    .module { font-family: SFMono-Regular, Consolas, "Liberation Mono", Menlo, monospace; fill: #61d6d6 }
    .stage { font-weight: bold; text-anchor: middle }
    .box { fill: none; stroke: #3b78ff; stroke-width: 1.5 }
    .beside { stroke-dasharray: 4 }
    .arrow { fill: #3b78ff; stroke: #3b78ff; stroke-width: 1.5 }
  </style>
  <rect width="100%" height="100%" rx="4.5" fill="#0c0c0c"/>
"##;

/// The way of the data through the modules, and what each says about itself.
#[test]
fn the_way_of_the_data() {
    let library = fs::read_to_string(manifest("src/lib.rs")).unwrap();
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for module in library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        if let Some((group, _)) = GROUPS.iter().find(|(_, first)| *first == module) {
            groups.push((group, Vec::new()));
        }
        groups.last_mut().unwrap().1.push(module);
    }
    assert_eq!(groups.iter().map(|(group, modules)| (*group, modules[0])).collect::<Vec<_>>(), GROUPS);
    let (mut body, mut y) = (String::new(), 14);
    for (index, (group, modules)) in groups.iter().enumerate() {
        let is_stage = STAGES.contains(&index);
        let (height, beside) = (20 * modules.len() + 12, if is_stage { "" } else { " beside" });
        if is_stage && index > STAGES.start {
            writeln!(body, "  <path class=\"arrow\" d=\"M75 {} v8 m-4 0 h8 l-4 6 z\"/>", y - 18).unwrap();
        }
        writeln!(body, "  <rect class=\"box{beside}\" x=\"16\" y=\"{y}\" width=\"118\" height=\"{height}\" rx=\"4\"/>")
            .unwrap();
        writeln!(body, "  <text class=\"stage\" x=\"75\" y=\"{}\">{group}</text>", y + height / 2 + 5).unwrap();
        for (row, module) in modules.iter().enumerate() {
            let y = y + 20 * row + 20;
            writeln!(body, "  <text class=\"module\" x=\"152\" y=\"{y}\">{module}</text>").unwrap();
            writeln!(body, "  <text x=\"262\" y=\"{y}\">{}</text>", says(module)).unwrap();
        }
        y += height + 20;
    }
    let title = "The modules in the order in which the data passes through them";
    let svg = head(title, "860", &(y - 6).to_string()) + STYLE + &body + "</svg>\n";
    assert_data_eq!(svg, file!["../docs/pictures/stages.svg"].raw());
}

/// The first sentence of a module's documentation, without what is in brackets, and where it is long, what is behind
/// the colon.
fn says(module: &str) -> String {
    let path = [format!("src/{module}.rs"), format!("src/{module}/mod.rs")].map(|path| manifest(&path));
    let code = fs::read_to_string(path.iter().find(|path| path.is_file()).unwrap()).unwrap();
    let lines = code.lines().map_while(|line| line.strip_prefix("//! "));
    let text = lines.collect::<Vec<_>>().join(" ").replace(['`', '[', ']'], "");
    let (mut depth, mut said) = (0, String::new());
    for character in text.split(". ").next().unwrap().chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 => said.push(character),
            _ => {}
        }
    }
    assert!(!said.contains(['<', '&']), "{module}: {said}");
    let said = said.trim_end_matches(['.', ' ']).replace("  ", " ").replace(" ,", ",").replace(" :", ":");
    if said.len() > 80 { said.split(": ").next().unwrap().to_string() } else { said }
}
