//! Casts with something wrong in them, and what is said of it.

use super::*;

const HEADER: &str = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n";

#[track_caller]
fn looked_at(cast: &str) -> CastReport {
    check(cast.as_bytes()).unwrap()
}

/// Checks what is said of a cast, whose header is put before it if it has none.
#[track_caller]
fn says(cast: &str, wanted: &str) {
    let header = if cast.starts_with('{') { "" } else { HEADER };
    let report = looked_at(&format!("{header}{cast}"));
    let said: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    assert_eq!(said.join("\n"), wanted);
    assert_eq!(report.fault_count, said.len() as u64);
}

#[test]
fn a_sound_cast_has_its_facts() {
    let report = looked_at(
        "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24,\"type\":null,\"theme\":{\"fg\":\"#d0d0d0\",\
         \"bg\":\"#212121\",\"palette\":\"#000000:#000000:#000000:#000000:#000000:#000000:#000000:#000000\"}},\
         \"title\":\"T\",\"timestamp\":1504467315,\"env\":{\"SHELL\":\"sh\"},\"tags\":[\"a\"],\"odd\":1}\n\
         # a comment\n\n[0.248, \"o\", \"a\"]\n[1, \"m\", \"two\"]\n[0.5,\"r\",\"90x30\"]\n\
         [0.25, \"x\", \"-15\"]\n[0.002, \"z\", \"\"]",
    );
    assert_eq!(report.faults, []);
    assert_eq!((report.version, report.size), (3, Some((80, 24))));
    assert_eq!(report.title, "T");
    assert_eq!(report.length, Span::millis(2000));
    assert_eq!((report.outputs, report.marks), (1, vec!["two".to_owned()]));
    let others: Vec<_> = report.others.into_iter().collect();
    assert_eq!(others, [("r".into(), 1), ("x".into(), 1), ("z".into(), 1)]);
    let report =
        looked_at("{\"version\":2,\"width\":1,\"height\":2}\n[1.5,\"o\",\"\"]\n[1.5,\"o\",\"\"]\n");
    assert_eq!((report.faults, report.length), (vec![], Span::millis(1500)));
}

#[test]
fn a_wrong_header_says_what_would_be_right() {
    says("{", "line 1: it is cut");
    says(
        "{]\n",
        "line 1: it is no JSON: key must be a string at column 2",
    );
    says("{}", "line 1: the header has no `version`");
    says(
        "{\"version\":1}",
        "line 1: version 1 of the format; 2 and 3 are checked",
    );
    says("{\"version\":3}", "line 1: the header has no `term`");
    says(
        "{\"version\":3,\"term\":{\"cols\":1}}",
        "line 1: the header has no `term.rows`",
    );
    says(
        "{\"version\":2,\"width\":0,\"height\":2}",
        "line 1: the header's `width` is `0`: it should be a whole number from 1 to 65535",
    );
    says(
        "{\"version\":2,\"width\":1,\"height\":2,\"title\":7}",
        "line 1: the header's `title` is `7`: it should be a text",
    );
    says(
        "{\"version\":2,\"width\":1,\"height\":2,\"theme\":{\"fg\":\"red\"}}",
        "line 1: the header's `theme.fg` is `\"red\"`: it should be a colour such as `#16181c`",
    );
    says(
        "{\"version\":2,\"width\":1,\"height\":2,\"theme\":\
         {\"fg\":\"#ffffff\",\"bg\":\"#000000\",\"palette\":\"#000000\"}}",
        "line 1: the header's `theme.palette` is `\"#000000\"`: it should be 8 or 16 colours with \
         `:` between them",
    );
    assert_eq!(
        looked_at("").faults[0].to_string(),
        "line 1: the file is empty"
    );
    assert_eq!(
        looked_at("[]").faults[0].to_string(),
        "line 1: it is no header of a cast"
    );
}

#[test]
fn every_wrong_line_is_told() {
    says(
        "[0,\"o\",\"a\"]\n[0,\"o\"]\n[\"1\",\"o\",\"a\"]\n[-1,\"o\",\"a\"]\n[0,\"oo\",\"a\"]\n[0,\"o\",7]\n",
        "line 3: it is no list of a time, a code and a text\n\
         line 4: `\"1\"` is no time: seconds, 0 or more\n\
         line 5: `-1` is no time: seconds, 0 or more\n\
         line 6: `\"oo\"` is no code: one letter\n\
         line 7: it is no list of a time, a code and a text",
    );
    says(
        "[0,\"r\",\"0x4\"]\n[0,\"x\",\"bad\"]\nfree text\n[0,\"o\",\"a\"",
        "line 2: `\"0x4\"` is no size: `80x24`, from 1x1 to 65535x65535\n\
         line 3: `\"bad\"` is no exit code: a whole number\n\
         line 4: it is no JSON: expected ident at column 2\n\
         line 5: it is cut",
    );
    says(
        "{\"version\":2,\"width\":1,\"height\":2}\n[2,\"o\",\"a\"]\n[1.5,\"o\",\"a\"]\n# no comment here\n",
        "line 3: `1.5` s is before the line above it, at 2.000 s\n\
         line 4: it is no JSON: expected value at column 1",
    );
    let mut bytes = format!("{HEADER}[0,\"o\",\"a").into_bytes();
    bytes.extend([0xff, b'\n']);
    let report = check(bytes.as_slice()).unwrap();
    let said = report.faults[0].to_string();
    assert_eq!(said, "line 2: it is not UTF-8 from byte 10 on");
}

#[test]
fn of_many_faults_the_first_are_named() {
    let report = looked_at(&format!("{HEADER}{}", "1\n".repeat(100)));
    assert_eq!((report.faults.len(), report.fault_count), (NAMED_MAX, 100));
    let long = format!("{HEADER}[\"{}\",\"o\",\"\"]\n", "long".repeat(1000));
    assert!(looked_at(&long).faults[0].to_string().len() < 120);
}

#[test]
fn a_cast_is_told_by_its_content() {
    assert!(is_cast(HEADER.as_bytes()));
    assert!(is_cast(b"{\"version\": 9"));
    assert!(!is_cast(
        b"{\"mpviz\":\"0.1.0\",\"format\":1,\"program\":\"\\\"version\\\"\"}\n"
    ));
    assert!(!is_cast(b"{}\n{\"version\":2}"));
    assert!(!is_cast(b""));
}
