//! A still picture of pixels: a frame's cells as PNG.
//!
//! With 256 colours or fewer, which the themes' are, its pixels are indices into a palette. The same
//! cells give the same bytes.

use super::raster::{Ink, Raster, Scale};
use super::shot::Paper;
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};
use ratatui::buffer::Buffer;
use std::io::{self, Write};

/// Writes the frame as a PNG file.
///
/// ```
/// use mpviz::record::{png, raster::Scale, shot::Paper};
/// use ratatui::{buffer::Buffer, layout::Rect, style::Color};
///
/// let frame = Buffer::with_lines(["a frame"]);
/// let paper = Paper { text: Color::Rgb(201, 206, 212), ground: Color::Rgb(22, 24, 28) };
/// let mut picture = Vec::new();
/// png::write(&frame, paper, "a title", Scale::default(), &mut picture)?;
/// assert!(picture.starts_with(b"\x89PNG"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// What the writer fails with.
pub fn write(
    frame: &Buffer,
    paper: Paper,
    title: &str,
    scale: Scale,
    out: &mut dyn Write,
) -> io::Result<()> {
    let area = frame.area();
    let mut raster = Raster::new((area.width, area.height), paper, scale);
    raster.draw(frame);
    let colours = raster.inks().colours();
    let of = |ink: &Ink| colours[ink.index()];
    let pixels: Vec<u8> = match colours.len() {
        0..=256 => raster
            .pixels()
            .iter()
            .map(|ink| u8::try_from(ink.index()).unwrap_or_default())
            .collect(),
        _ => raster.pixels().iter().flat_map(of).collect(),
    };
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let (width, height) = raster.pixel_size();
    let mut encoder = Encoder::new(out, side(width), side(height));
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    if colours.len() <= 256 {
        encoder.set_color(ColorType::Indexed);
        encoder.set_palette(colours.concat());
        // Indices are no amounts: what is left after taking one from another says nothing.
        encoder.set_filter(Filter::NoFilter);
    } else {
        encoder.set_color(ColorType::Rgb);
    }
    if !title.is_empty() {
        encoder
            .add_itxt_chunk("Title".to_owned(), title.to_owned())
            .map_err(plain)?;
    }
    let mut writer = encoder.write_header().map_err(plain)?;
    writer.write_image_data(&pixels).map_err(plain)?;
    writer.finish().map_err(plain)
}

/// Returns an error of the encoder as what the writer failed with.
fn plain(error: EncodingError) -> io::Error {
    match error {
        EncodingError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::super::colour::Rgb;
    use super::*;
    use png::{Decoder, Transformations};
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};
    use std::io::Cursor;

    const PAPER: Paper = Paper {
        text: Color::Rgb(201, 206, 212),
        ground: Color::Rgb(22, 24, 28),
    };

    /// Returns the picture's size, whether it has a palette, and its pixels.
    fn read(file: Vec<u8>) -> ((u32, u32), bool, Vec<Rgb>) {
        let mut decoder = Decoder::new(Cursor::new(file));
        decoder.set_transformations(Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut pixels).expect("a whole PNG");
        let info = reader.info();
        let pixels = pixels.as_chunks().0.to_vec();
        (info.size(), info.palette.is_some(), pixels)
    }

    #[track_caller]
    fn is_the_rasters(frame: &Buffer, has_palette: bool) {
        let mut raster = Raster::new(
            (frame.area.width, frame.area.height),
            PAPER,
            Scale::default(),
        );
        raster.draw(frame);
        let colours = raster.inks().colours();
        let wanted: Vec<Rgb> = raster
            .pixels()
            .iter()
            .map(|ink| colours[ink.index()])
            .collect();
        let mut file = Vec::new();
        write(frame, PAPER, "ein Bild: 字", Scale::default(), &mut file).expect("a picture");
        let (size, palette, pixels) = read(file);
        let (width, height) = raster.pixel_size();
        assert_eq!((size.0 as usize, size.1 as usize), (width, height));
        assert_eq!(palette, has_palette);
        assert!(pixels == wanted);
    }

    #[test]
    fn a_picture_has_the_rasters_pixels() {
        is_the_rasters(&Buffer::with_lines(["what █▒░ it", "is ─┼─ 字"]), true);
        is_the_rasters(&Buffer::empty(Rect::new(0, 0, 0, 0)), true);
        is_the_rasters(&Buffer::empty(Rect::new(0, 0, 500, 200)), true);
    }

    #[test]
    fn more_colours_than_a_palette_has_are_exact_too() {
        let mut frame = Buffer::empty(Rect::new(0, 0, 300, 2));
        for x in 0..300_u16 {
            let [high, low] = x.to_be_bytes();
            frame.set_string(x, 0, "x", Style::new().bg(Color::Rgb(9, high, low)));
        }
        is_the_rasters(&frame, false);
    }
}
