//! The names of themes on the command line: those that mpviz brings are offered, and any other may be
//! a person's own.

pub(super) use crate::app::config::themes::ASKED;
use crate::view::Palette;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};
use std::ffi::OsStr;

/// Reads a name. Beside the themes that mpviz brings these words are offered.
#[derive(Clone)]
pub(super) struct ThemeNames(pub(super) &'static [&'static str]);

impl TypedValueParser for ThemeNames {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let words = self.0.iter().copied().chain(Palette::BROUGHT);
        Some(Box::new(words.map(PossibleValue::new)))
    }
}
