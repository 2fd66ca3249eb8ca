//! What goes wrong in each.

use super::common::{Ran, hanging, run};
use super::{exit_code, exit_time, feeder, hung, object, wait_at};
use mpviz::event::words::{End, Ending, Operation, Part};
use mpviz::event::{ActorId, Kind};

/// Runs one that ends by itself, and well.
#[track_caller]
fn ending(name: &str) -> Ran {
    let ran = run(&[name, "--pace", "2"]);
    assert_eq!(ran.status, Some(0));
    ran
}

/// Runs one that hangs.
#[track_caller]
fn hanging_one(name: &str) -> Ran {
    let ran = hanging(&[name, "--pace", "2"]);
    let ended = ran.history.run().ended.as_ref().expect("it has an end");
    assert_eq!(ended.ending, Ending::Stopped);
    ran
}

#[test]
fn zombie_collects_zombies() {
    let ran = ending("zombie");
    let last = ran.printed_at("The parent ends.");
    assert_eq!(ran.history.counts(last).zombies, 3);
    for child in ["child-1", "child-2", "child-3"].map(|name| ran.process(name)) {
        assert_eq!(exit_code(child), 0);
        let (reaped, _) = child.reaped.expect("at last it is reaped");
        assert!(reaped > last);
    }
}

#[test]
fn orphan_outlives_its_parent_and_the_program() {
    let ran = ending("orphan");
    let (main, manager) = (ran.process("MainProcess"), ran.process("manager"));
    let worker = ran.process("worker");
    assert_eq!((exit_code(manager), exit_code(worker)), (-15, 0));
    assert_eq!(manager.signals.first().map(|s| s.from), Some(main.id));
    let adoption = worker.adopted.last().expect("it is adopted");
    assert!(exit_time(worker) > exit_time(main));
    // It asks for its parent's pid itself.
    let pids = [manager.pid.expect("a pid"), adoption.ppid];
    for parent in pids {
        assert!(ran.printed().contains(&format!("my parent is ({parent}).")));
    }
}

#[test]
fn join_full_queue_is_a_circle_of_waits() {
    let ran = hanging_one("join-full-queue");
    let (main, writer) = (ran.process("MainProcess"), ran.process("writer"));
    let t = hung(&ran);
    let join = wait_at(&ran, main.id, t);
    assert_eq!(
        (join.operation, join.on),
        (Operation::Join, Some(writer.id))
    );
    let feeder = feeder(&ran, writer);
    let flush = wait_at(&ran, writer.id, t);
    assert_eq!(
        (flush.operation, flush.on),
        (Operation::JoinFeeder, Some(feeder.id))
    );
    assert_eq!(wait_at(&ran, feeder.id, t).operation, Operation::Write);
    let pipe = object(&ran, "pipe of q");
    assert!(pipe.bytes.at(t) > Some(60_000), "the pipe is full");
    let got = ran
        .history
        .messages()
        .iter()
        .filter(|m| m.received().is_some());
    assert_eq!(got.count(), 0);
}

#[test]
fn killed_reader_takes_the_lock_along() {
    let ran = hanging_one("killed-reader");
    let (first, second) = (ran.process("reader-1"), ran.process("reader-2"));
    assert_eq!(exit_code(first), -15);
    let q = object(&ran, "q");
    let lock = object(&ran, "q read lock");
    assert_eq!(
        (lock.part_of, lock.part),
        (Some(q.id), Some(Part::ReadLock))
    );
    let t = hung(&ran);
    assert_eq!(lock.lost_at(t).map(|(_, with)| with), Some(first.id));
    let wait = wait_at(&ran, second.id, t);
    assert_eq!(
        (wait.operation, wait.object),
        (Operation::Acquire, Some(lock.id))
    );
    // An item is there, and so is the sentinel.
    let pipe = object(&ran, "pipe of q").id;
    let labels = ran.history.in_pipe(pipe, None, t);
    let labels: Vec<_> = labels.iter().map(|m| m.label.as_str()).collect();
    assert_eq!(labels, ["B", "None"]);
}

#[test]
fn pipe_no_eof_waits_for_an_end_that_its_own_parent_holds() {
    let ran = hanging_one("pipe-no-eof");
    let (main, reader) = (ran.process("MainProcess"), ran.process("reader"));
    assert_eq!(exit_code(ran.process("writer")), 0);
    let (t, pipe) = (hung(&ran), object(&ran, "pipe").id);
    let wait = wait_at(&ran, reader.id, t);
    assert_eq!((wait.operation, wait.object), (Operation::Recv, Some(pipe)));
    let writers: Vec<ActorId> = ran
        .history
        .holders_at(pipe, t)
        .into_iter()
        .filter_map(|(who, end)| (end == End::Write).then_some(who))
        .collect();
    assert_eq!(writers, [main.id], "nobody but Main could write");
    assert_eq!(wait_at(&ran, main.id, t).on, Some(reader.id));
    assert!(ran.printed().contains("The reader got three."));
}

#[test]
fn swallowed_exception_is_in_a_result_that_nobody_fetches() {
    let ran = ending("swallowed-exception");
    let failed = |task: &&mpviz::history::Task| task.finished.as_ref().is_some_and(|f| !f.ok);
    let tasks = ran.history.tasks();
    let failed: Vec<_> = tasks.iter().filter(failed).collect();
    assert_eq!((tasks.len(), failed.len()), (4, 1));
    assert!(tasks.iter().all(|task| task.fetched.is_none()));
    assert_eq!(ran.printed(), "All tasks are done.\n");
}

#[test]
fn killed_worker_takes_its_task_along() {
    let ran = hanging_one("killed-worker");
    let killed = ran.process("ForkPoolWorker-1");
    assert_eq!(exit_code(killed), -9);
    let [lost, rest @ ..] = ran.history.tasks() else {
        panic!("no task")
    };
    assert_eq!(lost.started.map(|(_, who)| who), Some(killed.id));
    assert!(lost.finished.is_none());
    let successor = ran.process("ForkPoolWorker-2").id;
    assert_eq!(rest.len(), 2);
    for task in rest {
        assert_eq!(task.started.map(|(_, who)| who), Some(successor));
        assert!(task.finished.as_ref().is_some_and(|f| f.ok));
    }
    let main = ran.process("MainProcess").id;
    assert_eq!(wait_at(&ran, main, hung(&ran)).operation, Operation::Fetch);
}

#[test]
fn two_locks_wait_for_each_other() {
    let ran = hanging_one("two-locks");
    let (one, two) = (ran.process("one").id, ran.process("two").id);
    let (a, b) = (object(&ran, "a"), object(&ran, "b"));
    let t = hung(&ran);
    let holders = [a, b].map(|lock| lock.holder.at(t).flatten());
    assert_eq!(holders, [Some(one), Some(two)]);
    let wants = [one, two].map(|who| wait_at(&ran, who, t).object);
    assert_eq!(wants, [Some(b.id), Some(a.id)]);
}

#[test]
fn join_only_last_counts_while_others_work() {
    let ran = ending("join-only-last");
    assert_eq!(ran.printed(), "1 of 4 are done.\n");
    let counted = ran.printed_at("1 of 4 are done.");
    let working = (1..=3).map(|n| ran.process(&format!("Process-{n}")));
    for process in working {
        assert!(exit_time(process) > counted);
        // At its own end MainProcess joins them all the same.
        assert!(exit_time(process) < exit_time(ran.process("MainProcess")));
    }
}

#[test]
fn backpressure_missing_a_queue_grows_and_is_left_unread() {
    let ran = ending("backpressure");
    let q = object(&ran, "q");
    assert_eq!(q.maxsize, None);
    let stopped = ran.when(|e| matches!(e.kind, Kind::SignalSent { signal: 15, .. }));
    let left = q.items.at(stopped).expect("known");
    assert!(left > 20, "{left} items");
    // The sentinel is one of them.
    let says = format!("Nobody will read the last {left} items.\n");
    assert!(ran.printed().ends_with(&says), "{}", ran.printed());
    let (reader, writer) = (ran.process("reader"), ran.process("writer"));
    assert_eq!((exit_code(reader), exit_code(writer)), (-15, 0));
    assert_eq!(q.items.at(ran.history.now()), Some(left));
}
