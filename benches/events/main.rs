//! What an event costs: the writer's side, the collector's side, and how soon it is seen.
//!
//! `cargo bench --bench events [name …]`. Each line names its figure, the peer that ran in turns
//! with it, the ratio, the aim, and whether that holds. All are medians of interleaved rounds, so
//! that whatever else the machine does hits figure and peer alike.
#![expect(
    unsafe_code,
    reason = "forks writers, which share nothing else with this process"
)]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod collector;
mod figures;
mod forked;
mod lttng;
mod writer;

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let parts: [(&str, fn()); 5] = [
        ("writer", writer::warm),
        ("forked", writer::forked),
        ("lttng", lttng::beside),
        ("collector", collector::eight_writers),
        ("sight", collector::first_sight),
    ];
    figures::print_head();
    for (name, part) in parts {
        if chosen.is_empty() || chosen.iter().any(|chosen| chosen == name) {
            part();
        }
    }
}
