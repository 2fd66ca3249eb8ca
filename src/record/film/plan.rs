//! The plan of a film: what of the viewer's clock it shows, and how fast.

use super::lines::{Lines, Schedule, sound_speed};
use super::options::{FilmError, Options};
use super::said::{self, Mark};
use super::timeline::Plan;
use crate::event::{Kind, Span, Time};
use crate::history::History;

/// So long the longest pause is where a run is followed and nobody said so.
const PAUSE: Span = Span::millis(3000);
/// So long it stays at what happens where a run is followed and nobody said so.
const DWELL: Span = Span::millis(250);

/// Returns the plan that the options ask for.
pub(super) fn plan(
    lines: &Lines,
    schedule: &Schedule,
    whole: &History,
    marks: &[Mark],
    options: &Options,
) -> Result<Plan, FilmError> {
    let beats = said::beats(lines, schedule, whole);
    let mut shown = schedule.shown.clone();
    if let Some((since, _)) = shown.first_mut().filter(|_| !schedule.is_recorded) {
        // A run that is followed begins with the first that is seen of it.
        let first = beats.first().copied().unwrap_or(Time::ZERO);
        *since = first;
    }
    let end = shown.last().map_or(Time::ZERO, |&(_, until)| until);
    let from = options
        .from
        .as_ref()
        .map(|place| place.on(marks))
        .transpose()?;
    let to = options
        .to
        .as_ref()
        .map(|place| place.on(marks))
        .transpose()?;
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(FilmError::FromAfterTo { from, to });
    }
    if let Some(from) = from.filter(|&from| from > end) {
        return Err(FilmError::Beyond { from, end });
    }
    let from = from.unwrap_or(Time::ZERO);
    let to = to.unwrap_or(Time::NEVER);
    for stretch in &mut shown {
        *stretch = (stretch.0.clamp(from, to), stretch.1.clamp(from, to));
    }
    if shown.iter().any(|(since, until)| since < until) {
        shown.retain(|(since, until)| since < until);
    } else {
        shown.truncate(1);
    }
    let speeds = lines.events.iter().zip(&schedule.comes);
    let speeds = speeds.filter_map(|(line, &comes)| match line.kind {
        Kind::SpeedSet { speed, .. } => Some((comes, sound_speed(speed).max(0.001))),
        _ => None,
    });
    let pause = (!schedule.is_recorded).then_some(PAUSE);
    let dwell = if schedule.is_recorded {
        Span::ZERO
    } else {
        DWELL
    };
    Ok(Plan {
        shown,
        beats,
        speeds: speeds.collect(),
        speed: sound_speed(options.speed).max(0.001),
        longest_pause: options.longest_pause.or(pause),
        dwell: options.dwell.unwrap_or(dwell),
    })
}
