//! The viewer: a small mpviz that launches one play, prints its events as JSON, and obeys.
//!
//! `view PLAY` runs one of [`super::plays`], `view -- PROGRAM ARGS…` any program. A line `stop`
//! on stdin ends the run, `panic` makes the main thread panic, `drop` leaves without a word.
//! Settings come by environment: `LIVE_MAX`, `NOFILE`, `NPROC` (limits), `TTY` (a terminal to be
//! set as a screen does), `GIVEN_BACK` (it is not had any more), `THREAD` (the stage is launched by a thread that then ends).

use mpviz::channel::{Arena, Batch, Collector};
use mpviz::event::Event;
use mpviz::event::kind::Kind;
use mpviz::stage::{Hold, Launch, Manner, Modes, Play, Stage, StageError, Terminal};
use nix::sys::resource::{Resource, setrlimit};
use std::io::{BufRead, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

/// Runs the viewer.
pub(crate) fn main(args: &[String]) -> ExitCode {
    match view(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print(&format!("error {}", chain(&*error)));
            ExitCode::from(1)
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let below = std::iter::successors(error.source(), |error| error.source());
    let texts = below.map(|error| format!(": {error}"));
    format!("{error}{}", texts.collect::<String>())
}

#[expect(clippy::print_stdout, reason = "the test reads it")]
fn print(line: &str) {
    println!("{line}");
    // Nobody reads: the end is near.
    let _ = std::io::stdout().flush();
}

fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

fn limit(resource: Resource, name: &str) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(limit) = setting(name) {
        setrlimit(resource, limit, limit)?;
    }
    Ok(())
}

/// Sets a terminal as a screen does.
fn take_terminal(path: &str) -> Result<Terminal, Box<dyn std::error::Error>> {
    let mut tty = std::fs::File::options().read(true).write(true).open(path)?;
    let before = Modes::of(tty.as_fd())?;
    let mut modes = nix::sys::termios::tcgetattr(&tty)?;
    nix::sys::termios::cfmakeraw(&mut modes);
    nix::sys::termios::tcsetattr(&tty, nix::sys::termios::SetArg::TCSANOW, &modes)?;
    tty.write_all(b"\x1b[?1049h\x1b[?25l")?;
    let hold = Hold::new()?;
    if setting::<u32>("GIVEN_BACK").is_none() {
        hold.take();
    }
    let raw = Modes::of(tty.as_fd())?;
    let shell = None;
    Ok(Terminal {
        manner: Manner { before, raw, shell },
        hold,
        tty: tty.into(),
    })
}

fn launch_here(launch: Launch) -> Result<Stage, StageError> {
    if setting::<u32>("THREAD").is_none() {
        return Stage::launch(launch);
    }
    let thread = std::thread::spawn(move || Stage::launch(launch));
    thread.join().expect("launching does not panic")
}

fn view(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    limit(Resource::RLIMIT_NOFILE, "NOFILE")?;
    limit(Resource::RLIMIT_NPROC, "NPROC")?;
    let orders = orders()?;
    let arena = Arena::create()?;
    let (to, batches) = crossbeam_channel::unbounded::<Batch>();
    let collector = Collector::start(arena.clone(), to)?;
    let mut launch = match args {
        [dashes, argv @ ..] if dashes == "--" => {
            Launch::exec(argv.iter().map(Into::into).collect(), arena)
        }
        _ => {
            let mut launch = Launch::exec(Vec::new(), arena);
            launch.play = Play::Scenario {
                name: args.first().cloned().unwrap_or_default(),
                knobs: vec![("a knob".to_owned(), "7".to_owned())],
            };
            launch
        }
    };
    launch.seed = 11;
    launch.pace = 2.5;
    launch.live_max = setting("LIVE_MAX").unwrap_or(launch.live_max);
    if let Some(path) = setting::<String>("TTY") {
        launch.terminal = Some(take_terminal(&path)?);
    }
    let stage = launch_here(launch)?;
    print(&format!("supervisor {}", stage.supervisor()));
    print_events(stage.opening());
    loop {
        crossbeam_channel::select! {
            recv(batches) -> batch => if let Ok(batch) = batch {
                stage.follow(&batch.events);
                print_events(&batch.events);
            },
            recv(orders) -> order => match order.as_deref() {
                Ok("stop") => stage.begin_stop(),
                Ok("panic") => panic!("as told"),
                Ok("drop") => return Ok(()),
                _ => {}
            },
            recv(stage.over()) -> _ => break,
        }
    }
    drop(stage);
    collector.finish();
    batches.iter().for_each(|batch| print_events(&batch.events));
    Ok(())
}

/// The lines of stdin; when it closes, that is no order.
fn orders() -> std::io::Result<crossbeam_channel::Receiver<String>> {
    let (to, orders) = crossbeam_channel::unbounded();
    std::thread::Builder::new().spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
        loop {
            std::thread::park();
        }
    })?;
    Ok(orders)
}

fn print_events(events: &[Event]) {
    for event in events
        .iter()
        .filter(|event| !matches!(event.kind, Kind::Horizon {}))
    {
        if let Ok(line) = serde_json::to_string(event) {
            print(&line);
        }
    }
}
