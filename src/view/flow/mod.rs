//! The flow: how messages travel, drawn as what it is.
//!
//! A queue is writers, their buffers and feeders, the write lock, one pipe, the read lock and the
//! readers, each at its fixed place; a pool is two such queues with its workers between them; a
//! pipe is a vessel with the holders of its ends; a started program is its three streams. A chip
//! stands at the station where its message is; what it passed a moment ago is lit.
//!
//! What there is to draw says `crate::ui::flow`. Reading order: `parties` (the names at the
//! sides), `recent` (what just moved), `paths` and `vessel` (how lines and vessels are drawn), then a file for each
//! form: `line` and `line_parts` for queues and one-way pipes, `pool`
//! and `pool_parts`, `duplex`, `popen`.

mod circle;
mod duplex;
mod line;
mod line_parts;
mod locks;
mod parties;
mod paths;
mod pool;
mod pool_parts;
mod popen;
mod recent;
mod stations;
mod tell;
mod vessel;

use super::brush::Brush;
use super::pen::Pen;
use super::theme::Role;
use super::words;
use crate::event::words::{Class, Part};
use crate::event::{ActorId, MessageId, Span, Time};
use crate::history::{History, Message, Object, Thing};
use crate::ui::Spot;
use crate::ui::flow::{candidates, chosen};
use crate::ui::selection;
use locks::{draw_locks, own_locks};
use ratatui::layout::Rect;
use recent::Recent;

/// What a flow or a sequence is drawn as of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlowView {
    /// What is selected.
    pub selected: Option<Thing>,
    /// The selected row of the sequence: its position in the log.
    pub row: Option<usize>,
    /// The moment that is shown.
    pub t: Time,
    /// For how long before `t` what moved is lit.
    pub lit: Span,
}

impl FlowView {
    /// Returns the process that is selected, or that what is selected is of.
    pub(super) fn actor(&self, history: &History) -> Option<ActorId> {
        let actor = selection::actor_of(history, self.selected?, self.t)?;
        Some(history.process_of(actor))
    }

    /// Returns whose life-line stands for what is selected: a process's, or that of a queue or
    /// pipe.
    pub(super) fn life(&self, history: &History) -> Option<Thing> {
        let home = crate::ui::table::home(history, self.selected?, self.t)?;
        Some(match home {
            Thing::Actor(id) => history.process_of(id).into(),
            // A queue's lock has a row, and no life-line.
            Thing::Object(id) => match history.object(id).filter(|object| object.is_lock()) {
                Some(lock) => lock.part_of.unwrap_or(id).into(),
                None => home,
            },
            home => home,
        })
    }
}

/// Returns whether there is a flow to draw: whether the program has anything that messages move
/// through, or locks of its own. Where it has none, the sequence takes the flow's place.
pub fn has_flow(history: &History) -> bool {
    let mut flowing = candidates(history, Time::NEVER);
    flowing.next().is_some() || own_locks(history, Time::NEVER).next().is_some()
}

/// Returns the rows that the flow would like to have at `t`, of so many at most.
pub fn flow_rows(history: &History, t: Time, most: u16) -> u16 {
    if candidates(history, t).next().is_some() {
        return most;
    }
    let wanted = match own_locks(history, t).count() {
        // Something may come soon: that moves nothing.
        0 if history.processes_at(t).nth(1).is_none() => most,
        // A sentence between two blanks.
        0 => most.min(4),
        // A head, a row each, and the circle, with a blank before each and below all.
        locks => u16::try_from(locks).unwrap_or(u16::MAX).saturating_add(5),
    };
    wanted.min(most)
}

/// Draws the flow as of a moment. Without an object that messages move through it draws nothing.
pub fn draw_flow(brush: &mut Brush<'_>, area: Rect, history: &History, view: &FlowView) {
    let mut pen = Pen::new(area, brush);
    if pen.width() < 8 || pen.height() == 0 {
        return;
    }
    let Some(object) = chosen(history, view.selected, view.t) else {
        if !draw_locks(&mut pen, history, view) && pen.height() > 1 {
            pen.put(1, 1, NOTHING, Role::Dim);
        }
        return;
    };
    let recent = Recent::new(history, view.t, view.lit);
    let flow = Flow {
        history,
        view: *view,
        object,
        recent,
    };
    let used = match object.class {
        Class::Pool => flow.draw_pool(&mut pen),
        Class::DuplexPipe => flow.draw_duplex(&mut pen),
        Class::Popen => flow.draw_popen(&mut pen),
        _ => flow.draw_line(&mut pen),
    };
    flow.draw_words(&mut pen, used);
}

/// Said where there is nothing to draw.
const NOTHING: &str = "no queue, pipe or pool so far: nothing flows between the processes";

/// The flow of one object at a moment.
struct Flow<'a> {
    history: &'a History,
    view: FlowView,
    object: &'a Object,
    recent: Recent,
}

impl Flow<'_> {
    /// Returns whether a process is the selected one.
    fn is_selected(&self, actor: ActorId) -> bool {
        self.view.selected == Some(Thing::Actor(actor))
    }

    /// Returns whether an object is the selected one, or a part of it is meant that has no place of
    /// its own: a queue's pipe.
    fn is_chosen(&self, object: &Object) -> bool {
        let id = match self.view.selected {
            Some(Thing::Object(id)) => id,
            _ => return false,
        };
        id == object.id || (object.part == Some(Part::Pipe) && object.part_of == Some(id))
    }

    /// Returns the selected message of several; of a selected task the one that carries it.
    fn selected_of(&self, waiting: &[&Message]) -> Option<MessageId> {
        let selection = self.view.selected?;
        let is_it = |id: MessageId| match selection {
            Thing::Message(selected) => (selected == id).then_some(id),
            Thing::Task(task) => {
                (selection::carried_by(self.history, id) == Some(task)).then_some(id)
            }
            _ => None,
        };
        waiting.iter().find_map(|message| is_it(message.id))
    }

    /// Says that some columns of a row stand for an object, and lays the ground of the selection
    /// below them if it is selected.
    fn mark_of(&self, pen: &mut Pen<'_, '_>, object: &Object, (x, y): (u16, u16), end: u16) {
        pen.spot(x, y, end, Spot::Thing(object.id.into()));
        self.mark_if(pen, self.is_chosen(object), (x, y), end);
    }

    /// Lays the ground of the selection below some columns of a row, if something is selected.
    fn mark_if(&self, pen: &mut Pen<'_, '_>, is_selected: bool, (x, y): (u16, u16), end: u16) {
        if is_selected {
            let tint = pen.style(Role::Selection);
            pen.tint(x, y, end.saturating_sub(x), tint);
        }
    }

    /// Returns whether the run has ended.
    fn is_ended(&self) -> bool {
        self.history.run().end_at(self.view.t).is_some()
    }

    /// Draws a process's name in at most `width` columns. Returns the column after it.
    fn draw_name(&self, pen: &mut Pen<'_, '_>, x: u16, y: u16, width: u16, actor: ActorId) -> u16 {
        let name = self.name(actor, width);
        let moved = self.recent.any_of(actor);
        let role = if self.is_selected(actor) || moved {
            Role::Strong
        } else {
            Role::Text
        };
        let end = pen.text(x, y, width, &name, pen.style(role));
        pen.spot(x, y, end, Spot::Thing(actor.into()));
        if self.is_selected(actor) {
            let tint = pen.style(Role::Selection);
            pen.tint(x, y, end.saturating_sub(x), tint);
        }
        end
    }

    /// Returns a process's name in a form that fits: `Worker-1`, `W-1`.
    fn name(&self, actor: ActorId, width: u16) -> String {
        let name = words::short_name(self.history, actor, self.view.t);
        if super::brush::columns(&name, width.saturating_add(1)) > width
            && let Some(number) = name.strip_prefix("Worker-")
        {
            return format!("W-{number}");
        }
        name
    }
}
