//! Finding things: the filter of the events and that of the processes, typed in their panes' rules.
//!
//! A [`Query`] is matched against sentences, which the view writes, so whoever has both says what
//! was found: [`advance`] asks a pair of functions. A million events are not asked at once but in
//! slices, from the cursor backwards and from there on forwards as the log grows; between two
//! slices keys are answered. What was found so far is in here, so a frame is a function of history
//! and state as ever.

mod found;

use super::action::Action;
use super::query::{Query, QueryError};
use super::rows::{SHORT, told_since};
use super::selection::subject;
use super::state::{Pane, RunView};
use super::time::go_to;
use crate::event::{ActorId, Time};
use crate::history::History;
use found::{Found, SLICE};
use std::collections::VecDeque;
use std::ops::Range;

/// So many found events are looked at for the next one after a moment.
const LOOKED_AT_MAX: usize = 50_000;

/// What is looked for in a run, and what was found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Find {
    /// The pane whose filter is being typed.
    pub typing: Option<Pane>,
    /// The filter of the events.
    pub events: Filter,
    /// The filter of the processes.
    pub processes: Filter,
    found: Found,
    matched: Option<Matched>,
    /// The match that is waited for, while the search has not come so far.
    sought: Option<Way>,
    /// The focused pane and the lower one when typing began.
    before: Option<(Pane, Pane)>,
}

/// A filter.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// What was typed.
    pub text: String,
    /// What it asks for; where the text is no query, what was asked for before.
    pub query: Option<Query>,
    /// Why the text is no query.
    pub problem: Option<QueryError>,
}

/// Processes that were found, and of which moment of which log.
#[derive(Clone, PartialEq, Debug)]
struct Matched {
    t: Time,
    log_len: usize,
    /// In the order of their ids.
    ids: Vec<ActorId>,
}

/// Which way to the next match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// To a later one, or one further down.
    On,
    /// To an earlier one, or one further up.
    Back,
}

/// Whoever knows the sentences.
#[derive(Clone, Copy)]
pub struct Eyes {
    /// Returns the positions of the events in a range of the log that have a row and are found,
    /// the last one first.
    pub events: fn(&History, &Query, Range<usize>) -> Vec<u32>,
    /// Returns the processes that are found as they are at a moment, in any order.
    pub processes: fn(&History, &Query, Time) -> Vec<ActorId>,
}

impl Filter {
    /// Returns whether something is filtered out.
    pub fn is_set(&self) -> bool {
        self.query.is_some()
    }

    /// Takes a text; what is no query changes nothing but what is told of it.
    fn set(&mut self, text: String) {
        match Query::parse(&text) {
            Ok(query) => {
                self.query = query;
                self.problem = None;
            }
            Err(problem) => self.problem = Some(problem),
        }
        self.text = text;
    }
}

impl Find {
    /// Returns the filter of a pane, if it has one.
    pub fn filter(&self, pane: Pane) -> Option<&Filter> {
        match pane {
            Pane::Events => Some(&self.events),
            Pane::Processes => Some(&self.processes),
            Pane::Flow | Pane::Sequence | Pane::Code => None,
        }
    }

    fn filter_mut(&mut self, pane: Pane) -> &mut Filter {
        match pane {
            Pane::Processes => &mut self.processes,
            _ => &mut self.events,
        }
    }

    /// Sets the filter of a pane. The search begins anew where `cursor` is in the log.
    pub fn set(&mut self, pane: Pane, text: String, cursor: usize) {
        let before = self.filter_mut(pane).query.clone();
        self.filter_mut(pane).set(text);
        if self.filter_mut(pane).query == before {
            return;
        }
        self.sought = None;
        match pane {
            Pane::Processes => self.matched = None,
            _ => {
                self.found = Found {
                    from: cursor,
                    to: cursor,
                    positions: VecDeque::new(),
                    loose: 0,
                    is_back_next: true,
                };
            }
        }
    }

    /// Returns the positions of the events that were found before position `end` of the log, the
    /// last one first; `None` where nothing is looked for.
    pub fn events_before(&self, end: usize) -> Option<impl Iterator<Item = usize> + '_> {
        self.events.query.as_ref()?;
        let count = self.found.count_before(end);
        Some(self.found.range(0..count).rev())
    }

    /// Returns the positions of the events that were found from position `start` of the log on.
    pub fn events_from(&self, start: usize) -> Option<impl Iterator<Item = usize> + '_> {
        self.events.query.as_ref()?;
        let count = self.found.count_before(start);
        Some(self.found.range(count..self.found.positions.len()))
    }

    /// Returns the position of the found event that is `by` rows after row `row`, of those before
    /// position `end`. `None` where nothing is looked for; within that, where nothing was found.
    pub(super) fn row_moved(
        &self,
        end: usize,
        row: Option<usize>,
        by: isize,
    ) -> Option<Option<usize>> {
        self.events.query.as_ref()?;
        let count = self.found.count_before(end);
        let Some(last) = count.checked_sub(1) else {
            return Some(None);
        };
        let at = match row {
            None if by != isize::MIN => last,
            None => 0,
            Some(row) => {
                let at = self.found.count_before(row);
                let is_one = self
                    .found
                    .positions
                    .get(at)
                    .is_some_and(|&at| at as usize == row);
                // From between two the next one is one step away.
                let at = if is_one || by < 0 {
                    at.saturating_add_signed(by)
                } else {
                    at.saturating_add_signed(by.saturating_sub(1))
                };
                at.min(last)
            }
        };
        Some(self.found.positions.get(at).map(|&at| at as usize))
    }

    /// Returns how many events were found before position `end` of the log.
    pub fn count_before(&self, end: usize) -> usize {
        self.found.count_before(end)
    }

    /// Returns how many events before position `end` of the log have not been looked at yet.
    pub fn left_before(&self, end: usize) -> usize {
        let looked_at = self.found.to.min(end).saturating_sub(self.found.from);
        end.saturating_sub(looked_at)
    }

    /// Returns the processes that were found, in the order of their ids; `None` where nothing is
    /// looked for.
    pub fn processes_found(&self) -> Option<&[ActorId]> {
        self.processes.query.as_ref()?;
        self.matched.as_ref().map(|matched| &matched.ids[..])
    }

    /// Returns whether the next match is waited for.
    pub fn is_sought(&self) -> bool {
        self.sought.is_some()
    }
}

/// Searches on for as long as `goes_on` says, one slice at least. Returns whether there is nothing
/// left to look at.
pub fn advance(
    run: &mut RunView,
    history: &History,
    eyes: Eyes,
    goes_on: &mut dyn FnMut() -> bool,
) -> bool {
    match_processes(run, history, eyes);
    let Some(query) = run.find.events.query.clone() else {
        return true;
    };
    run.find.found.drop_loose();
    let settled = match history.run().ended {
        Some(_) => history.log().len(),
        None => history.log_until(history.now() - SHORT),
    };
    run.find.found.begin_before(settled);
    loop {
        let Some(slice) = run.find.found.next(settled) else {
            let rest = settled..history.log().len().min(settled.saturating_add(SLICE));
            let found = (eyes.events)(history, &query, rest);
            run.find.found.add_loose(found);
            seek(run, history);
            run.find.sought = None;
            return true;
        };
        let found = (eyes.events)(history, &query, slice.clone());
        run.find.found.add(slice, found);
        if run.find.sought.is_some() {
            seek(run, history);
        }
        if !goes_on() {
            return false;
        }
    }
}

fn match_processes(run: &mut RunView, history: &History, eyes: Eyes) {
    let Some(query) = &run.find.processes.query else {
        run.find.matched = None;
        return;
    };
    let t = run.t(history);
    let log_len = history.log().len();
    let is_known = |known: &Matched| known.t == t && known.log_len == log_len;
    if run.find.matched.as_ref().is_some_and(is_known) {
        return;
    }
    let mut ids = (eyes.processes)(history, query, t);
    ids.sort_unstable();
    run.find.matched = Some(Matched { t, log_len, ids });
}

/// Changes the view as an action about finding asks, while no filter is typed. `None` for any
/// other action; else what is to be told.
pub(super) fn update_find(
    run: &mut RunView,
    action: Action,
    history: &History,
) -> Option<Option<String>> {
    match action {
        Action::Filter => begin(run),
        Action::NextMatch => return Some(go_to_match(run, history, Way::On)),
        Action::PreviousMatch => return Some(go_to_match(run, history, Way::Back)),
        Action::FoldEnded => run.table.folds_ended = !run.table.folds_ended,
        Action::Sort => run.table.order = run.table.order.next(),
        Action::ToggleGroup => {
            if !run.toggle_group(history) {
                return Some(Some("select a row of folded processes first".to_owned()));
            }
        }
        _ => return None,
    }
    Some(None)
}

/// Begins to type the filter of the focused pane, or the events'.
fn begin(run: &mut RunView) {
    run.find.before = Some((run.focus, run.layout.lower));
    let pane = match run.focus {
        Pane::Processes => Pane::Processes,
        _ => Pane::Events,
    };
    run.show(pane);
    run.find.typing = Some(pane);
}

/// Changes the filter that is typed. Returns whether the action is for the pane instead.
pub(super) fn update_typing(run: &mut RunView, action: Action, history: &History) -> bool {
    let Some(pane) = run.find.typing else {
        return true;
    };
    let mut text = run.find.filter_mut(pane).text.clone();
    match action {
        Action::Type(c) => text.push(c),
        Action::Erase => drop(text.pop()),
        Action::EraseAll => text.clear(),
        Action::Confirm => {
            // What is no query is not kept: it goes on being typed, with what is wrong beside it.
            if run.find.filter_mut(pane).problem.is_none() {
                run.find.typing = None;
                run.find.before = None;
            }
            return false;
        }
        Action::Back => {
            text.clear();
            run.find.typing = None;
            if let Some((focus, lower)) = run.find.before.take() {
                (run.focus, run.layout.lower) = (focus, lower);
            }
        }
        _ => return true,
    }
    let cursor = cursor(run, history);
    run.find.set(pane, text, cursor);
    false
}

/// Takes the filter of the focused pane away. Returns whether there was one.
pub(super) fn clear(run: &mut RunView) -> bool {
    let pane = run.focus;
    let has_one = run
        .find
        .filter(pane)
        .is_some_and(|filter| !filter.text.is_empty());
    if has_one {
        run.find.set(pane, String::new(), 0);
    }
    has_one
}

/// Returns the position in the log that the search begins from: the lower edge of the list.
fn cursor(run: &RunView, history: &History) -> usize {
    let known = history.log_until(run.t(history));
    run.row
        .map_or(known, |row| known.min(row.saturating_add(1)))
}

fn go_to_match(run: &mut RunView, history: &History, way: Way) -> Option<String> {
    let is_processes = run.focus == Pane::Processes && run.find.processes.is_set();
    if is_processes || !run.find.events.is_set() {
        return select_match(run, history, way);
    }
    run.find.sought = Some(way);
    if seek(run, history) {
        return None;
    }
    let cursor = history.log_until(run.t(history));
    let is_searched = match way {
        Way::Back => run.find.found.from == 0,
        Way::On => run.find.found.to.max(cursor) >= history.log_until(history.now() - SHORT),
    };
    if !is_searched {
        return Some("still searching: it goes there when it is found".to_owned());
    }
    run.find.sought = None;
    Some(match way {
        Way::On => "no match after this moment".to_owned(),
        Way::Back => "no match before this moment".to_owned(),
    })
}

/// Goes to the match that is waited for, if it was found. Returns whether it was.
fn seek(run: &mut RunView, history: &History) -> bool {
    let t = run.t(history);
    let log = history.log();
    let told = |at: usize| log.get(at).map(|event| (told_since(&event), at, event));
    let found = match run.find.sought {
        None => return false,
        // What was told a while after it happened may have happened before.
        Some(Way::On) => run
            .find
            .events_from(log.until(t - SHORT))
            .and_then(|found| {
                let mut told = found.take(LOOKED_AT_MAX).filter_map(told);
                told.find(|&(since, ..)| since > t)
            }),
        Some(Way::Back) => run.find.events_before(log.until(t)).and_then(|found| {
            let mut told = found.take(LOOKED_AT_MAX).filter_map(told);
            told.find(|&(since, ..)| since < t)
        }),
    };
    let Some((since, at, event)) = found else {
        return false;
    };
    run.find.sought = None;
    go_to(run, history, since);
    run.select(Some(subject(&event)));
    run.row = Some(at);
    true
}

/// Selects the next process that was found.
fn select_match(run: &mut RunView, history: &History, way: Way) -> Option<String> {
    let Some(found) = run.find.processes_found() else {
        return Some("there is no filter to go through".to_owned());
    };
    let t = run.t(history);
    let rows: Vec<ActorId> = history.processes_at(t).collect();
    let is_match = |id: &&ActorId| found.binary_search(id).is_ok();
    let at = run
        .selected_actor()
        .and_then(|selected| rows.iter().position(|&id| id == selected));
    let next = match (way, at) {
        (Way::On, at) => rows[at.map_or(0, |at| at + 1)..].iter().find(is_match),
        (Way::Back, at) => rows[..at.unwrap_or(rows.len())].iter().rfind(is_match),
    };
    match next.copied() {
        Some(next) => {
            run.select(Some(next.into()));
            None
        }
        None if way == Way::On => Some("no match further down".to_owned()),
        None => Some("no match further up".to_owned()),
    }
}
