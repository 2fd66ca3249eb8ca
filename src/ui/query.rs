//! What a filter looks for: the few words of its language, read and matched.
//!
//! ```text
//! url_1 blocked          both words, anywhere in the row's sentence
//! "put url"              these words as they stand
//! -asleep                not this
//! who:writer-1           of this process, by name or pid
//! on:q                   about this object: queue, pipe, lock, pool
//! kind:put               of this kind of event; of a process, what it does
//! task:3                 about this task
//! /T[0-4] /  re:T[0-4]   a regular expression
//! ```
//!
//! Case does not matter, and all parts must hold. A name or number that ends in a digit ends
//! there: `who:worker-1` is not `worker-10`. A word with a colon that is no field is a word.

use regex_lite::{Regex, RegexBuilder};

/// What a filter looks for. Never nothing.
#[derive(Clone, Debug)]
pub struct Query {
    /// As it was typed: what two queries differ in.
    text: String,
    /// Those that are answered at once come first.
    terms: Vec<Term>,
}

impl PartialEq for Query {
    fn eq(&self, other: &Query) -> bool {
        self.text == other.text
    }
}

#[derive(Clone, Debug)]
struct Term {
    /// Whether what it finds is left out.
    is_not: bool,
    want: Want,
}

/// In the order of what it costs to ask.
#[derive(Clone, Debug)]
enum Want {
    Kind(String),
    Task(String),
    Who(String),
    On(String),
    Word(String),
    Pattern(Regex),
}

/// Something that a query may find. Each question is asked only where a term needs it.
pub trait Facts {
    /// Returns whether `test` holds for a name of whom it is about: short, full, or the pid.
    fn who(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Returns whether `test` holds for the name of an object that it is about.
    fn on(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Returns whether `test` holds for a word for its kind.
    fn kind(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Returns whether `test` holds for the number of a task that it is about.
    fn task(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Returns the row's sentence, name first.
    fn sentence(&self) -> &str;
}

/// Why a text is no query.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum QueryError {
    /// What stands for a regular expression is none.
    #[error("no pattern: {0}")]
    Pattern(String),
    /// It would take more memory than a filter should.
    #[error("the pattern is too large")]
    TooLarge,
    /// A field has no value yet.
    #[error("`{0}:` of what? {1}")]
    NoValue(&'static str, &'static str),
    /// A task has a number.
    #[error("`task:` wants a number, as in task:3")]
    NoNumber,
}

/// The fields, with what their values are.
const FIELDS: [(&str, &str); 5] = [
    ("who", "a name or pid, as in who:reader"),
    ("on", "a queue, pipe or lock, as in on:q"),
    ("kind", "a kind of event, as in kind:put"),
    ("task", "a number, as in task:3"),
    ("re", "a regular expression, as in re:T[0-4]"),
];

/// No compiled expression takes more bytes.
const PATTERN_MOST: usize = 1 << 20;

impl Query {
    /// Reads a query; `None` if the text asks for nothing.
    ///
    /// # Errors
    ///
    /// If a part of it can't be looked for: what is wrong, in words for whoever types it.
    pub fn parse(text: &str) -> Result<Option<Query>, QueryError> {
        let mut terms = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (term, after) = read_term(rest)?;
            terms.extend(term);
            rest = after.trim_start();
        }
        terms.sort_by_key(|term| term.want.cost());
        Ok((!terms.is_empty()).then(|| Query {
            text: text.to_owned(),
            terms,
        }))
    }

    /// Returns it as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether it finds something.
    pub fn finds(&self, facts: &impl Facts) -> bool {
        self.terms.iter().all(|term| term.holds(facts))
    }
}

/// Reads the first term of a text that begins with one. Returns the text after it.
fn read_term(text: &str) -> Result<(Option<Term>, &str), QueryError> {
    let (is_not, text) = match text.strip_prefix('-') {
        Some(rest) if !rest.is_empty() && !rest.starts_with(char::is_whitespace) => (true, rest),
        _ => (false, text),
    };
    let (want, rest) = read_want(text)?;
    Ok((want.map(|want| Term { is_not, want }), rest))
}

fn read_want(text: &str) -> Result<(Option<Want>, &str), QueryError> {
    if let Some(pattern) = text.strip_prefix('/') {
        let (pattern, rest) = until_slash(pattern);
        let want = (!pattern.is_empty()).then(|| read_pattern(&pattern.replace("\\/", "/")));
        return Ok((want.transpose()?, rest));
    }
    for (name, of_what) in FIELDS {
        let Some(value) = field_value(text, name) else {
            continue;
        };
        if name == "re" {
            // An expression may have blanks: it goes on to the end.
            let want = match value.trim_end() {
                "" => return Err(QueryError::NoValue(name, of_what)),
                pattern => read_pattern(pattern)?,
            };
            return Ok((Some(want), ""));
        }
        let (value, rest) = read_word(value);
        let value = value.to_lowercase();
        let want = match name {
            _ if value.is_empty() => return Err(QueryError::NoValue(name, of_what)),
            "who" => Want::Who(value),
            "on" => Want::On(value),
            "kind" => Want::Kind(value),
            _ => match value.trim_start_matches('t') {
                number if number.bytes().all(|b| b.is_ascii_digit()) => Want::Task(number.into()),
                _ => return Err(QueryError::NoNumber),
            },
        };
        return Ok((Some(want), rest));
    }
    let (word, rest) = read_word(text);
    let want = (!word.is_empty()).then(|| Want::Word(word.to_lowercase()));
    Ok((want, rest))
}

/// Returns what stands behind `name:`, in whatever case.
fn field_value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let head = text.get(..name.len())?;
    let value = text[name.len()..].strip_prefix(':')?;
    head.eq_ignore_ascii_case(name).then_some(value)
}

/// Returns a word, or several in quotation marks, and what comes after. A mark that is not closed
/// yet is closed by the end.
fn read_word(text: &str) -> (&str, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

/// Returns what comes before the next slash that no backslash stands before, and what comes after.
/// One that is not closed yet is closed by the end.
fn until_slash(text: &str) -> (&str, &str) {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '/' if !is_escaped => return (&text[..at], &text[at + 1..]),
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    (text, "")
}

fn read_pattern(pattern: &str) -> Result<Want, QueryError> {
    let built = RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(PATTERN_MOST)
        .build();
    match built {
        Ok(regex) => Ok(Want::Pattern(regex)),
        Err(error) => match error.to_string() {
            told if told.contains("size limit") => Err(QueryError::TooLarge),
            told => Err(QueryError::Pattern(in_short(told))),
        },
    }
}

/// Says what is wrong with most patterns that are being typed in fewer words.
fn in_short(told: String) -> String {
    let known = [
        ("no closing bracket", "`[` without `]`"),
        ("open group without", "`(` without `)`"),
        ("expected closing ')'", "`(` without `)`"),
        ("found closing ')'", "`)` without `(`"),
        ("uncounted repetition", "nothing before `*`, `+` or `?`"),
        ("start of escape", "nothing after `\\`"),
    ];
    let short = known.iter().find(|(part, _)| told.contains(part));
    short.map_or(told, |&(_, short)| short.to_owned())
}

impl Want {
    const fn cost(&self) -> u8 {
        match self {
            Want::Kind(_) => 0,
            Want::Task(_) => 1,
            Want::Who(_) => 2,
            Want::On(_) => 3,
            Want::Word(_) => 4,
            Want::Pattern(_) => 5,
        }
    }
}

impl Term {
    fn holds(&self, facts: &impl Facts) -> bool {
        let found = match &self.want {
            Want::Kind(kind) => facts.kind(&mut |name| begins_a_word(name, kind)),
            Want::Task(number) => facts.task(&mut |task| task == number),
            Want::Who(who) => facts.who(&mut |name| has_name(name, who)),
            Want::On(on) => facts.on(&mut |name| has_name(name, on)),
            Want::Word(word) => contains(facts.sentence(), word),
            Want::Pattern(regex) => regex.is_match(facts.sentence()),
        };
        found != self.is_not
    }
}

/// Whether a text contains a word, which is in lower case.
fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        // Nothing is allocated, and the first letter decides most of it.
        let (text, word) = (text.as_bytes(), word.as_bytes());
        let Some((&first, rest)) = word.split_first() else {
            return true;
        };
        let Some(last) = text.len().checked_sub(word.len()) else {
            return false;
        };
        return (0..=last).any(|at| {
            text[at].to_ascii_lowercase() == first
                && text[at + 1..at + word.len()].eq_ignore_ascii_case(rest)
        });
    }
    text.to_lowercase().contains(word)
}

/// Whether a word of a name, or several from there on, begin with what is asked for: `put` is in
/// `MessagePut`, and not in `Output`.
fn begins_a_word(name: &str, wanted: &str) -> bool {
    let mut before = ' ';
    name.char_indices().any(|(at, c)| {
        let is_begin = c.is_uppercase() || before == ' ';
        before = c;
        is_begin
            && name
                .get(at..at + wanted.len())
                .is_some_and(|word| word.eq_ignore_ascii_case(wanted))
    })
}

/// Whether a name contains what is asked for, where a number is not the beginning of another.
fn has_name(name: &str, wanted: &str) -> bool {
    let name = name.to_lowercase();
    let is_number = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let ends_in_number = is_number(wanted.chars().next_back());
    let begins_with_number = is_number(wanted.chars().next());
    name.match_indices(wanted).any(|(at, found)| {
        let before = name[..at].chars().next_back();
        let after = name[at + found.len()..].chars().next();
        !(ends_in_number && is_number(after) || begins_with_number && is_number(before))
    })
}

#[cfg(test)]
mod tests;
