//! A list that is known from the last time that it was asked for.
//!
//! A frame asks twice, once for what has room and once to draw; and from one frame to the next the
//! list is mostly the same: it is another only when a process comes, ends or gets another name, when
//! the cursor passes such a moment, or when the view is changed.

use super::{Branch, Item, Order, TableView};
use crate::event::{ActorId, Time};
use crate::history::{History, TreeStamp};
use crate::ui::state::RunView;
use std::rc::Rc;

/// A list, and where the selection stands in it.
#[derive(Debug, Default)]
pub struct Listed {
    /// Its rows.
    pub items: Vec<(Item, Branch)>,
    /// The selected row.
    pub selected: Option<usize>,
}

/// The list that was asked for last, of one run.
#[derive(Debug, Default)]
pub struct Known {
    last: Option<(Asked, Rc<Listed>)>,
}

/// Everything that a list depends on.
#[derive(PartialEq, Debug)]
struct Asked {
    stamp: TreeStamp,
    /// The moment, where the order depends on what everybody does.
    t: Option<Time>,
    table: TableView,
    found: Option<Vec<ActorId>>,
    selected: Option<ActorId>,
    has_selection: bool,
    room: usize,
}

impl Known {
    /// Forgets it: another run is shown.
    pub fn clear(&mut self) {
        self.last = None;
    }

    /// Returns what [`super::list`] does.
    pub fn list(
        &mut self,
        history: &History,
        run: &RunView,
        selected: Option<ActorId>,
        room: usize,
    ) -> Rc<Listed> {
        let t = run.t(history);
        let asked = Asked {
            stamp: history.tree_stamp(t),
            t: (run.table.order != Order::Tree).then_some(t),
            table: run.table.clone(),
            found: run.find.processes_found().map(<[ActorId]>::to_vec),
            selected,
            has_selection: run.selected.is_some(),
            room,
        };
        if let Some((of, listed)) = &self.last
            && *of == asked
        {
            return Rc::clone(listed);
        }
        let items = super::list(history, run, selected, room);
        let selected = super::selected_in(&items, run, selected);
        let listed = Rc::new(Listed { items, selected });
        self.last = Some((asked, Rc::clone(&listed)));
        listed
    }
}
