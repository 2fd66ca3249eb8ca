//! What lints cannot hold: which room may know which, a doc comment on every file, where `unsafe`
//! lives, and that nothing is left for later in a comment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms that it may use; `ARCHITECTURE.md` has the same table.
const ROOMS: &[(&str, &[&str])] = &[
    ("event", &[]),
    ("channel", &["event"]),
    ("runtime", &["event", "channel"]),
    ("scenario", &["event", "runtime"]),
    ("python", &["event", "channel"]),
    (
        "stage",
        &["event", "channel", "runtime", "scenario", "python"],
    ),
    ("history", &["event"]),
    ("trace", &["event"]),
    ("ui", &["event", "history"]),
    ("view", &["event", "history", "ui"]),
    ("record", &["event", "history", "ui", "view", "trace"]),
    (
        "app",
        &[
            "event", "channel", "runtime", "scenario", "python", "stage", "history", "trace", "ui",
            "view", "record",
        ],
    ),
    (
        "cli",
        &[
            "event", "channel", "runtime", "scenario", "python", "stage", "history", "trace", "ui",
            "view", "record", "app",
        ],
    ),
];

/// The files that may lift the ban on `unsafe`.
const UNSAFE: &[&str] = &[
    "src/channel/ring.rs",
    "src/channel/sys.rs",
    "src/runtime/fork_local.rs",
    "src/runtime/pool/call.rs",
    "src/runtime/shared.rs",
    "src/runtime/sys.rs",
    "src/stage/sys.rs",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns every Rust file below the folders, with its path from the root and its text.
fn files(folders: &[&str]) -> BTreeMap<String, String> {
    let mut todo: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut files = BTreeMap::new();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder of ours");
            todo.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(root())
                .expect("below the root")
                .display()
                .to_string();
            files.insert(name, fs::read_to_string(&path).expect("a file of ours"));
        }
    }
    assert!(!files.is_empty());
    files
}

/// Returns the text without its tests, which may use what they like.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn each_room_uses_only_the_rooms_in_its_row() {
    let mut wrong = Vec::new();
    for (name, text) in files(&["src"]) {
        let room = name.split('/').nth(1).expect("a room");
        if ["lib.rs", "main.rs"].contains(&room) || name.ends_with("/tests.rs") {
            continue;
        }
        let (_, may) = ROOMS
            .iter()
            .find(|(known, _)| *known == room)
            .expect("a known room");
        for (number, line) in without_tests(&text).lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for other in line.split("crate::").skip(1) {
                let other = other
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                let other = other.expect("a split has a first");
                let is_room = ROOMS.iter().any(|(known, _)| *known == other);
                if is_room && other != room && !may.contains(&other) {
                    wrong.push(format!("{name}:{}: {room} uses {other}", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_architecture_has_the_same_table_of_rooms() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for (room, may) in ROOMS {
        let row = text
            .lines()
            .find(|line| line.starts_with(&format!("| `{room}/`")));
        let row = row.unwrap_or_else(|| panic!("no row for {room}"));
        let told = row.rsplit('|').nth(1).expect("a last cell").trim();
        let all = ROOMS.len() - 2;
        let expected = match may.len() {
            0 => "–".to_owned(),
            count if count >= all => "all above".to_owned(),
            _ => may.join(", "),
        };
        assert_eq!(told, expected, "{room}");
    }
}

#[test]
fn every_file_says_what_it_is() {
    for (name, text) in files(&["src", "tests", "benches", "examples"]) {
        assert!(
            text.starts_with("//!"),
            "{name} has no doc comment at its top"
        );
    }
}

#[test]
fn unsafe_lives_in_few_files() {
    let lifting = |(name, text): (String, String)| text.contains("unsafe_code").then_some(name);
    let found: Vec<_> = files(&["src"]).into_iter().filter_map(lifting).collect();
    assert_eq!(found, UNSAFE);
}

#[test]
fn nothing_is_left_for_later_in_a_comment() {
    for (name, text) in files(&["src", "tests", "benches", "examples"]) {
        for word in ["TODO", "FIXME", "XXX"] {
            // This file must name them.
            assert!(
                name == "tests/tidy.rs" || !text.contains(word),
                "{name} says {word}"
            );
        }
    }
}

#[test]
fn the_clock_is_read_in_one_place() {
    for (name, text) in files(&["src"]) {
        let reads = ["Instant::now", "SystemTime::now", "clock_gettime"];
        let reads = reads.iter().any(|call| text.contains(call));
        assert!(
            !reads || name == "src/channel/clock.rs",
            "{name} reads the clock"
        );
    }
}
