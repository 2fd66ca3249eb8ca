//! The plain renderer: a run as lines of text, for pipes, screen readers and CI.
//!
//! One line per event at most, in the words of the screen, as the events come. Nothing moves the
//! cursor, and what the program prints is harmless. Each line is written as a whole and flushed.
//! A process is introduced with its pid; then its name is enough, unless another goes by the same:
//! whoever listens hears no number twice that says nothing new.
//! A wait is told once it has lasted 20 µs, which is known at the next horizon at the latest; what
//! came after it is held back until then, so that lines stand in the order of the events.

use crate::event::words::{Ending, Method, Role, Stream};
use crate::event::{ActorId, Event, Kind, Span, Time};
use crate::history::{Form, History};
use crate::view::words::{
    Sentence, caption, count, diagnosis, full_name, moment, sentence, shown, shown_lines,
};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Waits are told once they have lasted so long.
const NEWS: Span = Span::micros(20);

/// Writes a run as lines of text.
///
/// ```
/// use mpviz::history::History;
/// use mpviz::record::plain::Plain;
///
/// let history = History::default();
/// let mut plain = Plain::new(Vec::new());
/// plain.tell(&history)?;
/// assert!(plain.finish(&history)?.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Plain<W> {
    out: W,
    /// How many events of the log are told.
    told: usize,
    /// How many findings are told.
    warned: usize,
    what: What,
    introduced: Introduced,
}

/// What is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum What {
    /// All that happens.
    Story,
    /// Findings and the end alone.
    Summary,
}

/// Whom a reader knows already.
#[derive(Debug, Default)]
struct Introduced {
    /// The name by which a process was told with its pid.
    names: BTreeMap<ActorId, String>,
    /// How many processes were told by a name.
    times: BTreeMap<String, u32>,
}

impl Introduced {
    /// Whether a process is told with its pid: at first by a name, and where others have the name.
    fn wants_pid(&mut self, process: ActorId, name: &str) -> bool {
        if self.names.get(&process).is_none_or(|known| known != name) {
            self.names.insert(process, name.to_owned());
            *self.times.entry(name.to_owned()).or_default() += 1;
            return true;
        }
        self.times.get(name).is_some_and(|&times| times > 1)
    }
}

impl<W: Write> Plain<W> {
    /// Returns a renderer that has told nothing yet.
    pub fn new(out: W) -> Plain<W> {
        Plain {
            out,
            told: 0,
            warned: 0,
            what: What::Story,
            introduced: Introduced::default(),
        }
    }

    /// Returns a renderer that tells only what is found to be wrong, and at the end how it went.
    pub fn summary(out: W) -> Plain<W> {
        Plain {
            what: What::Summary,
            ..Plain::new(out)
        }
    }

    /// Tells what the history has learned since the last call.
    ///
    /// # Errors
    ///
    /// What the writer fails with; a closed pipe is [`io::ErrorKind::BrokenPipe`].
    pub fn tell(&mut self, history: &History) -> io::Result<()> {
        while let Some(event) = history.log().get(self.told) {
            if is_open(history, &event) {
                return Ok(());
            }
            self.told += 1;
            self.event(history, &event)?;
        }
        self.warn_until(history, history.now())
    }

    /// Tells that the program is ended, because nobody in it has done anything for so long.
    ///
    /// # Errors
    ///
    /// What the writer fails with.
    pub fn quiet(&mut self, history: &History, limit: Span) -> io::Result<()> {
        let now = moment(history.now());
        let limit = limit.seconds();
        self.line(&format!(
            "[{now}] mpviz ends the program: for {limit} s nobody computed, slept or moved anything"
        ))
    }

    /// Tells the rest: no event comes any more. Returns the writer.
    ///
    /// # Errors
    ///
    /// What the writer fails with.
    pub fn finish(mut self, history: &History) -> io::Result<W> {
        let log = history.log();
        for event in log.range(self.told..log.len()) {
            self.told += 1;
            self.event(history, &event)?;
        }
        self.warn_until(history, Time::NEVER)?;
        if !log.is_empty() && history.run().ended.is_none() {
            let now = moment(history.now());
            self.line(&format!(
                "[{now}] the events stop here: how the run went on is not known"
            ))?;
        }
        Ok(self.out)
    }

    /// Writes the findings that were known at `t` and are proven by events that are told, each once.
    fn warn_until(&mut self, history: &History, t: Time) -> io::Result<()> {
        while let Some(finding) = history.findings().get(self.warned) {
            let proof = finding.proof.last();
            let is_proven = proof.is_none_or(|&at| (at as usize) < self.told);
            if finding.since > t || !is_proven {
                return Ok(());
            }
            self.warned += 1;
            let said = diagnosis(history, finding, finding.since);
            let code = finding.code.text();
            let words = [said.sentence(), said.harm, said.remedy].join(" ");
            self.line(&format!("[warn {code}] {words}"))?;
        }
        Ok(())
    }

    /// Tells an event between what was found before it and by it; the end of the run after both.
    fn event(&mut self, history: &History, event: &Event) -> io::Result<()> {
        let before = match event.kind {
            Kind::RunEnded { .. } => event.t,
            _ => Time(event.t.0.saturating_sub(1)),
        };
        self.warn_until(history, before)?;
        self.tell_event(history, event)?;
        self.warn_until(history, event.t)
    }

    fn tell_event(&mut self, history: &History, event: &Event) -> io::Result<()> {
        match &event.kind {
            Kind::RunEnded { ending, .. } => self.end(history, event, *ending),
            _ if self.what == What::Summary => Ok(()),
            Kind::RunStarted { .. } => self.header(history),
            Kind::Output { text, stream, .. } => self.output(history, event, text, *stream),
            _ => match sentence(history, event) {
                Some(said) => self.sentence(history, event, &said),
                None => Ok(()),
            },
        }
    }

    /// Writes what is run, and how: a sentence.
    fn header(&mut self, history: &History) -> io::Result<()> {
        let run = history.run();
        let mut line = shown(&run.program).into_owned();
        if !run.title.is_empty() {
            line.push_str(": ");
            line.push_str(&shown(&run.title));
        }
        let mut with: Vec<String> = run
            .knobs
            .iter()
            .map(|(name, value)| format!("{} {}", shown(name), shown(value)))
            .collect();
        with.push(format!("seed {}", run.seed));
        with.push(format!("pace {}", run.pace));
        line.push_str(&format!("; {}", with.join(", ")));
        self.line(&line)
    }

    fn end(&mut self, history: &History, event: &Event, ending: Ending) -> io::Result<()> {
        if ending != Ending::Finished
            && let Some(said) = sentence(history, event)
        {
            self.line(&format!("[{}] {}", moment(event.t), said.text))?;
        }
        let summary = caption(history, None, event.t);
        let words = [summary.why, summary.next, found(history)];
        let words: Vec<&str> = words
            .iter()
            .map(String::as_str)
            .filter(|w| !w.is_empty())
            .collect();
        self.line(&format!("[{}] {}", moment(event.t), words.join(" ")))
    }

    fn output(
        &mut self,
        history: &History,
        event: &Event,
        text: &str,
        stream: Stream,
    ) -> io::Result<()> {
        let who = self.who(history, event);
        let prints = match stream {
            Stream::Stderr => "prints on stderr:",
            Stream::Stdout => "prints:",
        };
        // Several lines that are one event stay one line.
        let lines: Vec<_> = shown_lines(text).collect();
        let line = format!("[{}] {who} {prints} {}", moment(event.t), lines.join(" / "));
        self.line(line.trim_end())
    }

    fn sentence(&mut self, history: &History, event: &Event, said: &Sentence) -> io::Result<()> {
        let who = if said.who == "mpviz" {
            said.who.clone()
        } else {
            self.who(history, event)
        };
        self.line(&format!("[{}] {who} {}", moment(event.t), said.text))
    }

    /// Returns whom an event is about: `ForkPoolWorker-1 (pid 22898)`, later `ForkPoolWorker-1`.
    fn who(&mut self, history: &History, event: &Event) -> String {
        if event.actor == ActorId::MPVIZ {
            return match &event.kind {
                Kind::Output { .. } => "the program".to_owned(),
                _ if history.run().is_attached() => format!("mpviz (pid {})", history.run().viewer),
                _ => format!("supervisor (pid {})", history.run().supervisor),
            };
        }
        let process = history.process_of(event.actor);
        // A pool's own threads speak for their process, as on the screen; so does whoever starts one.
        let speaks = match history.actor(event.actor).map(|known| known.form) {
            _ if matches!(
                event.kind,
                Kind::ThreadStarted {
                    role: Role::Other,
                    ..
                }
            ) =>
            {
                process
            }
            Some(Form::Thread {
                role: Role::Feeder | Role::Other,
                ..
            }) => event.actor,
            _ => process,
        };
        let name = full_name(history, speaks, event.t);
        let own_name = full_name(history, process, event.t);
        let known = history.actor(process);
        match known.and_then(|known| known.pid_at(event.t)) {
            // Else it tells its pid itself.
            Some(pid)
                if self.introduced.wants_pid(process, &own_name) && !tells_pid(history, event) =>
            {
                format!("{name} (pid {pid})")
            }
            _ => name,
        }
    }

    fn line(&mut self, line: &str) -> io::Result<()> {
        self.out.write_all(format!("{line}\n").as_bytes())?;
        self.out.flush()
    }
}

/// Returns which findings there are, in the end: `3 findings: P01 (3).`
fn found(history: &History) -> String {
    let findings = history.findings();
    let mut codes: Vec<(&str, u64)> = Vec::new();
    for finding in findings {
        let code = finding.code.text();
        match codes.iter_mut().find(|(known, _)| *known == code) {
            Some((_, times)) => *times += 1,
            None => codes.push((code, 1)),
        }
    }
    if codes.is_empty() {
        return String::new();
    }
    let words: Vec<String> = codes
        .iter()
        .map(|&(code, times)| match times {
            1 => code.to_owned(),
            times => format!("{code} ({times})"),
        })
        .collect();
    let all = u64::try_from(findings.len()).unwrap_or(u64::MAX);
    format!(
        "{}: {}.",
        count(all, "finding", "findings"),
        words.join(", ")
    )
}

/// Whether an event is the beginning of a wait of which is not yet known whether it lasts.
fn is_open(history: &History, event: &Event) -> bool {
    matches!(event.kind, Kind::Blocked { .. })
        && history.run().ended.is_none()
        && history.now() < event.t + NEWS
}

/// Whether an event's own sentence tells the pid.
fn tells_pid(history: &History, event: &Event) -> bool {
    let method = history.actor(event.actor).and_then(|known| known.method);
    matches!(event.kind, Kind::ProcessStarted { .. }) && method != Some(Method::BareFork)
}
