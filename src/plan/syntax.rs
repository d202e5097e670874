//! Finds what is wrong in a command that bash refuses (X0).

use crate::parse::names::is_shell_name;
use crate::plan::remedy::Remedy;
use crate::shell::{self, Budget, Piece};
use crate::text::quote::shell_word;
use std::ops::Range;

/// What is wrong in a line that bash refuses with a message, and the bytes of it.
pub(super) fn mistake(line: &str, message: &str, budget: &Budget) -> Option<(Remedy, Range<usize>)> {
    if let Some(at) = unclosed(line) {
        let remedy = Remedy::write("a `}` is missing", &format!("{}}}", &line[at.clone()]));
        return Some((remedy, at));
    }
    if let Some(quote) = ['\'', '"'].into_iter().find(|quote| message.ends_with(&format!("matching `{quote}'"))) {
        return open_quote(line, quote);
    }
    let pieces = shell::pieces(line, budget)?;
    let read = Read::new(line, &pieces);
    if let Some((_, token)) = message.split_once("unexpected token `") {
        return read.unexpected(token.strip_suffix('\'')?);
    }
    message.ends_with("unexpected end of file").then(|| read.unfinished())?
}

/// The expansion that has no `}` in a line that bash refuses: from the last `${` to the end of the word.
fn unclosed(line: &str) -> Option<Range<usize>> {
    let start = line.rfind("${").filter(|start| !line[*start..].contains('}'))?;
    let before = &line[..start];
    let is_quoted = before.ends_with('\\') || before.matches('\'').count() % 2 == 1;
    let length = line[start..].find([' ', '\t', '\n', '"', '\'', ';', '&', '|']).unwrap_or(line.len() - start);
    (!is_quoted).then_some(start..start + length)
}

/// An expansion that bash refuses when it runs the command, and what is probably meant: `${process.env.PORT}`,
/// `${{ secrets.KEY }}`.
pub(super) fn bad_expansion(line: &str) -> Option<(Remedy, Range<usize>)> {
    // A line can have thousands of expansions, so nothing is looked at twice.
    let (mut quotes, mut counted) = (0, 0);
    let found = line.match_indices("${").find_map(|(start, _)| {
        let (before, inside) = (&line[..start], &line[start + 2..]);
        quotes += line[counted..start].matches('\'').count();
        counted = start;
        let is_quoted = before.ends_with(['\\', '$']) || quotes % 2 == 1;
        let (text, closer) = inside.strip_prefix('{').map_or((inside, "}"), |text| (text, "}}"));
        let is_in_names = |c: char| c == '_' || c == '.' || c.is_ascii_alphanumeric() || c.is_whitespace();
        let length = text.find(|c| !is_in_names(c)).filter(|length| text[*length..].starts_with(closer))?;
        let parts = || text[..length].trim().split('.');
        let are_names = parts().all(is_shell_name);
        let is_bad = are_names && (closer == "}}" || parts().count() > 1);
        let end = start + 2 + (inside.len() - text.len()) + length + closer.len();
        (is_bad && !is_quoted && !line.contains("<<")).then(|| (start..end, parts().next_back().unwrap_or_default()))
    });
    let (at, name) = found?;
    let remedy = Remedy::write("not a variable of the shell", &format!("${{{name}}}"));
    Some((remedy.titled(format!("bash cannot expand `{}`: bad substitution", &line[at.clone()])), at))
}

/// The first syntax of a line that only bash has, if it may be what another shell reads in another way, and its bytes.
pub(super) fn of_bash(line: &str, budget: &Budget) -> Option<(String, Range<usize>)> {
    let pieces = shell::pieces(line, budget)?;
    let read = Read::new(line, &pieces);
    let found = (0..pieces.len()).find_map(|number| {
        let (at, before) = (read.at(number), number.checked_sub(1));
        match read.text(number) {
            "[[" if read.starts.contains(&number) => Some(at),
            "&>" | "&>>" | "|&" | "<<<" if read.is_operator(number) => Some(at),
            "(" => before
                .filter(|before| read.redirects(*before) && read.at(*before).end == at.start)
                .map(|before| read.at(before).start..at.end),
            _ => None,
        }
    })?;
    Some((line.get(found.clone())?.to_string(), found))
}

/// A text in quotes, with an apostrophe if it has one.
fn quoted(text: &str) -> String {
    if text.contains('\'') && !text.contains(['"', '$', '`', '\\', '!']) {
        format!("\"{text}\"")
    } else {
        shell_word(text)
    }
}

/// The quote that has no end, or the apostrophe that is read as one.
fn open_quote(line: &str, quote: char) -> Option<(Remedy, Range<usize>)> {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let is_apostrophe =
        |at: usize| is_letter(line[..at].chars().next_back()) && is_letter(line[at + 1..].chars().next());
    let (mut open, mut is_escaped, mut around) = (None, false, None);
    for (at, c) in line.char_indices() {
        match (open, c) {
            _ if is_escaped => is_escaped = false,
            (None | Some((_, '"')), '\\') => is_escaped = true,
            (None, '\'' | '"') => open = Some((at, c)),
            (Some((start, with)), c) if c == with => {
                if c == '\'' && is_apostrophe(at) {
                    around = Some(start);
                }
                open = None;
            }
            _ => {}
        }
    }
    let (start, _) = open.filter(|(_, with)| *with == quote)?;
    if let Some(opener) = around {
        let at = opener..line.rfind('\'')? + 1;
        let text = line.get(opener + 1..at.end - 1)?;
        return Some((Remedy::write("the apostrophe ends the quote", &quoted(text)), at));
    }
    let rest = &line[start..];
    if quote == '\'' && is_apostrophe(start) {
        let word = line[..start].rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
        let at = word..start + rest.find(char::is_whitespace).unwrap_or(rest.len());
        return Some((Remedy::write("the apostrophe starts a quote", &quoted(&line[at.clone()])), at));
    }
    let label = "this quote is not closed";
    if !rest.contains(char::is_whitespace) {
        return Some((Remedy::write(label, &format!("{rest}{quote}")), start..line.len()));
    }
    let remedy = Remedy::new(label, format!("write `{quote}` where the quoted text ends"));
    Some((remedy, start..start + 1))
}

/// A part of a script that is not closed yet.
struct Open<'l> {
    /// The word that opens it.
    word: &'l str,
    /// Its number.
    number: usize,
    /// Whether its `then` or `do` has been read, or it needs none.
    has_body: bool,
    /// The first `;` behind it.
    separator: Option<usize>,
    /// A `then` or `do` that is an argument of the command before it.
    late_body: Option<usize>,
    /// A closing word that is an argument of the command before it.
    late_end: Option<usize>,
}

impl<'l> Open<'l> {
    fn new(number: usize, word: &'l str) -> Self {
        let open = Self { word, number, has_body: false, separator: None, late_body: None, late_end: None };
        Self { has_body: open.words().0.is_empty(), ..open }
    }

    /// The word that starts its body, and the one that closes it.
    fn words(&self) -> (&'static str, &'static str) {
        match self.word {
            "if" => ("then", "fi"),
            "else" => ("", "fi"),
            "while" | "until" | "for" | "select" => ("do", "done"),
            "case" => ("", "esac"),
            "{" => ("", "}"),
            _ => ("", ")"),
        }
    }
}

/// A line as far as it can be read.
struct Read<'l> {
    line: &'l str,
    pieces: &'l [Piece],
    open: Vec<Open<'l>>,
    /// The word that closes nothing.
    stopped: Option<usize>,
    /// The words that start a command.
    starts: Vec<usize>,
}

impl<'l> Read<'l> {
    fn new(line: &'l str, pieces: &'l [Piece]) -> Self {
        let mut read = Self { line, pieces, open: Vec::new(), stopped: None, starts: Vec::new() };
        let mut starts_command = true;
        for (number, piece) in pieces.iter().enumerate() {
            let text = read.text(number);
            let is_target = number.checked_sub(1).is_some_and(|before| read.redirects(before));
            let is_read = match (piece.is_operator, starts_command) {
                (true, _) => read.operator(number, text),
                (false, true) => read.start(number, text),
                (false, false) => {
                    read.argument(number, text);
                    true
                }
            };
            if !is_read {
                read.stopped = Some(number);
                break;
            }
            starts_command = if piece.is_operator {
                !read.redirects(number)
            } else {
                !is_target && starts_command && shell::precedes_command(text)
            };
        }
        read
    }

    fn text(&self, number: usize) -> &'l str {
        self.pieces.get(number).and_then(|piece| self.line.get(piece.at.clone())).unwrap_or_default()
    }

    fn is_operator(&self, number: usize) -> bool {
        self.pieces.get(number).is_some_and(|piece| piece.is_operator)
    }

    fn redirects(&self, number: usize) -> bool {
        self.is_operator(number) && self.text(number).starts_with(['<', '>'])
    }

    fn operator(&mut self, number: usize, text: &'l str) -> bool {
        if let (";" | "\n", Some(open)) = (text, self.open.last_mut()) {
            open.separator.get_or_insert(number);
        }
        match (text, self.open.last().map(|open| open.word)) {
            ("(", _) => self.open.push(Open::new(number, text)),
            (")", Some("(")) => _ = self.open.pop(),
            (")", top) => return top == Some("case"),
            _ => {}
        }
        true
    }

    /// A word at the start of a command.
    fn start(&mut self, number: usize, text: &'l str) -> bool {
        self.starts.push(number);
        if matches!(text, "if" | "while" | "until" | "for" | "select" | "case" | "{") {
            self.open.push(Open::new(number, text));
            return true;
        }
        let Some(top) = self.open.last_mut() else {
            return !matches!(text, "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}");
        };
        let (body, end) = top.words();
        match text {
            "then" | "do" => {
                let is_body = text == body && !top.has_body;
                top.has_body |= is_body;
                is_body
            }
            "elif" | "else" => {
                let is_next = top.word == "if" && top.has_body;
                if is_next {
                    *top = Open::new(number, if text == "elif" { "if" } else { text });
                }
                is_next
            }
            "fi" | "done" | "esac" | "}" => {
                let is_end = text == end && top.has_body;
                if is_end {
                    self.open.pop();
                }
                is_end
            }
            _ => true,
        }
    }

    fn argument(&mut self, number: usize, text: &str) {
        let Some(top) = self.open.last_mut() else { return };
        let (body, end) = top.words();
        if text == body && !top.has_body {
            top.late_body = Some(number);
        } else if text == end {
            top.late_end = Some(number);
        }
    }

    fn at(&self, number: usize) -> Range<usize> {
        self.pieces.get(number).map_or(self.line.len()..self.line.len(), |piece| piece.at.clone())
    }

    /// bash does not expect a token.
    fn unexpected(&self, token: &str) -> Option<(Remedy, Range<usize>)> {
        match token {
            "(" => self.parenthesis(),
            "newline" => self.angles(),
            "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}" | ")" => {
                let number = self.stopped.filter(|number| self.text(*number) == token)?;
                let unknown = || (Remedy::label("not possible here"), self.at(number));
                Some(self.unopened(token, number).unwrap_or_else(unknown))
            }
            "&" => self.redirection().or_else(|| self.doubled(token)),
            "&&" | "||" | ";" | "|" | ";;" => self.doubled(token),
            _ => {
                let text = self.parenthesis().filter(|(_, at)| self.line[at.clone()].contains(&format!("({token}")));
                text.or_else(|| self.bodyless(self.open.last().filter(|open| self.is_without_body(open, token))?))
            }
        }
    }

    /// Text with parentheses, which is not in quotes.
    fn parenthesis(&self) -> Option<(Remedy, Range<usize>)> {
        let number = (1..self.pieces.len()).find(|number| {
            let is_function = self.starts.contains(&(number - 1)) && self.text(number + 1) == ")";
            let follows_word = !self.is_operator(number - 1) && self.text(number - 1) != "in";
            self.is_operator(*number) && self.text(*number) == "(" && follows_word && !is_function
        })?;
        let (word, open) = (self.at(number - 1), self.at(number));
        let is_value = number >= 2 && self.text(number - 2).starts_with('-');
        let start = if word.end == open.start || is_value { word.start } else { open.start };
        let close = open.start + self.line[open.start..].find(')')? + 1;
        let end = close + self.line[close..].find([' ', '\t', '\n', ';', '&', '|']).unwrap_or(self.line.len() - close);
        let text = self.line.get(start..end).filter(|text| !text.contains(['\'', '"', '$', '`', '\\', '\n']))?;
        Some((Remedy::write("parentheses need quotes", &shell_word(text)), start..end))
    }

    /// A placeholder such as `<name>` at the end.
    fn angles(&self) -> Option<(Remedy, Range<usize>)> {
        let last = self.pieces.len().checked_sub(1)?;
        let start = last.checked_sub(2).filter(|start| self.text(*start) == "<" && self.text(last) == ">")?;
        let at = self.at(start).start..self.at(last).end;
        let text = self.line.get(at.clone()).filter(|text| !text.contains([' ', '\'', '"', '$']))?;
        Some((Remedy::write("`<` and `>` need quotes", &shell_word(text)), at))
    }

    /// `> &1`.
    fn redirection(&self) -> Option<(Remedy, Range<usize>)> {
        let number = (1..self.pieces.len()).find(|number| self.text(*number) == "&" && self.redirects(number - 1))?;
        let at = self.at(number - 1).start..self.at(number + 1).end;
        let together: String = self.line[at.clone()].split_whitespace().collect();
        Some((Remedy::write("no blank may be before the `&`", &together), at))
    }

    /// An operator without a command before it.
    fn doubled(&self, token: &str) -> Option<(Remedy, Range<usize>)> {
        let is_empty = |number: &usize| {
            let before = number.checked_sub(1);
            self.is_operator(*number)
                && self.text(*number) == token
                && before.is_none_or(|before| self.is_operator(before) && self.text(before) != ")")
        };
        let numbers = 0..self.pieces.len();
        if token == ";;" && self.open.iter().all(|open| open.word != "case") {
            let number = numbers.clone().find(|number| self.text(*number) == ";;")?;
            return Some((Remedy::write("only `case` has this", ";"), self.at(number)));
        }
        let number = numbers.clone().find(is_empty)?;
        Some((Remedy::delete("there is no command before this", token), self.at(number)))
    }

    /// A word that closes or continues what is not open.
    fn unopened(&self, token: &str, number: usize) -> Option<(Remedy, Range<usize>)> {
        let Some(open) = self.open.last() else {
            let is_glued = |number: &&usize| token == "}" && self.text(**number).starts_with('{');
            if let Some(glued) = self.starts.iter().find(is_glued) {
                let text = format!("{{ {}", &self.text(*glued)[1..]);
                return Some((Remedy::write("a blank is missing after the `{`", &text), self.at(*glued)));
            }
            return Some((Remedy::delete("nothing is open that this could close", token), self.at(number)));
        };
        let (body, end) = open.words();
        if open.has_body {
            return self.wrongly_closed(open, number);
        }
        if token == end || open.word == "if" && matches!(token, "elif" | "else") {
            return open.late_body.map(|late| self.late(body, late)).or_else(|| self.bodyless(open));
        }
        let label = format!("`{}` goes on with `{body}`", open.word);
        matches!(token, "then" | "do").then(|| (Remedy::write(&label, body), self.at(number)))
    }

    /// Whether a word follows the list of a `for` in the place of its `do`.
    fn is_without_body(&self, open: &Open, token: &str) -> bool {
        let follows = open.separator.is_some_and(|separator| self.text(separator + 1) == token);
        matches!(open.word, "for" | "select") && !open.has_body && follows
    }

    /// What has no `then` or `do`.
    fn bodyless(&self, open: &Open) -> Option<(Remedy, Range<usize>)> {
        let (body, _) = open.words();
        let separator = open.separator?;
        let at = self.at(open.number).start..self.at(separator).end;
        let label = format!("`{body}` is missing after this");
        let text = format!("{}; {body}", self.line[at.clone()].trim_end_matches([';', '\n']));
        // With `then` or `do` alone, bash would still not find a command.
        let has_command = self.stopped != Some(separator + 1);
        let remedy = if has_command { Remedy::write(&label, &text) } else { Remedy::start(&label, &text) };
        Some((remedy, at))
    }

    /// A word that closes something else.
    fn wrongly_closed(&self, open: &Open, number: usize) -> Option<(Remedy, Range<usize>)> {
        let (token, (_, end)) = (self.text(number), open.words());
        if let Some(late) = open.late_end {
            return Some(self.late(end, late));
        }
        if self.open.iter().any(|outer| outer.words().1 == token) {
            let text = match self.text(number.saturating_sub(1)) {
                _ if token != ")" => format!("{end}; {token}"),
                ";" | "\n" | "&" => format!("{end} )"),
                _ => format!("; {end} )"),
            };
            return Some((Remedy::write(&format!("`{end}` is missing before this"), &text), self.at(number)));
        }
        let is_last = number + 1 == self.pieces.len() && matches!(token, "fi" | "done" | "esac" | "}" | ")");
        let label = format!("`{}` ends with `{end}`", open.word);
        is_last.then(|| (Remedy::write(&label, end), self.at(number)))
    }

    /// A word of the shell that is read as an argument.
    fn late(&self, word: &str, number: usize) -> (Remedy, Range<usize>) {
        let label = format!("a `;` is missing before this `{word}`");
        (Remedy::write(&label, &format!("; {word}")), self.at(number))
    }

    /// bash expects more.
    fn unfinished(&self) -> Option<(Remedy, Range<usize>)> {
        let last = self.pieces.len().checked_sub(1)?;
        if let "&&" | "||" | "|" | "|&" = self.text(last) {
            return Some((Remedy::delete("there is no command after this", self.text(last)), self.at(last)));
        }
        let open = self.open.last()?;
        let (body, end) = open.words();
        if let Some(late) = open.late_body {
            return Some(self.late(body, late));
        }
        if let Some(late) = open.late_end {
            return Some(self.late(end, late));
        }
        if !open.has_body || self.line.contains(" #") {
            return None;
        }
        let text = match self.text(last) {
            _ if end == ")" => end.to_string(),
            ";" | "\n" | "&" => format!(" {end}"),
            _ => format!("; {end}"),
        };
        let label = format!("`{end}` is missing at the end");
        Some((Remedy::write(&label, &text), self.line.len()..self.line.len()))
    }
}
