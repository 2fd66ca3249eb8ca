//! The caption: why the selected process does what it does, and what comes next.

use super::Moment;
use super::brush::{Brush, columns};
use super::coming::draw_coming;
use super::finding::{draw_diagnosis, draw_raised};
use super::grid::take_bottom;
use super::lesson::draw_line;
use super::theme::Role;
use super::words::{caption, detail, full_name, moment as stamp, sentence};
use crate::ui::Keymap;
use crate::ui::hand::Asked;
use crate::ui::selection::Proof;
use ratatui::layout::Rect;

/// How wide the words before the sentences are.
const LEAD: u16 = 5;

/// Draws the caption into its strip. A single row says why; where nothing comes next, a long
/// reason goes on in the second.
pub fn draw_caption(
    brush: &mut Brush<'_>,
    area: Rect,
    moment: &Moment<'_>,
    notice: Option<&str>,
    keymap: &Keymap,
) {
    let theme = brush.theme;
    brush.tint(area, theme.style(Role::Strip));
    if area.is_empty() {
        return;
    }
    if let Some(notice) = notice {
        return draw_notice(brush, area, notice);
    }
    if let Some(line) = &moment.run.line {
        return draw_line(brush, area, moment, line);
    }
    if let Some(asked) = moment.run.asked {
        return draw_question(brush, area, moment, asked);
    }
    if let Some(proof) = moment.run.proof {
        draw_proof(brush, area, moment, proof);
        return;
    }
    let opened = moment.run.opened_finding(moment.history);
    if let Some(finding) = opened.filter(|finding| finding.since <= moment.t) {
        draw_diagnosis(brush, area, moment, finding);
        return;
    }
    let mut area = area;
    let raised = moment.raised();
    let said = caption(moment.history, moment.run.selected, moment.t);
    // What comes next for a selection is worth more than a finding that is known.
    let is_asked = moment.run.selected.is_some() && !moment.is_ended;
    let has_room = area.height > 1 && (!is_asked || said.next.is_empty());
    let found = raised.or_else(|| moment.finding_of_selection().filter(|_| has_room));
    if let Some(finding) = found {
        let row = take_bottom(&mut area, 1);
        draw_raised(brush, row, moment, finding, keymap);
        if area.is_empty() {
            return;
        }
    }
    let (strong, text) = (theme.style(Role::Strong), theme.style(Role::Text));
    let x = area.x + 1 + LEAD;
    let room = area.right().saturating_sub(x + 1);
    let (first, rest) = broken(&said.why, room);
    if area.height == 1 {
        let (lead, sentence) = if said.why.is_empty() {
            (said.next_label, &said.next)
        } else {
            (said.why_label, &said.why)
        };
        brush.text(area.x + 1, area.y, LEAD, lead, strong);
        let end = brush.cut(x, area.y, room, sentence, text);
        if moment.is_ended && sentence == &said.why {
            // How long it took, if there is room for it.
            brush.cut(
                end + 1,
                area.y,
                area.right().saturating_sub(end + 2),
                &said.next,
                text,
            );
        }
        return;
    }
    brush.text(area.x + 1, area.y, LEAD, said.why_label, strong);
    let y = area.y + 1;
    if said.next.is_empty() {
        brush.cut(x, area.y, room, first, text);
        let end = brush.cut(x, y, room, rest, text);
        draw_coming(brush, behind(area, y, end), moment, keymap);
        return;
    }
    brush.cut(x, area.y, room, &said.why, text);
    brush.text(area.x + 1, y, LEAD, said.next_label, strong);
    let end = brush.cut(x, y, room, &said.next, text);
    draw_coming(brush, behind(area, y, end), moment, keymap);
}

/// Draws what went wrong with the last wish, over as many rows as it needs and there are.
pub(super) fn draw_notice(brush: &mut Brush<'_>, area: Rect, notice: &str) {
    let theme = brush.theme;
    brush.tint(area, theme.style(Role::Strip));
    let sign = theme.signs().finding;
    brush.text(area.x + 1, area.y, 2, sign, theme.style(Role::Finding));
    let x = area.x + 1 + NOTICE_LEAD;
    let room = area.right().saturating_sub(x + 1);
    let mut rest = notice;
    for y in area.y..area.bottom() {
        let is_last = y + 1 == area.bottom();
        let (row, later) = if is_last {
            (rest, "")
        } else {
            broken(rest, room)
        };
        brush.cut(x, y, room, row, theme.style(Role::Text));
        rest = later;
    }
}

/// Returns how many rows a notice needs.
pub(super) fn notice_rows(notice: &str, width: u16) -> u16 {
    let room = width.saturating_sub(NOTICE_LEAD + 2);
    let (mut rows, mut rest) = (1, broken(notice, room).1);
    while !rest.is_empty() && rows < 20 {
        rest = broken(rest, room).1;
        rows += 1;
    }
    rows
}

/// How wide the sign before a notice is, with its blank.
const NOTICE_LEAD: u16 = 2;

/// Returns what is free of a row behind a text, with a few blanks between.
fn behind(area: Rect, y: u16, end: u16) -> Rect {
    let x = end.saturating_add(3);
    let width = area.right().saturating_sub(1).saturating_sub(x);
    Rect::new(x, y, width, 1)
}

/// Draws the question which signal to send, and what that one does.
fn draw_question(brush: &mut Brush<'_>, area: Rect, moment: &Moment<'_>, asked: Asked) {
    let theme = brush.theme;
    let (strong, text, dim) = (Role::Strong, Role::Text, Role::Dim);
    let choice = asked.choice();
    let pid = moment
        .history
        .actor(asked.actor)
        .and_then(|actor| actor.pid);
    let pid = pid.map_or(String::new(), |pid| format!(" (pid {pid})"));
    let whom = full_name(moment.history, asked.actor, moment.t);
    let parts = [
        ("send ".to_owned(), text),
        (choice.name.to_owned(), strong),
        (format!(" to {whom}{pid}?"), text),
    ];
    let mut x = area.x + 1;
    for (part, role) in &parts {
        let room = area.right().saturating_sub(x + 1);
        x = brush.cut(x, area.y, room, part, theme.style(*role));
    }
    let does = format!("it {}", choice.does);
    let (x, y) = match area.height {
        1 => (x + 2, area.y),
        _ => (area.x + 1, area.y + 1),
    };
    let room = area.right().saturating_sub(x + 1);
    brush.cut(x, y, room, &does, theme.style(dim));
}

/// Draws an event that proves a why, with the why that it proves below it.
fn draw_proof(brush: &mut Brush<'_>, area: Rect, moment: &Moment<'_>, proof: Proof) {
    let (history, theme) = (moment.history, brush.theme);
    let (strong, text) = (theme.style(Role::Strong), theme.style(Role::Text));
    let events = history.proof_of(proof.t, proof.thing);
    let lead = format!("proof {} of {}", proof.at + 1, events.len());
    let wide = columns(&lead, 20) + 2;
    brush.text(area.x + 1, area.y, wide, &lead, strong);
    let x = area.x + 1 + wide;
    let room = area.right().saturating_sub(x + 1);
    let event = events
        .get(proof.at)
        .and_then(|&at| history.log().get(at as usize));
    if let Some(event) = event {
        let said = sentence(history, &event).or_else(|| detail(history, &event));
        let said = said.map_or_else(String::new, |said| format!("{} {}", said.who, said.text));
        let words = format!("{} s  {said}", stamp(event.t));
        brush.cut(x, area.y, room, &words, text);
    }
    if area.height > 1 {
        let y = area.y + 1;
        let why = caption(history, Some(proof.thing), proof.t);
        brush.text(area.x + 1, y, wide, why.why_label, strong);
        brush.cut(x, y, room, &why.why, text);
    }
}

/// Breaks a text at the last blank that fits into `width` columns.
pub fn broken(text: &str, width: u16) -> (&str, &str) {
    if columns(text, width.saturating_add(1)) <= width {
        return (text, "");
    }
    let mut cut = 0;
    for (at, _) in text.match_indices(' ') {
        if columns(&text[..at], width.saturating_add(1)) > width {
            break;
        }
        cut = at;
    }
    if cut == 0 {
        return (text, "");
    }
    (&text[..cut], text[cut..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::broken;

    #[test]
    fn a_sentenceis_broken_at_a_blank() {
        assert_eq!(broken("one two three", 20), ("one two three", ""));
        assert_eq!(broken("one two three", 8), ("one two", "three"));
        assert_eq!(broken("onetwothree", 5), ("onetwothree", ""));
        assert_eq!(broken("", 0), ("", ""));
    }
}
