//! A fact that may be told anew: each word with the moment since when it holds.
//!
//! For what changes once or twice in a process's life, such as its name. What changes often is a
//! series of [`Steps`](super::Steps).

use crate::event::Time;

/// A fact over time. Before the first word nothing is known of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Told<T>(Vec<(Time, T)>);

impl<T> Default for Told<T> {
    fn default() -> Told<T> {
        Told(Vec::new())
    }
}

impl<T> Told<T> {
    /// Returns what was known at `t`.
    pub fn at(&self, t: Time) -> Option<&T> {
        // Mostly the last word is asked for, and there is one.
        let mut words = self.0.iter().rev();
        words.find(|(since, _)| *since <= t).map(|(_, word)| word)
    }

    /// Returns the last word.
    pub fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, word)| word)
    }

    /// Takes the last word on it. Times do not go back.
    pub(super) fn tell(&mut self, t: Time, word: T) {
        match self.0.last_mut() {
            Some((since, last)) if *since == t => *last = word,
            _ => self.0.push((t, word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_holds_until_the_next() {
        let mut told = Told::default();
        assert_eq!((told.at(Time::NEVER), told.last()), (None, None));
        for (t, word) in [(3, 'a'), (5, 'b'), (5, 'c'), (9, 'a')] {
            told.tell(Time(t), word);
        }
        let at = |t| told.at(Time(t)).copied();
        let known: String = (0..11).map(|t| at(t).unwrap_or('-')).collect();
        assert_eq!(known, "---aaccccaa");
        assert_eq!(told.last(), Some(&'a'));
    }
}
