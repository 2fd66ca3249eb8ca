//! Whatever is done: any keys, mouse events, pastes and resizes, on any keymap, theme and layout
//! that are read, with one run or two, below any overlay. Nothing panics, and keys always lead out.

use crate::keymaps::{key_name, own_keymap};
use crate::look::search;
use crate::mouse::TURNS;
use crate::plays::{history, names};
use mpviz::app::config::Settings;
use mpviz::event::Time;
use mpviz::history::History;
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::ui::mouse::{Deed, Turn, read};
use mpviz::ui::pair::{Side, update_pair};
use mpviz::ui::point::point;
use mpviz::ui::{Action, Effect, Key, Keymap, Mouse, Pane, Place, Spots, Ui};
use mpviz::view::compare::pair_fits;
use mpviz::view::events::has_row;
use mpviz::view::{
    Beside, Charset, Depth, Feed, Ground, Memory, Scene, Scheme, Theme, draw_pair, fits,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::fmt::Write;

/// What somebody does.
#[derive(Clone, Debug)]
enum Step {
    /// A key, as the keymap has it.
    Key(String),
    /// An action, as if it had a key.
    Act(Action),
    Type(String),
    Mouse(Turn, u16, u16, bool),
    Resize(u16, u16),
    Wait(u64),
}

/// What opens something over the panes, or takes keys for itself.
const OPENS: [Action; 12] = [
    Action::OpenPalette,
    Action::ToggleHelp,
    Action::Filter,
    Action::SayCaption,
    Action::SetMark,
    Action::SendSignal,
    Action::Compare,
    Action::ShowScenarios,
    Action::EditKnobs,
    Action::Details,
    Action::ZoomPane,
    Action::ToggleTwin,
];

const DEPTHS: [Depth; 4] = [
    Depth::TrueColor,
    Depth::Indexed,
    Depth::Sixteen,
    Depth::None,
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => key_name().prop_map(Step::Key),
        3 => select(Action::ALL).prop_map(Step::Act),
        3 => select(&OPENS[..]).prop_map(Step::Act),
        1 => any::<String>().prop_map(Step::Type),
        1 => "[a-z :/\\[\"-]{0,300}".prop_map(Step::Type),
        8 => (select(&TURNS[..]), 0..330u16, 0..110u16, any::<bool>())
            .prop_map(|(what, x, y, control)| Step::Mouse(what, x, y, control)),
        1 => (select(&TURNS[..]), any::<u16>(), any::<u16>(), any::<bool>())
            .prop_map(|(what, x, y, control)| Step::Mouse(what, x, y, control)),
        2 => (1..=300u16, 1..=100u16).prop_map(|(w, h)| Step::Resize(w, h)),
        1 => Just(Step::Resize(1, 1)),
        1 => Just(Step::Resize(120, 36)),
        1 => (0..500u64).prop_map(Step::Wait),
    ]
}

/// A theme's file: roles and marks in any colours, for any number of them.
fn own_theme() -> impl Strategy<Value = String> {
    let colour = || {
        prop_oneof![
            (0..0x100_0000u32).prop_map(|rgb| format!("#{rgb:06X}")),
            select(&["red", "bright-black", "default", "white"][..]).prop_map(str::to_owned),
        ]
    };
    let part = select(
        &[
            "text", "strong", "dim", "faint", "running", "put", "killed", "message", "keyword",
        ][..],
    );
    let attribute = select(&["", " bold", " dim", " underline", " reverse"][..]);
    let style = (colour(), attribute).prop_map(|(text, attribute)| format!("{text}{attribute}"));
    let paper = proptest::option::of((colour(), colour()));
    let inherits = select(&Scheme::BROUGHT[..]);
    let parts = btree_map(part, style, 0..6);
    (inherits, paper, parts).prop_map(|(inherits, paper, parts)| {
        let mut text = format!("inherits = \"{inherits}\"\n[true]\n");
        if let Some((ink, ground)) = paper {
            let _ = writeln!(text, "paper = \"{ink} on {ground}\"");
        }
        for (part, style) in parts {
            let _ = writeln!(text, "{part} = \"{style}\"");
        }
        text
    })
}

/// A layout as it stands in the settings.
fn own_layout() -> impl Strategy<Value = String> {
    let pane = || select(&Pane::ALL[..]).prop_map(Pane::title);
    let border = select(&["table", "middle", "sequence", "code"][..]);
    let word = prop_oneof![
        Just("zoom".to_owned()),
        pane().prop_map(|pane| format!("focus={pane}")),
        pane().prop_map(|pane| format!("hide={pane}")),
        select(
            &[
                "middle=flow",
                "middle=sequence",
                "lower=code",
                "list=both",
                "list=twin"
            ][..]
        )
        .prop_map(str::to_owned),
        (border, any::<u16>()).prop_map(|(border, share)| format!("{border}={share}")),
    ];
    vec(word, 0..5).prop_map(|words| words.join(" "))
}

/// Somebody at a terminal, without the terminal.
struct Desk {
    history: History,
    other: Option<History>,
    ui: Ui,
    keymap: Keymap,
    theme: Theme,
    size: (u16, u16),
    spots: Spots,
    /// In milliseconds.
    at: u64,
    is_left: bool,
}

impl Desk {
    fn draw(&mut self) {
        let memory = Memory::default();
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        search(&mut self.ui, &self.history);
        self.ui.meet(self.other.as_ref());
        self.ui.run.fits = match &self.other {
            Some(other) => pair_fits(area, &self.ui, [&self.history, other], [&memory; 2]),
            None => fits(area, Some(&self.history), &self.ui.run, &memory),
        };
        let scene = Scene {
            history: Some(&self.history),
            ui: &self.ui,
            theme: &self.theme,
            keymap: &self.keymap,
            feed: Feed::Live,
            memory: &memory,
        };
        let beside = self.other.as_ref().map(|history| Beside {
            history,
            feed: Feed::Live,
            memory: &memory,
        });
        let mut buffer = Buffer::empty(area);
        self.spots = draw_pair(&mut buffer, area, &scene, beside.as_ref());
        self.ui.settle(&self.spots);
    }

    fn act(&mut self, action: Action) {
        let history = Some(&self.history);
        match update_pair(&mut self.ui, action, history, self.other.as_ref()) {
            Some(Effect::Switch) => self.switch(),
            // Another run is one that is there already.
            Some(Effect::Compare(_) | Effect::RunPair(..)) => {
                self.other = Some(self.history.clone());
                self.ui.begin_pair(Side::Upper);
            }
            Some(Effect::Alone(_)) => self.other = None,
            Some(Effect::Run(..)) => self.other = None,
            Some(Effect::Quit) => self.is_left = true,
            _ => {}
        }
    }

    fn switch(&mut self) {
        if let Some(other) = &mut self.other {
            std::mem::swap(&mut self.history, other);
        }
    }

    fn press(&mut self, key: Key) {
        let typed = key.typed().map(Action::Type);
        if let Some(action) = self.keymap.action(self.ui.place(), key).or(typed) {
            self.act(action);
        }
    }

    fn turn(&mut self, what: Turn, (x, y): (u16, u16), control: bool) {
        let at = Time(self.at * 1_000_000);
        let mouse = Mouse {
            what,
            x,
            y,
            control,
            at,
        };
        for deed in read(&mut self.ui, &self.spots, mouse, Some(&self.history)) {
            match deed {
                Deed::Act(action) => self.act(action),
                Deed::Point(asked) => point(&mut self.ui, &asked, Some(&self.history)),
                Deed::Switch => self.act(Action::NextPane),
            }
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Key(name) => self.press(Key::parse(&name).expect("it is one")),
            Step::Act(action) => self.act(action),
            Step::Type(text) => text.chars().for_each(|c| self.press(Key::of_char(c))),
            Step::Mouse(what, x, y, control) => self.turn(what, (x, y), control),
            Step::Resize(width, height) => self.size = (width, height),
            Step::Wait(ms) => self.at += ms,
        }
        self.draw();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_is_done_on_whatever_is_settled_nothing_panics(
        keymap in own_keymap(),
        theme in own_theme(),
        layout in own_layout(),
        looks in (select(&DEPTHS[..]), select(&[Charset::Unicode, Charset::Ascii][..])),
        play in 0..names().len(),
        begins in (any::<bool>(), any::<bool>()),
        steps in vec(step(), 1..50),
    ) {
        // What is not read is not used: a program starts with what it brings.
        let keymap = Keymap::brought().with(&keymap).unwrap_or_else(|_| Keymap::brought().clone());
        let scheme = Scheme::parse("mine", &theme);
        let usual = Theme::new(Ground::Dark, looks.0, looks.1);
        let theme = scheme.map_or(usual, |scheme| Theme::of(&scheme, looks.0, looks.1));
        let settings = Settings::parse(&format!("layout = \"{layout}\"")).ok();
        let (has_run, is_pair) = begins;
        let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
        ui.told = has_row;
        let _ = ui.run.arrange(&settings.and_then(|settings| settings.layout).unwrap_or_default());
        let history = history(&names()[play]);
        if has_run {
            ui.begin_run();
        }
        let mut other = None;
        if has_run && is_pair {
            ui.begin_pair(Side::Upper);
            other = Some(history.clone());
        }
        let mut desk = Desk {
            history,
            other,
            ui,
            keymap,
            theme,
            size: (120, 36),
            spots: Spots::default(),
            at: 0,
            is_left: false,
        };
        desk.draw();
        for step in steps {
            desk.step(step);
        }
        // Wherever one is: a key leads out, and one leaves.
        desk.size = (120, 36);
        desk.draw();
        for _ in 0..64 {
            let place = desk.ui.place();
            if matches!(place, Place::Run | Place::Pane(_) | Place::Picker) {
                break;
            }
            let key = desk.keymap.key_of(place, Action::Back);
            prop_assert!(key.is_some(), "nothing leads out of {place:?}");
            desk.press(key.expect("there is one"));
        }
        let place = desk.ui.place();
        prop_assert!(matches!(place, Place::Run | Place::Pane(_) | Place::Picker), "{place:?}");
        let key = desk.keymap.key_of(place, Action::Quit);
        desk.is_left = false;
        desk.press(key.expect("one quits"));
        prop_assert!(desk.is_left);
    }
}

/// So many of the themes above are read: they would be worth nothing else.
#[test]
fn many_themes_that_are_tried_are_read() {
    let mut runner = TestRunner::deterministic();
    let mut is_read = || {
        let text = own_theme()
            .new_tree(&mut runner)
            .expect("a theme")
            .current();
        Scheme::parse("mine", &text).is_ok()
    };
    let read = (0..200).filter(|_| is_read()).count();
    assert!(read >= 50, "{read} of 200 are read");
}
