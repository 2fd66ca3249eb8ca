//! What is told beside the frames: marks, captions, keys that were pressed, and what happens in
//! sentences, with the moments at which the film has them.

use super::lines::{Lines, Schedule};
use super::timeline::Timeline;
use crate::event::{ActorId, Event, Kind, Span, Time};
use crate::history::History;
use crate::record::shot::{Caption, Named};
use crate::ui::{Action, Key, Point};
use crate::view::events::has_row;
use crate::view::overlay::Pressed;
use crate::view::words::{diagnosis, full_name, sentence, shown_lines};
use std::collections::BTreeSet;

/// So long a key is shown after it was pressed.
const KEY_SHOWN: Span = Span::millis(1400);
/// So many keys are shown beside each other.
const KEYS_MOST: usize = 4;

/// A moment with a name, by the viewer's clock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mark {
    pub(super) at: Time,
    pub(super) name: String,
}

/// Returns the marks of a trace, in order. One without a name has its number.
pub(super) fn marks(lines: &Lines, schedule: &Schedule) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (event, &comes) in lines.events.iter().zip(&schedule.comes) {
        let Kind::MarkSet { name, moment, .. } = &event.kind else {
            continue;
        };
        let name = match name.trim() {
            "" => format!("mark {}", marks.len() + 1),
            name => name.to_owned(),
        };
        // Where the run is followed, nobody is seen setting it: it stands where it points to.
        let at = if schedule.is_recorded { comes } else { *moment };
        marks.push(Mark { at, name });
    }
    marks.sort_by_key(|mark| mark.at);
    marks
}

/// Returns the moments at which something happens that is told, or the viewer does something, in
/// order and each once.
pub(super) fn beats(lines: &Lines, schedule: &Schedule, whole: &History) -> Vec<Time> {
    let mut beats: Vec<Time> = lines
        .events
        .iter()
        .zip(&schedule.comes)
        .filter(|(event, _)| event.kind.viewers().is_some() || has_row(whole, event, Time::NEVER))
        .map(|(_, &comes)| comes)
        .collect();
    beats.sort_unstable();
    beats.dedup();
    beats
}

/// Returns the captions of the film, in order. Each stays as long as it was to stay, or until the
/// next one or the end.
pub(super) fn captions(
    lines: &Lines,
    schedule: &Schedule,
    timeline: &Timeline,
    end: Span,
) -> Vec<Caption> {
    let mut captions: Vec<Caption> = Vec::new();
    for (event, &comes) in lines.events.iter().zip(&schedule.comes) {
        let Kind::CaptionShown { text, lasts, .. } = &event.kind else {
            continue;
        };
        let Some(at) = timeline.film(comes) else {
            continue;
        };
        // Of one that began where nothing is shown, what is left of it.
        let cut = timeline.viewer(at).since(comes);
        let left = Span(lasts.0.saturating_sub(cut.0));
        let until = Span(at.0.saturating_add(left.0)).min(end);
        if let Some(before) = captions.last_mut() {
            before.until = before.until.min(at);
        }
        captions.push(Caption {
            at,
            until,
            text: text.trim().to_owned(),
        });
    }
    captions.retain(|caption| caption.at < caption.until && !caption.text.is_empty());
    captions
}

/// A key that was pressed, and when the film has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Press {
    pub(super) at: Span,
    key: String,
    word: &'static str,
    is_typed: bool,
}

/// Returns the keys that were pressed, in order.
pub(super) fn presses(lines: &Lines, schedule: &Schedule, timeline: &Timeline) -> Vec<Press> {
    let mut presses = Vec::new();
    for (event, &comes) in lines.events.iter().zip(&schedule.comes) {
        let Kind::ViewerActed { action, key, .. } = &event.kind else {
            continue;
        };
        if key.is_empty() || action == Point::ACTION {
            // No key was pressed.
            continue;
        }
        let is_seen = |film: &Span| timeline.viewer(*film) <= comes;
        let Some(at) = timeline.film(comes).filter(is_seen) else {
            continue;
        };
        let is_typed = action == "type";
        presses.push(Press {
            at,
            key: match Key::parse(key).filter(|_| !is_typed) {
                Some(key) => key.label(false),
                None => key.to_string(),
            },
            word: Action::from_name(action).map_or("", Action::short),
            is_typed,
        });
    }
    presses
}

/// Returns the keys that are shown at a moment of the film: the last ones, as long as each follows
/// soon on the one before.
pub(super) fn pressed(presses: &[Press], film: Span) -> Vec<Pressed> {
    let until = presses.partition_point(|press| press.at <= film);
    let mut shown: Vec<Pressed> = Vec::new();
    let mut next = film;
    for press in presses[..until].iter().rev() {
        if next.0 - press.at.0 > KEY_SHOWN.0 {
            break;
        }
        next = press.at;
        let count = shown.len();
        match shown.last_mut() {
            Some(last) if press.is_typed && last.is_typed => last.key.insert_str(0, &press.key),
            Some(last) if last.key == press.key && last.word == press.word => last.times += 1,
            _ if count == KEYS_MOST => break,
            _ => shown.push(Pressed {
                key: press.key.clone(),
                word: press.word,
                times: 1,
                is_typed: press.is_typed,
            }),
        }
    }
    shown.reverse();
    shown
}

/// Returns what happens in the film, in sentences.
pub(super) fn transcript(
    lines: &Lines,
    schedule: &Schedule,
    timeline: &Timeline,
    whole: &History,
) -> Vec<Named> {
    let at = |comes: Time| {
        let film = timeline.film(comes)?;
        (timeline.viewer(film) <= comes).then_some(film)
    };
    let mut told = Vec::new();
    let mut ended: BTreeSet<ActorId> = BTreeSet::new();
    for (event, &comes) in lines.events.iter().zip(&schedule.comes) {
        // Of an end that is told twice the second word counts for nothing.
        let is_news = match event.kind {
            Kind::ProcessExited { .. } => ended.insert(event.actor),
            _ => event.kind.viewers().is_none(),
        };
        if is_news && let Some(film) = at(comes) {
            said(whole, event, film, &mut told);
        }
    }
    for finding in whole.findings() {
        let next = lines
            .events
            .partition_point(|event| event.t < finding.since);
        let comes = schedule.comes.get(next).copied().unwrap_or(finding.since);
        if let Some(film) = at(comes) {
            let found = diagnosis(whole, finding, finding.since);
            let words = [found.sentence(), found.harm, found.remedy].join(" ");
            told.push(Named {
                at: film,
                text: format!("{}: {words}", finding.code.text()),
            });
        }
    }
    told.sort_by_key(|named| named.at);
    told
}

/// Adds what an event means.
fn said(whole: &History, event: &Event, at: Span, told: &mut Vec<Named>) {
    if let Kind::Output { text, .. } = &event.kind {
        let who = full_name(whole, whole.process_of(event.actor), event.t);
        for line in shown_lines(text) {
            let text = format!("{who} prints: {line}");
            told.push(Named { at, text });
        }
        return;
    }
    if !has_row(whole, event, Time::NEVER) {
        return;
    }
    if let Some(said) = sentence(whole, event) {
        let text = format!("{} {}", said.who, said.text);
        told.push(Named { at, text });
    }
}
