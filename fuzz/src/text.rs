//! Texts that have more in them than arbitrary characters would.

use arbitrary::{Arbitrary, Result, Unstructured};
use std::fmt;

/// Pieces of commands. Most are short, so that many fit.
pub const PIECES: [&str; 96] = [
    "a", "a ", "a;", "a&&", "a||", "a|", "a&", "\n", " ", "(", ")", "((", "))", "{ ", ";}", "()", "if ", ";then ",
    ";elif ", ";else ", ";fi;", "case ", " in ", "b)", ";;", ";&", "esac;", "for ", ";do ", ";done;", "while ", "[[ ",
    " ]];", "! ", "time ", "coproc ", "function ", ">a ", "2>&1 ", "<a ", "<<a\n", "<<<a ", "&>a ", "a=", "a=b ",
    "a+=(", "a[1]=", "$a ", "${a}", "${a:-", "${a[", "]", "}", "$(", "`", "$((", "\"", "'", "\\", "$'", "$\"", "*",
    "?", "[", "~", "{a,b}", "é", "\u{200b}", "“", "\t", "#", "$@", "$1", "exec ", "sudo ", "env ", "nice ",
    "bash -c '", "sh -c \"", "set -e;", "trap a TERM;", "kill $!;", "wait;", "cd a&&", "export ", "exit;", "test a&&",
    "PORT", "$PORT ", "%PORT%", "flask run;", "gunicorn a ", "-b 127.0.0.1:80 ", "--reload ", "npm install&&", "./a",
];

/// What a terminal must not get, and what is no text of any language.
pub const HOSTILE: [&str; 12] = [
    "\u{1b}]0;a\u{7}", "\u{9b}31m", "\u{202e}", "\u{2066}", "\r", "\r\n", "\0", "\u{feff}", "\u{e0041}", "\u{2028}",
    "\u{7f}", "\u{ad}",
];

/// A piece of a text.
#[derive(Debug)]
enum Piece {
    Known(&'static str),
    Other(char),
}

// Most have no mistake, so that an app may have none.
impl<'a> Arbitrary<'a> for Piece {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match bytes.int_in_range(0..=15)? {
            0 => Self::Known(bytes.choose(&HOSTILE)?),
            1 => Self::Other(bytes.arbitrary()?),
            _ => Self::Known(bytes.choose(&PIECES)?),
        })
    }
}

/// A text.
#[derive(Arbitrary, Debug)]
pub struct Pieces(Vec<Piece>);

impl fmt::Display for Pieces {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Known(text) => formatter.write_str(text),
            Piece::Other(character) => write!(formatter, "{character}"),
        })
    }
}

/// One of a list, or another text.
#[derive(Debug)]
pub enum Word {
    /// One of a list, by its number.
    Known(u8),
    /// Another text.
    Other(Pieces),
}

impl<'a> Arbitrary<'a> for Word {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        Ok(if bytes.ratio(1, 8)? { Self::Other(bytes.arbitrary()?) } else { Self::Known(bytes.arbitrary()?) })
    }
}

impl Word {
    /// The text. `known`: the list.
    pub fn of(&self, known: &[&str]) -> String {
        match self {
            Self::Known(number) => known[usize::from(*number) % known.len()].to_string(),
            Self::Other(text) => text.to_string(),
        }
    }
}
