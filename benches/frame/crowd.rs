//! A frame of ten thousand processes, of which a thousand live, beside one of a hundred that all live.

use crate::{AREA, Dice, Teller, forked, queue_created, scene, started, tell, took, ui};
use mpviz::event::words::{Operation, Outcome};
use mpviz::event::{ActorId, FileId, Kind, ObjectId, Time};
use mpviz::history::History;
use mpviz::ui::Ui;
use mpviz::view::{Memory, Theme, draw_on_blank, fits};
use ratatui::buffer::Buffer;
use std::hint::black_box;
use std::time::Duration;

/// Few, so that a hundred processes are not many more at the end.
const CROWD_ROUNDS: usize = 200;

/// Ten thousand processes, a thousand of them alive, beside a hundred that all live.
pub(crate) fn ten_thousand_beside_hundred() {
    for has_queue in [false, true] {
        let what = match has_queue {
            false => "10,000 processes, 1,000 alive, beside 100",
            true => "  the same, all at one queue",
        };
        let crowds = || [(100, 100), (10_000, 1_000)].map(|size| Crowd::of(size, has_queue));
        let [few, many] = crowds().map(|crowd| crowd.frames(|_, _| {}));
        tell(what, many, few, 1.3);
        let [few, many] = crowds().map(|crowd| crowd.frames(Crowd::go_on));
        tell(
            "  live: one ends, one comes, 30 do something",
            many,
            few,
            1.3,
        );
        let [few, many] = crowds().map(|crowd| {
            let (mut dice, now) = (Dice(5), crowd.history.now().0);
            crowd.frames(move |_, ui| ui.run.frozen = Some(Time(dice.below(now))))
        });
        tell("  frozen at any moment", many, few, 1.3);
    }
}

/// A program of many processes, of which the last ones live and wait.
struct Crowd {
    history: History,
    tell: Teller,
    queue: Option<ObjectId>,
    /// Who lives.
    first: u32,
    next: u32,
}

const MAIN: ActorId = ActorId(1);

impl Crowd {
    fn of((processes, alive): (u32, u32), has_queue: bool) -> Crowd {
        let queue = has_queue.then_some(ObjectId(1));
        let (history, tell) = (History::default(), Teller::default());
        let mut crowd = Crowd {
            history,
            tell,
            queue,
            first: 2,
            next: 2,
        };
        let source = Kind::SourceSeen {
            file: FileId(0),
            path: "benches/frame/crowd.rs".into(),
            text: include_str!("crowd.rs").into(),
        };
        crowd.say(ActorId::MPVIZ, None, source);
        crowd.say(ActorId::MPVIZ, None, forked(MAIN, "MainProcess"));
        let began = started(1000, ActorId::MPVIZ, "MainProcess");
        crowd.say(MAIN, None, began);
        if let Some(object) = queue {
            crowd.say(MAIN, Some(3), queue_created(object));
        }
        let before = mpviz::channel::clock::monotonic();
        while crowd.next <= processes {
            crowd.tell.t = Time(u64::from(crowd.next) * 100_000);
            crowd.come();
            while crowd.next - crowd.first >= alive {
                crowd.leave();
            }
        }
        let took = Duration::from_nanos(mpviz::channel::clock::monotonic() - before);
        if processes > 1000 {
            say_took("  folded, an event", took / crowd.tell.seq);
        }
        crowd.history.advance(Time(2_000_000_000));
        crowd
    }

    fn say(&mut self, actor: ActorId, line: Option<u32>, kind: Kind) {
        self.tell.line = line;
        self.tell.say(actor, kind, &mut self.history);
    }

    /// Makes a worker, which waits.
    fn come(&mut self) {
        let id = self.next;
        self.next += 1;
        let (worker, name) = (ActorId(id), format!("worker-{}", id - 1));
        self.say(MAIN, Some(10), forked(worker, &name));
        self.say(worker, None, started(1000 + id, MAIN, &name));
        self.wait(worker);
    }

    fn wait(&mut self, worker: ActorId) {
        let blocked = Kind::Blocked {
            operation: Operation::Get,
            object: self.queue,
            on: None,
            timeout: None,
        };
        self.say(worker, Some(20 + worker.0 % 7), blocked);
    }

    /// Ends the worker that has lived longest.
    fn leave(&mut self) {
        let child = ActorId(self.first);
        self.first += 1;
        let code = Some(0);
        self.say(child, None, Kind::ProcessExited { code });
        self.say(MAIN, Some(11), Kind::ProcessReaped { child, code });
    }

    /// What comes between two frames: a worker ends, another comes, thirty wait for a new thing.
    fn go_on(&mut self, _: &mut Ui) {
        self.tell.t = Time(self.history.now().0 + 1_000_000);
        self.leave();
        self.come();
        for n in 0..30 {
            let worker = ActorId(self.first + (n * 37) % (self.next - self.first));
            let outcome = Outcome::Done;
            let waker = None;
            self.say(worker, None, Kind::Unblocked { outcome, waker });
            self.tell.t.0 += 10_000;
            self.wait(worker);
        }
        self.history.advance(self.tell.t);
    }

    /// Returns the median time of frames, with something before each.
    fn frames(mut self, mut before: impl FnMut(&mut Crowd, &mut Ui)) -> Duration {
        let (theme, memory, mut ui) = (Theme::default(), Memory::default(), ui());
        let mut buffer = Buffer::empty(AREA);
        let frames = (0..CROWD_ROUNDS).map(|_| {
            before(&mut self, &mut ui);
            buffer.reset();
            took(|| {
                ui.run.fits = fits(AREA, Some(&self.history), &ui.run, &memory);
                let scene = scene(&self.history, &ui, &theme, &memory);
                draw_on_blank(black_box(&mut buffer), AREA, black_box(&scene));
            })
        });
        let mut frames: Vec<Duration> = frames.collect();
        frames.sort();
        frames[CROWD_ROUNDS / 2]
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn say_took(what: &str, took: Duration) {
    println!("{what}: {took:?}");
}
