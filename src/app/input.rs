//! Input: keys, the mouse, what is pasted, resizes and signals, as one stream.

use super::ask::Answer;
use super::output;
use super::reader::Reader;
use crate::channel::clock;
use crate::event::Time;
use crate::ui::Mouse;
use crate::ui::key::Key;
use crate::ui::mouse::Turn;
use crossbeam_channel::Sender;
use crossterm::event::{
    Event, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use std::io;

/// What came from outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Input {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// A text was pasted.
    Pasted(String),
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
            None => {
                output::answered();
                answers.send(Input::Answer(clock::monotonic())).is_ok()
            }
            Some(answer) => {
                if matches!(answer, Answer::Last) {
                    output::answered();
                }
                said.send(answer).is_ok()
            }
        };
    })?;
    let read = move || {
        loop {
            let input = match reader.read() {
                Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => {
                    Key::from_terminal(key).map(Input::Key)
                }
                Ok(Event::Mouse(mouse)) => mouse_of(mouse).map(Input::Mouse),
                Ok(Event::Paste(text)) => Some(Input::Pasted(text)),
                Ok(_) => None,
                Err(_) => Some(Input::Lost),
            };
            let is_lost = input == Some(Input::Lost);
            if input.is_some_and(|input| to.send(input).is_err()) || is_lost {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("input".into())
        .spawn(read)?;
    Ok(())
}

/// Returns what a mouse did that the screen has a use for.
fn mouse_of(event: MouseEvent) -> Option<Mouse> {
    let what = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Turn::Press,
        MouseEventKind::Drag(MouseButton::Left) => Turn::Drag,
        MouseEventKind::Up(MouseButton::Left) => Turn::Release,
        MouseEventKind::ScrollUp => Turn::WheelUp,
        MouseEventKind::ScrollDown => Turn::WheelDown,
        MouseEventKind::ScrollLeft => Turn::WheelLeft,
        MouseEventKind::ScrollRight => Turn::WheelRight,
        _ => return None,
    };
    Some(Mouse {
        what,
        x: event.column,
        y: event.row,
        control: event.modifiers.contains(KeyModifiers::CONTROL),
        at: Time(clock::monotonic()),
    })
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
