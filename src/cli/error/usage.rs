//! What is wrong with arguments, in our words: the parser knows the facts, and would tell them in five
//! lines of its own.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Returns what is wrong.
pub(super) fn what(error: &Error) -> String {
    let said = strings(error, ContextKind::InvalidArg);
    let first = said.first().map_or("", |said| name(said));
    let value = string(error, ContextKind::InvalidValue);
    let words = strings(error, ContextKind::ValidValue);
    match error.kind() {
        ErrorKind::UnknownArgument if first.starts_with('-') => {
            format!("there is no option `{first}` here")
        }
        ErrorKind::UnknownArgument => format!("`{first}` is an argument too many"),
        ErrorKind::InvalidValue if value.is_empty() => format!("`{first}` has no value"),
        ErrorKind::InvalidValue => {
            format!("`{first}` is `{value}`, possible are {}", words.join(", "))
        }
        ErrorKind::TooManyValues => format!("`{first}` takes no value, and was given `{value}`"),
        ErrorKind::ArgumentConflict => {
            let others = strings(error, ContextKind::PriorArg);
            match others.first().map(|other| name(other)) {
                Some(other) if other == first => format!("`{first}` was said twice"),
                Some(other) => format!("`{first}` and `{other}` exclude each other"),
                None => format!("`{first}` can't be said here"),
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing: Vec<String> = said.iter().map(|said| missing(said)).collect();
            format!("{} is missing", missing.join(", "))
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => first_line(error),
    }
}

/// Returns what may help.
pub(super) fn hint(error: &Error) -> Option<String> {
    let near = strings(error, ContextKind::SuggestedArg);
    let near = [near, strings(error, ContextKind::SuggestedValue)].concat();
    let words = strings(error, ContextKind::ValidValue);
    match error.kind() {
        _ if !near.is_empty() => {
            let near: Vec<String> = near
                .iter()
                .map(|near| format!("`{}`", name(near)))
                .collect();
            Some(format!("near to it: {}", near.join(", ")))
        }
        ErrorKind::InvalidValue if !words.is_empty() => {
            let is_missing = string(error, ContextKind::InvalidValue).is_empty();
            is_missing.then(|| format!("possible are {}", words.join(", ")))
        }
        ErrorKind::ArgumentConflict => None,
        ErrorKind::MissingRequiredArgument => {
            usage(error).map(|usage| format!("it is used so: `{usage}`"))
        }
        _ => usage(error).map(|usage| {
            let words = usage.split(' ');
            let command: Vec<&str> = words
                .take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
                .collect();
            format!("`{} --help` shows what there is", command.join(" "))
        }),
    }
}

/// Returns the usage, without its heading.
fn usage(error: &Error) -> Option<String> {
    let usage = match error.get(ContextKind::Usage)? {
        ContextValue::StyledStr(usage) => usage.to_string(),
        _ => return None,
    };
    usage.strip_prefix("Usage: ").map(str::to_owned)
}

/// Returns the name of an option that stands with its value: `--theme <THEME>`.
fn name(said: &str) -> &str {
    let name = said.split([' ', '=']).next().unwrap_or(said);
    name.trim_matches(['<', '>'])
}

/// Returns what is missing as a person says it: `<--plain|--json>` are two options.
fn missing(said: &str) -> String {
    let inner = said.trim_end_matches("...").trim_matches(['<', '>']);
    match inner.starts_with('-') {
        true => {
            let options: Vec<String> = inner
                .split('|')
                .map(|option| format!("`{}`", name(option)))
                .collect();
            options.join(" or ")
        }
        false => format!("`{inner}`"),
    }
}

fn string(error: &Error, kind: ContextKind) -> String {
    strings(error, kind).into_iter().next().unwrap_or_default()
}

fn strings(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(all)) => all.clone(),
        _ => Vec::new(),
    }
}

/// Returns the parser's own words, of what has no better.
fn first_line(error: &Error) -> String {
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
