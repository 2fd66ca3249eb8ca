//! The form that an event takes in a ring: little-endian bytes, no padding, no schema.
//!
//! And its packed form, in which a number takes seven bits a byte and only as many bytes as it needs:
//! for who keeps millions of events and has a little more time than a ring's writer.
//!
//! Writer and reader are the same program (the arena's control page carries a hash of the layout),
//! so there is no compatibility to keep. A reader treats the bytes as a stranger's: every read is
//! checked, and `None` means that they make no sense. A writer never fails: a text that does not
//! fit is cut at a character, a list after the last item that fits.

use super::id::{ActorId, FileId, MessageId, ObjectId, TaskId};
use super::kind::Text;
use super::time::{Span, Time};

/// A text is cut at this many bytes, so that fields after it still fit.
pub const TEXT_MAX: usize = 4096;

/// Writes fields into a buffer that is large enough for every event ([`super::kind::WIRE_MAX`]), or
/// [`PACKED`](Writer::packed) into one of any length.
pub struct Writer<'a, const PACKED: bool = false> {
    buffer: &'a mut [u8],
    at: usize,
    is_cut: bool,
}

/// Reads fields from bytes that nobody vouches for.
pub struct Reader<'a, const PACKED: bool = false> {
    bytes: &'a [u8],
}

/// A field that can stand in a ring.
pub trait Wire: Sized {
    /// Appends the field.
    fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>);
    /// Takes the field off the front; `None` if the bytes make no sense.
    fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self>;
}

impl<'a> Writer<'a> {
    /// Returns a writer at the start of `buffer`.
    #[inline]
    pub fn new(buffer: &'a mut [u8]) -> Self {
        Writer {
            buffer,
            at: 0,
            is_cut: false,
        }
    }
}

impl<'a> Writer<'a, true> {
    /// Returns a writer of the packed form at the start of `buffer`.
    #[inline]
    pub fn packed(buffer: &'a mut [u8]) -> Self {
        Writer {
            buffer,
            at: 0,
            is_cut: false,
        }
    }

    /// Returns whether something did not fit, and is not there or not whole.
    #[inline]
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }
}

impl<const PACKED: bool> Writer<'_, PACKED> {
    /// Returns how many bytes were written.
    #[inline]
    pub fn len(&self) -> usize {
        self.at
    }

    /// Returns whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.at == 0
    }

    #[inline]
    fn bytes<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some(place) = self.buffer.get_mut(self.at..self.at + N) {
            place.copy_from_slice(&bytes);
            self.at += N;
        } else if PACKED {
            self.is_cut = true;
        }
    }

    /// Appends seven bits a byte, the lowest first; in all but the last byte the highest bit is set.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "it is less than 128")]
    fn groups(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes([(n & 0x7f) as u8 | 0x80]);
            n >>= 7;
        }
        self.bytes([n as u8]);
    }

    /// Appends one byte.
    #[inline]
    pub fn u8(&mut self, n: u8) {
        self.bytes([n]);
    }

    /// Appends a text, cut to [`TEXT_MAX`] and to what is left of the buffer.
    #[inline]
    pub fn text(&mut self, text: &str) {
        let room = self.buffer.len().saturating_sub(self.at + 2).min(TEXT_MAX);
        let end = text.floor_char_boundary_at(room);
        // `end` is at most TEXT_MAX, which fits.
        let len = u16::try_from(end).unwrap_or(0);
        if PACKED {
            self.is_cut |= end < text.len();
            self.groups(u64::from(len));
        } else {
            self.bytes(len.to_le_bytes());
        }
        if let Some(place) = self.buffer.get_mut(self.at..self.at + end) {
            place.copy_from_slice(&text.as_bytes()[..end]);
            self.at += end;
        }
    }
}

/// `str::floor_char_boundary` is newer than our oldest compiler.
trait FloorCharBoundary {
    fn floor_char_boundary_at(&self, at: usize) -> usize;
}

impl FloorCharBoundary for str {
    #[inline]
    fn floor_char_boundary_at(&self, at: usize) -> usize {
        if self.len() <= at {
            return self.len();
        }
        (0..=at)
            .rev()
            .find(|&i| self.is_char_boundary(i))
            .unwrap_or(0)
    }
}

impl<'a> Reader<'a> {
    /// Returns a reader of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes }
    }
}

impl<'a> Reader<'a, true> {
    /// Returns a reader of the packed form.
    pub fn packed(bytes: &'a [u8]) -> Self {
        Reader { bytes }
    }
}

impl<'a, const PACKED: bool> Reader<'a, PACKED> {
    #[inline]
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*front)
    }

    /// Takes what [`Writer::groups`] wrote.
    #[inline]
    fn groups(&mut self) -> Option<u64> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(n);
            }
        }
        None
    }

    /// Takes one byte.
    #[inline]
    pub fn u8(&mut self) -> Option<u8> {
        self.bytes::<1>().map(|[n]| n)
    }

    /// Takes a text. Bytes that are no UTF-8 make no sense.
    #[inline]
    pub fn text(&mut self) -> Option<&'a str> {
        let len = match PACKED {
            true => usize::try_from(self.groups()?).ok()?,
            false => usize::from(u16::from_le_bytes(self.bytes()?)),
        };
        let (front, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        std::str::from_utf8(front).ok()
    }
}

macro_rules! wire_numbers {
    ($($n:ty)*) => {$(
        impl Wire for $n {
            #[inline]
            fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
                match PACKED {
                    true => w.groups(u64::from(*self)),
                    false => w.bytes(self.to_le_bytes()),
                }
            }
            #[inline]
            fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
                match PACKED {
                    true => r.groups()?.try_into().ok(),
                    false => r.bytes().map(Self::from_le_bytes),
                }
            }
        }
    )*};
}
wire_numbers!(u16 u32 u64);

/// Numbers that are seldom small ones.
macro_rules! wire_wide_numbers {
    ($($n:ty)*) => {$(
        impl Wire for $n {
            #[inline]
            fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
                w.bytes(self.to_le_bytes());
            }
            #[inline]
            fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
                r.bytes().map(Self::from_le_bytes)
            }
        }
    )*};
}
wire_wide_numbers!(i32 f64);

macro_rules! wire_newtypes {
    ($($t:ident)*) => {$(
        impl Wire for $t {
            #[inline]
            fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
                self.0.write(w);
            }
            #[inline]
            fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
                Wire::read(r).map($t)
            }
        }
    )*};
}
wire_newtypes!(ActorId ObjectId TaskId FileId Time Span);

impl Wire for bool {
    #[inline]
    fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
        w.u8(u8::from(*self));
    }
    #[inline]
    fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
        match r.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Wire for MessageId {
    #[inline]
    fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
        self.sender.write(w);
        self.number.write(w);
    }
    #[inline]
    fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
        Some(MessageId {
            sender: Wire::read(r)?,
            number: Wire::read(r)?,
        })
    }
}

impl Wire for Text {
    #[inline]
    fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
        w.text(self);
    }
    #[inline]
    fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
        r.text().map(Text::from)
    }
}

impl<T: Wire> Wire for Box<T> {
    #[inline]
    fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
        (**self).write(w);
    }
    #[inline]
    fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
        T::read(r).map(Box::new)
    }
}

impl<T: Wire> Wire for Option<T> {
    #[inline]
    fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
        w.u8(u8::from(self.is_some()));
        if let Some(inner) = self {
            inner.write(w);
        }
    }
    #[inline]
    fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
        if bool::read(r)? {
            T::read(r).map(Some)
        } else {
            Some(None)
        }
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
        self.0.write(w);
        self.1.write(w);
    }
    fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
        Some((A::read(r)?, B::read(r)?))
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write<const PACKED: bool>(&self, w: &mut Writer<'_, PACKED>) {
        let count_at = w.at;
        w.u8(0);
        let mut count = 0u8;
        for item in self.iter().take(usize::from(u8::MAX)) {
            // An item, with every text in it, needs at most this much; a list ends before it
            // could be cut in the middle of an item.
            if w.buffer.len() - w.at < TEXT_MAX + 64 {
                break;
            }
            item.write(w);
            count += 1;
        }
        w.is_cut |= usize::from(count) < self.len();
        if let Some(place) = w.buffer.get_mut(count_at) {
            *place = count;
        }
    }
    fn read<const PACKED: bool>(r: &mut Reader<'_, PACKED>) -> Option<Self> {
        let count = r.u8()?;
        (0..count).map(|_| T::read(r)).collect()
    }
}
