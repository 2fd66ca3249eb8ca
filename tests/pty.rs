//! The program on a terminal: every scenario picked by keyboard, and what keys, sizes and signals
//! do meanwhile. Nothing stays behind, and the terminal is as it was.

mod common;

use common::pty::Pty;
use mpviz::scenario::PROGRAMS;
use nix::sys::signal::Signal;

const USUAL: (u16, u16) = (120, 36);

/// Opens the list of scenarios.
fn picker(size: (u16, u16)) -> Pty {
    let pty = Pty::start(size, &[]);
    pty.until_text("real processes, made visible");
    pty.until_text("─ fork ─");
    pty.is_taken();
    pty
}

/// Sets the pace of the selected scenario, and runs it.
fn run_fast(pty: &mut Pty, pace: &str) {
    pty.press(&format!("Tab End {pace}"));
    pty.until_text(&format!(" {pace} "));
    pty.press("Enter");
}

#[test]
fn every_scenario_is_picked_by_keyboard_and_runs_to_its_end() {
    let mut pty = picker(USUAL);
    for (at, program) in PROGRAMS.iter().enumerate() {
        if at > 0 {
            pty.press("Down");
        }
        pty.until_text(&format!("─ {} ─", program.name));
        run_fast(&mut pty, "23");
        let screen = pty.until_header(&[program.name, "■ ended"]);
        assert!(screen.contains("MainProcess"), "{screen}");
        pty.tag.living();
        pty.press("s");
        pty.until_text("real processes, made visible");
        // Who ran is marked.
        pty.until_text(&format!("✓ {}", program.name));
    }
    pty.quit();
}
