//! Looks: which glyph and which colours each mark and each role has, a row each.
//!
//! For the sixteen colours of a terminal and for none the table says what comes closest; the depths
//! between are made from the true colours.

use super::colour::colour_of;
use super::theme::{Depth, Ground};
use crate::history::StateClass;
use ratatui::style::{Color, Modifier, Style};

macro_rules! marks {
    ($($(#[doc = $doc:literal])* $name:ident: $glyph:literal $ascii:literal $life:literal
        $dark:literal $light:literal $sixteen:ident $bold:literal;)*) => {
        /// A state of an actor, of a lock, or a point on a lane.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Mark {
            $($(#[doc = $doc])* $name,)*
        }

        impl Mark {
            /// Every mark, in the order of the table.
            pub const ALL: &'static [Mark] = &[$(Mark::$name),*];
        }

        pub(super) const MARKS: &[MarkLook] = &[$(MarkLook {
            glyph: $glyph,
            ascii: $ascii,
            life: $life,
            dark: $dark,
            light: $light,
            sixteen: Color::$sixteen,
            bold: $bold,
        }),*];
    };
}

/// How a mark looks.
pub(super) struct MarkLook {
    pub(super) glyph: &'static str,
    pub(super) ascii: &'static str,
    pub(super) life: &'static str,
    dark: u32,
    light: u32,
    sixteen: Color,
    bold: bool,
}

marks! {
    /// Computes.
    Running: "█" "#" "█" 0x00A174 0x007049 Green false;
    /// Could run and has no CPU yet: from the fork to the child's first word.
    Runnable: "┄" "=" "┄" 0x00A174 0x007049 Green false;
    /// Blocked in put, send or write.
    Put: "▒" "w" "▒" 0xD55E00 0x9D2F00 Red false;
    /// Blocked in get, receive or read.
    Get: "░" "r" "░" 0x56B4E9 0x1879B1 Cyan false;
    /// Waits for a lock.
    Lock: "╌" "l" "╎" 0x56B4E9 0x1879B1 Cyan false;
    /// Blocked in join or wait.
    Join: "─" "-" "┆" 0x067BD4 0x024F9E Blue false;
    /// Asleep.
    Asleep: "·" "." "·" 0x989FA7 0x5F666D Reset false;
    /// Stopped by a signal or by the viewer.
    Stopped: "¦" "|" "¦" 0x989FA7 0x5F666D Reset false;
    /// Ended and not yet reaped.
    Zombie: "z" "z" "z" 0xAC6699 0x712F64 Magenta false;
    /// Ended by itself.
    Exited: "■" "$" "■" 0x989FA7 0x5F666D Reset false;
    /// Ended by a signal.
    Killed: "╳" "X" "╳" 0xD55E00 0x9D2F00 Red true;
    /// A message.
    Message: "●" "*" "●" 0xE69F00 0xA56700 Yellow false;
    /// A result.
    Result: "○" "o" "○" 0xE69F00 0xA56700 Yellow false;
    /// A lock that nobody holds.
    LockFree: "◇" "( )" "◇" 0x989FA7 0x5F666D Reset false;
    /// A lock that somebody holds.
    LockHeld: "◆" "(@)" "◆" 0xFFFFFF 0x000000 Reset true;
    /// A lock whose holder is dead.
    LockLost: "◆" "(X)" "◆" 0xD55E00 0x9D2F00 Red true;
}

impl Mark {
    /// Returns the mark of a class of states.
    pub const fn of(class: StateClass) -> Mark {
        match class {
            StateClass::Starting => Mark::Runnable,
            StateClass::Running => Mark::Running,
            StateClass::Giving => Mark::Put,
            StateClass::Taking => Mark::Get,
            StateClass::Acquiring => Mark::Lock,
            StateClass::Joining => Mark::Join,
            StateClass::Asleep => Mark::Asleep,
            StateClass::Stopped => Mark::Stopped,
            StateClass::Zombie => Mark::Zombie,
        }
    }

    /// Returns how it looks.
    pub(super) const fn look(self) -> &'static MarkLook {
        &MARKS[self as usize]
    }
}

macro_rules! roles {
    ($($(#[doc = $doc:literal])* $name:ident:
        $dark:expr, $light:expr, $dark16:expr, $light16:expr, $none:expr;)*) => {
        /// What has a look of its own and is no mark.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Role {
            $($(#[doc = $doc])* $name,)*
        }

        pub(super) const ROLES: &[RoleLook] = &[$(RoleLook {
            dark: $dark,
            light: $light,
            dark16: $dark16,
            light16: $light16,
            none: $none,
        }),*];
    };
}

/// How a role looks.
pub(super) struct RoleLook {
    dark: Look,
    light: Look,
    dark16: Style,
    light16: Style,
    none: Style,
}

/// Foreground, ground, bold. `None` leaves what is below as it is.
pub(super) type Look = (Option<u32>, Option<u32>, bool);

const fn fg(rgb: u32) -> Look {
    (Some(rgb), None, false)
}

const fn bold(rgb: u32) -> Look {
    (Some(rgb), None, true)
}

pub(super) const fn on(fg: u32, bg: u32) -> Look {
    (Some(fg), Some(bg), false)
}

const fn bold_on(fg: u32, bg: u32) -> Look {
    (Some(fg), Some(bg), true)
}

const fn ground(bg: u32) -> Look {
    (None, Some(bg), false)
}

const S: Style = Style::new();
const BOLD: Style = S.add_modifier(Modifier::BOLD);
const FAINT: Style = S.add_modifier(Modifier::DIM);
const REVERSED: Style = S.add_modifier(Modifier::REVERSED);
const LOUD: Style = REVERSED.add_modifier(Modifier::BOLD);

/// A message's colour; the chip and the lit path have it too.
const CHIP: Look = bold_on(0x1A1200, 0xE69F00);
/// A chip turned over.
const CHIP_SELECTED: Look = bold_on(0xE69F00, 0x1A1200);

roles! {
    /// Names, states in words, the caption, values that matter.
    Text: fg(0xC9CED4), fg(0x2B3036), S.fg(Color::Reset), S.fg(Color::Reset), S;
    /// The selected name, the time, keys, what changed.
    Strong: bold(0xFFFFFF), bold(0x000000), BOLD.fg(Color::White), BOLD.fg(Color::Black), BOLD;
    /// Pids, times, axis, labels, headings, ended rows, older events, paths at rest.
    Dim: fg(0x989FA7), fg(0x5F666D), S.fg(Color::Gray), S.fg(Color::DarkGray), S;
    /// A word of the language in a source. Source is structure: its colours are nearly grey.
    Keyword: fg(0xA99FC6), fg(0x62558A), BOLD.fg(Color::Gray), BOLD.fg(Color::DarkGray), BOLD;
    /// A text or a number in a source.
    Literal: fg(0xA8B59A), fg(0x55633F), S.fg(Color::Reset), S.fg(Color::Reset), S;
    /// A comment in a source.
    Comment: fg(0x848B93), fg(0x6E747A), S.fg(Color::Gray), S.fg(Color::DarkGray), FAINT;
    /// Rules and empty tracks; never text.
    Faint: fg(0x3C434A), fg(0xCDD1D5), S.fg(Color::DarkGray), S.fg(Color::Gray), FAINT;
    /// The ground of a task's stretch of lane.
    Band: on(0xCFF0E4, 0x0E4D3D), on(0x0B3B2D, 0xA9D8C6),
        S.fg(Color::Black).bg(Color::Cyan), S.fg(Color::Black).bg(Color::Cyan), REVERSED;
    /// The name of a task on its band.
    BandText: bold_on(0xCFF0E4, 0x0E4D3D), bold_on(0x0B3B2D, 0xA9D8C6),
        BOLD.fg(Color::Black).bg(Color::Cyan), BOLD.fg(Color::Black).bg(Color::Cyan), LOUD;
    /// The texture of a sleeping task on its band.
    BandDots: on(0x4FA58C, 0x0E4D3D), on(0x2F7D63, 0xA9D8C6),
        S.fg(Color::Black).bg(Color::Cyan), S.fg(Color::Black).bg(Color::Cyan), REVERSED;
    /// The edge of a band within a cell: the band's ground as ink.
    BandEdge: fg(0x0E4D3D), fg(0xA9D8C6), S.fg(Color::Cyan), S.fg(Color::Cyan), S;
    /// A message that waits.
    Chip: CHIP, CHIP, BOLD.fg(Color::Black).bg(Color::Yellow),
        BOLD.fg(Color::Black).bg(Color::Yellow), LOUD;
    /// The selected one of the messages that wait: a chip turned over.
    ChipSelected: CHIP_SELECTED, CHIP_SELECTED, BOLD.fg(Color::Yellow).bg(Color::Black),
        BOLD.fg(Color::Yellow).bg(Color::Black), BOLD.add_modifier(Modifier::UNDERLINED);
    /// The path of what just moved.
    Lit: bold(0xE69F00), bold(0xA56700), BOLD.fg(Color::Yellow), BOLD.fg(Color::Yellow), BOLD;
    /// A buffer or pipe.
    Vessel: on(0x989FA7, 0x262B31), on(0x5F666D, 0xEAECEE),
        S.fg(Color::Gray), S.fg(Color::DarkGray), S;
    /// How far a buffer or pipe is full, and what hides in it (`+37`).
    VesselFill: bold_on(0xF1D9A6, 0x6B4A08), bold_on(0x6B4A08, 0xF1D9A6),
        BOLD.fg(Color::Yellow), BOLD.fg(Color::Yellow), BOLD;
    /// All that is the selected thing.
    Selection: ground(0x2A3138), ground(0xE6EBF0), S.bg(Color::DarkGray), S.bg(Color::Gray), S;
    /// The strips of header and caption.
    Strip: on(0xC9CED4, 0x20252B), on(0x2B3036, 0xF0F1F2), S, S, S;
    /// The cursor, where the view is frozen. Yellow is always a ground, and nothing else has it.
    Cursor: bold_on(0x15150A, 0xF0E442), bold_on(0x15150A, 0xF0E442),
        BOLD.fg(Color::Black).bg(Color::LightYellow),
        BOLD.fg(Color::Black).bg(Color::LightYellow), LOUD;
    /// A finding's `▲` and its count.
    Finding: bold(0xF0803C), bold(0x9D2F00), BOLD.fg(Color::LightRed), BOLD.fg(Color::Red), BOLD;
    /// A finding that is being raised.
    Raised: on(0x1A1200, 0xD55E00), on(0xFFFFFF, 0x9D2F00),
        S.fg(Color::Black).bg(Color::Red), S.fg(Color::White).bg(Color::Red), LOUD;
    /// What is said in a film, over the screen.
    Caption: on(0xF4F6F8, 0x33404D), on(0x1B2127, 0xDCE6F0), REVERSED, REVERSED, REVERSED;
    /// The border of what is said.
    CaptionEdge: on(0x7F93A8, 0x33404D), on(0x7F93A8, 0xDCE6F0), REVERSED, REVERSED, REVERSED;
    /// The title of a film, over the screen.
    Title: bold_on(0xFFFFFF, 0x33404D), bold_on(0x000000, 0xDCE6F0), LOUD, LOUD, LOUD;
    /// A key that was pressed.
    KeyCap: bold_on(0x1B2127, 0xDCE6F0), bold_on(0xF4F6F8, 0x33404D), LOUD, LOUD, LOUD;
    /// The words killed, lost and full, on the plain ground alone.
    Alarm: bold(0xD55E00), bold(0x9D2F00), BOLD.fg(Color::Red), BOLD.fg(Color::Red), BOLD;
}

impl MarkLook {
    /// Returns its style.
    pub(super) fn style(&self, ground: Ground, depth: Depth) -> Style {
        let rgb = match ground {
            Ground::Dark => self.dark,
            Ground::Light => self.light,
        };
        let style = match depth {
            Depth::None => Style::new(),
            Depth::Sixteen => Style::new().fg(self.sixteen),
            Depth::TrueColor | Depth::Indexed => Style::new().fg(colour_of(rgb, depth)),
        };
        if self.bold {
            style.add_modifier(Modifier::BOLD)
        } else {
            style
        }
    }
}

impl RoleLook {
    /// Returns its style.
    pub(super) fn style(&self, ground: Ground, depth: Depth) -> Style {
        let (look, sixteen) = match ground {
            Ground::Dark => (self.dark, self.dark16),
            Ground::Light => (self.light, self.light16),
        };
        look_style(look, depth).unwrap_or(match depth {
            Depth::None => self.none,
            _ => sixteen,
        })
    }
}

/// Returns the style of a look, where the depth has colours enough.
pub(super) fn look_style((fg, bg, is_bold): Look, depth: Depth) -> Option<Style> {
    if matches!(depth, Depth::None | Depth::Sixteen) {
        return None;
    }
    Some(Style {
        fg: fg.map(|rgb| colour_of(rgb, depth)),
        bg: bg.map(|rgb| colour_of(rgb, depth)),
        ..if is_bold { BOLD } else { S }
    })
}
