//! What events call a task: its function with its arguments, in a few characters.

use crate::event::{TaskId, Text};
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

/// Returns a message's label: a letter and its task's number.
pub(super) fn numbered(letter: char, task: TaskId) -> Text {
    let mut digits = [0; 10];
    let mut at = digits.len();
    let mut left = task.0;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    let mut label = Text::default();
    label.push(letter);
    label.push_str(std::str::from_utf8(&digits[at..]).unwrap_or(""));
    label
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

    #[test]
    fn a_label_is_a_letter_and_a_number() {
        assert_eq!(numbered('T', TaskId(0)), "T0");
        assert_eq!(numbered('r', TaskId(120)), "r120");
        assert_eq!(numbered('r', TaskId(u32::MAX)), "r4294967295");
    }
}
