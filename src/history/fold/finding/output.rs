//! Lines of output that processes tear for each other.

use super::{History, Time};
use crate::event::words::Stream;
use crate::history::finding::{Code, Finding, OpenLine};

/// The most processes whose line is open at a time.
const OPEN_MAX: usize = 64;
/// The most pairs of processes that are told.
const TORN_MAX: usize = 64;
/// A text so long may stand in several events: it was written at once all the same.
const WHOLE: usize = 3900;

impl History {
    /// Sees whether a process goes on with a line that another has written into.
    pub(in crate::history::fold) fn find_torn_line(
        &mut self,
        process: usize,
        position: u32,
        t: Time,
        stream: Stream,
        text: &str,
    ) {
        let id = self.id_of(process);
        let is_open = !text.is_empty() && !text.ends_with('\n') && text.len() < WHOLE;
        if text.is_empty() || (self.watch.lines.is_empty() && !is_open) {
            return;
        }
        let mut torn = None;
        self.watch.lines.retain_mut(|line| {
            if line.stream != stream {
                return true;
            }
            if line.process == id {
                torn = line.torn_by.map(|by| (by, line.position));
                return false;
            }
            line.torn_by.get_or_insert((id, position));
            true
        });
        if is_open && self.watch.lines.len() < OPEN_MAX {
            self.watch.lines.push(OpenLine {
                process: id,
                stream,
                position,
                torn_by: None,
            });
        }
        let Some(((by, between), begun)) = torn else {
            return;
        };
        let pair = (id, by);
        if self.watch.torn.contains(&pair) || self.watch.torn.len() >= TORN_MAX {
            return;
        }
        self.watch.torn.push(pair);
        let mut finding = Finding::new(Code::TornLine, t);
        finding.actors = vec![id, by];
        finding.proof = vec![begun, between, position];
        self.raise(finding);
    }
}
