//! The bytes of a terminal, taken apart.
//!
//! Any bytes may come: what makes no sense is passed over, and nothing is kept without a bound.
//! A control sequence that stops in its middle is a key after all (`Esc`, or one with Alt), once
//! nothing has followed for a while.

use crate::app::ask;
use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

/// The longest control sequence that is waited for.
const SEQUENCE_MAX: usize = 64;
/// The longest answer in words: of those nothing is wanted.
const STRING_MAX: usize = 4096;
/// How much of what is pasted is kept.
const PASTE_MAX: usize = 1 << 20;
const PASTE_END: &[u8] = b"\x1b[201~";
/// What opens an answer in words, behind an escape character.
const OPENS_WORDS: &[u8] = b"]P_^X";

/// What was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// A key, the mouse, pasted text.
    Event(Event),
    /// The terminal has caught up with what it was told.
    Answer,
    /// What it says of itself.
    Said(ask::Answer),
}

/// Takes bytes apart.
#[derive(Default)]
pub(super) struct Parser {
    bytes: Vec<u8>,
    /// What was taken apart of them.
    at: usize,
    /// What was pasted so far.
    paste: Option<Vec<u8>>,
}

/// What the bytes begin with.
enum Found {
    /// Nothing whole yet.
    Part,
    /// Something of so many bytes.
    Whole(usize, Option<Token>),
    /// What is pasted begins behind so many bytes.
    Paste(usize),
}

impl Parser {
    /// Takes in what came.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns whether something is begun that may go on, and whether that is pasted text.
    pub(super) fn is_within(&self) -> Option<bool> {
        let is_paste = self.paste.is_some();
        let rest = &self.bytes[self.at..];
        // What is said in words is as long, and its rest would be typed.
        let is_words = rest.len() > 2 && rest[0] == 0x1b && OPENS_WORDS.contains(&rest[1]);
        (is_paste || !rest.is_empty()).then_some(is_paste || is_words)
    }

    /// Returns what comes next; `None` until more bytes come. What is begun has its end here if it
    /// `is_over`.
    pub(super) fn next(&mut self, is_over: bool) -> Option<Token> {
        loop {
            if self.paste.is_some() {
                return self.pasted(is_over);
            }
            match found(&self.bytes[self.at..], is_over) {
                Found::Part => return None,
                Found::Whole(count, token) => {
                    self.at += count;
                    if token.is_some() {
                        return token;
                    }
                }
                Found::Paste(count) => {
                    self.at += count;
                    self.paste = Some(Vec::new());
                }
            }
        }
    }

    /// Takes pasted text on, and returns it at its end.
    fn pasted(&mut self, is_over: bool) -> Option<Token> {
        let text = self.paste.as_mut()?;
        let rest = &self.bytes[self.at..];
        let end = rest
            .windows(PASTE_END.len())
            .position(|window| window == PASTE_END);
        let count = match end {
            Some(end) => end,
            None if is_over => rest.len(),
            // The end may be cut.
            None => rest.len().saturating_sub(PASTE_END.len() - 1),
        };
        let room = PASTE_MAX.saturating_sub(text.len());
        text.extend_from_slice(&rest[..count.min(room)]);
        self.at += count;
        if end.is_some() {
            self.at += PASTE_END.len();
        } else if !is_over {
            return None;
        }
        let text = self.paste.take()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        Some(Token::Event(Event::Paste(text)))
    }
}

/// Returns what bytes begin with.
fn found(bytes: &[u8], is_over: bool) -> Found {
    let Some(&first) = bytes.first() else {
        return Found::Part;
    };
    if first != 0x1b {
        return typed(bytes, is_over);
    }
    match bytes.get(1) {
        None if is_over => key(1, KeyCode::Esc),
        None => Found::Part,
        Some(0x1b) => key(1, KeyCode::Esc),
        Some(b'[') => control(bytes, is_over),
        Some(b'O') => function(bytes, is_over),
        Some(opens) if OPENS_WORDS.contains(opens) => words(bytes, is_over),
        Some(_) => with_alt(typed(&bytes[1..], is_over)),
    }
}

fn key(count: usize, code: KeyCode) -> Found {
    key_with(count, code, KeyModifiers::NONE)
}

fn key_with(count: usize, code: KeyCode, modifiers: KeyModifiers) -> Found {
    let event = Event::Key(KeyEvent::new(code, modifiers));
    Found::Whole(count, Some(Token::Event(event)))
}

/// The same, with an escape character before it.
fn with_alt(found: Found) -> Found {
    match found {
        Found::Whole(count, Some(Token::Event(Event::Key(mut key)))) => {
            key.modifiers |= KeyModifiers::ALT;
            Found::Whole(1 + count, Some(Token::Event(Event::Key(key))))
        }
        Found::Whole(count, token) => Found::Whole(1 + count, token),
        found => found,
    }
}

/// Returns the key that a byte, or the bytes of a character, stand for.
fn typed(bytes: &[u8], is_over: bool) -> Found {
    let control = |from: u8, to: u8| {
        let letter = char::from(bytes[0] - from + to);
        key_with(1, KeyCode::Char(letter), KeyModifiers::CONTROL)
    };
    match bytes[0] {
        b'\r' => key(1, KeyCode::Enter),
        b'\t' => key(1, KeyCode::Tab),
        0x7f => key(1, KeyCode::Backspace),
        0 => key_with(1, KeyCode::Char(' '), KeyModifiers::CONTROL),
        0x01..=0x1a => control(1, b'a'),
        0x1c..=0x1f => control(0x1c, b'4'),
        first => {
            let length = match first {
                0..=0x7f => 1,
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return Found::Whole(1, None),
            };
            let there = &bytes[..length.min(bytes.len())];
            match std::str::from_utf8(there) {
                Ok(text) => match text.chars().next() {
                    Some(c) => key(length, KeyCode::Char(c)),
                    None => Found::Whole(1, None),
                },
                Err(error) if error.error_len().is_none() && !is_over => Found::Part,
                Err(_) => Found::Whole(1, None),
            }
        }
    }
}

/// Returns the key of `ESC O` and a letter.
fn function(bytes: &[u8], is_over: bool) -> Found {
    let alone = key_with(2, KeyCode::Char('O'), KeyModifiers::ALT);
    let last = match bytes.get(2) {
        Some(last @ b' '..=b'~') => *last,
        None if !is_over => return Found::Part,
        _ => return alone,
    };
    match letter_key(last) {
        Some(code) => key(3, code),
        // The keys of a numeric pad.
        None => match last {
            b'M' => key(3, KeyCode::Enter),
            b'j'..=b'y' => key(3, KeyCode::Char(char::from(last - b'j' + b'*'))),
            _ => Found::Whole(3, None),
        },
    }
}

/// Returns what an answer in words says, up to its end.
fn words(bytes: &[u8], is_over: bool) -> Found {
    if bytes.len() == 2 {
        return match is_over {
            true => key_with(2, KeyCode::Char(char::from(bytes[1])), KeyModifiers::ALT),
            false => Found::Part,
        };
    }
    let bell = bytes.iter().position(|&byte| byte == 0x07);
    let end = bytes.windows(2).position(|two| two == b"\x1b\\");
    let said = |end: usize| match bytes[1] {
        b']' => ask::in_words(&bytes[2..end]).map(Token::Said),
        _ => None,
    };
    match (bell, end) {
        (Some(bell), end) if end.is_none_or(|end| bell < end) => Found::Whole(bell + 1, said(bell)),
        (_, Some(end)) => Found::Whole(end + 2, said(end)),
        _ if is_over || bytes.len() > STRING_MAX => Found::Whole(bytes.len(), None),
        _ => Found::Part,
    }
}

/// Returns what a control sequence says: `ESC [`, numbers, a letter.
fn control(bytes: &[u8], is_over: bool) -> Found {
    let body = &bytes[2..];
    let body = &body[..body.len().min(SEQUENCE_MAX)];
    let length = body.iter().position(|byte| !(0x20..=0x3f).contains(byte));
    let (length, last) = match length.map(|length| (length, body[length])) {
        // The Linux console's function keys.
        Some((0, b'[')) if body.len() > 1 => {
            let code = matches!(body[1], b'A'..=b'E').then(|| KeyCode::F(body[1] - b'A' + 1));
            return code.map_or(Found::Whole(4, None), |code| key(4, code));
        }
        Some((0, b'M')) if body.len() > 3 => return old_mouse(&body[1..4]),
        Some((0, b'[' | b'M')) if !is_over => return Found::Part,
        Some(found) => found,
        None if body.is_empty() && is_over => {
            return key_with(2, KeyCode::Char('['), KeyModifiers::ALT);
        }
        None if is_over || body.len() == SEQUENCE_MAX => return Found::Whole(2 + body.len(), None),
        None => return Found::Part,
    };
    let whole = 2 + length + 1;
    if !(0x40..=0x7e).contains(&last) {
        // Something else begins in its middle.
        return Found::Whole(whole - 1, None);
    }
    let text = std::str::from_utf8(&body[..length]).unwrap_or_default();
    if let ("200", b'~') = (text, last) {
        return Found::Paste(whole);
    }
    let token = match (last, text) {
        (b'n', "0" | "3") => Some(Token::Answer),
        (b'M' | b'm', _) => mouse(text, last == b'm'),
        (b'I', "") => Some(Token::Event(Event::FocusGained)),
        (b'O', "") => Some(Token::Event(Event::FocusLost)),
        _ => match ask::in_numbers(text, last) {
            Some(answer) => Some(Token::Said(answer)),
            None => named(text, last),
        },
    };
    Found::Whole(whole, token)
}

/// Returns the key of a control sequence: `Number;Modifiers:Kind`, a letter.
fn named(text: &str, last: u8) -> Option<Token> {
    let mut parts = text.split(';');
    let number: Option<u32> = parts.next()?.split(':').next()?.parse().ok();
    let mut second = parts.next().unwrap_or_default().split(':');
    let held = second.next().and_then(|held| held.parse().ok());
    let modifiers = modifiers(held.unwrap_or(1));
    let kind = match second.next() {
        Some("2") => KeyEventKind::Repeat,
        Some("3") => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    let code = match last {
        b'Z' => KeyCode::BackTab,
        b'u' => match number? {
            9 => KeyCode::Tab,
            13 => KeyCode::Enter,
            27 => KeyCode::Esc,
            127 => KeyCode::Backspace,
            other => KeyCode::Char(char::from_u32(other).filter(|c| !c.is_control())?),
        },
        b'~' => match number? {
            1 | 7 => KeyCode::Home,
            2 => KeyCode::Insert,
            3 => KeyCode::Delete,
            4 | 8 => KeyCode::End,
            5 => KeyCode::PageUp,
            6 => KeyCode::PageDown,
            n @ 11..=15 => KeyCode::F(u8::try_from(n - 10).ok()?),
            n @ 17..=21 => KeyCode::F(u8::try_from(n - 11).ok()?),
            n @ 23..=24 => KeyCode::F(u8::try_from(n - 12).ok()?),
            _ => return None,
        },
        // Where the cursor is looks like F3; its row is rarely 1.
        _ if number.unwrap_or(1) == 1 => letter_key(last)?,
        _ => return None,
    };
    let event = KeyEvent::new_with_kind(code, modifiers, kind);
    Some(Token::Event(Event::Key(event)))
}

fn letter_key(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        _ => return None,
    })
}

/// Returns which modifiers a number stands for: one more than their bits.
fn modifiers(number: u8) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let all = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    let held = all.into_iter().enumerate();
    held.filter(|(bit, _)| bits >> bit & 1 == 1)
        .fold(KeyModifiers::NONE, |held, (_, one)| held | one)
}

/// Returns what the mouse did: `<Buttons;Column;Row`, from 1 on.
fn mouse(text: &str, is_released: bool) -> Option<Token> {
    let mut numbers = text.strip_prefix('<')?.split(';');
    let mut number = || numbers.next()?.parse::<u16>().ok();
    let (buttons, column, row) = (number()?, number()?, number()?);
    mouse_event(buttons, column, row, is_released)
}

/// Returns what the mouse did, in the old form: each number is a byte, from 32 on.
fn old_mouse(bytes: &[u8]) -> Found {
    let [buttons, column, row] =
        [0, 1, 2].map(|at| u16::from(bytes.get(at).map_or(0, |byte| byte.saturating_sub(32))));
    // It doesn't say which button was let go.
    let is_released = buttons & 0b11 == 3 && buttons < 32;
    let buttons = if is_released {
        buttons & !0b11
    } else {
        buttons
    };
    Found::Whole(6, mouse_event(buttons, column, row, is_released))
}

fn mouse_event(buttons: u16, column: u16, row: u16, is_released: bool) -> Option<Token> {
    let button = match buttons & 0b11 {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let (is_moved, is_wheel) = (buttons & 32 != 0, buttons & 64 != 0);
    let kind = match (is_wheel, is_moved, buttons & 0b11) {
        (true, _, 0) => MouseEventKind::ScrollUp,
        (true, _, 1) => MouseEventKind::ScrollDown,
        (true, _, 2) => MouseEventKind::ScrollLeft,
        (true, ..) => MouseEventKind::ScrollRight,
        (_, true, _) => button.map_or(MouseEventKind::Moved, MouseEventKind::Drag),
        _ if is_released => MouseEventKind::Up(button?),
        _ => MouseEventKind::Down(button?),
    };
    let bits = [
        (4, KeyModifiers::SHIFT),
        (8, KeyModifiers::ALT),
        (16, KeyModifiers::CONTROL),
    ];
    let held = bits.into_iter().filter(|(bit, _)| buttons & bit != 0);
    Some(Token::Event(Event::Mouse(MouseEvent {
        kind,
        // Where it is on no cell it is at none.
        column: column.checked_sub(1)?,
        row: row.checked_sub(1)?,
        modifiers: held.fold(KeyModifiers::NONE, |held, (_, one)| held | one),
    })))
}

#[cfg(test)]
mod tests;
