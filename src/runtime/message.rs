//! The form of a message in a pipe: a head, then the value.
//!
//! The head is 16 bytes, little-endian: the value's length in bytes (u32), the sender's actor id
//! (u32) and the sender's count (u64). So a receive names exactly the send that it belongs to.

use super::error::{Error, Result};
use crate::event::{ActorId, MessageId};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The length of a message's head.
pub(super) const HEAD: usize = 16;

/// The longest value: what fits the head's length field with room to spare.
const MAX: usize = i32::MAX as usize;

/// Makes a message of a value, head and all. `object` names its queue or pipe in an error.
pub(super) fn encode<T: Serialize + ?Sized>(
    id: MessageId,
    value: &T,
    object: &str,
) -> Result<Vec<u8>> {
    let message = postcard::to_extend(value, vec![0; HEAD]).map_err(|source| Error::Message {
        verb: "encode",
        object: object.to_owned(),
        source,
    })?;
    finish(id, message)
}

/// Makes a message of bytes that are a value already.
pub(super) fn wrap(id: MessageId, value: &[u8]) -> Result<Vec<u8>> {
    let mut message = Vec::with_capacity(HEAD + value.len());
    message.resize(HEAD, 0);
    message.extend_from_slice(value);
    finish(id, message)
}

fn finish(id: MessageId, mut message: Vec<u8>) -> Result<Vec<u8>> {
    let bytes = message.len() - HEAD;
    let length = u32::try_from(bytes)
        .ok()
        .filter(|_| bytes <= MAX)
        .ok_or(Error::TooLarge { bytes, max: MAX })?;
    message[0..4].copy_from_slice(&length.to_le_bytes());
    message[4..8].copy_from_slice(&id.sender.0.to_le_bytes());
    message[8..16].copy_from_slice(&id.number.to_le_bytes());
    Ok(message)
}

/// Takes a head apart: whose it is, and how many bytes follow.
pub(super) fn open(head: &[u8; HEAD]) -> (MessageId, usize) {
    let [a, b, c, d, e, f, g, h, number @ ..] = *head;
    let id = MessageId {
        sender: ActorId(u32::from_le_bytes([e, f, g, h])),
        number: u64::from_le_bytes(number),
    };
    (id, u32::from_le_bytes([a, b, c, d]) as usize)
}

/// Makes a value of a message's bytes.
pub(super) fn decode<T: DeserializeOwned>(value: &[u8], object: &str) -> Result<T> {
    postcard::from_bytes(value).map_err(|source| Error::Message {
        verb: "decode",
        object: object.to_owned(),
        source,
    })
}
