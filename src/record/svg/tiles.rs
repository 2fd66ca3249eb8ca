//! Tiles: a row of a film, cut into stretches of columns each of which changes as one.
//!
//! A clock's last digit changes in every frame and has ten contents; the row that it stands in would
//! have as many as there are frames. So columns that change at the same times are put together
//! first, and then neighbours, as long as the film gets smaller by it: every tile costs something,
//! and so do a change and a content.
//! Not here: what contents look like (`pen`) and how they follow each other (`film`).

use std::collections::HashMap;
use std::ops::Range;

/// What a tile that changes costs, in bytes of a compressed film: more than it is, as each is also
/// work for who plays it.
const TILE: usize = 40;
/// What a change costs.
const CHANGE: usize = 4;
/// What a content costs beside its cells.
const CONTENT: usize = 10;
/// What a stretch of cells of one look costs, and each cell of it.
const STRETCH: usize = 6;
const CELL: usize = 1;

/// What tiles are cut from: the contents that a row has one after another.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// All of the same width: a number for what stands in each column.
    pub(super) contents: &'a [Vec<u32>],
    /// Which number means that nothing stands there.
    pub(super) blank: u32,
    /// Columns that may not be cut from the next one, in order.
    pub(super) glued: &'a [usize],
}

/// Returns the tiles of a row, left to right.
pub(super) fn cut(row: &Row<'_>) -> Vec<Range<usize>> {
    let costs: Vec<Vec<usize>> = row
        .contents
        .iter()
        .map(|content| costs(content, row.blank))
        .collect();
    let mut tiles: Vec<Tile> = Vec::new();
    let width = row.contents.iter().map(Vec::len).min().unwrap_or(0);
    for column in 0..width {
        let classes = classes(row.contents.iter().map(|content| content[column]));
        let new = Tile::new(column..column + 1, classes, &costs);
        let is_glued = column > 0 && row.glued.binary_search(&(column - 1)).is_ok();
        match tiles.last_mut() {
            Some(last) if is_glued || changes_with(&last.classes, &new.classes) => {
                *last = last.with(&new, &costs);
            }
            _ => tiles.push(new),
        }
    }
    while join(&mut tiles, &costs) {}
    tiles.into_iter().map(|tile| tile.columns).collect()
}

/// Joins neighbours; returns whether there were any to join.
fn join(tiles: &mut Vec<Tile>, costs: &[Vec<usize>]) -> bool {
    let before = tiles.len();
    let mut joined: Vec<Tile> = Vec::with_capacity(before);
    for tile in tiles.drain(..) {
        let both = joined.last().and_then(|last| {
            let both = last.with(&tile, costs);
            (both.cost < last.cost + tile.cost).then_some(both)
        });
        match both {
            Some(both) => {
                joined.pop();
                joined.push(both);
            }
            None => joined.push(tile),
        }
    }
    *tiles = joined;
    tiles.len() < before
}

#[derive(Debug)]
struct Tile {
    columns: Range<usize>,
    /// For each content of the row, which of the tile's own it is.
    classes: Vec<u32>,
    cost: usize,
}

impl Tile {
    fn new(columns: Range<usize>, classes: Vec<u32>, costs: &[Vec<usize>]) -> Tile {
        let mut distinct = 0;
        let mut cost = 0;
        let mut changes = 0;
        for (at, &class) in classes.iter().enumerate() {
            if class == distinct {
                distinct += 1;
                let costs = &costs[at];
                cost += CONTENT + costs[columns.end] - costs[columns.start];
            }
            changes += usize::from(at == 0 || classes[at - 1] != class);
        }
        if changes > 1 {
            cost += TILE + changes * CHANGE;
        }
        Tile {
            columns,
            classes,
            cost,
        }
    }

    fn with(&self, next: &Tile, costs: &[Vec<usize>]) -> Tile {
        let pairs = self.classes.iter().zip(&next.classes);
        let columns = self.columns.start..next.columns.end;
        Tile::new(columns, classes(pairs), costs)
    }
}

/// Numbers what is different, in the order in which it comes.
fn classes<T: Eq + std::hash::Hash>(items: impl Iterator<Item = T>) -> Vec<u32> {
    let mut known: HashMap<T, u32> = HashMap::new();
    let number = |item| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(item).or_insert(next)
    };
    items.map(number).collect()
}

fn changes_with(a: &[u32], b: &[u32]) -> bool {
    let changes = |classes: &[u32], at: usize| classes[at] != classes[at - 1];
    (1..a.len()).all(|at| changes(a, at) == changes(b, at))
}

/// Returns what the cells up to each column cost.
fn costs(content: &[u32], blank: u32) -> Vec<usize> {
    let mut costs = vec![0];
    let mut sum = 0;
    for (at, &cell) in content.iter().enumerate() {
        if cell != blank {
            let goes_on = at > 0 && content[at - 1] != blank;
            sum += if goes_on { CELL } else { CELL + STRETCH };
        }
        costs.push(sum);
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiles(contents: &[&str], glued: &[usize]) -> Vec<Range<usize>> {
        let contents: Vec<Vec<u32>> = contents
            .iter()
            .map(|text| text.chars().map(u32::from).collect())
            .collect();
        cut(&Row {
            contents: &contents,
            blank: u32::from(' '),
            glued,
        })
    }

    #[test]
    fn what_never_changes_is_one() {
        assert_eq!(tiles(&["a b c"], &[]), std::slice::from_ref(&(0..5)));
        assert_eq!(tiles(&[""], &[]), []);
        assert_eq!(tiles(&[], &[]), []);
    }

    #[test]
    fn a_clock_is_cut_from_what_stands_beside_it() {
        let contents: Vec<String> = (0..100)
            .map(|tenths| format!("a long title {:2}.{} s", tenths / 10, tenths % 10))
            .collect();
        let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
        let tiles = tiles(&contents, &[]);
        assert_eq!(tiles.first(), Some(&(0..14)));
        assert!(tiles.contains(&(16..17)), "{tiles:?}");
    }

    #[test]
    fn what_changes_together_stays_together() {
        assert_eq!(
            tiles(&["abc", "xyz", "abc"], &[]),
            std::slice::from_ref(&(0..3))
        );
    }

    #[test]
    fn what_is_glued_is_not_cut() {
        let contents: Vec<String> = (0..50).map(|at| format!("{}{}", at % 2, at % 10)).collect();
        let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
        assert!(tiles(&contents, &[0]).contains(&(0..2)));
    }
}
