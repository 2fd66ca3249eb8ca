//! The rows of the table.

use super::band::draw_bands;
use super::columns::{Columns, name_of};
use super::lane::{draw_held, draw_lane};
use super::object::draw_object;
use super::points::{draw_points, mark_message};
use super::rows::{Row, Rows};
use super::under::draw_under;
use crate::event::{ActorId, ObjectId, Time};
use crate::history::Thing;
use crate::ui::crowd::{Branch, DEPTH_MOST};
use crate::ui::spot::{Stretch, TimeSpot};
use crate::ui::{Pane, Spot};
use crate::view::Moment;
use crate::view::brush::Brush;
use crate::view::grid::{Size, body};
use crate::view::theme::{Mark, Role};
use crate::view::words;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A function's name in less room than this tells nothing.
const FUNCTION_LEAST: u16 = 6;

/// Draws the table into its pane, head and all.
pub fn draw_table(
    brush: &mut Brush<'_>,
    pane: Rect,
    size: Size,
    rows: &Rows,
    cols: Columns,
    moment: &Moment<'_>,
) {
    let title = Title {
        number: Some(Pane::Processes.number()),
        text: Pane::Processes.title(),
        is_focused: moment.run.focus == Pane::Processes,
        has_axis: true,
    };
    draw_titled_table(brush, pane, size, rows, cols, moment, title);
}

/// What stands in the head of a table.
#[derive(Clone, Copy, Debug)]
pub struct Title<'a> {
    /// The number of the pane.
    pub number: Option<u8>,
    /// What is in it.
    pub text: &'a str,
    /// Whether keys go to it.
    pub is_focused: bool,
    /// Whether the axis stands in it: of two tables one has it.
    pub has_axis: bool,
}

/// Draws the table into its pane, under a title of its own.
pub fn draw_titled_table(
    brush: &mut Brush<'_>,
    pane: Rect,
    size: Size,
    rows: &Rows,
    cols: Columns,
    moment: &Moment<'_>,
    title: Title<'_>,
) {
    let table = Table {
        title,
        size,
        cols,
        moment,
        pane,
    };
    if pane.is_empty() {
        return;
    }
    brush.spot(pane, Spot::Pane(Pane::Processes));
    table.draw_head(brush, rows);
    let area = body(pane);
    let mut y = area.y;
    for &(row, branch) in &rows.rows {
        if y >= area.bottom() {
            break;
        }
        let has_second_line = rows.has_second_lines && row.has_second_line();
        let height = if has_second_line { 2 } else { 1 };
        let place = Rect { y, height, ..pane };
        table.spot_row(brush, place.intersection(area), row, rows);
        table.draw_row(brush, y, row, branch, rows);
        y += 1;
        if has_second_line && y < area.bottom() {
            if let Row::Process(id) | Row::Thread(id) = row {
                let place = (cols.lane, y);
                draw_under(brush, place, moment.history, id, moment.axis, moment.t);
            }
            y += 1;
        }
    }
    table.spot_time(brush, area.y..y);
    table.draw_cursor(brush, area.y..y);
}

/// The table at a moment, in its pane.
pub(super) struct Table<'a> {
    pub(super) title: Title<'a>,
    pub(super) size: Size,
    pub(super) cols: Columns,
    pub(super) moment: &'a Moment<'a>,
    pub(super) pane: Rect,
}

impl Table<'_> {
    fn draw_row(&self, brush: &mut Brush<'_>, y: u16, row: Row, branch: Branch, rows: &Rows) {
        match row {
            Row::Process(id) | Row::Thread(id) => self.draw_actor(brush, y, id, branch),
            Row::Object(id) => self.draw_object(brush, y, id),
            Row::Group(at) => {
                if let Some(group) = rows.groups.get(at) {
                    self.draw_group(brush, y, group, branch);
                }
            }
            Row::More => self.draw_more(brush, y, rows),
            Row::Blank => {}
        }
    }

    /// Says what a row stands for.
    fn spot_row(&self, brush: &mut Brush<'_>, area: Rect, row: Row, rows: &Rows) {
        let what = match row {
            Row::Process(id) | Row::Thread(id) => Some(Spot::Thing(id.into())),
            Row::Object(id) => Some(Spot::Thing(id.into())),
            Row::Group(at) => rows
                .groups
                .get(at)
                .map(|group| Spot::Group(group.key.clone())),
            Row::More | Row::Blank => None,
        };
        if let Some(what) = what {
            brush.spot(area, what);
        }
    }

    /// Says which time the lanes show, and the axis above them.
    fn spot_time(&self, brush: &mut Brush<'_>, rows: std::ops::Range<u16>) {
        let (axis, cols) = (self.moment.axis, self.cols);
        let stretch = Stretch {
            x: cols.lane,
            cols: axis.cols,
            start: axis.start,
            length: axis.length,
        };
        let lanes = Rect::new(cols.lane, rows.start, axis.cols, rows.end - rows.start);
        brush.spot(lanes, Spot::Time(stretch, TimeSpot::Lanes));
        if self.title.has_axis {
            let end = cols.lane.saturating_add(axis.cols);
            brush.spot_in(
                cols.lane,
                self.pane.y,
                end,
                Spot::Time(stretch, TimeSpot::Axis),
            );
        }
    }

    fn draw_actor(&self, brush: &mut Brush<'_>, y: u16, id: ActorId, branch: Branch) {
        let (history, t, axis) = (self.moment.history, self.moment.t, self.moment.axis);
        let is_selected = self.mark_if_selected(brush, y, id.into());
        self.draw_name(brush, y, id, branch, is_selected);
        let place = (self.cols.lane, y);
        let draws_supervisor = history.lane(id).is_empty() && id == ActorId::MPVIZ;
        let selected = self.moment.run.selected;
        let task = match selected {
            Some(Thing::Task(task)) => Some(task),
            _ => None,
        };
        self.draw_in_time(brush, y, is_selected, |brush, extent| {
            if draws_supervisor {
                self.draw_supervisor(brush, y, extent.until);
            }
            draw_lane(brush, place, self.moment, id, extent.until);
            draw_held(brush, place, self.moment, id, extent.until);
            draw_bands(brush, place, history, id, axis, extent, task);
            draw_points(brush, place, history, id, axis, extent);
            if let Some(Thing::Message(message)) = selected {
                mark_message(brush, place, history, id, message, axis, extent.until);
            }
        });
        if let Some(now) = words::now_words(history, id, t) {
            self.draw_now(brush, y, &now, is_selected);
        }
        if self.cols.usage.is_some() {
            self.draw_usage(brush, y, id);
        }
    }

    /// Marks the row if it stands for what is selected. Returns whether it does.
    fn mark_if_selected(&self, brush: &mut Brush<'_>, y: u16, thing: Thing) -> bool {
        let is_selected = self.moment.home() == Some(thing);
        if is_selected {
            self.mark_row(brush, y);
        }
        is_selected
    }

    /// Marks a row as selected.
    pub(super) fn mark_row(&self, brush: &mut Brush<'_>, y: u16) {
        let theme = brush.theme;
        let row = Rect {
            y,
            height: 1,
            ..self.pane
        };
        brush.tint(row, theme.style(Role::Selection));
        let gutter = theme.signs().gutter;
        let strong = theme.style(Role::Strong);
        brush.sign(
            self.pane.x,
            y,
            gutter,
            strong.patch(theme.style(Role::Selection)),
        );
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
        let x = self.draw_tree(brush, y, branch);
        let style = if is_selected {
            theme.style(Role::Strong)
        } else if is_thread || actor.is_some_and(|actor| actor.ended_at(t)) {
            dim
        } else {
            theme.style(Role::Text)
        };
        let name = if is_thread {
            words::short_name(history, id, t)
        } else {
            String::new()
        };
        let name = if is_thread {
            &name
        } else {
            name_of(history, id, t, self.size)
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
        let x = brush.cut(cols.name, y, cols.name_wide, name, style) + 1;
        let room = (cols.name + cols.name_wide).saturating_sub(x);
        let function = actor.and_then(|actor| actor.function_at(t));
        if let Some(function) = function.filter(|_| room >= FUNCTION_LEAST) {
            brush.cut(x, y, room, &words::shown(function), dim);
        }
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
                .filter(|&(_, by)| by == ActorId::MPVIZ && actor.adopted_at(until).is_some());
            let is_seen = |t: Time| t <= until && t >= axis.start && t < axis.end();
            let Some((t, _)) = reaped.filter(|&(t, _)| is_seen(t)) else {
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
        let is_selected = self.mark_if_selected(brush, y, id.into());
        let role = if is_selected { Role::Strong } else { Role::Dim };
        let style = brush.theme.style(role);
        let from = self.pane.x + 1;
        let wide = cols.lane.saturating_sub(from + 1);
        brush.cut(from, y, wide, history.name_of(id), style);
        let place = (cols.lane, y);
        self.draw_in_time(brush, y, is_selected, |brush, extent| {
            draw_object(brush, place, history, object, self.moment.axis, extent);
        });
        if let Some(now) = words::object_words(history, id, t) {
            self.draw_now(brush, y, &now, is_selected);
        }
    }
}

impl Table<'_> {
    /// Draws the lines of the tree before a row. Returns the column after them.
    pub(super) fn draw_tree(&self, brush: &mut Brush<'_>, y: u16, branch: Branch) -> u16 {
        let dim = brush.theme.style(Role::Dim);
        draw_branch(brush, self.pane.x + 1, y, branch, dim)
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
