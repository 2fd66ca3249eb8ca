//! A film of pixels: animated GIF, for where nothing else moves.
//!
//! Each picture after the first holds only the rectangle that changed (`picture`). Colours are exact:
//! the first picture's stand at the file's head, one that needs others brings a table of its own.
//! Times are hundredths of seconds, each from the film's begin, so that rounding does not add up.
//! Nothing is kept but what is on the canvas: films may be as long as they like.

mod palette;
mod picture;
#[cfg(test)]
mod tests;

use super::raster::{Ink, Raster, Scale};
use super::shot::Frames;
use crate::event::Span;
use gif::{Encoder, EncodingError, Frame, Repeat};
use palette::Palette;
use picture::Change;
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
}

impl<'a> Film<'a> {
    /// Writes the head: size, colours, that it repeats.
    fn begin(raster: &Raster, out: &'a mut dyn Write) -> io::Result<Film<'a>> {
        let (width, height) = raster.pixel_size();
        let mut head = Palette::default();
        head.add(raster.pixels());
        head.settle(raster.inks().colours());
        let mut encoder =
            Encoder::new(out, side(width), side(height), head.table()).map_err(plain)?;
        encoder.set_repeat(Repeat::Infinite).map_err(plain)?;
        Ok(Film {
            encoder,
            head,
            shown: Vec::new(),
            touched: Vec::new(),
        })
    }

    /// Writes what changed since the last picture, to be shown for so many hundredths of seconds.
    fn picture(&mut self, raster: &Raster, mut time: u64) -> io::Result<()> {
        let mut frame = self.frame(raster);
        loop {
            frame.delay = u16::try_from(time.min(LONGEST)).unwrap_or(u16::MAX);
            self.encoder
                .write_lzw_pre_encoded_frame(&frame)
                .map_err(plain)?;
            time -= u64::from(frame.delay);
            if time == 0 {
                return Ok(());
            }
            frame = picture::nothing(&self.head);
        }
    }

    /// Returns what changed.
    fn frame(&mut self, raster: &Raster) -> Frame<'static> {
        if self.shown.is_empty() {
            self.touched.clear();
            self.shown = raster.pixels().to_vec();
            return picture::whole(raster, &self.head);
        }
        let change = Change::find(raster, &self.shown, &self.touched);
        for &cell in &self.touched {
            for row in picture::rows(raster, cell) {
                self.shown[row.clone()].copy_from_slice(&raster.pixels()[row]);
            }
        }
        self.touched.clear();
        change.frame(raster, &self.head)
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
