//! 64 writers and 64 readers on one queue.

use crate::kept::Kept;
use mpviz::runtime::{Process, Queue, Result};

const SIDE: u64 = 64;

/// What a reader has got: how many, and their sum.
type Got = (u64, u64);

pub(crate) fn many_at_once(share: u64) {
    let messages = 1_000_000 / share / SIDE * SIDE;
    // The first round makes what stays: the allocator's pages, the runtime's own.
    round(SIDE * 4);
    let before = Kept::now();
    let (count, sum) = round(messages);
    assert_eq!(count, messages, "each came once");
    assert_eq!(sum, (0..messages).sum::<u64>(), "and as it was written");
    before.has_not_grown("a queue that is gone");
}

fn round(messages: u64) -> Got {
    let all = || -> Result<Got> {
        let q: Queue<Option<u64>> = Queue::named("q")?;
        let results: Queue<Got> = Queue::named("results")?;
        let mut readers = Vec::new();
        for _ in 0..SIDE {
            readers.push(Process::new().start(|| read(&q, &results))?);
        }
        let mut writers = Vec::new();
        for n in 0..SIDE {
            let numbers = messages / SIDE * n..messages / SIDE * (n + 1);
            let q = &q;
            writers.push(Process::new().start(move || -> Result<()> {
                numbers
                    .into_iter()
                    .try_for_each(|number| q.put(Some(number)))
            })?);
        }
        for writer in writers {
            writer.join()?;
            assert_eq!(writer.exitcode()?, Some(0));
        }
        for _ in 0..SIDE {
            q.put(None)?;
        }
        let mut total = (0, 0);
        for _ in 0..SIDE {
            let (count, sum) = results.get()?;
            total = (total.0 + count, total.1 + sum);
        }
        for reader in readers {
            reader.join()?;
            assert_eq!(reader.exitcode()?, Some(0));
        }
        // Its feeder ends, and with it what it has.
        q.close();
        q.join_thread()?;
        Ok(total)
    };
    all().expect("it works")
}

fn read(q: &Queue<Option<u64>>, results: &Queue<Got>) -> Result<()> {
    let (mut count, mut sum) = (0, 0);
    while let Some(number) = q.get()? {
        count += 1;
        sum += number;
    }
    results.put((count, sum))
}
