//! Scripts: what a viewer is to do, so that a lesson's film is made again by one command.
//!
//! A script is lines, each a step; `docs/scripts.md` describes them. It is [parsed](Script::parse)
//! whole before anything runs. The [`player`] does its steps as time and the program go on, be it a
//! program that runs now or, by [`perform`](perform::perform), a trace.

mod parse;
pub mod perform;
pub mod player;

pub use parse::{Problem, ScriptError};

use crate::event::Span;
use crate::ui::Key;

/// What a viewer is to do.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Script {
    pub(super) steps: Vec<Line>,
}

/// A step with the line that it stands in.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: usize,
    /// The line, as it was written.
    pub(super) text: String,
    pub(super) step: Step,
}

/// One thing to do.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Step {
    /// Wait for so long.
    Wait(Span),
    /// Wait for the next event of a kind that all these words are in.
    Event(&'static str, Vec<String>),
    /// Wait until a text is on the screen.
    Text(String),
    /// Wait until the run has ended.
    End,
    /// Press keys, one after the other.
    Press(Vec<Key>),
    /// Type a text.
    Type(String),
    /// Say something for a while.
    Caption(String, Span),
    /// Give this moment a name.
    Mark(String),
    /// Have what follows shown so many times as fast.
    Speed(f64),
    /// Have what follows not shown.
    Pause,
    /// Have what follows shown again.
    Resume,
}

/// The least screen that a script acts on, whatever is drawn: on a smaller one it would find nothing.
const LEAST: (u16, u16) = (80, 24);

/// Returns the size of the screen that a script acts on where so much is drawn.
pub fn acting((columns, rows): (u16, u16)) -> (u16, u16) {
    (columns.max(LEAST.0), rows.max(LEAST.1))
}

impl Script {
    /// Returns how many steps there are.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}
