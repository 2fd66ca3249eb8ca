//! Sizes: how much of everything there is room for, and which panes stand beside each other.

use ratatui::layout::Rect;

/// The least size that a screen is drawn at.
pub const LEAST: (u16, u16) = (60, 16);

/// How much of everything there is room for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Size {
    /// From 60x16: the table and three rows of flow.
    Tiny,
    /// From 80x24.
    Small,
    /// From 120x36: pids, labels, code beside events.
    Medium,
    /// From 200x60: the sequence beside everything, cpu and age.
    Large,
}

impl Size {
    /// Returns the size of an area; `None` if it is too small.
    pub fn of(area: Rect) -> Option<Size> {
        let (w, h) = (area.width, area.height);
        if w < LEAST.0 || h < LEAST.1 {
            None
        } else if w < 76 || h < 22 {
            Some(Size::Tiny)
        } else if w < 110 || h < 32 {
            Some(Size::Small)
        } else if w < 180 || h < 50 {
            Some(Size::Medium)
        } else {
            Some(Size::Large)
        }
    }

    /// Returns the most rows of the table in an area of `height` rows.
    pub fn table_most(self, height: u16) -> u16 {
        match self {
            Size::Tiny if height < LOW => height.saturating_sub(8).clamp(4, 8),
            Size::Tiny | Size::Small => height.saturating_sub(16).clamp(8, 20),
            Size::Medium => 13 + height.saturating_sub(36) / 2,
            Size::Large => 20 + height.saturating_sub(60) / 3,
        }
    }

    /// Returns the most rows of the flow in an area of `height` rows.
    pub const fn flow_most(self, height: u16) -> u16 {
        match self {
            // There is room for what just moved.
            Size::Tiny | Size::Small if height >= TALL => 7,
            Size::Tiny => 3,
            Size::Small => 4,
            Size::Medium => 9,
            Size::Large => 11,
        }
    }
}

/// A screen with fewer rows has none for what can be done without.
pub(super) const LOW: u16 = 22;
/// A screen with so many rows has panes below each other that else stand behind each other.
const TALL: u16 = 48;
/// A screen with so many columns has the sequence beside everything.
const WIDE: u16 = 180;

/// Where a pane stands that shares the room of its neighbour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stands {
    /// At its right.
    Beside,
    /// Below it.
    Below,
    /// In its place, when it is asked for.
    Behind,
}

impl Stands {
    /// Returns where the sequence stands beside the flow.
    pub(super) fn sequence(area: Rect) -> Stands {
        match Size::of(area) {
            Some(size) if size >= Size::Medium && area.width >= WIDE => Stands::Beside,
            Some(_) if area.height >= TALL => Stands::Below,
            _ => Stands::Behind,
        }
    }

    /// Returns where the code stands beside the events.
    pub(super) fn code(area: Rect) -> Stands {
        match Size::of(area) {
            Some(size) if size >= Size::Medium => Stands::Beside,
            Some(_) if area.height >= TALL => Stands::Below,
            _ => Stands::Behind,
        }
    }
}
