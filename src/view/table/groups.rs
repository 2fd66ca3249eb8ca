//! Rows that stand for many: processes that are folded into one, and what is scrolled away.

use super::draw::Table;
use super::extent::Extent;
use super::rows::{Census, Rows, census};
use super::share::{GONE, levels};
use crate::event::Time;
use crate::history::StateClass;
use crate::ui::crowd::{Branch, Group};
use crate::view::Brush;
use crate::view::brush::columns;
use crate::view::theme::{Charset, Mark, Role};
use crate::view::words::{bare_name, count};

impl Table<'_> {
    /// Draws `60 more workers ▁▂▃▅ 52 ░ in get, 8 in tasks`.
    pub(super) fn draw_group(&self, brush: &mut Brush<'_>, y: u16, group: &Group, branch: Branch) {
        let theme = brush.theme;
        let is_selected = self.moment.run.selected_group() == Some(&group.key);
        if is_selected {
            self.mark_row(brush, y);
        }
        let dim = theme.style(Role::Dim);
        let style = if is_selected {
            theme.style(Role::Strong)
        } else {
            dim
        };
        let x = self.draw_tree(brush, y, branch);
        let x = if self.cols.pid == 0 {
            x
        } else {
            // The name of many may begin where one's pid would stand.
            x.max(self.cols.name.saturating_sub(8)).min(self.cols.name)
        };
        let wide = (self.cols.name + self.cols.name_wide).saturating_sub(x);
        let forms = names_of(self, group);
        let name = forms.iter().find(|name| columns(name, wide + 1) <= wide);
        let name = name.or(forms.last()).map_or("", String::as_str);
        brush.cut(x, y, wide, name, style);
        self.draw_in_time(brush, y, is_selected, |brush, extent| {
            self.draw_share(brush, y, group, extent);
        });
        match &group.key.stem {
            None => self.draw_ended(brush, y, group),
            Some(_) => {
                let (history, t) = (self.moment.history, self.moment.t);
                let ask = || census(history, &group.members, t);
                let memory = self.moment.memory;
                let census = memory.census(history.stamp(t), &group.members, ask);
                self.draw_census(brush, y, &census, is_selected);
            }
        }
    }

    /// Draws the share of the members that compute or are in a task, over time.
    fn draw_share(&self, brush: &mut Brush<'_>, y: u16, group: &Group, extent: Extent) {
        let (moment, axis) = (self.moment, self.moment.axis);
        let until = extent.until.min(axis.end());
        if until < axis.start || axis.cols == 0 {
            return;
        }
        let cols = axis.col(until).saturating_add(1).min(axis.cols);
        let theme = brush.theme;
        let signs = theme.signs();
        let (busy, empty) = (theme.mark(Mark::Running), theme.style(Role::Faint));
        let ask = |first: u16| self.levels_from(group, first, cols, until);
        let now = moment.history.now().min(until);
        let draw = |col: u16, level: u8| {
            let x = self.cols.lane.saturating_add(col);
            match level {
                GONE => {}
                0 => brush.sign(x, y, signs.depths[1], empty),
                level => {
                    let level = usize::from(level).min(8);
                    brush.sign(x, y, signs.depths[level], busy);
                }
            }
        };
        moment
            .memory
            .shares(&group.members, axis, cols, now, ask, draw);
    }

    /// Returns how many eighths of the members are busy in the middle of each column from `first`
    /// on, up to `until`.
    fn levels_from(&self, group: &Group, first: u16, cols: u16, until: Time) -> Vec<u8> {
        let axis = self.moment.axis;
        let middle = |col: u16| {
            let (from, to) = (axis.time_of(col), axis.time_of(col + 1).min(until));
            Time(from.0 + to.0.saturating_sub(from.0) / 2)
        };
        let moments: Vec<Time> = (first..cols).map(middle).collect();
        levels(self.moment.history, &group.members, &moments)
    }

    fn draw_ended(&self, brush: &mut Brush<'_>, y: u16, group: &Group) {
        let theme = brush.theme;
        let dim = theme.style(Role::Dim);
        let cols = self.cols;
        let end = cols.now + cols.now_wide;
        let room = |x: u16| end.saturating_sub(x);
        let mut x = brush.text(
            cols.now,
            y,
            2,
            theme.glyph(Mark::Exited),
            theme.mark(Mark::Exited),
        ) + 1;
        let good = group.members.len() - group.bad.min(group.members.len());
        if good > 0 {
            x = brush.text(x, y, room(x), &format!("{good} with exit 0"), dim) + 2;
        }
        if group.bad > 0 {
            let sign = theme.glyph(Mark::Killed);
            x = brush.text(x, y, room(x), sign, theme.mark(Mark::Killed)) + 1;
            let text = format!("{} not", group.bad);
            brush.text(x, y, room(x), &text, theme.style(Role::Text));
        }
    }

    /// Draws what the members do now, the most frequent first: `52 ░ in get, 8 in tasks`.
    fn draw_census(&self, brush: &mut Brush<'_>, y: u16, census: &Census, is_selected: bool) {
        let theme = brush.theme;
        let end = self.cols.now + self.cols.now_wide;
        let mut parts: Vec<(usize, Option<StateClass>)> = StateClass::ALL
            .iter()
            .map(|&class| (census.classes[class as usize], Some(class)))
            .collect();
        parts.push((census.in_task, None));
        parts.retain(|&(n, _)| n > 0);
        parts.sort_by_key(|&(n, _)| std::cmp::Reverse(n));
        let style = theme.style(if is_selected {
            Role::Strong
        } else {
            Role::Text
        });
        let mut x = self.cols.now;
        for (at, (n, class)) in parts.into_iter().enumerate() {
            let number = format!("{}{n}", if at == 0 { "" } else { ", " });
            let words = match (class, n) {
                (Some(class), _) => short_word(class),
                (None, 1) => "in a task",
                (None, _) => "in tasks",
            };
            let wide = columns(&number, 20) + columns(words, 20) + 3;
            if at > 0 && x + wide > end {
                brush.sign(x, y, theme.signs().ellipsis, style);
                break;
            }
            x = brush.text(x, y, end.saturating_sub(x), &number, style) + 1;
            if let Some(class) = class {
                let mark = Mark::of(class);
                let room = end.saturating_sub(x);
                x = brush.text(x, y, room, theme.glyph(mark), theme.mark(mark)) + 1;
            }
            x = brush.text(x, y, end.saturating_sub(x), words, style);
        }
    }

    /// Draws how many rows are scrolled away.
    pub(super) fn draw_more(&self, brush: &mut Brush<'_>, y: u16, rows: &Rows) {
        let dim = brush.theme.style(Role::Dim);
        let (above, below) = rows.more;
        let arrows = match brush.theme.charset() {
            Charset::Unicode => ("↑", "↓"),
            Charset::Narrow | Charset::Ascii => ("^", "v"),
        };
        let mut x = self.pane.x + 1;
        for (n, arrow, word) in [(above, arrows.0, "above"), (below, arrows.1, "below")] {
            if n > 0 {
                let text = format!("{arrow} {n} more {word}");
                let room = self.pane.right().saturating_sub(x + 1);
                x = brush.text(x, y, room, &text, dim) + 3;
            }
        }
    }
}

/// Returns the word for a class of states, where there is little room.
const fn short_word(class: StateClass) -> &'static str {
    match class {
        StateClass::Starting => "starting",
        StateClass::Running => "running",
        StateClass::Giving => "put",
        StateClass::Taking => "get",
        StateClass::Acquiring => "lock",
        StateClass::Joining => "join",
        StateClass::Asleep => "asleep",
        StateClass::Stopped => "stopped",
        StateClass::Zombie => "zombie",
    }
}

/// Returns what a group is called, the longest form first.
fn names_of(table: &Table<'_>, group: &Group) -> Vec<String> {
    let n = u64::try_from(group.members.len()).unwrap_or(u64::MAX);
    let more = if group.is_whole { "" } else { "more " };
    let Some(stem) = &group.key.stem else {
        return vec![
            format!("{} ended", count(n, "process", "processes")),
            format!("{n} ended"),
        ];
    };
    let first = group.members.first().copied();
    let is_numbered = first
        .map(|id| table.moment.history.name_of_actor(id, table.moment.t))
        .is_some_and(|name| name.len() > stem.len());
    let name = bare_name(stem);
    if !is_numbered {
        return vec![format!("{n} {more}× {name}"), format!("{n}× {name}")];
    }
    let name = name.to_lowercase();
    let plural = if name.ends_with('s') { "es" } else { "s" };
    vec![
        format!("{n} {more}{name}{plural}"),
        format!("{n} {name}{plural}"),
    ]
}
