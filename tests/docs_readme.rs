//! The README says what is true: its scenarios, its keys' names, its commands.

mod common;

use mpviz::scenario::PROGRAMS;
use mpviz::ui::keymap::Row;
use mpviz::ui::{Action, Keymap, Pane, Place};
use std::fs;

fn readme() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    fs::read_to_string(path).expect("README.md")
}

#[test]
fn the_readme_lists_each_scenario_in_order() {
    let readme = readme();
    let table = readme
        .split("## Scenarios")
        .nth(1)
        .expect("a chapter of scenarios");
    let table = table.split("\n`mpviz list").next().expect("a table");
    let name = |row: &str| Some(row.strip_prefix("| `")?.split('`').next()?.to_owned());
    let named: Vec<_> = table.lines().filter_map(name).collect();
    assert_eq!(
        named,
        PROGRAMS
            .iter()
            .map(|program| program.name)
            .collect::<Vec<_>>()
    );
}

#[test]
fn the_readme_names_the_oldest_compiler() {
    assert!(readme().contains(&format!("Rust {} or newer", env!("CARGO_PKG_RUST_VERSION"))));
}

#[test]
fn the_readme_shows_the_program_that_is_tested() {
    let readme = readme();
    let shown = readme.split("```rust\n").nth(1).expect("a program");
    let shown = shown.split("```").next().expect("its end");
    assert_eq!(shown, include_str!("readme/main.rs"));
}

/// Returns the keys of each row of the README's table, as they stand there.
fn rows_of_keys() -> Vec<Vec<String>> {
    let readme = readme().replace("\\|", "¦");
    let table = readme.split("| key | what it does |\n").nth(1);
    let table = table.expect("a table of keys").split("\n\n").next();
    let cell = |row: &str| {
        let cell = row.split('|').nth(1).expect("a cell").to_owned();
        let keys = cell.split('`').skip(1).step_by(2);
        keys.map(|key| key.replace('¦', "|")).collect()
    };
    table.expect("its end").lines().skip(1).map(cell).collect()
}

#[test]
fn the_readmes_keys_are_those_of_the_keymap() {
    let keymap = Keymap::brought();
    // What `mpviz keys` prints of a run.
    let mut rows = keymap.rows(None);
    rows.extend(keymap.rows(Some(Place::Run)));
    let mut told = Vec::new();
    for keys in rows_of_keys() {
        assert!(!keys.is_empty());
        for label in keys {
            let has = |row: &&Row| row.keys.iter().any(|key| key.label(false) == label);
            let row = rows.iter().find(has);
            let row = row.unwrap_or_else(|| panic!("`{label}` is no key of a run"));
            told.push(row.action);
        }
    }
    // `1` … `5` has the ends of a row of keys.
    for pane in Pane::ALL {
        told.push(Action::show(pane));
    }
    // It stands beside `Tab`, which says it.
    told.push(Action::PreviousPane);
    let untold = rows.iter().filter(|row| !told.contains(&row.action));
    let untold: Vec<_> = untold.map(|row| row.action.name()).collect();
    assert_eq!(
        untold, [""; 0],
        "actions with a key, and without a row in the README"
    );
}

#[test]
fn mpviz_keys_prints_the_keymap() {
    let printed = common::output(&["keys"]);
    assert_eq!(printed.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&printed.stderr), "");
    let printed = String::from_utf8(printed.stdout).expect("text");
    let mut lines = printed.lines();
    for table in [None].into_iter().chain(Place::ALL.map(Some)) {
        let name = table.map_or("everywhere", Place::name);
        let rows = Keymap::brought().rows(table);
        if rows.is_empty() {
            assert!(!printed.contains(&format!("[{name}]")));
            continue;
        }
        let is_head = |line: &str| line.starts_with(&format!("[{name}]"));
        assert!(lines.any(is_head), "{name}");
        for row in rows {
            let keys: Vec<_> = row.keys.iter().map(ToString::to_string).collect();
            let expected = [&keys.join("  "), row.action.name(), row.action.help()];
            let line = lines.next().expect("a line");
            let mut rest = line;
            for part in expected {
                rest = rest.trim_start().strip_prefix(part).unwrap_or_else(|| {
                    panic!("`{line}` is not {expected:?}");
                });
            }
            assert_eq!(rest, "");
        }
    }
    assert_eq!(lines.next(), None);
}
