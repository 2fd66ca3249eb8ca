//! How shared values are given to a process that is spawned: by the descriptor of their memory.
//!
//! As in CPython only as an argument of the process. Here also only what was made under the start
//! method `spawn`, where CPython's values without a lock may have been made under any.

use super::array::{Array, RawArray};
use super::memory::Core;
use super::number::Number;
use super::value::{RawValue, Value};
use crate::event::ObjectId;
use crate::event::words::Class;
use crate::runtime::error::{Error, Result};
use crate::runtime::shared::Shared;
use crate::runtime::spawn::handover;
use crate::runtime::sync::{self, Mutual};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

impl<T: Number> Core<T> {
    fn give(&self, what: &str) -> Result<(ObjectId, u64, u32)> {
        let memory = sync::give(what, &self.cells)?;
        Ok((self.object, self.len() as u64, memory))
    }

    fn take(class: Class, (object, len, memory): (ObjectId, u64, u32)) -> Result<Arc<Core<T>>> {
        let fd = handover::take(memory)?;
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let cells = Shared::of_fd_with(len, fd)
            .map_err(|error| Error::system("cannot map numbers that were given", error))?;
        Ok(Arc::new(Core {
            cells,
            object,
            class,
        }))
    }
}

macro_rules! handed {
    ($($raw:ident $class:ident $name:literal, $locked:ident;)*) => {$(
        /// Works only while a process is being spawned that gets it as an argument.
        impl<T: Number> Serialize for $raw<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                let given = self.core.give($name).map_err(handover::failed_encoding)?;
                given.serialize(serializer)
            }
        }

        /// Works only in a spawned process, for its arguments.
        impl<'de, T: Number> Deserialize<'de> for $raw<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let given = Deserialize::deserialize(deserializer)?;
                let core = Core::take(Class::$class, given).map_err(handover::failed_decoding)?;
                Ok($raw { core })
            }
        }

        /// Works only while a process is being spawned that gets it as an argument.
        impl<T: Number, L: Mutual + Serialize> Serialize for $locked<T, L> {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                (&self.raw, &self.lock).serialize(serializer)
            }
        }

        /// Works only in a spawned process, for its arguments.
        impl<'de, T: Number, L: Mutual + Deserialize<'de>> Deserialize<'de> for $locked<T, L> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let (raw, lock) = Deserialize::deserialize(deserializer)?;
                Ok($locked { raw, lock })
            }
        }
    )*};
}

handed! {
    RawValue Value "Value", Value;
    RawArray Array "Array", Array;
}
