//! The card of the selection: everything known of one thing, and its neighbours in time.
//!
//! Facts first, a label and a text each; of a process how it spent its life, as bars; then what
//! happened to it last, and what comes next as far as the moment that is shown allows.
//!
//! Reading order: the drawing here, then the facts: `process`, `object`, `message` (and tasks).

mod message;
mod object;
mod process;

use super::Moment;
use super::brush::{Brush, Head, columns};
use super::caption::broken;
use super::grid::body;
use super::table::class_word;
use super::theme::{Mark, Role};
use super::words::{
    self, detail, duration, full_name, moment as stamp, object_name, sentence, short_item,
};
use crate::event::{ActorId, Time};
use crate::history::{History, StateClass, Thing};
use crate::ui::rows::told_since;
use crate::ui::{Action, Spot};
use ratatui::layout::Rect;

/// How many rows a card takes beside the code, with its head.
pub const CARD_ROWS: u16 = 16;

/// How wide the labels are.
const LABEL_WIDE: u16 = 11;
/// The most events of a thing that are looked at for those that are told.
const LOOK_BACK: usize = 64;

/// A fact: its label, and what it says.
type Fact = (&'static str, String);

/// Draws the card of a thing, head and all.
pub fn draw_card(brush: &mut Brush<'_>, pane: Rect, thing: Thing, moment: &Moment<'_>) {
    let title = title(moment.history, thing, moment.t);
    brush.head(
        pane,
        &Head {
            number: None,
            title: &title,
            is_focused: moment.run.card,
            right: if moment.run.card { "Esc closes" } else { "" },
        },
    );
    if moment.run.card {
        let end = pane.right().saturating_sub(1);
        brush.spot_in(end.saturating_sub(12), pane.y, end, Spot::Act(Action::Back));
    }
    let area = body(pane);
    let facts = match thing {
        Thing::Actor(id) => process::facts(id, moment),
        Thing::Object(id) => object::facts(id, moment),
        Thing::Message(id) => message::facts(id, moment),
        Thing::Task(id) => message::task_facts(id, moment),
    };
    let mut rest = area;
    draw_facts(brush, &mut rest, &facts);
    if let Thing::Actor(id) = thing {
        draw_shares(brush, &mut rest, id, moment);
    }
    draw_last(brush, rest, thing, moment);
}

/// Returns what a thing is called at the head of its card.
fn title(history: &History, thing: Thing, t: Time) -> String {
    match thing {
        Thing::Actor(id) => full_name(history, id, t),
        Thing::Object(id) => {
            let name = object_name(history, id);
            match history.object(id).map(|object| object.class.text()) {
                Some(class) if !name.contains(class) => format!("{class} {name}"),
                _ => name,
            }
        }
        Thing::Message(id) => {
            let label = history.message(id).map(short_item);
            format!("message {}", label.unwrap_or_default())
        }
        Thing::Task(id) => format!("task T{id}"),
    }
}

/// Draws facts from the top on, each in as many rows as it takes, and takes them off the area.
fn draw_facts(brush: &mut Brush<'_>, area: &mut Rect, facts: &[Fact]) {
    let theme = brush.theme;
    let x = area.x + 1;
    let room = area.right().saturating_sub(x + LABEL_WIDE);
    let mut y = area.y;
    for (label, text) in facts.iter().filter(|(_, text)| !text.is_empty()) {
        let mut left = text.as_str();
        let mut label = *label;
        while y < area.bottom() && !left.is_empty() {
            let (row, rest) = broken(left, room);
            brush.cut(x, y, LABEL_WIDE, label, theme.style(Role::Dim));
            brush.cut(x + LABEL_WIDE, y, room, row, theme.style(Role::Text));
            (left, label) = (rest, "");
            y += 1;
        }
    }
    area.height = area.bottom().saturating_sub(y);
    area.y = y;
}

/// Draws how much of its life a process spent in which state, the most first.
fn draw_shares(brush: &mut Brush<'_>, area: &mut Rect, id: ActorId, moment: &Moment<'_>) {
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
    let room = area.right().saturating_sub(bar + 20);
    let mut y = area.y;
    for (ns, class) in classes {
        if y >= area.bottom() {
            break;
        }
        let mark = Mark::of(class);
        brush.cut(x, y, LABEL_WIDE, class_word(class), theme.style(Role::Dim));
        let wide = u128::from(ns) * u128::from(room) / u128::from(total);
        let wide = u16::try_from(wide).unwrap_or(room).max(1);
        brush.run(bar, y, wide.min(room), theme.glyph(mark), theme.mark(mark));
        let share = ns as f64 * 100.0 / total as f64;
        let text = format!("{}  {share:>5.1} %", duration(crate::event::Span(ns)));
        let end = area.right().saturating_sub(1);
        brush.right(end, y, columns(&text, 19), &text, theme.style(Role::Text));
        y += 1;
    }
    area.height = area.bottom().saturating_sub(y);
    area.y = y;
}

/// Draws what happened to a thing last, the newest at the bottom, below a line that says so.
fn draw_last(brush: &mut Brush<'_>, area: Rect, thing: Thing, moment: &Moment<'_>) {
    if area.height < 3 {
        return;
    }
    let theme = brush.theme;
    let dim = theme.style(Role::Dim);
    let (history, t) = (moment.history, moment.t);
    brush.cut(area.x + 1, area.y + 1, area.width - 1, "last of it", dim);
    let most = usize::from(area.height - 2);
    let events = history.events_of(thing);
    let until = history.events_until(thing, t);
    let mut told = Vec::with_capacity(most);
    for &at in events[..until].iter().rev().take(LOOK_BACK) {
        if told.len() == most {
            break;
        }
        let Some(event) = history.log().get(at as usize) else {
            continue;
        };
        // A wait has its sentence once it has lasted a while.
        let said = Some(&event).filter(|event| told_since(event) <= t);
        let said = said.and_then(|event| sentence(history, event));
        let said = said.or_else(|| match thing {
            // What a process does all the time tells little of it; of a lock it is all there is.
            Thing::Actor(_) => None,
            _ => detail(history, &event),
        });
        told.extend(said.map(|said| (event.t, said)));
    }
    for ((t, said), y) in told.iter().rev().zip(area.y + 2..area.bottom()) {
        let x = brush.text(area.x + 1, y, 9, &stamp(*t), dim) + 1;
        let (glyph, style) = said.sign.look(theme);
        brush.text(x, y, 1, glyph, style);
        let text = match thing {
            Thing::Actor(id) if said.actor == id => said.text.clone(),
            _ => format!("{} {}", said.who, said.text),
        };
        let room = area.right().saturating_sub(x + 2);
        brush.cut(x + 2, y, room, &text, theme.style(Role::Text));
    }
}

/// Returns names, parted by commas; of many only how many more there are.
fn names(history: &History, actors: impl Iterator<Item = ActorId>, t: Time) -> String {
    let mut all: Vec<ActorId> = Vec::new();
    for actor in actors {
        if !all.contains(&actor) {
            all.push(actor);
        }
    }
    let mut names: Vec<String> = all
        .iter()
        .take(6)
        .map(|&actor| words::short_name(history, actor, t))
        .collect();
    if all.len() > 6 {
        names.push(format!("{} more", all.len() - 6));
    }
    names.join(", ")
}
