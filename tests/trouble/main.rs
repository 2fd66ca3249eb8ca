//! The programs of trouble, with real processes: what goes wrong in each, that its remedy helps, and
//! how one that hangs is ended.

#[path = "../common/mod.rs"]
mod common;
mod faults;
mod limit;
mod python;
mod recorded;
mod remedies;

use common::Ran;
use mpviz::event::words::Operation;
use mpviz::event::{ActorId, Time};
use mpviz::history::{Actor, Interval, Object, State, Wait};

/// Returns the last moment before mpviz ends a program that hangs.
#[track_caller]
fn hung(ran: &Ran) -> Time {
    let kill = |e: &mpviz::event::Event| {
        e.actor == ActorId::MPVIZ && matches!(e.kind, mpviz::event::Kind::SignalSent { .. })
    };
    Time(ran.when(kill).0 - 1)
}

/// Returns what an actor waits for at a moment, without a limit in time.
#[track_caller]
fn wait_at(ran: &Ran, actor: ActorId, t: Time) -> Wait {
    match ran.history.lane(actor).at(t) {
        Some(Interval {
            state: State::Waiting(wait),
            ..
        }) => {
            assert_eq!(wait.timeout, None);
            wait
        }
        other => panic!("it does not wait: {other:?}"),
    }
}

#[track_caller]
fn object<'a>(ran: &'a Ran, named: &str) -> &'a Object {
    let mut objects = ran.history.objects().iter();
    let named = objects.find(|object| ran.history.name_of(object.id) == named);
    named.expect("the object was made")
}

/// Returns a process's only thread: the feeder of its queue.
#[track_caller]
fn feeder<'a>(ran: &'a Ran, process: &Actor) -> &'a Actor {
    match ran.history.threads_of(process.id) {
        [feeder] => ran.actor(*feeder),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn exit_code(actor: &Actor) -> i32 {
    let code = actor.exited.as_ref().and_then(|exit| exit.code);
    code.unwrap_or_else(|| panic!("nobody saw how {} ended", actor.name))
}

fn exit_time(actor: &Actor) -> Time {
    actor.exited.as_ref().expect("it ended").t
}

/// Returns how often an actor began such a wait that lasted.
fn waited(ran: &Ran, actor: ActorId, operation: Operation) -> usize {
    let all = ran.history.lane(actor).between(Time::ZERO..Time::NEVER);
    all.filter(|i| matches!(i.state, State::Waiting(wait) if wait.operation == operation))
        .count()
}
