//! The row of keys at the bottom, from the one keymap.

use super::brush::{Brush, columns};
use super::theme::{Charset, Role};
use crate::ui::crowd::Order;
use crate::ui::find::Filter;
use crate::ui::lesson::Purpose;
use crate::ui::pair::has_fix;
use crate::ui::{Action, Key, Keymap, Pane, Place, RunView, Screen, Spot, Ui};
use ratatui::layout::Rect;

/// Draws the keys that matter where the user is. Where there is no room for all, those go first
/// that are missed least.
pub fn draw_keys(brush: &mut Brush<'_>, area: Rect, ui: &Ui, keymap: &Keymap, is_ended: bool) {
    let theme = brush.theme;
    let ascii = theme.charset() != Charset::Unicode;
    let place = ui.place();
    let room = area.width.saturating_sub(2);
    let mut told: Vec<(String, Hint)> = hints(ui, is_ended)
        .into_iter()
        .map(|hint| (keys_text(&hint, keymap, place, ascii), hint))
        .filter(|(keys, _)| !keys.is_empty())
        .collect();
    let wide = |(keys, hint): &(String, Hint)| columns(keys, 40) + columns(hint.word, 40) + 3;
    while told.iter().map(wide).sum::<u16>() > room.saturating_add(2) {
        let least = told
            .iter()
            .enumerate()
            .max_by_key(|(at, (_, hint))| (hint.rank, *at));
        let Some((at, _)) = least else { return };
        told.remove(at);
    }
    let mut x = area.x + 1;
    for (keys, hint) in &told {
        spot_hint(brush, (x, area.y), hint, keys, keymap, place);
        x = brush.text(x, area.y, 40, keys, theme.style(Role::Strong)) + 1;
        x = brush.text(x, area.y, 40, hint.word, theme.style(Role::Dim)) + 2;
    }
}

/// Says what each key stands for; the word for them stands for the first.
fn spot_hint(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    hint: &Hint,
    keys: &str,
    keymap: &Keymap,
    place: Place,
) {
    let has_key = |action: &&Action| keymap.key_of(place, **action).is_some();
    let mut actions = hint.actions.iter().filter(has_key);
    let mut at = x;
    let mut first = None;
    for key in keys.split(' ') {
        let Some(&action) = actions.next() else { break };
        let end = at + columns(key, 40);
        brush.spot_in(at, y, end, Spot::Act(action));
        first = first.or(Some(action));
        at = end + 1;
    }
    if let Some(first) = first {
        brush.spot_in(at, y, at + columns(hint.word, 40), Spot::Act(first));
    }
}

fn keys_text(hint: &Hint, keymap: &Keymap, place: Place, ascii: bool) -> String {
    let mut text = String::new();
    for &action in hint.actions {
        if let Some(key) = keymap.key_of(place, action) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&Key::label(key, ascii));
        }
    }
    text
}

/// Keys that belong together, and the word for them.
struct Hint {
    actions: &'static [Action],
    word: &'static str,
    /// Those with a higher rank go first where there is no room for all.
    rank: u8,
}

const fn hint(actions: &'static [Action], word: &'static str) -> Hint {
    Hint {
        actions,
        word,
        rank: 0,
    }
}

const fn ranked(rank: u8, actions: &'static [Action], word: &'static str) -> Hint {
    Hint {
        actions,
        word,
        rank,
    }
}

/// Returns what to tell, the most wanted first.
fn hints(ui: &Ui, is_ended: bool) -> Vec<Hint> {
    match ui.place() {
        Place::Help => vec![
            hint(&[Action::Up, Action::Down], "scroll"),
            hint(&[Action::OpenPalette], "find one by name"),
            hint(&[Action::Back], "back"),
        ],
        Place::Filter if ui.screen == Screen::Run => vec![
            hint(&[Action::Confirm], "keep"),
            hint(&[Action::Back], "no filter"),
            ranked(1, &[Action::Up, Action::Down], "scroll"),
            ranked(1, &[Action::EraseAll], "erase all"),
        ],
        Place::Filter => vec![
            hint(&[Action::Confirm], "keep"),
            hint(&[Action::Up, Action::Down], "select"),
            hint(&[Action::Back], "no filter"),
        ],
        Place::Signal => vec![
            hint(&[Action::Confirm], "send"),
            hint(&[Action::Up, Action::Down], "another"),
            hint(&[Action::Back], "no"),
        ],
        Place::Line => vec![
            hint(&[Action::Confirm], "keep"),
            hint(&[Action::Back], line_word(ui)),
            ranked(1, &[Action::EraseAll], "erase all"),
        ],
        Place::Knobs => vec![
            hint(&[Action::Run], "run"),
            hint(&[Action::StepDown, Action::StepUp], "change"),
            hint(&[Action::NextPane], "next"),
            hint(unusual_knobs(ui), "usual knobs"),
            hint(&[Action::Back], "back"),
        ],
        Place::Picker => {
            let mut hints = vec![
                hint(&[Action::Run], "run"),
                hint(&[Action::Up, Action::Down], "select"),
                hint(&[Action::EditKnobs], "knobs"),
                ranked(1, unusual_knobs(ui), "usual knobs"),
                hint(&[Action::Filter], "filter"),
                ranked(1, &[Action::Compare], compare_word(ui)),
            ];
            if ui.has_run {
                hints.push(hint(&[Action::Back], "the run"));
            }
            hints.push(ranked(1, &[Action::ToggleHelp], "help"));
            hints.push(hint(&[Action::Quit], "quit"));
            hints
        }
        Place::Palette => vec![
            hint(&[Action::Confirm], "do it"),
            hint(&[Action::Up, Action::Down], "select"),
            hint(&[Action::Back], "back"),
            ranked(1, &[Action::EraseAll], "erase all"),
        ],
        Place::Run | Place::Pane(_) => run_hints(ui, is_ended),
    }
}

/// Returns what sets the knobs as they usually are, where they are not.
fn unusual_knobs(ui: &Ui) -> &'static [Action] {
    match ui.picker.unusual(ui.programs, ui.picker.selected)[..] {
        [] => &[],
        _ => &[Action::UsualKnobs],
    }
}

/// Returns what becomes of a line that is not kept.
fn line_word(ui: &Ui) -> &'static str {
    match ui.run.line.as_ref().map(|line| line.purpose) {
        Some(Purpose::Mark(_)) => "no name",
        _ => "say nothing",
    }
}

/// Returns what a picked program is compared with.
fn compare_word(ui: &Ui) -> &'static str {
    let program = ui.programs.get(ui.picker.selected);
    let knobs = ui.picker.knobs.get(ui.picker.selected);
    match program.is_some_and(has_fix) {
        _ if knobs.is_some_and(|knobs| knobs.python) => "compare with Rust",
        true => "compare with the fix",
        false => "compare two seeds",
    }
}

/// Returns what zooms in a view that is not frozen.
fn zoom_hints(run: &RunView) -> Vec<Hint> {
    let zoom = &[Action::ZoomIn, Action::ZoomOut];
    if run.window.is_none() {
        return vec![ranked(5, zoom, "zoom")];
    }
    let whole = &[Action::WholeRun];
    vec![ranked(2, zoom, "zoom"), ranked(1, whole, "whole run")]
}

/// Returns what moves the cursor in a frozen view.
fn time_hints(run: &RunView) -> Vec<Hint> {
    let own = &[Action::OwnEventBefore, Action::OwnEventAfter];
    let mut hints = vec![hint(&[Action::EventBefore, Action::EventAfter], "event")];
    if run.selected.is_some() {
        hints.push(ranked(1, own, "its event"));
    }
    hints.push(hint(&[Action::Earlier, Action::Later], "time"));
    hints.push(hint(&[Action::ZoomIn, Action::ZoomOut], "zoom"));
    let play = if run.playing.is_some() {
        "stop"
    } else {
        "play"
    };
    hints.push(ranked(1, &[Action::Play], play));
    if run.playing.is_some() || !run.speed.is_usual() {
        hints.push(ranked(1, &[Action::Slower, Action::Faster], "speed"));
    }
    hints.push(ranked(3, &[Action::SetMark], "mark"));
    hints.push(ranked(1, &[Action::Live], "follow"));
    hints
}

/// Returns what finds things and folds them away.
fn find_hints(run: &RunView) -> Vec<Hint> {
    let mut hints = Vec::new();
    let filter = run.find.filter(run.focus);
    if filter.is_some_and(Filter::is_set) {
        let both = &[Action::NextMatch, Action::PreviousMatch];
        hints.push(hint(both, "match"));
        hints.push(hint(&[Action::Back], "no filter"));
    } else {
        hints.push(ranked(4, &[Action::Filter], "filter"));
    }
    if run.focus == Pane::Processes {
        let group = run.selected_group().is_some();
        if group {
            hints.push(hint(&[Action::ToggleGroup], "unfold"));
        } else if !run.table.unfolded.is_empty() {
            hints.push(ranked(3, &[Action::ToggleGroup], "fold"));
        }
        let word = match run.table.folds_ended {
            true => "show ended",
            false => "fold ended",
        };
        let rank = 7 - 4 * u8::from(run.table.folds_ended);
        hints.push(ranked(rank, &[Action::FoldEnded], word));
        let rank = 8 - 5 * u8::from(run.table.order != Order::Tree);
        hints.push(ranked(rank, &[Action::Sort], "sort"));
    }
    hints
}

fn run_hints(ui: &Ui, is_ended: bool) -> Vec<Hint> {
    debug_assert!(ui.screen == Screen::Run);
    let run = &ui.run;
    let mut hints = Vec::new();
    let freeze = &[Action::ToggleFreeze];
    let select = match run.focus {
        Pane::Code => "scroll",
        _ => "select",
    };
    if ui.pair.is_some() {
        let next = match run.focus {
            Pane::Processes => "the other run",
            _ => "pane",
        };
        hints.push(hint(&[Action::NextPane], next));
        hints.push(hint(&[Action::Compare], "only this one"));
    }
    match (run.frozen.is_some(), is_ended) {
        (true, _) => {
            hints.push(hint(freeze, "live"));
            hints.extend(time_hints(run));
        }
        (false, false) => {
            hints.push(hint(freeze, "freeze"));
            hints.push(ranked(
                4,
                &[Action::EventBefore, Action::EventAfter],
                "step",
            ));
            hints.extend(zoom_hints(run));
        }
        (false, true) => {
            hints.push(hint(&[Action::RunAgain], "run again"));
            hints.push(hint(&[Action::EditKnobs], "knobs"));
            if ui.pair.is_none() {
                hints.push(ranked(3, &[Action::Compare], Action::Compare.short()));
            }
            hints.push(ranked(
                4,
                &[Action::EventBefore, Action::Play],
                "back, play",
            ));
            hints.extend(zoom_hints(run));
        }
    }
    let is_frozen = run.frozen.is_some();
    hints.push(ranked(
        2 + 4 * u8::from(is_frozen),
        &[Action::Up, Action::Down],
        select,
    ));
    hints.push(ranked(1, &[Action::Prove], "why"));
    hints.push(ranked(1, &[Action::FollowChain], "waits for"));
    hints.push(match run.card {
        true => ranked(1, &[Action::Back], "closes"),
        false => ranked(1 + u8::from(is_frozen), &[Action::Details], "details"),
    });
    if ui.pair.is_none() {
        hints.push(ranked(
            1 + 4 * u8::from(is_frozen),
            &[Action::NextPane],
            "pane",
        ));
    }
    hints.extend(find_hints(run));
    if !run.fits.sequence {
        hints.push(match run.layout.middle {
            Some(Pane::Sequence) => ranked(2, &[Action::ShowFlow], "flow"),
            _ => ranked(2, &[Action::ShowSequence], "sequence"),
        });
    }
    if !run.fits.code {
        hints.push(match run.layout.lower {
            Pane::Code => ranked(3, &[Action::ShowEvents], "events"),
            _ => ranked(3, &[Action::ShowCode], "code"),
        });
    }
    if !is_ended && !is_frozen {
        hints.push(ranked(3, &[Action::RunAgain], "run again"));
    }
    hints.push(ranked(4, &[Action::ShowScenarios], "scenarios"));
    hints.push(hint(&[Action::Quit], "quit"));
    hints
}
