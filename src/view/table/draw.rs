//! The table as a whole: its head with the axis in it, and its rows.

use super::band::draw_bands;
use super::lane::draw_lane;
use super::object::draw_object;
use super::points::draw_points;
use super::rows::{Branch, DEPTH_MOST, Folded, Row, Rows};
use super::under::draw_under;
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, StateClass};
use crate::ui::Pane;
use crate::view::brush::{Brush, Head, columns};
use crate::view::grid::{Size, body};
use crate::view::theme::{Charset, Mark, Role};
use crate::view::words::{self, Now};
use crate::view::{Axis, Moment};
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Where the columns of the table stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Columns {
    /// The columns of pid and tree; 0 where pids have no room.
    pub pid: u16,
    /// Where names begin.
    pub name: u16,
    /// How wide they are.
    pub name_wide: u16,
    /// Where lanes begin.
    pub lane: u16,
    /// How wide they are.
    pub lane_wide: u16,
    /// Where *now* begins.
    pub now: u16,
    /// How wide it is.
    pub now_wide: u16,
    /// Where cpu and age begin, if they have room.
    pub usage: Option<u16>,
}

/// How wide cpu and age are.
const USAGE_WIDE: u16 = 14;

impl Columns {
    /// Returns the columns for these rows.
    pub fn of(area: Rect, size: Size, history: &History, rows: &Rows) -> Columns {
        let mut name_wide = 0;
        let mut pid_wide = 0;
        let mut deepest = 0;
        for &(row, branch) in &rows.rows {
            let (name, depth) = match row {
                Row::Process(id) => {
                    let actor = history.actor(id);
                    if let Some(pid) = actor.and_then(|actor| actor.pid) {
                        pid_wide = pid_wide.max(digits(pid));
                    }
                    (columns(name_of(history, id, size), NAME_MOST), branch.depth)
                }
                Row::Thread(_) => (6, branch.depth),
                Row::Object(id) => (columns(history.name_of(id), NAME_MOST), 0),
                Row::Folded | Row::Blank => (8, 0),
            };
            deepest = deepest.max(depth);
            name_wide = name_wide.max(if size >= Size::Medium {
                name
            } else {
                name + depth
            });
        }
        let x = area.x + 1;
        let (pid, name_wide) = if size >= Size::Medium {
            let most = if size == Size::Large { 24 } else { 20 };
            (
                (pid_wide.max(5) + deepest.max(1) + 2).min(14),
                name_wide.clamp(16, most),
            )
        } else {
            (
                0,
                name_wide.clamp(12, if size == Size::Tiny { 17 } else { 19 }),
            )
        };
        let name = x + pid;
        let lane = name + name_wide + if size == Size::Large { 3 } else { 1 };
        let (now_wide, usage_wide) = match size {
            Size::Tiny => (17, 0),
            Size::Small => (24, 0),
            Size::Medium => (36, 0),
            Size::Large => (43, USAGE_WIDE),
        };
        let now = area.right().saturating_sub(now_wide + usage_wide);
        Columns {
            pid,
            name,
            name_wide,
            lane,
            lane_wide: now.saturating_sub(lane + 2),
            now,
            now_wide: now_wide.saturating_sub(1),
            usage: (usage_wide > 0).then_some(now + now_wide),
        }
    }
}

/// No name takes more columns than this.
const NAME_MOST: u16 = 24;

fn digits(n: u32) -> u16 {
    u16::try_from(n.checked_ilog10().unwrap_or(0) + 1).unwrap_or(10)
}

fn name_of(history: &History, actor: ActorId, size: Size) -> &str {
    match history.name_of_actor(actor) {
        "MainProcess" if size < Size::Medium => "Main",
        _ if actor == ActorId::MPVIZ => "supervisor",
        name => name,
    }
}

/// Draws the table into its pane, head and all.
pub fn draw_table(
    brush: &mut Brush<'_>,
    pane: Rect,
    size: Size,
    rows: &Rows,
    cols: Columns,
    moment: &Moment<'_>,
) {
    let table = Table {
        size,
        cols,
        moment,
        pane,
    };
    table.draw_head(brush);
    let area = body(pane);
    let mut y = area.y;
    for &(row, branch) in &rows.rows {
        if y >= area.bottom() {
            break;
        }
        table.draw_row(brush, y, row, branch, rows.folded);
        y += 1;
        if rows.has_second_lines && row.has_second_line() && y < area.bottom() {
            if let Row::Process(id) | Row::Thread(id) = row {
                let place = (cols.lane, y);
                draw_under(brush, place, moment.history, id, moment.axis, moment.t);
            }
            y += 1;
        }
    }
    table.draw_cursor(brush, area.y..y);
}

struct Table<'a> {
    size: Size,
    cols: Columns,
    moment: &'a Moment<'a>,
    pane: Rect,
}

impl Table<'_> {
    /// Draws `─ 1 processes ───── 0.0 s     0.5 s ──── now ─────`.
    fn draw_head(&self, brush: &mut Brush<'_>) {
        let (cols, y) = (self.cols, self.pane.y);
        let theme = brush.theme;
        brush.head(
            Rect {
                height: 1,
                ..self.pane
            },
            &Head {
                number: Some(Pane::Processes.number()),
                title: Pane::Processes.title(),
                is_focused: self.moment.run.focus == Pane::Processes,
                right: "",
            },
        );
        // The axis stands in the rule; where a title reaches into it, the title stays.
        let title_end = self.pane.x + 4 + 10;
        let from = cols.lane.saturating_sub(1).max(title_end);
        let to = cols.now;
        brush.run(from, y, to.saturating_sub(from), " ", Style::new());
        self.draw_axis(brush, from);
        let (now, style) = match (self.moment.run.frozen, self.moment.is_ended) {
            (Some(_), _) => (
                format!(" at {} ", cursor_label(self.moment.axis, self.moment.t)),
                theme.style(Role::Cursor),
            ),
            (None, true) => ("at the end ".to_owned(), theme.style(Role::Dim)),
            (None, false) => ("now ".to_owned(), theme.style(Role::Dim)),
        };
        let style = if self.moment.run.frozen.is_none() {
            theme.style(Role::Text)
        } else {
            style
        };
        brush.text(cols.now, y, cols.now_wide, &now, style);
        if let Some(usage) = cols.usage {
            for (end, title) in [(usage + 4, " cpu "), (usage + USAGE_WIDE - 2, " age ")] {
                brush.right(end + 1, y, 5, title, theme.style(Role::Dim));
            }
        }
    }

    fn draw_axis(&self, brush: &mut Brush<'_>, from: u16) {
        let axis = self.moment.axis;
        let (y, dim) = (self.pane.y, brush.theme.style(Role::Dim));
        let end = self.cols.lane + self.cols.lane_wide;
        if axis.cols == 0 {
            return;
        }
        // The cursor's time goes before the labels that it would cover.
        let mut covered = 0..0;
        if self.moment.run.frozen.is_some() {
            let label = format!(" {} ", cursor_label(axis, self.moment.t));
            let wide = columns(&label, 20);
            let x = self.cols.lane + axis.col(self.moment.t).min(axis.cols - 1);
            let x = x
                .saturating_sub(wide / 2)
                .max(from)
                .min(end.saturating_sub(wide));
            brush.text(x, y, wide, &label, brush.theme.style(Role::Cursor));
            covered = x.saturating_sub(1)..x + wide + 1;
        }
        let step = axis.step();
        let mut t = axis.start;
        let mut free = from;
        while t < axis.end() {
            let x = self.cols.lane + axis.col(t);
            let label = axis.label(t);
            let wide = columns(&label, 20);
            let is_covered = x < covered.end && x + wide > covered.start;
            if x >= free && x + wide <= end && !is_covered {
                free = brush.text(x, y, wide, &label, dim) + 1;
            }
            t = t + step;
        }
    }

    fn draw_row(&self, brush: &mut Brush<'_>, y: u16, row: Row, branch: Branch, folded: Folded) {
        match row {
            Row::Process(id) | Row::Thread(id) => self.draw_actor(brush, y, id, branch),
            Row::Object(id) => self.draw_object(brush, y, id),
            Row::Folded => self.draw_folded(brush, y, folded),
            Row::Blank => {}
        }
    }

    fn draw_actor(&self, brush: &mut Brush<'_>, y: u16, id: ActorId, branch: Branch) {
        let (history, t, axis) = (self.moment.history, self.moment.t, self.moment.axis);
        let theme = brush.theme;
        let is_selected = self.moment.run.selected == Some(id);
        if is_selected {
            let row = Rect {
                y,
                height: 1,
                ..self.pane
            };
            brush.tint(row, theme.style(Role::Selection));
            if !theme.has_colour() {
                brush.sign(
                    self.pane.x,
                    y,
                    theme.signs().gutter,
                    theme.style(Role::Strong),
                );
            }
        }
        self.draw_name(brush, y, id, branch, is_selected);
        let place = (self.cols.lane, y);
        let until = if self.moment.run.frozen.is_some() {
            history.now()
        } else {
            t
        };
        if history.lane(id).is_empty() && id == ActorId::MPVIZ {
            self.draw_supervisor(brush, y, until);
        }
        draw_lane(brush, place, self.moment, id, until);
        draw_bands(brush, place, history, id, axis, until);
        draw_points(brush, place, history, id, axis, until);
        self.weaken_later(brush, y);
        if let Some(now) = words::now_words(history, id, t) {
            self.draw_now(brush, y, &now, is_selected);
        }
        if self.cols.usage.is_some() {
            self.draw_usage(brush, y, id);
        }
    }

    /// Draws the tree, the pid and the name.
    fn draw_name(
        &self,
        brush: &mut Brush<'_>,
        y: u16,
        id: ActorId,
        branch: Branch,
        is_selected: bool,
    ) {
        let (history, t) = (self.moment.history, self.moment.t);
        let (theme, cols) = (brush.theme, self.cols);
        let dim = theme.style(Role::Dim);
        let actor = history.actor(id);
        let is_thread = actor.is_some_and(|actor| !actor.is_process());
        let x = draw_branch(brush, self.pane.x + 1, y, branch, dim);
        let style = if is_selected {
            theme.style(Role::Strong)
        } else if is_thread || actor.is_some_and(|actor| actor.ended_at(t)) {
            dim
        } else {
            theme.style(Role::Text)
        };
        let name = if is_thread {
            words::short_name(history, id)
        } else {
            String::new()
        };
        let name = if is_thread {
            &name
        } else {
            name_of(history, id, self.size)
        };
        if cols.pid == 0 {
            let wide = (cols.name + cols.name_wide).saturating_sub(x);
            brush.cut(x, y, wide, name, style);
            return;
        }
        let pid = match actor {
            Some(actor) => actor.pid_at(t),
            None => None,
        };
        let pid = pid.or_else(|| (id == ActorId::MPVIZ).then(|| history.run().supervisor));
        if let Some(pid) = pid.filter(|_| !is_thread) {
            let mut digits = [0; 10];
            brush.text(
                x,
                y,
                cols.name.saturating_sub(x),
                decimal(pid, &mut digits),
                dim,
            );
        }
        brush.cut(cols.name, y, cols.name_wide, name, style);
    }

    /// Draws the lane of mpviz's supervisor: it sleeps, but where it adopts and reaps.
    fn draw_supervisor(&self, brush: &mut Brush<'_>, y: u16, until: Time) {
        let axis = self.moment.axis;
        let theme = brush.theme;
        if axis.cols == 0 || until < axis.start {
            return;
        }
        let width = axis.col(until).min(axis.cols - 1) + 1;
        brush.run(
            self.cols.lane,
            y,
            width,
            theme.glyph(Mark::Asleep),
            theme.mark(Mark::Asleep),
        );
        for id in self.moment.history.processes() {
            let Some(actor) = self.moment.history.actor(*id) else {
                continue;
            };
            let reaped = actor
                .reaped
                .filter(|&(_, by)| by == ActorId::MPVIZ && actor.adopted.is_some());
            let Some((t, _)) = reaped.filter(|&(t, _)| t <= until) else {
                continue;
            };
            brush.sign(
                self.cols.lane + axis.col(t).min(axis.cols - 1),
                y,
                theme.glyph(Mark::Running),
                theme.mark(Mark::Running),
            );
        }
    }

    fn draw_object(&self, brush: &mut Brush<'_>, y: u16, id: ObjectId) {
        let (history, t, cols) = (self.moment.history, self.moment.t, self.cols);
        let Some(object) = history.object(id) else {
            return;
        };
        let until = if self.moment.run.frozen.is_some() {
            history.now()
        } else {
            t
        };
        let dim = brush.theme.style(Role::Dim);
        let from = self.pane.x + 1;
        let wide = cols.lane.saturating_sub(from + 1);
        brush.cut(from, y, wide, history.name_of(id), dim);
        draw_object(
            brush,
            (cols.lane, y),
            history,
            object,
            self.moment.axis,
            until,
        );
        self.weaken_later(brush, y);
        if let Some(now) = words::object_words(history, id, t) {
            self.draw_now(brush, y, &now, false);
        }
    }

    /// Draws what a row does now: its sign or its task's band, words, for how long.
    fn draw_now(&self, brush: &mut Brush<'_>, y: u16, now: &Now, is_selected: bool) {
        let (theme, cols) = (brush.theme, self.cols);
        let end = cols.now + cols.now_wide;
        let mut x = cols.now;
        if let Some(task) = now.task {
            let style = theme.style(Role::BandText);
            let (before, behind) = match theme.charset() {
                Charset::Unicode => (" ", " "),
                Charset::Ascii => ("[", "]"),
            };
            x = brush.text(x, y, 1, before, style);
            x = brush.text(x, y, 8, &format!("T{task}"), style);
            x = brush.text(x, y, 1, behind, style) + 1;
        } else {
            let (glyph, style) = now.sign.look(theme);
            brush.sign(x, y, glyph, style);
            x += 2;
        }
        let is_fresh = self.moment.is_fresh(now.since) && !self.moment.is_ended;
        let style = match (now.bad, is_selected) {
            (true, true) => theme.style(Role::Strong),
            (true, false) => theme.style(Role::Alarm),
            (false, true) => theme.style(Role::Strong),
            (false, false) if is_fresh => theme.style(Role::Strong),
            (false, false) if self.moment.is_ended => theme.style(Role::Dim),
            (false, false) => theme.style(Role::Text),
        };
        let mut room = end.saturating_sub(x);
        // At the end nothing lasts any more.
        if let Some(span) = now.lasts.filter(|_| !self.moment.is_ended) {
            let lasts = words::seconds(span);
            let wide = columns(&lasts, 12);
            let words = now.words.fitting(room.saturating_sub(wide + 1));
            if columns(words, room) + wide < room {
                brush.right(end, y, wide, &lasts, theme.style(Role::Dim));
                room -= wide + 1;
            }
        }
        brush.cut(x, y, room, now.words.fitting(room), style);
    }

    fn draw_usage(&self, brush: &mut Brush<'_>, y: u16, id: ActorId) {
        let (history, t) = (self.moment.history, self.moment.t);
        let (Some(usage), Some(actor)) = (self.cols.usage, history.actor(id)) else {
            return;
        };
        let dim = brush.theme.style(Role::Dim);
        if let Some(sample) = history.sample_at(id, t) {
            let share = (sample.share * 100.0).clamp(0.0, 100_000.0);
            brush.right(usage + 4, y, 5, &format!("{share:.0}%"), dim);
        }
        let begun = actor.forked.or(actor.started).filter(|&begun| begun <= t);
        if let Some(begun) = begun.filter(|_| actor.is_process()) {
            let end = actor.exit_at(t).map_or(t, |exit| exit.t);
            let age = words::seconds(end.since(begun));
            brush.right(usage + USAGE_WIDE - 2, y, 8, &age, dim);
        }
    }

    fn draw_folded(&self, brush: &mut Brush<'_>, y: u16, folded: Folded) {
        let theme = brush.theme;
        let dim = theme.style(Role::Dim);
        let n = u64::try_from(folded.count).unwrap_or(u64::MAX);
        let x = self.pane.x + 1;
        let text = format!("{n} more {}", if n == 1 { "process" } else { "processes" });
        let wide = self.cols.lane + self.cols.lane_wide - x;
        let mut at = brush.cut(x, y, wide, &text, dim);
        at = (at + 2).max(self.cols.lane);
        let end = self.cols.now + self.cols.now_wide;
        for class in StateClass::ALL {
            let count = folded.classes[class as usize];
            if count == 0 {
                continue;
            }
            let mark = Mark::of(class);
            at = brush.text(
                at,
                y,
                end.saturating_sub(at),
                theme.glyph(mark),
                theme.mark(mark),
            );
            let text = format!(" {count} {}   ", class_word(class));
            at = brush.text(
                at,
                y,
                end.saturating_sub(at),
                &text,
                theme.style(Role::Text),
            );
        }
        if folded.ended > 0 {
            let text = format!("{} {} ended", theme.glyph(Mark::Exited), folded.ended);
            brush.text(at, y, end.saturating_sub(at), &text, dim);
        }
    }

    /// Shows what came after the cursor at half strength.
    fn weaken_later(&self, brush: &mut Brush<'_>, y: u16) {
        if self.moment.run.frozen.is_none() {
            return;
        }
        let axis = self.moment.axis;
        let theme = brush.theme;
        let tint = theme.style(Role::Selection).bg;
        for col in axis.col(self.moment.t).saturating_add(1)..axis.cols {
            if let Some(cell) = brush.cell(self.cols.lane + col, y) {
                let style = Style::new()
                    .fg(cell.fg)
                    .bg(cell.bg)
                    .add_modifier(cell.modifier);
                let half = theme.half(style);
                // The row stays one: only what the lane holds is weaker.
                let bg = half.bg.filter(|_| tint != Some(cell.bg));
                cell.set_style(Style { bg, ..half });
            }
        }
    }

    fn draw_cursor(&self, brush: &mut Brush<'_>, rows: std::ops::Range<u16>) {
        let axis = self.moment.axis;
        if self.moment.run.frozen.is_none() || axis.cols == 0 {
            return;
        }
        let x = self.cols.lane + axis.col(self.moment.t).min(axis.cols - 1);
        let (sign, style) = (brush.theme.signs().cursor, brush.theme.style(Role::Strong));
        for y in rows {
            if let Some(cell) = brush.cell(x, y) {
                cell.modifier = ratatui::style::Modifier::empty();
            }
            brush.sign(x, y, sign, style);
        }
    }
}

/// Draws the lines of the tree before a row. Returns the column after them.
fn draw_branch(brush: &mut Brush<'_>, x: u16, y: u16, branch: Branch, style: Style) -> u16 {
    let signs = brush.theme.signs();
    let depth = branch.depth.min(DEPTH_MOST);
    let mut x = x;
    for level in 1..=depth {
        let goes_on = branch.later & (1 << level) != 0;
        let sign = match (level == depth, goes_on) {
            (true, true) => signs.branch,
            (true, false) => signs.last_branch,
            (false, true) => signs.trunk,
            (false, false) => " ",
        };
        brush.sign(x, y, sign, style);
        x += 1;
    }
    x
}

/// Returns the words for a class of states, where they stand beside a count.
pub(in crate::view) const fn class_word(class: StateClass) -> &'static str {
    match class {
        StateClass::Starting => "starting",
        StateClass::Running => "running",
        StateClass::Giving => "in put",
        StateClass::Taking => "in get",
        StateClass::Acquiring => "at a lock",
        StateClass::Joining => "in join",
        StateClass::Asleep => "asleep",
        StateClass::Zombie => "zombie",
    }
}

/// Returns the cursor's time, finer than the labels of the axis: `0.6204 s`.
pub(in crate::view) fn cursor_label(axis: Axis, t: Time) -> String {
    let (unit, name) = axis.unit();
    // A column is about a hundredth of the axis.
    let mut digits = 0;
    let mut fine = axis.length.0 / 1_000;
    while fine < unit && digits < 6 {
        fine *= 10;
        digits += 1;
    }
    format!("{:.digits$} {name}", t.0 as f64 / unit as f64)
}

/// Writes a number without allocating.
fn decimal(n: u32, digits: &mut [u8; 10]) -> &str {
    let mut at = digits.len();
    let mut n = n;
    loop {
        at -= 1;
        // A digit.
        digits[at] = b'0' + u8::try_from(n % 10).unwrap_or(0);
        n /= 10;
        if n == 0 {
            break;
        }
    }
    std::str::from_utf8(&digits[at..]).unwrap_or_default()
}
