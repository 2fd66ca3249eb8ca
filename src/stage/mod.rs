//! The stage: puts a program on as real processes, and lets nothing of it stay behind.
//!
//! mpviz has threads and never forks a scenario. It runs its own file again as the supervisor,
//! which has one thread, and that starts MainProcess. Two nets hold what lives below: the
//! supervisor ends it when mpviz is gone, and the lifeline, a pipe whose write end mpviz alone
//! has, makes the kernel kill the program's process group.
//!
//! Reading order: [`launch`] (what is to be run), [`live`] (a run, as mpviz holds it),
//! `supervisor` with `child`, `reaper`, `desk`, `company` (who is on the stage, found or announced),
//! `capture` and `teller` (the other side),
//! `control` (what the two tell each other), `watcher` with `holder`, `sampler`, `ends`, `waits` and
//! `crowd` (exits, samples, limits), `handed` and `dispositions` (what mpviz was given by its starter), `attach` (a program that runs already, without a supervisor), `tree` and `kernel` (who lives, by
//! `/proc`), `source`, `terminal`.

mod attach;
mod capture;
mod child;
mod company;
mod control;
mod crowd;
mod desk;
mod dispositions;
mod ends;
mod handed;
mod holder;
mod kernel;
pub mod launch;
pub mod live;
mod net;
mod opening;
mod reaper;
mod sampler;
mod source;
pub mod supervisor;
mod sys;
mod teller;
mod terminal;
mod tree;
mod waits;
mod watcher;

pub use attach::{Refusal, Target};
pub use child::{Entrance, Run};
pub use dispositions::{is_ignored, settle as settle_signals};
pub use handed::note as note_handed;
pub use launch::{LIVE_MAX, Launch, Play, SUPERVISOR_ARG, Source, StageError, Streams};
pub use live::Stage;
pub use source::read_sources;
pub use terminal::{Hold, Manner, Modes, Shell, Terminal};
