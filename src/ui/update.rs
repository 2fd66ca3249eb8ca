//! What an action changes.

use super::action::Action;
use super::find;
use super::finding;
use super::hand::{update_asked, update_hand};
use super::lesson::{update_lesson, update_line};
use super::pair::{self, Stays};
use super::palette;
use super::pick::Focus;
use super::selection::{self, Told};
use super::state::{Pane, RunView, Screen, Ui};
use super::time;
use crate::event::program::{Knobs, Step};
use crate::event::{ActorId, Text, Time};
use crate::history::History;

/// How far `PageUp` and `PageDown` go.
const PAGE: usize = 10;

/// No help has more rows.
const HELP_MOST: usize = 1_000;

/// What an action leaves for the app to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Run a program; a run that goes on ends.
    Run(&'static str, Knobs),
    /// Run the program again as it was run.
    RunAgain,
    /// Put a run beside the one there is: with these settings, or with those that follow from its
    /// own.
    Compare(Option<(&'static str, Knobs)>),
    /// Run a program with two settings, one run beside the other.
    RunPair(&'static str, Knobs, Knobs),
    /// The selected run is the other one of the two now.
    Switch,
    /// Two runs are no longer compared: one stays.
    Alone(Stays),
    /// Send a signal to a process.
    Signal(ActorId, i32),
    /// Stop the whole program, or let it go on.
    Hold(bool),
    /// Have sleeps and timeouts run so many times as fast as written.
    Pace(f64),
    /// A moment was marked, and has this name.
    Marked(Time, Text),
    /// Show a caption for a while.
    Say(Text),
    /// Begin to record into a file, or end that.
    Record,
    /// Pause the recording, or go on with it.
    PauseRecording,
    /// Write what happened so far into a file.
    SaveTrace,
    /// Copy what the pane shows that keys go to.
    Copy,
    /// Leave the mouse to the terminal, or take it back.
    ToggleMouse,
    /// Draw with the next theme.
    NextTheme,
    /// Go to the background.
    Suspend,
    /// End everything.
    Quit,
}

/// Changes the state as an action asks, and says what is left to do.
pub fn update(ui: &mut Ui, action: Action, history: Option<&History>) -> Option<Effect> {
    ui.notice = None;
    match action {
        Action::Type(_) if let Some(most) = ui.full_at() => {
            ui.notice = Some(format!("no more than {most} characters are typed here"));
        }
        Action::Quit => return Some(Effect::Quit),
        Action::Suspend => return Some(Effect::Suspend),
        Action::ToggleMouse => return Some(Effect::ToggleMouse),
        Action::NextTheme => return Some(Effect::NextTheme),
        Action::OpenPalette if ui.palette.is_some() => ui.palette = None,
        Action::OpenPalette => ui.open_palette(history, None),
        Action::ToggleHelp if ui.palette.is_some() => {}
        _ if ui.palette.is_some() => return palette::update_palette(ui, action, history),
        Action::ToggleHelp => ui.help = if ui.help.is_some() { None } else { Some(0) },
        _ if ui.help.is_some() => update_help(ui, action),
        _ => match ui.screen {
            Screen::Picker if action == Action::Compare => {
                return pair::compare_picked(ui, history);
            }
            Screen::Picker => return update_picker(ui, action),
            Screen::Run => return update_run(ui, action, history),
        },
    }
    None
}

fn update_help(ui: &mut Ui, action: Action) {
    let at = ui.help.unwrap_or(0);
    ui.help = match action {
        Action::Up => Some(at.saturating_sub(1)),
        Action::PageUp => Some(at.saturating_sub(PAGE)),
        Action::First => Some(0),
        // Where its end is the view knows: see `Ui::settle`.
        Action::Down => Some(at.saturating_add(1).min(HELP_MOST)),
        Action::PageDown => Some(at.saturating_add(PAGE).min(HELP_MOST)),
        Action::Last => Some(HELP_MOST),
        Action::Back => None,
        _ => Some(at),
    };
}

fn update_picker(ui: &mut Ui, action: Action) -> Option<Effect> {
    if ui.picker.is_filtering {
        update_filter(ui, action);
        return None;
    }
    match action {
        Action::Run => return run_selected(ui),
        Action::UsualKnobs => ui.picker.reset(),
        _ => {}
    }
    match ui.picker.focus {
        Focus::List => update_list(ui, action),
        Focus::Knob(_) => update_knobs(ui, action),
    }
    None
}

fn run_selected(ui: &mut Ui) -> Option<Effect> {
    let program = ui.programs.get(ui.picker.selected)?;
    if !ui.picker.lists(program) {
        return None;
    }
    if let Err(notice) = ui.picker.keep_typed(program) {
        ui.notice = Some(notice);
        return None;
    }
    let knobs = ui.picker.knobs.get(ui.picker.selected)?.clone();
    ui.picker.focus = Focus::List;
    ui.pair = None;
    ui.begin_run();
    Some(Effect::Run(program.name, knobs))
}

fn update_filter(ui: &mut Ui, action: Action) {
    let picker = &mut ui.picker;
    match action {
        Action::Type(c) => picker.filter.push(c),
        Action::Erase => drop(picker.filter.pop()),
        Action::EraseAll => picker.filter.clear(),
        Action::Up => picker.select(ui.programs, -1),
        Action::Down => picker.select(ui.programs, 1),
        Action::Confirm => picker.is_filtering = false,
        Action::Back => {
            picker.is_filtering = false;
            picker.filter.clear();
        }
        _ => {}
    }
    picker.select(ui.programs, 0);
}

fn update_list(ui: &mut Ui, action: Action) {
    let page = PAGE.cast_signed();
    let picker = &mut ui.picker;
    match action {
        Action::Up => picker.select(ui.programs, -1),
        Action::Down => picker.select(ui.programs, 1),
        Action::PageUp => picker.select(ui.programs, -page),
        Action::PageDown => picker.select(ui.programs, page),
        Action::First => picker.select(ui.programs, isize::MIN),
        Action::Last => picker.select(ui.programs, isize::MAX),
        Action::EditKnobs if picker.selected < ui.programs.len() => {
            picker.focus = Focus::Knob(0);
        }
        Action::Filter => picker.is_filtering = true,
        Action::Back if !picker.filter.is_empty() => picker.filter.clear(),
        Action::Back if ui.has_run => ui.screen = Screen::Run,
        _ => {}
    }
}

fn update_knobs(ui: &mut Ui, action: Action) {
    let Some(program) = ui.programs.get(ui.picker.selected) else {
        ui.picker.focus = Focus::List;
        return;
    };
    let picker = &mut ui.picker;
    let kept = match action {
        Action::Type(c) => {
            picker.typed.get_or_insert_default().push(c);
            Ok(())
        }
        Action::Erase => {
            let value = picker.typed.take().or_else(|| value_in_focus(ui));
            ui.picker.typed = value.map(|mut text| {
                text.pop();
                text
            });
            Ok(())
        }
        Action::StepUp => picker.step(program, Step::Up),
        Action::StepDown => picker.step(program, Step::Down),
        Action::Back => {
            picker.typed = None;
            picker.focus = Focus::List;
            Ok(())
        }
        _ => {
            let kept = picker.keep_typed(program);
            if kept.is_ok() {
                match action {
                    Action::Up | Action::PreviousPane => picker.go(program, -1),
                    Action::Down | Action::NextPane => picker.go(program, 1),
                    Action::First => picker.go(program, isize::MIN),
                    Action::Last => picker.go(program, isize::MAX),
                    _ => {}
                }
            }
            kept
        }
    };
    ui.notice = kept.err();
}

/// Returns the value of the knob in focus.
fn value_in_focus(ui: &Ui) -> Option<String> {
    let Focus::Knob(at) = ui.picker.focus else {
        return None;
    };
    let program = ui.programs.get(ui.picker.selected)?;
    let field = ui.picker.fields(program).nth(at)?;
    Some(field.value(ui.picker.knobs.get(ui.picker.selected)?))
}

fn update_run(ui: &mut Ui, action: Action, history: Option<&History>) -> Option<Effect> {
    if ui.run.line.is_some() {
        return update_line(ui, action);
    }
    if let Some(asked) = ui.run.asked {
        return update_asked(ui, asked, action);
    }
    let empty = History::default();
    let known = history.unwrap_or(&empty);
    if ui.run.find.typing.is_some() {
        if find::update_typing(&mut ui.run, action, known) {
            // The list is scrolled meanwhile.
            update_view(&mut ui.run, action, known, ui.told);
        }
        return None;
    }
    if let Some(told) = find::update_find(&mut ui.run, action, known) {
        ui.notice = told;
        return None;
    }
    if let Some(effect) = update_lesson(ui, action, known) {
        return effect;
    }
    match action {
        Action::SendSignal
        | Action::StopProcess
        | Action::FreezeProgram
        | Action::PaceDown
        | Action::PaceUp => {
            return history.and_then(|history| update_hand(ui, action, history));
        }
        Action::RunAgain => {
            if let Some(why) = ui.origin.refuses(&Effect::RunAgain) {
                ui.notice = Some(why.to_owned());
                return None;
            }
            ui.begin_run();
            return Some(Effect::RunAgain);
        }
        Action::Compare => return Some(Effect::Compare(None)),
        Action::ShowScenarios => {
            ui.screen = Screen::Picker;
            ui.picker.focus = Focus::List;
        }
        Action::EditKnobs => edit_knobs_of_run(ui, history),
        Action::Details => ui.run.card = !ui.run.card,
        Action::Prove | Action::FollowChain => {
            let empty = History::default();
            let history = history.unwrap_or(&empty);
            let went = match action {
                Action::Prove => selection::go_to_proof(&mut ui.run, history),
                _ => selection::follow_chain(&mut ui.run, history),
            };
            ui.notice = went.err();
        }
        Action::NextFinding => {
            let is_there = history.is_some_and(|h| finding::go_to_next(&mut ui.run, h));
            if !is_there {
                ui.notice = Some("nothing wrong is known of the program".to_owned());
            }
        }
        Action::ShowProcesses => ui.run.show(Pane::Processes),
        Action::ShowFlow => ui.run.show(Pane::Flow),
        Action::ShowSequence => ui.run.show(Pane::Sequence),
        Action::ShowEvents => ui.run.show(Pane::Events),
        Action::ShowCode => ui.run.show(Pane::Code),
        Action::CopyPane => return Some(Effect::Copy),
        Action::HidePane => ui.notice = told(ui.run.hide_pane(known)),
        Action::LargerPane => ui.notice = told(ui.run.resize_pane(true)),
        Action::SmallerPane => ui.notice = told(ui.run.resize_pane(false)),
        Action::ToggleTwin => ui.toggle_twin(history.unwrap_or(&History::default())),
        _ => {
            if !update_view(&mut ui.run, action, known, ui.told) {
                ui.screen = Screen::Picker;
                ui.picker.focus = Focus::List;
            }
        }
    }
    None
}

/// Returns what is told of what could not be done.
fn told(done: Result<(), &'static str>) -> Option<String> {
    done.err().map(str::to_owned)
}

fn edit_knobs_of_run(ui: &mut Ui, history: Option<&History>) {
    let name = history.map_or("", |history| history.run().program.as_str());
    if let Some(at) = ui.programs.iter().position(|p| p.name == name) {
        ui.picker.selected = at;
        ui.picker.filter.clear();
    }
    if ui.picker.selected < ui.programs.len() {
        ui.screen = Screen::Picker;
        ui.picker.focus = Focus::Knob(0);
    }
}

/// Changes the view of the run; `false` says that the way back leads out of it.
fn update_view(run: &mut RunView, action: Action, history: &History, told: Told) -> bool {
    if time::update_time(run, action, history) {
        return true;
    }
    match action {
        Action::NextPane => run.focus = run.pane_after(history),
        Action::PreviousPane => run.focus = run.pane_before(history),
        Action::ZoomPane => run.layout.is_zoomed = !run.layout.is_zoomed,
        Action::UsualLayout => run.layout.reset(),
        Action::Last if run.frozen.is_some() => {
            time::update_time(run, Action::ToggleFreeze, history);
        }
        Action::Up => scroll(run, history, told, -1),
        Action::Down => scroll(run, history, told, 1),
        Action::PageUp => scroll(run, history, told, -PAGE.cast_signed()),
        Action::PageDown => scroll(run, history, told, PAGE.cast_signed()),
        Action::First => scroll(run, history, told, isize::MIN),
        Action::Last => scroll(run, history, told, isize::MAX),
        Action::Back => {
            let is_on_top = !run.card && run.trail.is_empty();
            if is_on_top && find::clear(run) {
                return true;
            }
            return selection::back(run, history)
                || run.table.group.take().is_some()
                || std::mem::take(&mut run.layout.is_zoomed);
        }
        _ => {}
    }
    true
}

/// Moves the selection, or the rows of a pane that has nothing to select.
fn scroll(run: &mut RunView, history: &History, told: Told, by: isize) {
    if run.focus == Pane::Code {
        let most = SCROLL_MAX.cast_signed();
        run.code_down = run.code_down.saturating_add(by).clamp(-most, most);
    } else {
        selection::move_by(run, history, told, by);
    }
}

/// No pane has more rows than this to scroll through.
const SCROLL_MAX: usize = 1_000_000;

#[cfg(test)]
mod tests;
