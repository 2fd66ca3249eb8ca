//! The numbers themselves, with or without a lock around them; and what is told of each access.

use super::number::Number;
use crate::event::words::Class;
use crate::event::{Kind, ObjectId, Text};
use crate::runtime::created::tell_created;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::shared::{Backing, Shared};
use std::fmt::Write;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;

/// A label is cut at this many bytes, with an ellipsis.
const LABEL_MAX: usize = 40;

/// Shared numbers.
#[derive(Debug)]
pub(super) struct Core<T: Number> {
    pub(super) cells: Shared<T::Atomic>,
    pub(super) object: ObjectId,
    pub(super) class: Class,
}

impl<T: Number> Core<T> {
    pub(super) fn new(class: Class, name: &str, len: usize) -> Result<Arc<Core<T>>> {
        let shared = Shared::zeroed(len, Backing::of_context());
        let cells = shared.map_err(|error| {
            let attempt = format!("cannot share {len} numbers of {} bytes", size_of::<T>());
            Error::system(attempt, error)
        })?;
        let maxsize = (class == Class::Array).then_some(len as u64);
        let object = tell_created(class, name, None, maxsize);
        Ok(Arc::new(Core {
            cells,
            object,
            class,
        }))
    }

    pub(super) fn of(class: Class, name: &str, values: &[T]) -> Result<Arc<Core<T>>> {
        let core = Core::new(class, name, values.len())?;
        core.write(0, values);
        Ok(core)
    }

    /// Reads a range that there is.
    pub(super) fn read(&self, range: Range<usize>) -> Vec<T> {
        let cells = &self.cells.cells()[range.clone()];
        let values: Vec<T> = cells.iter().map(T::load).collect();
        probe::say(|| Kind::ValueRead {
            object: self.object,
            index: self.told_index(range.start),
            label: label(&values),
        });
        values
    }

    pub(super) fn read_one(&self, index: usize) -> Option<T> {
        let value = T::load(self.cells.cells().get(index)?);
        probe::say(|| Kind::ValueRead {
            object: self.object,
            index: self.told_index(index),
            label: label(&[value]),
        });
        Some(value)
    }

    /// Writes values from an index on, as many as there are places for.
    pub(super) fn write(&self, first: usize, values: &[T]) {
        probe::say(|| Kind::ValueWritten {
            object: self.object,
            index: self.told_index(first),
            label: label(values),
        });
        let cells = self.cells.cells().get(first..).unwrap_or_default();
        for (cell, value) in cells.iter().zip(values) {
            value.store(cell);
        }
    }

    pub(super) fn told_index(&self, index: usize) -> Option<u64> {
        (self.class == Class::Array).then_some(index as u64)
    }

    pub(super) fn len(&self) -> usize {
        self.cells.cells().len()
    }

    pub(super) fn check(&self, index: usize) -> Result<()> {
        let len = self.len();
        if index < len {
            Ok(())
        } else {
            Err(Error::Index { index, len })
        }
    }

    /// Returns the part of a range that there is, as Python's slices do.
    pub(super) fn clamp(&self, range: &impl RangeBounds<usize>) -> Range<usize> {
        let len = self.len();
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => last.saturating_add(1),
            Bound::Excluded(&end) => end,
            Bound::Unbounded => len,
        };
        let start = start.min(len);
        start..end.min(len).max(start)
    }

    pub(super) fn write_slice(&self, range: &impl RangeBounds<usize>, values: &[T]) -> Result<()> {
        let range = self.clamp(range);
        if range.len() != values.len() {
            return Err(Error::Argument {
                name: "values",
                value: format!("{} for a slice of {}", values.len(), range.len()),
                range: "as many as the slice has",
            });
        }
        self.write(range.start, values);
        Ok(())
    }
}

/// Returns what values are in a few characters: `1, 2, 3`.
fn label<T: Number>(values: &[T]) -> Text {
    let mut text = Text::default();
    for (at, value) in values.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let before = text.len();
        // Writing to a text does not fail.
        let _ = write!(text, "{comma}{value}");
        if text.len() > LABEL_MAX && at > 0 {
            text.truncate(before);
            text.push('…');
            break;
        }
    }
    text
}
