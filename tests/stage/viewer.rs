//! The viewer: a small mpviz that launches one play, prints its events as JSON, and obeys.
//!
//! `view PLAY` runs one of [`super::plays`], `view -- PROGRAM ARGS…` any program. A line `stop`
//! on stdin ends the run, `panic` makes the main thread panic, `drop` leaves without a word.

use mpviz::channel::{Arena, Batch, Collector};
use mpviz::event::Event;
use mpviz::event::kind::Kind;
use mpviz::stage::{Launch, Play, Stage};
use std::io::{BufRead, Write};
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

fn view(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
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
    if let Ok(live_max) = std::env::var("LIVE_MAX") {
        launch.live_max = live_max.parse()?;
    }
    let stage = Stage::launch(launch)?;
    print(&format!("supervisor {}", stage.supervisor()));
    print_events(stage.opening());
    let orders = orders();
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
fn orders() -> crossbeam_channel::Receiver<String> {
    let (to, orders) = crossbeam_channel::unbounded();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
        loop {
            std::thread::park();
        }
    });
    orders
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
