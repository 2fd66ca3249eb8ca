//! Programs of many processes, made here: nobody wants to read a trace of ten thousand.

use mpviz::event::words::{Class, Method, Operation, Outcome};
use mpviz::event::{ActorId, Event, Kind, ObjectId, TaskId, Time};
use mpviz::history::History;

/// A program of one parent and many workers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    /// How many workers were ever made.
    pub(crate) workers: u32,
    /// How many of them live at the end: the last ones.
    pub(crate) alive: u32,
    /// Every so manieth living one is in a task.
    pub(crate) busy: u32,
}

const Q: ObjectId = ObjectId(1);
const POOL: ObjectId = ObjectId(2);
const MAIN: ActorId = ActorId(1);

impl Crowd {
    /// Returns the history of the program, a second long.
    pub(crate) fn history(self) -> History {
        let mut teller = Teller::default();
        teller.say(0, ActorId::MPVIZ, forked(MAIN, "MainProcess"));
        teller.say(1, MAIN, started(1_000, ActorId::MPVIZ, "MainProcess"));
        teller.say(2, MAIN, created(Q, Class::Queue, "q"));
        teller.say(3, MAIN, created(POOL, Class::Pool, "pool"));
        // Each is made, waits, and the first ones end one after the other.
        let step = 900_000_000 / u64::from(self.workers.max(1));
        for at in 0..self.workers {
            let (worker, name) = (ActorId(at + 2), format!("worker-{}", at + 1));
            let t = 10 + u64::from(at) * step;
            teller.say(t, MAIN, forked(worker, &name));
            teller.say(t + 1, worker, started(2_000 + at, MAIN, &name));
            teller.say(t + 2, worker, blocked(Q));
            if at >= self.workers.saturating_sub(self.alive) {
                continue;
            }
            let code = if at % 100 == 99 { -9 } else { 0 };
            teller.say(t + 3, worker, Kind::ProcessExited { code: Some(code) });
            let reaped = Kind::ProcessReaped {
                child: worker,
                code: Some(code),
            };
            teller.say(t + 4, MAIN, reaped);
        }
        let first = self.workers.saturating_sub(self.alive);
        let busy = (first..self.workers).step_by(usize::try_from(self.busy).unwrap_or(1).max(1));
        for (task, at) in (0..).map(TaskId).zip(busy.filter(|_| self.busy > 0)) {
            let (worker, t) = (ActorId(at + 2), 910_000_000 + u64::from(task.0));
            let outcome = Outcome::Done;
            let unblocked = Kind::Unblocked {
                outcome,
                waker: None,
            };
            teller.say(t, worker, unblocked);
            let submitted = Kind::TaskSubmitted {
                pool: POOL,
                task,
                function: format!("square({})", task.0).into(),
            };
            teller.say(t, MAIN, submitted);
            teller.say(t, worker, Kind::TaskStarted { task });
        }
        teller.history.advance(Time(1_000_000_000));
        teller.history
    }
}

#[derive(Default)]
struct Teller {
    history: History,
    seq: u32,
    t: u64,
}

impl Teller {
    fn say(&mut self, t: u64, actor: ActorId, kind: Kind) {
        self.seq += 1;
        self.t = self.t.max(t);
        self.history.apply(&Event {
            t: Time(self.t),
            actor,
            by: None,
            seq: self.seq,
            line: None,
            file: None,
            kind,
        });
    }
}

fn forked(child: ActorId, name: &str) -> Kind {
    Kind::ProcessForked {
        child,
        name: name.into(),
        method: Method::Fork,
        daemon: false,
        function: None,
    }
}

fn started(pid: u32, parent: ActorId, name: &str) -> Kind {
    Kind::ProcessStarted {
        pid,
        parent,
        name: name.into(),
    }
}

fn created(object: ObjectId, class: Class, name: &str) -> Kind {
    Kind::ObjectCreated {
        object,
        class,
        name: name.into(),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: None,
    }
}

fn blocked(object: ObjectId) -> Kind {
    Kind::Blocked {
        operation: Operation::Get,
        object: Some(object),
        on: None,
        timeout: None,
    }
}
