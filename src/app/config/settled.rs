//! All that is settled when mpviz starts.

use super::file::{self, Wrong};
use super::places::Places;
use super::settings::Settings;
use super::state::Keeper;
use crate::ui::Keymap;
use crate::ui::written::Fault;

/// All that is settled when mpviz starts.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Where the files are.
    pub places: Places,
    /// What can be set.
    pub settings: Settings,
    /// Which key does what, the person's own over what mpviz brings.
    pub keymap: Keymap,
    /// What was chosen on the screen before, and whoever keeps what is chosen now.
    pub keeper: Keeper,
    /// The files that are not as they must be: each counts as not there.
    pub wrong: Vec<Wrong>,
}

impl Default for Settled {
    /// Nothing is settled: mpviz is as it comes.
    fn default() -> Settled {
        Settled {
            places: Places::default(),
            settings: Settings::default(),
            keymap: Keymap::brought().clone(),
            keeper: Keeper::default(),
            wrong: Vec::new(),
        }
    }
}

impl Settled {
    /// Reads all there is, for the screen.
    pub fn read_for_screen() -> Settled {
        let mut settled = Settled::read();
        if settled.settings.remember {
            let (keeper, wrong) = Keeper::open(&settled.places);
            settled.keeper = keeper;
            settled.wrong.extend(wrong);
        }
        settled
    }

    /// Reads all that a person has written.
    pub fn read() -> Settled {
        let places = Places::of_environment();
        let mut wrong = Vec::new();
        let settings = Settings::read(&places).unwrap_or_else(|fault| {
            wrong.push(fault);
            Settings::default()
        });
        let brought = Keymap::brought();
        let keymap = file::read(places.keys(), &places, |text| brought.with(text));
        let keymap = keymap.unwrap_or_else(|fault| {
            wrong.push(fault);
            None
        });
        Settled {
            places,
            settings,
            keymap: keymap.unwrap_or_else(|| brought.clone()),
            keeper: Keeper::default(),
            wrong,
        }
    }

    /// Adds what turned out to be wrong with the settings.
    pub fn doubt(&mut self, fault: Fault) {
        let path = self.places.settings().unwrap_or_default();
        self.wrong.push(Wrong::of(&path, &self.places, fault));
    }

    /// Returns what the screen says of the files that are wrong, if any is.
    pub fn notice(&self) -> Option<String> {
        let first = self.wrong.first()?;
        let mut told = first.to_string();
        if let Some(hint) = &first.fault.hint {
            told.push_str("; ");
            told.push_str(hint);
        }
        if self.wrong.len() > 1 {
            told.push_str("; more by `mpviz config`");
        }
        Some(told)
    }
}
