//! Counts words: a `Pool` whose workers take one text after the other.
//!
//! What to learn here:
//!
//! - a pool makes its workers once; there are more texts than workers, so texts wait for a worker;
//! - what every task needs is handed over once, by the *initializer*; what differs is the task;
//! - `imap_unordered` hands out each result as it comes, so that a long text keeps no short one back;
//! - an `Err` in a worker arrives here, as the result of its task; the worker lives on.
//!
//! ```text
//! cargo run --example word_count                            mpviz's own documentation, slowly
//! cargo run --example word_count -- --top 5 src README.md   files, and folders with all in them
//! mpviz run -- ./target/debug/examples/word_count           on the screen
//! ```

mod arguments;

use arguments::{Arguments, refuse};
use mpviz::runtime::{Pool, Result, current_process, exit, println, run_main, sleep};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const USAGE: &str = "\
Usage: word_count [--workers N] [--top N] [--slow SECONDS] [FILE or FOLDER]...

Counts the words of the files, and of all files below the folders (hidden ones left out); without
any, of mpviz's own documentation. The exit code is 1 if a text can't be read.

  --workers N      how many processes count [3]
  --top N          how many of the most frequent words are shown [10]
  --slow SECONDS   take longer, by so much for every 1000 words [0; 0.6 without files]";

/// Results are shown one by one if there are not more texts than this.
const SHOWN: usize = 20;

fn main() {
    let code = run_main(|| match Settings::read() {
        Ok(settings) => count_all(settings),
        Err(wrong) => refuse("word_count", &wrong, USAGE),
    });
    std::process::exit(code);
}

/// A text to be counted: what a task is about.
#[derive(Serialize, Deserialize)]
enum Text {
    /// One that this program brings along.
    Own(String),
    /// A file.
    File(PathBuf),
}

/// What a worker finds in a text: what a task comes to.
#[derive(Serialize, Deserialize)]
struct Count {
    name: String,
    worker: String,
    words: BTreeMap<String, u64>,
}

/// Hands all texts to the pool, and adds up what comes back.
fn count_all(settings: Settings) -> Result<()> {
    let texts = settings.texts;
    let (several, is_short) = (texts.len(), texts.len() <= SHOWN);
    println!("{several} texts for {} workers", settings.workers);
    let pool = Pool::builder()
        .processes(settings.workers)
        .initializer(set_slowness, settings.slow)
        .build()?;
    let (mut total, mut failed) = (BTreeMap::new(), 0);
    for result in pool.imap_unordered(count, texts)? {
        match result {
            Ok(count) => {
                if is_short {
                    let words: u64 = count.words.values().sum();
                    println!("{}: {words} words ({})", count.name, count.worker);
                }
                add(&mut total, count.words);
            }
            Err(error) => {
                println!("not counted: {error}");
                failed += 1;
            }
        }
    }
    pool.close();
    pool.join()?;
    report(&total, several - failed, settings.top);
    if failed > 0 { exit(1) } else { Ok(()) }
}

/// Seconds for 1000 words. Each worker has its own, which its initializer sets.
static SLOWNESS: OnceLock<f64> = OnceLock::new();

fn set_slowness(seconds: f64) {
    SLOWNESS.get_or_init(|| seconds);
}

/// Counts the words of a text. This runs in a worker.
fn count(text: Text) -> std::result::Result<Count, String> {
    let (name, words) = match text {
        Text::Own(name) => (name.clone(), words_of(own_text(&name).as_bytes())),
        Text::File(path) => {
            let file = File::open(&path);
            let words = file.and_then(|file| words_of(BufReader::new(file)));
            (path.display().to_string(), words)
        }
    };
    let words = words.map_err(|error| format!("{name}: {error}"))?;
    let thousands = words.values().sum::<u64>() as f64 / 1000.0;
    sleep(thousands * SLOWNESS.get().unwrap_or(&0.0)).map_err(|error| error.to_string())?;
    let worker = current_process().name;
    Ok(Count {
        name,
        worker,
        words,
    })
}

/// Words are letters and digits, with apostrophes within; upper case is lower case.
fn words_of(text: impl BufRead) -> io::Result<BTreeMap<String, u64>> {
    let mut words = BTreeMap::new();
    for line in text.lines() {
        let line = line?.to_lowercase();
        let pieces = line.split(|c: char| !c.is_alphanumeric() && c != '\'');
        for word in pieces.map(|piece| piece.trim_matches('\'')) {
            if !word.is_empty() {
                *words.entry(word.to_owned()).or_default() += 1;
            }
        }
    }
    Ok(words)
}

fn add(total: &mut BTreeMap<String, u64>, words: BTreeMap<String, u64>) {
    for (word, times) in words {
        *total.entry(word).or_default() += times;
    }
}

/// Prints the most frequent words; of equally frequent ones the first in the alphabet.
fn report(total: &BTreeMap<String, u64>, texts: usize, top: usize) {
    let mut words: Vec<_> = total.iter().collect();
    words.sort_by_key(|&(word, times)| (std::cmp::Reverse(times), word));
    for (word, times) in words.iter().take(top) {
        println!("{times:>8}  {word}");
    }
    let all: u64 = total.values().sum();
    println!(
        "{all} words in {texts} texts, {} different ones",
        words.len()
    );
}

/// What the command line asks for.
struct Settings {
    workers: usize,
    top: usize,
    slow: f64,
    texts: Vec<Text>,
}

impl Settings {
    fn read() -> std::result::Result<Settings, String> {
        let arguments = Arguments::read(&["workers", "top", "slow"], USAGE)?;
        let (texts, slow) = if arguments.rest.is_empty() {
            (own_texts(), 0.6)
        } else {
            (files(&arguments.rest)?, 0.0)
        };
        Ok(Settings {
            workers: arguments.number("workers", 1..=64, 3)?,
            top: arguments.number("top", 0..=1_000_000, 10)?,
            slow: arguments.number("slow", 0.0..=3600.0, slow)?,
            texts,
        })
    }
}

/// Returns the files, and all below the folders, in the order of their names.
fn files(given: &[std::ffi::OsString]) -> std::result::Result<Vec<Text>, String> {
    let mut found = Vec::new();
    for path in given.iter().map(Path::new) {
        let wrong = |error| format!("`{}`: {error}; give files or folders", path.display());
        if fs::metadata(path).map_err(wrong)?.is_dir() {
            let before = found.len();
            walk(path, &mut found).map_err(wrong)?;
            found[before..].sort();
        } else {
            found.push(path.to_owned());
        }
    }
    if found.is_empty() {
        return Err("there is no file in what was given; give files, or folders with some".into());
    }
    Ok(found.into_iter().map(Text::File).collect())
}

/// Collects the files below a folder. Links are not followed, so there is no way round in a circle.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), found)?;
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// What is counted if nothing is given, by name and text.
const OWN: &[(&str, &str)] = &[
    ("ARCHITECTURE.md", include_str!("../ARCHITECTURE.md")),
    ("README.md", include_str!("../README.md")),
    ("docs/events.md", include_str!("../docs/events.md")),
    (
        "docs/performance.md",
        include_str!("../docs/performance.md"),
    ),
    ("CHANGELOG.md", include_str!("../CHANGELOG.md")),
    ("examples/word_count.rs", include_str!("word_count.rs")),
    ("examples/prime_sieve.rs", include_str!("prime_sieve.rs")),
    ("examples/crawler.rs", include_str!("crawler.rs")),
];

fn own_texts() -> Vec<Text> {
    OWN.iter()
        .map(|&(name, _)| Text::Own(name.into()))
        .collect()
}

fn own_text(name: &str) -> &'static str {
    let found = OWN.iter().find(|&&(own, _)| own == name);
    found.map_or("", |&(_, text)| text)
}
