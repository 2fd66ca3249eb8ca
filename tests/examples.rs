//! The examples: what they print alone and on a stage, and what their traces tell.

mod common;

use common::{Ran, output, told};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Returns an example's file, which `cargo test` has built.
#[track_caller]
fn example(name: &str) -> String {
    let test = std::env::current_exe().expect("this test's own file");
    let folder = test.ancestors().nth(2).expect("two folders above it");
    let path = folder.join("examples").join(name);
    assert!(
        path.is_file(),
        "no {path:?}: `cargo build --examples` makes it"
    );
    path.display().to_string()
}

/// Runs an example by itself.
#[track_caller]
fn alone(name: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(example(name));
    let ran = command.args(arguments).stdin(Stdio::null()).output();
    ran.expect("it runs")
}

/// Runs an example on a stage without its sleeps, and reads the trace.
#[track_caller]
fn staged(name: &str, arguments: &[&str]) -> Ran {
    let program = example(name);
    let run = ["run", "--json", "--pace", "0", "--", &program];
    told(&[&run, arguments].concat())
}

/// Runs an example on a stage that tells it in sentences.
#[track_caller]
fn in_sentences(name: &str, arguments: &[&str]) -> Output {
    let program = example(name);
    let run = ["run", "--plain", "--pace", "0", "--", &program];
    output(&[&run, arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Checks that each process ended well, and that whatever was put or sent was also taken.
#[track_caller]
fn nothing_is_lost(ran: &Ran) {
    for &id in ran.history.processes() {
        let actor = ran.actor(id);
        let exit = actor.exited.as_ref().expect("it has ended");
        assert_eq!(exit.code, Some(0), "{}", actor.name);
    }
    for message in ran.history.messages() {
        let was_taken = message.received().is_some() && message.lost().is_none();
        assert!(was_taken, "{message:?}");
    }
}

/// Returns the labels of what went through a queue, in order.
#[track_caller]
fn through<'a>(ran: &'a Ran, queue: &str) -> Vec<&'a str> {
    let object = ran
        .history
        .objects()
        .iter()
        .find(|o| o.is_queue() && o.name == queue);
    let id = object.unwrap_or_else(|| panic!("no queue `{queue}`")).id;
    let all = ran.history.messages().iter();
    let through = all.filter(|message| message.queue() == Some(id));
    through.map(|message| message.label.as_str()).collect()
}

/// The names of MainProcess's children, as the kernel's tree of them was told.
fn names(ran: &Ran) -> Vec<String> {
    let ids = ran.history.processes().iter();
    let mut names: Vec<_> = ids.map(|&id| ran.actor(id).name.to_string()).collect();
    names.remove(0);
    names.sort();
    names
}

/// Counts words as the example's head says, another way.
fn words_of(texts: &[PathBuf]) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for path in texts {
        let text = fs::read_to_string(path).expect("a text").to_lowercase();
        let clean: String = text
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '\'' {
                    c
                } else {
                    ' '
                }
            })
            .collect();
        for word in clean.split_whitespace().map(|word| word.trim_matches('\'')) {
            if !word.is_empty() {
                *words.entry(word.to_owned()).or_default() += 1;
            }
        }
    }
    words
}

const OWN_TEXTS: [&str; 8] = [
    "ARCHITECTURE.md",
    "README.md",
    "CHANGELOG.md",
    "docs/events.md",
    "docs/performance.md",
    "examples/word_count.rs",
    "examples/prime_sieve.rs",
    "examples/crawler.rs",
];

#[track_caller]
fn check_words(printed: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let words = words_of(&OWN_TEXTS.map(|name| root.join(name)));
    let (all, different) = (words.values().sum::<usize>(), words.len());
    let total = format!("{all} words in 8 texts, {different} different ones");
    assert!(printed.contains(&total), "{total}\n{printed}");
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by_key(|(word, times)| (std::cmp::Reverse(*times), word.clone()));
    let top = words
        .iter()
        .take(10)
        .map(|(word, times)| format!("{times:>8}  {word}\n"));
    let top: String = top.collect();
    assert!(printed.contains(&top), "{top}\n{printed}");
    for name in OWN_TEXTS {
        assert!(printed.contains(&format!("{name}: ")), "{name}\n{printed}");
    }
}

#[test]
fn the_word_count_counts_its_own_texts() {
    let ran = alone("word_count", &["--slow", "0"]);
    assert_eq!((ran.status.code(), text(&ran.stderr)), (Some(0), "".into()));
    check_words(&text(&ran.stdout));
}

#[test]
fn the_word_counts_trace_has_its_tasks() {
    let ran = staged("word_count", &[]);
    assert_eq!(ran.status, Some(0));
    check_words(&ran.printed());
    nothing_is_lost(&ran);
    let workers = [1, 2, 3].map(|number| format!("ForkPoolWorker-{number}"));
    assert_eq!(names(&ran), workers);
    let tasks = ran.history.tasks();
    assert_eq!(tasks.len(), OWN_TEXTS.len());
    for task in tasks {
        let is_whole = task.started.is_some()
            && task.finished.as_ref().is_some_and(|end| end.ok)
            && task.fetched.is_some()
            && task.lost.is_none();
        assert!(is_whole, "{task:?}");
    }
}

#[test]
fn the_word_count_takes_folders_and_tells_what_is_no_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect(name);
    fs::create_dir(folder.path().join("below")).expect("below");
    write("below/one.txt", b"It's one, it's TWO.");
    write("two.txt", b"two 'two'");
    write(".hidden", b"hidden");
    let path = folder.path().to_str().expect("a path");
    let ran = alone("word_count", &["--top=2", path]);
    let printed = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(0), "{printed}");
    let end = "       3  two\n       2  it's\n6 words in 2 texts, 3 different ones\n";
    assert!(printed.ends_with(end), "{printed}");

    write("bytes", &[0xff, 0xfe, b'\n']);
    let ran = alone("word_count", &["--top=0", path]);
    let printed = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{printed}");
    assert!(printed.contains("not counted: ") && printed.contains("bytes: "));
    assert!(printed.ends_with("\n6 words in 2 texts, 3 different ones\n"));
}

fn primes(n: u32) -> Vec<u32> {
    let is_prime = |&number: &u32| (2..number).all(|other| number % other != 0);
    (2..=n).filter(is_prime).collect()
}

fn numbers(printed: &str) -> Vec<u32> {
    let rows = printed.lines().filter(|line| line.starts_with("   "));
    let words = rows.flat_map(str::split_whitespace);
    words.map_while(|word| word.parse().ok()).collect()
}

#[test]
fn the_sieve_finds_the_primes() {
    // Squares of primes, their neighbours, and more filters than there may be.
    for n in [2, 3, 4, 8, 9, 10, 48, 49, 120, 121, 122, 1000] {
        let ran = alone("prime_sieve", &[&n.to_string()]);
        let (printed, found) = (text(&ran.stdout), primes(n));
        assert_eq!((ran.status.code(), text(&ran.stderr)), (Some(0), "".into()));
        assert_eq!(numbers(&printed), found, "{n}");
        assert!(printed.ends_with(&format!("{} primes up to {n}\n", found.len())));
    }
    let ran = alone("prime_sieve", &["200000"]);
    let printed = text(&ran.stdout);
    assert_eq!(numbers(&printed)[..200], primes(1223)[..]);
    let end = "   17784 more, up to 199999\n17984 primes up to 200000\n";
    assert!(printed.ends_with(end), "{printed}");
    assert_eq!(printed.matches("went on").count(), 12);
}

#[test]
fn the_sieves_trace_has_every_number_on_its_way() {
    let ran = staged("prime_sieve", &[]);
    assert_eq!(ran.status, Some(0));
    assert_eq!(numbers(&ran.printed()), primes(50));
    nothing_is_lost(&ran);
    let stages = ["filter-2", "filter-3", "filter-5", "filter-7", "primes"];
    assert_eq!(names(&ran), stages);
    let mut left: Vec<u32> = (2..=50).collect();
    let mut queue = "numbers".to_owned();
    for prime in [2, 3, 5, 7, 0] {
        let mut expected: Vec<_> = left.iter().map(u32::to_string).collect();
        expected.push("None".into());
        assert_eq!(through(&ran, &queue), expected, "{queue}");
        left.retain(|&number| prime == 0 || number == prime || number % prime != 0);
        queue = format!("not-by-{prime}");
    }
}

const SITE: &str = "\
13 pages in 5 waves, 27 links, 2 elsewhere
2 links broken
  lessons/queue.md -> locks.md
  reference/pool.html -> executor.html
";

#[test]
fn the_crawler_reports_its_own_site_and_removes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    // A run that was killed left this; no process has such a number.
    fs::create_dir(folder.path().join("mpviz-crawler-4294967295")).expect("a folder in it");
    let mut command = Command::new(example("crawler"));
    command.args(["--slow", "0"]).env("TMPDIR", folder.path());
    let ran = command.output().expect("it runs");
    let printed = text(&ran.stdout);
    assert_eq!((ran.status.code(), text(&ran.stderr)), (Some(0), "".into()));
    assert!(printed.ends_with(SITE), "{printed}");
    assert!(!printed.contains("draft"), "{printed}");
    let left = fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 0);
}

#[test]
fn the_crawlers_trace_has_every_page_done() {
    let ran = staged("crawler", &[]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.printed().ends_with(SITE), "{}", ran.printed());
    nothing_is_lost(&ran);
    assert_eq!(names(&ran), ["worker-1", "worker-2", "worker-3"]);
    let todo = through(&ran, "todo");
    assert_eq!(todo.len(), 13 + 3, "{todo:?}");
    assert_eq!((todo[0], todo[13]), ("index.html", "None"));
    assert_eq!(through(&ran, "found").len(), 13);
}

#[test]
fn a_broken_link_of_ones_own_gives_exit_code_1_on_a_stage_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = folder.path().join("start.md");
    let page = "[a](<b.md>) [b](<gone.md>)\n```\n[c](code.md)\n```\n<a href=\"sub/../b.md\">";
    fs::write(&start, page).expect("a page");
    fs::write(folder.path().join("b.md"), "[up](start.md \"title\")").expect("a page");
    let start = start.to_str().expect("a path");
    let end = "2 pages in 2 waves, 4 links, 0 elsewhere\n1 link broken\n  start.md -> <gone.md>\n";
    let ran = alone("crawler", &[start]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(text(&ran.stdout).ends_with(end), "{}", text(&ran.stdout));
    let ran = staged("crawler", &[start]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.printed().ends_with(end), "{}", ran.printed());
    fs::remove_file(folder.path().join("b.md")).expect("the page");
    fs::write(start, "").expect("an empty page");
    let ran = alone("crawler", &[start]);
    assert_eq!(ran.status.code(), Some(0));
    assert!(text(&ran.stdout).ends_with("0 links broken\n"));
}

#[test]
fn each_can_be_told_in_sentences() {
    for (name, sentence) in [
        ("word_count", "different ones"),
        ("prime_sieve", "15 primes up to 50"),
        ("crawler", "2 links broken"),
    ] {
        let ran = in_sentences(name, &[]);
        let told = text(&ran.stdout);
        assert_eq!(ran.status.code(), Some(0), "{told}");
        assert_eq!(text(&ran.stderr), "", "{name}");
        assert!(told.contains(sentence), "{told}");
    }
}

#[test]
fn wrong_arguments_are_named_with_what_is_right() {
    for (name, arguments, expected) in [
        (
            "word_count",
            "nope.txt",
            "`nope.txt`: No such file or directory",
        ),
        (
            "word_count",
            "--workers 0",
            "--workers is `0`, it must be a number from 1 to 64",
        ),
        (
            "word_count",
            "--slow -1",
            "--slow is `-1`, it must be a number from 0 to 3600",
        ),
        ("word_count", "--slow nan", "--slow is `nan`, it must be"),
        ("word_count", "--top", "`--top` has no value after it"),
        ("word_count", "--fast 1", "there is no option `--fast`"),
        (
            "prime_sieve",
            "1",
            "N is `1`, it must be a number from 2 to 10000000",
        ),
        ("prime_sieve", "-5", "N is `-5`, it must be"),
        ("prime_sieve", "ten", "N is `ten`, it must be"),
        (
            "prime_sieve",
            "5 6",
            "`6` is one argument too many; give one number",
        ),
        ("crawler", "nope.md", "`nope.md`: No such file or directory"),
        (
            "crawler",
            "/dev/null",
            "`/dev/null` is no page; give a file that ends in",
        ),
        ("crawler", "a b", "`b` is one argument too many"),
    ] {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let ran = alone(name, &arguments);
        let stderr = text(&ran.stderr);
        assert_eq!((ran.status.code(), text(&ran.stdout)), (Some(2), "".into()));
        assert!(
            stderr.starts_with(&format!("{name}: {expected}")),
            "{stderr}"
        );
        assert!(stderr.contains(&format!("\n\nUsage: {name} ")), "{stderr}");
    }
    let ran = in_sentences("prime_sieve", &["1"]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stdout).contains("N is `1`"));
    let help = alone("crawler", &["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(text(&help.stdout).starts_with("Usage: crawler "));
}
