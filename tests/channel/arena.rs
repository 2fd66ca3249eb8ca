//! The arena: how large it is, who may attach to it, what a child makes of it.

use crate::Log;
use crate::forked;
use mpviz::channel::{Arena, ArenaError, ForkWord, Published};
use mpviz::event::{ActorId, Kind, ObjectId};
use nix::sys::resource::{Resource, setrlimit};
use rustix::fd::OwnedFd;
use rustix::fs::MemfdFlags;

/// Returns how many slots an arena has in a process that may map `mib` more than it has mapped.
fn slots_with(mib: u64) -> i32 {
    let child = forked::start(move || {
        // What the child has mapped, which no other test changes.
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: u64 = statm.split(' ').next().unwrap().parse().unwrap();
        let limit = pages * 4096 + (mib << 20);
        setrlimit(Resource::RLIMIT_AS, limit, limit).unwrap();
        match Arena::create() {
            // 4032, 1020 and 252: the exit code is a byte.
            Ok(arena) => (arena.slot_count() / 16) as u8,
            Err(ArenaError::Refused { .. }) => 1,
            Err(_) => 2,
        }
    });
    child.exit_code()
}

#[test]
fn a_limit_of_memory_makes_the_arena_smaller() {
    let cases = [(1100, 4032), (600, 1020), (200, 252)];
    for (mib, slots) in cases {
        assert_eq!(slots_with(mib), slots / 16, "with {mib} MiB");
    }
    assert_eq!(slots_with(20), 1);
}

#[test]
fn another_mapping_of_the_arena_is_the_same_arena() {
    let log = Log::begin();
    let fd = log.arena.fd().unwrap().try_clone_to_owned().unwrap();
    let other = Arena::attach(fd).unwrap();
    assert!(other.fd().is_none());
    assert_eq!(other.origin(), log.arena.origin());
    assert_eq!(
        (
            log.arena.control().next_actor(),
            other.control().next_actor()
        ),
        (ActorId(1), ActorId(2))
    );
    let slot = other.reserve(ActorId(2), ActorId(2)).unwrap();
    let child = forked::start({
        let mut writer = other.writer(slot);
        move || {
            let kind = Kind::LockTaken {
                object: ObjectId(5),
            };
            u8::from(writer.publish(ActorId(2), None, Some(3), None, &kind) == Published::Full)
        }
    });
    assert_eq!(child.exit_code(), 0);
    let events = log.end();
    let seen: Vec<_> = events
        .iter()
        .map(|e| (e.actor, e.seq, e.line, &e.kind))
        .collect();
    assert_eq!(
        seen,
        [(
            ActorId(2),
            0,
            Some(3),
            &Kind::LockTaken {
                object: ObjectId(5)
            }
        )]
    );
}

#[test]
fn what_is_no_arena_is_refused() {
    let resizable = rustix::fs::memfd_create(c"resizable", MemfdFlags::ALLOW_SEALING).unwrap();
    rustix::fs::ftruncate(&resizable, 1 << 26).unwrap();
    let file = OwnedFd::from(std::fs::File::open("/dev/null").unwrap());
    let zeroes = rustix::fs::memfd_create(c"zeroes", MemfdFlags::ALLOW_SEALING).unwrap();
    rustix::fs::ftruncate(&zeroes, 1 << 26).unwrap();
    rustix::fs::fcntl_add_seals(&zeroes, rustix::fs::SealFlags::SHRINK).unwrap();
    let refused = |fd| Arena::attach(fd).unwrap_err().to_string();
    assert_eq!(
        refused(resizable),
        "descriptor is no sealed arena of 67108864 bytes"
    );
    assert_eq!(refused(file), "descriptor is no sealed arena of 0 bytes");
    assert!(refused(zeroes).starts_with("arena has layout 0x0, this program has 0x"));
}

#[test]
fn nobody_can_resize_an_arena() {
    let arena = Arena::create().unwrap();
    let fd = arena.fd().unwrap();
    assert!(rustix::fs::ftruncate(fd, 4096).is_err());
    assert!(rustix::fs::ftruncate(fd, 1 << 31).is_err());
}

#[test]
fn a_fork_word_is_not_inherited() {
    let word = ForkWord::new().unwrap();
    assert!(!word.is_mine());
    word.claim();
    let child = forked::start(|| {
        let inherited = word.is_mine();
        word.claim();
        u8::from(inherited) + 2 * u8::from(word.is_mine())
    });
    assert_eq!(child.exit_code(), 2);
    assert!(word.is_mine());
}
