//! The words of the vocabulary, for what describes it: `docs/events.md` and its schema.

use mpviz::event::words::{
    Class, End, Ending, GapReason, KernelState, Method, Operation, Outcome, Part, Role, Sight,
    Stream,
};

/// Returns every type of words, with its words.
pub(crate) fn words() -> Vec<(&'static str, Vec<&'static str>)> {
    macro_rules! words {
        ($($name:ident)*) => {
            vec![$((stringify!($name), $name::ALL.iter().map(|word| word.text()).collect())),*]
        };
    }
    words![
        Method Role Class Part End Operation Outcome Stream KernelState GapReason Ending Sight
    ]
}

/// Returns what a field's doc comment says, in one line.
pub(crate) fn sentence(doc: &[&str]) -> String {
    let lines: Vec<&str> = doc.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}
