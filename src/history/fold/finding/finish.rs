//! What is left undone when a process is through with its program, and at the end of the run.

use super::life::is_asked_to_end;
use super::{History, NAMED_MAX, Time};
use crate::event::words::{Ending, Method};
use crate::event::{ActorId, Event, Kind};
use crate::history::finding::{Code, Finding};

impl History {
    /// Sees what is left when a process's own function is over.
    pub(in crate::history::fold) fn find_at_a_finish(&mut self, who: usize, t: Time) {
        self.find_went_on(who, t);
        self.find_unfetched(who, t);
        self.find_unread_exits(who, t);
    }

    /// It has joined a child, then printed, and others that it has not joined still run: whoever
    /// reads what it printed takes them for ended.
    fn find_went_on(&mut self, who: usize, t: Time) {
        let noted = &self.actors[who].noted;
        let (Some(joined), Some((printed, position))) = (noted.joined, noted.printed) else {
            return;
        };
        if printed < joined || !self.is_whole() {
            return;
        }
        let runs = |&child: &usize| {
            let child = &self.actors[child];
            let is_by_name = matches!(
                child.method,
                Some(Method::Fork | Method::Spawn | Method::Forkserver)
            );
            is_by_name
                && child.counted
                && !child.over()
                && !child.daemon
                && !is_asked_to_end(child)
                && child.forked.is_some_and(|forked| forked < printed)
        };
        let children = self.positions(&self.actors[who].children);
        let left: Vec<usize> = children.into_iter().filter(runs).collect();
        if left.is_empty() {
            return;
        }
        let mut finding = Finding::new(Code::WentOn, t);
        finding.count = left.len() as u64;
        finding.actors = vec![self.id_of(who)];
        finding.proof = vec![position, self.here()];
        let of_fork = |event: &Event| matches!(event.kind, Kind::ProcessForked { .. });
        for &child in left.iter().take(NAMED_MAX) {
            finding.actors.push(self.id_of(child));
            finding.proof.extend(self.event_of(child, t, of_fork));
        }
        self.raise(finding);
    }

    /// The results of pools that a process has made, and that it can't fetch any more.
    pub(super) fn find_unfetched(&mut self, who: usize, t: Time) {
        if !std::mem::take(&mut self.actors[who].noted.has_pool)
            || self.watch.is_ending
            || !self.is_whole()
        {
            return;
        }
        let maker = self.id_of(who);
        let pools: Vec<_> = self
            .objects
            .iter()
            .filter(|object| {
                object.class == crate::event::words::Class::Pool
                    && self.process_of(object.creator) == maker
            })
            .map(|object| object.id)
            .collect();
        for pool in pools {
            // The worse one last: the newest is what is raised.
            for (code, is_ok) in [(Code::NeverFetched, true), (Code::ErrorUnseen, false)] {
                let mut finding = Finding::new(code, t);
                for task in &self.tasks {
                    let finish = task.finished.as_ref().filter(|finish| finish.ok == is_ok);
                    if task.pool != pool || task.fetched.is_some() || finish.is_none() {
                        continue;
                    }
                    finding.count += 1;
                    finding.task.get_or_insert(task.id);
                    if finding.proof.len() < NAMED_MAX {
                        let events = self.events_of(task.id);
                        finding.proof.extend(events.last());
                    }
                }
                if finding.count > 0 {
                    finding.actors = vec![maker];
                    finding.object = Some(pool);
                    self.raise(finding);
                }
            }
        }
    }

    /// What is left in queues that nobody can read any more.
    pub(in crate::history::fold) fn find_at_the_end(&mut self, t: Time, ending: Ending) {
        self.watch.next_look = Time::NEVER;
        if ending != Ending::Finished || self.watch.is_ending || !self.is_whole() {
            return;
        }
        for at in 0..self.objects.len() {
            let queue = &self.objects[at];
            let in_it = u64::from(queue.items.last().unwrap_or(0));
            let left = in_it.saturating_add(queue.lost_items);
            if !queue.is_queue() || left == 0 || self.is_in_pool(queue.id) {
                continue;
            }
            let mut finding = Finding::new(Code::NotEmpty, t);
            finding.object = Some(queue.id);
            finding.count = left;
            let unread = queue
                .queued
                .iter()
                .map(|&at| &self.messages[at as usize])
                .filter(|message| message.received().is_none());
            for message in unread.take(NAMED_MAX) {
                let events = self.events_of(message.id);
                finding.proof.extend(events.last());
                let sender: ActorId = self.process_of(message.id.sender);
                if !finding.actors.contains(&sender) {
                    finding.actors.push(sender);
                }
            }
            self.raise(finding);
        }
    }
}
