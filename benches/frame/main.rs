//! How long a frame takes, beside the same cells written straight into a ratatui buffer.
//!
//! `cargo bench --bench frame` prints medians, ratios and aims. The frame is 200x60: 60 processes
//! with 240 spans between them, and 4 objects. Then the same with a million intervals behind it,
//! beside the same with a thousand. Then frozen views: any cursor, zoom and scroll of five million
//! intervals, beside the same of a thousand, and what a step to the selection's next event takes.

mod crowd;

use crowd::ten_thousand_beside_hundred;
use mpviz::event::words::{Class, Method, Operation, Outcome};
use mpviz::event::{ActorId, Event, Kind, ObjectId, Text, Time};
use mpviz::history::History;
use mpviz::ui::{Action, Keymap, Marked, Pane, Screen, Ui, find, update};
use mpviz::view::{EYES, Feed, Memory, Scene, Theme, draw_on_blank, fits, grid};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::hint::black_box;
use std::time::Duration;

const AREA: Rect = Rect::new(0, 0, 200, 60);
const ROUNDS: usize = 1000;
/// From the whole run to less than a microsecond.
const ZOOMS: u64 = 22;

fn main() {
    // `cargo bench --bench frame -- cells` runs the first alone, for a profiler; `travel` the last.
    let is_asked = |name| std::env::args().any(|argument| argument == name);
    if is_asked("travel") {
        return travel();
    }
    if is_asked("palette") {
        return palette_over_a_million();
    }
    if is_asked("crowd") {
        return ten_thousand_beside_hundred();
    }
    frame_beside_cells();
    if !is_asked("cells") {
        million_beside_thousand();
        ten_thousand_beside_hundred();
        filter_a_million();
        palette_over_a_million();
        travel();
    }
}

/// Views of any moment at any zoom, scrolled anywhere.
fn travel() {
    let theme = Theme::default();
    let is_asked = |name| std::env::args().any(|argument| argument == name);
    let few = if is_asked("many") { 5_000_000 } else { 1_000 };
    let mut frames = [few, 5_000_000].map(|intervals| {
        let history = program(60, intervals / 60);
        let memory = Memory::default();
        let mut buffer = Buffer::empty(AREA);
        let mut dice = Dice(7);
        let frames = (0..2 * ROUNDS).map(|_| {
            let (ui, zoom) = dice.view(&history);
            let scene = scene(&history, &ui, &theme, &memory);
            buffer.reset();
            let took = took(|| {
                black_box(fits(AREA, Some(&history), &ui.run, &memory));
                draw_on_blank(black_box(&mut buffer), AREA, black_box(&scene));
            });
            (took, zoom)
        });
        let mut frames: Vec<(Duration, u64)> = frames.collect();
        frames.sort();
        if intervals > 1_000_000 {
            step(&history);
        }
        frames
    });
    let [thousand, million] = &mut frames;
    if is_asked("zooms") {
        tell_zooms(thousand, million);
    }
    let (few, many) = (thousand[ROUNDS].0, million[ROUNDS].0);
    tell(
        "frozen, any cursor and zoom of 5,000,000, beside 1,000",
        many,
        few,
        1.5,
    );
    let p99 = million[2 * ROUNDS * 99 / 100].0;
    tell(
        "  of these, 99 in 100 beside 8 ms",
        p99,
        Duration::from_millis(8),
        1.0,
    );
}

/// Tells the medians of each zoom.
fn tell_zooms(few: &[(Duration, u64)], many: &[(Duration, u64)]) {
    for zoom in 0..ZOOMS {
        let median = |frames: &[(Duration, u64)]| {
            let own: Vec<_> = frames.iter().filter(|frame| frame.1 == zoom).collect();
            own.get(own.len() / 2)
                .map_or(Duration::ZERO, |frame| frame.0)
        };
        tell(&format!("  zoom {zoom}"), median(many), median(few), 1.5);
    }
}

/// Steps to the selection's next event and back from anywhere, and jumps to a mark.
fn step(history: &History) {
    let mut dice = Dice(11);
    let keys = [
        Action::OwnEventAfter,
        Action::OwnEventBefore,
        Action::EventAfter,
        Action::EventBefore,
        Action::NextMark,
        Action::PreviousMark,
    ];
    for key in keys {
        let steps = (0..ROUNDS).map(|_| {
            let (mut ui, _) = dice.view(history);
            ui.run.marks = (0..100)
                .map(|n| Marked {
                    t: Time(n * 20_000_000),
                    name: Text::default(),
                })
                .collect();
            took(|| drop(update(black_box(&mut ui), key, Some(history))))
        });
        let most = steps.max().unwrap_or_default();
        let what = format!("  {}, the longest of {ROUNDS}, beside 2 ms", key.name());
        tell(&what, most, Duration::from_millis(2), 1.0);
    }
}

/// Numbers of no pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    /// Returns a view of any moment, and how many times it is zoomed in.
    fn view(&mut self, history: &History) -> (Ui, u64) {
        let mut ui = ui();
        let run = &mut ui.run;
        run.frozen = Some(Time(self.below(history.now().0)));
        run.selected = Some(ActorId(u32::try_from(self.below(60)).unwrap_or(0) + 1).into());
        run.fits = fits(AREA, Some(history), run, &Memory::default());
        let zoom = self.below(ZOOMS);
        for _ in 0..zoom {
            update(&mut ui, Action::ZoomIn, Some(history));
        }
        if self.below(3) == 0 {
            let len = history.log_until(ui.run.t(history)) as u64;
            ui.run.row = usize::try_from(self.below(len + 1)).ok();
        }
        (ui, zoom)
    }
}

/// Returns how long some work takes.
fn took(work: impl FnOnce()) -> Duration {
    let before = mpviz::channel::clock::monotonic();
    work();
    Duration::from_nanos(mpviz::channel::clock::monotonic() - before)
}

fn frame_beside_cells() {
    let history = program(60, 4);
    let ui = ui();
    let (theme, memory) = (Theme::default(), Memory::default());
    let scene = scene(&history, &ui, &theme, &memory);
    let mut buffer = Buffer::empty(AREA);
    draw_on_blank(&mut buffer, AREA, &scene);
    let cells = buffer.clone();
    let frame = median(&mut buffer, |buffer| {
        draw_on_blank(black_box(buffer), AREA, black_box(&scene));
    });
    let mut straight = Buffer::empty(AREA);
    let peer = median(&mut straight, |straight| {
        write_cells(black_box(straight), black_box(&cells));
    });
    tell("frame 200x60, 60 processes, 240 spans", frame, peer, 1.5);
}

fn million_beside_thousand() {
    let ui = ui();
    let theme = Theme::default();
    let mut medians = [1_000, 1_000_000].map(|intervals| {
        let history = program(60, intervals / 60);
        let memory = Memory::default();
        let scene = scene(&history, &ui, &theme, &memory);
        let mut buffer = Buffer::empty(AREA);
        median(&mut buffer, |buffer| {
            draw_on_blank(black_box(buffer), AREA, black_box(&scene));
        })
    });
    let [thousand, million] = &mut medians;
    tell(
        "the same with 1,000,000 intervals, beside 1,000",
        *million,
        *thousand,
        1.3,
    );
}

/// A filter of a million events: until its first page of rows, and until nothing is left.
#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn filter_a_million() {
    let history = program(60, 1_000_000 / 60);
    let events = history.log().len();
    for text in ["get", "who:worker-7", "/worker-1. b/", "nowhere"] {
        let mut ui = ui();
        let cursor = history.log().len();
        let begin = mpviz::channel::clock::monotonic();
        ui.run.find.set(Pane::Events, text.to_owned(), cursor);
        let (mut first, mut slice) = (None, 0);
        loop {
            let before = mpviz::channel::clock::monotonic();
            let is_done = find::advance(&mut ui.run, &history, EYES, &mut || false);
            let now = mpviz::channel::clock::monotonic();
            slice = slice.max(now - before);
            if ui.run.find.count_before(cursor) >= 30 {
                first.get_or_insert(now - begin);
            }
            if is_done {
                break;
            }
        }
        let all = Duration::from_nanos(mpviz::channel::clock::monotonic() - begin);
        let first = first.map(Duration::from_nanos);
        let slice = Duration::from_nanos(slice);
        println!(
            "filter `{text}` over {events} events: first 30 after {first:?} (aim 50 ms), all after \
             {all:?}, a slice at most {slice:?}"
        );
    }
}

/// The palette does every action once, on a copy: over a million intervals beside a thousand.
#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn palette_over_a_million() {
    let [few, many] = [1_000, 1_000_000].map(|intervals| {
        let history = program(60, intervals / 60);
        let mut ui = ui();
        let mut times: Vec<Duration> = (0..21)
            .map(|_| {
                let opened = took(|| drop(update(&mut ui, Action::OpenPalette, Some(&history))));
                assert!(ui.palette.take().is_some());
                opened
            })
            .collect();
        times.sort_unstable();
        times[times.len() / 2]
    });
    println!("the palette opens over a million intervals in {many:?}, over a thousand in {few:?}");
}

/// Writes every cell of a frame, as a program would that knew them all.
fn write_cells(buffer: &mut Buffer, cells: &Buffer) {
    for (i, cell) in cells.content.iter().enumerate() {
        buffer.content[i]
            .set_symbol(cell.symbol())
            .set_style(cell.style());
    }
}

/// Returns the median time of some work on a buffer that is blank before each, as ratatui's is.
fn median(buffer: &mut Buffer, mut work: impl FnMut(&mut Buffer)) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            buffer.reset();
            let before = mpviz::channel::clock::monotonic();
            work(buffer);
            Duration::from_nanos(mpviz::channel::clock::monotonic() - before)
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn tell(what: &str, ours: Duration, peer: Duration, aim: f64) {
    let ratio = ours.as_secs_f64() / peer.as_secs_f64();
    let verdict = if ratio <= aim { "met" } else { "MISSED" };
    println!("{what}: {ours:?} beside {peer:?}: {ratio:.2}x (aim {aim}x, {verdict})");
}

fn ui() -> Ui {
    let mut ui = Ui::new(&[]);
    ui.screen = Screen::Run;
    ui.run.fits = grid::fits(AREA);
    ui
}

fn scene<'a>(history: &'a History, ui: &'a Ui, theme: &'a Theme, memory: &'a Memory) -> Scene<'a> {
    Scene {
        history: Some(history),
        ui,
        theme,
        keymap: Keymap::brought(),
        feed: Feed::Live,
        memory,
    }
}

/// Returns the history of a program of so many processes with so many intervals each.
fn program(processes: u32, intervals: u32) -> History {
    let mut history = History::default();
    let mut tell = Teller::default();
    let main = ActorId(1);
    let queue = ObjectId(1);
    tell.say(ActorId::MPVIZ, forked(main, "MainProcess"), &mut history);
    tell.say(
        main,
        started(1000, ActorId::MPVIZ, "MainProcess"),
        &mut history,
    );
    for object in 1..=4 {
        tell.say(main, queue_created(ObjectId(object)), &mut history);
    }
    for id in 2..=processes {
        let name = format!("worker-{}", id - 1);
        tell.say(main, forked(ActorId(id), &name), &mut history);
        tell.say(ActorId(id), started(1000 + id, main, &name), &mut history);
    }
    let length = 1_900_000_000u64;
    let steps = u64::from(intervals) / 2;
    for step in 0..steps {
        for id in 1..=processes {
            tell.t = Time((10_000_000 + step * length / steps).max(tell.t.0 + 1));
            let blocked = Kind::Blocked {
                operation: Operation::Get,
                object: Some(queue),
                on: None,
                timeout: None,
            };
            tell.say(ActorId(id), blocked, &mut history);
        }
        for id in 1..=processes {
            let half = length / steps / 2;
            tell.t = Time((10_000_000 + step * length / steps + half).max(tell.t.0 + 1));
            let unblocked = Kind::Unblocked {
                outcome: Outcome::Done,
                waker: None,
            };
            tell.say(ActorId(id), unblocked, &mut history);
        }
    }
    history.advance(Time(2_000_000_000));
    history
}

fn queue_created(object: ObjectId) -> Kind {
    Kind::ObjectCreated {
        object,
        class: Class::Queue,
        name: format!("q{object}").into(),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: None,
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

/// Says events one after the other.
#[derive(Default)]
struct Teller {
    t: Time,
    seq: u32,
    line: Option<u32>,
}

impl Teller {
    fn say(&mut self, actor: ActorId, kind: Kind, history: &mut History) {
        self.seq += 1;
        history.apply(&Event {
            t: self.t,
            actor,
            by: None,
            seq: self.seq,
            line: self.line,
            file: None,
            kind,
        });
    }
}
