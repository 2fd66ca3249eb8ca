//! What people write into files for mpviz: read as TOML, and what is wrong with it, line by line.
//!
//! No file is opened here: who opened it knows its name and puts it before the [`Fault`].

use crate::event::names::nearest;
use std::fmt;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Something written that can't be so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The line, from 1, where it is at one.
    pub line: Option<usize>,
    /// What is wrong, with its value.
    pub what: String,
    /// What would be right, where that is known.
    pub hint: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}

/// A key with what stands behind it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The key.
    pub key: String,
    /// What stands behind it.
    pub value: DeValue<'a>,
    /// Its line, from 1.
    pub line: usize,
}

/// What is tables within tables beyond this is no file of ours, and would use up the stack.
const DOTS_MAX: usize = 64;

/// Reads a text as TOML. Returns its entries in the order in which they stand.
///
/// # Errors
///
/// Where it is no TOML: with the line.
pub fn read(text: &str) -> Result<Vec<Entry<'_>>, Fault> {
    if let Some(line) = text.lines().position(|line| {
        !line.trim_start().starts_with('#') && line.matches('.').count() > DOTS_MAX
    }) {
        return Err(Fault {
            line: Some(line + 1),
            what: format!("there are more than {DOTS_MAX} dots in it"),
            hint: None,
        });
    }
    let table = DeTable::parse(text).map_err(|error| not_toml(text, &error))?;
    Ok(entries(text, table.into_inner()))
}

/// Returns what is told of a text that is no TOML.
fn not_toml(text: &str, error: &toml::de::Error) -> Fault {
    let twice = error.span().filter(|_| error.message() == "duplicate key");
    let twice = twice.and_then(|span| text.get(span));
    let twice = twice.map(|key| key.trim_matches(['"', '\'']));
    let said = error.message().lines().collect::<Vec<_>>().join("; ");
    Fault {
        line: error.span().map(|span| line_of(text, &span)),
        what: twice.map_or(said, |key| format!("`{}` stands there twice", brief(key))),
        hint: twice.map(|_| "one of the two lines must go".to_owned()),
    }
}

/// Returns the entries of a table in the order in which they stand in `text`.
pub fn entries<'a>(text: &str, table: DeTable<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<_> = table
        .into_iter()
        .map(|(key, value)| (key.span(), key.into_inner(), value.into_inner()))
        .collect();
    entries.sort_by_key(|(span, ..)| span.start);
    // Lines are counted on from the entry before: a long file is read once.
    let (mut line, mut from) = (1, 0);
    entries
        .into_iter()
        .map(|(span, key, value)| {
            line += newlines(text, from..span.start);
            from = span.start;
            Entry {
                key: key.into_owned(),
                value,
                line,
            }
        })
        .collect()
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    1 + newlines(text, 0..span.start)
}

fn newlines(text: &str, range: Range<usize>) -> usize {
    let bytes = text.as_bytes().get(range).unwrap_or_default();
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

impl Entry<'_> {
    /// Returns the fault that what stands here can't be so.
    pub fn fault(&self, what: impl Into<String>, hint: Option<String>) -> Fault {
        Fault {
            line: Some(self.line),
            what: what.into(),
            hint,
        }
    }

    /// Returns the fault that its key is none of `known`.
    pub fn unknown<'b>(&self, what: &str, known: impl IntoIterator<Item = &'b str>) -> Fault {
        self.fault(
            format!("there is no {what} `{}`", brief(&self.key)),
            near(&self.key, known),
        )
    }

    /// Returns the fault that its value is of another type.
    pub fn wanted(&self, wanted: &str) -> Fault {
        let article = match self.value.type_str() {
            "array" | "integer" => "an",
            _ => "a",
        };
        self.fault(
            format!(
                "`{}` is {article} {}, and must be {wanted}",
                brief(&self.key),
                self.value.type_str()
            ),
            None,
        )
    }
}

/// Returns a hint that says which known names are near to one that is not; else all of them, if
/// they are few.
pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    let list = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    match &nearest(name, known.iter().copied())[..] {
        [] if known.len() > FEW => None,
        [] => Some(format!("there are {}", list(&known))),
        near => Some(format!("near to it: {}", list(near))),
    }
}

/// So many names are told where none is near.
const FEW: usize = 16;

/// Returns what is quoted of a word that somebody wrote: its beginning, with no character in it that a
/// terminal would obey.
pub fn brief(word: &str) -> String {
    let mut told = String::new();
    for (at, c) in word.chars().enumerate() {
        if at == BRIEF {
            told.push('…');
            break;
        }
        match c.is_control() {
            true => told.extend(c.escape_default()),
            false => told.push(c),
        }
    }
    told
}

/// So many characters are quoted.
const BRIEF: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_short_and_obeyed_by_nobody() {
        assert_eq!(brief("nex\nt\u{1b}[2J"), "nex\\nt\\u{1b}[2J");
        assert_eq!(brief(&"ü".repeat(41)), format!("{}…", "ü".repeat(40)));
        assert_eq!(brief(&"ü".repeat(40)), "ü".repeat(40));
    }

    #[test]
    fn entries_come_in_their_order_with_their_lines() {
        let entries = read("# one\nb = 1\n\na = \"x\"\n[t]\nz = 1\n").unwrap();
        let told: Vec<_> = entries.iter().map(|e| (e.key.as_str(), e.line)).collect();
        assert_eq!(told, [("b", 2), ("a", 4), ("t", 5)]);
    }

    #[test]
    fn what_is_no_toml_has_a_line() {
        for (text, line) in [
            ("a = 1\na = 2\n", 2),
            ("a = 1\n\n[t\n", 3),
            ("x\n", 1),
            ("a = \"", 1),
            ("a = [\n1,\n", 2),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!(fault.line, Some(line), "{text:?}: {fault}");
            assert!(!fault.what.contains('\n'), "{fault}");
        }
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        for text in [
            format!("{}a = 1", "a.".repeat(100_000)),
            format!("[{}a]", "a.".repeat(100_000)),
            format!("a = {}", "[".repeat(100_000)),
            format!("a = {}", "{a=".repeat(100_000)),
            format!("a = {{{}a = 1}}", "a . ".repeat(100_000)),
        ] {
            assert!(read(&text).is_err());
        }
    }
}
