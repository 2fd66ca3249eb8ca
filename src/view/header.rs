//! The strip at the top: which program, whether it is live, its time, and the few numbers that are
//! always shown.

use super::brush::{Brush, columns};
use super::grid::Size;
use super::lesson::draw_recording;
use super::theme::{Mark, Role};
use super::words::{count, factor, seconds};
use super::{Feed, Moment};
use crate::event::Time;
use crate::ui::lesson::Recording;
use crate::ui::time::Direction;
use crate::ui::{Action, Keymap, Place, Spot};
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Draws the header of a run.
pub fn draw_header(
    brush: &mut Brush<'_>,
    area: Rect,
    size: Size,
    moment: &Moment<'_>,
    feed: Feed,
    keymap: &Keymap,
    recording: Option<&Recording>,
) {
    let theme = brush.theme;
    brush.tint(area, theme.style(Role::Strip));
    let help = help_hint(brush, area, keymap, Place::Run);
    let end = draw_recording(brush, area.y, help.saturating_sub(2), recording);
    let run = moment.history.run();
    let room = |x: u16| end.saturating_sub(x);
    let x = area.x + 1;
    let mut x = brush.cut(
        x,
        area.y,
        room(x).min(24),
        &run.program,
        theme.style(Role::Strong),
    );
    let state_at = area.x
        + match size {
            Size::Tiny | Size::Small => 16,
            Size::Medium => 38,
            Size::Large => 52,
        };
    if size >= Size::Medium {
        let wide = state_at.saturating_sub(x + 4);
        x = brush.cut(x + 2, area.y, wide, &run.title, theme.style(Role::Dim));
    }
    let x = draw_state(brush, (x + 2).max(state_at), area.y, end, moment, feed);
    draw_counts(brush, x, area.y, end, size, moment);
}

/// Draws the key of the help at the right end. Returns the column where it begins.
pub(super) fn help_hint(brush: &mut Brush<'_>, area: Rect, keymap: &Keymap, place: Place) -> u16 {
    let theme = brush.theme;
    let Some(key) = keymap.key_of(place, Action::ToggleHelp) else {
        return area.right();
    };
    let text = format!("{key} {}", Action::ToggleHelp.short());
    let end = area.right().saturating_sub(1);
    let x = brush.right(end, area.y, area.width, &text, theme.style(Role::Dim));
    brush.spot_in(x, area.y, end, Spot::Act(Action::ToggleHelp));
    x
}

/// Draws whether the run is live, has ended or is frozen, and its time.
fn draw_state(
    brush: &mut Brush<'_>,
    x: u16,
    y: u16,
    end: u16,
    moment: &Moment<'_>,
    feed: Feed,
) -> u16 {
    let theme = brush.theme;
    let (text, strong) = (theme.style(Role::Text), theme.style(Role::Strong));
    let room = |x: u16| end.saturating_sub(x);
    let run = moment.history.run();
    let now = moment.history.now();
    let time = |t: Time| run_time(t, run.ended.is_some());
    if moment.run.frozen.is_some() {
        let label = moment.axis.fine_label(moment.t);
        let frozen = format!(" {} {label} ", cursor_words(brush, moment));
        let x = brush.text(x, y, room(x), &frozen, theme.style(Role::Cursor));
        let there = if run.ended.is_some() {
            format!("the end is at {}", time(now))
        } else {
            format!("live is at {}", time(now))
        };
        if columns(&there, 40) > room(x + 3) {
            return x + 3;
        }
        let x = brush.text(x + 3, y, room(x + 3), &there, theme.style(Role::Dim)) + 3;
        let speed = moment.run.speed;
        let speed = format!("plays {}×", speed.text());
        let is_told = moment.run.playing.is_none() && !moment.run.speed.is_usual();
        if is_told && columns(&speed, 20) < room(x) {
            return brush.text(x, y, room(x), &speed, theme.style(Role::Dim)) + 3;
        }
        return x;
    }
    let (sign, style, word) = match (moment.is_ended, feed) {
        (true, _) => (theme.signs().ended, theme.mark(Mark::Exited), "ended"),
        (false, Feed::Live) => (theme.signs().live, theme.mark(Mark::Running), "live"),
        (false, Feed::Replay) => (theme.signs().live, theme.mark(Mark::Running), "replay"),
    };
    let x = brush.text(x, y, room(x), sign, style) + 1;
    let x = brush.text(x, y, room(x), word, text) + if moment.is_ended { 1 } else { 2 };
    brush.text(x, y, room(x), &time(moment.t), strong) + 3
}

/// Returns what the cursor does: it stands, or it plays so fast.
pub(super) fn cursor_words(brush: &Brush<'_>, moment: &Moment<'_>) -> String {
    let signs = brush.theme.signs();
    let speed = moment.run.speed;
    match moment.run.playing {
        None => format!("{} FROZEN at", signs.frozen),
        Some(Direction::On) => format!("{} PLAYS {}× at", signs.play, speed.text()),
        Some(Direction::Back) => format!("{} PLAYS BACK {}× at", signs.play_back, speed.text()),
    }
}

/// Returns a moment of the run as the header says it.
pub(super) fn run_time(t: Time, is_ended: bool) -> String {
    if is_ended && t < Time(100_000_000) {
        format!("{:.2} ms", t.0 as f64 / 1e6)
    } else {
        seconds(t.since(Time::ZERO))
    }
}

/// Draws how many findings there are: on a ground of its own while the newest is raised. Returns
/// the column where what comes next begins.
fn draw_findings(brush: &mut Brush<'_>, x: u16, y: u16, end: u16, moment: &Moment<'_>) -> u16 {
    let theme = brush.theme;
    let known = moment.history.findings_until(moment.t);
    let text = format!(" {} {known} ", theme.signs().finding);
    let wide = columns(&text, 60);
    if known == 0 || x + wide > end + 1 {
        return x;
    }
    let is_raised = moment.raised().is_some();
    let role = if is_raised {
        Role::Raised
    } else {
        Role::Finding
    };
    // The blanks beside it belong to the ground alone.
    brush.spot_in(x - 1, y, x - 1 + wide, Spot::Act(Action::NextFinding));
    brush.text(x - 1, y, wide, &text, theme.style(role)) + 1
}

/// Draws the numbers, as far as there is room: whoever lives always, others when not zero.
fn draw_counts(brush: &mut Brush<'_>, x: u16, y: u16, end: u16, size: Size, moment: &Moment<'_>) {
    let theme = brush.theme;
    let counts = moment.history.counts(moment.t);
    let dim = theme.style(Role::Dim);
    let finding = theme.style(Role::Finding);
    let sign = theme.signs().finding;
    let some = |n: u64, one, many| (n > 0).then(|| count(n, one, many));
    let run = moment.history.run();
    let is_held = run.frozen_at(moment.t) && !moment.is_ended;
    let pace = Some(run.pace_at(moment.t)).filter(|&pace| pace != 1.0 && !run.program.is_empty());
    let held = format!("{} program stopped", theme.glyph(Mark::Stopped));
    let heads = [
        is_held.then_some((held, theme.style(Role::Strong))),
        Some(format!("{} of {} alive", counts.alive, counts.processes)).map(|s| (s, dim)),
        some(counts.zombies.into(), "zombie", "zombies").map(|s| (s, dim)),
        some(counts.orphans.into(), "orphan", "orphans").map(|s| (s, dim)),
    ];
    let others = [
        some(counts.messages, "message", "messages")
            .filter(|_| size >= Size::Medium)
            .map(|s| (s, dim)),
        pace.map(|pace| (format!("pace {}", factor(pace)), dim)),
        some(counts.lost, "event lost", "events lost").map(|s| (format!("{sign} {s}"), finding)),
    ];
    let x = draw_parts(brush, x, y, end, &heads);
    let x = draw_findings(brush, x, y, end, moment);
    draw_parts(brush, x, y, end, &others);
}

/// Draws texts beside each other, as far as there is room. Returns the column where what comes next
/// begins.
fn draw_parts(
    brush: &mut Brush<'_>,
    x: u16,
    y: u16,
    end: u16,
    parts: &[Option<(String, Style)>],
) -> u16 {
    let mut x = x;
    for (text, style) in parts.iter().flatten() {
        let wide = columns(text, 60);
        if x + wide > end {
            break;
        }
        x = brush.text(x, y, wide, text, *style) + 2;
    }
    x
}
