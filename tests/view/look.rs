//! A screen as a test looks at it: its text, then its styles.

use crate::plays::{history, history_until, ms};
use mpviz::event::{ActorId, Time};
use mpviz::history::History;
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::ui::{Key, Keymap, Ui, find, update};
use mpviz::view::events::has_row;
use mpviz::view::{Charset, Depth, EYES, Feed, Ground, Memory, Scene, Theme, draw, grid};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::fmt::Write;

/// A screen to be drawn.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// The play; `None` is the picker.
    pub(crate) play: Option<&'static str>,
    /// How far the play has come, in milliseconds; `None` is its end.
    pub(crate) known: Option<f64>,
    /// The moment that the view is frozen at.
    pub(crate) frozen: Option<f64>,
    pub(crate) selected: Option<u32>,
    pub(crate) theme: (Ground, Depth, Charset),
    /// Keys that are pressed before, parted by blanks.
    pub(crate) keys: &'static str,
}

pub(crate) const DARK: (Ground, Depth, Charset) =
    (Ground::Dark, Depth::TrueColor, Charset::Unicode);

/// The pool in the midst of its run, a worker selected.
pub(crate) const POOL: Look = Look {
    play: Some("pool"),
    known: Some(1480.0),
    selected: Some(2),
    frozen: None,
    theme: DARK,
    keys: "",
};

impl Default for Look {
    fn default() -> Look {
        Look {
            play: None,
            known: None,
            frozen: None,
            selected: None,
            theme: DARK,
            keys: "",
        }
    }
}

impl Look {
    /// Returns the screen at a size.
    pub(crate) fn at(&self, size: (u16, u16)) -> Buffer {
        let (ground, depth, charset) = self.theme;
        self.with(size, &Theme::new(ground, depth, charset))
    }

    /// Returns the screen at a size, in any theme.
    pub(crate) fn with(&self, (width, height): (u16, u16), theme: &Theme) -> Buffer {
        let history = match (self.play, self.known) {
            (None, _) => History::default(),
            (Some(play), Some(at)) => history_until(play, ms(at)),
            (Some(play), None) => history(play),
        };
        let area = Rect::new(0, 0, width, height);
        let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
        ui.told = has_row;
        if self.play.is_some() {
            ui.begin_run();
        }
        ui.run.fits = grid::fits(area);
        ui.run.selected = self.selected.map(|id| ActorId(id).into());
        ui.run.frozen = self.frozen.map(ms);
        if self.play.is_some() {
            ui.run.fits = mpviz::view::fits(area, Some(&history), &ui.run, &Memory::default());
        }
        press(&mut ui, self.keys, &history);
        search(&mut ui, &history);
        drawn(&history, &ui, theme, area)
    }
}

/// Presses keys, parted by blanks.
pub(crate) fn press(ui: &mut Ui, keys: &str, history: &History) {
    for name in keys.split_whitespace() {
        let key = Key::parse(name).unwrap_or_else(|| panic!("`{name}` is no key"));
        let action = Keymap::brought()
            .action(ui.place(), key)
            .unwrap_or_else(|| panic!("`{name}` does nothing in {:?}", ui.place()));
        update(ui, action, Some(history));
    }
}

/// Searches for what is filtered, to the end.
pub(crate) fn search(ui: &mut Ui, history: &History) {
    find::advance(&mut ui.run, history, EYES, &mut || true);
}

/// Draws a frame into a buffer that is larger on every side, and checks that nothing is outside.
#[track_caller]
pub(crate) fn drawn(history: &History, ui: &Ui, theme: &Theme, area: Rect) -> Buffer {
    drawn_with(Keymap::brought(), history, ui, theme, area)
}

/// The same with a keymap of one's own.
#[track_caller]
pub(crate) fn drawn_with(
    keymap: &Keymap,
    history: &History,
    ui: &Ui,
    theme: &Theme,
    area: Rect,
) -> Buffer {
    let memory = Memory::default();
    let scene = Scene {
        history: Some(history),
        ui,
        theme,
        keymap,
        feed: Feed::Live,
        memory: &memory,
    };
    let mut buffer = Buffer::empty(area);
    draw(&mut buffer, area, &scene);
    let again = {
        // What is remembered changes nothing, and neither does what stood there before.
        let mut buffer = Buffer::filled(area, Cell::new("?"));
        draw(&mut buffer, area, &scene);
        buffer
    };
    assert_eq!(buffer, again, "a second frame is another");
    buffer
}

/// Returns a moment of a play that is in the middle of it.
pub(crate) fn middle(history: &History) -> Time {
    Time(history.now().0 / 2)
}

/// Returns a screen's text, then its styles: a letter for each, with a legend.
pub(crate) fn told(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut text = format!("{}x{}\n", area.width, area.height);
    let mut styles: Vec<Style> = vec![Cell::EMPTY.style()];
    let mut letters = String::new();
    for y in area.top()..area.bottom() {
        let (mut row, mut letter_row) = (String::from("|"), String::from("|"));
        for x in area.left()..area.right() {
            let cell = &buffer[(x, y)];
            row.push_str(cell.symbol());
            let style = cell.style();
            let known = styles.iter().position(|&known| known == style);
            let at = known.unwrap_or_else(|| {
                styles.push(style);
                styles.len() - 1
            });
            letter_row.push(letter(at));
        }
        let _ = writeln!(text, "{}|", row.trim_end());
        let _ = writeln!(letters, "{}|", letter_row.trim_end());
    }
    text.push_str(&letters);
    for (at, style) in styles.iter().enumerate().skip(1) {
        let colour = |colour: Option<ratatui::style::Color>| {
            colour.map_or("-".to_owned(), |colour| colour.to_string())
        };
        let _ = writeln!(
            text,
            "{}: {} on {} {:?}",
            letter(at),
            colour(style.fg),
            colour(style.bg),
            style.add_modifier
        );
    }
    text
}

fn letter(at: usize) -> char {
    const LETTERS: &[u8] = b" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    LETTERS.get(at).map_or('?', |&letter| char::from(letter))
}
