//! Moments of every scenario, drawn: what its viewer must see is at its place, in its looks.
//!
//! Here a screen is asked by its parts: the row of a process, its lane, a pane, a chip, a band.
//! The moments are found in the history of the run that was, so a screen is asked only for
//! what had happened by then.

#[path = "../common/mod.rs"]
mod common;
mod screen;

use common::{Ran, run};
use mpviz::event::words::{Operation, Part};
use mpviz::event::{ActorId, Event, Kind, Time};
use mpviz::history::{Interval, Message, Object, State};
use mpviz::view::theme::Mark;
use ratatui::layout::Rect;
use screen::{LARGE, SMALL, Screen, USUAL, at, at_end};

fn before(t: Time) -> Time {
    Time(t.0 - 1)
}

fn middle(interval: Interval) -> Time {
    Time(interval.start.0 + (interval.end.0 - interval.start.0) / 2)
}

/// Returns the longest interval of an actor of which this holds.
#[track_caller]
fn longest(ran: &Ran, actor: ActorId, is_so: impl Fn(State) -> bool) -> Interval {
    let lane = ran.history.lane(actor).between(Time::ZERO..Time::NEVER);
    lane.filter(|interval| is_so(interval.state))
        .max_by_key(|interval| interval.end.0 - interval.start.0)
        .expect("it was in such a state")
}

fn is_in(operation: Operation) -> impl Fn(State) -> bool {
    move |state| matches!(state, State::Waiting(wait) if wait.operation == operation)
}

fn is_asleep(state: State) -> bool {
    matches!(state, State::Asleep { .. })
}

#[track_caller]
fn exit_time(ran: &Ran, name: &str) -> Time {
    ran.process(name).exited.expect("it ended").t
}

#[track_caller]
fn object<'a>(ran: &'a Ran, named: &str) -> &'a Object {
    let mut objects = ran.history.objects().iter();
    objects
        .find(|object| object.name == named)
        .expect("the object was made")
}

#[track_caller]
fn read_lock<'a>(ran: &'a Ran, of: &Object) -> &'a Object {
    let mut objects = ran.history.objects().iter();
    objects
        .find(|object| object.part_of == Some(of.id) && object.part == Some(Part::ReadLock))
        .expect("a queue has one")
}

fn messages<'a>(ran: &'a Ran, of: &Object) -> Vec<&'a Message> {
    ran.history.messages_of(of.id).collect()
}

/// Returns a label as the flow shortens it: `url_3` is `3`.
fn short(label: &str) -> &str {
    let digits = label.trim_start_matches(|c: char| !c.is_ascii_digit());
    if digits.is_empty() { label } else { digits }
}

/// Returns the seconds of a duration in words: `0.32 s`, `84 ms`.
fn seconds(words: &str) -> Option<f64> {
    let mut words = words.split_whitespace();
    let number: f64 = words.next()?.parse().ok()?;
    match words.next()?.trim_end_matches(',') {
        "s" | "seconds." => Some(number),
        "ms" => Some(number / 1e3),
        _ => None,
    }
}

#[test]
fn fork_shows_one_call_two_returns_and_an_adopted_orphan() {
    let ran = run(&["fork", "--pace", "2"]);
    let (parent, child) = (ran.process("MainProcess"), ran.process("child"));
    let pids = [parent.pid.expect("known"), child.pid.expect("known")];
    let supervisor = ran.history.run().supervisor;
    let adopted = format!("adopted: its parent {} is now {supervisor}", pids[0]);
    let adopts = format!("adopts child: its ppid {} is now {supervisor}", pids[0]);
    // The parent has ended, and the child sleeps on.
    let screen = at(&ran, USUAL, middle(longest(&ran, child.id, is_asleep)));
    screen.has(screen.header(), &["1 of 2 alive", "1 orphan"]);
    screen.has(screen.now("supervisor"), &["mpviz, in the place of init"]);
    screen.does("MainProcess", Mark::Exited, "exit 0");
    screen.does("child", Mark::Asleep, "asleep");
    screen.has(screen.lane("child"), &["⇡"]);
    screen.lacks(screen.lane("MainProcess"), &["⇡"]);
    screen.has_in_order(
        screen.pane("3 sequence"),
        &["── fork ──", "fork() returns "],
    );
    let returned = format!("fork() returns {}", pids[1]);
    screen.has(
        screen.pane("3 sequence"),
        &["fork() returns 0", &returned, &adopts],
    );
    let events = screen.pane("4 events");
    screen.has_in_order(events, &["calls fork()", &adopted]);
    screen.has_in_order(
        events,
        &["calls fork()", "fork() returns 0: this is the child"],
    );
    screen.has_in_order(
        events,
        &["calls fork()", &format!("{returned}, the child's pid")],
    );
    screen.lacks(events, &["exit 0, "]);

    let screen = at_end(&ran, USUAL);
    screen.has(screen.header(), &["0 of 2 alive"]);
    screen.does("MainProcess", Mark::Exited, "exit 0, waited for nobody");
    let reaped = format!("exit 0, reaped by {supervisor}");
    screen.does("child", Mark::Exited, &reaped);
    screen.has(screen.pane("3 sequence"), &["reaps child: exit 0"]);
    screen.has(
        screen.pane("4 events"),
        &["I am the child", "reaps child: exit 0"],
    );
    screen.has(screen.caption(), &["child was adopted by mpviz"]);

    let screen = at_end(&ran, SMALL);
    screen.has(screen.lane("child"), &["⇡"]);
    screen.has(screen.now("child"), &["exit 0"]);
}

#[test]
fn a_parent_that_waits_is_shown_waiting_and_reaping() {
    let ran = run(&["fork", "--wait", "yes", "--pace", "4"]);
    let parent = ran.process("MainProcess").id;
    let wait = longest(&ran, parent, is_in(Operation::Wait));
    let screen = at(&ran, USUAL, middle(wait));
    screen.does("MainProcess", Mark::Join, "child");
    screen.has(screen.caption(), &["Main waits", "child"]);
    let screen = at_end(&ran, USUAL);
    screen.lacks(screen.lane("child"), &["⇡"]);
    screen.lacks(screen.pane("3 sequence"), &["adopts"]);
}

#[test]
fn process_shows_made_before_started_and_what_wakes_join() {
    let ran = run(&["process", "--pace", "4"]);
    let (main, child) = (ran.process("MainProcess"), ran.process("Process-1"));
    let makes = "makes Process-1, which is not started yet";
    let screen = at(&ran, USUAL, before(child.forked.expect("started")));
    screen.has(screen.pane("4 events"), &[makes]);
    screen.lacks(screen.pane("4 events"), &["forks Process-1"]);
    screen.has(screen.now("Process-1"), &["made, not started yet"]);

    let screen = at(
        &ran,
        USUAL,
        middle(longest(&ran, main.id, is_in(Operation::Join))),
    );
    screen.has_in_order(screen.pane("4 events"), &[makes, "forks Process-1"]);
    screen.does("MainProcess", Mark::Join, "join Process-1");
    screen.has_mark(screen.lane("MainProcess"), Mark::Join);
    screen.has(screen.pane("3 sequence"), &["┆ join"]);
    screen.lacks(screen.pane("3 sequence"), &["join returns"]);
    screen.has(
        screen.caption(),
        &[
            "Main waits in join until Process-1 has ended",
            "The end of Process-1 wakes it.",
        ],
    );

    for size in [SMALL, USUAL, LARGE] {
        let screen = at_end(&ran, size);
        screen.does("Process-1", Mark::Exited, "exit 0");
        screen.has_in_order(
            screen.pane("4 events"),
            &["Process-1 exit 0", "join Process-1 returns after "],
        );
        screen.has(screen.caption(), &["ended with exit code 0"]);
    }
    let screen = at_end(&ran, USUAL);
    screen.has_in_order(screen.pane("3 sequence"), &["◄─ exit 0 ──", "join returns"]);
}

#[test]
fn processes_shows_five_lanes_that_end_in_another_order() {
    let ran = run(&["processes", "--pace", "2"]);
    let names: Vec<_> = (1..=5).map(|n| format!("Process-{n}")).collect();
    let exits: Vec<_> = names.iter().map(|name| exit_time(&ran, name)).collect();
    let first = *exits.iter().min().expect("five");
    let screen = at(&ran, USUAL, before(first));
    screen.has(screen.header(), &["6 of 6 alive"]);
    for name in &names {
        screen.lacks(screen.now(name), &["exit", "zombie"]);
    }

    let screen = at_end(&ran, USUAL);
    let ends: Vec<_> = names
        .iter()
        .map(|name| screen.column_of(screen.lane(name), "■"))
        .collect();
    let mut by_time: Vec<_> = exits.iter().zip(&ends).collect();
    by_time.sort_unstable_by_key(|(exit, _)| **exit);
    screen.check(
        by_time.is_sorted_by_key(|(_, column)| **column),
        "the lanes end in the order of their ends",
    );
    screen.check(!ends.is_sorted(), "that is not the order of their starts");
    let long = |name: &&String| {
        let child = ran.process(name);
        let reaped = child.reaped.expect("reaped").0;
        reaped.since(exit_time(&ran, name)).seconds() > 0.1
    };
    let zombies: Vec<_> = names.iter().filter(long).collect();
    assert!(!zombies.is_empty(), "join comes to some of them late");
    for name in zombies {
        screen.has_mark(screen.lane(name), Mark::Zombie);
    }
    for name in &names {
        screen.does(name, Mark::Exited, "exit 0");
    }
    screen.has_in_order(
        screen.pane("4 events"),
        &["Process end.", "Main      exit 0"],
    );
}

#[test]
fn processes_shows_that_the_end_is_printed_too_early() {
    let ran = run(&["processes", "--join", "last", "--pace", "2"]);
    let printed = ran.printed_at("Process end.");
    let screen = at(&ran, USUAL, printed);
    screen.has(screen.pane("4 events"), &["» Main      Process end."]);
    let names = (1..=5).map(|n| format!("Process-{n}"));
    let late: Vec<_> = names
        .filter(|name| exit_time(&ran, name) > printed)
        .collect();
    assert!(!late.is_empty(), "somebody still runs");
    for name in late {
        screen.does(&name, Mark::Asleep, "asleep");
    }
}

#[test]
fn pool_shows_its_tasks_on_three_workers_and_two_that_wait() {
    let ran = run(&["pool", "--pace", "4"]);
    let workers: Vec<_> = (1..=3).map(|n| format!("ForkPoolWorker-{n}")).collect();
    let tasks = ran.history.tasks();
    // Until the first of them wakes, all three sleep.
    let first = tasks[..3]
        .iter()
        .map(|task| {
            let (started, worker) = task.started.expect("it ran");
            let lane = ran.history.lane(worker).between(started..Time::NEVER);
            let mut sleeps = lane.filter(|interval| is_asleep(interval.state));
            sleeps.next().expect("it sleeps").end
        })
        .min()
        .expect("three");
    for size in [SMALL, USUAL, LARGE] {
        let screen = at(&ran, size, before(first));
        for task in &tasks[..3] {
            let name = ran.actor(task.started.expect("it ran").1).name.as_str();
            let label = format!("T{}", task.id);
            screen.has(screen.now(name), &[&label, "asleep"]);
            screen.check(!screen.bands(screen.lane(name)).is_empty(), "it has a band");
        }
        let flow = screen.pane("2 flow");
        let next = [screen.chip(flow, "T3"), screen.chip(flow, "T4")];
        // The next one out is at the right.
        screen.check(next[0].x > next[1].x, &format!("{next:?}"));
        screen.check(screen.chips(flow).len() == 2, "nothing else waits");
        screen.has(screen.now("inqueue"), &["2"]);
    }
    let screen = at(&ran, USUAL, before(first));
    screen.has(screen.now("inqueue"), &["2 tasks wait in it"]);
    screen.has(screen.header(), &["4 of 4 alive"]);
    screen.does("MainProcess", Mark::Join, "join the pool");
    screen.has(screen.caption(), &["3 workers live, 2 tasks still wait"]);

    let screen = at_end(&ran, LARGE);
    screen.lacks(screen.pane("1 processes"), &["ForkPoolWorker-4"]);
    screen.has(screen.pane("2 flow"), &["5 tasks ran"]);
    let mut again = 0;
    for worker in &workers {
        let id = ran.process(worker).id;
        let ran_by: Vec<_> = ran
            .history
            .bands(id)
            .iter()
            .map(|band| format!("T{}", band.task))
            .collect();
        let told = format!(
            "{}: {}",
            worker.trim_start_matches("ForkPool"),
            ran_by.join(" ")
        );
        screen.has(screen.pane("2 flow"), &[&told]);
        let bands = screen.bands(screen.lane(worker));
        screen.check(
            bands.len() == ran_by.len(),
            &format!("{worker} ran {ran_by:?}, its bands are {bands:?}"),
        );
        again += ran_by.len() - 1;
    }
    assert_eq!(again, 2, "T3 and T4 go to workers that ran before");
}

/// Returns how many columns a second has, by the first and the last label of the axis.
#[track_caller]
fn scale(screen: &Screen, head: Rect) -> f64 {
    let text = screen.text(head);
    let words: Vec<_> = text.split_whitespace().collect();
    let labels = words.windows(2).filter(|two| two[1] == "s");
    let labels: Vec<_> = labels.map(|two| format!(" {} s ", two[0])).collect();
    let (first, last) = (&labels[0], &labels[labels.len() - 1]);
    let columns = screen.column_of(head, last) - screen.column_of(head, first);
    let span = seconds(last).expect("a label") - seconds(first).expect("a label");
    f64::from(columns) / span
}

#[test]
fn pool_timed_shows_durations_that_agree_with_the_bars() {
    let ran = run(&["pool-timed", "--pace", "4"]);
    let end = at_end(&ran, LARGE);
    let head = end.row_of(end.pane("1 processes"), "1 processes");
    let columns_per_second = scale(&end, head);
    for task in ran.history.tasks() {
        let (_, worker) = task.started.expect("it ran");
        let finished = task.finished.as_ref().expect("it ended").t;
        let screen = at(&ran, USUAL, finished);
        let told = |row: &str| {
            let events = screen.pane("4 events");
            let row = screen.text(screen.row_of(events, row));
            let after = row.split(" runs ").nth(1).or(row.split(" after ").nth(1));
            seconds(after.expect("it says how long")).expect("a duration")
        };
        let printed = told(&format!("Task {} runs ", task.id));
        let ended = told(&format!("ends T{} after ", task.id));
        screen.check(
            printed - 0.006 <= ended && ended < printed + 0.25,
            &format!("{printed} printed, {ended} told"),
        );
        let bands = ran.history.bands(worker);
        let at = bands.iter().position(|band| band.task == task.id);
        let lane = end.lane(&ran.actor(worker).name);
        let drawn = end.bands(lane);
        end.check(
            drawn.len() == bands.len(),
            &format!("{} bars of T{}'s worker: {drawn:?}", bands.len(), task.id),
        );
        let bar = &drawn[at.expect("it has a band")];
        let wide = f64::from(bar.end - bar.start);
        // Cells that it covers in part count, and labels stand at whole columns.
        let right = printed * columns_per_second;
        end.check(
            (wide - right).abs() <= 3.0,
            &format!("T{}: {wide} columns drawn, {right} printed", task.id),
        );
    }
}

#[test]
fn call_shows_its_wait_the_childs_output_and_what_the_code_means() {
    let ran = run(&["call", "--program", "stand-in", "--pace", "10"]);
    let main = ran.process("MainProcess").id;
    let is_wait = |event: &&Event| {
        matches!(
            event.kind,
            Kind::Blocked {
                operation: Operation::Wait,
                ..
            }
        ) && event.actor == main
    };
    if ran.events.iter().any(|event| is_wait(&event)) {
        let wait = longest(&ran, main, is_in(Operation::Wait));
        let screen = at(&ran, USUAL, middle(wait));
        screen.does("MainProcess", Mark::Join, "nslookup stand-in");
        screen.lacks(screen.pane("4 events"), &["wait returns"]);
    } else {
        // The child was that fast: nobody had to wait, and none is said to have.
        at_end(&ran, USUAL).lacks(at_end(&ran, USUAL).pane("4 events"), &["waits for"]);
    }

    let screen = at_end(&ran, USUAL);
    screen.does("nslookup stand-in", Mark::Exited, "exit 0, success");
    let events = screen.pane("4 events");
    screen.has_in_order(events, &["192.0.2.223", "Exit code: 0"]);
    screen.has(screen.row_of(events, "Exit code: 0"), &["» Main"]);
    let line = screen.row_of(events, "192.0.2.223");
    screen.has(line, &["» nslookup stan"]);
    screen.has(
        screen.caption(),
        &["nslookup stand-in ended with exit code 0: success."],
    );
}

#[test]
fn communicate_shows_three_vessels_bytes_and_eof() {
    let ran = run(&["communicate", "--program", "stand-in", "--pace", "10"]);
    let stdin = object(&ran, "stdin").id;
    let stdout = object(&ran, "stdout").id;
    let bytes: u64 = ran
        .events
        .iter()
        .filter_map(|event| match event.kind {
            Kind::BytesRead { object, bytes, .. } if object == stdout => Some(bytes),
            _ => None,
        })
        .sum();
    let written = ran
        .when(|event| matches!(event.kind, Kind::BytesWritten { object, .. } if object == stdin));
    let closed = ran.when(|event| {
        event.t >= written
            && matches!(event.kind, Kind::EndClosed { object, .. } if object == stdin)
    });
    let screen = at(&ran, USUAL, before(closed));
    screen.has(screen.now("stdin"), &["25 B written, open"]);
    screen.lacks(screen.pane("2 flow"), &["closed: EOF"]);

    let eof = ran.when(|event| matches!(event.kind, Kind::EofSeen { object } if object == stdout));
    let screen = at(&ran, USUAL, eof);
    screen.has(screen.pane("4 events"), &["gets EOF from stdout"]);

    let screen = at_end(&ran, USUAL);
    let flow = screen.pane("2 flow");
    let read = format!("{bytes} B, then EOF");
    screen.has(flow, &["stdin", "stdout", "stderr", "25 B, closed: EOF"]);
    screen.has(flow, &["set q=mx", &read, "nothing, then EOF"]);
    screen.has(screen.now("stdin"), &["25 B written, closed"]);
    screen.has(screen.now("stdout"), &["closed"]);
    screen.has(screen.now("stderr"), &["closed"]);
    screen.does("nslookup stand-in", Mark::Exited, "exit 0, success");
    let events = screen.pane("4 events");
    screen.has(screen.row_of(events, "Exit code: 0"), &["» Main"]);
}

/// Checks a message's way: in the buffer, in the pipe, at the reader.
#[track_caller]
fn check_way(ran: &Ran, message: &Message, size: (u16, u16)) {
    let label = short(&message.label);
    let (put, sent) = (message.put().expect("put"), message.sent().expect("sent").0);
    let pipe_from = |screen: &Screen| {
        let flow = screen.pane("2 flow");
        screen.column_of(flow, "pipe of q")
    };
    let screen = at(ran, size, before(sent).max(put));
    let chip = screen.chip(screen.pane("2 flow"), label);
    screen.check(
        chip.x < pipe_from(&screen),
        &format!("in the buffer: {chip:?}"),
    );
    let screen = at(ran, size, sent);
    let chip = screen.chip(screen.pane("2 flow"), label);
    screen.check(
        chip.x > pipe_from(&screen),
        &format!("in the pipe: {chip:?}"),
    );
    let Some((received, _)) = message.received() else {
        return;
    };
    let screen = at(ran, size, received);
    let chips = screen.chips(screen.pane("2 flow"));
    let gone = chips.iter().all(|chip| chip.label != label);
    screen.check(gone, &format!("{label} is read, and waits: {chips:?}"));
    let got = screen.row_of(screen.pane("2 flow"), "got ");
    screen.has(got, &[label]);
    let gets = format!("gets {}, ", message.label);
    screen.has(screen.pane("4 events"), &[&gets]);
}

/// Checks what is seen of a reader that is ended by SIGTERM.
#[track_caller]
fn check_end(ran: &Ran) {
    let q = object(ran, "q");
    let screen = at_end(ran, USUAL);
    screen.does("reader", Mark::Killed, "SIGTERM, exit code -15");
    screen.has_mark(screen.lane("reader"), Mark::Killed);
    let events = screen.pane("4 events");
    screen.has_in_order(events, &["sends SIGTERM to reader", "killed by SIGTERM"]);
    let killed = exit_time(ran, "reader");
    let lock = read_lock(ran, q);
    if lock.lost_at(killed).is_some() {
        screen.has(screen.now("q read lock"), &["lost with reader"]);
        screen.has_mark(screen.pane("2 flow"), Mark::LockLost);
    } else {
        screen.lacks(screen.pane("2 flow"), &["lost"]);
    }
    let all = messages(ran, q);
    let unread: Vec<_> = all.iter().filter(|m| m.received().is_none()).collect();
    let arrived = format!(
        "{} of {} items arrived",
        all.len() - unread.len(),
        all.len()
    );
    if unread.is_empty() {
        screen.has(screen.pane("2 flow"), &[&arrived]);
        screen.has(screen.now("q"), &["empty"]);
    } else {
        screen.has(screen.now("q"), &["left unread"]);
    }
}

#[test]
fn queue_shows_each_items_way_and_how_its_reader_ends() {
    let ran = run(&["queue", "--pace", "4"]);
    let q = object(&ran, "q");
    for message in messages(&ran, q) {
        check_way(&ran, message, USUAL);
        check_way(&ran, message, LARGE);
    }
    let reader = ran.process("reader").id;
    let get = longest(&ran, reader, is_in(Operation::Get));
    let screen = at(&ran, USUAL, middle(get));
    screen.does("reader", Mark::Get, "get q: empty");
    screen.has_mark(screen.lane("reader"), Mark::Get);
    screen.has(screen.now("q"), &["empty"]);
    check_end(&ran);
}

#[test]
fn queue_shows_an_item_that_nobody_reads() {
    // Without sleeps SIGTERM often comes before the last get.
    let ran = run(&["queue", "--pace", "0"]);
    check_end(&ran);
}

#[test]
fn queue_fan_in_shows_depth_order_and_who_holds_the_read_lock() {
    let ran = run(&["queue-fan-in", "--pace", "4"]);
    let q = object(&ran, "q");
    for (t, items) in q.items.changes() {
        let screen = at(&ran, USUAL, t);
        let now = q.items.at(t).expect("known");
        let words = match now {
            0 => "empty".to_owned(),
            1 => "1 item".to_owned(),
            n => format!("{n} items"),
        };
        assert!(now == items || q.items.changes().filter(|c| c.0 == t).count() > 1);
        screen.has(screen.now("q"), &[&words]);
    }
    let reader = ran.process("reader");
    let lock = read_lock(&ran, q);
    let mut held = 0;
    for (t, holder) in lock.holder.changes() {
        let holder = holder.filter(|_| lock.holder.at(t).flatten() == holder);
        if holder == Some(reader.id) && lock.lost_at(t).is_none() {
            let screen = at(&ran, USUAL, t);
            screen.has(screen.now("q read lock"), &["held by reader"]);
            screen.has_mark(screen.pane("2 flow"), Mark::LockHeld);
            held += 1;
        }
    }
    assert!(held > 0, "the reader holds it while it waits");

    let screen = at_end(&ran, USUAL);
    let lane = screen.text(screen.lane("q"));
    screen.check(
        lane.contains('▁') && lane.contains(['▂', '▃', '▄', '▅', '▆', '▇', '█']),
        "q has a depth",
    );
    let mut got: Vec<_> = messages(&ran, q);
    got.retain(|message| message.received().is_some());
    got.sort_unstable_by_key(|message| message.received().map(|received| received.0));
    let order: Vec<_> = got.iter().map(|message| short(&message.label)).collect();
    let flow = screen.pane("2 flow");
    screen.has(flow, &[&format!("got {}", order.join(" "))]);
    if got.len() == 6 {
        screen.has(
            flow,
            &[
                "writer-1: 1 2 3",
                "writer-2: 4 5 6",
                "each in its own order",
            ],
        );
    }
    check_end(&ran);

    let get = longest(&ran, reader.id, is_in(Operation::Get));
    let screen = at(&ran, SMALL, middle(get));
    screen.does("reader", Mark::Get, "get q");
    screen.has_mark(screen.pane("2 flow"), Mark::LockHeld);
}

#[test]
fn queue_limits_shows_backpressure_full_and_empty() {
    let ran = run(&["queue-limits", "--pace", "2"]);
    let (writer, reader) = (ran.process("writer").id, ran.process("reader").id);
    let put = longest(&ran, writer, is_in(Operation::Put));
    // It is full until the get that wakes the writer.
    let mut changes = object(&ran, "q").items.changes();
    let get = changes.find(|change| put.start < change.0 && change.0 <= put.end);
    let full = before(get.map_or(put.end, |change| change.0));
    for size in [SMALL, USUAL, LARGE] {
        let screen = at(&ran, size, full);
        screen.does("writer", Mark::Put, "put q");
        screen.has_mark(screen.lane("writer"), Mark::Put);
        screen.has(screen.now("q"), &["full"]);
        screen.check(
            screen.chips(screen.pane("2 flow")).len() == 2,
            "two items wait",
        );
    }
    let screen = at(&ran, USUAL, full);
    let now = screen.text(screen.now("writer"));
    let waited = now.split("put q: full").nth(1).and_then(seconds);
    let right = full.since(put.start).seconds();
    screen.check(
        waited.is_some_and(|waited| (waited - right).abs() < 0.011),
        &format!("it says {waited:?}, and waits for {right} s"),
    );
    screen.has(screen.now("q"), &["full, 2 items: "]);
    screen.has(screen.pane("2 flow"), &["2 of 2, full"]);

    let screen = at(&ran, USUAL, ran.printed_at("put, timeout 0.2 s: Full."));
    let events = screen.pane("4 events");
    screen.has_in_order(
        events,
        &[
            "put without waiting fails at once: Full",
            "put_nowait: Full.",
            "put fails: Full, q is full for ",
        ],
    );
    let get = longest(&ran, reader, is_in(Operation::Get));
    let screen = at(&ran, USUAL, middle(get));
    screen.does("reader", Mark::Get, "get q: empty");
    screen.has(screen.now("q"), &["empty"]);
    let screen = at(&ran, USUAL, ran.printed_at("get, timeout 0.2 s: Empty."));
    screen.has_in_order(
        screen.pane("4 events"),
        &[
            "get without waiting fails at once: Empty",
            "get_nowait: Empty.",
            "get fails: Empty, q is empty for ",
        ],
    );
}

/// Checks the table of who holds which end of a pipe.
#[track_caller]
fn check_holds(screen: &Screen, holds: [(&str, &str); 3]) {
    let flow = screen.pane("2 flow");
    let title = screen.row_of(flow, "holds ");
    let from = screen.column_of(title, "holds ");
    for (row, (name, ends)) in (title.y + 1..).zip(holds) {
        let area = Rect::new(from, row, flow.right() - from, 1);
        let shown = screen.text(area);
        let words: Vec<_> = shown.split_whitespace().collect();
        let said: Vec<_> = [name].into_iter().chain(ends.split(' ')).collect();
        screen.check(words == said, &format!("{words:?} in place of {said:?}"));
    }
}

#[test]
fn pipe_shows_who_holds_which_end_and_eof_after_the_last_copy() {
    let ran = run(&["pipe", "--pace", "4"]);
    let (sender, receiver) = (exit_time(&ran, "sender"), ran.process("receiver"));
    let before_exit = at(&ran, USUAL, before(sender));
    check_holds(
        &before_exit,
        [("Main", "· ·"), ("sender", "● ·"), ("receiver", "· ●")],
    );
    let eof =
        ran.when(|event| event.actor == receiver.id && matches!(event.kind, Kind::EofSeen { .. }));
    let words = "gets EOF from pipe: every copy of the other end is c";
    let screen = at(&ran, USUAL, before(eof));
    screen.lacks(screen.pane("4 events"), &[words]);
    let screen = at(&ran, USUAL, eof);
    screen.has(screen.pane("4 events"), &[words]);
    check_holds(
        &screen,
        [("Main", "· ·"), ("sender", "· ·"), ("receiver", "· ●")],
    );
    let recv = longest(&ran, receiver.id, is_in(Operation::Recv));
    let screen = at(&ran, USUAL, middle(recv));
    screen.does("receiver", Mark::Get, "recv pipe");
    let screen = at_end(&ran, USUAL);
    screen.has(screen.pane("2 flow"), &["10 of 10 items arrived"]);
    screen.does("receiver", Mark::Exited, "exit 0");
}

#[test]
fn pipe_shows_both_directions_and_copies_that_keep_eof_away() {
    let arguments = ["--end", "terminate", "--reply", "yes", "--urls", "3"];
    let ran = run(&[&["pipe", "--pace", "4"], &arguments[..]].concat());
    let pipe = object(&ran, "pipe");
    let all = messages(&ran, pipe);
    assert_eq!(all.len(), 6);
    for message in all {
        let sent = message.sent().expect("sent").0;
        let screen = at(&ran, USUAL, sent);
        let flow = screen.pane("2 flow");
        let is_reply = message.label.ends_with(" ok");
        let row = screen.row_of(flow, if is_reply { "end a  " } else { "sender " });
        let there = screen.chips(row);
        screen.check(
            there.len() == 1,
            &format!("{} waits: {there:?}", message.label),
        );
        screen.check(screen.chips(flow).len() == 1, "nothing else waits");
        screen.has(flow, &["a to b", "b to a"]);
    }
    let sent = ran.when(|event| matches!(event.kind, Kind::SignalSent { .. }));
    let screen = at(&ran, USUAL, sent);
    check_holds(
        &screen,
        [("Main", "● ●"), ("sender", "· ·"), ("receiver", "● ●")],
    );
    let screen = at_end(&ran, USUAL);
    screen.does("receiver", Mark::Killed, "SIGTERM, exit code -15");
    screen.lacks(screen.pane("4 events"), &["EOF"]);
}
