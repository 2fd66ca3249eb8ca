//! Panes zoomed, hidden, made larger and smaller, and screens of every shape.

use crate::look::{Look, POOL, drawn, press, told};
use crate::plays::history;
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::{Pane, Spots, Ui};
use mpviz::view::events::has_row;
use mpviz::view::{Feed, Memory, Scene, Theme, draw, fits};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

#[track_caller]
fn check(name: &str, size: (u16, u16), keys: &'static str) {
    let (width, height) = size;
    let look = Look { keys, ..POOL };
    insta::assert_snapshot!(format!("{name}-{width}x{height}"), told(&look.at(size)));
}

#[test]
fn every_shape_of_a_screen_has_its_layout() {
    for size in [(60, 80), (80, 60), (200, 40), (300, 80)] {
        check("pool-shape", size, "");
    }
    check("pool-shape", (40, 60), "");
}

#[test]
fn each_pane_may_have_the_whole_screen() {
    for size in [(80, 24), (120, 36)] {
        for (name, keys) in [
            ("zoom-processes", "Z"),
            ("zoom-flow", "2 Z"),
            ("zoom-sequence", "3 Z"),
            ("zoom-events", "4 Z"),
            ("zoom-code", "5 Z"),
            ("zoom-events-card", "4 Z Enter"),
            ("zoom-processes-card", "Z Enter"),
        ] {
            check(name, size, keys);
        }
    }
}

#[test]
fn panes_are_hidden_and_their_room_is_used() {
    for size in [(80, 24), (120, 36)] {
        check("hide-flow", size, "2 X");
        check("hide-processes", size, "X");
        check("hide-but-sequence", size, "X 2 X 5 X 4 X 3");
    }
    check("hide-flow", (200, 60), "2 X");
}

#[test]
fn panes_are_made_larger_and_smaller() {
    for size in [(80, 24), (120, 36)] {
        check("larger-flow", size, "2 * * *");
        check("smaller-table", size, "_ _ _ _ _ _ _ _");
    }
    check("larger-code", (120, 36), "5 * * *");
    check("larger-sequence", (200, 60), "3 * * *");
}

/// A viewer of a play at a size.
struct Desk {
    history: History,
    ui: Ui,
    area: Rect,
}

impl Desk {
    fn new(play: &str, (width, height): (u16, u16)) -> Desk {
        let mut ui = Ui::new(PROGRAMS);
        ui.told = has_row;
        ui.begin_run();
        let mut desk = Desk {
            history: history(play),
            ui,
            area: Rect::new(0, 0, width, height),
        };
        desk.press("");
        desk
    }

    /// Presses keys, each on the screen that the one before has left.
    fn press(&mut self, keys: &str) {
        let fit = |desk: &mut Desk| {
            let (history, memory) = (Some(&desk.history), Memory::default());
            desk.ui.run.fits = fits(desk.area, history, &desk.ui.run, &memory);
        };
        for key in keys.split_whitespace() {
            fit(self);
            press(&mut self.ui, key, &self.history);
        }
        fit(self);
    }

    fn spots(&self) -> Spots {
        let (theme, memory) = (Theme::default(), Memory::default());
        let scene = Scene {
            history: Some(&self.history),
            ui: &self.ui,
            theme: &theme,
            keymap: mpviz::ui::Keymap::brought(),
            feed: Feed::Live,
            memory: &memory,
        };
        let mut buffer = Buffer::empty(self.area);
        draw(&mut buffer, self.area, &scene)
    }

    /// Returns the panes on the screen, with the rows and columns of each.
    fn panes(&self) -> Vec<(Pane, u16, u16)> {
        let spots = self.spots();
        let of = |pane| {
            spots
                .areas(pane)
                .map(move |area| (pane, area.width, area.height))
        };
        Pane::ALL.into_iter().flat_map(of).collect()
    }

    #[track_caller]
    fn shows(&self, expected: &str) {
        let panes = self.panes();
        let names: Vec<&str> = panes.iter().map(|(pane, ..)| pane.title()).collect();
        assert_eq!(names.join(" "), expected);
    }
}

#[test]
fn what_is_zoomed_goes_along_with_the_keys() {
    let mut desk = Desk::new("pool", (120, 36));
    desk.shows("processes flow events code");
    desk.press("Z");
    desk.shows("processes");
    desk.press("Tab");
    desk.shows("flow");
    desk.press("Tab");
    desk.shows("sequence");
    desk.press("4");
    desk.shows("events");
    desk.press("Z");
    desk.shows("processes flow events code");
    desk.press("Z Esc");
    desk.shows("processes flow events code");
}

#[test]
fn what_is_hidden_comes_back_by_its_number() {
    let mut desk = Desk::new("pool", (120, 36));
    desk.press("2 X");
    desk.shows("processes events code");
    // What waited behind it does not come in its place, and no key goes there.
    desk.press("Tab Tab Tab");
    desk.shows("processes events code");
    desk.press("3");
    desk.shows("processes sequence events code");
    desk.press("1 X 4 X 5 X 3 X");
    desk.shows("sequence");
    assert!(
        desk.ui
            .notice
            .as_deref()
            .is_some_and(|told| told.contains("only pane"))
    );
    desk.press("U");
    desk.shows("processes sequence events code");
}

#[test]
fn another_size_of_the_screen_keeps_the_choice_where_it_can() {
    let mut desk = Desk::new("pool", (200, 60));
    desk.press("3 * * 4");
    let sizes = |desk: &Desk| desk.panes();
    let large = sizes(&desk);
    for (size, shown) in [
        ((80, 24), "processes sequence events"),
        ((60, 16), "processes sequence events"),
        ((120, 36), "processes sequence events code"),
        ((300, 100), "processes flow sequence events code"),
    ] {
        desk.area = Rect::new(0, 0, size.0, size.1);
        desk.press("");
        desk.shows(shown);
    }
    desk.area = Rect::new(0, 0, 200, 60);
    desk.press("");
    assert_eq!(sizes(&desk), large);
    // Keys that went to a pane go on going to it.
    desk.press("Tab Tab Tab Tab");
    assert_eq!(desk.ui.run.focus, Pane::Sequence);
    desk.area = Rect::new(0, 0, 80, 24);
    desk.press("");
    desk.shows("processes sequence events");
}

#[test]
fn a_pane_grows_by_each_step_until_the_others_have_their_least() {
    for (key, at) in [("1", 0), ("2", 1), ("4", 2)] {
        let mut desk = Desk::new("pool", (120, 36));
        desk.press(key);
        let rows = |desk: &Desk| desk.panes()[at].2;
        let mut before = rows(&desk);
        let mut steps = 0;
        loop {
            desk.press("*");
            if rows(&desk) == before {
                break;
            }
            assert!(rows(&desk) > before);
            before = rows(&desk);
            steps += 1;
        }
        assert!(steps > 2, "{key}");
        desk.shows("processes flow events code");
        // The way back is as long: no step was kept that had no effect.
        desk.press("_");
        assert!(rows(&desk) < before, "{key}");
        drawn(&desk.history, &desk.ui, &Theme::default(), desk.area);
    }
}
