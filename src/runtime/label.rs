//! Labels: what a message is, in a few characters, for whoever watches.
//!
//! Made by a serializer of its own, so that no type needs more than it has: a text is itself, a
//! number its digits, several values are parted by commas.

use crate::event::Text;
use serde::ser::{self, Serialize};
use std::fmt::{self, Display, Write};

/// A label is cut at this many bytes, with an ellipsis.
const MAX: usize = 40;

/// Returns a value's label.
pub(super) fn of<T: Serialize + ?Sized>(value: &T) -> Text {
    let mut label = Label {
        text: Text::default(),
        first: true,
    };
    // `Err` is how a full label stops the walk.
    if value.serialize(&mut label).is_err() {
        label.text.push('…');
    }
    label.text
}

/// Returns a label of bytes that are no value of a type: their text, where they are one.
pub(super) fn of_bytes(bytes: &[u8]) -> Text {
    match std::str::from_utf8(&bytes[..bytes.len().min(MAX + 4)]) {
        Ok(text) if bytes.len() <= MAX && !text.contains(char::is_control) => of(text),
        _ => {
            let mut text = Text::default();
            // Writing into a text never fails.
            let _ = write!(text, "{} bytes", bytes.len());
            text
        }
    }
}

struct Label {
    text: Text,
    /// Whether the next value needs no comma before it.
    first: bool,
}

/// The label is full.
#[derive(Debug)]
struct Full;

impl Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the label is full")
    }
}
impl std::error::Error for Full {}
impl ser::Error for Full {
    fn custom<T: Display>(_: T) -> Full {
        Full
    }
}

impl Label {
    fn comma(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.text.push_str(", ");
        }
    }

    fn word(&mut self, word: impl Display) -> Result<(), Full> {
        self.comma();
        let mut cut = Cut {
            text: &mut self.text,
        };
        write!(cut, "{word}").map_err(|_| Full)
    }
}

/// Takes characters until the label is full.
struct Cut<'a> {
    text: &'a mut Text,
}

impl Write for Cut<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = MAX.saturating_sub(self.text.len());
        if piece.len() <= room {
            self.text.push_str(piece);
            return Ok(());
        }
        let end = (0..=room)
            .rev()
            .find(|&at| piece.is_char_boundary(at))
            .unwrap_or(0);
        self.text.push_str(&piece[..end]);
        Err(fmt::Error)
    }
}

macro_rules! words {
    ($($method:ident: $t:ty,)*) => {
        $(fn $method(self, value: $t) -> Result<(), Full> {
            self.word(value)
        })*
    };
}

impl ser::Serializer for &mut Label {
    type Ok = ();
    type Error = Full;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    words! {
        serialize_bool: bool,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64,
        serialize_char: char,
    }

    // The usual message is a text: it needs no formatting.
    fn serialize_str(self, value: &str) -> Result<(), Full> {
        self.comma();
        Cut {
            text: &mut self.text,
        }
        .write_str(value)
        .map_err(|_| Full)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Full> {
        self.word(format_args!("{} bytes", bytes.len()))
    }
    fn serialize_none(self) -> Result<(), Full> {
        self.word("None")
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Full> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Full> {
        self.word("()")
    }
    fn serialize_unit_struct(self, name: &'static str) -> Result<(), Full> {
        self.word(name)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
    ) -> Result<(), Full> {
        self.word(name)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Full> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Full> {
        self.word(name)?;
        self.first = true;
        self.text.push(' ');
        value.serialize(self)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Full> {
        Ok(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self, Full> {
        Ok(self)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Full> {
        Ok(self)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Self, Full> {
        self.word(name)?;
        Ok(self)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self, Full> {
        Ok(self)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Full> {
        Ok(self)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Self, Full> {
        self.word(name)?;
        Ok(self)
    }
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Full> {
        self.word(value)
    }
}

macro_rules! compounds {
    ($($trait:ident $method:ident $(($key:ty))?;)*) => {$(
        impl ser::$trait for &mut Label {
            type Ok = ();
            type Error = Full;
            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Result<(), Full> {
                value.serialize(&mut **self)
            }
            fn end(self) -> Result<(), Full> {
                Ok(())
            }
        }
    )*};
}
compounds! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
    SerializeStruct serialize_field (&'static str);
    SerializeStructVariant serialize_field (&'static str);
}

impl ser::SerializeMap for &mut Label {
    type Ok = ();
    type Error = Full;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Full> {
        key.serialize(&mut **self)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Full> {
        self.text.push(':');
        self.first = true;
        value.serialize(&mut **self)
    }
    fn end(self) -> Result<(), Full> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_label_is_what_a_person_would_write() {
        assert_eq!(of("url_1"), "url_1");
        assert_eq!(of(&7u8), "7");
        assert_eq!(of(&(3, "a", [1.5])), "3, a, 1.5");
        assert_eq!(of(&Some(())), "()");
        assert_eq!(of(&None::<u8>), "None");
    }

    #[test]
    fn a_long_value_is_cut() {
        let label = of(&"é".repeat(1000));
        assert_eq!(label, format!("{}…", "é".repeat(20)));
    }
}
