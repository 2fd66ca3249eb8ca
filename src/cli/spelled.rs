//! Text where only ASCII is shown: every other character is spelled, or is a `?` for each of its
//! columns.

use std::io::{self, Write};
use unicode_width::UnicodeWidthChar;

/// The longest character, in bytes of UTF-8.
const CHAR_MAX: usize = 4;

/// Writes text, in ASCII if it must be.
pub(super) struct Spelled<W> {
    inner: W,
    is_ascii: bool,
    /// The begin of a character, whose end comes with the next bytes.
    begun: Vec<u8>,
}

impl<W: Write> Spelled<W> {
    /// Returns a writer that writes what it is given, or ASCII.
    pub(super) fn new(inner: W, is_ascii: bool) -> Spelled<W> {
        Spelled {
            inner,
            is_ascii,
            begun: Vec::new(),
        }
    }
}

impl<W: Write> Write for Spelled<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_ascii {
            return self.inner.write(bytes);
        }
        if self.begun.is_empty() && bytes.is_ascii() {
            return self.inner.write(bytes);
        }
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let mut text = String::with_capacity(all.len());
        for chunk in all.utf8_chunks() {
            chunk.valid().chars().for_each(|c| spell(c, &mut text));
            if !chunk.invalid().is_empty() {
                text.push('?');
            }
        }
        // A character may be cut at the end of what was given.
        if let Some(cut) = cut(&all) {
            text.pop();
            self.begun = cut.to_vec();
        }
        self.inner.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Returns the begin of a character at the end of bytes, whose rest may still come.
fn cut(bytes: &[u8]) -> Option<&[u8]> {
    let from = bytes.len().saturating_sub(CHAR_MAX - 1);
    let tails = (from..bytes.len()).map(|at| &bytes[at..]);
    let is_begun = |tail: &&[u8]| {
        std::str::from_utf8(tail)
            .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    };
    tails.into_iter().find(is_begun)
}

fn spell(c: char, text: &mut String) {
    let word = match c {
        c if c.is_ascii() => return text.push(c),
        '…' => "...",
        '×' => "x",
        'µ' | 'μ' => "u",
        '·' | '•' => ".",
        '–' | '—' => "-",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        '→' | '►' => ">",
        '←' | '◄' => "<",
        '»' => ">>",
        '«' => "<<",
        '≥' => ">=",
        '≤' => "<=",
        '▲' => "!",
        '✓' => "v",
        '●' => "*",
        '○' => "o",
        '■' => "$",
        '╳' | '✗' => "X",
        '⇡' => "^",
        _ => match c.width() {
            Some(0) => "",
            Some(2) => "??",
            _ => "?",
        },
    };
    text.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(pieces: &[&[u8]], is_ascii: bool) -> Vec<u8> {
        let mut out = Spelled::new(Vec::new(), is_ascii);
        for piece in pieces {
            out.write_all(piece).unwrap();
        }
        out.inner
    }

    #[test]
    fn what_is_not_ascii_is_spelled() {
        for (text, expected) in [
            ("T0 waits 12 µs…", "T0 waits 12 us..."),
            ("writer ×8 — done", "writer x8 - done"),
            ("進程 1", "???? 1"),
            ("e\u{301}té", "et?"),
            ("Привет", "??????"),
        ] {
            assert_eq!(spelled(&[text.as_bytes()], true), expected.as_bytes());
            assert_eq!(spelled(&[text.as_bytes()], false), text.as_bytes());
            // Cut at any byte it is the same.
            for at in 0..text.len() {
                let (a, b) = text.as_bytes().split_at(at);
                let found = spelled(&[a, b], true);
                assert_eq!(found, expected.as_bytes(), "{text} at {at}");
            }
        }
        assert_eq!(spelled(&[b"a\xffb\xe9\n"], true), b"a?b?\n");
        assert_eq!(spelled(&[b"a\xff", b"b"], false), b"a\xffb");
    }
}
