//! Type tags: a number that stands for a type in a message's head, so that a `7` that was sent as
//! `i32` is not received as another number when it is asked for as `u32`.
//!
//! The encoding of values says nothing of their types. Where sender and receiver each name a type
//! (the ends of a pipe), the tags are compared. They speak of types made of numbers, texts, tuples,
//! `Option` and `Result` only; every other type has tag 0, which fits all.

use std::any::type_name;
use std::cell::Cell;

/// The names that a tag can speak of, beside those of primitive types.
const KNOWN: &[&str] = &[
    "alloc::string::String",
    "core::option::Option",
    "core::result::Result",
];

const PRIMITIVE: &[&str] = &[
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
    "u32", "u64", "u8", "usize",
];

/// Returns the tag of a type: never 0 for one that it can speak of.
pub(super) fn of<T: ?Sized>() -> u16 {
    thread_local! {
        /// The type that was asked for last, by its name's place: mostly it is the next, too.
        static LAST: Cell<(usize, usize, u16)> = const { Cell::new((0, 0, 0)) };
    }
    let name = type_name::<T>();
    let (place, length) = (name.as_ptr().addr(), name.len());
    let (last_place, last_length, tag) = LAST.get();
    if (place, length) == (last_place, last_length) {
        return tag;
    }
    let tag = of_name(name);
    LAST.set((place, length, tag));
    tag
}

fn of_name(name: &str) -> u16 {
    // FNV-1a over the name's words, with those that encode alike made one.
    let mut hash = 0x811c_9dc5u32;
    let mut feed = |text: &str| {
        for byte in text.bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    };
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        if length == 0 {
            // References are transparent.
            if first == '[' {
                // `[T]` encodes as `Vec<T>` does, `[T; 3]` as a tuple.
                return 0;
            }
            if first != '&' && first != ' ' {
                feed(first.encode_utf8(&mut [0; 4]));
            }
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(length);
        rest = after;
        match word {
            "mut" => {}
            "str" | "alloc::string::String" => feed("text"),
            "usize" => feed("u64"),
            "isize" => feed("i64"),
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => feed(number),
            word if PRIMITIVE.contains(&word) || KNOWN.contains(&word) => feed(word),
            _ => return 0,
        }
    }
    let folded = (hash >> 16) ^ (hash & 0xffff);
    u16::try_from(folded.max(1)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn types_that_encode_alike_have_one_tag() {
        assert_eq!(of::<&str>(), of::<String>());
        assert_eq!(of::<str>(), of::<String>());
        assert_eq!(of::<(&str, usize)>(), of::<(String, u64)>());
        assert_ne!(of::<Option<&&u8>>(), 0);
        assert_eq!(of::<Option<&&u8>>(), of::<Option<u8>>());
    }

    #[test]
    fn other_types_have_another() {
        assert_ne!(of::<i32>(), of::<u32>());
        assert_ne!(of::<(String, i32)>(), of::<(String, u32)>());
        assert_ne!(of::<Option<u8>>(), of::<u8>());
        assert_ne!(of::<()>(), of::<String>());
    }

    #[test]
    fn what_it_cannot_speak_of_fits_all() {
        struct Own;
        assert_eq!(of::<Own>(), 0);
        assert_eq!(of::<Option<Own>>(), 0);
        assert_eq!(of::<[u32]>(), 0);
        assert_eq!(of::<Vec<u32>>(), 0);
    }
}
