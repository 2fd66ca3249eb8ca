//! Pools: many small tasks, in chunks as `map` makes them, one by one, and as results each.

use crate::Subject;
use mpviz::channel::clock;
use mpviz::runtime::{Pool, Result};

pub(crate) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "pool_map",
        operations: (100_000, 100_000),
        aim: 8.0,
        round: |count| round(count, map),
    },
    Subject {
        name: "pool_map_chunksize_1",
        operations: (100_000, 50_000),
        aim: 20.0,
        round: |count| round(count, map_one_by_one),
    },
    Subject {
        name: "pool_apply_async",
        operations: (20_000, 20_000),
        aim: 20.0,
        round: |count| round(count, apply_async),
    },
];

const WORKERS: usize = 4;
/// Each round is done this often in one pool, and the fastest counts, as in `peer.py`.
const TIMES: usize = 3;

fn square(n: u32) -> Result<u64> {
    Ok(u64::from(n) * u64::from(n))
}

fn map(pool: &Pool, count: u32) -> Result<()> {
    let squares = pool.map(square, 0..count)?;
    assert_eq!(squares.len(), count as usize);
    Ok(())
}

fn map_one_by_one(pool: &Pool, count: u32) -> Result<()> {
    let squares = pool.map_chunked(square, 0..count, 1)?;
    assert_eq!(squares.len(), count as usize);
    Ok(())
}

fn apply_async(pool: &Pool, count: u32) -> Result<()> {
    let results = (0..count)
        .map(|n| pool.apply_async(square, n))
        .collect::<Result<Vec<_>>>()?;
    for result in &results {
        result.get()?;
    }
    Ok(())
}

fn round(count: u32, work: fn(&Pool, u32) -> Result<()>) -> Result<f64> {
    let pool = Pool::new(WORKERS)?;
    map(&pool, 100)?;
    let mut fastest = u64::MAX;
    for _ in 0..TIMES {
        let begin = clock::monotonic();
        work(&pool, count)?;
        fastest = fastest.min(clock::monotonic() - begin);
    }
    pool.close();
    pool.join()?;
    Ok(fastest as f64 / f64::from(count))
}
