//! The card of the selection: what there is to know about one process, below the code where there
//! is room.

use super::Moment;
use super::brush::{Brush, Head, columns};
use super::grid::body;
use super::table::class_word;
use super::theme::{Mark, Role};
use super::words::{duration, full_name, now_words, short_name};
use crate::event::{ActorId, Span, Time};
use crate::history::StateClass;
use ratatui::layout::Rect;

/// How many rows a card takes, with its head.
pub const CARD_ROWS: u16 = 12;

/// How wide the labels are.
const LABEL_WIDE: u16 = 9;

/// Draws the card of a process, head and all.
pub fn draw_card(brush: &mut Brush<'_>, pane: Rect, id: ActorId, moment: &Moment<'_>) {
    let name = full_name(moment.history, id);
    brush.head(
        pane,
        &Head {
            number: None,
            title: &name,
            is_focused: false,
            right: "",
        },
    );
    let area = body(pane);
    let theme = brush.theme;
    let facts = facts(id, moment);
    let mut y = area.y;
    for (label, text) in &facts {
        if y >= area.bottom() {
            return;
        }
        let x = area.x + 1;
        brush.cut(x, y, LABEL_WIDE, label, theme.style(Role::Dim));
        let room = area.right().saturating_sub(x + LABEL_WIDE);
        brush.cut(x + LABEL_WIDE, y, room, text, theme.style(Role::Text));
        y += 1;
    }
    y += 1;
    let rest = Rect {
        y: y.min(area.bottom()),
        height: area.bottom().saturating_sub(y),
        ..area
    };
    draw_shares(brush, rest, id, moment);
}

/// Returns what is known of a process, label and text.
fn facts(id: ActorId, moment: &Moment<'_>) -> Vec<(&'static str, String)> {
    let (history, t) = (moment.history, moment.t);
    let mut facts = Vec::new();
    let Some(actor) = history.actor(id) else {
        return facts;
    };
    let pid = |id: ActorId| {
        history
            .actor(id)
            .and_then(|actor| actor.pid_at(t))
            .map_or_else(String::new, |pid| pid.to_string())
    };
    let mut process = pid(id);
    if let Some(parent) = actor.parent {
        let name = short_name(history, parent);
        process = format!("{process}, child of {name} {}", pid(parent));
    }
    facts.push(("process", process));
    if !actor.argv.is_empty() {
        facts.push(("program", actor.argv.join(" ")));
    }
    let begun = actor.forked.or(actor.started).filter(|&begun| begun <= t);
    if let Some(begun) = begun {
        let since = duration(begun.since(Time::ZERO));
        let lived = match actor.exit_at(t) {
            Some(exit) => format!("{since} to {}", duration(exit.t.since(Time::ZERO))),
            None => format!("since {since}"),
        };
        facts.push(("lived", lived));
    }
    if let Some(now) = now_words(history, id, t) {
        let label = if actor.ended_at(t) { "exit" } else { "now" };
        facts.push((label, now.words.fitting(40).to_owned()));
    }
    if let Some(sample) = history.sample_at(id, t) {
        let cpu = duration(sample.cpu);
        let kib = sample.memory / 1024;
        facts.push(("used", format!("cpu {cpu}, memory {kib} KiB")));
    }
    facts
}

/// Draws how much of its life a process spent in which state, the most first.
fn draw_shares(brush: &mut Brush<'_>, area: Rect, id: ActorId, moment: &Moment<'_>) {
    let theme = brush.theme;
    let shares = moment.history.lane(id).shares(Time::ZERO..moment.t);
    let total = shares.total().max(1);
    let mut classes: Vec<(u64, StateClass)> = StateClass::ALL
        .into_iter()
        .map(|class| (shares.of(class), class))
        .filter(|&(ns, _)| ns > total / 2_000)
        .collect();
    classes.sort_by_key(|&(ns, class)| (std::cmp::Reverse(ns), class));
    let x = area.x + 1;
    let bar = x + LABEL_WIDE;
    let room = area.right().saturating_sub(bar + 10);
    for (y, (ns, class)) in (area.y..area.bottom()).zip(classes) {
        let mark = Mark::of(class);
        brush.cut(x, y, LABEL_WIDE, class_word(class), theme.style(Role::Dim));
        let wide = u128::from(ns) * u128::from(room) / u128::from(total);
        let wide = u16::try_from(wide).unwrap_or(room).max(1);
        brush.run(bar, y, wide.min(room), theme.glyph(mark), theme.mark(mark));
        let share = Span(ns).0 as f64 * 100.0 / total as f64;
        let text = format!("{share:.1} %");
        let end = area.right().saturating_sub(1);
        brush.right(end, y, columns(&text, 9), &text, theme.style(Role::Text));
    }
}
