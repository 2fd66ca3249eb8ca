//! Scratch.
use mpviz::channel::{Arena, Batch, Collector, clock};
use mpviz::runtime::{self, Pool, Result, probe};
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Command, Stdio};
fn square(n: u64) -> Result<u64> {
    Ok(n * n)
}
fn main() {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("round") => round(
            args.next().filter(|p| !p.is_empty()),
            &args.next().unwrap_or_default(),
        ),
        _ => compare(),
    }
}
fn round(arena: Option<String>, what: &str) {
    if let Some(path) = arena {
        let fd = OwnedFd::from(
            std::fs::File::options()
                .read(true)
                .write(true)
                .open(path)
                .expect("arena"),
        );
        let arena = Arena::attach(fd).expect("an arena");
        let actor = arena.control().next_actor();
        let slot = arena.reserve(actor, actor).expect("a ring");
        probe::join_stage(probe::Place {
            arena,
            actor,
            slot,
            source: file!(),
            capture: Vec::new(),
        })
        .expect("stage");
    }
    let code = runtime::run_main(|| -> Result<()> {
        let pool = Pool::new(4)?;
        pool.map(square, 0..100)?;
        if what == "map" {
            for _ in 0..4 {
                pool.map(square, 0..100_000)?;
            }
        }
        let begin = clock::monotonic();
        let n = match what {
            "map" => {
                let v = pool.map(square, 0..100_000)?;
                assert_eq!(v[99_999], 99_999 * 99_999);
                100_000
            }
            "maps" => {
                for _ in 0..100 {
                    let v = pool.map(square, 0..100_000)?;
                    assert_eq!(v[99_999], 99_999 * 99_999);
                }
                10_000_000
            }
            "map1" => {
                let v = pool.map_chunked(square, 0..100_000, 1)?;
                assert_eq!(v[99_999], 99_999 * 99_999);
                100_000
            }
            "imap" => {
                let v = pool.imap(square, 0..100_000)?.count();
                assert_eq!(v, 100_000);
                100_000
            }
            _ => {
                let r: Vec<_> = (0..20_000)
                    .map(|n| pool.apply_async(square, n))
                    .collect::<Result<_>>()?;
                for r in &r {
                    r.get()?;
                }
                20_000
            }
        };
        let took = clock::monotonic() - begin;
        eprintln!("{}", took as f64 / f64::from(n));
        pool.close();
        pool.join()
    });
    std::process::exit(code);
}
fn compare() {
    let own = std::env::current_exe().expect("own");
    for what in ["map", "map1", "apply", "imap"] {
        let (mut on, mut off) = (Vec::new(), Vec::new());
        let (mut lost, mut events) = (0, 0);
        for _ in 0..7 {
            let arena = Arena::create().expect("arena");
            let _ = arena.control().next_actor();
            let (to, from) = crossbeam_channel::unbounded::<Batch>();
            let collector = Collector::start(arena.clone(), to).expect("collector");
            let drain =
                std::thread::spawn(move || from.iter().map(|b| b.events.len()).sum::<usize>());
            let path = format!(
                "/proc/{}/fd/{}",
                std::process::id(),
                arena.fd().expect("fd").as_raw_fd()
            );
            on.push(measure(&own, &path, what));
            let tally = collector.finish();
            lost += tally.lost;
            events += tally.events;
            drain.join().expect("d");
            off.push(measure(&own, "", what));
        }
        println!(
            "{what}: on {:.0} ns, off {:.0} ns a task; events {events} lost {lost}",
            median(on),
            median(off)
        );
    }
}
fn measure(p: &std::path::Path, arena: &str, what: &str) -> f64 {
    let ran = Command::new(p)
        .args(["round", arena, what])
        .stdout(Stdio::null())
        .output()
        .expect("runs");
    let t = String::from_utf8_lossy(&ran.stderr);
    t.trim().parse().unwrap_or_else(|_| panic!("{t}"))
}
fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}
