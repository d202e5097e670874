//! Finds positional parameters in what words expand.

use crate::shell::bounds::Unreadable;
use crate::shell::words::{pieces, quoted_pieces};
use brush_parser::word::{Parameter, ParameterExpr, SpecialParameter, WordPiece, WordPieceWithSource};

/// The deepest nesting of expansions that is searched.
const DEEPEST: usize = 6;

/// Answers for the script of a command substitution at a depth.
pub(super) type OfSubstitution<'f> = dyn Fn(&str, usize) -> Result<bool, Unreadable> + 'f;

/// Whether a word, or one inside it, expands positional parameters.
pub(super) fn is_positional(word: &str, depth: usize, inner: &OfSubstitution) -> Result<bool, Unreadable> {
    if is_named_only(word) {
        return Ok(false);
    }
    any(&pieces(word)?, depth, inner)
}

/// Whether everything that a word expands is a variable with a name, as in `$PORT` and `${PORT:-8080}`. Most words are like
/// that, and need no parser.
fn is_named_only(word: &str) -> bool {
    let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    !word.contains('`')
        && word.split('$').skip(1).all(|rest| {
            let (braced, rest) = rest.strip_prefix('{').map_or((false, rest), |rest| (true, rest));
            let after = rest.trim_start_matches(is_name);
            let name = &rest[..rest.len() - after.len()];
            let is_ended = !braced
                || after.starts_with('}')
                || after.strip_prefix(":-").is_some_and(|word| word.trim_start_matches(is_name).starts_with('}'));
            name.starts_with(|c: char| !c.is_ascii_digit()) && !name.starts_with("BASH") && is_ended
        })
}

/// Whether a value of PATH has an entry that is not absolute. One that starts with a variable is taken as absolute.
pub(super) fn has_relative_entry(value: &str) -> bool {
    let mut depth = 0_usize;
    let mut is_start = true;
    let mut entries = value.chars().filter(|c| !matches!(c, '"' | '\'')).chain([':']);
    entries.any(|c| {
        let is_relative = is_start && !"/$~`".contains(c);
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_start = c == ':' && depth == 0;
        is_relative
    })
}

/// The same for a here-document.
pub(super) fn is_positional_document(text: &str, depth: usize, inner: &OfSubstitution) -> Result<bool, Unreadable> {
    if !text.contains(['$', '`']) {
        return Ok(false);
    }
    any(&quoted_pieces(text)?, depth, inner)
}

fn any(pieces: &[WordPieceWithSource], depth: usize, inner: &OfSubstitution) -> Result<bool, Unreadable> {
    if depth > DEEPEST {
        return Err(Unreadable { at: None });
    }
    for piece in pieces {
        let found = match &piece.piece {
            WordPiece::DoubleQuotedSequence(quoted) | WordPiece::GettextDoubleQuotedSequence(quoted) => {
                any(quoted, depth + 1, inner)?
            }
            WordPiece::ParameterExpansion(expression) => in_expression(expression, depth + 1, inner)?,
            WordPiece::CommandSubstitution(script) | WordPiece::BackquotedCommandSubstitution(script) => {
                inner(script, depth + 1)?
            }
            WordPiece::ArithmeticExpression(expression) => is_positional(&expression.value, depth + 1, inner)?,
            WordPiece::Text(_)
            | WordPiece::SingleQuotedText(_)
            | WordPiece::AnsiCQuotedText(_)
            | WordPiece::TildeExpansion(_)
            | WordPiece::EscapeSequence(_) => false,
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an expansion uses a positional parameter, or one whose name is only known at run time.
fn in_expression(expression: &ParameterExpr, depth: usize, inner: &OfSubstitution) -> Result<bool, Unreadable> {
    use ParameterExpr as P;
    let (parameter, indirect, words): (&Parameter, bool, [Option<&str>; 2]) = match expression {
        P::Parameter { parameter, indirect }
        | P::ParameterLength { parameter, indirect }
        | P::Transform { parameter, indirect, .. } => (parameter, *indirect, [None, None]),
        P::UseDefaultValues { parameter, indirect, default_value: word, .. }
        | P::AssignDefaultValues { parameter, indirect, default_value: word, .. }
        | P::IndicateErrorIfNullOrUnset { parameter, indirect, error_message: word, .. }
        | P::UseAlternativeValue { parameter, indirect, alternative_value: word, .. }
        | P::RemoveSmallestSuffixPattern { parameter, indirect, pattern: word }
        | P::RemoveLargestSuffixPattern { parameter, indirect, pattern: word }
        | P::RemoveSmallestPrefixPattern { parameter, indirect, pattern: word }
        | P::RemoveLargestPrefixPattern { parameter, indirect, pattern: word }
        | P::UppercaseFirstChar { parameter, indirect, pattern: word }
        | P::UppercasePattern { parameter, indirect, pattern: word }
        | P::LowercaseFirstChar { parameter, indirect, pattern: word }
        | P::LowercasePattern { parameter, indirect, pattern: word } => (parameter, *indirect, [word.as_deref(), None]),
        P::Substring { parameter, indirect, offset, length } => {
            let length = length.as_ref().map(|length| length.value.as_str());
            (parameter, *indirect, [Some(&offset.value), length])
        }
        P::ReplaceSubstring { parameter, indirect, pattern, replacement, .. } => {
            (parameter, *indirect, [Some(pattern), replacement.as_deref()])
        }
        P::VariableNames { .. } | P::MemberKeys { .. } => return Ok(false),
    };
    if is_shells_own(parameter) {
        return Err(Unreadable { at: None });
    }
    if indirect || is_argument(parameter) {
        return Ok(true);
    }
    let index = match parameter {
        Parameter::NamedWithIndex { index, .. } => Some(index.as_str()),
        _ => None,
    };
    for word in words.into_iter().flatten().chain(index) {
        if is_positional(word, depth, inner)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_argument(parameter: &Parameter) -> bool {
    match parameter {
        Parameter::Positional(_) => true,
        Parameter::Special(special) => matches!(
            special,
            SpecialParameter::AllPositionalParameters { .. } | SpecialParameter::PositionalParameterCount
        ),
        Parameter::Named(_) | Parameter::NamedWithIndex { .. } | Parameter::NamedWithAllIndices { .. } => false,
    }
}

/// Whether a variable of bash has the same value whatever the text of the script is: `BASH_SOURCE` names its file.
fn is_same_in_any_script(name: &str) -> bool {
    matches!(name, "BASH" | "BASH_SOURCE" | "BASH_VERSION")
}

/// Whether a parameter describes the script or the shell itself (`BASH_COMMAND`, `BASH_SUBSHELL`), so that its value
/// would change with the script.
fn is_shells_own(parameter: &Parameter) -> bool {
    match parameter {
        Parameter::Named(name)
        | Parameter::NamedWithIndex { name, .. }
        | Parameter::NamedWithAllIndices { name, .. } => name.starts_with("BASH") && !is_same_in_any_script(name),
        Parameter::Positional(_) | Parameter::Special(_) => false,
    }
}
