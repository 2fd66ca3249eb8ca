//! What a frozen view shows is what was known at that moment: it is drawn as from the events up to
//! then alone, right of nothing but what came later.

use crate::look::{DARK, drawn};
use crate::plays::{events, folded, names};
use mpviz::event::{ActorId, Event, Span, Tag, Time};
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::time::Window;
use mpviz::ui::{Pane, Ui};
use mpviz::view::{self, Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::fmt::Write;

fn theme() -> Theme {
    Theme::new(DARK.0, DARK.1, DARK.2)
}

/// A view of a moment.
#[derive(Clone, Copy, Debug)]
struct Seen {
    t: Time,
    window: Window,
    selected: Option<u32>,
    middle: Option<Pane>,
    lower: Pane,
    size: (u16, u16),
}

impl Seen {
    fn draw(&self, history: &History) -> Buffer {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut ui = Ui::new(PROGRAMS);
        ui.begin_run();
        ui.run.frozen = Some(self.t);
        ui.run.window = Some(self.window);
        ui.run.selected = self.selected.map(|id| ActorId(id).into());
        ui.run.layout.middle = self.middle;
        ui.run.layout.lower = self.lower;
        ui.run.fits = view::fits(area, Some(history), &ui.run, &view::Memory::default());
        drawn(history, &ui, &theme(), area)
    }
}

fn row(screen: &Buffer, y: u16) -> String {
    let cells = (0..screen.area.width).map(|x| screen[(x, y)].symbol());
    cells.collect()
}

/// Returns whether a cell of a frozen screen tells of its moment alone: not how far live is, not the
/// row of the whole run, and not what comes next.
fn is_of_moment(screen: &Buffer, (x, y): (u16, u16)) -> bool {
    let area = screen.area;
    if y == 0 {
        let header = row(screen, 0);
        let mut ends = ["live is at", "the end is at"].into_iter();
        let end = ends.find_map(|words| header.find(words));
        let end = end.map_or(usize::from(area.width), |at| header[..at].chars().count());
        return usize::from(x) < end;
    }
    let caption = area.height - 3;
    y != caption - 1 && y != caption + 1
}

/// Returns the lanes of the table as far as they lie right of the cursor.
fn later(screen: &Buffer) -> Rect {
    let area = screen.area;
    let yellow = theme().style(Role::Cursor).bg;
    let is_cursor = |x: &u16| Some(screen[(*x, 1)].bg) == yellow;
    // Its time stands over its line, and once more over *now*.
    let is_first = |x: &u16| is_cursor(x) && (*x == 0 || !is_cursor(&(x - 1)));
    let now = (0..area.width).rfind(is_first).expect("the cursor's time");
    let strong = theme().style(Role::Strong).fg;
    let is_line =
        |x: u16, y: u16| screen[(x, y)].symbol() == "│" && Some(screen[(x, y)].fg) == strong;
    // A sign may stand on it, but not in every row.
    let of_row = |y: u16| (0..now).find(|&x| is_line(x, y)).map(|x| (x, y));
    let (line, known) = (2..area.height).find_map(of_row).unwrap_or_else(|| {
        let rows: Vec<String> = (0..area.height).map(|y| row(screen, y)).collect();
        panic!("no line of the cursor:\n{}", rows.join("\n"))
    });
    let end = (known..area.height).find(|&y| !is_line(line, y));
    Rect::new(line, 2, now - line, end.unwrap_or(area.height) - 2)
}

#[track_caller]
fn check(name: &str, seen: Seen, events: &[Event], whole: &History) {
    let until = events.partition_point(|event| event.t <= seen.t);
    let then = folded(&events[..until], seen.t);
    let (known, fresh) = (seen.draw(whole), seen.draw(&then));
    // Where nobody is, nobody has a lane.
    let later = match then.processes() {
        [] => Rect::default(),
        _ => later(&fresh),
    };
    let mut told = String::new();
    for y in 0..known.area.height {
        let is_same = |x: u16| {
            later.contains((x, y).into())
                || !is_of_moment(&fresh, (x, y))
                || known[(x, y)] == fresh[(x, y)]
        };
        if let Some(x) = (0..known.area.width).find(|&x| !is_same(x)) {
            let (a, b) = (&known[(x, y)], &fresh[(x, y)]);
            let _ = writeln!(told, "whole {}\nthen  {}", row(&known, y), row(&fresh, y));
            let _ = writeln!(told, "at {x},{y}: {a:?}\n  {b:?}");
        }
    }
    assert!(told.is_empty(), "{name} {seen:?}\n{told}");
}

/// In how many moments of each play it is looked.
const MOMENTS: usize = 10;

#[test]
fn a_moment_is_drawn_as_it_was_then() {
    for name in names() {
        let (events, horizon) = events(&name);
        let whole = folded(&events, horizon);
        if horizon < Time(100_000_000) {
            // Of a run that took so little the times are told in another unit once it has ended.
            continue;
        }
        // The source is a file: that it is shown before it was read tells nothing of the run.
        let is_read = |event: &Event| event.kind.tag() == Tag::SourceSeen;
        let first = events.iter().rposition(is_read);
        let first = first.map_or(Time::ZERO, |at| events[at].t);
        let mut moments: Vec<Time> = events.iter().map(|event| event.t).collect();
        moments.retain(|&t| t >= first);
        moments.dedup();
        let step = moments.len().div_ceil(MOMENTS);
        let length = Span((horizon.0 + 1).next_power_of_two());
        for (n, &t) in moments.iter().enumerate().step_by(step) {
            let near = Span::micros(50 + n as u64 % 100);
            let windows = [
                Window::from(Time::ZERO, length),
                Window::new(t, near, Span::micros(200)),
            ];
            let is_known = |id: &u32| {
                let actor = whole.actor(ActorId(*id));
                actor.is_some_and(|actor| actor.known <= t)
            };
            for (size, middle, lower) in [
                ((80, 24), Some(Pane::Flow), Pane::Events),
                ((120, 36), Some(Pane::Flow), Pane::Code),
                ((80, 24), Some(Pane::Sequence), Pane::Code),
                ((200, 60), None, Pane::Events),
            ] {
                let seen = Seen {
                    t,
                    window: windows[n % 2],
                    selected: [None, Some(1), Some(2), Some(4)][n % 4].filter(is_known),
                    middle,
                    lower,
                    size,
                };
                check(&name, seen, &events, &whole);
            }
        }
    }
}
