//! The argument of a Python server that names the module of the app.

use crate::advice::command::{Command, Word};
use crate::advice::missing::Finder;
use crate::advice::problems::Advice;

/// Advice on an argument that cannot be imported: a path, or for uvicorn a module without the name of the app. hypercorn
/// takes both.
pub(super) fn advice<'c, 'a>(command: &'c Command<'a>, finder: &Finder) -> Option<(Advice, &'c Word<'a>)> {
    let program = command.program();
    if !matches!(program, "gunicorn" | "uvicorn") {
        return None;
    }
    // What follows an option may be its value.
    let is_value =
        |index: usize| command.words[index - 1].text.starts_with('-') && !command.words[index - 1].text.contains('=');
    let (_, word) = command
        .options()
        .filter(|(_, word)| word.is_literal && !word.text.starts_with('-'))
        .find(|(index, _)| !is_value(*index))?;
    let (module, app) =
        word.text.split_once(':').map_or((word.text.as_ref(), None), |(module, app)| (module, Some(app)));
    let path = module.strip_suffix(".py").unwrap_or(module);
    let path = path.strip_prefix("./").unwrap_or(path);
    let is_name = |name: &str| name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()) && !name.is_empty();
    if !path.split(['/', '.']).all(is_name) {
        return None;
    }
    let is_path = path != module || path.contains('/');
    let module = path.replace('/', ".");
    // gunicorn looks for `application`, which the modules of Django have.
    let has_default = program == "gunicorn" && (!is_path || module.rsplit('.').next() == Some("wsgi"));
    let is_guess = app.is_none() && !has_default;
    // `main.app` of `main.py`, with a dot for the `:`.
    let dotted = is_guess.then(|| module.rsplit_once('.')).flatten();
    let dotted = dotted.filter(|(file, _)| !is_path && !finder.has_module(&module) && finder.has_module(file));
    if let Some((module, app)) = dotted {
        let (program, found, instead) = (program.to_string(), word.text.to_string(), format!("{module}:{app}"));
        return Some((Advice::ModulePath { program, found, instead, is_path, is_guess: false }, word));
    }
    let app = app.or(is_guess.then_some("app")).map(|app| format!(":{app}")).unwrap_or_default();
    let instead = module + &app;
    let (program, found) = (program.to_string(), word.text.to_string());
    (instead != found).then_some((Advice::ModulePath { program, found, instead, is_path, is_guess }, word))
}
