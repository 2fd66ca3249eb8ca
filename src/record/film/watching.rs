//! Watching: a viewer is led through the lines of a trace, up to a moment of the viewer's clock.

use super::lines::{Lines, Schedule};
use crate::event::{Event, Kind, Time};
use crate::history::Thing;
use crate::record::viewer::Viewer;
use crate::ui::{Action, Pane, Point, Ui};

/// The largest size that is drawn.
pub(super) const LARGEST: (u16, u16) = (500, 200);

/// What is watched.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) lines: Lines,
    pub(super) schedule: Schedule,
    /// The pane that is brought.
    pub(super) view: Option<Pane>,
    /// What is selected, once it is there.
    pub(super) selected: Option<Thing>,
}

/// A viewer on the way through the lines.
#[derive(Debug)]
pub(super) struct Watching {
    pub(super) viewer: Viewer,
    /// How many lines came.
    came: usize,
    /// Whether what was asked to be shown is shown.
    is_set: bool,
}

/// What came on the way to a moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum News {
    Nothing,
    Happened,
    Acted,
}

impl Watching {
    pub(super) fn new(ui: &Ui, size: (u16, u16)) -> Watching {
        Watching {
            viewer: Viewer::new(ui.clone(), size),
            came: 0,
            is_set: false,
        }
    }

    /// Goes on to a moment of the viewer's clock.
    pub(super) fn reach(&mut self, course: &Course, at: Time) -> News {
        let mut news = News::Nothing;
        let (lines, schedule) = (&course.lines.events, &course.schedule);
        while let Some(line) = lines.get(self.came)
            && schedule.comes[self.came] <= at
        {
            match line.kind.viewers() {
                None => {
                    self.viewer.feed(line);
                    news = news.max(News::Happened);
                }
                Some(_) => {
                    self.viewer.pass(schedule.comes[self.came]);
                    self.viewer.advance(line.t);
                    self.do_again(line);
                    news = News::Acted;
                }
            }
            self.came += 1;
            self.set(course);
        }
        let next = lines[self.came..]
            .iter()
            .find(|line| line.kind.viewers().is_none());
        let known = schedule.run_time(at, self.came).min(course.lines.horizon);
        self.viewer
            .advance(next.map_or(known, |next| known.min(next.t)));
        self.viewer.pass(at);
        self.viewer.search();
        news
    }

    /// Shows what the options ask for, as soon as it is there.
    fn set(&mut self, course: &Course) {
        if self.is_set {
            return;
        }
        if let Some(pane) = course.view {
            self.viewer.show(pane);
        }
        let is_there = |thing: Thing| match thing {
            Thing::Actor(id) => self.viewer.history().actor(id).is_some(),
            Thing::Object(id) => self.viewer.history().object(id).is_some(),
            Thing::Message(_) | Thing::Task(_) => true,
        };
        match course.selected {
            Some(thing) if is_there(thing) => self.viewer.select(thing),
            Some(_) => return,
            None => {}
        }
        self.is_set = true;
    }

    /// Does what a viewer has done.
    fn do_again(&mut self, line: &Event) {
        match &line.kind {
            Kind::RecordingStarted { columns, rows, .. }
            | Kind::ViewerResized { columns, rows, .. } => {
                self.viewer.resize(sound_size(*columns, *rows));
            }
            Kind::ViewerActed {
                action,
                key,
                moment,
                ..
            } => {
                self.viewer.look_at(*moment);
                if action == Point::ACTION {
                    if let Some(point) = Point::parse(key) {
                        self.viewer.point(&point);
                    }
                    return;
                }
                let action = match action.as_str() {
                    "type" => key.chars().next().map(Action::Type),
                    name => Action::from_name(name),
                };
                // What is left to do was done then.
                if let Some(action) = action {
                    self.viewer.act(action);
                }
            }
            Kind::MarkSet { moment, name, .. } => self.viewer.mark(*moment, name.clone()),
            _ => {}
        }
    }
}

/// Returns a size that a stranger wrote as one that can be drawn.
pub(super) fn sound_size(columns: u32, rows: u32) -> (u16, u16) {
    let within = |n: u32, most: u16| u16::try_from(n).unwrap_or(most).clamp(1, most);
    (within(columns, LARGEST.0), within(rows, LARGEST.1))
}
