//! What describes a program, as plain data: its name, what it is about, its knobs, its source.
//!
//! The picker, the command line and the lists are drawn from this alone. How a program is run is
//! not here (`scenario`, `stage`).

use std::collections::BTreeMap;

/// A program that mpviz brings.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name on the command line.
    pub name: &'static str,
    /// The heading that it stands under.
    pub group: Group,
    /// What it teaches, in a few words (the picker has about 25 columns).
    pub title: &'static str,
    /// What the program does, in one sentence.
    pub about: &'static str,
    /// What to look at, a line each.
    pub watch: &'static [&'static str],
    /// What it teaches, in the field's words.
    pub teaches: &'static str,
    /// How long it runs and how many processes it has.
    pub size: &'static str,
    /// What can be set, beside `seed` and `pace`, which all have.
    pub knobs: &'static [Knob],
    /// The path of its source, as the compiler names it.
    pub path: &'static str,
    /// The text of its source.
    pub source: &'static str,
}

/// A heading of the picker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    /// The eleven to begin with.
    Basics,
    /// Those with a fault on purpose.
    Trouble,
}

impl Group {
    /// Returns the heading.
    pub const fn text(self) -> &'static str {
        match self {
            Group::Basics => "basics",
            Group::Trouble => "trouble",
        }
    }
}

/// Something about a program that can be set: an option of the same name.
#[derive(Clone, Copy, Debug)]
pub struct Knob {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a few words.
    pub help: &'static str,
    /// What values it takes.
    pub range: Range,
}

/// The values that a knob takes.
#[derive(Clone, Copy, Debug)]
pub enum Range {
    /// A whole number.
    Number {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
        /// What it is if nobody sets it.
        default: u64,
    },
    /// One of several words; the first is what it is if nobody sets it.
    Word(&'static [&'static str]),
    /// Off or on, which is `no` or `yes`; off if nobody sets it. On the command line its name alone
    /// sets it on.
    Switch,
}

/// What a switch may be.
const SWITCH: &[&str] = &["no", "yes"];

impl Range {
    /// Returns the words that are possible; none for a number.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Range::Number { .. } => &[],
            Range::Word(words) => words,
            Range::Switch => SWITCH,
        }
    }

    /// Returns it in a few words.
    pub fn text(self) -> String {
        match self {
            Range::Number { min, max, .. } => format!("{min} to {max}"),
            Range::Word(words) => words.join(", "),
            Range::Switch => "a switch".to_owned(),
        }
    }
}

/// Why a knob can't have a value.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KnobError {
    /// The program has no such knob.
    #[error("there is no knob `{name}`")]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// It is a number, but not within the range.
    #[error("knob `{name}` is {value}, {min} to {max} are possible")]
    OutOfRange {
        /// The knob.
        name: &'static str,
        /// The value that it was to have.
        value: String,
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// It is none of the words.
    #[error("knob `{name}` is `{value}`, possible are {}", words.join(", "))]
    NoSuchWord {
        /// The knob.
        name: &'static str,
        /// The value that it was to have.
        value: String,
        /// The words there are.
        words: &'static [&'static str],
    },
}

impl Knob {
    /// Returns the value that the knob has if nobody sets it.
    pub fn default(&self) -> String {
        match self.range {
            Range::Number { default, .. } => default.to_string(),
            range => range
                .words()
                .first()
                .copied()
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// Returns the range in a few words: `1 to 8`, `eof, terminate`, `a switch`.
    pub fn range_text(&self) -> String {
        self.range.text()
    }

    /// Checks a value.
    pub fn check(&self, value: &str) -> Result<(), KnobError> {
        match self.range {
            Range::Number { min, max, .. } => {
                if value.parse().is_ok_and(|n: u64| (min..=max).contains(&n)) {
                    return Ok(());
                }
                Err(KnobError::OutOfRange {
                    name: self.name,
                    value: value.to_owned(),
                    min,
                    max,
                })
            }
            range => {
                let words = range.words();
                if words.contains(&value) {
                    return Ok(());
                }
                Err(KnobError::NoSuchWord {
                    name: self.name,
                    value: value.to_owned(),
                    words,
                })
            }
        }
    }

    /// Returns the value after `value`, or before it; a number stays within its range, words go
    /// round.
    pub fn stepped(&self, value: &str, step: Step) -> String {
        match self.range {
            Range::Number { min, max, default } => {
                let n: u64 = value.parse().unwrap_or(default);
                let n = match step {
                    Step::Up => n.saturating_add(1),
                    Step::Down => n.saturating_sub(1),
                };
                n.clamp(min, max).to_string()
            }
            range => {
                let words = range.words();
                let at = words.iter().position(|&w| w == value).unwrap_or(0);
                let at = match step {
                    Step::Up => at + 1,
                    Step::Down => at + words.len().max(1) - 1,
                };
                words
                    .get(at % words.len().max(1))
                    .copied()
                    .unwrap_or_default()
                    .to_owned()
            }
        }
    }
}

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// To the next.
    Up,
    /// To the one before.
    Down,
}

/// The settings of one run: each knob's value, checked, and what every program has.
#[derive(Clone, PartialEq, Debug)]
pub struct Knobs {
    values: BTreeMap<&'static str, String>,
    /// What random sleeps come from.
    pub seed: u64,
    /// How many times as fast as written sleeps and timeouts run; 0 leaves sleeps out.
    pub pace: f64,
    /// Whether the twin is run, as real Python.
    pub python: bool,
}

impl Knobs {
    /// Returns the settings that a program has if nobody sets any.
    pub fn of(program: &Program) -> Knobs {
        let values = program
            .knobs
            .iter()
            .map(|knob| (knob.name, knob.default()))
            .collect();
        Knobs {
            values,
            seed: 42,
            pace: 1.0,
            python: false,
        }
    }

    /// Sets a knob.
    pub fn set(&mut self, program: &Program, name: &str, value: &str) -> Result<(), KnobError> {
        let knob = program
            .knobs
            .iter()
            .find(|knob| knob.name == name)
            .ok_or_else(|| KnobError::Unknown {
                name: name.to_owned(),
            })?;
        knob.check(value)?;
        self.values.insert(knob.name, value.to_owned());
        Ok(())
    }

    /// Returns a knob's value as it is written; empty if the program has no such knob.
    pub fn word(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Returns the value of a knob that is a number; 0 if the program has no such knob.
    pub fn number(&self, name: &str) -> u64 {
        self.word(name).parse().unwrap_or(0)
    }

    /// Returns whether a switch is on; one that the program does not have is off.
    pub fn is_on(&self, name: &str) -> bool {
        self.word(name) == "yes"
    }

    /// The same as [`Knobs::number`], as a count of things in memory.
    pub fn count(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }

    /// Returns each knob's name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values
            .iter()
            .map(|(&name, value)| (name, value.as_str()))
    }
}
