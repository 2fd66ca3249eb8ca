//! The mouse, what is pasted, and what is copied, on the screen.

use super::lines::acted;
use super::screen::{Ended, Screen, ScreenError};
use crate::record::font::base64;
use crate::ui::mouse::{self, Deed, Mouse};
use crate::ui::point::point;
use crate::ui::{Action, Key, Point};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::io;
use unicode_width::UnicodeWidthStr;

/// So much is copied at most: terminals that take OSC 52 take this much of it.
const COPY_MOST: usize = 74_994;
/// So many characters of what is pasted are typed at most, of its first line.
const PASTE_MOST: usize = 1_000;

impl Screen {
    /// Does what the mouse asks for.
    pub(super) fn mouse(&mut self, mouse: Mouse) -> Result<Option<Ended>, ScreenError> {
        let history = self.run.as_ref().map(|run| &run.history);
        for deed in mouse::read(&mut self.ui, &self.spots, mouse, history) {
            // Up to now it was played as before.
            self.tick();
            self.is_urgent = true;
            match deed {
                Deed::Act(action) => {
                    let place = self.ui.place();
                    let key = self.keymap.key_of(place, action);
                    let (action, key, place) = self.chosen(action, key, place);
                    self.keep_action(action, key, place);
                    if let Some(ended) = self.act(action)? {
                        return Ok(Some(ended));
                    }
                }
                Deed::Point(asked) => {
                    self.keep_point(&asked);
                    let history = self.run.as_ref().map(|run| &run.history);
                    point(&mut self.ui, &asked, history);
                }
                Deed::Switch => {
                    if self.ui.switch().is_some() {
                        self.switch();
                    }
                }
            }
        }
        Ok(None)
    }

    /// Keeps what a pointer asked of a run.
    fn keep_point(&mut self, asked: &Point) {
        if matches!(asked, Point::Program(_) | Point::Knob(_) | Point::Choice(_)) {
            return;
        }
        let moment = self.ui.run.frozen;
        if let Some(run) = &mut self.run {
            run.keep(|at| acted(at, Point::ACTION, &asked.to_string(), moment));
        }
    }

    /// Types what was pasted, where something is typed: the first line of it.
    pub(super) fn pasted(&mut self, text: &str) -> Result<Option<Ended>, ScreenError> {
        self.is_urgent = true;
        let line = text.split(['\r', '\n']).next().unwrap_or_default();
        let mut is_typed = line.is_empty();
        for c in line.chars().filter(|c| !c.is_control()).take(PASTE_MOST) {
            let (place, key) = (self.ui.place(), Key::of_char(c));
            let typed = Action::Type(c);
            if self.keymap.action(place, key) == Some(typed) {
                is_typed = true;
                self.keep_action(typed, Some(key), place);
                if let Some(ended) = self.act(typed)? {
                    return Ok(Some(ended));
                }
            }
        }
        if !is_typed {
            self.ui.notice = Some("nothing is typed here: what was pasted is left out".to_owned());
        }
        Ok(None)
    }

    /// Copies what the pane shows that keys go to, by way of the terminal.
    pub(super) fn copy(&mut self) -> io::Result<()> {
        let pane = self.ui.run.focus;
        let shown = self.painted()?;
        let mut lines: Vec<String> = Vec::new();
        for area in self.spots.areas(pane) {
            lines.extend(rows(&shown, area));
        }
        let all = lines.join("\n");
        let (text, is_whole) = cut(&all);
        let mut told = "\u{1b}]52;c;".to_owned();
        base64(text.as_bytes(), &mut told);
        told.push('\u{7}');
        let (count, bytes) = (text.lines().count(), text.len());
        let rest = match is_whole {
            true => "",
            false => ", which is not all: terminals take no more",
        };
        self.terminal.tell(&told);
        self.ui.notice = Some(format!(
            "copied {count} lines of {} ({bytes} bytes{rest}), if the terminal allows it",
            pane.title()
        ));
        Ok(())
    }

    /// Leaves the mouse to the terminal, or takes it back.
    pub(super) fn toggle_mouse(&mut self) {
        let has_mouse = !self.terminal.has_mouse();
        self.terminal.set_mouse(has_mouse);
        let told = match has_mouse {
            true => "the mouse is mpviz's; with Shift it is the terminal's",
            false => "the mouse is the terminal's",
        };
        self.ui.notice = Some(told.to_owned());
    }
}

/// Returns the rows of an area as text, without the blanks at their ends.
fn rows(buffer: &Buffer, area: Rect) -> Vec<String> {
    let area = area.intersection(*buffer.area());
    let row = |y| {
        let mut text = String::new();
        let mut x = area.x;
        while let Some(cell) = buffer.cell((x, y)).filter(|_| x < area.right()) {
            text.push_str(cell.symbol());
            // A wide character takes the cell after it too.
            x += u16::try_from(cell.symbol().width())
                .unwrap_or(1)
                .clamp(1, 2);
        }
        text.truncate(text.trim_end().len());
        text
    };
    let mut rows: Vec<String> = (area.top()..area.bottom()).map(row).collect();
    while rows.last().is_some_and(String::is_empty) {
        rows.pop();
    }
    rows
}

/// Returns as many whole lines of a text as may be copied, and whether that is all of it.
fn cut(text: &str) -> (&str, bool) {
    if text.len() <= COPY_MOST {
        return (text, true);
    }
    let is_end = |&at: &usize| text.is_char_boundary(at);
    let end = (0..=COPY_MOST.min(text.len())).rfind(is_end).unwrap_or(0);
    let end = text[..end].rfind('\n').unwrap_or(end);
    (&text[..end], false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_copied_without_their_blanks() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 9, 4));
        buffer.set_string(1, 1, "a 進程 b", ratatui::style::Style::new());
        assert_eq!(rows(&buffer, Rect::new(0, 1, 9, 3)), [" a 進程 b"]);
        assert_eq!(rows(&buffer, Rect::new(2, 1, 3, 9)), [" 進"]);
        assert_eq!(rows(&buffer, Rect::new(9, 9, 3, 9)), [""; 0]);
    }

    #[test]
    fn no_more_is_copied_than_terminals_take() {
        let line = "進".repeat(30);
        let text = vec![line.as_str(); 2_000].join("\n");
        let (copied, is_whole) = cut(&text);
        assert!(!is_whole && copied.len() <= COPY_MOST && copied.len() > COPY_MOST - 100);
        assert!(copied.lines().all(|copied| copied == line));
        let one = "進".repeat(40_000);
        assert_eq!(cut(&one).0.len(), COPY_MOST);
        assert_eq!(cut("a"), ("a", true));
    }
}
