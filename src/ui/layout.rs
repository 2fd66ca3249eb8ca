//! The layout: what a viewer wants of the panes beyond what the size of the screen gives them.
//!
//! It is plain data, and no size of a screen makes it wrong: sizes are shares of the screen, a pane
//! that has no room waits behind its neighbour, and where a share would leave another pane less
//! than it can be used with, the view gives less. One pane at least is never hidden.
//!
//! Not here: how the screen is divided (`view::grid`), which also says what each pane was given
//! ([`super::state::Fits::borders`]).

use super::listing::Listing;
use super::state::{Pane, RunView};
use crate::history::History;
use std::fmt::Write as _;

/// What a viewer wants of the panes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// 2 or 3, where only one has room; `None` while nobody chose.
    pub middle: Option<Pane>,
    /// 4 or 5, where only one has room.
    pub lower: Pane,
    /// Whether the pane that keys go to has the whole screen.
    pub is_zoomed: bool,
    /// Which panes are hidden: a bit each.
    hidden: u8,
    /// How much a pane has, in thousandths of the screen; `None` while nobody chose.
    shares: [Option<u16>; Border::ALL.len()],
}

impl Default for Layout {
    fn default() -> Layout {
        Layout {
            middle: None,
            lower: Pane::Events,
            is_zoomed: false,
            hidden: 0,
            shares: [None; Border::ALL.len()],
        }
    }
}

/// What parts a pane from what has the rest of the room.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Border {
    /// Below the table.
    Table,
    /// Below the flow, or the sequence in its place.
    Middle,
    /// Of the sequence where it has a place of its own.
    Sequence,
    /// Of the code where it has a place of its own.
    Code,
}

impl Border {
    /// Every border.
    pub const ALL: [Border; 4] = [
        Border::Table,
        Border::Middle,
        Border::Sequence,
        Border::Code,
    ];

    /// Returns its name in a text.
    pub const fn name(self) -> &'static str {
        match self {
            Border::Table => "table",
            Border::Middle => "middle",
            Border::Sequence => "sequence",
            Border::Code => "code",
        }
    }

    /// Returns the border of a name.
    pub fn from_name(name: &str) -> Option<Border> {
        Border::ALL.into_iter().find(|border| border.name() == name)
    }
}

/// What a border was given, as the view has divided the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Given {
    /// How many cells its pane has.
    pub cells: u16,
    /// Of how many cells of the screen.
    pub of: u16,
    /// Whether they are columns, and not rows.
    pub is_across: bool,
}

/// A share is in so many parts of the screen.
const WHOLE: u32 = 1000;
/// A key makes a pane larger by this part of the screen.
const STEP: u16 = 24;

impl Given {
    /// Returns the share of so many cells.
    pub fn share(self, cells: u16) -> u16 {
        let of = u32::from(self.of.max(1));
        let share = (u32::from(cells) * WHOLE + of / 2) / of;
        // No more than the whole.
        u16::try_from(share.min(WHOLE)).unwrap_or(0)
    }
}

/// Why a text is no layout.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LayoutError {
    /// A word has no meaning in it.
    #[error(
        "`{word}` says nothing of a layout; what does is `focus=PANE`, `middle=PANE`, `lower=PANE`, \
         `hide=PANE`, `zoom`, `list=source`, `list=twin`, `list=both`, and `table=N`, `middle=N`, \
         `sequence=N`, `code=N` in thousandths of the screen"
    )]
    Word {
        /// The word.
        word: String,
    },
    /// Every pane is hidden.
    #[error("every pane is hidden, so that nothing is left")]
    Nothing,
}

impl Layout {
    /// Returns whether a pane is hidden.
    pub const fn hides(&self, pane: Pane) -> bool {
        self.hidden & (1 << pane as u8) != 0
    }

    /// Returns whether every pane has its usual place and size.
    pub fn is_usual(&self) -> bool {
        let mut usual = *self;
        usual.reset();
        usual == *self
    }

    /// Hides a pane, or shows it again. The last one stays.
    pub fn set_hidden(&mut self, pane: Pane, is_hidden: bool) {
        let bit = 1 << pane as u8;
        let hidden = if is_hidden {
            self.hidden | bit
        } else {
            self.hidden & !bit
        };
        if Pane::ALL
            .iter()
            .any(|&pane| hidden & (1 << pane as u8) == 0)
        {
            self.hidden = hidden;
        }
    }

    /// Returns how many of `of` cells the pane of a border is to have; `None` while nobody chose.
    pub fn cells(&self, border: Border, of: u16) -> Option<u16> {
        let share = u32::from(self.shares[border as usize]?);
        let cells = (share * u32::from(of) + WHOLE / 2) / WHOLE;
        u16::try_from(cells).ok()
    }

    /// Says how much the pane of a border is to have, in thousandths of the screen.
    pub fn set_share(&mut self, border: Border, share: Option<u16>) {
        let most = u16::try_from(WHOLE).unwrap_or(u16::MAX);
        self.shares[border as usize] = share.map(|share| share.min(most));
    }

    /// Says that every pane has its usual place and size again.
    pub fn reset(&mut self) {
        *self = Layout {
            middle: self.middle,
            lower: self.lower,
            ..Layout::default()
        };
    }
}

impl RunView {
    /// Returns the layout as a text: what is kept of it from run to run. A layout that nobody
    /// changed is an empty one.
    ///
    /// ```
    /// # use mpviz::ui::RunView;
    /// let mut run = RunView::default();
    /// run.arrange("focus=flow zoom hide=code table=400").unwrap();
    /// assert_eq!(run.arrangement(), "focus=flow hide=code zoom table=400");
    /// ```
    pub fn arrangement(&self) -> String {
        let layout = &self.layout;
        let mut text = String::new();
        let mut say = |word: &str, value: &dyn std::fmt::Display| {
            let gap = if text.is_empty() { "" } else { " " };
            // Writing into a text does not fail.
            let _ = write!(text, "{gap}{word}{value}");
        };
        if self.focus != Pane::Processes {
            say("focus=", &self.focus.title());
        }
        if let Some(middle) = layout.middle {
            say("middle=", &middle.title());
        }
        if layout.lower != Pane::Events {
            say("lower=", &layout.lower.title());
        }
        for pane in Pane::ALL.into_iter().filter(|&pane| layout.hides(pane)) {
            say("hide=", &pane.title());
        }
        if layout.is_zoomed {
            say("zoom", &"");
        }
        for border in Border::ALL {
            if let Some(share) = layout.shares[border as usize] {
                say(border.name(), &format_args!("={share}"));
            }
        }
        if let Some(listing) = self.listing {
            say("list=", &listing.name());
        }
        text
    }

    /// Lays the panes out as a text says; what it does not name is as usual.
    ///
    /// # Errors
    ///
    /// The first word that says nothing of a layout; then nothing is changed.
    pub fn arrange(&mut self, text: &str) -> Result<(), LayoutError> {
        let mut layout = Layout::default();
        let mut focus = Pane::Processes;
        let mut hidden = 0_u8;
        let mut listing = None;
        for word in text.split_whitespace() {
            let wrong = || LayoutError::Word {
                word: word.to_owned(),
            };
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            let pane = Pane::from_title(value);
            match (name, pane) {
                ("zoom", _) if value.is_empty() => layout.is_zoomed = true,
                ("focus", Some(pane)) => focus = pane,
                ("middle", Some(pane @ (Pane::Flow | Pane::Sequence))) => {
                    layout.middle = Some(pane);
                }
                ("lower", Some(pane @ (Pane::Events | Pane::Code))) => layout.lower = pane,
                ("hide", Some(pane)) => hidden |= 1 << pane as u8,
                ("list", None) => listing = Some(Listing::from_name(value).ok_or_else(wrong)?),
                _ => {
                    let border = Border::from_name(name).ok_or_else(wrong)?;
                    let share = value.parse().map_err(|_| wrong())?;
                    layout.set_share(border, Some(share));
                }
            }
        }
        if hidden.count_ones() as usize == Pane::ALL.len() {
            return Err(LayoutError::Nothing);
        }
        layout.hidden = hidden;
        self.layout = layout;
        self.focus = focus;
        self.listing = listing;
        self.settle();
        Ok(())
    }

    /// Moves the focus to a pane that is not hidden.
    fn settle(&mut self) {
        let mut pane = self.focus;
        while self.layout.hides(pane) {
            pane = pane.next();
        }
        self.focus = pane;
    }

    /// Hides the pane that keys go to, with what waits behind it, so that its room is free. Says so
    /// where that can't be.
    pub(super) fn hide_pane(&mut self, history: &History) -> Result<(), &'static str> {
        let pane = self.focus;
        if self.beside.is_some() && pane == Pane::Processes {
            return Err("two runs are compared by their tables: these stay");
        }
        let was_zoomed = std::mem::take(&mut self.layout.is_zoomed);
        let next = self.pane_after(history);
        if next == pane {
            self.layout.is_zoomed = was_zoomed;
            return Err("this is the only pane that is left: it stays");
        }
        let behind = pane.behind().filter(|&pane| !self.shows(pane, history));
        self.layout.set_hidden(pane, true);
        if let Some(behind) = behind {
            self.layout.set_hidden(behind, true);
        }
        self.focus = next;
        Ok(())
    }

    /// Makes the pane that keys go to larger or smaller, by a step. Says so where that can't be.
    pub(super) fn resize_pane(&mut self, is_larger: bool) -> Result<(), &'static str> {
        if self.layout.is_zoomed {
            return Err("the pane has the whole screen");
        }
        let is_there = |border: &Border| self.fits.borders[*border as usize].is_some();
        // The borders that this pane can move, its own first; with the others it is what is left.
        let (own, others): (Option<Border>, &[Border]) = match self.focus {
            Pane::Processes => (Some(Border::Table), &[]),
            Pane::Flow => (Some(Border::Middle), &[Border::Table]),
            Pane::Sequence if self.fits.sequence => (Some(Border::Sequence), &[Border::Table]),
            Pane::Sequence => (Some(Border::Middle), &[Border::Table]),
            Pane::Events => (None, &[Border::Middle, Border::Sequence, Border::Table]),
            Pane::Code => (
                Some(Border::Code),
                &[Border::Middle, Border::Sequence, Border::Table],
            ),
        };
        let (border, grows) = match own.filter(is_there) {
            Some(own) => (own, is_larger),
            None => match others.iter().find(|border| is_there(border)) {
                Some(&other) => (other, !is_larger),
                None => return Err("there is no other pane to share the screen with"),
            },
        };
        let Some(given) = self.fits.borders[border as usize] else {
            return Ok(());
        };
        let step = (given.of / STEP).max(1);
        let cells = if grows {
            given.cells.saturating_add(step)
        } else {
            given.cells.saturating_sub(step)
        };
        self.layout.set_share(border, Some(given.share(cells)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_is_written_and_read_alike() {
        for text in [
            "",
            "zoom",
            "focus=code lower=code hide=processes hide=flow table=250 code=1000",
            "middle=sequence sequence=0",
        ] {
            let mut run = RunView::default();
            run.arrange(text).unwrap();
            assert_eq!(run.arrangement(), text);
        }
    }

    #[test]
    fn a_word_that_says_nothing_changes_nothing() {
        for text in [
            "zoom wide",
            "zoom=yes",
            "middle=events",
            "hide=rows",
            "table=much",
            "table=-1",
            "hide=processes hide=flow hide=sequence hide=events hide=code",
        ] {
            let mut run = RunView::default();
            assert!(run.arrange(text).is_err(), "{text}");
            assert_eq!(run, RunView::default(), "{text}");
        }
    }

    #[test]
    fn a_share_is_as_many_cells_as_it_was_taken_from() {
        for of in 1..400 {
            for cells in 0..=of {
                let mut layout = Layout::default();
                let given = Given {
                    cells: 0,
                    of,
                    is_across: false,
                };
                layout.set_share(Border::Table, Some(given.share(cells)));
                assert_eq!(layout.cells(Border::Table, of), Some(cells));
            }
        }
    }

    #[test]
    fn one_pane_is_never_hidden() {
        let mut layout = Layout::default();
        for pane in Pane::ALL {
            layout.set_hidden(pane, true);
        }
        assert!(Pane::ALL.iter().any(|&pane| !layout.hides(pane)));
    }
}
