//! The harness itself: each of these cases differs, and the run demands that it is found and told.

use crate::canon::{attempt, say};
use crate::case::{Case, case};
use mpviz::runtime::{Error, Result, exit};

pub(crate) const CASES: &[Case] = &[
    case!(another_value),
    case!(another_error),
    case!(python_says_more),
    case!(ours_says_more),
    case!(another_exit_code),
    case!(an_unhandled_error),
];

/// Returns what is to be found.
pub(crate) fn wanted(case: &str) -> &'static str {
    match case {
        "another_value" => r#"line 2: python3 says `b: [1,"é"]`, ours `b: [2,"é"]`"#,
        "another_error" => {
            "line 1: python3 says `get: error ValueError`, ours `get: error EOFError`"
        }
        "python_says_more" => "line 2: python3 says `b: 2`, ours `exit code: 0`",
        "ours_says_more" => "line 2: python3 says `exit code: 0`, ours `b: 2`",
        "another_exit_code" => "line 2: python3 says `exit code: 3`, ours `exit code: 4`",
        "an_unhandled_error" => "line 1: python3 says `exit code: 1`, ours `exit code: 0`",
        _ => "no such case",
    }
}

fn another_value() -> Result<()> {
    say("a", &1);
    say("b", &(2, "é"));
    Ok(())
}

fn another_error() -> Result<()> {
    attempt::<u8>("get", Err(Error::Eof));
    Ok(())
}

fn python_says_more() -> Result<()> {
    say("a", &1);
    Ok(())
}

fn ours_says_more() -> Result<()> {
    say("a", &1);
    say("b", &2);
    Ok(())
}

fn another_exit_code() -> Result<()> {
    say("a", &1);
    exit(4)
}

fn an_unhandled_error() -> Result<()> {
    Ok(())
}
