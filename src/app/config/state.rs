//! `state.toml`: what was chosen on the screen, for the next time. mpviz writes it, not a person.
//!
//! What a person has written in `config.toml` counts more. Two mpviz at once can't damage it: it is
//! read again before it is written, and what is written takes its place in one step. Of what both
//! choose in the same instant, the last one's stays. Whoever records or renders never reads it.

use super::file::{self, Wrong};
use super::places::Places;
use crate::channel::clock;
use crate::ui::written::{self, Entry, Fault};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use toml::de::DeValue;

/// What was set of a program: each setting's name and value.
pub type Kept = BTreeMap<String, String>;

/// What was chosen on the screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// The theme's name.
    pub theme: Option<String>,
    /// The layout, as a text.
    pub layout: Option<String>,
    /// Whether a program was ever picked and run: a newcomer no more.
    pub used: bool,
    /// What was set of each program that was run with other than its usual settings.
    pub knobs: BTreeMap<String, Kept>,
}

/// Whoever keeps the state up to date.
#[derive(Clone, Debug, Default)]
pub struct Keeper {
    /// Where it is; `None` where it is kept for this session only.
    path: Option<PathBuf>,
    /// What was chosen, as far as is known here.
    pub state: State,
}

impl Keeper {
    /// Reads what was chosen before.
    ///
    /// # Errors
    ///
    /// If the file is not as mpviz writes it. The keeper then knows nothing, and writes it anew.
    pub fn open(places: &Places) -> (Keeper, Option<Wrong>) {
        let (state, wrong) = match file::read(places.state(), places, State::parse) {
            Ok(state) => (state.unwrap_or_default(), None),
            Err(wrong) => (State::default(), Some(wrong)),
        };
        let keeper = Keeper {
            path: places.state(),
            state,
        };
        (keeper, wrong)
    }

    /// Changes what is kept, and writes it if that makes a difference.
    ///
    /// # Errors
    ///
    /// If it can't be written. It then holds for this session.
    pub fn keep(&mut self, change: impl Fn(&mut State)) -> Result<(), Unkept> {
        let before = self.state.clone();
        change(&mut self.state);
        if before == self.state {
            return Ok(());
        }
        let Some(path) = &self.path else {
            return Ok(());
        };
        // Another mpviz may have written meanwhile: only what changed here is changed there.
        let mut state = match file::text_of(path) {
            Ok(Some(text)) => State::parse(&text).unwrap_or_default(),
            _ => State::default(),
        };
        change(&mut state);
        replace(path, &state.text()).map_err(|source| Unkept {
            path: path.clone(),
            source,
        })
    }
}

/// Why what was chosen is not there the next time.
#[derive(Debug, thiserror::Error)]
#[error("what you chose is not kept: cannot write `{}`", path.display())]
pub struct Unkept {
    path: PathBuf,
    source: io::Error,
}

/// Puts a text in the place of a file, in one step.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    // As the specification has it.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // Nobody else has this name: a pid alone is another's too where containers share a home.
    let (pid, now) = (std::process::id(), clock::monotonic());
    let beside = folder.join(format!(".state.toml.{pid}.{now}"));
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&beside, path)
    };
    let written = write();
    if written.is_err() {
        // Nothing is left behind; if even that fails, that is not what is to be told.
        let _ = fs::remove_file(&beside);
    }
    written
}

impl State {
    /// Reads what mpviz has written. What this one knows nothing of is left out.
    ///
    /// # Errors
    ///
    /// The first thing that can't be so.
    pub fn parse(text: &str) -> Result<State, Fault> {
        let mut state = State::default();
        for entry in written::read(text)? {
            match entry.key.as_str() {
                "theme" => state.theme = Some(word(&entry)?),
                "layout" => state.layout = Some(word(&entry)?),
                "used" => state.used = matches!(entry.value, DeValue::Boolean(true)),
                "knobs" => state.knobs = knobs(text, entry)?,
                _ => {}
            }
        }
        Ok(state)
    }

    /// Returns it as it is written.
    pub fn text(&self) -> String {
        let mut text = "# What was chosen on the screen. mpviz writes this file.\n".to_owned();
        let chosen = [("theme", &self.theme), ("layout", &self.layout)];
        for (name, value) in chosen {
            if let Some(value) = value {
                // Writing into a text does not fail.
                let _ = writeln!(text, "{name} = {}", quoted(value));
            }
        }
        if self.used {
            text.push_str("used = true\n");
        }
        for (program, kept) in self.knobs.iter().filter(|(_, kept)| !kept.is_empty()) {
            let _ = writeln!(text, "\n[knobs.{}]", quoted(program));
            for (name, value) in kept {
                let _ = writeln!(text, "{} = {}", quoted(name), quoted(value));
            }
        }
        text
    }
}

fn knobs(text: &str, entry: Entry<'_>) -> Result<BTreeMap<String, Kept>, Fault> {
    let mut knobs = BTreeMap::new();
    for program in table(text, entry)? {
        let name = program.key.clone();
        let kept: Result<Kept, Fault> = table(text, program)?
            .iter()
            .map(|entry| Ok((entry.key.clone(), word(entry)?)))
            .collect();
        knobs.insert(name, kept?);
    }
    Ok(knobs)
}

fn table<'a>(text: &str, entry: Entry<'a>) -> Result<Vec<Entry<'a>>, Fault> {
    if !matches!(entry.value, DeValue::Table(_)) {
        return Err(entry.wanted("a table"));
    }
    Ok(match entry.value {
        DeValue::Table(table) => written::entries(text, table),
        _ => Vec::new(),
    })
}

fn word(entry: &Entry<'_>) -> Result<String, Fault> {
    match &entry.value {
        DeValue::String(word) => Ok(word.clone().into_owned()),
        _ => Err(entry.wanted("a string")),
    }
}

/// Returns a text as TOML quotes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
