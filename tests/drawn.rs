//! Every scenario as it is drawn: what its viewer must see stands on the screen.
//!
//! The history is that of a real run; its end and chosen moments are drawn, as a frozen screen
//! shows them. What was meant to be seen is looked for in the text, and in the styles where the
//! meaning is in them.

mod common;

use common::{Ran, run};
use mpviz::event::words::Operation;
use mpviz::event::{ActorId, Event, Kind, Time};
use mpviz::scenario::PROGRAMS;
use mpviz::ui::{Keymap, Pane, Ui};
use mpviz::view::{self, Charset, Depth, Feed, Ground, Memory, Scene, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

const USUAL: (u16, u16) = (120, 36);
const SMALL: (u16, u16) = (80, 24);
/// So high that every event has its row.
const HIGH: (u16, u16) = (120, 150);
/// The ground of a task's band, and of a message that waits.
const BAND: Color = Color::Rgb(0x0b, 0x40, 0x34);
const CHIP: Color = Color::Rgb(0xe6, 0x9f, 0x00);

/// A drawn screen.
struct Drawn {
    buffer: Buffer,
    text: String,
}

/// Draws a run at its end, or as it was at `t`, with a pane brought if one is named.
fn draw(ran: &Ran, t: Option<Time>, (width, height): (u16, u16), pane: Option<Pane>) -> Drawn {
    let mut ui = Ui::new(PROGRAMS);
    ui.begin_run();
    ui.run.frozen = t;
    match pane {
        Some(pane @ (Pane::Flow | Pane::Sequence)) => ui.run.layout.middle = Some(pane),
        Some(pane @ (Pane::Events | Pane::Code)) => ui.run.layout.lower = pane,
        _ => {}
    }
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    let theme = Theme::new(Ground::Dark, Depth::TrueColor, Charset::Unicode);
    let scene = Scene {
        history: Some(&ran.history),
        ui: &ui,
        theme: &theme,
        keymap: Keymap::brought(),
        feed: Feed::Live,
        memory: &Memory::default(),
    };
    view::draw(&mut buffer, area, &scene);
    let row = |y| {
        let cells = (0..width).map(|x| buffer[(x, y)].symbol());
        cells.collect::<String>().trim_end().to_owned() + "\n"
    };
    let text = (0..height).map(row).collect();
    Drawn { buffer, text }
}

impl Drawn {
    /// Checks that a text is on the screen.
    #[track_caller]
    fn shows(&self, words: &str) {
        assert!(
            self.text.contains(words),
            "`{words}` is not in\n{}",
            self.text
        );
    }

    /// Checks that a text is not on the screen.
    #[track_caller]
    fn hides(&self, words: &str) {
        assert!(!self.text.contains(words), "`{words}` is in\n{}", self.text);
    }

    /// Returns the row of the table of processes that begins with a name.
    #[track_caller]
    fn row(&self, name: &str) -> &str {
        let is_it = |line: &&str| {
            let words = line.split_whitespace().take(2);
            words
                .map(|word| word.trim_start_matches(['├', '└']))
                .any(|word| word == name)
        };
        let row = self.text.lines().skip(2).find(is_it);
        row.unwrap_or_else(|| panic!("no row of {name} in\n{}", self.text))
    }

    /// Checks that the row of a name has all these words.
    #[track_caller]
    fn row_says(&self, name: &str, words: &[&str]) {
        let row = self.row(name);
        for word in words {
            assert!(
                row.contains(word),
                "`{word}` is not in the row of {name} in\n{}",
                self.text
            );
        }
    }

    /// Checks that these words come in this order, from the top down and from left to right.
    #[track_caller]
    fn shows_in_order(&self, words: &[&str]) {
        let mut rest = self.text.as_str();
        for word in words {
            let Some(at) = rest.find(word) else {
                panic!("`{word}` is not where it should be in\n{}", self.text);
            };
            rest = &rest[at + word.len()..];
        }
    }

    /// Returns the texts on a ground, with the column where each begins, row by row.
    fn on(&self, ground: Color) -> Vec<(u16, String)> {
        let area = *self.buffer.area();
        let mut found: Vec<(u16, String)> = Vec::new();
        for y in area.top()..area.bottom() {
            let mut last = None;
            for x in (area.left()..area.right()).filter(|&x| self.buffer[(x, y)].bg == ground) {
                if last.is_none_or(|last| last + 1 != x) {
                    found.push((x, String::new()));
                }
                last = Some(x);
                if let Some((_, text)) = found.last_mut() {
                    text.push_str(self.buffer[(x, y)].symbol());
                }
            }
        }
        found
    }
}

fn end(ran: &Ran, size: (u16, u16)) -> Drawn {
    let drawn = draw(ran, None, size, None);
    drawn.shows("■ ended");
    drawn
}

fn at(ran: &Ran, t: Time) -> Drawn {
    let drawn = draw(ran, Some(t), USUAL, None);
    drawn.shows("FROZEN at");
    drawn
}

/// Returns the moment in the middle of the longest wait of an actor of this kind.
#[track_caller]
fn while_waiting(ran: &Ran, who: ActorId, what: Operation) -> Time {
    // Waits are nested: a get waits for its lock.
    let (mut open, mut longest) = (Vec::new(), None);
    for event in ran.of(who) {
        let ended = match event.kind {
            Kind::Blocked { operation, .. } => {
                open.push((operation, event.t));
                continue;
            }
            Kind::Unblocked { .. } => open.pop().into_iter().collect(),
            // Whoever was killed in a wait waited until then.
            Kind::ProcessExited { .. } => std::mem::take(&mut open),
            _ => continue,
        };
        for (_, since) in ended.into_iter().filter(|wait| wait.0 == what) {
            let length = event.t.since(since);
            longest = longest.max(Some((length, Time((since.0 + event.t.0) / 2))));
        }
    }
    longest.expect("it waits").1
}

fn exit_time(ran: &Ran, name: &str) -> Time {
    ran.process(name).exited.as_ref().expect("it ended").t
}

#[test]
fn fork_shows_one_call_two_returns_and_who_adopts() {
    let ran = run(&["fork", "--pace", "4"]);
    let (parent, child) = (ran.process("MainProcess"), ran.process("child"));
    let supervisor = ran.history.run().supervisor;
    let (parent_pid, child_pid) = (parent.pid.expect("a pid"), child.pid.expect("a pid"));
    let drawn = end(&ran, USUAL);
    // A program without a queue has its sequence in the place of the flow.
    drawn.shows("3 sequence");
    drawn.shows("── fork ──");
    drawn.shows(&format!("fork() returns {child_pid}"));
    drawn.shows("fork() returns 0");
    drawn.shows(&format!(
        "adopts child: its ppid {parent_pid} is now {supervisor}"
    ));
    drawn.shows("reaps child: exit 0");
    drawn.row_says("MainProcess", &["■ exit 0, waited for nobody"]);
    drawn.row_says(
        "child",
        &["⇡", &format!("■ exit 0, reaped by {supervisor}")],
    );
    drawn.row_says("supervisor", &["in the place of init"]);
    let small = end(&ran, SMALL);
    small.row_says("child", &["⇡", "■ exit 0"]);
    let adopted = child.adopted.last().expect("it is adopted").t;
    let after = at(&ran, Time((adopted.0 + exit_time(&ran, "child").0) / 2));
    after.shows("1 orphan");
    after.hides("2 orphans");
    // A parent that waits reaps its child itself: nobody adopts.
    let ran = run(&["fork", "--wait", "yes", "--pace", "4"]);
    let drawn = end(&ran, USUAL);
    drawn.hides("adopts child");
    drawn.hides("waited for nobody");
    let pid = ran.process("MainProcess").pid.expect("a pid");
    drawn.shows(&format!("my parent is ({pid})"));
    drawn.shows_in_order(&["┆ wait", "◄─ exit 0 ─", "█ wait returns"]);
    at(&ran, while_waiting(&ran, ActorId(1), Operation::Wait)).row_says("MainProcess", &["─ wait"]);
}

#[test]
fn process_shows_created_before_started_and_what_wakes_join() {
    let ran = run(&["process", "--pace", "4"]);
    let drawn = end(&ran, USUAL);
    let order = [
        "makes Process-1, which is not started yet",
        "Child process will start.",
        "forks Process-1",
        "joins Process-1",
        "Process-1 exit 0",
        "join Process-1 returns after",
        "exit code 0",
    ];
    draw(&ran, None, HIGH, Some(Pane::Flow)).shows_in_order(&order);
    drawn.shows("Process-1 starts, pid");
    // The child's end is the arrow that wakes join.
    drawn.shows_in_order(&["┆ join", "◄─ exit 0 ─", "█ join returns"]);
    drawn.row_says("Process-1", &["■ exit 0"]);
    let during = at(&ran, while_waiting(&ran, ActorId(1), Operation::Join));
    during.row_says("MainProcess", &["─ join Process-1"]);
    during.row_says("Process-1", &["· asleep"]);
    during.shows("Main waits in join until Process-1 has ended");
    end(&ran, SMALL).row_says("Process-1", &["■ exit 0"]);
}

#[test]
fn processes_show_five_lanes_that_end_in_another_order() {
    let ran = run(&["processes", "--pace", "4"]);
    for size in [USUAL, SMALL] {
        let drawn = end(&ran, size);
        let end_of = |n| {
            let name = format!("Process-{n}");
            let row = drawn.row(&name);
            row.chars()
                .position(|c| c == '■')
                .expect("its end is on its lane")
        };
        let ends: Vec<_> = (1..=5).map(end_of).collect();
        let mut expected: Vec<_> = (1..=5)
            .map(|n| exit_time(&ran, &format!("Process-{n}")))
            .collect();
        assert!(
            !expected.is_sorted() && !ends.is_sorted(),
            "{ends:?}\n{}",
            drawn.text
        );
        // The ends on the lanes are in the order of time.
        let mut order: Vec<usize> = (0..5).collect();
        order.sort_by_key(|&n| expected[n]);
        expected.sort();
        assert!(
            order.iter().map(|&n| ends[n]).is_sorted(),
            "{order:?}\n{}",
            drawn.text
        );
    }
    let first = (1..=5)
        .map(|n| exit_time(&ran, &format!("Process-{n}")))
        .min()
        .expect("five");
    at(&ran, Time(first.0 - 1)).shows("6 of 6 alive");
}

#[test]
fn joining_only_the_last_shows_that_others_still_run() {
    let ran = run(&["processes", "--join", "last", "--pace", "4"]);
    let drawn = at(&ran, ran.printed_at("Process end."));
    drawn.shows("Process end.");
    let is_asleep = |n: &i32| drawn.row(&format!("Process-{n}")).contains("· asleep");
    assert!((1..=5).any(|n| is_asleep(&n)), "{}", drawn.text);
}

#[test]
fn pool_shows_tasks_that_wait_and_the_same_workers_again() {
    let ran = run(&["pool", "--pace", "4"]);
    let tasks = ran.history.tasks();
    let ends = tasks[..3]
        .iter()
        .filter_map(|t| Some(t.finished.as_ref()?.t));
    let starts = tasks[..3].iter().filter_map(|t| Some(t.started?.0));
    let (first_end, last_start) = (ends.min().expect("ended"), starts.max().expect("began"));
    let drawn = at(&ran, Time((last_start.0 + first_end.0) / 2));
    for task in &tasks[..3] {
        let worker = ran.actor(task.started.expect("it ran").1);
        let label = format!("T{}", task.id);
        drawn.row_says(&worker.name, &[&label, "asleep in run_task"]);
        drawn.row_says(&worker.name, &[&worker.pid.expect("a pid").to_string()]);
    }
    drawn.row_says("inqueue", &["2 tasks wait in it"]);
    let chips: Vec<_> = drawn
        .on(CHIP)
        .into_iter()
        .map(|(_, text)| text.trim().to_owned())
        .collect();
    // The next one out stands nearest to the exit, which is at the right.
    assert_eq!(chips, ["T4", "T3"], "{}", drawn.text);
    for size in [USUAL, SMALL] {
        let drawn = end(&ran, size);
        drawn.shows("Three processes ran five tasks; none was made anew.");
        let bands = drawn.on(BAND);
        assert!(
            bands.iter().any(|(_, text)| text.contains("T3 ")),
            "{bands:?}"
        );
        assert!(
            bands.iter().any(|(_, text)| text.contains("T4 ")),
            "{bands:?}"
        );
        for task in &tasks[3..] {
            let worker = ran.actor(task.started.expect("it ran").1);
            drawn.row_says(&worker.name, &[&format!("T{}", task.id), "■ exit 0"]);
        }
    }
}

#[test]
fn pool_timed_shows_bars_that_agree_with_what_is_printed() {
    let ran = run(&["pool-timed", "--workers", "4", "--pace", "4"]);
    let drawn = draw(&ran, None, HIGH, None);
    let mut bars: Vec<(f64, f64)> = Vec::new();
    for n in 1..=4 {
        let worker = ran.process(&format!("ForkPoolWorker-{n}"));
        let own = ran
            .history
            .tasks()
            .iter()
            .filter(|t| t.started.expect("it ran").1 == worker.id);
        let seconds = own.map(|task| {
            let (begin, end) = (
                task.started.expect("it ran").0,
                task.finished.as_ref().expect("ended").t,
            );
            let printed = format!("Task {} runs ", task.id);
            let text = ran.printed();
            let says = text
                .split(&printed)
                .nth(1)
                .and_then(|rest| rest.split(' ').next());
            let says = says.expect("the task prints its time");
            drawn.shows(&format!("{printed}{says} seconds."));
            drawn.shows(&format!("ends T{} after ", task.id));
            end.since(begin).seconds()
        });
        let seconds: f64 = seconds.sum();
        let y = drawn
            .text
            .lines()
            .position(|line| line == drawn.row(&worker.name))
            .expect("its row");
        let y = u16::try_from(y).expect("a row");
        // The words at the end of the row have no band once the run has ended.
        let cols = (0..120)
            .filter(|&x| drawn.buffer[(x, y)].bg == BAND)
            .count();
        bars.push((seconds, cols as f64));
    }
    let total = bars
        .iter()
        .fold((0.0, 0.0), |sum, bar| (sum.0 + bar.0, sum.1 + bar.1));
    let scale = total.1 / total.0;
    for (seconds, cols) in &bars {
        assert!(
            (cols - seconds * scale).abs() < 4.0,
            "{bars:?}\n{}",
            drawn.text
        );
    }
}

#[test]
fn call_shows_the_wait_the_childs_own_output_and_its_exit_code() {
    // A stand-in that has ended before its parent comes to wait makes nobody wait.
    let waits = |event: &Event| {
        event.actor == ActorId(1)
            && matches!(
                event.kind,
                Kind::Blocked {
                    operation: Operation::Wait,
                    ..
                }
            )
    };
    let ran = (0..40)
        .map(|_| run(&["call", "--program", "stand-in", "--pace", "4"]))
        .find(|ran| ran.events.iter().any(waits))
        .expect("one of forty waits");
    let during = at(&ran, while_waiting(&ran, ActorId(1), Operation::Wait));
    during.row_says("MainProcess", &["─ wait"]);
    during.shows("Main waits until nslookup");
    let drawn = draw(&ran, None, HIGH, None);
    drawn.shows_in_order(&["starts nslookup", "192.0.2.223", "Exit code: 0"]);
    for words in ["waits for nslookup", "» nslookup", "wait returns after"] {
        drawn.shows(words);
    }
    drawn.row_says("nslookup", &["■ exit 0"]);
    end(&ran, SMALL).row_says("nslookup", &["■ exit 0"]);
}

#[test]
fn communicate_shows_three_pipes_with_their_bytes_and_ends() {
    let ran = run(&["communicate", "--program", "stand-in", "--pace", "4"]);
    let drawn = end(&ran, USUAL);
    drawn.row_says("stdin", &["25 B written, closed"]);
    for name in ["stdout", "stderr"] {
        drawn.row_says(name, &["closed"]);
    }
    drawn.shows("25 B, closed: EOF");
    drawn.shows("B, then EOF");
    drawn.shows("nothing, then EOF");
    drawn.row_says("nslookup", &["■ exit 0"]);
    let high = draw(&ran, None, HIGH, None);
    high.shows_in_order(&["communicates with nslookup", "writes 25 B into stdin"]);
    high.shows_in_order(&["mail exchanger", "Exit code: 0"]);
    let small = end(&ran, SMALL);
    small.row_says("nslookup", &["■ exit 0"]);
}

#[test]
fn queue_shows_each_message_at_its_station() {
    let ran = run(&["queue", "--pace", "4"]);
    let q = ran
        .history
        .objects()
        .iter()
        .find(|object| object.name == "q")
        .expect("q")
        .id;
    for message in ran.history.messages_of(q) {
        let label = message.label.trim();
        let (put, sent) = (message.put().expect("put"), message.sent().expect("sent").0);
        let station = |t| {
            let drawn = draw(&ran, Some(t), USUAL, Some(Pane::Flow));
            let chips = drawn.on(CHIP);
            let chip = chips.iter().find(|(_, text)| text.trim() == label);
            chip.map(|chip| chip.0)
        };
        let (in_buffer, in_pipe) = (station(put), station(sent));
        assert!(
            in_buffer.is_some() && in_buffer < in_pipe,
            "{label}: {in_buffer:?}, {in_pipe:?}"
        );
        // SIGTERM may come before the last get; then the item stays where it is.
        if let Some((received, _)) = message.received() {
            assert_eq!(station(received), None, "{label}");
        }
    }
    let reader = ran.process("reader").id;
    let waiting = at(&ran, while_waiting(&ran, reader, Operation::Get));
    waiting.row_says("reader", &["░ get q: empty"]);
    for size in [USUAL, SMALL] {
        let drawn = end(&ran, size);
        drawn.row_says("reader", &["╳ SIGTERM"]);
        drawn.shows("sends SIGTERM to reader");
    }
    let drawn = end(&ran, USUAL);
    drawn.row_says("reader", &["exit code -15"]);
    let left = ran
        .history
        .messages_of(q)
        .filter(|message| message.received().is_none())
        .count();
    if left == 0 {
        drawn.shows("3 of 3 items arrived");
    }
}

#[test]
fn an_item_left_unread_is_shown_as_such() {
    // The race, lost on purpose: the reader is terminated while items are on their way.
    let lost = (0..40).map(|_| run(&["queue", "--pace", "0"])).find(|ran| {
        ran.history
            .messages()
            .iter()
            .any(|message| message.received().is_none())
    });
    let Some(ran) = lost else {
        common::left_out("SIGTERM never came before the last get");
        return;
    };
    end(&ran, USUAL).hides("3 of 3 items arrived");
}

#[test]
fn fan_in_shows_own_order_depth_and_who_holds_the_read_lock() {
    let ran = run(&["queue-fan-in", "--pace", "4"]);
    let reader = ran.process("reader").id;
    let waiting = at(&ran, while_waiting(&ran, reader, Operation::Get));
    waiting.row_says("reader", &["░ get q: empty"]);
    waiting.shows("held by reader");
    waiting.shows("◆");
    let drawn = end(&ran, USUAL);
    if ran
        .history
        .messages()
        .iter()
        .all(|message| message.received().is_some())
    {
        drawn.shows(
            "6 of 6 items arrived   writer-1: 1 2 3   writer-2: 4 5 6   each in its own order",
        );
    }
    drawn.row_says("reader", &["╳ SIGTERM, exit code -15"]);
    // Depth over time: it was empty, and it was not.
    let depth = drawn.row("q");
    assert!(
        depth.contains('▁') && ['▂', '▃', '▄', '█'].iter().any(|&c| depth.contains(c)),
        "{depth}"
    );
    end(&ran, SMALL).row_says("reader", &["╳ SIGTERM"]);
}

#[test]
fn queue_limits_shows_full_empty_and_backpressure() {
    let ran = run(&["queue-limits", "--pace", "4"]);
    let writer = ran.process("writer").id;
    let waiting = at(&ran, while_waiting(&ran, writer, Operation::Put));
    waiting.row_says("writer", &["▒ put q: full"]);
    waiting.row_says("q", &["▒ full, 2 items"]);
    waiting.shows("2 of 2, full");
    assert_eq!(waiting.on(CHIP).len(), 2, "{}", waiting.text);
    let high = draw(&ran, None, HIGH, None);
    high.shows_in_order(&[
        "waits in put: q is full, 2 items",
        "put_nowait: Full.",
        "put, timeout 0.2 s: Full.",
    ]);
    high.shows_in_order(&["get_nowait: Empty.", "get, timeout 0.2 s: Empty."]);
    for size in [USUAL, SMALL] {
        end(&ran, size).row_says("writer", &["▒", "■ exit 0"]);
    }
}

#[test]
fn pipe_shows_both_directions_and_who_still_holds_an_end() {
    let ran = run(&["pipe", "--reply", "yes", "--urls", "3", "--pace", "4"]);
    let receiver = ran.process("receiver").id;
    let waiting = at(&ran, while_waiting(&ran, receiver, Operation::Recv));
    waiting.row_says("receiver", &["░ recv"]);
    waiting.shows("a to b");
    waiting.shows("b to a");
    let holds = |drawn: &Drawn, name: &str| {
        let rows = drawn.text.lines();
        let held = rows
            .filter_map(|line| line.rsplit_once(name))
            .map(|(_, rest)| rest.to_owned());
        held.map(|rest| rest.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    let has = |drawn: &Drawn, name: &str, marks: &str| {
        let held = holds(drawn, name);
        assert!(
            held.iter().any(|held| held == marks),
            "{name} {held:?}\n{}",
            drawn.text
        );
    };
    // Each process closed what it does not use.
    has(&waiting, "Main", "· ·");
    has(&waiting, "sender", "● ·");
    has(&waiting, "receiver", "· ●");
    let high = draw(&ran, None, HIGH, None);
    // The kernel closes the sender's ends before its exit can be seen, so they come in any order.
    high.shows("■ sender    exit 0");
    high.shows("gets EOF from pipe: every copy of the other end is");
    end(&ran, SMALL).row_says("receiver", &["■ exit 0"]);
    // With nothing closed no EOF comes: the receiver holds a copy of the other end itself.
    let ran = run(&["pipe", "--end", "terminate", "--urls", "3", "--pace", "4"]);
    let killed = at(&ran, Time(exit_time(&ran, "receiver").0 - 1));
    has(&killed, "receiver", "● ●");
    let drawn = draw(&ran, None, HIGH, None);
    drawn.hides("gets EOF");
    drawn.row_says("receiver", &["╳ SIGTERM"]);
}
