//! The options of a film, for every command that makes one.

use super::option;
use super::themes::ThemeNames;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction};
use std::path::PathBuf;

/// The heading of the options.
pub(in crate::cli) const FILM: &str = "Film";

/// Returns the options, but for the file that is written.
pub(super) fn film_options() -> Vec<Arg> {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help)
    };
    let script = option(
        "script",
        "FILE",
        "What the viewer does: waits, keys, captions, marks",
    )
    .value_parser(clap::value_parser!(PathBuf));
    let theme = option(
        "theme",
        "THEME",
        "The theme's name, or both for a page that follows its reader",
    )
    .value_parser(ThemeNames(&["both"]));
    let cast = option(
        "cast-version",
        "N",
        "Of a `.cast`: 3, or 2 for older players [3]",
    )
    .value_parser(PossibleValuesParser::new(["2", "3"]));
    let scale = option(
        "scale",
        "N",
        "Of a `.gif` or `.png`: how many times 9 by 18 pixels a cell is [1]",
    );
    let options = vec![
        option(
            "size",
            "COLSxROWS",
            "How large the screen is [as recorded, else 120x36]",
        ),
        theme,
        option(
            "fps",
            "N",
            "The most frames in a second [10 for .svg and .gif, else 30]",
        ),
        option("speed", "N", "How many times as fast [1]"),
        option(
            "longest-pause",
            "SECONDS",
            "The longest time in which nothing happens [3 where nobody was recorded]",
        ),
        option(
            "dwell",
            "SECONDS",
            "How long it stays at what happens [0.25 where nobody was recorded, else 0]",
        ),
        option("hold", "SECONDS", "How long its end stays [2]"),
        option("from", "SECONDS|MARK", "Where it begins"),
        option("to", "SECONDS|MARK", "Where it ends"),
        option("at", "SECONDS|MARK", "One moment, as a picture"),
        option(
            "view",
            "PANE",
            "The pane that is brought: processes, flow, sequence, events or code",
        ),
        option("select", "NAME", "The process or object that is selected"),
        option(
            "title",
            "TEXT",
            "What it is called; it stands over the beginning",
        ),
        flag("captions", "Show what was said [as usual]").overrides_with("no-captions"),
        flag("no-captions", "Leave out what was said").overrides_with("captions"),
        flag("keys", "Show the keys that were pressed"),
        script,
        cast,
        scale,
        flag("force", "Replace the file if it is there"),
    ];
    let heading = |option: Arg| option.help_heading(FILM);
    options.into_iter().map(heading).collect()
}
