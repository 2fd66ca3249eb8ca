//! A panic in a thread of mpviz: the terminal is given back, the panic is told there, and nothing
//! of the run is left.
//!
//! No input is known that makes mpviz panic, so this program is the screen itself, in a process of
//! its own, with a thread that is told to. It is run again as the supervisor too, so it has a
//! `main` of its own; it takes `--list` as other tests do.

mod common;

use common::pty::Pty;
use common::tag::send;
use mpviz::app::config::Settled;
use mpviz::app::looks::{Choice, Looks};
use mpviz::app::piece::Piece;
use mpviz::app::play;
use mpviz::app::screen::{self, Opening, Options};
use mpviz::app::session::Session;
use mpviz::scenario;
use mpviz::stage::{SUPERVISOR_ARG, supervisor};
use mpviz::trace::Reader;
use mpviz::view::{Charset, Contrast, Depth, Ground};
use nix::sys::signal::Signal;
use signal_hook::iterator::Signals;
use std::io::{self, BufRead, BufReader, Read};
use std::process::ExitCode;

const HEADER: &[u8] = b"{\"mpviz\":\"0.1.0\",\"format\":1,\"program\":\"none\"}\n";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let first = args.first().map(String::as_str);
    match first {
        Some(SUPERVISOR_ARG) => supervisor::main(play::main_process),
        Some("live") => show(live()),
        Some("replay") => show(replay()),
        _ => run_tests(&args),
    }
}

#[expect(clippy::print_stdout, reason = "what a test harness does")]
fn run_tests(args: &[String]) -> ExitCode {
    let tests: [(&str, fn()); 2] = [
        ("a_panic_while_a_program_runs_ends_it", of_live),
        ("a_panic_while_a_trace_is_read_is_told", of_replay),
    ];
    let filter = args.iter().find(|arg| !arg.starts_with("--"));
    for (name, test) in tests {
        if filter.is_some_and(|filter| !name.contains(filter.as_str())) {
            continue;
        }
        if args.iter().any(|arg| arg == "--list") {
            println!("{name}: test");
        } else {
            test();
            println!("test {name} ... ok");
        }
    }
    ExitCode::SUCCESS
}

fn of_live() {
    let mut pty = start("live");
    pty.until_header(&["pipe", "● live"]);
    pty.until_text("rev: url0");
    pty.is_taken();
    assert!(pty.tag.living().len() >= 5, "{}", pty.text());
    send(pty.pid(), Signal::SIGUSR1);
    ends(&mut pty);
}

fn of_replay() {
    let mut pty = start("replay");
    pty.until_screen("mpviz's screen", |screen| {
        screen.alternate_screen() && screen.hide_cursor()
    });
    send(pty.pid(), Signal::SIGUSR1);
    ends(&mut pty);
}

fn start(what: &str) -> Pty {
    let myself = std::env::current_exe().expect("this program has a path");
    let myself = myself.to_str().expect("it is UTF-8");
    // What is told is one line: with a stack it would be many.
    Pty::command((120, 36), &[myself, what], &[("RUST_BACKTRACE", "0")])
}

#[track_caller]
fn ends(pty: &mut Pty) {
    assert_eq!(pty.end(), 101, "{}", pty.text());
    pty.nothing_is_left();
    // It is told on the screen that people have, after the other was left.
    let told = pty.until_text("as told");
    assert!(
        told.contains("thread 'doomed'") || told.contains("thread 'replay'"),
        "{told}"
    );
}

fn show(opening: Opening) -> ExitCode {
    let options = Options {
        looks: Looks::new(
            Choice::OfTerminal(Contrast::Usual),
            Depth::None,
            Charset::Unicode,
            Ground::Dark,
        ),
        record: None,
        settled: Settled::default(),
    };
    // It does not come back: the panic ends the process.
    screen::run(opening, options).map_or(ExitCode::FAILURE, |_| ExitCode::SUCCESS)
}

/// A scenario that runs for half a minute, beside a thread that panics when it is told to.
fn live() -> Opening {
    let doomed = std::thread::Builder::new().name("doomed".into());
    let told = ToPanic::new();
    doomed.spawn(move || told.wait()).expect("a thread");
    let scenario = scenario::find("pipe").expect("it is brought");
    let mut knobs = scenario::default_knobs(scenario.program);
    knobs.pace = 0.2;
    Opening::Run(Piece::Scenario(scenario, knobs))
}

/// A trace whose reading panics, in the thread that reads it.
fn replay() -> Opening {
    let input: Box<dyn BufRead + Send> = Box::new(HEADER.chain(BufReader::new(ToPanic::new())));
    let trace = Reader::new(input).expect("it has a header");
    Opening::Replay(Session::replay(trace, 0.0).expect("a thread"))
}

/// Panics at SIGUSR1.
struct ToPanic(Signals);

impl ToPanic {
    fn new() -> ToPanic {
        ToPanic(Signals::new([nix::libc::SIGUSR1]).expect("a signal can be watched for"))
    }

    fn wait(mut self) {
        let _ = self.read_exact(&mut [0]);
    }
}

impl Read for ToPanic {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.forever().next();
        panic!("as told");
    }
}
