//! Questions to the terminal: which colour its ground has, and whether it draws what Unicode calls
//! ambiguous one or two cells wide.
//!
//! Not every terminal knows the first question (OSC 11), but every one says what it is (DA1). That is
//! asked last, and terminals answer in order: so when it is answered, no other answer will come, and
//! nobody waits for it any longer. A terminal that says nothing costs [`WAIT`], once. What it says
//! later counts all the same.
//!
//! How wide a character is cannot be asked. So some are written, the cursor's place is asked (CPR), and
//! they are erased.
//!
//! Nobody reads here: `reader` takes answers out of what is typed, so that no key gets lost and no
//! answer becomes one.

use super::looks::Told;
use crate::channel::clock;
use crate::event::Span;
use crossbeam_channel::Receiver;
use std::fmt::Write;

/// How long the screen waits before its first frame.
const WAIT: Span = Span::millis(100);

/// Characters that are ambiguous (UAX #11), a kind each: lines, blocks, shapes, signs, punctuation.
const AMBIGUOUS: &str = "─█■·…";
/// How many they are.
const COUNT: u16 = 5;
/// Where they are written. In the first row the cursor's place looks like F3 with a modifier.
const ROW: u16 = 2;

/// What a terminal answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// The colour of its ground, `0xRRGGBB`.
    Ground(u32),
    /// The column behind the characters, from 1 on.
    Column(u16),
    /// What it is: there is nothing more to come.
    Last,
}

/// Returns what asks a terminal; `None` if nothing is wanted.
pub(super) fn questions(ground: bool, width: bool) -> Option<String> {
    let mut bytes = String::new();
    if ground {
        bytes.push_str("\x1b]11;?\x1b\\");
    }
    if width {
        // Writing into a text does not fail.
        let _ = write!(bytes, "\x1b[{ROW}H{AMBIGUOUS}\x1b[6n\x1b[2K\x1b[H");
    }
    if !bytes.is_empty() {
        bytes.push_str("\x1b[c");
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// Waits for answers, until there are no more to come or for long enough.
pub(super) fn wait(answers: &Receiver<Answer>, told: &mut Told) {
    let until = clock::monotonic().saturating_add(WAIT.0);
    loop {
        let left = Span(until.saturating_sub(clock::monotonic()));
        match answers.recv_timeout(left.into()) {
            Ok(answer) if told.take(answer) => {}
            _ => return,
        }
    }
}

impl Told {
    /// Takes in an answer. Returns whether more may come.
    pub(super) fn take(&mut self, answer: Answer) -> bool {
        match answer {
            Answer::Ground(rgb) => self.ground = Some(rgb),
            // No more than two cells each: else it was no answer to this.
            Answer::Column(column) => {
                let cells = column.saturating_sub(1);
                self.is_wide = (COUNT + 1..=2 * COUNT).contains(&cells);
            }
            Answer::Last => return false,
        }
        true
    }
}

/// Returns what a terminal answers in words: what stands between `ESC ]` and the end.
pub(super) fn in_words(words: &[u8]) -> Option<Answer> {
    let words = std::str::from_utf8(words).ok()?;
    let colour = words.strip_prefix("11;")?;
    let parts = colour
        .strip_prefix("rgb:")
        .or_else(|| colour.strip_prefix("rgba:"))?;
    let mut parts = parts.split('/').map(part);
    let mut rgb = 0;
    for _ in 0..3 {
        rgb = rgb << 8 | parts.next()??;
    }
    Some(Answer::Ground(rgb))
}

/// Returns one part of a colour, of one to four hexadecimal digits, as a byte.
fn part(digits: &str) -> Option<u32> {
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let most = match digits.len() {
        1..=4 if is_hex => (1u32 << (4 * digits.len())) - 1,
        _ => return None,
    };
    let value = u32::from_str_radix(digits, 16).ok()?;
    Some((value * 255 + most / 2) / most)
}

/// Returns what a terminal answers in numbers: what stands between `ESC [` and the last letter.
pub(super) fn in_numbers(numbers: &str, last: u8) -> Option<Answer> {
    match last {
        b'c' => numbers.starts_with('?').then_some(Answer::Last),
        b'R' => {
            let (row, column) = numbers.split_once(';')?;
            let is_ours = row.parse() == Ok(ROW);
            column.parse().ok().filter(|_| is_ours).map(Answer::Column)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::unbounded;
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

    #[test]
    fn what_is_written_to_be_measured_is_ambiguous() {
        assert_eq!(AMBIGUOUS.width(), usize::from(COUNT));
        for c in AMBIGUOUS.chars() {
            assert_eq!((c.width(), c.width_cjk()), (Some(1), Some(2)), "{c}");
        }
    }

    #[test]
    fn only_what_is_wanted_is_asked_and_always_what_it_is() {
        assert_eq!(questions(false, false), None);
        assert_eq!(
            questions(true, false).as_deref(),
            Some("\x1b]11;?\x1b\\\x1b[c")
        );
        let both = questions(true, true).unwrap();
        assert!(
            both.contains("\x1b[6n\x1b[2K") && both.ends_with("\x1b[c"),
            "{both:?}"
        );
    }

    #[track_caller]
    fn check_words(words: &str, expected: Option<u32>) {
        assert_eq!(
            in_words(words.as_bytes()),
            expected.map(Answer::Ground),
            "{words}"
        );
    }

    #[test]
    fn a_ground_is_told_in_several_forms() {
        check_words("11;rgb:0000/0000/0000", Some(0x000000));
        check_words("11;rgb:ffff/ffff/ffff", Some(0xFFFFFF));
        check_words("11;rgb:fdfd/f6f6/e3e3", Some(0xFDF6E3));
        check_words("11;rgb:1c/20/2B", Some(0x1C202B));
        check_words("11;rgb:f/8/0", Some(0xFF8800));
        check_words("11;rgba:ffff/0000/8080/7f7f", Some(0xFF0080));
        for none in [
            "11;rgb:ffff/ffff",
            "11;rgb:+fff/ffff/ffff",
            "11;rgb:fffff/0/0",
            "11;rgb://",
            "10;rgb:0/0/0",
            "11;?",
            "11;red",
            "11",
            "",
        ] {
            check_words(none, None);
        }
        assert_eq!(in_words(b"11;rgb:\xff/0/0"), None);
    }

    #[test]
    fn numbers_are_answers_where_they_were_asked_for() {
        assert_eq!(in_numbers("?62;22c", b'c'), Some(Answer::Last));
        assert_eq!(in_numbers("?6", b'c'), Some(Answer::Last));
        assert_eq!(in_numbers(">1;2;3", b'c'), None);
        assert_eq!(in_numbers("2;6", b'R'), Some(Answer::Column(6)));
        // F3 with Shift, and a place that nobody asked for.
        assert_eq!(in_numbers("1;2", b'R'), None);
        assert_eq!(in_numbers("7;2", b'R'), None);
        assert_eq!(in_numbers("2;", b'R'), None);
        assert_eq!(in_numbers("2;99999", b'R'), None);
    }

    #[test]
    fn behind_narrow_characters_the_column_is_theirs() {
        for (column, is_wide) in [
            (1, false),
            (6, false),
            (7, true),
            (11, true),
            (12, false),
            (0, false),
        ] {
            let mut told = Told::default();
            assert!(told.take(Answer::Column(column)));
            assert_eq!(told.is_wide, is_wide, "{column}");
        }
    }

    #[test]
    fn nobody_waits_behind_the_last_answer_or_for_one_that_never_comes() {
        let (to, answers) = unbounded();
        for answer in [Answer::Ground(0xFFFFFF), Answer::Last, Answer::Ground(0)] {
            to.send(answer).unwrap();
        }
        let mut told = Told::default();
        wait(&answers, &mut told);
        assert_eq!(told.ground, Some(0xFFFFFF));
        // What comes later stays to be taken.
        assert_eq!(answers.len(), 1);
        wait(&answers, &mut told);
        assert_eq!(told.ground, Some(0));
    }
}
