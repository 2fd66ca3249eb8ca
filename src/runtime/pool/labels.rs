//! What events call a task: its function with its arguments, in a few characters.

use crate::event::Text;
use crate::runtime::label;
use serde::Serialize;
use std::fmt::Write;
use std::ops::Range;

/// Returns a function's name without its path; a closure's is the function it stands in.
pub(super) fn function_name<F>() -> &'static str {
    let path = std::any::type_name::<F>();
    let path = path.strip_suffix("::{{closure}}").unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}

/// Returns the label of a call: `square(3)`.
pub(super) fn call_label<A: Serialize + ?Sized>(function: &str, argument: &A) -> Text {
    let mut text = Text::from(function);
    text.push('(');
    text.push_str(&label::of(argument));
    text.push(')');
    text
}

/// Returns the label of many calls, by the places of their arguments: `square(0..24)`.
pub(super) fn chunk_label(function: &str, places: Range<usize>) -> Text {
    let mut text = Text::from(function);
    // A text takes everything.
    let _ = write!(text, "({}..{})", places.start, places.end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() {}

    #[test]
    fn a_task_is_called_as_a_person_would_write_it() {
        fn name<F>(_: F) -> &'static str {
            function_name::<F>()
        }
        assert_eq!(name(square), "square");
        assert_eq!(name(|| ()), "a_task_is_called_as_a_person_would_write_it");
        assert_eq!(call_label("square", &3), "square(3)");
        assert_eq!(call_label("add", &(1, "b")), "add(1, b)");
        assert_eq!(chunk_label("square", 0..24), "square(0..24)");
    }
}
