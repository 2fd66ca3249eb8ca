//! Two runs beside each other: a fault and its fix, one seed and the next.

use crate::look::{DARK, told};
use crate::plays::{events, folded, ms, names};
use mpviz::event::{ActorId, Time};
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::pair::{Side, Stays};
use mpviz::ui::{Action, Effect, Key, Keymap, Ui, update_pair};
use mpviz::view::{
    Beside, Charset, Depth, Feed, Ground, Memory, Role, Scene, Theme, draw_on_blank, draw_pair,
    fits, pair_fits,
};
use proptest::collection::vec;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::OnceLock;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

/// Two runs as the app holds them: the selected one first.
#[derive(Clone)]
struct Runs {
    ui: Ui,
    runs: [History; 2],
    theme: Theme,
    area: Rect,
}

impl Runs {
    /// Puts two runs beside each other, in the place of the upper one alone.
    fn compared(upper: History, lower: History, side: Side, (width, height): (u16, u16)) -> Runs {
        let mut runs = Runs::alone(upper, lower, (width, height));
        runs.begin(side);
        runs
    }

    fn alone(upper: History, lower: History, (width, height): (u16, u16)) -> Runs {
        let mut ui = Ui::new(PROGRAMS);
        ui.begin_run();
        Runs {
            ui,
            runs: [upper, lower],
            theme: Theme::new(DARK.0, DARK.1, DARK.2),
            area: Rect::new(0, 0, width, height),
        }
    }

    fn begin(&mut self, side: Side) {
        self.ui.begin_pair(side);
        if side == Side::Lower {
            self.runs.swap(0, 1);
        }
        self.fit();
    }

    fn fit(&mut self) {
        let [selected, other] = &self.runs;
        self.ui.meet(Some(other));
        self.ui.run.fits = pair_fits(
            self.area,
            &self.ui,
            [selected, other],
            [&Memory::default(), &Memory::default()],
        );
    }

    fn act(&mut self, action: Action) -> Option<Effect> {
        let [selected, other] = &self.runs;
        let effect = update_pair(&mut self.ui, action, Some(selected), Some(other));
        if matches!(effect, Some(Effect::Switch | Effect::Alone(Stays::Other))) {
            self.runs.swap(0, 1);
        }
        self.fit();
        effect
    }

    fn press(&mut self, keys: &str) -> &mut Runs {
        for name in keys.split_whitespace() {
            let key = Key::parse(name).unwrap_or_else(|| panic!("`{name}` is no key"));
            let action = Keymap::brought().action(self.ui.place(), key);
            self.act(action.unwrap_or_else(|| panic!("`{name}` does nothing")));
        }
        self
    }

    /// Draws a frame in the middle of a larger buffer, twice, and checks that nothing is outside.
    fn draw(&self) -> Buffer {
        let [selected, other] = &self.runs;
        let memories = [Memory::default(), Memory::default()];
        let scene = Scene {
            history: Some(selected),
            ui: &self.ui,
            theme: &self.theme,
            keymap: Keymap::brought(),
            feed: Feed::Live,
            memory: &memories[0],
        };
        let beside = Beside {
            history: other,
            feed: Feed::Live,
            memory: &memories[1],
        };
        let frame = || {
            let mut buffer = Buffer::empty(self.area);
            draw_pair(&mut buffer, self.area, &scene, Some(&beside));
            buffer
        };
        let first = frame();
        assert_eq!(first, frame(), "what is remembered changes nothing");
        first
    }
}

/// Returns a run that was recorded.
fn recorded(name: &str) -> History {
    let (events, horizon) = events(&format!("../../view/pairs/{name}"));
    folded(&events, horizon)
}

/// Returns a recorded run as it was known after so many milliseconds.
fn recorded_until(name: &str, at: f64) -> History {
    let (events, _) = events(&format!("../../view/pairs/{name}"));
    let until = events.partition_point(|event| event.t <= ms(at));
    folded(&events[..until], ms(at))
}

fn fault_and_fix(size: (u16, u16)) -> Runs {
    let (fault, fix) = (recorded("two-locks"), recorded("two-locks-fixed"));
    Runs::compared(fault, fix, Side::Lower, size)
}

fn two_seeds(size: (u16, u16)) -> Runs {
    let (first, next) = (recorded("pool-42"), recorded("pool-43"));
    Runs::compared(first, next, Side::Upper, size)
}

#[track_caller]
fn check(name: &str, runs: &Runs) {
    let (width, height) = (runs.area.width, runs.area.height);
    let name = format!("compare-{name}-{width}x{height}");
    insta::assert_snapshot!(name, told(&runs.draw()));
}

#[test]
fn a_fault_and_its_fix_at_every_size() {
    for size in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        check("locks", &fault_and_fix(size));
    }
}

#[test]
fn one_seed_and_the_next_at_every_size() {
    for size in SIZES {
        let mut runs = two_seeds(size);
        runs.press("Down Down");
        check("pool", &runs);
    }
}

#[test]
fn one_has_ended_and_the_other_goes_on() {
    for size in SIZES {
        let (fault, fix) = (
            recorded_until("two-locks", 1_000.0),
            recorded("two-locks-fixed"),
        );
        check("locks-live", &Runs::compared(fault, fix, Side::Upper, size));
        let (first, next) = (recorded("pool-43"), recorded_until("pool-42", 1_500.0));
        check("pool-live", &Runs::compared(first, next, Side::Lower, size));
    }
}

#[test]
fn the_cursor_stands_in_both() {
    for size in SIZES {
        let mut runs = two_seeds(size);
        runs.ui.run.frozen = Some(ms(1_200.0));
        runs.press("Tab Down +");
        check("pool-frozen", &runs);
    }
    // Behind the end of the shorter one.
    let mut runs = fault_and_fix((80, 24));
    runs.press("Space h h h h");
    check("locks-behind-its-end", &runs);
}

#[test]
fn every_look_tells_the_same() {
    let looks = [
        ("light", (Ground::Light, Depth::TrueColor, Charset::Unicode)),
        ("sixteen", (Ground::Dark, Depth::Sixteen, Charset::Unicode)),
        ("mono", (Ground::Dark, Depth::None, Charset::Unicode)),
        ("ascii", (Ground::Dark, Depth::None, Charset::Ascii)),
    ];
    for (name, (ground, depth, charset)) in looks {
        let mut runs = two_seeds((80, 24));
        runs.theme = Theme::new(ground, depth, charset);
        check(&format!("pool-{name}"), &runs);
    }
}

#[test]
fn a_pane_that_keys_go_to_has_room_also_where_there_is_little() {
    let mut runs = fault_and_fix((80, 24));
    runs.press("4");
    check("locks-events", &runs);
    let mut runs = fault_and_fix((60, 16));
    runs.press("2");
    check("locks-flow", &runs);
}

#[test]
fn lanes_begin_at_one_place_and_one_moment_in_both() {
    for size in SIZES {
        let runs = two_seeds(size);
        let screen = runs.draw();
        let text: Vec<String> = (0..size.1)
            .map(|y| (0..size.0).map(|x| screen[(x, y)].symbol()).collect())
            .collect();
        let rows = || text.iter().filter(|row| row.contains("ForkPoolWorker-1"));
        let bands: Vec<usize> = rows().filter_map(|row| row.find("T0")).collect();
        // What stands before is as long in both, up to a column: one was started a little later.
        let [upper, lower] = bands[..] else {
            panic!("two rows of T0 in\n{}", text.join("\n"))
        };
        assert!(upper.abs_diff(lower) <= 3, "{}", text.join("\n"));
    }
}

#[test]
fn of_two_runs_one_has_the_selection() {
    let mut runs = two_seeds((120, 36));
    runs.press("Down Down Tab Down Down Down");
    let tint = runs.theme.style(Role::Selection).bg;
    let screen = runs.draw();
    let rows: Vec<u16> = (0..36)
        .filter(|&y| Some(screen[(20, y)].bg) == tint)
        .collect();
    let [row] = rows[..] else {
        panic!("rows {rows:?} are selected")
    };
    let text: String = (0..120).map(|x| screen[(x, row)].symbol()).collect();
    assert!(text.contains("ForkPoolWorker-2"), "{text}");
    // Both are remembered.
    runs.press("Tab");
    assert_eq!(runs.ui.run.selected, Some(ActorId(2).into()));
}

/// Runs to be put beside each other, of every kind.
fn all_runs() -> &'static [History] {
    static ALL: OnceLock<Vec<History>> = OnceLock::new();
    ALL.get_or_init(|| {
        let plays = names().into_iter().map(|name| {
            let (events, horizon) = events(&name);
            folded(&events, horizon)
        });
        let live = [
            recorded_until("two-locks", 700.0),
            recorded_until("pool-42", 900.0),
        ];
        plays
            .chain(live)
            .chain([recorded("two-locks-fixed"), History::default()])
            .collect()
    })
}

fn action() -> impl Strategy<Value = Action> {
    prop::sample::select(Action::ALL)
}

/// Actions that leave the run on the screen, and that going back takes back.
fn is_view_action(action: Action) -> bool {
    !matches!(
        action,
        Action::Run
            | Action::RunAgain
            | Action::Compare
            | Action::EditKnobs
            | Action::ShowScenarios
            | Action::ToggleHelp
            | Action::OpenPalette
            | Action::Back
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_sequence_of_actions_at_any_size_panics(
        upper in any::<prop::sample::Index>(),
        lower in any::<prop::sample::Index>(),
        sizes in vec((0u16..230, 0u16..80), 1..4),
        actions in vec(action(), 0..40),
        is_lower in any::<bool>(),
    ) {
        let side = if is_lower { Side::Lower } else { Side::Upper };
        let pick = |at: &prop::sample::Index| at.get(all_runs()).clone();
        let mut runs = Runs::compared(pick(&upper), pick(&lower), side, sizes[0]);
        let part = actions.len().div_ceil(sizes.len()).max(1);
        for (at, action) in actions.into_iter().enumerate() {
            let (width, height) = sizes[at / part];
            runs.area = Rect::new(0, 0, width, height);
            runs.fit();
            runs.act(action);
            runs.draw();
        }
    }

    #[test]
    fn leaving_a_comparison_restores_the_screen(
        upper in any::<prop::sample::Index>(),
        lower in any::<prop::sample::Index>(),
        size in (60u16..230, 16u16..80),
        before in vec(action(), 0..12),
        actions in vec(action(), 0..30),
        is_lower in any::<bool>(),
    ) {
        let pick = |at: &prop::sample::Index| at.get(all_runs()).clone();
        let mut runs = Runs::alone(pick(&upper), pick(&lower), size);
        runs.fit();
        for action in before.into_iter().filter(|&action| is_view_action(action)) {
            runs.act(action);
        }
        // What an action could not do is told until the next key.
        runs.ui.notice = None;
        let screen = runs.draw();
        runs.begin(if is_lower { Side::Lower } else { Side::Upper });
        for action in actions.into_iter().filter(|&action| is_view_action(action)) {
            runs.act(action);
        }
        for _ in 0..200 {
            if runs.ui.pair.is_none() {
                break;
            }
            runs.act(Action::Back);
        }
        prop_assert!(runs.ui.pair.is_none());
        prop_assert_eq!(runs.draw(), screen);
    }
}

#[test]
fn one_run_alone_is_drawn_as_ever() {
    let history = recorded("pool-42");
    let mut ui = Ui::new(PROGRAMS);
    ui.begin_run();
    ui.run.selected = Some(ActorId(2).into());
    ui.run.frozen = Some(Time(1_000_000_000));
    let area = Rect::new(0, 0, 120, 36);
    ui.run.fits = fits(area, Some(&history), &ui.run, &Memory::default());
    let theme = Theme::default();
    let memory = Memory::default();
    let scene = Scene {
        history: Some(&history),
        ui: &ui,
        theme: &theme,
        keymap: Keymap::brought(),
        feed: Feed::Replay,
        memory: &memory,
    };
    let beside = Beside {
        history: &history,
        feed: Feed::Live,
        memory: &memory,
    };
    let mut frames = [Buffer::empty(area), Buffer::empty(area)];
    draw_on_blank(&mut frames[0], area, &scene);
    draw_pair(&mut frames[1], area, &scene, Some(&beside));
    assert_eq!(frames[0], frames[1]);
}
