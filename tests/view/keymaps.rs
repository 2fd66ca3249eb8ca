//! Keymaps of one's own: whatever stands in one, it is read or its line is told, and whatever is
//! pressed with one that is read, nothing panics. And the palette, drawn.

use crate::look::{self, Look, drawn, drawn_with, search, told};
use crate::plays::{events, folded, history_until, ms, names};
use mpviz::app::config::{Settings, State};
use mpviz::history::History;
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::ui::{Action, Key, Keymap, Place, Ui, update};
use mpviz::view::{Charset, Depth, Ground, Memory, Theme, fits};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use ratatui::layout::Rect;
use std::fmt::Write;

const BROUGHT: &str = include_str!("../../assets/keymap.toml");

/// Texts of the three files that mpviz reads, as a person or mpviz would write them.
fn written() -> Vec<String> {
    let settings = Settings::commented().replace("#theme", "theme");
    let state = "theme = \"light\"\nlayout = \"x\"\n[knobs.pool]\nworkers = \"5\"\n";
    vec![BROUGHT.to_owned(), settings, state.to_owned()]
}

/// Reads a text as each of the three. What is wrong with it has its line.
fn check(text: &str) -> Result<(), TestCaseError> {
    let lines = text.lines().count().max(1);
    let faults = [
        Keymap::brought().with(text).err(),
        Settings::parse(text).err(),
        State::parse(text).err(),
    ];
    for fault in faults.into_iter().flatten() {
        prop_assert!(
            fault
                .line
                .is_some_and(|line| (1..=lines + 1).contains(&line)),
            "{fault:?}"
        );
        prop_assert!(
            !fault.what.is_empty() && !fault.what.contains('\n'),
            "{fault:?}"
        );
        prop_assert!(fault.what.chars().count() < 200, "{fault:?}");
    }
    Ok(())
}

/// A piece of a TOML file, right or wrong.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        select(
            &[
                "\n", "=", "[", "]", "\"", "'", "\"\"\"", ".", ",", "{", "}", "#", " ", "\\"
            ][..]
        )
        .prop_map(str::to_owned),
        select(
            &[
                "1",
                "true",
                "1e400",
                "0x",
                "1979-05-27",
                "[run]",
                "[everywhere]",
                "\"q\""
            ][..]
        )
        .prop_map(str::to_owned),
        select(
            &[
                "theme", "color", "knobs", "none", "C-i", "\u{feff}", "\r", "\0", "é"
            ][..]
        )
        .prop_map(str::to_owned),
        select(Action::ALL).prop_map(|action| action.name().to_owned()),
    ]
}

/// Any key that a keymap can name, and some that none can.
pub(crate) fn key_name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::char::range('!', '~').prop_map(String::from),
        2 => prop::char::range('a', 'z').prop_map(|c| format!("C-{c}")),
        2 => select(Key::names().collect::<Vec<_>>()).prop_map(str::to_owned),
    ]
}

/// A keymap of lines that may be there: each for itself is right in `[everywhere]`.
pub(crate) fn own_keymap() -> impl Strategy<Value = String> {
    let place = prop_oneof![
        Just("everywhere"),
        select(&Place::ALL[..]).prop_map(Place::name)
    ];
    let action = prop_oneof![
        5 => select(Action::ALL).prop_map(Action::name),
        1 => Just("none"),
    ];
    vec((place, key_name(), action), 0..12).prop_map(|lines| {
        let mut lines: Vec<_> = lines;
        lines.sort();
        lines.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
        let (mut text, mut last) = (String::new(), "");
        for (place, key, action) in lines {
            if place != last {
                let _ = writeln!(text, "[{place}]");
                last = place;
            }
            let key = key.replace('\\', "\\\\").replace('"', "\\\"");
            let _ = writeln!(text, "\"{key}\" = \"{action}\"");
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_or_its_line_is_told(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_pieces_are_read_or_their_line_is_told(pieces in vec(piece(), 0..30)) {
        check(&pieces.concat())?;
    }

    #[test]
    fn a_file_that_was_changed_is_read_or_its_line_is_told(
        which in 0usize..3,
        changes in vec((any::<prop::sample::Index>(), 0usize..12, piece()), 1..6),
    ) {
        let mut text = written()[which].clone();
        for (at, gone, piece) in changes {
            let mut from = at.index(text.len() + 1);
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let mut to = (from + gone).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            text.replace_range(from..to, &piece);
        }
        check(&text)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_keys_on_any_keymap_that_is_read_panic(
        own in own_keymap(),
        play in any::<prop::sample::Index>(),
        begins_with_a_run in any::<bool>(),
        keys in vec(key_name(), 0..40),
        size in (1u16..210, 1u16..64),
    ) {
        let Ok(keymap) = Keymap::brought().with(&own) else {
            return Ok(());
        };
        let names = names();
        let (events, horizon) = events(play.get::<String>(&names));
        let history = match begins_with_a_run {
            true => folded(&events, horizon),
            false => History::default(),
        };
        let area = Rect::new(0, 0, size.0, size.1);
        let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
        if begins_with_a_run {
            ui.begin_run();
        }
        let theme = Theme::new(Ground::Dark, Depth::TrueColor, Charset::Unicode);
        for name in keys {
            let key = Key::parse(&name).expect("it is one");
            ui.run.fits = fits(area, Some(&history), &ui.run, &Memory::default());
            if let Some(action) = keymap.action(ui.place(), key) {
                let _ = update(&mut ui, action, Some(&history));
                search(&mut ui, &history);
            }
            drawn_with(&keymap, &history, &ui, &theme, area);
        }
        // However it was bound: there is a key that leads out of where one is, and one that quits.
        for place in Place::ALL {
            prop_assert!(keymap.key_of(place, Action::Quit).is_some());
        }
        let leads_out = |ui: &Ui| {
            let place = ui.place();
            matches!(place, Place::Run | Place::Pane(_) | Place::Picker)
                || keymap.key_of(place, Action::Back).is_some()
        };
        prop_assert!(leads_out(&ui));
    }
}

/// So many of the keymaps above are read: the test would be worth nothing if hardly any were.
#[test]
fn many_keymaps_that_are_tried_are_read() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let is_read = |runner: &mut TestRunner| {
        let text = own_keymap().new_tree(runner).expect("a keymap").current();
        Keymap::brought().with(&text).is_ok()
    };
    let read = (0..200).filter(|_| is_read(&mut runner)).count();
    assert!((20..200).contains(&read), "{read} of 200 are read");
}

const POOL: Look = Look {
    keys: ":",
    ..look::POOL
};

#[track_caller]
fn snapshot(name: &str, (width, height): (u16, u16), look: Look) {
    let told = told(&look.at((width, height)));
    insta::assert_snapshot!(format!("{name}-{width}x{height}"), told);
}

#[test]
fn the_palette_at_every_size() {
    for size in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        snapshot("palette", size, POOL);
    }
    let typed = Look {
        keys: ": m a Down Down Down",
        ..POOL
    };
    snapshot("palette-typed", (80, 24), typed);
    let mono = Look {
        theme: (Ground::Dark, Depth::None, Charset::Ascii),
        ..typed
    };
    snapshot("palette-mono-ascii", (80, 24), mono);
    let nothing = Look {
        keys: ": x y z z y",
        ..POOL
    };
    snapshot("palette-nothing", (80, 24), nothing);
}

#[test]
fn the_palette_of_the_picker() {
    let look = Look {
        play: None,
        known: None,
        selected: None,
        ..POOL
    };
    snapshot("palette-picker", (80, 24), look);
}

#[test]
fn a_notice_has_the_rows_that_it_needs() {
    let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
    let notice = "`~/.config/mpviz/keys.toml`, line 12: there is no action `qiut`; near to it: `quit`; \
                  more by `mpviz config`";
    ui.notice = Some(notice.to_owned());
    let theme = Theme::new(Ground::Dark, Depth::TrueColor, Charset::Unicode);
    let buffer = drawn(&History::default(), &ui, &theme, Rect::new(0, 0, 80, 24));
    insta::assert_snapshot!("notice-80x24", told(&buffer));
}

/// What one's own keymap says stands on the screen: in the row of keys, the help and the palette.
#[test]
fn ones_own_keys_are_shown() {
    let own = "[run]\n\"v\" = \"toggle-freeze\"\n\"Space\" = \"none\"\n[everywhere]\n\"C-h\" = \"toggle-help\"\n";
    let keymap = Keymap::brought().with(own).expect("a keymap");
    let history = history_until("pool", ms(1480.0));
    let theme = Theme::new(Ground::Dark, Depth::None, Charset::Unicode);
    let area = Rect::new(0, 0, 120, 36);
    let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
    ui.begin_run();
    ui.run.fits = fits(area, Some(&history), &ui.run, &Memory::default());
    let rows = |ui: &Ui| told(&drawn_with(&keymap, &history, ui, &theme, area));
    assert!(rows(&ui).contains("v freeze"));
    assert!(!rows(&ui).contains("space freeze"));
    assert!(rows(&ui).contains("C-h help"));
    let _ = update(&mut ui, Action::ToggleHelp, Some(&history));
    assert!(rows(&ui).contains("v                 freezes the view"));
    let _ = update(&mut ui, Action::OpenPalette, Some(&history));
    let palette = rows(&ui);
    let row = palette.lines().find(|row| row.contains("toggle-freeze"));
    assert!(
        row.is_some_and(|row| row.trim_end_matches(['|', ' ']).ends_with(" v")),
        "{palette}"
    );
}
