//! A line of a listing: its number, its text in the colours of its language, who is on it.

use super::super::Moment;
use super::super::brush::{Brush, columns};
use super::super::syntax::Token;
use super::super::theme::Role;
use super::super::words::short_name;
use super::page::Page;
use crate::event::ActorId;
use ratatui::layout::Rect;

/// Names stand at the end of a row of so many columns, or nearer where there are not as many: they
/// are read together with the text.
const ROW_MOST: u16 = 64;
/// No more names than this stand beside a line.
const NAMES_MOST: usize = 6;

/// A line, and who is on it.
pub(super) struct Marked<'a> {
    /// Its number; the first is 1.
    pub(super) number: u32,
    /// The source that it is of.
    pub(super) page: &'a Page,
    /// Its text.
    pub(super) text: &'a str,
    /// The processes that are on it.
    pub(super) on_it: &'a [ActorId],
}

/// Draws a line into a row.
pub(super) fn draw_line(
    brush: &mut Brush<'_>,
    area: Rect,
    marked: &Marked<'_>,
    moment: &Moment<'_>,
) {
    let theme = brush.theme;
    let selected = moment.selected_process();
    let selected = selected.map(|selected| moment.history.process_of(selected));
    let is_selected = selected.is_some_and(|selected| marked.on_it.contains(&selected));
    if is_selected {
        brush.tint(area, theme.style(Role::Selection));
        if !theme.has_colour() {
            let style = theme.style(Role::Strong);
            brush.sign(area.x, area.y, theme.signs().gutter, style);
        }
    }
    let role = match (is_selected, marked.on_it.is_empty()) {
        (true, _) => Role::Strong,
        (false, false) => Role::Text,
        (false, true) => Role::Dim,
    };
    let style = theme.style(role);
    let number = marked.number.to_string();
    let numbers = brush.right(area.x + 4, area.y, 4, &number, style);
    let x = numbers.max(area.x + 4) + 1;
    let names = names_of(moment, marked.on_it, theme.signs().arrow_left);
    let room = area.right().saturating_sub(x);
    let wide = columns(&names, room / 2);
    let text_room = if wide > 0 { room - wide - 1 } else { room };
    let end = brush.cut(x, area.y, text_room, marked.text, style);
    if !is_selected {
        colour(brush, x, area.y, text_room, marked);
    }
    if wide > 0 {
        let role = if is_selected {
            Role::Strong
        } else {
            Role::Text
        };
        let end = (area.x + ROW_MOST).max(end + 1 + wide).min(area.right());
        brush.right(end, area.y, wide, &names, theme.style(role));
    }
}

/// Lays the colours of its language over a text that stands there.
fn colour(brush: &mut Brush<'_>, x: u16, y: u16, room: u16, marked: &Marked<'_>) {
    let theme = brush.theme;
    // No more of the line is read than may be seen of it.
    let most = 4 * usize::from(room) + 64;
    let end = marked.text.char_indices().nth(most);
    let text = &marked.text[..end.map_or(marked.text.len(), |(at, _)| at)];
    marked.page.tokens(marked.number, text, |range, token| {
        let role = match token {
            Token::Keyword => Role::Keyword,
            Token::Literal => Role::Literal,
            Token::Comment => Role::Comment,
        };
        let from = columns(&text[..range.start], room);
        let to = columns(&text[..range.end], room);
        let stretch = Rect::new(x + from, y, to - from, 1);
        if !stretch.is_empty() {
            brush.tint(stretch, theme.style(role));
        }
    });
}

fn names_of(moment: &Moment<'_>, on_it: &[ActorId], arrow: &str) -> String {
    if on_it.is_empty() {
        return String::new();
    }
    let mut names = arrow.to_owned();
    for &id in on_it.iter().take(NAMES_MOST) {
        names.push(' ');
        let name = short_name(moment.history, id, moment.t);
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
