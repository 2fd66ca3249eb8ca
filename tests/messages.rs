//! Messages that can't be: of another type, not to be decoded, with no memory for them. What is wrong
//! is told to whom it concerns, and the queue or pipe goes on.

use mpviz::runtime::{Error, Process, Queue, Result, SimpleQueue, pipe_one_way};
use nix::sys::resource::{Resource, setrlimit};
use serde::{Deserialize, Deserializer, Serialize};

/// A number that can be sent and, if it is 13, not received.
#[derive(Serialize, Debug, PartialEq, Eq)]
struct Unlucky(u32);

impl<'de> Deserialize<'de> for Unlucky {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            13 => Err(serde::de::Error::custom("13 brings no luck")),
            number => Ok(Unlucky(number)),
        }
    }
}

#[track_caller]
fn assert_names(error: &Error, object: &str, sender: u32) {
    assert_eq!(error.kind(), "UnpicklingError");
    let text = error.to_string();
    assert!(text.contains(&format!("`{object}`")), "{text}");
    assert!(text.contains(&format!("process {sender} ")), "{text}");
}

#[test]
fn a_queue_goes_on_after_an_item_that_is_none() {
    let q = Queue::named("numbers").expect("a queue");
    let put = || [13, 7].into_iter().try_for_each(|n| q.put(Unlucky(n)));
    let child = Process::new().start(put).expect("a child");
    let pid = child.pid().expect("open").expect("started");
    assert_names(&q.get().expect_err("13"), "numbers", pid);
    assert_eq!(q.get().expect("the next"), Unlucky(7));
    assert_eq!(q.qsize(), 0);
    child.join().expect("joined");
}

#[test]
fn a_simple_queue_goes_on_after_an_item_that_is_none() {
    let q = SimpleQueue::named("numbers").expect("a queue");
    q.put(Unlucky(13)).expect("put");
    q.put(Unlucky(7)).expect("put");
    assert_names(&q.get().expect_err("13"), "numbers", std::process::id());
    assert_eq!(q.get().expect("the next"), Unlucky(7));
}

#[test]
fn a_value_of_another_type_is_refused_by_its_receiver() {
    let (reader, writer) = pipe_one_way("typed").expect("a pipe");
    writer.send(&7).expect("sent");
    writer.send("text").expect("sent");
    writer.send(&(1u8, "more")).expect("sent");
    writer.send(&7u32).expect("sent");
    let me = std::process::id();
    // `7` without a type is an `i32`, whose bytes would make a `u32` as well: 14.
    assert_names(&reader.recv::<u32>().expect_err("an i32"), "typed", me);
    assert_names(&reader.recv::<u32>().expect_err("a text"), "typed", me);
    assert_names(&reader.recv::<u8>().expect_err("two"), "typed", me);
    assert_eq!(reader.recv::<u32>().expect("a u32"), 7);
}

#[test]
fn a_message_that_there_is_no_memory_for_fails_at_its_sender() {
    const MIB: usize = 1 << 20;
    let (reader, writer) = pipe_one_way("narrow").expect("a pipe");
    let q = Queue::named("narrow").expect("a queue");
    let send = || -> Result<()> {
        let large = "x".repeat(64 * MIB);
        let status = std::fs::read_to_string("/proc/self/statm").expect("statm");
        let pages: u64 = status
            .split(' ')
            .next()
            .and_then(|n| n.parse().ok())
            .expect("a number");
        let limit = pages * 4096 + 32 * MIB as u64;
        setrlimit(Resource::RLIMIT_AS, limit, limit).expect("a limit");
        let failed = writer.send(&large).expect_err("no memory");
        assert!(matches!(failed, Error::Memory { .. }), "{failed}");
        let failed = q.put(large).expect_err("no memory");
        assert_eq!(failed.kind(), "MemoryError");
        writer.send("small")?;
        q.put("small".to_owned())
    };
    let child = Process::new().start(send).expect("a child");
    assert_eq!(reader.recv::<String>().expect("the small one"), "small");
    assert_eq!(q.get().expect("the small one"), "small");
    child.join().expect("joined");
    assert_eq!(child.exitcode().expect("ended"), Some(0));
}

#[test]
fn a_bound_beyond_what_can_be_counted_is_named_with_its_range() {
    let wrong = Queue::<u8>::bounded("wide", 1 << 31).expect_err("too much");
    let text = wrong.to_string();
    assert_eq!(text, "maxsize is 2147483648, it must be at most 2147483647");
    assert_eq!(wrong.kind(), "ValueError");
}
