//! A small site for `crawler`: made in a temporary folder, and removed with its guard.
//!
//! A run that is killed can't remove its site; the next one does it.

use mpviz::runtime::{exit_with, getpid};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The site's folder, which lives as long as this.
pub(crate) struct SampleSite {
    folder: PathBuf,
}

impl SampleSite {
    /// Makes the site.
    pub(crate) fn make() -> SampleSite {
        remove_those_of_killed_runs();
        let site = SampleSite {
            folder: env::temp_dir().join(format!("{NAME}{}", getpid())),
        };
        if let Err(error) = write(&site.folder) {
            // `exit` unwinds, so what there is already is removed too.
            exit_with(&format!(
                "crawler: cannot make `{}`: {error}",
                site.folder.display()
            ));
        }
        site
    }

    /// Returns its first page.
    pub(crate) fn start(&self) -> PathBuf {
        self.folder.join("index.html")
    }
}

impl Drop for SampleSite {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What the folder's name begins with; the pid of its maker follows.
const NAME: &str = "mpviz-crawler-";

fn write(folder: &Path) -> io::Result<()> {
    for &(name, text) in PAGES {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}

fn remove_those_of_killed_runs() {
    for entry in fs::read_dir(env::temp_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|name| name.strip_prefix(NAME)?.parse::<u32>().ok());
        if pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Each page with its text: what lies in wait are two broken links, circles, a page that nobody
/// links to, and links that lead elsewhere.
const PAGES: &[(&str, &str)] = &[
    (
        "index.html",
        r#"<h1>Processes</h1>
<a href="about.html">About</a> <a href="lessons/index.md">Lessons</a>
<a href="reference/index.html">Reference</a> <a href="https://www.python.org">Python</a>"#,
    ),
    (
        "about.html",
        r#"<a href="index.html">Home</a> <a href="mailto:nobody@localhost">Write</a>"#,
    ),
    (
        "lessons/index.md",
        "# Lessons\n\n- [fork](fork.md)\n- [queue](queue.md)\n- [pool](pool.md)\n- [home](../index.html)\n",
    ),
    (
        "lessons/fork.md",
        "One call, two returns. [Next](queue.md#put), [waitpid](../reference/waitpid.html)\n",
    ),
    (
        "lessons/queue.md",
        "Buffer, feeder, pipe. [Next](pool.md), [locks](locks.md)\n",
    ),
    (
        "lessons/pool.md",
        "Workers are made once. [Back](queue.md), [exercises](exercises/one.md)\n",
    ),
    ("lessons/exercises/one.md", "Count words. [Two](two.md)\n"),
    (
        "lessons/exercises/two.md",
        "Find primes. [One](one.md), [the lesson](../pool.md)\n",
    ),
    (
        "reference/index.html",
        r#"<a href="process.html">Process</a> <a href="queue.html">Queue</a> <a href="pool.html">Pool</a>"#,
    ),
    (
        "reference/process.html",
        r#"<a href="index.html">up</a> <a href="waitpid.html">waitpid</a>"#,
    ),
    (
        "reference/queue.html",
        r#"<a href="index.html">up</a> <a href="../lessons/queue.md">lesson</a>"#,
    ),
    (
        "reference/pool.html",
        r#"<a href="index.html">up</a> <a href="executor.html">executor</a>"#,
    ),
    (
        "reference/waitpid.html",
        r#"<a href="process.html#join">join</a>"#,
    ),
    ("draft.html", r#"<a href="index.html">Home</a>"#),
];
