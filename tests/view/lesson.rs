//! What the viewer adds to a run, on the screen: the sign of the recording, a caption, a mark with its
//! name, the line that is typed.

use crate::look::{DARK, drawn, press, told};
use crate::plays::{history, ms};
use mpviz::event::Span;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::lesson::{Recording, RecordingState};
use mpviz::ui::{Action, Ui, update};
use mpviz::view::{self, Charset, Depth, Ground, Memory, Theme};
use ratatui::layout::Rect;

/// A frozen run with a named mark at the cursor.
fn check(name: &str, size: (u16, u16), look: (Ground, Depth, Charset), change: fn(&mut Ui)) {
    let history = history("fan-in");
    let area = Rect::new(0, 0, size.0, size.1);
    let mut ui = Ui::new(PROGRAMS);
    ui.told = view::events::has_row;
    ui.begin_run();
    ui.run.fits = view::fits(area, Some(&history), &ui.run, &Memory::default());
    ui.run.frozen = Some(ms(620.4));
    press(&mut ui, "m", &history);
    for c in "in the pipe".chars() {
        update(&mut ui, Action::Type(c), Some(&history));
    }
    change(&mut ui);
    let theme = Theme::new(look.0, look.1, look.2);
    let (width, height) = size;
    insta::assert_snapshot!(
        format!("{name}-{width}x{height}"),
        told(&drawn(&history, &ui, &theme, area))
    );
}

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

fn recorded(ui: &mut Ui, state: RecordingState) {
    ui.recording = Some(Recording {
        state,
        length: Span::millis(127_000),
        bytes: 34_567,
    });
}

#[test]
fn a_recording_is_seen_with_a_caption_and_the_name_of_a_mark() {
    let ascii = (Ground::Dark, Depth::None, Charset::Ascii);
    let change = |ui: &mut Ui| {
        ui.run.end_line();
        recorded(ui, RecordingState::Records);
        ui.said =
            Some("The item is in the pipe: the reader holds the lock and waits for it.".into());
    };
    for size in SIZES {
        check("lesson-recorded", size, DARK, change);
    }
    check("lesson-recorded-ascii", (80, 24), ascii, change);
}

#[test]
fn a_mark_is_given_a_name_while_the_recording_pauses() {
    for size in SIZES {
        check("lesson-typed", size, DARK, |ui| {
            recorded(ui, RecordingState::Pauses);
        });
    }
}

#[test]
fn a_recording_that_failed_is_seen() {
    check("lesson-failed", (80, 24), DARK, |ui| {
        ui.run.end_line();
        recorded(ui, RecordingState::Failed);
    });
}
