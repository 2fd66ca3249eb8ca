//! A test is keys that are pressed, and where the cursor and the window then are.

use super::*;
use crate::event::words::{Method, Operation, Outcome};
use crate::event::{ActorId, Event, Kind};
use crate::ui::{Key, Keymap, Ui, update};

const MAIN: ActorId = ActorId(1);
const CHILD: ActorId = ActorId(2);

/// A run of 2 s: Main prints at 100, 200 … 1900 ms, its child at 1050 ms. At 1500 ms Main waits
/// for 10 µs, and at 1600 ms for 1 ms.
fn history(is_ended: bool) -> History {
    let mut events = vec![
        (0, ActorId::MPVIZ, forked(MAIN)),
        (0, MAIN, forked(CHILD)),
        (1_050_000, CHILD, said()),
        (1_500_000, MAIN, waits()),
        (1_500_010, MAIN, goes_on()),
        (1_600_000, MAIN, waits()),
        (1_601_000, MAIN, goes_on()),
    ];
    events.extend((1..20).map(|n| (n * 100_000, MAIN, said())));
    if is_ended {
        let ending = crate::event::words::Ending::Finished;
        let code = Some(0);
        events.push((2_000_000, ActorId::MPVIZ, Kind::RunEnded { ending, code }));
    }
    events.sort_by_key(|&(us, ..)| us);
    let mut history = History::default();
    for (seq, (us, actor, kind)) in (0..).zip(events) {
        history.apply(&Event {
            t: Time(us * 1_000),
            actor,
            by: None,
            seq,
            line: None,
            file: None,
            kind,
        });
    }
    history.advance(Time(2_000_000_000));
    history
}

fn forked(child: ActorId) -> Kind {
    Kind::ProcessForked {
        child,
        name: "p".into(),
        method: Method::Fork,
        daemon: false,
        function: None,
    }
}

fn said() -> Kind {
    Kind::ValueWritten {
        object: crate::event::ObjectId(1),
        label: "1".into(),
        index: None,
    }
}

fn waits() -> Kind {
    Kind::Blocked {
        operation: Operation::Get,
        object: None,
        on: None,
        timeout: None,
    }
}

fn goes_on() -> Kind {
    Kind::Unblocked {
        outcome: Outcome::Done,
        waker: None,
    }
}

fn press(ui: &mut Ui, keys: &str, history: &History) {
    for name in keys.split_whitespace() {
        let key = Key::parse(name).expect("a key");
        let action = Keymap::brought()
            .action(ui.place(), key)
            .expect("an action");
        update(ui, action, Some(history));
    }
}

fn ui() -> Ui {
    let mut ui = Ui::new(&[]);
    ui.begin_run();
    ui
}

/// Returns the cursor in µs, and the window.
fn told(run: &RunView, history: &History) -> String {
    let mut told = match run.frozen {
        None => "live".to_owned(),
        Some(t) => (t.0 / 1_000).to_string(),
    };
    if run.window.is_some() {
        let (start, length) = run.shown(history, 100);
        told += &format!(" [{} +{}]", start.0 / 1_000, length.0 / 1_000);
    }
    told
}

#[track_caller]
fn check(is_ended: bool, keys: &str, expected: &str) {
    let history = history(is_ended);
    let mut ui = ui();
    press(&mut ui, keys, &history);
    assert_eq!(told(&ui.run, &history), expected, "{keys}");
}

#[test]
fn events_are_stepped_through() {
    check(false, ",", "1900000");
    check(false, ", ,", "1800000");
    check(false, ", , .", "1900000");
    check(false, ", .", "1900000");
    check(false, ".", "live");
    // A wait is told once it has lasted, one that was over at once never.
    check(false, ", , , ,", "1601000");
    check(false, ", , , , ,", "1600020");
    check(false, ", , , , , , ,", "1500000");
    check(false, ", , , , , , , ,", "1400000");
}

#[test]
fn events_of_the_selection_are_stepped_through() {
    check(false, "j j <", "1050000");
    check(false, "j j < <", "0");
    check(false, "j j < < >", "1050000");
    check(false, "j j < >", "1050000");
    check(false, "<", "1900000");
}

#[test]
fn the_cursor_moves_by_columns_and_frames() {
    check(false, "h", "1980000");
    check(false, "H", "1800000");
    check(false, "H l l L", "2000000");
    check(false, "h h l", "1980000");
    check(false, "l", "live");
    check(false, "{", "1966666");
    check(false, "] ] { {", "1733333");
    check(false, "{ }", "2000000");
}

#[test]
fn zooming_keeps_the_cursor_where_it_stands() {
    // The axis is 2 s long, the cursor stands at its end: then it is brought to the middle.
    check(false, "+", "live [1500000 +1000000]");
    check(false, "H H H H H + +", "1000000 [750000 +500000]");
    check(false, "H H H H H + + -", "1000000 [500000 +1000000]");
    check(false, "H H H H H + + - -", "1000000");
    check(false, "H H H H H + + 0", "1000000");
    check(false, "H H H H H + + f", "live");
    let all = "+ ".repeat(40);
    check(false, &format!("H H H H H {all}"), "1000000 [999999 +1]");
    check(
        false,
        &format!("H H H H H {all}{}", "- ".repeat(40)),
        "1000000",
    );
}

#[test]
fn a_window_goes_with_the_cursor() {
    check(false, "H H H H H + + H H", "900000 [750000 +500000]");
    check(
        false,
        "H H H H H + + H H H H H H",
        "700000 [500000 +500000]",
    );
    check(
        false,
        "H H H H H + + H H H H H H L L L L L L",
        "1000000 [750000 +500000]",
    );
}

#[test]
fn marks_are_jumped_to() {
    check(false, "\"", "0");
    check(true, "\" '", "2000000");
    check(false, "H m Esc H \" '", "1800000");
    check(false, "H m Esc H ' '", "2000000");
    // Twice is not at all.
    check(false, "H m Esc m H '", "2000000");
}

#[test]
fn what_is_opened_is_left_again() {
    check(false, "Space + Esc", "live [1500000 +1000000]");
    check(false, "Space + Esc Esc", "live");
    check(false, "Space Space", "live");
    check(false, "h End", "live");
}

/// Presses keys, lets so many ms pass, ten at a time, and says where the cursor is and whether it
/// still plays.
#[track_caller]
fn check_play(is_ended: bool, keys: &str, ms: u64, expected: &str) {
    let history = history(is_ended);
    let mut ui = ui();
    press(&mut ui, keys, &history);
    for _ in 0..ms / 10 {
        play_on(&mut ui.run, Span::millis(10), &history);
    }
    let plays = if ui.run.playing.is_some() {
        "plays"
    } else {
        "stands"
    };
    assert_eq!(
        format!("{} {plays}", told(&ui.run, &history)),
        expected,
        "{keys}"
    );
}

#[test]
fn playing_moves_the_cursor() {
    check_play(false, "H H p", 100, "1700000 plays");
    check_play(false, "H H p p", 100, "1600000 stands");
    check_play(false, "H H b", 100, "1500000 plays");
    check_play(false, "H H b p", 100, "1700000 plays");
    check_play(false, "H H p ] ]", 50, "1800000 plays");
    check_play(false, "H H p [ [ [ [ [ [", 160, "1610000 plays");
    check_play(false, "b", 100, "1900000 plays");
    check_play(false, "H p ,", 100, "1700000 stands");
}

#[test]
fn playing_ends_at_the_ends() {
    check_play(false, "H p", 190, "1990000 plays");
    check_play(false, "H p", 200, "live stands");
    check_play(true, "H p", 300, "2000000 stands");
    check_play(false, "\" L b", 300, "0 stands");
    // A run that goes on plays by itself; one that has ended begins anew.
    check_play(false, "p", 100, "live stands");
    check_play(true, "p", 100, "100000 plays");
}

#[test]
fn nothing_can_be_too_much() {
    let empty = History::default();
    let mut ui = ui();
    let keys = ", . < > { } h l H L + - 0 p b [ ] m ' \" f Space Esc";
    for _ in 0..4 {
        press(&mut ui, keys, &empty);
        play_on(&mut ui.run, Span(u64::MAX), &empty);
    }
    assert_eq!(ui.run.t(&empty), Time::ZERO);
}
