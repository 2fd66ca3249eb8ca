//! Points: what a pointer asks for, as plain data.
//!
//! A point names what is meant, not where it stood: so a recording keeps it as a line of text, and
//! a film that is drawn at another size does the same. What a stranger's file says is looked up
//! before it is believed.

use super::crowd::GroupKey;
use super::finding;
use super::layout::Border;
use super::selection::{self, Told, subject};
use super::state::{Focus, Pane, RunView, Ui};
use super::time::go_to;
use crate::event::{ActorId, MessageId, ObjectId, Span, TaskId, Text, Time};
use crate::history::{History, Thing};
use std::fmt;

/// What a pointer asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Point {
    /// Select a thing.
    Select(Thing),
    /// Select folded processes.
    Group(GroupKey),
    /// Select a row of the log.
    Row(usize),
    /// Look at a finding.
    Finding(usize),
    /// Set the cursor.
    Cursor(Time),
    /// Show a stretch of time, from a moment on.
    Window(Time, Span),
    /// Give the pane of a border so much, in thousandths of the screen; `None` as much as usual.
    Share(Border, Option<u16>),
    /// Scroll a pane, by so many rows.
    Scroll(Pane, isize),
    /// Lay the panes out as a text says.
    Arrange(Text),
    /// Pick a scenario.
    Program(usize),
    /// Go to a knob of it.
    Knob(usize),
    /// Go to an action of the palette.
    Choice(usize),
}

/// The most rows that are scrolled at once.
const SCROLL_MOST: isize = 100;

/// Does what a point asks for.
pub fn point(ui: &mut Ui, point: &Point, history: Option<&History>) {
    ui.notice = None;
    let empty = History::default();
    let history = history.unwrap_or(&empty);
    let told = ui.told;
    let run = &mut ui.run;
    match *point {
        Point::Select(thing) => {
            if is_known(history, thing) {
                run.trail.clear();
                run.select(Some(thing));
            }
        }
        Point::Group(ref key) => {
            run.trail.clear();
            run.select(None);
            run.table.group = Some(key.clone());
        }
        Point::Row(row) => select_row(run, history, row),
        Point::Finding(at) => finding::open(run, history, at),
        Point::Cursor(t) => go_to(run, history, t),
        Point::Window(start, length) => run.show_window(history, start, length),
        Point::Share(border, share) => run.layout.set_share(border, share),
        Point::Scroll(pane, rows) => scroll(run, history, told, pane, rows),
        // One that can't be read changes nothing.
        Point::Arrange(ref text) => drop(run.arrange(text)),
        Point::Program(at) => {
            let by = at
                .cast_signed()
                .saturating_sub(ui.picker.selected.cast_signed());
            let is_listed = ui
                .programs
                .get(at)
                .is_some_and(|program| ui.picker.lists(program));
            if by != 0 && is_listed {
                ui.picker.selected = at;
                ui.picker.typed = None;
            }
            ui.picker.focus = Focus::List;
        }
        Point::Choice(at) => {
            if let Some(palette) = &mut ui.palette {
                palette.at = at;
            }
        }
        Point::Knob(at) => {
            let program = ui.programs.get(ui.picker.selected);
            if let Some(program) = program.filter(|program| at < ui.picker.fields(program).len()) {
                ui.notice = ui.picker.keep_typed(program).err();
                if ui.notice.is_none() {
                    ui.picker.focus = Focus::Knob(at);
                }
            }
        }
    }
}

/// Returns whether there is such a thing.
fn is_known(history: &History, thing: Thing) -> bool {
    match thing {
        Thing::Actor(id) => history.actor(id).is_some() || id == ActorId::MPVIZ,
        Thing::Object(id) => history.object(id).is_some(),
        Thing::Message(id) => history.message(id).is_some(),
        Thing::Task(id) => history.task(id).is_some(),
    }
}

fn select_row(run: &mut RunView, history: &History, row: usize) {
    if row >= history.log_until(run.t(history)) {
        return;
    }
    if let Some(event) = history.log().get(row) {
        run.trail.clear();
        run.select(Some(subject(&event)));
        run.row = Some(row);
    }
}

/// Scrolls a pane without going there.
fn scroll(run: &mut RunView, history: &History, told: Told, pane: Pane, rows: isize) {
    let rows = rows.clamp(-SCROLL_MOST, SCROLL_MOST);
    if pane == Pane::Code {
        run.code_down = run
            .code_down
            .saturating_add(rows)
            .clamp(-1_000_000, 1_000_000);
        return;
    }
    let focus = std::mem::replace(&mut run.focus, pane);
    selection::move_by(run, history, told, rows);
    run.focus = focus;
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::Select(Thing::Actor(id)) => write!(f, "actor {}", id.0),
            Point::Select(Thing::Object(id)) => write!(f, "object {}", id.0),
            Point::Select(Thing::Message(id)) => write!(f, "message {} {}", id.sender.0, id.number),
            Point::Select(Thing::Task(id)) => write!(f, "task {}", id.0),
            Point::Group(key) => {
                write!(f, "group {}", key.parent.0)?;
                key.stem.iter().try_for_each(|stem| write!(f, " {stem}"))
            }
            Point::Row(row) => write!(f, "row {row}"),
            Point::Finding(at) => write!(f, "finding {at}"),
            Point::Cursor(t) => write!(f, "cursor {}", t.0),
            Point::Window(start, length) => write!(f, "window {} {}", start.0, length.0),
            Point::Share(border, Some(share)) => write!(f, "share {} {share}", border.name()),
            Point::Share(border, None) => write!(f, "share {}", border.name()),
            Point::Scroll(pane, rows) => write!(f, "scroll {} {rows}", pane.title()),
            Point::Arrange(text) => write!(f, "arrange {text}"),
            Point::Program(at) => write!(f, "program {at}"),
            Point::Knob(at) => write!(f, "knob {at}"),
            Point::Choice(at) => write!(f, "choice {at}"),
        }
    }
}

impl Point {
    /// Returns what an action is called whose key is a point's text.
    pub const ACTION: &'static str = "point";

    /// Returns the point of a text.
    pub fn parse(text: &str) -> Option<Point> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut words = rest.split(' ');
        let mut number = || words.next()?.parse::<u64>().ok();
        let small = |n: u64| u32::try_from(n).ok();
        Some(match word {
            "actor" => Point::Select(ActorId(small(number()?)?).into()),
            "object" => Point::Select(ObjectId(small(number()?)?).into()),
            "message" => {
                let sender = ActorId(small(number()?)?);
                let number = number()?;
                Point::Select(MessageId { sender, number }.into())
            }
            "task" => Point::Select(TaskId(number()?.try_into().ok()?).into()),
            "group" => {
                let parent = ActorId(small(number()?)?);
                let stem = rest.split_once(' ').map(|(_, stem)| Text::from(stem));
                Point::Group(GroupKey { parent, stem })
            }
            "row" => Point::Row(number()?.try_into().ok()?),
            "finding" => Point::Finding(number()?.try_into().ok()?),
            "cursor" => Point::Cursor(Time(number()?)),
            "window" => Point::Window(Time(number()?), Span(number()?)),
            "share" => {
                let (border, share) = match rest.split_once(' ') {
                    Some((border, share)) => (border, Some(share.parse().ok()?)),
                    None => (rest, None),
                };
                Point::Share(Border::from_name(border)?, share)
            }
            "scroll" => {
                let (pane, rows) = rest.split_once(' ')?;
                Point::Scroll(Pane::from_title(pane)?, rows.parse().ok()?)
            }
            "arrange" => Point::Arrange(rest.into()),
            "program" => Point::Program(number()?.try_into().ok()?),
            "knob" => Point::Knob(number()?.try_into().ok()?),
            "choice" => Point::Choice(number()?.try_into().ok()?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a recording may have, a kind of point after the other, and what no run has.
    const TEXTS: [&str; 17] = [
        "actor 3",
        "object 2",
        "message 1 5",
        "task 4",
        "group 1 worker",
        "group 1",
        "row 12",
        "finding 0",
        "cursor 1500000000",
        "window 5 1000",
        "share table 250",
        "share code",
        "scroll events -3",
        "arrange focus=flow zoom",
        "program 2",
        "knob 0",
        "choice 4",
    ];

    /// The page of the trace file has every kind of point that a recording may have, and each that it
    /// shows is one.
    #[test]
    fn the_page_of_the_trace_has_every_point() {
        let page = include_str!("../../docs/trace.md");
        let table = page.split("| `key` | what it asks for |\n").nth(1);
        let table = table.expect("a table of points").split("\n\n").next();
        let rows = table.expect("its end").lines().skip(1);
        let cells = rows.map(|row| row.split('|').nth(1).expect("a cell"));
        let shown: Vec<&str> = cells
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .collect();
        for text in &shown {
            let read = Point::parse(text).map(|point| point.to_string());
            assert_eq!(read.as_deref(), Some(*text));
        }
        let word = |text: &str| text.split(' ').next().map(str::to_owned);
        let words: Vec<_> = shown.iter().map(|text| word(text)).collect();
        for text in TEXTS {
            let is_of_a_run = !["program", "knob", "choice"]
                .iter()
                .any(|word| text.starts_with(word));
            assert_eq!(words.contains(&word(text)), is_of_a_run, "{text}");
        }
    }

    #[test]
    fn a_point_is_written_and_read_alike() {
        for text in TEXTS {
            let read = Point::parse(text).map(|point| point.to_string());
            assert_eq!(read.as_deref(), Some(text));
        }
        for text in [
            "",
            "actor",
            "actor x",
            "message 1",
            "scroll rows 1",
            "share wall 3",
            "go",
        ] {
            assert_eq!(Point::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_selected() {
        let mut ui = Ui::new(&[]);
        for text in [
            "actor 7",
            "object 7",
            "message 7 7",
            "task 7",
            "row 7",
            "finding 7",
            "program 7",
            "knob 7",
            "choice 7",
            "arrange zoom=7",
        ] {
            point(&mut ui, &Point::parse(text).unwrap(), None);
            assert_eq!(ui.run, RunView::default(), "{text}");
        }
    }
}
