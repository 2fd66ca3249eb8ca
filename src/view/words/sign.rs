//! The sign before a sentence, by meaning. How it looks is the theme's.

use crate::view::theme::{Mark, Role, Theme};
use ratatui::style::Style;

/// What a sentence, a point on a lane or a state in words is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sign {
    /// Computes, or simply did something.
    Running,
    /// Could run and has no CPU yet.
    Runnable,
    /// Waits in put, send or write.
    Put,
    /// Waits in get, recv or read.
    Get,
    /// Waits for a lock.
    Lock,
    /// Waits in join or wait.
    Join,
    /// Sleeps.
    Asleep,
    /// Stopped.
    Stopped,
    /// Ended, and not yet reaped.
    Zombie,
    /// Ended by itself.
    Exited,
    /// Ended by a signal, or a signal that is sent.
    Killed,
    /// Made a process.
    Forked,
    /// A message or task moved.
    Message,
    /// A result moved.
    Result,
    /// A line of the program's own output.
    Output,
    /// Has a new parent.
    Adopted,
    /// Closed an end of a pipe.
    Closed,
    /// Something is wrong.
    Alert,
    /// Nothing to draw: a blank.
    None,
}

impl Sign {
    /// Returns the theme's mark for it, if it is a state or a point.
    pub const fn mark(self) -> Option<Mark> {
        Some(match self {
            Sign::Running => Mark::Running,
            Sign::Runnable => Mark::Runnable,
            Sign::Put => Mark::Put,
            Sign::Get => Mark::Get,
            Sign::Lock => Mark::Lock,
            Sign::Join => Mark::Join,
            Sign::Asleep => Mark::Asleep,
            Sign::Stopped => Mark::Stopped,
            Sign::Zombie => Mark::Zombie,
            Sign::Exited => Mark::Exited,
            Sign::Killed => Mark::Killed,
            Sign::Message => Mark::Message,
            Sign::Result => Mark::Result,
            _ => return None,
        })
    }

    /// Returns its glyph, one cell wide, and the glyph's style.
    pub fn look(self, theme: &Theme) -> (&'static str, Style) {
        if let Some(mark) = self.mark() {
            return (theme.glyph(mark), theme.mark(mark));
        }
        let signs = theme.signs();
        match self {
            Sign::Forked => (signs.arrow, theme.mark(Mark::Running)),
            Sign::Output => (signs.output, theme.style(Role::Strong)),
            Sign::Adopted => (signs.adopted, theme.style(Role::Text)),
            Sign::Closed => (signs.closed, theme.style(Role::Dim)),
            Sign::Alert => (signs.finding, theme.style(Role::Finding)),
            _ => (" ", theme.style(Role::Text)),
        }
    }
}

impl From<Mark> for Sign {
    /// Returns the sign of a state or point; a lock's is that of waiting for it.
    fn from(mark: Mark) -> Sign {
        match mark {
            Mark::Running => Sign::Running,
            Mark::Runnable => Sign::Runnable,
            Mark::Put => Sign::Put,
            Mark::Get => Sign::Get,
            Mark::Lock | Mark::LockFree | Mark::LockHeld | Mark::LockLost => Sign::Lock,
            Mark::Join => Sign::Join,
            Mark::Asleep => Sign::Asleep,
            Mark::Stopped => Sign::Stopped,
            Mark::Zombie => Sign::Zombie,
            Mark::Exited => Sign::Exited,
            Mark::Killed => Sign::Killed,
            Mark::Message => Sign::Message,
            Mark::Result => Sign::Result,
        }
    }
}
