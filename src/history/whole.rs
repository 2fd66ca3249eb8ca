//! Everything that was folded, in order again: the log, with the samples that it leaves out.

use super::log::Events;
use super::store::History;
use crate::event::{ActorId, Event, Kind};
use std::iter::Peekable;
use std::vec::IntoIter;

/// Every event of a history in the order of time, each with how many events of the log stand before
/// it. Horizons are not among them.
#[derive(Debug)]
pub struct Whole<'a> {
    /// The rest of the log.
    events: Events<'a>,
    /// How many events of the log came.
    position: usize,
    samples: Peekable<IntoIter<Event>>,
    /// The event of the log that comes next.
    next: Option<Event>,
}

impl History {
    /// Returns every event that was folded. A history that is folded from them is equal.
    pub fn whole(&self) -> Whole<'_> {
        let mut samples: Vec<Event> = self.actors().flat_map(|actor| actor.sampled()).collect();
        // In the order of their actors where they are of one time.
        samples.sort_by_key(|event| event.t);
        let mut events = self.log.iter();
        Whole {
            position: 0,
            samples: samples.into_iter().peekable(),
            next: events.next(),
            events,
        }
    }
}

impl Iterator for Whole<'_> {
    type Item = (usize, Event);

    fn next(&mut self) -> Option<(usize, Event)> {
        let position = self.position;
        let before = |sample: &Event| match &self.next {
            Some(next) => sample.t < next.t,
            None => true,
        };
        if let Some(sample) = self.samples.next_if(before) {
            return Some((position, sample));
        }
        let event = self.next.take()?;
        self.next = self.events.next();
        self.position += 1;
        Some((position, event))
    }
}

impl super::Actor {
    /// Returns its samples as events.
    fn sampled(&self) -> impl Iterator<Item = Event> + '_ {
        (0..).zip(&self.samples).map(|(seq, sample)| Event {
            t: sample.t,
            actor: self.id,
            by: Some(ActorId::MPVIZ),
            seq,
            line: None,
            file: None,
            kind: Kind::Sampled {
                state: sample.state,
                cpu: sample.cpu,
                memory: sample.memory,
                run_delay: sample.run_delay,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::event::words::KernelState;
    use crate::event::{ActorId, Event, Kind, Span, Time};
    use crate::history::History;

    #[test]
    fn a_history_folded_again_is_equal() {
        let child = ActorId(1);
        let kinds = [
            Kind::ProcessStarted {
                pid: 9,
                parent: ActorId::MPVIZ,
                name: "a".into(),
            },
            sample(3),
            Kind::ThreadEnded {},
            sample(5),
            sample(6),
            Kind::ProcessExiting { code: 0 },
            sample(9),
        ];
        let mut history = History::default();
        for (t, kind) in (0..).zip(kinds) {
            history.apply(&Event {
                t: Time(t),
                actor: child,
                by: None,
                seq: 0,
                line: None,
                file: None,
                kind,
            });
        }
        let mut again = History::default();
        let mut positions = Vec::new();
        for (position, event) in history.whole() {
            positions.push((event.t.0, position));
            again.apply(&event);
        }
        assert_eq!(again, history);
        let expected = [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (6, 3)];
        assert_eq!(positions, expected);
    }

    fn sample(memory: u64) -> Kind {
        Kind::Sampled {
            state: KernelState::Running,
            cpu: Span(memory),
            memory,
            run_delay: None,
        }
    }
}
