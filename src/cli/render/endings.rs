//! The endings of a picture's or film's name, and what is made for each.
//!
//! A renderer is a function that is handed a film, or a moment of it, and writes bytes. To add
//! one: a row here.

use crate::record::film::Lines;
use crate::record::raster::Scale;
use crate::record::shot::{Frames, Shot, Told};
use crate::record::{cast, chrome, gif, html, png, svg, transcript};
use std::io::{self, Write};
use std::path::Path;

/// What some renderers can be told beside the film.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::cli) struct Extra {
    /// The version of a cast.
    pub(in crate::cli) cast: cast::Version,
    /// The size of a cell in a picture of pixels.
    pub(in crate::cli) scale: Scale,
}

/// What is made of what.
#[derive(Clone, Copy)]
pub(in crate::cli) struct Ending {
    /// What a name ends in, without the dot.
    pub(in crate::cli) name: &'static str,
    /// What it is.
    about: &'static str,
    /// The most frames in a second, if nobody says so.
    pub(in crate::cli) fps: u32,
    /// Whether it has room for two themes.
    pub(in crate::cli) has_both: bool,
    /// Makes a film.
    pub(in crate::cli) film: Option<MakeFilm>,
    /// Makes a picture of one moment.
    pub(in crate::cli) still: Option<MakeStill>,
    /// Is made of the trace itself.
    pub(in crate::cli) trace: Option<MakeTrace>,
}

type MakeFilm = fn(&mut dyn Frames, Extra, &mut dyn Write) -> io::Result<()>;
type MakeStill = fn(&Told, &Shot, Extra, &mut dyn Write) -> io::Result<()>;
type MakeTrace = fn(&Lines, &mut dyn Write) -> io::Result<()>;

/// Every ending, in the order of the help.
pub(in crate::cli) const ENDINGS: &[Ending] = &[
    Ending {
        film: Some(|film, extra, out| cast::cast(film, extra.cast, out)),
        ..row("cast", "what asciinema and its players play", 30)
    },
    Ending {
        film: Some(|film, _, out| out.write_all(svg::film(film).as_bytes())),
        still: Some(|told, shot, _, out| out.write_all(svg::picture(shot, told).as_bytes())),
        has_both: true,
        ..row(
            "svg",
            "a film without a script, or one moment, for pages",
            10,
        )
    },
    Ending {
        film: Some(|film, _, out| html::page(film, out)),
        has_both: true,
        ..row("html", "a page with a player in it", 30)
    },
    Ending {
        film: Some(|film, _, out| transcript::transcript(film, out)),
        ..row("txt", "what happens in it, to read", 30)
    },
    Ending {
        trace: Some(chrome::of_lines),
        ..row("json", "the run itself, for Perfetto", 30)
    },
    Ending {
        film: Some(|film, extra, out| gif::write(film, extra.scale, out)),
        ..row("gif", "a film where nothing else moves", 10)
    },
    Ending {
        still: Some(|told, shot, extra, out| {
            png::write(&shot.frame, told.paper, &told.title, extra.scale, out)
        }),
        ..row("png", "a picture of one moment", 10)
    },
];

const fn row(name: &'static str, about: &'static str, fps: u32) -> Ending {
    Ending {
        name,
        about,
        fps,
        has_both: false,
        film: None,
        still: None,
        trace: None,
    }
}

/// Returns what a file is made as, by its name.
pub(in crate::cli) fn ending_of(path: &Path) -> Option<&'static Ending> {
    let name = path.extension()?.to_str()?;
    ENDINGS
        .iter()
        .find(|ending| ending.name.eq_ignore_ascii_case(name))
}

/// Returns every ending with what it is.
pub(in crate::cli) fn listed() -> String {
    let told: Vec<String> = ENDINGS
        .iter()
        .map(|ending| format!("`.{}` {}", ending.name, ending.about))
        .collect();
    told.join("; ")
}
