//! The strip at the top while two runs are compared: a row for each, in the same columns. What
//! differs is strong, what is the same is dim.

use super::{Places, Shown};
use crate::event::words::Ending;
use crate::event::{Span, Time};
use crate::history::run::RunEnd;
use crate::ui::lesson::Recording;
use crate::ui::pair::Side;
use crate::ui::{Keymap, Place};
use crate::view::Feed;
use crate::view::brush::{Brush, columns};
use crate::view::grid::Size;
use crate::view::header::{cursor_words, help_hint, run_time};
use crate::view::lesson::draw_recording;
use crate::view::theme::{Mark, Role};
use crate::view::words::{diagnosis, ended_beside, signal};
use ratatui::layout::Rect;
use ratatui::style::Style;

/// What a row says of its run, without its name.
struct Told {
    sign: &'static str,
    look: Style,
    state: String,
    time: String,
    alive: String,
    findings: String,
    /// How they look; as any other value if there are none.
    finding_role: Option<Role>,
    /// What is wrong first.
    what: Option<String>,
}

pub(super) fn draw_headers(
    brush: &mut Brush<'_>,
    places: &Places,
    side: Side,
    shown: &[Shown<'_>; 2],
    labels: &[String; 2],
    keymap: &Keymap,
    recording: Option<&Recording>,
) {
    let theme = brush.theme;
    let told = [told(brush, &shown[0]), told(brush, &shown[1])];
    let [upper, lower] = places.headers;
    for row in places.headers {
        brush.tint(row, theme.style(Role::Strip));
    }
    let help = help_hint(brush, upper, keymap, Place::Run);
    let end = draw_recording(brush, upper.y, help.saturating_sub(2), recording);
    let mut ends = [end, lower.right().saturating_sub(1)];
    ends[0] = draw_cursor(brush, upper, ends[0], &shown[0]);
    let names = width(labels, lower.width / 5 * 2);
    let x = lower.x + 1;
    for (at, row) in places.headers.into_iter().enumerate() {
        let is_selected = (at == 0) == (side == Side::Upper);
        let style = theme.style(if is_selected {
            Role::Strong
        } else {
            Role::Text
        });
        if is_selected {
            brush.sign(
                row.x,
                row.y,
                theme.signs().gutter,
                theme.style(Role::Strong),
            );
        }
        brush.cut(x, row.y, names, &labels[at], style);
    }
    let mut table = Table {
        brush,
        rows: [upper.y, lower.y],
        x: x + names + 2,
        ends,
    };
    table.states(&told);
    table.column([&told[0].time, &told[1].time], Ends::Right);
    let late = apart(shown).unwrap_or_default();
    table.findings(&told);
    table.column(["", &late], Ends::Left);
    table.column([&told[0].alive, &told[1].alive], Ends::Left);
    if places.size >= Size::Medium {
        table.what(&told);
    }
}

/// Where a column's values stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Left,
    Right,
}

/// Two rows with the same columns.
struct Table<'a, 'b> {
    brush: &'a mut Brush<'b>,
    rows: [u16; 2],
    x: u16,
    ends: [u16; 2],
}

impl Table<'_, '_> {
    /// Draws what state each is in, with its sign.
    fn states(&mut self, told: &[Told; 2]) {
        for (told, y) in told.iter().zip(self.rows) {
            self.brush.sign(self.x, y, told.sign, told.look);
        }
        self.x += 2;
        self.column([&told[0].state, &told[1].state], Ends::Left);
    }

    /// Draws a value for each, as far as there is room; strong if the two differ.
    fn column(&mut self, values: [&str; 2], ends: Ends) {
        let wide = width(&values, 40);
        let theme = self.brush.theme;
        let differs = values[0] != values[1];
        let style = theme.style(if differs { Role::Strong } else { Role::Dim });
        if (0..2).any(|at| self.x + columns(values[at], wide) > self.ends[at]) {
            return;
        }
        for (at, value) in values.into_iter().enumerate() {
            let own = columns(value, wide);
            let x = match ends {
                Ends::Left => self.x,
                Ends::Right => self.x + wide - own,
            };
            self.brush.text(x, self.rows[at], own, value, style);
        }
        self.x += wide + if wide > 0 { 2 } else { 0 };
    }

    /// Draws how many findings each has, as the header of one run does: on a ground of its own
    /// while the newest is raised.
    fn findings(&mut self, told: &[Told; 2]) {
        let x = self.x;
        self.column([&told[0].findings, &told[1].findings], Ends::Left);
        if self.x == x {
            // There was no room.
            return;
        }
        for (told, y) in told.iter().zip(self.rows) {
            if let Some(role) = told.finding_role {
                let style = self.brush.theme.style(role);
                self.brush.text(x, y, 40, &told.findings, style);
            }
        }
    }

    /// Draws what is wrong first with each, in the room that is left.
    fn what(&mut self, told: &[Told; 2]) {
        let style = self.brush.theme.style(Role::Text);
        for (at, told) in told.iter().enumerate() {
            let room = self.ends[at].saturating_sub(self.x);
            // A few words alone say nothing.
            if let Some(what) = told.what.as_ref().filter(|_| room >= 24) {
                self.brush.cut(self.x, self.rows[at], room, what, style);
            }
        }
    }
}

fn told(brush: &Brush<'_>, shown: &Shown<'_>) -> Told {
    let (moment, theme) = (&shown.moment, brush.theme);
    let history = moment.history;
    let end = history.run().end_at(moment.t);
    let (sign, look) = match end {
        Some(_) => (theme.signs().ended, theme.mark(Mark::Exited)),
        None => (theme.signs().live, theme.mark(Mark::Running)),
    };
    let is_frozen = moment.run.frozen.is_some();
    let state = match (end, shown.feed) {
        (Some(end), _) => outcome(end),
        (None, _) if is_frozen => "runs".to_owned(),
        (None, Feed::Live) => "live".to_owned(),
        (None, Feed::Replay) => "replay".to_owned(),
    };
    // Where the cursor stands is told once.
    let time = match end {
        None if is_frozen => String::new(),
        _ => run_time(moment.t, history.run().ended.is_some()),
    };
    let counts = history.counts(moment.t);
    let known = history.findings_until(moment.t);
    let findings = match known {
        0 => "no finding".to_owned(),
        n => format!("{} {n}", theme.signs().finding),
    };
    let what = history.findings()[..known].first().map(|finding| {
        let said = diagnosis(history, finding, moment.t);
        format!("{} {}", finding.code.text(), said.sentence())
    });
    Told {
        sign,
        look,
        state,
        time,
        alive: format!("{} of {} alive", counts.alive, counts.processes),
        findings,
        finding_role: match moment.raised() {
            _ if known == 0 => None,
            Some(_) => Some(Role::Raised),
            None => Some(Role::Finding),
        },
        what,
    }
}

/// Returns how a run ended, in as few words as there are.
fn outcome(end: RunEnd) -> String {
    match (end.ending, end.code) {
        (Ending::Stopped, _) => "stopped".to_owned(),
        (Ending::NotStarted, _) => "not started".to_owned(),
        (Ending::Left, _) => "left".to_owned(),
        (Ending::SupervisorLost, _) | (_, None) => "ended".to_owned(),
        (Ending::Finished, Some(code @ ..0)) => signal(code.saturating_neg()),
        (Ending::Finished, Some(code)) => format!("exit {code}"),
    }
}

/// Returns when the lower run ended beside the upper, once both have.
fn apart(shown: &[Shown<'_>; 2]) -> Option<String> {
    let took = |shown: &Shown<'_>| -> Option<Span> {
        let end = shown.moment.history.run().end_at(shown.moment.t)?;
        // One that was ended says nothing of how long it takes.
        if end.ending != Ending::Finished {
            return None;
        }
        Some(end.t.since(Time::ZERO))
    };
    ended_beside(took(&shown[0])?, took(&shown[1])?)
}

/// Draws where the cursor stands, before column `end`. Returns where it begins.
fn draw_cursor(brush: &mut Brush<'_>, row: Rect, end: u16, shown: &Shown<'_>) -> u16 {
    let moment = &shown.moment;
    if moment.run.frozen.is_none() {
        return end;
    }
    let label = moment.axis.fine_label(moment.cursor);
    let words = format!(" {} {label} ", cursor_words(brush, moment));
    let style = brush.theme.style(Role::Cursor);
    brush
        .right(end, row.y, row.width, &words, style)
        .saturating_sub(2)
}

/// Returns how wide the wider of two texts is, up to a most.
fn width(texts: &[impl AsRef<str>; 2], most: u16) -> u16 {
    let wide = texts.iter().map(|text| columns(text.as_ref(), most));
    wide.max().unwrap_or(0)
}
