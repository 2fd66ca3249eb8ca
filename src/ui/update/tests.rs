//! A test is keys that are pressed, and what is then told of the state.

use super::*;
use crate::event::program::{Group, Knob, Program, Range};
use crate::event::words::Method;
use crate::event::{ActorId, Event, Kind, Time};
use crate::history::Thing;
use crate::ui::{Key, Keymap};

static KNOBS: &[Knob] = &[
    Knob {
        name: "workers",
        help: "",
        range: Range::Number {
            min: 1,
            max: 64,
            default: 3,
        },
    },
    Knob {
        name: "end",
        help: "",
        range: Range::Word(&["eof", "terminate"]),
    },
];

static SWITCH: &[Knob] = &[Knob {
    name: "fixed",
    help: "",
    range: Range::Switch,
}];

const fn program(name: &'static str, knobs: &'static [Knob]) -> Program {
    Program {
        name,
        group: Group::Basics,
        title: "",
        about: "",
        watch: &[],
        teaches: "",
        size: "",
        knobs,
        path: "",
        source: "",
    }
}

static PROGRAMS: &[Program] = &[
    program("fork", &[]),
    program("pool", KNOBS),
    program("queue", &[]),
    program("trap", SWITCH),
];

/// Presses keys, parted by blanks. Returns the last thing that was left to do.
#[track_caller]
fn press(ui: &mut Ui, keys: &str, history: Option<&History>) -> Option<Effect> {
    let mut left = None;
    for name in keys.split_whitespace() {
        let key = Key::parse(name).unwrap();
        if let Some(action) = Keymap::brought().action(ui.place(), key) {
            left = update(ui, action, history);
        }
    }
    left
}

/// Returns the picker in a line: the selected program, the filter, the focus, the knobs.
fn picker(ui: &Ui) -> String {
    let picker = &ui.picker;
    let focus = match picker.focus {
        Focus::List => "list".to_owned(),
        Focus::Knob(at) => format!("knob {at}"),
    };
    let knobs = &picker.knobs[picker.selected];
    let values: Vec<_> = knobs.iter().map(|(_, value)| value.to_owned()).collect();
    format!(
        "{} /{}/ {focus} {} {} {}",
        PROGRAMS[picker.selected].name,
        picker.filter,
        values.join(" "),
        knobs.seed,
        knobs.pace
    )
}

#[track_caller]
fn check_picker(keys: &str, expected: &str) {
    let mut ui = Ui::new(PROGRAMS);
    press(&mut ui, keys, None);
    assert_eq!(picker(&ui), expected, "after {keys}");
}

#[test]
fn the_selection_stays_in_the_list() {
    check_picker("", "fork // list  42 1");
    check_picker("Up", "fork // list  42 1");
    check_picker("Down Down Down Down", "trap // list no 42 1");
    check_picker("End Home j", "pool // list eof 3 42 1");
}

#[test]
fn a_filter_is_opened_typed_kept_and_left() {
    check_picker("/ q u", "queue /qu/ list  42 1");
    check_picker("/ q u Backspace C-u p o", "pool /po/ list eof 3 42 1");
    check_picker("/ o Enter End", "pool /o/ list eof 3 42 1");
    check_picker("/ o Esc", "fork // list  42 1");
    check_picker("/ o Enter Esc", "fork // list  42 1");
    check_picker("/ x x", "fork /xx/ list  42 1");
}

#[test]
fn knobs_are_edited_in_place() {
    check_picker("Down Tab", "pool // knob 0 eof 3 42 1");
    check_picker("Down Tab 1 2 Tab", "pool // knob 1 eof 12 42 1");
    check_picker("Down Tab Right Right", "pool // knob 0 eof 5 42 1");
    check_picker("Down Tab Left Left Left Left", "pool // knob 0 eof 1 42 1");
    check_picker("Down Tab Down Right", "pool // knob 1 terminate 3 42 1");
    check_picker("Down Tab End Right Up 7 Down", "pool // knob 3 eof 3 7 2");
    check_picker("End Tab Right", "trap // knob 0 yes 42 1");
    check_picker("End Tab Right Right", "trap // knob 0 no 42 1");
    check_picker("End Tab Left", "trap // knob 0 yes 42 1");
    check_picker("Down Tab 9 Esc", "pool // list eof 3 42 1");
    check_picker("Tab End . 2 5 Tab", "fork // knob 1  42 0.25");
}

#[test]
fn a_knob_out_of_its_range_says_the_range_and_keeps_its_value() {
    let mut ui = Ui::new(PROGRAMS);
    assert_eq!(press(&mut ui, "Down Tab 9 9 Enter", None), None);
    assert_eq!(
        ui.notice.as_deref(),
        Some("knob `workers` is 99, 1 to 64 are possible")
    );
    assert_eq!(picker(&ui), "pool // knob 0 eof 3 42 1");
    assert_eq!(ui.screen, Screen::Picker);
    press(&mut ui, "Down", None);
    assert_eq!(ui.notice, None, "the next key takes a notice away");
}

#[test]
fn enter_runs_with_the_knobs_as_they_are() {
    let mut ui = Ui::new(PROGRAMS);
    let effect = press(&mut ui, "Down Tab 8 Enter", None);
    let Some(Effect::Run("pool", knobs)) = effect else {
        panic!("{effect:?}");
    };
    assert_eq!(knobs.number("workers"), 8);
    assert_eq!(ui.screen, Screen::Run);
}

#[test]
fn nothing_runs_that_is_not_listed() {
    let mut ui = Ui::new(PROGRAMS);
    assert_eq!(press(&mut ui, "/ x x Enter Enter", None), None);
    let mut none = Ui::new(&[]);
    assert_eq!(press(&mut none, "Down Tab End Enter", None), None);
    assert_eq!(none.screen, Screen::Picker);
}

#[test]
fn quit_and_suspend_are_left_to_the_app_everywhere() {
    for keys in ["", "?", "Tab", "/", "Enter", "Enter ?"] {
        let mut ui = Ui::new(PROGRAMS);
        press(&mut ui, keys, None);
        assert_eq!(press(&mut ui, "C-c", None), Some(Effect::Quit), "{keys}");
        assert_eq!(press(&mut ui, "C-z", None), Some(Effect::Suspend), "{keys}");
    }
}

/// Returns a history of three processes that print, one line each per millisecond.
fn history() -> History {
    let mut history = History::default();
    let mut say = |t: u64, actor: u32, kind: Kind| {
        history.apply(&Event {
            t: Time(t * 1_000_000),
            actor: ActorId(actor),
            by: None,
            seq: 0,
            line: None,
            file: None,
            kind,
        });
    };
    for child in 1..=3 {
        let kind = Kind::ProcessForked {
            child: ActorId(child),
            name: "p".into(),
            method: Method::Fork,
            daemon: false,
            function: None,
        };
        say(0, u32::from(child > 1), kind);
    }
    for t in 1..=30 {
        let kind = Kind::Output {
            stream: crate::event::words::Stream::Stdout,
            text: "x\n".into(),
            captured: false,
        };
        say(t, 1, kind);
    }
    history.advance(Time(30_000_000));
    history
}

/// Returns a thing as a word: an actor's id alone.
fn thing(thing: Thing) -> String {
    match thing {
        Thing::Actor(id) => id.to_string(),
        Thing::Object(id) => format!("object-{id}"),
        Thing::Message(id) => format!("message-{}.{}", id.sender, id.number),
        Thing::Task(id) => format!("task-{id}"),
    }
}

/// Returns the view of the run in a line: focus, middle, lower, selection, cursor, row.
fn view(ui: &Ui) -> String {
    let run = &ui.run;
    let or = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    format!(
        "{} {} {} {} {} {}",
        run.focus.title(),
        or(run.layout.middle.map(|pane| pane.title().to_owned())),
        run.layout.lower.title(),
        or(run.selected.map(thing)),
        or(run.frozen.map(|t| (t.0 / 1_000_000).to_string())),
        or(run.row.map(|row| row.to_string())),
    )
}

#[track_caller]
fn check_run(keys: &str, expected: &str) {
    let history = history();
    let mut ui = Ui::new(PROGRAMS);
    ui.begin_run();
    press(&mut ui, keys, Some(&history));
    assert_eq!(view(&ui), expected, "after {keys}");
}

#[test]
fn a_process_is_selected_with_the_arrows() {
    check_run("", "processes - events - - -");
    check_run("Down", "processes - events 1 - -");
    check_run("Down Down Down Down Down", "processes - events 3 - -");
    check_run("Up", "processes - events 3 - -");
    check_run("End Up", "processes - events 2 - -");
    check_run("Down Esc", "processes - events - - -");
}

#[test]
fn a_pane_is_brought_in_place_of_its_neighbour() {
    check_run("3", "sequence sequence events - - -");
    check_run("3 2", "flow flow events - - -");
    check_run("5", "code - code - - -");
    check_run("5 4", "events - events - - -");
    // Without a queue the sequence stands in the flow's place by itself.
    check_run("Tab", "sequence - events - - -");
    check_run("2 Tab Tab", "processes flow events - - -");
    check_run("5 1 Tab Tab", "code - code - - -");
    check_run("BackTab", "events - events - - -");
}

#[test]
fn freezing_keeps_a_moment_and_is_left_again() {
    check_run("Space", "processes - events - 30 -");
    check_run("Space Space", "processes - events - - -");
    check_run("Space End", "processes - events - - -");
    check_run("Space Esc", "processes - events - - -");
    check_run("Space Down", "processes - events 1 30 -");
}

#[test]
fn events_are_selected_by_rows_and_followed_again() {
    // Three forks and thirty lines are a row each.
    check_run("4 Up", "events - events 1 - 32");
    check_run("4 Up PageUp Down", "events - events 1 - 23");
    check_run("4 Up Up Down Down Down", "events - events 1 - 32");
    check_run("4 Home", "events - events 1 - 0");
    check_run("4 Home End", "events - events 1 - 32");
    check_run("4 Up Esc", "events - events 1 - -");
    check_run("4 Up Esc Esc", "events - events - - -");
    // What is selected elsewhere is no row.
    check_run("4 Up 1 Down", "processes - events 2 - -");
}

#[test]
fn running_again_begins_from_the_beginning_in_the_same_panes() {
    let history = history();
    let mut ui = Ui::new(PROGRAMS);
    ui.begin_run();
    let effect = press(&mut ui, "Down Space 5 Up r", Some(&history));
    assert_eq!(effect, Some(Effect::RunAgain));
    assert_eq!(view(&ui), "code - code - - -");
}

#[test]
fn the_picker_is_left_for_the_run_that_is_still_there() {
    let mut ui = Ui::new(PROGRAMS);
    press(&mut ui, "Enter s", None);
    assert_eq!(ui.screen, Screen::Picker);
    press(&mut ui, "Esc", None);
    assert_eq!(ui.screen, Screen::Run);
    press(&mut ui, "Esc", None);
    assert_eq!(ui.screen, Screen::Picker);
}

#[test]
fn every_action_everywhere_does_no_harm() {
    let history = history();
    for place in ["", "Tab", "/", "Enter", "Enter 4", "Enter Space 5", "?"] {
        for &first in Action::ALL {
            for &second in Action::ALL {
                let mut ui = Ui::new(PROGRAMS);
                press(&mut ui, place, Some(&history));
                update(&mut ui, first, Some(&history));
                update(&mut ui, second, None);
                assert!(ui.picker.selected < PROGRAMS.len());
            }
        }
    }
}
