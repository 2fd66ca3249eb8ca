//! Traces that are broken, hostile or none.

use super::common::output;
use super::common::pty::Pty;
use super::words::check_closed_pipe;
use super::{USUAL, check_fails, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// A folder with a trace in it.
struct Trace {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Trace {
    fn of(bytes: &[u8]) -> Trace {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.mpt");
        fs::write(&path, bytes).expect("it can be written");
        Trace {
            _folder: folder,
            path,
        }
    }

    fn name(&self) -> &str {
        self.path.to_str().expect("it is UTF-8")
    }
}

/// A good trace, as lines with their line ends.
fn good_lines() -> Vec<String> {
    let ran = output(&["process", "--pace", "23", "--json"]);
    assert_eq!(ran.status.code(), Some(0));
    stdout(&ran)
        .split_inclusive('\n')
        .map(str::to_owned)
        .collect()
}

/// Replays a broken trace as text and on the screen: it says what is wrong at which line, and all
/// before it is shown.
#[track_caller]
fn check_broken(lines: &[String], says: &[&str], shown: &str) {
    let trace = Trace::of(lines.concat().as_bytes());
    for form in ["--plain", "--json"] {
        let ran = output(&["replay", trace.name(), form]);
        let told = stderr(&ran);
        assert_eq!(ran.status.code(), Some(1), "{told}");
        for words in says {
            assert!(told.contains(words), "`{words}` is not in\n{told}");
        }
        assert!(
            stdout(&ran).contains(shown),
            "{form}: {shown} is not in\n{}",
            stdout(&ran)
        );
    }
    let pty = Pty::start(USUAL, &["replay", trace.name(), "--speed", "0"]);
    pty.until("what is wrong, and what was before", |screen| {
        says.iter().all(|words| screen.contains(words)) && screen.contains(shown)
    });
    pty.quit();
}

/// Returns where the program prints these words.
#[track_caller]
fn line_of(lines: &[String], words: &str) -> usize {
    let prints = |line: &String| line.contains("\"Output\"") && line.contains(words);
    lines.iter().position(prints).expect("it prints them")
}

#[test]
fn a_trace_cut_in_a_line_is_shown_up_to_there() {
    let mut lines = good_lines();
    let at = line_of(&lines, "Child process end");
    lines.truncate(at + 1);
    lines[at].truncate(20);
    check_broken(
        &lines,
        &[&format!("line {} is cut", at + 1)],
        "Run child process test",
    );
}

#[test]
fn a_trace_out_of_order_is_shown_up_to_there() {
    let mut lines = good_lines();
    let at = line_of(&lines, "Child process end");
    let late = lines[2].clone();
    lines.insert(at, late);
    let says = format!("line {} is out of order", at + 1);
    check_broken(&lines, &[&says], "Run child process test");
}

#[test]
fn a_trace_with_a_broken_line_is_shown_up_to_there() {
    for bad in [
        "{\"t\":1}\n",
        "no JSON\n",
        "[]\n",
        "{\"t\":-1,\"kind\":\"Output\"}\n",
    ] {
        let mut lines = good_lines();
        let at = line_of(&lines, "Child process end");
        lines.insert(at, bad.to_owned());
        let says = format!("line {} is no event", at + 1);
        check_broken(&lines, &[&says], "Run child process test");
    }
}

#[test]
fn a_trace_of_an_unknown_version_says_which_are_read() {
    let mut lines = good_lines();
    let header: serde_json::Value = serde_json::from_str(&lines[0]).expect("a header");
    let mut header = header.as_object().expect("it is an object").clone();
    let key = header
        .iter()
        .find(|(_, value)| **value == 1)
        .map(|(key, _)| key.clone());
    header.insert(key.expect("it has a format"), 99.into());
    lines[0] = serde_json::to_string(&header).expect("it is JSON") + "\n";
    let trace = Trace::of(lines.concat().as_bytes());
    for form in [&[][..], &["--plain"], &["--json"]] {
        let arguments = [&["replay", trace.name()], form].concat();
        check_fails(
            &arguments,
            1,
            &["cannot replay", "format 99, this mpviz reads 1", "hint: "],
        );
    }
    let mut pty = Pty::start(USUAL, &["replay", trace.name()]);
    pty.until_text("format 99");
    assert_eq!(pty.end(), 1);
    pty.nothing_is_left();
}

#[test]
fn an_unknown_kind_is_kept_and_does_no_harm() {
    let mut lines = good_lines();
    let at = line_of(&lines, "Child process end");
    let time =
        serde_json::from_str::<serde_json::Value>(&lines[at]).expect("an event")["t"].clone();
    let line =
        format!("{{\"t\":{time},\"actor\":1,\"seq\":9999,\"kind\":\"WindDrifted\",\"by_m\":3}}\n");
    lines.insert(at, line.clone());
    let trace = Trace::of(lines.concat().as_bytes());
    let plain = output(&["replay", trace.name(), "--plain"]);
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    assert!(stdout(&plain).contains("Child process end"));
    let json = output(&["replay", trace.name(), "--json"]);
    assert!(
        stdout(&json).contains("\"WindDrifted\",\"by_m\":3"),
        "it is written back"
    );
    let pty = Pty::start(USUAL, &["replay", trace.name(), "--speed", "0"]);
    pty.until_header(&["process", "■ ended"]);
    pty.quit();
}

#[test]
fn a_name_of_a_million_characters_is_shown_cut() {
    let long = "n".repeat(1_000_000);
    let lines: Vec<_> = good_lines()
        .into_iter()
        .map(|line| line.replace("Process-1", &long))
        .collect();
    let trace = Trace::of(lines.concat().as_bytes());
    let plain = output(&["replay", trace.name(), "--plain"]);
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    let longest = stdout(&plain)
        .lines()
        .map(str::len)
        .max()
        .unwrap_or_default();
    assert!(longest < 10_000, "a line of {longest} bytes");
    for size in [(60, 16), (80, 24), USUAL, (200, 60)] {
        let pty = Pty::start(size, &["replay", trace.name(), "--speed", "0"]);
        let screen = pty.until_header(&["process", "■ ended"]);
        assert!(screen.contains("nnnn"), "{screen}");
        pty.quit();
    }
}

#[test]
fn names_of_objects_and_messages_are_cut_too() {
    let ran = output(&["queue", "--pace", "23", "--json"]);
    let long = "n".repeat(1_000_000);
    let lines = stdout(&ran)
        .replace("\"name\":\"q\"", &format!("\"name\":\"{long}\""))
        .replace("\"label\":\"A\"", &format!("\"label\":\"{long}\""));
    let trace = Trace::of(lines.as_bytes());
    let plain = output(&["replay", trace.name(), "--plain"]);
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    let longest = stdout(&plain).lines().map(str::len).max();
    assert!(longest < Some(10_000), "a line of {longest:?} bytes");
    let pty = Pty::start(USUAL, &["replay", trace.name(), "--speed", "0"]);
    let screen = pty.until_header(&["queue", "■ ended"]);
    assert!(screen.contains("nnnn"), "{screen}");
    pty.quit();
}

#[test]
fn what_is_no_trace_is_said_to_be_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder_name = folder.path().to_str().expect("it is UTF-8");
    let missing = folder.path().join("missing.mpt");
    let empty = Trace::of(b"");
    let text = Trace::of(b"This is a letter.\nNot a trace.\n");
    let binary = Trace::of(&(0..=255).cycle().take(100_000).collect::<Vec<u8>>());
    let other = Trace::of(b"{\"a\":1}\n");
    for (name, says) in [
        (empty.name(), "not a trace: it is empty"),
        (text.name(), "not a trace: line 1"),
        (binary.name(), "line 1"),
        (other.name(), "not a trace: line 1"),
        (folder_name, "directory"),
        (missing.to_str().expect("it is UTF-8"), "No such file"),
    ] {
        for form in [&[][..], &["--plain"], &["--json"]] {
            let arguments = [&["replay", name], form].concat();
            check_fails(&arguments, 1, &[says, name]);
        }
        let mut pty = Pty::start(USUAL, &["replay", name]);
        pty.until("what it is", |screen| {
            screen.replace('\n', "").contains(says)
        });
        assert_eq!(pty.end(), 1);
        pty.nothing_is_left();
    }
}

#[test]
fn output_with_escape_sequences_is_harmless() {
    // As a program prints it: a colour, a cleared screen, a title, a bell, and C1 controls.
    let evil = "\\u001b[31mRED\\u001b[2J\\u001b]0;TITLE\\u0007\\u009b5mC1\\u009d0;x\\u009c\\r\\u0008\\u0000";
    let lines: Vec<_> = good_lines()
        .into_iter()
        .map(|line| {
            line.replace("Child process end", evil)
                .replace("Process-1", &format!("P1{evil}"))
        })
        .collect();
    let trace = Trace::of(lines.concat().as_bytes());
    let plain = output(&["replay", trace.name(), "--plain"]);
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    let text = stdout(&plain);
    let controls: Vec<_> = text
        .chars()
        .filter(|&c| c.is_control() && c != '\n')
        .collect();
    assert_eq!(controls, []);
    assert!(text.contains("RED") && text.contains("TITLE"), "{text}");
    let pty = Pty::start(USUAL, &["replay", trace.name(), "--speed", "0"]);
    let screen = pty.until_header(&["process", "■ ended"]);
    assert!(screen.contains("RED"), "{screen}");
    let bytes = pty.all_bytes();
    let written = without_questions(&bytes);
    for bad in [
        "\x07", "\x08", "\0", "\x1b]", "\x1b[31m", "\u{9b}", "\u{9d}", "\u{9c}",
    ] {
        assert!(!written.contains(bad), "{bad:?} was written");
    }
    pty.quit();
}

/// Returns what was written to a terminal, without what mpviz itself asks it: its colour.
fn without_questions(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replacen("\x1b]11;?\x1b\\", "", 1)
}

/// Appends to each text of an event what a terminal would obey; words of the format stay.
fn with_evil(value: &mut Value, key: &str) {
    const TEXTS: &[&str] = &[
        "name", "label", "title", "program", "path", "text", "error", "function", "argv", "knobs",
    ];
    match value {
        Value::String(text) if TEXTS.contains(&key) => {
            text.push_str("\u{1b}[31m\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}5m\r\u{8}\u{202e}");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| with_evil(item, key)),
        Value::Object(fields) => {
            for (key, value) in fields {
                with_evil(value, key);
            }
        }
        _ => {}
    }
}

#[test]
fn escape_sequences_in_any_text_of_a_trace_are_harmless() {
    for scenario in [
        &["queue"][..],
        &["pool"],
        &["communicate", "--program", "stand-in"],
    ] {
        let ran = output(&[scenario, &["--pace", "23", "--json"]].concat());
        let told = stdout(&ran);
        let evil = told.lines().map(|line| {
            let mut value = serde_json::from_str(line).expect("it is JSON");
            with_evil(&mut value, "");
            format!("{value}\n")
        });
        let trace = Trace::of(evil.collect::<String>().as_bytes());
        let plain = output(&["replay", trace.name(), "--plain"]);
        let text = stdout(&plain);
        let is_bad = |c: &char| c.is_control() && *c != '\n' || *c == '\u{202e}';
        assert_eq!(text.chars().find(is_bad), None, "{text}");
        assert_eq!(stderr(&plain), "");
        let mut pty = Pty::start((200, 60), &["replay", trace.name(), "--speed", "0"]);
        pty.until_header(&[scenario[0], "■ ended"]);
        // Every pane, and the keys.
        for key in ["3", "5", "Tab", "Down", "Enter", "Esc", "?"] {
            pty.press(key);
        }
        pty.until_text("freezes the view");
        let bytes = pty.all_bytes();
        let written = without_questions(&bytes);
        for bad in ["\x07", "\x08", "\x1b]", "\x1b[31m", "\u{9b}", "\u{202e}"] {
            assert!(!written.contains(bad), "{bad:?} was written");
        }
        pty.press("?");
        pty.quit();
    }
}

#[test]
fn a_reader_that_has_gone_ends_a_replay_quietly() {
    let trace = Trace::of(good_lines().concat().as_bytes());
    for form in ["--plain", "--json"] {
        check_closed_pipe(&["replay", trace.name(), form], 0);
    }
}

#[test]
fn what_is_wrong_with_a_hostile_trace_is_told_harmlessly() {
    let evil = "\\u001b[31m\\u001b]0;x\\u0007\\u009b5m\\u202e";
    let header = good_lines().swap_remove(0);
    let bad_word = format!(
        "{{\"t\":1,\"actor\":1,\"seq\":0,\"kind\":\"Unblocked\",\"outcome\":\"{evil}\"}}\n"
    );
    for text in [
        format!("{{\"mpviz\":\"{evil}\",\"format\":99}}\n"),
        header + &bad_word,
    ] {
        let trace = Trace::of(text.as_bytes());
        let ran = output(&["replay", trace.name(), "--plain"]);
        assert_eq!(ran.status.code(), Some(1));
        let told = stderr(&ran);
        assert!(told.contains("[31m"), "it is not told: {told}");
        let is_bad = |c: &char| c.is_control() && *c != '\n' || *c == '\u{202e}';
        assert_eq!(told.chars().find(is_bad), None, "{told:?}");
        let mut pty = Pty::start((200, 60), &["replay", trace.name()]);
        pty.until_text("[31m");
        let bytes = pty.all_bytes();
        let written = without_questions(&bytes);
        for bad in ["\x07", "\x1b]", "\x1b[31m", "\u{9b}", "\u{202e}"] {
            assert!(!written.contains(bad), "{bad:?} was written");
        }
        if written.contains("format 99") {
            assert_eq!(pty.end(), 1);
            pty.nothing_is_left();
        } else {
            pty.quit();
        }
    }
}
