//! The theme: which glyph and which colour each thing has. Nothing else in this room names either.
//!
//! A *mark* is a state or a point: a glyph, its ASCII form, its form on a life-line, its colour. A
//! *role* is everything else that has a look of its own: text, rules, bands, chips, strips. Both
//! tables stand here once, for a dark and a light ground; the four depths of colour are made from
//! them when a theme is made, so that drawing only looks up.
//!
//! Structure is grey and colour means state. Without colour every fact still stands in a glyph, a
//! word, bold or reverse.

use super::signs::{ASCII, Signs, UNICODE};
use crate::history::StateClass;
use ratatui::style::{Color, Modifier, Style};

/// What the ground of the terminal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ground {
    /// Light text on a dark ground.
    #[default]
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// How many colours the terminal has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Depth {
    /// Every colour of the table.
    #[default]
    TrueColor,
    /// The 256 of xterm: the nearest.
    Indexed,
    /// The sixteen that the terminal's user has chosen.
    Sixteen,
    /// None, as `NO_COLOR` asks: bold, dim and reverse.
    None,
}

/// Which characters the terminal can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Charset {
    /// Block elements, box drawing, geometric shapes.
    #[default]
    Unicode,
    /// ASCII alone.
    Ascii,
}

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

        const MARKS: &[MarkLook] = &[$(MarkLook {
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

struct MarkLook {
    glyph: &'static str,
    ascii: &'static str,
    life: &'static str,
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
            StateClass::Zombie => Mark::Zombie,
        }
    }

    const fn look(self) -> &'static MarkLook {
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

        const ROLES: &[RoleLook] = &[$(RoleLook {
            dark: $dark,
            light: $light,
            dark16: $dark16,
            light16: $light16,
            none: $none,
        }),*];
    };
}

struct RoleLook {
    dark: Look,
    light: Look,
    dark16: Style,
    light16: Style,
    none: Style,
}

/// Foreground, ground, bold. `None` leaves what is below as it is.
type Look = (Option<u32>, Option<u32>, bool);

const fn fg(rgb: u32) -> Look {
    (Some(rgb), None, false)
}

const fn bold(rgb: u32) -> Look {
    (Some(rgb), None, true)
}

const fn on(fg: u32, bg: u32) -> Look {
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

roles! {
    /// Names, states in words, the caption, values that matter.
    Text: fg(0xC9CED4), fg(0x2B3036), S.fg(Color::Reset), S.fg(Color::Reset), S;
    /// The selected name, the time, keys, what changed.
    Strong: bold(0xFFFFFF), bold(0x000000), BOLD.fg(Color::White), BOLD.fg(Color::Black), BOLD;
    /// Pids, times, axis, labels, headings, ended rows, older events, paths at rest.
    Dim: fg(0x989FA7), fg(0x5F666D), S.fg(Color::Gray), S.fg(Color::DarkGray), S;
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
    /// The words killed, lost and full, on the plain ground alone.
    Alarm: bold(0xD55E00), bold(0x9D2F00), BOLD.fg(Color::Red), BOLD.fg(Color::Red), BOLD;
}

/// The looks of a terminal: ground, depth, characters.
///
/// ```
/// use mpviz::view::theme::{Mark, Role, Theme};
///
/// let theme = Theme::default();
/// assert_eq!(theme.glyph(Mark::Get), "░");
/// assert_ne!(theme.style(Role::Text), theme.style(Role::Dim));
/// ```
#[derive(Clone, Debug)]
pub struct Theme {
    ground: Ground,
    depth: Depth,
    charset: Charset,
    marks: Vec<Style>,
    roles: Vec<Style>,
    paper: Style,
}

impl Default for Theme {
    fn default() -> Theme {
        Theme::new(Ground::Dark, Depth::TrueColor, Charset::Unicode)
    }
}

impl Theme {
    /// Makes the theme of a terminal. Its own ground is left as it is.
    pub fn new(ground: Ground, depth: Depth, charset: Charset) -> Theme {
        Theme {
            ground,
            depth,
            charset,
            marks: MARKS.iter().map(|m| m.style(ground, depth)).collect(),
            roles: ROLES.iter().map(|r| r.style(ground, depth)).collect(),
            paper: Style::new(),
        }
    }

    /// Paints the ground too, for a screen whose own ground is another or is not known.
    pub fn with_paper(mut self) -> Theme {
        let (text, paper) = match self.ground {
            Ground::Dark => (0xC9CED4, 0x16181C),
            Ground::Light => (0x2B3036, 0xFCFCFA),
        };
        self.paper = look_style(on(text, paper), self.depth).unwrap_or_default();
        self
    }

    /// Returns the look of a role.
    #[inline]
    pub fn style(&self, role: Role) -> Style {
        self.roles[role as usize]
    }

    /// Returns the look of a mark.
    #[inline]
    pub fn mark(&self, mark: Mark) -> Style {
        self.marks[mark as usize]
    }

    /// Returns what is painted before everything else.
    pub fn paper(&self) -> Style {
        self.paper
    }

    /// Returns the glyph of a mark: one cell wide but for locks in ASCII.
    #[inline]
    pub fn glyph(&self, mark: Mark) -> &'static str {
        match self.charset {
            Charset::Unicode => mark.look().glyph,
            Charset::Ascii => mark.look().ascii,
        }
    }

    /// Returns the glyph of a mark on a life-line.
    pub fn life(&self, mark: Mark) -> &'static str {
        match self.charset {
            Charset::Unicode => mark.look().life,
            Charset::Ascii => mark.look().ascii,
        }
    }

    /// Returns every other sign.
    #[inline]
    pub fn signs(&self) -> &'static Signs {
        match self.charset {
            Charset::Unicode => &UNICODE,
            Charset::Ascii => &ASCII,
        }
    }

    /// Returns the characters that the terminal can show.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// Returns how many colours the terminal has.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// Returns whether there is any colour at all.
    pub fn has_colour(&self) -> bool {
        self.depth != Depth::None
    }

    /// Returns a style at half strength: what came after the cursor.
    pub fn half(&self, style: Style) -> Style {
        match self.depth {
            Depth::None => style
                .remove_modifier(Modifier::BOLD)
                .add_modifier(Modifier::DIM),
            Depth::Sixteen => style
                .fg(if self.ground == Ground::Dark {
                    Color::DarkGray
                } else {
                    Color::Gray
                })
                .remove_modifier(Modifier::BOLD),
            Depth::TrueColor | Depth::Indexed => Style {
                fg: style.fg.map(|colour| self.mixed(colour)),
                bg: style.bg.map(|colour| self.mixed(colour)),
                ..style
            }
            .remove_modifier(Modifier::BOLD),
        }
    }

    /// Returns a colour halfway to the ground.
    fn mixed(&self, colour: Color) -> Color {
        let ground = match self.ground {
            Ground::Dark => 0x16181C,
            Ground::Light => 0xFCFCFA,
        };
        let (r, g, b) = match colour {
            Color::Rgb(r, g, b) => (r, g, b),
            Color::Indexed(index) => rgb_of_index(index),
            other => return other,
        };
        let [_, gr, gg, gb] = u32::to_be_bytes(ground);
        let half = |a: u8, b: u8| a / 2 + b / 2 + (a & b & 1);
        let rgb = u32::from_be_bytes([0, half(r, gr), half(g, gg), half(b, gb)]);
        colour_of(rgb, self.depth)
    }
}

impl MarkLook {
    fn style(&self, ground: Ground, depth: Depth) -> Style {
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
    fn style(&self, ground: Ground, depth: Depth) -> Style {
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
fn look_style((fg, bg, is_bold): Look, depth: Depth) -> Option<Style> {
    if matches!(depth, Depth::None | Depth::Sixteen) {
        return None;
    }
    Some(Style {
        fg: fg.map(|rgb| colour_of(rgb, depth)),
        bg: bg.map(|rgb| colour_of(rgb, depth)),
        ..if is_bold { BOLD } else { S }
    })
}

fn colour_of(rgb: u32, depth: Depth) -> Color {
    let [_, r, g, b] = rgb.to_be_bytes();
    if depth == Depth::Indexed {
        Color::Indexed(nearest_index(r, g, b))
    } else {
        Color::Rgb(r, g, b)
    }
}

/// The steps of xterm's colour cube.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Returns the nearest of xterm's cube (16 to 231) and greys (232 to 255).
fn nearest_index(r: u8, g: u8, b: u8) -> u8 {
    let step = |v: u8| {
        (0u8..6)
            .min_by_key(|&i| CUBE[usize::from(i)].abs_diff(v))
            .unwrap_or(0)
    };
    let cube = 16 + 36 * step(r) + 6 * step(g) + step(b);
    let distance = |index: u8| {
        let (x, y, z) = rgb_of_index(index);
        [(r, x), (g, y), (b, z)]
            .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
            .iter()
            .sum::<u32>()
    };
    (232..=255)
        .chain([cube])
        .min_by_key(|&index| distance(index))
        .unwrap_or(cube)
}

fn rgb_of_index(index: u8) -> (u8, u8, u8) {
    match index {
        0..16 => (128, 128, 128),
        16..232 => {
            let n = usize::from(index - 16);
            (CUBE[n / 36], CUBE[n / 6 % 6], CUBE[n % 6])
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_has_a_look_in_every_theme() {
        for ground in [Ground::Dark, Ground::Light] {
            for depth in [
                Depth::TrueColor,
                Depth::Indexed,
                Depth::Sixteen,
                Depth::None,
            ] {
                let theme = Theme::new(ground, depth, Charset::Ascii);
                for &mark in Mark::ALL {
                    assert_eq!(theme.mark(mark).fg.is_some(), depth != Depth::None);
                    assert!(theme.glyph(mark).is_ascii(), "{mark:?}");
                    assert_eq!(theme.mark(mark).bg, None, "a mark has no ground of its own");
                }
            }
        }
    }

    #[test]
    fn the_nearest_of_256_is_exact_where_it_exists() {
        assert_eq!(nearest_index(0xD7, 0x5F, 0x00), 166);
        assert_eq!(nearest_index(0x26, 0x26, 0x26), 235);
        assert_eq!(nearest_index(0xFF, 0xFF, 0xFF), 231);
    }

    #[test]
    fn half_strength_is_halfway_to_the_ground() {
        let theme = Theme::default();
        let half = theme.half(Style::new().fg(Color::Rgb(0xE6, 0x9F, 0)));
        assert_eq!(half.fg, Some(Color::Rgb(0x7E, 0x5B, 0x0E)));
    }

    #[test]
    fn without_colour_nothing_has_a_colour() {
        let theme = Theme::new(Ground::Dark, Depth::None, Charset::Unicode);
        for style in theme.roles.iter().chain(&theme.marks) {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }
}
