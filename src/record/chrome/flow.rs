//! The flows: each message from the put through its feeder to the receive.
//!
//! A flow is bound to the slices of its places, so a message of which a place is not known, or that
//! never came out, has none.

use super::Entry;
use crate::event::{ActorId, Time};
use crate::history::{History, Message};
use crate::view::words::short_item;
use serde_json::json;

/// Returns every flow's begin, steps and end, in the order of time.
pub(super) fn flows(history: &History) -> impl Iterator<Item = Entry> + '_ {
    let mut places: Vec<Place> = Vec::new();
    for (number, message) in history.messages().iter().enumerate() {
        places.extend(
            places_of(history, number, message)
                .into_iter()
                .flatten()
                .flatten(),
        );
    }
    places.sort_by_key(|place| (place.t, place.number));
    places.into_iter().map(|place| {
        let message = &history.messages()[place.number];
        let name = short_item(message);
        let id = place.number + 1;
        let rest = match place.phase {
            'f' => json!({"cat": "message", "name": name, "id": id, "bp": "e"}),
            _ => json!({"cat": "message", "name": name, "id": id}),
        };
        Entry {
            t: place.t,
            phase: place.phase,
            pid: history.process_of(place.actor).0,
            tid: place.actor.0,
            rest,
        }
    })
}

/// Where a message was, and when.
#[derive(Clone, Copy)]
struct Place {
    t: Time,
    phase: char,
    actor: ActorId,
    /// The message's position.
    number: usize,
}

/// Returns the places of a message, if it has a begin and an end.
fn places_of(history: &History, number: usize, message: &Message) -> Option<[Option<Place>; 3]> {
    let place = |phase: char, t: Time, actor: ActorId| {
        let is_there = history.lane(actor).at(t).is_some() && t < history.now();
        is_there.then_some(Place {
            t,
            phase,
            actor,
            number,
        })
    };
    let (received, reader) = message.received()?;
    let end = place('f', received, reader)?;
    let put = message.put().and_then(|t| place('s', t, message.id.sender));
    let sent = message.sent().and_then(|(t, writer)| place('t', t, writer));
    let sent = sent.filter(|sent| sent.t <= end.t && put.is_none_or(|put| put.t <= sent.t));
    let put = put.filter(|put| put.t <= end.t);
    match (put, sent) {
        (Some(_), _) => Some([put, sent, Some(end)]),
        (None, Some(sent)) => Some([Some(Place { phase: 's', ..sent }), None, Some(end)]),
        (None, None) => None,
    }
}
