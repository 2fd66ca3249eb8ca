//! The code: the program's own source, with the line that each process is on.

use super::Moment;
use super::brush::{Brush, columns};
use super::theme::Role;
use super::words::short_name;
use crate::event::{ActorId, FileId};
use crate::history::Source;
use ratatui::layout::Rect;

/// No more names than this stand beside a line.
const NAMES_MOST: usize = 6;

/// Draws the source around the line of the selected process, or of the first that has one.
pub fn draw_code(brush: &mut Brush<'_>, area: Rect, moment: &Moment<'_>) {
    let all = lines_of(moment);
    let here: Vec<Here> = all.iter().filter(|at| at.lives).copied().collect();
    let selected = moment.selected_process();
    let shown = selected
        .and_then(|selected| here.iter().find(|at| at.actor == selected))
        .or_else(|| here.first())
        .or_else(|| all.first());
    let file = shown.map_or(FileId(0), |at| at.file);
    let Some(source) = moment.history.sources().iter().find(|s| s.file == file) else {
        return;
    };
    let line = shown.map_or_else(|| first_code_line(source), |at| at.line);
    let first = first_line(source, &all, line, area.height, moment.run.code_down);
    let lines = source
        .text
        .lines()
        .skip(first as usize)
        .take(usize::from(area.height));
    for ((y, number), text) in (area.y..area.bottom()).zip(first + 1..).zip(lines) {
        let on_it: Vec<ActorId> = here
            .iter()
            .filter(|at| at.file == file && at.line == number)
            .map(|at| at.actor)
            .collect();
        let is_selected = on_it.iter().any(|&id| selected == Some(id));
        draw_line(
            brush,
            Rect {
                y,
                height: 1,
                ..area
            },
            number,
            text,
            &on_it,
            is_selected,
            moment,
        );
    }
}

/// Where a process is, or was when it ended.
#[derive(Clone, Copy)]
struct Here {
    lives: bool,
    actor: ActorId,
    file: FileId,
    line: u32,
}

/// Returns the line of every process.
fn lines_of(moment: &Moment<'_>) -> Vec<Here> {
    let (history, t) = (moment.history, moment.t);
    history
        .processes()
        .iter()
        .filter_map(|&actor| {
            let (file, line) = history.line_at(actor, t)?;
            let lives = !history.actor(actor)?.ended_at(t);
            Some(Here {
                lives,
                actor,
                file,
                line,
            })
        })
        .collect()
}

/// Returns the first line that is no comment: a lesson begins with its text.
fn first_code_line(source: &Source) -> u32 {
    let comments = source
        .text
        .lines()
        .take_while(|line| line.starts_with("//") || line.trim().is_empty());
    u32::try_from(comments.count() + 1).unwrap_or(1)
}

/// Returns how many lines are above the first that is shown.
fn first_line(source: &Source, here: &[Here], line: u32, height: u16, down: isize) -> u32 {
    let height = u32::from(height);
    // All lines that somebody is on, if they fit on the pane; else those around the one.
    let same = || {
        here.iter()
            .filter(|at| at.file == source.file)
            .map(|at| at.line)
    };
    let least = same().min().unwrap_or(line).min(line);
    let most = same().max().unwrap_or(line).max(line);
    let middle = if most - least < height {
        least + (most - least) / 2
    } else {
        line
    };
    let count = u32::try_from(source.text.lines().count()).unwrap_or(u32::MAX);
    let last = i64::from(count.saturating_sub(height));
    let first = i64::from(middle.saturating_sub(height / 2 + 1));
    let first = (first + i64::try_from(down).unwrap_or(0)).clamp(0, last.max(0));
    u32::try_from(first).unwrap_or(0)
}

fn draw_line(
    brush: &mut Brush<'_>,
    area: Rect,
    number: u32,
    text: &str,
    on_it: &[ActorId],
    is_selected: bool,
    moment: &Moment<'_>,
) {
    let theme = brush.theme;
    if is_selected {
        brush.tint(area, theme.style(Role::Selection));
    }
    let role = match (is_selected, on_it.is_empty()) {
        (true, _) => Role::Strong,
        (false, false) => Role::Text,
        (false, true) => Role::Dim,
    };
    let style = theme.style(role);
    let numbers = brush.right(area.x + 4, area.y, 4, &number.to_string(), style);
    let x = numbers.max(area.x + 4) + 1;
    let names = names_of(moment, on_it, theme.signs().arrow_left);
    let room = area.right().saturating_sub(x);
    let wide = columns(&names, room / 2);
    let text_room = if wide > 0 { room - wide - 1 } else { room };
    brush.cut(x, area.y, text_room, text, style);
    if wide > 0 {
        let style = theme.style(if is_selected {
            Role::Strong
        } else {
            Role::Text
        });
        brush.right(area.right(), area.y, wide, &names, style);
    }
}

fn names_of(moment: &Moment<'_>, on_it: &[ActorId], arrow: &str) -> String {
    if on_it.is_empty() {
        return String::new();
    }
    let mut names = arrow.to_owned();
    for &id in on_it.iter().take(NAMES_MOST) {
        names.push(' ');
        let name = short_name(moment.history, id);
        match initials(&name).filter(|_| on_it.len() > 1) {
            Some((initials, number)) => {
                names.push_str(initials);
                names.push_str(number);
            }
            None => names.push_str(&name),
        }
    }
    if on_it.len() > NAMES_MOST {
        names.push_str(&format!(" +{}", on_it.len() - NAMES_MOST));
    }
    names
}

/// Returns the beginning and the number of a name such as `Worker-1`: `W` and `-1`.
fn initials(name: &str) -> Option<(&str, &str)> {
    let dash = name.rfind('-')?;
    let (word, number) = name.split_at(dash);
    let wide = if word.starts_with(|c: char| c.is_ascii_uppercase()) {
        1
    } else {
        2
    };
    Some((word.get(..wide)?, number))
}
