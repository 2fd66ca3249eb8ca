//! Colours: the nearest that a terminal has.

use super::theme::Depth;
use ratatui::style::Color;

/// Returns a colour, or the nearest of the 256.
pub(super) fn colour_of(rgb: u32, depth: Depth) -> Color {
    let [_, r, g, b] = rgb.to_be_bytes();
    if depth == Depth::Indexed {
        Color::Indexed(nearest_index(r, g, b))
    } else {
        Color::Rgb(r, g, b)
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
pub(super) fn rgb_of_index(index: u8) -> (u8, u8, u8) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_256_is_exact_where_it_exists() {
        assert_eq!(nearest_index(0xD7, 0x5F, 0x00), 166);
        assert_eq!(nearest_index(0x26, 0x26, 0x26), 235);
        assert_eq!(nearest_index(0xFF, 0xFF, 0xFF), 231);
    }
}
