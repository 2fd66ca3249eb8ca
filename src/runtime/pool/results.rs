//! Answers as they come out of the outqueue: as many at once as there are.

use super::Core;
use super::bytes::Bytes;
use super::failure::Failure;
use super::frame::{self, ANSWER_HEAD, Head};
use super::jobs::{Job, Part};
use super::lane::Went;
use crate::event::Kind;
use crate::event::words::Outcome;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use std::sync::Arc;

/// What is read at once: all that the pipe holds.
const BUFFER: usize = 64 * 1024;

/// The result handler's buffer.
pub(super) struct Answers {
    buffer: Vec<u8>,
    /// How many bytes of it were read.
    filled: usize,
}

impl Answers {
    pub(super) fn new() -> Answers {
        Answers {
            buffer: vec![0; BUFFER],
            filled: 0,
        }
    }

    /// Reads until there is an answer, waiting where there is none. It is over if the pool is
    /// terminated, or closed with nothing left to come.
    pub(super) fn read(&mut self, core: &Core) -> Result<Went> {
        let mut wait = core.outqueue.get_wait();
        let went = loop {
            if let Some(head) = self.complete() {
                wait.end(Outcome::Done, Some(head.message.sender));
                return Ok(Went::Done);
            }
            match core.outqueue.read_some(&mut self.buffer[self.filled..]) {
                Ok(Some(0)) => break Err(Error::Eof),
                Ok(Some(count)) => self.filled += count,
                Ok(None) => {
                    if core.is_finished() {
                        break Ok(Went::Over);
                    }
                    wait.begin();
                    let bells = [&core.quit, &core.finish];
                    let rest = &mut self.buffer[self.filled..];
                    match core.outqueue.wait_for_some(rest, bells) {
                        Ok(Some(0)) => break Err(Error::Eof),
                        Ok(count) => self.filled += count.unwrap_or(0),
                        Err(error) => break Err(error),
                    }
                }
                Err(error) => break Err(error),
            }
        };
        // The pool rings its own bells.
        let waker = matches!(went, Ok(Went::Over)).then(probe::process);
        wait.end(Outcome::Interrupted, waker);
        went
    }

    /// Returns the head of the first message if all of it is here; makes room for more if not, by
    /// and by: its length is a stranger's word.
    fn complete(&mut self) -> Option<Head> {
        let head = frame::head(&self.buffer[..self.filled])?;
        if head.bytes > self.filled && self.filled == self.buffer.len() {
            let twice = self.filled.saturating_mul(2);
            self.buffer.resize(head.bytes.min(twice), 0);
        }
        (head.bytes <= self.filled).then_some(head)
    }

    /// Takes all answers out that are here whole, with the jobs that they are for. What is no
    /// answer, and what nobody waits for, can't be handed to anyone.
    pub(super) fn take_all(&mut self, core: &Core, batch: &mut Vec<(Arc<dyn Job>, u32, Part)>) {
        let object = core.outqueue.pipe();
        let (mut at, mut count) = (0, 0);
        let table = core.jobs.table();
        while let Some(head) = frame::head(&self.buffer[at..self.filled]) {
            if at + head.bytes > self.filled {
                break;
            }
            let range = at..at + head.bytes;
            at = range.end;
            let Some(answer) = frame::answer(&self.buffer[range.clone()]) else {
                continue;
            };
            probe::say_one_of(count, || Kind::MessageReceived {
                object,
                message: head.message,
                end: None,
            });
            count += 1;
            let Some(job) = table.get(answer.job) else {
                continue;
            };
            let body = &self.buffer[range.start + ANSWER_HEAD..range.end];
            let outcome = match answer.results {
                // One that fills the buffer is handed on as it is.
                Some(count) if range.start == 0 && range.end > BUFFER => {
                    let mut whole = std::mem::replace(&mut self.buffer, vec![0; BUFFER]);
                    whole.truncate(range.end);
                    self.filled = 0;
                    at = 0;
                    Ok((count, Bytes::Answer(whole)))
                }
                Some(count) => Ok((count, Bytes::copy(body))),
                None => Err(postcard::from_bytes(body)
                    .unwrap_or_else(|error| Failure::new("Exception", error))),
            };
            let part = Part {
                index: answer.index,
                task: answer.task,
                from: head.message.sender,
                outcome,
            };
            batch.push((Arc::clone(job), answer.job, part));
        }
        drop(table);
        self.buffer.copy_within(at..self.filled, 0);
        self.filled -= at;
        if self.filled <= BUFFER && self.buffer.len() > BUFFER {
            self.buffer.truncate(BUFFER);
            self.buffer.shrink_to_fit();
        }
    }
}
