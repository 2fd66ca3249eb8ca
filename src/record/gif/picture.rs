//! One picture of a film: the rectangle that changed, with what is drawn in it.
//!
//! What did not change may be drawn again or left as it is, which is a colour of its own. Which is
//! shorter depends: single pixels are few, whole cells are letters that come again, and the whole
//! rectangle has no holes. They are all tried, the last only where it can pay.

use super::super::raster::{Ink, Raster};
use super::palette::Palette;
use super::side;
use gif::{DisposalMethod, Frame};
use std::borrow::Cow;
use std::ops::Range;

/// A picture of fewer bytes is not worth a third try.
const LARGE: usize = 2048;

/// A stretch of pixels of one row, as places on the canvas.
pub(super) type Stretch = Range<usize>;

/// What changed: each list holds the one before.
pub(super) struct Change {
    pixels: Vec<Stretch>,
    cells: Vec<Stretch>,
    extent: Extent,
}

/// A rectangle of pixels, its right and bottom edges not in it.
#[derive(Clone, Copy)]
struct Extent {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

/// Returns the stretches of a cell: column and row.
pub(super) fn rows(raster: &Raster, (x, y): (usize, usize)) -> impl Iterator<Item = Stretch> {
    let (width, (wide, high)) = (raster.pixel_size().0, raster.cell());
    (y * high..(y + 1) * high).map(move |row| {
        let from = row * width + x * wide;
        from..from + wide
    })
}

/// Returns the first picture: all of the canvas.
pub(super) fn whole(raster: &Raster, head: &Palette) -> Frame<'static> {
    let (right, bottom) = raster.pixel_size();
    let extent = Extent {
        left: 0,
        top: 0,
        right,
        bottom,
    };
    frame(raster, head, extent, &extent.stretches(right)).0
}

/// Returns a picture that changes nothing.
pub(super) fn nothing(head: &Palette) -> Frame<'static> {
    let mut frame = Frame {
        width: 1,
        height: 1,
        dispose: DisposalMethod::Keep,
        transparent: Some(head.clear()),
        buffer: Cow::Owned(vec![head.clear()]),
        ..Frame::default()
    };
    frame.make_lzw_pre_encoded();
    frame
}

impl Change {
    /// Finds what differs from what is shown, in the cells where it may.
    pub(super) fn find(raster: &Raster, shown: &[Ink], touched: &[(usize, usize)]) -> Change {
        let width = raster.pixel_size().0;
        let mut change = Change {
            pixels: Vec::new(),
            cells: Vec::new(),
            extent: Extent {
                left: usize::MAX,
                top: usize::MAX,
                right: 0,
                bottom: 0,
            },
        };
        for &cell in touched {
            let before = change.pixels.len();
            for row in rows(raster, cell) {
                let new = &raster.pixels()[row.clone()];
                let old = &shown[row.clone()];
                if new == old {
                    continue;
                }
                let differs = new.iter().zip(old).map(|(new, old)| new != old);
                for (at, _) in differs.enumerate().filter(|&(_, differs)| differs) {
                    let at = row.start + at;
                    change.extent.add(at % width, at / width);
                    match change.pixels.last_mut() {
                        Some(last) if last.end == at && at > row.start => last.end += 1,
                        _ => change.pixels.push(at..at + 1),
                    }
                }
            }
            if change.pixels.len() > before {
                change.cells.extend(rows(raster, cell));
            }
        }
        change
    }

    /// Returns the picture in the fewest bytes.
    pub(super) fn smallest(&self, raster: &Raster, head: &Palette) -> Frame<'static> {
        if self.pixels.is_empty() {
            return nothing(head);
        }
        let (mut best, _) = frame(raster, head, self.extent, &self.pixels);
        let size = |frame: &Frame<'_>| {
            frame.buffer.len() + frame.palette.as_ref().map_or(0, |table| table.len())
        };
        let mut consider = |stretches: &[Stretch]| {
            let (other, is_exact) = frame(raster, head, self.extent, stretches);
            if is_exact && size(&other) < size(&best) {
                best = other;
            }
            size(&best)
        };
        if consider(&self.cells) > LARGE {
            consider(&self.extent.stretches(raster.pixel_size().0));
        }
        best
    }
}

/// Returns a picture of some stretches of pixels, as far as they are within an extent, and whether
/// all of its colours are exact: not of too many.
fn frame(
    raster: &Raster,
    head: &Palette,
    extent: Extent,
    drawn: &[Stretch],
) -> (Frame<'static>, bool) {
    let mut own = Palette::default();
    for stretch in drawn {
        own.add(&raster.pixels()[stretch.clone()]);
    }
    let is_own = !head.has_all(&own);
    if is_own {
        own.settle(raster.inks().colours());
    }
    let palette = if is_own { &own } else { head };
    let width = raster.pixel_size().0;
    let (wide, high) = (extent.right - extent.left, extent.bottom - extent.top);
    let mut pixels = vec![palette.clear(); wide * high];
    for stretch in drawn {
        let (x, y) = (stretch.start % width, stretch.start / width);
        let from = x.max(extent.left);
        let to = (x + stretch.len()).min(extent.right);
        if from >= to || !(extent.top..extent.bottom).contains(&y) {
            continue;
        }
        let inks = &raster.pixels()[y * width + from..y * width + to];
        let place = (y - extent.top) * wide + from - extent.left;
        for (pixel, &ink) in pixels[place..].iter_mut().zip(inks) {
            *pixel = palette.index(ink);
        }
    }
    let mut frame = Frame {
        left: side(extent.left),
        top: side(extent.top),
        width: side(wide),
        height: side(high),
        dispose: DisposalMethod::Keep,
        transparent: Some(palette.clear()),
        palette: is_own.then(|| own.table().to_vec()),
        buffer: Cow::Owned(pixels),
        ..Frame::default()
    };
    frame.make_lzw_pre_encoded();
    (frame, !is_own || own.is_exact())
}

impl Extent {
    fn add(&mut self, x: usize, y: usize) {
        self.left = self.left.min(x);
        self.right = self.right.max(x + 1);
        self.top = self.top.min(y);
        self.bottom = self.bottom.max(y + 1);
    }

    /// Returns all of it, on a canvas of this width.
    fn stretches(&self, width: usize) -> Vec<Stretch> {
        (self.top..self.bottom)
            .map(|y| y * width + self.left..y * width + self.right)
            .collect()
    }
}
