//! Filters, folds and orders: what is found is what a plain look at every row would find, what is
//! opened can be closed again, and how it looks.

use crate::crowd::Crowd;
use crate::look::{DARK, drawn, press, search, told};
use crate::plays::{history, names};
use mpviz::event::{ActorId, Time};
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::ui::query::Query;
use mpviz::ui::{Action, Pane, Screen, Ui, find, update};
use mpviz::view::events::has_row;
use mpviz::view::words::now_words;
use mpviz::view::words::sentence;
use mpviz::view::{EYES, Memory, Theme, fits};
use proptest::prelude::*;
use ratatui::layout::Rect;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

const WORKERS: Crowd = Crowd {
    workers: 64,
    alive: 64,
    busy: 8,
};

const TEN_THOUSAND: Crowd = Crowd {
    workers: 9_999,
    alive: 1_000,
    busy: 5,
};

/// Returns the view of a run at its end.
fn ui_of(history: &History, area: Rect) -> Ui {
    let mut ui = Ui::new(PROGRAMS);
    ui.begin_run();
    ui.run.fits = fits(area, Some(history), &ui.run, &Memory::default());
    ui
}

fn screen(history: &History, ui: &Ui, area: Rect) -> String {
    let (ground, depth, charset) = DARK;
    told(&drawn(
        history,
        ui,
        &Theme::new(ground, depth, charset),
        area,
    ))
}

#[track_caller]
fn check(name: &str, history: &History, keys: &str) {
    for (width, height) in SIZES {
        let area = Rect::new(0, 0, width, height);
        let mut ui = ui_of(history, area);
        press(&mut ui, keys, history);
        search(&mut ui, history);
        let name = format!("{name}-{width}x{height}");
        insta::assert_snapshot!(name, screen(history, &ui, area));
    }
}

#[test]
fn filters_stand_in_the_rule_of_their_pane() {
    let fan_in = history("fan-in");
    check("find-events", &fan_in, "4 / k i n d : p u t");
    check("find-kept", &fan_in, "4 / k i n d : p u t Enter n");
    check("find-bad-pattern", &fan_in, "4 / u r l Space / [ a");
    check("find-processes", &fan_in, "1 / w r i t e r");
    check("find-nothing", &fan_in, "1 / n o b o d y");
}

#[test]
fn many_are_folded_and_unfolded() {
    let workers = WORKERS.history();
    check("fold-64", &workers, "");
    check("fold-64-selected", &workers, "End");
    check("fold-64-unfolded", &workers, "End z PageDown PageDown");
    check("fold-64-sorted", &workers, "o");
    check("fold-10000", &TEN_THOUSAND.history(), "Down Down");
    let many = history("many");
    check("fold-ended", &many, "x");
}

#[test]
fn the_looks_of_folded_rows_in_ascii() {
    use mpviz::view::{Charset, Depth, Ground};
    let history = TEN_THOUSAND.history();
    let area = Rect::new(0, 0, 80, 24);
    let mut ui = ui_of(&history, area);
    press(&mut ui, "Down / 9 9 9", &history);
    search(&mut ui, &history);
    let theme = Theme::new(Ground::Dark, Depth::None, Charset::Ascii);
    let buffer = drawn(&history, &ui, &theme, area);
    let other = buffer.content().iter().find(|c| !c.symbol().is_ascii());
    assert!(other.is_none(), "{other:?}");
    insta::assert_snapshot!("fold-10000-ascii-80x24", told(&buffer));
}

/// Filters the events, and returns the positions of what was found, in order.
fn found(history: &History, text: &str, from: usize, slices: usize) -> Option<Vec<usize>> {
    let mut ui = ui_of(history, Rect::new(0, 0, 80, 24));
    ui.run.find.set(Pane::Events, text.to_owned(), from);
    for _ in 0..slices {
        find::advance(&mut ui.run, history, EYES, &mut || false);
    }
    while !find::advance(&mut ui.run, history, EYES, &mut || false) {}
    ui.run.find.events_from(0).map(Iterator::collect)
}

/// Returns the same by looking at every sentence.
fn naive(history: &History, holds: impl Fn(&str) -> bool) -> Vec<usize> {
    history
        .log()
        .iter()
        .enumerate()
        .filter(|(_, event)| has_row(history, event, Time::NEVER))
        .filter_map(|(at, event)| Some((at, sentence(history, &event)?)))
        .filter(|(_, said)| !said.detail)
        .filter(|(_, said)| holds(&format!("{} {}", said.who, said.text).to_lowercase()))
        .map(|(at, _)| at)
        .collect()
}

const WORDS: [&str; 12] = [
    "put", "get", "exit", "t3", "url_1", "blocked", "q", "e", "zzz", "main", "worker-1", "»",
];

#[test]
fn a_filter_finds_what_its_words_are_in() {
    for play in names() {
        let history = history(&play);
        for word in WORDS {
            let expected = naive(&history, |said| said.contains(word));
            for from in [0, history.log().len() / 2, history.log().len()] {
                assert_eq!(
                    found(&history, word, from, 3).as_ref(),
                    Some(&expected),
                    "{play} {word} from {from}"
                );
            }
            let expected = naive(&history, |said| !said.contains(word));
            let text = format!("-{word}");
            assert_eq!(
                found(&history, &text, 0, 0),
                Some(expected),
                "{play} {text}"
            );
        }
        let expected = naive(&history, |said| said.contains('t') && said.contains("ex"));
        assert_eq!(
            found(&history, "t ex", 0, 0),
            Some(expected.clone()),
            "{play}"
        );
        assert_eq!(
            found(&history, "/(?s:t.*ex|ex.*t)/", 0, 0),
            Some(expected),
            "{play}"
        );
    }
}

#[test]
fn fields_find_whose_events_they_are() {
    for play in names() {
        let history = history(&play);
        for &id in history.processes() {
            let name = history.name_of_actor(id, Time::NEVER);
            if id == ActorId::MPVIZ || name.contains(['"', ' ']) || name.is_empty() {
                continue;
            }
            let found = found(&history, &format!("who:{name}"), 0, 0).unwrap_or_default();
            let own = |&&at: &&u32| {
                let event = history.log().get(at as usize).expect("it is in the log");
                history.process_of(event.actor) == id
                    && has_row(&history, &event, Time::NEVER)
                    && sentence(&history, &event).is_some_and(|said| !said.detail)
            };
            let events = history.events_of(id).iter().filter(own);
            for &at in events {
                assert!(found.contains(&(at as usize)), "{play} {name} {at}");
            }
            for at in found {
                let event = history.log().get(at).expect("it is in the log");
                let who = history.process_of(event.actor);
                let wanted = name.to_lowercase();
                let goes_by = |t: Time| {
                    let names = [who, event.actor].map(|id| history.name_of_actor(id, t));
                    names
                        .iter()
                        .any(|name| name.to_lowercase().contains(&wanted))
                };
                assert!(
                    goes_by(event.t) || goes_by(Time::NEVER),
                    "{play}: {name} is not {who}"
                );
            }
        }
    }
}

#[test]
fn a_tree_filter_keeps_who_stands_above() {
    for play in names() {
        let history = history(&play);
        let t = history.now();
        for word in WORDS {
            let mut ui = ui_of(&history, Rect::new(0, 0, 80, 24));
            ui.run.find.set(Pane::Processes, word.to_owned(), 0);
            search(&mut ui, &history);
            let mut expected: Vec<ActorId> = history.processes_at(t).collect();
            expected.retain(|&id| {
                let now = now_words(&history, id, t);
                let task = now.as_ref().and_then(|now| now.task);
                let said = [
                    mpviz::view::words::full_name(&history, id, t),
                    task.map(|task| format!(" T{task}")).unwrap_or_default(),
                    now.map(|now| format!(" {}", now.words.longest()))
                        .unwrap_or_default(),
                ];
                said.concat().to_lowercase().contains(word)
            });
            expected.sort_unstable();
            let found = ui.run.find.processes_found().expect("it is filtered");
            assert_eq!(found, expected, "{play} {word}");
            let listed = mpviz::ui::crowd::list(&history, &ui.run, None, 12);
            let listed: Vec<ActorId> = listed
                .iter()
                .filter_map(|(item, _)| match item {
                    mpviz::ui::crowd::Item::Process(id) => Some(*id),
                    mpviz::ui::crowd::Item::Group(_) => None,
                })
                .collect();
            let mut wanted: Vec<ActorId> = Vec::new();
            for &id in &expected {
                let mut next = Some(id);
                while let Some(id) = next {
                    wanted.push(id);
                    next = history.actor(id).and_then(|actor| actor.parent);
                }
            }
            wanted.sort_unstable();
            wanted.dedup();
            let mut sorted = listed.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, wanted, "{play} {word}");
        }
    }
}

#[test]
fn the_search_goes_on_while_events_come() {
    let (events, horizon) = crate::plays::events("fan-in");
    let mut history = History::default();
    let mut ui = ui_of(&history, Rect::new(0, 0, 80, 24));
    ui.run.find.set(Pane::Events, "url".to_owned(), 0);
    for event in &events {
        history.apply(event);
        history.advance(event.t);
        search(&mut ui, &history);
    }
    history.advance(horizon);
    search(&mut ui, &history);
    let found: Vec<usize> = ui.run.find.events_from(0).expect("a filter").collect();
    assert_eq!(found, naive(&history, |said| said.contains("url")));
    assert!(!found.is_empty());
}

#[test]
fn matches_are_gone_through_one_by_one() {
    let history = history("fan-in");
    let area = Rect::new(0, 0, 80, 24);
    let mut ui = ui_of(&history, area);
    press(&mut ui, "4 / p u t s Enter", &history);
    search(&mut ui, &history);
    let found: Vec<usize> = ui.run.find.events_from(0).expect("a filter").collect();
    let mut times: Vec<Time> = found
        .iter()
        .filter_map(|&at| history.log().time(at))
        .collect();
    times.dedup();
    let mut back = Vec::new();
    loop {
        press(&mut ui, "N", &history);
        if ui.notice.is_some() {
            break;
        }
        back.push(ui.run.frozen.expect("it goes to a moment"));
    }
    back.reverse();
    assert_eq!(back, times);
    let mut on = vec![times[0]];
    loop {
        press(&mut ui, "n", &history);
        if ui.notice.is_some() {
            break;
        }
        on.push(ui.run.frozen.expect("it goes to a moment"));
    }
    assert_eq!(on, times);
}

#[test]
fn what_was_typed_is_shown_harmlessly() {
    let history = history("fan-in");
    // Nearly as much as a filter takes, and more than any screen has columns for.
    let long: String = "x汉\u{301}\u{202e}\u{200b}".repeat(39);
    let texts = ["\u{202e}evil\u{7}", "汉字", "e\u{301}", "\u{1b}[2J", &long];
    for (width, height) in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        let area = Rect::new(0, 0, width, height);
        for text in texts {
            for pane in ["1", "4"] {
                let mut ui = ui_of(&history, area);
                press(&mut ui, pane, &history);
                update(&mut ui, Action::Filter, Some(&history));
                let before = screen(&history, &ui, area);
                let typing = ui.run.find.typing.expect("it is typed");
                ui.run.find.set(typing, text.to_owned(), 0);
                search(&mut ui, &history);
                let shown = screen(&history, &ui, area);
                let obeyed =
                    |c: char| c != '\n' && c.is_control() || matches!(c, '\u{202e}' | '\u{200b}');
                assert!(!shown.contains(obeyed), "{text:?}\n{shown}");
                assert_ne!(before, shown);
                if ui.full_at().is_some() {
                    continue;
                }
                // One more and one less.
                update(&mut ui, Action::Type('y'), Some(&history));
                update(&mut ui, Action::Erase, Some(&history));
                search(&mut ui, &history);
                assert_eq!(screen(&history, &ui, area), shown);
            }
        }
    }
}

#[test]
fn ten_thousand_are_all_reached() {
    let history = TEN_THOUSAND.history();
    let area = Rect::new(0, 0, 120, 36);
    let mut ui = ui_of(&history, area);
    // Unfolds whatever is folded.
    let mut seen = std::collections::BTreeSet::new();
    press(&mut ui, "Home", &history);
    for _ in 0..30_000 {
        if ui.run.selected_group().is_some() {
            press(&mut ui, "z Home", &history);
        }
        seen.extend(ui.run.selected_actor());
        let before = ui.run.selected;
        if seen.len() < 40 {
            press(&mut ui, "Down", &history);
        } else {
            press(&mut ui, "PageDown", &history);
        }
        if ui.run.selected == before && ui.run.selected_group().is_none() {
            break;
        }
    }
    // Behind the last process stand the objects.
    assert!(seen.len() > 900);
    press(&mut ui, "End", &history);
    assert_eq!(ui.run.selected_actor(), None);
    ui.run.select(Some(ActorId(10_000).into()));
    let shown = screen(&history, &ui, area);
    assert!(shown.contains("worker-9999"), "{shown}");
}

/// What a user does to find and fold things.
#[derive(Clone, Debug)]
enum Deed {
    Do(Action),
    Type(String),
    Select(u32),
    Freeze(u64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let actions = prop::sample::select(vec![
        Action::Filter,
        Action::Confirm,
        Action::Back,
        Action::Erase,
        Action::EraseAll,
        Action::NextMatch,
        Action::PreviousMatch,
        Action::FoldEnded,
        Action::ToggleGroup,
        Action::Sort,
        Action::Up,
        Action::Down,
        Action::PageUp,
        Action::PageDown,
        Action::First,
        Action::Last,
        Action::ShowProcesses,
        Action::ShowEvents,
        Action::ShowCode,
        Action::NextPane,
        Action::EventBefore,
        Action::EventAfter,
        Action::ToggleFreeze,
        Action::ZoomIn,
        Action::ToggleHelp,
    ]);
    let texts = prop::sample::select(vec![
        "put",
        "-q",
        "who:",
        "who:worker-1",
        "on:q",
        "kind:g",
        "/[a",
        "/u.*1/",
        "re:(",
        "task:3",
        "\"",
        "汉",
        "\u{202e}",
        "e",
        "ended",
        "kind:ended",
    ]);
    let deed = prop_oneof![
        6 => actions.prop_map(Deed::Do),
        2 => texts.prop_map(|text| Deed::Type(text.to_owned())),
        1 => (0u32..80).prop_map(Deed::Select),
        1 => (0u64..3_000_000_000).prop_map(Deed::Freeze),
    ];
    prop::collection::vec(deed, 0..40)
}

fn act(ui: &mut Ui, deed: &Deed, history: &History) {
    match deed {
        Deed::Do(action) => drop(update(ui, *action, Some(history))),
        Deed::Type(text) if ui.run.find.typing.is_some() => {
            for c in text.chars() {
                update(ui, Action::Type(c), Some(history));
            }
        }
        Deed::Type(_) => {}
        Deed::Select(id) => ui.run.selected = Some(ActorId(*id).into()),
        Deed::Freeze(t) => ui.run.frozen = Some(Time(*t).min(history.now())),
    }
}

fn a_history() -> impl Strategy<Value = History> {
    let plays = prop::sample::select(names()).prop_map(|play| history(&play));
    let crowds = (0u32..90, 0u32..90, 0u32..5).prop_map(|(workers, alive, busy)| {
        Crowd {
            workers,
            alive,
            busy,
        }
        .history()
    });
    prop_oneof![plays, crowds]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_that_is_done_panics(
        history in a_history(),
        deeds in deeds(),
        size in (60u16..210, 16u16..70),
    ) {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut ui = ui_of(&history, area);
        for deed in &deeds {
            act(&mut ui, deed, &history);
            if ui.screen != Screen::Run {
                ui.screen = Screen::Run;
            }
            search(&mut ui, &history);
            ui.run.fits = fits(area, Some(&history), &ui.run, &Memory::default());
        }
        screen(&history, &ui, area);
    }

    #[test]
    fn what_is_opened_is_closed_again(
        history in a_history(),
        deeds in deeds(),
        text in prop::sample::select(vec!["put", "e", "who:worker-1", "/[a", "-q", "zzz"]),
        size in (60u16..210, 16u16..70),
    ) {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut ui = ui_of(&history, area);
        for deed in &deeds {
            act(&mut ui, deed, &history);
        }
        // From here on with nothing opened.
        ui.screen = Screen::Run;
        ui.help = None;
        ui.notice = None;
        ui.run.find = find::Find::default();
        ui.run.table.folds_ended = false;
        ui.run.fits = fits(area, Some(&history), &ui.run, &Memory::default());
        let before = screen(&history, &ui, area);
        let state = ui.run.clone();

        update(&mut ui, Action::Filter, Some(&history));
        for c in text.chars() {
            update(&mut ui, Action::Type(c), Some(&history));
            search(&mut ui, &history);
        }
        update(&mut ui, Action::Back, Some(&history));
        search(&mut ui, &history);
        prop_assert_eq!(screen(&history, &ui, area), before.clone());

        for (action, times) in [(Action::FoldEnded, 2), (Action::Sort, 3)] {
            for _ in 0..times {
                update(&mut ui, action, Some(&history));
            }
            prop_assert_eq!(screen(&history, &ui, area), before.clone());
        }
        if ui.run.selected_group().is_some() {
            update(&mut ui, Action::ToggleGroup, Some(&history));
            screen(&history, &ui, area);
            ui.run.table.unfolded.clone_from(&state.table.unfolded);
            prop_assert_eq!(screen(&history, &ui, area), before);
        }
        prop_assert_eq!(ui.run.selected, state.selected);
        prop_assert_eq!(ui.run.frozen, state.frozen);
    }

    #[test]
    fn any_text_is_a_query_or_says_why_not(text in "\\PC{0,40}|[-a:/\\[\\]()\"* \\\\]{0,24}") {
        match Query::parse(&text) {
            Ok(_) => {}
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
