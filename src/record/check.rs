//! Whether a trace is right: what is wrong at which line, and what there is in it.
//!
//! What the reader refuses ends the looking. Beyond that a trace is to make sense: to its history,
//! which counts what does not, and as the story of a viewer, whose clock does not go back and whose
//! recordings begin before they end. Where events are said to be missing, others may hang in the
//! air.

use crate::event::{Event, Kind, Span, Text, Time};
use crate::history::History;
use crate::trace::{Reader, TraceError};
use std::collections::BTreeMap;
use std::io::BufRead;

/// So many faults are named; the others are counted.
const NAMED_MAX: usize = 20;

/// What was found of a trace.
#[derive(Debug, Default)]
pub struct Report {
    /// What the run was.
    pub history: History,
    /// How many events of the program there are, without horizons.
    pub events: u64,
    /// The kinds that this mpviz does not know, and how often they are there.
    pub unknown: BTreeMap<Text, u64>,
    /// What the viewer did.
    pub viewer: Viewer,
    /// The first faults, in order.
    pub faults: Vec<Fault>,
    /// How many faults there are.
    pub fault_count: u64,
}

/// What a viewer did.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Viewer {
    /// How many keys were pressed.
    pub actions: u64,
    /// The names of the marks; some may be empty.
    pub marks: Vec<Text>,
    /// How many captions were shown.
    pub captions: u64,
    /// How many recordings were begun.
    pub recordings: u64,
    /// How long they are in all, without pauses.
    pub recorded: Span,
    /// When it did something last, by its clock.
    last: Time,
    /// Since when a recording goes on.
    since: Option<Time>,
    is_recording: bool,
}

/// Something that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: &'static str,
}

/// Looks at a trace up to its end, or up to what can't be read, which is then said too.
pub fn check<R: BufRead>(trace: &mut Reader<R>) -> (Report, Option<TraceError>) {
    let mut report = Report::default();
    loop {
        match trace.event() {
            Ok(Some(event)) => report.look_at(&event, trace.line()),
            Ok(None) => return (report.ended(), None),
            Err(error) => return (report.ended(), Some(error)),
        }
    }
}

impl Report {
    fn look_at(&mut self, event: &Event, line: u64) {
        if let Some(at) = event.kind.viewers() {
            if let Some(what) = self.viewer.look_at(&event.kind, at) {
                self.fault(line, what);
            }
            return;
        }
        let is_horizon = matches!(event.kind, Kind::Horizon {});
        self.events += u64::from(!is_horizon);
        if let Kind::Unknown(unknown) = &event.kind {
            *self.unknown.entry(unknown.name.clone()).or_default() += 1;
        }
        if self.history.run().ended.is_some() {
            self.fault(line, "it comes after the end of the run");
        }
        let odd = self.history.odd();
        self.history.apply(event);
        // Of what is missing the history can't know.
        if self.history.odd() > odd && self.history.run().gaps.is_empty() {
            self.fault(line, "it makes no sense after what was told before");
        }
    }

    fn fault(&mut self, line: u64, what: &'static str) {
        self.fault_count += 1;
        if self.faults.len() < NAMED_MAX {
            self.faults.push(Fault { line, what });
        }
    }

    /// Says that nothing comes any more: what a recording has without an end counts too.
    fn ended(mut self) -> Report {
        self.viewer.pause(self.viewer.last);
        self
    }
}

impl Viewer {
    /// Takes in what was done; returns what is wrong with it.
    fn look_at(&mut self, kind: &Kind, at: Time) -> Option<&'static str> {
        let is_late = at < self.last;
        self.last = self.last.max(at);
        let wrong = match kind {
            Kind::RecordingStarted { .. } => {
                let was_recording = std::mem::replace(&mut self.is_recording, true);
                self.recordings += 1;
                self.since = Some(at);
                was_recording.then_some("a recording begins within another")
            }
            _ if !self.is_recording && is_of_recording(kind) => Some("there is no recording"),
            Kind::RecordingPaused { .. } => {
                let pauses = self.since.is_none();
                self.pause(at);
                pauses.then_some("the recording pauses already")
            }
            Kind::RecordingResumed { .. } => {
                let goes_on = self.since.is_some();
                self.since = self.since.or(Some(at));
                goes_on.then_some("the recording goes on already")
            }
            Kind::RecordingEnded { .. } => {
                self.pause(at);
                self.is_recording = false;
                None
            }
            Kind::ViewerActed { .. } => {
                self.actions += 1;
                None
            }
            Kind::MarkSet { name, .. } => {
                self.marks.push(name.clone());
                None
            }
            Kind::CaptionShown { .. } => {
                self.captions += 1;
                None
            }
            Kind::SpeedSet { speed, .. } if *speed <= 0.0 || !speed.is_finite() => {
                Some("a recording is shown at a speed above 0")
            }
            _ => None,
        };
        // A recording from the run's begin stands behind what was known before it.
        let begins = matches!(kind, Kind::RecordingStarted { .. });
        wrong.or_else(|| (is_late && !begins).then_some("the viewer's clock goes back"))
    }

    fn pause(&mut self, at: Time) {
        if let Some(since) = self.since.take() {
            self.recorded = Span(self.recorded.0.saturating_add(at.since(since).0));
        }
    }
}

const fn is_of_recording(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::RecordingPaused { .. } | Kind::RecordingResumed { .. } | Kind::RecordingEnded { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"mpviz":"0.1.0","format":1,"program":"p"}"#;

    /// `lines` are `t kind fields`; the faults are `line: what`.
    #[track_caller]
    fn check_lines(lines: &[&str], expected: &[&str]) -> Report {
        let mut text = format!("{HEADER}\n");
        for (seq, line) in lines.iter().enumerate() {
            let (t, rest) = line.split_once(' ').unwrap();
            let (kind, fields) = rest.split_once(' ').unwrap_or((rest, ""));
            let comma = if fields.is_empty() { "" } else { "," };
            text += &format!(
                "{{\"t\":{t},\"actor\":0,\"seq\":{seq},\"kind\":\"{kind}\"{comma}{fields}}}\n"
            );
        }
        let mut reader = Reader::new(text.as_bytes()).unwrap();
        let (report, error) = check(&mut reader);
        assert!(error.is_none(), "{error:?}");
        let told = report.faults.iter();
        let told: Vec<_> = told
            .map(|fault| format!("{}: {}", fault.line, fault.what))
            .collect();
        assert_eq!(told, expected);
        report
    }

    #[test]
    fn what_is_right_is_counted() {
        let report = check_lines(
            &[
                "0 Frozen",
                r#"0 RecordingStarted "at":0,"columns":80,"rows":24,"speed":1.0"#,
                r#"1 MarkSet "at":5,"moment":1,"name":"here""#,
                r#"1 RecordingPaused "at":7"#,
                r#"1 RecordingResumed "at":9"#,
                "3 Horizon",
                "4 Teleported",
                r#"4 RecordingEnded "at":10"#,
            ],
            &[],
        );
        assert_eq!(report.events, 2);
        assert_eq!(report.viewer.marks, ["here"]);
        assert_eq!(
            (report.viewer.recordings, report.viewer.recorded),
            (1, Span(8))
        );
        assert_eq!(report.unknown.get("Teleported"), Some(&1));
    }

    #[test]
    fn what_a_viewer_can_not_have_done_is_told() {
        check_lines(
            &[
                r#"0 RecordingEnded "at":1"#,
                r#"0 RecordingStarted "at":2,"columns":80,"rows":24,"speed":1.0"#,
                r#"0 RecordingStarted "at":3,"columns":80,"rows":24,"speed":1.0"#,
                r#"0 RecordingResumed "at":3"#,
                r#"0 RecordingPaused "at":4"#,
                r#"0 RecordingPaused "at":5"#,
                r#"0 MarkSet "at":4,"moment":1,"name":"""#,
            ],
            &[
                "2: there is no recording",
                "4: a recording begins within another",
                "5: the recording goes on already",
                "7: the recording pauses already",
                "8: the viewer's clock goes back",
            ],
        );
    }

    #[test]
    fn what_makes_no_sense_is_told_unless_something_is_missing() {
        let woke = r#"5 Unblocked "outcome":"done""#;
        let gap = r#"4 Gap "reason":"ring full","since":1"#;
        let ended = r#"5 RunEnded "ending":"finished""#;
        check_lines(
            &[woke],
            &["2: it makes no sense after what was told before"],
        );
        check_lines(&[gap, woke], &[]);
        check_lines(
            &[ended, "6 Frozen"],
            &["3: it comes after the end of the run"],
        );
    }
}
