//! The form of a message in a pipe: a head, then the value, then zeros up to 48 bytes.
//!
//! No message is shorter than a block of 48 bytes, so a reader asks the kernel for a block first,
//! and most messages are whole with that one call: what follows in a pipe, which may be another
//! process's to read, is never touched. (A queue's reader holds a lock, and reads ahead: `ahead`.)
//!
//! The head is 16 bytes, little-endian: the value's length in bytes (u32), the sender (u32), the
//! sender's count (48 bits) and the value's type (u16, see `type_tag`; 0 for any). So a receive names exactly the send that it belongs to. The sender is its
//! actor id; off a stage, where nobody has one, its pid.

use super::ahead::Form;
use super::error::{Error, Result};
use super::fork_local::ForkLocal;
use super::spawn::handover;
use super::{probe, type_tag};
use crate::event::{ActorId, MessageId};
use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The length of a message's head.
pub(super) const HEAD: usize = 16;

/// The length of the shortest message, padding and all.
pub(super) const BLOCK: usize = 48;

/// What of a value fits the first block.
pub(super) const INLINE: usize = BLOCK - HEAD;

/// The longest value: what fits the head's length field with room to spare.
pub(super) const MAX: usize = i32::MAX as usize;

/// Makes a message of a value, head and all. `object` names its queue or pipe in an error.
///
/// # Errors
///
/// [`Error::Message`] if the value can't be encoded, [`Error::TooLarge`] and [`Error::Memory`].
pub(super) fn encode<T: Serialize + ?Sized>(
    id: MessageId,
    value: &T,
    tag: u16,
    object: &str,
) -> Result<Vec<u8>> {
    let mut failed = None;
    let mut bytes = Vec::with_capacity(2 * BLOCK);
    bytes.extend_from_slice(&[0; HEAD]);
    let bytes = Bytes {
        bytes,
        failed: &mut failed,
    };
    let made = postcard::serialize_with_flavor(value, bytes);
    let mut message = match (made, failed) {
        (Ok(message), _) => message,
        (Err(_), Some(error)) => return Err(error),
        (Err(source), None) => {
            // An object of the runtime says why it can't be sent, which the codec does not keep.
            return Err(handover::failure().unwrap_or_else(|| Error::Message {
                verb: "encode",
                object: object.to_owned(),
                source,
            }));
        }
    };
    let head = head(id, message.len() - HEAD, tag)?;
    message[..HEAD].copy_from_slice(&head);
    pad(&mut message);
    Ok(message)
}

/// Returns what a value of so many bytes takes in a pipe, head and padding included.
pub(super) fn bytes_in_pipe(value: usize) -> usize {
    BLOCK.max(HEAD + value)
}

/// Fills a message up to a block.
fn pad(message: &mut Vec<u8>) {
    if message.len() < BLOCK {
        message.resize(BLOCK, 0);
    }
}

/// Where a value's bytes go while it is encoded: no more than a message may have, and no more than
/// there is memory for.
struct Bytes<'a> {
    bytes: Vec<u8>,
    failed: &'a mut Option<Error>,
}

impl Bytes<'_> {
    #[inline]
    fn reserve(&mut self, more: usize) -> postcard::Result<()> {
        if self.bytes.capacity() - self.bytes.len() >= more {
            return Ok(());
        }
        let wanted = self.bytes.len() - HEAD + more;
        let failed = if wanted > MAX {
            Some(Error::TooLarge {
                bytes: wanted,
                max: MAX,
            })
        } else {
            let reserved = self.bytes.try_reserve(more);
            reserved.err().map(|_| Error::Memory { bytes: wanted })
        };
        *self.failed = failed;
        match self.failed {
            Some(_) => Err(postcard::Error::SerializeBufferFull),
            None => Ok(()),
        }
    }
}

impl Flavor for Bytes<'_> {
    type Output = Vec<u8>;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.reserve(1)?;
        self.bytes.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.reserve(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.bytes)
    }
}

/// Returns the head of a message whose value has so many bytes.
pub(super) fn head(id: MessageId, bytes: usize, tag: u16) -> Result<[u8; HEAD]> {
    let length = u32::try_from(bytes)
        .ok()
        .filter(|_| bytes <= MAX)
        .ok_or(Error::TooLarge { bytes, max: MAX })?;
    let sender = if probe::is_on() { id.sender.0 } else { pid() };
    let mut head = [0; HEAD];
    head[0..4].copy_from_slice(&length.to_le_bytes());
    head[4..8].copy_from_slice(&sender.to_le_bytes());
    head[8..16].copy_from_slice(&id.number.to_le_bytes());
    head[14..16].copy_from_slice(&tag.to_le_bytes());
    Ok(head)
}

/// Returns this process's pid, without asking the kernel for each message.
fn pid() -> u32 {
    static PID: ForkLocal<u32> = ForkLocal::new(std::process::id);
    *PID.get()
}

/// A message's head, taken apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    /// Whose it is.
    pub(super) id: MessageId,
    /// How many bytes its value has.
    pub(super) length: usize,
    /// What type its value has.
    tag: u16,
}

/// How a queue's messages look in its pipe.
pub(super) const FORM: Form = Form {
    block: BLOCK,
    total: |block| {
        let length = block
            .first_chunk()
            .map_or(0, |four| u32::from_le_bytes(*four));
        Ok(bytes_in_pipe(checked_length(length as usize)?))
    },
};

/// Returns a length that a message may have.
///
/// # Errors
///
/// [`Error::MessageTooLong`]: no sender of ours writes that. What comes is no message, and what
/// follows neither.
pub(super) fn checked_length(bytes: usize) -> Result<usize> {
    let max = MAX;
    if bytes > max {
        return Err(Error::MessageTooLong { bytes, max });
    }
    Ok(bytes)
}

/// A message that came out of a queue, whole.
pub(super) struct Received {
    /// Whose it is.
    pub(super) id: MessageId,
    bytes: Vec<u8>,
    length: usize,
}

impl Received {
    /// Takes a message apart.
    ///
    /// # Errors
    ///
    /// [`Error::CutMessage`] if it is not all there.
    pub(super) fn of(bytes: Vec<u8>) -> Result<Received> {
        let got = bytes.len();
        let Some(block) = bytes.first_chunk() else {
            return Err(Error::CutMessage { got, wanted: BLOCK });
        };
        let (Opened { id, length, .. }, _) = open(block);
        let wanted = HEAD + length;
        if got < wanted {
            return Err(Error::CutMessage { got, wanted });
        }
        Ok(Received { id, bytes, length })
    }

    /// Makes a value of it. `object` names its queue in an error.
    pub(super) fn decode<T: DeserializeOwned>(&self, object: &str) -> Result<T> {
        decode_received(self.id, self.value(), object)
    }

    /// Returns the bytes of its value.
    pub(super) fn value(&self) -> &[u8] {
        &self.bytes[HEAD..HEAD + self.length]
    }
}

/// Takes a message's first block apart: its head, and the beginning of its value.
pub(super) fn open(block: &[u8; BLOCK]) -> (Opened, [u8; INLINE]) {
    let word = |at: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&block[at..at + 8]);
        u64::from_le_bytes(word)
    };
    let (first, second) = (word(0), word(8));
    let mut inline = [0; INLINE];
    inline.copy_from_slice(&block[HEAD..]);
    let low = u64::from(u32::MAX);
    let opened = Opened {
        id: MessageId {
            sender: ActorId(u32::try_from(first >> 32).unwrap_or(0)),
            number: second & (u64::MAX >> 16),
        },
        length: usize::try_from(first & low).unwrap_or(usize::MAX),
        tag: u16::try_from(second >> 48).unwrap_or(0),
    };
    (opened, inline)
}

/// Makes a value of a message's bytes.
fn decode_received<T: DeserializeOwned>(id: MessageId, value: &[u8], object: &str) -> Result<T> {
    whole(value).map_err(|error| undecodable(id, object, error.to_string()))
}

/// Makes a value of a message's bytes, if that is what was sent.
pub(super) fn decode_sent<T: DeserializeOwned>(
    opened: &Opened,
    value: &[u8],
    object: &str,
) -> Result<T> {
    let wanted = type_tag::of::<T>();
    if opened.tag != 0 && wanted != 0 && opened.tag != wanted {
        let wanted = std::any::type_name::<T>();
        let reason = format!("it was sent as another type than `{wanted}`");
        return Err(undecodable(opened.id, object, reason));
    }
    decode_received(opened.id, value, object)
}

fn undecodable(id: MessageId, object: &str, reason: String) -> Error {
    let object = object.to_owned();
    Error::Undecodable {
        object,
        sender: sender(id),
        reason,
    }
}

/// Decodes all of the bytes: what is left over shows that they are of another type.
fn whole<T: DeserializeOwned>(value: &[u8]) -> postcard::Result<T> {
    match postcard::take_from_bytes(value)? {
        (value, []) => Ok(value),
        _ => Err(postcard::Error::DeserializeBadEncoding),
    }
}

/// Returns who sent a message, in words.
fn sender(MessageId { sender, number }: MessageId) -> String {
    if probe::is_on() {
        format!("actor {sender} (its message {number})")
    } else {
        format!("process {sender} (its message {number})")
    }
}
