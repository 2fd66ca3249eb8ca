//! Which panes are on the screen, and how one goes from one to the next.
//!
//! Where two panes have room for one, the one that keys go to is shown. So whatever becomes of the
//! screen's size, keys never go to a pane that can't be seen.

use super::state::{Pane, RunView};
use crate::event::words::Class;
use crate::history::History;

impl RunView {
    /// Returns which of 2 and 3 is shown where only one has room: the one that keys go to, else the
    /// one that was chosen, but the sequence where there is nothing that could flow, and no lock that
    /// is held: a choice is kept from one run to the next, and would be an empty pane there. The other
    /// one if that is hidden.
    pub fn middle(&self, history: &History) -> Pane {
        let chosen = match self.focus {
            Pane::Flow | Pane::Sequence => self.focus,
            _ => self.middle_chosen(history),
        };
        self.not_hidden(chosen)
    }

    /// Returns which of 4 and 5 is shown where only one has room.
    pub fn lower(&self) -> Pane {
        self.not_hidden(match self.focus {
            Pane::Events | Pane::Code => self.focus,
            _ => self.layout.lower,
        })
    }

    /// Returns the pane itself, or the one behind it where that alone is not hidden.
    fn not_hidden(&self, pane: Pane) -> Pane {
        let hides = |pane| self.layout.hides(pane);
        let behind = pane.behind().filter(|&behind| !hides(behind));
        behind.filter(|_| hides(pane)).unwrap_or(pane)
    }

    fn middle_chosen(&self, history: &History) -> Pane {
        if self.layout.middle == Some(Pane::Sequence) {
            return Pane::Sequence;
        }
        let t = self.t(history);
        let flows = history.objects().iter().any(|object| {
            let flows = matches!(
                object.class,
                Class::Queue
                    | Class::SimpleQueue
                    | Class::JoinableQueue
                    | Class::Pipe
                    | Class::DuplexPipe
            );
            let is_own_lock = object.is_lock() && object.part_of.is_none();
            object.created <= t && (flows || is_own_lock)
        });
        if flows || history.processes_at(t).nth(1).is_none() {
            Pane::Flow
        } else {
            Pane::Sequence
        }
    }

    /// Returns whether a pane is on the screen.
    pub fn shows(&self, pane: Pane, history: &History) -> bool {
        if self.layout.is_zoomed {
            return pane == self.focus;
        }
        let has_room = match pane {
            // Two runs are compared by their tables.
            Pane::Processes if self.beside.is_some() => return true,
            Pane::Processes => true,
            Pane::Flow | Pane::Sequence => self.fits.sequence || self.middle(history) == pane,
            Pane::Events | Pane::Code => {
                (self.fits.code && !self.code_takes_all()) || self.lower() == pane
            }
        };
        has_room && !self.layout.hides(pane)
    }

    /// Goes to a pane, and brings it in place of its neighbour; a hidden one is shown again.
    pub(super) fn show(&mut self, pane: Pane) {
        self.focus = pane;
        self.layout.set_hidden(pane, false);
        match pane {
            Pane::Processes => {}
            Pane::Flow | Pane::Sequence => self.layout.middle = Some(pane),
            Pane::Events | Pane::Code => self.layout.lower = pane,
        }
    }

    /// Returns whether one comes to a pane by going from one to the next: it is on the screen, or
    /// was before one of them was zoomed.
    fn leads_to(&self, pane: Pane, history: &History) -> bool {
        match self.layout.is_zoomed {
            true => !self.layout.hides(pane),
            false => self.shows(pane, history),
        }
    }

    /// Returns the pane after the focused one, of those that there are to go to.
    pub(super) fn pane_after(&self, history: &History) -> Pane {
        let mut pane = self.focus.next();
        while pane != self.focus && !self.leads_to(pane, history) {
            pane = pane.next();
        }
        pane
    }

    /// Returns the pane before the focused one, of those that there are to go to.
    pub(super) fn pane_before(&self, history: &History) -> Pane {
        let mut before = self.focus;
        let mut pane = self.focus.next();
        while pane != self.focus {
            if self.leads_to(pane, history) {
                before = pane;
            }
            pane = pane.next();
        }
        before
    }
}
