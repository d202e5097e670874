//! What an app directory and a build image may answer.

use crate::text::Pieces;
use arbitrary::Arbitrary;
use octopilot_procfile::find::{Check, Presence, Surroundings};
use std::path::Path;

/// An app directory with nothing in it, and a build image without bash, which has a budget of its own.
#[derive(Debug)]
pub struct Nowhere;

impl Surroundings for Nowhere {
    fn is_directory(&self, _: &Path) -> bool {
        false
    }

    fn head(&self, _: &Path) -> Option<Vec<u8>> {
        None
    }

    fn script(&self, _: &Path) -> Option<Vec<u8>> {
        None
    }

    fn presence(&self, _: &Path) -> Presence {
        Presence::Executable
    }

    fn check(&self, _: &str, _: &str) -> Check {
        Check::Unknown
    }
}

/// Anything, the same about every path.
#[derive(Arbitrary, Debug)]
pub struct Answers {
    are_directories: bool,
    /// Which of the first lines that scripts have, and what follows.
    script: Option<(u8, Pieces)>,
    presence: u8,
    /// Whether bash accepts a command line, or else its message.
    check: Option<Result<(), Pieces>>,
}

const FIRST_LINES: [&str; 6] =
    ["", "#!/bin/sh\n", "#!/usr/bin/env bash\n", "#!/bin/bash -e\r\n", "#! /usr/bin/python3\n", "\x7fELF"];

impl Surroundings for Answers {
    fn is_directory(&self, _: &Path) -> bool {
        self.are_directories
    }

    fn lacks_directory(&self, _: &Path) -> bool {
        !self.are_directories
    }

    fn head(&self, relative: &Path) -> Option<Vec<u8>> {
        self.script(relative).map(|script| script.into_iter().take(4).collect())
    }

    fn script(&self, _: &Path) -> Option<Vec<u8>> {
        let (first, rest) = self.script.as_ref()?;
        let first = FIRST_LINES[usize::from(*first) % FIRST_LINES.len()];
        Some(format!("{first}{rest}").into_bytes())
    }

    fn presence(&self, _: &Path) -> Presence {
        [Presence::Executable, Presence::NotExecutable, Presence::Missing][usize::from(self.presence) % 3]
    }

    fn check(&self, _: &str, _: &str) -> Check {
        match &self.check {
            None => Check::Unknown,
            Some(Ok(())) => Check::Accepted,
            Some(Err(message)) => Check::Refused(message.to_string()),
        }
    }
}
