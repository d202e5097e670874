//! Words for files that are not text that can be read.

use super::{Words, list, shown};
use crate::sources::FileProblem;
use std::io::ErrorKind;

pub(super) fn words(problem: &FileProblem) -> Words {
    match problem {
        FileProblem::BrokenLink => Words::new("this file is a link to a file that does not exist", "")
            .help("replace the link by the file, or add the file that it names"),
        FileProblem::Outside { root } => Words::new(format!("this file is outside {root}"), "")
            .help(format!("copy the file into {root}: nothing outside it is read, whatever a link or `..` says")),
        FileProblem::NotAFile { kind } => {
            Words::new(format!("this is a {kind}, not a file"), "").help(format!("replace the {kind} by a file"))
        }
        FileProblem::Unreadable { reason, kind } => {
            let words = Words::new(format!("this file cannot be read: {}", shown(reason)), "");
            words.help(match kind {
                ErrorKind::PermissionDenied => {
                    "let every user read it: `chmod a+r FILE`, and `chmod a+x` its directories"
                }
                ErrorKind::InvalidFilename => "give a path in the app whose names have at most 255 bytes each",
                _ => "put a regular file in its place",
            })
        }
        FileProblem::TooLarge => Words::new("this file is larger than 1 MiB", "")
            .help("keep what the app's processes run, and move the rest into scripts"),
        FileProblem::InvalidEncoding { utf16, file_offset, byte } => {
            let encoding = if *utf16 { "UTF-16, as it starts" } else { "UTF-8" };
            let title = format!("this file is not {encoding}: byte 0x{byte:02X} at offset {file_offset}");
            let words = Words::new(title, "unreadable from here")
                .help("save the file as UTF-8, in the editor's \"Save with encoding\"");
            if *utf16 {
                words
            } else {
                words.help("or convert it, here from Latin-1: `iconv -f latin1 -t utf-8 OLD > NEW`")
            }
        }
        FileProblem::NoBindingEntry => {
            Words::new("this service binding of type `Procfile` has no entry `Procfile`", "")
                .help("add the file to the binding, under the name `Procfile`, or give the binding another type")
        }
        FileProblem::SeveralBindings { names } => Words::new(
            format!(
                "{} service bindings are of type `Procfile`: {}",
                names.len(),
                list(names.iter().map(String::as_str), "and")
            ),
            "",
        )
        .help("keep one of them"),
        FileProblem::Utf16 => Words::new("this file is UTF-16, which other tools do not read", "").help(
            "save it as UTF-8; in PowerShell: `[IO.File]::WriteAllLines((Convert-Path FILE), (Get-Content FILE))`",
        ),
    }
}
