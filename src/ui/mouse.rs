//! The mouse: what presses, drags and turns of the wheel ask for.
//!
//! A click selects what the cell shows, a second one soon after opens it. The wheel scrolls what
//! lies below the pointer; with Control, or over the axis and the bar of the whole run, it zooms
//! around the pointer. Dragging moves time where a window of the run is shown, else the cursor; over
//! the bar of the whole run always the cursor; an edge of a pane, that edge.
//!
//! There is no clock in here: an event says when it was. And no screen: what lies where say
//! [`Spots`], which come anew with each frame, so that the terminal may change its size while
//! something is dragged.

use super::action::Action;
use super::keymap::Place;
use super::layout::{Border, Given};
use super::point::Point;
use super::spot::{Spot, Spots, TimeSpot, Under};
use super::state::{Pane, Ui};
use crate::event::{Span, Time};
use crate::history::History;

/// What a mouse did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mouse {
    /// What it was.
    pub what: Turn,
    /// The column, from 0.
    pub x: u16,
    /// The row, from 0.
    pub y: u16,
    /// Whether Control was held.
    pub control: bool,
    /// When it was, by a clock that never goes back.
    pub at: Time,
}

/// What a mouse can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// The left button went down.
    Press,
    /// It was moved with that button down.
    Drag,
    /// The button came up.
    Release,
    /// The wheel was turned away.
    WheelUp,
    /// The wheel was turned back.
    WheelDown,
    /// The wheel was turned to the left.
    WheelLeft,
    /// The wheel was turned to the right.
    WheelRight,
}

/// What is to be done: a key has the one, and none the other.
#[derive(Clone, PartialEq, Debug)]
pub enum Deed {
    /// As if its key had been pressed.
    Act(Action),
    /// What no key asks for.
    Point(Point),
    /// The other of two runs is to be the selected one.
    Switch,
}

/// What is remembered of the mouse.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pointer {
    /// What was clicked last, where and when.
    clicked: Option<(Time, u16, u16, Under)>,
    held: Held,
}

/// What is held while the button is down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Held {
    #[default]
    Nothing,
    /// Time: the moment that was below the pointer, and what becomes of it on the axis if the
    /// pointer was not moved.
    Time {
        moment: Time,
        x: u16,
        sets_cursor: bool,
    },
    /// The cursor on the bar of the whole run.
    WholeRun,
    /// An edge: what its pane had then.
    Border {
        border: Border,
        given: Given,
        from: (u16, u16),
    },
}

/// Two clicks within this time are a double click.
const DOUBLE: Span = Span::millis(400);
/// A turn of the wheel goes on by so many rows where rows are many.
const ROWS: isize = 3;
/// And by this part of what is shown, sideways.
const SIDEWAYS: u64 = 10;

/// Reads what the mouse did: what is to be done, in this order.
pub fn read(ui: &mut Ui, spots: &Spots, mouse: Mouse, history: Option<&History>) -> Vec<Deed> {
    let empty = History::default();
    let history = history.unwrap_or(&empty);
    match mouse.what {
        Turn::Press => {
            let under = spots.at(mouse.x, mouse.y);
            hold(ui, &under, mouse);
            press(ui, under, mouse)
        }
        Turn::Drag => drag(ui, spots, mouse),
        Turn::Release => release(ui, spots, mouse),
        Turn::WheelUp | Turn::WheelDown => wheel(ui, &spots.at(mouse.x, mouse.y), mouse, history),
        Turn::WheelLeft | Turn::WheelRight => sideways(ui, mouse, history),
    }
}

/// Whether the panes of a run are to be used: nothing is asked or typed there.
fn is_in_run(ui: &Ui) -> bool {
    is_run(ui.place())
}

const fn is_run(place: Place) -> bool {
    matches!(place, Place::Run | Place::Pane(_))
}

/// Takes hold of what can be dragged.
fn hold(ui: &mut Ui, under: &Under, mouse: Mouse) {
    let given = under.border.and_then(|border| {
        let given = ui.run.fits.borders[border as usize]?;
        Some((border, given))
    });
    ui.pointer.held = match (under.time, given) {
        _ if !is_in_run(ui) => Held::Nothing,
        (Some((_, TimeSpot::WholeRun)), _) => Held::WholeRun,
        (Some((stretch, place)), _) => Held::Time {
            moment: stretch.at(mouse.x),
            x: mouse.x,
            sets_cursor: place == TimeSpot::Axis,
        },
        (None, Some((border, given))) => Held::Border {
            border,
            given,
            from: (mouse.x, mouse.y),
        },
        (None, None) => Held::Nothing,
    };
}

fn press(ui: &mut Ui, under: Under, mouse: Mouse) -> Vec<Deed> {
    let before = ui.pointer.clicked.take();
    let is_double = before.is_some_and(|(at, x, y, then)| {
        let is_near = x.abs_diff(mouse.x) <= 1 && y == mouse.y;
        is_near && mouse.at.since(at) <= DOUBLE && then == under
    });
    let deeds = match is_double {
        true => opened(ui, &under),
        false => clicked(ui, &under, mouse),
    };
    if !is_double {
        ui.pointer.clicked = Some((mouse.at, mouse.x, mouse.y, under));
    }
    deeds
}

/// Returns what a click asks for.
fn clicked(ui: &Ui, under: &Under, mouse: Mouse) -> Vec<Deed> {
    let place = ui.place();
    let mut deeds = Vec::new();
    match (&under.what, place) {
        (Some(Spot::Act(action)), _) => return vec![Deed::Act(*action)],
        (Some(Spot::Program(at)), Place::Picker | Place::Knobs) => {
            return vec![Deed::Point(Point::Program(*at))];
        }
        (Some(Spot::Knob(at)), Place::Picker | Place::Knobs) => {
            return vec![Deed::Point(Point::Knob(*at))];
        }
        // What is chosen already is done.
        (Some(Spot::Choice(at)), Place::Palette) if is_chosen(ui, *at) => {
            return vec![Deed::Act(Action::Confirm)];
        }
        (Some(Spot::Choice(at)), Place::Palette) => return vec![Deed::Point(Point::Choice(*at))],
        (_, place) if is_run(place) => {}
        _ => return deeds,
    }
    if let (Some(side), Some(pair)) = (under.side, &ui.pair)
        && side != pair.side
    {
        deeds.push(Deed::Switch);
    }
    let pane = match under.what {
        Some(Spot::Title(pane)) => Some(pane),
        _ => under.pane,
    };
    deeds.extend(
        pane.filter(|&pane| pane != ui.run.focus)
            .map(|pane| Deed::Act(Action::show(pane))),
    );
    let point = match under.what.clone() {
        Some(Spot::Thing(thing)) => Some(Point::Select(thing)),
        Some(Spot::Group(key)) => Some(Point::Group(key)),
        Some(Spot::Row(_, row)) => Some(Point::Row(row)),
        Some(Spot::Finding(at)) => Some(Point::Finding(at)),
        _ => None,
    };
    deeds.extend(point.map(Deed::Point));
    if let Some((stretch, TimeSpot::WholeRun)) = under.time {
        deeds.push(Deed::Point(Point::Cursor(stretch.at(mouse.x))));
    }
    deeds
}

/// Returns what a second click asks for.
fn opened(ui: &Ui, under: &Under) -> Vec<Deed> {
    let act = |action| vec![Deed::Act(action)];
    match (&under.what, ui.place()) {
        (Some(Spot::Program(_)), Place::Picker) => act(Action::Run),
        // A key that is pressed twice is.
        (Some(Spot::Act(action)), _) => act(*action),
        (Some(Spot::Knob(_)), Place::Knobs) => act(Action::StepUp),
        (Some(Spot::Choice(_)), Place::Palette) => act(Action::Confirm),
        (_, place) if !is_run(place) => Vec::new(),
        (Some(Spot::Group(_)), _) => act(Action::ToggleGroup),
        (Some(Spot::Title(_)), _) => act(Action::ZoomPane),
        (Some(Spot::Thing(_) | Spot::Row(..) | Spot::Finding(_)), _) if !ui.run.card => {
            act(Action::Details)
        }
        (None, _) if matches!(under.time, Some((_, TimeSpot::Axis))) => act(Action::WholeRun),
        (None, _) => match under.border {
            Some(border) => vec![Deed::Point(Point::Share(border, None))],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn drag(ui: &mut Ui, spots: &Spots, mouse: Mouse) -> Vec<Deed> {
    if !is_in_run(ui) {
        ui.pointer.held = Held::Nothing;
    }
    let point = match &mut ui.pointer.held {
        Held::Nothing => None,
        Held::Time {
            moment,
            x,
            sets_cursor,
        } => {
            if *sets_cursor && *x == mouse.x {
                return Vec::new();
            }
            *sets_cursor = false;
            spots.stretch(false).map(|stretch| {
                if ui.run.window.is_none() {
                    // There is nothing to move: all of it is shown.
                    return Point::Cursor(stretch.at(mouse.x));
                }
                let cols = mouse
                    .x
                    .saturating_sub(stretch.x)
                    .min(stretch.cols.saturating_sub(1));
                Point::Window(*moment - stretch.span(cols), stretch.length)
            })
        }
        Held::WholeRun => {
            let stretch = spots.stretch(true);
            stretch.map(|stretch| Point::Cursor(stretch.at(mouse.x)))
        }
        Held::Border {
            border,
            given,
            from: (x, y),
        } => {
            // The table and the flow are before their edge, sequence and code behind theirs.
            let is_before = match border {
                Border::Table | Border::Middle => true,
                Border::Sequence => !given.is_across,
                Border::Code => false,
            };
            let (from, to) = if given.is_across {
                (*x, mouse.x)
            } else {
                (*y, mouse.y)
            };
            let (more, less) = if is_before { (to, from) } else { (from, to) };
            let cells = (given.cells + more).saturating_sub(less).max(1);
            Some(Point::Share(*border, Some(given.share(cells))))
        }
    };
    // What is dragged is not clicked twice.
    ui.pointer.clicked = None;
    point.map(Deed::Point).into_iter().collect()
}

fn release(ui: &mut Ui, spots: &Spots, mouse: Mouse) -> Vec<Deed> {
    let held = std::mem::take(&mut ui.pointer.held);
    match held {
        Held::Time {
            sets_cursor: true, ..
        } if is_in_run(ui) => {
            let stretch = spots.stretch(false);
            let point = stretch.map(|stretch| Point::Cursor(stretch.at(mouse.x)));
            point.map(Deed::Point).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn wheel(ui: &Ui, under: &Under, mouse: Mouse, history: &History) -> Vec<Deed> {
    let is_up = mouse.what == Turn::WheelUp;
    let step = if is_up { Action::Up } else { Action::Down };
    match ui.place() {
        place if is_run(place) => {}
        Place::Help => return vec![Deed::Act(step); ROWS.unsigned_abs()],
        // There is no way round by the wheel.
        Place::Palette => return palette_step(ui, is_up).into_iter().collect(),
        // Nothing else has rows while a line is typed.
        Place::Line => return Vec::new(),
        _ => return vec![Deed::Act(step)],
    }
    let zooms = |place| mouse.control || place != TimeSpot::Lanes;
    if let Some((stretch, _)) = under.time.filter(|&(_, place)| zooms(place)) {
        let (start, length) = ui.run.zoomed_at(history, stretch.at(mouse.x), is_up);
        return vec![Deed::Point(Point::Window(start, length))];
    }
    if mouse.control {
        let zoom = if is_up {
            Action::ZoomIn
        } else {
            Action::ZoomOut
        };
        return vec![Deed::Act(zoom)];
    }
    let rows = match under.pane {
        None => return Vec::new(),
        Some(Pane::Processes | Pane::Flow) => 1,
        Some(Pane::Sequence | Pane::Events | Pane::Code) => ROWS,
    };
    let rows = if is_up { -rows } else { rows };
    let point = under.pane.map(|pane| Point::Scroll(pane, rows));
    point.map(Deed::Point).into_iter().collect()
}

/// Returns whether an action of the palette is the selected one.
fn is_chosen(ui: &Ui, at: usize) -> bool {
    ui.palette.as_ref().is_some_and(|palette| palette.at == at)
}

/// Returns what goes to the next action of the palette, if there is one that way.
fn palette_step(ui: &Ui, is_up: bool) -> Option<Deed> {
    let palette = ui.palette.as_ref()?;
    let last = palette.found().len().checked_sub(1)?;
    let at = palette.at.min(last);
    let next = if is_up { at.checked_sub(1)? } else { at + 1 };
    (next <= last).then_some(Deed::Point(Point::Choice(next)))
}

fn sideways(ui: &Ui, mouse: Mouse, history: &History) -> Vec<Deed> {
    if !is_in_run(ui) || ui.run.window.is_none() {
        return Vec::new();
    }
    let (start, length) = ui.run.shown(history, ui.run.fits.lane_cols());
    let by = Span(length.0 / SIDEWAYS);
    let start = match mouse.what {
        Turn::WheelLeft => start - by,
        _ => start + by,
    };
    vec![Deed::Point(Point::Window(start, length))]
}
