//! The second line of a row: it says in words what the lane above it shows.

use crate::event::words::Operation;
use crate::event::{ActorId, Time};
use crate::history::{History, State, StateClass};
use crate::view::Brush;
use crate::view::axis::Axis;
use crate::view::brush::columns;
use crate::view::theme::Role;
use crate::view::words::{seconds, short_name};

/// Draws words below the long stretches of a lane, up to `until`.
pub(super) fn draw_under(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    history: &History,
    actor: ActorId,
    axis: Axis,
    until: Time,
) {
    let lane = history.lane(actor);
    let few = 2 * usize::from(axis.cols);
    let seen = until.min(axis.end());
    if seen <= axis.start {
        return;
    }
    if lane.len() > few && lane.between(axis.start..seen).nth(few).is_some() {
        return;
    }
    let style = brush.theme.style(Role::Dim);
    let mut free = 0;
    for interval in lane.between(axis.start..seen) {
        let from = axis.col(interval.start).max(free);
        let end = interval.end.min(seen);
        let to = axis.col(end);
        // The shortest words have this many columns.
        if to < from.saturating_add(6) {
            continue;
        }
        let Some(words) = words_of((history, until), interval.state, interval.start, end) else {
            continue;
        };
        let room = to - from;
        let wide = columns(&words, room.saturating_add(1));
        if wide < room {
            free = brush.text(x + from + 1, y, room, &words, style) - x + 1;
        }
    }
}

fn words_of(
    (history, t): (&History, Time),
    state: State,
    start: Time,
    end: Time,
) -> Option<String> {
    match state {
        State::Asleep { .. } => Some(format!("sleeps {}", seconds(end.since(start)))),
        State::Stopped => Some("stopped".to_owned()),
        State::Zombie => Some("zombie until reaped".to_owned()),
        State::Starting | State::Running | State::Still => None,
        State::Waiting(wait) => {
            let operation = wait.operation.text();
            let whom = match (wait.on, wait.object, state.class()) {
                _ if wait.operation == Operation::JoinPool => String::new(),
                (Some(on), _, StateClass::Joining) => short_name(history, on, t),
                (_, Some(object), _) => history.name_of(object).to_owned(),
                (Some(on), ..) => short_name(history, on, t),
                _ => String::new(),
            };
            Some(format!("{operation} {whom}").trim_end().to_owned())
        }
    }
}
