//! What is wrong about items, tasks and their results: in words.

use super::super::names;
use super::super::number::{count, number_word};
use super::{Doctor, Says, quoted};

impl Doctor<'_> {
    pub(super) fn not_empty(&self) -> Says {
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

    pub(super) fn task_lost(&self) -> Says {
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

    pub(super) fn error_unseen(&self) -> Says {
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

    pub(super) fn never_fetched(&self) -> Says {
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
}
