//! Colours: the nearest that a terminal has, and how far one stands out from another.

use ratatui::style::Color;

/// Returns a colour, or the nearest of the 256.
pub(super) fn indexed(colour: Color) -> Color {
    match colour {
        Color::Rgb(r, g, b) => Color::Indexed(nearest_index(r, g, b)),
        other => other,
    }
}

/// The steps of xterm's colour cube.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Returns the nearest of xterm's cube (16 to 231) and greys (232 to 255).
fn nearest_index(r: u8, g: u8, b: u8) -> u8 {
    let step = |v: u8| {
        (0u8..6)
            .min_by_key(|&i| CUBE[usize::from(i)].abs_diff(v))
            .unwrap_or(0)
    };
    let cube = 16 + 36 * step(r) + 6 * step(g) + step(b);
    let distance = |index: u8| {
        let (x, y, z) = rgb_of_index(index);
        [(r, x), (g, y), (b, z)]
            .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
            .iter()
            .sum::<u32>()
    };
    (232..=255)
        .chain([cube])
        .min_by_key(|&index| distance(index))
        .unwrap_or(cube)
}

/// Returns the colour of an index, as xterm has it. The first sixteen are the user's own.
fn rgb_of_index(index: u8) -> (u8, u8, u8) {
    match index {
        0..16 => (128, 128, 128),
        16..232 => {
            let n = usize::from(index - 16);
            (CUBE[n / 36], CUBE[n / 6 % 6], CUBE[n % 6])
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    }
}

/// Returns a colour's parts, `0xRRGGBB`; `None` of one that is the user's own.
pub(super) fn rgb_of(colour: Color) -> Option<u32> {
    let (r, g, b) = match colour {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Indexed(index @ 16..) => rgb_of_index(index),
        _ => return None,
    };
    Some(u32::from_be_bytes([0, r, g, b]))
}

/// Returns how light a colour is, from 0 to 1: relative luminance, as WCAG 2.2 defines it.
pub(super) fn luminance(rgb: u32) -> f64 {
    let [_, r, g, b] = rgb.to_be_bytes().map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Returns the light of one part of a colour in sRGB.
pub(super) fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.040_45 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

/// Returns how far two colours stand out from each other, from 1 to 21: WCAG's contrast ratio.
pub(super) fn contrast(a: u32, b: u32) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

/// Returns a colour of the theme halfway to the ground `0xRRGGBB`, or as near to half as it can
/// still be told from it.
pub(super) fn weakened(colour: Color, ground: u32, least: f64) -> Color {
    let Some(rgb) = rgb_of(colour) else {
        return colour;
    };
    let (from, to) = (rgb.to_be_bytes(), ground.to_be_bytes());
    let mixed = |eighths: u16| {
        let part = |at: usize| {
            let sum = u16::from(from[at]) * (8 - eighths) + u16::from(to[at]) * eighths;
            u8::try_from((sum + 4) / 8).unwrap_or(u8::MAX)
        };
        let mixed = Color::Rgb(part(1), part(2), part(3));
        match colour {
            Color::Indexed(_) => indexed(mixed),
            _ => mixed,
        }
    };
    let is_seen = |weak: &Color| rgb_of(*weak).is_some_and(|rgb| contrast(rgb, ground) >= least);
    [4, 3, 2, 1]
        .map(mixed)
        .into_iter()
        .find(is_seen)
        .unwrap_or(colour)
}

/// What bars must stand out from their ground.
pub(super) const BARS: f64 = 3.0;
/// What words must stand out from their ground.
pub(super) const WORDS: f64 = 4.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_256_is_exact_where_it_exists() {
        assert_eq!(nearest_index(0xD7, 0x5F, 0x00), 166);
        assert_eq!(nearest_index(0x26, 0x26, 0x26), 235);
        assert_eq!(nearest_index(0xFF, 0xFF, 0xFF), 231);
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert_eq!(contrast(0xFFFFFF, 0x000000), 21.0);
        assert_eq!(contrast(0x123456, 0x123456), 1.0);
        // The lightest grey that is text on white.
        assert!(contrast(0x767676, 0xFFFFFF) >= 4.5);
        assert!(contrast(0x777777, 0xFFFFFF) < 4.5);
    }
}
