//! What a run tells: exits with their codes, orphans, captured lines, and how it ended.

use super::Case;
use super::house::{House, User};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    let tests: &[(&str, fn())] = &[
        ("exit codes are told", exit_codes_are_told),
        ("programs are run", programs_are_run),
        (
            "orphans are adopted and reaped",
            orphans_are_adopted_and_reaped,
        ),
        (
            "a run lasts as long as its last orphan",
            a_run_lasts_as_long_as_its_last_orphan,
        ),
        (
            "exits are seen before the reap",
            exits_are_seen_before_the_reap,
        ),
        ("lines have their writers", lines_have_their_writers),
        (
            "a flood of lines is told whole",
            a_flood_of_lines_is_told_whole,
        ),
        (
            "a long line is cut at characters",
            a_long_line_is_cut_at_characters,
        ),
        (
            "MainProcess finds a clean place",
            main_process_finds_a_clean_place,
        ),
        (
            "a program that closes its stdin is seen",
            a_program_that_closes_its_stdin_is_seen,
        ),
        ("live processes are sampled", live_processes_are_sampled),
    ];
    let case = |&(name, test): &(&str, fn())| -> Case { (name.to_owned(), Box::new(test)) };
    tests.iter().map(case).collect()
}

/// Runs a play to its end, and returns its house with all that was printed.
fn run(args: &[&str]) -> House {
    let mut house = House::open(User::Same, args);
    assert_eq!(house.finish(), 0);
    house.expect_nobody();
    house
}

/// Events as a person would write them down: without times and counts.
fn told(house: &House, kinds: &[&str]) -> Vec<Value> {
    let mut events = house.events(kinds);
    for event in &mut events {
        let event = event.as_object_mut().expect("it is one");
        for field in ["t", "seq", "since", "pid", "ppid"] {
            event.remove(field);
        }
    }
    events
}

fn ended(ending: &str, code: i32) -> Value {
    json!({"actor": 0, "kind": "RunEnded", "ending": ending, "code": code})
}

fn exit_codes_are_told() {
    for (play, code) in [
        ("0", 0),
        ("3", 3),
        ("255", 255),
        ("killed", -9),
        ("terminated", -15),
        ("panics", 1),
        ("killed-group", -9),
    ] {
        let house = run(&[play]);
        let expected = [
            json!({"actor": 0, "kind": "ProcessForked", "child": 1, "name": "MainProcess",
                   "method": "stage", "daemon": false}),
            json!({"actor": 0, "kind": "ForkReturned", "child": 1}),
            json!({"actor": 1, "by": 0, "kind": "ProcessExited", "code": code}),
            json!({"actor": 0, "kind": "ProcessReaped", "child": 1, "code": code}),
            ended("finished", code),
        ];
        let kinds = [
            "ProcessForked",
            "ForkReturned",
            "ProcessExited",
            "ProcessReaped",
            "RunEnded",
        ];
        assert_eq!(told(&house, &kinds), expected, "{play}");
    }
}

fn programs_are_run() {
    let house = run(&["--", "sh", "-c", "echo out; exit 4"]);
    let started = [
        json!({"actor": 1, "kind": "ProcessStarted", "parent": 0, "name": "sh"}),
        json!({"actor": 1, "kind": "ProcessExec", "argv": ["sh", "-c", "echo out; exit 4"]}),
        json!({"actor": 1, "by": 0, "kind": "Output", "stream": "stdout", "text": "out\n",
               "captured": true}),
        json!({"actor": 1, "by": 0, "kind": "ProcessExited", "code": 4}),
        ended("finished", 4),
    ];
    let kinds = [
        "ProcessStarted",
        "ProcessExec",
        "Output",
        "ProcessExited",
        "RunEnded",
    ];
    let mut told_of = told(&house, &kinds);
    // By the watcher and by the supervisor.
    told_of.dedup();
    assert_eq!(told_of, started);
    for (program, code, error, text) in [
        (
            "no-such-program",
            127,
            "ENOENT",
            "cannot run `no-such-program`: No such file or directory",
        ),
        (
            "/etc/passwd",
            126,
            "EACCES",
            "cannot run `passwd`: Permission denied",
        ),
        (
            "",
            127,
            "ENOENT",
            "cannot run ``: No such file or directory",
        ),
    ] {
        let house = run(&["--", program]);
        let expected = [
            json!({"actor": 1, "kind": "Failed", "error": error, "text": text}),
            ended("finished", code),
        ];
        assert_eq!(told(&house, &["Failed", "RunEnded"]), expected);
    }
}

fn orphans_are_adopted_and_reaped() {
    let house = run(&["orphan"]);
    let of = |actor: u32| {
        let is_of = |event: &Value| event["actor"] == actor || event["child"] == actor;
        let kinds = ["ProcessAdopted", "ProcessExited", "ProcessReaped"];
        let events = told(&house, &kinds).into_iter();
        events.filter(is_of).collect::<Vec<Value>>()
    };
    for (actor, code) in [(2, 17), (3, -15)] {
        let expected = [
            json!({"actor": actor, "by": 0, "kind": "ProcessAdopted", "adopter": 0}),
            json!({"actor": actor, "by": 0, "kind": "ProcessExited", "code": code}),
            json!({"actor": 0, "kind": "ProcessReaped", "child": actor, "code": code}),
        ];
        // The watcher says so too, where it was told in time that somebody lives; it may be the
        // first, and later it counts for nothing.
        let events = of(actor);
        let adopted = events.iter().position(|event| *event == expected[0]);
        let (watcher, supervisor) = events.split_at(adopted.expect("it is told"));
        assert!(
            watcher.iter().all(|event| *event == expected[1]),
            "{watcher:#?}"
        );
        let mut supervisor = supervisor.to_vec();
        supervisor.dedup();
        assert_eq!(supervisor[..3], expected);
        assert!(supervisor[3..].iter().all(|event| *event == expected[1]));
    }
    let adopted = house.events(&["ProcessAdopted"]);
    for event in &adopted {
        assert_eq!(event["ppid"], house.supervisor);
    }
    assert_eq!(told(&house, &["RunEnded"]), [ended("finished", 0)]);
}

fn a_run_lasts_as_long_as_its_last_orphan() {
    let house = run(&["finish"]);
    let t = |kind| {
        house
            .events(&[kind])
            .last()
            .and_then(|event| event["t"].as_u64())
    };
    let (main, end) = (
        t("ProcessReaped").expect("it is told"),
        t("RunEnded").expect("it is"),
    );
    assert!(end - main > 40_000_000, "{main} {end}");
    assert_eq!(told(&house, &["RunEnded"]), [ended("finished", 3)]);
    let last = house.seen.last().expect("there are lines");
    assert!(last.contains("RunEnded"), "{last}");
}

fn exits_are_seen_before_the_reap() {
    let house = run(&["children"]);
    let exits: Vec<(u64, u64, i64)> = house
        .events(&["ProcessExited"])
        .iter()
        .filter(|event| event["by"] == 0 && event["actor"] != 1)
        .filter_map(|event| {
            let code = event["code"].as_i64()?;
            Some((event["actor"].as_u64()?, event["t"].as_u64()?, code))
        })
        .collect();
    let &[(2, zombie_at, 21), (3, _, -9)] = exits.as_slice() else {
        panic!("{exits:?}");
    };
    // Its parent forks the next one after it has reaped the first.
    let forks = house.events(&["ProcessForked"]);
    let reaped_at = forks
        .last()
        .and_then(|event| event["t"].as_u64())
        .expect("there are three");
    assert!(
        zombie_at + 100_000_000 < reaped_at,
        "{zombie_at} {reaped_at}"
    );
}

fn lines_have_their_writers() {
    let house = run(&["lines"]);
    let lines = |actor: u32, stream: &str| {
        let events = house.events(&["Output"]);
        let is_its = |event: &&Value| event["actor"] == actor && event["stream"] == stream;
        let texts = events.iter().filter(is_its).map(|event| {
            assert_eq!(event["captured"], true);
            event["text"].as_str().expect("it is one").to_owned()
        });
        texts.collect::<Vec<_>>()
    };
    // MainProcess's own pipe may be anybody's: who printed is not known.
    let own = ["first\n", "second\n", "\u{fffd}\u{1b}[31mä\n", "no end"];
    assert_eq!(lines(0, "stdout"), own);
    assert_eq!(lines(0, "stderr"), ["at last\n"]);
    let of_child = [
        "to stdout\n",
        "line 1\n",
        "line 2\n",
        "line 3\n",
        "line 4\n",
        "line 5\n",
    ];
    assert_eq!(lines(2, "stdout"), of_child);
    assert_eq!(lines(2, "stderr"), ["to stderr\n"]);
    // Whoever tells of a subprocess's end, its last line stands before.
    let events = house.events(&["Output", "ProcessExited"]);
    let places = |kind: &str| {
        let is_it = |event: &Value| event["actor"] == 2 && event["kind"] == kind;
        let places = events
            .iter()
            .enumerate()
            .filter(move |(_, event)| is_it(event));
        places.map(|(at, _)| at).collect::<Vec<usize>>()
    };
    assert!(places("Output").last() < places("ProcessExited").first());
}

fn a_flood_of_lines_is_told_whole() {
    let house = run(&["--", "sh", "-c", "seq 30000"]);
    let texts: Vec<String> = house
        .events(&["Output"])
        .iter()
        .map(|event| event["text"].as_str().expect("it is one").to_owned())
        .collect();
    let expected: Vec<String> = (1..=30_000).map(|n| format!("{n}\n")).collect();
    assert!(texts == expected, "{} lines", texts.len());
    assert_eq!(told(&house, &["Gap"]), [] as [Value; 0]);
    assert_eq!(told(&house, &["RunEnded"]), [ended("finished", 0)]);
}

fn a_long_line_is_cut_at_characters() {
    // 10,001 characters of two bytes each, the pieces of odd length.
    let script =
        "printf a; for i in 1 2 3 4 5 6 7 8 9 10; do printf 'ä%.0s' $(seq 1000); done; echo";
    let house = run(&["--", "sh", "-c", script]);
    let events = house.events(&["Output"]);
    let texts = events
        .iter()
        .map(|event| event["text"].as_str().expect("it is one"));
    let whole: String = texts.clone().collect();
    assert_eq!(whole, format!("a{}\n", "ä".repeat(10_000)));
    assert!(texts.clone().all(|text| text.len() <= 4096));
    assert!(texts.count() > 1);
}

fn main_process_finds_a_clean_place() {
    let house = run(&["look"]);
    let text: String = house
        .events(&["Output"])
        .iter()
        .filter_map(|event| event["text"].as_str())
        // What the C library keeps for itself is as the tests' own starter left it.
        .map(|line| match line.strip_prefix("ignored: ") {
            Some(mask) => {
                let mask = u64::from_str_radix(mask.trim(), 16).expect("it is a mask");
                format!("ignored: {:#x}\n", mask & !0x1_8000_0000)
            }
            None => line.to_owned(),
        })
        .collect();
    let expected = "fds: 0 1 2\nstdin: /dev/null\nblocked: 0000000000000000\nignored: 0x1000\n\
                    group is another's: true\nknobs: [(\"a knob\", \"7\")]\nseed and pace: 11 2.5\n\
                    control: 11 2.5\nthreads: 1\n";
    assert_eq!(text, expected);
}

fn a_program_that_closes_its_stdin_is_seen() {
    let house = run(&["ends"]);
    let expected = [
        json!({"actor": 0, "kind": "EndsSampled", "object": 2,
               "holders": [[1, "write"], [2, "read"]]}),
        json!({"actor": 0, "kind": "EndsSampled", "object": 2, "holders": [[1, "write"]]}),
    ];
    assert_eq!(told(&house, &["EndsSampled"]), expected);
}

fn live_processes_are_sampled() {
    let house = run(&[
        "--",
        "sh",
        "-c",
        "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done",
    ]);
    let samples = house.events(&["Sampled"]);
    assert!(!samples.is_empty());
    for sample in &samples {
        assert_eq!((&sample["actor"], &sample["by"]), (&json!(1), &json!(0)));
        assert_eq!(sample["state"], "R");
        assert!(sample["memory"].as_u64().expect("it is there") > 0);
    }
}
