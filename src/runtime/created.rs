//! What is said of an object when it is made.

use super::probe;
use super::sync::PartOf;
use crate::event::words::Class;
use crate::event::{Kind, ObjectId, Text};

/// Says that an object was made, and returns its id.
pub(super) fn tell_created(
    class: Class,
    name: &str,
    part_of: PartOf,
    maxsize: Option<u64>,
) -> ObjectId {
    tell_sized(class, name, part_of, maxsize, None)
}

/// As [`tell_created`], of something that the kernel takes `capacity` bytes of.
pub(super) fn tell_sized(
    class: Class,
    name: &str,
    part_of: PartOf,
    maxsize: Option<u64>,
    capacity: Option<u64>,
) -> ObjectId {
    let object = probe::next_object();
    probe::say(|| Kind::ObjectCreated {
        object,
        class,
        name: Text::from(name),
        part_of: part_of.map(|(whole, _)| whole),
        part: part_of.map(|(_, part)| part),
        maxsize,
        capacity,
    });
    object
}
