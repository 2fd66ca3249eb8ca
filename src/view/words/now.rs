//! What a process does at a time, in a few words: the table's last column.

use super::blocked::sign_of;
use super::life::{command, is_worker, is_worker_of};
use super::names;
use super::number::count;
use super::several::{forms_of_any, is_for_several};
use super::sign::Sign;
use super::things::has_no_room;
use super::waits::{holds_read_lock, not_done};
use crate::event::words::{KernelState, Method, Operation};
use crate::event::{ActorId, ObjectId, Span, TaskId, Time};
use crate::history::{Actor, History, Interval, State, Wait};
use crate::view::brush::columns;

/// What an actor does: `T3  asleep in run_task(3)  0.28 s`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Now {
    /// The sign of its state.
    pub sign: Sign,
    /// The task that it runs; its band goes before the words.
    pub task: Option<TaskId>,
    /// What it does, in several lengths.
    pub words: Words,
    /// For how long it has done so, where that is worth telling.
    pub lasts: Option<Span>,
    /// Since when: it is strong for half a second after it.
    pub since: Time,
    /// Whether it ended badly, or waits for what can never come: the words have the state's colour.
    pub bad: bool,
}

/// Words in up to four lengths, the longest first. Never none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words(Vec<String>);

impl Words {
    /// Returns words of these lengths, the longest first.
    pub(super) fn new(forms: Vec<String>) -> Words {
        Words(forms)
    }

    /// Returns the longest form that has at most `width` columns, else the shortest.
    pub fn fitting(&self, width: u16) -> &str {
        let fits = |form: &&String| columns(form, width.saturating_add(1)) <= width;
        let form = self.0.iter().find(fits).or(self.0.last());
        form.map_or("", String::as_str)
    }

    /// Returns the longest form.
    pub fn longest(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

/// Returns what an actor does at `t`; `None` where it does not exist yet.
pub fn now_words(history: &History, actor: ActorId, t: Time) -> Option<Now> {
    let known = history.actor(actor)?;
    if actor == ActorId::MPVIZ {
        return Some(plain(
            Sign::Asleep,
            vec!["mpviz, in the place of init".into(), "mpviz itself".into()],
            Time::ZERO,
        ));
    }
    if let Some((failed, _)) = known.fork_failed.as_ref().filter(|(at, _)| *at <= t) {
        let words = vec![
            "was never made: the fork failed".into(),
            "fork failed".into(),
        ];
        return Some(Now {
            bad: true,
            ..plain(Sign::Alert, words, *failed)
        });
    }
    if let Some(exit) = known.exit_at(t) {
        return Some(ended(history, known, exit.t, exit.code, t));
    }
    match history.lane(actor).at(t) {
        Some(interval) => Some(doing(history, known, interval, t)),
        None if known.created.is_some_and(|created| created <= t) => Some(plain(
            Sign::None,
            vec!["made, not started yet".into(), "not started".into()],
            known.created.unwrap_or_default(),
        )),
        None => None,
    }
}

fn plain(sign: Sign, words: Vec<String>, since: Time) -> Now {
    Now {
        sign,
        task: None,
        words: Words::new(words),
        lasts: None,
        since,
        bad: false,
    }
}

/// Says what somebody who lives does.
fn doing(history: &History, actor: &Actor, interval: Interval, t: Time) -> Now {
    let band = history.band_at(actor.id, t);
    let function = band
        .and_then(|band| history.task(band.task))
        .map(|task| task.function.clone());
    let function = function.filter(|function| !function.is_empty());
    let task = band.map(|band| band.task);
    let within = |verb: &str| match (&function, task) {
        (Some(function), Some(task)) => {
            let function = super::shown(function);
            vec![
                format!("{verb} in {function}"),
                format!("{verb} in T{task}"),
                verb.to_owned(),
            ]
        }
        (None, Some(task)) => vec![format!("{verb} in T{task}"), verb.to_owned()],
        _ => vec![verb.to_owned()],
    };
    let since = band.map_or(interval.start, |band| band.start);
    let lasts = Some(t.since(since));
    let now = match interval.state {
        State::Starting => plain(
            Sign::Runnable,
            vec!["forked, no word from it yet".into(), "starts".into()],
            interval.start,
        ),
        State::Running => running(history, actor, within("computes"), interval.start, t),
        State::Still if actor.is_foreign_at(t) => {
            running(history, actor, Vec::new(), interval.start, t)
        }
        // It speaks, and has said nothing of this: `time.sleep()`, a socket, a file.
        State::Still => Now {
            lasts: Some(t.since(interval.start)),
            ..plain(Sign::Asleep, within("asleep"), interval.start)
        },
        State::Asleep { .. } => Now {
            lasts,
            ..plain(Sign::Asleep, within("asleep"), since)
        },
        State::Stopped => Now {
            lasts: Some(t.since(interval.start)),
            ..plain(Sign::Stopped, vec!["stopped".into()], interval.start)
        },
        State::Zombie => Now {
            lasts: Some(t.since(interval.start)),
            ..plain(Sign::Zombie, vec!["zombie".into()], interval.start)
        },
        State::Waiting(wait) => {
            let (since, outer) = outermost(history, actor.id, interval, wait);
            let words = waiting(history, actor.id, outer, wait, t);
            Now {
                lasts: Some(t.since(since)),
                ..plain(sign_of(wait.operation), words, since)
            }
        }
    };
    Now { task, ..now }
}

fn running(history: &History, actor: &Actor, words: Vec<String>, since: Time, t: Time) -> Now {
    if actor.is_foreign_at(t) {
        // What a foreign program does inside is not seen; only what the kernel says of it.
        let line = command(actor.argv_at(t));
        let line = if line.is_empty() {
            history.name_of_actor(actor.id, t).to_owned()
        } else {
            line
        };
        let state = history.sample_at(actor.id, t).map(|sample| sample.state);
        let (sign, does) = match state {
            Some(KernelState::Sleeping) => (Sign::Asleep, "waits"),
            Some(KernelState::DiskSleep) => (Sign::Asleep, "waits for a device"),
            Some(KernelState::Stopped) => (Sign::Asleep, "stopped"),
            _ => (Sign::Running, "runs"),
        };
        if let Some(reason) = actor.hidden_at(t) {
            let words = vec![
                format!("{does}, messages not visible: {reason}"),
                format!("{does}, messages not visible"),
                "messages not visible".into(),
                does.into(),
            ];
            return plain(sign, words, since);
        }
        let colon = if sign == Sign::Running { "" } else { ":" };
        return plain(
            sign,
            vec![format!("{does}{colon} {line}"), does.into()],
            since,
        );
    }
    let words = match actor.function_at(t) {
        _ if words.len() > 1 => words,
        Some(function) => vec![format!("runs {}", super::shown(function)), "runs".into()],
        None => vec!["runs".into()],
    };
    plain(Sign::Running, words, since)
}

/// Returns the outermost of the operations that an actor is in, and since when.
pub(super) fn outermost(
    history: &History,
    actor: ActorId,
    interval: Interval,
    wait: Wait,
) -> (Time, Wait) {
    let mut found = (interval.start, wait);
    let mut from = interval.start;
    for _ in 0..8 {
        let before = from.0.checked_sub(1).map(Time);
        let Some(interval) = before.and_then(|at| history.lane(actor).at(at)) else {
            break;
        };
        from = interval.start;
        match interval.state {
            State::Waiting(wait) => found = (from, wait),
            // It was stopped in the middle of its wait.
            State::Stopped => {}
            _ => break,
        }
    }
    found
}

/// Says what somebody waits for. `wait` is the innermost operation, `outer` the one that it is a
/// part of, or the same.
fn waiting(history: &History, actor: ActorId, outer: Wait, wait: Wait, t: Time) -> Vec<String> {
    let name = |wait: Wait| {
        wait.object
            .map_or("it".to_owned(), |id| names::object(history, id))
    };
    let what = outer.operation.text();
    let object = name(outer);
    let short = format!("{what} {object}");
    if wait.operation == Operation::Acquire {
        let lock = wait.object;
        let holder = lock
            .and_then(|lock| history.object(lock))
            .and_then(|lock| lock.holder.at(t).flatten())
            .map(|holder| names::other(history, holder, t));
        let lost = lock
            .and_then(|lock| history.object(lock))
            .is_some_and(|lock| lock.lost_at(t).is_some());
        let state = match (holder, lost) {
            (Some(holder), true) => format!("lock lost with {holder}"),
            (Some(holder), false) => format!("{holder} has the lock"),
            (None, _) => "waits for its lock".to_owned(),
        };
        return vec![format!("{short}: {state}"), short, what.to_owned()];
    }
    match wait.operation {
        Operation::Get => {
            let mut forms = vec![short.clone(), what.to_owned()];
            if history.has_item_for(actor, wait.object, t) != Some(true) {
                forms.insert(0, format!("{short}: empty"));
            }
            if holds_read_lock(history, actor, wait.object, t) {
                forms.insert(0, format!("{}, holds the read lock", forms[0]));
            }
            forms
        }
        Operation::Put | Operation::Send | Operation::Write
            if !has_no_room(history, wait.object, t) =>
        {
            vec![short, what.to_owned()]
        }
        Operation::Put | Operation::Send => vec![format!("{short}: full"), short, what.to_owned()],
        Operation::Write => vec!["write: the pipe is full".into(), "write: full".into()],
        Operation::Recv | Operation::Read
            if history.has_item_for(actor, wait.object, t) == Some(true) =>
        {
            vec![short, what.to_owned()]
        }
        Operation::Recv | Operation::Read => {
            vec![format!("{short}: nothing there"), short, what.to_owned()]
        }
        Operation::Poll if is_for_several(wait) => {
            let forms = forms_of_any(history, actor, t);
            let forms = forms.into_iter().map(|what| format!("waits for {what}"));
            forms.chain(["waits".to_owned()]).collect()
        }
        Operation::Poll => vec![format!("polls {object}"), "polls".into()],
        Operation::Join => {
            let child = wait
                .on
                .map_or("a process".to_owned(), |on| names::other(history, on, t));
            vec![format!("join {child}"), "join".into()]
        }
        Operation::JoinFeeder => {
            vec![
                "ended, joins its feeder".into(),
                "joins its feeder".into(),
                "joins feeder".into(),
            ]
        }
        Operation::JoinPool => {
            let live = live_workers(history, wait.object, t);
            let live = count(live, "worker lives", "workers live");
            vec![
                format!("join the pool: {live}"),
                "join the pool".into(),
                "join pool".into(),
            ]
        }
        Operation::Wait => {
            let child = wait.on.map_or(object, |on| names::other(history, on, t));
            vec![
                format!("waits for {child} to end"),
                format!("wait {child}"),
                "wait".into(),
            ]
        }
        Operation::Communicate => {
            let child = wait.on.map_or(object, |on| names::other(history, on, t));
            vec![format!("communicates with {child}"), "communicate".into()]
        }
        Operation::Fetch => vec!["waits for a result".into(), "gets a result".into()],
        Operation::Idle => vec!["idle: nothing to do".into(), "idle".into()],
        Operation::Await => match not_done(history, wait.object, t) {
            Some(left) => vec![
                format!("join {object}: {left} not done"),
                format!("join {object}"),
                "join".into(),
            ],
            None => vec![format!("waits for {object}"), "waits".into()],
        },
        Operation::Notify => vec!["waits until they wake".into(), "notifies".into()],
        Operation::Acquire => vec![short, what.to_owned()],
    }
}

/// Returns how many workers of a pool live; where it is not known which, of all.
pub(super) fn live_workers(history: &History, pool: Option<ObjectId>, t: Time) -> u64 {
    let living = history.living_at(t).into_iter();
    let workers = living.filter(|&id| match pool {
        Some(pool) => is_worker_of(history, id, pool, t),
        None => is_worker(history, id, t),
    });
    let live = workers.filter(|&id| history.actor(id).is_some_and(|actor| actor.alive_at(t)));
    u64::try_from(live.count()).unwrap_or(u64::MAX)
}

/// Says how somebody ended, and who took note of it.
fn ended(history: &History, actor: &Actor, at: Time, code: Option<i32>, t: Time) -> Now {
    if actor.zombie_at(t) {
        let parent = actor.parent.filter(|_| actor.adopted_at(t).is_none());
        let parent = parent
            .and_then(|parent| history.actor(parent))
            .filter(|p| p.alive_at(t));
        let mut words = vec![format!("zombie, {}", names::exit(code)), "zombie".into()];
        if let Some(parent) = parent {
            let parent = names::short_name(history, parent.id, t);
            words.insert(0, format!("{} until {parent} joins it", words[0]));
            words.insert(1, format!("zombie until {parent} joins"));
        }
        return Now {
            lasts: Some(t.since(at)),
            ..plain(Sign::Zombie, words, at)
        };
    }
    let bad = code.is_some_and(|code| code != 0);
    let since = actor.reaped.map_or(at, |(reaped, _)| reaped.min(t));
    let words = match code {
        Some(code @ ..0) => {
            let signal = names::signal(code.saturating_neg());
            vec![
                format!("{signal}, exit code {code}"),
                format!("{signal}, exit {code}"),
                format!("exit {code}"),
            ]
        }
        Some(code) => {
            let exit = format!("exit {code}");
            match remark(history, actor, t) {
                Some(remark) => vec![format!("{exit}, {remark}"), exit],
                None => vec![exit],
            }
        }
        // A thread has none.
        None if !actor.is_process() => vec!["ended".into()],
        None => vec!["ended, exit code not seen".into(), "ended".into()],
    };
    let sign = if code.is_some_and(|code| code < 0) {
        Sign::Killed
    } else {
        Sign::Exited
    };
    Now {
        bad,
        ..plain(sign, words, since)
    }
}

/// Returns what is special about an end: who reaped an orphan, whom a parent left behind, what a
/// called program means by its code.
fn remark(history: &History, actor: &Actor, t: Time) -> Option<String> {
    let exit = actor.exit_at(t)?;
    if actor.method == Some(Method::Exec) {
        return Some(
            if exit.code == Some(0) {
                "success"
            } else {
                "it says it failed"
            }
            .to_owned(),
        );
    }
    if let Some(adoption) = actor.adopted_at(t) {
        let supervisor = history.run().supervisor;
        let reaper = match history.run().is_attached() {
            true => adoption.ppid,
            false => supervisor,
        };
        return Some(format!("reaped by {reaper}"));
    }
    let left = history.children_of(actor.id).iter().any(|&child| {
        history
            .actor(child)
            .is_some_and(|child| child.adopted_at(t).is_some())
    });
    left.then(|| "waited for nobody".to_owned())
}
