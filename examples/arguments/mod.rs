//! What the examples take from the command line: `--option VALUE`, and the rest.
//!
//! A wrong argument is an error that names it, its value and what it may be; [`refuse`] tells it
//! with the usage, and the exit code is 2. This has nothing to do with processes: skip it.

use mpviz::runtime::{exit, println};
use std::ffi::OsString;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The command line, taken apart.
pub(crate) struct Arguments {
    options: Vec<(String, String)>,
    /// What is no option.
    pub(crate) rest: Vec<OsString>,
}

impl Arguments {
    /// Takes the command line apart. `known` are the options that there are, each with a value.
    pub(crate) fn read(known: &[&str], usage: &str) -> Result<Arguments, String> {
        let (mut options, mut rest) = (Vec::new(), Vec::new());
        let mut arguments = std::env::args_os().skip(1);
        while let Some(argument) = arguments.next() {
            let text = argument.to_string_lossy().into_owned();
            if text == "--" {
                rest.extend(arguments);
                break;
            }
            if text == "--help" || text == "-h" {
                println!("{usage}");
                exit(0);
            }
            let Some(option) = text.strip_prefix("--") else {
                rest.push(argument);
                continue;
            };
            let (name, value) = match option.split_once('=') {
                Some((name, value)) => (name, Some(value.into())),
                None => (option, None),
            };
            if !known.contains(&name) {
                return Err(format!("there is no option `--{name}`"));
            }
            let value = value.or_else(|| arguments.next());
            let value = value.ok_or_else(|| format!("`--{name}` has no value after it"))?;
            options.push((name.to_owned(), value.to_string_lossy().into_owned()));
        }
        Ok(Arguments { options, rest })
    }

    /// Returns an option's number, or `default` without the option.
    pub(crate) fn number<T>(
        &self,
        name: &str,
        range: RangeInclusive<T>,
        default: T,
    ) -> Result<T, String>
    where
        T: FromStr + PartialOrd + Display,
    {
        // Of several the last counts.
        let given = self.options.iter().rfind(|(option, _)| option == name);
        let number = given.map(|(_, value)| number(&format!("--{name}"), value, range));
        number.unwrap_or(Ok(default))
    }
}

/// Reads a number that must be in a range.
pub(crate) fn number<T>(name: &str, value: &str, range: RangeInclusive<T>) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    let number = value.parse().ok().filter(|number| range.contains(number));
    let (least, most) = (range.start(), range.end());
    number.ok_or_else(|| format!("{name} is `{value}`, it must be a number from {least} to {most}"))
}

/// Says what is wrong with the arguments, and what there is, and ends the program with code 2.
#[expect(clippy::print_stderr, reason = "whoever typed it is to read it")]
pub(crate) fn refuse(program: &str, wrong: &str, usage: &str) -> ! {
    eprintln!("{program}: {wrong}\n\n{usage}");
    exit(2)
}
