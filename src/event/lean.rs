//! The straight way from a line to an event: for lines just as mpviz writes them.
//!
//! Such a line has its fields in their order, without blanks, and no field that is not known; it is
//! read from the left to the right without anything between. Whatever else a line is, or whatever
//! is wrong with it, is not for here ([`event`] is `None`): the way through a map, which knows every
//! form and says what is wrong, is five times as long. What both understand they understand alike.

use super::id::{ActorId, FileId, MessageId, ObjectId, TaskId};
use super::kind::{Event, Kind, Text};
use super::time::{Span, Time};

/// Reads an event; `None` if the line is not just as mpviz writes it.
pub(super) fn event(line: &str) -> Option<Event> {
    let mut line = Cursor {
        rest: line.trim_end(),
    };
    line.skip("{\"t\":")?;
    let t = Lean::read(&mut line)?;
    line.skip(",\"actor\":")?;
    let actor = Lean::read(&mut line)?;
    let by = line.field("by")?;
    line.skip(",\"seq\":")?;
    let seq = Lean::read(&mut line)?;
    line.skip(",\"kind\":")?;
    let name = line.plain_text()?;
    let kind = Kind::read_lean(name, &mut line)?;
    let number = line.field("line")?;
    let file = match kind {
        // Its `file` is its own.
        Kind::SourceSeen { .. } => None,
        _ => line.field("file")?,
    };
    line.skip("}")?;
    line.rest.is_empty().then_some(Event {
        t,
        actor,
        by,
        seq,
        line: number,
        file,
        kind,
    })
}

/// What is left of a line.
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

/// A value that can be read straight.
pub(super) trait Lean: Sized {
    /// Takes the value off the front.
    fn read(line: &mut Cursor<'_>) -> Option<Self>;

    /// Returns the value of a field that is not there.
    fn absent() -> Option<Self> {
        None
    }
}

impl<'a> Cursor<'a> {
    #[inline]
    fn skip(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    /// Takes a field, if it is the next.
    #[inline]
    pub(super) fn field<T: Lean>(&mut self, name: &str) -> Option<T> {
        let next = self.rest.strip_prefix(",\"");
        let value = next
            .and_then(|rest| rest.strip_prefix(name))
            .and_then(|rest| rest.strip_prefix("\":"));
        match value {
            Some(rest) => {
                self.rest = rest;
                T::read(self)
            }
            None => T::absent(),
        }
    }

    /// Takes so many bytes, which end at a character.
    #[inline]
    fn take(&mut self, count: usize) -> Option<&'a str> {
        let (front, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(front)
    }

    /// Takes a text with its quotes. Returns it, and whether something in it is escaped.
    fn quoted(&mut self) -> Option<(&'a str, bool)> {
        let bytes = self.rest.as_bytes();
        if bytes.first() != Some(&b'"') {
            return None;
        }
        let mut is_escaped = false;
        let mut at = 1;
        loop {
            match *bytes.get(at)? {
                b'"' => break,
                b'\\' => {
                    is_escaped = true;
                    at += 2;
                }
                0..0x20 => return None,
                _ => at += 1,
            }
        }
        Some((self.take(at + 1)?, is_escaped))
    }

    /// Takes a text in which nothing is escaped.
    #[inline]
    fn plain_text(&mut self) -> Option<&'a str> {
        let (text, is_escaped) = self.quoted()?;
        let text = text.get(1..text.len() - 1)?;
        (!is_escaped).then_some(text)
    }

    /// Takes a whole number without a sign.
    #[inline]
    fn number(&mut self) -> Option<u64> {
        let bytes = self.rest.as_bytes();
        let mut value = 0u64;
        let mut at = 0;
        while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')) {
            if digit > 9 {
                break;
            }
            value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
            at += 1;
        }
        let is_number = match at {
            0 => false,
            1 => true,
            _ => bytes[0] != b'0',
        };
        // A fraction or an exponent makes another number of it.
        let ends = matches!(bytes.get(at), Some(b',' | b'}' | b']'));
        (is_number && ends).then_some(())?;
        self.take(at)?;
        Some(value)
    }

    /// Takes a list of whatever `item` takes.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.skip("[")?;
        let mut items = Vec::new();
        if self.skip("]").is_some() {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            if self.skip("]").is_some() {
                return Some(items);
            }
            self.skip(",")?;
        }
    }
}

macro_rules! numbers {
    ($($t:ty)*) => {$(
        impl Lean for $t {
            #[inline]
            fn read(line: &mut Cursor<'_>) -> Option<Self> {
                line.number()?.try_into().ok()
            }
        }
    )*};
}
numbers!(u32 u64);

impl Lean for i32 {
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        let is_below = line.skip("-").is_some();
        let value = i64::try_from(line.number()?).ok()?;
        match (is_below, value) {
            // The one number that JSON has twice.
            (true, 0) => None,
            (true, _) => i32::try_from(-value).ok(),
            (false, _) => i32::try_from(value).ok(),
        }
    }
}

impl Lean for f64 {
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        let end = line.rest.find([',', '}', ']'])?;
        serde_json::from_str(line.take(end)?).ok()
    }
}

impl Lean for bool {
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        match line.skip("true") {
            Some(()) => Some(true),
            None => line.skip("false").map(|()| false),
        }
    }
}

macro_rules! newtypes {
    ($($t:ident)*) => {$(
        impl Lean for $t {
            #[inline]
            fn read(line: &mut Cursor<'_>) -> Option<Self> {
                Lean::read(line).map($t)
            }
        }
    )*};
}
newtypes!(ActorId ObjectId TaskId FileId Time Span);

impl Lean for MessageId {
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        <(ActorId, u64)>::read(line).map(|(sender, number)| MessageId { sender, number })
    }
}

impl Lean for Text {
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        match line.quoted()? {
            (text, false) => text.get(1..text.len() - 1).map(Text::from),
            (text, true) => serde_json::from_str(text).ok(),
        }
    }
}

impl<T: Lean> Lean for Box<T> {
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        T::read(line).map(Box::new)
    }
}

impl<T: Lean> Lean for Option<T> {
    #[inline]
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        T::read(line).map(Some)
    }

    #[inline]
    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<A: Lean, B: Lean> Lean for (A, B) {
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        line.skip("[")?;
        let a = A::read(line)?;
        line.skip(",")?;
        let b = B::read(line)?;
        line.skip("]")?;
        Some((a, b))
    }
}

impl<T: Lean> Lean for Vec<T> {
    fn read(line: &mut Cursor<'_>) -> Option<Self> {
        line.list(T::read)
    }
}

/// Takes a word: one of those that `text` gives.
pub(super) fn word<W: Copy>(
    line: &mut Cursor<'_>,
    all: &[W],
    text: impl Fn(W) -> &'static str,
) -> Option<W> {
    let word = line.plain_text()?;
    all.iter().copied().find(|&known| text(known) == word)
}
