//! Snapshots of flows and sequences: what they look like, during and after.

use crate::plays::{history, history_until, ms};
use mpviz::event::{ActorId, Kind, Span};
use mpviz::history::History;
use mpviz::view::flow::{FlowView, draw_flow};
use mpviz::view::sequence::draw_sequence;
use mpviz::view::{Brush, Charset, Depth, Ground, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::fmt::Write;

/// The areas that the grid gives to the flow at 60x16, 80x24, 120x36 and 200x60.
const FLOWS: [(u16, u16); 4] = [(60, 3), (80, 4), (120, 9), (121, 11)];
/// Those of the sequence: instead of the flow at 80x24 and 120x36, beside it at 200x60.
const SEQUENCES: [(u16, u16); 3] = [(80, 9), (120, 13), (77, 40)];

fn dark() -> Theme {
    Theme::default()
}

/// A picture to be taken.
struct Shot<'a> {
    play: &'a str,
    /// The moment in milliseconds; `None` is the end.
    at: Option<f64>,
    selected: Option<u32>,
}

impl Shot<'_> {
    fn history(&self) -> History {
        match self.at {
            Some(at) => history_until(self.play, ms(at)),
            None => history(self.play),
        }
    }

    fn view(&self, history: &History) -> FlowView {
        FlowView {
            selected: self.selected.map(|id| ActorId(id).into()),
            row: None,
            t: self.at.map_or(history.now(), ms),
            lit: Span::millis(100),
        }
    }

    fn flow(&self, theme: &Theme, (width, height): (u16, u16)) -> String {
        let history = self.history();
        let view = self.view(&history);
        drawn(theme, (width, height), |brush, area| {
            draw_flow(brush, area, &history, &view)
        })
    }

    fn sequence(&self, theme: &Theme, (width, height): (u16, u16)) -> String {
        let history = self.history();
        let view = self.view(&history);
        drawn(theme, (width, height), |brush, area| {
            draw_sequence(brush, area, &history, &view);
        })
    }
}

/// Draws into a buffer and returns its text, then its styles: a letter for each, with a legend.
fn drawn(
    theme: &Theme,
    (width, height): (u16, u16),
    draw: impl FnOnce(&mut Brush<'_>, Rect),
) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    draw(&mut Brush::new(&mut buffer, theme), area);
    let mut text = format!("{width}x{height}\n");
    let mut styles: Vec<Style> = vec![ratatui::buffer::Cell::EMPTY.style()];
    let mut letters = String::new();
    for y in 0..height {
        let (mut row, mut letter_row) = (String::from("|"), String::from("|"));
        for x in 0..width {
            let cell = &buffer[(x, y)];
            row.push_str(cell.symbol());
            let style = cell.style();
            let at = styles
                .iter()
                .position(|&known| known == style)
                .unwrap_or_else(|| {
                    styles.push(style);
                    styles.len() - 1
                });
            letter_row.push(match at {
                0 => ' ',
                at => char::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[at - 1]),
            });
        }
        let _ = writeln!(text, "{}|", row.trim_end());
        let _ = writeln!(letters, "{}|", letter_row.trim_end());
    }
    text.push_str(&letters);
    for (at, style) in styles.iter().enumerate().skip(1) {
        let letter = char::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[at - 1]);
        let colour = |colour: Option<ratatui::style::Color>| {
            colour.map_or("-".to_owned(), |colour| colour.to_string())
        };
        let _ = writeln!(
            text,
            "{letter}: {} on {} {:?}",
            colour(style.fg),
            colour(style.bg),
            style.add_modifier
        );
    }
    text
}

#[track_caller]
fn check_flow(name: &str, shot: Shot<'_>) {
    let pictures: Vec<String> = FLOWS.iter().map(|&size| shot.flow(&dark(), size)).collect();
    insta::assert_snapshot!(format!("flow-{name}"), pictures.join("\n"));
}

#[track_caller]
fn check_sequence(name: &str, shot: Shot<'_>) {
    let pictures: Vec<String> = SEQUENCES
        .iter()
        .map(|&size| shot.sequence(&dark(), size))
        .collect();
    insta::assert_snapshot!(format!("sequence-{name}"), pictures.join("\n"));
}

#[test]
fn a_queue_shows_each_message_at_its_station() {
    check_flow(
        "fan-in",
        Shot {
            play: "fan-in",
            at: Some(620.4),
            selected: Some(4),
        },
    );
    check_flow(
        "fan-in-ended",
        Shot {
            play: "fan-in",
            at: None,
            selected: Some(4),
        },
    );
}

#[test]
fn a_pool_shows_its_workers_with_their_tasks() {
    check_flow(
        "pool",
        Shot {
            play: "pool",
            at: Some(1250.0),
            selected: Some(2),
        },
    );
    check_flow(
        "pool-ended",
        Shot {
            play: "pool",
            at: None,
            selected: None,
        },
    );
}

#[test]
fn a_duplex_pipe_shows_both_directions_and_who_holds_which_end() {
    check_flow(
        "pipe",
        Shot {
            play: "pipe",
            at: Some(1320.0),
            selected: Some(3),
        },
    );
    check_flow(
        "pipe-ended",
        Shot {
            play: "pipe",
            at: None,
            selected: None,
        },
    );
}

#[test]
fn a_started_program_shows_its_three_streams() {
    check_flow(
        "communicate",
        Shot {
            play: "communicate",
            at: Some(61.0),
            selected: None,
        },
    );
    check_flow(
        "communicate-ended",
        Shot {
            play: "communicate",
            at: None,
            selected: None,
        },
    );
}

#[test]
fn pressure_piles_up_before_what_is_full() {
    check_flow(
        "join-full",
        Shot {
            play: "join-full",
            at: None,
            selected: None,
        },
    );
    check_flow(
        "limits",
        Shot {
            play: "limits",
            at: Some(400.0),
            selected: None,
        },
    );
}

#[test]
fn many_writers_and_readers_fold_into_one() {
    check_flow(
        "many",
        Shot {
            play: "many",
            at: Some(120.0),
            selected: Some(4),
        },
    );
}

#[test]
fn a_program_without_messages_has_no_flow_and_says_so() {
    for play in ["fork", "processes"] {
        assert!(!mpviz::view::flow::has_flow(&history(play)), "{play}");
        let shot = Shot {
            play,
            at: None,
            selected: None,
        };
        let picture = shot.flow(&dark(), (70, 2));
        let says = " no queue, pipe or pool so far: nothing flows between the processes";
        assert!(
            picture.starts_with(&format!("70x2\n||\n|{says}|\n")),
            "{picture}"
        );
    }
    for play in ["fan-in", "pool", "pipe", "communicate"] {
        assert!(mpviz::view::flow::has_flow(&history(play)), "{play}");
    }
}

#[test]
fn a_flow_needs_no_colour_and_no_more_than_ascii() {
    let looks = [
        (
            "light",
            Theme::new(Ground::Light, Depth::TrueColor, Charset::Unicode),
        ),
        (
            "16",
            Theme::new(Ground::Dark, Depth::Sixteen, Charset::Unicode),
        ),
        (
            "mono",
            Theme::new(Ground::Dark, Depth::None, Charset::Unicode),
        ),
        (
            "ascii",
            Theme::new(Ground::Dark, Depth::None, Charset::Ascii),
        ),
    ];
    let shots = [
        Shot {
            play: "fan-in",
            at: Some(620.4),
            selected: Some(4),
        },
        Shot {
            play: "pool",
            at: Some(1250.0),
            selected: Some(2),
        },
    ];
    for (name, theme) in looks {
        let mut pictures: Vec<String> = shots
            .iter()
            .map(|shot| shot.flow(&theme, (80, 4)))
            .collect();
        pictures.push(shots[0].sequence(&theme, (80, 9)));
        let pictures = pictures.join("\n");
        assert!(name != "ascii" || pictures.is_ascii(), "{pictures}");
        insta::assert_snapshot!(format!("looks-{name}"), pictures);
    }
}

#[test]
fn a_sequence_tells_a_fork_and_an_adoption() {
    check_sequence(
        "fork",
        Shot {
            play: "fork",
            at: None,
            selected: Some(2),
        },
    );
}

#[test]
fn a_sequence_has_the_depth_of_a_queue_and_the_states_of_its_users() {
    check_sequence(
        "fan-in",
        Shot {
            play: "fan-in",
            at: None,
            selected: Some(4),
        },
    );
    check_sequence(
        "pool",
        Shot {
            play: "pool",
            at: None,
            selected: Some(2),
        },
    );
}

#[test]
fn a_sequence_tells_joins_streams_and_refusals() {
    for play in ["processes", "communicate", "limits", "pipe"] {
        check_sequence(
            play,
            Shot {
                play,
                at: None,
                selected: None,
            },
        );
    }
}

#[test]
fn a_sequence_shows_the_selected_row_amid_others() {
    let history = history("fan-in");
    let rows = |row| {
        let view = FlowView {
            selected: None,
            row,
            t: history.now(),
            lit: Span::ZERO,
        };
        let picture = drawn(&dark(), (77, 9), |brush, area| {
            draw_sequence(brush, area, &history, &view);
        });
        let rows: Vec<String> = picture.lines().skip(2).take(8).map(str::to_owned).collect();
        rows
    };
    let marked = |rows: &[String]| {
        let at = rows.iter().position(|row| row.contains('▎'));
        at.unwrap_or_else(|| panic!("no row is marked in {rows:#?}"))
    };
    let last = history.log().len() - 1;
    assert!(rows(None).iter().all(|row| !row.contains('▎')));
    assert_eq!(rows(Some(last))[..7], rows(None)[..7], "the last rows stay");
    // One from the middle of the run has rows above and below it.
    let gets: Vec<usize> = (0..history.log().len())
        .filter(|&at| {
            let event = history.log().get(at).expect("an event");
            matches!(event.kind, Kind::MessageReceived { .. })
        })
        .collect();
    let amid = rows(Some(gets[2]));
    assert!((2..6).contains(&marked(&amid)), "{amid:#?}");
    // The first row is at the top.
    let first = rows(Some(0));
    assert!(first[0].contains("forks 3"), "{first:#?}");
}

#[test]
fn the_past_is_drawn_the_same_when_more_is_known() {
    // Who takes part may be known only later; what has happened may not.
    let at = ms(1250.0);
    let (then, now) = (history_until("pool", at), history("pool"));
    let view = FlowView {
        selected: None,
        row: None,
        t: at,
        lit: Span::millis(100),
    };
    for size in FLOWS {
        let draw = |history: &History| {
            drawn(&dark(), size, |brush, area| {
                draw_flow(brush, area, history, &view)
            })
        };
        assert_eq!(draw(&then), draw(&now));
    }
    for size in SEQUENCES {
        let draw = |history: &History| {
            drawn(&dark(), size, |brush, area| {
                draw_sequence(brush, area, history, &view);
            })
        };
        assert_eq!(draw(&then), draw(&now));
    }
}
