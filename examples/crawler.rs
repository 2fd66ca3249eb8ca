//! Crawls local pages: a `JoinableQueue` of pages to look at, and workers that look at them.
//!
//! MainProcess puts a *wave* of pages into the queue and joins it, which waits until every page is
//! done. Then it takes the links that the workers found out of a second queue; those that lead to
//! pages nobody has seen are the next wave. No new pages, no wave: the end.
//!
//! What to learn here:
//!
//! - `join` of a queue does not wait until it is empty, but until all is *done*: each `get` is
//!   followed by its `task_done`, after the work;
//! - whatever a worker finds wrong with a page is an answer too: a worker that ended instead would
//!   leave its page undone, and `join` would wait for ever;
//! - workers can't share a set of what was seen: one process keeps it, the others send messages;
//! - the end is a message for each worker: `None`.
//!
//! ```text
//! cargo run --example crawler                      a small site that it makes and removes, slowly
//! cargo run --example crawler -- docs/index.md     pages of your own
//! mpviz run -- ./target/debug/examples/crawler     on the screen
//! ```

mod arguments;
mod sample_site;

use arguments::{Arguments, refuse};
use mpviz::runtime::{JoinableQueue, Process, Queue, Result, exit, println, run_main, sleep};
use sample_site::SampleSite;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

const USAGE: &str = "\
Usage: crawler [--workers N] [--pages N] [--slow SECONDS] [START]

Follows the relative links of HTML and Markdown files from the file START on, and says which lead
nowhere: then the exit code is 1. Without START it looks at a small site that it makes.

  --workers N      how many processes look at pages [3]
  --pages N        how many pages are looked at, at most [10000]
  --slow SECONDS   how much longer each page takes, as over a network [0; 0.4 without START]";

fn main() {
    let code = run_main(|| match Settings::read() {
        Ok(settings) => run(&settings),
        Err(wrong) => refuse("crawler", &wrong, USAGE),
    });
    std::process::exit(code);
}

/// Crawls from START, or over the sample, which is gone afterwards and has its broken link by design.
fn run(settings: &Settings) -> Result<()> {
    let Some(start) = &settings.start else {
        let site = SampleSite::make();
        return crawl(&site.start(), settings).map(drop);
    };
    let broken = crawl(start, settings)?;
    if broken > 0 { exit(1) } else { Ok(()) }
}

/// What a worker found on a page.
#[derive(Serialize, Deserialize)]
struct Page {
    /// Where it is, from the first page's folder: what messages are about.
    path: PathBuf,
    /// Where its relative links lead.
    links: Vec<PathBuf>,
    /// Those of them that lead nowhere, as they stand in the page.
    broken: Vec<String>,
    /// How many links lead elsewhere.
    elsewhere: usize,
    /// Why it could not be read.
    trouble: Option<String>,
}

/// Crawls wave by wave. Returns how many links are broken.
fn crawl(start: &Path, settings: &Settings) -> Result<usize> {
    let (folder, start) = (start.parent().unwrap_or(Path::new("")), name_of(start));
    let todo: JoinableQueue<Option<PathBuf>> = JoinableQueue::named("todo")?;
    let found: Queue<Page> = Queue::named("found")?;
    let workers = (1..=settings.workers).map(|number| {
        let worker = Process::named(&format!("worker-{number}"));
        worker.start(|| work(folder, &todo, &found, settings.slow))
    });
    let workers = workers.collect::<Result<Vec<_>>>()?;

    let mut report = Report::default();
    let mut seen = BTreeSet::from([start.clone()]);
    let mut wave = vec![start];
    while !wave.is_empty() {
        let pages = look_at(&wave, &todo, &found)?;
        report.tell(&pages);
        let links = pages.into_iter().flat_map(|page| page.links);
        let fresh = links.filter(|link| is_page(&folder.join(link)) && seen.insert(link.clone()));
        wave = fresh.take(settings.pages - report.pages).collect();
    }
    for _ in &workers {
        todo.put(None)?;
    }
    workers.iter().try_for_each(Process::join)?;
    report.total();
    Ok(report.broken.len())
}

/// Has the workers look at a wave of pages. Returns them in the order of their paths.
fn look_at(
    wave: &[PathBuf],
    todo: &JoinableQueue<Option<PathBuf>>,
    found: &Queue<Page>,
) -> Result<Vec<Page>> {
    for path in wave {
        todo.put(Some(path.clone()))?;
    }
    todo.join()?;
    // All are done, so as many answers are there or on their way.
    let pages = wave.iter().map(|_| found.get());
    let mut pages = pages.collect::<Result<Vec<_>>>()?;
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(pages)
}

/// Looks at pages until there are no more. This is a worker's process.
fn work(
    folder: &Path,
    todo: &JoinableQueue<Option<PathBuf>>,
    found: &Queue<Page>,
    slow: f64,
) -> Result<()> {
    while let Some(path) = todo.get()? {
        if slow > 0.0 {
            sleep(slow)?;
        }
        found.put(read_page(folder, path))?;
        todo.task_done()?;
    }
    todo.task_done()
}

/// Reads a page and follows its links, one step.
fn read_page(folder: &Path, path: PathBuf) -> Page {
    let (text, trouble) = match fs::read(folder.join(&path)) {
        Ok(bytes) => (String::from_utf8_lossy(&bytes).into_owned(), None),
        Err(error) => (String::new(), Some(error.to_string())),
    };
    let mut page = Page {
        path,
        trouble,
        links: Vec::new(),
        broken: Vec::new(),
        elsewhere: 0,
    };
    for link in links_of(&text) {
        match target(&page.path, link) {
            None => page.elsewhere += 1,
            Some(target) if folder.join(&target).exists() => page.links.push(target),
            Some(_) => page.broken.push(link.to_owned()),
        }
    }
    page
}

/// Returns what stands in `href="…"`, `src="…"` and `](…)`, but not in a block of code.
fn links_of(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            for (before, after) in [("href=\"", '"'), ("src=\"", '"'), ("](", ')')] {
                let rests = line.split(before).skip(1);
                links.extend(rests.filter_map(|rest| Some(rest.split_once(after)?.0)));
            }
        }
    }
    links
}

/// Returns the file that a page's link leads to; `None` if it is not a relative one.
fn target(page: &Path, link: &str) -> Option<PathBuf> {
    // Behind the file: a place in it, a question, in Markdown a title.
    let link = link.trim_start_matches('<');
    let file = link.split(['#', '?', ' ', '>']).next()?;
    let is_relative = !file.contains(':') && !file.starts_with('/');
    let folder = page.parent()?;
    match file {
        "" => Some(page.to_owned()),
        file => is_relative.then(|| tidy(&folder.join(file.replace("%20", " ")))),
    }
}

/// Takes `.` and `..` out of a path, so that a file has one name only.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(tidy.components().next_back(), Some(Component::Normal(_))) =>
            {
                tidy.pop();
            }
            part => tidy.push(part),
        }
    }
    tidy
}

fn is_page(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let ending = ending.unwrap_or_default().to_lowercase();
    ["html", "htm", "md", "markdown"].contains(&ending.as_str()) && path.is_file()
}

/// What was found so far.
#[derive(Default)]
struct Report {
    waves: usize,
    pages: usize,
    links: usize,
    elsewhere: usize,
    broken: Vec<String>,
}

impl Report {
    /// Adds a wave, and tells it.
    fn tell(&mut self, pages: &[Page]) {
        self.waves += 1;
        println!("wave {}: {}", self.waves, count(pages.len(), "page"));
        for page in pages {
            let name = &page.path;
            let links = page.links.len() + page.broken.len();
            println!("  {}: {}", name.display(), count(links, "link"));
            let broken = page
                .broken
                .iter()
                .map(|link| format!("{} -> {link}", name.display()));
            self.broken.extend(broken);
            if let Some(trouble) = &page.trouble {
                self.broken.push(format!("{}: {trouble}", name.display()));
            }
            self.links += links;
            self.elsewhere += page.elsewhere;
        }
        self.pages += pages.len();
    }

    fn total(&self) {
        let (pages, waves) = (count(self.pages, "page"), count(self.waves, "wave"));
        println!(
            "{pages} in {waves}, {}, {} elsewhere",
            count(self.links, "link"),
            self.elsewhere
        );
        println!("{} broken", count(self.broken.len(), "link"));
        for broken in &self.broken {
            println!("  {broken}");
        }
    }
}

fn count(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// What the command line asks for.
struct Settings {
    workers: usize,
    pages: usize,
    slow: f64,
    start: Option<PathBuf>,
}

impl Settings {
    fn read() -> std::result::Result<Settings, String> {
        let arguments = Arguments::read(&["workers", "pages", "slow"], USAGE)?;
        let start = match arguments.rest.as_slice() {
            [] => None,
            [start] => Some(start_of(Path::new(start))?),
            [_, more, ..] => {
                let more = more.to_string_lossy();
                return Err(format!("`{more}` is one argument too many; give one page"));
            }
        };
        let slow = if start.is_some() { 0.0 } else { 0.4 };
        Ok(Settings {
            workers: arguments.number("workers", 1..=64, 3)?,
            pages: arguments.number("pages", 1..=1_000_000, 10_000)?,
            slow: arguments.number("slow", 0.0..=3600.0, slow)?,
            start,
        })
    }
}

fn name_of(path: &Path) -> PathBuf {
    path.file_name().map(PathBuf::from).unwrap_or_default()
}

/// Checks that a crawl can start there.
fn start_of(start: &Path) -> std::result::Result<PathBuf, String> {
    let name = start.display();
    match fs::metadata(start) {
        Err(error) => Err(format!("`{name}`: {error}; give an HTML or Markdown file")),
        Ok(_) if start.to_str().is_none() => Err(format!(
            "`{name}` is not UTF-8, as paths in messages must be; rename it"
        )),
        Ok(_) if !is_page(start) => Err(format!(
            "`{name}` is no page; give a file that ends in .html, .htm, .md or .markdown"
        )),
        Ok(_) => Ok(tidy(start)),
    }
}
