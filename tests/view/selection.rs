//! One selection in all views: every kind of thing, marked everywhere, moved by keys; and three
//! questions of a new user, answered with the keyboard alone.

use crate::look::{drawn, press, told};
use crate::plays::{events, folded, history, history_until, ms, names};
use mpviz::event::{ActorId, MessageId, ObjectId, TaskId, Time};
use mpviz::history::{History, Thing};
use mpviz::scenario::PROGRAMS;
use mpviz::ui::{Action, Pane, RunView, Ui, update};
use mpviz::view::events::has_row;
use mpviz::view::{Theme, grid};
use proptest::collection::vec;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];
/// The ground of what is selected.
const GROUND: Color = Color::Rgb(0x2a, 0x31, 0x38);

const Q: Thing = Thing::Object(ObjectId(1));

fn ui_of(size: (u16, u16)) -> Ui {
    let mut ui = Ui::new(PROGRAMS);
    ui.told = has_row;
    ui.begin_run();
    ui.run.fits = grid::fits(area(size));
    ui
}

fn area((width, height): (u16, u16)) -> Rect {
    Rect::new(0, 0, width, height)
}

fn screen(history: &History, ui: &Ui, size: (u16, u16)) -> Buffer {
    drawn(history, ui, &Theme::default(), area(size))
}

/// Returns a screen as rows of text.
fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    let row = |y| {
        let cells = (0..area.width).map(|x| buffer[(x, y)].symbol());
        cells.collect::<String>()
    };
    (0..area.height).map(row).collect()
}

#[track_caller]
fn check(name: &str, play: &str, at: f64, thing: Thing) {
    let history = history_until(play, ms(at));
    for size in SIZES {
        let mut ui = ui_of(size);
        ui.run.select(Some(thing));
        let (width, height) = size;
        let shot = screen(&history, &ui, size);
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), told(&shot));
        ui.run.card = true;
        let shot = screen(&history, &ui, size);
        let rows = rows(&shot).join("\n");
        insta::assert_snapshot!(format!("{name}-card-{width}x{height}"), rows);
    }
}

#[test]
fn a_queue_is_selected() {
    check("select-queue", "fan-in", 620.4, Q);
}

/// What came through it and what is in it is not known, and mpviz has not made it.
#[test]
fn a_pipe_that_was_found_is_told_as_far_as_it_is_seen() {
    let history = history_until("attach", ms(1300.0));
    let pipe = history.objects().iter().find(|object| object.is_found());
    let size = (120, 36);
    let mut ui = ui_of(size);
    ui.run.select(pipe.map(|pipe| pipe.id.into()));
    ui.run.card = true;
    let rows = rows(&screen(&history, &ui, size));
    let fact = |label: &str| {
        let label = format!("  {label:<11}");
        let mut texts = rows.iter().filter_map(|row| row.split_once(&label));
        texts.next().map(|(_, text)| text.trim().to_owned())
    };
    assert_eq!(fact("found").as_deref(), Some("at 0.618 s"), "{rows:#?}");
    for label in ["made", "came", "in pipe"] {
        assert_eq!(fact(label), None);
    }
    let readers = fact("read end");
    assert_eq!(readers.as_deref(), Some("python3, python3, python3"));
}

#[test]
fn a_lock_is_selected() {
    check("select-lock", "fan-in", 620.4, ObjectId(3).into());
}

#[test]
fn a_message_in_the_pipe_is_selected() {
    let history = history_until("fan-in", ms(620.4));
    let waiting = history.in_pipe(ObjectId(2), None, history.now());
    check("select-message", "fan-in", 620.4, waiting[0].id.into());
}

#[test]
fn a_task_is_selected() {
    check("select-task", "pool", 1480.0, TaskId(3).into());
}

#[test]
fn a_feeder_in_a_circle_is_selected() {
    check("select-feeder", "join-full", 1900.0, ActorId(3).into());
}

/// Whatever is selected is marked in the table, the flow, the sequence and the events.
#[test]
fn what_is_selected_is_marked_in_all_views() {
    let fan_in = history_until("fan-in", ms(620.4));
    let message = fan_in.in_pipe(ObjectId(2), None, fan_in.now())[0].id;
    let pool = history_until("pool", ms(1480.0));
    for (history, thing) in [
        (&fan_in, Thing::Actor(ActorId(4))),
        (&fan_in, Q),
        (&fan_in, ObjectId(3).into()),
        (&fan_in, message.into()),
        (&pool, TaskId(3).into()),
    ] {
        let size = (200, 60);
        let mut ui = ui_of(size);
        let plain = screen(history, &ui, size);
        ui.run.select(Some(thing));
        let marked = screen(history, &ui, size);
        let rows = rows(&marked);
        let head = |title: &str| {
            let at = rows.iter().position(|row| row.contains(title));
            at.unwrap_or_else(|| panic!("no {title}"))
        };
        let (flow, events) = (head("2 flow"), head("4 events"));
        let ground_in = |from: usize, to: usize, columns: std::ops::Range<u16>| {
            (from..to).any(|y| {
                let y = u16::try_from(y).unwrap();
                columns.clone().any(|x| marked[(x, y)].bg == GROUND)
            })
        };
        let changed_in = |from: usize, to: usize| {
            (from..to).any(|y| {
                let y = u16::try_from(y).unwrap();
                (0..120).any(|x| marked[(x, y)] != plain[(x, y)])
            })
        };
        assert!(ground_in(2, flow, 0..120), "{thing:?} in the table");
        assert!(changed_in(flow + 1, events), "{thing:?} in the flow");
        assert!(
            ground_in(flow + 1, 58, 123..200),
            "{thing:?} in the sequence"
        );
        let gutter = rows[events + 1..].iter().any(|row| row.starts_with('▎'));
        let events_of = history.events_of(thing).iter().any(|&at| {
            let event = history.log().get(at as usize).unwrap();
            has_row(history, &event, history.now())
        });
        assert_eq!(gutter, events_of, "{thing:?} in the events");
    }
}

#[test]
fn down_walks_through_the_table_with_its_objects() {
    let history = history_until("fan-in", ms(620.4));
    for size in SIZES {
        let mut ui = ui_of(size);
        let mut seen = Vec::new();
        for _ in 0..6 {
            press(&mut ui, "Down", &history);
            let thing = ui.run.selected.unwrap();
            let shot = screen(&history, &ui, size);
            assert!(
                rows(&shot).iter().skip(2).any(|row| row.starts_with('▎')),
                "{thing:?} has no row at {size:?}"
            );
            seen.push(thing);
        }
        let actors = (1..=4).map(|id| Thing::Actor(ActorId(id)));
        let objects = [Q, ObjectId(3).into()];
        assert_eq!(seen, actors.chain(objects).collect::<Vec<_>>());
    }
}

#[test]
fn down_walks_through_the_flow_in_reading_order() {
    let history = history_until("fan-in", ms(620.4));
    let mut ui = ui_of((120, 36));
    press(&mut ui, "2", &history);
    let mut seen = Vec::new();
    for _ in 0..12 {
        press(&mut ui, "Down", &history);
        let thing = ui.run.selected.unwrap();
        if seen.last() != Some(&thing) {
            seen.push(thing);
        }
    }
    let message = history.in_pipe(ObjectId(2), None, history.now())[0].id;
    let place = |thing: Thing| {
        let at = seen.iter().position(|&known| known == thing);
        at.unwrap_or_else(|| panic!("{thing:?} is not among {seen:?}"))
    };
    let (writer, reader) = (place(ActorId(2).into()), place(ActorId(4).into()));
    let (write_lock, read_lock) = (place(ObjectId(4).into()), place(ObjectId(3).into()));
    assert!(writer < write_lock && write_lock < place(Q), "{seen:?}");
    assert!(place(Q) < place(message.into()), "{seen:?}");
    assert!(
        place(message.into()) < read_lock && read_lock < reader,
        "{seen:?}"
    );
}

#[test]
fn up_selects_events_and_what_they_are_about() {
    let history = history("fan-in");
    let mut ui = ui_of((80, 24));
    press(&mut ui, "4", &history);
    for _ in 0..60 {
        press(&mut ui, "Up", &history);
        let row = ui.run.row.expect("a row");
        let shot = rows(&screen(&history, &ui, (80, 24)));
        assert!(shot.iter().skip(8).any(|row| row.starts_with('▎')), "{row}");
    }
    assert_eq!(ui.run.row_at(&history), ui.run.row);
}

/// The way back undoes each step along a chain and to a proof.
#[test]
fn the_way_back_restores_what_was_there() {
    for name in names() {
        let history = history(&name);
        for selected in [1, 2, 3, 4] {
            let mut ui = ui_of((120, 36));
            ui.run.select(Some(ActorId(selected).into()));
            for keys in ["w", "W", "Enter", "w w", "W W"] {
                let mut now = ui.clone();
                press(&mut now, keys, &history);
                for _ in 0..8 {
                    if now.run != ui.run {
                        press(&mut now, "Esc", &history);
                    }
                }
                assert_eq!(now.run, ui.run, "{keys} of {selected} in {name}");
            }
        }
    }
}

/// Presses keys on a play and returns the caption and the whole screen as text.
fn asked(play: &str, size: (u16, u16), keys: &str) -> (String, String) {
    let history = history(play);
    let mut ui = ui_of(size);
    press(&mut ui, keys, &history);
    let rows = rows(&screen(&history, &ui, size));
    let caption = rows[rows.len() - 3..rows.len() - 1].join("\n");
    (caption, rows.join("\n"))
}

#[test]
fn which_worker_ran_task_3_and_why_not_earlier() {
    let history = history("pool");
    for size in SIZES {
        let mut ui = ui_of(size);
        press(&mut ui, "4 Up", &history);
        for _ in 0..40 {
            if ui.run.selected == Some(TaskId(3).into()) {
                break;
            }
            press(&mut ui, "Up", &history);
        }
        let rows = rows(&screen(&history, &ui, size));
        let caption = rows[rows.len() - 3..rows.len() - 1].join("\n");
        assert!(
            caption.contains("no worker was free before Worker-1 ended T0"),
            "{caption}"
        );
        press(&mut ui, "Enter", &history);
        let card = self::rows(&screen(&history, &ui, size)).join("\n");
        assert!(card.contains("worker     Worker-1"), "{card}");
        assert!(card.contains("before it  T0 run_task(0)"), "{card}");
    }
}

#[test]
fn why_the_reader_never_ends() {
    for size in SIZES {
        let (caption, _) = asked("no-eof", size, "Down Down");
        assert!(
            caption.contains("waits for an EOF that cannot come: itself still holds"),
            "{caption}"
        );
        // From who joins it along the chain, to the pipe, and to its end.
        let (caption, _) = asked("no-eof", size, "Down W W");
        assert!(
            caption.contains("EOF can never come: reader")
                || caption.contains("EOF that cannot come"),
            "{caption}"
        );
        let (caption, _) = asked("no-eof", size, "Down W W W");
        assert!(
            caption.contains("nobody who lives could end this wait"),
            "{caption}"
        );
    }
}

#[test]
fn who_holds_the_lock() {
    for size in SIZES {
        // MainProcess joins reader-2, which waits for the lock, which died with reader-1.
        let (caption, screen) = asked("killed-reader", size, "Down W W");
        assert!(
            caption.contains("The q read lock is lost: reader-1 held it when it ended"),
            "{caption}\n{screen}"
        );
        assert!(caption.contains("nobody can give"), "{caption}");
        let (proof, _) = asked("killed-reader", size, "Down W W w");
        assert!(proof.contains("proof 1 of"), "{proof}");
        assert!(proof.contains("reader-1 takes the q read lock"), "{proof}");
    }
}

#[test]
fn a_chain_that_closes_says_so() {
    let history = history("join-full");
    let mut ui = ui_of((120, 36));
    press(&mut ui, "Down", &history);
    let mut said = Vec::new();
    for _ in 0..6 {
        press(&mut ui, "W", &history);
        said.extend(ui.notice.clone());
    }
    assert!(
        said.iter().any(|notice| notice.contains("a circle")),
        "{said:?}"
    );
    ui.notice = None;
    let shot = rows(&screen(&history, &ui, (120, 36))).join("\n");
    assert!(
        shot.contains("circle  Main ──joins──► writer ──joins──► feeder"),
        "{shot}"
    );
}

/// Actions on the selection, and those that move what it is seen in.
const ACTIONS: [Action; 18] = [
    Action::Up,
    Action::Down,
    Action::PageUp,
    Action::PageDown,
    Action::First,
    Action::Last,
    Action::Details,
    Action::Prove,
    Action::FollowChain,
    Action::Back,
    Action::ToggleFreeze,
    Action::NextPane,
    Action::ShowProcesses,
    Action::ShowFlow,
    Action::ShowSequence,
    Action::ShowEvents,
    Action::ShowCode,
    Action::ToggleHelp,
];

/// The things that a play has, and some that it has not.
fn thing(of: u8, id: u32) -> Thing {
    match of % 4 {
        0 => ActorId(id).into(),
        1 => ObjectId(id).into(),
        2 => TaskId(id).into(),
        _ => MessageId {
            sender: ActorId(id % 5),
            number: u64::from(id),
        }
        .into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_sequence_of_actions_makes_it_panic(
        play in 0usize..64,
        cut in 0usize..1000,
        first in (any::<u8>(), 0u32..9),
        actions in vec(0..ACTIONS.len(), 0..24),
        size in (60u16..210, 16u16..64),
    ) {
        let names = names();
        let (events, horizon) = events(&names[play % names.len()]);
        let until = events.len() * cut / 1000;
        // Also a log that ends anywhere.
        let now = events[..until].last().map_or(Time::ZERO, |event| event.t);
        let history = folded(&events[..until], now.min(horizon));
        let mut ui = ui_of(size);
        ui.run.select(Some(thing(first.0, first.1)));
        for action in actions {
            let _ = update(&mut ui, ACTIONS[action], Some(&history));
            screen(&history, &ui, size);
        }
        // The way back always leads out, and leaves nothing behind but the panes.
        ui.help = None;
        for _ in 0..80 {
            if ui.screen == mpviz::ui::Screen::Run {
                let _ = update(&mut ui, Action::Back, Some(&history));
            }
        }
        prop_assert_eq!(ui.screen, mpviz::ui::Screen::Picker);
        let left = RunView {
            focus: Pane::Processes,
            layout: mpviz::ui::Layout::default(),
            code_down: 0,
            ..ui.run.clone()
        };
        let fresh = RunView { fits: ui.run.fits, ..RunView::default() };
        prop_assert_eq!(left, fresh);
    }
}
