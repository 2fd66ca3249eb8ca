//! Signs: every character beside text and marks that is drawn, in three sets.
//!
//! Each is one cell wide in its own set, but for those whose doc says otherwise. There is none that
//! some fonts draw as an emoji.

/// The signs of one set of characters.
#[derive(Debug)]
pub struct Signs {
    /// A rule between panes, and a path at rest.
    pub rule: &'static str,
    /// A path at rest that goes up or down.
    pub upright: &'static str,
    /// A lit path.
    pub lit: &'static str,
    /// A lit path that goes up or down.
    pub lit_upright: &'static str,
    /// The head of an arrow to the right.
    pub arrow: &'static str,
    /// The head of an arrow to the left.
    pub arrow_left: &'static str,
    /// A path at rest that turns.
    pub turns: Turns,
    /// A lit path that turns.
    pub lit_turns: Turns,
    /// Where a lit path meets one at rest: the arms (1 up, 2 right, 4 down, 8 left) of both, those
    /// that are lit, and the sign. What is not here is drawn as if all of it were lit.
    pub mixed_turns: &'static [(u8, u8, &'static str)],
    /// The left edge of a vessel.
    pub vessel_left: &'static str,
    /// The right edge of a vessel.
    pub vessel_right: &'static str,
    /// Before and after a chip's label: a blank where colour makes the chip.
    pub chip: (&'static str, &'static str),
    /// A child with siblings below it.
    pub branch: &'static str,
    /// A last child.
    pub last_branch: &'static str,
    /// The line from a parent past this row to a later child.
    pub trunk: &'static str,
    /// A finding.
    pub finding: &'static str,
    /// Done before.
    pub check: &'static str,
    /// A line of the program's own output.
    pub output: &'static str,
    /// The gutter of the selection's events.
    pub gutter: &'static str,
    /// What is cut off.
    pub ellipsis: &'static str,
    /// A process that got a new parent.
    pub adopted: &'static str,
    /// A run that goes on.
    pub live: &'static str,
    /// A run that has ended.
    pub ended: &'static str,
    /// A frozen view; two cells.
    pub frozen: &'static str,
    /// A view that plays; one cell.
    pub play: &'static str,
    /// A view that plays backwards.
    pub play_back: &'static str,
    /// A moment that the user marked.
    pub mark: &'static str,
    /// Before and after the window in the row of the whole run.
    pub window: (&'static str, &'static str),
    /// The cursor's line.
    pub cursor: &'static str,
    /// A process that closes an end.
    pub closed: &'static str,
    /// Between two words of the same rank.
    pub dot: &'static str,
    /// What may not reach the terminal as it is.
    pub harmless: &'static str,
    /// Depths from empty to full; the first is nothing at all.
    pub depths: [&'static str; 9],
    /// The line of a lock's holder.
    pub held: &'static str,
    /// The line of a lock whose holder is dead.
    pub lost: &'static str,
    /// Parts of a cell from the left, an eighth each: none to whole.
    pub eighths: [&'static str; 9],
}

/// The pieces of a path that turns or forks, named by where it goes on.
#[derive(Debug)]
pub struct Turns {
    /// Right and down.
    pub right_down: &'static str,
    /// Left and down.
    pub left_down: &'static str,
    /// Right and up.
    pub right_up: &'static str,
    /// Left and up.
    pub left_up: &'static str,
    /// Up, down and right.
    pub fork_right: &'static str,
    /// Up, down and left.
    pub fork_left: &'static str,
    /// All four.
    pub cross: &'static str,
    /// Left, right and down.
    pub fork_down: &'static str,
    /// Left, right and up.
    pub fork_up: &'static str,
}

/// Block elements, box drawing and geometric shapes.
pub const UNICODE: Signs = Signs {
    rule: "─",
    upright: "│",
    lit: "━",
    lit_upright: "┃",
    arrow: "►",
    arrow_left: "◄",
    turns: Turns {
        right_down: "╭",
        left_down: "╮",
        right_up: "╰",
        left_up: "╯",
        fork_right: "├",
        fork_left: "┤",
        cross: "┼",
        fork_down: "┬",
        fork_up: "┴",
    },
    lit_turns: Turns {
        right_down: "┏",
        left_down: "┓",
        right_up: "┗",
        left_up: "┛",
        fork_right: "┣",
        fork_left: "┫",
        cross: "╋",
        fork_down: "┳",
        fork_up: "┻",
    },
    mixed_turns: &[
        (7, 2, "┝"),
        (7, 1, "┞"),
        (7, 4, "┟"),
        (7, 5, "┠"),
        (7, 3, "┡"),
        (7, 6, "┢"),
        (13, 8, "┥"),
        (13, 1, "┦"),
        (13, 4, "┧"),
        (13, 5, "┨"),
        (13, 9, "┩"),
        (13, 12, "┪"),
        (14, 8, "┭"),
        (14, 2, "┮"),
        (14, 10, "┯"),
        (14, 4, "┰"),
        (14, 12, "┱"),
        (14, 6, "┲"),
        (11, 8, "┵"),
        (11, 2, "┶"),
        (11, 10, "┷"),
        (11, 1, "┸"),
        (11, 9, "┹"),
        (11, 3, "┺"),
        (15, 8, "┽"),
        (15, 2, "┾"),
        (15, 10, "┿"),
        (15, 1, "╀"),
        (15, 4, "╁"),
        (15, 5, "╂"),
        (15, 9, "╃"),
        (15, 3, "╄"),
        (15, 12, "╅"),
        (15, 6, "╆"),
        (15, 11, "╇"),
        (15, 14, "╈"),
        (15, 13, "╉"),
        (15, 7, "╊"),
    ],
    vessel_left: "▕",
    vessel_right: "▏",
    chip: (" ", " "),
    branch: "├",
    last_branch: "└",
    trunk: "│",
    finding: "▲",
    check: "✓",
    output: "»",
    gutter: "▎",
    ellipsis: "…",
    adopted: "⇡",
    live: "●",
    ended: "■",
    frozen: "▮▮",
    play: "►",
    play_back: "◄",
    mark: "▼",
    window: ("[", "]"),
    cursor: "│",
    closed: "×",
    dot: "·",
    harmless: "�",
    depths: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    held: "━",
    lost: "╍",
    eighths: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
};

const ASCII_TURNS: Turns = Turns {
    right_down: "+",
    left_down: "+",
    right_up: "+",
    left_up: "+",
    fork_right: "+",
    fork_left: "+",
    cross: "+",
    fork_down: "+",
    fork_up: "+",
};

/// ASCII alone.
pub const ASCII: Signs = Signs {
    rule: "-",
    upright: "|",
    lit: "=",
    lit_upright: "|",
    arrow: ">",
    arrow_left: "<",
    turns: ASCII_TURNS,
    lit_turns: ASCII_TURNS,
    mixed_turns: &[],
    vessel_left: "|",
    vessel_right: "|",
    chip: ("<", ">"),
    branch: "+",
    last_branch: "+",
    trunk: "|",
    finding: "!",
    check: "v",
    output: ":",
    gutter: "|",
    ellipsis: "~",
    adopted: "^",
    live: "*",
    ended: "$",
    frozen: "||",
    play: ">",
    play_back: "<",
    mark: "v",
    window: ("[", "]"),
    cursor: "|",
    closed: "x",
    dot: ".",
    harmless: "?",
    depths: [" ", "_", ".", ":", "-", "=", "+", "%", "#"],
    held: "-",
    lost: "x",
    eighths: [" ", "[", "[", "[", "[", "]", "]", "]", "#"],
};

const NARROW_TURNS: Turns = ASCII_TURNS;

/// Block elements and shapes that no terminal draws two cells wide: none that Unicode calls
/// ambiguous (UAX #11). Box drawing is, so lines are ASCII.
pub const NARROW: Signs = Signs {
    turns: NARROW_TURNS,
    lit_turns: NARROW_TURNS,
    arrow: "►",
    arrow_left: "◄",
    chip: (" ", " "),
    finding: "▴",
    check: "✓",
    output: "»",
    gutter: "▐",
    adopted: "⇡",
    live: "*",
    ended: "▮",
    frozen: "▮▮",
    play: "►",
    play_back: "◄",
    mark: "▾",
    depths: [" ", "⣀", "⣀", "⣤", "⣤", "⣶", "⣶", "⣿", "⣿"],
    held: "=",
    lost: "╍",
    eighths: [" ", "⡇", "⡇", "⡇", "⡇", "⣿", "⣿", "⣿", "⣿"],
    ..ASCII
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::theme::{Charset, Depth, Ground, Mark, Theme};

    #[test]
    fn the_ascii_set_is_ascii() {
        assert!(format!("{ASCII:?}").is_ascii());
    }

    #[test]
    fn of_the_narrow_set_nothing_is_ambiguous() {
        use unicode_width::UnicodeWidthStr;
        let narrow = format!("{NARROW:?}");
        let mut signs: Vec<&str> = narrow.split('"').skip(1).step_by(2).collect();
        let theme = Theme::new(Ground::Dark, Depth::TrueColor, Charset::Narrow);
        signs.extend(Mark::ALL.iter().map(|&mark| theme.glyph(mark)));
        assert!(signs.len() > 60);
        for sign in signs {
            assert_eq!(sign.width_cjk(), sign.chars().count(), "{sign}");
        }
    }
}
