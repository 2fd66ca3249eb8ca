//! Traces that are compressed, as zstd does it: `NAME.mpt.zst`.
//!
//! A trace is one frame, and each flush ends a block, so that whatever was flushed can be unpacked
//! however the file ends. A reader goes by the first bytes, not by a name; frames one behind the
//! other are read on. What unpacks to much more than any trace does is refused: a few bytes can
//! unpack to terabytes.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

/// What a zstd frame begins with.
pub const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The compressor's own middle: harder is slower and hardly smaller.
const LEVEL: i32 = 3;

/// So much is unpacked whatever it comes from.
const FREE: u64 = 64 << 20;
/// A trace unpacks to some 10 times its size; one of nothing but horizons to 60 times.
const RATIO_MAX: u64 = 1_000;

/// Why a compressed trace can't be unpacked further.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PackError {
    /// It ends in the middle.
    #[error("the compressed file ends in the middle")]
    Cut,
    /// Its bytes are none that zstd writes.
    #[error("the compressed file is damaged")]
    Damaged,
    /// It unpacks to more than a trace can.
    #[error("the compressed file unpacks to more than {RATIO_MAX} times its size")]
    Bomb,
}

impl PackError {
    /// Returns what of a packed trace an error of its input is; `None` if it is another one.
    pub fn of(error: &io::Error) -> Option<PackError> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// Compresses what is written. What was flushed can be unpacked whatever comes after.
pub struct Packer<W: Write> {
    encoder: Encoder<'static, W>,
    /// Ended already: nothing is left to be done when it goes.
    is_whole: bool,
}

impl<W: Write> Packer<W> {
    /// Returns a packer that writes to `out`.
    ///
    /// # Errors
    ///
    /// If there is no memory for it.
    pub fn new(out: W) -> io::Result<Packer<W>> {
        let mut encoder = Encoder::new(out, LEVEL)?;
        encoder.include_checksum(true)?;
        Ok(Packer {
            encoder,
            is_whole: false,
        })
    }

    /// Ends the frame and hands everything on.
    ///
    /// # Errors
    ///
    /// If it can't be written.
    pub fn finish(&mut self) -> io::Result<()> {
        self.is_whole = true;
        self.encoder.do_finish()?;
        self.encoder.get_mut().flush()
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.encoder.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder.flush()
    }
}

impl<W: Write> Drop for Packer<W> {
    fn drop(&mut self) {
        if !self.is_whole {
            // A frame without an end still unpacks to all that is in it.
            let _ = self.finish();
        }
    }
}

/// Returns the bytes of a trace, unpacked if they are packed.
///
/// # Errors
///
/// If nothing can be read.
pub fn open<'a>(input: Box<dyn Read + Send + 'a>) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    // A pipe may hand over its first bytes one by one.
    let mut first = Vec::with_capacity(MAGIC.len());
    (&mut input)
        .take(MAGIC.len() as u64)
        .read_to_end(&mut first)?;
    let is_packed = first == MAGIC;
    let whole = io::Cursor::new(first).chain(input);
    if !is_packed {
        return Ok(Box::new(whole));
    }
    let unpacker = Unpacker {
        decoder: Decoder::with_buffer(Counted {
            input: whole,
            bytes: 0,
        })?,
        bytes: 0,
    };
    Ok(Box::new(BufReader::with_capacity(1 << 16, unpacker)))
}

/// Unpacks, up to a limit.
struct Unpacker<R: BufRead> {
    decoder: Decoder<'static, Counted<R>>,
    /// How many bytes came out.
    bytes: u64,
}

impl<R: BufRead> Read for Unpacker<R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let count = match self.decoder.read(place) {
            Ok(count) => count,
            Err(error) => return Err(pack_error(error)),
        };
        self.bytes += count as u64;
        let most = FREE.saturating_add(self.decoder.get_ref().bytes.saturating_mul(RATIO_MAX));
        if self.bytes > most {
            return Err(io::Error::other(PackError::Bomb));
        }
        Ok(count)
    }
}

/// Returns the error of a decoder, or of what it reads.
fn pack_error(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::Interrupted => error,
        ErrorKind::UnexpectedEof => io::Error::other(PackError::Cut),
        // The system's own have a number.
        _ if error.raw_os_error().is_some() => error,
        _ => io::Error::other(PackError::Damaged),
    }
}

/// An input that counts.
struct Counted<R> {
    input: R,
    bytes: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(place)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.bytes += count as u64;
        self.input.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(parts: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut packer = Packer::new(&mut bytes).unwrap();
        for part in parts {
            packer.write_all(part.as_bytes()).unwrap();
            packer.flush().unwrap();
        }
        drop(packer);
        bytes
    }

    fn unpacked(bytes: &[u8]) -> (String, Option<PackError>) {
        let mut out = Vec::new();
        let mut input = open(Box::new(bytes)).unwrap();
        let error = input.read_to_end(&mut out).err();
        let error = error.map(|error| PackError::of(&error).expect("one of packing"));
        (String::from_utf8(out).unwrap(), error)
    }

    #[test]
    fn what_was_packed_comes_out() {
        let bytes = packed(&["one\n", "two\n", &"x".repeat(300_000)]);
        assert_eq!(bytes[..4], MAGIC);
        let expected = format!("one\ntwo\n{}", "x".repeat(300_000));
        assert_eq!(unpacked(&bytes), (expected, None));
        let two = [packed(&["one\n"]), packed(&["two\n"])].concat();
        assert_eq!(unpacked(&two), ("one\ntwo\n".to_owned(), None));
    }

    #[test]
    fn what_is_not_packed_comes_as_it_is() {
        for text in ["", "a", "abc", "abcd", "abcde\n"] {
            assert_eq!(unpacked(text.as_bytes()), (text.to_owned(), None));
        }
    }

    #[test]
    fn what_was_flushed_comes_out_however_it_ends() {
        let first = packed(&["one\n"]);
        let bytes = packed(&["one\n", "two\n"]);
        for end in MAGIC.len()..bytes.len() {
            let (text, error) = unpacked(&bytes[..end]);
            assert_eq!(error, Some(PackError::Cut), "cut at {end}");
            assert!("one\ntwo\n".starts_with(&text), "{text:?}");
            // Its last block, which is empty, and the checksum stand behind what was flushed.
            let is_in = end >= first.len() - 3 - 4;
            assert!(!is_in || text.starts_with("one\n"), "{end}: {text:?}");
        }
    }

    #[test]
    fn a_wrong_byte_is_told() {
        let mut bytes = packed(&[&"one two three\n".repeat(100)]);
        let at = bytes.len() / 2;
        bytes[at] ^= 0x55;
        assert_eq!(unpacked(&bytes).1, Some(PackError::Damaged));
        let mut bytes = packed(&["one\n"]);
        bytes.extend(b"no frame");
        assert_eq!(
            unpacked(&bytes),
            ("one\n".to_owned(), Some(PackError::Damaged))
        );
    }

    #[test]
    fn what_unpacks_without_an_end_is_refused() {
        let mut bytes = Vec::new();
        let mut packer = Packer::new(&mut bytes).unwrap();
        let blank = vec![b'\n'; 1 << 20];
        for _ in 0..100 {
            packer.write_all(&blank).unwrap();
        }
        drop(packer);
        assert!(bytes.len() < 20_000);
        let mut input = open(Box::new(&bytes[..])).unwrap();
        let mut count = 0;
        let mut place = vec![0; 1 << 16];
        let error = loop {
            match input.read(&mut place) {
                Ok(n) => count += n as u64,
                Err(error) => break error,
            }
        };
        assert_eq!(PackError::of(&error), Some(PackError::Bomb));
        assert!(count <= FREE + bytes.len() as u64 * RATIO_MAX);
    }
}
