//! What the palette finds, and what it says of what can't be done.

use super::*;
use crate::event::program::Program;
use crate::ui::origin::Origin;
use crate::ui::update;

fn ui() -> Ui {
    let mut ui = Ui::new(&[] as &[Program]);
    ui.begin_run();
    ui
}

fn typed(ui: &mut Ui, text: &str) {
    for c in text.chars() {
        update(ui, Action::Type(c), None);
    }
}

#[track_caller]
fn check(query: &str, expected: &[Action]) {
    let mut ui = ui();
    update(&mut ui, Action::OpenPalette, None);
    typed(&mut ui, query);
    let palette = ui.palette.as_ref().unwrap();
    let found: Vec<_> = palette.found().iter().map(|(c, _)| c.action).collect();
    assert_eq!(found.get(..expected.len()), Some(expected), "{found:?}");
}

#[test]
fn an_action_is_found_by_parts_of_its_name_and_words_of_its_help() {
    check("quit", &[Action::Quit]);
    check("run ag", &[Action::RunAgain]);
    check("rag", &[Action::RunAgain]);
    check("tf", &[Action::ToggleFreeze]);
    check("seq", &[Action::ShowSequence]);
    check("SIGSTOP", &[Action::StopProcess]);
    check("zoom", &[Action::ZoomIn, Action::ZoomPane, Action::ZoomOut]);
    check(
        "mark",
        &[Action::SetMark, Action::NextMark, Action::PreviousMark],
    );
}

#[test]
fn what_is_in_no_name_is_not_found() {
    for query in ["xyzzy", "quit xyzzy", "q-u-i-t-x"] {
        let mut ui = ui();
        update(&mut ui, Action::OpenPalette, None);
        typed(&mut ui, query);
        assert_eq!(ui.palette.as_ref().unwrap().chosen(), None, "{query}");
        // There is nothing to be done, and nothing happens.
        update(&mut ui, Action::Confirm, None);
        assert!(ui.palette.is_some());
    }
}

#[test]
fn every_action_of_the_place_is_there_once() {
    for place in Place::ALL {
        let offered = Action::ALL.iter().filter(|&&a| is_offered(place, a));
        assert!(offered.count() >= 3, "{place:?}");
    }
    let mut ui = ui();
    update(&mut ui, Action::OpenPalette, None);
    let choices = ui.palette.unwrap().choices;
    assert!(choices.iter().any(|choice| choice.action == Action::Prove));
    assert!(choices.iter().all(|choice| choice.action != Action::StepUp));
}

#[test]
fn what_can_not_be_done_says_why_and_is_not_done() {
    let mut ui = ui();
    update(&mut ui, Action::OpenPalette, None);
    typed(&mut ui, "next finding");
    let why = "nothing wrong is known of the program";
    let chosen = ui.palette.as_ref().unwrap().chosen().unwrap();
    assert_eq!(chosen.action, Action::NextFinding);
    assert_eq!(chosen.why_not.as_deref(), Some(why));
    assert_eq!(update(&mut ui, Action::Confirm, None), None);
    assert_eq!(ui.notice.as_deref(), Some(why));
    assert!(ui.palette.is_some());
}

#[test]
fn a_trace_is_not_run_again() {
    let mut ui = ui();
    for (origin, expected) in [
        (Origin::Started, None),
        (Origin::Trace, Some("a trace cannot be run again")),
    ] {
        ui.origin = origin;
        update(&mut ui, Action::OpenPalette, None);
        typed(&mut ui, "run again");
        let chosen = ui.palette.take().unwrap().chosen().unwrap();
        assert_eq!(chosen.action, Action::RunAgain);
        assert_eq!(chosen.why_not.as_deref(), expected);
    }
}

#[test]
fn what_is_chosen_is_done_and_the_palette_closes() {
    let mut ui = ui();
    update(&mut ui, Action::OpenPalette, None);
    typed(&mut ui, "quit");
    assert_eq!(update(&mut ui, Action::Confirm, None), Some(Effect::Quit));
    assert_eq!(ui.palette, None);
    update(&mut ui, Action::OpenPalette, None);
    typed(&mut ui, "code");
    assert_eq!(update(&mut ui, Action::Confirm, None), None);
    assert_eq!(ui.run.focus, crate::ui::Pane::Code);
    update(&mut ui, Action::OpenPalette, None);
    update(&mut ui, Action::Back, None);
    assert_eq!(ui.palette, None);
}
