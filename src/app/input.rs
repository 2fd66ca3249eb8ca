//! Input: keys, the mouse, what is pasted, resizes and signals, as one stream.

use crate::channel::clock;
use crate::event::Time;
use crate::ui::Mouse;
use crate::ui::key::Key;
use crate::ui::mouse::Turn;
use crossbeam_channel::Sender;
use crossterm::event::{
    Event, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use std::io;
use std::time::Duration;

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
    /// The terminal is gone.
    Lost,
}

/// Starts the thread that reads the terminal. It ends with the process: nothing wakes a blocked
/// read.
pub(super) fn read_keys(to: Sender<Input>) -> io::Result<()> {
    // Opens what reading needs, before the program takes the last descriptors: later it would look
    // as if the terminal were gone.
    crossterm::event::poll(Duration::ZERO).map_err(|error| {
        // It keeps the system's reason to itself; another descriptor is refused for the same.
        let refused = rustix::io::dup(rustix::stdio::stdin()).err();
        refused.map_or(error, io::Error::from)
    })?;
    let read = move || {
        loop {
            let input = match crossterm::event::read() {
                Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => {
                    Key::from_terminal(key).map(Input::Key)
                }
                Ok(Event::Mouse(mouse)) => mouse_of(mouse).map(Input::Mouse),
                Ok(Event::Paste(text)) => Some(Input::Pasted(text)),
                Ok(Event::Resize(..)) => Some(Input::Redraw),
                Ok(_) => None,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
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
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT])?;
    let read = move || {
        for signal in signals.forever() {
            let input = match signal {
                SIGTSTP => Input::Suspend,
                SIGCONT => Input::Redraw,
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
