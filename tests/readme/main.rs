//! Counts primes with four workers.
use mpviz::runtime::{Pool, Result, println, run_main};

fn primes_below(n: u32) -> Result<usize> {
    Ok((2..n).filter(|p| (2..*p).all(|d| p % d != 0)).count())
}

fn program() -> Result<()> {
    let pool = Pool::new(4)?;
    let limits = || (1..=8).map(|n| n * 500);
    for (limit, primes) in limits().zip(pool.imap(primes_below, limits())?) {
        println!("{} primes below {limit}", primes?);
    }
    pool.close();
    pool.join()
}

fn main() {
    std::process::exit(run_main(program));
}
