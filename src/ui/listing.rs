//! Which listing stands in the pane of the code: the program's own source, its twin in Python, or
//! both.

use super::state::{Pane, RunView, Ui};
use crate::event::FileId;
use crate::event::twin::Twin;
use crate::history::History;

/// What the pane of the code lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listing {
    /// The program's own source.
    Source,
    /// Its twin.
    Twin,
    /// The two side by side, or one above the other.
    Both,
}

impl Listing {
    const ALL: [Listing; 3] = [Listing::Source, Listing::Twin, Listing::Both];

    /// Returns its name in a layout.
    pub const fn name(self) -> &'static str {
        match self {
            Listing::Source => "source",
            Listing::Twin => "twin",
            Listing::Both => "both",
        }
    }

    /// Returns the one of a name.
    pub fn from_name(name: &str) -> Option<Listing> {
        Listing::ALL
            .into_iter()
            .find(|listing| listing.name() == name)
    }

    /// Returns what comes after it.
    pub const fn next(self) -> Listing {
        match self {
            Listing::Source => Listing::Twin,
            Listing::Twin => Listing::Both,
            Listing::Both => Listing::Source,
        }
    }
}

impl Ui {
    /// Returns the twin of the program that runs, and which file it is the twin of. Only a scenario
    /// has one: a program of the same name that somebody else wrote has another source.
    pub fn twin(&self, history: &History) -> Option<(FileId, &'static Twin)> {
        let name = &history.run().program;
        let program = self.programs.iter().find(|program| program.name == *name)?;
        let twin = self.twins.iter().find(|twin| twin.of == program.name)?;
        let mut sources = history.sources().iter();
        let source = sources.find(|source| source.path == program.path)?;
        Some((source.file, twin))
    }

    /// Goes to the pane of the code, or lists there what comes after what is listed now.
    pub(super) fn toggle_twin(&mut self, history: &History) {
        if self.twin(history).is_none() {
            self.notice = Some("this program has no twin in Python".to_owned());
            return;
        }
        let run = &mut self.run;
        let next = match run.listed() {
            _ if !run.shows(Pane::Code, history) => Listing::Twin,
            now => now.next(),
        };
        run.listing = Some(next);
        run.code_down = 0;
        run.show(Pane::Code);
    }
}

impl RunView {
    /// Returns what is listed, of a program that has a twin.
    pub fn listed(&self) -> Listing {
        let of_itself = if self.fits.twin {
            Listing::Both
        } else {
            Listing::Source
        };
        self.listing.unwrap_or(of_itself)
    }

    /// Returns whether the code takes its neighbour's place too: both listings side by side need
    /// all columns.
    pub fn code_takes_all(&self) -> bool {
        self.listing == Some(Listing::Both) && self.lower() == Pane::Code && !self.fits.twin
    }
}
