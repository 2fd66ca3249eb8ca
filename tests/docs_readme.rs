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
    keys_below(&readme(), "| key | what it does |\n")
}

/// Returns the keys of each row of the table that has a head.
fn keys_below(page: &str, head: &str) -> Vec<Vec<String>> {
    let page = page.replace("\\|", "¦");
    let table = page.split(head).nth(1);
    let table = table.expect("a table of keys").split("\n\n").next();
    let cell = |row: &str| {
        let cell = row.split('|').nth(1).expect("a cell").to_owned();
        let keys = cell.split('`').skip(1).step_by(2);
        keys.map(|key| key.replace('¦', "|")).collect()
    };
    table.expect("its end").lines().skip(1).map(cell).collect()
}

/// Returns all that stands in backquotes, and the lines of commands.
fn code_of(page: &str) -> Vec<&str> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("    "));
    let text = page.lines().filter(|line| !line.starts_with("    "));
    let spans = text.flat_map(|line| line.split('`').skip(1).step_by(2));
    lines.chain(spans).collect()
}

/// The page in Chinese says nothing that the README does not: the same keys in the same order, the
/// same scenarios, and no command, option or path of its own.
#[test]
fn the_page_in_chinese_says_the_same() {
    let chinese = concat!(env!("CARGO_MANIFEST_DIR"), "/README.zh-CN.md");
    let chinese = fs::read_to_string(chinese).expect("README.zh-CN.md");
    let english = readme();
    assert_eq!(keys_below(&chinese, "| 键 | 作用 |\n"), rows_of_keys());
    let (_, scenarios) = chinese
        .split_once("## 场景")
        .expect("a chapter of scenarios");
    let rows = scenarios.split("\n`mpviz list").next().expect("a table");
    let rows = rows
        .lines()
        .filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let names: Vec<_> = PROGRAMS.iter().map(|program| program.name).collect();
    assert_eq!(rows.collect::<Vec<_>>(), names);
    let words = english.split_whitespace().collect::<Vec<_>>().join(" ");
    let code = code_of(&chinese);
    assert!(code.len() > 100, "the page is gone");
    for code in code {
        // The one word of Python that the page begins with.
        assert!(
            code == "print" || words.contains(code),
            "README.md has no `{code}`"
        );
    }
    for link in chinese.split("](").skip(1) {
        let path = link.split(')').next().expect("a path");
        let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
        assert!(fs::exists(&path).expect("it can be asked"), "{path}");
    }
    assert!(english.contains("](README.zh-CN.md)") && chinese.contains("](README.md)"));
    let compiler = format!("Rust {} 或更新", env!("CARGO_PKG_RUST_VERSION"));
    assert!(chinese.contains(&compiler));
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
