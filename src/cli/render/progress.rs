//! How far it is, on a terminal: from the first second on, with what is left.

use crate::channel::clock;
use crate::event::Span;
use crate::record::film::Film;
use crate::record::shot::{Frames, Shot, Told};
use std::io::{self, IsTerminal, Write};

/// So long nothing is said.
const QUIET: Span = Span::millis(1000);
/// Between two words.
const STEP: Span = Span::millis(200);

/// A film that says how far it is.
pub(super) struct Watched<'a> {
    film: &'a mut Film,
    begun: u64,
    /// When something was said last.
    said: Option<u64>,
    is_heard: bool,
}

impl<'a> Watched<'a> {
    pub(super) fn new(film: &'a mut Film) -> Watched<'a> {
        Watched {
            film,
            begun: clock::monotonic(),
            said: None,
            is_heard: io::stderr().is_terminal(),
        }
    }

    fn tell(&mut self) {
        let now = clock::monotonic();
        let passed = Span(now.saturating_sub(self.begun));
        let is_soon = self
            .said
            .is_some_and(|said| now.saturating_sub(said) < STEP.0);
        if passed < QUIET || is_soon {
            return;
        }
        self.said = Some(now);
        let (at, end) = self.film.progress();
        let part = at.seconds() / end.seconds().max(1e-9);
        let left = passed.seconds() * (1.0 - part) / part.max(1e-3);
        let mut out = io::stderr();
        let _ = write!(
            out,
            "\r\x1b[K{:3.0} % of {:.1} s drawn, {:.0} s left",
            part * 100.0,
            end.seconds(),
            left.ceil(),
        );
        let _ = out.flush();
    }
}

impl Frames for Watched<'_> {
    fn told(&self) -> &Told {
        self.film.told()
    }

    fn next(&mut self) -> Option<&Shot> {
        if self.is_heard {
            self.tell();
        }
        self.film.next()
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if self.said.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
