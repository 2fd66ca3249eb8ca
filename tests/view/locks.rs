//! Rows of locks that are taken more often than there are columns.

use crate::look::{DARK, drawn};
use mpviz::event::words::{Class, Method};
use mpviz::event::{ActorId, Event, Kind, ObjectId, Span, Time};
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::Ui;
use mpviz::ui::time::Window;
use mpviz::view::{self, Theme};
use ratatui::layout::Rect;

const MAIN: ActorId = ActorId(1);
const LOCK: ObjectId = ObjectId(1);
const TAKEN: u64 = 20_000;
/// How long it is held, and how long it is free, in ns.
const EACH: u64 = 25_000;

fn history() -> History {
    let mut history = History::default();
    let mut say = |t: u64, actor, kind| {
        history.apply(&Event {
            t: Time(t),
            actor,
            by: None,
            seq: 0,
            line: None,
            file: None,
            kind,
        });
    };
    let forked = Kind::ProcessForked {
        child: MAIN,
        name: "MainProcess".into(),
        method: Method::Stage,
        daemon: false,
        function: None,
    };
    say(0, ActorId::MPVIZ, forked);
    let started = Kind::ProcessStarted {
        pid: 1_000,
        parent: ActorId::MPVIZ,
        name: "MainProcess".into(),
    };
    say(1, MAIN, started);
    let made = Kind::ObjectCreated {
        object: LOCK,
        class: Class::Lock,
        name: "door".into(),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: None,
    };
    say(2, MAIN, made);
    // In the second quarter of its time nobody takes it.
    let rest = TAKEN / 4..TAKEN / 2;
    for n in (0..TAKEN).filter(|n| !rest.contains(n)) {
        let t = 10 + 2 * EACH * n;
        say(t, MAIN, Kind::LockTaken { object: LOCK });
        say(t + EACH, MAIN, Kind::LockReleased { object: LOCK });
    }
    history.advance(Time(2 * EACH * TAKEN));
    history
}

#[test]
fn a_lock_that_is_taken_very_often_has_its_whole_past_in_its_row() {
    let history = history();
    let area = Rect::new(0, 0, 120, 36);
    let mut ui = Ui::new(PROGRAMS);
    ui.begin_run();
    ui.run.frozen = Some(history.now());
    let length = Span((history.now().0 + 1).next_power_of_two());
    ui.run.window = Some(Window::from(Time::ZERO, length));
    ui.run.fits = view::fits(area, Some(&history), &ui.run, &view::Memory::default());
    let theme = Theme::new(DARK.0, DARK.1, DARK.2);
    let screen = drawn(&history, &ui, &theme, area);
    let row = |y: u16| -> Vec<&str> { (0..area.width).map(|x| screen[(x, y)].symbol()).collect() };
    let door = (0..area.height)
        .map(row)
        .find(|row| row.concat().contains("door "));
    let door = door.expect("its row");
    let held: Vec<bool> = door
        .iter()
        .map(|symbol| *symbol == theme.signs().held)
        .collect();
    let first = held.iter().position(|&held| held).expect("it is held");
    let last = held.iter().rposition(|&held| held).expect("it is held");
    let wide = last - first + 1;
    assert!(wide > 30, "{}", door.concat());
    // A column on either side may be of both.
    let quarter = |n: usize| first + wide * n / 4 + 1..first + wide * (n + 1) / 4 - 1;
    for (n, is_held) in [(0, true), (1, false), (2, true), (3, true)] {
        let all = held[quarter(n)].iter().all(|&held| held == is_held);
        assert!(all, "quarter {n} of {}", door.concat());
    }
}
