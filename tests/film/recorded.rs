//! Films of traces that tell what a viewer did.

use super::{POOL, line, open, shots, text, trace};
use mpviz::event::{Span, Time};
use mpviz::record::film::{FilmError, Lines, Options, Place};
use mpviz::record::shot::Frames;

const MS: u64 = 1_000_000;

/// Puts lines of a viewer into a trace: for each the run's time in ms up to which everything was
/// known, and what it says.
fn with(name: &str, viewer: &[(u64, &str)]) -> Lines {
    let mut lines = trace(name);
    for &(t, json) in viewer {
        let t = Time(t * MS);
        let at = lines.events.partition_point(|event| event.t <= t);
        lines.events.insert(at, line(t, json));
        lines.horizon = lines.horizon.max(t);
    }
    lines
}

fn started(at: u64) -> String {
    started_at(at, 1.0)
}

fn started_at(at: u64, speed: f64) -> String {
    let at = at * MS;
    format!(r#""kind":"RecordingStarted","at":{at},"columns":120,"rows":36,"speed":{speed:.1}"#)
}

fn at(kind: &str, at: u64) -> String {
    format!(r#""kind":"{kind}","at":{}"#, at * MS)
}

fn acted(at: u64, action: &str, key: &str, moment: Option<u64>) -> String {
    let moment = moment.map_or(String::new(), |t| format!(r#","moment":{}"#, t * MS));
    format!(
        r#""kind":"ViewerActed","at":{},"action":"{action}","key":"{key}"{moment}"#,
        at * MS
    )
}

fn caption(at: u64, text: &str, lasts: u64) -> String {
    format!(
        r#""kind":"CaptionShown","at":{},"text":"{text}","lasts":{}"#,
        at * MS,
        lasts * MS
    )
}

fn mark(at: u64, name: &str) -> String {
    format!(
        r#""kind":"MarkSet","at":{},"moment":{},"name":"{name}""#,
        at * MS,
        at * MS
    )
}

#[track_caller]
fn frame_at(found: &[mpviz::record::shot::Shot], ms: u64) -> String {
    let until = found.partition_point(|shot| shot.at <= Span::millis(ms));
    text(&found[until - 1])
}

#[test]
fn what_was_not_recorded_is_not_shown() {
    let lines = with(
        POOL,
        &[
            (200, &started(200)),
            (400, &at("RecordingPaused", 400)),
            (800, &at("RecordingResumed", 800)),
            (1000, &at("RecordingEnded", 1000)),
        ],
    );
    let film = open(&lines, &Options::default()).expect("a film");
    assert_eq!(film.told().length, Span::millis(400 + 2000));
    assert_eq!(film.told().size, (120, 36));
}

#[test]
fn what_the_viewer_did_is_done_again() {
    let lines = with(
        POOL,
        &[
            (100, &started(100)),
            (300, &acted(300, "toggle-freeze", "Space", None)),
            (700, &acted(700, "show-code", "5", Some(300))),
            (900, &acted(900, "toggle-freeze", "Space", Some(300))),
            (1100, &at("RecordingEnded", 1100)),
        ],
    );
    for size in [(120, 36), (80, 24)] {
        let options = Options {
            size: Some(size),
            ..Options::default()
        };
        let found = shots(&mut open(&lines, &options).expect("a film"));
        assert!(!frame_at(&found, 150).contains("FROZEN"));
        let frozen = frame_at(&found, 250);
        assert!(frozen.contains("FROZEN at 0.300"), "{frozen}");
        assert!(frame_at(&found, 650).contains("5 code"), "{frozen}");
        let live = frame_at(&found, 950);
        assert!(
            live.contains("● live") && !live.contains("FROZEN"),
            "{live}"
        );
    }
}

#[test]
fn a_cursor_that_plays_moves_with_the_clock() {
    let lines = with(
        POOL,
        &[
            (0, &started(0)),
            (600, &acted(600, "toggle-freeze", "Space", None)),
            (700, &acted(700, "play-back", "b", Some(600))),
            (1000, &acted(1000, "play-back", "b", Some(295))),
            (1200, &at("RecordingEnded", 1200)),
        ],
    );
    let found = shots(&mut open(&lines, &Options::default()).expect("a film"));
    let playing = frame_at(&found, 800);
    assert!(playing.contains("PLAYS BACK 1× at 0.5"), "{playing}");
    // Where it was stopped is where it stood, not where the clock would have it.
    let stands = frame_at(&found, 1100);
    assert!(stands.contains("FROZEN at 0.295"), "{stands}");
}

#[test]
fn a_replay_may_run_at_another_speed() {
    let lines = with(
        POOL,
        &[(0, &started_at(0, 2.0)), (800, &at("RecordingEnded", 400))],
    );
    let mut film = open(&lines, &Options::default()).expect("a film");
    assert_eq!(film.told().length, Span::millis(400 + 2000));
    let found = shots(&mut film);
    // The clock is drawn ten times a second while nothing happens.
    let shown = frame_at(&found, 390);
    assert!(shown.contains("live  0.66 s"), "{shown}");
    // With 0 all is known at once.
    let lines = with(POOL, &[(0, &started_at(0, 0.0))]);
    let found = shots(&mut open(&lines, &Options::default()).expect("a film"));
    assert_eq!(found.len(), 1);
    assert!(text(&found[0]).contains("ended"));
}

#[test]
fn captions_stand_for_their_time_and_never_over_the_header() {
    let words = "Two workers wait for the same queue, and nobody will ever fill it";
    let lines = with(
        POOL,
        &[
            (0, &started(0)),
            (200, &caption(200, words, 500)),
            (1500, &at("RecordingEnded", 1500)),
        ],
    );
    for size in [(120, 36), (80, 24), (60, 16)] {
        let options = Options {
            size: Some(size),
            ..Options::default()
        };
        let mut film = open(&lines, &options).expect("a film");
        let told = film.told().captions.clone();
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].at, told[0].until),
            (Span::millis(200), Span::millis(700))
        );
        let found = shots(&mut film);
        let with_it = frame_at(&found, 500);
        assert!(with_it.contains("Two workers wait"), "{with_it}");
        assert!(
            with_it.lines().next().expect("a row").contains("● live"),
            "{with_it}"
        );
        assert!(!frame_at(&found, 100).contains("Two workers wait"));
        assert!(!frame_at(&found, 800).contains("Two workers wait"));
        let without = Options {
            captions: false,
            ..options
        };
        let found = shots(&mut open(&lines, &without).expect("a film"));
        assert!(!frame_at(&found, 500).contains("Two workers wait"));
    }
}

#[test]
fn keys_are_shown_where_that_is_wanted() {
    let lines = with(
        POOL,
        &[
            (0, &started(0)),
            (300, &acted(300, "toggle-freeze", "Space", None)),
            (400, &acted(400, "event-before", ",", Some(300))),
            (500, &acted(500, "event-before", ",", Some(290))),
            (2500, &at("RecordingEnded", 2500)),
        ],
    );
    let options = Options {
        keys: true,
        ..Options::default()
    };
    let found = shots(&mut open(&lines, &options).expect("a film"));
    let shown = frame_at(&found, 600);
    assert!(shown.contains(" space  freeze "), "{shown}");
    assert!(shown.contains(" ,  event before ×2"), "{shown}");
    assert!(!frame_at(&found, 2400).contains("freeze ×"), "{shown}");
    let found = shots(&mut open(&lines, &Options::default()).expect("a film"));
    assert!(!frame_at(&found, 600).contains("event before ×2"));
}

#[test]
fn marks_have_names_to_cut_at() {
    let lines = with(
        POOL,
        &[
            (0, &started(0)),
            (300, &mark(300, "first task")),
            (700, &mark(700, "")),
            (1500, &at("RecordingEnded", 1500)),
        ],
    );
    let film = open(&lines, &Options::default()).expect("a film");
    let marks: Vec<_> = film
        .told()
        .marks
        .iter()
        .map(|m| (m.at, m.text.as_str()))
        .collect();
    let expected = [
        (Span::millis(300), "first task"),
        (Span::millis(700), "mark 2"),
    ];
    assert_eq!(marks, expected);
    let cut = Options {
        from: Some(Place::Mark("first task".to_owned())),
        to: Some(Place::Mark("mark 2".to_owned())),
        ..Options::default()
    };
    assert_eq!(
        open(&lines, &cut).expect("a film").told().length,
        Span::millis(2400)
    );
    let wrong = Options {
        from: Some(Place::Mark("second".to_owned())),
        ..Options::default()
    };
    let error = open(&lines, &wrong).expect_err("no film");
    assert!(matches!(error, FilmError::UnknownMark { .. }));
    assert_eq!(
        error.hint().as_deref(),
        Some("the marks of this trace: `first task`, `mark 2`")
    );
}

#[test]
fn speeds_and_pauses_change_how_long_it_is() {
    let speed = r#""kind":"SpeedSet","at":500000000,"speed":2.0"#;
    let lines = with(
        POOL,
        &[
            (0, &started(0)),
            (500, speed),
            (1500, &at("RecordingEnded", 1500)),
        ],
    );
    let film = open(&lines, &Options::default()).expect("a film");
    assert_eq!(film.told().length, Span::millis(1000 + 2000));
    let slow = Options {
        speed: 0.5,
        hold: Span::ZERO,
        ..Options::default()
    };
    assert_eq!(
        open(&lines, &slow).expect("a film").told().length,
        Span::millis(2000)
    );
}

#[test]
fn lines_that_make_no_sense_do_no_harm() {
    let cases: &[&[&str]] = &[
        &[
            r#""kind":"RecordingStarted","at":18446744073709551615,"columns":0,"rows":4294967295,"speed":-1.0"#,
        ],
        &[
            &at("RecordingEnded", 5),
            &at("RecordingResumed", 3),
            &at("RecordingPaused", 1),
        ],
        &[
            &started(9),
            r#""kind":"SpeedSet","at":1,"speed":0.0"#,
            r#""kind":"SpeedSet","at":2,"speed":1e300"#,
        ],
        &[
            r#""kind":"ViewerActed","at":1,"action":"fly","key":"""#,
            r#""kind":"ViewerActed","at":1,"action":"type","key":"""#,
        ],
        &[
            &acted(3, "details", "Enter", Some(999_999)),
            &acted(3, "run-again", "r", None),
            &acted(2, "compare", "=", None),
        ],
        &[
            &acted(3, "show-scenarios", "s", None),
            &acted(4, "run", "Enter", None),
            &acted(5, "quit", "q", None),
        ],
        &[r#""kind":"CaptionShown","at":1,"text":"x","lasts":18446744073709551615"#],
    ];
    for case in cases {
        let viewer: Vec<(u64, &str)> = (0..).zip(case.iter().copied()).collect();
        let lines = with("zombie", &viewer);
        let options = Options {
            fps: 4,
            keys: true,
            ..Options::default()
        };
        match open(&lines, &options) {
            Ok(mut film) => {
                film.still(None).expect("a still");
                for _ in 0..40 {
                    film.next();
                }
            }
            Err(error) => assert!(matches!(error, FilmError::TooLong { .. }), "{error}"),
        }
    }
}

#[test]
fn a_followed_run_keeps_its_marks_and_captions() {
    let lines = with(
        POOL,
        &[(300, &mark(300, "here")), (400, &caption(400, "look", 900))],
    );
    let film = open(&lines, &Options::default()).expect("a film");
    assert_eq!(film.told().marks.len(), 1);
    assert_eq!(film.told().captions.len(), 1);
}
