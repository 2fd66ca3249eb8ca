//! Who waits for whom, written out: a chain that ends at a full pipe, and a circle of waits.
//!
//! ```text
//! circle  Main ──joins──► writer ──joins──► feeder ──needs room──► pipe of q ──needs a get──► Main
//! ```

use super::{Flow, FlowView};
use crate::event::Time;
use crate::event::words::Operation;
use crate::history::{History, Need, What};
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::{Mark, Role};
use crate::view::words::{Target, has_no_room, object_name, short_name, wait_chain};

/// No more processes than these are asked whether they are in a circle.
const TRIED_MOST: usize = 64;

/// A step of a circle: who or what stands there, and what it needs of the next.
struct Step {
    name: String,
    verb: &'static str,
}

/// How wide the words on an arrow are at most.
const VERB_MOST: u16 = 12;

/// How long an arrow is before its words, and behind them.
type Shafts = (u16, u16);

const LONG: Shafts = (2, 2);
const SHORT: Shafts = (1, 0);

impl Step {
    /// Returns how many columns it takes, with the blank behind it but for the last one.
    fn columns(&self, (before, behind): Shafts) -> u16 {
        let name = columns(&self.name, u16::MAX / 64);
        match self.verb.is_empty() {
            true => name,
            false => name + 1 + before + columns(self.verb, VERB_MOST) + behind + 2,
        }
    }
}

/// Draws the first circle of waits that somebody is in. Returns whether there is one.
pub(super) fn draw_circle(
    pen: &mut Pen<'_, '_>,
    y: u16,
    history: &History,
    view: &FlowView,
) -> bool {
    let t = view.t;
    let living = history.living_at(t).into_iter();
    let waiting = living.filter(|&id| history.need_at(t, id).is_some());
    let tried = view
        .actor(history)
        .into_iter()
        .chain(waiting.take(TRIED_MOST));
    let mut circles = tried.filter_map(|process| history.wait_cycle_at(t, process));
    let Some(mut circle) = circles.next() else {
        return false;
    };
    // It begins with the same one whoever is selected.
    let first = circle.iter().enumerate().min_by_key(|(_, need)| need.who);
    let first = first.map_or(0, |(at, _)| at);
    circle.rotate_left(first);
    let steps = circle.iter().flat_map(|need| steps_of(history, need, t));
    let mut steps: Vec<Step> = steps.collect();
    // It closes with whom it began.
    let first = steps.first().map(|step| step.name.clone());
    steps.extend(first.map(|name| Step { name, verb: "" }));
    let theme = pen.theme();
    let x = if pen.width() >= 104 { 2 } else { 1 };
    let mut x = pen.text(x, y, 8, "circle", theme.style(Role::Alarm)) + 2;
    let wide = steps.iter().map(|step| step.columns(LONG));
    let wide = wide.fold(0, u16::saturating_add);
    // The whole circle is seen before its arrows are long.
    let shafts = if x + wide > pen.width() { SHORT } else { LONG };
    for step in &steps {
        x = pen.put(x, y, &step.name, Role::Text) + 1;
        if !step.verb.is_empty() {
            x = draw_arrow(pen, x, y, step.verb, shafts);
        }
    }
    true
}

/// Returns the steps of a need: who has it, and the thing between it and whoever could move.
fn steps_of(history: &History, need: &Need, t: Time) -> Vec<Step> {
    let who = short_name(history, need.who, t);
    let name = |object| object_name(history, object);
    let (verb, thing, then) = match need.what {
        What::End(_) if need.wait.operation == Operation::Wait => return one(who, "waits for"),
        What::End(_) => return one(who, "joins"),
        What::Lock(lock) => ("needs", name(lock), "held by"),
        What::Room(pipe) => ("needs room", name(pipe), "needs a get"),
        What::Item(object) => ("gets", name(object), "needs a put"),
        What::Word(_) | What::Any | What::Result | What::Nothing => {
            return one(who, "waits for");
        }
    };
    vec![
        Step { name: who, verb },
        Step {
            name: thing,
            verb: then,
        },
    ]
}

impl Flow<'_> {
    /// Draws who waits for whom, where a full pipe makes others wait too: `Main ──joins──► writer
    /// ──joins──► feeder ──needs room──► pipe of q`. Returns whether there is such a chain.
    pub(super) fn draw_chain(&self, pen: &mut Pen<'_, '_>, y: u16) -> bool {
        let (history, t) = (self.history, self.view.t);
        let pipes = self.pipes();
        if !pipes
            .iter()
            .any(|&pipe| has_no_room(history, Some(pipe), t))
        {
            return false;
        }
        let living = history.living_at(t).into_iter();
        let chains = living.map(|process| wait_chain(history, process, t));
        let is_ours = |target| matches!(target, Target::Room(pipe) if pipes.contains(&pipe));
        let ours = chains.filter(|links| links.last().is_some_and(|link| is_ours(link.target)));
        let Some(links) = ours.max_by_key(Vec::len).filter(|links| links.len() > 1) else {
            return false;
        };
        let mut x = pen.put(
            if pen.width() >= 104 { 2 } else { 1 },
            y,
            "waits  ",
            Role::Dim,
        );
        for link in &links {
            let who = short_name(history, link.who, self.view.t);
            x = pen.put(x, y, &who, Role::Text) + 1;
            let (verb, to) = match link.target {
                Target::End(_) => ("joins", None),
                Target::Room(pipe) => ("needs room", Some(object_name(history, pipe))),
            };
            x = draw_arrow(pen, x, y, verb, LONG);
            if let Some(to) = to {
                pen.put(x, y, &to, Role::Text);
            }
        }
        true
    }
}

fn one(name: String, verb: &'static str) -> Vec<Step> {
    vec![Step { name, verb }]
}

/// Draws an arrow that says what is needed. Returns the column after it, with a blank.
fn draw_arrow(pen: &mut Pen<'_, '_>, x: u16, y: u16, verb: &str, (before, behind): Shafts) -> u16 {
    let theme = pen.theme();
    let signs = theme.signs();
    let plain = theme.mark(Mark::Put);
    pen.run(x, y, before, signs.rule, plain);
    let x = pen.text(x + before, y, VERB_MOST, verb, theme.style(Role::Alarm));
    pen.run(x, y, behind, signs.rule, plain);
    pen.sign(x + behind, y, signs.arrow, plain);
    x + behind + 2
}
