//! Casts, replayed by the terminal that asciinema and its player have (`avt`): each frame has the
//! cells that the view has drawn.

mod common;

use avt::{Pen, Rgb, Terminal};
use common::takes::{Takes, of_file, traces};
use mpviz::event::Span;
use mpviz::record::cast::{Version, cast};
use mpviz::record::check_cast;
use mpviz::record::escape::{Listener, Screen};
use mpviz::record::film::{Lines, Options};
use mpviz::scenario::PROGRAMS;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

/// What is seen in a cell; `None` in the rest of a wide one.
#[derive(Clone, PartialEq, Debug)]
struct Seen {
    symbol: char,
    text: Option<avt::Color>,
    ground: Option<avt::Color>,
    /// Bold, dim, italic, underlined, blinking, reversed, crossed out.
    looks: [bool; 7],
}

impl Seen {
    /// A blank shows neither the colour of its text nor its weight, if it has no line.
    fn normal(mut self) -> Seen {
        let [.., underlined, _, reversed, crossed] = self.looks;
        if self.symbol == ' ' && !(underlined || reversed || crossed) {
            self.text = None;
            self.looks = [false; 7];
        }
        self
    }
}

/// Returns what a frame is to show, as a terminal can: of joined characters the first.
fn wanted(frame: &Buffer) -> Vec<Vec<Option<Seen>>> {
    let width = usize::from(frame.area.width);
    let rows = frame.content.chunks(width).map(|row| {
        let mut seen: Vec<Option<Seen>> = Vec::new();
        for (x, cell) in row.iter().enumerate() {
            if x < seen.len() {
                continue;
            }
            let cells = cell.symbol().width();
            let fits = cells > 0 && x + cells <= width && !cell.symbol().contains(char::is_control);
            let symbol = if fits {
                cell.symbol().chars().next()
            } else {
                None
            };
            let has = |modifier| cell.modifier.contains(modifier);
            seen.push(Some(
                Seen {
                    symbol: symbol.unwrap_or(' '),
                    text: colour(cell.fg),
                    ground: colour(cell.bg),
                    looks: [
                        has(Modifier::BOLD) && !has(Modifier::DIM),
                        has(Modifier::DIM),
                        has(Modifier::ITALIC),
                        has(Modifier::UNDERLINED),
                        has(Modifier::SLOW_BLINK) || has(Modifier::RAPID_BLINK),
                        has(Modifier::REVERSED),
                        has(Modifier::CROSSED_OUT),
                    ],
                }
                .normal(),
            ));
            if fits {
                seen.extend((1..cells).map(|_| None));
            }
        }
        seen
    });
    rows.collect()
}

fn colour(colour: Color) -> Option<avt::Color> {
    match colour {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some(avt::Color::RGB(Rgb::new(r, g, b))),
        Color::Indexed(index) => Some(avt::Color::Indexed(index)),
        Color::LightCyan => Some(avt::Color::Indexed(14)),
        Color::Red => Some(avt::Color::Indexed(1)),
        other => panic!("no colour of these tests: {other}"),
    }
}

/// Returns what the terminal shows. `wanted` says which cells are the rest of a wide symbol: what
/// it has there counts for nothing.
fn shown(terminal: &Terminal, wanted: &[Vec<Option<Seen>>]) -> Vec<Vec<Option<Seen>>> {
    let lines = terminal.screen().visible_lines();
    let rows = lines.zip(wanted).map(|(line, wanted)| {
        let cells = line.cells().iter().zip(wanted);
        cells
            .map(|(cell, wanted)| {
                wanted.as_ref()?;
                let pen: &Pen = cell.pen();
                let seen = Seen {
                    symbol: cell.char(),
                    text: pen.foreground(),
                    ground: pen.background(),
                    looks: [
                        pen.is_bold(),
                        pen.is_faint(),
                        pen.is_italic(),
                        pen.is_underline(),
                        pen.is_blink(),
                        pen.is_inverse(),
                        pen.is_strikethrough(),
                    ],
                };
                Some(seen.normal())
            })
            .collect()
    });
    rows.collect()
}

/// A line of a cast: when since the begin, in milliseconds, which code, what.
type Line = (u64, String, String);

/// Reads a cast's header and lines.
#[track_caller]
fn read(bytes: &[u8], version: Version) -> (Value, Vec<Line>) {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let mut lines = text.lines().map(|line| {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    });
    let header = lines.next().expect("a header");
    let mut now = 0;
    let lines = lines.map(|line| {
        // `1.250` as it stands there, without the point.
        let time = line[0].to_string();
        let (seconds, millis) = time.split_once('.').expect("a fraction");
        let ms: u64 = format!("{seconds}{millis:0<3}").parse().expect("a time");
        now = match version {
            Version::V2 => ms,
            Version::V3 => now + ms,
        };
        let text = |at: usize| line[at].as_str().expect("a text").to_owned();
        (now, text(1), text(2))
    });
    let lines = lines.collect();
    (header, lines)
}

/// Renders a film, replays the cast and compares every frame. Returns the cast.
#[track_caller]
fn check(name: &str, film: &mut Takes, version: Version) -> Vec<u8> {
    let mut bytes = Vec::new();
    cast(film, version, &mut bytes).expect("it is memory");
    let report = check_cast::check(bytes.as_slice()).expect("it is memory");
    assert_eq!(report.faults, [], "{name}");
    assert_eq!(report.size, Some(film.told.size), "{name}");
    assert_eq!(report.marks.len(), film.told.marks.len(), "{name}");
    let (header, lines) = read(&bytes, version);
    let (columns, rows) = film.told.size;
    let size = match version {
        Version::V2 => [&header["width"], &header["height"]],
        Version::V3 => [&header["term"]["cols"], &header["term"]["rows"]],
    };
    assert_eq!(size, [&Value::from(columns), &Value::from(rows)], "{name}");
    let mut terminal = Terminal::new(columns.into(), rows.into()).expect("a size");
    let mut outputs = lines.iter().filter(|(_, code, _)| code == "o").peekable();
    for (n, shot) in film.shots.iter().enumerate() {
        let at = (shot.at.0 + 500_000) / 1_000_000;
        while let Some((_, _, data)) = outputs.next_if(|(then, ..)| *then <= at) {
            terminal.feed(data.as_str());
        }
        let wanted = wanted(&shot.frame);
        let shown = shown(&terminal, &wanted);
        for (y, (wanted, shown)) in wanted.iter().zip(&shown).enumerate() {
            assert_eq!(shown, wanted, "{name}, {version:?}, frame {n}, row {y}");
        }
        assert_eq!(wanted.len(), shown.len(), "{name}, frame {n}");
        assert!(!terminal.cursor().visible, "{name}: there is a cursor");
    }
    let last: Vec<_> = outputs.collect();
    let (at, _, data) = last.first().expect("the end");
    assert_eq!(last.len(), 1, "{name}: {last:?}");
    let length = (film.told.length.0 + 500_000) / 1_000_000;
    assert_eq!(*at, length, "{name}");
    let before = terminal.screen().text();
    terminal.feed(data.as_str());
    assert_eq!(terminal.screen().text(), before, "{name}");
    assert!(terminal.cursor().visible, "{name}: no cursor in the end");
    assert_eq!(
        terminal.primary_screen().all_lines().count(),
        usize::from(rows),
        "{name}: the screen was scrolled"
    );
    bytes
}

/// Renders the film of a run in both versions at each size. Returns the cast for the last one.
fn check_run(name: &str, run: &Lines, fps: u32, sizes: &[(u16, u16)]) -> Vec<u8> {
    let mut cast = Vec::new();
    for &size in sizes {
        let options = Options {
            size: Some(size),
            fps,
            title: Some(name.to_owned()),
            ..Options::default()
        };
        let film = Takes::of_run(run, options);
        let half = Span(film.told.length.0 / 2);
        let film = film.with_mark(half, "half of it");
        let v2 = check(name, &mut film.clone(), Version::V2);
        let v3 = check(name, &mut film.clone(), Version::V3);
        keep(name, &film, &[("v2.cast", &v2), ("v3.cast", &v3)]);
        cast = v3;
    }
    cast
}

/// Keeps casts for programs that no one here wrote, with what they are to show, if
/// `MPVIZ_TEST_CASTS` says where.
fn keep(name: &str, film: &Takes, casts: &[(&str, &[u8])]) {
    let Some(folder) = std::env::var_os("MPVIZ_TEST_CASTS") else {
        return;
    };
    let (columns, rows) = film.told.size;
    let name = format!("{}-{columns}x{rows}", name.replace('/', "-"));
    let ms = |at: Span| (at.0 + 500_000) / 1_000_000;
    let text = |frame: &Buffer| -> Vec<String> {
        let rows = wanted(frame).into_iter().map(|row| {
            let symbols = row.iter().flatten().map(|seen| seen.symbol);
            symbols.collect()
        });
        rows.collect()
    };
    let frames: Vec<Value> = film
        .shots
        .iter()
        .map(|shot| json!([ms(shot.at), text(&shot.frame)]))
        .collect();
    let marks = film.told.marks.iter();
    let marks: Vec<Value> = marks.map(|mark| json!([ms(mark.at), mark.text])).collect();
    let length = ms(film.told.length);
    let shown = json!({"columns": columns, "rows": rows, "length": length, "marks": marks, "frames": frames});
    let write = |ending: &str, bytes: &[u8]| {
        let path = std::path::Path::new(&folder).join(format!("{name}.{ending}"));
        std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    };
    casts
        .iter()
        .for_each(|(ending, bytes)| write(ending, bytes));
    write("shown.json", shown.to_string().as_bytes());
}

#[test]
fn every_scenario_replays_to_the_cells_of_the_view() {
    // Several at once: most of a run is waiting.
    for programs in PROGRAMS.chunks(7) {
        std::thread::scope(|scope| {
            for program in programs {
                scope.spawn(|| check_scenario(program.name));
            }
        });
    }
}

fn check_scenario(name: &str) {
    // Those that hang are ended.
    let ran = common::output(&[name, "--json", "--pace", "10", "--limit", "1"]);
    let run = common::takes::read(ran.stdout.as_slice());
    assert!(!run.events.is_empty(), "{name} tells nothing");
    let cast = check_run(name, &run, 2, &[(120, 36), (80, 24)]);
    // Only what changes is told, which is less than whole frames.
    let lines: Vec<usize> = cast.split(|&byte| byte == b'\n').map(<[u8]>::len).collect();
    let [_, first, others @ ..] = lines.as_slice() else {
        panic!("{name} has no frames");
    };
    let told: usize = others.iter().sum();
    let whole = first * others.len();
    assert!(
        told < whole,
        "{name}: {told} bytes, {whole} if each frame were told anew"
    );
}

#[test]
fn every_trace_replays_to_the_cells_of_the_view() {
    for (name, path) in traces() {
        check_run(&name, &of_file(&path), 1, &[(80, 24)]);
    }
}

/// Returns frames of one row each.
fn rows(rows: &[&str]) -> Takes {
    let width = rows.iter().map(|row| row.width()).max().unwrap_or(0);
    let width = u16::try_from(width).expect("a row");
    let frames = rows.iter().map(|row| {
        let mut frame = Buffer::empty(Rect::new(0, 0, width, 1));
        frame.set_string(0, 0, row, Style::new());
        frame
    });
    Takes::of("rows", (width, 1), frames.collect())
}

#[test]
fn what_a_cast_says() {
    let film = || {
        let mut film = rows(&["ab \"x\"", "ab \"y\"", "ab"])
            .with_mark(Span::millis(100), "the y")
            .with_mark(Span::millis(1250), "");
        film.told.title = "A \"title\"\u{1b}".to_owned();
        film
    };
    let v3 = check("said", &mut film(), Version::V3);
    insta::assert_snapshot!(String::from_utf8(v3).expect("UTF-8"), @r##"
    {"version":3,"term":{"cols":6,"rows":1,"theme":{"fg":"#c9ced4","bg":"#16181c","palette":"#000000:#cd0000:#00cd00:#cdcd00:#0000ee:#cd00cd:#00cdcd:#e5e5e5:#7f7f7f:#ff0000:#00ff00:#ffff00:#5c5cff:#ff00ff:#00ffff:#ffffff"}},"title":"A \"title\"\u001b"}
    [0.000, "o", "\u001b[?25l\u001b[m\u001b[H\u001b[2Jab \"x\""]
    [0.100, "o", "\u001b[5Gy"]
    [0.000, "m", "the y"]
    [0.100, "o", "\u001b[2D   "]
    [1.050, "m", ""]
    [0.050, "o", "\u001b[m\u001b[1;6H\u001b[?25h"]
    "##);
    let mut film = film();
    film.told.paper.ground = Color::Reset;
    let v2 = check("said", &mut film, Version::V2);
    insta::assert_snapshot!(String::from_utf8(v2).expect("UTF-8"), @r##"
    {"version":2,"width":6,"height":1,"title":"A \"title\"\u001b"}
    [0.000, "o", "\u001b[?25l\u001b[m\u001b[H\u001b[2Jab \"x\""]
    [0.100, "o", "\u001b[5Gy"]
    [0.100, "m", "the y"]
    [0.200, "o", "\u001b[2D   "]
    [1.250, "m", ""]
    [1.300, "o", "\u001b[m\u001b[1;6H\u001b[?25h"]
    "##);
}

#[test]
fn symbols_that_terminals_disagree_about_spoil_nothing_beside_them() {
    // Marks over letters, at the edge too; wide ones that come and go; joined ones.
    let e = "e\u{301}";
    check_rows(&["....", &format!("a{e}b."), &format!("ab.{e}"), "abcd"]);
    check_rows(&["漢字漢字", "a漢字漢.", "漢字", "a字b漢c"]);
    check_rows(&[
        "abcdefgh",
        "ab❤\u{fe0f}cde",
        "👩\u{200d}👩\u{200d}👧bcdef",
        "❤\u{fe0f}",
    ]);
    check_rows(&[
        &format!("漢{e}字{e}a"),
        &format!("{e}{e}{e}{e}{e}"),
        "字\u{301}漢",
    ]);
    check_rows(&["a\tb\u{7}c", "\u{301}ab", ""]);
}

fn check_rows(texts: &[&str]) {
    for version in [Version::V2, Version::V3] {
        check("rows", &mut rows(texts), version);
    }
}

#[test]
fn half_a_wide_symbol_at_the_edge_is_a_blank() {
    let mut frame = Buffer::empty(Rect::new(0, 0, 3, 2));
    frame[(2, 0)].set_symbol("漢");
    frame[(2, 1)].set_symbol("漢");
    check("edge", &mut Takes::of("", (3, 2), vec![frame]), Version::V3);
}

#[test]
fn check_says_what_is_in_a_cast_and_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.cast");
    let path = path.to_str().expect("UTF-8");
    let mut film = rows(&["a", "b"]).with_mark(Span::millis(100), "the b");
    let mut bytes = Vec::new();
    cast(&mut film, Version::V3, &mut bytes).expect("it is memory");
    let checked = |bytes: &[u8]| {
        std::fs::write(path, bytes).expect("a file");
        let ran = common::output(&["check", path]);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(path, "a.cast");
        (ran.status.code(), text(&ran.stdout), text(&ran.stderr))
    };
    let told = "a.cast: a cast of version 3\n  title       rows\n  size        1x1\n  \
                length      1.20 s\n  outputs     3\n  marks       1: the b\n";
    let (code, out, error) = checked(&bytes);
    assert_eq!(out, format!("{told}nothing is wrong\n"));
    assert_eq!((code, error.as_str()), (Some(0), ""));
    bytes.extend(b"[0, \"o\"]\n");
    let (code, out, error) = checked(&bytes);
    let wrong = "line 6: it is no list of a time, a code and a text\n";
    assert_eq!(out, format!("{told}{wrong}"));
    assert_eq!(
        (code, error.as_str()),
        (Some(1), "mpviz: `a.cast`: 1 fault\n")
    );
}

fn style() -> impl Strategy<Value = Style> {
    let colour = || {
        prop_oneof![
            4 => Just(Color::Reset),
            2 => Just(Color::Rgb(1, 2, 3)),
            1 => any::<u8>().prop_map(|red| Color::Rgb(red, 200, 7)),
            1 => any::<u8>().prop_map(Color::Indexed),
            1 => Just(Color::LightCyan),
            1 => Just(Color::Red),
        ]
    };
    let modifier = prop_oneof![
        3 => Just(Modifier::empty()),
        1 => Just(Modifier::BOLD),
        1 => (0u16..512).prop_map(|bits| Modifier::from_bits_truncate(bits) - Modifier::HIDDEN),
    ];
    (colour(), colour(), modifier).prop_map(|(text, ground, modifier)| {
        Style::new().fg(text).bg(ground).add_modifier(modifier)
    })
}

/// Frames of a size, each the one before with some texts written over it.
fn frames() -> impl Strategy<Value = ((u16, u16), Vec<Buffer>)> {
    let text = prop_oneof![
        2 => "[a-c \"]{1,12}",
        1 => " {1,30}",
        1 => "[█░─│╭▲]{1,5}",
        1 => "(漢|字|e\u{301}|❤\u{fe0f}|👩\u{200d}👧|a){1,4}",
    ];
    let write = (0u16..40, 0u16..6, text, style());
    let frame = proptest::collection::vec(write, 0..6);
    let size = (1u16..40, 1u16..6);
    (size, proptest::collection::vec(frame, 1..6)).prop_map(|(size, frames)| {
        let mut frame = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        let frames = frames.into_iter().map(|writes| {
            for (x, y, text, style) in writes {
                frame.set_string(x.min(size.0 - 1), y.min(size.1 - 1), text, style);
            }
            frame.clone()
        });
        (size, frames.collect())
    })
}

proptest! {
    #[test]
    fn any_frames_replay_to_their_cells((size, frames) in frames()) {
        let frames: Vec<Buffer> = frames;
        check("any", &mut Takes::of("", size, frames.clone()), Version::V2);
        check("any", &mut Takes::of("", size, frames), Version::V3);
    }

    /// What a slow terminal is told: slices of a frame, some rows before others, then of the next
    /// frame, which may be told over something else.
    #[test]
    fn any_frames_told_in_slices_come_to_the_cells_of_the_last(
        (size, frames) in frames(),
        slices in proptest::collection::vec((0usize..60, 0usize..6, any::<bool>()), 1..12),
    ) {
        let frames: Vec<Buffer> = frames;
        let mut terminal = Terminal::new(size.0.into(), size.1.into()).expect("a size");
        let mut screen = Screen::new(size.0, size.1, Listener::Terminal);
        let height = usize::from(size.1);
        for frame in &frames {
            for &(limit, first, is_lost) in &slices {
                if is_lost {
                    // Another program wrote there.
                    terminal.feed("\u{1b}[2;3Hab\u{1b}[7mx\u{1b}[m");
                    screen.forget();
                }
                let (told, ended) = screen.draw_within(frame, (0..height).cycle().skip(first).take(height), limit);
                terminal.feed(told);
                prop_assert!(ended.is_none_or(|row| row < height));
                terminal.feed(screen.lay_pen_down());
                screen.forget_cursor();
            }
        }
        let last = frames.last().expect("there is one");
        terminal.feed(screen.draw(last));
        let wanted = wanted(last);
        prop_assert_eq!(shown(&terminal, &wanted), wanted);
        prop_assert_eq!(screen.draw(last), "");
    }
}
