//! How queues are given to a process that is spawned: by the descriptors of their pipe and pages.
//!
//! As in CPython only what was made under the start method `spawn`, and only as an argument of the
//! process. A queue given twice is one queue; each copy has a buffer and a feeder of its own.

use super::core::{Core, CoreWire};
use super::simple::{Inner, InnerWire};
use super::{Handle, JoinableQueue, Queue, SimpleQueue};
use crate::runtime::spawn::handover;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::marker::PhantomData;
use std::sync::Arc;

type Done<T, E> = std::result::Result<T, E>;

/// Works only while a process is being spawned that gets it as an argument.
impl<T> Serialize for Queue<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Done<S::Ok, S::Error> {
        let wire = self.core().give().map_err(handover::failed_encoding)?;
        wire.serialize(serializer)
    }
}

/// Works only in a spawned process, for its arguments.
impl<'de, T> Deserialize<'de> for Queue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Done<Self, D::Error> {
        let core = Core::take(CoreWire::deserialize(deserializer)?);
        let core = Arc::new(core.map_err(handover::failed_decoding)?);
        Ok(Queue {
            handle: Arc::new(Handle { core }),
            items: PhantomData,
        })
    }
}

/// As a [`Queue`].
impl<T> Serialize for JoinableQueue<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Done<S::Ok, S::Error> {
        self.queue.serialize(serializer)
    }
}

/// As a [`Queue`].
impl<'de, T> Deserialize<'de> for JoinableQueue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Done<Self, D::Error> {
        let queue = Queue::deserialize(deserializer)?;
        Ok(JoinableQueue { queue })
    }
}

/// As a [`Queue`].
impl<T> Serialize for SimpleQueue<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Done<S::Ok, S::Error> {
        let wire = self.inner.give().map_err(handover::failed_encoding)?;
        wire.serialize(serializer)
    }
}

/// As a [`Queue`].
impl<'de, T> Deserialize<'de> for SimpleQueue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Done<Self, D::Error> {
        let inner = Inner::take(InnerWire::deserialize(deserializer)?);
        let inner = Arc::new(inner.map_err(handover::failed_decoding)?);
        Ok(SimpleQueue {
            inner,
            items: PhantomData,
        })
    }
}
