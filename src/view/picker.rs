//! The picker: the list of programs, and what the selected one is about.

mod knobs;

use super::brush::{Brush, Head, columns};
use super::caption::broken;
use super::find::tail;
use super::grid::{body, take_bottom, take_top};
use super::header::help_hint;
use super::preview::{PREVIEW_ROWS, draw_preview};
use super::theme::{Mark, Role};
use crate::event::program::{Group, Program};
use crate::ui::{Action, Focus, Keymap, Place, Spot, Ui};
use knobs::{MEANING_ROWS, draw_knobs};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// Where labels and texts of the right side begin.
#[derive(Clone, Copy)]
struct Indent {
    label: u16,
    text: u16,
}

impl Indent {
    fn of(width: u16) -> Indent {
        if width < 56 {
            Indent { label: 1, text: 10 }
        } else {
            Indent { label: 3, text: 17 }
        }
    }
}

/// Draws everything between the header and the row of keys.
pub fn draw_picker(brush: &mut Brush<'_>, area: Rect, ui: &Ui) {
    let wide = match area.width {
        ..60 => area.width,
        60..90 => area.width * 11 / 20,
        90.. => (area.width * 3 / 7).min(60),
    };
    let list = Rect {
        width: wide,
        ..area
    };
    draw_list(brush, list, ui);
    let Some(program) = ui.programs.get(ui.picker.selected) else {
        return;
    };
    if ui.picker.lists(program) {
        let about = Rect {
            x: area.x + wide + 1,
            width: area.width.saturating_sub(wide + 1),
            ..area
        };
        draw_about(brush, about, program, ui);
    }
}

/// Draws the strip at the top: the name, or the filter.
pub fn draw_picker_header(brush: &mut Brush<'_>, area: Rect, ui: &Ui, keymap: &Keymap) {
    let theme = brush.theme;
    brush.tint(area, theme.style(Role::Strip));
    let x = brush.text(area.x + 1, area.y, 6, "mpviz", theme.style(Role::Strong)) + 2;
    let end = help_hint(brush, area, keymap, ui.place());
    let room = end.saturating_sub(x + 2);
    let filter = &ui.picker.filter;
    if ui.picker.is_filtering || !filter.is_empty() {
        let x = brush.text(x, area.y, room, "filter ", theme.style(Role::Dim));
        let room = end.saturating_sub(x + 2);
        let x = brush.text(
            x,
            area.y,
            room,
            tail(filter, room),
            theme.style(Role::Strong),
        );
        if ui.picker.is_filtering {
            caret(brush, x, area.y);
        }
        return;
    }
    brush.cut(
        x,
        area.y,
        room,
        "real processes, made visible",
        theme.style(Role::Dim),
    );
    if let Some(key) = keymap.key_of(Place::Picker, Action::Filter) {
        let text = format!("{key} {}", Action::Filter.short());
        let end = end.saturating_sub(3);
        brush.right(end, area.y, 20, &text, theme.style(Role::Dim));
    }
}

/// Draws where the next character goes.
fn caret(brush: &mut Brush<'_>, x: u16, y: u16) {
    let style = brush
        .theme
        .style(Role::Text)
        .add_modifier(Modifier::REVERSED);
    brush.sign(x, y, " ", style);
}

/// A row of the list.
enum Row<'a> {
    Blank,
    Group(Group),
    Program(usize, &'a Program),
}

fn draw_list(brush: &mut Brush<'_>, area: Rect, ui: &Ui) {
    let theme = brush.theme;
    brush.head(
        area,
        &Head {
            number: None,
            title: "scenarios",
            is_focused: ui.picker.focus == Focus::List,
            right: "",
        },
    );
    let area = body(area);
    let rows = list_rows(ui);
    if rows.is_empty() {
        let nothing = "no scenario has these words";
        brush.cut(
            area.x + 1,
            area.y,
            area.width.saturating_sub(1),
            nothing,
            theme.style(Role::Dim),
        );
        return;
    }
    let height = usize::from(area.height);
    let selected = rows
        .iter()
        .position(|row| matches!(row, Row::Program(at, _) if *at == ui.picker.selected))
        .unwrap_or(0);
    // The selection is never at the edge, where more is to come.
    let first = (selected + 2)
        .saturating_sub(height)
        .min(rows.len().saturating_sub(height));
    for (y, row) in (area.y..area.bottom()).zip(&rows[first..]) {
        match row {
            Row::Blank => {}
            Row::Group(group) => {
                brush.cut(
                    area.x + 1,
                    y,
                    area.width - 1,
                    group.text(),
                    theme.style(Role::Dim),
                );
            }
            Row::Program(at, program) => {
                let line = Rect {
                    y,
                    height: 1,
                    ..area
                };
                draw_program(brush, line, *at, program, ui);
            }
        }
    }
}

fn list_rows(ui: &Ui) -> Vec<Row<'static>> {
    let mut rows = Vec::new();
    for group in [Group::Basics, Group::Trouble] {
        let programs: Vec<_> = ui
            .programs
            .iter()
            .enumerate()
            .filter(|(_, program)| program.group == group && ui.picker.lists(program))
            .collect();
        if programs.is_empty() {
            continue;
        }
        if !rows.is_empty() {
            rows.push(Row::Blank);
        }
        rows.push(Row::Group(group));
        rows.extend(
            programs
                .into_iter()
                .map(|(at, program)| Row::Program(at, program)),
        );
    }
    rows
}

fn draw_program(brush: &mut Brush<'_>, area: Rect, at: usize, program: &Program, ui: &Ui) {
    let theme = brush.theme;
    let is_selected = at == ui.picker.selected;
    brush.spot(area, Spot::Program(at));
    if is_selected {
        brush.tint(area, theme.style(Role::Selection));
        if !theme.has_grounds() {
            brush.sign(
                area.x,
                area.y,
                theme.signs().gutter,
                theme.style(Role::Strong),
            );
        }
    }
    let has_run = ui.picker.ran.get(at).copied().unwrap_or(false);
    let (sign, style) = match (program.group, has_run) {
        (Group::Trouble, _) => (theme.signs().finding, theme.style(Role::Finding)),
        (_, true) => (theme.signs().check, theme.mark(Mark::Running)),
        _ => (" ", theme.style(Role::Text)),
    };
    brush.sign(area.x + 1, area.y, sign, style);
    let name = theme.style(if is_selected {
        Role::Strong
    } else {
        Role::Text
    });
    let x = area.x + 3;
    let room = area.right().saturating_sub(x + 1);
    brush.cut(x, area.y, room, program.name, name);
    let titles = titles_after(program.group, ui, room);
    let x = x + titles.max(columns(program.name, room) + 2);
    let room = area.right().saturating_sub(x + 1);
    // A word or two of a title say nothing.
    if room >= TITLE_LEAST {
        let style = theme.style(if is_selected { Role::Text } else { Role::Dim });
        brush.cut(x, area.y, room, program.title, style);
    }
}

/// On fewer columns titles are left out.
const TITLE_LEAST: u16 = 11;

/// Returns how far behind the begin of the names those titles of a group stand that have short names:
/// behind the longest name, or nearer, where the longest title would be cut else.
fn titles_after(group: Group, ui: &Ui, room: u16) -> u16 {
    let of_group = || ui.programs.iter().filter(|program| program.group == group);
    let names = of_group().map(|program| columns(program.name, 20)).max();
    let titles = of_group().map(|program| columns(program.title, room)).max();
    let behind = names.unwrap_or(0) + 2;
    behind.min(room.saturating_sub(titles.unwrap_or(0)))
}

/// On fewer columns than these the title stands in the head.
const TITLED: u16 = 34;

fn draw_about(brush: &mut Brush<'_>, area: Rect, program: &Program, ui: &Ui) {
    let in_knobs = matches!(ui.picker.focus, Focus::Knob(_));
    // The list has no room for the whole of it.
    let title = Some(program.title).filter(|_| area.width < TITLED);
    brush.head(
        area,
        &Head {
            number: None,
            title: program.name,
            is_focused: in_knobs,
            right: title.unwrap_or(""),
        },
    );
    let mut area = body(area);
    let fields = ui.picker.fields(program).len();
    // The knobs are never scrolled away: what else there is takes what they leave.
    let knobs_rows = u16::try_from(fields).unwrap_or(u16::MAX).min(area.height);
    let about = text_rows(program, area.width);
    let is_roomy = area.height >= knobs_rows + about + PREVIEW_ROWS + 6;
    let meaning = if in_knobs { MEANING_ROWS } else { 0 };
    if area.height >= knobs_rows + meaning + PREVIEW_ROWS + 2 {
        take_top(&mut area, u16::from(is_roomy));
        let preview = take_top(&mut area, PREVIEW_ROWS);
        draw_preview(brush, preview, program.name);
        take_top(&mut area, u16::from(is_roomy));
    }
    let gap = u16::from(area.height >= knobs_rows + about + 3);
    let knobs_at = if in_knobs && area.height < knobs_rows + meaning + about + 3 * gap {
        // While they are edited they come first, and have a place for what one of them means.
        Some(take_top(&mut area, knobs_rows + meaning))
    } else {
        None
    };
    let mut rest = area;
    let bottom_of_text = take_bottom(&mut rest, if knobs_at.is_some() { 0 } else { knobs_rows });
    let mut sections = Sections { area: rest, gap };
    sections.draw(brush, "program", program.about);
    let watch = program.watch.join("\n");
    sections.draw(brush, "watch", &watch);
    let knobs = knobs_at.unwrap_or_else(|| {
        // Right below the text where there is room, else at the bottom.
        if sections.area.height > 0 {
            Rect {
                y: sections.area.y,
                height: bottom_of_text.bottom().saturating_sub(sections.area.y),
                ..sections.area
            }
        } else {
            bottom_of_text
        }
    });
    let drawn = draw_knobs(brush, knobs, program, ui);
    let mut below = knobs;
    take_top(&mut below, drawn + gap);
    if knobs_at.is_none() {
        let mut sections = Sections {
            area: below,
            gap: 0,
        };
        sections.draw(brush, "about", program.size);
        sections.draw(brush, "teaches", program.teaches);
    }
}

/// Returns how many rows the texts of a program take.
fn text_rows(program: &Program, width: u16) -> u16 {
    let room = width.saturating_sub(Indent::of(width).text + 1);
    let rows = |text: &str| {
        let mut rest = text;
        let mut rows = 0u16;
        while !rest.is_empty() && rows < 20 {
            rest = broken(rest, room).1;
            rows += 1;
        }
        rows
    };
    let watch: u16 = program.watch.iter().map(|line| rows(line)).sum();
    rows(program.about) + watch
}

/// Draws labelled texts, one below the other.
struct Sections {
    area: Rect,
    gap: u16,
}

impl Sections {
    fn draw(&mut self, brush: &mut Brush<'_>, label: &str, text: &str) {
        let theme = brush.theme;
        let mut is_first = true;
        let indent = Indent::of(self.area.width);
        let room = self.area.width.saturating_sub(indent.text + 1);
        if text.is_empty() || room == 0 {
            return;
        }
        for line in text.lines() {
            let mut rest = line;
            while !rest.is_empty() && self.area.height > 0 {
                let row = take_top(&mut self.area, 1);
                if is_first {
                    let dim = theme.style(Role::Dim);
                    let wide = indent.text - indent.label - 1;
                    brush.cut(row.x + indent.label, row.y, wide, label, dim);
                    is_first = false;
                }
                let (first, later) = broken(rest, room);
                let x = row.x + indent.text;
                brush.cut(x, row.y, room, first, theme.style(Role::Text));
                rest = later;
            }
        }
        take_top(&mut self.area, self.gap);
    }
}
