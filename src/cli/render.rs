//! `mpviz render`: a moment of a trace as a picture.

use super::arguments::RenderArguments;
use super::error::CliError;
use crate::event::Time;
use crate::history::History;
use crate::record::shot::Paper;
use crate::record::svg;
use crate::scenario::{PROGRAMS, TWINS};
use crate::ui::{Keymap, Ui};
use crate::view::{self, Feed, Memory, Scene};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use std::fs;
use std::process::ExitCode;

/// Draws the picture and writes it, whole or not at all.
pub(super) fn render(arguments: &RenderArguments) -> Result<ExitCode, CliError> {
    let history = read(arguments)?;
    let theme = arguments.looks.picture_theme();
    let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
    ui.begin_run();
    let (columns, rows) = arguments.size;
    let area = Rect::new(0, 0, columns, rows);
    let mut frame = Buffer::empty(area);
    let keymap = Keymap::brought();
    let memory = Memory::default();
    let scene = Scene {
        history: Some(&history),
        ui: &ui,
        theme: &theme,
        keymap,
        feed: Feed::Live,
        memory: &memory,
    };
    view::draw(&mut frame, area, &scene);
    let paper = theme.paper();
    let paper = Paper {
        text: paper.fg.unwrap_or(Color::Reset),
        ground: paper.bg.unwrap_or(Color::Reset),
    };
    let picture = svg::still(&frame, paper, &format!("mpviz: {}", history.run().program));
    let path = &arguments.output;
    let fail = |source| CliError::Write {
        path: path.clone(),
        source,
    };
    let half = path.with_extension("svg.half");
    fs::write(&half, picture)
        .and_then(|()| fs::rename(&half, path))
        .map_err(|source| {
            // Nothing half done is left behind.
            let _ = fs::remove_file(&half);
            fail(source)
        })?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the trace up to the moment that is asked for.
fn read(arguments: &RenderArguments) -> Result<History, CliError> {
    let fail = |source| CliError::Trace {
        path: arguments.file.clone(),
        source,
    };
    let mut trace = super::open(&arguments.file)?;
    let at = arguments.at.map_or(Time::NEVER, Time::at_seconds);
    let mut history = History::default();
    while let Some(chunk) = trace.chunk().map_err(fail)? {
        for event in chunk.events.iter().take_while(|event| event.t <= at) {
            history.apply(event);
        }
        history.advance(chunk.horizon.min(at));
        if chunk.horizon > at {
            break;
        }
    }
    Ok(history)
}
