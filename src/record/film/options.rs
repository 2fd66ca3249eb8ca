//! What can be chosen about a film, and what can be wrong with it.

use super::said::Mark;
use crate::event::{Span, Text, Time};
use crate::ui::Pane;
use crate::view::Theme;

/// What is chosen about a film.
#[derive(Clone, Debug)]
pub struct Options {
    /// Columns and rows; `None` as it was recorded.
    pub size: Option<(u16, u16)>,
    /// The looks.
    pub theme: Theme,
    /// The looks on a light ground, where both are wanted.
    pub light: Option<Theme>,
    /// The most frames in a second.
    pub fps: u32,
    /// How many times as fast as it was recorded.
    pub speed: f64,
    /// The longest time in which nothing happens; `None` as it is usual.
    pub longest_pause: Option<Span>,
    /// How long its end stays.
    pub hold: Span,
    /// Where it begins.
    pub from: Option<Place>,
    /// Where it ends.
    pub to: Option<Place>,
    /// The pane that is brought.
    pub view: Option<Pane>,
    /// The name of what is selected.
    pub selected: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// Whether captions are shown.
    pub captions: bool,
    /// Whether the keys that were pressed are shown.
    pub keys: bool,
    /// How long it stays at what happens; `None` as it is usual.
    pub dwell: Option<Span>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            size: None,
            theme: Theme::default().with_paper(),
            light: None,
            fps: 30,
            speed: 1.0,
            longest_pause: None,
            hold: Span::millis(2000),
            from: None,
            to: None,
            view: None,
            selected: None,
            title: None,
            captions: true,
            keys: false,
            dwell: None,
        }
    }
}

/// A moment of a trace, by the viewer's clock. Where nobody was recorded that is the run's time.
#[derive(Clone, PartialEq, Debug)]
pub enum Place {
    /// A time.
    At(Time),
    /// A mark.
    Mark(String),
}

impl Place {
    /// Returns when it is.
    pub(super) fn on(&self, marks: &[Mark]) -> Result<Time, FilmError> {
        match self {
            Place::At(t) => Ok(*t),
            Place::Mark(name) => {
                let found = marks.iter().find(|mark| mark.name == *name);
                found
                    .map(|mark| mark.at)
                    .ok_or_else(|| FilmError::UnknownMark {
                        name: name.clone(),
                        marks: marks.iter().map(|mark| mark.name.clone()).collect(),
                    })
            }
        }
    }
}

/// What of the options a trace does not have.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum FilmError {
    /// There is no such mark.
    #[error("there is no mark `{name}`")]
    UnknownMark {
        /// What was asked for.
        name: String,
        /// The marks there are.
        marks: Vec<String>,
    },
    /// There is no process, thread or object of that name.
    #[error("there is nothing named `{name}`")]
    UnknownName {
        /// What was asked for.
        name: String,
        /// The names there are.
        names: Vec<Text>,
    },
    /// It would end before it begins.
    #[error("it begins at {} s, after its end at {} s", from.seconds(), to.seconds())]
    FromAfterTo {
        /// Where it is to begin.
        from: Time,
        /// Where it is to end.
        to: Time,
    },
    /// It would begin after all that is known.
    #[error("it begins at {} s, but the trace ends at {} s", from.seconds(), end.seconds())]
    Beyond {
        /// Where it is to begin.
        from: Time,
        /// Where the trace ends.
        end: Time,
    },
    /// It is too long.
    #[error("the film would be {:.0} s long, at most {:.0} s are possible", length.seconds(), most.seconds())]
    TooLong {
        /// So long it would be.
        length: Span,
        /// So long it may be.
        most: Span,
    },
}

impl FilmError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        let listed = |names: &[&str]| {
            let quoted: Vec<String> = names
                .iter()
                .take(NAMES_MOST)
                .map(|n| format!("`{n}`"))
                .collect();
            let more = names.len().saturating_sub(NAMES_MOST);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!("{}{more}", quoted.join(", "))
        };
        match self {
            FilmError::UnknownMark { marks, .. } if marks.is_empty() => {
                Some("this trace has no marks; a number of seconds is possible".into())
            }
            FilmError::UnknownMark { marks, .. } => {
                let names: Vec<&str> = marks.iter().map(String::as_str).collect();
                Some(format!("the marks of this trace: {}", listed(&names)))
            }
            FilmError::UnknownName { names, .. } if names.is_empty() => {
                Some("this trace tells of no process and no object".into())
            }
            FilmError::UnknownName { names, .. } => {
                let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                Some(format!("the names of this trace: {}", listed(&names)))
            }
            FilmError::TooLong { .. } => {
                Some("`--longest-pause`, `--speed` or `--to` makes it shorter".into())
            }
            FilmError::FromAfterTo { .. } | FilmError::Beyond { .. } => None,
        }
    }
}

/// So many names are listed.
const NAMES_MOST: usize = 20;
