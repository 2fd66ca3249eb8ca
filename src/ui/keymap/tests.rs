//! What the keymap says, and what is wrong with one that says what can't be so.

use super::*;
use crate::ui::state::Pane;

fn key(name: &str) -> Key {
    Key::parse(name).unwrap()
}

#[track_caller]
fn check(place: Place, name: &str, expected: Option<Action>) {
    assert_eq!(Keymap::brought().action(place, key(name)), expected);
}

#[test]
fn the_keymap_that_mpviz_brings_is_one() {
    // Two actions on one key of a place would be an error.
    let keymap = Keymap::parse(DEFAULT).unwrap();
    assert!(keymap.bindings.len() > 50);
    // Lying over itself it leaves a way out of every place, and nothing in it is without use.
    assert!(keymap.with(DEFAULT).is_ok());
    // What holds everywhere is no way around what a place says by chance.
    for binding in keymap.bindings.iter().filter(|b| b.table.is_none()) {
        for place in Place::ALL {
            let here = keymap.action(place, binding.key);
            let is_typed = binding.key.typed().is_some_and(|c| place.types(c));
            let is_meant = place == Place::Help && here == Some(Action::Back);
            assert!(here == binding.action || is_typed || is_meant, "{place:?}");
        }
    }
}

#[test]
fn keys_ask_for_what_the_keymap_says() {
    check(Place::Run, "q", Some(Action::Quit));
    check(Place::Run, "C-c", Some(Action::Quit));
    check(Place::Run, "3", Some(Action::ShowSequence));
    check(Place::Pane(Pane::Flow), "3", Some(Action::ShowSequence));
    check(Place::Run, "D", None);
    check(Place::Picker, "3", None);
    check(Place::Knobs, "3", Some(Action::Type('3')));
    check(Place::Knobs, "q", Some(Action::Quit));
    check(Place::Knobs, "j", Some(Action::Down));
}

#[test]
fn where_text_is_typed_letters_are_letters() {
    check(Place::Filter, "q", Some(Action::Type('q')));
    check(Place::Filter, "?", Some(Action::Type('?')));
    check(Place::Filter, "Space", Some(Action::Type(' ')));
    check(Place::Filter, "C-c", Some(Action::Quit));
}

#[test]
fn the_first_key_of_an_action_is_shown() {
    let keymap = Keymap::brought();
    let shown = |place, action| keymap.key_of(place, action).map(|key| key.to_string());
    assert_eq!(shown(Place::Run, Action::Up).as_deref(), Some("Up"));
    assert_eq!(
        shown(Place::Picker, Action::EditKnobs).as_deref(),
        Some("Tab")
    );
    assert_eq!(shown(Place::Knobs, Action::Filter), None);
}

const OWN: &str = r#"
[everywhere]
"h" = "toggle-help"
"Q" = "quit"
[run]
"x" = "sort"
"z" = "none"
[events]
"x" = "filter"
"#;

#[test]
fn what_a_person_has_written_counts_more() {
    let keymap = Keymap::brought().with(OWN).unwrap();
    let events = Place::Pane(Pane::Events);
    let flow = Place::Pane(Pane::Flow);
    for (place, name, expected) in [
        (Place::Run, "x", Some(Action::Sort)),
        (flow, "x", Some(Action::Sort)),
        (events, "x", Some(Action::Filter)),
        (flow, "z", None),
        (flow, "h", Some(Action::ToggleHelp)),
        (Place::Knobs, "h", Some(Action::ToggleHelp)),
        (Place::Filter, "h", Some(Action::Type('h'))),
        (Place::Picker, "Q", Some(Action::Quit)),
        (Place::Picker, "q", Some(Action::Quit)),
        (flow, "o", Some(Action::Sort)),
    ] {
        assert_eq!(
            keymap.action(place, key(name)),
            expected,
            "{place:?} {name}"
        );
    }
    let keys = |place, action| -> Vec<_> {
        let keys = keymap.keys_of(place, action);
        keys.map(|key| key.to_string()).collect()
    };
    assert_eq!(keys(flow, Action::Sort), ["x", "o"]);
    assert_eq!(keys(events, Action::Sort), ["o"]);
    assert_eq!(keys(events, Action::Filter), ["x", "/"]);
    assert_eq!(keys(flow, Action::ToggleGroup), [""; 0]);
    assert_eq!(keys(Place::Picker, Action::Quit), ["Q", "q", "C-c"]);
    assert_eq!(keys(flow, Action::Earlier), ["Left"]);
}

#[test]
fn a_key_that_both_have_is_told_once() {
    let keymap = Keymap::brought().with("[run]\n\"q\" = \"quit\"").unwrap();
    let keys: Vec<_> = keymap.keys_of(Place::Run, Action::Quit).collect();
    assert_eq!(keys, [key("q"), key("C-c")]);
}

#[test]
fn a_wrong_keymap_says_where_what_and_what_would_be_right() {
    let keys = "a key is one character, `C-` before one for Control, or a name such as `PageUp`";
    for (text, told, hint) in [
        (
            "[run]\n\"qq\" = \"quit\"",
            "line 2: there is no key `qq`",
            keys,
        ),
        (
            "[run]\n\"g g\" = \"quit\"",
            "line 2: there is no key `g g`",
            keys,
        ),
        (
            "[run]\n\n\"pageup\" = \"quit\"",
            "line 3: there is no key `pageup`",
            "near to it: `PageUp`",
        ),
        (
            "[run]\n\"Ctrl-X\" = \"quit\"",
            "line 2: there is no key `Ctrl-X`",
            "it is written `C-x`",
        ),
        (
            "[run]\n\"x\" = \"qiut\"",
            "line 2: there is no action `qiut`",
            "near to it: `quit`",
        ),
        (
            "[run]\n\"x\" = \"leave for good\"",
            "line 2: there is no action `leave for good`",
            "`mpviz keys` shows all there are",
        ),
        (
            "# mine\n[pick]\n\"x\" = \"quit\"",
            "line 2: there is no place `pick`",
            "near to it: `picker`",
        ),
        (
            "\"x\" = \"quit\"",
            "line 1: `x` stands in no table",
            "a key stands below its place: `[everywhere]`, `[run]`, `[picker]` …",
        ),
        (
            "[run]\n\"x\" = 3",
            "line 2: `x` is an integer, and must be an action in quotes",
            "",
        ),
        (
            "[run]\n\"x\" = \"sort\"\n\"x\" = \"quit\"",
            "line 3: `x` stands there twice",
            "one of the two lines must go",
        ),
        (
            "[run]\n\"Tab\" = \"sort\"\n\"C-i\" = \"quit\"",
            "line 3: `C-i` is bound twice in `run`",
            "line 2 binds it first: on a terminal it is `Tab`",
        ),
        (
            "[picker]\n\"x\" = \"zoom-in\"",
            "line 2: `zoom-in` does nothing in `picker`",
            "it is for `[run]`",
        ),
        (
            "[everywhere]\n\"C-c\" = \"none\"\n",
            "line 2: no key is left for `quit` in `filter`",
            "bind another key to `quit`",
        ),
        (
            "[filter]\n\"Esc\" = \"confirm\"\n",
            "line 2: no key is left for `back` in `filter`",
            "bind another key to `back`",
        ),
    ] {
        let fault = Keymap::brought().with(text).unwrap_err();
        assert_eq!(fault.to_string(), told, "{text}");
        assert_eq!(fault.hint.as_deref().unwrap_or_default(), hint, "{text}");
    }
}
