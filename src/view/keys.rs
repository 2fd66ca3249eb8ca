//! The row of keys at the bottom, from the one keymap.

use super::brush::{Brush, columns};
use super::theme::{Charset, Role};
use crate::ui::{Action, Key, Keymap, Pane, Place, Screen, Ui};
use ratatui::layout::Rect;

/// Draws the keys that matter where the user is, as many as there is room for.
pub fn draw_keys(brush: &mut Brush<'_>, area: Rect, ui: &Ui, keymap: &Keymap, is_ended: bool) {
    let theme = brush.theme;
    let ascii = theme.charset() == Charset::Ascii;
    let place = ui.place();
    let mut x = area.x + 1;
    let end = area.right().saturating_sub(1);
    for hint in hints(ui, is_ended) {
        let mut keys = String::new();
        for &action in hint.actions {
            if let Some(key) = keymap.key_of(place, action) {
                if !keys.is_empty() {
                    keys.push(' ');
                }
                keys.push_str(&Key::label(key, ascii));
            }
        }
        if keys.is_empty() {
            continue;
        }
        let wide = columns(&keys, 40) + 1 + columns(hint.word, 40);
        if x + wide > end {
            break;
        }
        x = brush.text(x, area.y, 40, &keys, theme.style(Role::Strong)) + 1;
        x = brush.text(x, area.y, 40, hint.word, theme.style(Role::Dim)) + 2;
    }
}

/// Keys that belong together, and the word for them.
struct Hint {
    actions: &'static [Action],
    word: &'static str,
}

const fn hint(actions: &'static [Action], word: &'static str) -> Hint {
    Hint { actions, word }
}

/// Returns what to tell, the most wanted first.
fn hints(ui: &Ui, is_ended: bool) -> Vec<Hint> {
    match ui.place() {
        Place::Help => vec![
            hint(&[Action::Up, Action::Down], "scroll"),
            hint(&[Action::Back], "back"),
        ],
        Place::Filter => vec![
            hint(&[Action::Confirm], "keep"),
            hint(&[Action::Up, Action::Down], "select"),
            hint(&[Action::Back], "no filter"),
        ],
        Place::Knobs => vec![
            hint(&[Action::Run], "run"),
            hint(&[Action::StepDown, Action::StepUp], "change"),
            hint(&[Action::NextPane], "next"),
            hint(&[Action::Back], "back"),
        ],
        Place::Picker => {
            let mut hints = vec![
                hint(&[Action::Run], "run"),
                hint(&[Action::Up, Action::Down], "select"),
                hint(&[Action::EditKnobs], "knobs"),
                hint(&[Action::Filter], "filter"),
            ];
            if ui.has_run {
                hints.push(hint(&[Action::Back], "the run"));
            }
            hints.push(hint(&[Action::ToggleHelp], "help"));
            hints.push(hint(&[Action::Quit], "quit"));
            hints
        }
        Place::Run => run_hints(ui, is_ended),
    }
}

fn run_hints(ui: &Ui, is_ended: bool) -> Vec<Hint> {
    debug_assert!(ui.screen == Screen::Run);
    let run = &ui.run;
    let mut hints = Vec::new();
    let freeze = &[Action::ToggleFreeze];
    let select = match run.focus {
        Pane::Processes => "select",
        _ => "scroll",
    };
    match (run.frozen.is_some(), is_ended) {
        (true, _) => hints.push(hint(freeze, "live again")),
        (false, false) => hints.push(hint(freeze, "freeze")),
        (false, true) => {
            hints.push(hint(&[Action::RunAgain], "run again"));
            hints.push(hint(&[Action::EditKnobs], "knobs"));
        }
    }
    hints.push(hint(&[Action::Up, Action::Down], select));
    hints.push(hint(&[Action::NextPane], "pane"));
    if !run.fits.sequence {
        hints.push(match run.middle {
            Some(Pane::Sequence) => hint(&[Action::ShowFlow], "flow"),
            _ => hint(&[Action::ShowSequence], "sequence"),
        });
    }
    if !run.fits.code {
        hints.push(match run.lower {
            Pane::Code => hint(&[Action::ShowEvents], "events"),
            _ => hint(&[Action::ShowCode], "code"),
        });
    }
    if !is_ended {
        hints.push(hint(&[Action::RunAgain], "run again"));
    }
    hints.push(hint(&[Action::ShowScenarios], "scenarios"));
    hints.push(hint(&[Action::Quit], "quit"));
    hints
}
