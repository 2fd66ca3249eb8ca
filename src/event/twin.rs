//! Twins: the same program in Python, and which of its lines stands for which of ours.
//!
//! Lines are paired by a table of fragments, `ours <-> theirs`, a pair per line. Each fragment is
//! looked for below the pair before, so the table reads from top to bottom as both sources do. No
//! source carries a mark for it, a line that moves takes its pair along, and the source of an older
//! trace is paired as far as it still has the fragments.

/// A program in Python that prints what ours prints.
#[derive(Clone, Copy, Debug)]
pub struct Twin {
    /// The name of the scenario.
    pub of: &'static str,
    /// The name of its file, in `assets/lessons`.
    pub file: &'static str,
    /// Its text.
    pub source: &'static str,
    /// Which lines are the same, in both.
    pub pairs: &'static str,
}

/// A line of ours and the line of the twin that does the same; the first line is 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    /// The number of our line.
    pub ours: u32,
    /// The number of the twin's.
    pub theirs: u32,
}

/// What parts the two fragments of a pair.
const BETWEEN: &str = " <-> ";

impl Twin {
    /// Returns the two fragments of every pair.
    pub fn fragments(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let lines = self.pairs.lines();
        lines.filter_map(|line| {
            let (ours, theirs) = line.split_once(BETWEEN)?;
            Some((ours.trim(), theirs.trim()))
        })
    }

    /// Returns the pairs of lines with a source of ours, which may be another version of it. Both
    /// numbers only grow. A pair is left out if one of its fragments is not there.
    pub fn pairs_with(&self, source: &str) -> Vec<Pair> {
        let (mut ours, mut theirs) = (Lines::of(source), Lines::of(self.source));
        let mut pairs = Vec::new();
        for (our, their) in self.fragments() {
            let Some(found) = ours.find(our) else {
                continue;
            };
            if let Some(other) = theirs.find(their) {
                ours.pass(found);
                theirs.pass(other);
                pairs.push(Pair {
                    ours: found,
                    theirs: other,
                });
            }
        }
        pairs
    }
}

/// The lines of a text below those that are paired.
struct Lines<'a> {
    rest: &'a str,
    /// The number of the first line of the rest.
    first: u32,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Lines<'a> {
        Lines {
            rest: text,
            first: 1,
        }
    }

    /// Returns the number of the first line with this fragment.
    fn find(&self, fragment: &str) -> Option<u32> {
        let lines = self.rest.lines().zip(self.first..);
        // A comment speaks of code and is none, unless the pair asks for a comment.
        let is_comment = |line: &str| ["//", "#"].iter().any(|mark| line.starts_with(mark));
        lines
            .filter(|(line, _)| !is_comment(line.trim_start()) || is_comment(fragment))
            .find(|(line, _)| line.contains(fragment))
            .map(|(_, number)| number)
    }

    /// Leaves a line and all above it behind.
    fn pass(&mut self, line: u32) {
        while self.first <= line {
            let (_, rest) = self.rest.split_once('\n').unwrap_or_default();
            self.rest = rest;
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWIN: Twin = Twin {
        of: "one",
        file: "one.py",
        source: "def one():\n    # two()\n    two()\n    two()\n",
        pairs: "fn one( <-> def one(\ntwo( <-> two(\nthree( <-> three(\ntwo( <-> two(\n",
    };

    #[track_caller]
    fn check(source: &str, expected: &[(u32, u32)]) {
        let pairs = TWIN.pairs_with(source);
        let pairs: Vec<_> = pairs.iter().map(|pair| (pair.ours, pair.theirs)).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn a_fragment_is_looked_for_below_the_pair_before() {
        check(
            "// fn one(\nfn one() {\n    two();\n\n    two();\n}\n",
            &[(2, 1), (3, 3), (5, 4)],
        );
    }

    #[test]
    fn what_another_version_has_not_is_left_out() {
        check("fn other() {\n    two();\n}\n", &[(2, 3)]);
        check("", &[]);
    }
}
