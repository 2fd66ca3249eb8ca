//! How well a few letters fit an action's name.

use crate::ui::action::Action;

/// The positions, in characters, of what matched in a name.
pub type Hits = Vec<usize>;

/// What a letter counts that follows the one before, or begins a word of the name.
const ADJACENT: usize = 6;
const BEGIN: usize = 5;
/// Any other letter.
const LOOSE: usize = 1;
/// What a letter counts of a word that begins a word of the help.
const IN_HELP: usize = 1;
/// Letters that match on average worse than this are there by chance.
const ENOUGH: usize = 3;

/// Returns how well every word of a query fits an action, and where in its name; `None` if one
/// does not. A word fits by its letters, in their order, in the name, or as the beginning of a word
/// in what the action's key is called or its help says.
pub fn matched(query: &str, action: Action) -> Option<(usize, Hits)> {
    let mut score = 0;
    let mut hits = Hits::new();
    for word in query.split([' ', '-']).filter(|word| !word.is_empty()) {
        let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
        match in_name(&word, action.name()) {
            Some((count, at)) => {
                score += count;
                hits.extend(at);
            }
            None => score += in_words(&word, &[action.short(), action.help()])?,
        }
    }
    hits.sort_unstable();
    hits.dedup();
    Some((score, hits))
}

fn in_name(word: &[char], name: &str) -> Option<(usize, Hits)> {
    let name: Vec<char> = name.chars().collect();
    let from_each = (0..name.len()).filter_map(|first| from(word, &name, first));
    let best = from_each.max_by_key(|&(score, _)| score)?;
    (best.0 >= ENOUGH * word.len()).then_some(best)
}

/// Matches a word from a position of the name on: each letter where it follows the one before, else
/// at the next beginning of a word, else anywhere.
fn from(word: &[char], name: &[char], first: usize) -> Option<(usize, Hits)> {
    if name.get(first) != word.first() {
        return None;
    }
    let begins = |at: usize| at == 0 || name[at - 1] == '-';
    let mut hits = vec![first];
    let mut score = if begins(first) { BEGIN } else { LOOSE };
    let mut next = first + 1;
    for letter in &word[1..] {
        let is_it = |&at: &usize| name[at] == *letter;
        let at = if name.get(next) == Some(letter) {
            score += ADJACENT;
            next
        } else if let Some(at) = (next..name.len()).filter(is_it).find(|&at| begins(at)) {
            score += BEGIN;
            at
        } else {
            score += LOOSE;
            (next..name.len()).find(is_it)?
        };
        hits.push(at);
        next = at + 1;
    }
    // Of two that fit alike, the one whose name says less besides comes first.
    let is_whole = hits.len() == name.len();
    Some((score + usize::from(is_whole) * BEGIN, hits))
}

fn in_words(word: &[char], texts: &[&str]) -> Option<usize> {
    let word: String = word.iter().collect();
    let begins = |text: &&str| {
        let text = text.to_lowercase();
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.any(|known| known.starts_with(&word))
    };
    texts.iter().any(begins).then(|| word.len() * IN_HELP)
}
