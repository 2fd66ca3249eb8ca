//! What comes next in a frozen view, at the right end of the caption: the event that the next step
//! goes to. It is the future, so it is as quiet as all that came later.

use super::Moment;
use super::brush::{Brush, columns};
use super::theme::Role;
use super::words::sentence;
use crate::ui::time::step::next_event;
use crate::ui::{Action, Keymap, Place};
use ratatui::layout::Rect;

/// Fewer columns than this tell nothing.
const LEAST: u16 = 24;

/// Draws `0.6211 s reader gets url_6  press .` into the free part of a row.
pub(super) fn draw_coming(brush: &mut Brush<'_>, free: Rect, moment: &Moment<'_>, keymap: &Keymap) {
    let history = moment.history;
    if moment.run.frozen.is_none() || moment.run.playing.is_some() || free.width < LEAST {
        return;
    }
    let event = next_event(history, moment.t).and_then(|at| history.log().get(at));
    let Some((event, said)) = event.and_then(|event| {
        let said = sentence(history, &event)?;
        Some((event, said))
    }) else {
        return;
    };
    let theme = brush.theme;
    let (dim, strong) = (theme.style(Role::Dim), theme.style(Role::Strong));
    let words = format!(
        "{} {} {}",
        moment.axis.fine_label(event.t),
        said.who,
        said.text
    );
    let key = keymap.key_of(Place::Run, Action::EventAfter);
    let key = key.map_or_else(String::new, |key| key.to_string());
    let wide = columns(&key, free.width) + 2;
    let room = free.width.saturating_sub(wide);
    let wide = columns(&words, room.saturating_add(1)).min(room);
    let x = free.right().saturating_sub(wide);
    brush.cut(x, free.y, wide, &words, dim);
    let key_wide = columns(&key, free.width);
    brush.text(
        x.saturating_sub(key_wide + 1),
        free.y,
        key_wide,
        &key,
        strong,
    );
}
