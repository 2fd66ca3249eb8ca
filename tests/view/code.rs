//! The pane of the code: a scenario's source and its twin, from recorded runs.
//!
//! What is shown is the pane alone, cut out of the whole screen.

use crate::look::{DARK, Look, drawn, press, told};
use crate::plays::{events, folded, history};
use mpviz::event::{Event, FileId, Kind, Time};
use mpviz::history::History;
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::ui::Ui;
use mpviz::view::{Charset, Depth, Ground, Theme, grid};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Two tasks sleep, one has ended, another has begun; the third worker is selected.
const POOL: Look = Look {
    play: Some(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/view/plays/pool"
    )),
    known: Some(500.0),
    frozen: None,
    selected: Some(3),
    theme: DARK,
    keys: "",
};

const PIPE: Look = Look {
    play: Some(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/view/plays/pipe"
    )),
    known: Some(100.0),
    selected: None,
    ..POOL
};

/// Returns the row of a text, with its first column.
fn find(screen: &Buffer, text: &str) -> Option<(u16, u16)> {
    let area = screen.area;
    (area.top()..area.bottom()).find_map(|y| {
        let row: Vec<&str> = (area.left()..area.right())
            .map(|x| screen[(x, y)].symbol())
            .collect();
        let wide = u16::try_from(text.chars().count()).expect("a short text");
        (area.left()..area.right().saturating_sub(wide)).find_map(|x| {
            let at = usize::from(x);
            let found = row[at..at + usize::from(wide)].concat() == text;
            found.then_some((x, y))
        })
    })
}

/// Cuts the pane out of a screen: from its head to the caption, and to the sequence beside it.
fn pane(screen: &Buffer) -> Buffer {
    let (x, top) = find(screen, "5 code").expect("the pane of the code");
    let left = x - 2;
    let beside = find(screen, "3 sequence").filter(|&(_, y)| y < top && screen.area.width >= 180);
    let right = beside.map_or(screen.area.right(), |(x, _)| x - 4);
    let area = Rect::new(left, top, right - left, screen.area.bottom() - 3 - top);
    let mut cut = Buffer::empty(Rect::new(0, 0, area.width, area.height));
    for y in 0..area.height {
        for x in 0..area.width {
            cut[(x, y)] = screen[(area.x + x, area.y + y)].clone();
        }
    }
    cut
}

#[track_caller]
fn check(name: &str, size: (u16, u16), look: Look) {
    let (width, height) = size;
    let pane = pane(&look.at(size));
    insta::assert_snapshot!(format!("code-{name}-{width}x{height}"), told(&pane));
}

#[test]
fn a_key_brings_the_twin_then_both() {
    for (name, keys) in [("ours", "5"), ("twin", "t"), ("both", "t t")] {
        check(&format!("pool-{name}"), (80, 24), Look { keys, ..POOL });
        check(&format!("pool-{name}"), (120, 36), Look { keys, ..POOL });
    }
}

#[test]
fn where_there_is_room_both_stand_there_by_themselves() {
    check("pool", (200, 60), POOL);
    check("pipe", (200, 60), PIPE);
    check("pipe", (360, 60), PIPE);
}

#[test]
fn every_look_has_its_quiet_colours() {
    let looks = [
        ("light", (Ground::Light, Depth::TrueColor, Charset::Unicode)),
        ("sixteen", (Ground::Dark, Depth::Sixteen, Charset::Unicode)),
        ("mono", (Ground::Dark, Depth::None, Charset::Unicode)),
        ("ascii", (Ground::Dark, Depth::None, Charset::Ascii)),
    ];
    for (name, theme) in looks {
        let look = Look {
            theme,
            keys: "t t",
            ..POOL
        };
        check(&format!("pool-{name}"), (120, 36), look);
    }
}

/// Returns what is told of a run, with its source and its name changed.
fn retold(play: &str, change: impl Fn(&mut Kind)) -> History {
    let (mut events, horizon): (Vec<Event>, Time) = events(play);
    for event in &mut events {
        change(&mut event.kind);
    }
    folded(&events, horizon)
}

fn ui_of_run(area: Rect) -> Ui {
    let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
    ui.begin_run();
    ui.run.fits = grid::fits(area);
    ui
}

#[test]
fn another_program_of_the_same_name_has_no_twin() {
    let play = POOL.play.expect("a play");
    let area = Rect::new(0, 0, 120, 36);
    let screen = |history: &History| {
        let mut ui = ui_of_run(area);
        press(&mut ui, "t t", history);
        let screen = drawn(history, &ui, &Theme::default(), area);
        (find(&screen, "pool.py").is_some(), ui.notice)
    };
    assert_eq!(screen(&history(play)), (true, None));
    let foreign = retold(play, |kind| {
        if let Kind::SourceSeen { path, .. } = kind {
            *path = "src/bin/pool.rs".into();
        }
    });
    let notice = "this program has no twin in Python".to_owned();
    assert_eq!(screen(&foreign), (false, Some(notice)));
}

#[test]
fn any_source_is_drawn() {
    let play = POOL.play.expect("a play");
    let long = "\"é\u{301}進\t/*'".repeat(10_000);
    let texts = [
        "",
        "\n",
        "\r\n\r\n",
        "fn run_task(\nfn main(",
        "p.join(\n is running\n",
        &long,
        &"p.apply_async(\n".repeat(3_000),
    ];
    for source in texts {
        let told = retold(play, |kind| {
            if let Kind::SourceSeen { text, .. } = kind {
                *text = source.into();
            }
        });
        for size in [(60, 16), (80, 24), (120, 36), (200, 60), (400, 90)] {
            let area = Rect::new(0, 0, size.0, size.1);
            for keys in ["5", "t", "t t", "t t t Down End", "t t Home"] {
                let mut ui = ui_of_run(area);
                press(&mut ui, keys, &told);
                drawn(&told, &ui, &Theme::default(), area);
            }
        }
    }
}

#[test]
fn a_line_beyond_the_end_is_no_line() {
    let (mut events, horizon) = events(PIPE.play.expect("a play"));
    for event in &mut events {
        event.line = event.line.map(|_| u32::MAX);
        event.file = event.file.map(|_| FileId(0));
    }
    let history = folded(&events, horizon);
    for size in [(80, 24), (200, 60), (400, 90)] {
        let area = Rect::new(0, 0, size.0, size.1);
        for keys in ["5", "t", "t t"] {
            let mut ui = ui_of_run(area);
            press(&mut ui, keys, &history);
            drawn(&history, &ui, &Theme::default(), area);
        }
    }
}
