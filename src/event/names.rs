//! Names that nobody knows, and those that were perhaps meant.

/// No name that is known is longer, in characters: beyond that, one is near to nothing.
const LONGEST: usize = 64;

/// Returns the known names nearest to one that is unknown, the nearest first, three at most.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = name.to_lowercase();
    let mut names: Vec<_> = known
        .into_iter()
        .map(|known| (distance(&lower, known), known))
        .filter(|&(distance, known)| {
            distance <= 1 + known.len() / 3 || (!name.is_empty() && known.contains(&lower))
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|(_, known)| known).take(3).collect()
}

/// Levenshtein's distance: how many letters to change, add or take away.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().take(LONGEST).enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let change = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_has_near_ones() {
        let known = ["quit", "toggle-help", "toggle-freeze", "PageUp"];
        for (name, expected) in [
            ("qiut", &["quit"][..]),
            ("help", &["toggle-help"]),
            ("pageup", &["PageUp"]),
            ("toggle", &["toggle-help", "toggle-freeze"]),
            ("something", &[]),
            ("", &[]),
        ] {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
        assert!(nearest(&"x".repeat(1_000_000), known).is_empty());
    }
}
