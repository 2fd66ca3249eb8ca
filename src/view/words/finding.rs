//! What is wrong, in words: what it is, whom it harms, what is done about it.

use super::names::{self, full_name, other};
use super::number::{count, duration, number_word};
use super::sentence::Sentence;
use super::shown::shown;
use super::sign::Sign;
use crate::event::words::{Method, Operation, Part};
use crate::event::{ActorId, Kind, ObjectId, Time};
use crate::history::finding::{Code, Finding};
use crate::history::{Form, History, State};

/// The most names that a sentence lists.
const LISTED: usize = 3;
/// The most characters of what was printed or failed that a sentence quotes.
const QUOTED: usize = 60;

/// A finding in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnosis {
    /// Whom or what it is about.
    pub who: String,
    /// What is wrong with it: goes on behind the name, without a full stop.
    pub what: String,
    /// What harm it does: one or two whole sentences.
    pub harm: String,
    /// What is done about it: a whole sentence.
    pub remedy: String,
}

impl Diagnosis {
    /// Returns what is wrong as a whole sentence.
    pub fn sentence(&self) -> String {
        format!("{} {}.", self.who, self.what)
    }
}

/// Returns the row of a finding among the events.
pub fn finding_sentence(history: &History, finding: &Finding) -> Sentence {
    let said = diagnosis(history, finding, finding.since);
    Sentence {
        sign: Sign::Alert,
        actor: finding.actors.first().copied().unwrap_or(ActorId::MPVIZ),
        who: said.who,
        text: format!("{} {}", finding.code.text(), said.what),
        detail: false,
    }
}

/// Returns a finding in words, as far as is known at `t`.
pub fn diagnosis(history: &History, finding: &Finding, t: Time) -> Diagnosis {
    let doctor = Doctor {
        history,
        finding,
        t: t.max(finding.since),
    };
    let (what, harm, remedy) = doctor.says();
    Diagnosis {
        who: doctor.subject(),
        what,
        harm,
        remedy,
    }
}

struct Doctor<'a> {
    history: &'a History,
    finding: &'a Finding,
    t: Time,
}

/// What, harm, remedy.
type Says = (String, String, String);

impl Doctor<'_> {
    fn subject(&self) -> String {
        match (self.finding.code, self.finding.object) {
            (Code::NotEmpty, Some(queue)) => names::object(self.history, queue),
            _ => self.name(0),
        }
    }

    fn says(&self) -> Says {
        match self.finding.code {
            Code::Zombie => self.zombie(),
            Code::Orphan => self.orphan(),
            Code::Outlives => self.outlives(),
            Code::DaemonEnded => self.daemon_ended(),
            Code::BadExit => self.bad_exit(),
            Code::WentOn => self.went_on(),
            Code::LostLock => self.lost_lock(),
            Code::WaitCycle => self.wait_cycle(),
            Code::NoEof => self.no_eof(),
            Code::JoinBeforeDrain => self.join_before_drain(),
            Code::Starved => self.starved(),
            Code::Bottleneck => self.bottleneck(),
            Code::NotEmpty => self.not_empty(),
            Code::TaskLost => self.task_lost(),
            Code::ErrorUnseen => self.error_unseen(),
            Code::NeverFetched => self.never_fetched(),
            Code::TornLine => self.torn_line(),
        }
    }

    fn zombie(&self) -> Says {
        let parent = self.name(1);
        let is_gone = self.actor(1).is_some_and(|parent| {
            parent
                .exited
                .is_some_and(|exit| exit.t <= self.finding.since)
        });
        let what = match is_gone {
            true => {
                format!("was a zombie when {parent} ended, which never asked for its exit code")
            }
            false => {
                format!("has ended and stays a zombie: {parent} does not ask for its exit code")
            }
        };
        (
            what,
            "A zombie keeps its pid and its place in the kernel's table, and how it ended is lost. \
             Many of them, and no process can be made any more."
                .to_owned(),
            format!("{parent} waits for each child: join(), wait() or waitpid()."),
        )
    }

    fn orphan(&self) -> Says {
        let parent = self.name(1);
        (
            format!(
                "is an orphan: its parent {parent} ended first, and mpviz adopts it (else: PID 1)"
            ),
            "Nobody in the program learns how it ends, and whoever waits for the program takes it \
             for done."
                .to_owned(),
            format!("{parent} waits for it before it ends: waitpid() or join()."),
        )
    }

    fn outlives(&self) -> Says {
        let parent = self.name(1);
        let is_program = self
            .actor(0)
            .is_some_and(|child| child.method == Some(Method::Exec));
        if is_program {
            return (
                format!("still runs, and {parent}, which started it, has ended"),
                "Nobody learns how it ends, and nobody is left to end it.".to_owned(),
                format!("{parent} waits for it before it ends: wait() or communicate()."),
            );
        }
        (
            format!("goes on although its parent {parent} was killed"),
            "It keeps what it has open and locked, and nobody is left to end it.".to_owned(),
            format!("Let {parent} come to its end by itself, or end its children first."),
        )
    }

    fn daemon_ended(&self) -> Says {
        let parent = self.name(1);
        let doing = match (self.finding.task, self.state(0)) {
            (Some(task), _) => format!("in the middle of T{task}"),
            (None, Some(State::Asleep { .. })) => "in its sleep".to_owned(),
            (None, Some(State::Waiting(wait))) => format!("in {}", wait.operation.text()),
            _ => "in the middle of its work".to_owned(),
        };
        (
            format!("is daemonic, and was ended {doing} because {parent} came to its end"),
            "What it was doing stays half done; nothing is cleaned up or written out.".to_owned(),
            format!("{parent} joins it before it ends, or it is made without daemon."),
        )
    }

    fn bad_exit(&self) -> Says {
        let Some(actor) = self.actor(0) else {
            return (String::new(), String::new(), String::new());
        };
        let code = actor.exited.and_then(|exit| exit.code);
        let mut what = match code {
            Some(code @ ..0) => format!(
                "was killed by {}, which nobody of the program sent",
                names::signal(code.saturating_neg())
            ),
            Some(code) => format!("ended with exit code {code}"),
            None => "ended badly".to_owned(),
        };
        if let Some((_, error)) = &actor.failed {
            what.push_str(&format!(": {}", quoted(error)));
        }
        if actor.parent.is_none() {
            return (
                what,
                "By it the shell, and whoever else runs the program, knows that it failed."
                    .to_owned(),
                "Handle the error where it comes up, or let it be known: then this is right."
                    .to_owned(),
            );
        }
        let parent = actor
            .parent
            .map_or_else(String::new, |id| other(self.history, id));
        (
            what,
            format!("join() comes back all the same: {parent} goes on as if all were well."),
            format!(
                "{parent} looks at exitcode after join(); better, the error is handled where it comes up."
            ),
        )
    }

    fn went_on(&self) -> Says {
        let left = self.finding.count;
        let children = self.listed(1, left);
        let still = if left == 1 { "was" } else { "were" };
        let word = self
            .printed()
            .map_or_else(String::new, |text| format!(": \u{201c}{text}\u{201d}"));
        (
            format!("printed its last words while {children} {still} still running{word}"),
            "Whoever reads them takes all for done, and what the others make is not there yet."
                .to_owned(),
            "Every child is joined before going on, not only the last one.".to_owned(),
        )
    }

    fn lost_lock(&self) -> Says {
        let lock = self.object();
        let id = self.finding.object;
        let known = id.and_then(|id| self.history.object(id));
        let queue = known
            .and_then(|lock| lock.part_of)
            .map(|queue| names::object(self.history, queue));
        let what = format!("ended while it held the {lock}: nobody can give it back");
        let waiting = self.waiting_for(id);
        let harm = match (waiting, known.and_then(|lock| lock.part), &queue) {
            (Some(waiting), ..) => format!("{waiting} waits for it, and will for ever."),
            _ if self.history.run().end_at(self.t).is_some() => {
                "It did no harm this time: nobody needed it any more.".to_owned()
            }
            (_, Some(Part::ReadLock), Some(queue)) => {
                format!(
                    "Nobody can get anything from {queue} any more: whoever tries waits for ever."
                )
            }
            (_, Some(Part::WriteLock), Some(queue)) => {
                format!("Nothing that is put into {queue} arrives any more.")
            }
            _ => "Whoever tries to take it waits for ever.".to_owned(),
        };
        let remedy = match queue {
            Some(_) => {
                "End a reader with a last item that says so, such as None, not with terminate()."
                    .to_owned()
            }
            None => {
                "Let whoever holds a lock come to its end by itself: no terminate(), no kill()."
                    .to_owned()
            }
        };
        (what, harm, remedy)
    }

    fn wait_cycle(&self) -> Says {
        let history = self.history;
        let t = self.finding.since;
        let mut links = Vec::new();
        let mut has_locks = false;
        for (at, &who) in self.finding.actors.iter().enumerate() {
            let Some(State::Waiting(wait)) = history.lane(who).at(t).map(|now| now.state) else {
                continue;
            };
            let target = match (wait.operation, wait.object, wait.on) {
                (Operation::Acquire, Some(lock), on) => {
                    has_locks = true;
                    let holder = history
                        .object(lock)
                        .and_then(|lock| lock.holder.at(t).flatten());
                    let name = names::object(history, lock);
                    match holder.or(on) {
                        Some(holder) => format!("{name}, which {} holds", other(history, holder)),
                        None => name,
                    }
                }
                (_, _, Some(on)) => other(history, on),
                (operation, Some(object), _) => {
                    format!("{} ({})", names::object(history, object), operation.text())
                }
                (operation, ..) => operation.text().to_owned(),
            };
            links.push(match at {
                0 => format!("waits for {target}"),
                _ => format!("{} for {target}", other(history, who)),
            });
        }
        let what = format!("{}: nobody of them can go on", links.join("; "));
        let remedy = match has_locks {
            true => "Locks are taken in the same order everywhere, or with a timeout.",
            false => "One of them brings what the other waits for before it waits itself.",
        };
        (
            what,
            "Each waits for the next in a circle, for ever: the program hangs until it is ended."
                .to_owned(),
            remedy.to_owned(),
        )
    }

    fn no_eof(&self) -> Says {
        let pipe = self.object();
        let mut holders: Vec<String> = Vec::new();
        let reader = self
            .finding
            .actors
            .first()
            .map(|&who| self.history.process_of(who));
        for &who in self.finding.actors.iter().skip(1) {
            holders.push(match Some(who) == reader {
                true => "itself".to_owned(),
                false => other(self.history, who),
            });
        }
        let verb = if holders.len() == 1 { "holds" } else { "hold" };
        let holders = join_names(&holders, self.finding.count);
        (
            format!("waits for an EOF that cannot come: {holders} still {verb} a copy of the end of {pipe} that is written to"),
            "EOF comes when the last copy is closed. Whoever could close one waits too: the program hangs.".to_owned(),
            "A fork copies both ends: each process closes the one that it does not use.".to_owned(),
        )
    }

    fn join_before_drain(&self) -> Says {
        let queue = self.object();
        let items = count(self.finding.count, "item", "items");
        let is_own = self.finding.actors.len() < 3;
        let (writer, joins) = match is_own {
            true => (self.name(0), "comes to its end".to_owned()),
            false => (self.name(1), format!("joins {}", self.name(1))),
        };
        (
            format!("{joins} before {queue} is emptied: {items} wait, and the pipe is full"),
            format!(
                "{writer} ends only when its feeder has written them all, and nobody gets: both wait for ever."
            ),
            format!("First get all items from {queue}, then join."),
        )
    }

    fn starved(&self) -> Says {
        let lock = self.object();
        let times = self.finding.count;
        let began = self.finding.actors.first().and_then(|&who| {
            let lane = self.history.lane(who);
            lane.at(self.finding.since).map(|now| now.start)
        });
        let waited = began.map_or_else(String::new, |began| {
            format!(" for {}", duration(self.finding.since.since(began)))
        });
        (
            format!("has waited{waited} for the {lock}, which others took {times} times meanwhile"),
            "A lock has no queue: who comes back at once takes it again, and this one's work stands still.".to_owned(),
            "Whoever gives a lock back does something else first; or the turns are passed on.".to_owned(),
        )
    }

    fn bottleneck(&self) -> Says {
        let waiting = self.listed(1, self.finding.count);
        let object = self.object();
        (
            format!("is the one that all others wait for: {waiting}, at {object}"),
            "However many work beside it, all go at its pace.".to_owned(),
            "Its work is shared by more processes, or made smaller.".to_owned(),
        )
    }

    fn not_empty(&self) -> Says {
        let left = self.finding.count;
        let (was, it) = if left == 1 {
            ("is", "It was")
        } else {
            ("are", "They were")
        };
        let items = count(left, "item", "items");
        (
            format!("is not empty at the end: {items} {was} left in it"),
            format!("{it} put and never read: whatever was to be done with it was not."),
            "The reader gets until a last item tells it so, such as None, and is not ended before."
                .to_owned(),
        )
    }

    fn task_lost(&self) -> Says {
        let task = self.task();
        (
            format!("ended in the middle of {task}: the task is lost"),
            "Its result never comes: who asks for it waits for ever. The pool makes a new worker, \
             but runs no task again."
                .to_owned(),
            "Ask for results with a timeout, and hand in a task again whose result does not come."
                .to_owned(),
        )
    }

    fn error_unseen(&self) -> Says {
        let task = self.task();
        let error = self
            .finding
            .task
            .and_then(|task| self.history.task(task)?.finished.as_ref()?.error.as_deref())
            .map_or_else(String::new, |error| format!(": {}", quoted(error)));
        let more = match self.finding.count {
            ..=1 => String::new(),
            n => format!(" (and {} more failed)", number_word(n - 1)),
        };
        (
            format!("never fetched the result of {task}, which failed{error}{more}"),
            "Nobody learns of the error: the program ends as if all had gone well.".to_owned(),
            "get() of every result raises its error; or an error_callback takes it.".to_owned(),
        )
    }

    fn never_fetched(&self) -> Says {
        let results = count(self.finding.count, "result", "results");
        let of = self.finding.object.map_or_else(String::new, |pool| {
            format!(" of {}", names::object(self.history, pool))
        });
        (
            format!("never fetched {results}{of}"),
            "Had one of the tasks failed, its error would be lost without a word.".to_owned(),
            "Keep what apply_async() returns, and call get() on each.".to_owned(),
        )
    }

    fn torn_line(&self) -> Says {
        let other = self.name(1);
        (
            format!("went on with a line into which {other} had printed"),
            "The lines of both are torn: nobody can read them.".to_owned(),
            "Print a line at once, its end included, or under a lock.".to_owned(),
        )
    }

    fn name(&self, at: usize) -> String {
        match self.finding.actors.get(at) {
            Some(&ActorId::MPVIZ) => full_name(self.history, ActorId::MPVIZ),
            Some(&actor) => other(self.history, actor),
            None => "mpviz".to_owned(),
        }
    }

    fn actor(&self, at: usize) -> Option<&crate::history::Actor> {
        self.history.actor(*self.finding.actors.get(at)?)
    }

    /// Returns what somebody did when the finding became known.
    fn state(&self, at: usize) -> Option<State> {
        let who = *self.finding.actors.get(at)?;
        let now = self.history.lane(who).at(self.finding.since)?;
        Some(now.state)
    }

    fn object(&self) -> String {
        let name = |id: ObjectId| names::object(self.history, id);
        self.finding.object.map_or_else(|| "it".to_owned(), name)
    }

    fn task(&self) -> String {
        let Some(id) = self.finding.task else {
            return "a task".to_owned();
        };
        match self.history.task(id) {
            Some(task) if !task.function.is_empty() => format!("T{id} {}", quoted(&task.function)),
            _ => format!("T{id}"),
        }
    }

    /// Returns names from `first` on; `all` is how many there are, named or not.
    fn listed(&self, first: usize, all: u64) -> String {
        let names: Vec<String> = (first..self.finding.actors.len())
            .map(|at| self.name(at))
            .collect();
        join_names(&names, all)
    }

    /// Returns who waits for a lock at the moment that is shown.
    fn waiting_for(&self, lock: Option<ObjectId>) -> Option<String> {
        let waits = |actor: &&crate::history::Actor| {
            let now = self.history.lane(actor.id).at(self.t);
            matches!(now.map(|now| now.state), Some(State::Waiting(wait))
                if wait.operation == Operation::Acquire && wait.object == lock)
        };
        let actor = lock.and(self.history.actors().find(waits))?;
        Some(match actor.form {
            Form::Process => other(self.history, actor.id),
            Form::Thread { .. } => full_name(self.history, actor.id),
        })
    }

    /// Returns what was printed, as far as that proves something.
    fn printed(&self) -> Option<String> {
        let log = self.history.log();
        let mut proof = self.finding.proof.iter();
        proof.find_map(|&at| match log.get(at as usize)?.kind {
            Kind::Output { text, .. } => Some(quoted(text.trim_end())),
            _ => None,
        })
    }
}

/// Returns a list: `a`, `a and b`, `a, b, c and 4 others`.
fn join_names(names: &[String], all: u64) -> String {
    let listed = &names[..names.len().min(LISTED)];
    let more = all.saturating_sub(listed.len() as u64);
    match (listed, more) {
        ([], 0) => "nobody".to_owned(),
        ([], more) => count(more, "process", "processes"),
        (listed, 1..) => format!(
            "{} and {}",
            listed.join(", "),
            count(more, "other", "others")
        ),
        ([one], _) => one.clone(),
        ([first @ .., last], _) => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns the beginning of a text, harmless.
fn quoted(text: &str) -> String {
    let text = shown(text);
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
