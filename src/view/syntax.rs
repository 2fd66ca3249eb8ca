//! Syntax: which stretches of a line of source are words of the language, texts or comments.
//!
//! A line is read on its own, from the state that the line before has left; so a source is read
//! once, and a frame looks only at the lines that it shows. This is no compiler: any text may come,
//! and what makes no sense is plain.

use std::ops::Range;

/// A language that is told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
}

/// What a stretch of source is. What is nothing of this is plain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// A word of the language.
    Keyword,
    /// A text or a number.
    Literal,
    /// A comment.
    Comment,
}

/// Where a line begins: in plain source, or in something that began on a line above.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum State {
    /// In plain source.
    #[default]
    Plain,
    /// In comments of Rust, so many within each other.
    Comment(u16),
    /// In a text, up to this.
    Text(Close),
}

/// What ends a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Close {
    /// A quote that no backslash stands before.
    Quote(u8),
    /// Three of them.
    Triple(u8),
    /// A quote and so many `#`.
    Raw(u16),
}

const RUST: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type",
    "unsafe", "use", "where", "while",
];

const PYTHON: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

impl Language {
    /// Returns the language of a file, by its name.
    pub fn of_file(path: &str) -> Option<Language> {
        match path.rsplit_once('.')?.1 {
            "rs" => Some(Language::Rust),
            "py" => Some(Language::Python),
            _ => None,
        }
    }

    /// Reads a line that begins in `state`: calls `token` for each stretch that is not plain, in
    /// order, and returns the state of the next line.
    pub fn read(self, line: &str, state: State, token: impl FnMut(Range<usize>, Token)) -> State {
        let mut reader = Reader {
            language: self,
            line,
            at: 0,
            token,
        };
        reader.read(state)
    }
}

struct Reader<'a, F> {
    language: Language,
    line: &'a str,
    /// How far it is read. Always between two characters.
    at: usize,
    token: F,
}

impl<F: FnMut(Range<usize>, Token)> Reader<'_, F> {
    fn read(&mut self, mut state: State) -> State {
        loop {
            state = match state {
                State::Plain => match self.plain() {
                    Some(state) => state,
                    None => return State::Plain,
                },
                State::Comment(depth) => match self.comment(self.at, depth) {
                    0 => State::Plain,
                    depth => return State::Comment(depth),
                },
                State::Text(close) => {
                    if !self.text(self.at, close) {
                        return State::Text(close);
                    }
                    State::Plain
                }
            };
        }
    }

    /// Reads plain source up to something that may go on in the next line; `None` at the end.
    fn plain(&mut self) -> Option<State> {
        while let Some(c) = self.rest().chars().next() {
            let start = self.at;
            if self.is_line_comment() {
                self.at = self.line.len();
                (self.token)(start..self.at, Token::Comment);
            } else if self.language == Language::Rust && self.rest().starts_with("/*") {
                self.at += 2;
                match self.comment(start, 1) {
                    0 => {}
                    depth => return Some(State::Comment(depth)),
                }
            } else if let Some((opening, close)) = self.opening() {
                self.at += opening;
                let ends = self.text(start, close);
                // In Python a text in single quotes ends with its line.
                let goes_on = self.language == Language::Rust || matches!(close, Close::Triple(_));
                if !ends && goes_on {
                    return Some(State::Text(close));
                }
            } else if c.is_alphanumeric() || c == '_' {
                self.word(c);
            } else if c == '\'' {
                self.quoted_character();
            } else {
                self.at += c.len_utf8();
            }
        }
        None
    }

    fn rest(&self) -> &str {
        &self.line[self.at..]
    }

    fn is_line_comment(&self) -> bool {
        self.rest().starts_with(match self.language {
            Language::Rust => "//",
            Language::Python => "#",
        })
    }

    /// Reads on in a comment of Rust that began at `start`; returns how many are still open.
    fn comment(&mut self, start: usize, mut depth: u16) -> u16 {
        while depth > 0 {
            let bytes = self.rest().as_bytes();
            match bytes {
                [b'/', b'*', ..] => depth = depth.saturating_add(1),
                [b'*', b'/', ..] => depth -= 1,
                [] => break,
                _ => {
                    self.step();
                    continue;
                }
            }
            self.at += 2;
        }
        if start < self.at {
            (self.token)(start..self.at, Token::Comment);
        }
        depth
    }

    /// Reads on in a text that began at `start`; returns whether it ends.
    fn text(&mut self, start: usize, close: Close) -> bool {
        let mut ends = false;
        while !ends && self.at < self.line.len() {
            let bytes = self.rest().as_bytes();
            let length = match close {
                Close::Quote(quote) if bytes[0] == quote => 1,
                Close::Triple(quote) if bytes.starts_with(&[quote; 3]) => 3,
                Close::Raw(hashes) if is_raw_end(bytes, hashes) => 1 + usize::from(hashes),
                _ => 0,
            };
            let escapes = bytes[0] == b'\\' && !matches!(close, Close::Raw(_));
            ends = length > 0;
            self.at += length;
            if !ends {
                self.step();
                if escapes {
                    self.step();
                }
            }
        }
        if start < self.at {
            (self.token)(start..self.at, Token::Literal);
        }
        ends
    }

    /// Passes one character, if there is one.
    fn step(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    /// Returns how long the beginning of a text is, if one begins here, and what ends it.
    fn opening(&self) -> Option<(usize, Close)> {
        let rest = self.rest().as_bytes();
        let letters = rest
            .iter()
            .take(3)
            .take_while(|byte| byte.is_ascii_alphabetic());
        let prefix = letters.count();
        let (letters, rest) = rest.split_at(prefix);
        match self.language {
            Language::Rust => {
                let hashes = rest.iter().take_while(|&&byte| byte == b'#').count();
                let is_raw = matches!(letters, b"r" | b"br" | b"cr");
                if is_raw && rest.get(hashes) == Some(&b'"') {
                    let close = Close::Raw(u16::try_from(hashes).ok()?);
                    return Some((prefix + hashes + 1, close));
                }
                let is_text = matches!(letters, b"" | b"b" | b"c") && rest.starts_with(b"\"");
                is_text.then_some((prefix + 1, Close::Quote(b'"')))
            }
            Language::Python => {
                let quote = *rest.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
                let is_prefix = |byte: &u8| b"rRbBfFuUtT".contains(byte);
                if prefix > 2 || !letters.iter().all(is_prefix) {
                    return None;
                }
                Some(if rest.starts_with(&[quote; 3]) {
                    (prefix + 3, Close::Triple(quote))
                } else {
                    (prefix + 1, Close::Quote(quote))
                })
            }
        }
    }

    /// Reads a name, a word of the language or a number.
    fn word(&mut self, first: char) {
        let start = self.at;
        let is_number = first.is_ascii_digit();
        let rest = &self.line[start..];
        let mut after = rest.char_indices().zip(rest.chars().skip(1).chain([' ']));
        let end = after.find(|&((_, c), next)| {
            // `1.5` is one number, `0..5` and `1.max(2)` are not.
            let is_point = c == '.' && is_number && next.is_ascii_digit();
            !(c.is_alphanumeric() || c == '_' || is_point)
        });
        let end = end.map(|((at, _), _)| at);
        self.at += end.unwrap_or(rest.len());
        let word = &self.line[start..self.at];
        let keywords = match self.language {
            Language::Rust => RUST,
            Language::Python => PYTHON,
        };
        if is_number {
            (self.token)(start..self.at, Token::Literal);
        } else if keywords.contains(&word) {
            (self.token)(start..self.at, Token::Keyword);
        }
    }

    /// Reads a character in quotes, or passes the quote of a lifetime.
    fn quoted_character(&mut self) {
        let start = self.at;
        let mut chars = self.rest().char_indices().skip(1);
        let length = match (chars.next(), chars.next()) {
            (Some((_, '\\')), _) => {
                let close = self.rest().char_indices().skip(3).find(|&(_, c)| c == '\'');
                close.map(|(at, _)| at + 1)
            }
            (Some(_), Some((at, '\''))) => Some(at + 1),
            _ => None,
        };
        self.at += length.unwrap_or(1);
        if length.is_some() {
            (self.token)(start..self.at, Token::Literal);
        }
    }
}

fn is_raw_end(bytes: &[u8], hashes: u16) -> bool {
    let hashes = usize::from(hashes);
    bytes[0] == b'"' && bytes.len() > hashes && bytes[1..=hashes].iter().all(|&byte| byte == b'#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads a source and writes each stretch that is not plain in brackets, with a letter.
    fn marked(language: Language, source: &str) -> String {
        let (mut text, mut state) = (String::new(), State::Plain);
        for line in source.split('\n') {
            let mut at = 0;
            state = language.read(line, state, |range, token| {
                let letter = match token {
                    Token::Keyword => 'k',
                    Token::Literal => 'l',
                    Token::Comment => 'c',
                };
                text.push_str(&line[at..range.start]);
                text.push_str(&format!("{letter}[{}]", &line[range.clone()]));
                at = range.end;
            });
            text.push_str(&line[at..]);
            text.push('\n');
        }
        text.trim_end_matches('\n').to_owned()
    }

    #[track_caller]
    fn check(language: Language, source: &str, expected: &str) {
        assert_eq!(marked(language, source), expected);
    }

    #[test]
    fn rust_is_told_apart() {
        let cases = [
            ("for i in 0..5 {", "k[for] i k[in] l[0]..l[5] {"),
            ("sleep(1.5)?; // a while", "sleep(l[1.5])?; c[// a while]"),
            (r#"print("a \" b", 'x')"#, r#"print(l["a \" b"], l['x'])"#),
            ("fn f<'a>(x: &'a str)", "k[fn] f<'a>(x: &'a str)"),
            (r"('\'', '\u{1f}')", r"(l['\''], l['\u{1f}'])"),
            ("a /* b /* c */ d */ e", "a c[/* b /* c */ d */] e"),
            ("/* a\nb\n*/ let", "c[/* a]\nc[b]\nc[*/] k[let]"),
            ("r##\"a\"#\n\"## b\"c\"", "l[r##\"a\"#]\nl[\"##] l[b\"c\"]"),
            ("\"a\nb\" if", "l[\"a]\nl[b\"] k[if]"),
            ("iffy r#type", "iffy r#k[type]"),
        ];
        for (source, expected) in cases {
            check(Language::Rust, source, expected);
        }
    }

    #[test]
    fn python_is_told_apart() {
        let cases = [
            ("def f(): # no", "k[def] f(): c[# no]"),
            (
                "print(f'{a}', rb\"\\\"\")",
                "print(l[f'{a}'], l[rb\"\\\"\"])",
            ),
            ("\"\"\"a\n'b\"\"\" is", "l[\"\"\"a]\nl['b\"\"\"] k[is]"),
            ("x = 'open\nif y", "x = l['open]\nk[if] y"),
            ("x = 0.5 // 2", "x = l[0.5] // l[2]"),
        ];
        for (source, expected) in cases {
            check(Language::Python, source, expected);
        }
    }

    proptest! {
        /// Whatever the text, its stretches are in order, within their line and not empty.
        #[test]
        fn any_text_can_be_read(
            source in "([/*#'\"\\\\rbf0.\\n a-c]|\\PC){0,60}",
            is_rust: bool,
        ) {
            let language = if is_rust { Language::Rust } else { Language::Python };
            let mut state = State::Plain;
            for line in source.split('\n') {
                let mut end = 0;
                state = language.read(line, state, |range, _| {
                    assert!(end <= range.start && range.start < range.end);
                    assert!(line.get(range.clone()).is_some());
                    end = range.end;
                });
            }
        }
    }
}
