//! What is wrong about lives, and about what was printed: in words.

use super::super::names::{self, other};
use super::{Doctor, Says, quoted};
use crate::event::words::Method;
use crate::history::State;

impl Doctor<'_> {
    pub(super) fn zombie(&self) -> Says {
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

    pub(super) fn orphan(&self) -> Says {
        let parent = self.name(1);
        let adopter = match self.history.run().is_attached() {
            true => {
                let adoption = self.actor(0).and_then(|child| child.adopted_at(self.t));
                let adopter =
                    adoption.map(|adoption| format!("process {} adopts it", adoption.ppid));
                adopter.unwrap_or_else(|| "the system's init adopts it".to_owned())
            }
            false => "mpviz adopts it (else: PID 1)".to_owned(),
        };
        (
            format!("is an orphan: its parent {parent} ended first, and {adopter}"),
            "Nobody in the program learns how it ends, and whoever waits for the program takes it \
             for done."
                .to_owned(),
            format!("{parent} waits for it before it ends: waitpid() or join()."),
        )
    }

    pub(super) fn outlives(&self) -> Says {
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

    pub(super) fn daemon_ended(&self) -> Says {
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

    pub(super) fn bad_exit(&self) -> Says {
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
            .map_or_else(String::new, |id| other(self.history, id, self.t));
        (
            what,
            format!("join() comes back all the same: {parent} goes on as if all were well."),
            format!(
                "{parent} looks at exitcode after join(); better, the error is handled where it comes up."
            ),
        )
    }

    pub(super) fn went_on(&self) -> Says {
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

    pub(super) fn torn_line(&self) -> Says {
        let other = self.name(1);
        (
            format!("went on with a line into which {other} had printed"),
            "The lines of both are torn: nobody can read them.".to_owned(),
            "Print a line at once, its end included, or under a lock.".to_owned(),
        )
    }
}
