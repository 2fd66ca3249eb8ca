//! Versions of the trace format.
//!
//! A format gets a new number when an old reader would misread it. A new kind or a new field is no
//! reason: readers keep kinds they do not know, and leave out fields they do not know.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of a trace format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Format(pub u32);

/// Why a format can't be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is newer than this mpviz.
    #[error("format {format}, this mpviz reads {}", readable())]
    TooNew {
        /// The trace's format.
        format: Format,
        /// The mpviz that wrote it.
        written_by: String,
    },
    /// It is older than what is still read.
    #[error("format {format}, this mpviz reads {}", readable())]
    TooOld {
        /// The trace's format.
        format: Format,
        /// The mpviz that wrote it.
        written_by: String,
    },
}

impl Format {
    /// The oldest format that is read.
    pub const OLDEST: Format = Format(1);
    /// The format that is written, and the newest that is read.
    pub const CURRENT: Format = Format(1);

    /// Checks that traces of this format can be read. `written_by` is the version of mpviz that
    /// the trace names.
    pub fn check(self, written_by: &str) -> Result<(), Unreadable> {
        let written_by = || written_by.to_owned();
        if self > Format::CURRENT {
            return Err(Unreadable::TooNew {
                format: self,
                written_by: written_by(),
            });
        }
        if self < Format::OLDEST {
            return Err(Unreadable::TooOld {
                format: self,
                written_by: written_by(),
            });
        }
        Ok(())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Unreadable {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> String {
        match self {
            Unreadable::TooNew { written_by, .. } => format!(
                "it was recorded by mpviz {written_by}; that version or a later one replays it"
            ),
            Unreadable::TooOld { written_by, .. } => {
                format!("it was recorded by mpviz {written_by}; that version replays it")
            }
        }
    }
}

/// Returns the formats that are read, in words.
fn readable() -> String {
    match (Format::OLDEST, Format::CURRENT) {
        (oldest, newest) if oldest == newest => newest.to_string(),
        (oldest, newest) => format!("{oldest} to {newest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_format_says_which_are_read_and_who_wrote_it() {
        let error = Format(4).check("0.9.0").unwrap_err();
        assert_eq!(error.to_string(), "format 4, this mpviz reads 1");
        assert_eq!(
            error.hint(),
            "it was recorded by mpviz 0.9.0; that version or a later one replays it"
        );
        assert_eq!(Format::CURRENT.check("0.1.0"), Ok(()));
    }
}
