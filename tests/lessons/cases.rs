//! The runs that are compared, and what each promises of the order of its lines.

/// A run of a scenario and of its twin, with the same knobs.
pub(crate) struct Case {
    /// The name of the scenario and its knobs, parted by blanks.
    pub(crate) line: &'static str,
    /// Each line that begins with the first stands before each that begins with the second.
    pub(crate) order: &'static [(&'static str, &'static str)],
    /// Lines that begin so may be more or fewer, where the program leaves that to chance: a reader
    /// that is ended while an item is on its way.
    pub(crate) chance: Option<&'static str>,
    /// Whether the program never ends.
    pub(crate) hangs: bool,
}

const fn case(line: &'static str, order: &'static [(&'static str, &'static str)]) -> Case {
    Case {
        line,
        order,
        chance: None,
        hangs: false,
    }
}

const fn hanging(line: &'static str, order: &'static [(&'static str, &'static str)]) -> Case {
    Case {
        hangs: true,
        ..case(line, order)
    }
}

const GETS: Option<&str> = Some("Get ");

pub(crate) const CASES: &[Case] = &[
    case(
        "fork",
        &[
            ("current process", "I (#) created"),
            ("I (#) created", "I am the child"),
        ],
    ),
    case(
        "fork --wait yes",
        &[
            ("I (#) created", "My child"),
            ("I am the child", "My child (#) ended with exit code 0"),
        ],
    ),
    case(
        "process --work 20",
        &[
            ("Parent process", "Child process will start"),
            ("Child process will start", "Run child process test"),
            ("Run child process test", "Child process end, exit code 0"),
        ],
    ),
    case(
        "processes",
        &[
            ("Parent process", "Process will"),
            ("Child process", "Process end."),
        ],
    ),
    case(
        "processes --processes 3 --join last",
        &[("Child process 2", "Process end.")],
    ),
    case(
        "pool --workers 3 --tasks 4",
        &[
            ("Current process", "Waiting for"),
            ("Task 0 (pid = #) is running", "Task 0 end."),
            ("Task 3 (pid = #) is running", "Task 3 end."),
            ("Task 3 end.", "All subprocesses done."),
        ],
    ),
    case("pool --tasks 0", &[("Waiting for", "All subprocesses")]),
    case(
        "pool-timed --workers 4 --tasks 4",
        &[
            ("Run task 0", "Task 0 runs"),
            ("Task 3 runs", "All subprocesses done."),
        ],
    ),
    case(
        "pool-timed --workers 0 --tasks 1",
        &[("Task 0 runs", "All subprocesses done.")],
    ),
    case(
        "call --program stand-in",
        &[
            ("$ nslookup stand-in", "Server:"),
            ("Address:", "Exit code: 0"),
        ],
    ),
    case(
        "communicate --program stand-in",
        &[
            ("$ nslookup stand-in", "Server:"),
            ("python.org", "Exit code: 0"),
        ],
    ),
    Case {
        chance: GETS,
        ..case(
            "queue",
            &[
                ("Put A", "Get A"),
                ("Get A", "Get B"),
                ("Put B", "Get B"),
                ("Get B", "Put C"),
            ],
        )
    },
    Case {
        chance: GETS,
        ..case(
            "queue-fan-in --writers 2 --items 2",
            &[
                ("Put url_1", "Put url_2"),
                ("Put url_3", "Put url_4"),
                ("Get url_1", "Get url_2"),
                ("Get url_3", "Get url_4"),
            ],
        )
    },
    case(
        "queue-limits --items 3",
        &[
            ("Put item_2", "Get item_1"),
            ("Get item_1", "Get item_2"),
            ("put_nowait: Full", "put, timeout 0.2 s: Full"),
            ("put, timeout", "get_nowait: Empty"),
            ("get_nowait: Empty", "get, timeout 0.2 s: Empty"),
        ],
    ),
    case(
        "queue-limits --maxsize 9 --items 1",
        &[
            ("put_nowait: done", "put, timeout 0.2 s: done"),
            ("put, timeout 0.2 s: done", "Get item_1"),
            ("get_nowait: done", "get, timeout 0.2 s: Empty"),
        ],
    ),
    case(
        "pipe --urls 3",
        &[
            ("Process(#) send: url0", "Process(#) rev: url0"),
            ("Process(#) rev: url2", "Process(#) got EOF"),
        ],
    ),
    case(
        "pipe --urls 2 --reply yes",
        &[
            ("Process(#) rev: url0", "Process(#) send: url1"),
            ("Process(#) rev: url1 ok", "Process(#) got EOF"),
        ],
    ),
    Case {
        chance: Some("Process(#) rev"),
        ..case(
            "pipe --urls 2 --end terminate",
            &[("Process(#) send: url0", "Process(#) rev: url0")],
        )
    },
    case("zombie", &[("The parent goes on", "The parent ends")]),
    case("zombie --fixed", &[("Child 3", "The parent goes on")]),
    case("orphan", &[]),
    Case {
        chance: Some("Worker"),
        ..case("orphan --fixed", &[("Worker", "The manager has ended")])
    },
    hanging("join-full-queue", &[]),
    case(
        "join-full-queue --fixed",
        &[("The writer has put 50", "The parent has got 50")],
    ),
    hanging("killed-reader", &[]),
    case(
        "killed-reader --fixed",
        &[
            ("reader-1 gets A", "reader-1 got the sentinel"),
            ("reader-1 got the sentinel", "reader-2 gets B"),
            ("reader-2 gets B", "reader-2 got the sentinel"),
        ],
    ),
    hanging(
        "pipe-no-eof",
        &[("The reader got one", "The reader got three")],
    ),
    case(
        "pipe-no-eof --fixed",
        &[("The reader got three", "The reader got EOF")],
    ),
    case("swallowed-exception", &[]),
    case(
        "swallowed-exception --fixed",
        &[
            ("Got 4", "A task failed"),
            ("A task failed", "Got 16"),
            ("Got 16", "All tasks are done"),
        ],
    ),
    hanging("killed-worker", &[]),
    case(
        "killed-worker --fixed",
        &[
            ("Task 0 failed", "Task 1 brought"),
            ("Task 1 brought", "Task 2 brought"),
        ],
    ),
    hanging("two-locks", &[]),
    case(
        "two-locks --fixed",
        &[("one has both", "Both have"), ("two has both", "Both have")],
    ),
    case("join-only-last", &[]),
    case("join-only-last --fixed", &[]),
    Case {
        chance: Some("The reader works"),
        ..case(
            "backpressure",
            &[
                ("The reader works on 1.", "The reader works on 2."),
                ("The reader works", "Nobody will read the last"),
            ],
        )
    },
    Case {
        chance: Some("The reader works"),
        ..case(
            "backpressure --fixed",
            &[("The reader works on 1.", "The reader works on 2.")],
        )
    },
];
