//! What holds for every film of every trace.

use super::{POOL, open, shots, text, trace, traces, ui};
use mpviz::event::{Span, Time};
use mpviz::history::History;
use mpviz::record::film::{Film, FilmError, Lines, Options, Place};
use mpviz::record::shot::Frames;
use mpviz::ui::{Keymap, Pane, Ui};
use mpviz::view::{self, Depth, Feed, Ground, Memory, Scene, Theme};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

/// Draws what is known of a run at a moment, as the screen does.
fn view_of(lines: &Lines, t: Time, (columns, rows): (u16, u16)) -> Buffer {
    let mut history = History::default();
    for event in lines.events.iter().take_while(|event| event.t <= t) {
        history.apply(event);
    }
    history.advance(t.min(lines.horizon));
    let area = Rect::new(0, 0, columns, rows);
    let mut ui: Ui = ui();
    ui.begin_run();
    ui.told = view::events::has_row;
    ui.run.fits = view::fits(area, Some(&history), &ui.run, &Memory::default());
    let mut buffer = Buffer::empty(area);
    let theme = Theme::default().with_paper();
    let scene = Scene {
        history: Some(&history),
        ui: &ui,
        theme: &theme,
        keymap: Keymap::brought(),
        feed: Feed::Live,
        memory: &Memory::default(),
    };
    view::draw(&mut buffer, area, &scene);
    buffer
}

/// Shows a run as it went, from its very begin on: the film's time is the run's.
fn as_it_went() -> Options {
    Options {
        longest_pause: Some(Span::millis(100_000_000)),
        dwell: Some(Span::ZERO),
        ..Options::default()
    }
}

#[test]
fn a_followed_frame_is_the_view_of_what_was_known_by_then() {
    for name in [POOL, "trouble-two-locks", "killed-writer", "queue-way"] {
        let lines = trace(name);
        let options = as_it_went();
        let mut film = open(&lines, &options).expect("a film");
        let first = lines
            .events
            .iter()
            .find(|event| {
                let mut whole = History::default();
                lines.events.iter().for_each(|event| whole.apply(event));
                view::events::has_row(&whole, event, Time::NEVER)
            })
            .map_or(Time::ZERO, |event| event.t);
        let found = shots(&mut film);

        let last = found.len() - 1;
        for (at, shot) in found.iter().enumerate() {
            if at == last || at % 5 == 0 {
                let t = if at == last {
                    lines.horizon
                } else {
                    first + shot.at
                };
                let expected = view_of(&lines, t, (120, 36));
                assert_eq!(shot.frame, expected, "{name} at {t:?}");
            }
        }
    }
}

#[test]
fn the_last_frame_is_the_still_of_the_end() {
    for (name, lines) in traces() {
        let options = Options {
            size: Some((80, 24)),
            ..Options::default()
        };
        let mut film = open(&lines, &options).expect("a film");
        let still = film.still(None).expect("a still");
        let found = shots(&mut film);
        let last = found.last().expect("a film has a frame");
        assert_eq!(last.frame, still.frame, "{name}");
        assert_eq!(
            still.frame,
            view_of(&lines, Time::NEVER, (80, 24)),
            "{name}"
        );
    }
}

#[test]
fn a_still_is_the_view_of_its_moment() {
    let lines = trace(POOL);
    let film = open(&lines, &Options::default()).expect("a film");
    for ms in [0, 3, 200, 700, 1500, 100_000] {
        let t = Time(ms * 1_000_000);
        let still = film.still(Some(&Place::At(t))).expect("a still");
        assert_eq!(still.frame, view_of(&lines, t, (120, 36)), "{ms} ms");
    }
}

#[test]
fn both_themes_have_the_same_symbols() {
    let light = Theme::new(Ground::Light, Depth::TrueColor, Default::default()).with_paper();
    let options = Options {
        light: Some(light),
        fps: 5,
        ..Options::default()
    };
    let mut film = open(&trace(POOL), &options).expect("a film");
    assert!(film.told().light.is_some());
    for shot in shots(&mut film) {
        let light = shot.light.expect("a light one too");
        let pairs = shot.frame.content().iter().zip(light.content());
        for (dark, light) in pairs {
            assert_eq!(dark.symbol(), light.symbol());
            for colour in [dark.fg, dark.bg, light.fg, light.bg] {
                assert!(matches!(colour, Color::Rgb(..)), "{colour}");
            }
        }
    }
}

#[test]
fn it_dwells_where_things_happen_and_not_for_ever() {
    for (name, lines) in traces() {
        let usual = open(&lines, &Options::default()).expect("a film");
        let went = open(&lines, &as_it_went()).expect("a film");
        let (usual, went) = (usual.progress().1, went.progress().1);
        let most = Span((2 * went.0).max(20_000_000_000) + 100_000_000);
        assert!(usual <= most, "{name}: {usual:?} of {went:?}");
    }
}

#[test]
fn a_pause_is_no_longer_than_asked_for() {
    let lines = trace(POOL);
    let options = Options {
        longest_pause: Some(Span::millis(50)),
        ..as_it_went()
    };
    let film = open(&lines, &options).expect("a film");
    let told = film.told();
    let mut last = Span::ZERO;
    for named in &told.transcript {
        assert!(
            named.at.0 - last.0 <= 51_000_000,
            "{named:?} after {last:?}"
        );
        last = named.at;
    }
}

#[test]
fn from_and_to_cut_the_run() {
    let lines = trace(POOL);
    let at = |ms: u64| Some(Place::At(Time(ms * 1_000_000)));
    let options = Options {
        from: at(300),
        to: at(900),
        ..as_it_went()
    };
    let mut film = open(&lines, &options).expect("a film");
    let found = shots(&mut film);
    assert_eq!(film.told().length, Span::millis(600 + 2000));
    assert_eq!(
        found[0].frame,
        view_of(&lines, Time(300_000_000), (120, 36))
    );
    let last = found.last().expect("a last one");
    assert_eq!(last.frame, view_of(&lines, Time(900_000_000), (120, 36)));

    let wrong = Options {
        from: at(900),
        to: at(300),
        ..as_it_went()
    };
    let error = open(&lines, &wrong).expect_err("no film");
    assert_eq!(
        error.to_string(),
        "it begins at 0.9 s, after its end at 0.3 s"
    );
    let beyond = Options {
        from: at(900_000),
        ..as_it_went()
    };
    let error = open(&lines, &beyond).expect_err("no film");
    assert!(matches!(error, FilmError::Beyond { .. }), "{error}");
}

#[test]
fn what_is_asked_for_is_shown() {
    let lines = trace(POOL);
    let options = Options {
        view: Some(Pane::Code),
        selected: Some("ForkPoolWorker-1".to_owned()),
        size: Some((80, 24)),
        ..Options::default()
    };
    let film = open(&lines, &options).expect("a film");
    let still = text(&film.still(None).expect("a still"));
    assert!(still.contains("5 code"), "{still}");
    assert!(
        still.contains("ForkPoolWorker-1") || still.contains("Worker-1"),
        "{still}"
    );
    let wrong = Options {
        selected: Some("Nobody".to_owned()),
        ..Options::default()
    };
    let error = open(&lines, &wrong).expect_err("no film");
    assert_eq!(error.to_string(), "there is nothing named `Nobody`");
    assert!(error.hint().expect("a hint").contains("`MainProcess`"));
}

#[test]
fn a_title_stands_at_the_beginning_alone() {
    let options = Options {
        title: Some("Five workers, one pool".to_owned()),
        ..Options::default()
    };
    let mut film = open(&trace(POOL), &options).expect("a film");
    assert_eq!(film.told().title, "Five workers, one pool");
    let found = shots(&mut film);
    assert!(text(&found[0]).contains("Five workers, one pool"));
    let last = found.last().expect("a last one");
    assert!(!text(last).contains("Five workers, one pool"));
}

#[test]
fn an_empty_trace_is_a_film_of_one_frame() {
    let mut film: Film = open(&Lines::default(), &Options::default()).expect("a film");
    assert_eq!(shots(&mut film).len(), 1);
    assert_eq!(film.told().length, Span::millis(2000));
}

fn options() -> impl Strategy<Value = Options> {
    let place = || {
        prop_oneof![
            Just(None),
            any::<u64>().prop_map(|t| Some(Place::At(Time(t)))),
            (0u64..3_000_000_000).prop_map(|t| Some(Place::At(Time(t)))),
        ]
    };
    let span = || {
        prop_oneof![
            Just(None),
            (0u64..2_000_000_000).prop_map(|ns| Some(Span(ns))),
        ]
    };
    (
        ((1u16..=500), (1u16..=200)),
        (1u32..=60),
        (0.5f64..50.0),
        (span(), span()),
        (place(), place()),
        (any::<bool>(), any::<bool>()),
        prop_oneof![Just(None), "[a-z ]{0,90}".prop_map(Some)],
    )
        .prop_map(
            |(size, fps, speed, (pause, dwell), (from, to), (captions, keys), title)| Options {
                size: Some(size),
                fps,
                speed,
                longest_pause: pause,
                dwell,
                from,
                to,
                captions,
                keys,
                title,
                ..Options::default()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Frames come in order, on their places, each different from the one before, and end in time.
    #[test]
    fn any_options_make_a_film_or_say_why_not(which in 0usize..40, options in options()) {
        let (_, lines) = traces().swap_remove(which);
        let Ok(mut film) = open(&lines, &options) else { return Ok(()) };
        let told = film.told().clone();
        let mut last: Option<mpviz::record::shot::Shot> = None;
        let mut frames = 0;
        while let Some(shot) = film.next() {
            frames += 1;
            let frame = (u128::from(shot.at.0) * u128::from(options.fps)).div_ceil(1_000_000_000);
            prop_assert_eq!(u128::from(shot.at.0), frame * 1_000_000_000 / u128::from(options.fps));
            prop_assert!(shot.at <= told.length);
            prop_assert_eq!((shot.frame.area.width, shot.frame.area.height), told.size);
            match &last {
                Some(last) => {
                    prop_assert!(shot.at > last.at);
                    prop_assert!(shot.frame != last.frame);
                }
                None => prop_assert_eq!(shot.at, Span::ZERO),
            }
            last = Some(shot.clone());
            // The whole of a long one tells no more.
            if frames > 25 { break; }
        }
        prop_assert!(frames > 0);
    }
}
