//! That the remedy helps: each with `--fixed`.

use super::common::{Ran, run};
use super::{exit_code, exit_time, object, waited};
use mpviz::event::Kind;
use mpviz::event::words::{End, Ending, Operation};
use mpviz::history::Task;

/// Runs one with its remedy. It ends well, and by itself, and so does each of its processes but
/// those that it terminates itself.
#[track_caller]
fn fixed(name: &str, terminated: &[&str]) -> Ran {
    let ran = run(&[name, "--fixed", "--pace", "2"]);
    assert_eq!(ran.status, Some(0));
    let ended = ran.history.run().ended.as_ref().expect("it has an end");
    assert_eq!(ended.ending, Ending::Finished);
    for &id in ran.history.processes() {
        let process = ran.actor(id);
        let code = match terminated.contains(&process.name.as_str()) {
            true => -15,
            false => 0,
        };
        assert_eq!(exit_code(process), code, "{}", process.name);
        assert!(
            process.adopted.last().is_none(),
            "{} is no orphan",
            process.name
        );
        assert!(process.reaped.is_some(), "{} is no zombie", process.name);
    }
    for object in ran.history.objects() {
        assert_eq!(object.lost_at(ran.history.now()), None);
    }
    for message in ran.history.messages() {
        assert!(message.received().is_some(), "{message:?}");
    }
    ran
}

#[test]
fn zombie_is_joined_and_reaped_at_once() {
    let ran = fixed("zombie", &[]);
    let goes_on = ran.printed_at("The parent goes on");
    assert_eq!(ran.history.counts(goes_on).zombies, 0);
    for child in ["child-1", "child-2", "child-3"].map(|name| ran.process(name)) {
        let (reaped, by) = child.reaped.expect("it is reaped");
        assert!(reaped < goes_on);
        assert_eq!(by, ran.process("MainProcess").id);
    }
}

#[test]
fn orphan_is_none_when_its_parent_is_asked_to_stop() {
    let ran = fixed("orphan", &["worker"]);
    let (manager, worker) = (ran.process("manager"), ran.process("worker"));
    assert_eq!(worker.signals.first().map(|s| s.from), Some(manager.id));
    assert!(exit_time(worker) < exit_time(manager));
}

#[test]
fn join_full_queue_ends_when_all_is_taken_out_first() {
    let ran = fixed("join-full-queue", &[]);
    assert_eq!(ran.history.messages().len(), 50);
    let got = ran.printed_at("The parent has got 50 items.");
    assert!(got > ran.printed_at("The writer has put 50 items."));
}

#[test]
fn killed_reader_is_none_when_a_sentinel_ends_it() {
    let ran = fixed("killed-reader", &[]);
    for line in [
        "reader-1 gets A.",
        "reader-1 got the sentinel.",
        "reader-2 gets B.",
        "reader-2 got the sentinel.",
    ] {
        assert!(ran.printed().contains(line), "{line}");
    }
}

#[test]
fn pipe_no_eof_sees_the_end_when_all_copies_are_closed() {
    let ran = fixed("pipe-no-eof", &[]);
    let pipe = object(&ran, "pipe").id;
    let reader = ran.process("reader").id;
    let eof = ran.when(|e| {
        e.actor == reader && matches!(e.kind, Kind::EofSeen { object } if object == pipe)
    });
    assert!(eof > ran.printed_at("The reader got three."));
    // The kernel closes the writer's copy a moment before its end is seen.
    let writer = ran.process("writer").id;
    let holders = ran.history.holders_at(pipe, eof);
    assert!(
        holders
            .iter()
            .all(|&(who, end)| end == End::Read || who == writer),
        "{holders:?}"
    );
    assert!(ran.printed().contains("The reader got EOF."));
}

#[test]
fn swallowed_exception_is_told_when_each_result_is_fetched() {
    let ran = fixed("swallowed-exception", &[]);
    let is_fetched = |task: &Task| task.fetched.is_some();
    assert!(ran.history.tasks().iter().all(is_fetched));
    let told = "Got 2.\nGot 4.\nA task failed: invalid digit found in string.\nGot 16.\n\
                All tasks are done.\n";
    assert_eq!(ran.printed(), told);
}

#[test]
fn killed_worker_is_none_when_the_task_minds_its_time() {
    let ran = fixed("killed-worker", &[]);
    assert_eq!(ran.history.processes().len(), 2, "no successor is needed");
    let told = "Task 0 failed: no time left.\nTask 1 brought 100.\nTask 2 brought 200.\n";
    assert_eq!(ran.printed(), told);
}

#[test]
fn two_locks_in_one_order_are_taken_one_after_the_other() {
    let ran = fixed("two-locks", &[]);
    let (one, two) = (ran.process("one").id, ran.process("two").id);
    let waits = [one, two].map(|who| waited(&ran, who, Operation::Acquire));
    assert_eq!(waits.iter().sum::<usize>(), 1, "whoever came second waits");
    assert!(ran.printed().ends_with("Both have ended.\n"));
}

#[test]
fn join_only_last_counts_all_when_all_are_joined() {
    let ran = fixed("join-only-last", &[]);
    assert_eq!(ran.printed(), "4 of 4 are done.\n");
}

#[test]
fn backpressure_makes_the_writer_wait() {
    let ran = fixed("backpressure", &[]);
    let q = object(&ran, "q");
    assert_eq!(q.maxsize, Some(3));
    assert!(waited(&ran, ran.process("writer").id, Operation::Put) > 3);
    assert!(!ran.printed().contains("Nobody will read"));
}
