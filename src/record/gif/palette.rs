//! The colours of a picture: up to 255, each exact, and one for what is left as it is.

use super::super::colour::Rgb;
use super::super::raster::Ink;

/// So many colours a picture can have, beside the clear one.
const MOST: usize = 255;

/// A table of colours and where in it each ink stands.
#[derive(Default)]
pub(super) struct Palette {
    /// By the ink's number: how many pixels have it, then where it stands; `None` where none has.
    places: Vec<Option<Place>>,
    /// The inks that pixels have, in the order in which they came.
    inks: Vec<Ink>,
    table: Vec<u8>,
    clear: u8,
}

#[derive(Clone, Copy)]
struct Place {
    pixels: u32,
    index: u8,
    is_exact: bool,
}

impl Palette {
    /// Adds pixels whose colours are wanted.
    pub(super) fn add(&mut self, pixels: &[Ink]) {
        for &ink in pixels {
            if self.places.len() <= ink.index() {
                self.places.resize(ink.index() + 1, None);
            }
            match &mut self.places[ink.index()] {
                Some(place) => place.pixels = place.pixels.saturating_add(1),
                none => {
                    *none = Some(Place {
                        pixels: 1,
                        index: 0,
                        is_exact: true,
                    });
                    self.inks.push(ink);
                }
            }
        }
    }

    /// Gives each colour its place. Of too many, those of the fewest pixels get the nearest of the
    /// others.
    pub(super) fn settle(&mut self, colours: &[Rgb]) {
        let places = &mut self.places;
        let pixels = |ink: &Ink| places[ink.index()].map_or(0, |place| place.pixels);
        if self.inks.len() > MOST {
            self.inks
                .sort_by_key(|ink| (std::cmp::Reverse(pixels(ink)), ink.index()));
        }
        let (exact, other) = self.inks.split_at(self.inks.len().min(MOST));
        let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        self.clear = count(exact.len());
        self.table = exact.iter().flat_map(|ink| colours[ink.index()]).collect();
        // The clear one's colour is never seen.
        self.table.extend([0; 3]);
        let nearest = |colour: Rgb| {
            let all = exact
                .iter()
                .map(|ink| distance(colours[ink.index()], colour));
            let least = all.enumerate().min_by_key(|&(_, distance)| distance);
            least.map_or(0, |(at, _)| at)
        };
        let others = other
            .iter()
            .map(|ink| (ink, nearest(colours[ink.index()]), false));
        let all = exact.iter().enumerate().map(|(at, ink)| (ink, at, true));
        for (ink, at, is_exact) in all.chain(others) {
            if let Some(place) = &mut places[ink.index()] {
                place.index = count(at);
                place.is_exact = is_exact;
            }
        }
    }

    /// Returns the colours: red, green and blue of each.
    pub(super) fn table(&self) -> &[u8] {
        &self.table
    }

    /// Returns which index leaves a pixel as it is.
    pub(super) fn clear(&self) -> u8 {
        self.clear
    }

    /// Returns an ink's index.
    pub(super) fn index(&self, ink: Ink) -> u8 {
        let place = self.places.get(ink.index()).copied().flatten();
        place.map_or(0, |place| place.index)
    }

    /// Whether every colour that another wants stands here as it is.
    pub(super) fn has_all(&self, other: &Palette) -> bool {
        other.inks.iter().all(|ink| {
            let place = self.places.get(ink.index()).copied().flatten();
            place.is_some_and(|place| place.is_exact)
        })
    }
}

/// Returns how far apart two colours are.
fn distance(one: Rgb, other: Rgb) -> u32 {
    let parts = one.iter().zip(other);
    parts.map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}
