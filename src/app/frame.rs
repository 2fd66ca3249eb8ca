//! A frame of the screen: made of this moment, and handed to the terminal.

use super::input::Input;
use super::run::Run;
use super::screen::{Ended, Screen};
use crate::channel::clock;
use crate::event::Span;
use crate::view::{self, Beside, Feed, Scene};
use crossbeam_channel::RecvTimeoutError;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::io;

/// How long the end waits for answers of the terminal.
const ANSWER: Span = Span::millis(1000);
/// Between two looks whether they are still expected.
const LOOK: Span = Span::millis(20);

impl Screen {
    /// Draws a frame. To be called when the terminal has room for one.
    pub(super) fn draw(&mut self) -> io::Result<()> {
        (self.is_dirty, self.is_urgent) = (false, false);
        let buffer = self.painted()?;
        // What there was no room for comes as soon as there is.
        self.is_urgent = !self.terminal.draw(buffer);
        self.drawn = clock::monotonic();
        Ok(())
    }

    /// Brings everything to this moment, and returns the area of a frame.
    fn prepare(&mut self) -> io::Result<Rect> {
        self.tick();
        self.search();
        let area = self.terminal.area()?;
        self.keep_size((area.width, area.height));
        self.look_at_recording();
        self.hush();
        self.meet();
        self.ui.run.fits = self.fits(area);
        Ok(area)
    }

    /// Returns the frame of this moment.
    pub(super) fn painted(&mut self) -> io::Result<Buffer> {
        let area = self.prepare()?;
        let scene = Scene {
            history: self.run.as_ref().map(|run| &run.history),
            ui: &self.ui,
            theme: &self.theme,
            keymap: &self.keymap,
            feed: self.run.as_ref().map_or(Feed::Live, Run::feed),
            memory: &self.memory,
        };
        let beside = self.other.as_ref().map(|other| Beside {
            history: &other.history,
            feed: other.feed(),
            memory: &self.other_memory,
        });
        let mut buffer = self.terminal.blank(area);
        self.spots = view::draw_pair(&mut buffer, area, &scene, beside.as_ref());
        self.ui.settle(&self.spots);
        Ok(buffer)
    }

    /// Returns the frame of this moment, if the terminal is slow.
    pub(super) fn seen_if_slow(&mut self) -> io::Result<Option<Buffer>> {
        self.terminal.is_slow().then(|| self.painted()).transpose()
    }

    /// Has what keys changed told before all else, on a slow terminal.
    pub(super) fn prefer(&mut self) -> io::Result<()> {
        if let Some(before) = self.before_keys.take()
            && let Some(after) = self.seen_if_slow()?
        {
            self.terminal.prefer(&before, &after);
        }
        Ok(())
    }

    /// Waits for the answers of the terminal, which would be typed into the shell else; not for long.
    /// Returns why mpviz ends, if it does meanwhile.
    pub(super) fn settle(&mut self) -> Option<Ended> {
        let until = clock::monotonic().saturating_add(ANSWER.0);
        while self.terminal.settle() {
            if clock::monotonic() > until {
                break;
            }
            match self.inputs.recv_timeout(LOOK.into()) {
                Ok(Input::Answer(at)) => self.terminal.answered(at),
                Ok(Input::End(signal)) => return Some(Ended::Signal(signal)),
                Ok(Input::Lost) => return Some(Ended::TerminalLost),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        None
    }
}

/// Returns whether that is how a terminal fails that is gone.
pub(super) fn is_gone(error: &io::Error) -> bool {
    let number = error.raw_os_error();
    [libc::EIO, libc::ENXIO].map(Some).contains(&number)
}
