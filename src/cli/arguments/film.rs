//! The options of a film, read.

use super::range;
use crate::cli::error::CliError;
use crate::cli::looks::Looks;
use crate::cli::render::endings::{Ending, Extra, ending_of};
use crate::cli::render::whole::Replace;
use crate::event::{Span, Time};
use crate::record::cast::Version;
use crate::record::film::{Options, Place};
use crate::ui::Pane;
use crate::view::Ground;
use clap::ArgMatches;
use std::path::{Path, PathBuf};

/// A film that is to be made.
#[derive(Clone)]
pub(in crate::cli) struct FilmArguments {
    pub(in crate::cli) output: PathBuf,
    pub(in crate::cli) ending: &'static Ending,
    pub(in crate::cli) replace: Replace,
    pub(in crate::cli) options: Options,
    /// The one moment that is wanted.
    pub(in crate::cli) at: Option<Place>,
    #[expect(dead_code, reason = "scripts come next")]
    pub(in crate::cli) script: Option<PathBuf>,
    pub(in crate::cli) extra: Extra,
}

impl std::fmt::Debug for FilmArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FilmArguments")
            .field("output", &self.output)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Reads the options of a film that is written to a file.
pub(super) fn film_arguments(
    matches: &ArgMatches,
    output: &Path,
    looks: &Looks,
) -> Result<FilmArguments, CliError> {
    let ending = ending_of(output).ok_or_else(|| CliError::Ending {
        path: output.to_owned(),
    })?;
    let text = |name| matches.get_one::<String>(name).map(String::as_str);
    let is_both = text("theme") == Some("both");
    if is_both && !ending.has_both {
        return Err(CliError::NotOf {
            option: "--theme both",
            ending: ending.name,
            why: "there is one theme",
            hint: "`.svg` and `.html` follow their reader's preference",
        });
    }
    let ground = match text("theme") {
        Some("light") => Ground::Light,
        _ => Ground::Dark,
    };
    let at = place(matches, "at", "--at")?;
    if at.is_some() && ending.still.is_none() {
        return Err(CliError::NotOf {
            option: "--at",
            ending: ending.name,
            why: "there is no picture of one moment",
            hint: "`--from` and `--to` cut a film; `.svg` can be a picture of one moment",
        });
    }
    let options = Options {
        size: match text("size") {
            None => None,
            Some(text) => Some(size(text).ok_or_else(|| range("--size", text, "1x1 to 500x200"))?),
        },
        theme: looks.picture_theme(ground),
        light: is_both.then(|| looks.picture_theme(Ground::Light)),
        fps: match text("fps") {
            None => ending.fps,
            Some(text) => {
                let fps = text.parse().ok().filter(|fps| (1..=60).contains(fps));
                fps.ok_or_else(|| range("--fps", text, "a whole number from 1 to 60"))?
            }
        },
        speed: match text("speed") {
            None => 1.0,
            Some(text) => {
                let speed = text.parse().ok();
                let speed = speed.filter(|speed| (0.01..=1000.0).contains(speed));
                speed.ok_or_else(|| range("--speed", text, "a number from 0.01 to 1000"))?
            }
        },
        longest_pause: span(matches, "longest-pause", "--longest-pause")?,
        hold: span(matches, "hold", "--hold")?.unwrap_or(Options::default().hold),
        from: place(matches, "from", "--from")?,
        to: place(matches, "to", "--to")?,
        view: match text("view") {
            None => None,
            Some(text) => {
                let names = "processes, flow, sequence, events or code";
                Some(pane(text).ok_or_else(|| range("--view", text, names))?)
            }
        },
        selected: text("select").map(str::to_owned),
        title: text("title").map(str::to_owned),
        captions: !matches.get_flag("no-captions"),
        keys: matches.get_flag("keys"),
        dwell: span(matches, "dwell", "--dwell")?,
    };
    Ok(FilmArguments {
        output: output.to_owned(),
        ending,
        replace: match matches.get_flag("force") {
            true => Replace::Yes,
            false => Replace::IfAsked,
        },
        options,
        at,
        script: matches.get_one::<PathBuf>("script").cloned(),
        extra: Extra {
            cast: match text("cast-version") {
                Some("2") => Version::V2,
                _ => Version::V3,
            },
        },
    })
}

/// Reads a size such as `120x36`.
fn size(text: &str) -> Option<(u16, u16)> {
    let (columns, rows) = text.split_once('x')?;
    let (columns, rows) = (columns.parse().ok()?, rows.parse().ok()?);
    ((1..=500).contains(&columns) && (1..=200).contains(&rows)).then_some((columns, rows))
}

/// Reads a pane: its name, or its number.
fn pane(text: &str) -> Option<Pane> {
    let named = |pane: &Pane| pane.title() == text || pane.number().to_string() == text;
    Pane::ALL.into_iter().find(named)
}

/// Reads a moment: what is no number is a mark.
fn place(
    matches: &ArgMatches,
    name: &str,
    option: &'static str,
) -> Result<Option<Place>, CliError> {
    let Some(text) = matches.get_one::<String>(name) else {
        return Ok(None);
    };
    match text.parse::<f64>() {
        Err(_) => Ok(Some(Place::Mark(text.clone()))),
        Ok(at) if at.is_finite() && at >= 0.0 => Ok(Some(Place::At(Time::at_seconds(at)))),
        Ok(_) => Err(range(
            option,
            text,
            "a number of seconds, 0 or more, or a mark",
        )),
    }
}

fn span(matches: &ArgMatches, name: &str, option: &'static str) -> Result<Option<Span>, CliError> {
    let Some(text) = matches.get_one::<String>(name) else {
        return Ok(None);
    };
    let seconds = text.parse().ok().filter(|n| (0.0..=86_400.0).contains(n));
    seconds
        .map(|seconds| Some(Span(Time::at_seconds(seconds).0)))
        .ok_or_else(|| range(option, text, "a number of seconds from 0 to 86400"))
}
