//! A whole lesson on a terminal, as a learner goes through it: a program is run, frozen, stepped
//! through and zoomed into; who waits for whom is followed; events are filtered; a signal is sent; it
//! is run again.

mod common;

use common::pty::Pty;

/// Goes through the lesson on a screen of one size.
fn lesson(size: (u16, u16)) {
    // A copy of the write end is left open: the reader never ends.
    let mut pty = Pty::start(size, &["pipe-no-eof", "--pace", "4"]);
    pty.until_header(&["pipe-no-eof", "● live"]);
    pty.until_header(&["▲ 1"]);
    // Everything stands still but the header, which says how far live is.
    pty.press("Space");
    pty.until_header(&["FROZEN at"]);
    // Back to an event, and on again.
    pty.press(",");
    let before = pty.until_header(&["FROZEN at"]);
    pty.press(", ,");
    pty.until("an earlier moment", |screen| head(screen) != head(&before));
    pty.press("+ +");
    pty.until("a part of the run", |screen| overview(screen).contains('['));
    pty.press("0 f");
    pty.until_header(&["● live"]);
    // What is wrong, in words: what, harm, fix.
    pty.press("!");
    let told = pty.until_text("W02");
    assert!(told.contains("EOF"), "{told}");
    pty.until_text("harm");
    pty.until_text("fix");
    pty.press("Esc");
    pty.until_header(&["● live"]);
    // The reader, why it waits, and what it waits for.
    pty.press("1 Home Down Down");
    pty.until_text("EOF");
    pty.press("w");
    pty.until_text("proof 1 of");
    pty.press("Esc");
    pty.until("no proof", |screen| !screen.contains("proof 1 of"));
    pty.press("W");
    pty.until("the pipe", |screen| caption(screen).contains("pipe"));
    pty.press("Enter");
    pty.until_text("Esc closes");
    pty.press("Esc");
    pty.until("no card", |screen| !screen.contains("Esc closes"));
    pty.press("f");
    pty.until_header(&["● live"]);
    // Only what the writer did.
    pty.press("4 / w h o : w r i t e r Enter");
    pty.until("the filter", |screen| screen.contains("who:writer"));
    pty.press("/ Esc");
    pty.until("no filter", |screen| !screen.contains("who:writer"));
    // The reader is ended by hand, and with it the program.
    pty.press("1 Home Down Down K Enter");
    pty.until_header(&["pipe-no-eof", "■ ended"]);
    // Again, beside its fix, which ends by itself.
    pty.press("r");
    pty.until_header(&["● live"]);
    pty.press("=");
    pty.until("its fix has ended", |screen| {
        let fix = screen.lines().nth(1).unwrap_or_default();
        fix.contains("--fixed") && fix.contains("exit 0")
    });
    pty.quit();
}

/// Returns the first row.
fn head(screen: &str) -> &str {
    screen.lines().next().unwrap_or_default()
}

/// Returns the row that shows the whole run.
fn overview(screen: &str) -> &str {
    let row = screen.lines().find(|row| row.starts_with(" whole run"));
    row.unwrap_or_default()
}

/// Returns the rows above the keys.
fn caption(screen: &str) -> String {
    let rows: Vec<&str> = screen.lines().collect();
    let end = rows.len().saturating_sub(1);
    rows[end.saturating_sub(2)..end].join("\n")
}

#[test]
fn on_a_usual_screen() {
    lesson((120, 36));
}

#[test]
fn on_a_small_screen() {
    lesson((80, 24));
}
