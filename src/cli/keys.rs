//! `mpviz keys`: which key does what, place by place, a person's own keys included.

use super::error::CliError;
use super::list::printed;
use super::looks::own_size;
use crate::app::config::Settled;
use crate::ui::keymap::Row;
use crate::ui::{Keymap, Place};
use crate::view::caption::broken;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// Where names and helps begin.
const NAME_AT: usize = 20;
const HELP_AT: usize = 42;
/// No line of help is broken into less.
const HELP_LEAST: u16 = 24;

/// Prints the table.
pub(super) fn print(settled: &Settled, mut out: impl Write) -> Result<ExitCode, CliError> {
    // Lines are broken for eyes alone.
    let is_seen = io::stdout().is_terminal();
    let width = own_size().filter(|_| is_seen).map(|(width, _)| width);
    printed(print_to(settled, width, &mut out))
}

fn print_to(settled: &Settled, width: Option<u16>, out: &mut impl Write) -> io::Result<()> {
    let keymap = &settled.keymap;
    let tables = std::iter::once(None).chain(Place::ALL.map(Some));
    for table in tables {
        let rows = keymap.rows(table);
        if rows.is_empty() {
            continue;
        }
        match table {
            None => writeln!(
                out,
                "[everywhere]  where the place has the key for nothing else"
            )?,
            Some(place) => writeln!(out, "\n[{}]  {}", place.name(), place.title())?,
        }
        for row in rows {
            print_row(&row, width, out)?;
        }
    }
    if keymap != Keymap::brought() {
        let keys = settled.places.keys().unwrap_or_default();
        writeln!(out, "\n* by {}", settled.places.told(&keys))?;
    }
    out.flush()
}

fn print_row(row: &Row, width: Option<u16>, out: &mut impl Write) -> io::Result<()> {
    let keys: Vec<_> = row.keys.iter().map(ToString::to_string).collect();
    let keys = match &keys[..] {
        [] => "(no key)".to_owned(),
        keys => keys.join("  "),
    };
    let own = if row.is_own { "*" } else { " " };
    let lead = format!("{own} {keys:wide$} ", wide = NAME_AT - 3);
    let lead = format!(
        "{lead}{:wide$} ",
        row.action.name(),
        wide = HELP_AT - NAME_AT - 1
    );
    let room = width.map(|width| {
        let lead = u16::try_from(HELP_AT).unwrap_or(0);
        width.saturating_sub(lead).max(HELP_LEAST)
    });
    let mut help = row.action.help();
    let mut lead = lead;
    loop {
        let (line, rest) = room.map_or((help, ""), |room| broken(help, room));
        writeln!(out, "{lead}{line}")?;
        if rest.is_empty() {
            return Ok(());
        }
        help = rest;
        lead = " ".repeat(HELP_AT);
    }
}
