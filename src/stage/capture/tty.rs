//! A pseudo-terminal to print into, and what a terminal would show of a line.
//!
//! A program that finds a terminal prints line by line, which is what one wants to see live; but it
//! may also colour its lines and draw over them. What is kept of a line is its text, as it would
//! stand there in the end. Not here: programs that draw on the whole screen.

use rustix::io::Result;
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{
    LocalModes, OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize,
};
use std::os::fd::OwnedFd;

/// Opens a pseudo-terminal of so many columns and rows that changes nothing of what is printed.
/// Returns the side to read from and the side to print into, both closed on exec. It becomes
/// nobody's controlling terminal by this.
pub(super) fn open((columns, rows): (u16, u16)) -> Result<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let ours = openpt(flags)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let theirs = ioctl_tiocgptpeer(&ours, flags)?;
    let mut modes = tcgetattr(&theirs)?;
    modes.output_modes.remove(OutputModes::ONLCR);
    modes.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&theirs, OptionalActions::Now, &modes)?;
    let size = Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size)?;
    Ok((ours, theirs))
}

const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;

/// Returns a line as a terminal would show it in the end: sequences that tell it what to do are
/// left out, and what was drawn over is gone. The line's end stays.
pub(super) fn shown(line: &[u8]) -> Vec<u8> {
    if !line.iter().any(|b| [ESCAPE, BELL, b'\r', 0x08].contains(b)) {
        return line.to_vec();
    }
    let (line, end) = match line {
        [line @ .., b'\r', b'\n'] | [line @ .., b'\n'] => (line, &b"\n"[..]),
        line => (line, &b""[..]),
    };
    let mut shown = drawn(line).0.concat();
    shown.extend_from_slice(end);
    shown
}

/// Returns a shorter line that a terminal would show alike, also with what follows: a sequence that has
/// no end yet stays, and the cursor is where it was.
pub(super) fn collapsed(line: &[u8]) -> Vec<u8> {
    let last = line.iter().rposition(|&b| b == ESCAPE);
    let open = last.filter(|&at| escape(&line[at + 1..]).is_none());
    let (line, open) = line.split_at(open.unwrap_or(line.len()));
    let (cells, at) = drawn(line);
    let mut shorter = cells.concat();
    if at < cells.len() {
        shorter.push(b'\r');
        shorter.extend(cells[..at].concat());
    }
    // What would not get shorter is a long line, not one that is drawn over.
    match shorter.len() < line.len() {
        true => [&shorter, open].concat(),
        false => [line, open].concat(),
    }
}

/// Draws a line; returns its characters and which of them the cursor is at.
fn drawn(line: &[u8]) -> (Vec<&[u8]>, usize) {
    let mut cells: Vec<&[u8]> = Vec::new();
    let mut at = 0;
    let mut rest = line;
    while let [first, after @ ..] = rest {
        rest = after;
        match *first {
            ESCAPE => {
                // One that has no end takes all that is left.
                let (sequence, after) = escape(after).unwrap_or((Sequence::Other, &[]));
                rest = after;
                if let Sequence::Erase(how) = sequence {
                    erase(&mut cells, at, how);
                }
            }
            b'\r' => at = 0,
            0x08 => at = at.saturating_sub(1),
            BELL => {}
            _ => {
                let (cell, after) = character(line, rest);
                rest = after;
                match cells.get_mut(at) {
                    Some(place) => *place = cell,
                    None => cells.push(cell),
                }
                at += 1;
            }
        }
    }
    (cells, at)
}

/// Returns the character that ends before `rest` begins with its further bytes, and what follows.
fn character<'a>(line: &'a [u8], rest: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let start = line.len() - rest.len() - 1;
    let further = rest.iter().take(3).take_while(|&&b| b & 0xc0 == 0x80);
    let length = if line[start] < 0xc0 {
        0
    } else {
        further.count()
    };
    (&line[start..=start + length], &rest[length..])
}

/// What a sequence asks for.
enum Sequence {
    /// That a part of the line goes: 0 from here on, 1 up to here, 2 all of it.
    Erase(u8),
    /// Anything else: colours, titles, links.
    Other,
}

/// Reads what follows an escape; returns what it is and what follows it, or nothing of one that has no
/// end.
fn escape(bytes: &[u8]) -> Option<(Sequence, &[u8])> {
    match bytes {
        // CSI: parameters, then one byte that says what.
        [b'[', rest @ ..] => {
            let end = rest.iter().position(|b| (0x40..=0x7e).contains(b))?;
            let sequence = match (&rest[..end], rest[end]) {
                (b"" | b"0", b'K') => Sequence::Erase(0),
                (b"1", b'K') => Sequence::Erase(1),
                (b"2", b'K') => Sequence::Erase(2),
                _ => Sequence::Other,
            };
            Some((sequence, &rest[end + 1..]))
        }
        // OSC and its kin: a text up to a bell or to the string terminator.
        [b']' | b'P' | b'X' | b'^' | b'_', rest @ ..] => {
            let end = rest.iter().position(|&b| b == BELL || b == ESCAPE)?;
            let rest = &rest[end..];
            let rest = rest
                .strip_prefix(&[BELL])
                .or_else(|| rest.strip_prefix(&[ESCAPE, b'\\']))
                .unwrap_or(rest);
            Some((Sequence::Other, rest))
        }
        // Intermediates, then one byte: the choice of a character set.
        [0x20..=0x2f, rest @ ..] => {
            let end = rest.iter().position(|b| !(0x20..=0x2f).contains(b))?;
            Some((Sequence::Other, &rest[end + 1..]))
        }
        [_, rest @ ..] => Some((Sequence::Other, rest)),
        [] => None,
    }
}

fn erase(cells: &mut Vec<&[u8]>, at: usize, how: u8) {
    match how {
        0 => cells.truncate(at),
        1 => cells.iter_mut().take(at + 1).for_each(|cell| *cell = b" "),
        // The cursor stays where it is: what comes then stands behind blanks.
        _ => {
            cells.truncate(at);
            cells.fill(b" ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, expected: &str) {
        let shown = shown(printed.as_bytes());
        assert_eq!(String::from_utf8_lossy(&shown), expected, "{printed:?}");
    }

    #[test]
    fn a_line_is_what_a_terminal_shows_of_it() {
        check("plain\n", "plain\n");
        check("plain\r\n", "plain\n");
        check(
            "\x1b[1;31mred\x1b[0m and \x1b[38;5;4mblue\x1b[m\n",
            "red and blue\n",
        );
        check(" 10%|#   |\r 50%|##  |\r100%|####|\n", "100%|####|\n");
        check("longer\rshort\n", "shortr\n");
        check("longer\r\x1b[Kshort\n", "short\n");
        check("abc\x08d\n", "abd\n");
        check("\x1b]0;title\x07text\n", "text\n");
        check("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\\n", "link\n");
        check("\x1b(Btext\x1b=\n", "text\n");
        check("äöü\rx\n", "xöü\n");
        check("no end\r", "no end");
        check("\x1b[", "");
        check("\x1b", "");
        check("a\x1b[2Kb", " b");
        check("", "");
    }

    /// What is collapsed halfway shows in the end what the whole would have.
    #[test]
    fn a_line_may_be_collapsed_anywhere() {
        let steps: String = (0..200).map(|n| format!("step {n}\r")).collect();
        let lines = [
            format!("{steps}done\n"),
            "100%|####|\x1b[31m red\x1b[0m\r 50%|\x1b[K##\n".repeat(2),
            "long\x08\x08x\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\\n".to_owned(),
            "äöü\rx\x1b[2Ky\n".to_owned(),
        ];
        for line in lines {
            let (line, expected) = (line.as_bytes(), shown(line.as_bytes()));
            for at in (0..line.len()).filter(|&at| line[at] & 0xc0 != 0x80) {
                let (before, after) = line.split_at(at);
                let halfway = collapsed(before);
                assert!(halfway.len() <= before.len());
                let whole = [&halfway, after].concat();
                let shown = shown(&whole);
                assert_eq!(
                    String::from_utf8_lossy(&shown),
                    String::from_utf8_lossy(&expected),
                    "{at} of {line:?}"
                );
            }
        }
        assert!(collapsed(steps.as_bytes()).len() < 20);
    }

    #[test]
    fn bytes_that_are_no_text_stay() {
        assert_eq!(shown(b"\r\xff\xc3\xe2\x82\n"), b"\xff\xc3\xe2\x82\n");
        assert_eq!(shown(b"\r\x80\x80\n"), b"\x80\x80\n");
    }
}
