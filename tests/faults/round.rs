//! A round: what is played, who dies when, and how it ended.

use super::{checks, stuck};
use crossbeam_channel::RecvTimeoutError;
use mpviz::channel::{Arena, Batch, Collector, clock};
use mpviz::event::{ActorId, Event};
use mpviz::history::History;
use mpviz::stage::{Launch, Play as StagePlay, Stage};
use std::fmt;
use std::time::Duration;

/// So long nothing must happen before a run is looked at for being stuck.
const QUIET: Duration = Duration::from_millis(150);
/// A run that neither ends nor is stuck for a known reason is given up after this.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Play {
    Queue,
    Pipe,
    Pool,
}

impl Play {
    pub(crate) const ALL: [Play; 3] = [Play::Queue, Play::Pipe, Play::Pool];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Play::Queue => "queue",
            Play::Pipe => "pipe",
            Play::Pool => "pool",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Play> {
        Play::ALL.into_iter().find(|play| play.name() == name)
    }
}

/// How large it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sizes {
    pub(crate) writers: u64,
    /// Of a pool: its workers.
    pub(crate) readers: u64,
    /// Of each writer; of a pool its tasks.
    pub(crate) items: u64,
    /// Of each item, beside its number.
    pub(crate) bytes: u64,
    /// 0 is no bound.
    pub(crate) maxsize: u64,
}

impl Sizes {
    pub(crate) fn count(self, size: u64) -> usize {
        usize::try_from(size).expect("it is small")
    }
}

/// What is played, and who dies when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) play: Play,
    pub(crate) sizes: Sizes,
    /// Whose process dies.
    pub(crate) victim: ActorId,
    /// Before which of its events.
    pub(crate) event: u32,
}

/// How a round ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    /// The victim came to its end before that event.
    Unharmed,
    /// Somebody died, and the others came to their end.
    Survived,
    /// Somebody died, and others wait for ever, as in CPython.
    Stuck,
}

/// Random numbers: Steele, Lea and Flood's SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn one_of(&mut self, of: &[u64]) -> u64 {
        of[usize::try_from(self.below(of.len() as u64)).expect("it is small")]
    }
}

impl Round {
    /// Makes the round of a seed.
    pub(crate) fn of(seed: u64) -> Round {
        let mut random = Random(seed);
        let play = Play::ALL[usize::try_from(seed % 3).expect("it is small")];
        // Long ones fill the pipe: then their writers wait with the lock.
        let bytes = random.one_of(&[0, 10, 500, 9_000, 70_000]);
        let sizes = Sizes {
            writers: 1 + random.below(3),
            readers: 1 + random.below(3),
            items: 1 + random.below(12),
            bytes,
            maxsize: random.one_of(&[0, 0, 1, 3]),
        };
        // The first is MainProcess, which is not to die; then processes and threads as they are
        // made: of each play the last is near this.
        let actors = match play {
            Play::Queue => 2 + sizes.readers + sizes.writers * 2,
            Play::Pipe => 4,
            // Its three handlers are threads of MainProcess, made after the first workers.
            Play::Pool => 2 + sizes.readers,
        };
        let victim = 2 + random.below(actors - 2);
        let event = random.below(4 + sizes.items * 4);
        Round {
            play,
            sizes,
            victim: ActorId(u32::try_from(victim).expect("it is small")),
            event: u32::try_from(event).expect("it is small"),
        }
    }

    /// Plays it and checks what came of it.
    pub(crate) fn play(&self) -> Ended {
        let arena = Arena::create().expect("there is memory");
        let (to, batches) = crossbeam_channel::unbounded::<Batch>();
        let collector = Collector::start(arena.clone(), to).expect("there is a thread");
        let mut launch = Launch::exec(Vec::new(), arena);
        let knobs = [
            ("writers", self.sizes.writers),
            ("readers", self.sizes.readers),
            ("items", self.sizes.items),
            ("bytes", self.sizes.bytes),
            ("maxsize", self.sizes.maxsize),
            ("victim", u64::from(self.victim.0)),
            ("event", u64::from(self.event)),
        ];
        launch.play = StagePlay::Scenario {
            name: self.play.name().to_owned(),
            knobs: knobs.map(|(k, v)| (k.to_owned(), v.to_string())).into(),
        };
        let mut stage = Stage::launch(launch).expect("a stage");
        let mut history = History::default();
        let mut log = Vec::new();
        take(stage.opening(), &mut history, &mut log);
        let is_stuck = follow(&stage, &batches, &mut history, &mut log);
        // What is checked is what was so while it still stood.
        let stuck = is_stuck.then(|| history.clone());
        stage.stop();
        drop(stage);
        collector.finish();
        for batch in batches.iter() {
            take(&batch.events, &mut history, &mut log);
            history.advance(batch.horizon);
        }
        nothing_is_left();
        checks::check(self, stuck.as_ref().unwrap_or(&history), &log, is_stuck)
    }
}

fn take(events: &[Event], history: &mut History, log: &mut Vec<Event>) {
    for event in events {
        history.apply(event);
    }
    log.extend_from_slice(events);
}

/// Follows a run to its end, or until it is stuck for a known reason; returns whether it is.
fn follow(
    stage: &Stage,
    batches: &crossbeam_channel::Receiver<Batch>,
    history: &mut History,
    log: &mut Vec<Event>,
) -> bool {
    let mut moved = clock::monotonic();
    let quiet_for = |moved| Duration::from_nanos(clock::monotonic() - moved);
    loop {
        match batches.recv_timeout(QUIET / 5) {
            Ok(batch) => {
                if !batch.events.iter().all(is_quiet) {
                    moved = clock::monotonic();
                }
                stage.follow(&batch.events);
                take(&batch.events, history, log);
                history.advance(batch.horizon);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        if stage.is_over() {
            return false;
        }
        if quiet_for(moved) > QUIET && stuck::why(history).is_some() {
            return true;
        }
        assert!(
            quiet_for(moved) < PATIENCE,
            "it neither ends nor is stuck for a known reason:\n{}",
            stuck::describe(history)
        );
    }
}

/// Returns whether an event says nothing new about the program.
fn is_quiet(event: &Event) -> bool {
    use mpviz::event::Kind;
    matches!(
        event.kind,
        Kind::Sampled { .. } | Kind::EndsSampled { .. } | Kind::Horizon {}
    )
}

/// Checks that this process has no child any more, dead or alive.
#[track_caller]
fn nothing_is_left() {
    let folder = std::fs::read_dir("/proc/self/task").expect("/proc is mounted");
    let children: String = folder
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .collect();
    assert_eq!(children, "", "there are children left");
}

/// How rounds ended.
#[derive(Default)]
pub(crate) struct Tally {
    counts: [[u64; 3]; 3],
}

impl Tally {
    pub(crate) fn count(&mut self, round: &Round, ended: Ended) {
        self.counts[round.play as usize][ended as usize] += 1;
    }

    /// Returns whether enough rounds killed somebody, and enough of those left others stuck.
    pub(crate) fn shows_something(&self) -> bool {
        let sum = |ended: Ended| self.counts.iter().map(|of| of[ended as usize]).sum::<u64>();
        let all: u64 = self.counts.iter().flatten().sum();
        let died = sum(Ended::Survived) + sum(Ended::Stuck);
        all < 50 || (died * 3 > all && sum(Ended::Stuck) * 50 > all)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for play in Play::ALL {
            let [unharmed, survived, stuck] = self.counts[play as usize];
            let name = play.name();
            writeln!(
                f,
                "{name:>6}: {unharmed} unharmed, {survived} survived a death, {stuck} stuck by one"
            )?;
        }
        Ok(())
    }
}
