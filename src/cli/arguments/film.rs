//! The options of a film, read.

use super::range;
use crate::app::config::{Places, themes};
use crate::cli::error::CliError;
use crate::cli::looks::Looks;
use crate::cli::render::endings::{Ending, Extra, ending_of};
use crate::cli::render::whole::Replace;
use crate::event::{Span, Time};
use crate::record::cast::Version;
use crate::record::film::{Options, Place};
use crate::record::raster::Scale;
use crate::record::script::Script;
use crate::ui::Pane;
use crate::view::{Contrast, Ground, Palette};
use clap::ArgMatches;
use std::fs;
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
    pub(in crate::cli) script: Option<(PathBuf, Script)>,
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
            option: "--theme both".to_owned(),
            ending: ending.name,
            why: "it has one theme; `.svg` and `.html` follow their reader's preference",
        });
    }
    let palette = match text("theme") {
        None | Some("auto" | "both") => Palette::of(Ground::Dark, Contrast::Usual).clone(),
        Some("high-contrast") => Palette::of(Ground::Dark, Contrast::High).clone(),
        Some(name) => themes::find(name, &Places::of_environment())?,
    };
    let light = Palette::of(Ground::Light, Contrast::Usual);
    let at = place(matches, "at", "--at")?;
    if at.is_some() && ending.still.is_none() {
        return Err(CliError::NotOf {
            option: "--at".to_owned(),
            ending: ending.name,
            why: "it is no picture; `--from` and `--to` cut a film",
        });
    }
    let options = Options {
        size: size(matches)?,
        theme: looks.picture_theme(&palette),
        light: is_both.then(|| looks.picture_theme(light)),
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
        replace: replace(matches),
        options,
        at,
        script: script(matches)?,
        extra: Extra {
            cast: match text("cast-version") {
                Some("2") => Version::V2,
                _ => Version::V3,
            },
            scale: match text("scale") {
                None => Scale::default(),
                Some(text) => {
                    let scale = text.parse().ok().and_then(Scale::new);
                    scale.ok_or_else(|| range("--scale", text, "a whole number from 1 to 8"))?
                }
            },
        },
    })
}

/// Reads the script, if there is one.
pub(super) fn script(matches: &ArgMatches) -> Result<Option<(PathBuf, Script)>, CliError> {
    let Some(path) = matches.get_one::<PathBuf>("script") else {
        return Ok(None);
    };
    let text = fs::read_to_string(path).map_err(|source| CliError::Open {
        path: path.clone(),
        source,
    })?;
    let script = Script::parse(&text).map_err(|source| CliError::Script {
        path: path.clone(),
        source,
    })?;
    Ok(Some((path.clone(), script)))
}

/// Returns whether a file that is there may be replaced.
pub(super) fn replace(matches: &ArgMatches) -> Replace {
    match matches.get_flag("force") {
        true => Replace::Yes,
        false => Replace::IfAsked,
    }
}

/// Reads a size such as `120x36`, if there is one.
pub(super) fn size(matches: &ArgMatches) -> Result<Option<(u16, u16)>, CliError> {
    let Some(text) = matches.get_one::<String>("size") else {
        return Ok(None);
    };
    let size = text
        .split_once('x')
        .and_then(|(columns, rows)| Some((columns.parse().ok()?, rows.parse().ok()?)))
        .filter(|(columns, rows)| (1..=500).contains(columns) && (1..=200).contains(rows));
    size.map(Some)
        .ok_or_else(|| range("--size", text, "1x1 to 500x200"))
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
