//! Transcripts: a film as text, with its marks, captions and findings in their place.

mod common;

use common::takes::{Takes, of_file};
use mpviz::event::{ActorId, Event, Kind, Span, Time};
use mpviz::record::film::{Lines, Options};
use mpviz::record::shot::Frames;
use mpviz::record::transcript::transcript;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::Path;

/// Puts a line of the viewer between those of a trace.
fn insert(lines: &mut Lines, t: Time, kind: Kind) {
    let at = lines.events.partition_point(|event| event.t <= t);
    let event = Event {
        t,
        actor: ActorId::MPVIZ,
        kind,
        ..Event::empty()
    };
    lines.events.insert(at, event);
}

#[track_caller]
fn written(film: &dyn Frames) -> String {
    let mut bytes = Vec::new();
    transcript(film, &mut bytes).expect("it is memory");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn a_run_with_a_finding_a_mark_and_a_caption() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut lines = of_file(&root.join("tests/traces/trouble-zombie.mpt"));
    let middle = Time(lines.horizon.0 / 2);
    let mark = Kind::MarkSet {
        at: middle,
        moment: middle,
        name: "nobody asks".into(),
    };
    insert(&mut lines, middle, mark);
    let caption = Kind::CaptionShown {
        moment: None,
        at: middle,
        text: Box::new("Its parent has not called join() yet.".into()),
        lasts: Span::millis(3000),
    };
    insert(&mut lines, middle, caption);
    let film = Takes::of_run(&lines, Options::default());
    insta::assert_snapshot!(written(&film));
}

#[test]
fn a_film_of_nothing_has_a_begin_and_an_end() {
    let film = Takes::of("", (1, 1), Vec::new());
    assert_eq!(written(&film), "mpviz\n1.000 s\n\n[1.000] The end.\n");
}

#[test]
fn what_a_terminal_would_obey_is_written_out() {
    let frame = Buffer::empty(Rect::new(0, 0, 1, 1));
    let film = Takes::of("a\u{1b}[2J", (1, 1), vec![frame])
        .with_mark(Span::millis(500), "m\nn")
        .with_caption(Span::ZERO, Span::millis(900), "c\u{7}\r");
    let text = "a\\x1b[2J\n1.100 s, 1 mark, 1 caption\n\n[0.000] “c\\x07”\n\n[0.500] == m\\nn ==\n\n\
                [1.100] The end.\n";
    assert_eq!(written(&film), text);
}
