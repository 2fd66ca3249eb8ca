//! Which numbers can be shared, and how they stand in memory.

use std::fmt::{Debug, Display};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64};

/// A number that can be shared: of one to eight bytes.
///
/// ```
/// use mpviz::runtime::Value;
///
/// assert_eq!(Value::new(-1i8).unwrap().get(), -1);
/// assert_eq!(Value::new(0.5f64).unwrap().get(), 0.5);
/// ```
pub trait Number: Copy + Display + Debug + Default + Send + Sync + private::Bits {}

pub(super) mod private {
    use super::super::super::shared::Cell;

    /// How a number stands in memory: as an atomic of its size.
    pub trait Bits: Sized {
        type Atomic: Cell;
        fn load(from: &Self::Atomic) -> Self;
        fn store(self, to: &Self::Atomic);
    }
}

macro_rules! numbers {
    ($($number:ty as $bits:ty => $atomic:ty, $from:expr, $to:expr;)*) => {$(
        impl private::Bits for $number {
            type Atomic = $atomic;
            #[inline]
            fn load(from: &$atomic) -> $number {
                let from_bits: fn($bits) -> $number = $from;
                from_bits(from.load(SeqCst))
            }
            #[inline]
            fn store(self, to: &$atomic) {
                let to_bits: fn($number) -> $bits = $to;
                to.store(to_bits(self), SeqCst);
            }
        }
        impl Number for $number {}
    )*};
}

numbers! {
    i8 as u8 => AtomicU8, u8::cast_signed, i8::cast_unsigned;
    u8 as u8 => AtomicU8, |n| n, |n| n;
    i16 as u16 => AtomicU16, u16::cast_signed, i16::cast_unsigned;
    u16 as u16 => AtomicU16, |n| n, |n| n;
    i32 as u32 => AtomicU32, u32::cast_signed, i32::cast_unsigned;
    u32 as u32 => AtomicU32, |n| n, |n| n;
    i64 as u64 => AtomicU64, u64::cast_signed, i64::cast_unsigned;
    u64 as u64 => AtomicU64, |n| n, |n| n;
    f32 as u32 => AtomicU32, f32::from_bits, f32::to_bits;
    f64 as u64 => AtomicU64, f64::from_bits, f64::to_bits;
    bool as u8 => AtomicU8, |n| n != 0, u8::from;
}
