//! The bytes of a result, kept until it is asked for: the usual few without an allocation.

use super::frame::ANSWER_HEAD;

/// As many bytes as fit beside the length without making a part larger.
const FEW: usize = 22;

/// Bytes that came with an answer.
pub(super) enum Bytes {
    /// A few.
    Few(u8, [u8; FEW]),
    /// Many.
    Many(Box<[u8]>),
    /// Behind an answer's head, in the message as it was read.
    Answer(Vec<u8>),
}

impl Bytes {
    /// Returns a copy.
    pub(super) fn copy(bytes: &[u8]) -> Bytes {
        match u8::try_from(bytes.len()) {
            Ok(length) if bytes.len() <= FEW => {
                let mut few = [0; FEW];
                few[..bytes.len()].copy_from_slice(bytes);
                Bytes::Few(length, few)
            }
            _ => Bytes::Many(bytes.into()),
        }
    }

    /// Returns them.
    pub(super) fn get(&self) -> &[u8] {
        match self {
            Bytes::Few(length, few) => &few[..usize::from(*length).min(FEW)],
            Bytes::Many(many) => many,
            Bytes::Answer(answer) => answer.get(ANSWER_HEAD..).unwrap_or(&[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_as_they_were() {
        for length in [0, 1, FEW, FEW + 1, 300] {
            let bytes = vec![7; length];
            assert_eq!(Bytes::copy(&bytes).get(), bytes);
        }
        let answer = [vec![0; ANSWER_HEAD], vec![1, 2]].concat();
        assert_eq!(Bytes::Answer(answer).get(), [1, 2]);
    }
}
