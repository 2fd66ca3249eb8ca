//! Input: keys, resizes and signals, as one stream.

use super::ask::Answer;
use super::reader::Reader;
use crate::channel::clock;
use crate::ui::key::Key;
use crossbeam_channel::Sender;
use crossterm::event::{Event, KeyEventKind};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use std::io;

/// What came from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Input {
    /// A key was pressed.
    Key(Key),
    /// The terminal has another size, or lost what was on it.
    Redraw,
    /// A signal that ends mpviz.
    End(i32),
    /// A signal that stops mpviz for a while.
    Suspend,
    /// The terminal has caught up with a frame; when, by the clock, in ns.
    Answer(u64),
    /// The terminal is gone.
    Lost,
}

/// Starts the thread that reads the terminal; what the terminal says of itself goes a way of its own,
/// so that it can be waited for while keys stay where they are. It ends with the process: nothing wakes a blocked
/// read.
pub(super) fn read_keys(to: Sender<Input>, said: Sender<Answer>) -> io::Result<()> {
    let answers = to.clone();
    // Who listens no more is about to end.
    let mut reader = Reader::open(move |answer| {
        let _ = match answer {
            None => answers.send(Input::Answer(clock::monotonic())).is_ok(),
            Some(answer) => said.send(answer).is_ok(),
        };
    })?;
    let read = move || {
        loop {
            let input = match reader.read() {
                Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => {
                    Key::from_terminal(key).map(Input::Key)
                }
                Ok(_) => None,
                Err(_) => Some(Input::Lost),
            };
            if let Some(input) = input
                && (to.send(input).is_err() || input == Input::Lost)
            {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("input".into())
        .spawn(read)?;
    Ok(())
}

/// Starts the thread that turns signals into input.
pub(super) fn read_signals(to: Sender<Input>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGWINCH])?;
    let read = move || {
        for signal in signals.forever() {
            let input = match signal {
                SIGTSTP => Input::Suspend,
                SIGCONT | SIGWINCH => Input::Redraw,
                signal => Input::End(signal),
            };
            if to.send(input).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(read)?;
    Ok(())
}
