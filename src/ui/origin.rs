//! Where the run on the screen comes from, and so what can't be done with it: the app's word.

use super::update::Effect;

/// Where the run on the screen comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Origin {
    /// mpviz has started it.
    #[default]
    Started,
    /// It ran already, and mpviz is attached to it.
    Attached,
    /// A trace.
    Trace,
    /// A trace, with another beside it or that was and can come again.
    Traces,
}

impl Origin {
    /// Returns why an effect can't be had, where it comes from this.
    pub fn refuses(self, effect: &Effect) -> Option<&'static str> {
        match (self, effect) {
            (Origin::Trace | Origin::Traces, Effect::RunAgain) => {
                Some("a trace cannot be run again")
            }
            (Origin::Trace, Effect::Compare(None)) => {
                Some("a trace cannot be run again: `mpviz replay A B` compares two")
            }
            (
                Origin::Trace | Origin::Traces,
                Effect::Signal(..) | Effect::Hold(_) | Effect::Pace(_),
            ) => Some("this is a trace: nothing of it runs any more"),
            (Origin::Attached, Effect::Pace(_)) => {
                Some("a program that mpviz is attached to goes at its own pace")
            }
            _ => None,
        }
    }
}
