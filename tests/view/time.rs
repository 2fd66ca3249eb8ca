//! Time travel: what a frozen view shows is what was known at that moment.

use crate::look::{DARK, drawn};
use crate::plays::{events, folded, names};
use mpviz::event::{ActorId, Event, Span, Tag, Time};
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::time::Window;
use mpviz::ui::{Pane, Ui};
use mpviz::view::{self, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn theme() -> Theme {
    Theme::new(DARK.0, DARK.1, DARK.2)
}

/// A view of a moment.
#[derive(Clone, Copy)]
struct Seen {
    t: Time,
    window: Window,
    selected: Option<u32>,
    middle: Option<Pane>,
    lower: Pane,
    size: (u16, u16),
}

impl Seen {
    fn draw(&self, history: &History) -> (Buffer, Ui) {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut ui = Ui::new(PROGRAMS);
        ui.begin_run();
        ui.run.frozen = Some(self.t);
        ui.run.window = Some(self.window);
        ui.run.selected = self.selected.map(|id| ActorId(id).into());
        ui.run.middle = self.middle;
        ui.run.lower = self.lower;
        ui.run.fits = view::fits(area, Some(history), &ui.run);
        (drawn(history, &ui, &theme(), area), ui)
    }
}

/// Returns which cells of a frozen screen tell of its moment: not those right of the cursor in the
/// lanes, not how far live is, not the row of the whole run, and not what comes next.
fn is_of_moment(screen: &Buffer, (x, y): (u16, u16)) -> bool {
    let area = screen.area;
    let row = |y: u16| -> String {
        let cells = (0..area.width).map(|x| screen[(x, y)].symbol());
        cells.collect()
    };
    if y == 0 {
        let header = row(0);
        let end = ["live is at", "the end is at"]
            .iter()
            .find_map(|words| header.find(words));
        let end = end.map_or(usize::from(area.width), |at| header[..at].chars().count());
        return usize::from(x) < end;
    }
    let strip = area.height - 3;
    if y == strip - 1 || y == strip + 1 {
        return false;
    }
    true
}

/// Returns the rows and columns of the lanes in the table that lie right of the cursor.
fn later(screen: &Buffer) -> Option<Rect> {
    let area = screen.area;
    let yellow = theme().style(view::Role::Cursor).bg;
    // Over *now* the cursor's time stands once more.
    let head = (0..area.width).filter(|&x| Some(screen[(x, 1)].bg) == yellow);
    let head: Vec<u16> = head.collect();
    let now = head
        .iter()
        .rposition(|&x| !head.contains(&(x.wrapping_sub(1))))?;
    let now = head[now];
    let lanes: Vec<(u16, u16)> = (2..area.height)
        .flat_map(|y| (0..now).map(move |x| (x, y)))
        .filter(|&(x, y)| {
            screen[(x, y)].symbol() == "│"
                && screen[(x, y)].fg == ratatui::style::Color::Rgb(255, 255, 255)
        })
        .collect();
    let (x, top) = *lanes.first()?;
    let bottom = lanes.iter().filter(|at| at.0 == x).map(|at| at.1).max()?;
    Some(Rect::new(x, top, now - x, bottom + 1 - top))
}

#[track_caller]
fn check(name: &str, seen: Seen, events: &[Event], whole: &History) {
    let until = events.partition_point(|event| event.t <= seen.t);
    let then = folded(&events[..until], seen.t);
    let (known, _) = seen.draw(whole);
    let (fresh, _) = seen.draw(&then);
    let later = later(&fresh);
    let mut differs = Vec::new();
    for y in 0..known.area.height {
        for x in 0..known.area.width {
            let is_later = later.is_some_and(|area| area.contains((x, y).into()));
            // The axis has the same labels; what is marked on it is not the run's.
            if !is_later && is_of_moment(&fresh, (x, y)) && known[(x, y)] != fresh[(x, y)] {
                differs.push((x, y));
            }
        }
    }
    if differs.is_empty() {
        return;
    }
    let rows: std::collections::BTreeSet<u16> = differs.iter().map(|at| at.1).collect();
    let row = |screen: &Buffer, y: u16| -> String {
        (0..known.area.width)
            .map(|x| screen[(x, y)].symbol().to_owned())
            .collect()
    };
    let mut told = format!(
        "{name} at {:?} selected {:?} {:?} {:?}\n",
        seen.t, seen.selected, seen.size, seen.middle
    );
    for y in rows {
        told += &format!(
            "{y:2} seek  {}\n   fresh {}\n",
            row(&known, y),
            row(&fresh, y)
        );
        let at = differs.iter().find(|at| at.1 == y).unwrap();
        told += &format!("   at {at:?}: {:?} / {:?}\n", known[*at], fresh[*at]);
    }
    panic!("{told}");
}

#[test]
fn a_moment_is_drawn_as_it_was_then() {
    let mut failures = Vec::new();
    let mut all = 0;
    for name in names() {
        let (events, horizon) = events(&name);
        let whole = folded(&events, horizon);
        if horizon < Time(100_000_000) {
            println!("skips {name}");
            continue;
        }
        // The source is a file: that it is shown before it was read tells nothing of the run.
        let is_read = events
            .iter()
            .rposition(|event| event.kind.tag() == Tag::SourceSeen);
        let first = is_read.map_or(Time::ZERO, |at| events[at].t);
        let mut moments: Vec<Time> = events.iter().map(|event| event.t).collect();
        moments.retain(|&t| t >= first);
        moments.dedup();
        let step = moments.len().div_ceil(40);
        let length = Span((horizon.0 + 1).next_power_of_two());
        for (n, &t) in moments.iter().enumerate().step_by(step) {
            let windows = [
                Window::from(Time::ZERO, length),
                Window::new(t, Span::micros(50 + n as u64), Span::micros(200)),
            ];
            for (size, middle, lower) in [
                ((80, 24), Some(Pane::Flow), Pane::Events),
                ((120, 36), Some(Pane::Flow), Pane::Code),
                ((80, 24), Some(Pane::Sequence), Pane::Code),
                ((200, 60), None, Pane::Events),
            ] {
                let window = windows[n % 2];
                let is_known = |id: &u32| whole.actor(ActorId(*id)).is_some_and(|a| a.known <= t);
                let selected = [None, Some(1), Some(2), Some(4)][n % 4].filter(is_known);
                let seen = Seen {
                    t,
                    window,
                    selected,
                    middle,
                    lower,
                    size,
                };
                all += 1;
                let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    check(&name, seen, &events, &whole)
                }));
                if let Err(error) = result {
                    failures.push(error.downcast_ref::<String>().cloned().unwrap_or_default());
                }
            }
        }
    }
    std::fs::write("/tmp/ts/leaks.txt", failures.join("\n")).unwrap();
    assert!(failures.is_empty(), "{} of {all}", failures.len());
}
