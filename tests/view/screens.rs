//! Snapshots of whole screens, at every size and in every look.

use crate::look::{DARK, Look, POOL, drawn, told};
use mpviz::history::History;
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::ui::Ui;
use mpviz::view::{Charset, Depth, Ground, Theme};
use ratatui::layout::Rect;

#[track_caller]
fn check(name: &str, size: (u16, u16), look: Look) {
    let (width, height) = size;
    insta::assert_snapshot!(format!("{name}-{width}x{height}"), told(&look.at(size)));
}

const FAN_IN: Look = Look {
    play: Some("fan-in"),
    known: None,
    selected: Some(4),
    frozen: None,
    theme: DARK,
    keys: "",
};

#[test]
fn a_live_pool_at_every_size() {
    for size in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        check("pool-live", size, POOL);
    }
}

#[test]
fn an_ended_queue_at_every_size() {
    for size in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        check("fan-in-ended", size, FAN_IN);
    }
}

#[test]
fn a_tall_screen_shows_flow_and_sequence() {
    check("fan-in-ended", (100, 60), FAN_IN);
}

#[test]
fn a_frozen_view_is_of_its_moment() {
    let frozen = Look {
        frozen: Some(620.4),
        ..FAN_IN
    };
    let light = Look {
        theme: (Ground::Light, Depth::TrueColor, Charset::Unicode),
        ..frozen
    };
    check("fan-in-frozen-light", (120, 36), light);
    check("fan-in-frozen", (80, 24), frozen);
}

#[test]
fn every_look_tells_the_same() {
    let looks = [
        ("light", (Ground::Light, Depth::TrueColor, Charset::Unicode)),
        ("indexed", (Ground::Dark, Depth::Indexed, Charset::Unicode)),
        ("sixteen", (Ground::Dark, Depth::Sixteen, Charset::Unicode)),
        ("mono", (Ground::Dark, Depth::None, Charset::Unicode)),
        ("ascii", (Ground::Dark, Depth::None, Charset::Ascii)),
    ];
    for (name, theme) in looks {
        check(&format!("pool-{name}"), (80, 24), Look { theme, ..POOL });
    }
}

#[test]
fn in_ascii_every_cell_is_ascii() {
    let theme = (Ground::Dark, Depth::None, Charset::Ascii);
    let plays = [
        "pool",
        "fan-in",
        "fork",
        "pipe",
        "communicate",
        "limits",
        "many",
    ];
    for play in plays {
        for keys in ["", "3 5", "?"] {
            for size in [(60, 16), (80, 24), (120, 36), (200, 60)] {
                let look = Look {
                    play: Some(play),
                    theme,
                    keys,
                    ..Look::default()
                };
                let screen = look.at(size);
                let other = screen.content().iter().find(|c| !c.symbol().is_ascii());
                assert!(other.is_none(), "{play} {keys} {size:?}: {other:?}");
            }
        }
    }
}

#[test]
fn a_fork_has_its_sequence_by_itself() {
    let look = Look {
        play: Some("fork"),
        ..Look::default()
    };
    check("fork-ended", (120, 36), look);
}

#[test]
fn many_processes_are_folded() {
    let look = Look {
        play: Some("many"),
        ..Look::default()
    };
    check("many", (80, 24), look);
}

#[test]
fn code_and_sequence_take_their_neighbours_place() {
    check(
        "pool-code",
        (80, 24),
        Look {
            keys: "3 5",
            ..POOL
        },
    );
}

#[test]
fn the_picker() {
    let light = (Ground::Light, Depth::TrueColor, Charset::Unicode);
    for size in [(60, 16), (120, 36)] {
        check("picker", size, Look::default());
        let knobs = Look {
            keys: "Tab",
            ..Look::default()
        };
        check("picker-a-knob", size, knobs);
    }
    let pick = Look {
        theme: light,
        keys: "G k k",
        ..Look::default()
    };
    check("picker-light", (120, 36), pick);
    for (name, keys) in [
        ("picker", ""),
        ("picker-knobs", "End Tab 4"),
        ("picker-filter", "/ q u e"),
    ] {
        check(
            name,
            (80, 24),
            Look {
                keys,
                ..Look::default()
            },
        );
    }
}

#[test]
fn the_help() {
    check("help", (80, 24), Look { keys: "?", ..POOL });
    for (name, keys) in [
        ("help-flow", "2 ?"),
        ("help-sequence", "3 ?"),
        ("help-events", "4 ?"),
        ("help-code", "5 ?"),
    ] {
        check(name, (80, 24), Look { keys, ..POOL });
    }
    for size in [(60, 16), (120, 36), (200, 60)] {
        check("help", size, Look { keys: "?", ..POOL });
    }
    for size in [(80, 24), (120, 36)] {
        check(
            "picker-help",
            size,
            Look {
                keys: "?",
                ..Look::default()
            },
        );
    }
}

#[test]
fn a_newcomer_is_greeted() {
    for (width, height) in [(80, 24), (120, 36)] {
        let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
        ui.picker.greets = true;
        let area = Rect::new(0, 0, width, height);
        let screen = drawn(&History::default(), &ui, &Theme::default(), area);
        insta::assert_snapshot!(format!("greeting-{width}x{height}"), told(&screen));
    }
}

/// A view that nobody looked at in a second size may be cut in it.
#[test]
fn every_view_has_snapshots_at_two_sizes() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/view/snapshots");
    let names: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it is read").file_name())
        .map(|name| name.into_string().expect("UTF-8"))
        .collect();
    for view in [
        "screens__pool-live",
        "screens__fan-in-ended",
        "screens__help",
        "screens__picker",
        "screens__picker-help",
        "screens__greeting",
        "panes__zoom-processes",
        "panes__zoom-flow",
        "panes__zoom-sequence",
        "panes__zoom-events",
        "panes__zoom-code",
        "panes__zoom-processes-card",
        "panes__zoom-events-card",
        "keymaps__palette",
        "compare__compare-pool",
        "compare__compare-locks",
        "lesson__lesson-typed",
        "found__found-raised",
        "found__found-looked-at",
        "find__find-events",
        "find__fold-64",
        "selection__select-lock-card",
        "travel__travel-in-pipe",
    ] {
        let head = format!("view__{view}-");
        let is_size = |rest: &str| {
            let size = rest
                .strip_suffix(".snap")
                .and_then(|rest| rest.split_once('x'));
            size.is_some_and(|(w, h)| w.parse::<u16>().is_ok() && h.parse::<u16>().is_ok())
        };
        let sizes = names
            .iter()
            .filter(|name| name.strip_prefix(&head).is_some_and(is_size));
        assert!(sizes.count() >= 2, "`{view}` stands in one size only");
    }
}

#[test]
fn a_screen_that_is_too_small_says_so() {
    check("too-small", (40, 6), POOL);
}
