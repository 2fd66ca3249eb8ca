//! Findings: what the fold sees to be wrong, as soon as it is certain.
//!
//! Most are made by the event that makes them certain: [`life`] (zombies, orphans, exits, daemons,
//! locks and tasks lost with somebody), [`finish`] (what is left when a program is through) and
//! [`output`] (torn lines). A circle of waits for locks and processes closes with its last wait:
//! [`cycle`]. What only time shows is seen by [`look`], which goes through all long waits and
//! zombies at moments that follow from the log alone: a look at `d` comes before the first event
//! or horizon after `d` and sees all events up to `d`, so findings are the same live, from a file
//! and in any split.
//!
//! No false alarms: where it is not certain, nothing is said. Events that are missing (a gap) make
//! findings about absence keep quiet, and so does the end of a run by mpviz itself.

mod cycle;
mod finish;
mod life;
mod look;
mod output;
mod stuck;

use super::{ActorId, History, Time};
use crate::event::{Event, Span};
use crate::history::finding::{Code, Finding, Until};
use crate::history::index::narrow;

/// The most events of one time that are looked at for one that proves something.
const LOOKED_AT_MAX: usize = 64;
/// The most that a finding names of each: who, and what proves it.
const NAMED_MAX: usize = 16;
/// Looks are at multiples of this, so that a busy time costs twenty a second.
const GRID: Span = Span::millis(50);
/// A wait that lasts so long is looked at: whether it can ever end.
const SOON: Span = Span::millis(200);

impl Finding {
    fn new(code: Code, since: Time) -> Finding {
        Finding {
            code,
            actors: Vec::new(),
            object: None,
            task: None,
            count: 0,
            since,
            until: None,
            proof: Vec::new(),
        }
    }
}

impl History {
    /// Keeps a finding, and returns its position.
    fn raise(&mut self, mut finding: Finding) -> u32 {
        finding.actors.truncate(NAMED_MAX);
        finding.proof.sort_unstable();
        finding.proof.dedup();
        finding.proof.truncate(NAMED_MAX);
        let at = narrow(self.findings.len());
        self.findings.push(finding);
        at
    }

    /// Keeps a finding that ends with something of an actor.
    fn raise_until(&mut self, finding: Finding, until: Until, who: usize) {
        let at = self.raise(finding);
        self.actors[who].noted.raised.push((until, at));
    }

    /// Keeps a finding that ends when the first of some waits does.
    fn raise_of_waits(&mut self, finding: Finding, waiting: &[usize]) {
        let at = self.raise(finding);
        for &who in waiting {
            self.actors[who].noted.raised.push((Until::Wait, at));
        }
    }

    /// Ends a finding, unless it is over.
    pub(super) fn end_finding(&mut self, at: u32, t: Time) {
        if let Some(finding) = self.findings.get_mut(at as usize) {
            finding.until.get_or_insert(t);
        }
    }

    /// Ends the findings that end with something of an actor, or with less than that.
    #[inline]
    pub(super) fn end_raised(&mut self, who: usize, until: Until, t: Time) {
        if self.actors[who].noted.raised.is_empty() {
            return;
        }
        let raised = std::mem::take(&mut self.actors[who].noted.raised);
        for (with, at) in raised {
            if with <= until {
                self.end_finding(at, t);
            } else {
                self.actors[who].noted.raised.push((with, at));
            }
        }
    }

    /// Returns whether no event is missing, so that what was not told did not happen.
    fn is_whole(&self) -> bool {
        self.run.gaps.is_empty()
    }

    /// Returns whether mpviz itself is ending the run: what happens then is nobody's fault.
    fn is_being_ended(&self) -> bool {
        self.run.ended.is_some()
            || (self.watch.doomed > 0 && self.watch.doomed >= self.counts(Time::NEVER).alive)
    }

    /// Returns the position that the event has which is being folded.
    fn here(&self) -> u32 {
        narrow(self.log.len())
    }

    /// Returns the position of the last event at `t` of which this holds.
    fn event_at(&self, t: Time, is_it: impl Fn(&Event) -> bool) -> Option<u32> {
        let end = self.log.until(t);
        let begin =
            t.0.checked_sub(1)
                .map_or(0, |before| self.log.until(Time(before)));
        let begin = begin.max(end.saturating_sub(LOOKED_AT_MAX));
        let mut events = (begin..end).zip(self.log.range(begin..end)).rev();
        events
            .find(|(_, event)| is_it(event))
            .map(|(at, _)| narrow(at))
    }

    /// Returns the position of the last event about an actor up to `t` of which this holds.
    fn event_of(&self, who: usize, t: Time, is_it: impl Fn(&Event) -> bool) -> Option<u32> {
        let events = &self.actors[who].events;
        let known = events.iter().rev().take(LOOKED_AT_MAX);
        known
            .filter_map(|&at| Some((at, self.log.get(at as usize)?)))
            .find(|(_, event)| event.t <= t && is_it(event))
            .map(|(at, _)| at)
    }

    fn id_of(&self, who: usize) -> ActorId {
        self.actors[who].id
    }
}
