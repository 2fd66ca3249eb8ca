//! Travelling in time: snapshots of frozen and zoomed views, and what holds for any way there.

use crate::look::{DARK, Look, drawn, press, told};
use crate::plays::{history, history_until, names};
use mpviz::event::{Span, Time};
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::time::{Window, play_on};
use mpviz::ui::{Action, Ui, update};
use mpviz::view::{self, Charset, Depth, Ground, Theme};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const SIZES: [(u16, u16); 5] = [(60, 16), (80, 24), (100, 60), (120, 36), (200, 60)];

#[track_caller]
fn check(name: &str, size: (u16, u16), look: Look) {
    let (width, height) = size;
    insta::assert_snapshot!(format!("{name}-{width}x{height}"), told(&look.at(size)));
}

/// The moment of the drawing: `url_6` is in the pipe.
const IN_PIPE: Look = Look {
    play: Some("fan-in"),
    known: None,
    selected: Some(4),
    frozen: Some(620.4),
    theme: DARK,
    keys: "",
};

/// From the whole run to 5 ms.
const NEAR: &str = "+ + + + + + + + +";

#[test]
fn a_message_in_the_pipe_is_seen_there() {
    for size in [(80, 24), (120, 36), (200, 60)] {
        check(
            "travel-in-pipe",
            size,
            Look {
                keys: NEAR,
                ..IN_PIPE
            },
        );
    }
}

#[test]
fn a_microsecond_has_the_room_of_the_run() {
    let keys = "+ + + + + + + + + + + + + + + + + + + + + +";
    for size in [(80, 24), (120, 36)] {
        check("travel-microsecond", size, Look { keys, ..IN_PIPE });
    }
}

#[test]
fn a_task_is_named_as_far_as_it_is_seen() {
    let look = Look {
        play: Some("pool"),
        known: Some(1480.0),
        selected: Some(2),
        frozen: Some(1200.0),
        theme: DARK,
        keys: "+ + m H H [",
    };
    let light = Look {
        theme: (Ground::Light, Depth::TrueColor, Charset::Unicode),
        ..look
    };
    check("travel-pool", (80, 24), look);
    check("travel-pool-light", (120, 36), light);
    check("travel-pool", (200, 60), look);
}

#[test]
fn a_live_view_may_be_near_too() {
    let look = Look {
        play: Some("pool"),
        known: Some(1480.0),
        keys: "+ +",
        ..Look::default()
    };
    check("travel-live", (80, 24), look);
}

#[test]
fn a_view_that_plays_says_so_in_every_charset() {
    let ascii = (Ground::Dark, Depth::None, Charset::Ascii);
    check(
        "travel-plays",
        (80, 24),
        Look {
            keys: "[ [ b",
            ..IN_PIPE
        },
    );
    check(
        "travel-plays-ascii",
        (80, 24),
        Look {
            keys: "] p",
            theme: ascii,
            ..IN_PIPE
        },
    );
}

fn ui(area: Rect, history: &History) -> Ui {
    let mut ui = Ui::new(PROGRAMS);
    ui.begin_run();
    ui.run.fits = view::fits(area, Some(history), &ui.run, &view::Memory::default());
    ui
}

fn screen(history: &History, ui: &Ui, area: Rect) -> Buffer {
    drawn(history, ui, &Theme::new(DARK.0, DARK.1, DARK.2), area)
}

/// What is pressed, and what takes it back.
const UNDONE: [(&str, &str); 12] = [
    ("l", "h"),
    ("h", "l"),
    ("H", "L"),
    ("L", "H"),
    ("+", "-"),
    ("}", "{"),
    ("{", "}"),
    ("m", "Esc m"),
    ("p", "p"),
    ("b", "b"),
    (".", ","),
    ("]", "["),
];

#[test]
fn what_is_done_and_undone_restores_the_screen() {
    for name in names() {
        let history = history(&name);
        let now = history.now().0;
        for (n, size) in SIZES.into_iter().enumerate().skip(1).step_by(2) {
            let area = Rect::new(0, 0, size.0, size.1);
            for depth in [0, 3, 14] {
                let mut ui = ui(area, &history);
                ui.run.frozen = Some(Time(now / 3 + n as u64 * 1_117));
                // From a moment at which something is told, a step on is taken back by a step back.
                press(&mut ui, ". j", &history);
                (0..depth).for_each(|_| press(&mut ui, "+", &history));
                let before = screen(&history, &ui, area);
                for (done, undone) in UNDONE {
                    let as_it_was = ui.run.clone();
                    let mut ui = ui.clone();
                    press(&mut ui, done, &history);
                    // What was cut short at an end of the run is not taken back, nor what did nothing.
                    let is_cut = [0, now].contains(&ui.run.t(&history).0);
                    if is_cut || ui.run == as_it_was {
                        continue;
                    }
                    press(&mut ui, undone, &history);
                    let after = screen(&history, &ui, area);
                    assert!(before == after, "{name} {size:?} {depth}: {done} {undone}");
                }
            }
        }
    }
}

/// Everything about time, and what else changes what is shown.
const ACTIONS: &[Action] = &[
    Action::ToggleFreeze,
    Action::EventBefore,
    Action::EventAfter,
    Action::OwnEventBefore,
    Action::OwnEventAfter,
    Action::FrameBack,
    Action::FrameOn,
    Action::Earlier,
    Action::Later,
    Action::MuchEarlier,
    Action::MuchLater,
    Action::ZoomIn,
    Action::ZoomOut,
    Action::WholeRun,
    Action::Play,
    Action::PlayBack,
    Action::Slower,
    Action::Faster,
    Action::SetMark,
    Action::NextMark,
    Action::PreviousMark,
    Action::Live,
    Action::Down,
    Action::Up,
    Action::Back,
    Action::ShowSequence,
    Action::ShowEvents,
    Action::PageUp,
];

/// A thing that happens to a view: a key, time that passes, a jump to anywhere.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Key(Action),
    Passes(u64),
    JumpsTo(u64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        8 => select(ACTIONS).prop_map(Happens::Key),
        1 => (0u64..40_000_000).prop_map(Happens::Passes),
        1 => any::<u64>().prop_map(Happens::JumpsTo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_way_through_time_leads_out_of_it(
        name in select(names()),
        known in 0u64..=100,
        size in select(&SIZES[..]),
        way in vec(happens(), 1..40),
    ) {
        let whole = history(&name);
        let history = history_until(&name, Time(whole.now().0 / 100 * known));
        let area = Rect::new(0, 0, size.0, size.1);
        let mut ui = ui(area, &history);
        for (n, happens) in way.into_iter().enumerate() {
            match happens {
                Happens::Key(action) => drop(update(&mut ui, action, Some(&history))),
                Happens::Passes(ns) => play_on(&mut ui.run, Span(ns), &history),
                Happens::JumpsTo(t) => {
                    mpviz::ui::time::go_to(&mut ui.run, &history, Time(t % (history.now().0 + 2)));
                }
            }
            prop_assert!(ui.run.t(&history) <= history.now());
            let (start, length) = ui.run.shown(&history, 100);
            let t = ui.run.t(&history);
            prop_assert!(start <= t && t <= start + length, "{start:?} {length:?} {t:?}");
            prop_assert!(ui.run.marks.is_sorted());
            if n % 4 == 0 {
                screen(&history, &ui, area);
            }
        }
        screen(&history, &ui, area);
    }
}

/// Five events, and windows whose edges lie before, at and behind each of them: each event is on
/// the lanes just if it is in the window.
#[test]
fn an_event_at_the_edge_is_in_the_window_or_not() {
    let history = history("fan-in");
    let log = history.log();
    let puts: Vec<Time> = log
        .iter()
        .filter(|event| event.kind.tag() == mpviz::event::Tag::MessagePut)
        .map(|event| event.t)
        .take(5)
        .collect();
    assert_eq!(puts.len(), 5);
    let area = Rect::new(0, 0, 80, 24);
    let length = Span::micros(20);
    for t in puts {
        for (start, is_in) in [
            (t + Span(1), false),
            (t, true),
            (t - Span(1), true),
            (t - length + Span(1), true),
            (t - length, false),
        ] {
            let mut ui = ui(area, &history);
            let window = Window::from(start, length);
            ui.run.window = Some(window);
            // The cursor stands in the middle of it.
            ui.run.frozen = Some(start + Span(length.0 / 2));
            let screen = screen(&history, &ui, area);
            let lanes = (2..8).flat_map(|y| (14..54).map(move |x| (x, y)));
            let points = lanes.filter(|&at| screen[at].symbol() == "●").count();
            assert_eq!(
                points,
                usize::from(is_in),
                "{t:?} from {start:?}: {}",
                told(&screen)
            );
        }
    }
}
