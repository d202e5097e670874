//! The first line of a script, which names its interpreter.

use crate::plan::started::is_shell;
use crate::text::file_name;

/// The first line of a script, if it starts with `#!`, behind that.
fn line(script: &[u8]) -> Option<&[u8]> {
    script.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()
}

/// The interpreter that the `#!` of a script names: the program that reads it, behind `env` and `busybox` too. `None` if there is no
/// such line, or no name in it.
pub(super) fn interpreter(script: &[u8]) -> Option<&str> {
    let mut words = str::from_utf8(line(script)?).ok()?.split_ascii_whitespace();
    let program = words.next()?;
    if !matches!(file_name(program), "env" | "busybox") {
        return Some(program);
    }
    let words = words.map(|word| word.strip_prefix("-S").unwrap_or(word));
    words.into_iter().find(|word| !word.is_empty() && !word.starts_with('-') && !word.contains('='))
}

/// The shell or `env` that the `#!` of a script names by a relative path, which the kernel looks for in the working
/// directory, and the line with an absolute path.
pub(super) fn relative(script: &[u8]) -> Option<(String, String)> {
    let line = str::from_utf8(line(script)?).ok()?.trim();
    let program = line.split_ascii_whitespace().next()?;
    let is_relative = !program.starts_with('/') && (is_shell(program) || file_name(program) == "env");
    let directory = if ["bin/", "usr/bin/"].iter().any(|directory| program.starts_with(directory)) {
        "/"
    } else if program == "env" {
        "/usr/bin/"
    } else {
        "/usr/bin/env "
    };
    is_relative.then(|| (program.to_string(), format!("#!{directory}{line}")))
}

/// Whether the first line of a script ends in `\r`, which the kernel takes for a part of the name or the option before it
/// (measured: ENOENT). `env -S` removes it.
pub(super) fn cannot_start(script: &[u8]) -> bool {
    line(script).is_some_and(|line| line.ends_with(b"\r") && !line.windows(3).any(|option| option == b" -S"))
}
