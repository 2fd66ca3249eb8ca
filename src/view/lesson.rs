//! What the viewer adds to a run, as it is seen: the sign of the recording, the line that is typed, the
//! mark at the cursor. What is said stands over the screen (`overlay`).

use super::Moment;
use super::brush::{Brush, columns};
use super::find::tail;
use super::theme::{Mark, Role};
use super::words::{bytes, shown};
use crate::event::Span;
use crate::ui::lesson::{Line, Purpose, Recording, RecordingState};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Draws whether a recording goes on, and how much there is of it, before column `end`. Returns the
/// column where it begins.
pub(super) fn draw_recording(
    brush: &mut Brush<'_>,
    y: u16,
    end: u16,
    recording: Option<&Recording>,
) -> u16 {
    let Some(recording) = recording else {
        return end;
    };
    let theme = brush.theme;
    let much = format!("{} {}", clock(recording.length), bytes(recording.bytes));
    let (sign, style, text) = match recording.state {
        RecordingState::Records => (
            theme.signs().live,
            theme.mark(Mark::Killed),
            format!("rec {much}"),
        ),
        RecordingState::Pauses => (
            theme.glyph(Mark::Stopped),
            theme.style(Role::Strong),
            format!("rec paused {much}"),
        ),
        RecordingState::Failed => (
            theme.signs().finding,
            theme.style(Role::Finding),
            "not recorded".to_owned(),
        ),
    };
    let wide = columns(&text, 40) + columns(sign, 2) + 1;
    let x = end.saturating_sub(wide);
    let after = brush.text(x, y, 2, sign, style) + 1;
    let words = match recording.state {
        RecordingState::Failed => Role::Finding,
        _ => Role::Text,
    };
    brush.text(after, y, 40, &text, theme.style(words));
    x.saturating_sub(2)
}

/// Returns a length as a player's clock has it: `0:07`, `12:34`.
fn clock(span: Span) -> String {
    let seconds = span.0 / 1_000_000_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Draws the line that is typed, with what it is for.
pub(super) fn draw_line(brush: &mut Brush<'_>, area: Rect, moment: &Moment<'_>, line: &Line) {
    let theme = brush.theme;
    let (lead, help) = match line.purpose {
        Purpose::Mark(_) => ("mark", "its name, or none"),
        Purpose::Caption => ("say", "shown to whoever watches, and kept in the trace"),
    };
    let mut x = brush.text(area.x + 1, area.y, 5, lead, theme.style(Role::Strong)) + 1;
    let strong = theme.style(Role::Text);
    if let Purpose::Mark(t) = line.purpose {
        let label = moment.axis.fine_label(t);
        x = brush.text(x, area.y, 20, &label, theme.style(Role::Dim)) + 1;
    }
    let room = area.right().saturating_sub(x + 2);
    let text = shown(&line.text);
    x = brush.text(x, area.y, room, tail(&text, room), strong);
    brush.sign(
        x,
        area.y,
        " ",
        Style::new().add_modifier(Modifier::REVERSED),
    );
    if line.text.is_empty() {
        let room = area.right().saturating_sub(x + 3);
        brush.cut(x + 2, area.y, room, help, theme.style(Role::Dim));
    }
}

/// Returns what the mark at the cursor is called, with its sign, if it has a name.
pub(super) fn mark_words(moment: &Moment<'_>, sign: &str) -> Option<String> {
    let mark = moment.run.mark_at(moment.run.frozen?)?;
    (!mark.name.is_empty()).then(|| format!("{sign} {}", shown(&mark.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_said_as_a_player_says_it() {
        assert_eq!(clock(Span::millis(7_900)), "0:07");
        assert_eq!(clock(Span::millis(754_000)), "12:34");
    }
}
