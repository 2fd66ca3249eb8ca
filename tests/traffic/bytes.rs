//! How many bytes a terminal is told.

use crate::common;
use mpviz::event::Time;
use mpviz::record::escape::{Listener, Screen};
use mpviz::record::viewer::Viewer;
use mpviz::scenario;
use mpviz::ui::Ui;
use mpviz::view::{Charset, Depth, Ground, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Begins and ends a frame, and asks whether it was shown.
const AROUND: usize = "\u{1b}[?2026h\u{1b}[?2026l\u{1b}[5n".len();

/// How many bytes the frames of a pool of four take at 30 a second: only what changes, and each
/// whole.
fn bytes(depth: Depth) -> (usize, usize) {
    let ran = common::run(&["pool", "--workers", "4", "--pace", "0.5"]);
    let (columns, rows) = (120, 36);
    let mut viewer = Viewer::new(Ui::new(scenario::PROGRAMS), (columns, rows));
    let theme = Theme::new(Ground::Dark, depth, Charset::Unicode);
    let mut frame = Buffer::empty(Rect::new(0, 0, columns, rows));
    let mut screen = Screen::new(columns, rows, Listener::Terminal);
    let mut events = ran.events.iter().peekable();
    let (mut changed, mut whole) = (0, 0);
    let end = ran.events.last().expect("it ran").t;
    for n in 0.. {
        let now = Time(n * 1_000_000_000 / 30);
        if now > end {
            break;
        }
        while let Some(event) = events.next_if(|event| event.t <= now) {
            viewer.feed(event);
        }
        viewer.advance(now);
        viewer.draw(&mut frame, &theme);
        let told = screen.draw(&frame).len();
        changed += if told > 0 { told + AROUND } else { 0 };
        let alone = Screen::new(columns, rows, Listener::Terminal)
            .draw(&frame)
            .len();
        whole += alone + AROUND;
    }
    (changed, whole)
}

#[test]
fn a_tenth_of_what_whole_frames_take_is_enough() {
    for depth in [Depth::TrueColor, Depth::Indexed, Depth::Sixteen] {
        let (changed, whole) = bytes(depth);
        assert!(changed > 0);
        assert!(
            changed * 10 <= whole,
            "{depth:?}: {changed} bytes, {whole} for whole frames"
        );
    }
}
