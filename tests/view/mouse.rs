//! The mouse: a click is for what the cell shows; nothing that anybody does, in whatever order and
//! on whatever screen, panics or leaves the keys without a pane.

use crate::look::{search, told};
use crate::plays::{history, names};
use mpviz::event::Time;
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::mouse::{Deed, Turn, read};
use mpviz::ui::point::point;
use mpviz::ui::{Action, Keymap, Mouse, Pane, Point, Screen, Spot, Spots, Ui, update};
use mpviz::view::events::has_row;
use mpviz::view::{Feed, Memory, Scene, Theme, draw, fits, grid};
use proptest::collection::vec;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Somebody with a mouse.
struct Hand {
    history: History,
    ui: Ui,
    buffer: Buffer,
    spots: Spots,
    /// The clock, in milliseconds.
    at: u64,
}

impl Hand {
    fn new(history: History, size: (u16, u16)) -> Hand {
        let mut ui = Ui::new(PROGRAMS);
        ui.told = has_row;
        ui.begin_run();
        let mut hand = Hand {
            history,
            ui,
            buffer: Buffer::empty(Rect::new(0, 0, size.0, size.1)),
            spots: Spots::default(),
            at: 0,
        };
        hand.draw();
        hand
    }

    fn draw(&mut self) {
        let (theme, memory) = (Theme::default(), Memory::default());
        let area = self.buffer.area;
        search(&mut self.ui, &self.history);
        self.ui.run.fits = fits(area, Some(&self.history), &self.ui.run, &memory);
        let scene = Scene {
            history: Some(&self.history),
            ui: &self.ui,
            theme: &theme,
            keymap: Keymap::brought(),
            feed: Feed::Live,
            memory: &memory,
        };
        self.spots = draw(&mut self.buffer, area, &scene);
        self.ui.settle(&self.spots);
    }

    fn act(&mut self, action: Action) {
        update(&mut self.ui, action, Some(&self.history));
        self.draw();
    }

    fn turn(&mut self, what: Turn, (x, y): (u16, u16), control: bool) {
        let mouse = Mouse {
            what,
            x,
            y,
            control,
            at: Time(self.at * 1_000_000),
        };
        for deed in read(&mut self.ui, &self.spots, mouse, Some(&self.history)) {
            match deed {
                Deed::Act(action) => drop(update(&mut self.ui, action, Some(&self.history))),
                Deed::Point(asked) => {
                    // A recording keeps it as text.
                    let kept = Point::parse(&asked.to_string());
                    assert_eq!(kept.as_ref(), Some(&asked));
                    point(&mut self.ui, &asked, Some(&self.history));
                }
                Deed::Switch => unreachable!("there is one run"),
            }
        }
        self.draw();
    }

    fn click(&mut self, place: (u16, u16)) {
        self.at += 1_000;
        self.turn(Turn::Press, place, false);
        self.at += 50;
        self.turn(Turn::Release, place, false);
    }

    fn click_again(&mut self, place: (u16, u16)) {
        self.at += 100;
        self.turn(Turn::Press, place, false);
        self.turn(Turn::Release, place, false);
    }

    fn drag(&mut self, from: (u16, u16), to: (u16, u16)) {
        self.at += 1_000;
        self.turn(Turn::Press, from, false);
        self.turn(Turn::Drag, to, false);
        self.turn(Turn::Release, to, false);
    }

    /// Returns where a text stands first.
    #[track_caller]
    fn find(&self, text: &str) -> (u16, u16) {
        let shown = told(&self.buffer);
        let area = self.buffer.area;
        for y in 0..area.height {
            for x in 0..area.width {
                let symbols = (x..area.width).filter_map(|x| self.buffer.cell((x, y)));
                let row: String = symbols.map(|cell| cell.symbol()).collect();
                if row.starts_with(text) {
                    return (x, y);
                }
            }
        }
        panic!("no `{text}` on\n{shown}");
    }

    fn selected(&self) -> String {
        match self.ui.run.selected {
            Some(thing) => Point::Select(thing).to_string(),
            None => String::new(),
        }
    }
}

fn pool(size: (u16, u16)) -> Hand {
    let history = crate::plays::history_until("pool", Time(1_480_000_000));
    Hand::new(history, size)
}

#[test]
fn a_click_on_any_cell_selects_what_the_cell_shows() {
    for name in names() {
        for size in [(80, 24), (120, 36), (200, 60)] {
            check_clicks(&name, size);
        }
    }
}

fn check_clicks(name: &str, size: (u16, u16)) {
    let mut hand = Hand::new(history(name), size);
    let fresh = hand.ui.clone();
    let mut last = None;
    for (y, x) in (0..size.1).flat_map(|y| (0..size.0).map(move |x| (y, x))) {
        let under = hand.spots.at(x, y);
        let Some(what) = under.what else {
            continue;
        };
        if last == Some((what.clone(), y)) {
            // The same as its neighbour.
            continue;
        }
        last = Some((what.clone(), y));
        hand.click((x, y));
        let run = &hand.ui.run;
        let place = format!("{name} {size:?} at {x},{y}: {what:?}");
        match what {
            Spot::Thing(thing) => assert_eq!(run.selected, Some(thing), "{place}"),
            Spot::Row(at, row) => {
                assert_eq!((run.row, run.focus), (Some(row), at), "{place}");
                assert!(run.selected.is_some(), "{place}");
            }
            Spot::Group(key) => assert_eq!(run.table.group, Some(key), "{place}"),
            Spot::Finding(at) => {
                let finding = &hand.history.findings()[at];
                assert_eq!(run.opened_finding(&hand.history), Some(finding), "{place}");
            }
            Spot::Title(pane) => assert_eq!(run.focus, pane, "{place}"),
            _ => {}
        }
        hand.ui = fresh.clone();
        hand.draw();
    }
}

#[test]
fn names_are_what_they_say() {
    let mut hand = pool((120, 36));
    for (name, expected) in [
        ("ForkPoolWorker-2", "actor 3"),
        ("MainProcess", "actor 1"),
        ("T1 run_task", "task 1"),
        ("T4", "message 6 5"),
        ("Worker-3  T2", "actor 4"),
    ] {
        let place = hand.find(name);
        hand.click((place.0 + 1, place.1));
        assert_eq!(hand.selected(), expected, "{name}");
    }
}

#[test]
fn a_second_click_opens() {
    let mut hand = pool((120, 36));
    let row = hand.find("ForkPoolWorker-2");
    hand.click(row);
    assert!(!hand.ui.run.card);
    hand.click_again(row);
    assert!(hand.ui.run.card);
    // A third one begins anew, and one that comes late is another one.
    hand.click_again(row);
    hand.at += 900;
    hand.click(row);
    assert!(hand.ui.run.card);
    let closes = hand.find("Esc closes");
    hand.click(closes);
    assert!(!hand.ui.run.card);
    let title = hand.find("4 events");
    hand.click(title);
    hand.click_again(title);
    assert!(hand.ui.run.layout.is_zoomed);
    assert_eq!(hand.ui.run.focus, Pane::Events);
}

#[test]
fn the_wheel_scrolls_what_is_below_it_and_zooms_time() {
    let mut hand = pool((120, 36));
    let events = hand.find("4 events");
    hand.turn(Turn::WheelUp, (events.0, events.1 + 3), false);
    assert!(hand.ui.run.row.is_some());
    assert_eq!(
        hand.ui.run.focus,
        Pane::Processes,
        "keys go where they went"
    );
    hand.turn(Turn::WheelUp, (events.0, events.1 + 3), false);
    let row = hand.ui.run.row;
    hand.turn(Turn::WheelDown, (events.0, events.1 + 3), false);
    assert!(hand.ui.run.row > row);

    let worker = hand.find("ForkPoolWorker-2");
    let lane = (worker.0 + 30, worker.1);
    let under = hand.spots.at(lane.0, lane.1).time.unwrap().0;
    let moment = under.at(lane.0);
    for _ in 0..4 {
        hand.turn(Turn::WheelUp, lane, true);
        let (stretch, _) = hand.spots.at(lane.0, lane.1).time.unwrap();
        // What is below the pointer stays there, to a column.
        let off = stretch.at(lane.0).0.abs_diff(moment.0);
        assert!(off <= stretch.span(1).0 + 1, "{stretch:?}");
    }
    assert!(hand.ui.run.window.is_some());
    for _ in 0..9 {
        hand.turn(Turn::WheelDown, lane, true);
    }
    assert!(hand.ui.run.window.is_none());
}

#[test]
fn time_is_dragged_along_and_the_whole_run_scrubbed() {
    let mut hand = pool((120, 36));
    let worker = hand.find("ForkPoolWorker-2");
    let lane = (worker.0 + 30, worker.1);
    for _ in 0..3 {
        hand.turn(Turn::WheelUp, lane, true);
    }
    let before = hand.spots.stretch(false).unwrap();
    hand.drag(lane, (lane.0 + 10, lane.1 + 5));
    let after = hand.spots.stretch(false).unwrap();
    assert_eq!(after.length, before.length);
    let moved = before.start.0 - after.start.0;
    assert!(
        moved.abs_diff(before.span(10).0) <= 2,
        "{before:?} {after:?}"
    );
    // Back, and it is where it was.
    hand.drag((lane.0 + 10, lane.1), lane);
    assert!(
        hand.spots
            .stretch(false)
            .unwrap()
            .start
            .0
            .abs_diff(before.start.0)
            <= 2
    );

    let bar = hand.find("whole run");
    let stretch = hand.spots.stretch(true).unwrap();
    hand.drag((stretch.x + 3, bar.1), (stretch.x + 9, bar.1));
    assert_eq!(hand.ui.run.frozen, Some(stretch.at(stretch.x + 9)));
    // A click on the axis sets the cursor.
    let axis = hand.find("1 processes").1;
    let stretch = hand.spots.stretch(false).unwrap();
    hand.click((lane.0, axis));
    assert!(
        hand.ui
            .run
            .frozen
            .is_some_and(|t| { t.0.abs_diff(stretch.at(lane.0).0) <= stretch.span(2).0 })
    );
}

#[test]
fn edges_are_dragged_also_while_the_screen_becomes_another() {
    let mut hand = pool((120, 36));
    let rows = |hand: &Hand| hand.spots.areas(Pane::Events).next().unwrap().height;
    let before = rows(&hand);
    let head = hand.find("4 events");
    hand.drag((head.0 + 20, head.1), (head.0 + 20, head.1 - 3));
    assert_eq!(rows(&hand), before + 3);
    hand.at += 1_000;
    let head = hand.find("4 events");
    hand.turn(Turn::Press, (head.0 + 20, head.1), false);
    for (width, height) in [(1, 1), (60, 16), (300, 100), (120, 36)] {
        hand.buffer = Buffer::empty(Rect::new(0, 0, width, height));
        hand.draw();
        hand.turn(Turn::Drag, (head.0 + 20, head.1 + 1), false);
    }
    hand.turn(Turn::Release, head, false);
    assert!(rows(&hand) >= 3);
    // A second click gives the usual size back.
    let head = hand.find("4 events");
    hand.click((head.0 + 20, head.1));
    hand.click_again((head.0 + 20, head.1));
    assert_eq!(rows(&hand), before);
}

#[test]
fn scenarios_and_knobs_are_picked() {
    let mut hand = pool((120, 36));
    hand.act(Action::ShowScenarios);
    let at = hand.find("queue-fan-in");
    hand.click(at);
    assert_eq!(PROGRAMS[hand.ui.picker.selected].name, "queue-fan-in");
    hand.click_again(at);
    assert_eq!(hand.ui.screen, Screen::Run);
}

#[test]
fn an_action_of_the_palette_is_chosen_and_done() {
    let mut hand = pool((80, 24));
    let at = |hand: &Hand| hand.ui.palette.as_ref().map(|palette| palette.at);
    let is_frozen = |hand: &Hand| hand.ui.run.frozen.is_some();
    // A click chooses, another one soon after does it.
    hand.act(Action::OpenPalette);
    for c in "freeze".chars() {
        hand.act(Action::Type(c));
    }
    hand.act(Action::Down);
    assert_eq!(at(&hand), Some(1));
    let row = hand.find("toggle-freeze");
    hand.click(row);
    assert_eq!((at(&hand), is_frozen(&hand)), (Some(0), false));
    hand.click_again(row);
    assert_eq!((at(&hand), is_frozen(&hand)), (None, true));
    // One that is chosen is done by one click.
    hand.act(Action::OpenPalette);
    for c in "toggle-free".chars() {
        hand.act(Action::Type(c));
    }
    let row = hand.find("toggle-freeze");
    hand.click(row);
    assert_eq!((at(&hand), is_frozen(&hand)), (None, false));
    // The wheel goes through them, and ends at both ends.
    hand.act(Action::OpenPalette);
    hand.turn(Turn::WheelUp, row, false);
    assert_eq!(at(&hand), Some(0));
    for _ in 0..200 {
        hand.turn(Turn::WheelDown, row, false);
    }
    let last = hand
        .ui
        .palette
        .as_ref()
        .map(|palette| palette.found().len() - 1);
    assert_eq!(at(&hand), last);
    hand.act(Action::Back);
    assert_eq!(at(&hand), None);
}

#[test]
fn the_wheel_scrolls_the_help_and_comes_back() {
    let mut hand = pool((60, 16));
    hand.act(Action::ToggleHelp);
    hand.find("more below");
    for _ in 0..200 {
        hand.turn(Turn::WheelDown, (5, 5), false);
    }
    hand.find("more above");
    let last = hand.ui.help;
    hand.turn(Turn::WheelUp, (5, 5), false);
    hand.find("more above and below");
    assert_eq!(hand.ui.help, last.map(|at| at - 3));
    hand.act(Action::Last);
    hand.act(Action::Up);
    assert_eq!(hand.ui.help, last.map(|at| at - 1));
}

#[test]
fn nothing_of_a_panes_help_is_cut() {
    for size in [(60, 16), (80, 24), (120, 36)] {
        for action in [
            Action::ShowProcesses,
            Action::ShowFlow,
            Action::ShowSequence,
            Action::ShowEvents,
            Action::ShowCode,
        ] {
            let mut hand = pool(size);
            hand.act(action);
            hand.act(Action::ToggleHelp);
            let mut shown = String::new();
            loop {
                shown.push_str(&told(&hand.buffer));
                let before = hand.ui.help;
                hand.act(Action::PageDown);
                if hand.ui.help == before {
                    break;
                }
            }
            // What is no help: the header, and the rows that say why. And two filters that name what
            // is not listed.
            let is_cut = |row: &&str| {
                let others = [
                    "? help",
                    "| why ",
                    "| next ",
                    "| end ",
                    "output …",
                    "ended …",
                ];
                row.contains('…') && !others.iter().any(|other| row.contains(other))
            };
            let cut: Vec<&str> = shown.lines().filter(is_cut).collect();
            assert!(cut.is_empty(), "{action:?} at {size:?}: {cut:#?}");
            assert!(shown.contains("Shift"), "{shown}");
        }
    }
}

/// What somebody does.
#[derive(Clone, Debug)]
enum Step {
    Act(usize),
    Type(char),
    Turn(u8, u16, u16, bool),
    Resize(u16, u16),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..Action::ALL.len()).prop_map(Step::Act),
        1 => any::<char>().prop_map(Step::Type),
        6 => (0..7u8, 0..300u16, 0..100u16, any::<bool>())
            .prop_map(|(what, x, y, control)| Step::Turn(what, x, y, control)),
        1 => (1..=300u16, 1..=100u16).prop_map(|(w, h)| Step::Resize(w, h)),
        1 => Just(Step::Resize(120, 36)),
        1 => (0..500u64).prop_map(Step::Wait),
    ]
}

/// Everything that a mouse does.
pub(crate) const TURNS: [Turn; 7] = [
    Turn::Press,
    Turn::Drag,
    Turn::Release,
    Turn::WheelUp,
    Turn::WheelDown,
    Turn::WheelLeft,
    Turn::WheelRight,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_is_done_keys_go_to_a_pane_that_is_seen(
        play in 0..names().len(),
        steps in vec(step(), 1..40),
    ) {
        let name = &names()[play];
        let mut hand = Hand::new(history(name), (120, 36));
        for step in steps {
            let area = hand.buffer.area;
            match step {
                Step::Act(at) => hand.act(Action::ALL[at]),
                Step::Type(c) => hand.act(Action::Type(c)),
                Step::Turn(what, x, y, control) => {
                    // Beyond the edge too: a terminal tells what it likes.
                    let place = (x % (area.width + 3), y % (area.height + 3));
                    hand.turn(TURNS[usize::from(what)], place, control);
                }
                Step::Resize(width, height) => {
                    hand.buffer = Buffer::empty(Rect::new(0, 0, width, height));
                    hand.draw();
                }
                Step::Wait(ms) => hand.at += ms,
            }
            let (ui, area) = (&hand.ui, hand.buffer.area);
            if grid::Size::of(area).is_none() || ui.screen != Screen::Run || ui.help.is_some() {
                continue;
            }
            let focus = ui.run.focus;
            prop_assert!(hand.spots.areas(focus).next().is_some(), "{focus:?} on {area}");
            // What is selected has a row where there is a table, from when on it is there.
            let has_table = hand.spots.areas(Pane::Processes).next().is_some();
            let is_filtered = ui.run.find.processes.is_set();
            let home = ui.run.home(&hand.history).filter(|_| !is_filtered);
            if let (true, Some(home)) = (has_table, home) {
                let t = ui.run.t(&hand.history);
                let is_there = match home {
                    mpviz::history::Thing::Actor(id) => hand.history.processes_at(t).any(|other| other == id),
                    _ => false,
                };
                let has_row = hand.spots.has(&Spot::Thing(home));
                prop_assert!(has_row || !is_there, "{home:?} at {t:?} on {area}");
            }
        }
    }
}
