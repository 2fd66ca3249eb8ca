//! A million tasks on a pool of 64.

use crate::kept::Kept;
use mpviz::runtime::{Pool, Result};

const WORKERS: usize = 64;
/// So many results are awaited at a time.
const AT_A_TIME: u64 = 10_000;

pub(crate) fn many_tasks(share: u64) {
    let tasks = 1_000_000 / share;
    round(AT_A_TIME.min(tasks));
    let before = Kept::now();
    round(tasks);
    before.has_not_grown("a pool that is gone");
}

fn double(n: u64) -> Result<u64> {
    Ok(n * 2)
}

fn round(tasks: u64) {
    let all = || -> Result<()> {
        let pool = Pool::new(WORKERS)?;
        let mut middle = None;
        for begin in (0..tasks).step_by(usize::try_from(AT_A_TIME).unwrap_or(1)) {
            let numbers = begin..(begin + AT_A_TIME).min(tasks);
            let results = numbers.clone().map(|n| pool.apply_async(double, n));
            let results = results.collect::<Result<Vec<_>>>()?;
            for (n, result) in numbers.zip(results) {
                assert_eq!(result.get()?, n * 2);
            }
            middle.get_or_insert_with(Kept::now);
        }
        if let Some(middle) = middle {
            middle.has_not_grown_but_children("a pool at work");
        }
        pool.close();
        pool.join()
    };
    all().expect("it works");
}
