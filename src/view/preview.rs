//! The preview: a still of a scenario's own flow, beside its name in the picker.
//!
//! Pictures are written here as they are seen. `[x]` is a chip; what stands between `▕` and `▏` is
//! a vessel; `=x=` is a task's band; marks have their own colour.

use super::brush::{Brush, columns};
use super::theme::{Charset, Mark, Role};
use ratatui::layout::Rect;
use ratatui::style::Style;

/// How many rows a preview takes, with a blank one above and below.
pub(super) const PREVIEW_ROWS: u16 = 6;

const PICTURES: &[(&str, &[&str])] = &[
    (
        "fork",
        &[
            "parent  ████████████■",
            "              ├─ fork",
            "child         └┄┄██████■",
        ],
    ),
    (
        "process",
        &["Main     ██─────────────██■", "  └child  ┄┄██████████■"],
    ),
    (
        "processes",
        &[
            "Main  ██──────────────────■",
            " ├1    ┄···············■",
            " ├2    ┄······■",
            " └3    ┄····················■",
        ],
    ),
    (
        "pool",
        &[
            "                     ╭─► W-1 =T0= ─╮",
            "Main ─► ▕ [T4] [T3]▏ ┼─► W-2 =T1= ─┼─► ▕     ▏ ─► Main",
            "                     ╰─► W-3 =T2= ─╯",
        ],
    ),
    (
        "pool-timed",
        &[
            "Worker-1 =T0 ·········=",
            "Worker-2 =T1 ···==T4 ·········=",
            "Worker-3 =T2 ··············=",
            "Worker-4 =T3 ······=",
        ],
    ),
    (
        "call",
        &[
            "Main      ██───────────────██■",
            "  └program ┄█████████████■ 0",
        ],
    ),
    (
        "communicate",
        &[
            "      ╭─ stdin ──► ▕  [set q=mx]▏ ─╮",
            "Main ─┤                            ├─ program",
            "      ╰◄ stdout ── ▕[answer]    ▏ ─╯",
        ],
    ),
    (
        "queue",
        &["writer ──►▕  ▏───◇───►▕        [B]▏───◆───► reader"],
    ),
    (
        "queue-fan-in",
        &[
            "writer-1 ──╮",
            "           ├──◇──► ▕         [url_6]▏ ──◆──► reader",
            "writer-2 ──╯",
        ],
    ),
    ("queue-limits", &["putter ─▒ ▕[c] [b] [a]▏ ──◆──► getter"]),
    (
        "pipe",
        &[
            "sender  ──► ▕    [url6] [url5]▏ ──► receiver",
            "        ◄── ▕                 ▏ ◄──",
        ],
    ),
    (
        "zombie",
        &[
            "Main  ██··························■",
            " ├1    ┄·······■zzzzzzzzzzzzzzzzzz",
            " └2    ┄··············■zzzzzzzzzzz",
        ],
    ),
    (
        "orphan",
        &[
            "Main     ██··········██■",
            "manager   ┄───────── ╳",
            "worker     ┄·········⇡···········■",
        ],
    ),
    (
        "join-full-queue",
        &[
            "writer ─►▕[c]▏─◆─▒▕[b] [a]▏─◇─► nobody",
            "",
            "Main ─ joins ─► writer ─ joins ─► feeder",
        ],
    ),
    (
        "killed-reader",
        &[
            "                      ╭──◆── reader-1 ╳",
            "Main ──► ▕       [B]▏─┤",
            "                      ╰╌╌╌╌► reader-2",
        ],
    ),
    (
        "pipe-no-eof",
        &[
            "writer ■",
            "           ╭──► ▕         ▏ ░──► reader",
            "Main holds ╯ the write end",
        ],
    ),
    (
        "swallowed-exception",
        &[
            "Worker-1 =T0 ····==T3 ·········=■",
            "Worker-2 =T1 ··==T2 ···=╳ ValueError",
            "Main     ──────── join ────────■",
        ],
    ),
    (
        "killed-worker",
        &[
            "Main      ············░░ get T0 ░░░░░░",
            " ├Worker-1 =T0 ·······=╳",
            " └Worker-2             ┄=T1 ·==T2 ·=",
        ],
    ),
    (
        "two-locks",
        &[
            "one ─── has ──► ◆ a ◄╌╌ wants ╌╌╌ two",
            " ╰╌╌╌╌ wants ╌► ◆ b ◄── has ──────╯",
        ],
    ),
    (
        "join-only-last",
        &[
            "Main  ██───────█ 1 of 4 ──────────■",
            " ├1    ┄·························■",
            " ├2    ┄···················■",
            " ├3    ┄·············■",
            " └4    ┄·······■",
        ],
    ),
    ("backpressure", &["writer ─►▕[7] [6] [5] [4] [3]▏─► reader"]),
];

/// Draws a scenario's still into the middle of an area; nothing for one that has none.
pub(super) fn draw_preview(brush: &mut Brush<'_>, area: Rect, name: &str) {
    let Some((_, picture)) = PICTURES.iter().find(|(of, _)| *of == name) else {
        return;
    };
    let height = u16::try_from(picture.len()).unwrap_or(u16::MAX);
    let wide = picture
        .iter()
        .map(|line| columns(line, 200))
        .max()
        .unwrap_or(0);
    if height > area.height || wide + 2 > area.width {
        return;
    }
    let x = area.x + 3.min(area.width - wide);
    let y = area.y + (area.height - height) / 2;
    for (y, line) in (y..).zip(*picture) {
        draw_line(brush, x, y, line);
    }
}

fn draw_line(brush: &mut Brush<'_>, x: u16, y: u16, line: &str) {
    let theme = brush.theme;
    let (mut in_vessel, mut in_chip, mut in_band) = (false, false, false);
    for (x, c) in (x..).zip(line.chars()) {
        let vessel = theme.style(Role::Vessel);
        let (sign, style): (&str, Style) = match c {
            '[' => {
                in_chip = true;
                (theme.signs().chip.0, theme.style(Role::Chip))
            }
            ']' => {
                in_chip = false;
                (theme.signs().chip.1, theme.style(Role::Chip))
            }
            '=' => {
                in_band = !in_band;
                let sign = match (theme.charset(), in_band) {
                    (Charset::Unicode, _) => " ",
                    (_, true) => "[",
                    (_, false) => "]",
                };
                (sign, theme.style(Role::BandText))
            }
            '▕' => {
                in_vessel = true;
                (theme.signs().vessel_left, theme.style(Role::Dim))
            }
            '▏' => {
                in_vessel = false;
                (theme.signs().vessel_right, theme.style(Role::Dim))
            }
            '·' if in_band => (theme.glyph(Mark::Asleep), theme.style(Role::BandDots)),
            _ if in_chip || in_band || in_vessel => {
                let role = match (in_chip, in_band) {
                    (true, _) => Role::Chip,
                    (_, true) => Role::BandText,
                    _ => Role::Vessel,
                };
                let mut buffer = [0; 4];
                brush.sign(x, y, c.encode_utf8(&mut buffer), theme.style(role));
                continue;
            }
            _ => match drawn(brush, c) {
                Some(look) => look,
                None => {
                    let mut buffer = [0; 4];
                    brush.sign(x, y, c.encode_utf8(&mut buffer), theme.style(Role::Text));
                    continue;
                }
            },
        };
        let _ = vessel;
        brush.sign(x, y, sign, style);
    }
}

/// Returns how a character looks that is no text.
fn drawn(brush: &Brush<'_>, c: char) -> Option<(&'static str, Style)> {
    let theme = brush.theme;
    let signs = theme.signs();
    let mark = |mark: Mark| {
        // Locks are three columns wide in ASCII; a preview has one.
        let glyph = match (theme.charset(), mark) {
            (Charset::Ascii, Mark::LockFree | Mark::LockHeld) => "@",
            _ => theme.glyph(mark),
        };
        Some((glyph, theme.mark(mark)))
    };
    let path = |sign: &'static str| Some((sign, theme.style(Role::Dim)));
    match c {
        '█' => mark(Mark::Running),
        '┄' => mark(Mark::Runnable),
        '▒' => mark(Mark::Put),
        '░' => mark(Mark::Get),
        '╌' => mark(Mark::Lock),
        '╳' => mark(Mark::Killed),
        '⇡' => path(signs.adopted),
        '·' => mark(Mark::Asleep),
        '■' => mark(Mark::Exited),
        '◇' => mark(Mark::LockFree),
        '◆' => mark(Mark::LockHeld),
        '─' => path(signs.rule),
        '►' => path(signs.arrow),
        '◄' => path(signs.arrow_left),
        '╭' => path(signs.turns.right_down),
        '╮' => path(signs.turns.left_down),
        '╰' => path(signs.turns.right_up),
        '╯' => path(signs.turns.left_up),
        '├' => path(signs.turns.fork_right),
        '┤' => path(signs.turns.fork_left),
        '┼' => path(signs.turns.cross),
        '└' => path(signs.last_branch),
        _ => None,
    }
}
