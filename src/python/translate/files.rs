//! Files: which number of a slot is which file of the run's. One is told when a line of it is.

use super::{At, Translator};
use crate::event::{FileId, Kind, Text};
use std::collections::HashMap;

/// So many files of a program are told; lines of others have no picture.
const FILES_MAX: usize = 4096;
/// No path is longer.
const PATH_MAX: usize = 4096;

/// The files of the program.
#[derive(Default)]
pub(super) struct Files {
    known: HashMap<u32, File>,
    paths: HashMap<u32, String>,
    /// The last one that was asked for.
    last: Option<(u32, FileId)>,
    /// Paths that were told before, in the order of their numbers.
    told: Vec<String>,
}

enum File {
    Named(String),
    Told(FileId),
}

impl Files {
    /// Takes up the files of the program; `told` were told before it began.
    pub(super) fn new(told: Vec<String>) -> Files {
        Files {
            told,
            ..Files::default()
        }
    }

    /// A file has a number in slots.
    pub(super) fn name(&mut self, id: u32, path: String) {
        if self.known.len() < FILES_MAX && path.len() <= PATH_MAX {
            self.paths.entry(id).or_insert_with(|| path.clone());
            let told = self.told.iter().position(|told| *told == path);
            let file = match told.and_then(|number| u32::try_from(number).ok()) {
                Some(number) => File::Told(FileId(number)),
                None => File::Named(path),
            };
            self.known.entry(id).or_insert(file);
        }
    }
}

impl Files {
    /// Returns the path of a file by its number in slots.
    pub(super) fn path_of(&self, id: u32) -> Option<&str> {
        self.paths.get(&id).map(String::as_str)
    }
}

impl Translator {
    /// Returns the line and file of a fact, and tells the file if it is new.
    pub(super) fn place_of(&mut self, at: At) -> (Option<u32>, Option<FileId>) {
        if at.line == 0 || at.file == 0 {
            return (None, None);
        }
        let file = match self.files.last {
            Some((id, file)) if id == at.file => Some(file),
            _ => self.file_of(at),
        };
        match file {
            // The first needs no number.
            Some(FileId(0)) => (Some(at.line), None),
            Some(file) => (Some(at.line), Some(file)),
            None => (None, None),
        }
    }

    fn file_of(&mut self, at: At) -> Option<FileId> {
        let file = match self.files.known.get_mut(&at.file)? {
            File::Told(file) => *file,
            known => {
                let file = self.arena.control().next_file();
                if let File::Named(path) = std::mem::replace(known, File::Told(file)) {
                    self.say_source(at, file, &path);
                }
                file
            }
        };
        self.files.last = Some((at.file, file));
        Some(file)
    }

    fn say_source(&mut self, at: At, file: FileId, path: &str) {
        let nowhere = At::of(at.thread);
        let kind = Kind::SourceSeen {
            file,
            path: Text::from(path),
            text: Text::const_new(""),
        };
        self.say(nowhere, kind);
    }
}
