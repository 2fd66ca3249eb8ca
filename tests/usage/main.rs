//! Whoever uses mpviz wrongly is told what is wrong, with which value, and what to do: `cases.txt` has
//! command lines, and all that each prints.
//!
//! With `INSTA_UPDATE=always` the file is written anew.

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/usage/cases.txt");

/// Returns what a command line prints, and its exit status.
fn told(line: &str) -> String {
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("mpviz"), "{line}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mpviz"));
    command
        .args(words)
        .stdin(Stdio::null())
        .env("TERM", "xterm");
    let output = command.output().expect("mpviz runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let mut told = format!("$ {line}\n{}{}", text(output.stdout), text(output.stderr));
    match output.status.code() {
        Some(code) => writeln!(told, "[{code}]"),
        None => writeln!(told, "[{}]", output.status),
    }
    .expect("a string takes it");
    told
}

#[test]
fn what_is_wrong_is_said_as_it_stands_in_the_cases() {
    let cases = fs::read_to_string(CASES).expect("the cases");
    let lines: Vec<&str> = cases
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .collect();
    assert!(lines.len() > 20, "the cases are gone");
    let told: Vec<String> = lines.into_iter().map(told).collect();
    let told = told.join("\n");
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        return fs::write(CASES, &told).expect("the cases can be written");
    }
    assert_eq!(told, cases, "tests/usage/cases.txt");
}

#[test]
fn no_error_is_wider_than_a_screen_needs() {
    let cases = fs::read_to_string(CASES).expect("the cases");
    for line in cases.lines() {
        assert!(!line.contains("error:"), "the parser's own words: {line}");
        assert!(!line.contains("\\n"), "a text of several lines: {line}");
    }
}
