//! What every renderer draws: frames with their time, and what is told beside them.

use crate::event::Span;
use ratatui::buffer::Buffer;
use ratatui::style::Color;

/// The colours of cells that name none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paper {
    /// Of the text.
    pub text: Color,
    /// Of the ground.
    pub ground: Color,
}

/// A frame and when it comes.
#[derive(Clone, PartialEq, Debug)]
pub struct Shot {
    /// When it comes, since the film's begin. The first comes at 0.
    pub at: Span,
    /// Its cells: every colour is an RGB value or `Reset`, the paper's.
    pub frame: Buffer,
    /// The same cells on a light ground, where both are wanted: colours and modifiers may differ,
    /// symbols don't.
    pub light: Option<Buffer>,
}

/// What there is to know of a film before its frames.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    /// What it is called.
    pub title: String,
    /// Its width and height, in cells.
    pub size: (u16, u16),
    /// How long it is, with the hold at its end.
    pub length: Span,
    /// The most frames in a second. Every shot's time is a multiple of `1/fps`.
    pub fps: u32,
    /// The ground of [`Shot::frame`].
    pub paper: Paper,
    /// The ground of [`Shot::light`].
    pub light: Option<Paper>,
    /// Moments with a name, in order.
    pub marks: Vec<Named>,
    /// What is said at which time, in order. It stands in the frames already.
    pub captions: Vec<Caption>,
    /// What happens, in sentences, in order.
    pub transcript: Vec<Named>,
}

/// A moment and what is said of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// When, since the film's begin.
    pub at: Span,
    /// What.
    pub text: String,
}

/// What is said for a while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caption {
    /// From when, since the film's begin.
    pub at: Span,
    /// Until when.
    pub until: Span,
    /// What.
    pub text: String,
}

/// A film: what renderers are made for.
pub trait Frames {
    /// Returns what is known before the first frame.
    fn told(&self) -> &Told;

    /// Returns the next frame that differs from the one before, in order; `None` after the last,
    /// which stays until the film's length.
    fn next(&mut self) -> Option<&Shot>;
}
