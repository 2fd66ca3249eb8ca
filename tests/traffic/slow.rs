//! A terminal that takes little, nothing, or is gone.

use crate::held::Held;

/// Ends within seconds, with something new on the screen in each frame.
const SHORT: &[&str] = &["pool", "--workers", "4"];
/// Goes on for half a minute.
const LONG: &[&str] = &["pipe", "--pace", "0.2"];

#[test]
fn after_a_while_in_which_nothing_is_taken_the_next_frame_is_the_newest() {
    let mut held = Held::start(SHORT);
    held.until_text("● live");
    held.until_text("ForkPoolWorker-4");
    held.until_alone();
    let (frames, taken) = (held.frames, held.taken);
    held.until_text("■ ended");
    // What was on the way, and one of now. All of them would be dozens.
    let (frames, taken) = (held.frames - frames, held.taken - taken);
    assert!(frames <= 3, "{frames} frames of {taken} bytes");
    held.press("q");
    assert_eq!(held.end(), 0);
}

#[test]
fn one_that_answers_nothing_is_drawn_on_too() {
    let mut held = Held::start(SHORT);
    held.answers = false;
    held.until_text("■ ended");
    held.press("?");
    held.until_text("─ keys ─");
    held.press("q");
    held.press("q");
    held.until_text("");
    assert_eq!(held.end(), 0);
}

#[test]
fn a_stuck_one_stops_neither_the_program_nor_the_end() {
    for answers in [true, false] {
        let mut held = Held::start(SHORT);
        held.answers = answers;
        held.until_text("● live");
        held.fill();
        // Its frames can't be written, and what it shows goes on to its end.
        held.until_alone();
        held.press("q");
        assert_eq!(held.end(), 0);
        assert!(held.has_modes_from_before());
    }
}

#[test]
fn a_signal_ends_mpviz_on_a_stuck_one() {
    let mut held = Held::start(LONG);
    held.until_text("● live");
    held.fill();
    held.terminate();
    assert_eq!(held.end(), 143);
    assert!(held.has_modes_from_before());
}

#[test]
fn one_that_vanishes_in_a_frame_ends_mpviz() {
    for fills in [false, true] {
        let mut held = Held::start(LONG);
        held.until_text("● live");
        if fills {
            held.fill();
        }
        held.vanish();
        let code = held.end();
        // Whoever is first tells: the lost terminal, or the kernel's SIGHUP for it.
        assert_eq!(code, 129);
    }
}
