//! Finds primes: a pipeline of processes, with a queue before each.
//!
//! MainProcess puts the numbers 2, 3, 4, … into the first queue. Each *filter* has a prime, gets
//! numbers from the queue before it, and puts those that its prime does not divide into the queue
//! behind it. What comes out at the end is prime.
//!
//! ```text
//! MainProcess ─▶ filter-2 ─▶ filter-3 ─▶ filter-5 ─▶ … ─▶ primes
//! ```
//!
//! What to learn here:
//!
//! - a pipeline is as fast as its slowest stage: the first filter gets all numbers, those behind it
//!   ever fewer, and wait most of the time;
//! - the queues are *bounded*: who comes before the slow stage waits in `put`, and no queue grows
//!   without end (that is backpressure);
//! - the end travels as a message too: `None` says that nothing comes any more;
//! - a message costs more than a division: many numbers travel many in a message.
//!
//! ```text
//! cargo run --example prime_sieve                     primes up to 50, slowly
//! cargo run --example prime_sieve -- 1000000          as fast as it goes
//! mpviz run -- ./target/debug/examples/prime_sieve    on the screen
//! ```

mod arguments;

use arguments::{Arguments, number, refuse};
use mpviz::runtime::{Process, Queue, Result, println, run_main, sleep};

const USAGE: &str = "\
Usage: prime_sieve [--slow SECONDS] [N]

Prints the primes up to N (2 to 10000000) [50].

  --slow SECONDS   how much longer a filter takes over each message [0; 0.06 without N]";

/// The most filters. What they let through, the last stage looks at alone.
const FILTERS: usize = 12;

/// The most messages that a queue takes before `put` waits.
const PLACES: usize = 4;

/// Up to so many primes are printed one by one.
const SHOWN: usize = 200;

/// Some numbers, in order; `None` after the last.
type Numbers = Queue<Option<Vec<u32>>>;

fn main() {
    let code = run_main(|| match Settings::read() {
        Ok(settings) => sieve(&settings),
        Err(wrong) => refuse("prime_sieve", &wrong, USAGE),
    });
    std::process::exit(code);
}

/// Builds the pipeline from its beginning to its end, feeds it, and waits for its processes.
fn sieve(settings: &Settings) -> Result<()> {
    let first = Numbers::bounded("numbers", PLACES)?;
    let (mut input, mut stages) = (first.clone(), Vec::new());
    for prime in first_primes(settings.n) {
        let output = Numbers::bounded(&format!("not-by-{prime}"), PLACES)?;
        let filter = Process::named(&format!("filter-{prime}"));
        stages.push(filter.start(|| filter_out(prime, &input, &output, settings.slow))?);
        input = output;
    }
    stages.push(Process::named("primes").start(|| collect(&input, settings.n))?);
    feed(&first, settings.n)?;
    stages.iter().try_for_each(Process::join)
}

/// Puts all numbers up to `n`, and the end. A thousand messages do for any `n`.
fn feed(output: &Numbers, n: u32) -> Result<()> {
    let numbers: Vec<u32> = (2..=n).collect();
    for some in numbers.chunks(numbers.len().div_ceil(1000)) {
        output.put(Some(some.to_vec()))?;
    }
    output.put(None)
}

/// Passes on what `prime` does not divide, and itself. This is a filter's process.
fn filter_out(prime: u32, input: &Numbers, output: &Numbers, slow: f64) -> Result<()> {
    let (mut came, mut passed) = (0, 0);
    while let Some(numbers) = input.get()? {
        if slow > 0.0 {
            sleep(slow)?;
        }
        came += numbers.len();
        let left = numbers
            .into_iter()
            .filter(|n| !n.is_multiple_of(prime) || *n == prime);
        let left: Vec<u32> = left.collect();
        passed += left.len();
        if !left.is_empty() {
            output.put(Some(left))?;
        }
    }
    println!("filter-{prime}: {came} numbers came, {passed} went on");
    output.put(None)
}

/// Gathers what comes through, and prints it. This is the last stage's process.
fn collect(input: &Numbers, n: u32) -> Result<()> {
    let mut primes = Vec::new();
    while let Some(numbers) = input.get()? {
        // What is a multiple of none of the filters' primes may be one of a greater one. That one
        // came before: numbers come in order.
        for number in numbers {
            if is_prime(number, &primes) {
                primes.push(number);
            }
        }
    }
    let (shown, rest) = primes.split_at(primes.len().min(SHOWN));
    for line in shown.chunks(10) {
        let line: String = line.iter().map(|prime| format!("{prime:>8}")).collect();
        println!("{line}");
    }
    if let Some(last) = rest.last() {
        println!("{:>8} more, up to {last}", rest.len());
    }
    println!("{} primes up to {n}", primes.len());
    Ok(())
}

/// Returns whether none of the smaller primes divides the number.
fn is_prime(number: u32, smaller: &[u32]) -> bool {
    let mut small = smaller.iter().take_while(|&&prime| prime * prime <= number);
    small.all(|prime| !number.is_multiple_of(*prime))
}

/// Returns the filters' primes: those whose square is not beyond `n`, and not too many.
fn first_primes(n: u32) -> Vec<u32> {
    let mut primes = Vec::new();
    for number in (2..).take_while(|number| number * number <= n) {
        if primes.len() < FILTERS && is_prime(number, &primes) {
            primes.push(number);
        }
    }
    primes
}

/// What the command line asks for.
struct Settings {
    n: u32,
    slow: f64,
}

impl Settings {
    fn read() -> std::result::Result<Settings, String> {
        let arguments = Arguments::read(&["slow"], USAGE)?;
        let (n, slow) = match arguments.rest.as_slice() {
            [] => (50, 0.06),
            [n] => (number("N", &n.to_string_lossy(), 2..=10_000_000)?, 0.0),
            [_, more, ..] => {
                let more = more.to_string_lossy();
                return Err(format!(
                    "`{more}` is one argument too many; give one number"
                ));
            }
        };
        let slow = arguments.number("slow", 0.0..=3600.0, slow)?;
        Ok(Settings { n, slow })
    }
}
