//! A film of pixels: animated GIF, for where nothing else moves.
//!
//! Each picture after the first holds only the rectangle that changed, and in it only what changed:
//! the rest is transparent, which compresses to next to nothing. Colours are exact. The first
//! picture's stand at the file's head; a picture that needs others brings a table of its own.
//! Times are hundredths of seconds, each from the film's begin, so that rounding does not add up.
//! Nothing is kept but what is on the canvas: films may be as long as they like.

mod palette;
#[cfg(test)]
mod tests;

use super::raster::{Ink, Raster, Scale};
use super::shot::Frames;
use crate::event::Span;
use gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};
use palette::Palette;
use std::borrow::Cow;
use std::io::{self, Write};

/// In hundredths of seconds, the shortest time for a picture: browsers show a shorter one for ten.
const SHORTEST: u64 = 2;
/// In hundredths of seconds, the longest.
const LONGEST: u64 = 65_535;

/// Writes a film as a GIF that repeats for ever.
///
/// Frames that come less than 20 ms after the one before are shown with it.
///
/// # Errors
///
/// What the writer fails with.
pub fn write(frames: &mut dyn Frames, scale: Scale, out: &mut dyn Write) -> io::Result<()> {
    let told = frames.told();
    let end = hundredths(told.length);
    let mut raster = Raster::new(told.size, told.paper, scale);
    let mut next = frames.next();
    while let Some(shot) = next
        && hundredths(shot.at) < SHORTEST
    {
        raster.draw(&shot.frame);
        next = frames.next();
    }
    let mut film = Film::begin(&raster, out)?;
    let mut since = 0;
    while let Some(shot) = next {
        let at = hundredths(shot.at);
        if at >= since + SHORTEST {
            film.picture(&raster, at - since)?;
            since = at;
        }
        raster.draw(&shot.frame);
        film.touched.extend(raster.changed());
        next = frames.next();
    }
    film.picture(&raster, end.saturating_sub(since).max(SHORTEST))?;
    film.encoder.into_inner().map_err(plain)?;
    Ok(())
}

/// Returns a time in hundredths of seconds, rounded.
fn hundredths(span: Span) -> u64 {
    span.0.saturating_add(5_000_000) / 10_000_000
}

/// A GIF while it is written.
struct Film<'a> {
    encoder: Encoder<&'a mut dyn Write>,
    head: Palette,
    /// What a viewer shows; empty before the first picture.
    shown: Vec<Ink>,
    /// Which cells may differ from that.
    touched: Vec<(usize, usize)>,
    /// Which pixels do: where in the canvas, and their new ink.
    changed: Vec<(usize, Ink)>,
}

/// A rectangle of pixels, its right and bottom edges not in it.
#[derive(Clone, Copy)]
struct Extent {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl<'a> Film<'a> {
    /// Writes the head: size, colours, that it repeats.
    fn begin(raster: &Raster, out: &'a mut dyn Write) -> io::Result<Film<'a>> {
        let (width, height) = raster.pixel_size();
        let mut head = Palette::default();
        head.add(raster.pixels().iter().copied());
        head.settle(raster.inks().colours());
        let mut encoder =
            Encoder::new(out, side(width), side(height), head.table()).map_err(plain)?;
        encoder.set_repeat(Repeat::Infinite).map_err(plain)?;
        Ok(Film {
            encoder,
            head,
            shown: Vec::new(),
            touched: Vec::new(),
            changed: Vec::new(),
        })
    }

    /// Writes what changed since the last picture, to be shown for so many hundredths of seconds.
    fn picture(&mut self, raster: &Raster, mut time: u64) -> io::Result<()> {
        let (extent, pixels, own) = if self.shown.is_empty() {
            let (width, height) = raster.pixel_size();
            self.shown = raster.pixels().to_vec();
            let pixels = self.shown.iter().map(|&ink| self.head.index(ink));
            let whole = Extent {
                left: 0,
                top: 0,
                right: width,
                bottom: height,
            };
            (whole, pixels.collect(), None)
        } else {
            self.changes(raster)
        };
        self.touched.clear();
        let mut frame = Frame {
            left: side(extent.left),
            top: side(extent.top),
            width: side(extent.right - extent.left),
            height: side(extent.bottom - extent.top),
            dispose: DisposalMethod::Keep,
            transparent: Some(own.as_ref().unwrap_or(&self.head).clear()),
            palette: own.map(|own| own.table().to_vec()),
            buffer: Cow::Owned(pixels),
            ..Frame::default()
        };
        loop {
            frame.delay = u16::try_from(time.min(LONGEST)).unwrap_or(u16::MAX);
            self.encoder.write_frame(&frame).map_err(plain)?;
            time -= u64::from(frame.delay);
            if time == 0 {
                return Ok(());
            }
            frame = Frame {
                width: 1,
                height: 1,
                dispose: DisposalMethod::Keep,
                transparent: Some(self.head.clear()),
                buffer: Cow::Owned(vec![self.head.clear()]),
                ..Frame::default()
            };
        }
    }

    /// Returns the rectangle that changed and its pixels, and its own colours if it needs others.
    fn changes(&mut self, raster: &Raster) -> (Extent, Vec<u8>, Option<Palette>) {
        self.find_changed(raster);
        let width = raster.pixel_size().0;
        let mut extent = Extent::NONE;
        let mut own = Palette::default();
        for &(at, ink) in &self.changed {
            extent.add(at % width, at / width);
            own.add([ink]);
        }
        if self.changed.is_empty() {
            return (Extent::ONE, vec![self.head.clear()], None);
        }
        let own = (!self.head.has_all(&own)).then(|| {
            own.settle(raster.inks().colours());
            own
        });
        let palette = own.as_ref().unwrap_or(&self.head);
        let across = extent.right - extent.left;
        let mut pixels = vec![palette.clear(); across * (extent.bottom - extent.top)];
        for &(at, ink) in &self.changed {
            let (x, y) = (at % width - extent.left, at / width - extent.top);
            pixels[y * across + x] = palette.index(ink);
            self.shown[at] = ink;
        }
        (extent, pixels, own)
    }

    /// Finds the pixels that differ from what is shown.
    fn find_changed(&mut self, raster: &Raster) {
        self.changed.clear();
        let (width, (wide, high)) = (raster.pixel_size().0, raster.cell());
        for &(x, y) in &self.touched {
            for row in y * high..(y + 1) * high {
                let from = row * width + x * wide;
                let (new, old) = (
                    &raster.pixels()[from..from + wide],
                    &self.shown[from..from + wide],
                );
                if new != old {
                    let both = new.iter().zip(old).enumerate();
                    let differs = both.filter(|(_, (new, old))| new != old);
                    self.changed
                        .extend(differs.map(|(at, (&new, _))| (from + at, new)));
                }
            }
        }
    }
}

impl Extent {
    const NONE: Extent = Extent {
        left: usize::MAX,
        top: usize::MAX,
        right: 0,
        bottom: 0,
    };
    const ONE: Extent = Extent {
        left: 0,
        top: 0,
        right: 1,
        bottom: 1,
    };

    fn add(&mut self, x: usize, y: usize) {
        self.left = self.left.min(x);
        self.right = self.right.max(x + 1);
        self.top = self.top.min(y);
        self.bottom = self.bottom.max(y + 1);
    }
}

/// Returns a side's length or a place on it, as the format has it; `Raster` makes none longer.
fn side(pixels: usize) -> u16 {
    u16::try_from(pixels).unwrap_or(u16::MAX)
}

/// Returns an error of the encoder as what the writer failed with.
fn plain(error: EncodingError) -> io::Error {
    match error {
        EncodingError::Io(error) => error,
        other => io::Error::other(other),
    }
}
