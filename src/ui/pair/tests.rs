//! A test is keys that are pressed beside two small runs, and what is then told of the state.

use super::*;
use crate::event::program::Group;
use crate::event::words::{Ending, Method};
use crate::event::{ActorId, Event, Kind, Span};
use crate::history::Thing;
use crate::ui::{Key, Keymap};

static KNOBS: &[Knob] = &[Knob {
    name: "fixed",
    help: "",
    range: Range::Switch,
}];

const fn program(name: &'static str, knobs: &'static [Knob]) -> Program {
    Program {
        name,
        group: Group::Trouble,
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

static PROGRAMS: &[Program] = &[program("fork", &[]), program("two-locks", KNOBS)];

/// Returns a run of MainProcess and two children that ended after so many milliseconds.
fn run(end_ms: u64) -> History {
    let t = |ms: u64| Time(ms * 1_000_000);
    let event = |t, actor, kind| Event {
        t,
        actor: ActorId(actor),
        by: None,
        seq: 0,
        line: None,
        file: None,
        kind,
    };
    let forked = |child| Kind::ProcessForked {
        child: ActorId(child),
        name: "child".into(),
        method: Method::Fork,
        daemon: false,
        function: None,
    };
    let ended = Kind::RunEnded {
        ending: Ending::Finished,
        code: Some(0),
    };
    let mut history = History::default();
    for (at, actor, kind) in [
        (1, 0, forked(1)),
        (2, 1, forked(2)),
        (3, 1, forked(3)),
        (end_ms, 0, ended),
    ] {
        history.apply(&event(t(at), actor, kind));
    }
    history
}

/// Two runs as the app holds them: the selected one first.
struct Screens {
    ui: Ui,
    runs: [History; 2],
    /// What the app was told.
    told: Vec<Effect>,
}

impl Screens {
    fn compared(side: Side) -> Screens {
        let mut ui = Ui::new(PROGRAMS);
        ui.begin_run();
        ui.begin_pair(side);
        let (upper, lower) = (run(1_000), run(400));
        let runs = match side {
            Side::Upper => [upper, lower],
            Side::Lower => [lower, upper],
        };
        Screens {
            ui,
            runs,
            told: Vec::new(),
        }
    }

    fn press(&mut self, keys: &str) -> &mut Screens {
        for name in keys.split_whitespace() {
            let key = Key::parse(name).unwrap();
            let action = Keymap::brought().action(self.ui.place(), key);
            let action = action.unwrap_or_else(|| panic!("`{name}` does nothing"));
            let [selected, other] = &self.runs;
            let effect = update_pair(&mut self.ui, action, Some(selected), Some(other));
            if matches!(effect, Some(Effect::Switch | Effect::Alone(Stays::Other))) {
                self.runs.swap(0, 1);
            }
            self.told.extend(effect);
        }
        self
    }

    /// Returns the selected side with the selected row, and where the cursor stands.
    fn state(&self) -> String {
        let side = match self.ui.pair.as_ref().map(|pair| pair.side) {
            Some(Side::Upper) => "upper",
            Some(Side::Lower) => "lower",
            None => "alone",
        };
        let selected = match self.ui.run.selected.and_then(Thing::actor) {
            Some(actor) => actor.0.to_string(),
            None => "-".to_owned(),
        };
        let frozen = match self.ui.run.frozen {
            Some(t) => format!(" at {} ms", t.0 / 1_000_000),
            None => String::new(),
        };
        let end = self.runs[0].now().0 / 1_000_000;
        let focus = self.ui.run.focus.title();
        format!("{side} of {end} ms: {focus} {selected}{frozen}")
    }
}

#[track_caller]
fn check(keys: &str, expected: &str) {
    let mut screens = Screens::compared(Side::Upper);
    screens.press(keys);
    assert_eq!(screens.state(), expected, "after {keys}");
}

#[test]
fn rows_go_on_across_the_border() {
    check("", "upper of 1000 ms: processes -");
    check("Down Down Down", "upper of 1000 ms: processes 3");
    check("Down Down Down Down", "lower of 400 ms: processes 1");
    check("Down Down Down Down Up", "upper of 1000 ms: processes 3");
    check("End Down End Down Down", "lower of 400 ms: processes 3");
    check("Up Up Up Up Up", "upper of 1000 ms: processes 1");
}

#[test]
fn a_key_goes_to_the_other_run_and_back() {
    check("Tab", "lower of 400 ms: processes -");
    check("Tab Tab", "upper of 1000 ms: processes -");
    // The panes are those of the selected run.
    check("Tab 4", "lower of 400 ms: events -");
    check("Tab 4 Tab", "lower of 400 ms: processes -");
    check("BackTab", "upper of 1000 ms: events -");
}

#[test]
fn the_cursor_is_one_and_goes_as_far_as_the_longer_run() {
    check("Space", "upper of 1000 ms: processes - at 1000 ms");
    check("Space Tab", "lower of 400 ms: processes - at 1000 ms");
    check("Tab Space", "lower of 400 ms: processes - at 1000 ms");
    check("Tab Space , ,", "lower of 400 ms: processes - at 3 ms");
    check("Space Tab Space", "lower of 400 ms: processes -");
}

#[test]
fn each_run_keeps_its_selection() {
    check("Down Down Tab", "lower of 400 ms: processes -");
    check("Down Down Tab Tab", "upper of 1000 ms: processes 2");
}

#[test]
fn a_comparison_is_left_for_the_selected_run() {
    let mut screens = Screens::compared(Side::Upper);
    screens.press("Tab Space =");
    assert_eq!(screens.state(), "alone of 400 ms: processes - at 1000 ms");
    assert_eq!(screens.told.last(), Some(&Effect::Alone(Stays::Selected)));
    assert_eq!(screens.ui.run.beside, None);
}

#[test]
fn going_back_restores_what_was_there_before() {
    for side in [Side::Upper, Side::Lower] {
        let mut screens = Screens::compared(side);
        screens.ui = Ui::new(PROGRAMS);
        screens.ui.begin_run();
        screens.ui.run.selected = Some(ActorId(2).into());
        screens.ui.run.frozen = Some(Time(5_000_000));
        screens.ui.run.layout.middle = Some(Pane::Flow);
        let before = screens.ui.run.clone();
        screens.ui.begin_pair(side);
        // First the cursor and the selection go, then the comparison.
        screens.press("Space h Down Down Tab + 4 Home Esc Esc");
        while screens.ui.pair.is_some() {
            screens.press("Esc");
        }
        assert_eq!(screens.state(), "alone of 1000 ms: processes 2 at 5 ms");
        assert_eq!(screens.ui.run, before, "{side:?}");
        assert_eq!(screens.ui.screen, Screen::Run);
    }
}

#[test]
fn the_other_of_fault_and_fix_is_compared_with_and_else_the_next_seed() {
    let [fork, locks] = PROGRAMS else {
        unreachable!()
    };
    let mut knobs = Knobs::of(locks);
    let fix = settings_beside(locks, &knobs);
    assert!(fix.is_on("fixed") && fix.seed == knobs.seed);
    assert!(!settings_beside(locks, &fix).is_on("fixed"));
    knobs = Knobs::of(fork);
    knobs.seed = u64::MAX;
    assert_eq!(settings_beside(fork, &knobs).seed, 0);
}

/// Presses keys in the list of programs; returns what is told, with the settings of each run.
#[track_caller]
fn picked(keys: &str, history: Option<&History>) -> String {
    let mut ui = Ui::new(PROGRAMS);
    let mut effect = None;
    for name in keys.split_whitespace() {
        let key = Key::parse(name).unwrap();
        if let Some(action) = Keymap::brought().action(ui.place(), key) {
            effect = update_pair(&mut ui, action, history, None);
        }
    }
    let told = |knobs: &Knobs| format!("{}{}", knobs.word("fixed"), knobs.seed);
    match effect {
        Some(Effect::RunPair(name, knobs, beside)) => {
            assert_eq!(ui.screen, Screen::Run);
            format!("{name} {} {}", told(&knobs), told(&beside))
        }
        Some(Effect::Compare(Some((name, knobs)))) => format!("beside {name} {}", told(&knobs)),
        other => format!("{other:?}"),
    }
}

#[test]
fn what_is_picked_is_run_beside_its_fix_or_the_next_seed() {
    assert_eq!(picked("=", None), "fork 42 43");
    assert_eq!(picked("Down =", None), "two-locks no42 yes42");
    assert_eq!(picked("Down Tab Right =", None), "two-locks no42 yes42");
    assert_eq!(picked("/ x x Enter =", None), "None");
}

#[test]
fn changed_knobs_are_run_beside_the_run_that_there_is() {
    let mut history = History::default();
    history.apply(&Event {
        t: Time::ZERO,
        actor: ActorId::MPVIZ,
        by: None,
        seq: 0,
        line: None,
        file: None,
        kind: Kind::RunStarted {
            program: Box::new("fork".into()),
            title: Box::default(),
            knobs: Vec::new(),
            seed: 42,
            pace: 1.0,
            viewer: 1,
            supervisor: 2,
            machine: Box::default(),
            cpus: 1,
            wall: Box::default(),
        },
    });
    assert_eq!(picked("Tab Right =", Some(&history)), "beside fork 43");
    assert_eq!(picked("Tab =", Some(&history)), "fork 42 43");
    assert_eq!(picked("=", Some(&history)), "fork 42 43");
    assert_eq!(picked("Down Tab =", Some(&history)), "two-locks no42 yes42");
}

#[test]
fn a_run_beside_is_told_of_by_how_far_it_reaches() {
    let mut screens = Screens::compared(Side::Lower);
    screens.press("?");
    let reach = screens.ui.run.reach(&screens.runs[0]);
    assert_eq!(reach.now, Time::ZERO + Span::millis(1_000));
    assert!(reach.is_ended);
    screens.ui.meet(None);
    assert_eq!(
        screens.ui.run.reach(&screens.runs[0]).now,
        screens.runs[0].now()
    );
}
