//! The flow: how messages travel, drawn as what it is.
//!
//! A queue is writers, their buffers and feeders, the write lock, one pipe, the read lock and the
//! readers, each at its fixed place; a pool is two such queues with its workers between them; a
//! pipe is a vessel with the holders of its ends; a started program is its three streams. A chip
//! stands at the station where its message is; what it passed a moment ago is lit.
//!
//! Reading order: `choose` (which object), `parties` (who is on which side), `recent` (what
//! just moved), `paths` and `vessel` (how lines and vessels are drawn), then a file for each
//! form: `line` and `line_parts` for queues and one-way pipes, `pool`
//! and `pool_parts`, `duplex`, `popen`.

mod choose;
mod duplex;
mod line;
mod line_parts;
pub(super) mod parties;
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
use crate::event::words::Class;
use crate::event::{ActorId, Span, Time};
use crate::history::{History, Object};
use ratatui::layout::Rect;
use recent::Recent;

/// What a flow or a sequence is drawn as of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlowView {
    /// The selected process.
    pub selected: Option<ActorId>,
    /// The moment that is shown.
    pub t: Time,
    /// For how long before `t` what moved is lit.
    pub lit: Span,
}

/// Returns whether there is a flow to draw: whether the program has anything that messages move
/// through. Where it has none, the sequence takes the flow's place.
pub fn has_flow(history: &History) -> bool {
    choose::candidates(history, Time::NEVER).next().is_some()
}

/// Returns the rows that the flow would like to have, in an area so wide and at most so high.
pub fn flow_rows(history: &History, most: u16) -> u16 {
    let wanted = match choose::candidates(history, Time::NEVER)
        .next()
        .map(|object| object.class)
    {
        None => 0,
        Some(_) => 9,
    };
    wanted.min(most)
}

/// Draws the flow as of a moment. Without an object that messages move through it draws nothing.
pub fn draw_flow(brush: &mut Brush<'_>, area: Rect, history: &History, view: &FlowView) {
    let Some(object) = choose::chosen(history, view.selected, view.t) else {
        if area.height > 1 {
            let dim = brush.theme.style(Role::Dim);
            brush.cut(
                area.x + 1,
                area.y + 1,
                area.width.saturating_sub(1),
                NOTHING,
                dim,
            );
        }
        return;
    };
    let mut pen = Pen::new(area, brush);
    if pen.width() < 8 || pen.height() == 0 {
        return;
    }
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
        self.view.selected == Some(actor)
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
        if self.is_selected(actor) {
            let tint = pen.style(Role::Selection);
            pen.tint(x, y, end.saturating_sub(x), tint);
        }
        end
    }

    /// Returns a process's name in a form that fits: `Worker-1`, `W-1`.
    fn name(&self, actor: ActorId, width: u16) -> String {
        let name = words::short_name(self.history, actor);
        if super::brush::columns(&name, width.saturating_add(1)) > width
            && let Some(number) = name.strip_prefix("Worker-")
        {
            return format!("W-{number}");
        }
        name
    }
}
