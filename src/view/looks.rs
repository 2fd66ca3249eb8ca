//! Looks: which glyphs each mark has, and what each mark and each role is called, a row each. Which
//! colours they have stands in the themes, `assets/themes`.

use crate::history::StateClass;

macro_rules! marks {
    ($($(#[doc = $doc:literal])* $name:ident $word:literal:
        $glyph:literal $ascii:literal $life:literal $narrow:literal;)*) => {
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
            word: $word,
            glyph: $glyph,
            ascii: $ascii,
            life: $life,
            narrow: $narrow,
        }),*];
    };
}

/// How a mark looks, but for its colour.
pub(super) struct MarkLook {
    /// What a theme's file calls it.
    pub(super) word: &'static str,
    pub(super) glyph: &'static str,
    pub(super) ascii: &'static str,
    /// On a life-line.
    pub(super) life: &'static str,
    /// Where what is ambiguous takes two cells.
    pub(super) narrow: &'static str,
}

marks! {
    /// Computes.
    Running "running": "█" "#" "█" "⣿";
    /// Could run and has no CPU yet: from the fork to the child's first word.
    Runnable "runnable": "┄" "=" "┄" "=";
    /// Blocked in put, send or write.
    Put "put": "▒" "w" "▒" "▚";
    /// Blocked in get, receive or read.
    Get "get": "░" "r" "░" "░";
    /// Waits for a lock.
    Lock "lock": "╌" "l" "╎" "╌";
    /// Blocked in join or wait.
    Join "join": "─" "-" "┆" "-";
    /// Asleep.
    Asleep "asleep": "·" "." "·" "⋅";
    /// Stopped by a signal or by the viewer.
    Stopped "stopped": "¦" "|" "¦" "¦";
    /// Ended and not yet reaped.
    Zombie "zombie": "z" "z" "z" "z";
    /// Ended by itself.
    Exited "exited": "■" "$" "■" "▮";
    /// Ended by a signal.
    Killed "killed": "╳" "X" "╳" "X";
    /// A message.
    Message "message": "●" "*" "●" "*";
    /// A result.
    Result "result": "○" "o" "○" "◦";
    /// A lock that nobody holds.
    LockFree "lock-free": "◇" "( )" "◇" "◊";
    /// A lock that somebody holds.
    LockHeld "lock-held": "◆" "(@)" "◆" "⧫";
    /// A lock whose holder is dead.
    LockLost "lock-lost": "✗" "(X)" "✗" "✗";
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
    ($($(#[doc = $doc:literal])* $name:ident $word:literal;)*) => {
        /// What has a look of its own and is no mark.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Role {
            $($(#[doc = $doc])* $name,)*
        }

        impl Role {
            /// Every role, in the order of the table.
            pub const ALL: &'static [Role] = &[$(Role::$name),*];
        }

        const ROLES: &[&str] = &[$($word),*];
    };
}

roles! {
    /// Names, states in words, the caption, values that matter.
    Text "text";
    /// The selected name, the time, keys, what changed.
    Strong "strong";
    /// Pids, times, axis, labels, headings, ended rows, older events, paths at rest.
    Dim "dim";
    /// A word of the language in a source. Source is structure: its colours are nearly grey.
    Keyword "keyword";
    /// A text or a number in a source.
    Literal "literal";
    /// A comment in a source.
    Comment "comment";
    /// Rules and empty tracks; never text.
    Faint "faint";
    /// The ground of a task's stretch of lane.
    Band "band";
    /// The name of a task on its band.
    BandText "band-text";
    /// The texture of a sleeping task on its band.
    BandDots "band-dots";
    /// The edge of a band within a cell: the band's ground as ink.
    BandEdge "band-edge";
    /// A message that waits.
    Chip "chip";
    /// The selected one of the messages that wait: a chip turned over.
    ChipSelected "chip-selected";
    /// The path of what just moved.
    Lit "lit";
    /// A buffer or pipe.
    Vessel "vessel";
    /// How far a buffer or pipe is full, and what hides in it (`+37`).
    VesselFill "vessel-fill";
    /// All that is the selected thing.
    Selection "selection";
    /// The strips of header and caption.
    Strip "strip";
    /// The cursor, where the view is frozen. Yellow is always a ground, and nothing else has it.
    Cursor "cursor";
    /// A finding's `▲` and its count.
    Finding "finding";
    /// A finding that is being raised.
    Raised "raised";
    /// What is said in a film, over the screen.
    Caption "caption";
    /// The border of what is said.
    CaptionEdge "caption-edge";
    /// The title of a film, over the screen.
    Title "title";
    /// A key that was pressed.
    KeyCap "key-cap";
    /// The words killed, lost and full, on the plain ground alone.
    Alarm "alarm";
}

impl Role {
    /// Returns what a theme's file calls it.
    pub(super) const fn word(self) -> &'static str {
        ROLES[self as usize]
    }
}
