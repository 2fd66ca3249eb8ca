//! Cuts with a voice: what is said by rings and by a voice is one log, as consistent as either.

use super::random::{Place, assert_consistent, cut_until, pass};
use super::tests::{arena, writer};
use super::*;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};

/// What was published where a voice looks.
type Board = Arc<Mutex<Vec<(Time, ActorId, Kind)>>>;

/// Publishes on a board.
struct Poster {
    owner: ActorId,
    arena: Arena,
    board: Board,
}

impl Place for Poster {
    fn owner(&self) -> ActorId {
        self.owner
    }
    fn now(&self) -> Time {
        self.arena.now()
    }
    fn publish(&mut self, t: Time, kind: &Kind) {
        let mut board = self.board.lock().expect("nobody panics with it");
        board.push((t, self.owner, kind.clone()));
    }
    fn has_room(&mut self) -> bool {
        true
    }
}

/// A voice that reads from a board as a voice is to: all of it, and what is late at the last horizon.
struct Reader {
    board: Board,
    waiting: Vec<(Time, u8, ActorId, Kind)>,
    /// How many were late.
    late: Arc<AtomicU64>,
}

impl Voice for Reader {
    fn speak(&mut self, moment: Moment, told: &mut Told) {
        let new = std::mem::take(&mut *self.board.lock().expect("nobody panics with it"));
        for (t, actor, kind) in new {
            let is_late = t < moment.last;
            self.late.fetch_add(is_late.into(), Ordering::Relaxed);
            let rank = if is_late { 0 } else { 1 + kind.nature() as u8 };
            self.waiting.push((t.max(moment.last), rank, actor, kind));
        }
        self.waiting.sort_by_key(|&(t, rank, ..)| (t, rank));
        let due = self.waiting.partition_point(|&(t, ..)| t <= moment.horizon);
        for (t, rank, actor, kind) in self.waiting.drain(..due) {
            told.late += usize::from(rank == 0);
            told.events.push(Event {
                t,
                actor,
                by: None,
                seq: 0,
                line: None,
                file: None,
                kind,
            });
        }
    }
}

#[test]
fn every_cut_of_rings_and_a_voice_is_consistent() {
    const ROUNDS: u64 = 10_000;
    let arena = arena();
    let board = Board::default();
    let late = Arc::new(AtomicU64::new(0));
    let mailboxes: [AtomicU64; 2] = Default::default();
    let done = AtomicBool::new(false);
    let voice = Reader {
        board: board.clone(),
        waiting: Vec::new(),
        late: late.clone(),
    };
    let mut cuts = Cuts::new(arena.clone(), Some(Box::new(voice)));
    let events = std::thread::scope(|scope| {
        let mailboxes = &mailboxes;
        let mut writers = Vec::new();
        for actor in 1..=2 {
            let mut writer = writer(&arena, actor);
            writers.push(scope.spawn(move || pass(&mut writer, mailboxes, ROUNDS)));
        }
        for actor in 3..=4 {
            let mut poster = Poster {
                owner: ActorId(actor),
                arena: arena.clone(),
                board: board.clone(),
            };
            writers.push(scope.spawn(move || pass(&mut poster, mailboxes, ROUNDS)));
        }
        scope.spawn(|| {
            for writer in writers {
                writer.join().expect("a writer");
            }
            done.store(true, Ordering::Release);
        });
        cut_until(&mut cuts, &done)
    });
    assert_consistent(&events);
    let sent = |event: &&Event| matches!(event.kind, Kind::MessageSent { .. });
    assert_eq!(events.iter().filter(sent).count() as u64, 4 * ROUNDS);
    let voices = |event: &&Event| event.actor.0 > 2;
    assert!(events.iter().filter(voices).count() as u64 > 2 * ROUNDS);
    assert!(
        late.load(Ordering::Relaxed) > 20,
        "too few late ones to mean anything"
    );
}
