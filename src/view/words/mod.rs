//! Words: what happened, what everyone does now and why, in plain sentences.
//!
//! There is one set of sentences: the events pane, the table's last column, the caption and
//! `--plain` say the same thing in the same words. [`sentence()`] says what an event means,
//! `now` what a process or an object does at a time, [`caption`] why it does so and who could
//! change it; `number` writes times, counts and sizes; [`shown`] makes a program's own text
//! harmless.
//!
//! A sentence is a function of the history as of its event: the same when live, when scrubbed
//! and when replayed.

mod around;
mod blocked;
mod caption;
mod chain;
mod compare;
mod finding;
mod life;
mod moved;
mod names;
mod now;
mod number;
mod sentence;
mod several;
mod shown;
mod sign;
mod summary;
mod things;
mod waits;
mod why;
mod why_moved;
mod why_object;

pub use caption::{Caption, caption};
pub(crate) use chain::{Target, wait_chain};
pub use compare::{ended_beside, run_labels};
pub use finding::{Diagnosis, diagnosis, finding_sentence};
pub(crate) use life::{is_worker, is_worker_of};
pub(crate) use names::{
    bare_name, object as object_name, short_item, signal, task_of_label, thread_word,
};
pub use names::{full_name, short_name};
pub use now::{Now, Words, now_words};
pub use number::{bytes, count, duration, factor, moment, number_word, seconds};
pub use sentence::{Sentence, detail, sentence};
pub use shown::{shown, shown_lines};
pub use sign::Sign;
pub use things::object_words;
pub(crate) use things::{full_pipe, has_no_room, is_written_by_a_waiter};
pub(crate) use waits::{NEWS, is_news, wait_ended};
pub(crate) use why_object::holds;
