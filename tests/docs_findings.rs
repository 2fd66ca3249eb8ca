//! `docs/findings.md` says what the code says.
#![cfg(feature = "tui")]

use mpviz::history::Code;
use mpviz::scenario::PROGRAMS;

/// The rows of the table, by column.
fn rows() -> Vec<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/findings.md");
    let page = std::fs::read_to_string(path).expect("docs/findings.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells
            .map(|cell| cell.trim_matches([' ', '|']).to_owned())
            .collect()
    })
    .collect()
}

#[test]
fn each_code_has_its_row_in_order() {
    let told: Vec<(String, String)> = rows()
        .into_iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].clone()))
        .collect();
    let known: Vec<(String, String)> = Code::ALL
        .iter()
        .map(|code| {
            let doc: Vec<&str> = code.doc().iter().map(|line| line.trim()).collect();
            (code.text().to_owned(), doc.join(" "))
        })
        .collect();
    assert_eq!(told, known);
}

#[test]
fn no_code_stands_for_two() {
    let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.text()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Code::ALL.len());
}

#[test]
fn what_is_named_as_an_example_is_a_scenario() {
    for row in rows() {
        let examples = row.get(3).map_or("", String::as_str);
        for example in examples.split(", ").filter(|example| !example.is_empty()) {
            let name = example.trim_matches('`').split(' ').next();
            let is_there = PROGRAMS.iter().any(|program| Some(program.name) == name);
            assert!(is_there, "{example} in the row of {}", row[0]);
        }
    }
}
