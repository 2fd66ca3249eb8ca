//! The README says what is true: its scenarios, its keys' names, its commands.

use mpviz::scenario::PROGRAMS;
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
