//! What the viewer did with a run: the lines that a recording has beside the program's events.
//!
//! Every run has them, whether it is recorded or not, so that a file may begin with what was done
//! already. A line knows its place among the events: how many stood in the log before it. Their
//! clock goes on while the view is frozen or the run is over.

use crate::channel::clock;
use crate::event::{ActorId, Event, Kind, Span, Text, Time};
use crate::history::History;

/// What the viewer did, in order.
#[derive(Debug)]
pub(super) struct Lines {
    /// With how many events of the log before each.
    list: Vec<(usize, Event)>,
    clock: ViewerClock,
    /// The size of the screen that was told last.
    size: (u16, u16),
    /// The size at the run's begin.
    first_size: (u16, u16),
}

/// The viewer's clock: what the machine's is at the begin of the run or the replay, and how many
/// times as fast the run goes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct ViewerClock {
    /// The machine's clock at time 0, in ns.
    pub(super) origin: u64,
    /// How many times as fast as this clock the run goes; 0 where all of it is known at once.
    pub(super) speed: f64,
}

impl ViewerClock {
    /// Returns what it is now.
    pub(super) fn now(&self) -> Time {
        Time(clock::monotonic().saturating_sub(self.origin))
    }
}

impl Lines {
    /// Returns that nothing was done yet.
    pub(super) fn new(clock: ViewerClock) -> Lines {
        Lines {
            list: Vec::new(),
            clock,
            size: (0, 0),
            first_size: (0, 0),
        }
    }

    /// Returns whether nothing was done yet.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns the viewer's clock.
    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// Returns the size of the screen at the run's begin.
    pub(super) fn first_size(&self) -> (u16, u16) {
        self.first_size
    }

    /// Returns the size of the screen.
    pub(super) fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Takes the screen's size; returns whether it is another one.
    pub(super) fn resize(&mut self, size: (u16, u16)) -> bool {
        let is_first = self.size == (0, 0);
        if is_first {
            self.first_size = size;
        }
        let changed = self.size != size && !is_first;
        self.size = size;
        changed
    }

    /// Keeps a line of now; returns it.
    pub(super) fn push(&mut self, history: &History, kind: Kind) -> Event {
        let event = line(history.now(), self.list.len(), kind);
        // A trace begins with what is run.
        let position = history.log().len().max(1);
        self.list.push((position, event.clone()));
        event
    }

    /// Returns the line that begins a recording at a moment of the viewer's clock.
    pub(super) fn started(&self, history: &History, at: Time, size: (u16, u16)) -> Event {
        let kind = Kind::RecordingStarted {
            at,
            columns: size.0.into(),
            rows: size.1.into(),
            speed: self.clock.speed,
        };
        line(history.now(), self.list.len(), kind)
    }

    /// Returns a line of now that belongs to one recording alone.
    pub(super) fn of_recording(&self, history: &History, kind: Kind) -> Event {
        line(history.now(), self.list.len(), kind)
    }

    /// Hands on all that is known: the program's events with these lines between them. `first`
    /// stands where the first line would.
    pub(super) fn each(&self, history: &History, first: Option<Event>, to: &mut dyn FnMut(Event)) {
        let first = first.map(|event| {
            (
                1,
                Event {
                    t: Time::ZERO,
                    ..event
                },
            )
        });
        let mut lines = first.iter().chain(&self.list).peekable();
        let mut last = Time::ZERO;
        for (position, event) in history.whole() {
            // A sample may have come after a line, and be of before: both are in order by time.
            let is_due = |line: &&(usize, Event)| line.0 <= position && line.1.t <= event.t;
            while let Some((_, line)) = lines.next_if(is_due) {
                last = last.max(line.t);
                to(Event {
                    t: last,
                    ..line.clone()
                });
            }
            last = event.t;
            to(event);
        }
        for (_, line) in lines {
            last = last.max(line.t);
            to(Event {
                t: last,
                ..line.clone()
            });
        }
    }
}

fn line(t: Time, count: usize, kind: Kind) -> Event {
    Event {
        t,
        actor: ActorId::MPVIZ,
        by: None,
        seq: u32::try_from(count).unwrap_or(u32::MAX),
        line: None,
        file: None,
        kind,
    }
}

/// Returns the line of an action.
pub(super) fn acted(at: Time, action: &str, key: &str, moment: Option<Time>) -> Kind {
    Kind::ViewerActed {
        at,
        action: Text::from(action),
        key: Text::from(key),
        moment,
    }
}

/// Returns the line of a caption.
pub(super) fn said(at: Time, text: &Text, lasts: Span, moment: Option<Time>) -> Kind {
    Kind::CaptionShown {
        at,
        text: Box::new(text.clone()),
        lasts,
        moment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(t: u64) -> Event {
        line(Time(t), 0, Kind::Frozen {})
    }

    /// What is handed on: `e` for an event, `l` for a line, with their times.
    fn handed(history: &History, lines: &Lines, first: Option<Event>) -> String {
        let mut told = Vec::new();
        lines.each(history, first, &mut |event| {
            let is_line = event.kind.viewers().is_some();
            told.push(format!("{}{}", if is_line { "l" } else { "e" }, event.t.0));
        });
        told.join(" ")
    }

    #[test]
    fn lines_stand_where_they_were_done() {
        let clock = ViewerClock {
            origin: 0,
            speed: 1.0,
        };
        let mut lines = Lines::new(clock);
        let mut history = History::default();
        let act = || acted(Time(1), "play", "p", None);
        lines.push(&history, act());
        for t in [0, 5, 7, 9] {
            history.apply(&event(t));
            history.advance(Time(t + 2));
            if t == 5 {
                lines.push(&history, act());
            }
        }
        assert_eq!(handed(&history, &lines, None), "e0 l0 e5 l7 e7 e9");
        let started = lines.started(&history, Time::ZERO, (80, 24));
        assert_eq!(started.t, Time(11));
        let expected = "e0 l0 l0 e5 l7 e7 e9";
        assert_eq!(handed(&history, &lines, Some(started)), expected);
    }

    #[test]
    fn a_size_is_told_when_it_changes() {
        let mut lines = Lines::new(ViewerClock {
            origin: 0,
            speed: 0.0,
        });
        assert!(!lines.resize((80, 24)));
        assert!(!lines.resize((80, 24)));
        assert!(lines.resize((81, 24)));
        assert_eq!((lines.first_size(), lines.size()), ((80, 24), (81, 24)));
    }
}
