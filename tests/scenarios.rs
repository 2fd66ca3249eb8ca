//! Every scenario, with real processes: what its viewer must see is in its events.

mod common;

use common::{Ran, run};
use mpviz::event::words::{Class, End, Method, Operation, Outcome, Part, Stream};
use mpviz::event::{ActorId, Event, Kind, ObjectId, Time};
use mpviz::history::{Actor, Object};
use std::collections::BTreeSet;

const FAST: [&str; 2] = ["--pace", "10"];

fn fast(arguments: &[&str]) -> Ran {
    run(&[arguments, &FAST].concat())
}

#[track_caller]
fn check_exit(actor: &Actor, code: i32) {
    assert_eq!(
        actor.exited.as_ref().and_then(|exit| exit.code),
        Some(code),
        "{}",
        actor.name
    );
}

/// The waits of an actor: operation, what it waits for, when it began, when and how it ended.
struct Waited {
    operation: Operation,
    object: Option<ObjectId>,
    on: Option<ActorId>,
    begin: Time,
    end: Option<(Time, Outcome)>,
}

fn waits(ran: &Ran, actor: ActorId) -> Vec<Waited> {
    let (mut waits, mut open): (Vec<Waited>, Vec<usize>) = (Vec::new(), Vec::new());
    for event in ran.of(actor) {
        match event.kind {
            Kind::Blocked {
                operation,
                object,
                on,
                ..
            } => {
                open.push(waits.len());
                waits.push(Waited {
                    operation,
                    object,
                    on,
                    begin: event.t,
                    end: None,
                });
            }
            Kind::Unblocked { outcome, .. } => {
                let at = open.pop().expect("an end has its beginning");
                waits[at].end = Some((event.t, outcome));
            }
            _ => {}
        }
    }
    waits
}

#[track_caller]
fn wait_for(ran: &Ran, actor: ActorId, operation: Operation) -> Waited {
    let mut waits = waits(ran, actor).into_iter();
    waits
        .find(|wait| wait.operation == operation)
        .expect("it waits")
}

#[track_caller]
fn object(ran: &Ran, named: &str) -> Object
where
    Object: Clone,
{
    let mut objects = ran.history.objects().iter();
    objects
        .find(|object| object.name == named)
        .expect("the object was made")
        .clone()
}

#[track_caller]
fn part(ran: &Ran, whole: ObjectId, part: Part) -> &Object {
    let mut objects = ran.history.objects().iter();
    objects
        .find(|object| object.part_of == Some(whole) && object.part == Some(part))
        .expect("the object has that part")
}

fn exit_time(actor: &Actor) -> Time {
    actor.exited.as_ref().expect("it ended").t
}

#[test]
fn fork_returns_twice_and_the_orphan_is_adopted() {
    let ran = fast(&["fork"]);
    assert_eq!(ran.status, Some(0));
    let (parent, child) = (ran.process("MainProcess"), ran.process("child"));
    assert_eq!(child.method, Some(Method::BareFork));
    let forked =
        ran.when(|e| matches!(e.kind, Kind::ProcessForked { child: c, .. } if c == child.id));
    let returned = ran.when(|e| {
        matches!(e.kind, Kind::ForkReturned { child: c, pid } if c == child.id && Some(pid) == child.pid)
    });
    assert!(forked <= returned && forked <= child.started.expect("the child spoke"));
    let line = |actor| {
        ran.of(actor)
            .find(|e| {
                matches!(
                    e.kind,
                    Kind::ForkReturned { .. }
                        | Kind::ProcessStarted {
                            parent: ActorId(1),
                            ..
                        }
                )
            })
            .and_then(|e| e.line)
    };
    assert_eq!(
        line(parent.id),
        line(child.id),
        "both go on from the same line"
    );
    // The child sleeps first, so the parent ends first, waits for nobody, and the child is adopted.
    assert!(exit_time(parent) < exit_time(child));
    let adoption = child.adopted.last().expect("the child is adopted");
    assert_eq!(adoption.ppid, ran.history.run().supervisor);
    let pids = (child.pid.expect("a pid"), adoption.ppid);
    assert!(ran.printed().contains(&format!(
        "I am the child ({}) and my parent is ({}).",
        pids.0, pids.1
    )));
    check_exit(parent, 0);
    check_exit(child, 0);
    assert_eq!(
        child.reaped.as_ref().map(|reaped| reaped.1),
        Some(ActorId::MPVIZ)
    );
}

#[test]
fn a_parent_that_waits_reaps_its_child_itself() {
    let ran = fast(&["fork", "--wait", "yes"]);
    let (parent, child) = (ran.process("MainProcess"), ran.process("child"));
    assert_eq!(child.adopted.last(), None);
    assert_eq!(
        child.reaped.as_ref().map(|reaped| reaped.1),
        Some(parent.id)
    );
    let wait = wait_for(&ran, parent.id, Operation::Wait);
    assert_eq!(wait.on, Some(child.id));
    assert!(ran.printed().contains("ended with exit code 0."));
}

#[test]
fn a_process_is_created_then_started_then_joined() {
    let ran = fast(&["process"]);
    assert_eq!(ran.status, Some(0));
    let (main, child) = (ran.process("MainProcess"), ran.process("Process-1"));
    let (created, forked) = (child.created.expect("made"), child.forked.expect("started"));
    assert!(
        created < ran.printed_at("Child process will start.")
            && ran.printed_at("Child process will start.") < forked
    );
    let join = wait_for(&ran, main.id, Operation::Join);
    assert_eq!(join.on, Some(child.id));
    let (woken, outcome) = join.end.expect("join returns");
    assert_eq!(outcome, Outcome::Done);
    assert!(
        join.begin < exit_time(child) && exit_time(child) <= woken,
        "the child's end wakes it"
    );
    check_exit(child, 0);
    assert!(ran.printed_at("Run child process test") < ran.printed_at("Child process end"));
}

#[test]
fn five_processes_run_side_by_side_and_end_in_another_order() {
    let ran = run(&["processes", "--pace", "2"]);
    let children: Vec<_> = (1..=5)
        .map(|n| ran.process(&format!("Process-{n}")))
        .collect();
    let last_start = children
        .iter()
        .filter_map(|c| c.started)
        .max()
        .expect("started");
    let first_exit = children.iter().map(|c| exit_time(c)).min().expect("ended");
    assert!(last_start < first_exit, "all five live at the same time");
    assert!(
        !children.is_sorted_by_key(|c| exit_time(c)),
        "the order of ends is another"
    );
    assert!(
        children
            .iter()
            .all(|c| exit_time(c) <= ran.printed_at("Process end."))
    );
    for child in children {
        check_exit(child, 0);
    }
}

#[test]
fn joining_only_the_last_prints_the_end_too_early() {
    let ran = run(&["processes", "--join", "last", "--pace", "2"]);
    let end = ran.printed_at("Process end.");
    let children = (1..=5).map(|n| ran.process(&format!("Process-{n}")));
    assert!(
        children.clone().any(|c| exit_time(c) > end),
        "somebody still runs"
    );
    // At its own end MainProcess joins the others all the same.
    assert!(
        children
            .clone()
            .all(|c| exit_time(c) <= exit_time(ran.process("MainProcess")))
    );
}

#[test]
fn a_pool_reuses_its_workers_and_keeps_tasks_waiting() {
    let ran = run(&["pool", "--pace", "4"]);
    assert_eq!(ran.status, Some(0));
    let workers: Vec<_> = (1..=3)
        .map(|n| ran.process(&format!("ForkPoolWorker-{n}")))
        .collect();
    assert_eq!(ran.history.processes().len(), 4, "nobody else was made");
    let tasks = ran.history.tasks();
    assert_eq!(tasks.len(), 5);
    let started: Vec<_> = tasks
        .iter()
        .map(|t| t.started.expect("every task ran"))
        .collect();
    let first_three: BTreeSet<_> = started[..3].iter().map(|s| s.1).collect();
    assert_eq!(first_three, workers.iter().map(|w| w.id).collect());
    let first_end = tasks[..3]
        .iter()
        .filter_map(|t| t.finished.as_ref())
        .map(|f| f.t)
        .min()
        .expect("ended");
    for (_, worker) in &started[3..] {
        assert!(first_three.contains(worker), "the same worker again");
    }
    assert!(
        started[3].0 > first_end,
        "task 3 waits until a worker is free"
    );
    let inqueue = object(&ran, "inqueue");
    let waiting = inqueue.items.at(Time(first_end.0 - 1)).expect("known");
    assert_eq!(waiting, 2, "tasks 3 and 4 wait in the queue");
    for worker in workers {
        check_exit(worker, 0);
    }
    let main = ran.process("MainProcess");
    assert_eq!(
        wait_for(&ran, main.id, Operation::JoinPool)
            .end
            .expect("join returns")
            .1,
        Outcome::Done
    );
}

#[test]
fn what_a_timed_task_prints_agrees_with_its_bar() {
    let ran = run(&["pool-timed", "--pace", "4"]);
    let tasks = ran.history.tasks();
    assert_eq!(tasks.len(), 5);
    for task in tasks {
        let (begin, end) = (
            task.started.expect("it ran").0,
            task.finished.as_ref().expect("it ended").t,
        );
        let printed = ran.printed();
        let says = format!("Task {} runs ", task.id);
        let seconds = printed
            .split(&says)
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        let seconds: f64 = seconds
            .and_then(|s| s.parse().ok())
            .expect("the task prints its time");
        let bar = end.since(begin).seconds();
        // Printed to hundredths, and measured inside the bar.
        assert!(
            seconds - 0.006 <= bar && bar < seconds + 0.25,
            "{seconds} printed, bar of {bar}"
        );
    }
}

#[test]
fn call_waits_for_a_program_and_tells_its_exit_code() {
    let ran = fast(&["call", "--program", "stand-in"]);
    assert_eq!(ran.status, Some(0));
    let (main, child) = (ran.process("MainProcess"), ran.process("nslookup stand-in"));
    assert_eq!(child.method, Some(Method::Exec));
    let wait = wait_for(&ran, main.id, Operation::Wait);
    assert_eq!(wait.on, Some(child.id));
    check_exit(child, 0);
    let own = |e: &&Event| matches!(&e.kind, Kind::Output { captured: true, stream: Stream::Stdout, text } if text.contains("192.0.2.223"));
    assert_eq!(
        ran.events.iter().find(own).map(|e| e.actor),
        Some(child.id),
        "its own output"
    );
    assert!(
        ran.printed_at("192.0.2.223") < ran.printed_at("Exit code: 0"),
        "in its true place"
    );
}

#[test]
fn call_of_the_real_nslookup_tells_whatever_its_exit_code_is() {
    if !common::is_installed("nslookup", "bind9-dnsutils") {
        return;
    }
    let ran = fast(&["call", "--program", "nslookup"]);
    assert_eq!(ran.status, Some(0));
    let child = ran.process("nslookup");
    let code = child
        .exited
        .as_ref()
        .and_then(|exit| exit.code)
        .expect("seen");
    assert!(ran.printed().contains(&format!("Exit code: {code}")));
}

#[test]
fn communicate_moves_bytes_through_three_pipes() {
    let ran = fast(&["communicate", "--program", "stand-in"]);
    let main = ran.process("MainProcess");
    let (stdin, stdout, stderr) = (
        object(&ran, "stdin").id,
        object(&ran, "stdout").id,
        object(&ran, "stderr").id,
    );
    let written = ran.when(
        |e| matches!(e.kind, Kind::BytesWritten { object, bytes: 25, .. } if object == stdin),
    );
    let closed = ran.when(|e| {
        e.actor == main.id
            && matches!(e.kind, Kind::EndClosed { object, end: End::Write } if object == stdin)
    });
    let read = ran.when(|e| matches!(e.kind, Kind::BytesRead { object, .. } if object == stdout));
    assert!(
        written < closed && closed < read,
        "EOF on stdin lets it answer"
    );
    for output in [stdout, stderr] {
        ran.when(|e| matches!(e.kind, Kind::EofSeen { object } if object == output));
    }
    assert_eq!(
        wait_for(&ran, main.id, Operation::Communicate)
            .end
            .expect("returns")
            .1,
        Outcome::Done
    );
    check_exit(ran.process("nslookup stand-in"), 0);
    assert!(ran.printed().contains("mail exchanger") && ran.printed().contains("Exit code: 0"));
}

#[test]
fn a_queues_items_go_from_put_through_feeder_and_pipe_to_get() {
    let ran = fast(&["queue"]);
    assert_eq!(ran.status, Some(0));
    let (writer, reader) = (ran.process("writer"), ran.process("reader"));
    let q = object(&ran, "q").id;
    let messages: Vec<_> = ran.history.messages_of(q).collect();
    assert_eq!(
        messages
            .iter()
            .map(|m| m.label.as_str())
            .collect::<Vec<_>>(),
        ["A", "B", "C"]
    );
    for message in messages {
        assert_eq!(message.id.sender, writer.id);
        let put = message.put().expect("put");
        let (sent, feeder) = message.sent().expect("sent");
        assert_eq!(ran.history.process_of(feeder), writer.id);
        assert_ne!(feeder, writer.id, "a thread of its own sends it");
        assert!(put < sent);
        // SIGTERM may come before the last get: then the item is left unread.
        if let Some((received, by)) = message.received() {
            assert!(sent < received && by == reader.id);
        }
    }
    check_exit(reader, -15);
    let sent =
        ran.when(|e| matches!(e.kind, Kind::SignalSent { to, signal: 15 } if to == reader.id));
    assert!(exit_time(writer) <= sent && sent <= exit_time(reader));
    let get = waits(&ran, reader.id)
        .into_iter()
        .rfind(|w| w.operation == Operation::Get);
    assert_eq!(get.expect("it gets").object, Some(q));
}

#[test]
fn two_writers_keep_their_own_order_and_the_reader_holds_the_read_lock() {
    let ran = run(&["queue-fan-in", "--pace", "4"]);
    let q = object(&ran, "q").id;
    for (writer, urls) in [
        ("writer-1", ["url_1", "url_2", "url_3"]),
        ("writer-2", ["url_4", "url_5", "url_6"]),
    ] {
        let id = ran.process(writer).id;
        let of_writer = |m: &&mpviz::history::Message| m.id.sender == id;
        let mut own: Vec<_> = ran.history.messages_of(q).filter(of_writer).collect();
        assert_eq!(
            own.iter().map(|m| m.label.as_str()).collect::<Vec<_>>(),
            urls
        );
        own.retain(|m| m.received().is_some());
        assert!(
            own.is_sorted_by_key(|m| m.received().map(|r| r.0)),
            "own order is kept"
        );
    }
    let reader = ran.process("reader");
    check_exit(reader, -15);
    let lock = part(&ran, q, Part::ReadLock);
    let at_kill = Time(exit_time(reader).0 - 1);
    if lock.holder.at(at_kill).flatten() == Some(reader.id) {
        assert_eq!(
            lock.lost_at(exit_time(reader)).map(|lost| lost.1),
            Some(reader.id),
            "lost with its holder"
        );
    }
    let depths: BTreeSet<_> = (0..ran.history.now().0)
        .step_by(10_000)
        .filter_map(|t| object(&ran, "q").items.at(Time(t)))
        .collect();
    assert!(
        depths.contains(&0) && depths.len() > 1,
        "its depth over time: {depths:?}"
    );
}

#[test]
fn a_bounded_queue_makes_its_writer_wait_and_fails_with_full_and_empty() {
    let ran = run(&["queue-limits", "--pace", "4"]);
    assert_eq!(ran.status, Some(0));
    let (writer, reader) = (ran.process("writer"), ran.process("reader"));
    let q = object(&ran, "q");
    assert_eq!((q.class, q.maxsize), (Class::Queue, Some(2)));
    let puts: Vec<_> = waits(&ran, writer.id)
        .into_iter()
        .filter(|w| w.operation == Operation::Put)
        .collect();
    assert!(
        puts.iter().any(|w| w.end.expect("over").1 == Outcome::Done
            && w.end.expect("over").0.since(w.begin).seconds() > 0.05),
        "backpressure"
    );
    assert_eq!(
        puts.iter()
            .filter(|w| w.end.expect("over").1 == Outcome::Full)
            .count(),
        2
    );
    let gets = waits(&ran, reader.id);
    assert_eq!(
        gets.iter()
            .filter(|w| w.operation == Operation::Get && w.end.expect("over").1 == Outcome::Empty)
            .count(),
        2
    );
    for line in [
        "put_nowait: Full.",
        "put, timeout 0.2 s: Full.",
        "get_nowait: Empty.",
        "get, timeout 0.2 s: Empty.",
    ] {
        assert!(ran.printed().contains(line), "{line}");
    }
    let deepest = ran
        .history
        .messages()
        .iter()
        .filter_map(|m| q.items.at(m.put()?))
        .max();
    assert!(
        deepest <= Some(3),
        "two places, and the one that was just given back: {deepest:?}"
    );
}

#[test]
fn eof_comes_when_the_last_copy_of_the_other_end_is_closed() {
    let ran = fast(&["pipe"]);
    assert_eq!(ran.status, Some(0));
    let (main, sender, receiver) = (
        ran.process("MainProcess"),
        ran.process("sender"),
        ran.process("receiver"),
    );
    let pipe = object(&ran, "pipe");
    assert_eq!(pipe.class, Class::DuplexPipe);
    let labels: Vec<_> = ran
        .history
        .messages_of(pipe.id)
        .map(|m| m.label.to_string())
        .collect();
    assert_eq!(
        labels,
        (0..10).map(|n| format!("url{n}")).collect::<Vec<_>>()
    );
    let eof = ran.when(|e| e.actor == receiver.id && matches!(e.kind, Kind::EofSeen { .. }));
    let holders = |t| ran.history.holders_at(pipe.id, t);
    // Each process closed what it does not use: the last copy of end a goes with the sender.
    assert!(holders(Time(exit_time(sender).0 - 1)).contains(&(sender.id, End::A)));
    assert!(!holders(eof).iter().any(|&(_, end)| end == End::A));
    assert!(!holders(eof).iter().any(|&(who, _)| who == main.id));
    check_exit(receiver, 0);
}

#[test]
fn a_pipe_without_closed_ends_needs_terminate() {
    let ran = fast(&[
        "pipe",
        "--end",
        "terminate",
        "--reply",
        "yes",
        "--urls",
        "3",
    ]);
    let (main, receiver) = (ran.process("MainProcess"), ran.process("receiver"));
    check_exit(receiver, -15);
    assert!(
        !ran.events
            .iter()
            .any(|e| matches!(e.kind, Kind::EofSeen { .. }))
    );
    let pipe = object(&ran, "pipe").id;
    let ends: BTreeSet<_> = ran.history.messages_of(pipe).map(|m| m.into).collect();
    assert_eq!(
        ends,
        BTreeSet::from([Some(End::A), Some(End::B)]),
        "both directions"
    );
    let sent = ran.when(|e| matches!(e.kind, Kind::SignalSent { .. }));
    let held = ran.history.holders_at(pipe, sent);
    assert!(held.contains(&(main.id, End::A)) && held.contains(&(receiver.id, End::A)));
}
