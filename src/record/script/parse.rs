//! Reading a script. Whatever is no step is told with its line and what would be right.

use super::{Line, Script, Step};
use crate::event::Span;
use crate::event::kind::KINDS;
use crate::ui::Key;
use crate::ui::lesson::reading_time;
use std::str::Chars;
use std::time::Duration;

/// The longest wait and caption, in seconds.
const LONGEST: f64 = 86_400.0;
/// The slowest and the fastest speed.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.01..=1000.0;

/// A line that is no step.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("line {line}")]
pub struct ScriptError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub source: Problem,
}

/// What is wrong with a line.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Problem {
    /// Its first word is no step.
    #[error("`{word}` is no step")]
    NoStep {
        /// The word.
        word: String,
    },
    /// A step is not followed by what belongs there.
    #[error("`{text}` is not complete or not right")]
    Wrong {
        /// The line.
        text: String,
        /// How the step is written.
        usage: &'static str,
    },
    /// It names a kind of event that there is not.
    #[error("`{word}` is no kind of event")]
    NoKind {
        /// The word.
        word: String,
        /// Those that look like it.
        near: Vec<&'static str>,
    },
    /// It names a key that there is not.
    #[error("`{word}` is no key")]
    NoKey {
        /// The word.
        word: String,
    },
    /// A quotation does not end.
    #[error("a `\"` is missing")]
    Open,
}

const WAITS: &str = "`wait 1.5s`, `wait event KIND WORDS`, `wait text \"TEXT\"` or `wait end`";

impl Problem {
    /// Returns what would be right.
    pub fn hint(&self) -> String {
        match self {
            Problem::NoStep { .. } => {
                "steps are wait, press, type, caption, mark, speed, pause and resume; `#` begins a \
                 comment"
                    .into()
            }
            Problem::Wrong { usage, .. } => format!("it is written {usage}"),
            Problem::NoKind { near, .. } if near.is_empty() => {
                "`docs/events.md` lists the kinds, such as `ProcessExited`".into()
            }
            Problem::NoKind { near, .. } => {
                let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
                format!("near to it: {}", near.join(", "))
            }
            Problem::NoKey { .. } => {
                "a key is a character, or Up Down Left Right Enter Esc Tab BackTab Space Backspace \
                 Home End PageUp PageDown; `C-` before a character is Control"
                    .into()
            }
            Problem::Open => {
                "a text stands between two `\"`; in it `\\\"` is a quotation mark".into()
            }
        }
    }
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    ///
    /// The first line that is no step.
    pub fn parse(text: &str) -> Result<Script, ScriptError> {
        let mut steps = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let fail = |source| ScriptError {
                line: number,
                source,
            };
            let words = words(line).map_err(fail)?;
            if words.is_empty() {
                continue;
            }
            steps.push(Line {
                number,
                text: line.trim().to_owned(),
                step: step(&words, line).map_err(fail)?,
            });
        }
        Ok(Script { steps })
    }
}

/// A word of a line.
#[derive(Clone, PartialEq, Debug)]
struct Word {
    text: String,
    is_quoted: bool,
}

/// Returns the words of a line, up to a comment. What stands between quotation marks is one.
fn words(line: &str) -> Result<Vec<Word>, Problem> {
    let mut words = Vec::new();
    let mut rest = line.chars();
    loop {
        rest = rest.as_str().trim_start().chars();
        let mut ahead = rest.clone();
        match ahead.next() {
            None => return Ok(words),
            // No key of the keymap has it.
            Some('#') => return Ok(words),
            Some('"') if !is_key(&words, ahead.clone()) => {
                rest = ahead;
                words.push(Word {
                    text: quoted(&mut rest)?,
                    is_quoted: true,
                });
            }
            Some(_) => {
                let text = rest.as_str();
                let end = text.find(char::is_whitespace).unwrap_or(text.len());
                words.push(Word {
                    text: text[..end].to_owned(),
                    is_quoted: false,
                });
                rest = text[end..].chars();
            }
        }
    }
}

/// Whether a `"` is the key of that name: a word of `press` for itself.
fn is_key(before: &[Word], after: Chars<'_>) -> bool {
    let presses = before.first().is_some_and(|word| word.text == "press");
    presses
        && after
            .as_str()
            .chars()
            .next()
            .is_none_or(char::is_whitespace)
}

/// Takes what stands up to the next quotation mark.
fn quoted(rest: &mut Chars<'_>) -> Result<String, Problem> {
    let mut text = String::new();
    while let Some(c) = rest.next() {
        match c {
            '"' => return Ok(text),
            '\\' => match rest.next() {
                Some('n') => text.push('\n'),
                Some(c) => text.push(c),
                None => return Err(Problem::Open),
            },
            c => text.push(c),
        }
    }
    Err(Problem::Open)
}

fn step(words: &[Word], line: &str) -> Result<Step, Problem> {
    let wrong = |usage| Problem::Wrong {
        text: line.trim().to_owned(),
        usage,
    };
    let first = words.first().map_or("", |word| word.text.as_str());
    let rest = words.get(1..).unwrap_or(&[]);
    let texts: Vec<&str> = rest.iter().map(|word| word.text.as_str()).collect();
    match (first, texts.as_slice()) {
        ("wait", ["end"]) => Ok(Step::End),
        ("wait", ["text", text]) if !text.is_empty() => Ok(Step::Text((*text).to_owned())),
        ("wait", ["event", kind, words @ ..]) => {
            let words = words.iter().map(|&word| word.to_owned()).collect();
            Ok(Step::Event(kind_named(kind)?, words))
        }
        ("wait", [time]) => seconds(time).map(Step::Wait).ok_or_else(|| wrong(WAITS)),
        ("wait", _) => Err(wrong(WAITS)),
        ("press", [_, ..]) => texts
            .iter()
            .map(|name| key(name))
            .collect::<Result<_, _>>()
            .map(Step::Press),
        ("press", []) => Err(wrong("`press KEY KEY…`")),
        ("type", [text]) => Ok(Step::Type((*text).to_owned())),
        ("type", _) => Err(wrong("`type \"TEXT\"`")),
        ("caption", [text]) => Ok(Step::Caption((*text).to_owned(), reading_time(text))),
        ("caption", [text, time]) => {
            let lasts = seconds(time).ok_or_else(|| wrong("`caption \"TEXT\" 3s`"))?;
            Ok(Step::Caption((*text).to_owned(), lasts))
        }
        ("caption", _) => Err(wrong("`caption \"TEXT\"` or `caption \"TEXT\" 3s`")),
        ("mark", [_, ..]) => Ok(Step::Mark(texts.join(" "))),
        ("mark", []) => Err(wrong("`mark NAME`")),
        ("speed", [factor]) => {
            let factor = factor.parse().ok().filter(|factor| SPEEDS.contains(factor));
            factor
                .map(Step::Speed)
                .ok_or_else(|| wrong("`speed 2`, from 0.01 to 1000"))
        }
        ("speed", _) => Err(wrong("`speed 2`, from 0.01 to 1000")),
        ("pause", []) => Ok(Step::Pause),
        ("resume", []) => Ok(Step::Resume),
        ("pause" | "resume", _) => Err(wrong("as the word alone")),
        _ => Err(Problem::NoStep {
            word: first.to_owned(),
        }),
    }
}

/// Reads a length of time: `1.5s`, `300ms`, `2`.
fn seconds(text: &str) -> Option<Span> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let seconds = number.parse::<f64>().ok()? * unit;
    let is_possible = (0.0..=LONGEST).contains(&seconds);
    let span = Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|_| is_possible);
    span.map(Span::from)
}

fn key(name: &str) -> Result<Key, Problem> {
    Key::parse(name).ok_or_else(|| Problem::NoKey {
        word: name.to_owned(),
    })
}

fn kind_named(name: &str) -> Result<&'static str, Problem> {
    let names = KINDS.iter().map(|kind| kind.name);
    names.clone().find(|kind| *kind == name).ok_or_else(|| {
        let wanted = name.to_lowercase();
        let is_near = |kind: &&str| {
            let kind = kind.to_lowercase();
            kind == wanted
                || (wanted.len() > 3 && kind.contains(&wanted))
                || differs(&kind, &wanted) <= 2
        };
        Problem::NoKind {
            word: name.to_owned(),
            near: names.filter(is_near).take(5).collect(),
        }
    })
}

/// Returns how many letters have to be changed, added or left out to make one word the other.
fn differs(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, &d) in b.iter().enumerate() {
            let kept = before + usize::from(c != d);
            before = row[j + 1];
            row[j + 1] = kept.min(row[j] + 1).min(before + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
