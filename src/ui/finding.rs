//! Going through the findings: each at its moment, with whom it is about selected.

use super::state::RunView;
use super::time;
use crate::event::Time;
use crate::history::finding::Finding;
use crate::history::{History, Thing};

/// The finding that is looked at, and what was shown before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opened {
    /// Its position among all findings.
    pub at: usize,
    /// The cursor before the first one was looked at.
    frozen: Option<Time>,
    /// The selection before.
    selected: Option<Thing>,
}

/// Goes to the next finding: from a live view to the newest, from a moment to the next after it,
/// from the last one to the first. `false` if there is none.
pub(super) fn go_to_next(run: &mut RunView, history: &History) -> bool {
    let count = history.findings().len();
    let Some(last) = count.checked_sub(1) else {
        return false;
    };
    let next = match (run.finding, run.frozen) {
        (Some(opened), _) => (opened.at + 1) % count,
        (None, None) => last,
        (None, Some(t)) => Some(history.findings_until(t))
            .filter(|&at| at < count)
            .unwrap_or(0),
    };
    open(run, history, next);
    true
}

/// Goes to a finding, if there is one of that number.
pub(super) fn open(run: &mut RunView, history: &History, at: usize) {
    let Some(finding) = history.findings().get(at) else {
        return;
    };
    let before = run.finding.unwrap_or(Opened {
        at,
        frozen: run.frozen,
        selected: run.selected,
    });
    time::go_to(run, history, finding.since);
    run.select(about(finding));
    run.trail.clear();
    run.finding = Some(Opened { at, ..before });
}

/// Goes back to what was shown before. `false` if no finding is looked at.
pub(super) fn close(run: &mut RunView, history: &History) -> bool {
    let Some(opened) = run.finding.take() else {
        return false;
    };
    match opened.frozen {
        Some(t) => time::go_to(run, history, t),
        None => time::thaw(run),
    }
    run.select(opened.selected);
    true
}

/// Returns what a finding is about first.
fn about(finding: &Finding) -> Option<Thing> {
    let actor = finding.actors.first().copied().map(Thing::Actor);
    actor.or(finding.object.map(Thing::Object))
}

impl RunView {
    /// Returns the finding that is looked at.
    pub fn opened_finding<'a>(&self, history: &'a History) -> Option<&'a Finding> {
        history.findings().get(self.finding?.at)
    }
}
