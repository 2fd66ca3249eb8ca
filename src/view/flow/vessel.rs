//! Vessels: buffers and pipes, with what waits in them as chips.

use crate::event::MessageId;
use crate::history::{Message, Object};
use crate::ui::Spot;
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::Role;
use crate::view::words::short_item;

/// The most columns of a chip's label.
const LABEL_MAX: u16 = 10;

/// Where a vessel stands: its inside, without the edges at both sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vessel {
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) width: u16,
    /// Which way things go through it.
    pub(super) to_right: bool,
}

/// What is in a vessel.
pub(super) struct Content<'a> {
    /// What waits, the next one out first; as many as there are, or as are known.
    pub(super) waiting: &'a [&'a Message],
    /// How many wait; may be more than are known.
    pub(super) count: usize,
    /// The selected one of them.
    pub(super) selected: Option<MessageId>,
    /// How much of its capacity is used, where it has one: bytes and capacity.
    pub(super) fill: Option<(u64, u64)>,
}

impl Vessel {
    /// Returns the column after its right edge.
    pub(super) fn end(&self) -> u16 {
        self.x.saturating_add(self.width).saturating_add(1)
    }

    /// Says that it stands for an object; what is in it, drawn later, for itself.
    pub(super) fn spot(&self, pen: &mut Pen<'_, '_>, object: &Object) {
        let x = self.x.saturating_sub(1);
        pen.spot(x, self.y, self.end(), Spot::Thing(object.id.into()));
    }

    /// Draws it.
    pub(super) fn draw(&self, pen: &mut Pen<'_, '_>, content: &Content<'_>) {
        let signs = pen.theme().signs();
        let edge = pen.style(Role::Dim);
        if let Some(left) = self.x.checked_sub(1) {
            pen.sign(left, self.y, signs.vessel_left, edge);
        }
        pen.sign(
            self.x.saturating_add(self.width),
            self.y,
            signs.vessel_right,
            edge,
        );
        pen.run(self.x, self.y, self.width, " ", pen.style(Role::Vessel));
        self.draw_fill(pen, content);
        self.draw_chips(pen, content);
    }

    /// Fills the ground from the exit, from 1 % on.
    fn draw_fill(&self, pen: &mut Pen<'_, '_>, content: &Content<'_>) {
        let Some((bytes, capacity)) = content.fill else {
            return;
        };
        if capacity == 0 || bytes.saturating_mul(100) < capacity {
            return;
        }
        let cells = (u128::from(bytes) * u128::from(self.width)).div_ceil(u128::from(capacity));
        let cells = u16::try_from(cells).unwrap_or(self.width).min(self.width);
        let x = if self.to_right {
            self.x + self.width - cells
        } else {
            self.x
        };
        pen.run(x, self.y, cells, " ", pen.style(Role::VesselFill));
    }

    /// Puts chips beside the exit; what does not fit is a number behind them.
    fn draw_chips(&self, pen: &mut Pen<'_, '_>, content: &Content<'_>) {
        if content.count == 0 || self.width == 0 {
            return;
        }
        let (before, after) = pen.theme().signs().chip;
        let mut left = self.width;
        let mut hidden = content.count;
        for message in content.waiting {
            let label = short_item(message);
            let wide = columns(&label, LABEL_MAX) + 2;
            let gap = u16::from(left < self.width);
            let rest = if hidden > 1 {
                more_width(hidden - 1) + 1
            } else {
                0
            };
            if wide + gap + rest > left {
                break;
            }
            left -= gap;
            let x = self.place(left, wide);
            let is_selected = content.selected == Some(message.id);
            let chip = pen.style(if is_selected {
                Role::ChipSelected
            } else {
                Role::Chip
            });
            pen.text(x, self.y, 1, before, chip);
            pen.text(x + 1, self.y, wide - 2, &label, chip);
            pen.text(x + wide - 1, self.y, 1, after, chip);
            pen.spot(x, self.y, x + wide, Spot::Thing(message.id.into()));
            left -= wide;
            hidden -= 1;
        }
        if hidden == 0 {
            return;
        }
        let none_shown = left == self.width;
        let text = if none_shown {
            hidden.to_string()
        } else {
            format!("+{hidden}")
        };
        let role = if none_shown {
            Role::Chip
        } else {
            Role::VesselFill
        };
        let wide = columns(&text, left);
        let gap = u16::from(!none_shown && wide < left);
        pen.text(
            self.place(left - gap, wide),
            self.y,
            wide,
            &text,
            pen.style(role),
        );
    }

    /// Returns where something of `wide` columns stands, if `left` columns are still free on the
    /// side that is not the exit.
    fn place(&self, left: u16, wide: u16) -> u16 {
        if self.to_right {
            self.x + left.saturating_sub(wide)
        } else {
            self.x + self.width - left
        }
    }
}

/// Returns the columns of `+37`.
fn more_width(hidden: usize) -> u16 {
    let digits = hidden.max(1).ilog10() + 1;
    u16::try_from(digits).unwrap_or(u16::MAX).saturating_add(1)
}
