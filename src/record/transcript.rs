//! A transcript: a film as text, for whoever reads instead of watching.
//!
//! What happens stands in the sentences of `--plain`, each with the time at which the film shows it;
//! marks are headings and captions are quoted, in their place. Every line is one thing and harmless
//! to a terminal. The same film gives the same bytes.

use super::shot::{Frames, Told};
use crate::event::{Span, Time};
use crate::view::words::{count, moment, shown};
use std::io::{self, Write};

/// Writes a film as text. Its frames are not asked for.
///
/// # Errors
///
/// What the writer fails with.
pub fn transcript(film: &dyn Frames, out: &mut dyn Write) -> io::Result<()> {
    let told = film.told();
    let title = match &*shown(&told.title) {
        "" => "mpviz".to_owned(),
        title => title.to_owned(),
    };
    writeln!(out, "{title}\n{}", about(told))?;
    // At one time the mark comes first, then what is said, then what happens.
    let marks = told.marks.iter().map(|mark| (mark.at, &mark.text));
    let captions = told
        .captions
        .iter()
        .map(|caption| (caption.at, &caption.text));
    let sentences = told.transcript.iter().map(|said| (said.at, &said.text));
    let marks = marks.map(|(at, text)| (at, format!("== {} ==", shown(text))));
    let captions = captions.map(|(at, text)| (at, format!("“{}”", shown(text))));
    let sentences = sentences.map(|(at, text)| (at, shown(text).trim_end().to_owned()));
    let mut lines: Vec<(Span, String)> = marks.chain(captions).chain(sentences).collect();
    lines.sort_by_key(|&(at, _)| at);
    let mut is_first = true;
    for (at, line) in lines {
        // A mark begins a part.
        if is_first || line.starts_with("== ") {
            writeln!(out)?;
        }
        is_first = false;
        writeln!(out, "[{}] {line}", stamp(at))?;
    }
    writeln!(out, "\n[{}] The end.", stamp(told.length))
}

/// Returns what there is to be read: `12.3 s, 2 marks, 1 caption`.
fn about(told: &Told) -> String {
    let mut about = format!("{} s", stamp(told.length));
    let number = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
    let marks = number(told.marks.len());
    let captions = number(told.captions.len());
    if marks > 0 {
        about.push_str(&format!(", {}", count(marks, "mark", "marks")));
    }
    if captions > 0 {
        about.push_str(&format!(", {}", count(captions, "caption", "captions")));
    }
    about
}

/// Returns a time of the film as lines are stamped with.
fn stamp(at: Span) -> String {
    moment(Time(at.0))
}
