//! Sources that a program names itself: read here, because a ring has no room for a text.
//!
//! A scenario's source comes with it. Any other program says only where a file of its own is; what
//! shows or writes the run has its text put in before.

use super::opening::{SOURCE_MAX, floor_char_boundary};
use crate::event::{Event, Kind, Text};
use crate::python::plain;
use std::path::Path;

/// Puts the text into each event that names a source without it, and shortens its path. A file
/// that can't be read has no text, and its lines no picture.
pub fn read_sources(events: &mut [Event]) {
    for event in events {
        if let Kind::SourceSeen { path, text, .. } = &mut event.kind
            && text.is_empty()
            && let Some(read) = read(Path::new(&**path))
        {
            let end = floor_char_boundary(&read, SOURCE_MAX);
            *text = Text::from(&read[..end]);
            let here = std::env::current_dir().unwrap_or_default();
            if let Ok(below) = Path::new(&**path).strip_prefix(here) {
                *path = Text::from(below.to_string_lossy());
            }
        }
    }
}

/// Reads the beginning of a plain file: a pipe could keep us waiting.
fn read(path: &Path) -> Option<String> {
    let most = u64::try_from(SOURCE_MAX).unwrap_or(u64::MAX) + 4;
    let bytes = plain::read(path, most)?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ActorId, FileId, Time};

    fn seen(path: &str, text: &str) -> Event {
        Event {
            t: Time::ZERO,
            actor: ActorId(1),
            by: None,
            seq: 0,
            line: None,
            file: None,
            kind: Kind::SourceSeen {
                file: FileId(0),
                path: path.into(),
                text: text.into(),
            },
        }
    }

    #[track_caller]
    fn check(event: Event, path: &str, text: impl Fn(&str) -> bool) {
        let mut events = [event];
        read_sources(&mut events);
        let [event] = events;
        let Kind::SourceSeen {
            path: told,
            text: read,
            ..
        } = event.kind
        else {
            panic!("another kind");
        };
        assert_eq!(told, path);
        assert!(text(&read), "{read}");
    }

    #[test]
    fn a_named_file_is_read_and_what_is_none_is_not() {
        let here = std::env::current_dir().unwrap();
        let manifest = here.join("Cargo.toml").display().to_string();
        check(seen(&manifest, ""), "Cargo.toml", |text| {
            text.starts_with("[package]")
        });
        check(seen(&manifest, "known"), &manifest, |text| text == "known");
        for none in ["/no/such/file", "/dev/zero", "/"] {
            check(seen(none, ""), none, str::is_empty);
        }
    }
}
