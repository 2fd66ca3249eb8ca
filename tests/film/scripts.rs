//! Scripts: what they say is done when it is to be done.

use super::{POOL, open, read, shots, text, trace, ui};
use mpviz::event::{Kind, Span, Time};
use mpviz::record::film::{Lines, Options};
use mpviz::record::script::Script;
use mpviz::record::script::perform::perform;
use mpviz::record::script::player::Missed;
use mpviz::record::shot::{Frames, Shot};
use std::process::Command;

fn played(script: &str) -> Result<Lines, Missed> {
    let script = Script::parse(script).expect("a script");
    perform(&script, trace(POOL), (120, 36), ui())
}

fn film(lines: &Lines) -> (Vec<Shot>, mpviz::record::shot::Told) {
    let mut film = open(lines, &Options::default()).expect("a film");
    (shots(&mut film), film.told().clone())
}

/// Returns what the viewer did: when in ms, by the viewer's clock, and what.
fn acts(lines: &Lines) -> Vec<(u64, String)> {
    let told = |kind: &Kind| match kind {
        Kind::ViewerActed { at, action, .. } => Some((*at, action.to_string())),
        Kind::CaptionShown { at, text, .. } => Some((*at, format!("“{text}”"))),
        Kind::MarkSet { at, name, .. } => Some((*at, format!("mark {name}"))),
        Kind::SpeedSet { at, speed } => Some((*at, format!("speed {speed}"))),
        Kind::RecordingStarted { at, .. } => Some((*at, "begin".to_owned())),
        Kind::RecordingEnded { at } => Some((*at, "end".to_owned())),
        _ => None,
    };
    let acts = lines.events.iter().filter_map(|event| told(&event.kind));
    acts.map(|(at, what)| (at.0 / 1_000_000, what)).collect()
}

#[track_caller]
fn check(script: &str, expected: &[(u64, &str)]) {
    let found = acts(&played(script).expect("it is played"));
    let found: Vec<(u64, &str)> = found
        .iter()
        .map(|(at, what)| (*at, what.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn steps_are_done_one_after_the_other() {
    // The first process is there after 7 ms, T3 begins after 293 ms.
    check(
        "wait event TaskStarted T3\npress Space\ncaption \"so\"\nwait 200ms\npress . .\nmark here\nspeed 2\n",
        &[
            (7, "begin"),
            (293, "toggle-freeze"),
            (293, "“so”"),
            (493, "event-after"),
            (943, "event-after"),
            (943, "mark here"),
            (943, "speed 2"),
            (943, "end"),
        ],
    );
    check(
        "press / \ntype \"ab\"\npress Enter",
        &[
            (7, "begin"),
            (7, "filter"),
            (7, "type"),
            (97, "type"),
            (97, "confirm"),
            (97, "end"),
        ],
    );
    // Keys of the screen's own say the same as the steps.
    check(
        "press c\ntype \"hi\"\npress Enter\npress Space m\ntype \"x\"\npress Enter",
        &[
            (7, "begin"),
            (7, "say-caption"),
            (7, "type"),
            (97, "type"),
            (97, "confirm"),
            (97, "“hi”"),
            (97, "toggle-freeze"),
            (547, "set-mark"),
            (547, "type"),
            (547, "confirm"),
            (547, "mark x"),
            (547, "end"),
        ],
    );
}

#[test]
fn awaited_events_come_one_after_the_other() {
    // Two workers begin their tasks at once: the second wait looks on from where the first ended.
    let lines = played(
        "wait event TaskStarted\nmark one\nwait event TaskStarted\nmark two\nwait event TaskStarted\nmark three\nwait event TaskStarted\nmark four",
    );
    let lines = lines.expect("it is played");
    let starts = lines
        .events
        .iter()
        .filter(|event| matches!(event.kind, Kind::TaskStarted { .. }));
    let starts: Vec<u64> = starts.map(|event| event.t.0 / 1_000_000).collect();
    let marks: Vec<u64> = acts(&lines)
        .iter()
        .filter(|(_, what)| what.starts_with("mark"))
        .map(|(at, _)| *at)
        .collect();
    assert_eq!(marks, starts);
    let missed = played("wait event TaskStarted T3\nwait event TaskStarted T3").expect_err("once");
    assert_eq!(
        (missed.line, missed.step.as_str()),
        (2, "wait event TaskStarted T3")
    );
}

#[test]
fn a_text_is_waited_for_on_the_screen() {
    let lines = played("wait text \"takes T3\"\nmark seen\nwait text \"■ ended\"\nmark ended")
        .expect("it is played");
    let acts = acts(&lines);
    assert!((293..=330).contains(&acts[1].0), "{acts:?}");
    assert!((1741..=1775).contains(&acts[2].0), "{acts:?}");
    let missed = played("\nwait text \"T99\"").expect_err("it never comes");
    assert_eq!(missed.line, 2);
    assert!(
        missed.screen.contains("■ ended 1.74 s"),
        "{}",
        missed.screen
    );
    assert!(missed.at >= Time(1_741_000_000));
}

#[test]
fn what_a_script_did_is_what_the_film_shows() {
    let lines = played(
        "wait event TaskStarted T3\npress Space\ncaption \"Frozen here\" 1s\nwait 2s\nmark later\n",
    );
    let lines = lines.expect("it is played");
    let (found, told) = film(&lines);
    let last = text(found.last().expect("a frame"));
    assert!(last.contains("FROZEN at 0.29"), "{last}");
    assert!(!last.contains("Frozen here"), "{last}");
    let says = found.iter().any(|shot| text(shot).contains("Frozen here"));
    assert!(says);
    assert_eq!(told.captions.len(), 1);
    assert_eq!(
        told.captions[0].until.0 - told.captions[0].at.0,
        1_000_000_000
    );
    assert_eq!(told.marks.len(), 1);
    assert!(told.length > Span::millis(4_000) && told.length < Span::millis(4_400));
}

#[test]
fn a_script_replaces_what_was_recorded() {
    let once = played("press Space\nwait 1s\nmark one").expect("it is played");
    let script = Script::parse("wait 300ms\nmark two").expect("a script");
    let twice = perform(&script, once, (80, 24), ui()).expect("it is played");
    let found = acts(&twice);
    assert_eq!(found[1], (307, "mark two".to_owned()));
    assert_eq!(found.len(), 3);
}

#[test]
fn a_script_of_a_program_that_runs_is_played_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (script, out) = (folder.path().join("a.script"), folder.path().join("a.mpt"));
    std::fs::write(&script, "wait event ProcessStarted\npress Space\ncaption \"There\"\nwait 100ms\npress f\nwait end\nmark over\n").expect("a file");
    let ran = Command::new(env!("CARGO_BIN_EXE_mpviz"))
        .args([
            "record", "process", "--pace", "10", "--size", "100x30", "-o",
        ])
        .arg(&out)
        .arg("--script")
        .arg(&script)
        .output()
        .expect("mpviz runs");
    assert_eq!(
        ran.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let lines = read(&std::fs::read(&out).expect("a trace"));
    assert_eq!(lines.size(), Some((100, 30)));
    let found = acts(&lines);
    let whats: Vec<&str> = found.iter().map(|(_, what)| what.as_str()).collect();
    assert_eq!(
        whats,
        [
            "begin",
            "toggle-freeze",
            "“There”",
            "live",
            "mark over",
            "end"
        ]
    );
    let (shots, _) = film(&lines);
    let last = text(shots.last().expect("a frame"));
    assert!(last.contains("■ ended"), "{last}");
}

#[test]
fn a_run_without_a_screen_is_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("a.mpt");
    let ran = Command::new(env!("CARGO_BIN_EXE_mpviz"))
        .args(["record", "-o"])
        .arg(&out)
        .args(["--", "sh", "-c", "echo hello; exit 3"])
        .output()
        .expect("mpviz runs");
    // What was recorded may have failed; recording it has not.
    assert_eq!(
        ran.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let lines = read(&std::fs::read(&out).expect("a trace"));
    assert!(
        lines
            .events
            .iter()
            .all(|event| event.kind.viewers().is_none())
    );
    let (shots, told) = film(&lines);
    assert!(text(shots.last().expect("a frame")).contains("exit code 3"));
    assert!(
        told.transcript
            .iter()
            .any(|said| said.text.contains("hello"))
    );
}

#[test]
fn the_scripts_that_are_brought_along_are_scripts() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_to_string(root.join("docs/scripts.md")).expect("the page");
    let mut count = 0;
    for folder in ["assets", "assets/gallery"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder of ours") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|ending| ending != "script") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a script");
            let script = Script::parse(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            assert!(!script.is_empty(), "{path:?}");
            if path.ends_with("deadlock.script") {
                let indented = |line: &str| format!("    {line}\n");
                let shown: String = text.lines().map(indented).collect();
                assert!(
                    docs.contains(&shown),
                    "docs/scripts.md shows another\n{shown}"
                );
            }
            count += 1;
        }
    }
    assert!(count >= 4);
}

proptest::proptest! {
    /// Whatever stands in a script, it is read or told.
    #[test]
    fn no_script_makes_it_panic(text in "(wait|press|type|caption|mark|speed|#|\"|\\\\|event|text| |\n|[0-9.]|s|\\PC){0,40}") {
        if let Err(error) = Script::parse(&text) {
            assert!(error.line >= 1 && !error.source.hint().is_empty());
        }
    }
}
