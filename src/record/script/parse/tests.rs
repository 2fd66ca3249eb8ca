//! Lines of scripts, and what is wrong with some.

use super::*;

#[track_caller]
fn check(line: &str, expected: Step) {
    let script = Script::parse(line).unwrap();
    let steps: Vec<Step> = script.steps.into_iter().map(|line| line.step).collect();
    assert_eq!(steps, [expected]);
}

#[track_caller]
fn check_wrong(line: &str, says: &str, hint: &str) {
    let error = Script::parse(&format!("# first\n{line}")).unwrap_err();
    assert_eq!(error.line, 2);
    assert_eq!(error.source.to_string(), says);
    let told = error.source.hint();
    assert!(told.contains(hint), "{told}");
}

#[test]
fn each_step_is_read() {
    check("wait 1.5s", Step::Wait(Span::millis(1500)));
    check("  wait 300ms  # a while", Step::Wait(Span::millis(300)));
    check("wait 2", Step::Wait(Span::millis(2000)));
    check("wait end", Step::End);
    check(
        "wait text \"a \\\"b\\\" # c\"",
        Step::Text("a \"b\" # c".to_owned()),
    );
    check(
        "wait event ProcessExited Worker-1",
        Step::Event("ProcessExited", vec!["Worker-1".to_owned()]),
    );
    let keys = ["Space", ".", "C-u", "\"", "5"].map(|name| Key::parse(name).unwrap());
    check("press Space . C-u \" 5", Step::Press(keys.to_vec()));
    check("type \"Worker 1\"", Step::Type("Worker 1".to_owned()));
    check(
        "caption \"Look\" 4s",
        Step::Caption("Look".to_owned(), Span::millis(4000)),
    );
    check(
        "caption \"Look\"",
        Step::Caption("Look".to_owned(), Span::millis(2000)),
    );
    check("mark the deadlock", Step::Mark("the deadlock".to_owned()));
    check("speed 0.5", Step::Speed(0.5));
    check("pause", Step::Pause);
    check("resume", Step::Resume);
}

#[test]
fn blank_lines_and_comments_are_no_steps() {
    assert!(Script::parse("\n  \n# wait 1s\n").unwrap().is_empty());
    assert_eq!(
        Script::parse("wait end\n\nmark x").unwrap().steps[1].number,
        3
    );
}

#[test]
fn what_is_wrong_is_told_with_what_would_be_right() {
    check_wrong("walk 2s", "`walk` is no step", "steps are wait, press");
    check_wrong("wait", "`wait` is not complete or not right", "`wait end`");
    check_wrong(
        "wait soon",
        "`wait soon` is not complete or not right",
        "`wait 1.5s`",
    );
    check_wrong(
        "wait -1s",
        "`wait -1s` is not complete or not right",
        "`wait 1.5s`",
    );
    check_wrong(
        "wait text",
        "`wait text` is not complete or not right",
        "`wait text \"TEXT\"`",
    );
    check_wrong(
        "wait event processexited",
        "`processexited` is no kind of event",
        "`ProcessExited`",
    );
    check_wrong(
        "wait event TaskStarte",
        "`TaskStarte` is no kind of event",
        "`TaskStarted`",
    );
    check_wrong(
        "wait event Foo",
        "`Foo` is no kind of event",
        "docs/events.md",
    );
    check_wrong("press Spce", "`Spce` is no key", "Space");
    check_wrong(
        "press",
        "`press` is not complete or not right",
        "`press KEY KEY…`",
    );
    check_wrong("caption \"Look", "a `\"` is missing", "between two");
    check_wrong(
        "caption \"Look\" soon",
        "`caption \"Look\" soon` is not complete or not right",
        "3s",
    );
    check_wrong(
        "speed 0",
        "`speed 0` is not complete or not right",
        "0.01 to 1000",
    );
    check_wrong(
        "pause now",
        "`pause now` is not complete or not right",
        "alone",
    );
}

#[test]
fn no_text_makes_it_panic() {
    for text in [
        "\"",
        "press \"",
        "\\",
        "wait \"\\",
        "caption \"é\\",
        "mark \u{0}",
        "speed NaN",
    ] {
        let _ = Script::parse(text);
    }
}
