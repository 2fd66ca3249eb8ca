//! Nonsense and no room: nothing panics, nothing is drawn outside.

use crate::look::{drawn, middle, press};
use crate::plays::{events, folded, history, names};
use mpviz::event::words::{Class, Method, Operation};
use mpviz::event::{ActorId, Event, Kind, ObjectId, TaskId, Text, Time};
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::{Screen, Ui};
use mpviz::view::{Charset, Depth, Ground, Theme, grid};
use ratatui::layout::Rect;

fn ui_of_run(area: Rect) -> Ui {
    let mut ui = Ui::new(PROGRAMS);
    ui.begin_run();
    ui.run.fits = grid::fits(area);
    ui
}

#[test]
fn no_area_is_too_small() {
    let theme = Theme::default();
    for name in names() {
        let history = history(&name);
        for width in [
            0, 1, 2, 5, 40, 59, 60, 61, 75, 76, 99, 109, 110, 140, 179, 180, 300,
        ] {
            for height in [0, 1, 2, 15, 16, 17, 21, 22, 31, 32, 49, 50, 56, 90] {
                let area = Rect::new(0, 0, width, height);
                let mut ui = ui_of_run(area);
                ui.run.selected = Some(ActorId(2).into());
                drawn(&history, &ui, &theme, area);
                ui.run.frozen = Some(middle(&history));
                press(&mut ui, "3 5", &history);
                drawn(&history, &ui, &theme, area);
            }
        }
    }
}

#[test]
fn the_picker_fits_everywhere() {
    let theme = Theme::new(Ground::Light, Depth::None, Charset::Ascii);
    let history = History::default();
    for width in (0..210).step_by(9) {
        for height in 0..50 {
            for keys in ["", "Tab End", "/ x x x", "G ?"] {
                let mut ui = Ui::new(PROGRAMS);
                press(&mut ui, keys, &history);
                ui.notice = Some("something is wrong ".repeat(20));
                drawn(&history, &ui, &theme, Rect::new(0, 0, width, height));
            }
        }
    }
}

#[test]
fn a_run_without_a_word_is_drawn() {
    let history = History::default();
    for size in [(60, 16), (200, 60)] {
        let area = Rect::new(0, 0, size.0, size.1);
        drawn(&history, &ui_of_run(area), &Theme::default(), area);
    }
    let mut ui = Ui::new(&[]);
    ui.screen = Screen::Picker;
    press(&mut ui, "Down Enter", &history);
    drawn(&history, &ui, &Theme::default(), Rect::new(0, 0, 80, 24));
}

#[test]
fn scrolling_has_an_end_everywhere() {
    let theme = Theme::default();
    for name in names() {
        let history = history(&name);
        for pane in ["1", "2", "3", "4", "5"] {
            for keys in [
                "Up",
                "PageUp PageUp Home",
                "Down PageDown End",
                "Home Down",
                "Space Home",
            ] {
                let area = Rect::new(0, 0, 80, 24);
                let mut ui = ui_of_run(area);
                press(&mut ui, pane, &history);
                press(&mut ui, keys, &history);
                drawn(&history, &ui, &theme, area);
            }
        }
    }
}

fn event(t: u64, actor: u32, kind: Kind) -> Event {
    Event {
        t: Time(t),
        actor: ActorId(actor),
        by: None,
        seq: 1,
        line: Some(u32::MAX),
        file: None,
        kind,
    }
}

fn forked(child: u32, name: &Text) -> Kind {
    Kind::ProcessForked {
        child: ActorId(child),
        name: name.clone(),
        method: Method::Fork,
        daemon: false,
        function: None,
    }
}

#[test]
fn names_may_be_anything() {
    let texts = [
        "x".repeat(1_000_000),
        "\u{301}".repeat(1_000_000),
        "\x1b[2J\x07\u{202e}\r\n".repeat(1_000),
        "進程".repeat(1_000),
        "\u{200d}\u{fe0f}".repeat(100_000),
    ];
    for text in texts {
        let text = Text::from(text);
        let history = folded(
            &[
                event(0, 0, forked(1, &text)),
                event(
                    1,
                    1,
                    Kind::ProcessStarted {
                        pid: u32::MAX,
                        parent: ActorId(0),
                        name: text.clone(),
                    },
                ),
                event(2, 1, queue(1, &text)),
                event(
                    3,
                    1,
                    Kind::TaskSubmitted {
                        pool: ObjectId(1),
                        task: TaskId(0),
                        function: text.clone(),
                    },
                ),
                event(4, 1, Kind::TaskStarted { task: TaskId(0) }),
                event(
                    5,
                    1,
                    Kind::Output {
                        stream: mpviz::event::words::Stream::Stdout,
                        text: text.clone(),
                        captured: false,
                    },
                ),
            ],
            Time(1_000_000),
        );
        for size in [(60, 16), (80, 24), (120, 36), (200, 60)] {
            let area = Rect::new(0, 0, size.0, size.1);
            let mut ui = ui_of_run(area);
            ui.run.selected = Some(ActorId(1).into());
            let screen = drawn(&history, &ui, &Theme::default(), area);
            for cell in screen.content() {
                assert!(!cell.symbol().contains(char::is_control));
                assert!(cell.symbol().len() <= 32, "{:?}", cell.symbol());
            }
        }
    }
}

fn queue(id: u32, name: &Text) -> Kind {
    Kind::ObjectCreated {
        object: ObjectId(id),
        class: Class::Queue,
        name: name.clone(),
        part_of: None,
        part: None,
        maxsize: Some(0),
        capacity: Some(0),
    }
}

#[test]
fn a_thousand_actors_and_objects_fit() {
    let mut told = Vec::new();
    for id in 1..=1200u32 {
        let parent = id / 3;
        told.push(event(
            u64::from(id),
            parent,
            forked(id, &format!("p-{id}").into()),
        ));
        told.push(event(
            u64::from(id),
            id,
            Kind::ProcessStarted {
                pid: id,
                parent: ActorId(parent),
                name: format!("p-{id}").into(),
            },
        ));
        told.push(event(
            u64::from(id),
            id,
            queue(id, &format!("q-{id}").into()),
        ));
        told.push(event(
            5000 + u64::from(id),
            id,
            Kind::Blocked {
                operation: Operation::Get,
                object: Some(ObjectId(id)),
                on: None,
                timeout: None,
            },
        ));
    }
    let history = folded(&told, Time(2_000_000_000));
    for selected in [None, Some(1), Some(600), Some(1200)] {
        for size in [(60, 16), (80, 24), (200, 60), (500, 200)] {
            let area = Rect::new(0, 0, size.0, size.1);
            let mut ui = ui_of_run(area);
            ui.run.selected = selected.map(|id| ActorId(id).into());
            let screen = drawn(&history, &ui, &Theme::default(), area);
            let text: String = screen.content().iter().map(|cell| cell.symbol()).collect();
            assert!(text.contains(" more "));
            if let Some(selected) = selected {
                assert!(
                    text.contains(&format!("p-{selected}")),
                    "{selected} at {size:?}"
                );
            }
        }
    }
}

#[test]
fn every_prefix_of_a_play_is_drawn() {
    for name in names() {
        let (events, horizon) = events(&name);
        for until in 0..=events.len() {
            let now = events[..until].last().map_or(Time::ZERO, |event| event.t);
            let history = folded(&events[..until], now.min(horizon));
            let area = Rect::new(0, 0, 120, 36);
            drawn(&history, &ui_of_run(area), &Theme::default(), area);
        }
    }
}
