//! The questions that a `.expect` file may ask, and the answers in words.
//!
//! A question is a name and, in brackets, whom it is about and when: `lane(reader)`,
//! `pipe(pipe of q, 40)`. Actors, objects and messages go by their names.

use mpviz::event::words::End;
use mpviz::event::{ActorId, Event, Kind, ObjectId, TaskId, Time};
use mpviz::history::{Actor, History, Message, Object, State, Steps, What};
use std::fmt::Display;

pub(super) fn answer(history: &History, question: &str) -> String {
    let (what, args) = question.split_once('(').unwrap_or((question, ""));
    let args: Vec<&str> = args.trim_end_matches(')').split(", ").collect();
    let ask = Asker { history };
    ask.answer(what, &args)
        .unwrap_or_else(|| format!("cannot answer {what} of {args:?}"))
}

struct Asker<'a> {
    history: &'a History,
}

impl Asker<'_> {
    fn answer(&self, what: &str, args: &[&str]) -> Option<String> {
        let history = self.history;
        let arg = |at: usize| args.get(at).copied();
        let time = |at: usize| arg(at)?.parse().ok().map(Time);
        Some(match what {
            "now" => history.now().0.to_string(),
            "odd" => history.odd().to_string(),
            "unknown" => history.unknown().to_string(),
            "log" => history.log().len().to_string(),
            "ended" => self.run_ended(),
            "rows" => self.rows(),
            "counts" => self.counts(time(0)?),
            "lane" => self.lane(self.actor(arg(0)?)?),
            "bands" => self.bands(self.actor(arg(0)?)?),
            "life" => self.life(self.actor(arg(0)?)?),
            "line" => match history.line_at(self.actor(arg(0)?)?.id, time(1)?) {
                Some((file, line)) => format!("{file}:{line}"),
                None => "-".into(),
            },
            "sample" => self.sample(self.actor(arg(0)?)?, time(1)?),
            "items" => steps(&self.object(arg(0)?)?.items, |n| n.to_string()),
            "bytes" => steps(&self.object(arg(0)?)?.bytes, |n| n.to_string()),
            "bytes into" => {
                let object = self.object(arg(0)?)?;
                steps(object.bytes_into(end(arg(1)?)?), |n| n.to_string())
            }
            "count" => steps(&self.object(arg(0)?)?.count, |n| n.to_string()),
            "holder" => steps(&self.object(arg(0)?)?.holder, |who| self.name_or_none(*who)),
            "lost" => match self.object(arg(0)?)?.lost_at(time(1)?) {
                Some((since, who)) => format!("since {} with {}", since.0, self.name(who)),
                None => "-".into(),
            },
            "parts" => {
                let parts = &self.object(arg(0)?)?.parts;
                list(parts.iter().map(|&part| history.name_of(part)), ", ")
            }
            "ends" => {
                let holders = history.holders_at(self.object(arg(0)?)?.id, time(1)?);
                list(
                    holders
                        .iter()
                        .map(|&(who, end)| format!("{}:{}", self.name(who), end.text())),
                    " ",
                )
            }
            "buffer" => {
                let process = self.actor(arg(1)?)?.id;
                let queue = self.object(arg(0)?)?.id;
                labels(history.in_buffer(queue, process, time(2)?).collect())
            }
            "pipe" => labels(history.in_pipe(self.object(arg(0)?)?.id, None, time(1)?)),
            "pipe into" => {
                let object = self.object(arg(0)?)?.id;
                labels(history.in_pipe(object, Some(end(arg(1)?)?), time(2)?))
            }
            "messages" => {
                let object = self.object(arg(0)?)?.id;
                labels(history.messages_until(object, time(1)?).collect())
            }
            "message" => self.message(arg(0)?)?,
            "need" => self.need(self.actor(arg(0)?)?.id, time(1)?),
            "waker" => self.waker(self.actor(arg(0)?)?.id, time(1)?),
            "circle" => self.circle(self.actor(arg(0)?)?.id, time(1)?),
            "findings" => self.findings(),
            "task" => self.task(TaskId(arg(0)?.parse().ok()?))?,
            _ => return None,
        })
    }

    fn actor(&self, name: &str) -> Option<&Actor> {
        self.history.actors().find(|actor| actor.name == name)
    }

    fn object(&self, name: &str) -> Option<&Object> {
        let mut objects = self.history.objects().iter();
        objects.find(|object| self.history.name_of(object.id) == name)
    }

    fn name(&self, actor: ActorId) -> &str {
        self.history.name_of_actor(actor, Time::NEVER)
    }

    fn name_or_none(&self, actor: Option<ActorId>) -> String {
        actor.map_or("-", |actor| self.name(actor)).to_owned()
    }

    fn run_ended(&self) -> String {
        match self.history.run().ended {
            Some(end) => format!("{} {} {}", end.t.0, end.ending.text(), code(end.code)),
            None => "-".into(),
        }
    }

    /// Every process, with its depth in the tree.
    fn rows(&self) -> String {
        let rows = self.history.processes().iter();
        list(
            rows.map(|&id| format!("{}({})", self.name(id), self.history.depth(id))),
            " ",
        )
    }

    fn counts(&self, t: Time) -> String {
        let counts = self.history.counts(t);
        format!(
            "alive {} of {}, zombies {}, orphans {}, messages {}, lost {}",
            counts.alive,
            counts.processes,
            counts.zombies,
            counts.orphans,
            counts.messages,
            counts.lost
        )
    }

    fn lane(&self, actor: &Actor) -> String {
        let mut words = Vec::new();
        let mut end = Time::NEVER;
        for interval in self.history.lane(actor.id).between(Time::ZERO..Time::NEVER) {
            words.push(format!(
                "{} {}",
                interval.start.0,
                self.state(interval.state)
            ));
            end = interval.end;
        }
        if end != Time::NEVER {
            words.push(format!("{} -", end.0));
        }
        list(words.into_iter(), ", ")
    }

    fn state(&self, state: State) -> String {
        match state {
            State::Starting => "starting".into(),
            State::Running => "running".into(),
            State::Stopped => "stopped".into(),
            State::Asleep { .. } => "asleep".into(),
            State::Still => "still".into(),
            State::Zombie => "zombie".into(),
            State::Waiting(wait) => {
                let object: Option<ObjectId> = wait.object;
                let mut words = wait.operation.text().to_owned();
                for name in [
                    wait.on.map(|on| self.name(on)),
                    object.map(|object| self.history.name_of(object)),
                ]
                .into_iter()
                .flatten()
                {
                    words = format!("{words} {name}");
                }
                words
            }
        }
    }

    /// What an actor needs, and who could bring it about.
    fn need(&self, who: ActorId, t: Time) -> String {
        let Some(need) = self.history.need_at(t, who) else {
            return "-".into();
        };
        let what = match need.what {
            What::End(actor) => format!("end of {}", self.name(actor)),
            What::Lock(lock) => format!("lock {}", self.history.name_of(lock)),
            What::Room(object) => format!("room in {}", self.history.name_of(object)),
            What::Item(object) => format!("item in {}", self.history.name_of(object)),
            What::Word(object) => format!("word from {}", self.history.name_of(object)),
            What::Any => "one of several".into(),
            What::Result => "result".into(),
            What::Nothing => "nothing".into(),
        };
        let movers = need.movers.iter().map(|&mover| self.name(mover));
        format!("{what} by {}", list(movers, " "))
    }

    /// Who ended the wait that an actor was in up to `t`.
    fn waker(&self, who: ActorId, t: Time) -> String {
        let is_end =
            |event: &Event| event.actor == who && matches!(event.kind, Kind::Unblocked { .. });
        let until = self.history.log_until(t);
        let mut events = self.history.log().range(0..until).rev();
        let end = events.find(|event| event.t < t || is_end(event));
        let Some(end) = end.filter(is_end) else {
            return "no wait ends then".into();
        };
        let before = self.history.lane(who).at(Time(t.0 - 1));
        let Some((began, State::Waiting(wait))) = before.map(|now| (now.start, now.state)) else {
            return "it did not wait".into();
        };
        match self.history.waker(who, wait, began, &end.kind, t) {
            Some(waker) if waker.is_told => format!("{}, as it is told", self.name(waker.who)),
            Some(waker) => format!("{} at {}", self.name(waker.who), waker.t.0),
            None => "nobody".into(),
        }
    }

    /// Who waits for whom, in a circle.
    fn circle(&self, who: ActorId, t: Time) -> String {
        let circle = self.history.wait_cycle_at(t, who).unwrap_or_default();
        list(circle.iter().map(|need| self.name(need.who)), " > ")
    }

    fn bands(&self, actor: &Actor) -> String {
        let bands = self.history.bands(actor.id).iter().map(|band| {
            let end = match band.end {
                Time::NEVER => String::new(),
                end => end.0.to_string(),
            };
            format!("T{} {}-{end}", band.task, band.start.0)
        });
        list(bands, ", ")
    }

    fn life(&self, actor: &Actor) -> String {
        let mut facts = Vec::new();
        let mut fact = |what: &str, t: Option<Time>, more: String| {
            if let Some(t) = t {
                facts.push(format!("{what} {}{more}", t.0));
            }
        };
        let none = String::new;
        fact("created", actor.created, none());
        fact("forked", actor.forked, none());
        let failed = actor.fork_failed.as_ref();
        fact(
            "fork failed",
            failed.map(|f| f.0),
            failed.map_or_else(none, |f| format!(" ({})", f.1)),
        );
        let pid = actor.pid.map_or_else(none, |pid| format!(" as {pid}"));
        fact("started", actor.started, pid);
        fact("orphan", actor.orphaned, none());
        let adopted = actor.adopted.last();
        fact(
            "adopted",
            adopted.map(|a| a.t),
            adopted.map_or_else(none, |a| format!(" by {}", self.name(a.adopter))),
        );
        for signal in &actor.signals {
            let from = self.name(signal.from);
            fact(
                "signal",
                Some(signal.t),
                format!(" {} from {from}", signal.number),
            );
        }
        let exit = actor.exited;
        fact(
            "exited",
            exit.map(|exit| exit.t),
            exit.map_or_else(none, |exit| format!(" {}", code(exit.code))),
        );
        let reaped = actor.reaped;
        fact(
            "reaped",
            reaped.map(|reaped| reaped.0),
            reaped.map_or_else(none, |reaped| format!(" by {}", self.name(reaped.1))),
        );
        list(facts.into_iter(), ", ")
    }

    fn sample(&self, actor: &Actor, t: Time) -> String {
        match self.history.sample_at(actor.id, t) {
            Some(sample) => format!(
                "{} {:.0}% {} B",
                sample.state.text(),
                sample.share * 100.0,
                sample.memory
            ),
            None => "-".into(),
        }
    }

    fn message(&self, label: &str) -> Option<String> {
        let all = self.history.messages();
        let message = all.iter().find(|message| message.label == label)?;
        let mut facts = Vec::new();
        if let Some(t) = message.put() {
            facts.push(format!("put {}", t.0));
        }
        if let Some((t, who)) = message.sent() {
            facts.push(format!("sent {} by {}", t.0, self.name(who)));
        }
        if let Some((t, who)) = message.received() {
            facts.push(format!("received {} by {}", t.0, self.name(who)));
        }
        if let Some(t) = message.lost() {
            facts.push(format!("lost {}", t.0));
        }
        Some(list(facts.into_iter(), ", "))
    }

    /// Every finding: its code, whom and what it is about, when it held, what proves it.
    fn findings(&self) -> String {
        let findings = self.history.findings().iter().map(|finding| {
            let mut words = vec![finding.code.text().to_owned()];
            words.extend(finding.actors.iter().map(|&id| self.name(id).to_owned()));
            words.extend(finding.object.map(|id| self.history.name_of(id).to_owned()));
            words.extend(finding.task.map(|id| format!("T{id}")));
            if finding.count > 0 {
                words.push(format!("×{}", finding.count));
            }
            words.push(format!("{}-", finding.since.0));
            if let (Some(until), Some(words)) = (finding.until, words.last_mut()) {
                words.push_str(&until.0.to_string());
            }
            let log = self.history.log();
            let proof = finding.proof.iter().map(|&at| {
                let event = log.get(at as usize);
                event.map_or("?".to_owned(), |event| event.kind.name().to_owned())
            });
            format!("{} by {}", words.join(" "), list(proof, " "))
        });
        list(findings, "; ")
    }

    fn task(&self, id: TaskId) -> Option<String> {
        let task = self.history.task(id)?;
        let mut facts = vec![format!("{} submitted {}", task.function, task.submitted.0)];
        if let Some((t, worker)) = task.started {
            facts.push(format!("started {} by {}", t.0, self.name(worker)));
        }
        if let Some(finish) = &task.finished {
            let how = match (&finish.error, finish.ok) {
                (Some(error), _) => error.as_str(),
                (None, true) => "ok",
                (None, false) => "failed",
            };
            facts.push(format!("finished {} {how}", finish.t.0));
        }
        if let Some(t) = task.fetched {
            facts.push(format!("fetched {}", t.0));
        }
        if let Some(t) = task.lost {
            facts.push(format!("lost {}", t.0));
        }
        Some(list(facts.into_iter(), ", "))
    }
}

fn steps<T: Copy + Ord>(steps: &Steps<T>, word: impl Fn(&T) -> String) -> String {
    list(
        steps
            .changes()
            .map(|(t, value)| format!("{}:{}", t.0, word(&value))),
        " ",
    )
}

fn labels(messages: Vec<&Message>) -> String {
    let label = |message: &&Message| match message.label.as_str() {
        "" => "(no label)".to_owned(),
        label => label.to_owned(),
    };
    list(messages.iter().map(label), " ")
}

fn code(code: Option<i32>) -> String {
    code.map_or("code not seen".into(), |code| format!("code {code}"))
}

fn end(word: &str) -> Option<End> {
    End::ALL.iter().copied().find(|end| end.text() == word)
}

fn list(items: impl Iterator<Item = impl Display>, between: &str) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    if items.is_empty() {
        return "-".into();
    }
    items.join(between)
}
