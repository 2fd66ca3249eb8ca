//! All that is settled when mpviz starts.

use super::file::{self, Wrong};
use super::places::Places;
use super::settings::Settings;
use crate::ui::Keymap;

/// All that is settled when mpviz starts.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Where the files are.
    pub places: Places,
    /// What can be set.
    pub settings: Settings,
    /// Which key does what, the person's own over what mpviz brings.
    pub keymap: Keymap,
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
            wrong: Vec::new(),
        }
    }
}

impl Settled {
    /// Reads all there is.
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
            wrong,
        }
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
