//! The program on a terminal: every scenario picked by keyboard, and what keys, sizes and signals
//! do meanwhile. Nothing stays behind, and the terminal is as it was.

mod common;

use common::pty::Pty;
use mpviz::event::program::Group;
use mpviz::scenario::PROGRAMS;
use nix::sys::signal::Signal;
use vt100::Color;

const USUAL: (u16, u16) = (120, 36);
/// Runs for half a minute, which no test waits for.
const LONG: &[&str] = &["pipe", "--pace", "0.2"];

/// Opens the list of scenarios.
fn picker(size: (u16, u16)) -> Pty {
    let pty = Pty::start(size, &[]);
    pty.until_text("real processes, made visible");
    pty.until_text("─ fork ─");
    pty.is_taken();
    pty
}

/// Starts a run that goes on, and waits for its processes.
fn long_run() -> Pty {
    let pty = Pty::start(USUAL, LONG);
    pty.until_header(&["pipe", "● live"]);
    pty.until_text("rev: url0");
    pty
}

/// Returns the pid in the row of MainProcess.
#[track_caller]
fn main_pid(screen: &str) -> u32 {
    let row = screen.lines().find(|row| row.contains("MainProcess"));
    let row = row.unwrap_or_else(|| panic!("no MainProcess in\n{screen}"));
    let pid = row.split_whitespace().find_map(|word| word.parse().ok());
    pid.unwrap_or_else(|| panic!("no pid in `{row}`"))
}

/// Returns the rows below the head of a pane.
fn pane<'a>(screen: &'a str, head: &str) -> Vec<&'a str> {
    let rows = screen.lines().skip_while(|row| !row.contains(head)).skip(1);
    let is_of_pane = |row: &&str| !row.starts_with('─') && !row.starts_with(" whole run");
    rows.take_while(is_of_pane).collect()
}

#[test]
fn every_scenario_is_picked_by_keyboard_and_runs_to_its_end() {
    let mut pty = picker(USUAL);
    for (at, program) in PROGRAMS.iter().enumerate() {
        if at > 0 {
            pty.press("Down");
        }
        pty.until_text(&format!("─ {} ─", program.name));
        let has_fault = program.group == Group::Trouble;
        pty.press("Tab");
        if has_fault {
            // With its remedy each ends by itself.
            pty.press("Right");
            pty.until_knob("fixed", "yes");
        }
        pty.press("End 23");
        pty.until_text(" 23 ");
        pty.press("Enter");
        let screen = pty.until_header(&[program.name, "■ ended"]);
        assert!(screen.contains("MainProcess"), "{screen}");
        pty.tag.living();
        pty.press("s");
        pty.until_text("real processes, made visible");
        // Who ran is marked, who has a fault is so before.
        let mark = if has_fault { '▲' } else { '✓' };
        pty.until_text(&format!("{mark} {}", program.name));
    }
    pty.quit();
}

#[test]
fn one_that_hangs_is_shown_hanging_until_its_viewer_ends_it() {
    let mut pty = Pty::start(USUAL, &["two-locks", "--pace", "23"]);
    pty.until_header(&["two-locks", "● live"]);
    pty.until("two that wait for each other", |screen| {
        screen.contains("acquire a") && screen.contains("acquire b")
    });
    pty.is_taken();
    assert!(pty.tag.living().len() >= 3, "the program's own processes");
    pty.quit();
}

#[test]
fn a_scenario_may_be_run_at_once_and_ended_while_it_runs() {
    let mut pty = long_run();
    pty.is_taken();
    assert!(pty.tag.living().len() >= 4, "the program's own processes");
    pty.quit();
}

#[test]
fn a_filter_leaves_the_scenarios_with_its_words() {
    let mut pty = picker(USUAL);
    pty.press("/ nothing");
    pty.until_text("no scenario has these words");
    pty.press("C-u fan-in");
    pty.until_text("filter fan-in");
    let few = pty.until_text("─ queue-fan-in ─");
    assert!(
        few.contains("queue-fan-in") && !few.contains("communicate"),
        "{few}"
    );
    // Letters are typed, also those that are keys elsewhere.
    pty.press("q");
    pty.until_text("no scenario has these words");
    pty.press("Backspace Enter Enter");
    pty.until_header(&["queue-fan-in"]);
    pty.press("s");
    pty.until_text("filter fan-in");
    pty.press("Esc");
    pty.until_text("communicate");
    pty.quit();
}

#[test]
fn a_knob_is_stepped_typed_and_held_to_its_range() {
    let mut pty = picker(USUAL);
    pty.press("Down Down Down");
    pty.until_text("─ pool ─");
    pty.press("Tab Right Right");
    pty.until("five workers", |screen| screen.contains("workers     5"));
    pty.press("65 Enter");
    pty.until_text("`workers` is 65, 1 to 64 are possible");
    pty.press("2 Down 4 End 23 Enter");
    let screen = pty.until_header(&["pool", "■ ended"]);
    assert!(screen.contains("ForkPoolWorker-2"), "{screen}");
    assert!(!screen.contains("ForkPoolWorker-3"), "{screen}");
    pty.quit();
}

#[test]
fn a_run_is_run_again() {
    let mut pty = Pty::start(USUAL, &["process", "--pace", "23"]);
    let first = main_pid(&pty.until_header(&["■ ended"]));
    pty.press("r");
    pty.until("another MainProcess, ended", |screen| {
        screen.contains("■ ended") && main_pid(screen) != first
    });
    pty.quit();
}

#[test]
fn another_run_ends_the_one_that_goes_on() {
    let mut pty = long_run();
    let before = pty.tag.living();
    pty.press("s Home");
    pty.until_text("─ fork ─");
    // The run goes on behind the list, and one can go back to it.
    pty.press("Esc");
    pty.until_header(&["pipe", "● live"]);
    pty.press("s Enter");
    pty.until_header(&["fork"]);
    let after = pty.tag.living();
    let both: Vec<_> = after.iter().filter(|pid| before.contains(pid)).collect();
    assert_eq!(both, [&pty.pid()], "only mpviz itself is the same");
    pty.quit();
}

#[test]
fn a_frozen_view_stands_still_while_collecting_goes_on() {
    let mut pty = long_run();
    pty.press("Space");
    let frozen = pty.until_header(&["FROZEN at", "live is at"]);
    let events = pane(&frozen, "4 events");
    let header = frozen.lines().next().expect("a header");
    let later = pty.until("a later time in the header", |screen| {
        screen.contains("FROZEN") && screen.lines().next() != Some(header)
    });
    assert_eq!(pane(&later, "4 events"), events);
    pty.press("Space");
    pty.until("the present, with later events", |screen| {
        screen.contains("● live") && pane(screen, "4 events") != events
    });
    pty.quit();
}

#[test]
fn one_travels_through_a_run_and_back_to_its_end() {
    let play = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flow/plays/fan-in.mpt");
    let mut pty = Pty::start(USUAL, &["replay", "--speed", "0", play]);
    pty.until_header(&["queue-fan-in", "■ ended"]);
    // Step back to the last event of the reader, then of anybody.
    pty.press("Down Down Down Down <");
    pty.until_header(&["FROZEN at", "the end is at 1.52 s"]);
    pty.press("Home < < ,");
    pty.until_header(&["FROZEN at"]);
    let header = |screen: &str| screen.lines().next().map(str::to_owned);
    // To the first mark there is, a mark of one's own, and back to it.
    pty.press("\"");
    pty.until_header(&["FROZEN at 0.000 s"]);
    pty.press("L");
    let there = pty.until("ten columns on", |screen| {
        !screen.contains("FROZEN at 0.000")
    });
    pty.press("m Enter L L");
    pty.until_text("▼");
    pty.press("' '");
    pty.until_header(&["FROZEN at 1.52"]);
    // Before the end is the finding that the read lock is lost; before that, the own mark.
    pty.press("\" \"");
    pty.until("the mark", |screen| header(screen) == header(&there));
    pty.press("+ + + + +");
    pty.until_text("50 ms of 1.52 s");
    pty.press("0");
    pty.until_text("0 to 1.52 s");
    pty.until("the mark", |screen| header(screen) == header(&there));
    // It plays by itself, either way, and ends at the ends.
    pty.press("] ] ] ] b");
    pty.until_header(&["FROZEN at 0.000 s"]);
    pty.press("p");
    pty.until_header(&["FROZEN at 1.52"]);
    pty.press("f");
    pty.until_header(&["■ ended"]);
    pty.quit();
}

#[test]
fn the_help_shows_the_keys_and_goes_away() {
    let mut pty = picker(USUAL);
    pty.press("?");
    pty.until_text("shows only what has certain words");
    pty.press("Esc");
    pty.until("no help", |screen| !screen.contains("certain words"));
    pty.press("Enter");
    pty.until_header(&["fork", "■ ended"]);
    pty.press("?");
    let help = pty.until_text("freezes the view");
    assert!(!help.contains("a lock whose holder is dead"), "{help}");
    pty.press("End");
    pty.until_text("a lock whose holder is dead");
    pty.press("Home");
    pty.until_text("freezes the view");
    // `q` leaves the help, and only then mpviz.
    pty.press("q");
    pty.until("no help", |screen| !screen.contains("freezes the view"));
    pty.quit();
}

#[test]
fn a_terminal_that_is_too_small_is_told_what_it_needs() {
    let pty = Pty::start((59, 16), LONG);
    pty.until_text("mpviz needs 60x16");
    for (size, text) in [
        ((60, 15), "this is 60x15"),
        ((60, 16), "pipe"),
        ((20, 5), "this is 20x5"),
        ((80, 24), "● live"),
        ((3, 1), "mpv"),
        ((120, 36), "● live"),
    ] {
        pty.resize(size);
        pty.until_text(text);
    }
    pty.resize((1, 1));
    pty.quit();
}

#[test]
fn a_hundred_resizes_while_running_leave_the_screen_whole() {
    let mut pty = Pty::start(USUAL, &["queue-fan-in", "--pace", "4"]);
    pty.until_header(&["queue-fan-in"]);
    for n in 0..100u16 {
        // All sizes from 1x1 on, in no order.
        pty.resize((1 + n * 97 % 211, 1 + n * 41 % 67));
    }
    pty.resize((200, 60));
    pty.until_header(&["queue-fan-in", "■ ended"]);
    check_redrawn(&mut pty);
    pty.quit();
}

/// Checks that nothing is on the screen but what is drawn there: a drawing from scratch is equal.
#[track_caller]
fn check_redrawn(pty: &mut Pty) {
    settle(pty);
    let (text, cells, frames) = (pty.text(), pty.cells(), pty.frames());
    pty.signal(Signal::SIGCONT);
    pty.until_frame_after(frames);
    assert_eq!(pty.text(), text);
    assert_eq!(pty.cells(), cells);
}

/// Has an ended run drawn once more: keys come after all that was to be drawn before.
#[track_caller]
fn settle(pty: &mut Pty) {
    pty.press("?");
    pty.until_text("freezes the view");
    pty.press("?");
    pty.until("no help", |screen| !screen.contains("freezes the view"));
}

/// Checks that mpviz stops as jobs do, with the terminal as it was, and goes on.
#[track_caller]
fn check_stopped(pty: &mut Pty, stop: impl Fn(&mut Pty)) {
    let screen = pty.text();
    stop(pty);
    pty.until_stopped();
    pty.is_as_before();
    let frames = pty.frames();
    pty.signal(Signal::SIGCONT);
    pty.until_frame_after(frames);
    pty.until("a later screen, drawn whole", |later| {
        later != screen && later.contains("● live") && later.contains("4 events")
    });
    pty.is_taken();
}

#[test]
fn a_stopped_mpviz_gives_the_terminal_back_and_takes_it_again() {
    let mut pty = long_run();
    check_stopped(&mut pty, |pty| pty.press("C-z"));
    check_stopped(&mut pty, |pty| pty.signal(Signal::SIGTSTP));
    check_stopped(&mut pty, |pty| pty.press("C-z"));
    pty.quit();
}

#[test]
fn a_shell_has_mpviz_as_a_job() {
    let mpviz = env!("CARGO_BIN_EXE_mpviz");
    let mut pty = Pty::command(USUAL, &["sh", "-i"], &[("PS1", "% "), ("ENV", "")]);
    pty.until_text("%");
    pty.send(format!("{mpviz} {}\r", LONG.join(" ")).as_bytes());
    pty.until_header(&["pipe", "● live"]);
    pty.press("C-z");
    pty.until_text("Stopped");
    pty.send(b"echo as bef''ore\r");
    pty.until_text("as before");
    pty.send(b"fg\r");
    pty.until_header(&["pipe", "● live"]);
    pty.press("q");
    pty.until("the prompt again", |screen| {
        screen.contains("as before") && screen.trim_end().ends_with("\n%")
    });
    pty.send(b"exit\r");
    assert_eq!(pty.end(), 0);
    pty.nothing_is_left();
}

/// Returns every colour on the screen.
fn colours(pty: &Pty) -> Vec<Color> {
    let cells = pty.cells().into_iter().flatten();
    let mut colours: Vec<_> = cells
        .flat_map(|cell| [cell.foreground, cell.background])
        .collect();
    colours.sort_by_key(|colour| format!("{colour:?}"));
    colours.dedup();
    colours
}

/// Checks the colours of the picker, of a run and of its end.
#[track_caller]
fn check_colours(arguments: &[&str], variables: &[(&str, &str)], check: impl Fn(&[Color])) {
    let mut pty = Pty::start_with(USUAL, arguments, variables);
    pty.until_text("─ fork ─");
    check(&colours(&pty));
    pty.press("Down Down Down");
    pty.until_text("─ pool ─");
    pty.press("Tab End 4 Enter");
    pty.until_header(&["pool", "live"]);
    check(&colours(&pty));
    pty.until_header(&["pool", "ended"]);
    check(&colours(&pty));
    pty.quit();
}

#[test]
fn without_colours_no_cell_has_one() {
    let none = |colours: &[Color]| assert_eq!(colours, [Color::Default]);
    check_colours(&[], &[("NO_COLOR", "1"), ("COLORTERM", "truecolor")], none);
    check_colours(&["--color", "never"], &[("COLORTERM", "truecolor")], none);
    check_colours(&[], &[("TERM", "vt100")], none);
}

#[test]
fn no_more_colours_than_the_terminal_has() {
    let below = |count: u8| {
        move |colours: &[Color]| {
            let is_one = |&colour: &Color| match colour {
                Color::Default => true,
                Color::Idx(number) => number < count,
                Color::Rgb(..) => false,
            };
            assert!(
                colours.len() > 1 && colours.iter().all(is_one),
                "{colours:?}"
            );
        }
    };
    check_colours(&[], &[("TERM", "xterm")], below(16));
    check_colours(&["--color", "16"], &[("COLORTERM", "truecolor")], below(16));
    check_colours(&[], &[], below(u8::MAX));
    check_colours(&["--color", "always"], &[], |colours| {
        let is_full = |colour: &Color| matches!(colour, Color::Rgb(..));
        assert!(colours.iter().any(is_full), "{colours:?}");
    });
}

/// Counts the cells whose ground is dark and those whose ground is light.
fn grounds(pty: &Pty) -> (usize, usize) {
    let is_dark = |colour| match colour {
        Color::Rgb(r, g, b) => u32::from(r) + u32::from(g) + u32::from(b) < 3 * 128,
        other => panic!("no ground is painted: {other:?}"),
    };
    let cells = pty.cells().into_iter().flatten();
    let (dark, light): (Vec<_>, Vec<_>) = cells.partition(|cell| is_dark(cell.background));
    (dark.len(), light.len())
}

#[test]
fn a_light_terminal_is_light_and_a_dark_one_dark() {
    let start = |theme| {
        let arguments = [
            "--theme", theme, "--color", "always", "pool", "--pace", "23",
        ];
        let pty = Pty::start(USUAL, &arguments);
        pty.until_header(&["■ ended"]);
        pty
    };
    let light = start("light");
    let (dark_cells, light_cells) = grounds(&light);
    // The bars of busy processes are ink, not ground.
    assert_eq!(dark_cells, 0, "beside {light_cells} light ones");
    light.quit();
    let dark = start("dark");
    let (dark_cells, light_cells) = grounds(&dark);
    assert!(
        light_cells * 10 < dark_cells,
        "{light_cells} of {dark_cells}"
    );
    dark.quit();
    // Where the terminal tells its ground, that is drawn on: only tints are painted.
    let told = Pty::start_with(
        USUAL,
        &["--color", "always", "pool", "--pace", "23"],
        &[("COLORFGBG", "0;15")],
    );
    told.until_header(&["■ ended"]);
    let is_light = |colour: &Color| match *colour {
        Color::Rgb(r, g, b) => u32::from(r) + u32::from(g) + u32::from(b) > 3 * 128,
        _ => colour == &Color::Default,
    };
    let backgrounds = told
        .cells()
        .into_iter()
        .flatten()
        .map(|cell| cell.background);
    let dark: Vec<_> = backgrounds.filter(|colour| !is_light(colour)).collect();
    assert_eq!(dark, []);
    told.quit();
}

#[test]
fn ascii_is_ascii() {
    for (arguments, variables) in [
        (&["--ascii", "pool", "--pace", "23"][..], &[][..]),
        (&["pool", "--pace", "23"], &[("LANG", "C")]),
    ] {
        let pty = Pty::start_with(USUAL, arguments, variables);
        let screen = pty.until_header(&["pool", "ended"]);
        let foreign: Vec<_> = screen.chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(foreign, [], "{screen}");
        pty.quit();
    }
}
