//! The first line of a cast.

use super::{CastFault, CastReport};
use serde_json::{Map, Value};

/// What can be wrong with the first line.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HeaderFault {
    /// It is no object.
    #[error("it is no header of a cast")]
    NoHeader,
    /// It is of another version.
    #[error("version {version} of the format; 2 and 3 are checked")]
    Version {
        /// Which.
        version: String,
    },
    /// A field that must be there is not.
    #[error("the header has no `{field}`")]
    Missing {
        /// Its name.
        field: &'static str,
    },
    /// A field has a value that it can't have.
    #[error("the header's `{field}` is `{value}`: it should be {wanted}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What it is.
        value: String,
        /// What it should be.
        wanted: &'static str,
    },
}

/// Which values a field may have.
#[derive(Clone, Copy)]
enum Wanted {
    Text,
    Number,
    Whole,
    Texts,
    Names,
}

impl Wanted {
    fn fits(self, value: &Value) -> bool {
        match self {
            Wanted::Text => value.is_string(),
            Wanted::Number => value.as_f64().is_some_and(|number| number >= 0.0),
            Wanted::Whole => value.is_u64(),
            Wanted::Texts => value
                .as_array()
                .is_some_and(|all| all.iter().all(Value::is_string)),
            Wanted::Names => value.as_object().is_some_and(|all| {
                let mut values = all.values();
                values.all(|value| value.is_string() || value.is_null())
            }),
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Wanted::Text => "a text",
            Wanted::Number => "a number, 0 or more",
            Wanted::Whole => "a whole number",
            Wanted::Texts => "a list of texts",
            Wanted::Names => "an object of texts",
        }
    }
}

/// The fields that may be there, in both versions.
const FIELDS: &[(&str, Wanted)] = &[
    ("timestamp", Wanted::Whole),
    ("duration", Wanted::Number),
    ("idle_time_limit", Wanted::Number),
    ("command", Wanted::Text),
    ("title", Wanted::Text),
    ("env", Wanted::Names),
    ("tags", Wanted::Texts),
];

/// Takes note of what the header tells. The version is noted first: with it the lines below can be
/// read, whatever else is wrong.
pub(super) fn check(report: &mut CastReport, header: &Value) -> Result<(), CastFault> {
    let header = header.as_object().ok_or(HeaderFault::NoHeader)?;
    let version = header
        .get("version")
        .ok_or(HeaderFault::Missing { field: "version" })?;
    report.version = match version.as_u64() {
        Some(known @ 2..=3) => known,
        _ => {
            let version = super::quoted(version);
            return Err(HeaderFault::Version { version }.into());
        }
    };
    if let Some(title) = header.get("title").and_then(Value::as_str) {
        report.title = title.to_owned();
    }
    let (at, names) = match report.version {
        2 => (Some(header), ["width", "height"]),
        _ => (
            header.get("term").and_then(Value::as_object),
            ["term.cols", "term.rows"],
        ),
    };
    let at = at.ok_or(HeaderFault::Missing { field: "term" })?;
    let [columns, rows] = names.map(|name| side(at, name));
    report.size = Some((columns?, rows?));
    for &(field, wanted) in FIELDS {
        match header.get(field) {
            None | Some(Value::Null) => {}
            Some(value) if wanted.fits(value) => {}
            Some(value) => return Err(wrong(field, value, wanted.text()).into()),
        }
    }
    match at.get("theme") {
        None | Some(Value::Null) => Ok(()),
        Some(theme) => Ok(check_theme(theme)?),
    }
}

fn side(at: &Map<String, Value>, field: &'static str) -> Result<u16, HeaderFault> {
    let name = field.rsplit('.').next().unwrap_or(field);
    let value = at.get(name).ok_or(HeaderFault::Missing { field })?;
    let side = value.as_u64().and_then(|side| u16::try_from(side).ok());
    side.filter(|&side| side > 0)
        .ok_or_else(|| wrong(field, value, "a whole number from 1 to 65535"))
}

fn check_theme(theme: &Value) -> Result<(), HeaderFault> {
    for (name, field) in [("fg", "theme.fg"), ("bg", "theme.bg")] {
        let value = theme.get(name).ok_or(HeaderFault::Missing { field })?;
        if !value.as_str().is_some_and(is_colour) {
            return Err(wrong(field, value, "a colour such as `#16181c`"));
        }
    }
    let field = "theme.palette";
    let value = theme.get("palette").ok_or(HeaderFault::Missing { field })?;
    let colours: Vec<&str> = value.as_str().unwrap_or_default().split(':').collect();
    let are_colours = colours.iter().all(|colour| is_colour(colour));
    if !are_colours || !matches!(colours.len(), 8 | 16) {
        return Err(wrong(field, value, "8 or 16 colours with `:` between them"));
    }
    Ok(())
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn wrong(field: &'static str, value: &Value, wanted: &'static str) -> HeaderFault {
    let value = super::quoted(value);
    HeaderFault::Field {
        field,
        value,
        wanted,
    }
}
