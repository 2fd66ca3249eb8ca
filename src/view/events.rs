//! The events: what happened, in sentences, with the program's own output in its place.

use super::brush::{Brush, columns};
use super::find::{after_title, draw_filter, is_finding_found};
use super::theme::Role;
use super::words::{Sentence, Sign, detail, finding_sentence, moment as stamp, sentence};
use super::{Axis, Moment};
use crate::event::{Event, Span, Time};
use crate::history::{Finding, History};
use crate::ui::rows::{is_row_at, may_be_row_at};
use crate::ui::selection::is_about;
use crate::ui::{Pane, Spot};
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
        .map(|&Told { t, .. }| match in_ms {
            true => stamp_ms(t),
            false if moment.axis.length < NEAR => stamp_us(t),
            false => stamp(t),
        })
        .collect();
    let stamp_wide = stamps.iter().map(|s| columns(s, 12)).max().unwrap_or(0);
    let name_wide = rows
        .iter()
        .map(|told| columns(&told.said.who, NAME_MOST))
        .max()
        .unwrap_or(0)
        .max(if area.width < 66 { 8 } else { 9 });
    // At the end the last few words stay strong, and what ended badly.
    let last_words = rows.len().saturating_sub(LAST_WORDS);
    let selected = selected_of(&rows, moment);
    for (at, (told, stamp)) in rows.iter().zip(&stamps).enumerate() {
        let (t, said) = (&told.t, &told.said);
        // No more rows than the area has.
        let y = area.y + u16::try_from(at).unwrap_or(0);
        let row = Rect {
            y,
            height: 1,
            ..area
        };
        brush.spot(row, told.spot());
        let is_selected = told.is_about;
        if selected == Some(at) {
            brush.tint(row, theme.style(Role::Selection));
        }
        if is_selected || selected == Some(at) {
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

/// A row: an event, or a finding at the moment when it became known, and what it says.
struct Told {
    t: Time,
    /// Its position in the log; a finding's that of the event after it.
    position: usize,
    /// Which finding it is, if it is one.
    finding: Option<usize>,
    said: Sentence,
    /// Whether it is about what is selected.
    is_about: bool,
}

/// Returns which of the rows is the selected one.
fn selected_of(rows: &[Told], moment: &Moment<'_>) -> Option<usize> {
    let selected = moment.run.row_at(moment.history)?;
    rows.iter()
        .position(|told| told.finding.is_none() && told.position == selected)
}

impl Told {
    fn spot(&self) -> Spot {
        match self.finding {
            Some(at) => Spot::Finding(at),
            None => Spot::Row(Pane::Events, self.position),
        }
    }
}

/// Returns the rows, the oldest first: the last ones, or those around the selected one.
fn visible(moment: &Moment<'_>, height: u16) -> Vec<Told> {
    let history = moment.history;
    let known = history.log_until(moment.t);
    let height = usize::from(height);
    let mut rows = rows_before(moment, known, height);
    let selected = moment.run.row_at(history);
    if let Some(selected) = selected
        && rows.first().is_none_or(|first| first.position > selected)
    {
        // It stands in the middle, so that what came before and after is seen too.
        let after = rows_after(moment, selected + 1, known, height / 2);
        let own = selected.saturating_add(1).min(known);
        rows = rows_before(moment, own, height - after.len().min(height));
        let after = rows_after(moment, own, known, height - rows.len());
        rows.extend(after);
    }
    rows
}

/// Returns the last rows before a position, the oldest first.
fn rows_before(moment: &Moment<'_>, end: usize, most: usize) -> Vec<Told> {
    let (history, log) = (moment.history, moment.history.log());
    let selected = moment.run.row_at(history);
    let mut rows = Vec::with_capacity(most);
    let found = &history.findings()[..history.findings_until(moment.t)];
    let place = |finding: &Finding| log.until(finding.since);
    let found = &found[..found.partition_point(|finding| place(finding) <= end)];
    if let Some(query) = &moment.run.find.events.query {
        let found = found
            .iter()
            .filter(|finding| is_finding_found(history, query, finding));
        return visible_found(moment, end, most, found.rev());
    }
    let mut found = found.iter().rev().peekable();
    for outline in log.outlines_before(end, LOOKED_AT_MAX) {
        while let Some(finding) = found.next_if(|finding| place(finding) > outline.position) {
            rows.push(told_finding(moment, place(finding), finding));
        }
        if rows.len() >= most {
            break;
        }
        // Most events that are no row are told by their kind alone.
        if selected != Some(outline.position) && !may_be_row_at(history, &outline, moment.t) {
            continue;
        }
        if let Some(event) = log.event(&outline) {
            rows.extend(told(moment, outline.position, &event));
        }
    }
    rows.truncate(most);
    rows.reverse();
    rows
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

/// Returns the rows that were found, the oldest first. `findings` come the last one first.
fn visible_found<'a>(
    moment: &Moment<'_>,
    end: usize,
    height: usize,
    findings: impl Iterator<Item = &'a Finding>,
) -> Vec<Told> {
    let log = moment.history.log();
    let mut rows = Vec::with_capacity(height);
    let mut findings = findings.peekable();
    let place = |finding: &Finding| log.until(finding.since);
    let row = |finding: &Finding| told_finding(moment, place(finding), finding);
    let events = moment.run.find.events_before(end);
    for position in events.into_iter().flatten().take(LOOKED_AT_MAX) {
        let is_later = |finding: &&Finding| place(finding) > position;
        while rows.len() < height
            && let Some(finding) = findings.next_if(is_later)
        {
            rows.push(row(finding));
        }
        if rows.len() >= height {
            break;
        }
        rows.extend(told_at(moment, position));
    }
    let left = height - rows.len().min(height);
    rows.extend(findings.take(left).map(row));
    rows.reverse();
    rows
}

/// Returns the row of a found event, if it has one at the moment that is shown.
fn told_at(moment: &Moment<'_>, position: usize) -> Option<Told> {
    told(moment, position, &moment.history.log().get(position)?)
}

/// Returns the first rows from a position on.
fn rows_after(moment: &Moment<'_>, from: usize, known: usize, most: usize) -> Vec<Told> {
    if let Some(found) = moment.run.find.events_from(from) {
        let found = found.take_while(|&at| at < known).take(LOOKED_AT_MAX);
        return found
            .filter_map(|at| told_at(moment, at))
            .take(most)
            .collect();
    }
    let events = moment.history.log().range(from..known);
    let events = (from..known).zip(events).take(LOOKED_AT_MAX);
    let rows = events.filter_map(|(at, event)| told(moment, at, &event));
    rows.take(most).collect()
}

/// Returns the row of an event, if it has one. One that was gone to has one, however small.
fn told(moment: &Moment<'_>, position: usize, event: &Event) -> Option<Told> {
    let history = moment.history;
    let said = if moment.run.row_at(history) == Some(position) {
        sentence(history, event).or_else(|| detail(history, event))?
    } else if has_row(history, event, moment.t) {
        sentence(history, event)?
    } else {
        return None;
    };
    let selected = moment.run.selected;
    Some(Told {
        t: event.t,
        position,
        finding: None,
        said,
        is_about: selected.is_some_and(|thing| is_about(history, thing, position, event)),
    })
}

/// Returns the row of a finding.
fn told_finding(moment: &Moment<'_>, position: usize, finding: &Finding) -> Told {
    let selected = moment.run.selected;
    let findings = moment.history.findings();
    Told {
        t: finding.since,
        position,
        finding: findings.iter().position(|known| known == finding),
        said: finding_sentence(moment.history, finding),
        is_about: selected.is_some_and(|thing| finding.is_about(thing)),
    }
}

/// Returns whether an event has a row in the list at `t`.
pub fn has_row(history: &History, event: &Event, t: Time) -> bool {
    is_row_at(history, event, t) && sentence(history, event).is_some_and(|said| !said.detail)
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
    let what = if may_be_strong && moment.is_fresh(t) && moment.run.row.is_none() {
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
