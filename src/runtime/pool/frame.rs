//! The forms of a task in the inqueue and of an answer in the outqueue.
//!
//! Both begin as every message does: the length of what follows these 16 bytes, the sender, the
//! sender's count. A task is filled up to [`TASK_MIN`] bytes, so that a small one is taken out by
//! one read, whose size needs no knowing. All numbers are little-endian.

use crate::event::{ActorId, MessageId, TaskId};
use crate::runtime::ahead::Form;
use crate::runtime::error::Error;

/// The bytes of a message's own head.
const HEAD: usize = 16;
/// The bytes of a task before its arguments.
pub(super) const TASK_HEAD: usize = 48;
/// The least bytes of a task in the pipe; a sentinel has as many.
pub(super) const TASK_MIN: usize = 64;
/// The bytes of an answer before its results.
pub(super) const ANSWER_HEAD: usize = 32;
/// The most bytes that a message may have, as everywhere in the runtime.
pub(super) const MAX: usize = i32::MAX as usize;

/// A message of nothing.
pub(super) const NOTHING: [u8; HEAD] = [0; HEAD];

/// A task, without its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Task {
    /// The pool's own number: only its own tasks have it.
    pub(super) cookie: u64,
    /// Which function, as `Code` numbers them.
    pub(super) code: u64,
    /// Whose result this is a part of.
    pub(super) job: u32,
    /// Which part.
    pub(super) index: u32,
    /// What events call it.
    pub(super) task: TaskId,
    /// How many calls it is.
    pub(super) count: u32,
}

/// The end of an answer's way: whose it is, and what follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Answer {
    pub(super) job: u32,
    pub(super) index: u32,
    pub(super) task: TaskId,
    /// How many results follow; `None` if a failure does.
    pub(super) results: Option<u32>,
}

/// Stands for the number of results where a failure follows.
const FAILED: u32 = u32::MAX;

/// What stands first in a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Head {
    pub(super) message: MessageId,
    /// How many bytes the message has, this head included.
    pub(super) bytes: usize,
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

/// Returns a length as the head tells it; `MAX` fits.
fn told(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

/// Writes into a message's first bytes whose it is.
pub(super) fn sign(message: &mut [u8], id: MessageId) {
    message[4..8].copy_from_slice(&id.sender.0.to_le_bytes());
    message[8..16].copy_from_slice(&id.number.to_le_bytes());
}

/// Reads what stands first in a message; `None` if it is not all there.
pub(super) fn head(bytes: &[u8]) -> Option<Head> {
    (bytes.len() >= HEAD).then(|| Head {
        message: MessageId {
            sender: ActorId(u32_at(bytes, 4)),
            number: u64_at(bytes, 8),
        },
        bytes: HEAD + u32_at(bytes, 0) as usize,
    })
}

/// How tasks look in the pipe.
pub(super) const TASKS: Form = Form {
    block: TASK_MIN,
    total: |block| match head(block).map(padded) {
        Some(bytes) if bytes <= HEAD + MAX => Ok(bytes),
        bytes => Err(Error::MessageTooLong {
            bytes: bytes.unwrap_or(usize::MAX),
            max: MAX,
        }),
    },
};

/// Returns how many bytes a task takes in the pipe.
pub(super) fn padded(head: Head) -> usize {
    head.bytes.max(TASK_MIN)
}

/// Leaves room for a task's head; its arguments are to follow, then [`finish_task`]. Returns where
/// it begins.
pub(super) fn begin_task(out: &mut Vec<u8>) -> usize {
    let at = out.len();
    out.extend_from_slice(&[0; TASK_HEAD]);
    at
}

/// Completes the task that begins at `at`. If it is too large it is taken back, and its size is
/// the error.
pub(super) fn finish_task(out: &mut Vec<u8>, at: usize, task: &Task) -> Result<(), usize> {
    let bytes = out.len() - at - HEAD;
    if bytes > MAX {
        out.truncate(at);
        return Err(bytes);
    }
    let head = &mut out[at..at + TASK_HEAD];
    head[0..4].copy_from_slice(&told(bytes));
    head[16..24].copy_from_slice(&task.cookie.to_le_bytes());
    head[24..32].copy_from_slice(&task.code.to_le_bytes());
    head[32..36].copy_from_slice(&task.job.to_le_bytes());
    head[36..40].copy_from_slice(&task.index.to_le_bytes());
    head[40..44].copy_from_slice(&task.task.0.to_le_bytes());
    head[44..48].copy_from_slice(&task.count.to_le_bytes());
    if out.len() < at + TASK_MIN {
        out.resize(at + TASK_MIN, 0);
    }
    Ok(())
}

/// Appends the sentinel that ends a worker: a message of nothing.
pub(super) fn sentinel(out: &mut Vec<u8>) {
    out.resize(out.len() + TASK_MIN, 0);
}

/// Counts messages that stand one after the other.
pub(super) fn count(mut messages: &[u8]) -> usize {
    let mut count = 0;
    while let Some(head) = head(messages) {
        count += 1;
        messages = messages.get(padded(head)..).unwrap_or(&[]);
    }
    count
}

/// Reads a task; `None` if it is a sentinel.
pub(super) fn task(bytes: &[u8]) -> Option<Task> {
    let head = head(bytes)?;
    (head.bytes >= TASK_HEAD).then(|| Task {
        cookie: u64_at(bytes, 16),
        code: u64_at(bytes, 24),
        job: u32_at(bytes, 32),
        index: u32_at(bytes, 36),
        task: TaskId(u32_at(bytes, 40)),
        count: u32_at(bytes, 44),
    })
}

/// Makes an answer's head in front of its results, which begin at [`ANSWER_HEAD`].
pub(super) fn finish_answer(out: &mut [u8], answer: Answer) {
    let bytes = told(out.len() - HEAD);
    out[0..4].copy_from_slice(&bytes);
    out[16..20].copy_from_slice(&answer.job.to_le_bytes());
    out[20..24].copy_from_slice(&answer.index.to_le_bytes());
    out[24..28].copy_from_slice(&answer.task.0.to_le_bytes());
    out[28..32].copy_from_slice(&answer.results.unwrap_or(FAILED).to_le_bytes());
}

/// Reads an answer; `None` if it is none.
pub(super) fn answer(bytes: &[u8]) -> Option<Answer> {
    (bytes.len() >= ANSWER_HEAD).then(|| Answer {
        job: u32_at(bytes, 16),
        index: u32_at(bytes, 20),
        task: TaskId(u32_at(bytes, 24)),
        results: Some(u32_at(bytes, 28)).filter(|&results| results != FAILED),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: Task = Task {
        cookie: 7,
        code: 8,
        job: 9,
        index: 10,
        task: TaskId(11),
        count: 12,
    };

    #[test]
    fn a_task_is_read_as_it_was_written() {
        for length in [0, 1, 15, 16, 17, 5000] {
            let mut out = vec![1; 3];
            let at = begin_task(&mut out);
            out.extend(std::iter::repeat_n(5, length));
            assert_eq!(finish_task(&mut out, at, &TASK), Ok(()));
            let message = &out[3..];
            let head = head(message).expect("a head");
            assert_eq!(head.bytes, TASK_HEAD + length);
            assert_eq!(padded(head), message.len());
            assert_eq!(task(message), Some(TASK));
        }
    }

    #[test]
    fn a_sentinel_is_no_task() {
        let mut out = Vec::new();
        sentinel(&mut out);
        assert_eq!(task(&out), None);
        assert_eq!(out.len(), TASK_MIN);
        assert_eq!(task(&out[..3]), None);
    }

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        let wanted = Answer {
            job: 1,
            index: 2,
            task: TaskId(3),
            results: Some(4),
        };
        let mut out = vec![0; ANSWER_HEAD + 2];
        finish_answer(&mut out, wanted);
        assert_eq!(answer(&out), Some(wanted));
        assert_eq!(head(&out).map(|head| head.bytes), Some(out.len()));
        assert_eq!(answer(&out[..ANSWER_HEAD - 1]), None);
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_are_messages_that_fit_or_none(
            words in proptest::collection::vec(
                proptest::prop_oneof![0u32..100, proptest::num::u32::ANY],
                0..60,
            ),
            cut in 0usize..4,
        ) {
            let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            bytes.truncate(bytes.len().saturating_sub(cut));
            proptest::prop_assert!(count(&bytes) <= bytes.len().div_ceil(TASK_MIN));
            if let Some(head) = head(&bytes) {
                proptest::prop_assert!(head.bytes >= HEAD && padded(head) >= TASK_MIN);
            }
            proptest::prop_assert_eq!(answer(&bytes).is_some(), bytes.len() >= ANSWER_HEAD);
            let is_task = head(&bytes).is_some_and(|head| head.bytes >= TASK_HEAD);
            proptest::prop_assert_eq!(task(&bytes).is_some(), is_task);
        }
    }
}
