//! The texts that a build reads: which there are, how they are decoded, where things are in them, and how they are
//! shown. Pure.

pub mod decode;
pub mod expansion;
pub mod lines;
pub mod nearest;
pub mod punctuation;
pub mod quote;
pub mod source;
pub mod toml;
pub mod variable;
pub mod visible;
pub mod word;

pub use decode::{Encoding, decode};
pub use expansion::expansions;
pub use lines::{Position, Text, lines};
pub use nearest::nearest;
pub use punctuation::punctuation;
pub use source::{Source, Sources, Span};
pub use variable::Variable;
pub use visible::{is_invisible, visible};
pub use word::{file_name, find_word};
