//! One picture of a film: the rectangle that changed, with what is drawn in it.
//!
//! What did not change in it is left as it is, which is a colour of its own. Drawing whole cells or the
//! whole rectangle again is shorter for few pictures (1 % of a film), and takes twice the time to find.

use super::super::raster::{Ink, Raster};
use super::palette::Palette;
use super::side;
use gif::{DisposalMethod, Frame};
use std::borrow::Cow;
use std::ops::Range;

/// A stretch of pixels of one row, as places on the canvas.
pub(super) type Stretch = Range<usize>;

/// What changed.
pub(super) struct Change {
    pixels: Vec<Stretch>,
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
    frame(raster, head, extent, &extent.stretches(right))
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
            extent: Extent {
                left: usize::MAX,
                top: usize::MAX,
                right: 0,
                bottom: 0,
            },
        };
        for &cell in touched {
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
        }
        change
    }

    /// Returns the picture of it.
    pub(super) fn frame(&self, raster: &Raster, head: &Palette) -> Frame<'static> {
        if self.pixels.is_empty() {
            return nothing(head);
        }
        frame(raster, head, self.extent, &self.pixels)
    }
}

/// Returns a picture of stretches of pixels within an extent. Of too many colours some are not exact.
fn frame(raster: &Raster, head: &Palette, extent: Extent, drawn: &[Stretch]) -> Frame<'static> {
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
        let place = (y - extent.top) * wide + x - extent.left;
        let inks = &raster.pixels()[stretch.clone()];
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
    frame
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
