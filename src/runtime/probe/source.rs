//! Sources: which lines are told, and of which files.
//!
//! A scenario has one file. Of any other program those files count that can be read: the compiler
//! names a file of the program's own relative to the folder that it was run in, so it is looked
//! for from the program's file upwards, then in the current folder; a file of another package is
//! named by its whole path, and counts unless it was fetched by cargo. What is said of a file is
//! its number and path; mpviz reads it.

use super::{FILE, LINE, OnStage, say};
use crate::event::{FileId, Kind, Text};
use std::cell::RefCell;
use std::panic::Location;
use std::path::{Path, PathBuf};

/// Whose lines are told.
pub(super) enum Sources {
    /// One file's, as the compiler names it: a scenario's.
    One(&'static str),
    /// Those of the program's own files.
    Own,
}

/// A file that an operation was called from: `None` if its lines are not told.
type Known = (&'static str, Option<FileId>);

thread_local! {
    /// Of each thread, so that no fork can find it locked. A child knows what its parent knew.
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

impl Sources {
    /// Notes the line that an operation was called from. One outside of the program's own files
    /// leaves the last known one.
    #[inline]
    pub(super) fn reach(&self, stage: &OnStage, location: &'static Location<'static>) {
        let file = location.file();
        match self {
            // Mostly the very same text; another copy of it where code was inlined elsewhere.
            Sources::One(own) => {
                if std::ptr::eq(file, *own) || file == *own {
                    LINE.set(location.line());
                }
            }
            Sources::Own => {
                if let Some(file) = known(stage, file) {
                    // The first needs no number.
                    FILE.set(Some(file).filter(|file| file.0 != 0));
                    LINE.set(location.line());
                }
            }
        }
    }
}

fn known(stage: &OnStage, file: &'static str) -> Option<FileId> {
    let found = KNOWN.with_borrow(|known| {
        let mut known = known.iter();
        known
            .find(|(name, _)| std::ptr::eq(*name, file) || *name == file)
            .copied()
    });
    found.unwrap_or_else(|| meet(stage, file)).1
}

#[cold]
fn meet(stage: &OnStage, file: &'static str) -> Known {
    let number = find(file).map(|path| {
        let number = stage.arena.control().next_file();
        say(|| Kind::SourceSeen {
            file: number,
            path: Text::from(path.to_string_lossy()),
            text: Text::const_new(""),
        });
        number
    });
    KNOWN.with_borrow_mut(|known| known.push((file, number)));
    (file, number)
}

/// Returns where a file of the program's own is.
fn find(file: &str) -> Option<PathBuf> {
    let library = file!().strip_suffix("probe/source.rs");
    if library.is_some_and(|folder| file.starts_with(folder)) {
        return None;
    }
    let path = Path::new(file);
    if path.is_absolute() {
        let fetched = ["/.cargo/registry/", "/.cargo/git/"];
        let is_fetched = fetched.iter().any(|folder| file.contains(folder));
        return (!is_fetched && path.is_file()).then(|| path.to_owned());
    }
    let program = std::env::current_exe().ok();
    let above = program
        .iter()
        .flat_map(|program| program.ancestors().skip(1));
    let mut found = above.map(|folder| folder.join(path));
    found.find(|path| path.is_file()).or_else(|| {
        let here = std::env::current_dir().ok()?.join(path);
        here.is_file().then_some(here)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_programs_own_if_it_can_be_read() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(
            find("tests/tidy.rs"),
            Some(manifest.join("tests/tidy.rs")),
            "found from the program's file, which is in `target`, or in this folder"
        );
        assert_eq!(find("src/runtime/queue.rs"), None, "the library's own");
        assert_eq!(find("src/no-such-file.rs"), None);
        assert_eq!(find("/rustc/0/library/std/src/thread.rs"), None);
        let whole = manifest.join("src/main.rs");
        assert_eq!(find(whole.to_str().unwrap()), Some(whole));
    }
}
