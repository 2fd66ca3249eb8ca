//! The events: what happened, in sentences, with the program's own output in its place.

use super::brush::{Brush, columns};
use super::find::{after_title, draw_filter, is_finding_found};
use super::theme::Role;
use super::words::{Sentence, Sign, finding_sentence, moment as stamp, sentence};
use super::{Axis, Moment};
use crate::event::{Span, Time};
use crate::history::Finding;
use crate::ui::Pane;
use crate::ui::rows::{is_row_at, may_be_row_at};
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The most events that are looked at for a frame: a log without rows costs no more.
const LOOKED_AT_MAX: usize = 512;

/// What is not searched yet is told of from so many events on: what comes in from frame to frame
/// is less.
const SEARCHED_AT_ONCE: usize = 4096;

/// So many rows stay strong when the run has ended.
const LAST_WORDS: usize = 3;

/// Names take at most this many columns.
const NAME_MOST: u16 = 14;

/// Draws the last events that have a row, the newest at the bottom of what is filled.
pub fn draw_events(brush: &mut Brush<'_>, area: Rect, moment: &Moment<'_>) {
    let rows = visible(moment, area.height);
    let theme = brush.theme;
    let in_ms = moment.axis.unit().0 == 1_000_000;
    let stamps: Vec<String> = rows
        .iter()
        .map(|&(t, _)| match in_ms {
            true => stamp_ms(t),
            false if moment.axis.length < NEAR => stamp_us(t),
            false => stamp(t),
        })
        .collect();
    let stamp_wide = stamps.iter().map(|s| columns(s, 12)).max().unwrap_or(0);
    let name_wide = rows
        .iter()
        .map(|(_, s)| columns(&s.who, NAME_MOST))
        .max()
        .unwrap_or(0)
        .max(if area.width < 66 { 8 } else { 9 });
    // At the end the last few words stay strong, and what ended badly.
    let last_words = rows.len().saturating_sub(LAST_WORDS);
    for (at, ((t, said), stamp)) in rows.iter().zip(&stamps).enumerate() {
        // No more rows than the area has.
        let y = area.y + u16::try_from(at).unwrap_or(0);
        let is_selected = moment.is_selected(said.actor);
        if is_selected {
            brush.sign(area.x, y, theme.signs().gutter, theme.style(Role::Strong));
        }
        let dim = theme.style(Role::Dim);
        let end = area.right();
        brush.right(area.x + 1 + stamp_wide, y, stamp_wide, stamp, dim);
        let x = area.x + 2 + stamp_wide;
        let (glyph, style) = said.sign.look(theme);
        brush.text(x, y, 1, glyph, style);
        let (who, what) = styles(
            brush,
            *t,
            is_selected,
            moment,
            !moment.is_ended || at >= last_words || is_bad(said),
        );
        let x = x + 2;
        brush.cut(x, y, name_wide.min(end.saturating_sub(x)), &said.who, who);
        let x = x + name_wide + 1;
        brush.cut(x, y, end.saturating_sub(x), &said.text, what);
    }
}

/// Returns whether a sentence tells of a bad end.
fn is_bad(said: &Sentence) -> bool {
    matches!(said.sign, Sign::Killed | Sign::Alert)
}

/// Returns the rows, the oldest first. A finding stands behind the events up to when it became
/// known.
fn visible(moment: &Moment<'_>, height: u16) -> Vec<(Time, Sentence)> {
    let history = moment.history;
    let log = history.log();
    let known = history.log_until(moment.t);
    let end = moment.run.events_end.map_or(known, |end| end.min(known));
    let mut rows = Vec::with_capacity(usize::from(height));
    let found = &history.findings()[..history.findings_until(moment.t)];
    let place = |finding: &Finding| log.until(finding.since);
    let found = &found[..found.partition_point(|finding| place(finding) <= end)];
    if let Some(query) = &moment.run.find.events.query {
        let found = found
            .iter()
            .filter(|finding| is_finding_found(history, query, finding));
        return visible_found(moment, end, usize::from(height), found.rev());
    }
    let mut found = found.iter().rev().peekable();
    for outline in log.outlines_before(end, LOOKED_AT_MAX) {
        while let Some(finding) = found.next_if(|finding| place(finding) > outline.position) {
            rows.push((finding.since, finding_sentence(history, finding)));
        }
        if rows.len() >= usize::from(height) {
            break;
        }
        // Most events that are no row are told by their kind alone.
        if !may_be_row_at(history, &outline, moment.t) {
            continue;
        }
        let Some(event) = log.event(&outline) else {
            continue;
        };
        if !is_row_at(history, &event, moment.t) {
            continue;
        }
        if let Some(said) = sentence(history, &event).filter(|said| !said.detail) {
            rows.push((event.t, said));
        }
    }
    rows.truncate(usize::from(height));
    rows.reverse();
    rows
}

/// Returns the rows that were found, the oldest first. `findings` come the last one first.
fn visible_found<'a>(
    moment: &Moment<'_>,
    end: usize,
    height: usize,
    findings: impl Iterator<Item = &'a Finding>,
) -> Vec<(Time, Sentence)> {
    let history = moment.history;
    let mut rows = Vec::with_capacity(height);
    let mut findings = findings.peekable();
    let row = |finding: &Finding| (finding.since, finding_sentence(history, finding));
    let events = moment.run.find.events_before(end);
    for position in events.into_iter().flatten().take(LOOKED_AT_MAX) {
        let is_later = |finding: &&Finding| history.log().until(finding.since) > position;
        while rows.len() < height
            && let Some(finding) = findings.next_if(is_later)
        {
            rows.push(row(finding));
        }
        if rows.len() >= height {
            break;
        }
        rows.extend(told(moment, position));
    }
    let left = height - rows.len().min(height);
    rows.extend(findings.take(left).map(row));
    rows.reverse();
    rows
}

/// Returns the row of a found event, if it has one at the moment that is shown.
fn told(moment: &Moment<'_>, position: usize) -> Option<(Time, Sentence)> {
    let history = moment.history;
    let event = history.log().get(position)?;
    if !is_row_at(history, &event, moment.t) {
        return None;
    }
    sentence(history, &event).map(|said| (event.t, said))
}

/// Draws the filter into the pane's head, if there is one.
pub(super) fn draw_events_filter(brush: &mut Brush<'_>, pane: Rect, end: u16, moment: &Moment<'_>) {
    let find = &moment.run.find;
    let known = moment.history.log_until(moment.t);
    let mut count = find.count_before(known);
    if let Some(query) = &find.events.query {
        let findings = &moment.history.findings()[..moment.history.findings_until(moment.t)];
        let is_found = |finding: &&Finding| is_finding_found(moment.history, query, finding);
        count += findings
            .iter()
            .rev()
            .take(LOOKED_AT_MAX)
            .filter(is_found)
            .count();
    }
    let left = find.left_before(known);
    let note = if !find.events.is_set() {
        String::new()
    } else if left > SEARCHED_AT_ONCE {
        let percent = (known - left) * 100 / known;
        format!("{count} so far, {percent} % searched")
    } else {
        format!("{count} found")
    };
    let x = after_title(pane, Pane::Events.title());
    let is_typing = find.typing == Some(Pane::Events);
    draw_filter(brush, (x, pane.y, end), &find.events, is_typing, &note);
}

/// Returns how the name and the sentence of an event look: strong while new, then text, then dim.
fn styles(
    brush: &Brush<'_>,
    t: Time,
    is_selected: bool,
    moment: &Moment<'_>,
    may_be_strong: bool,
) -> (Style, Style) {
    let theme = brush.theme;
    let fresh = moment.t.since(moment.fresh).0;
    let is_recent = moment.t.since(t) < Span(fresh.saturating_mul(4));
    let older = if is_recent || is_selected {
        Role::Text
    } else {
        Role::Dim
    };
    let what = if may_be_strong && moment.is_fresh(t) && moment.run.events_end.is_none() {
        Role::Strong
    } else {
        older
    };
    (theme.style(older), theme.style(what))
}

/// Where less of the run than this is on the lanes, events have a stamp to the microsecond.
const NEAR: Span = Span::millis(50);

/// Returns a stamp in a view of a few milliseconds.
fn stamp_us(t: Time) -> String {
    let us = t.0 / 1_000;
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// Returns a stamp in a run that took milliseconds.
fn stamp_ms(t: Time) -> String {
    let hundredths = t.0 / 10_000;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Returns what stands at the right of the pane's head: the unit, where it is not the second.
pub fn unit_note(axis: Axis) -> &'static str {
    if axis.unit().0 == 1_000_000 { "ms" } else { "" }
}
